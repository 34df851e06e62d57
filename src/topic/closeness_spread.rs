//! How near the comments of a thread are to its article: some threads wander.

/// Bins of the cosine from -1 to 1.
const BINS: usize = 64;
/// The share begins as if there were so many comments, half of them farther: a few comments say little about a thread.
const COMMENTS_BEFORE: f32 = 8.0;
/// Fewest comments that say something about the thread.
const MIN_COMMENTS: u32 = 3;

/// A histogram of the encoder's cosines of a thread's comments to its article. Bounded: 64 counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosenessSpread {
    counts: [u32; BINS],
    comments: u32,
}

impl Default for ClosenessSpread {
    fn default() -> Self {
        Self { counts: [0; BINS], comments: 0 }
    }
}

impl ClosenessSpread {
    /// Adds a comment with its cosine, -1..=1.
    pub fn add(&mut self, cosine: f32) {
        let count = &mut self.counts[bin(cosine)];
        *count = count.saturating_add(1);
        self.comments = self.comments.saturating_add(1);
    }

    /// The share of the comments so far that are farther from the article than this, 0..=1, one as near counting half;
    /// drawn towards a half where there are few. `None` for fewer than three.
    #[must_use]
    pub fn share_farther(&self, cosine: f32) -> Option<f32> {
        let bin = bin(cosine);
        let farther: u32 = self.counts[..bin].iter().sum();
        let ranked = farther as f32 + 0.5 * self.counts[bin] as f32 + 0.5 * COMMENTS_BEFORE;
        (self.comments >= MIN_COMMENTS).then_some(ranked / (self.comments as f32 + COMMENTS_BEFORE))
    }
}

#[allow(clippy::cast_sign_loss, reason = "a negative number becomes bin 0")]
fn bin(cosine: f32) -> usize {
    (((cosine + 1.0) / 2.0 * BINS as f32) as usize).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_ranks_in_the_thread() {
        let mut spread = ClosenessSpread::default();
        for comment in 0..100 {
            assert_eq!(spread.share_farther(0.9).is_some(), comment >= 3);
            spread.add(comment as f32 / 100.0 - 0.5);
        }
        for (cosine, expected) in [(-1.0, 0.037), (1.0, 0.963), (0.0, 0.5)] {
            let share = spread.share_farther(cosine).unwrap();
            assert!((share - expected).abs() < 0.02, "{cosine}: {share}");
        }
        assert!(spread.share_farther(f32::NAN).unwrap() < 0.1, "no number is far");
    }
}
