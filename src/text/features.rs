//! The one hashing featuriser: word 1–2-grams and character 3–4-grams, the same for training and for scoring.

use super::normalise::for_each_normalised;
use super::words::{is_word_character, mix};
use crate::domain::Span;

/// Names this feature extraction. A model states the one that it was trained on and scores nothing else; whoever
/// changes a feature or its hash changes the number at the end.
pub const FEATURE_SPEC: &str = "words1-2+chars3-4/1";

const WORD: u64 = 0x9e37_79b9_7f4a_7c15;
const WORD_PAIR: u64 = 0xc2b2_ae3d_27d4_eb4f;
const THREE_CHARACTERS: u64 = 0x1656_67b1_9e37_79f9;
const FOUR_CHARACTERS: u64 = 0x2545_f491_4f6c_dd1d;
/// Scratch larger than this many characters is given back after use.
const KEPT_CHARACTERS: usize = 1 << 16;

/// The distinct feature hashes of a text with their counts, in the order of their first appearance.
///
/// A model of `n` buckets (a power of two) uses `hash & (n - 1)`, so that one extraction serves models of any size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HashedText {
    hashes: Vec<u32>,
    counts: Vec<u32>,
}

impl HashedText {
    /// The features: hash and how often it appears, first seen first.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.hashes.iter().copied().zip(self.counts.iter().copied())
    }

    /// How many distinct features there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether the text had no features: it holds nothing but white space.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Forgets everything but the memory.
    pub fn clear(&mut self) {
        self.hashes.clear();
        self.counts.clear();
    }
}

/// Extracts features. Keeps its scratch memory from text to text; no n-gram is ever allocated.
#[derive(Debug, Clone, Default)]
pub struct Featuriser {
    characters: Vec<char>,
    spans: Vec<Span>,
    /// Open addressing: hash in the high half, one more than its index in the low half; 0 is free.
    slots: Vec<u64>,
}

impl Featuriser {
    /// A featuriser without scratch memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the content of `out` with the features of `text`. Texts beyond 2^30 characters are cut there.
    pub fn extract(&mut self, text: &str, out: &mut HashedText) {
        out.clear();
        self.characters.clear();
        self.characters.push(' ');
        let characters = &mut self.characters;
        for_each_normalised(text, |character, _| characters.push(character));
        self.characters.push(' ');
        self.characters.truncate(1 << 30);
        // Two character n-grams begin at a character, and at most one word and one pair end there.
        let slots = (self.characters.len() * 3).next_power_of_two().max(64) * 2;
        self.slots.clear();
        self.slots.resize(slots, 0);
        let table = &mut self.slots;
        for_each_feature(&self.characters, |hash, _, _| count(table, out, hash));
        if self.characters.len() > KEPT_CHARACTERS {
            self.characters = Vec::new();
            self.slots = Vec::new();
        }
    }

    /// Calls `sink` for every feature of `text`, repeated ones too, with its hash and the bytes of `text` under it.
    ///
    /// The hashes are those of [`Featuriser::extract`], in the same order.
    pub fn visit(&mut self, text: &str, mut sink: impl FnMut(u32, Span)) {
        self.characters.clear();
        self.spans.clear();
        let (characters, spans) = (&mut self.characters, &mut self.spans);
        characters.push(' ');
        spans.push(Span::new(0, 0));
        for_each_normalised(text, |character, span| {
            characters.push(character);
            spans.push(span);
        });
        // The spaces around the text belong to no byte of it.
        let begin = spans.get(1).map_or(0, |span| span.begin);
        let end = spans.last().map_or(0, |span| span.end);
        spans[0] = Span::new(begin, begin);
        spans.push(Span::new(end, end));
        characters.push(' ');
        characters.truncate(1 << 30);
        for_each_feature(characters, |hash, first, last| sink(hash, Span::new(spans[first].begin, spans[last].end)));
        if self.characters.len() > KEPT_CHARACTERS {
            self.characters = Vec::new();
            self.spans = Vec::new();
        }
    }
}

/// Adds one to the count of a hash. The table is never more than half full.
fn count(table: &mut [u64], out: &mut HashedText, hash: u32) {
    let mask = table.len() - 1;
    let mut at = hash as usize & mask;
    loop {
        let slot = table[at];
        if slot == 0 {
            out.hashes.push(hash);
            out.counts.push(1);
            table[at] = u64::from(hash) << 32 | out.hashes.len() as u64;
            return;
        }
        if (slot >> 32) as u32 == hash {
            out.counts[(slot as u32) as usize - 1] += 1;
            return;
        }
        at = (at + 1) & mask;
    }
}

/// The features of normalised characters with a space at both ends: for each its hash and its first and last
/// character. First the words and word pairs, then the character n-grams, both from left to right.
fn for_each_feature(characters: &[char], mut sink: impl FnMut(u32, usize, usize)) {
    if characters.len() <= 2 {
        return;
    }
    for_each_word_feature(characters, &mut sink);
    let mut key = u64::from(characters[0] as u32) << 21 | u64::from(characters[1] as u32);
    for (first, last) in (2..characters.len()).enumerate() {
        // A code point has 21 bits, so three of them are a key without loss.
        key = (key << 21 | u64::from(characters[last] as u32)) & ((1 << 63) - 1);
        sink(mix(key ^ THREE_CHARACTERS) as u32, first, last);
        if let Some(next) = characters.get(last + 1) {
            let longer = key.wrapping_mul(FOUR_CHARACTERS) ^ u64::from(*next as u32).wrapping_mul(WORD);
            sink(mix(longer) as u32, first, last + 1);
        }
    }
}

