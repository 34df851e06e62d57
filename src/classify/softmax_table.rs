//! A multinomial model for scoring: 8-bit weights by bucket and class, a part of a model file.

use super::artifact::{Artifact, ArtifactBuilder, ArtifactError};
use super::softmax::{MAX_CLASSES, Softmax};
use super::word_rows::{LINE_NUMBERS, Line, WordRows};

/// After this many features the 16-bit sums are emptied: 256 times 127 fits.
const FEATURES_AT_ONCE: usize = 256;

/// Names of the parameters and sections of the file; each has the name of the table behind it.
mod names {
    pub const BUCKETS: &str = "buckets";
    pub const WEIGHT_SCALE: &str = "weight_scale";
    pub const SHARPNESS: &str = "sharpness";
    pub const SHARPNESS_EXPONENT: &str = "sharpness_exponent";
    pub const WEIGHTS: &str = "weights";
}

fn named(what: &str, table: &str) -> String {
    format!("{what}.{table}")
}

/// The weights of a bucket: a line of the processor's cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
struct Row([i8; MAX_CLASSES]);

/// How sure a sum of weights is, by the length of the text: log-likelihoods are the sums times
/// `sharpness * letters ^ exponent`. Weights are learnt from a few words at a time; what they say of many more is worth
/// less than its sum, because words of one text depend on each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sharpness {
    /// The factor for one letter.
    pub factor: f64,
    /// How it changes with the length; usually a little below 0.
    pub exponent: f64,
}

impl Sharpness {
    /// Sums as they are.
    pub const NONE: Self = Self { factor: 1.0, exponent: 0.0 };

    /// The factor for a text of so many letters.
    #[must_use]
    pub fn at(self, letters: usize) -> f64 {
        self.factor * (letters.max(1) as f64).powf(self.exponent)
    }
}

/// Sums of weights in steps, a number a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassSums([i32; MAX_CLASSES]);

impl ClassSums {
    /// Nothing added up yet.
    pub const ZERO: Self = Self([0; MAX_CLASSES]);

    /// Adds what [`SoftmaxTable::add_feature`] made of the features of a word.
    pub fn add_row(&mut self, row: &[Line]) {
        let (sums, _) = self.0.as_chunks_mut::<LINE_NUMBERS>();
        for (sums, line) in sums.iter_mut().zip(row) {
            for (sum, weight) in sums.iter_mut().zip(line.0) {
                *sum += i32::from(weight);
            }
        }
    }

    /// Adds other sums.
    pub fn add(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            *sum += other;
        }
    }
}

/// A table that scores.
#[derive(Debug, Clone)]
pub struct SoftmaxTable {
    classes: usize,
    rows: Vec<Row>,
    /// What one step of a weight is worth.
    weight_scale: f64,
    sharpness: Sharpness,
}

impl SoftmaxTable {
    /// Rounds the weights of a fitted model to 8 bits. The largest step is `largest` in log-likelihood; what is above is cut.
    ///
    /// # Panics
    /// Where `largest` is not above 0.
    #[must_use]
    pub fn new(model: &Softmax, largest: f32, sharpness: Sharpness) -> Self {
        assert!(largest > 0.0, "a weight needs room");
        let scale = largest / 127.0;
        let steps = |weight: f32| (weight / scale).round().clamp(-127.0, 127.0) as i8;
        let rows = model.weights().iter().map(|row| Row(row.map(steps))).collect();
        Self { classes: model.classes(), rows, weight_scale: f64::from(scale), sharpness }
    }

