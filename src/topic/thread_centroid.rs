//! What a thread has been about so far: the sum of its comments.

use rustc_hash::FxHashMap;

use super::comment_vector::CommentVector;
use super::similarities::Closeness;
use crate::classify::embedding::EmbeddingSum;

/// Most terms remembered; past it the lighter half is forgotten.
const MAX_TERMS: usize = 2_048;

/// The running sum of the vectors of a thread's earlier comments. Bounded: at most 2,048 terms, about 32 KiB, and a number a dimension.
///
/// Comparing and adding cost a look-up a term of the comment, not of the thread: they run for every comment in input
/// order. Depends on the order of the comments and on nothing else.
#[derive(Debug, Clone, Default)]
pub struct ThreadCentroid {
    /// Only looked up by term; where it is walked, what comes out is sorted first.
    sums: FxHashMap<u32, TermSum>,
    squared_length: f64,
    comments: u32,
    embeddings: EmbeddingSum,
}

#[derive(Debug, Clone, Copy, Default)]
struct TermSum {
    sum: f32,
    rare: bool,
}

impl ThreadCentroid {
    /// Number of comments that were added and had something to compare with.
    #[must_use]
    pub fn comments(&self) -> u32 {
        self.comments
    }

    /// Adds a comment. One without terms changes nothing.
    pub fn add(&mut self, comment: &CommentVector) {
        if comment.is_empty() {
            return;
        }
        self.comments = self.comments.saturating_add(1);
        self.embeddings.add(comment.embedding());
        let mut rare = comment.rare().iter().peekable();
        for &(id, value) in comment.entries() {
            while rare.next_if(|other| **other < id).is_some() {}
            let cell = self.sums.entry(id).or_default();
            let before = f64::from(cell.sum);
            cell.sum += value;
            cell.rare |= rare.peek().is_some_and(|other| **other == id);
            self.squared_length += f64::from(cell.sum) * f64::from(cell.sum) - before * before;
        }
        if self.sums.len() > MAX_TERMS {
            self.forget_lighter_half();
        }
    }

    fn forget_lighter_half(&mut self) {
        let mut terms: Vec<(u32, TermSum)> = self.sums.drain().collect();
        terms.sort_unstable_by(|left, right| right.1.sum.total_cmp(&left.1.sum).then(left.0.cmp(&right.0)));
        terms.truncate(MAX_TERMS / 2);
        self.squared_length = terms.iter().map(|(_, cell)| f64::from(cell.sum) * f64::from(cell.sum)).sum();
        self.sums.extend(terms);
    }

    /// How near a comment is to the thread so far; `None` where there is nothing to compare with.
    pub(super) fn compare(&self, comment: &CommentVector) -> Option<Closeness> {
        if self.comments == 0 || self.squared_length <= 0.0 {
            return None;
        }
        let (mut product, mut coverage, mut shared_rare_words) = (0.0_f64, 0.0_f32, 0);
        for (id, value) in comment.entries() {
            if let Some(cell) = self.sums.get(id) {
                product += f64::from(*value) * f64::from(cell.sum);
                coverage += value * value;
                shared_rare_words += u32::from(cell.rare);
            }
        }
        Some(Closeness {
            cosine: (product / self.squared_length.sqrt()).clamp(0.0, 1.0) as f32,
            coverage: coverage.clamp(0.0, 1.0),
            shared_rare_words,
            terms: self.sums.len() as u32,
            encoder: self.embeddings.cosine(comment.embedding()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::static_encoder::StaticEncoder;
    use crate::topic::comment_vector::{WeightBounds, WordMemory};
    use crate::topic::terms::TermWeights;

    fn vectors<const N: usize>(texts: [&str; N]) -> [CommentVector; N] {
        let weights = TermWeights::new(vec![100; TermWeights::CELLS], 0.03).unwrap();
        texts.map(|text| {
            CommentVector::of(
                [text],
                &StaticEncoder::blank(),
                &weights,
                WeightBounds { content: 1.0, rare: 2.0 },
                &mut WordMemory::new(&StaticEncoder::blank()),
            )
        })
    }

    #[test]
    fn a_thread_of_one_comment_is_that_comment() {
        let [bridge, river, other, empty] = vectors(["old bridge", "old river", "green onions", ""]);
        let mut thread = ThreadCentroid::default();
        assert!(thread.compare(&bridge).is_none());
        thread.add(&empty);
        assert_eq!(thread.comments(), 0);
        thread.add(&bridge);
        let itself = thread.compare(&bridge).unwrap();
        assert!((itself.cosine - 1.0).abs() < 1e-6 && itself.shared_rare_words == 2, "{itself:?}");
        assert!((thread.compare(&river).unwrap().cosine - bridge.compare(&river).0).abs() < 1e-6);
        assert_eq!(thread.compare(&other).unwrap().shared_rare_words, 0);
    }

    #[test]
    fn the_cosine_is_that_of_the_sum() {
        let texts = vectors(["old bridge", "old river boat", "boat and bridge", "river"]);
        let mut thread = ThreadCentroid::default();
        let mut sum = std::collections::BTreeMap::new();
        for text in &texts {
            thread.add(text);
            for (id, value) in text.entries() {
                *sum.entry(*id).or_insert(0.0) += f64::from(*value);
            }
        }
        let length = sum.values().map(|value| value * value).sum::<f64>().sqrt();
        for text in &texts {
            let product: f64 = text.entries().iter().map(|(id, value)| f64::from(*value) * sum[id]).sum();
            let found = thread.compare(text).unwrap();
            assert!((f64::from(found.cosine) - product / length).abs() < 1e-5, "{found:?}");
        }
    }

    #[test]
    fn an_endless_thread_stays_bounded_and_keeps_what_it_is_about() {
        let mut thread = ThreadCentroid::default();
        let [bridge] = vectors(["bridge"]);
        for number in 0..2_000 {
            let text = format!("bridge w{number}a w{number}b w{number}c");
            thread.add(&vectors([text.as_str()])[0]);
            assert!(thread.sums.len() <= MAX_TERMS);
        }
        let found = thread.compare(&bridge).unwrap();
        assert!(found.cosine > 0.9, "{found:?}");
    }
}
