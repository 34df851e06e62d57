//! The recipe of a model: every number that training depends on, and a file that changes some of them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::bias;

/// Texts with a label occur this often where comments come in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NaturalRate {
    /// The label.
    pub label: String,
    /// The share of comments that have it, between 0 and 1.
    pub rate: f64,
}

/// The weights of terms for groups of people are drawn to zero harder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityShrinkage {
    /// What the values of their features are multiplied with while training, 0..1: the penalty on their weights is one
    /// over its square.
    pub factor: f32,
    /// Labels that are fitted without it, because they are about such groups.
    pub except: Vec<String>,
}

/// Hyper-parameters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recipe {
    /// What errors cost against large weights (C of Yu, Huang and Lin, 2011); greater than 0.
    pub c: f64,
    /// Hash buckets: a power of two of at most 2^18.
    pub buckets: usize,
    /// Greatest accepted (primal - dual) / primal.
    pub relative_gap: f64,
    /// Passes over the data before it is an error.
    pub max_epochs: usize,
    /// Into how many parts the home rows are divided: each is scored by a model of the others, to calibrate.
    pub folds: usize,
    /// The source that is like the texts to be scored; empty: all rows are at home. Document frequencies and
    /// calibration are taken from it alone.
    pub home_source: String,
    /// What an error on a row of another source costs, against 1 at home, unless `source_weights` says otherwise.
    pub other_source_weight: f64,
    /// The same by source.
    pub source_weights: BTreeMap<String, f64>,
    /// By label: what an answer of another source counts for, against 1 at home. Sources mean different things by the
    /// same word.
    pub label_source_weights: BTreeMap<String, f64>,
    /// A label that all others imply: a text of another source that does not have it has none of those that the source
    /// says nothing of. Empty: nothing is implied.
    pub implied_label: String,
    /// The mix of texts that scores are calibrated for; none: that of the home rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub natural: Option<NaturalRate>,
    /// What an error on a sentence of the built-in templates about groups of people costs; 0 for none of them.
    pub identity_templates: f64,
    /// How the terms for such groups are held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_shrinkage: Option<IdentityShrinkage>,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            c: 4.0,
            buckets: 1 << 16,
            relative_gap: 1e-3,
            max_epochs: 300,
            folds: 4,
            home_source: String::new(),
            other_source_weight: 1.0,
            source_weights: BTreeMap::new(),
            label_source_weights: BTreeMap::new(),
            implied_label: String::new(),
            natural: None,
            identity_templates: 0.0,
            identity_shrinkage: None,
        }
    }
}

/// What a file may change: as [`Recipe`], but each of it may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Changes {
    c: Option<f64>,
    buckets: Option<usize>,
    relative_gap: Option<f64>,
    max_epochs: Option<usize>,
    folds: Option<usize>,
    home_source: Option<String>,
    other_source_weight: Option<f64>,
    source_weights: Option<BTreeMap<String, f64>>,
    label_source_weights: Option<BTreeMap<String, f64>>,
    implied_label: Option<String>,
    natural: Option<NaturalRate>,
    identity_templates: Option<f64>,
    identity_shrinkage: Option<IdentityShrinkage>,
}

/// Why a recipe is none.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The file cannot be read.
    #[error("{path}: cannot read the recipe")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is no TOML, or has keys or types that recipes do not have.
    #[error("{path}: no recipe: {cause}")]
    Parse {
        /// The file.
        path: String,
        /// Why, with its line.
        cause: String,
    },
    /// A number is outside its range.
    #[error("recipe: `{name}` is {value}; it must be {expected}")]
    Range {
        /// The key.
        name: String,
        /// Its value.
        value: f64,
        /// Its range.
        expected: &'static str,
    },
}