    /// Takes a table out of a model file.
    ///
    /// # Errors
    /// Where a part is missing, or out of range.
    pub fn from_artifact(artifact: &Artifact, table: &str, classes: usize) -> Result<Self, ArtifactError> {
        let broken = |what: String| Err(ArtifactError::BrokenHeader(what));
        if !(2..=MAX_CLASSES).contains(&classes) {
            return broken(format!("table {table}: {classes} classes; a table has 2 to {MAX_CLASSES}"));
        }
        let parameter = |what| artifact.parameter(&named(what, table));
        let stated = parameter(names::BUCKETS)?;
        let Some(buckets) = (0..=18).map(|bits| 1_usize << bits).find(|size| (*size as f64 - stated).abs() < 0.5)
        else {
            return broken(format!("table {table}: {stated} buckets"));
        };
        let weight_scale = parameter(names::WEIGHT_SCALE)?;
        let sharpness =
            Sharpness { factor: parameter(names::SHARPNESS)?, exponent: parameter(names::SHARPNESS_EXPONENT)? };
        let good = (0.0..=1e3).contains(&weight_scale)
            && (0.0..=1e3).contains(&sharpness.factor)
            && (-1.0..=1.0).contains(&sharpness.exponent);
        if !good {
            return broken(format!(
                "table {table}: weight scale {weight_scale}, sharpness {} and {}",
                sharpness.factor, sharpness.exponent
            ));
        }
        let weights = artifact.signed_bytes(&named(names::WEIGHTS, table), buckets * classes)?;
        let rows = weights.chunks_exact(classes).map(|weights| {
            let mut row = Row([0; MAX_CLASSES]);
            row.0[..classes].copy_from_slice(weights);
            row
        });
        Ok(Self { classes, rows: rows.collect(), weight_scale, sharpness })
    }

    /// The parameters that a file's header needs for this table.
    #[must_use]
    pub fn parameters(&self, table: &str) -> [(String, f64); 4] {
        [
            (named(names::BUCKETS, table), self.rows.len() as f64),
            (named(names::WEIGHT_SCALE, table), self.weight_scale),
            (named(names::SHARPNESS, table), self.sharpness.factor),
            (named(names::SHARPNESS_EXPONENT, table), self.sharpness.exponent),
        ]
    }

    /// Adds the weights to a file.
    pub fn write(&self, table: &str, builder: &mut ArtifactBuilder) {
        let weights: Vec<i8> = self.rows.iter().flat_map(|row| row.0[..self.classes].iter().copied()).collect();
        builder.signed_bytes(&named(names::WEIGHTS, table), &weights);
    }

    /// Sets how sure sums are.
    pub fn set_sharpness(&mut self, sharpness: Sharpness) {
        self.sharpness = sharpness;
    }

    /// Number of buckets, a power of two.
    #[must_use]
    pub fn bucket_count(&self) -> usize {
        self.rows.len()
    }

    /// An empty memory of what words add: see [`Self::add_feature`].
    #[must_use]
    pub fn word_rows() -> WordRows {
        WordRows::new(MAX_CLASSES / LINE_NUMBERS)
    }

    /// Reads a number of the row of a feature, which takes long where it is far away; those of several features come side by
    /// side.
    pub fn touch_feature(&self, feature: u32) {
        std::hint::black_box(self.row(feature).0[0]);
    }

    /// Adds the weights of a feature to those of others of a word, in a row of [`Self::word_rows`]. A word has some 260
    /// features at most, so that hardly any cannot be counted to the end.
    pub fn add_feature(&self, feature: u32, row: &mut [Line]) {
        let (weights, _) = self.row(feature).0.as_chunks::<LINE_NUMBERS>();
        for (sums, weights) in row.iter_mut().zip(weights) {
            for (sum, weight) in sums.0.iter_mut().zip(weights) {
                *sum = sum.saturating_add(i16::from(*weight));
            }
        }
    }

    fn row(&self, feature: u32) -> &Row {
        &self.rows[feature as usize & (self.rows.len() - 1)]
    }

    /// Adds the weights of features to sums.
    pub fn add(&self, features: &[u32], sums: &mut ClassSums) {
        for features in features.chunks(FEATURES_AT_ONCE) {
            let mut short = [0_i16; MAX_CLASSES];
            for feature in features {
                let row = &self.row(*feature).0;
                for (sum, weight) in short.iter_mut().zip(row) {
                    *sum += i16::from(*weight);
                }
            }
            for (sum, short) in sums.0.iter_mut().zip(&short) {
                *sum += i32::from(*short);
            }
        }
    }

