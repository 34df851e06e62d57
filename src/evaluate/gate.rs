//! The gate: whether a model is as good as the one before it.

use std::fmt::Write as _;

use crate::classify::evaluation::{Evaluation, LabelFigures};
use crate::classify::metrics::mean;

/// How much a figure may drop unless the caller says otherwise.
pub const DEFAULT_MAX_DROP: f64 = 0.002;
/// Reports are rounded to five decimals; a drop of exactly the limit passes.
const ROUNDING: f64 = 1e-9;

/// Why two reports cannot be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GateError {
    /// They have no label in common.
    #[error(
        "the baseline has none of the model's labels: it has {baseline}, the model {current}\n  \
         hint: take a report of a model with the same labels"
    )]
    NoCommonLabel {
        /// The labels of the baseline.
        baseline: String,
        /// The labels of the model.
        current: String,
    },
    /// None of the labels they share has a figure in the baseline.
    #[error(
        "the baseline has no figures to compare with\n  hint: measure it on texts that have both answers to a label"
    )]
    NoFigures,
    /// The limit is not a number in 0..=1.
    #[error("a drop of {0} makes no sense\n  hint: give a number from 0 to 1, such as 0.002")]
    MaxDrop(f64),
}

/// One figure in both reports.
#[derive(Debug, Clone, PartialEq)]
pub struct GateCheck {
    /// The label; `None`: the mean over the labels.
    pub label: Option<String>,
    /// `ROC AUC` or `AP`.
    pub figure: &'static str,
    /// What it was.
    pub baseline: f64,
    /// What it is; `None`: the label is gone, or nothing could be measured.
    pub current: Option<f64>,
}

impl GateCheck {
    /// By how much it fell; negative where it rose.
    #[must_use]
    pub fn drop(&self) -> Option<f64> {
        self.current.map(|current| self.baseline - current)
    }

    /// Whether it fell by no more than so much. A figure that is gone has fallen.
    #[must_use]
    pub fn passes(&self, max_drop: f64) -> bool {
        self.drop().is_some_and(|drop| drop <= max_drop + ROUNDING)
    }
}

/// What came of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct GateOutcome {
    /// How much a figure may drop.
    pub max_drop: f64,
    /// All figures that were compared.
    pub checks: Vec<GateCheck>,
    /// What makes the comparison less than fair, such as other texts; a line each.
    pub notes: Vec<String>,
}

impl GateOutcome {
    /// Whether no figure fell too far.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.fallen().next().is_none()
    }

    /// The figures that fell too far.
    pub fn fallen(&self) -> impl Iterator<Item = &GateCheck> {
        self.checks.iter().filter(|check| !check.passes(self.max_drop))
    }

    /// In words: the notes, then that all is well or a table of what fell.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        if self.passes() {
            let _ = writeln!(
                text,
                "gate passed: none of {} figures fell by more than {}",
                self.checks.len(),
                self.max_drop
            );
            return text;
        }
        let fallen = self.fallen().count();
        let _ = writeln!(
            text,
            "gate missed: {fallen} of {} figures fell by more than {}",
            self.checks.len(),
            self.max_drop
        );
        let _ = writeln!(text, "{:<18} {:<8} {:>9} {:>9} {:>9}", "label", "figure", "baseline", "now", "drop");
        for check in self.fallen() {
            let cell = |figure: Option<f64>| figure.map_or_else(|| "gone".to_owned(), |figure| format!("{figure:.5}"));
            let _ = writeln!(
                text,
                "{:<18} {:<8} {:>9} {:>9} {:>9}",
                check.label.as_deref().unwrap_or("mean"),
                check.figure,
                cell(Some(check.baseline)),
                cell(check.current),
                cell(check.drop()),
            );
        }
        text
    }
}

/// Compares the figures of a model on all texts with those of a baseline: ROC AUC and average precision of each label of
/// the baseline, and the mean ROC AUC over the labels that both have. Each may drop by at most `max_drop`. A label that
/// is gone counts as fallen; one that is new is not compared. What the baseline leaves undefined is not compared.
///
/// # Errors
/// Where there is nothing to compare, or `max_drop` is not in 0..=1.
pub fn gate(current: &Evaluation, baseline: &Evaluation, max_drop: f64) -> Result<GateOutcome, GateError> {
    if !(0.0..=1.0).contains(&max_drop) {
        return Err(GateError::MaxDrop(max_drop));
    }
    let names = |report: &Evaluation| {
        let names: Vec<&str> = report.all.labels.iter().map(|figures| figures.label.as_str()).collect();
        names.join(", ")
    };
    if !baseline.all.labels.iter().any(|figures| current.label(&figures.label).is_some()) {
        return Err(GateError::NoCommonLabel { baseline: names(baseline), current: names(current) });
    }
    let mut checks = Vec::new();
    let (mut areas_before, mut areas_now) = (Vec::new(), Vec::new());
    for before in &baseline.all.labels {
        let now = current.label(&before.label);
        let mut compare = |figure, of: fn(&LabelFigures) -> Option<f64>| {
            let (baseline, current) = (of(before)?, now.and_then(of));
            checks.push(GateCheck { label: Some(before.label.clone()), figure, baseline, current });
            current.map(|current| (baseline, current))
        };
        if let Some((before, now)) = compare("ROC AUC", |figures| figures.roc_auc) {
            areas_before.push(Some(before));
            areas_now.push(Some(now));
        }
        compare("AP", |figures| figures.average_precision);
    }
    if let (Some(baseline), now) = (mean(areas_before), mean(areas_now)) {
        checks.push(GateCheck { label: None, figure: "ROC AUC", baseline, current: now });
    }
    if checks.is_empty() {
        return Err(GateError::NoFigures);
    }
    Ok(GateOutcome { max_drop, checks, notes: notes(current, baseline) })
}

