//! Serbian, Croatian or Bosnian: by the word forms and patterns that differ, or not at all.
//!
//! A mixture of four writers is weighed by Bayes' rule: a Serbian one who writes ekavian, a Serbian one who writes
//! ijekavian, a Croatian and a Bosnian one. Each mark in the text (`south_slavic_mark`) adds to their log-likelihoods;
//! the two Serbian ones together are Serbian. So ijekavian forms, however many, never make Serbian less likely than the
//! share of its writers who are ijekavian, while a `tko` or a `kazalište` does.

use rustc_hash::FxHashMap;

use crate::domain::{LanguageCode, Script};
use crate::text::words::{fold_into, hash_word, words};

use super::south_slavic_forms::{Form, Role, forms};
use super::south_slavic_mark::{Mark, WRITERS, Writer};
use super::transliteration::transliterate_into;

/// Weights of marks are tenths of a natural logarithm.
const UNIT: f64 = 0.1;
/// Share of Serbian's writers who are ijekavian: about one in ten of "Serbian" comments.
const IJEKAVIAN_SERBIAN: f64 = 0.10;
/// How likely `sr`, `hr` and `bs` are before anything is known, about in proportion to who writes comments.
const BASE_PRIOR: [f64; 3] = [0.44, 0.44, 0.12];
/// The base prior counts as much as this many comments of the thread.
const BASE_COMMENTS: f64 = 4.0;
/// From this share of the family on, a language is named. Ijekavian without any other mark is then Croatian (0.73 with
/// two such words), since most of what is written so is. Of Serbian and Croatian sentences that were cut to ten words
/// and named with 0.7 to 0.8, 98 % were named right; but of Bosnian encyclopaedic ones some 40 % are taken for Croatian
/// or Serbian, as they have nothing in them that tells.
const COMMIT: f64 = 0.70;
/// A verb and its infinitive stand at most this many words apart: `moram to sutra napraviti`.
const MODAL_REACH: usize = 3;

/// What a text says for each of the four writers, in natural log-likelihoods; nothing for words that all write.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct SouthSlavicEvidence {
    writers: [f64; WRITERS],
}

impl SouthSlavicEvidence {
    fn add(&mut self, mark: Mark) {
        for (sum, weight) in self.writers.iter_mut().zip(mark.weights()) {
            *sum += UNIT * f64::from(weight);
        }
    }

    /// The share of each of `sr`, `hr`, `bs` in the family's probability, most probable first, and whether the first
    /// is sure enough to be named, in a thread with these numbers (or weights) of comments that are `sr`, `hr` and `bs`.
    pub(super) fn split(self, comments: [f64; 3]) -> ([(LanguageCode, f64); 3], bool) {
        let total: f64 = BASE_COMMENTS + comments.iter().sum::<f64>();
        let prior = |place: usize| (BASE_COMMENTS * BASE_PRIOR[place] + comments[place]) / total;
        let of = |writer: Writer, prior: f64| self.writers[writer as usize] + prior.ln();
        let logs = [
            of(Writer::SerbianEkavian, prior(0) * (1.0 - IJEKAVIAN_SERBIAN)),
            of(Writer::SerbianIjekavian, prior(0) * IJEKAVIAN_SERBIAN),
            of(Writer::Croatian, prior(1)),
            of(Writer::Bosnian, prior(2)),
        ];
        let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let [ekavian, ijekavian, croatian, bosnian] = logs.map(|log| (log - highest).exp());
        let sum = ekavian + ijekavian + croatian + bosnian;
        let [serbian, croatian, bosnian] = [ekavian + ijekavian, croatian, bosnian].map(|share| share / sum);
        let [sr, hr, bs] = LANGUAGES;
        let mut shares = [(sr, serbian), (hr, croatian), (bs, bosnian)];
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        (shares, shares[0].1 >= COMMIT)
    }
}

/// The three, in the order of priors.
pub(super) const LANGUAGES: [LanguageCode; 3] = [LanguageCode::SR, LanguageCode::HR, LanguageCode::BS];

