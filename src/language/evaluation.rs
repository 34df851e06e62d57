//! How good a detector is: accuracy by language and length, confusions, calibration.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::prior::family;
use crate::domain::{LanguageCode, LanguageVerdict};

/// Upper ends of the buckets of length, in characters; what is longer is in one of its own.
const LENGTH_BUCKETS: [(usize, &str); 5] =
    [(20, "<=20"), (50, "21-50"), (100, "51-100"), (300, "101-300"), (usize::MAX, ">300")];
/// Bins of equal width for the calibration error.
const CALIBRATION_BINS: usize = 10;
/// Most pairs of the table of confusions.
const MAX_CONFUSIONS: usize = 40;

/// Texts and how many of them were right.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Accuracy {
    /// Texts.
    pub texts: u64,
    /// Those whose most probable language is theirs, `sr`, `hr`, `bs` and `hbs` being one; without letters none is.
    pub right: u64,
}

impl Accuracy {
    /// The share that was right, 0..=1; `None` of no texts.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.texts > 0).then(|| self.right as f64 / self.texts as f64)
    }

    fn add(&mut self, is_right: bool) {
        self.texts += 1;
        self.right += u64::from(is_right);
    }
}

/// How far `sr`, `hr` and `bs` are told apart in texts of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Commitment {
    /// Texts.
    pub texts: u64,
    /// Those taken for one of the family.
    pub family: u64,
    /// Those for which one of `sr`, `hr` and `bs` is named.
    pub committed: u64,
    /// Those for which the right one is.
    pub right: u64,
}

/// A language taken for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// The text's language.
    pub language: String,
    /// What it was taken for; `-` where nothing was said.
    pub taken_for: String,
    /// Texts.
    pub texts: u64,
}

/// The figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LanguageEvaluation {
    /// The model.
    pub model: String,
    /// All texts.
    pub all: Accuracy,
    /// Mean of the accuracies of the languages, each counted alike.
    pub macro_accuracy: Option<f64>,
    /// By language, `sr`, `hr` and `bs` being `hbs`.
    pub by_language: BTreeMap<String, Accuracy>,
    /// By length in characters, with the mean over the languages that have such texts.
    pub by_length: Vec<LengthSlice>,
    /// By status: `known`, `unsure`, `too_short`, `no_text`.
    pub by_status: BTreeMap<String, Accuracy>,
    /// Expected calibration error of the probability of the first language, ten bins of equal width (Naeini, Cooper and
    /// Hauskrecht, 2015), 0..=1.
    pub calibration_error: Option<f64>,
    /// `sr`, `hr` and `bs`, each by the texts that are in it.
    pub south_slavic: BTreeMap<String, Commitment>,
    /// What was taken for what, most texts first.
    pub confusions: Vec<Confusion>,
}

/// Texts of a length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LengthSlice {
    /// Characters.
    pub characters: String,
    /// Texts.
    pub texts: u64,
    /// Mean of the accuracies of the languages.
    pub macro_accuracy: Option<f64>,
}

/// Counts verdicts.
#[derive(Debug, Clone, Default)]
pub struct LanguageTally {
    by_language: BTreeMap<LanguageCode, [Accuracy; LENGTH_BUCKETS.len()]>,
    by_status: BTreeMap<&'static str, Accuracy>,
    /// By bin: texts, right ones, sum of probabilities.
    bins: [(u64, u64, f64); CALIBRATION_BINS],
    south_slavic: BTreeMap<LanguageCode, Commitment>,
    confusions: BTreeMap<(LanguageCode, Option<LanguageCode>), u64>,
}

