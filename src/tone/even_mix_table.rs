//! The numbers of the even mix: made by `benches/perspective_scale/fit.py`, not to be edited by hand.

use super::even_mix::{Scale, ShippedLabel};

/// What the toxicity of the whole text is worth in the order of texts.
pub(super) const WHOLE: f64 = 0.6;
/// What that of its most toxic sentence is worth.
pub(super) const HIGHEST_SENTENCE: f64 = 0.4;
/// What `negative` adds, and `neutral` takes.
pub(super) const SENTIMENT: f64 = 0.2;
/// What the head on the encoder's direction adds.
pub(super) const MEANING: f64 = 0.3;
/// What log-odds above even ones are multiplied by.
pub(super) const UPPER_HALF: f64 = 0.4;

/// The abuse model that [`SHIPPED`] is of.
pub(super) const SHIPPED_CITATION: &str = "abuse@2+sha256:f519507e9733";
/// Its labels.
pub(super) const SHIPPED: [ShippedLabel; 6] = [
    ShippedLabel { label: "toxicity", natural_rate: 0.0958, scale: Scale { slope: 0.86, offset: 2.2448 } },
    ShippedLabel { label: "severe_toxicity", natural_rate: 0.01044, scale: Scale { slope: 1.7, offset: 7.0137 } },
    ShippedLabel { label: "profanity", natural_rate: 0.05769, scale: Scale { slope: 1.55, offset: 3.9796 } },
    ShippedLabel { label: "threat", natural_rate: 0.0038, scale: Scale { slope: 2.52, offset: 11.4771 } },
    ShippedLabel { label: "insult", natural_rate: 0.05451, scale: Scale { slope: 1.14, offset: 3.2151 } },
    ShippedLabel { label: "identity_attack", natural_rate: 0.01067, scale: Scale { slope: 1.79, offset: 6.9086 } },
];

/// The encoder that the head is for.
pub(super) const MEANING_ENCODER: &str = "encoder@1+sha256:41984e03e70d";
/// The head's intercept.
pub(super) const MEANING_INTERCEPT: f64 = -0.67;
/// What each dimension of the encoder's direction is worth, in log-odds of toxicity.
pub(super) const MEANING_WEIGHTS: [f32; 128] = [
    -3.51, 1.42, -0.02, 0.08, -1.62, 1.04, -2.16, 1.01, 1.45, 0.44, -1.0, 0.67, 0.55, -0.42, 0.34, -0.94, 0.96, -1.99,
    -0.71, -3.73, -1.64, 0.98, -1.8, -1.6, 0.91, -0.44, -2.97, -0.37, 1.97, 0.67, -0.61, 0.57, -1.58, 1.78, -0.72,
    1.91, 1.29, 1.8, -0.34, -0.72, -0.67, -0.83, -0.34, 0.69, -0.21, 2.29, -1.94, 0.1, 1.77, 0.44, -0.48, 0.87, 2.5,
    -1.51, 0.22, 2.11, -0.72, -1.94, -1.19, -0.48, 2.94, -1.04, -2.46, 0.57, 0.12, -0.48, -0.51, -1.68, -1.69, -2.25,
    0.47, 0.52, -0.81, -1.29, 1.71, 0.52, 1.97, -2.91, 0.57, 1.3, 1.7, -1.17, -1.3, 1.07, 0.32, -0.17, 1.1, 0.14, 0.77,
    0.1, -1.97, 1.22, 1.49, -0.25, 1.58, 0.38, 0.66, 1.03, -1.58, 0.38, -1.89, -1.12, 0.87, 0.82, 0.9, 2.22, 0.12,
    -2.29, -0.43, -0.27, 1.52, 0.22, -0.43, -0.84, 0.62, -2.64, -0.26, -0.83, -0.08, -0.82, 0.56, -1.34, 3.11, 0.93,
    0.56, 1.54, -1.22, -1.56,
];
