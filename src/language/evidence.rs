//! What a text says about its language, before its thread is asked.

use crate::domain::{LanguageCode, Script};

use super::south_slavic::SouthSlavicEvidence;

/// The evidence of one text. Independent of any thread, so that it can be gathered in parallel.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Letters of words, links and mentions aside.
    pub(super) letters: usize,
    /// Words with at least one letter.
    pub(super) words: usize,
    /// Script of most letters; `None` where there are none.
    pub(super) script: Option<Script>,
    /// Natural log-likelihood of the text in each language that anything speaks for or against, relative to a
    /// language that nothing is known about, without those that are never written in this script; `sr`, `hr` and `bs`
    /// count as `hbs`. Sorted by code.
    pub(super) log_likelihoods: Vec<(LanguageCode, f64)>,
    /// The languages whose lists have any of the words, and how many; sorted by code.
    pub(super) listed_words: Vec<(LanguageCode, u32)>,
    /// What tells Serbian, Croatian and Bosnian apart.
    pub(super) south_slavic: SouthSlavicEvidence,
}

impl Evidence {
    /// The evidence of a text without letters.
    pub(super) fn none() -> Self {
        Self {
            letters: 0,
            words: 0,
            script: None,
            log_likelihoods: Vec::new(),
            listed_words: Vec::new(),
            south_slavic: SouthSlavicEvidence::default(),
        }
    }

    /// Letters of words, links and mentions aside.
    #[must_use]
    pub fn letters(&self) -> usize {
        self.letters
    }
}
