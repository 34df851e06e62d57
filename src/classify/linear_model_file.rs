//! Writes the file of a scoring model: rounds the weights to 8 bits and puts the parts in order.

use std::collections::BTreeMap;

use super::artifact::{ArtifactBuilder, Header};
use super::inverse_frequency::InverseFrequencies;
use super::linear_model::{KIND, names};
use crate::text::features::FEATURE_SPEC;

/// One label of a model to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelToWrite {
    /// Its name.
    pub name: String,
    /// Coefficient times inverse frequency, by bucket.
    pub products: Vec<f32>,
    /// The score of a text without features, before calibration.
    pub intercept: f64,
    /// What calibration adds to the score.
    pub offset: f64,
    /// Probability from which on the label is said to apply.
    pub threshold: f64,
}

/// A model to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearModelFile<'a> {
    /// The model's name, such as `abuse`.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// ISO 639 codes of the languages that it reads.
    pub languages: Vec<String>,
    /// Further numbers for whoever loads it, by name.
    pub parameters: BTreeMap<String, f64>,
    /// Inverse document frequencies by bucket.
    pub inverse_frequencies: &'a InverseFrequencies,
    /// Its labels, in the order of the scores.
    pub labels: &'a [LabelToWrite],
}

/// Shares of the largest weight that the highest of the 127 steps may stand for.
const CANDIDATE_SHARES: [f32; 8] = [1.0, 0.85, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];

impl LinearModelFile<'_> {
    /// The bytes of the file, the same for the same model.
    ///
    /// Weights are rounded to 255 steps. A few weights are much larger than all others; where that makes the sum of squared
    /// errors smaller, they are cut to the highest step, and the others have finer ones.
    ///
    /// # Panics
    /// Where a label has fewer products than there are buckets.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let buckets = self.inverse_frequencies.codes().len();
        let mut parameters = self.parameters.clone();
        parameters.insert(names::BUCKETS.to_owned(), buckets as f64);
        let scales: Vec<f32> = self.labels.iter().map(|label| best_scale(&label.products[..buckets])).collect();
        let mut weights = Vec::with_capacity(buckets * self.labels.len());
        for bucket in 0..buckets {
            for (label, scale) in self.labels.iter().zip(&scales) {
                weights.push(steps(label.products[bucket], *scale));
            }
        }
        let each = |field: fn(&LabelToWrite) -> f64| self.labels.iter().map(field).collect::<Vec<_>>();
        let scales: Vec<f64> = scales.into_iter().map(f64::from).collect();
        let mut builder = ArtifactBuilder::new(Header {
            name: self.name.clone(),
            version: self.version.clone(),
            kind: KIND.to_owned(),
            feature_spec: FEATURE_SPEC.to_owned(),
            labels: self.labels.iter().map(|label| label.name.clone()).collect(),
            languages: self.languages.clone(),
            parameters,
            sections: Vec::new(),
        });
        builder
            .unsigned_bytes(names::INVERSE_FREQUENCIES, self.inverse_frequencies.codes())
            .signed_bytes(names::WEIGHTS, &weights)
            .doubles(names::WEIGHT_SCALES, &scales)
            .doubles(names::INTERCEPTS, &each(|label| label.intercept))
            .doubles(names::OFFSETS, &each(|label| label.offset))
            .doubles(names::THRESHOLDS, &each(|label| label.threshold));
        builder.finish()
    }
}

fn steps(product: f32, scale: f32) -> i8 {
    if scale > 0.0 { (product / scale).round().clamp(-127.0, 127.0) as i8 } else { 0 }
}

