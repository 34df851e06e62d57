//! Where the rows come from, and how often they have each label there and in nature.

use std::collections::BTreeMap;
use std::sync::Arc;

use ndarray::Array1;

use super::manifest::SourceUse;
use crate::classify::labelled::LabelledSet;

/// Which source each row is from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sources {
    /// The home source, where any row is from it.
    pub(super) home: Option<Arc<str>>,
    /// The other sources in alphabetical order.
    others: Vec<Other>,
    /// Index into `others` by row; `None` for rows at home, and for all rows where no home is known.
    other_of_row: Vec<Option<usize>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Other {
    name: Arc<str>,
    rows: usize,
    /// Whether some row has a label and some row does not have one.
    has_both_answers: bool,
}

impl Sources {
    /// Sorts the rows by source. Where no row is from `home`, all are alike.
    pub(super) fn of(set: &LabelledSet, home: Option<&str>) -> Self {
        let mut found: BTreeMap<Arc<str>, (usize, bool, bool)> = BTreeMap::new();
        for row in &set.rows {
            let (rows, yes, no) = found.entry(Arc::clone(&row.source)).or_default();
            *rows += 1;
            *yes |= row.yes_or_no().contains(&Some(true));
            *no |= row.yes_or_no().contains(&Some(false));
        }
        let home = home.and_then(|home| found.keys().find(|source| source.as_ref() == home)).cloned();
        let others: Vec<Other> = found
            .into_iter()
            .filter(|(name, _)| home.as_ref().is_some_and(|home| name != home))
            .map(|(name, (rows, yes, no))| Other { name, rows, has_both_answers: yes && no })
            .collect();
        let index: BTreeMap<&str, usize> =
            others.iter().enumerate().map(|(at, other)| (other.name.as_ref(), at)).collect();
        let other_of_row = set.rows.iter().map(|row| index.get(row.source.as_ref()).copied()).collect();
        Self { home, others, other_of_row }
    }

    /// Number of rows.
    pub(super) fn row_count(&self) -> usize {
        self.other_of_row.len()
    }

    /// Number of sources other than the home source.
    pub(super) fn other_count(&self) -> usize {
        self.others.len()
    }

    /// For each row, which of the other sources' intercepts it has; `None` at home.
    ///
    /// A source whose answers are all the same has none: it would explain them all, and nothing would be learnt from its
    /// words.
    pub(super) fn intercept_of_rows(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        self.other_of_row.iter().map(|other| other.filter(|other| self.others[*other].has_both_answers))
    }

    /// Whether a row is from home, or no home is known.
    pub(super) fn is_home(&self, row: usize) -> bool {
        self.other_of_row[row].is_none()
    }

    /// Weights of the rows for a fit; those that `keep` leaves out get 0.
    pub(super) fn weights(&self, other_weight: f64, keep: impl Fn(usize) -> bool) -> Array1<f32> {
        (0..self.other_of_row.len())
            .map(|row| match (keep(row), self.is_home(row)) {
                (false, _) => 0.0,
                (true, true) => 1.0,
                (true, false) => other_weight as f32,
            })
            .collect()
    }

    /// What the manifest says of them.
    pub(super) fn uses(&self, other_weight: f64) -> Vec<SourceUse> {
        let at_home = self.other_of_row.iter().filter(|other| other.is_none()).count();
        let source = self.home.as_deref().unwrap_or("all").to_owned();
        let others = self.others.iter().map(|other| SourceUse {
            source: other.name.as_ref().to_owned(),
            rows: other.rows,
            weight: other_weight,
            own_intercept: other.has_both_answers,
        });
        std::iter::once(SourceUse { source, rows: at_home, weight: 1.0, own_intercept: false }).chain(others).collect()
    }
}

/// The rate of every label at home, and in nature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Priors {
    training: Vec<f64>,
    natural: Vec<f64>,
}

impl Priors {
    /// Counts the labels at home; `None` among the natural rates: the same as there.
    pub(super) fn of(set: &LabelledSet, sources: &Sources, natural: &[Option<f64>]) -> Self {
        let training: Vec<f64> = (0..set.labels.len())
            .map(|label| {
                let (mut yes, mut known) = (0_usize, 0_usize);
                for (_, row) in set.rows.iter().enumerate().filter(|(at, _)| sources.is_home(*at)) {
                    known += usize::from(row.answer(label).is_some());
                    yes += usize::from(row.answer(label) == Some(true));
                }
                // Half a row more on either side keeps the log-odds finite.
                (yes as f64 + 0.5) / (known as f64 + 1.0)
            })
            .collect();
        let natural =
            training.iter().enumerate().map(|(at, rate)| natural.get(at).copied().flatten().unwrap_or(*rate)).collect();
        Self { training, natural }
    }

    /// Share of the home rows that have each label.
    pub(super) fn training_rates(&self) -> &[f64] {
        &self.training
    }

    /// Share of real texts that have each label.
    pub(super) fn natural_rates(&self) -> &[f64] {
        &self.natural
    }

    /// Log-odds from the training rate to the natural one.
    pub(super) fn offset(&self, label: usize) -> f64 {
        let log_odds = |rate: f64| (rate / (1.0 - rate)).ln();
        log_odds(self.natural[label]) - log_odds(self.training[label])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::labelled::LabelledText;

    fn set() -> LabelledSet {
        let mut set = LabelledSet::new(vec!["a".into(), "b".into()]);
        for (source, answers) in [
            ("zoo", [Some(true), None]),
            ("home", [Some(true), None]),
            ("home", [Some(false), Some(false)]),
            ("ark", [Some(true), Some(false)]),
            ("home", [Some(false), None]),
        ] {
            set.rows.push(LabelledText::new("t", source, &answers));
        }
        set
    }

    #[test]
    fn rows_from_elsewhere_are_told_apart_and_weigh_less() {
        let sources = Sources::of(&set(), Some("home"));
        // All answers of the zoo are the same.
        assert_eq!(sources.intercept_of_rows().collect::<Vec<_>>(), [None, None, None, Some(0), None]);
        assert_eq!(sources.weights(0.5, |row| row != 2).to_vec(), [0.5, 1.0, 0.0, 0.5, 1.0]);
        let uses: Vec<(String, usize)> = sources.uses(0.5).into_iter().map(|one| (one.source, one.rows)).collect();
        assert_eq!(uses, [("home".into(), 3), ("ark".into(), 1), ("zoo".into(), 1)]);
    }

    #[test]
    fn without_a_home_all_rows_are_alike() {
        for home in [None, Some("nowhere")] {
            let sources = Sources::of(&set(), home);
            assert_eq!((sources.other_count(), sources.row_count()), (0, 5));
            assert!(sources.weights(0.5, |_| true).iter().all(|weight| (weight - 1.0).abs() < f32::EPSILON));
        }
    }

    #[test]
    fn rates_are_those_of_known_answers_at_home() {
        let set = set();
        let priors = Priors::of(&set, &Sources::of(&set, Some("home")), &[Some(0.1), None]);
        assert_eq!(priors.training_rates(), [1.5 / 4.0, 0.5 / 2.0]);
        assert_eq!(priors.natural_rates(), [0.1, 0.25]);
        let moved = (0.1_f64 / 0.9).ln() - (1.5_f64 / 2.5).ln();
        assert!((priors.offset(0) - moved).abs() < 1e-12);
        assert!(priors.offset(1).abs() < 1e-12);
    }
}
