//! How good a model is on labelled texts: by label, and again by source and by length of the text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::labelled::LabelledSet;
use super::linear_model::LinearModel;
use super::metrics::{Confusion, Scored, average_precision, log_loss, mean, roc_auc};
use crate::domain::Probability;
use crate::text::features::{Featuriser, HashedText};

/// The model's labels and those of the texts are not the same in the same order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the texts are labelled {found:?}, the model's labels are {expected:?}")]
pub struct LabelsDiffer {
    /// The model's.
    pub expected: Vec<String>,
    /// The texts'.
    pub found: Vec<String>,
}

/// Figures of one label on some texts. What is undefined there is absent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelFigures {
    /// The label.
    pub label: String,
    /// Texts known to have it.
    pub positives: usize,
    /// Texts known not to have it.
    pub negatives: usize,
    /// Area under the ROC curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<f64>,
    /// Average precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<f64>,
    /// The model's threshold, a probability.
    pub threshold: f64,
    /// At the threshold: share of the yeses that were right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// At the threshold: share of the positives that were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
    /// At the threshold: harmonic mean of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f1: Option<f64>,
    /// Mean negative log-likelihood of the model's probabilities, in nats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_loss: Option<f64>,
}

/// Figures on a part of the texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// What the texts have in common: a source, or a range of lengths in characters.
    pub name: String,
    /// How many they are.
    pub rows: usize,
    /// Mean over the labels for which it is defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_roc_auc: Option<f64>,
    /// Mean over the labels for which it is defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_f1: Option<f64>,
    /// By label, in the model's order.
    pub labels: Vec<LabelFigures>,
}

/// Figures on all texts and on parts of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Name, version and checksum of the model.
    pub model: String,
    /// On all texts.
    pub all: Slice,
    /// By source, in alphabetical order.
    pub by_source: Vec<Slice>,
    /// By length in characters, shortest first.
    pub by_length: Vec<Slice>,
}

/// Stands for the source of texts that state none.
const NO_SOURCE: &str = "unstated";
const LENGTHS: [(&str, usize); 5] =
    [("<=20", 20), ("21-50", 50), ("51-100", 100), ("101-300", 300), (">300", usize::MAX)];

impl Evaluation {
    /// Scores the texts and adds up the figures.
    ///
    /// # Errors
    /// Where the texts are not labelled with the model's labels in the model's order.
    pub fn measure(model: &LinearModel, set: &LabelledSet) -> Result<Self, LabelsDiffer> {
        let expected: Vec<String> = model.labels().iter().map(|label| label.name.as_ref().to_owned()).collect();
        if expected != set.labels {
            return Err(LabelsDiffer { expected, found: set.labels.clone() });
        }
        let scores = score_all(model, set);
        let every: Vec<usize> = (0..set.rows.len()).collect();
        let mut sources: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut lengths: [Vec<usize>; LENGTHS.len()] = Default::default();
        for (at, row) in set.rows.iter().enumerate() {
            let source = if row.source.is_empty() { NO_SOURCE } else { &row.source };
            sources.entry(source).or_default().push(at);
            let characters = row.text.chars().count();
            let bucket = LENGTHS.iter().position(|(_, most)| characters <= *most).unwrap_or(LENGTHS.len() - 1);
            lengths[bucket].push(at);
        }
        let slice = |name: &str, rows: &[usize]| measure_slice(model, set, &scores, name, rows);
        Ok(Self {
            model: model.citation().as_ref().to_owned(),
            all: slice("all", &every),
            by_source: sources.iter().map(|(name, rows)| slice(name, rows)).collect(),
            by_length: LENGTHS.iter().zip(&lengths).map(|((name, _), rows)| slice(name, rows)).collect(),
        })
    }

