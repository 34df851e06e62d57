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
    /// Which words of each set were found since all of them last were: a bit each, never all of them.
    used: Vec<u8>,
    rows: Vec<Line>,
    /// Where the rows of the words begin that are added up, of those that are remembered.
    found: Vec<Option<usize>>,
}

impl WordRows {
    /// An empty table of rows of so many lines.
    #[must_use]
    pub fn new(lines: usize) -> Self {
        Self { lines, sets: Vec::new(), used: Vec::new(), rows: Vec::new(), found: Vec::new() }
    }

    /// Adds the rows of words up, in any order: `add` takes the row of each, and `make` fills that of a word which is not
    /// remembered. A word is known by its hash, and by a number that the caller gives it.
    ///
    /// Memory is farther away than the processor's cache by hundreds of additions, and what is asked for without being
    /// needed at once comes side by side. So each step is taken for all words before the next one is: asking for the set,
    /// for the row, for what new rows are made of (`ask`), and adding.
    pub fn add_up<T: Copy>(
        &mut self,
        words: &[(u64, T)],
        mut ask: impl FnMut(T),
        mut make: impl FnMut(T, &mut [Line]),
        mut add: impl FnMut(T, &[Line]),
    ) {
        self.make_room();
        for (hash, _) in words {
            std::hint::black_box(self.sets[set_of(*hash)][0]);
        }
        self.found.clear();
        for (hash, word) in words {
            let place = self.find(*hash);
            self.found.push(place);
            match place {
                Some(place) => self.rows[place..place + self.lines].iter().for_each(|line| {
                    std::hint::black_box(line.0[0]);
                }),
                None => ask(*word),
            }
        }
        // Before any row is pushed out by a new one.
        for ((_, word), place) in words.iter().zip(&self.found) {
            if let Some(place) = *place {
                add(*word, &self.rows[place..place + self.lines]);
            }
        }
        for (at, (hash, word)) in words.iter().enumerate() {
            if self.found[at].is_none() {
                add(*word, self.find_or_make(*hash, |row| make(*word, row)));
            }
        }
    }

    /// Where the row of a word begins, if it is remembered.
    fn find(&mut self, hash: u64) -> Option<usize> {
        let set = set_of(hash);
        let way = self.sets[set].iter().position(|there| *there == hash)?;
        self.note_use(set, way);
        Some(self.lines * (set * WAYS + way))
    }

    fn make_room(&mut self) {
        if self.sets.is_empty() {
            self.sets = vec![[0; WAYS]; SETS];
            self.used = vec![0; SETS];
            self.rows = vec![Line::ZERO; WORDS * self.lines];
        }
    }

    /// The row of a word; where it is not remembered `make` fills it, which is all zeros before.
    fn find_or_make(&mut self, hash: u64, make: impl FnOnce(&mut [Line])) -> &[Line] {
        if let Some(place) = self.find(hash) {
            return &self.rows[place..place + self.lines];
        }
        let set = set_of(hash);
        // One that was not found for a while: there always is one.
        let way = self.used[set].trailing_ones() as usize;
        let place = self.lines * (set * WAYS + way);
        let row = &mut self.rows[place..place + self.lines];
        // Should `make` fail half-way, nobody takes what is there for a word's.
        self.sets[set][way] = 0;
        row.fill(Line::ZERO);
        make(row);
        self.sets[set][way] = hash;
        self.note_use(set, way);
        &self.rows[place..place + self.lines]
    }

    /// Notes that a word was found; once all of a set were, only that the last one was.
    fn note_use(&mut self, set: usize, way: usize) {
        const ALL: u8 = (1 << WAYS) - 1;
        let used = self.used[set] | 1 << way;
        self.used[set] = if used == ALL { 1 << way } else { used };
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
    let hash = eights.iter().chain([&last]).fold((word.len() as u64).wrapping_mul(!FACTOR), |hash, bytes| {
        let product = u128::from(hash ^ u64::from_le_bytes(*bytes)) * u128::from(FACTOR);
        (product as u64 ^ (product >> 64) as u64).wrapping_add(FACTOR)
    });
    mix(hash).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds up words, each of which stands for its own number; gives the sum and how many were made.
    fn sum(rows: &mut WordRows, words: &[i16]) -> (i64, usize) {
        let hashed: Vec<(u64, i16)> = words.iter().map(|word| (quick_hash(&word.to_string()), *word)).collect();
        let (mut sum, mut made) = (0, 0);
        let fill = |word, row: &mut [Line]| {
            assert_eq!(row, [Line::ZERO; 2]);
            row[1].0[3] += word;
            made += 1;
        };
        rows.add_up(
            &hashed,
            |_| {},
            fill,
            |word, row| {
                assert_eq!(row[1].0[3], word);
                sum += i64::from(row[1].0[3]);
            },
        );
        (sum, made)
    }

    #[test]
    fn what_is_remembered_is_what_would_be_made() {
        let mut rows = WordRows::new(2);
        let all: Vec<i16> = (1..i16::MAX).collect();
        for words in all.chunks(997).chain(all.chunks(5)).chain([&all[..], &[7, 7, 7, 9_999, 7]]) {
            let expected: i64 = words.iter().map(|word| i64::from(*word)).sum();
            assert_eq!(sum(&mut rows, words).0, expected);
        }
        assert_eq!(sum(&mut rows, &[]), (0, 0));
    }

    #[test]
    fn common_words_stay() {
        let mut rows = WordRows::new(2);
        let mut made = 0;
        for word in 2..i16::MAX {
            made += sum(&mut rows, &[1]).1;
            sum(&mut rows, &[word]);
        }
        assert_eq!(made, 1);
    }

    #[test]
    fn a_failure_is_not_remembered() {
        let mut rows = WordRows::new(1);
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let make = |(), row: &mut [Line]| {
                row[0].0[0] = 7;
                panic!("on purpose");
            };
            rows.add_up(&[(5, ())], |()| {}, make, |(), _| {});
        }));
        assert!(failed.is_err());
        let mut added = 0;
        rows.add_up(&[(5, ())], |()| {}, |(), row| row[0].0[0] = 5, |(), row| added = row[0].0[0]);
        assert_eq!(added, 5);
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
