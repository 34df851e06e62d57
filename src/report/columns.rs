//! The scores of all comments, a column for each label, in ten-thousandths.

use rustc_hash::FxHashMap;

use super::record_line::RecordLine;

/// Where a comment has no such score.
pub(super) const ABSENT: u16 = u16::MAX;
/// A score of 1.
pub(super) const ONE: u16 = 10_000;
/// Bars of a distribution.
pub(super) const BINS: usize = 20;
/// More labels than any site has; what comes beyond is left out.
const MAX_LABELS: usize = 64;
/// Numbers that policy can compare which are no labels of a tone model; their columns come last, in this order.
const OTHERS: [&str; 5] = ["off_topic", "relevance:article", "relevance:parent", "relevance:thread", "untranslated"];

/// All scores.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Columns {
    all: Vec<Column>,
    places: FxHashMap<String, usize>,
    rows: usize,
}

/// The scores of one label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) label: String,
    /// One for each comment.
    pub(super) scores: Vec<u16>,
}

/// A score in ten-thousandths.
#[allow(clippy::cast_sign_loss, reason = "it is clamped")]
pub(super) fn ten_thousandths(score: f64) -> u16 {
    // Lossless for what records hold: four decimals between 0 and 1.
    (score * f64::from(ONE)).round().clamp(0.0, f64::from(ONE)) as u16
}

/// The least score in ten-thousandths that reaches a threshold.
#[allow(clippy::cast_sign_loss, reason = "it is clamped")]
pub(super) fn least_reaching(threshold: f64) -> u16 {
    // Scores have four decimals; a threshold may have more. The margin is for thresholds that have four, too.
    (threshold * f64::from(ONE) - 1e-6).ceil().clamp(0.0, f64::from(ONE) + 1.0) as u16
}

impl Columns {
    /// Adds the scores of the next comment.
    pub(super) fn push(&mut self, record: &RecordLine) {
        for (label, score) in &record.tone.scores.0 {
            self.put(label, *score);
        }
        for label in OTHERS {
            if let Some(score) = record.score(label) {
                self.put(label, score);
            }
        }
        self.rows += 1;
    }

    fn put(&mut self, label: &str, score: f64) {
        let place = match self.places.get(label) {
            Some(place) => *place,
            None if self.all.len() < MAX_LABELS => {
                self.all.push(Column { label: label.to_owned(), scores: Vec::new() });
                self.places.insert(label.to_owned(), self.all.len() - 1);
                self.all.len() - 1
            }
            None => return,
        };
        if let Some(column) = self.all.get_mut(place).filter(|column| column.scores.len() <= self.rows) {
            column.scores.resize(self.rows, ABSENT);
            column.scores.push(ten_thousandths(score));
        }
    }

    /// Brings all columns to their full length, and into order.
    pub(super) fn finish(&mut self) {
        for column in &mut self.all {
            column.scores.resize(self.rows, ABSENT);
        }
        let place =
            |column: &Column| OTHERS.iter().position(|other| *other == column.label).map_or(0, |place| place + 1);
        self.all.sort_by_key(place);
        self.places = self.all.iter().enumerate().map(|(place, column)| (column.label.clone(), place)).collect();
    }

    /// The column of a label.
    pub(super) fn of(&self, label: &str) -> Option<&Column> {
        self.places.get(label).and_then(|place| self.all.get(*place))
    }

    /// The columns, labels of tone models first.
    pub(super) fn all(&self) -> &[Column] {
        &self.all
    }

    /// The score of a comment.
    pub(super) fn score(&self, label: &str, row: usize) -> Option<u16> {
        self.of(label).and_then(|column| column.at(row))
    }
}

impl Column {
    /// The score of a comment.
    pub(super) fn at(&self, row: usize) -> Option<u16> {
        self.scores.get(row).copied().filter(|score| *score != ABSENT)
    }

