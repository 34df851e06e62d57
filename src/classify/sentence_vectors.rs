//! Texts with vectors that a slow encoder of whole sentences gives them, each made once at most.

use std::sync::{Arc, OnceLock};

/// Of a text no more than this is kept and encoded, in bytes.
pub const MAX_SENTENCE_BYTES: usize = 2_000;

/// What turns whole sentences into vectors of length 1.
pub trait SentenceVectors: std::fmt::Debug + Send + Sync {
    /// The vector of a text, the same bits whatever else is encoded at the time; `None` where there is none.
    fn vector(&self, text: &str) -> Option<Vec<f32>>;

    /// What records cite.
    fn citation(&self) -> &str;

    /// The first 12 hexadecimal digits of the checksum of its weights.
    fn checksum(&self) -> &str;
}

/// A text, cut to [`MAX_SENTENCE_BYTES`], with its vector once somebody has asked for it. It is always asked with the same
/// encoder.
#[derive(Debug)]
pub struct SentenceText {
    text: Box<str>,
    vector: OnceLock<Option<Box<[f32]>>>,
}

impl SentenceText {
    /// Keeps the beginning of a text; `None` where that is blank.
    #[must_use]
    pub fn new(text: &str) -> Option<Arc<Self>> {
        let text = text.trim();
        let mut end = MAX_SENTENCE_BYTES.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text: Box<str> = text.get(..end).unwrap_or_default().into();
        (!text.is_empty()).then(|| Arc::new(Self { text, vector: OnceLock::new() }))
    }

    /// Its vector, made where it has none yet; `None` where the encoder makes nothing of it.
    pub fn vector(&self, encoder: &dyn SentenceVectors) -> Option<&[f32]> {
        self.vector.get_or_init(|| encoder.vector(&self.text).map(Vec::into_boxed_slice)).as_deref()
    }

    /// The cosine of the angle to another text, -1..=1; `None` where either has no vector.
    pub fn cosine(&self, other: &Self, encoder: &dyn SentenceVectors) -> Option<f32> {
        let products = self.vector(encoder)?.iter().zip(other.vector(encoder)?);
        let sum: f64 = products.map(|(one, other)| f64::from(*one) * f64::from(*other)).sum();
        Some(sum.clamp(-1.0, 1.0) as f32)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Gives texts that begin with a vowel one direction, others another, and none to texts with a question mark.
    #[derive(Debug, Default)]
    struct Vowels(AtomicUsize);

    impl SentenceVectors for Vowels {
        fn vector(&self, text: &str) -> Option<Vec<f32>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let is_vowel = text.starts_with(['a', 'e', 'i', 'o', 'u']);
            (!text.contains('?')).then(|| if is_vowel { vec![1.0, 0.0] } else { vec![0.6, 0.8] })
        }

        fn citation(&self) -> &'static str {
            "vowels"
        }

        fn checksum(&self) -> &'static str {
            "000000000000"
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_and_blank_ones_are_none() {
        assert_eq!(SentenceText::new(" \n").map(|text| text.text.len()), None);
        let long = SentenceText::new(&"\u{2603}".repeat(1_000)).unwrap();
        assert_eq!(long.text.len(), 1_998);
    }

    #[test]
    fn a_text_is_encoded_once_and_failures_have_no_cosine() {
        let encoder = Vowels::default();
        let [one, two, none] = ["onions", "bridge", "who?"].map(|text| SentenceText::new(text).unwrap());
        for _ in 0..3 {
            assert!((one.cosine(&two, &encoder).unwrap() - 0.6).abs() < 1e-6);
            assert_eq!(one.cosine(&none, &encoder), None);
        }
        assert_eq!(encoder.0.load(Ordering::Relaxed), 3);
    }
}
