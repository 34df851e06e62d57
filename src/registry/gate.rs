//! Whether a model is worse than the one that it would take the place of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// By how much a figure may drop unless told otherwise.
pub const DEFAULT_MAX_DROP: f64 = 0.002;
/// Reports have five decimals: a drop of just what is allowed is allowed, however it is stored.
const ROUNDING: f64 = 1e-9;

/// A figure of both models.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedFigure {
    /// What it is, such as `toxicity ROC AUC`.
    pub name: String,
    /// Of the model in force.
    pub baseline: f64,
    /// Of the model that would take its place; `None` where it has no such figure.
    pub candidate: Option<f64>,
}

/// The figures of two models beside each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// All that the model in force has, in the order of its report; then the mean over the labels that both have.
    pub figures: Vec<ComparedFigure>,
    /// By how much one may drop.
    pub max_drop: f64,
}

/// Why two reports cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotComparable {
    /// They were measured on different data.
    #[error("the two reports are of different data: {0}")]
    DifferentData(String),
    /// A report has no figure that is known here.
    #[error("the report of the {0} has no figures that could be compared")]
    NoFigures(&'static str),
}

impl Comparison {
    /// Holds the reports of two models against each other: areas under the ROC curve and average precision of each
    /// label and the mean area, or the areas of each situation for a topic model, and of each kind of pair for an encoder.
    ///
    /// # Errors
    /// Where they were measured on different data, as far as the checksums of the files and the numbers of texts tell, or
    /// have no figures.
    pub fn of(baseline: &Value, candidate: &Value, max_drop: f64) -> Result<Self, NotComparable> {
        let (before, after) = (Figures::of(baseline), Figures::of(candidate));
        if before.values.is_empty() {
            return Err(NotComparable::NoFigures("model in force"));
        }
        if after.values.is_empty() {
            return Err(NotComparable::NoFigures("new model"));
        }
        let both_say = !before.checksums.is_empty() && !after.checksums.is_empty();
        if both_say && before.checksums != after.checksums {
            return Err(NotComparable::DifferentData("their files have other checksums".to_owned()));
        }
        for (what, count) in &before.counts {
            match after.counts.get(what) {
                Some(other) if other != count => {
                    return Err(NotComparable::DifferentData(format!("{what}: {count} against {other}")));
                }
                // A label that only one of them has is a matter of the figures.
                _ => {}
            }
        }
        let value = |name: &str| after.values.iter().find(|(other, _)| other == name).map(|(_, value)| *value);
        let mut figures: Vec<ComparedFigure> = before
            .values
            .iter()
            .map(|(name, baseline)| ComparedFigure { name: name.clone(), baseline: *baseline, candidate: value(name) })
            .collect();
        let areas: Vec<(f64, f64)> = figures
            .iter()
            .filter(|figure| figure.name.ends_with(AREA))
            .filter_map(|figure| Some((figure.baseline, figure.candidate?)))
            .collect();
        if areas.len() > 1 {
            let mean = |of: fn(&(f64, f64)) -> f64| areas.iter().map(of).sum::<f64>() / areas.len() as f64;
            let (baseline, candidate) = (mean(|areas| areas.0), Some(mean(|areas| areas.1)));
            figures.push(ComparedFigure { name: format!("mean {AREA}"), baseline, candidate });
        }
        Ok(Self { figures, max_drop })
    }

    /// Whether a figure is gone, or has dropped by more than it may.
    #[must_use]
    pub fn misses(&self, figure: &ComparedFigure) -> bool {
        figure.candidate.is_none_or(|candidate| figure.baseline - candidate > self.max_drop + ROUNDING)
    }

    /// What keeps the new model out, in words; empty where nothing does.
    #[must_use]
    pub fn missed(&self) -> Vec<String> {
        let missed = self.figures.iter().filter(|figure| self.misses(figure));
        missed
            .map(|figure| match figure.candidate {
                None => format!("{}: {:.5} before, now there is none", figure.name, figure.baseline),
                Some(now) => format!(
                    "{}: {:.5} before, now {now:.5}, which is {:.5} less; at most {} is allowed",
                    figure.name,
                    figure.baseline,
                    figure.baseline - now,
                    self.max_drop
                ),
            })
            .collect()
    }

    /// By how much the figure dropped that dropped most, of those that both have.
    #[must_use]
    pub fn largest_drop(&self) -> Option<f64> {
        let drops = self.figures.iter().filter_map(|figure| Some(figure.baseline - figure.candidate?));
        drops.max_by(f64::total_cmp).map(|drop| (drop * 1e5).round() / 1e5)
    }
}

const AREA: &str = "ROC AUC";

/// What a report says, by name.
#[derive(Debug, Default)]
struct Figures {
    values: Vec<(String, f64)>,
    /// Numbers of texts; where they differ, so does the data.
    counts: BTreeMap<String, u64>,
    /// Of the files that were measured on, where the report states them.
    checksums: BTreeSet<String>,
}

