//! What a system got right on the rows: by language, by length, and what it took for what.

use std::collections::BTreeMap;

use crate::language::{family, is_south_slavic};
use crate::rows::Row;
use crate::system::{Answer, Status};

/// Lengths in characters: the upper bound of each bucket, and its heading.
pub const BUCKETS: [(usize, &str); 5] =
    [(20, "≤ 20"), (50, "21-50"), (100, "51-100"), (300, "101-300"), (usize::MAX, "> 300")];

/// Rows, and how many of them were right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All rows.
    pub rows: usize,
    /// Those that were right.
    pub right: usize,
}

impl Tally {
    fn add(&mut self, is_right: bool) {
        self.rows += 1;
        self.right += usize::from(is_right);
    }

    /// The share that was right, 0..=1; `None` without rows.
    pub fn share(self) -> Option<f64> {
        (self.rows > 0).then(|| self.right as f64 / self.rows as f64)
    }
}

/// The figures of one system on one file.
#[derive(Debug, Default)]
pub struct Figures {
    /// By language as the rows state it; any of a family is right (`hr` for `sr`, `no` for `nb`).
    pub by_language: BTreeMap<String, Tally>,
    /// The same, but only the very language that the row states is right.
    pub exact_by_language: BTreeMap<String, Tally>,
    /// By length, in the order of [`BUCKETS`]; any of a family is right.
    pub by_length: [Tally; BUCKETS.len()],
    /// By status, in the order known, unsure, too short; any of a family is right.
    pub by_status: [Tally; 3],
    /// Rows in `bs`, `hr`, `sr` for which the system named one of the three, and how often it was the right one.
    pub committed: BTreeMap<String, Tally>,
    /// What was taken for what, families apart, and how often.
    pub confusions: BTreeMap<(String, String), usize>,
}

impl Figures {
    /// Compares the answers with the rows that they are to; both in the same order.
    pub fn new(rows: &[Row], answers: &[Answer]) -> Self {
        let mut figures = Self::default();
        for (row, answer) in rows.iter().zip(answers) {
            figures.add(row, answer);
        }
        figures
    }

    fn add(&mut self, row: &Row, answer: &Answer) {
        let is_exact = row.lang == answer.code;
        let is_right = family(&row.lang) == family(&answer.code);
        self.by_language.entry(row.lang.clone()).or_default().add(is_right);
        self.exact_by_language.entry(row.lang.clone()).or_default().add(is_exact);
        let length = row.text.chars().count();
        if let Some((tally, _)) = self.by_length.iter_mut().zip(BUCKETS).find(|(_, (most, _))| length <= *most) {
            tally.add(is_right);
        }
        self.by_status[match answer.status {
            Status::Known => 0,
            Status::Unsure => 1,
            Status::TooShort => 2,
        }]
        .add(is_right);
        if is_south_slavic(&row.lang) && row.lang != "hbs" {
            let tally = self.committed.entry(row.lang.clone()).or_default();
            if is_south_slavic(&answer.code) && answer.code != "hbs" {
                tally.add(is_exact);
            }
        }
        if !is_right {
            *self.confusions.entry((row.lang.clone(), answer.code.clone())).or_default() += 1;
        }
    }

    /// The mean of the shares of the languages that `counts` holds for, and how many they are; each weighs the same.
    pub fn macro_mean(tallies: &BTreeMap<String, Tally>, counts: impl Fn(&str, Tally) -> bool) -> Option<(f64, usize)> {
        let shares: Vec<f64> = tallies
            .iter()
            .filter(|(code, tally)| counts(code, **tally))
            .filter_map(|(_, tally)| tally.share())
            .collect();
        (!shares.is_empty()).then(|| (shares.iter().sum::<f64>() / shares.len() as f64, shares.len()))
    }

    /// What was taken for what, the most frequent first, ties by name.
    pub fn top_confusions(&self) -> Vec<(&str, &str, usize)> {
        let mut all: Vec<_> =
            self.confusions.iter().map(|((stated, said), count)| (stated.as_str(), said.as_str(), *count)).collect();
        all.sort_by(|one, other| other.2.cmp(&one.2).then_with(|| one.cmp(other)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(pairs: &[(&str, &str)]) -> Figures {
        let row = |lang: &str| Row { lang: lang.to_owned(), text: "x".repeat(21), source: String::new() };
        let rows: Vec<Row> = pairs.iter().map(|(stated, _)| row(stated)).collect();
        let answers: Vec<Answer> = pairs.iter().map(|(_, said)| Answer::of(Some((*said).to_owned()))).collect();
        Figures::new(&rows, &answers)
    }

    #[test]
    fn a_family_is_right_but_not_exact() {
        let found = figures(&[("sr", "hr"), ("sr", "sr"), ("sr", "hbs"), ("sr", "sl"), ("nb", "no")]);
        assert_eq!(found.by_language["sr"], Tally { rows: 4, right: 3 });
        assert_eq!(found.exact_by_language["sr"], Tally { rows: 4, right: 1 });
        assert_eq!(found.committed["sr"], Tally { rows: 2, right: 1 });
        assert_eq!(found.by_language["nb"], Tally { rows: 1, right: 1 });
        assert_eq!(found.by_length[1], Tally { rows: 5, right: 4 });
        assert_eq!(found.top_confusions(), [("sr", "sl", 1)]);
    }

    #[test]
    fn each_language_weighs_the_same_in_the_mean() {
        let found = figures(&[("de", "de"), ("de", "de"), ("de", "de"), ("nl", "af")]);
        assert_eq!(Figures::macro_mean(&found.by_language, |_, _| true), Some((0.5, 2)));
        assert_eq!(Figures::macro_mean(&found.by_language, |_, tally| tally.rows > 1), Some((1.0, 1)));
        assert_eq!(Figures::macro_mean(&found.by_language, |code, _| code == "xh"), None);
    }

    #[test]
    fn silence_is_too_short_and_wrong() {
        let row = Row { lang: "en".to_owned(), text: "ok".to_owned(), source: String::new() };
        let found = Figures::new(&[row], &[Answer::of(None)]);
        assert_eq!(found.by_status[2], Tally { rows: 1, right: 0 });
        assert_eq!(found.top_confusions(), [("en", "und", 1)]);
    }
}
