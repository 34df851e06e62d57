//! How far probabilities can be taken at their word: the reliability curve and the expected calibration error.

use serde::{Deserialize, Serialize};

use super::metrics::Scored;

/// Bins of equal width between 0 and 1.
pub const BINS: usize = 10;

/// The texts whose probability lies in one bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Lower end of the bin; it reaches one tenth further, the last one includes 1.
    pub from: f64,
    /// How many texts.
    pub count: usize,
    /// Their mean probability.
    pub mean_score: f64,
    /// The share of them that have the label.
    pub positive_share: f64,
}

/// The bins that hold any text, lowest first. Scores must be probabilities.
#[must_use]
pub fn calibration_curve(scored: &[Scored]) -> Vec<CalibrationBin> {
    let mut sums = [(0_usize, 0.0_f64, 0_usize); BINS];
    for (probability, positive) in scored {
        #[allow(clippy::cast_sign_loss, reason = "the cast saturates")]
        let bin = ((probability * BINS as f64) as usize).min(BINS - 1);
        sums[bin].0 += 1;
        sums[bin].1 += probability;
        sums[bin].2 += usize::from(*positive);
    }
    let filled = sums.iter().enumerate().filter(|(_, (count, _, _))| *count > 0);
    filled
        .map(|(bin, (count, sum, positives))| CalibrationBin {
            from: bin as f64 / BINS as f64,
            count: *count,
            mean_score: sum / *count as f64,
            positive_share: *positives as f64 / *count as f64,
        })
        .collect()
}

/// Expected calibration error, 0..=1: the distance between mean probability and share of positives in each bin,
/// weighted by its texts (Naeini, Cooper and Hauskrecht, *Obtaining well calibrated probabilities using Bayesian
/// binning*, 2015; bins of equal width as in Guo et al., *On calibration of modern neural networks*, 2017). `None`
/// without texts.
#[must_use]
pub fn expected_calibration_error(bins: &[CalibrationBin]) -> Option<f64> {
    let count: usize = bins.iter().map(|bin| bin.count).sum();
    let error: f64 = bins.iter().map(|bin| bin.count as f64 * (bin.mean_score - bin.positive_share).abs()).sum();
    (count > 0).then(|| error / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_and_error_have_known_values() {
        let scored = [(0.0, false), (0.05, true), (0.1, false), (0.95, true), (1.0, true)];
        let bins = calibration_curve(&scored);
        let shape: Vec<(f64, usize)> = bins.iter().map(|bin| (bin.from, bin.count)).collect();
        assert_eq!(shape, [(0.0, 2), (0.1, 1), (0.9, 2)]);
        // 2/5 of |0.025 - 0.5|, 1/5 of |0.1 - 0|, 2/5 of |0.975 - 1|.
        let error = expected_calibration_error(&bins).unwrap();
        assert!((error - (0.4 * 0.475 + 0.2 * 0.1 + 0.4 * 0.025)).abs() < 1e-12, "{error}");
        assert_eq!(expected_calibration_error(&calibration_curve(&[])), None);
    }

    #[test]
    fn what_can_be_taken_at_its_word_has_no_error() {
        let scored: Vec<Scored> = (0..100).map(|at| (0.25, at % 4 == 0)).collect();
        assert!(expected_calibration_error(&calibration_curve(&scored)).unwrap() < 1e-12);
    }
}
