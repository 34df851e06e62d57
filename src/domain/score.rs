//! Probabilities, and why one may be missing.

use std::sync::Arc;

/// A finite probability in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// A probability; `None` for anything that is not a number in 0..=1.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The probability that belongs to log-odds; not-a-number counts as even odds.
    #[must_use]
    pub fn from_log_odds(log_odds: f64) -> Self {
        if log_odds.is_nan() { Self(0.5) } else { Self(1.0 / (1.0 + (-log_odds).exp())) }
    }

    /// The same to four decimals: what policy compares is what records show.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self(round(self.0))
    }

    /// The number, 0..=1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A number to four decimals, the precision of all scores in records.
#[must_use]
pub fn round(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

/// A label of a model with its probability.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledScore {
    /// The label as the model names it.
    pub label: Arc<str>,
    /// Its probability.
    pub probability: Probability,
}

/// Why a model has nothing to say about a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Absence {
    /// The comment is in a language that the model does not read.
    LanguageUnsupported,
    /// There is no text of the commenter's own.
    NoText,
    /// Too few letters or words to say anything.
    TooLittleText,
    /// Neither article nor parent nor earlier comments to compare with (topic only).
    NoContext,
    /// The model is switched off in the configuration.
    SwitchedOff,
}

impl Absence {
    /// The name that records use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LanguageUnsupported => "language_unsupported",
            Self::NoText => "no_text",
            Self::TooLittleText => "too_little_text",
            Self::NoContext => "no_context",
            Self::SwitchedOff => "switched_off",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_from_zero_to_one_are_probabilities() {
        for good in [0.0, 0.5, 1.0] {
            assert_eq!(Probability::new(good).map(Probability::get), Some(good));
        }
        for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Probability::new(bad), None);
        }
        for log_odds in [-1e9, -1.0, 0.0, 1e9, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert!((0.0..=1.0).contains(&Probability::from_log_odds(log_odds).get()), "{log_odds}");
        }
    }
}
