//! Scores the test rows with a model and adds the figures up.

use crate::classify::linear_model::LinearModel;
use crate::classify::metrics::{Scored, roc_auc};
use crate::domain::Probability;
use crate::text::features::{Featuriser, HashedText};

use super::report::{BiasFigures, BiasReport, MeanFigures, SubgroupScore, power_mean, rounded};
use super::rows::{Half, Row, rows};
use super::tables::TableError;

/// The group of the words that are no identity.
pub(super) const CONTROL: &str = "control";

/// Why a model's bias cannot be measured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// The model does not know the label.
    #[error("the model has no label `{label}`\n  hint: its labels are {known}")]
    UnknownLabel {
        /// The label that was asked for.
        label: String,
        /// The model's.
        known: String,
    },
    /// The templates say nothing about the label, or nothing but yes or nothing but no.
    #[error("the templates do not answer the label `{label}`\n  hint: they answer {known}")]
    UnansweredLabel {
        /// The label that was asked for.
        label: String,
        /// Those that the templates answer.
        known: String,
    },
    /// A table in the program is broken.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Scores every test row that answers a label, and compares the terms with each other (Borkan and others, *Nuanced
/// metrics for measuring unintended bias with real data for text classification*, 2019).
///
/// # Errors
/// Where the model has no such label, or the templates do not answer it.
pub fn measure(model: &LinearModel, label: &str) -> Result<BiasReport, MeasureError> {
    let Some(at) = model.labels().iter().position(|known| &*known.name == label) else {
        let known: Vec<&str> = model.labels().iter().map(|known| &*known.name).collect();
        return Err(MeasureError::UnknownLabel { label: label.to_owned(), known: known.join(", ") });
    };
    let mut featuriser = Featuriser::new();
    let mut hashed = HashedText::default();
    let mut log_odds = Vec::new();
    let rows = rows(Half::Test)?;
    let scores = rows.iter().map(|row| {
        featuriser.extract(&row.text, &mut hashed);
        model.score(&hashed, &mut log_odds);
        log_odds[at]
    });
    let measured = Measured::of(&rows, scores, label)?;
    Ok(measured.report(model.citation(), label, model.labels()[at].threshold))
}

/// The rows that answer the label, with their scores.
struct Measured<'a> {
    rows: Vec<(&'a Row, Scored)>,
}

impl<'a> Measured<'a> {
    fn of(rows: &'a [Row], scores: impl Iterator<Item = f64>, label: &str) -> Result<Self, MeasureError> {
        let answered: Vec<(&Row, Scored)> =
            rows.iter().zip(scores).filter_map(|(row, score)| Some((row, (score, row.answer(label)?)))).collect();
        if [true, false].iter().any(|class| answered.iter().all(|(_, (_, positive))| positive != class)) {
            let known: std::collections::BTreeSet<&str> =
                rows.iter().flat_map(|row| row.labels.keys().copied()).collect();
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(MeasureError::UnansweredLabel { label: label.to_owned(), known });
        }
        Ok(Self { rows: answered })
    }