    /// The log-likelihood of each class, up to a number that all share, for a text of so many letters.
    pub fn log_likelihoods<'a>(&self, sums: &'a ClassSums, letters: usize) -> impl Iterator<Item = f64> + 'a {
        let factor = self.weight_scale * self.sharpness.at(letters);
        sums.0[..self.classes].iter().map(move |sum| f64::from(*sum) * factor)
    }

    /// The class with the highest sum, the first where several have it.
    #[must_use]
    pub fn best(&self, sums: &ClassSums) -> usize {
        (0..self.classes).fold(0, |best, class| if sums.0[class] > sums.0[best] { class } else { best })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use linfa::ParamGuard as _;
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit as _;
    use ndarray::Array1;

    use super::*;
    use crate::classify::artifact::Header;
    use crate::classify::feature_rows::FeatureRows;
    use crate::classify::softmax::SoftmaxParams;

    fn model() -> Softmax {
        let mut rows = FeatureRows::new();
        for at in 0..200_u32 {
            rows.push(&[at % 2 + 5, 1]);
        }
        let answers = Array1::from_iter((0..200).map(|at| at % 2));
        SoftmaxParams::new(2, 16).check().unwrap().fit(&DatasetBase::new(rows, answers)).unwrap()
    }

    fn file(table: &SoftmaxTable) -> Header {
        Header {
            name: "demo".into(),
            version: "1".into(),
            kind: "test".into(),
            feature_spec: "none".into(),
            labels: vec!["a".into(), "b".into()],
            languages: vec![],
            parameters: BTreeMap::from(table.parameters("Latn")),
            sections: vec![],
        }
    }

    #[test]
    fn a_table_says_what_the_model_says_and_survives_its_file() {
        let model = model();
        let table = SoftmaxTable::new(&model, 4.0, Sharpness { factor: 2.0, exponent: -0.5 });
        let mut sums = ClassSums::ZERO;
        table.add(&[5, 1, 5], &mut sums);
        let likelihoods: Vec<f64> = table.log_likelihoods(&sums, 4).collect();
        let exact = |class: usize| f64::from(2.0 * model.weights()[5][class] + model.weights()[1][class]);
        for (class, likelihood) in likelihoods.iter().enumerate() {
            assert!((likelihood - exact(class)).abs() < 3.0 * 4.0 / 127.0, "{likelihood} {}", exact(class));
        }
        assert_eq!(table.best(&sums), 0);
        let mut builder = ArtifactBuilder::new(file(&table));
        table.write("Latn", &mut builder);
        let artifact = Artifact::parse(builder.finish()).unwrap();
        let read = SoftmaxTable::from_artifact(&artifact, "Latn", 2).unwrap();
        let mut again = ClassSums::ZERO;
        read.add(&[5, 1, 5], &mut again);
        assert_eq!((read.rows, again), (table.rows, sums));
        assert!(SoftmaxTable::from_artifact(&artifact, "Latn", 3).is_err(), "another number of classes");
        assert!(SoftmaxTable::from_artifact(&artifact, "Cyrl", 2).is_err(), "another table");
    }

    #[test]
    fn many_features_do_not_overflow() {
        let table = SoftmaxTable::new(&model(), 0.001, Sharpness::NONE);
        let mut sums = ClassSums::ZERO;
        table.add(&vec![5; 100_000], &mut sums);
        assert_eq!(sums.0[..3], [12_700_000, -12_700_000, 0]);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let table = SoftmaxTable::new(&model(), 4.0, Sharpness::NONE);
        for (name, value) in
            [("buckets.Latn", 3.0), ("buckets.Latn", 2e9), ("weight_scale.Latn", -1.0), ("sharpness.Latn", 1e9)]
        {
            let mut header = file(&table);
            header.parameters.insert(name.to_owned(), value);
            let mut builder = ArtifactBuilder::new(header);
            table.write("Latn", &mut builder);
            let artifact = Artifact::parse(builder.finish()).unwrap();
            assert!(SoftmaxTable::from_artifact(&artifact, "Latn", 2).is_err(), "{name} {value}");
        }
    }
}