impl LanguageTally {
    /// Counts what was said of a text.
    pub fn add(&mut self, language: LanguageCode, text: &str, verdict: &LanguageVerdict) {
        let truth = family(language);
        let best = verdict.best();
        let found = best.map(|best| family(best.language));
        let is_right = found == Some(truth);
        let characters = text.chars().count();
        let bucket = LENGTH_BUCKETS.iter().position(|(end, _)| characters <= *end).unwrap_or_default();
        self.by_language.entry(truth).or_default()[bucket].add(is_right);
        self.by_status.entry(verdict.status()).or_default().add(is_right);
        if !is_right {
            *self.confusions.entry((truth, found)).or_default() += 1;
        }
        if let Some(best) = best {
            let sure: f64 = verdict
                .candidates()
                .iter()
                .filter(|candidate| family(candidate.language) == family(best.language))
                .map(|candidate| candidate.probability)
                .sum();
            let bin = (1..CALIBRATION_BINS).filter(|edge| sure >= *edge as f64 / CALIBRATION_BINS as f64).count();
            let (texts, right, sum) = &mut self.bins[bin];
            *texts += 1;
            *right += u64::from(is_right);
            *sum += sure;
        }
        if [LanguageCode::SR, LanguageCode::HR, LanguageCode::BS].contains(&language) {
            let commitment = self.south_slavic.entry(language).or_default();
            commitment.texts += 1;
            commitment.family += u64::from(is_right);
            let named = best.map(|best| best.language).filter(|named| is_right && *named != LanguageCode::HBS);
            commitment.committed += u64::from(named.is_some());
            commitment.right += u64::from(named == Some(language));
        }
    }

    /// The figures.
    #[must_use]
    pub fn finish(self, model: &str) -> LanguageEvaluation {
        let mut all = Accuracy::default();
        let mut by_language: BTreeMap<String, Accuracy> = BTreeMap::new();
        for (language, buckets) in &self.by_language {
            for bucket in buckets {
                let sum = by_language.entry(language.to_string()).or_default();
                for sum in [sum, &mut all] {
                    sum.texts += bucket.texts;
                    sum.right += bucket.right;
                }
            }
        }
        let by_length = LENGTH_BUCKETS.iter().enumerate().map(|(at, (_, characters))| {
            let slices = || self.by_language.values().map(|buckets| buckets[at]);
            LengthSlice {
                characters: (*characters).to_owned(),
                texts: slices().map(|slice| slice.texts).sum(),
                macro_accuracy: mean(slices()),
            }
        });
        let counted: u64 = self.bins.iter().map(|(texts, _, _)| texts).sum();
        let gaps = self.bins.iter().map(|(_, right, sum)| (*right as f64 - sum).abs());
        let calibration_error = (counted > 0).then(|| gaps.sum::<f64>() / counted as f64);
        let mut confusions: Vec<Confusion> = self
            .confusions
            .iter()
            .map(|((language, found), texts)| Confusion {
                language: language.to_string(),
                taken_for: found.map_or_else(|| "-".to_owned(), |found| found.to_string()),
                texts: *texts,
            })
            .collect();
        confusions.sort_by_key(|confusion| std::cmp::Reverse(confusion.texts));
        confusions.truncate(MAX_CONFUSIONS);
        LanguageEvaluation {
            model: model.to_owned(),
            all,
            macro_accuracy: mean(by_language.values().copied()),
            by_length: by_length.collect(),
            by_language,
            by_status: self.by_status.into_iter().map(|(status, count)| (status.to_owned(), count)).collect(),
            calibration_error,
            south_slavic: self.south_slavic.into_iter().map(|(language, sum)| (language.to_string(), sum)).collect(),
            confusions,
        }
    }
}

fn mean(accuracies: impl Iterator<Item = Accuracy>) -> Option<f64> {
    let shares: Vec<f64> = accuracies.filter_map(Accuracy::share).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}

