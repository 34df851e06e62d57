//! Texts that stand in a set more than once, and labels that have one class only.

use std::collections::HashMap;

use super::fingerprint::fingerprint;
use crate::classify::labelled::{LabelledSet, LabelledText};
use crate::domain::Origin;

/// How many places are named.
pub(super) const NAMED_PLACES: usize = 20;

/// Texts that occur more than once, but for case, white space and punctuation.
///
/// They are kept, the contradicting ones too: where people disagree, the truth lies between.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repeats {
    /// Rows whose text stood in an earlier row.
    pub repeated_rows: usize,
    /// Those of them that answer a label the other way than the first row with the text.
    pub contradicting_rows: usize,
    /// The first twenty contradicting rows, each with the row that it contradicts.
    pub first_contradicting: Vec<(Origin, Origin)>,
}

impl Repeats {
    /// In words, a line for each finding; empty where there is none.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.repeated_rows > 0 {
            lines.push(format!("{} rows repeat the text of an earlier row; they are kept", self.repeated_rows));
        }
        if self.contradicting_rows > 0 {
            let pairs: Vec<String> =
                self.first_contradicting.iter().map(|(row, earlier)| format!("{row} against {earlier}")).collect();
            lines.push(format!(
                "{} of them have the opposite label; they are kept: {}",
                self.contradicting_rows,
                listed(pairs, self.contradicting_rows)
            ));
        }
        lines
    }
}

/// Places in words, with a sign that there are more.
pub(super) fn listed(mut places: Vec<String>, count: usize) -> String {
    if places.len() < count {
        places.push("…".to_owned());
    }
    places.join(", ")
}

/// Finds repeated texts, and which of the repeats contradict the first one.
#[must_use]
pub fn find_repeats(set: &LabelledSet) -> Repeats {
    let mut first: HashMap<u64, usize> = HashMap::with_capacity(set.rows.len());
    let mut repeats = Repeats::default();
    for (at, row) in set.rows.iter().enumerate() {
        let earlier = *first.entry(fingerprint(&row.text)).or_insert(at);
        if earlier == at {
            continue;
        }
        repeats.repeated_rows += 1;
        let earlier = &set.rows[earlier];
        if contradicts(earlier, row) {
            repeats.contradicting_rows += 1;
            if repeats.first_contradicting.len() < NAMED_PLACES {
                repeats.first_contradicting.push((row.origin.clone(), earlier.origin.clone()));
            }
        }
    }
    repeats
}

fn contradicts(earlier: &LabelledText, row: &LabelledText) -> bool {
    let differ = |(one, other): (Option<bool>, Option<bool>)| one.is_some() && other.is_some() && one != other;
    earlier.yes_or_no().into_iter().zip(row.yes_or_no()).any(differ)
}

/// A label that all texts have, or none has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneSidedLabel {
    /// The label.
    pub label: String,
    /// Texts that have it.
    pub positives: usize,
    /// Texts that do not.
    pub negatives: usize,
}

impl std::fmt::Display for OneSidedLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { label, positives, negatives } = self;
        write!(f, "label `{label}`: {positives} texts have it and {negatives} do not; both are needed")
    }
}

/// The labels of a set that have texts of one class only, or none at all. Nothing can be learned about them, and little
/// be measured.
#[must_use]
pub fn one_sided_labels(set: &LabelledSet) -> Vec<OneSidedLabel> {
    let counted = set.labels.iter().enumerate().map(|(at, label)| {
        let (positives, negatives) = set.class_counts(at);
        OneSidedLabel { label: label.clone(), positives, negatives }
    });
    counted.filter(|label| label.positives == 0 || label.negatives == 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(rows: &[(&str, [Option<bool>; 2])]) -> LabelledSet {
        let mut set = LabelledSet::new(vec!["a".into(), "b".into()]);
        for (at, (text, answers)) in rows.iter().enumerate() {
            let origin = Origin::new("rows.csv".into(), at as u64 + 1);
            set.rows.push(LabelledText { origin, ..LabelledText::new(*text, "", answers) });
        }
        set
    }

    #[test]
    fn contradictions_are_named_by_line() {
        let (yes, no) = (Some(true), Some(false));
        let set = set(&[
            ("Well said.", [yes, None]),
            ("so it is", [no, no]),
            ("well said", [yes, no]),
            ("WELL said!", [no, no]),
            ("So it is", [None, yes]),
        ]);
        let repeats = find_repeats(&set);
        assert_eq!((repeats.repeated_rows, repeats.contradicting_rows), (3, 2));
        let lines = repeats.describe();
        assert!(lines[0].starts_with("3 rows repeat"), "{lines:?}");
        assert!(lines[1].ends_with("rows.csv:4 against rows.csv:1, rows.csv:5 against rows.csv:2"), "{lines:?}");
        assert!(find_repeats(&LabelledSet::new(vec![])).describe().is_empty());
    }

    #[test]
    fn many_contradictions_are_named_in_part() {
        let mut rows = vec![("same", [Some(true), None])];
        rows.extend(vec![("same", [Some(false), None]); 25]);
        let repeats = find_repeats(&set(&rows));
        assert_eq!((repeats.contradicting_rows, repeats.first_contradicting.len()), (25, NAMED_PLACES));
        assert!(repeats.describe()[1].ends_with(", …"));
    }

    #[test]
    fn labels_of_one_class_are_found() {
        let set = set(&[("a", [Some(true), Some(true)]), ("b", [Some(false), Some(true)]), ("c", [None, None])]);
        let told: Vec<String> = one_sided_labels(&set).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["label `b`: 2 texts have it and 0 do not; both are needed"]);
    }
}
