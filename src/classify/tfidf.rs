//! Sublinear tf-idf over hash buckets, scaled to length 1.

use crate::text::features::HashedText;

/// The largest number of buckets that a model may have.
pub const MAX_BUCKETS: usize = 1 << 24;

/// Inverse document frequencies by bucket, in 8 bits, 255 being that of a feature of one text in the training set.
///
/// They are rounded *before* training, so that the rounding costs nothing at scoring time; and as vectors are scaled to
/// length 1, only their proportions matter.
#[derive(Debug, Clone, PartialEq)]
pub struct InverseFrequencies {
    codes: Vec<u8>,
}

impl InverseFrequencies {
    /// From codes that a model file holds; `None` unless their number is a power of two of at most [`MAX_BUCKETS`].
    #[must_use]
    pub fn new(codes: Vec<u8>) -> Option<Self> {
        let good = codes.len().is_power_of_two() && codes.len() <= MAX_BUCKETS;
        good.then_some(Self { codes })
    }

    /// One code a bucket; 0 for a bucket that no training text fell into: it counts for nothing.
    #[must_use]
    pub fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// Replaces `entries` with the tf-idf values of a text by bucket, scaled so that their squares add up to 1.
    ///
    /// Different features in the same bucket stay apart, in the text's order.
    pub fn vectorise(&self, text: &HashedText, entries: &mut Vec<(u32, f32)>) {
        entries.clear();
        let mask = self.codes.len() as u32 - 1;
        let mut squares = 0.0_f32;
        for (hash, count) in text.iter() {
            let bucket = hash & mask;
            let value = sublinear(count) * f32::from(self.codes[bucket as usize]);
            if value > 0.0 {
                squares += value * value;
                entries.push((bucket, value));
            }
        }
        let scale = inverse_length(squares);
        for (_, value) in entries.iter_mut() {
            *value *= scale;
        }
    }
}

/// `1 + ln(count)`: a word that stands ten times does not weigh ten times as much.
pub(super) fn sublinear(count: u32) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + (count as f32).ln() }
}

/// What a vector whose squares add up to `squares` is multiplied with to have length 1; 0 for the zero vector.
pub(super) fn inverse_length(squares: f32) -> f32 {
    if squares > 0.0 { 1.0 / squares.sqrt() } else { 0.0 }
}

/// Counts in how many texts each bucket occurs.
#[derive(Debug, Clone)]
pub struct FrequencyCounter {
    texts: u32,
    texts_with: Vec<u32>,
}

impl FrequencyCounter {
    /// A counter of `buckets` buckets; `None` unless a power of two of at most [`MAX_BUCKETS`].
    #[must_use]
    pub fn new(buckets: usize) -> Option<Self> {
        let good = buckets.is_power_of_two() && buckets <= MAX_BUCKETS;
        good.then(|| Self { texts: 0, texts_with: vec![0; buckets] })
    }

    /// Counts a text.
    pub fn add(&mut self, text: &HashedText) {
        self.texts += 1;
        let mask = self.texts_with.len() as u32 - 1;
        for (hash, _) in text.iter() {
            self.texts_with[(hash & mask) as usize] += 1;
        }
    }

    /// The inverse document frequencies, `1 + ln((1 + n) / (1 + n with it))`, rounded to 8 bits.
    #[must_use]
    pub fn finish(&self) -> InverseFrequencies {
        let texts = f64::from(self.texts);
        let step = (1.0 + (f64::midpoint(1.0, texts)).ln()) / 255.0;
        let code = |texts_with: u32| {
            if texts_with == 0 {
                return 0;
            }
            // Two features of one text may share a bucket, so the count can exceed the number of texts.
            let inverse = 1.0 + ((1.0 + texts) / (1.0 + f64::from(texts_with.min(self.texts)))).ln();
            #[allow(clippy::cast_sign_loss, reason = "between 1 and 255")]
            let code = (inverse / step).round().clamp(1.0, 255.0) as u8;
            code
        };
        InverseFrequencies { codes: self.texts_with.iter().copied().map(code).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::features::Featuriser;

    fn hashed(text: &str) -> HashedText {
        let mut out = HashedText::default();
        Featuriser::new().extract(text, &mut out);
        out
    }

    #[test]
    fn rare_features_weigh_more_and_unseen_ones_nothing() {
        let mut counter = FrequencyCounter::new(1 << 16).unwrap();
        for text in ["a common thing", "a common word", "a common rarity", "a common end"] {
            counter.add(&hashed(text));
        }
        let frequencies = counter.finish();
        let value = |text: &str| {
            let hash = hashed(text).iter().next().unwrap().0;
            frequencies.codes()[hash as usize & 0xffff]
        };
        assert_eq!(value("rarity"), 255, "in one text of four: 1 + ln(5/2), the largest there is");
        assert_eq!(value("common"), 133, "in all texts: 1, so 255 / (1 + ln(5/2))");
        assert_eq!(value("unseen"), 0);
    }

    #[test]
    fn vectors_have_length_one_and_dampened_counts() {
        let mut counter = FrequencyCounter::new(1 << 16).unwrap();
        counter.add(&hashed("so so so it goes"));
        let frequencies = counter.finish();
        let mut entries = Vec::new();
        frequencies.vectorise(&hashed("so so so it goes"), &mut entries);
        let length: f32 = entries.iter().map(|(_, value)| value * value).sum();
        assert!((length - 1.0).abs() < 1e-5, "{length}");
        // The first feature is `so`, three times; the second the pair `so so`, twice; `it` comes once.
        assert!((entries[0].1 / entries[2].1 - (1.0 + 3.0_f32.ln())).abs() < 1e-5);
        frequencies.vectorise(&hashed("zzz"), &mut entries);
        assert_eq!(entries, []);
    }

    #[test]
    fn bucket_counts_are_checked() {
        for bad in [0, 3, MAX_BUCKETS * 2] {
            assert!(FrequencyCounter::new(bad).is_none());
        }
        assert!(InverseFrequencies::new(vec![1; 3]).is_none());
        assert!(InverseFrequencies::new(vec![1; 4]).is_some());
    }
}
