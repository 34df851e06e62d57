//! What a text is about, as numbers: its weighted terms.

use super::small_talk::small_talk;
use super::terms::{TermWeights, term_of};
use crate::classify::embedding::Embedding;
use crate::classify::static_encoder::{EncoderSum, StaticEncoder};
use crate::classify::word_rows::{WordRows, quick_hash};
use crate::text::topic_words::for_each_topic_word;

/// Most terms kept of one text; of a longer one, the heaviest.
const MAX_TERMS: usize = 512;
/// Most rare terms kept of one text.
const MAX_RARE_TERMS: usize = 64;

/// Room is made for so many words of a text.
const USUAL_WORDS: usize = 128;

/// What words of earlier texts added to their vectors; of one model and one thread. What is found does not depend on it.
#[derive(Debug, Clone)]
pub(super) struct WordMemory {
    rows: WordRows,
    /// The words of a text, folded, one behind the other; and of each its hash, beginning and end.
    words: String,
    places: Vec<(u64, (usize, usize))>,
}

impl WordMemory {
    pub(super) fn new(encoder: &StaticEncoder) -> Self {
        Self { rows: encoder.word_rows(), words: String::new(), places: Vec::new() }
    }

    /// Adds the words of a text to a sum, and their terms to `terms`.
    fn add(&mut self, text: &str, encoder: &StaticEncoder, sum: &mut EncoderSum<'_>, terms: &mut Vec<u64>) {
        let Self { rows, words, places } = self;
        words.clear();
        places.clear();
        for_each_topic_word(text, |word| {
            terms.push(term_of(word));
            let begin = words.len();
            words.push_str(word);
            places.push((quick_hash(word), (begin, words.len())));
        });
        let word = |(begin, end): (usize, usize)| words.get(begin..end).unwrap_or_default();
        rows.add_up(
            places,
            |place| encoder.touch_word(word(place)),
            |place, row| encoder.add_word(word(place), row),
            |_, row| sum.add_row(row),
        );
    }
}

/// From which weight on a term counts as a content word, and as a rare one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightBounds {
    /// A term of this weight or more is a content word.
    pub content: f32,
    /// A term of this weight or more is rare: a text that shares it is likely about the same thing.
    pub rare: f32,
}

/// Most content words of a text that may be small talk; looking at longer ones is a waste.
const MAX_SMALL_TALK_WORDS: usize = 12;

/// What a text is about: a sparse vector of its terms, of length 1, `(1 + ln tf) * weight`, cosine-normalised (Salton and
/// Buckley, 1988), and the place that the encoder gives it. Cheap to keep: 8 bytes a term, and one a dimension.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CommentVector {
    /// Term id (high half of its hash) and share, ascending by id, without repeats.
    entries: Box<[(u32, f32)]>,
    /// Ids of the rare terms, ascending.
    rare: Box<[u32]>,
    content_words: u32,
    embedding: Embedding,
    is_small_talk: bool,
}

