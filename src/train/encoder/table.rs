//! The figures of an encoder as tables for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::report::{EncoderReport, PairFigures};

impl EncoderReport {
    /// The figures as tables: all pairs, then by the comment's length and depth.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = part("compared with", &self.auc);
        for (title, figures) in [("by length", &self.by_length), ("by depth", &self.by_depth)] {
            if !figures.is_empty() {
                table.push('\n');
                table.push_str(&part(title, figures));
            }
        }
        if let Some(auc) = self.good_answers {
            let _ = writeln!(table, "\ngood answers against bad ones to the same questions  AUC {auc:.4}");
        }
        table
    }
}

fn part(title: &str, figures: &BTreeMap<String, PairFigures>) -> String {
    let mut table = format!("{title:<24}{:>9}{:>9}\n", "pairs", "AUC");
    for (name, figures) in figures {
        let auc = figures.auc.map_or_else(|| "-".to_owned(), |auc| format!("{auc:.4}"));
        let _ = writeln!(table, "{name:<24}{:>9}{auc:>9}", figures.pairs);
    }
    table
}
