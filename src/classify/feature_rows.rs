//! Texts as rows of features.

use linfa::dataset::Records;

/// Texts as the hashed features that they have, as often as they have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeatureRows {
    ends: Vec<usize>,
    features: Vec<u32>,
}

impl FeatureRows {
    /// No rows yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a text.
    pub fn push(&mut self, features: &[u32]) {
        self.features.extend_from_slice(features);
        self.ends.push(self.features.len());
    }

    /// The features of a text.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[u32] {
        let begin = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.features[begin..self.ends[row]]
    }

    /// Number of texts.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// The features of all texts, one after the other.
    #[must_use]
    pub fn features(&self) -> &[u32] {
        &self.features
    }

    /// The same texts with each feature replaced.
    #[must_use]
    pub fn mapped(&self, map: impl Fn(&u32) -> u32) -> Self {
        Self { ends: self.ends.clone(), features: self.features.iter().map(map).collect() }
    }

    /// Which texts have each of the features below `features`: rows and features in each other's place, ascending. Features
    /// that are not below are left out.
    #[must_use]
    pub fn turned(&self, features: usize) -> Self {
        let mut ends = vec![0; features];
        let kept = |feature: &&u32| (**feature as usize) < features;
        for feature in self.features.iter().filter(kept) {
            ends[*feature as usize] += 1;
        }
        let mut places = Vec::with_capacity(features);
        let mut sum = 0;
        for end in &mut ends {
            places.push(sum);
            sum += *end;
            *end = sum;
        }
        let mut turned = vec![0; sum];
        for row in 0..self.rows() {
            for feature in self.row(row).iter().filter(kept) {
                let place = &mut places[*feature as usize];
                turned[*place] = row as u32;
                *place += 1;
            }
        }
        Self { ends, features: turned }
    }
}

impl Records for FeatureRows {
    type Elem = u32;

    fn nsamples(&self) -> usize {
        self.rows()
    }

    fn nfeatures(&self) -> usize {
        self.features.len()
    }
}