impl Figures {
    fn of(report: &Value) -> Self {
        let mut found = Self::default();
        let files = ["data", "files"].into_iter().filter_map(|key| report[key].as_array()).flatten();
        found.checksums.extend(files.filter_map(|file| Some(file["sha256"].as_str()?.to_owned())));
        if let Some(rows) = report.pointer("/all/rows").and_then(Value::as_u64) {
            found.counts.insert("texts".to_owned(), rows);
        }
        for label in report.pointer("/all/labels").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = label["label"].as_str() else { continue };
            found.add(format!("{name} {AREA}"), &label["roc_auc"]);
            found.add(format!("{name} average precision"), &label["average_precision"]);
            found.count(name, label, ["positives", "negatives"]);
        }
        for (name, situation) in report["situations"].as_object().into_iter().flatten() {
            let every = &situation["every_comment"];
            found.add(format!("{name} {AREA}"), &every["auc"]);
            found.count(name, every, ["on_topic", "off_topic"]);
        }
        for (name, pairs) in report["auc"].as_object().into_iter().flatten() {
            found.add(format!("{name} {AREA}"), &pairs["auc"]);
            found.count(name, pairs, ["pairs"]);
        }
        found.add(format!("good answers {AREA}"), &report["good_answers"]);
        found
    }

    fn add(&mut self, name: String, value: &Value) {
        self.values.extend(value.as_f64().map(|value| (name, value)));
    }

    fn count<const N: usize>(&mut self, name: &str, counts: &Value, keys: [&str; N]) {
        for key in keys {
            self.counts.extend(counts[key].as_u64().map(|count| (format!("{name}, {}", key.replace('_', " ")), count)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(labels: &[(&str, Option<f64>, u64)]) -> Value {
        let labels: Vec<Value> = labels
            .iter()
            .map(|(name, auc, positives)| {
                json!({"label": name, "roc_auc": auc, "average_precision": 0.5, "positives": positives, "negatives": 9})
            })
            .collect();
        json!({"all": {"rows": 20, "labels": labels}})
    }

    fn compare(before: &Value, after: &Value) -> Result<Comparison, NotComparable> {
        Comparison::of(before, after, 0.002)
    }

    #[test]
    fn a_drop_is_measured_against_what_is_allowed() {
        let before = report(&[("a", Some(0.97554), 4), ("b", Some(0.8), 4)]);
        for (a, b, missed) in [
            (0.97554, 0.8, &[][..]),
            (0.97354, 0.9, &[]),
            (0.97353, 0.9, &["a ROC AUC: 0.97554 before, now 0.97353"]),
            (0.9, 0.797, &["a ROC AUC", "b ROC AUC", "mean ROC AUC"]),
        ] {
            let found = compare(&before, &report(&[("a", Some(a), 4), ("b", Some(b), 4)])).unwrap();
            let told = found.missed();
            assert_eq!(told.len(), missed.len(), "{told:?}");
            assert!(told.iter().zip(missed).all(|(told, missed)| told.starts_with(missed)), "{told:?}");
        }
        let found = compare(&before, &report(&[("a", Some(0.97), 4), ("b", Some(0.9), 4)])).unwrap();
        assert_eq!(found.largest_drop(), Some(0.00554));
    }

    #[test]
    fn a_label_that_is_gone_is_missed_and_a_new_one_is_not() {
        let (one, two) = (report(&[("a", Some(0.9), 4)]), report(&[("a", Some(0.9), 4), ("b", Some(0.9), 4)]));
        assert_eq!(compare(&one, &two).unwrap().missed(), Vec::<String>::new());
        let missed = compare(&two, &one).unwrap().missed();
        assert_eq!(missed.len(), 2, "{missed:?}");
        assert!(missed[0].contains("b ROC AUC: 0.90000 before, now there is none"), "{missed:?}");
        let undefined = report(&[("a", None, 4)]);
        assert_eq!(compare(&one, &undefined).unwrap().missed().len(), 1);
    }

    #[test]
    fn reports_of_other_data_and_without_figures_are_not_compared() {
        let before = report(&[("a", Some(0.9), 4)]);
        let error = compare(&before, &report(&[("a", Some(0.9), 5)])).unwrap_err();
        assert!(error.to_string().contains("a, positives: 4 against 5"), "{error}");
        let mut fewer = before.clone();
        fewer["all"]["rows"] = 19.into();
        assert!(matches!(compare(&before, &fewer), Err(NotComparable::DifferentData(_))));
        let of = |sha256: &str| {
            let mut report = before.clone();
            report["data"] = json!([{"file": "dev.jsonl", "sha256": sha256}]);
            report
        };
        assert!(matches!(compare(&of("00"), &of("11")), Err(NotComparable::DifferentData(_))));
        assert!(compare(&of("00"), &of("00")).is_ok() && compare(&before, &of("00")).is_ok());
        for none in [json!({}), json!([1]), json!({"all": 3, "situations": []}), json!({"all": {"labels": [{}, 1]}})] {
            assert_eq!(compare(&none, &before), Err(NotComparable::NoFigures("model in force")));
            assert_eq!(compare(&before, &none), Err(NotComparable::NoFigures("new model")));
        }
    }

    #[test]
    fn a_topic_report_is_compared_by_situation() {
        let report =
            |auc: f64| json!({"situations": {"title": {"every_comment": {"auc": auc, "on_topic": 3, "off_topic": 3}}}});
        assert_eq!(compare(&report(0.8), &report(0.9)).unwrap().missed().len(), 0);
        assert_eq!(compare(&report(0.8), &report(0.7)).unwrap().missed().len(), 1);
    }

    #[test]
    fn an_encoder_report_is_compared_by_kind_of_pair() {
        let report = |auc: f64, pairs: u64, answers: f64| json!({"auc": {"parent": {"auc": auc, "pairs": pairs}}, "good_answers": answers});
        let before = report(0.8, 3, 0.6);
        assert_eq!(compare(&before, &report(0.8, 3, 0.6)).unwrap().missed(), Vec::<String>::new());
        let missed = compare(&before, &report(0.8, 3, 0.5)).unwrap().missed();
        assert!(missed[0].starts_with("good answers ROC AUC: 0.6"), "{missed:?}");
        assert!(compare(&before, &report(0.7, 3, 0.6)).unwrap().missed()[0].starts_with("parent ROC AUC: 0.8"));
        assert!(matches!(compare(&before, &report(0.8, 4, 0.6)), Err(NotComparable::DifferentData(_))));
    }
}