impl LanguageEvaluation {
    /// The figures as JSON.
    ///
    /// # Panics
    /// Never: strings and numbers can always be written as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        #[allow(clippy::expect_used, reason = "strings and numbers always serialise")]
        let json = serde_json::to_string_pretty(self).expect("an evaluation is plain data");
        json + "\n"
    }

    /// The figures for people, as Markdown.
    #[must_use]
    pub fn table(&self) -> String {
        let percent =
            |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", 100.0 * share));
        let mut text = format!(
            "{}: {} texts in {} languages\n\naccuracy {}, mean over languages {}, calibration error {}\n",
            self.model,
            self.all.texts,
            self.by_language.len(),
            percent(self.all.share()),
            percent(self.macro_accuracy),
            self.calibration_error.map_or_else(|| "-".to_owned(), |error| format!("{error:.3}")),
        );
        text.push_str("\n| characters | texts | mean over languages |\n| --- | ---: | ---: |\n");
        for slice in self.by_length.iter().filter(|slice| slice.texts > 0) {
            let _ = writeln!(text, "| {} | {} | {} |", slice.characters, slice.texts, percent(slice.macro_accuracy));
        }
        text.push_str("\n| status | texts | right |\n| --- | ---: | ---: |\n");
        for (status, accuracy) in &self.by_status {
            let _ = writeln!(text, "| {status} | {} | {} |", accuracy.texts, percent(accuracy.share()));
        }
        text.push_str("\n| language | texts | right |\n| --- | ---: | ---: |\n");
        for (language, accuracy) in &self.by_language {
            let _ = writeln!(text, "| {language} | {} | {} |", accuracy.texts, percent(accuracy.share()));
        }
        if !self.south_slavic.is_empty() {
            text.push_str("\n| texts in | taken for the family | one of sr, hr, bs named | of these right |\n| --- | ---: | ---: | ---: |\n");
            let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
            for (language, sum) in &self.south_slavic {
                let _ = writeln!(
                    text,
                    "| {language} ({}) | {} | {} | {} |",
                    sum.texts,
                    percent(share(sum.family, sum.texts)),
                    percent(share(sum.committed, sum.texts)),
                    percent(share(sum.right, sum.committed)),
                );
            }
        }
        if !self.confusions.is_empty() {
            text.push_str("\n| language | taken for | texts |\n| --- | --- | ---: |\n");
            for confusion in &self.confusions {
                let _ = writeln!(text, "| {} | {} | {} |", confusion.language, confusion.taken_for, confusion.texts);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Candidate, Script};

    fn known(code: &str, probability: f64) -> LanguageVerdict {
        let best = Candidate { language: code.parse().unwrap(), probability };
        LanguageVerdict::Known { best, script: Script::LATIN, candidates: vec![best] }
    }

    #[test]
    fn accuracies_are_counted_by_language_length_and_status() {
        let mut tally = LanguageTally::default();
        let german = LanguageCode::two_letters(*b"de");
        tally.add(german, "kurz", &known("de", 0.95));
        tally.add(german, &"lang ".repeat(10), &known("nl", 0.95));
        tally.add(LanguageCode::SR, "ovo", &known("hbs", 0.85));
        tally.add(LanguageCode::SR, "ono", &known("hr", 0.85));
        tally.add(LanguageCode::HR, "što", &known("hr", 1.0));
        tally.add(LanguageCode::EN, "12", &LanguageVerdict::NoText);
        let figures = tally.finish("demo");
        assert_eq!(figures.all, Accuracy { texts: 6, right: 4 });
        assert_eq!(figures.by_language["de"], Accuracy { texts: 2, right: 1 });
        assert_eq!(figures.by_language["hbs"], Accuracy { texts: 3, right: 3 });
        assert!((figures.macro_accuracy.unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(figures.by_length[0].texts, 5);
        assert_eq!(figures.by_status["no_text"], Accuracy { texts: 1, right: 0 });
        assert_eq!(figures.south_slavic["sr"], Commitment { texts: 2, family: 2, committed: 1, right: 0 });
        assert_eq!(figures.confusions.len(), 2);
        // Bin 0.8 to 0.9: two right of 1.7; the last: two of three, 2.9 expected.
        assert!((figures.calibration_error.unwrap() - (0.3 + 0.9) / 5.0).abs() < 1e-9);
        let table = figures.table();
        assert!(table.contains("| de | 2 | 50.0 % |") && table.contains("| de | nl | 1 |"), "{table}");
        let read: LanguageEvaluation = serde_json::from_str(&figures.to_json()).unwrap();
        assert_eq!(read, figures);
        assert_eq!(LanguageTally::default().finish("none").macro_accuracy, None);
    }
}