    /// The names in the order of the rows, each once.
    fn names(&self, of: impl Fn(&Row) -> &'static str) -> Vec<&'static str> {
        let mut names = Vec::new();
        for (row, _) in &self.rows {
            if !names.contains(&of(row)) {
                names.push(of(row));
            }
        }
        names
    }

    fn figures(&self, threshold: f64, belongs: impl Fn(&Row) -> bool) -> BiasFigures {
        let pick = |wanted: &dyn Fn(bool, bool) -> bool| -> Vec<Scored> {
            let of_kind = self.rows.iter().filter(|(row, (_, positive))| wanted(belongs(row), *positive));
            of_kind.map(|(_, scored)| *scored).collect()
        };
        let within = pick(&|inside, _| inside);
        let share_of = |positive: bool| {
            let of_class: Vec<&Scored> = within.iter().filter(|(_, answer)| *answer == positive).collect();
            let wrong = of_class
                .iter()
                .filter(|(score, _)| (Probability::from_log_odds(*score).get() >= threshold) != positive)
                .count();
            (!of_class.is_empty()).then(|| wrong as f64 / of_class.len() as f64)
        };
        BiasFigures {
            subgroup_auc: rounded(roc_auc(&within)),
            bpsn_auc: rounded(roc_auc(&pick(&|inside, positive| inside != positive))),
            bnsp_auc: rounded(roc_auc(&pick(&|inside, positive| inside == positive))),
            false_positive_rate: rounded(share_of(false)),
            false_negative_rate: rounded(share_of(true)),
        }
    }

    fn subgroup(&self, name: &str, threshold: f64, belongs: impl Fn(&Row) -> bool) -> SubgroupScore {
        let inside: Vec<&&Row> = self.rows.iter().map(|(row, _)| row).filter(|row| belongs(row)).collect();
        SubgroupScore {
            name: name.to_owned(),
            group: inside.first().map(|row| row.group.to_owned()).unwrap_or_default(),
            in_train: None,
            rows: inside.len(),
            figures: self.figures(threshold, belongs),
        }
    }

    fn report(&self, model: &str, label: &str, threshold: f64) -> BiasReport {
        let by_term = |name: &'static str| {
            let in_train = self.rows.iter().any(|(row, _)| row.term == name && row.in_train);
            SubgroupScore { in_train: Some(in_train), ..self.subgroup(name, threshold, |row| row.term == name) }
        };
        let by_group = |name: &'static str| self.subgroup(name, threshold, |row| row.group == name);
        let mut terms: Vec<SubgroupScore> = self.names(|row| row.term).into_iter().map(by_term).collect();
        // Worst first; terms that are equal stay in the order of the table.
        terms.sort_by(|left, right| left.figures.worst().total_cmp(&right.figures.worst()));
        let all: Vec<Scored> = self.rows.iter().map(|(_, scored)| *scored).collect();
        let positives = all.iter().filter(|(_, positive)| *positive).count();
        let mean_of = |wanted: &dyn Fn(bool) -> bool| {
            let chosen: Vec<&SubgroupScore> =
                terms.iter().filter(|term| term.group != CONTROL && wanted(term.in_train == Some(true))).collect();
            let mean = |figure: &dyn Fn(&BiasFigures) -> Option<f64>| {
                power_mean(chosen.iter().map(|term| figure(&term.figures)))
            };
            MeanFigures {
                terms: chosen.len(),
                subgroup_auc: mean(&|figures| figures.subgroup_auc),
                bpsn_auc: mean(&|figures| figures.bpsn_auc),
                bnsp_auc: mean(&|figures| figures.bnsp_auc),
            }
        };
        BiasReport {
            model: model.to_owned(),
            label: label.to_owned(),
            rows: all.len(),
            positives,
            threshold,
            overall_auc: rounded(roc_auc(&all)),
            mean: mean_of(&|_| true),
            mean_of_terms_in_train: mean_of(&|in_train| in_train),
            mean_of_other_terms: mean_of(&|in_train| !in_train),
            groups: self.names(|row| row.group).into_iter().map(by_group).collect(),
            terms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn row(term: &'static str, group: &'static str, toxic: u8) -> Row {
        Row {
            id: String::new(),
            text: String::new(),
            labels: BTreeMap::from([("toxicity", toxic)]),
            source: super::super::SOURCE,
            term,
            group,
            in_train: term != "c",
        }
    }

    /// Term `a`: civil 1, 2; toxic 3, 8. Term `b`: civil 4, 5; toxic 6, 7. Term `c`: civil 0, toxic 9.
    fn measured(rows: &[Row]) -> BiasReport {
        let scores = [1.0, 2.0, 3.0, 8.0, 4.0, 5.0, 6.0, 7.0, 0.0, 9.0];
        let threshold = Probability::from_log_odds(4.5).get();
        Measured::of(rows, scores.into_iter(), "toxicity").unwrap().report("m@1", "toxicity", threshold)
    }

    fn rows_of_three() -> Vec<Row> {
        let of = |term, group| [0, 0, 1, 1].map(|toxic| row(term, group, toxic));
        [&of("a", "one")[..], &of("b", "two"), &[row("c", CONTROL, 0), row("c", CONTROL, 1)]].concat()
    }

    #[test]
    fn figures_are_those_worked_out_by_hand() {
        let report = measured(&rows_of_three());
        assert_eq!((report.rows, report.positives), (10, 5));
        // 3 loses against 4 and 5: 23 of 25 pairs are right.
        assert_eq!(report.overall_auc, Some(0.92));
        let term = |name: &str| report.terms.iter().find(|term| term.name == name).unwrap();
        let a = &term("a").figures;
        assert_eq!(a.subgroup_auc, Some(1.0), "1 2 against 3 8");
        assert_eq!(a.bpsn_auc, Some(1.0), "civil 1 2 against the others' toxic 6 7 9");
        assert_eq!(a.bnsp_auc, Some(0.66667), "toxic 3 8 against the others' civil 4 5 0");
        assert_eq!((a.false_positive_rate, a.false_negative_rate), (Some(0.0), Some(0.5)));
        let b = &term("b").figures;
        assert_eq!(b.bpsn_auc, Some(0.66667), "civil 4 5 against the others' toxic 3 8 9");
        assert_eq!((b.bnsp_auc, b.false_positive_rate), (Some(1.0), Some(0.5)));
        assert_eq!(term("c").rows, 2);
    }

    #[test]
    fn means_leave_the_control_terms_out_and_part_the_terms_by_what_training_may_know() {
        let report = measured(&rows_of_three());
        assert_eq!(report.mean.terms, 2);
        let expected = f64::midpoint(1.0, 0.66667_f64.powi(-5)).powf(-0.2);
        assert!((report.mean.bpsn_auc.unwrap() - expected).abs() < 1e-5, "{:?}", report.mean);
        assert_eq!(report.mean_of_terms_in_train, report.mean);
        assert_eq!((report.mean_of_other_terms.terms, report.mean_of_other_terms.bpsn_auc), (0, None));
    }

    #[test]
    fn worst_terms_come_first_and_groups_keep_their_order() {
        let report = measured(&rows_of_three());
        let names = |scores: &[SubgroupScore]| scores.iter().map(|score| score.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&report.terms), ["a", "b", "c"]);
        assert_eq!(names(&report.groups), ["one", "two", CONTROL]);
    }

    #[test]
    fn a_label_of_one_class_only_is_refused() {
        let rows = [row("a", "one", 0), row("b", "one", 0)];
        let Err(error) = Measured::of(&rows, [0.0, 1.0].into_iter(), "toxicity") else { panic!("one class") };
        assert!(error.to_string().contains("hint: they answer toxicity"), "{error}");
        assert!(Measured::of(&rows, [0.0, 1.0].into_iter(), "spam").is_err());
    }
}
