//! What a text says about its language, before its thread is asked.

use crate::domain::{LanguageCode, Script, Span};

use super::south_slavic::SouthSlavicEvidence;

/// What is so far behind the best, in natural log-odds, changes no sum.
const NOTHING: f64 = -40.0;

/// The evidence of one text. Independent of any thread, so that it can be gathered in parallel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence {
    /// Letters of words, links and mentions aside.
    pub(super) letters: usize,
    /// Words, mentions and repeats aside.
    pub(super) words: usize,
    /// Script of most letters; `None` where there are none.
    pub(super) script: Option<Script>,
    /// Natural log-likelihood of the text in each language that may be written so, up to a number that all share; `sr`,
    /// `hr` and `bs` count as `hbs`.
    pub(super) log_likelihoods: Vec<(LanguageCode, f64)>,
    /// What tells Serbian, Croatian and Bosnian apart.
    pub(super) south_slavic: SouthSlavicEvidence,
    /// Sentences in another language than the rest, which are in none of the above.
    pub(super) others: Vec<OtherPart>,
}

/// Sentences in a row that seem to be in another language than most of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherPart {
    /// Where they stand in the text.
    pub span: Span,
    /// What they say about their language.
    pub evidence: Evidence,
}

impl Evidence {
    /// Sentences that seem to be in another language than the rest.
    #[must_use]
    pub fn others(&self) -> &[OtherPart] {
        &self.others
    }

    /// The probability of the most probable language where all are equally likely beforehand, 0..=1.
    pub(super) fn certainty(&self) -> f64 {
        let highest = highest(&self.log_likelihoods);
        let behind = self.log_likelihoods.iter().map(|(_, log)| log - highest);
        let total: f64 = behind.filter(|log| *log > NOTHING).map(f64::exp).sum();
        if total > 0.0 { 1.0 / total } else { 0.0 }
    }
}

/// The highest of some logarithms; the least number there is of none.
pub(super) fn highest(logarithms: &[(LanguageCode, f64)]) -> f64 {
    logarithms.iter().fold(f64::MIN, |highest, (_, log)| highest.max(*log))
}
