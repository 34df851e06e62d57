//! Serbian, Croatian or Bosnian: by the word forms that differ, or not at all.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::domain::LanguageCode;

use super::south_slavic_table::{STEMS, WHOLE_WORDS, Weights};

/// Weights in the table are tenths of a natural log-odds.
const UNIT: f64 = 0.1;
/// What the rest of the thread says, in natural log-odds: half of one telling word.
const THREAD_WEIGHT: f64 = 0.7;
/// A commitment needs this much over the next language: 85 % of even odds.
const COMMIT_MARGIN: f64 = 1.7;

/// Evidence for each of the three, in natural log-odds, none of it for words that all three write.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct SouthSlavicEvidence {
    pub(super) serbian: f64,
    pub(super) croatian: f64,
    pub(super) bosnian: f64,
}

impl SouthSlavicEvidence {
    /// The share of each of `sr`, `hr`, `bs` in the family's probability, most probable first, and whether the first
    /// is sure enough to be named.
    pub(super) fn split(self, thread: Option<LanguageCode>) -> ([(LanguageCode, f64); 3], bool) {
        let weigh =
            |language, evidence: f64| (language, evidence + if thread == Some(language) { THREAD_WEIGHT } else { 0.0 });
        let mut shares = [
            weigh(LanguageCode::SR, self.serbian),
            weigh(LanguageCode::HR, self.croatian),
            weigh(LanguageCode::BS, self.bosnian),
        ];
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        let is_sure = shares[0].1 - shares[1].1 >= COMMIT_MARGIN;
        let highest = shares[0].1;
        let total: f64 = shares.iter().map(|(_, evidence)| (evidence - highest).exp()).sum();
        (shares.map(|(language, evidence)| (language, (evidence - highest).exp() / total)), is_sure)
    }
}

/// The tables, ready for look-up.
#[derive(Debug)]
pub(super) struct SouthSlavicForms {
    whole_words: FxHashMap<&'static str, Weights>,
    stems: FxHashMap<&'static str, Weights>,
    /// Lengths of stems in bytes, longest first: the longest one that fits is the most telling.
    stem_lengths: Vec<usize>,
}

impl SouthSlavicForms {
    /// Builds the look-up.
    pub(super) fn new() -> Self {
        let index = |table: &[(Weights, &[&'static str])]| -> FxHashMap<&'static str, Weights> {
            table.iter().flat_map(|(weights, forms)| forms.iter().map(|form| (*form, *weights))).collect()
        };
        let stems = index(STEMS);
        let lengths: BTreeSet<usize> = stems.keys().map(|stem| stem.len()).collect();
        Self { whole_words: index(WHOLE_WORDS), stems, stem_lengths: lengths.into_iter().rev().collect() }
    }

    /// Adds what a folded Latin-script word says, if anything.
    pub(super) fn add(&self, folded: &str, evidence: &mut SouthSlavicEvidence) {
        let stem = || {
            let mut prefixes = self.stem_lengths.iter().filter_map(|length| folded.get(..*length));
            prefixes.find_map(|prefix| self.stems.get(prefix))
        };
        if let Some(weights) = self.whole_words.get(folded).or_else(stem) {
            evidence.serbian += UNIT * f64::from(weights.serbian);
            evidence.croatian += UNIT * f64::from(weights.croatian);
            evidence.bosnian += UNIT * f64::from(weights.bosnian);
        }
    }
}

/// Appends the Latin form of a folded Serbian Cyrillic word (Serbian standard, one letter for one), so that one table
/// serves both scripts.
pub(super) fn transliterate_into(folded: &str, latin: &mut String) {
    for character in folded.chars() {
        latin.push_str(match character {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' => "g",
            'д' => "d",
            'ђ' => "đ",
            'е' => "e",
            'ж' => "ž",
            'з' => "z",
            'и' => "i",
            'ј' => "j",
            'к' => "k",
            'л' => "l",
            'љ' => "lj",
            'м' => "m",
            'н' => "n",
            'њ' => "nj",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'ћ' => "ć",
            'у' => "u",
            'ф' => "f",
            'х' => "h",
            'ц' => "c",
            'ч' => "č",
            'џ' => "dž",
            'ш' => "š",
            other => {
                latin.push(other);
                continue;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::{fold, words};

    fn committed(text: &str, thread: Option<LanguageCode>) -> Option<LanguageCode> {
        let forms = SouthSlavicForms::new();
        let mut evidence = SouthSlavicEvidence::default();
        for word in words(text) {
            forms.add(&fold(word.of(text)), &mut evidence);
        }
        let (shares, is_sure) = evidence.split(thread);
        is_sure.then_some(shares[0].0)
    }

    #[test]
    fn word_forms_decide_or_nothing_does() {
        for (text, expected) in [
            ("posle toga nije smela da dodje", Some(LanguageCode::SR)),
            ("ne znam gde je to bilo, uvek isto", Some(LanguageCode::SR)),
            ("tjedan dana nitko nije znao tko je bio", Some(LanguageCode::HR)),
            ("moja kuca je velika", None),
            ("", None),
        ] {
            assert_eq!(committed(text, None), expected, "{text}");
        }
    }

    #[test]
    fn serbian_cyrillic_reads_as_latin() {
        let mut latin = String::new();
        transliterate_into("њушка џеп ђак", &mut latin);
        assert_eq!(latin, "njuška džep đak");
    }
}
