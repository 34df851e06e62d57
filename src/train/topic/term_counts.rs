//! How many training texts hold each term: what term weights and the set of common words are made of.

use rustc_hash::FxHashMap;

use super::TopicHyperparameters;
use super::rows::{Row, Subject};
use crate::text::words::{fold_into, hash_word, words};
use crate::topic::{KnownWords, TermWeights, for_each_term};

/// Counts of texts by term and by folded word.
#[derive(Default)]
pub struct TermCounts {
    texts: u32,
    by_term: FxHashMap<u64, u32>,
    by_word: FxHashMap<u64, u32>,
    subject: Subject,
    /// Kept to be used again.
    hashes: Vec<u64>,
}

impl TermCounts {
    /// Counts a row: the comment as one text, its subject as another where it is a new one.
    pub fn add(&mut self, row: &Row) {
        self.add_text(&row.text);
        if row.subject != self.subject {
            self.subject.clone_from(&row.subject);
            let subject = [&row.subject.title, &row.subject.article, &row.subject.opening];
            for text in subject.into_iter().flatten() {
                self.add_text(text);
            }
        }
    }

    fn add_text(&mut self, text: &str) {
        self.texts += 1;
        self.hashes.clear();
        for_each_term(text, |term| self.hashes.push(term));
        count_each(&mut self.hashes, &mut self.by_term);
        self.hashes.clear();
        let mut folded = String::new();
        for span in words(text) {
            folded.clear();
            fold_into(span.of(text), &mut folded);
            self.hashes.push(hash_word(&folded));
        }
        count_each(&mut self.hashes, &mut self.by_word);
    }

    /// Number of texts counted.
    pub fn texts(&self) -> u32 {
        self.texts
    }

    /// The weights of all terms.
    pub fn term_weights(&self, hyperparameters: &TopicHyperparameters) -> TermWeights {
        let mut cells = vec![0_u32; TermWeights::CELLS];
        // Sums of whole numbers: the order of the table does not matter.
        for (term, count) in &self.by_term {
            let cell = &mut cells[TermWeights::cell(*term)];
            *cell = cell.saturating_add(*count).min(self.texts);
        }
        TermWeights::from_counts(&cells, self.texts, hyperparameters.weight_floor)
    }

    /// The words that stand in at least `known_word_texts` texts, and how many there are.
    pub fn known_words(&self, hyperparameters: &TopicHyperparameters) -> (KnownWords, usize) {
        let mut hashes: Vec<u64> = self
            .by_word
            .iter()
            .filter(|(_, count)| **count >= hyperparameters.known_word_texts)
            .map(|(hash, _)| *hash)
            .collect();
        hashes.sort_unstable();
        (KnownWords::from_hashes(&hashes), hashes.len())
    }
}

fn count_each(hashes: &mut Vec<u64>, counts: &mut FxHashMap<u64, u32>) {
    hashes.sort_unstable();
    hashes.dedup();
    for hash in hashes.iter() {
        *counts.entry(*hash).or_default() += 1;
    }
}
