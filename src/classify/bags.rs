//! Texts as bags of hashed features: which buckets each has, usable as linfa's records.

use linfa::dataset::Records;

use super::inverse_frequency::{InverseFrequencies, inverse_frequency, inverse_length};
use crate::text::features::HashedText;

/// Rows of buckets. The value of a bucket in a row is its inverse frequency times the row's factor; only the buckets
/// are stored, 4 bytes each.
#[derive(Debug, Clone, PartialEq)]
pub struct Bags {
    frequencies: InverseFrequencies,
    row_begins: Vec<usize>,
    buckets: Vec<u32>,
    factors: Vec<f32>,
}

impl Bags {
    /// No rows yet.
    #[must_use]
    pub fn new(frequencies: InverseFrequencies) -> Self {
        Self { frequencies, row_begins: vec![0], buckets: Vec::new(), factors: Vec::new() }
    }

    /// Appends a text.
    pub fn push(&mut self, text: &HashedText) {
        self.push_features(text.features());
    }

    /// Appends a row of features.
    pub(super) fn push_features(&mut self, features: &[u32]) {
        let mask = self.bucket_count() as u32 - 1;
        let mut squares = 0;
        for feature in features {
            let bucket = feature & mask;
            let code = u64::from(self.frequencies.codes()[bucket as usize]);
            if code > 0 {
                squares += code * code;
                self.buckets.push(bucket);
            }
        }
        self.factors.push(inverse_length(squares));
        self.row_begins.push(self.buckets.len());
    }

    /// The inverse frequencies of the buckets.
    #[must_use]
    pub fn frequencies(&self) -> &InverseFrequencies {
        &self.frequencies
    }

    /// Number of buckets.
    #[must_use]
    pub fn bucket_count(&self) -> usize {
        self.frequencies.codes().len()
    }

    /// Number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.factors.len()
    }

    /// Number of stored entries.
    #[must_use]
    pub fn entry_count(&self) -> usize {
        self.buckets.len()
    }

    /// The buckets of a row, in the order of the text; one stands twice where two features of the text share it.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    pub fn buckets(&self, row: usize) -> &[u32] {
        &self.buckets[self.row_begins[row]..self.row_begins[row + 1]]
    }

    /// What the inverse frequencies of a row are multiplied with.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    pub fn factor(&self, row: usize) -> f32 {
        self.factors[row]
    }

    /// The value of a bucket in a row that has it.
    ///
    /// # Panics
    /// Where there is no such row or bucket.
    #[must_use]
    pub fn value(&self, row: usize, bucket: u32) -> f32 {
        self.factors[row] * inverse_frequency(self.frequencies.codes()[bucket as usize])
    }
}

impl Records for Bags {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.row_count()
    }

    fn nfeatures(&self) -> usize {
        self.bucket_count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::features::Featuriser;

    #[test]
    fn a_row_has_the_known_buckets_of_its_text() {
        let mut hashed = HashedText::default();
        Featuriser::new().extract("ab", &mut hashed);
        let mut codes = vec![0; 1 << 10];
        let known: Vec<u32> = hashed.features()[1..].iter().map(|feature| feature & 1023).collect();
        for bucket in &known {
            codes[*bucket as usize] = 51;
        }
        let mut bags = Bags::new(InverseFrequencies::new(codes).unwrap());
        bags.push(&hashed);
        bags.push(&HashedText::default());
        assert_eq!((bags.row_count(), bags.nsamples(), bags.nfeatures(), bags.entry_count()), (2, 2, 1024, 5));
        assert_eq!(bags.buckets(0), known);
        assert_eq!(bags.buckets(1), [0_u32; 0]);
        // Five values of 0.2 each: the length is the root of 0.2 and the floor.
        let length = (5.0 * 0.04 + 2.0_f32).sqrt();
        assert!((bags.value(0, known[0]) - 0.2 / length).abs() < 1e-6);
    }
}
