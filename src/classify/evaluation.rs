//! How good a model is on labelled texts: by label, and again by source, length of the text and language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bootstrap::{Interval, LabelIntervals, RankedLabel, bootstrap};
use super::calibration_curve::{CalibrationBin, calibration_curve, expected_calibration_error};
use super::labelled::LabelledSet;
use super::linear_model::LinearModel;
use super::metrics::{
    Confusion, Scored, average_precision, brier_score, log_loss, mean, precision_at_recall, precision_recall_curve,
    roc_auc, roc_curve,
};
use super::worst_errors::{WorstErrors, worst_errors};
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

/// Precision where a given share of the positives is found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PrecisionAtRecall {
    /// The share of the positives that is to be found.
    pub recall: f64,
    /// The precision at the highest threshold that finds them.
    pub precision: f64,
    /// That threshold, a probability.
    pub threshold: f64,
}

/// Figures of one label on some texts. What is undefined there is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelFigures {
    /// The label.
    pub label: String,
    /// Texts known to have it.
    pub positives: usize,
    /// Texts known not to have it.
    pub negatives: usize,
    /// Area under the ROC curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<f64>,
    /// Average precision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<f64>,
    /// The model's threshold, a probability.
    pub threshold: f64,
    /// At the threshold: share of the yeses that were right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// At the threshold: share of the positives that were found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
    /// At the threshold: harmonic mean of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f1: Option<f64>,
    /// Mean negative log-likelihood of the model's probabilities, in nats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_loss: Option<f64>,
    /// Mean squared distance of the probabilities from the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brier: Option<f64>,
    /// Expected calibration error over ten bins of equal width.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration_error: Option<f64>,
    /// 95 % confidence intervals; on all texts only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<LabelIntervals>,
    /// Precision at fixed shares of recall; on all texts only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precision_at_recall: Vec<PrecisionAtRecall>,
    /// The bins of the calibration curve that hold any text; on all texts only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calibration: Vec<CalibrationBin>,
}

/// Figures on a part of the texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// What the texts have in common: a source, a language, or a range of lengths in characters.
    pub name: String,
    /// How many they are.
    pub rows: usize,
    /// Mean over the labels for which it is defined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_roc_auc: Option<f64>,
    /// Its 95 % confidence interval; on all texts only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_roc_auc_interval: Option<Interval>,
    /// Mean over the labels for which it is defined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_f1: Option<f64>,
    /// By label, in the model's order.
    pub labels: Vec<LabelFigures>,
}

/// A file that was measured on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuredFile {
    /// Its name, without its directory.
    pub file: String,
    /// SHA-256 of its bytes as they are on disk, in hexadecimal digits.
    pub sha256: String,
    /// Rows used.
    pub rows: usize,
}

/// Figures on all texts and on parts of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Name, version and checksum of the model.
    pub model: String,
    /// What it was measured on, where that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<MeasuredFile>,
    /// On all texts.
    pub all: Slice,
    /// By source, in alphabetical order.
    #[serde(default)]
    pub by_source: Vec<Slice>,
    /// By length in characters, shortest first.
    #[serde(default)]
    pub by_length: Vec<Slice>,
    /// By language, in alphabetical order.
    #[serde(default)]
    pub by_language: Vec<Slice>,
    /// The worst errors of each label, by id or place, never by their words; where they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worst_errors: Vec<WorstErrors>,
}

/// The curves of one label on all texts, to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelCurves {
    /// Share of the negatives and of the positives at each threshold.
    pub roc: Vec<(f64, f64)>,
    /// Recall and precision at each threshold.
    pub precision_recall: Vec<(f64, f64)>,
}

/// Everything that is measured at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// The figures, with the worst errors.
    pub evaluation: Evaluation,
    /// The curves, by label.
    pub curves: Vec<LabelCurves>,
}

/// Shares of recall at which precision is measured.
pub const FIXED_RECALLS: [f64; 3] = [0.5, 0.8, 0.9];
/// Stands for the source or language of texts that state none.
const UNSTATED: &str = "unstated";
const LENGTHS: [(&str, usize); 5] =
    [("<=20", 20), ("21-50", 50), ("51-100", 100), ("101-300", 300), (">300", usize::MAX)];

