//! The figures of a topic model as tables for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::report::{ScoredSlice, TopicReport};

impl TopicReport {
    /// The figures as tables: by situation, and for scored comments by length and by depth.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = String::new();
        let mut row = |cells: [&str; 9]| {
            let [name, comments, auc, cosine, scored, scored_auc, calibration, threshold, found] = cells;
            let line = format!(
                "{name:<16}{comments:>9}{auc:>8}{cosine:>8}{scored:>9}{scored_auc:>8}{calibration:>13}{threshold:>11}{found:>21}"
            );
            let _ = writeln!(table, "{}", line.trim_end());
        };
        row(["", "every", "", "cosine", "", "", "calibration", "", "false alarms"]);
        row(["compared with", "comment", "AUC", "alone", "scored", "AUC", "error", "threshold", "and found there"]);
        for (name, situation) in &self.situations {
            let threshold = situation.threshold;
            let shares = threshold.map_or_else(
                || "-".to_owned(),
                |it| format!("{:.1} %  {:>5.1} %", 100.0 * it.false_alarms, 100.0 * it.found),
            );
            row([
                name,
                &comments(&situation.every_comment),
                &figure(situation.every_comment.auc),
                &figure(situation.cosine_alone),
                &comments(&situation.scored),
                &figure(situation.scored.auc),
                &figure(situation.calibration_error),
                &threshold.map_or_else(|| "-".to_owned(), |it| format!("{:.3}", it.at_least)),
                &shares,
            ]);
        }
        for (title, of) in [("AUC by length", true), ("AUC by depth", false)] {
            let slices = self.situations.iter();
            let slices =
                slices.map(|(name, it)| (name.as_str(), if of { &it.by_length } else { &it.by_depth })).collect();
            table.push_str(&slices_table(title, &slices));
        }
        if let Some(threshold) = self.suggested_threshold {
            let _ =
                writeln!(table, "\nsuggested threshold  {threshold:.3}, at most 2 % false alarms in each situation");
        }
        if let Some(auc) = self.good_answers {
            let _ = writeln!(table, "\ngood answers against bad ones to the same questions  AUC {auc:.4}");
        }
        table
    }
}

/// A line for each slice, a column for each situation.
fn slices_table(title: &str, slices: &BTreeMap<&str, &BTreeMap<String, ScoredSlice>>) -> String {
    let mut names: Vec<&String> = slices.values().flat_map(|slices| slices.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut table = format!("\n{title:<16}");
    for situation in slices.keys() {
        let _ = write!(table, "{situation:>14}");
    }
    table.push('\n');
    for name in names {
        let mut line = format!("{name:<16}");
        for slices in slices.values() {
            let _ = write!(line, "{:>14}", figure(slices.get(name).and_then(|slice| slice.auc)));
        }
        let _ = writeln!(table, "{}", line.trim_end());
    }
    table
}

fn comments(slice: &ScoredSlice) -> String {
    (slice.on_topic + slice.off_topic).to_string()
}

fn figure(number: Option<f64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| format!("{number:.4}"))
}