    /// How many comments have a score.
    pub(super) fn scored(&self) -> usize {
        self.scores.iter().filter(|score| **score != ABSENT).count()
    }

    /// How many comments score in each twentieth; a score on an edge belongs to the one above it, 1 to the last.
    pub(super) fn distribution(&self) -> [u64; BINS] {
        let mut bins = [0; BINS];
        for score in self.scores.iter().filter(|score| **score != ABSENT) {
            if let Some(bin) = bins.get_mut(bin_of(*score)) {
                *bin += 1;
            }
        }
        bins
    }
}

/// The twentieth that a score falls in.
pub(super) fn bin_of(score: u16) -> usize {
    (usize::from(score) * BINS / usize::from(ONE)).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::super::record_line::tests::record;
    use super::*;

    fn columns(scores: &[&[(&str, f64)]]) -> Columns {
        let mut columns = Columns::default();
        for scores in scores {
            let line = record(|record| {
                record["topic"] = serde_json::json!({"absent": "no_context"});
                record["tone"]["scores"] = scores
                    .iter()
                    .map(|(label, score)| ((*label).to_owned(), serde_json::Value::from(*score)))
                    .collect();
            });
            columns.push(&RecordLine::parse(&serde_json::to_vec(&line).unwrap()).unwrap());
        }
        columns.finish();
        columns
    }

    #[test]
    fn columns_are_as_long_as_there_are_comments() {
        let columns = columns(&[&[("a", 0.5)], &[], &[("b", 1.0), ("a", 0.1234)], &[("a", 0.0)]]);
        let found: Vec<_> =
            columns.all().iter().map(|column| (column.label.as_str(), column.scores.as_slice())).collect();
        assert_eq!(found, [("a", &[5_000, ABSENT, 1_234, 0][..]), ("b", &[ABSENT, ABSENT, 10_000, ABSENT])]);
        assert_eq!((columns.score("a", 1), columns.score("a", 2), columns.score("c", 0)), (None, Some(1_234), None));
        assert_eq!(columns.of("b").unwrap().scored(), 1);
    }

    #[test]
    fn other_numbers_come_behind_labels() {
        let mut columns = Columns::default();
        for line in [record(|record| record["tone"] = serde_json::json!({"absent": "no_text"})), record(|_| {})] {
            columns.push(&RecordLine::parse(&serde_json::to_vec(&line).unwrap()).unwrap());
        }
        columns.finish();
        let labels: Vec<&str> = columns.all().iter().map(|column| column.label.as_str()).collect();
        assert_eq!(labels.last(), Some(&"relevance:article"));
        assert_eq!(labels.iter().position(|label| *label == "off_topic"), Some(labels.len() - 2));
        assert_eq!(columns.score("off_topic", 0), Some(2_000));
    }

    #[test]
    fn thresholds_are_reached_as_policy_reaches_them() {
        for threshold in [0.0, 0.1, 0.3, 0.3333, 0.333_33, 0.5, 0.57, 0.9, 0.999_99, 1.0] {
            for score in (0..=ONE).step_by(7).chain([3_333, 3_334, 5_700, 9_999, ONE]) {
                let real = f64::from(score) / f64::from(ONE);
                assert_eq!(score >= least_reaching(threshold), real >= threshold, "{score} {threshold}");
                assert_eq!(ten_thousandths(real), score);
            }
        }
    }

    #[test]
    fn distributions_count_every_score_once() {
        let scores = [0.0, 0.0499, 0.05, 0.5, 0.9999, 1.0].map(|score| [("a", score)]);
        let rows: Vec<&[(&str, f64)]> = scores.iter().map(<[_; 1]>::as_slice).chain([&[][..]]).collect();
        let bins = columns(&rows).of("a").unwrap().distribution();
        assert_eq!((bins[0], bins[1], bins[10], bins[19]), (2, 1, 1, 2));
        assert_eq!(bins.iter().sum::<u64>(), 6);
    }
}