    /// The figures as a table of plain text, for people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = format!("model {}, {} texts\n\n", self.model, self.all.rows);
        let _ = writeln!(
            table,
            "{:<18} {:>8} {:>8} {:>8} {:>8} {:>10} {:>8} {:>8} {:>8} {:>8}",
            "label", "have it", "do not", "ROC AUC", "AP", "threshold", "prec.", "recall", "F1", "log loss"
        );
        for row in &self.all.labels {
            let figures = [row.roc_auc, row.average_precision, Some(row.threshold), row.precision, row.recall, row.f1];
            let [auc, ap, threshold, precision, recall, f1] = figures.map(cell);
            let _ = writeln!(
                table,
                "{:<18} {:>8} {:>8} {auc:>8} {ap:>8} {threshold:>10} {precision:>8} {recall:>8} {f1:>8} {:>8}",
                row.label,
                row.positives,
                row.negatives,
                cell(row.log_loss)
            );
        }
        let _ = writeln!(table, "{:<18} {:>8} {:>8} {:>8}", "mean", "", "", cell(self.all.mean_roc_auc));
        for (title, slices) in [("source", &self.by_source), ("length", &self.by_length)] {
            let _ = write!(table, "\n{:<28} {:>8} {:>8}", format!("ROC AUC by {title}"), "texts", "mean");
            for row in &self.all.labels {
                let _ = write!(table, " {:>16}", row.label);
            }
            table.push('\n');
            for slice in slices {
                let _ = write!(table, "{:<28} {:>8} {:>8}", slice.name, slice.rows, cell(slice.mean_roc_auc));
                for row in &slice.labels {
                    let _ = write!(table, " {:>16}", cell(row.roc_auc));
                }
                table.push('\n');
            }
        }
        table
    }
}

fn cell(figure: Option<f64>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.4}"))
}

/// The log-odds of every row, label after label.
fn score_all(model: &LinearModel, set: &LabelledSet) -> Vec<Vec<f64>> {
    let mut featuriser = Featuriser::new();
    let mut hashed = HashedText::default();
    set.rows
        .iter()
        .map(|row| {
            let mut scores = Vec::with_capacity(set.labels.len());
            featuriser.extract(&row.text, &mut hashed);
            model.score(&hashed, &mut scores);
            scores
        })
        .collect()
}

fn measure_slice(model: &LinearModel, set: &LabelledSet, scores: &[Vec<f64>], name: &str, rows: &[usize]) -> Slice {
    let labels: Vec<LabelFigures> = model
        .labels()
        .iter()
        .enumerate()
        .map(|(label, parameters)| {
            let log_odds: Vec<Scored> =
                rows.iter().filter_map(|row| Some((scores[*row][label], set.rows[*row].answer(label)?))).collect();
            let probabilities: Vec<Scored> =
                log_odds.iter().map(|(score, answer)| (Probability::from_log_odds(*score).get(), *answer)).collect();
            let positives = log_odds.iter().filter(|(_, answer)| *answer).count();
            let confusion = Confusion::at(&probabilities, parameters.threshold);
            LabelFigures {
                label: parameters.name.as_ref().to_owned(),
                positives,
                negatives: log_odds.len() - positives,
                // Of the log-odds: probabilities near 1 would tie.
                roc_auc: rounded(roc_auc(&log_odds)),
                average_precision: rounded(average_precision(&log_odds)),
                threshold: parameters.threshold,
                precision: rounded(confusion.precision()),
                recall: rounded(confusion.recall()),
                f1: rounded(confusion.f1()),
                log_loss: rounded(log_loss(&probabilities)),
            }
        })
        .collect();
    Slice {
        name: name.to_owned(),
        rows: rows.len(),
        mean_roc_auc: rounded(mean(labels.iter().map(|figures| figures.roc_auc))),
        mean_f1: rounded(mean(labels.iter().map(|figures| figures.f1))),
        labels,
    }
}

