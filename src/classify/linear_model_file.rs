//! Writes the file of a scoring model: rounds the weights to 8 bits and puts the parts in order.

use std::collections::BTreeMap;

use super::artifact::{ArtifactBuilder, Header};
use super::linear_model::{KIND, names};
use super::tfidf::InverseFrequencies;
use crate::text::features::FEATURE_SPEC;

/// One label of a model to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelToWrite<'a> {
    /// Its name.
    pub name: String,
    /// A coefficient a bucket; further ones are left out.
    pub coefficients: &'a [f64],
    /// Log-odds of a text without features, at the rate of the training texts.
    pub intercept: f64,
    /// Log-odds from there to the natural rate.
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
    pub labels: Vec<LabelToWrite<'a>>,
}

impl LinearModelFile<'_> {
    /// The bytes of the file, the same for the same model.
    ///
    /// Weights are rounded to 255 steps of 1/127 of the label's largest one.
    ///
    /// # Panics
    /// Where a label has fewer coefficients than there are buckets.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let buckets = self.inverse_frequencies.codes().len();
        let mut parameters = self.parameters.clone();
        parameters.insert(names::BUCKETS.to_owned(), buckets as f64);
        let scales: Vec<f64> = self
            .labels
            .iter()
            .map(|label| {
                let largest = label.coefficients[..buckets].iter().fold(0.0_f64, |most, weight| most.max(weight.abs()));
                // Rounded as the reader rounds it, so that both mean the same weights.
                f64::from((largest / 127.0) as f32)
            })
            .collect();
        let mut weights = Vec::with_capacity(buckets * self.labels.len());
        for bucket in 0..buckets {
            for (label, scale) in self.labels.iter().zip(&scales) {
                let steps = if *scale > 0.0 { label.coefficients[bucket] / scale } else { 0.0 };
                weights.push(steps.round().clamp(-127.0, 127.0) as i8);
            }
        }
        let each = |field: fn(&LabelToWrite<'_>) -> f64| self.labels.iter().map(field).collect::<Vec<_>>();
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

#[cfg(test)]
mod tests {
    use super::super::artifact::{Artifact, ArtifactError};
    use super::super::linear_model::LinearModel;
    use super::super::tfidf::FrequencyCounter;
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
        counter.add(&hashed(TEXT));
        counter.add(&hashed("so say we all"));
        counter.finish()
    }

    /// Coefficients without pattern between -2 and 2.
    fn coefficients(label: usize) -> Vec<f64> {
        (0..BUCKETS).map(|bucket| ((bucket * 7919 + label * 104_729) % 4001) as f64 / 1000.0 - 2.0).collect()
    }

    fn file<'a>(frequencies: &'a InverseFrequencies, coefficients: &'a [Vec<f64>]) -> LinearModelFile<'a> {
        LinearModelFile {
            name: "demo".into(),
            version: "1".into(),
            languages: vec!["en".into()],
            parameters: BTreeMap::new(),
            inverse_frequencies: frequencies,
            labels: coefficients
                .iter()
                .enumerate()
                .map(|(at, coefficients)| LabelToWrite {
                    name: format!("label{at}"),
                    coefficients,
                    intercept: -1.0 - at as f64,
                    offset: 0.25,
                    threshold: 0.5,
                })
                .collect(),
        }
    }

    fn load(file: &LinearModelFile<'_>) -> Result<LinearModel, ArtifactError> {
        LinearModel::from_artifact(&Artifact::parse(file.encode()).unwrap())
    }

    #[test]
    fn a_score_is_the_inner_product_up_to_rounding_for_any_number_of_labels() {
        let frequencies = frequencies();
        for count in [1, 6, 7, 8, 16, 31, 32, 64] {
            let coefficients: Vec<_> = (0..count).map(coefficients).collect();
            let model = load(&file(&frequencies, &coefficients)).unwrap();
            let mut scores = Vec::new();
            model.score(&hashed(TEXT), &mut scores);
            let mut entries = Vec::new();
            frequencies.vectorise(&hashed(TEXT), &mut entries);
            assert_eq!(scores.len(), count);
            for (at, score) in scores.iter().enumerate() {
                let product: f64 =
                    entries.iter().map(|(bucket, value)| f64::from(*value) * coefficients[at][*bucket as usize]).sum();
                assert!((score - (product - 0.75 - at as f64)).abs() < 0.05, "{count} {at}: {score} {product}");
            }
        }
    }

    #[test]
    fn an_explanation_adds_up_to_the_score() {
        let frequencies = frequencies();
        let coefficients: Vec<_> = (0..3).map(coefficients).collect();
        let model = load(&file(&frequencies, &coefficients)).unwrap();
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
    fn parts_that_do_not_fit_are_refused() {
        let frequencies = frequencies();
        let two: Vec<_> = (0..2).map(coefficients).collect();
        let many: Vec<_> = (0..65).map(coefficients).collect();
        let good = file(&frequencies, &two);
        assert!(load(&good).is_ok());
        let refused = |change: &dyn Fn(&mut LinearModelFile<'_>), what: &str| {
            let mut changed = good.clone();
            change(&mut changed);
            let error = load(&changed).unwrap_err().to_string();
            assert!(error.contains(what), "{what}: {error}");
        };
        refused(&|file| file.labels[1].name = "label0".into(), "twice");
        refused(&|file| file.labels.clear(), "0 labels");
        refused(&|file| file.labels[0].threshold = 1.5, "threshold 1.5");
        refused(&|file| file.labels[0].intercept = f64::NAN, "intercepts");
        refused(&|file| file.labels[0].offset = f64::INFINITY, "offsets");
        refused(&|file| file.languages.push("english".into()), "english");
        assert!(load(&file(&frequencies, &many)).unwrap_err().to_string().contains("65 labels"));
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