/// Reads texts for what tells the three apart. The tables are built when the first text is read.
#[derive(Debug)]
pub(super) struct SouthSlavicForms;

impl SouthSlavicForms {
    /// What a text of the family says, in Latin or Cyrillic script. One look-up a word, nothing allocated for any.
    pub(super) fn read(text: &str, script: Script) -> SouthSlavicEvidence {
        let forms = forms();
        let mut evidence = SouthSlavicEvidence::default();
        if script == Script::CYRILLIC {
            evidence.add(Mark::Cyrillic);
        }
        let (mut folded, mut latin) = (String::new(), String::new());
        let mut before = Before::default();
        for word in words(text) {
            folded.clear();
            fold_into(word.of(text), &mut folded);
            if script == Script::CYRILLIC {
                latin.clear();
                transliterate_into(&folded, &mut latin);
                std::mem::swap(&mut folded, &mut latin);
            }
            add_word(forms, &folded, &mut before, &mut evidence);
        }
        evidence
    }
}

/// Adds what a folded word says, by itself and with the word before it.
fn add_word(forms: &FxHashMap<u64, Form>, word: &str, before: &mut Before, evidence: &mut SouthSlavicEvidence) {
    let form = forms.get(&hash_word(word)).copied().unwrap_or(Form { mark: Mark::Neutral, role: Role::None });
    if form.mark != Mark::Neutral {
        evidence.add(form.mark);
    }
    let pattern = match (before.role, form.role) {
        (Role::Modal, Role::Da) => Some(Mark::ModalDa),
        (Role::Will, Role::Da) => Some(Mark::WillDa),
        (_, Role::Da) => Some(Mark::Da),
        (Role::Da, Role::Li) => Some(Mark::DaLi),
        (Role::Je, Role::Li) => Some(Mark::JeLi),
        (Role::Kako, Role::Bi) => Some(Mark::KakoBi),
        (_, Role::Will) if before.mark == Mark::ShortInfinitive => Some(Mark::ShortInfinitiveFuture),
        _ if form.role == Role::Infinitive || has_infinitive_ending(word) => {
            let is_close = before.words_since_modal.is_some_and(|words| words < MODAL_REACH);
            Some(if is_close { Mark::ModalInfinitive } else { Mark::Infinitive })
        }
        _ => None,
    };
    if let Some(mark) = pattern {
        evidence.add(mark);
    }
    before.words_since_modal = match (form.role, pattern) {
        (Role::Modal, _) => Some(0),
        (Role::Da, _) | (_, Some(Mark::ModalInfinitive)) => None,
        _ => before.words_since_modal.map(|words| words + 1),
    };
    (before.role, before.mark) = (form.role, form.mark);
}

/// What stood before a word, as far as patterns ask.
#[derive(Debug)]
struct Before {
    role: Role,
    mark: Mark,
    words_since_modal: Option<usize>,
}

impl Default for Before {
    fn default() -> Self {
        Self { role: Role::None, mark: Mark::Neutral, words_since_modal: None }
    }
}

/// Words that end like infinitives and are none.
const NO_INFINITIVES: [&str; 12] =
    ["hiti", "mati", "niti", "opti", "pamti", "plati", "pomisti", "prati", "proti", "pusti", "sati", "vrati"];

