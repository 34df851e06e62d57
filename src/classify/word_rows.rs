//! What words add to a sum, remembered: few words make most of a text, and each adds the same every time.

/// Words up to this many bytes are remembered; longer ones are rare, and mostly no words.
const MOST_BYTES: usize = 23;
/// Words remembered, a power of two. Of running English text some 19 words in 20 are found among so many.
const SLOTS: usize = 1 << 13;

/// A short word as numbers that are compared at once; the last byte is its length, or no length for a hash.
type Key = [u64; 3];

/// A table with a place for each word, which it shares with others: the last one stays. What is found in it is what would
/// be made anew, so the sums do not depend on what was looked up before. It belongs to one model and one thread.
#[derive(Debug, Clone)]
pub struct WordRows<T> {
    width: usize,
    /// Made when the first word is looked up.
    keys: Vec<Key>,
    rows: Vec<i16>,
    values: Vec<T>,
    /// For words that are not remembered.
    unkept: (Vec<i16>, T),
}

impl<T: Copy + Default> WordRows<T> {
    /// A table of rows of so many numbers.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { width, keys: Vec::new(), rows: Vec::new(), values: Vec::new(), unkept: (vec![0; width], T::default()) }
    }

    /// The row and the value of a word; where it is not remembered `make` fills the row, which is all zeros, and gives the
    /// value.
    pub fn of(&mut self, word: &str, make: impl FnOnce(&mut [i16]) -> T) -> (&[i16], T) {
        self.of_key(key_of(word), make)
    }

    /// As [`Self::of`], of a word that is known by a 64-bit hash.
    pub fn of_hash(&mut self, hash: u64, make: impl FnOnce(&mut [i16]) -> T) -> (&[i16], T) {
        self.of_key(Some(hash_key(hash)), make)
    }

    /// Whether a word is remembered. If it is, its row is on its way into the processor's cache: see [`touch`].
    #[must_use]
    pub fn look(&self, word: &str) -> bool {
        key_of(word).is_some_and(|key| {
            let slot = slot_of(&key);
            let is_remembered = self.is_at(slot, &key);
            if is_remembered {
                touch(&self.rows[slot * self.width..(slot + 1) * self.width]);
            }
            is_remembered
        })
    }

    /// The row of a word that is known by a 64-bit hash, if it is remembered.
    #[must_use]
    pub fn remembered(&self, hash: u64) -> Option<&[i16]> {
        let key = hash_key(hash);
        let slot = slot_of(&key);
        self.is_at(slot, &key).then(|| &self.rows[slot * self.width..(slot + 1) * self.width])
    }

    fn is_at(&self, slot: usize, key: &Key) -> bool {
        self.keys.get(slot).is_some_and(|there| is_same(there, key))
    }

    fn of_key(&mut self, key: Option<Key>, make: impl FnOnce(&mut [i16]) -> T) -> (&[i16], T) {
        let Some(key) = key else {
            let (row, value) = &mut self.unkept;
            row.fill(0);
            *value = make(row);
            return (row, *value);
        };
        if self.keys.is_empty() {
            self.keys = vec![[0; 3]; SLOTS];
            self.rows = vec![0; SLOTS * self.width];
            self.values = vec![T::default(); SLOTS];
        }
        let slot = slot_of(&key);
        let row = &mut self.rows[slot * self.width..(slot + 1) * self.width];
        if !is_same(&self.keys[slot], &key) {
            // Should `make` fail half-way, nobody takes what is there for a word's.
            self.keys[slot] = [0; 3];
            row.fill(0);
            self.values[slot] = make(row);
            self.keys[slot] = key;
        }
        (row, self.values[slot])
    }
}

/// Reads a number of each line of the processor's cache that a row lies in. Tables are larger than the cache, and a row
/// that is far away takes as long as hundreds of additions; what is read one after the other without being needed comes
/// side by side. So the rows of a text are touched before the first of them is added.
pub fn touch<N: Copy + Into<i32>>(row: &[N]) {
    const LINE_BYTES: usize = 64;
    let first_of_lines = row.iter().step_by(LINE_BYTES / size_of::<N>()).chain(row.last());
    std::hint::black_box(first_of_lines.fold(0_i32, |all, number| all | (*number).into()));
}

/// Equality without a call.
fn is_same(one: &Key, other: &Key) -> bool {
    (one[0] ^ other[0]) | (one[1] ^ other[1]) | (one[2] ^ other[2]) == 0
}

fn hash_key(hash: u64) -> Key {
    [hash, 0, u64::MAX]
}

/// `None` for the empty word, whose key stands for an empty slot, and for long ones.
fn key_of(word: &str) -> Option<Key> {
    let bytes = word.as_bytes();
    if bytes.is_empty() || bytes.len() > MOST_BYTES {
        return None;
    }
    let mut padded = [0_u8; 24];
    padded[..bytes.len()].copy_from_slice(bytes);
    padded[MOST_BYTES] = bytes.len() as u8;
    let (numbers, _) = padded.as_chunks::<8>();
    Some([0, 1, 2].map(|at| u64::from_le_bytes(numbers[at])))
}

fn slot_of(key: &Key) -> usize {
    // Three odd numbers, and the high half, which all bits below have a part in.
    const FACTORS: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0xd6e8_feb8_6659_fd93];
    let spread = key.iter().zip(FACTORS).fold(0_u64, |sum, (number, factor)| {
        let product = number.wrapping_mul(factor);
        (sum ^ product ^ (product >> 32)).wrapping_mul(FACTORS[0])
    });
    (spread >> (u64::BITS - SLOTS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_made() {
        let mut rows = WordRows::new(2);
        let long = "a".repeat(MOST_BYTES);
        let longer = "a".repeat(MOST_BYTES + 1);
        let mut words: Vec<String> = (0..3 * SLOTS).map(|number| format!("w{number}")).collect();
        words.extend([long, longer, String::new(), "w".into(), "w\0".into(), "ž".into()]);
        for word in words.iter().chain(words.iter().rev()) {
            let add = |row: &mut [i16]| {
                assert_eq!(row, [0, 0]);
                row[1] += word.len() as i16;
                word.clone().bytes().map(u64::from).sum::<u64>()
            };
            let expected = ([0, word.len() as i16], word.bytes().map(u64::from).sum());
            let (row, value) = rows.of(word, add);
            assert_eq!((row, value), (&expected.0[..], expected.1), "{word:?}");
        }
    }

    #[test]
    fn a_word_is_made_once_and_a_failure_is_not_remembered() {
        let mut rows = WordRows::new(1);
        let mut made = 0;
        for _ in 0..3 {
            rows.of("bridge", |_| made += 1);
        }
        assert_eq!(made, 1);
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            rows.of("council", |row| {
                row[0] = 7;
                panic!("on purpose");
            });
        }));
        assert!(failed.is_err());
        assert_eq!(rows.of("council", |row| row[0] = 5).0, [5]);
        assert_eq!(rows.of_hash(3, |row| row[0] = 3).0, [3]);
        assert_eq!(rows.of_hash(3, |row| row[0] = 4).0, [3]);
        assert_eq!((rows.remembered(3), rows.remembered(4)), (Some(&[3][..]), None));
    }
}