impl Measurement {
    /// Scores the texts and adds up the figures; `recalls` are the shares, 0..=1, at which precision is measured.
    ///
    /// # Errors
    /// Where the texts are not labelled with the model's labels in the model's order.
    pub fn take(model: &LinearModel, set: &LabelledSet, recalls: &[f64]) -> Result<Self, LabelsDiffer> {
        let expected: Vec<String> = model.labels().iter().map(|label| label.name.as_ref().to_owned()).collect();
        if expected != set.labels {
            return Err(LabelsDiffer { expected, found: set.labels.clone() });
        }
        let scored = ScoredSet { model, set, scores: score_all(model, set) };
        let (all, curves) = scored.measure_all(recalls);
        let (mut sources, mut languages): (Groups, Groups) = Default::default();
        let mut lengths: [Vec<usize>; LENGTHS.len()] = Default::default();
        for (at, row) in set.rows.iter().enumerate() {
            let named = |name: &str| if name.is_empty() { UNSTATED.to_owned() } else { name.to_owned() };
            sources.entry(named(&row.source)).or_default().push(at);
            languages.entry(named(row.language.as_deref().unwrap_or_default())).or_default().push(at);
            let characters = row.text.chars().count();
            let bucket = LENGTHS.iter().position(|(_, most)| characters <= *most).unwrap_or(LENGTHS.len() - 1);
            lengths[bucket].push(at);
        }
        let slices = |groups: &Groups| groups.iter().map(|(name, rows)| scored.measure(name, rows)).collect();
        let evaluation = Evaluation {
            model: model.citation().as_ref().to_owned(),
            data: Vec::new(),
            all,
            by_source: slices(&sources),
            by_length: LENGTHS.iter().zip(&lengths).map(|((name, _), rows)| scored.measure(name, rows)).collect(),
            by_language: slices(&languages),
            worst_errors: scored.worst_errors(),
        };
        Ok(Self { evaluation, curves })
    }
}

impl Evaluation {
    /// Scores the texts and adds up the figures, without the worst errors.
    ///
    /// # Errors
    /// See [`Measurement::take`].
    pub fn measure(model: &LinearModel, set: &LabelledSet) -> Result<Self, LabelsDiffer> {
        let measured = Measurement::take(model, set, &FIXED_RECALLS)?;
        Ok(Self { worst_errors: Vec::new(), ..measured.evaluation })
    }

    /// The figures of a label on all texts.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&LabelFigures> {
        self.all.labels.iter().find(|figures| figures.label == name)
    }
}

type Groups = BTreeMap<String, Vec<usize>>;

/// Texts with the model's scores of them.
struct ScoredSet<'a> {
    model: &'a LinearModel,
    set: &'a LabelledSet,
    /// The log-odds of every row, label after label.
    scores: Vec<Vec<f64>>,
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

fn probability(log_odds: f64) -> f64 {
    Probability::from_log_odds(log_odds).get()
}