impl Recipe {
    /// This recipe with the changes of a TOML file.
    ///
    /// # Errors
    /// Where the file cannot be read or has anything that recipes do not have. Ranges are checked by [`Recipe::check`].
    pub fn changed_by(self, path: &Path) -> Result<Self, RecipeError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| RecipeError::Read { path: name.clone(), source })?;
        let changes: Changes = toml::from_str(&text)
            .map_err(|error| RecipeError::Parse { path: name, cause: error.to_string().trim_end().to_owned() })?;
        Ok(Self {
            c: changes.c.unwrap_or(self.c),
            buckets: changes.buckets.unwrap_or(self.buckets),
            relative_gap: changes.relative_gap.unwrap_or(self.relative_gap),
            max_epochs: changes.max_epochs.unwrap_or(self.max_epochs),
            folds: changes.folds.unwrap_or(self.folds),
            home_source: changes.home_source.unwrap_or(self.home_source),
            other_source_weight: changes.other_source_weight.unwrap_or(self.other_source_weight),
            source_weights: changes.source_weights.unwrap_or(self.source_weights),
            label_source_weights: changes.label_source_weights.unwrap_or(self.label_source_weights),
            implied_label: changes.implied_label.unwrap_or(self.implied_label),
            natural: changes.natural.or(self.natural),
            identity_templates: changes.identity_templates.unwrap_or(self.identity_templates),
            identity_shrinkage: changes.identity_shrinkage.or(self.identity_shrinkage),
        })
    }

    /// Refuses numbers that training could not work with. The learner checks `c`, `relative_gap`, `max_epochs`, and the
    /// factor of the shrinkage itself.
    ///
    /// # Errors
    /// The first that is outside its range.
    pub fn check(&self) -> Result<(), RecipeError> {
        let refuse =
            |name: &str, value: f64, expected| Err(RecipeError::Range { name: name.to_owned(), value, expected });
        if self.folds < 2 || self.folds > 100 {
            return refuse("folds", self.folds as f64, "2 to 100");
        }
        let weights =
            [("other_source_weight", self.other_source_weight), ("identity_templates", self.identity_templates)];
        let by_name = self.source_weights.iter().chain(&self.label_source_weights);
        let all = weights.into_iter().chain(by_name.map(|(name, weight)| (name.as_str(), *weight)));
        for (name, weight) in all {
            if !(0.0..=1000.0).contains(&weight) {
                return refuse(name, weight, "a weight of 0 to 1000");
            }
        }
        match &self.natural {
            Some(natural) if !(natural.rate > 0.0 && natural.rate < 1.0) => {
                refuse("natural.rate", natural.rate, "between 0 and 1")
            }
            _ => Ok(()),
        }
    }

    /// What an error on a row of a source costs.
    #[must_use]
    pub fn weight_of(&self, source: &str) -> f64 {
        if source == bias::SOURCE && self.identity_templates > 0.0 {
            return self.identity_templates;
        }
        if self.is_home(source) {
            return self.source_weights.get(source).copied().unwrap_or(1.0);
        }
        self.source_weights.get(source).copied().unwrap_or(self.other_source_weight)
    }

    /// Whether rows of a source are like the texts to be scored; sentences of the built-in templates never are.
    #[must_use]
    pub fn is_home(&self, source: &str) -> bool {
        (self.home_source.is_empty() && source != bias::SOURCE) || source == self.home_source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str) -> Result<Recipe, RecipeError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recipe.toml");
        std::fs::write(&path, text).unwrap();
        Recipe::default().changed_by(&path)
    }

    #[test]
    fn a_file_changes_what_it_names() {
        let recipe = changed("c = 2.5\nhome_source = \"site\"\n[source_weights]\nforum = 0.5\n").unwrap();
        assert!((recipe.c - 2.5).abs() < 1e-12);
        assert_eq!(recipe.buckets, Recipe::default().buckets);
        let weights = ["site", "forum", "elsewhere"].map(|source| recipe.weight_of(source));
        assert!(weights.iter().zip([1.0, 0.5, 1.0]).all(|(found, expected)| (found - expected).abs() < 1e-12));
        assert!(recipe.is_home("site") && !recipe.is_home("forum") && Recipe::default().is_home("forum"));
        assert_eq!(changed("").unwrap(), Recipe::default());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("d = 1", "unknown field `d`"),
            ("c = \"much\"", "recipe.toml"),
            ("[natural]\nlabel = \"a\"", "missing field `rate`"),
        ] {
            let error = changed(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(Recipe::default().changed_by(Path::new("nowhere.toml")).unwrap_err().to_string().contains("nowhere"));
        for (text, expected) in [
            ("folds = 1", "`folds` is 1"),
            ("other_source_weight = -1", "`other_source_weight` is -1"),
            ("source_weights = { x = 1e9 }", "`x`"),
            ("natural = { label = \"a\", rate = 1.0 }", "natural.rate"),
        ] {
            let error = changed(text).unwrap().check().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(Recipe::default().check().is_ok());
    }
}