/// To five decimals: what lies beyond is noise, and differs between compilers.
fn rounded(figure: Option<f64>) -> Option<f64> {
    figure.map(|figure| (figure * 1e5).round() / 1e5)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap as Map;

    use super::super::artifact::Artifact;
    use super::super::labelled::LabelledText;
    use super::super::linear_model_file::{LabelToWrite, LinearModelFile};
    use super::super::tfidf::FrequencyCounter;
    use super::*;

    const BUCKETS: usize = 1 << 12;

    /// A model that says yes to the word `yes` and to nothing else.
    fn model() -> LinearModel {
        let mut hashed = HashedText::default();
        Featuriser::new().extract("yes", &mut hashed);
        let mut counter = FrequencyCounter::new(BUCKETS).unwrap();
        counter.add(&hashed);
        let mut coefficients = vec![0.0; BUCKETS];
        hashed.iter().for_each(|(hash, _)| coefficients[hash as usize & (BUCKETS - 1)] = 4.0);
        let file = LinearModelFile {
            name: "demo".into(),
            version: "1".into(),
            languages: vec![],
            parameters: Map::new(),
            inverse_frequencies: &counter.finish(),
            labels: vec![LabelToWrite {
                name: "affirmed".into(),
                coefficients: &coefficients,
                intercept: -2.0,
                offset: 0.0,
                threshold: 0.5,
            }],
        };
        LinearModel::from_artifact(&Artifact::parse(file.encode()).unwrap()).unwrap()
    }

    fn set() -> LabelledSet {
        let row = |text: &str, source: &str, answer| LabelledText::new(text, source, &[answer]);
        let mut set = LabelledSet::new(vec!["affirmed".into()]);
        set.rows = vec![
            row("yes", "letters", Some(true)),
            row("no", "letters", Some(false)),
            row("yes", "letters", Some(false)),
            row("maybe so, maybe not so", "posts", Some(true)),
            row("nobody knows", "posts", None),
        ];
        set
    }

    #[test]
    fn figures_are_taken_over_known_answers_and_again_by_slice() {
        let evaluation = Evaluation::measure(&model(), &set()).unwrap();
        let figures = &evaluation.all.labels[0];
        assert_eq!((evaluation.all.rows, figures.positives, figures.negatives), (5, 2, 2));
        // Right: yes above no; ties: yes with yes, no with the unknown word; wrong: the unknown word below yes.
        assert_eq!(figures.roc_auc, Some(0.5));
        assert_eq!((figures.precision, figures.recall, figures.f1), (Some(0.5), Some(0.5), Some(0.5)));
        let names: Vec<(&str, usize)> =
            evaluation.by_source.iter().map(|slice| (slice.name.as_str(), slice.rows)).collect();
        assert_eq!(names, [("letters", 3), ("posts", 2)]);
        assert_eq!(evaluation.by_source[0].mean_roc_auc, Some(0.75));
        assert_eq!(evaluation.by_source[1].mean_roc_auc, None);
        let lengths: Vec<usize> = evaluation.by_length.iter().map(|slice| slice.rows).collect();
        assert_eq!(lengths, [4, 1, 0, 0, 0]);
    }

    #[test]
    fn what_is_undefined_is_left_out_of_the_report_and_a_dash_in_the_table() {
        let evaluation = Evaluation::measure(&model(), &set()).unwrap();
        let posts = serde_json::to_value(&evaluation.by_source[1]).unwrap();
        assert_eq!(posts.get("mean_roc_auc"), None);
        assert_eq!(posts["labels"][0]["positives"], 1);
        let table = evaluation.table();
        let line = table.lines().find(|line| line.starts_with("posts")).unwrap();
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["posts", "2", "-", "-"]);
        assert!(!table.contains("NaN"), "{table}");
    }

    #[test]
    fn other_labels_are_refused_by_name() {
        let mut other = set();
        other.labels = vec!["denied".into()];
        let error = Evaluation::measure(&model(), &other).unwrap_err().to_string();
        assert!(error.contains("denied") && error.contains("affirmed"), "{error}");
    }
}
