//! Which words are common English: a set that answers with a few false alarms and never misses.

use crate::text::words::{hash_word, mix};

/// Bits a word in a set made here: with 7 probes about 1 word in 120 that is not in the set seems to be.
const BITS_PER_WORD: usize = 10;
const PROBES: u32 = 7;
/// The largest set, in bytes.
pub const MAX_BYTES: usize = 100 << 10;

/// A Bloom filter (Bloom, 1970) over folded words, its probes made of two hashes (Kirsch and Mitzenmacher, 2006).
#[derive(Debug, Clone, PartialEq)]
pub struct KnownWords {
    bits: Vec<u8>,
}

impl KnownWords {
    /// A set from its stored bits; `None` where there are none, or more than 100 KiB.
    #[must_use]
    pub fn new(bits: Vec<u8>) -> Option<Self> {
        (1..=MAX_BYTES).contains(&bits.len()).then_some(Self { bits })
    }

    /// The set of some words, given by their hashes ([`hash_word`] of the folded word).
    #[must_use]
    pub fn from_hashes(hashes: &[u64]) -> Self {
        let bytes = (hashes.len() * BITS_PER_WORD).div_ceil(8).clamp(8, MAX_BYTES);
        let mut bits = vec![0; bytes];
        for hash in hashes {
            for bit in probes(*hash, bytes) {
                bits[bit / 8] |= 1 << (bit % 8);
            }
        }
        Self { bits }
    }

    /// Whether a folded word is in the set. True for every word that is, and for about 1 % of those that are not.
    #[must_use]
    pub fn contains(&self, folded: &str) -> bool {
        probes(hash_word(folded), self.bits.len()).all(|bit| self.bits[bit / 8] & (1 << (bit % 8)) != 0)
    }

    /// The bits as they are stored.
    #[must_use]
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }
}

fn probes(hash: u64, bytes: usize) -> impl Iterator<Item = usize> {
    let bits = bytes as u64 * 8;
    let step = mix(hash) | 1;
    (0..PROBES).map(move |probe| (hash.wrapping_add(step.wrapping_mul(u64::from(probe))) % bits) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_always_found_and_strangers_seldom() {
        let hashes: Vec<u64> = (0..20_000).map(|number| hash_word(&format!("word{number}"))).collect();
        let known = KnownWords::from_hashes(&hashes);
        assert!((0..20_000).all(|number| known.contains(&format!("word{number}"))));
        let false_alarms = (0..20_000).filter(|number| known.contains(&format!("other{number}"))).count();
        assert!((50..300).contains(&false_alarms), "{false_alarms} of 20,000");
    }

    #[test]
    fn an_empty_or_oversized_set_is_refused() {
        assert!(KnownWords::new(Vec::new()).is_none());
        assert!(KnownWords::new(vec![0; MAX_BYTES + 1]).is_none());
        assert!(!KnownWords::from_hashes(&[]).contains("word"));
    }
}