impl ScoredSet<'_> {
    /// The log-odds of some rows with their answers, where those are known.
    fn log_odds(&self, label: usize, rows: impl Iterator<Item = usize>) -> Vec<Scored> {
        rows.filter_map(|row| Some((self.scores[row][label], self.set.rows[row].answer(label)?))).collect()
    }

    fn measure(&self, name: &str, rows: &[usize]) -> Slice {
        let labels: Vec<LabelFigures> = (0..self.model.labels().len())
            .map(|label| self.figures(label, &self.log_odds(label, rows.iter().copied())))
            .collect();
        Slice {
            name: name.to_owned(),
            rows: rows.len(),
            mean_roc_auc: rounded(mean(labels.iter().map(|figures| figures.roc_auc))),
            mean_roc_auc_interval: None,
            mean_f1: rounded(mean(labels.iter().map(|figures| figures.f1))),
            labels,
        }
    }

    fn figures(&self, label: usize, log_odds: &[Scored]) -> LabelFigures {
        let parameters = &self.model.labels()[label];
        let probabilities = probabilities(log_odds);
        let positives = log_odds.iter().filter(|(_, answer)| *answer).count();
        let confusion = Confusion::at(&probabilities, parameters.threshold);
        LabelFigures {
            label: parameters.name.as_ref().to_owned(),
            positives,
            negatives: log_odds.len() - positives,
            // Of the log-odds: probabilities near 1 would tie.
            roc_auc: rounded(roc_auc(log_odds)),
            average_precision: rounded(average_precision(log_odds)),
            threshold: parameters.threshold,
            precision: rounded(confusion.precision()),
            recall: rounded(confusion.recall()),
            f1: rounded(confusion.f1()),
            log_loss: rounded(log_loss(&probabilities)),
            brier: rounded(brier_score(&probabilities)),
            calibration_error: rounded(expected_calibration_error(&calibration_curve(&probabilities))),
            intervals: None,
            precision_at_recall: Vec::new(),
            calibration: Vec::new(),
        }
    }

    /// All texts, with what is measured on them alone.
    fn measure_all(&self, recalls: &[f64]) -> (Slice, Vec<LabelCurves>) {
        let every: Vec<usize> = (0..self.set.rows.len()).collect();
        let mut slice = self.measure("all", &every);
        let mut curves = Vec::new();
        let mut ranked = Vec::new();
        for (label, figures) in slice.labels.iter_mut().enumerate() {
            let log_odds = self.log_odds(label, every.iter().copied());
            figures.calibration = calibration_curve(&probabilities(&log_odds)).into_iter().map(rounded_bin).collect();
            figures.precision_at_recall = recalls
                .iter()
                .filter_map(|recall| {
                    let (precision, threshold) = precision_at_recall(&log_odds, *recall)?;
                    let [precision, threshold] = [precision, probability(threshold)].map(to_five_decimals);
                    Some(PrecisionAtRecall { recall: *recall, precision, threshold })
                })
                .collect();
            curves.push(LabelCurves { roc: roc_curve(&log_odds), precision_recall: precision_recall_curve(&log_odds) });
            let threshold = self.model.labels()[label].threshold;
            let rows = every.iter().map(|row| (self.scores[*row][label], self.set.rows[*row].answer(label)));
            ranked.push(RankedLabel::new(rows, |log_odds| probability(log_odds) >= threshold));
        }
        let (intervals, of_mean) = bootstrap(&ranked, every.len());
        for (figures, LabelIntervals { roc_auc, average_precision, f1 }) in slice.labels.iter_mut().zip(intervals) {
            let [roc_auc, average_precision, f1] =
                [roc_auc, average_precision, f1].map(|interval| interval.map(rounded_interval));
            figures.intervals = Some(LabelIntervals { roc_auc, average_precision, f1 });
        }
        slice.mean_roc_auc_interval = of_mean.map(rounded_interval);
        (slice, curves)
    }

    fn worst_errors(&self) -> Vec<WorstErrors> {
        let labels = self.model.labels().iter().enumerate();
        labels
            .map(|(label, parameters)| {
                let scores = self.scores.iter().map(|scores| scores[label]);
                worst_errors(self.set, label, scores, |log_odds| probability(log_odds) >= parameters.threshold)
            })
            .collect()
    }
}

fn probabilities(log_odds: &[Scored]) -> Vec<Scored> {
    log_odds.iter().map(|(score, answer)| (probability(*score), *answer)).collect()
}

/// To five decimals: what lies beyond is noise, and differs between compilers.
pub(super) fn to_five_decimals(figure: f64) -> f64 {
    (figure * 1e5).round() / 1e5
}

fn rounded(figure: Option<f64>) -> Option<f64> {
    figure.map(to_five_decimals)
}

fn rounded_interval(interval: Interval) -> Interval {
    Interval { low: to_five_decimals(interval.low), high: to_five_decimals(interval.high) }
}