/// What one step is best worth.
fn best_scale(products: &[f32]) -> f32 {
    let largest = products.iter().fold(0.0_f32, |most, product| most.max(product.abs()));
    let error = |scale: f32| -> f64 {
        products.iter().map(|product| f64::from(f32::from(steps(*product, scale)) * scale - product).powi(2)).sum()
    };
    let candidates = CANDIDATE_SHARES.map(|share| largest * share / 127.0);
    candidates.into_iter().min_by(|one, other| error(*one).total_cmp(&error(*other))).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::artifact::{Artifact, ArtifactError};
    use super::super::bags::Bags;
    use super::super::inverse_frequency::FrequencyCounter;
    use super::super::linear_model::LinearModel;
    use super::super::score_table::{ScoreTable, Sums};
    use super::*;
    use crate::text::features::{Featuriser, HashedText};

    const BUCKETS: usize = 1 << 12;
    const TEXT: &str = "So it “goes”, and so… it   goes on";

    fn hashed(text: &str) -> HashedText {
        let mut out = HashedText::default();
        Featuriser::new().extract(text, &mut out);
        out
    }

    fn frequencies() -> InverseFrequencies {
        let mut counter = FrequencyCounter::new(BUCKETS).unwrap();
        counter.add(&hashed(TEXT), true);
        counter.add(&hashed("so say we all"), true);
        counter.finish()
    }

    /// Labels with products without pattern between -2 and 2.
    fn labels(count: usize) -> Vec<LabelToWrite> {
        let product = |bucket: usize, at: usize| ((bucket * 7919 + at * 104_729) % 4001) as f32 / 1000.0 - 2.0;
        (0..count)
            .map(|at| LabelToWrite {
                name: format!("label{at}"),
                products: (0..BUCKETS).map(|bucket| product(bucket, at)).collect(),
                intercept: -1.0 - at as f64,
                offset: 0.25,
                threshold: 0.5,
            })
            .collect()
    }

    fn file<'a>(frequencies: &'a InverseFrequencies, labels: &'a [LabelToWrite]) -> LinearModelFile<'a> {
        LinearModelFile {
            name: "demo".into(),
            version: "1".into(),
            languages: vec!["en".into()],
            parameters: BTreeMap::new(),
            inverse_frequencies: frequencies,
            labels,
        }
    }

    fn load(file: &LinearModelFile<'_>) -> Result<LinearModel, ArtifactError> {
        LinearModel::from_artifact(&Artifact::parse(file.encode()).unwrap())
    }

    #[test]
    fn a_score_is_the_inner_product_up_to_rounding_for_any_number_of_labels() {
        let frequencies = frequencies();
        for count in [1, 6, 7, 8, 16, 31, 32, 64] {
            let labels = labels(count);
            let model = load(&file(&frequencies, &labels)).unwrap();
            let mut scores = Vec::new();
            model.score(&hashed(TEXT), &mut scores);
            let mut bags = Bags::new(frequencies.clone());
            bags.push(&hashed(TEXT));
            assert_eq!(scores.len(), count);
            for (at, score) in scores.iter().enumerate() {
                let sum: f32 = bags.buckets(0).iter().map(|bucket| labels[at].products[*bucket as usize]).sum();
                let product = f64::from(sum * bags.factor(0));
                assert!((score - (product - 0.75 - at as f64)).abs() < 0.05, "{count} {at}: {score} {product}");
            }
        }
    }

    #[test]
    fn models_side_by_side_score_as_each_alone() {
        let frequencies = frequencies();
        let texts = [TEXT.to_owned(), "So".to_owned(), String::new(), format!("{TEXT} other words. ").repeat(40)];
        for counts in [&[1][..], &[6, 4], &[6, 4, 3], &[7, 7], &[64, 1, 20]] {
            let models: Vec<LinearModel> =
                counts.iter().map(|count| load(&file(&frequencies, &labels(*count))).unwrap()).collect();
            let table = ScoreTable::new(&models.iter().collect::<Vec<_>>());
            let (mut sums, mut alone, mut together) = (Sums::default(), Vec::new(), Vec::new());
            for text in &texts {
                table.add_up(&hashed(text), &mut sums);
                for (at, model) in models.iter().enumerate() {
                    model.score(&hashed(text), &mut alone);
                    table.log_odds(at, model, &sums, &mut together);
                    assert_eq!(alone, together, "{counts:?}");
                }
            }
        }
    }

    #[test]
    fn a_few_large_weights_are_cut_where_that_spares_the_others() {
        let even: Vec<f32> = (0..1000).map(|at| (at as f32 - 500.0) / 500.0).collect();
        assert!((best_scale(&even) - 1.0 / 127.0).abs() < 1e-6, "nothing stands out");
        let mut uneven: Vec<f32> = (0..1 << 18).map(|at| (at % 100) as f32 / 2000.0).collect();
        uneven[7] = 1.0;
        assert!(best_scale(&uneven) < 0.9 / 127.0, "{}", best_scale(&uneven) * 127.0);
        assert_eq!((steps(1.0, best_scale(&uneven)), steps(-9.0, 0.01), steps(3.0, 0.0)), (127, -127, 0));
    }

    #[test]
    fn an_explanation_adds_up_to_the_score() {
        let frequencies = frequencies();
        let model = load(&file(&frequencies, &labels(3))).unwrap();
        let mut scores = Vec::new();
        for text in [TEXT, "So", "entirely other words", ""] {
            model.score(&hashed(text), &mut scores);
            for (label, score) in scores.iter().enumerate() {
                let mut sum = model.labels()[label].intercept + model.labels()[label].offset;
                model.explain(text, &mut Featuriser::new(), label, |span, weight| {
                    assert!(!span.of(text).is_empty());
                    sum += weight;
                });
                assert!((sum - score).abs() < 1e-4, "{text}: {sum} {score}");
            }
        }
    }

    #[test]
    fn a_model_to_continue_says_what_the_model_says() {
        let frequencies = frequencies();
        let model = load(&file(&frequencies, &labels(3))).unwrap();
        let begun = model.to_continue();
        let mut bags = Bags::new(model.frequencies().clone());
        bags.push(&hashed(TEXT));
        let mut scores = Vec::new();
        model.score(&hashed(TEXT), &mut scores);
        for (label, score) in scores.iter().enumerate() {
            assert!((begun.log_odds(&bags, 0, label) - score).abs() < 1e-4);
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let frequencies = frequencies();
        let good = labels(2);
        assert!(load(&file(&frequencies, &good)).is_ok());
        let refused = |change: &dyn Fn(&mut Vec<LabelToWrite>), what: &str| {
            let mut changed = good.clone();
            change(&mut changed);
            let error = load(&file(&frequencies, &changed)).unwrap_err().to_string();
            assert!(error.contains(what), "{what}: {error}");
        };
        refused(&|labels| labels[1].name = "label0".into(), "twice");
        refused(&Vec::clear, "0 labels");
        refused(&|labels| labels[0].threshold = 1.5, "threshold 1.5");
        refused(&|labels| labels[0].intercept = f64::NAN, "intercepts");
        refused(&|labels| labels[0].offset = f64::INFINITY, "offsets");
        let many = labels(65);
        assert!(load(&file(&frequencies, &many)).unwrap_err().to_string().contains("65 labels"));
        let mut strange = file(&frequencies, &good);
        strange.languages.push("english".into());
        assert!(load(&strange).unwrap_err().to_string().contains("english"));
    }

    #[test]
    fn stated_bucket_counts_are_refused_unless_powers_of_two_that_fit() {
        for buckets in [0.0, -4.0, 3.0, 4.5, 1e300, f64::from(1 << 25), 8192.0] {
            let mut builder = ArtifactBuilder::new(Header {
                name: "demo".into(),
                version: "1".into(),
                kind: KIND.into(),
                feature_spec: FEATURE_SPEC.into(),
                labels: vec!["a".into()],
                languages: vec![],
                parameters: BTreeMap::from([(names::BUCKETS.to_owned(), buckets)]),
                sections: vec![],
            });
            let bytes = builder.unsigned_bytes(names::INVERSE_FREQUENCIES, &[1; 4]).finish();
            assert!(LinearModel::from_artifact(&Artifact::parse(bytes).unwrap()).is_err(), "{buckets}");
        }
    }
}