impl CommentVector {
    pub(super) fn of<'text>(
        texts: impl IntoIterator<Item = &'text str> + Clone,
        encoder: &StaticEncoder,
        weights: &TermWeights,
        bounds: WeightBounds,
        memory: &mut WordMemory,
    ) -> Self {
        let mut terms: Vec<u64> = Vec::with_capacity(USUAL_WORDS);
        let mut sum = EncoderSum::new(encoder);
        for text in texts.clone() {
            memory.add(text, encoder, &mut sum, &mut terms);
        }
        let content_words = terms.iter().filter(|term| weights.weight(**term) >= bounds.content).count();
        terms.sort_unstable();
        let mut entries: Vec<(u32, f32)> = Vec::with_capacity(terms.len());
        let mut rare = Vec::new();
        for run in terms.chunk_by(|left, right| id(*left) == id(*right)) {
            let weight = weights.weight(run[0]);
            if weight > 0.0 {
                entries.push((id(run[0]), (1.0 + (run.len() as f32).ln()) * weight));
            }
            if weight >= bounds.rare && rare.len() < MAX_RARE_TERMS {
                rare.push(id(run[0]));
            }
        }
        if entries.len() > MAX_TERMS {
            entries.sort_unstable_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
            entries.truncate(MAX_TERMS);
            entries.sort_unstable_by_key(|entry| entry.0);
        }
        let length = entries.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            for (_, value) in &mut entries {
                *value /= length;
            }
        }
        Self {
            entries: entries.into_boxed_slice(),
            rare: rare.into_boxed_slice(),
            content_words: u32::try_from(content_words).unwrap_or(u32::MAX),
            embedding: sum.embedding(),
            is_small_talk: content_words <= MAX_SMALL_TALK_WORDS && small_talk(texts).is_some(),
        }
    }

    /// Where the encoder places it.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Whether it is a greeting, thanks, a reaction or the like: nothing that could be on or off a subject.
    #[must_use]
    pub fn is_small_talk(&self) -> bool {
        self.is_small_talk
    }

    /// Number of content words, repeats included: those that are not among the commonest of the language.
    #[must_use]
    pub fn content_words(&self) -> u32 {
        self.content_words
    }

    /// Whether there is nothing in it to compare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Term ids and shares, ascending by id; the squares of the shares add up to 1.
    pub(super) fn entries(&self) -> &[(u32, f32)] {
        &self.entries
    }

    /// Ids of the rare terms, ascending.
    pub(super) fn rare(&self) -> &[u32] {
        &self.rare
    }

    /// Cosine of the angle to another vector, 0..=1, and the share of this one's squared length that stands on terms
    /// of the other, 0..=1.
    pub(super) fn compare(&self, other: &Self) -> (f32, f32) {
        let (mut cosine, mut coverage) = (0.0_f32, 0.0_f32);
        let mut theirs = other.entries.iter().peekable();
        for &(id, value) in &self.entries {
            while theirs.next_if(|entry| entry.0 < id).is_some() {}
            if let Some(entry) = theirs.next_if(|entry| entry.0 == id) {
                cosine += value * entry.1;
                coverage += value * value;
            }
        }
        (cosine.clamp(0.0, 1.0), coverage.clamp(0.0, 1.0))
    }
}

/// How many ids two ascending lists share.
pub(super) fn shared_ids(left: &[u32], right: &[u32]) -> u32 {
    let mut others = right.iter().peekable();
    let mut shared = 0;
    for id in left {
        while others.next_if(|other| *other < id).is_some() {}
        shared += u32::from(others.next_if(|other| *other == id).is_some());
    }
    shared
}

/// The id of a term. Its cell in the weight table comes from the low half, so the two are independent.
fn id(term: u64) -> u32 {
    (term >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: WeightBounds = WeightBounds { content: 1.0, rare: 2.0 };

    fn vector(text: &str) -> CommentVector {
        let weights = TermWeights::new(vec![100; TermWeights::CELLS], 0.03).unwrap();
        CommentVector::of(
            [text],
            &StaticEncoder::blank(),
            &weights,
            BOUNDS,
            &mut WordMemory::new(&StaticEncoder::blank()),
        )
    }

    #[test]
    fn cosine_is_one_for_itself_and_zero_for_strangers() {
        let bridge = vector("The old bridge over the river");
        assert!((bridge.compare(&bridge).0 - 1.0).abs() < 1e-6);
        assert!((bridge.compare(&vector("over THE river, the old bridge")).0 - 1.0).abs() < 1e-6);
        assert_eq!(bridge.compare(&vector("nothing shared here")), (0.0, 0.0));
        let (cosine, coverage) = bridge.compare(&vector("river"));
        assert!(cosine > 0.0 && cosine < 1.0 && coverage > 0.0 && coverage < cosine, "{cosine} {coverage}");
    }

    #[test]
    fn lengths_are_one_and_words_are_counted() {
        let text = vector("one two two three");
        let length: f32 = text.entries().iter().map(|entry| entry.1 * entry.1).sum();
        assert!((length - 1.0).abs() < 1e-6);
        assert_eq!((text.content_words(), text.rare().len()), (4, 3));
        assert!(vector("… !").is_empty());
    }

    #[test]
    fn a_huge_text_keeps_a_bounded_number_of_terms() {
        let words: Vec<String> = (0..5_000).map(|number| format!("w{number}")).collect();
        let huge = vector(&words.join(" "));
        assert_eq!((huge.entries().len(), huge.rare().len()), (MAX_TERMS, MAX_RARE_TERMS));
        assert!(huge.entries().is_sorted_by_key(|entry| entry.0));
    }

    #[test]
    fn shared_ids_are_counted_once() {
        assert_eq!(shared_ids(&[1, 3, 5, 9], &[0, 3, 4, 9, 12]), 2);
        assert_eq!(shared_ids(&[], &[1]), 0);
    }
}
