//! How rare each feature is: inverse document frequencies in 8 bits, and the length of a text's vector.

use crate::text::features::{FEATURE_SPACE, HashedText};

/// The largest number of buckets that a model may have.
pub const MAX_BUCKETS: usize = FEATURE_SPACE;

/// Rare features count for more than their inverse frequency says: it is raised to this power.
const EMPHASIS: f64 = 1.3;
/// Added to the squared length of every vector, in units of a feature of the greatest rarity. A text of three features is
/// no more certain than one of a hundred: without it each of the three would count as much as thirty.
const LENGTH_FLOOR: f32 = 2.0;

/// Inverse document frequencies by bucket, in 8 bits, 255 being that of a feature that no counted text has.
///
/// They are rounded *before* training, so that the rounding costs nothing at scoring time.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

/// The inverse frequency that a code stands for, 0..=1.
#[must_use]
pub fn inverse_frequency(code: u8) -> f32 {
    f32::from(code) / 255.0
}

/// What the values of a text are multiplied with, where the squares of its codes add up to `squared_codes`: one over the
/// length of its vector, the floor included.
#[must_use]
pub fn inverse_length(squared_codes: u64) -> f32 {
    1.0 / (squared_codes as f32 / (255.0 * 255.0) + LENGTH_FLOOR).sqrt()
}

/// Counts in how many texts each bucket occurs.
#[derive(Debug, Clone)]
pub struct FrequencyCounter {
    texts: u32,
    texts_with: Vec<u32>,
    seen: Vec<bool>,
}

impl FrequencyCounter {
    /// A counter of `buckets` buckets; `None` unless a power of two of at most [`MAX_BUCKETS`].
    #[must_use]
    pub fn new(buckets: usize) -> Option<Self> {
        let good = buckets.is_power_of_two() && buckets <= MAX_BUCKETS;
        good.then(|| Self { texts: 0, texts_with: vec![0; buckets], seen: vec![false; buckets] })
    }

    /// Counts a text; one that is not `counted` only shows which features there are at all.
    pub fn add(&mut self, text: &HashedText, counted: bool) {
        self.texts += u32::from(counted);
        let mask = self.texts_with.len() - 1;
        for feature in text.features() {
            let bucket = *feature as usize & mask;
            self.texts_with[bucket] += u32::from(counted);
            self.seen[bucket] = true;
        }
    }

    /// The inverse document frequencies, `(1 + ln((1 + n) / (1 + n with it)))^1.3`, rounded to 8 bits (Spärck Jones, 1972;
    /// the power was chosen on held-out comments).
    #[must_use]
    pub fn finish(&self) -> InverseFrequencies {
        let texts = f64::from(self.texts);
        let inverse = |texts_with: f64| (1.0 + ((1.0 + texts) / (1.0 + texts_with)).ln()).powf(EMPHASIS);
        let step = inverse(0.0) / 255.0;
        let code = |(texts_with, seen): (&u32, &bool)| {
            if !seen {
                return 0;
            }
            // Two features of one text may share a bucket, so the count can exceed the number of texts.
            let rarity = inverse(f64::from((*texts_with).min(self.texts)));
            #[allow(clippy::cast_sign_loss, reason = "between 1 and 255")]
            let code = (rarity / step).round().clamp(1.0, 255.0) as u8;
            code
        };
        InverseFrequencies { codes: self.texts_with.iter().zip(&self.seen).map(code).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::features::Featuriser;

    const BUCKETS: usize = 1 << 12;

    fn hashed(text: &str) -> HashedText {
        let mut out = HashedText::default();
        Featuriser::new().extract(text, &mut out);
        out
    }

    #[test]
    fn rare_features_have_higher_codes_and_unseen_ones_none() {
        let mut counter = FrequencyCounter::new(BUCKETS).unwrap();
        for text in ["the boat", "the goat", "the coat"] {
            counter.add(&hashed(text), true);
        }
        counter.add(&hashed("elsewhere"), false);
        let frequencies = counter.finish();
        let code = |word: &str| frequencies.codes()[hashed(word).features()[0] as usize & (BUCKETS - 1)];
        assert!(code("the") < code("boat"), "{} {}", code("the"), code("boat"));
        assert_eq!(code("elsewhere"), 255, "seen, but in no text that counts");
        assert_eq!(code("nowhere"), 0);
        // In all three of three: 1 against (1 + ln 4)^1.3 for one in none.
        let expected = 255.0 / (1.0 + 4.0_f64.ln()).powf(1.3);
        assert!((f64::from(code("the")) - expected).abs() <= 0.5, "{} {expected}", code("the"));
    }

    #[test]
    fn bucket_counts_are_powers_of_two_that_fit() {
        for bad in [0, 3, MAX_BUCKETS * 2] {
            assert!(FrequencyCounter::new(bad).is_none() && InverseFrequencies::new(vec![1; bad]).is_none(), "{bad}");
        }
    }

    #[test]
    fn short_texts_are_shortened_further() {
        let rarest = 255 * 255;
        assert!((inverse_length(0) - 1.0 / 2.0_f32.sqrt()).abs() < 1e-6);
        assert!((inverse_length(2 * rarest) - 0.5).abs() < 1e-6);
        assert!((inverse_length(98 * rarest) - 0.1).abs() < 1e-6);
    }
}
