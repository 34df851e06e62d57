//! What words add to a sum, remembered: few words make most of a text, and each adds the same every time.

use crate::text::words::mix;

/// Numbers in a line of the processor's cache.
pub const LINE_NUMBERS: usize = 32;
/// Words remembered. In running English 9 words in 10 are found among so many.
const WORDS: usize = 1 << 14;
/// Words that share a set of places, so that a common word is not pushed out by the first rare one that meets its place.
const WAYS: usize = 4;
const SETS: usize = WORDS / WAYS;

/// A line of the processor's cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub struct Line(pub [i16; LINE_NUMBERS]);

impl Line {
    /// Zeros.
    pub const ZERO: Self = Self([0; LINE_NUMBERS]);
}

/// Rows by the 64-bit hash of a word. What is found is what would be made anew, so sums do not depend on what was looked up
/// before, as long as no two words share a hash. It belongs to one model and one thread.
#[derive(Debug, Clone)]
pub struct WordRows {
    /// Lines of a row.
    lines: usize,
    /// Hashes, 0 where there is none. Made when the first word is looked up.
    sets: Vec<[u64; WAYS]>,
    /// Which words of each set were found since one of them was last pushed out: a bit each.
    used: Vec<u8>,
    rows: Vec<Line>,
}

impl WordRows {
    /// An empty table of rows of so many lines.
    #[must_use]
    pub fn new(lines: usize) -> Self {
        Self { lines, sets: Vec::new(), used: Vec::new(), rows: Vec::new() }
    }

    /// The row of a word, if it is remembered.
    #[must_use]
    pub fn find(&mut self, hash: u64) -> Option<&[Line]> {
        let set = set_of(hash);
        let way = self.sets.get(set)?.iter().position(|there| *there == hash)?;
        self.used[set] |= 1 << way;
        self.rows.get(self.lines * (set * WAYS + way)..)?.get(..self.lines)
    }

    /// The row of a word; where it is not remembered `make` fills it, which is all zeros before.
    pub fn find_or_make(&mut self, hash: u64, make: impl FnOnce(&mut [Line])) -> &[Line] {
        if self.sets.is_empty() {
            self.sets = vec![[0; WAYS]; SETS];
            self.used = vec![0; SETS];
            self.rows = vec![Line::ZERO; WORDS * self.lines];
        }
        let set = set_of(hash);
        let found = self.sets[set].iter().position(|there| *there == hash);
        let way = found.unwrap_or_else(|| self.way_to_push_out(set));
        let first = self.lines * (set * WAYS + way);
        let row = &mut self.rows[first..first + self.lines];
        if found.is_none() {
            // Should `make` fail half-way, nobody takes what is there for a word's.
            self.sets[set][way] = 0;
            row.fill(Line::ZERO);
            make(row);
            self.sets[set][way] = hash;
        }
        self.used[set] |= 1 << way;
        row
    }

    /// The first word of a set that was not found for a while.
    fn way_to_push_out(&mut self, set: usize) -> usize {
        const ALL: u8 = (1 << WAYS) - 1;
        if self.used[set] == ALL {
            self.used[set] = 0;
        }
        self.used[set].trailing_ones() as usize
    }
}

fn set_of(hash: u64) -> usize {
    hash as usize % SETS
}

/// A hash of a word that is quick to make, eight bytes at a time, and never 0. It stands in no file.
#[must_use]
pub fn quick_hash(word: &str) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (eights, rest) = word.as_bytes().as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let hash = eights.iter().chain([&last]).fold(word.len() as u64, |hash, bytes| {
        let product = u128::from(hash ^ u64::from_le_bytes(*bytes)) * u128::from(FACTOR);
        (product as u64 ^ (product >> 64) as u64).wrapping_add(FACTOR)
    });
    mix(hash).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_made() {
        let mut rows = WordRows::new(2);
        let words: Vec<String> = (0..3 * WORDS).map(|number| format!("w{number}")).collect();
        for word in words.iter().chain(words.iter().rev()).chain(&words) {
            let hash = quick_hash(word);
            let number = word[1..].parse::<usize>().unwrap() as i16;
            let mut expected = [Line::ZERO; 2];
            expected[1].0[3] = number;
            let found = rows.find(hash).map(<[Line]>::to_vec);
            assert!(found.is_none_or(|row| row == expected), "{word}");
            let row = rows.find_or_make(hash, |row| {
                assert_eq!(row, [Line::ZERO; 2]);
                row[1].0[3] += number;
            });
            assert_eq!(row, expected, "{word}");
            assert_eq!(rows.find(hash), Some(&expected[..]), "{word}");
        }
    }

    #[test]
    fn common_words_stay() {
        let mut rows = WordRows::new(1);
        let mut made = 0;
        for number in 0..10 * WORDS {
            rows.find_or_make(quick_hash("the"), |_| made += 1);
            rows.find_or_make(quick_hash(&number.to_string()), |_| {});
        }
        assert_eq!(made, 1);
    }

    #[test]
    fn a_failure_is_not_remembered() {
        let mut rows = WordRows::new(1);
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            rows.find_or_make(5, |row| {
                row[0].0[0] = 7;
                panic!("on purpose");
            });
        }));
        assert!(failed.is_err());
        assert_eq!(rows.find(5), None);
        assert_eq!(rows.find_or_make(5, |row| row[0].0[0] = 5)[0].0[0], 5);
    }

    #[test]
    fn hashes_differ() {
        let words = ["", "a", "b", "aa", "a\0", "\0", "\0\0", "eightlet", "eightlet\0", "eightletters", "eightletterz"];
        let mut hashes: Vec<u64> = words.iter().map(|word| quick_hash(word)).collect();
        hashes.extend((0..100_000).map(|number: u32| quick_hash(&number.to_string())));
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }
}