fn notes(current: &Evaluation, baseline: &Evaluation) -> Vec<String> {
    let mut notes = Vec::new();
    let both_say = !current.data.is_empty() && !baseline.data.is_empty();
    let checksums = |report: &Evaluation| {
        let mut sums: Vec<String> = report.data.iter().map(|file| file.sha256.clone()).collect();
        sums.sort();
        sums
    };
    if current.all.rows != baseline.all.rows || both_say && checksums(current) != checksums(baseline) {
        notes.push(format!(
            "the baseline was measured on other data ({} texts, now {}): differences may be those of the texts",
            baseline.all.rows, current.all.rows
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(labels: &[(&str, Option<f64>, Option<f64>)]) -> Evaluation {
        let labels: Vec<serde_json::Value> = labels
            .iter()
            .map(|(label, area, precision)| {
                serde_json::json!({"label": label, "positives": 1, "negatives": 1, "threshold": 0.5,
                    "roc_auc": area, "average_precision": precision})
            })
            .collect();
        let report = serde_json::json!({"model": "m@1", "all": {"name": "all", "rows": 2, "labels": labels}});
        serde_json::from_value(report).unwrap()
    }

    fn check(current: &Evaluation, baseline: &Evaluation, max_drop: f64, expected: &[&str]) {
        let outcome = gate(current, baseline, max_drop).unwrap();
        let fallen: Vec<String> = outcome
            .fallen()
            .map(|check| format!("{} {}", check.label.as_deref().unwrap_or("mean"), check.figure))
            .collect();
        assert_eq!(fallen, expected, "{}", outcome.describe());
        assert_eq!(outcome.passes(), expected.is_empty());
        assert_eq!(outcome.describe().contains("gate passed"), expected.is_empty());
    }

    #[test]
    fn what_falls_too_far_is_named() {
        let before = report(&[("a", Some(0.9), Some(0.8)), ("b", Some(0.7), None)]);
        check(&before, &before, 0.0, &[]);
        let now = report(&[("a", Some(0.898), Some(0.9)), ("b", Some(0.6), Some(0.1)), ("c", Some(0.1), None)]);
        check(&now, &before, 0.002, &["b ROC AUC", "mean ROC AUC"]);
        check(&now, &before, 0.06, &["b ROC AUC"]);
        check(&now, &before, 0.1, &[]);
        check(&now, &before, 0.0019, &["a ROC AUC", "b ROC AUC", "mean ROC AUC"]);
        let gone = report(&[("a", Some(0.9), None)]);
        check(&gone, &before, 0.5, &["a AP", "b ROC AUC"]);
        let text = gate(&gone, &before, 0.5).unwrap().describe();
        assert!(text.contains("gate missed: 2 of 4") && text.contains("gone"), "{text}");
    }

    #[test]
    fn what_cannot_be_compared_is_an_error() {
        let one = report(&[("a", Some(0.9), None)]);
        let other = report(&[("b", Some(0.9), None)]);
        let error = gate(&one, &other, 0.002).unwrap_err().to_string();
        assert!(error.contains("it has b, the model a") && error.contains("hint: "), "{error}");
        assert_eq!(gate(&one, &report(&[("a", None, None)]), 0.002), Err(GateError::NoFigures));
        for wrong in [-0.1, 1.5, f64::NAN] {
            assert!(matches!(gate(&one, &one, wrong), Err(GateError::MaxDrop(_))));
        }
    }

    #[test]
    fn other_data_is_noted() {
        let one = report(&[("a", Some(0.9), None)]);
        let mut other = one.clone();
        assert!(gate(&one, &other, 0.0).unwrap().notes.is_empty());
        other.all.rows = 3;
        assert!(gate(&one, &other, 0.0).unwrap().describe().contains("other data (3 texts, now 2)"));
    }
}
