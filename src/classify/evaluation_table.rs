//! The figures of an evaluation as tables of plain text, for people.

use std::fmt::Write as _;

use super::bootstrap::Interval;
use super::evaluation::{Evaluation, Slice};
use super::worst_errors::{WorstErrors, WrongText};

/// How many of the worst errors are named on a terminal.
const SHOWN_ERRORS: usize = 5;

impl Evaluation {
    /// The figures as tables of plain text, for people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = format!("model {}, {} texts\n\n", self.model, self.all.rows);
        self.write_labels(&mut table);
        self.write_intervals(&mut table);
        self.write_recalls(&mut table);
        for (title, slices) in
            [("source", &self.by_source), ("length", &self.by_length), ("language", &self.by_language)]
        {
            write_slices(title, slices, &mut table);
        }
        write_errors(&self.worst_errors, &mut table);
        table
    }

    fn write_labels(&self, table: &mut String) {
        let _ = writeln!(
            table,
            "{:<18} {:>8} {:>8} {:>8} {:>8} {:>10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
            "label",
            "have it",
            "do not",
            "ROC AUC",
            "AP",
            "threshold",
            "prec.",
            "recall",
            "F1",
            "log loss",
            "Brier",
            "ECE"
        );
        for row in &self.all.labels {
            let figures = [row.roc_auc, row.average_precision, Some(row.threshold), row.precision, row.recall, row.f1];
            let [auc, ap, threshold, precision, recall, f1] = figures.map(cell);
            let [loss, brier, error] = [row.log_loss, row.brier, row.calibration_error].map(cell);
            let _ = writeln!(
                table,
                "{:<18} {:>8} {:>8} {auc:>8} {ap:>8} {threshold:>10} {precision:>8} {recall:>8} {f1:>8} {loss:>8} \
                 {brier:>8} {error:>8}",
                row.label, row.positives, row.negatives
            );
        }
        let _ = writeln!(table, "{:<18} {:>8} {:>8} {:>8}", "mean", "", "", cell(self.all.mean_roc_auc));
    }

    fn write_intervals(&self, table: &mut String) {
        if self.all.labels.iter().all(|label| label.intervals.is_none()) {
            return;
        }
        let _ = writeln!(table, "\n{:<18} {:>18} {:>18} {:>18}", "95 % interval", "ROC AUC", "AP", "F1");
        for row in &self.all.labels {
            let intervals = row.intervals.unwrap_or_default();
            let [auc, ap, f1] = [intervals.roc_auc, intervals.average_precision, intervals.f1].map(range);
            let _ = writeln!(table, "{:<18} {auc:>18} {ap:>18} {f1:>18}", row.label);
        }
        let _ = writeln!(table, "{:<18} {:>18}", "mean", range(self.all.mean_roc_auc_interval));
    }

    fn write_recalls(&self, table: &mut String) {
        let longest = self.all.labels.iter().max_by_key(|label| label.precision_at_recall.len());
        let Some(longest) = longest.filter(|label| !label.precision_at_recall.is_empty()) else { return };
        let recalls: Vec<f64> = longest.precision_at_recall.iter().map(|point| point.recall).collect();
        let _ = write!(table, "\n{:<18}", "precision at");
        for recall in &recalls {
            let _ = write!(table, " {:>16}", format!("recall {recall}"));
        }
        table.push('\n');
        for row in &self.all.labels {
            let _ = write!(table, "{:<18}", row.label);
            for at in 0..recalls.len() {
                let _ = write!(table, " {:>16}", cell(row.precision_at_recall.get(at).map(|point| point.precision)));
            }
            table.push('\n');
        }
    }
}

fn write_slices(title: &str, slices: &[Slice], table: &mut String) {
    // One slice of texts that state nothing says nothing.
    let Some(first) = slices.first().filter(|first| slices.len() > 1 || first.name != "unstated") else { return };
    let _ = write!(table, "\n{:<28} {:>8} {:>8}", format!("ROC AUC by {title}"), "texts", "mean");
    for row in &first.labels {
        let _ = write!(table, " {:>16}", row.label);
    }
    table.push('\n');
    for slice in slices {
        let _ = write!(table, "{:<28} {:>8} {:>8}", slice.name, slice.rows, cell(slice.mean_roc_auc));
        for row in &slice.labels {
            let _ = write!(table, " {:>16}", cell(row.roc_auc));
        }
        table.push('\n');
    }
}

fn write_errors(errors: &[WorstErrors], table: &mut String) {
    for WorstErrors { label, false_positives, false_negatives } in errors {
        for (kind, texts) in [("yes, wrongly", false_positives), ("no, wrongly", false_negatives)] {
            if !texts.is_empty() {
                let named = |text: &WrongText| format!("{} ({:.4})", text.id, text.score);
                let named: Vec<String> = texts.iter().take(SHOWN_ERRORS).map(named).collect();
                let _ = writeln!(table, "\n{label}: worst {kind}: {}", named.join(", "));
            }
        }
    }
}

fn cell(figure: Option<f64>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.4}"))
}

fn range(interval: Option<Interval>) -> String {
    interval.map_or_else(|| "-".to_owned(), |interval| format!("{:.4} to {:.4}", interval.low, interval.high))
}