fn rounded_bin(bin: CalibrationBin) -> CalibrationBin {
    let [mean_score, positive_share] = [bin.mean_score, bin.positive_share].map(to_five_decimals);
    CalibrationBin { mean_score, positive_share, ..bin }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap as Map;

    use super::super::artifact::Artifact;
    use super::super::inverse_frequency::FrequencyCounter;
    use super::super::labelled::LabelledText;
    use super::super::linear_model_file::{LabelToWrite, LinearModelFile};
    use super::*;

    const BUCKETS: usize = 1 << 12;

    /// A model that says yes to the word `yes` and to nothing else.
    fn model() -> LinearModel {
        let mut hashed = HashedText::default();
        Featuriser::new().extract("yes", &mut hashed);
        let mut counter = FrequencyCounter::new(BUCKETS).unwrap();
        counter.add(&hashed, true);
        let mut products = vec![0.0; BUCKETS];
        hashed.features().iter().for_each(|feature| products[*feature as usize & (BUCKETS - 1)] = 4.0);
        let file = LinearModelFile {
            name: "demo".into(),
            version: "1".into(),
            languages: vec![],
            parameters: Map::new(),
            inverse_frequencies: &counter.finish(),
            labels: &[LabelToWrite { name: "affirmed".into(), products, intercept: -2.0, offset: 0.0, threshold: 0.5 }],
        };
        LinearModel::from_artifact(&Artifact::parse(file.encode()).unwrap()).unwrap()
    }

    fn set() -> LabelledSet {
        let row = |text: &str, source: &str, answer| LabelledText::new(text, source, &[answer]);
        let mut set = LabelledSet::new(vec!["affirmed".into()]);
        let english =
            LabelledText { language: Some("en".into()), id: "first".into(), ..row("yes", "letters", Some(true)) };
        set.rows = vec![
            english,
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
        let languages: Vec<(&str, usize)> =
            evaluation.by_language.iter().map(|slice| (slice.name.as_str(), slice.rows)).collect();
        assert_eq!(languages, [("en", 1), ("unstated", 4)]);
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

    #[test]
    fn what_is_measured_on_all_texts_is_there_and_agrees() {
        let measured = Measurement::take(&model(), &set(), &[0.5, 1.0]).unwrap();
        let figures = &measured.evaluation.all.labels[0];
        assert_eq!(figures.calibration.iter().map(|bin| bin.count).sum::<usize>(), 4);
        let at: Vec<(f64, f64)> =
            figures.precision_at_recall.iter().map(|point| (point.recall, point.precision)).collect();
        assert_eq!(at, [(0.5, 0.5), (1.0, 0.5)]);
        let bins: f64 = figures
            .calibration
            .iter()
            .map(|bin| bin.count as f64 / 4.0 * (bin.mean_score - bin.positive_share).abs())
            .sum();
        assert!((bins - figures.calibration_error.unwrap()).abs() < 1e-4);
        let interval = figures.intervals.unwrap().roc_auc.unwrap();
        assert!(interval.low <= 0.5 && interval.high >= 0.5, "{interval:?}");
        assert_eq!(measured.evaluation.all.mean_roc_auc_interval, Some(interval));
        assert_eq!((measured.curves.len(), measured.curves[0].roc.len()), (1, 3));
        assert!(measured.evaluation.by_source.iter().all(|slice| slice.labels[0].intervals.is_none()));
        let again = Measurement::take(&model(), &set(), &[0.5, 1.0]).unwrap();
        assert_eq!(again, measured);
    }

    #[test]
    fn a_report_is_read_again_and_an_old_one_too() {
        let evaluation = Measurement::take(&model(), &set(), &FIXED_RECALLS).unwrap().evaluation;
        let written = serde_json::to_string(&evaluation).unwrap();
        assert_eq!(serde_json::from_str::<Evaluation>(&written).unwrap(), evaluation);
        assert!(!written.contains("maybe"), "people's words");
        let old = r#"{"model":"m@1","all":{"name":"all","rows":2,"labels":[{"label":"a","positives":1,"negatives":1,
            "roc_auc":0.75,"threshold":0.5}]},"by_source":[],"by_length":[]}"#;
        let old: Evaluation = serde_json::from_str(old).unwrap();
        assert_eq!(old.label("a").and_then(|figures| figures.roc_auc), Some(0.75));
    }
}