fn for_each_word_feature(characters: &[char], sink: &mut impl FnMut(u32, usize, usize)) {
    let mut previous: Option<(u64, usize)> = None;
    let mut at = 0;
    while at < characters.len() {
        if !is_word_character(characters[at]) {
            at += 1;
            continue;
        }
        let first = at;
        let mut hash = WORD;
        // A word may hold apostrophes and hyphens between its letters, as in `text::words`.
        while at < characters.len()
            && (is_word_character(characters[at])
                || (matches!(characters[at], '\'' | '-')
                    && characters.get(at + 1).is_some_and(|next| is_word_character(*next))))
        {
            hash = (hash ^ u64::from(characters[at] as u32)).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
        let word = mix(hash);
        sink(word as u32, first, at - 1);
        if let Some((before, begin)) = previous {
            sink(mix(before.wrapping_mul(WORD_PAIR).wrapping_add(word)) as u32, begin, at - 1);
        }
        previous = Some((word, first));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn extract(text: &str) -> HashedText {
        let mut out = HashedText::default();
        Featuriser::new().extract(text, &mut out);
        out
    }

    #[test]
    fn a_small_text_has_exactly_its_n_grams() {
        let text = "Ab  ab";
        let mut seen = Vec::new();
        Featuriser::new().visit(text, |_, span| seen.push(span.of(text)));
        // Characters: ` ab ab `.
        let words = ["Ab", "ab", "Ab  ab"];
        let characters = ["Ab", "Ab  ", "Ab  ", "Ab  a", "b  a", "b  ab", "  ab", "  ab", "ab"];
        assert_eq!(seen, words.into_iter().chain(characters).collect::<Vec<_>>());
        // `ab` twice, ` ab` twice, `ab ` twice, ` ab ` twice.
        let hashed = extract(text);
        assert_eq!(hashed.iter().filter(|(_, count)| *count == 2).count(), 4);
        assert_eq!(hashed.iter().map(|(_, count)| count).sum::<u32>(), 12);
    }

    #[test]
    fn hashes_do_not_change() {
        // Models that were trained before depend on these numbers.
        let hashes: Vec<u32> = extract("No, né").iter().map(|(hash, _)| hash).collect();
        assert_eq!(hashes, HASHES_OF_NO_NE);
    }

    const HASHES_OF_NO_NE: [u32; 14] = [
        2_332_786_042,
        1_990_113_662,
        2_752_644_226,
        635_627_831,
        1_500_659_012,
        112_564_697,
        3_658_088_150,
        314_524_595,
        352_033_356,
        1_455_371_374,
        3_206_765_560,
        1_566_269_318,
        1_971_486_125,
        3_648_165_252,
    ];

    #[test]
    fn distinct_n_grams_get_distinct_hashes() {
        let mut hashes = BTreeSet::new();
        let mut features = 0;
        for left in 'a'..='z' {
            for right in 'a'..='z' {
                // Of one word: itself, ` lr`, `lr `, ` lr `.
                for (hash, _) in extract(&format!("{left}{right}")).iter() {
                    hashes.insert(hash);
                    features += 1;
                }
            }
        }
        assert_eq!(features, 26 * 26 * 4);
        assert_eq!(hashes.len(), features);
        // The low bits spread as evenly as chance would have it: 2,704 balls in 4,096 bins hit about 1,980.
        let buckets: BTreeSet<u32> = hashes.iter().map(|hash| hash & 4095).collect();
        assert!((1_900..2_060).contains(&buckets.len()), "{}", buckets.len());
    }

    #[test]
    fn nothing_comes_from_nothing() {
        assert!(extract("").is_empty());
        assert!(extract(" \n\u{200b}").is_empty());
        assert_eq!(extract("a").len(), 2, "the word, and the character with its two spaces");
    }

    #[test]
    fn scratch_of_a_long_text_leaves_no_trace() {
        let mut featuriser = Featuriser::new();
        let mut out = HashedText::default();
        featuriser.extract(&"long text ".repeat(10_000), &mut out);
        featuriser.extract("short", &mut out);
        assert_eq!(out, extract("short"));
    }

    proptest! {
        #[test]
        fn visiting_and_extracting_agree(text in "\\PC{0,80}|[aA '’\\n-]{0,40}") {
            let mut featuriser = Featuriser::new();
            let mut visited = Vec::new();
            featuriser.visit(&text, |hash, span| {
                assert!(text.get(span.begin..span.end).is_some());
                visited.push(hash);
            });
            let mut out = HashedText::default();
            featuriser.extract(&text, &mut out);
            let mut counted: Vec<(u32, u32)> = Vec::new();
            for hash in visited {
                match counted.iter_mut().find(|(known, _)| *known == hash) {
                    Some((_, count)) => *count += 1,
                    None => counted.push((hash, 1)),
                }
            }
            prop_assert_eq!(out.iter().collect::<Vec<_>>(), counted);
        }
    }
}