fn has_infinitive_ending(word: &str) -> bool {
    word.len() >= 4
        && matches!(word.as_bytes(), [.., b'a' | b'e' | b'i' | b's' | b'u', b't', b'i'])
        && !NO_INFINITIVES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed(text: &str, thread: Option<LanguageCode>) -> Option<LanguageCode> {
        let script = if text.chars().any(|character| ('а'..='ш').contains(&character)) {
            Script::CYRILLIC
        } else {
            Script::LATIN
        };
        let (shares, is_sure) = SouthSlavicForms::read(text, script)
            .split(LANGUAGES.map(|one| if thread == Some(one) { 2.0 } else { 0.0 }));
        is_sure.then_some(shares[0].0)
    }

    #[track_caller]
    fn check(expected: Option<LanguageCode>, texts: &[&str]) {
        for text in texts {
            assert_eq!(committed(text, None), expected, "{text}");
        }
    }

    #[test]
    fn serbian_is_told_by_ekavian_words_and_patterns() {
        let texts = [
            "posle toga nije smela da dodje",
            "ne znam gde je to bilo, uvek isto",
            "Svidelo mi se, ali kraj nista ne vredi.",
            "moram da kazem da sam razocaran",
            "uopste nisu objasnili o cemu se radi",
            "Ja ću da idem, a ti kako hoćeš.",
            "После свега није хтела ни да се јави.",
            "Ово је моја кућа и мој двориште.",
        ];
        check(Some(LanguageCode::SR), &texts);
    }

    #[test]
    fn croatian_is_told_by_words_patterns_and_ijekavian_alone() {
        let texts = [
            "tjedan dana nitko nije znao tko je bio",
            "Moram priznati da mi se nije svidjelo.",
            "to ce bit dobro, vidjet cemo",
            "kazaliste i glazba na jednom mjestu",
            "Uvijek ista priča, a poslije ništa.",
            "nemrem vjerovat kaj pisu",
        ];
        check(Some(LanguageCode::HR), &texts);
    }

    #[test]
    fn bosnian_needs_words_of_its_own() {
        check(
            Some(LanguageCode::BS),
            &["Ma haman lahko je tebi, jarane, uvijek isto.", "polahko, jarane, bit ce kahva"],
        );
    }

    #[test]
    fn what_all_three_write_stays_undecided() {
        check(None, &["moja kuca je velika", "Super film, svaka čast!", "recimo da je to od tog vremena", "", "123"]);
        // Ijekavian against words that Croatian does not have: Bosnian, Montenegrin, or Serbian of Bosnia.
        check(None, &["Niko ne vjeruje da ce to biti tačno."]);
    }

    #[test]
    fn the_thread_tips_the_scales_and_decides_nothing_alone() {
        let text = "svako zna kako je";
        assert_eq!(committed(text, None), None);
        assert_eq!(committed(text, Some(LanguageCode::SR)), Some(LanguageCode::SR));
        assert_eq!(committed("moja kuca je velika", Some(LanguageCode::SR)), None);
        let neutral = SouthSlavicForms::read("moja kuca je velika", Script::LATIN);
        let (shares, is_sure) = neutral.split([0.0, 40.0, 0.0]);
        assert!(is_sure && shares[0].0 == LanguageCode::HR, "{shares:?}");
    }

    #[test]
    fn shares_are_probabilities_whatever_the_evidence() {
        for text in ["", "gde gdje tko", &"uvek tko ".repeat(5_000), &"tjedan ".repeat(20_000)] {
            let (shares, _) = SouthSlavicForms::read(text, Script::LATIN).split([0.0; 3]);
            let sum: f64 = shares.iter().map(|(_, share)| share).sum();
            assert!((sum - 1.0).abs() < 1e-9 && shares.is_sorted_by(|a, b| a.1 >= b.1), "{shares:?}");
        }
    }

    #[test]
    fn many_ijekavian_words_say_no_more_than_a_few() {
        let of = |text: &str| SouthSlavicForms::read(text, Script::LATIN).split([0.0; 3]).0;
        let serbian =
            |shares: [(LanguageCode, f64); 3]| shares.iter().find(|one| one.0 == LanguageCode::SR).map(|one| one.1);
        let few = serbian(of("uvijek mlijeko poslije")).unwrap();
        let many = serbian(of(&"uvijek mlijeko poslije ".repeat(10))).unwrap();
        assert!((few - many).abs() < 0.01, "{few} {many}");
    }

    #[test]
    fn infinitives_are_told_from_their_ending() {
        for (word, expected) in
            [("raditi", true), ("jesti", true), ("sati", false), ("biti", true), ("ti", false), ("kuća", false)]
        {
            assert_eq!(has_infinitive_ending(word), expected, "{word}");
        }
    }

    #[test]
    fn serbian_cyrillic_reads_as_latin() {
        let mut latin = String::new();
        transliterate_into("њушка џеп ђак", &mut latin);
        assert_eq!(latin, "njuška džep đak");
    }
}
