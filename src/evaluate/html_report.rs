//! A report for people: one HTML file with everything in it, plots too; it loads nothing and runs nothing.

use std::fmt::Write as _;

use super::gate::GateOutcome;
use super::svg_plot::{Plot, escape};
use crate::classify::bootstrap::Interval;
use crate::classify::evaluation::{Evaluation, LabelCurves, LabelFigures, Measurement, Slice};
use crate::classify::worst_errors::{WorstErrors, WrongText};

const STYLE: &str = include_str!("report_style.css");

const EXPLANATION: &str = "<h2 id=\"reading\">How to read it</h2><dl>\
    <dt>ROC AUC</dt><dd>The chance that a text which has the label scores above one which has not. 0.5 is chance, 1 is \
    perfect. It does not depend on the threshold, nor on how rare the label is.</dd>\
    <dt>AP</dt><dd>Average precision: precision, averaged over the texts that have the label, from the best score down. \
    Chance gives the share of texts that have it, so compare it only on the same texts.</dd>\
    <dt>Precision, recall, F1</dt><dd>At the model’s threshold: how many of the yeses are right, how many of the texts \
    that have the label are found, and the harmonic mean of the two.</dd>\
    <dt>Log loss, Brier, ECE</dt><dd>How far the scores can be taken as probabilities; 0 is best. ECE, the expected \
    calibration error, is the distance between score and truth in ten bins of equal width, weighted by their texts. If \
    the label is more or less common among these texts than among those that the model was made for, ECE shows that \
    too.</dd>\
    <dt>Intervals</dt><dd>The small figures are 95 % confidence intervals, from drawing the texts anew 200 times. \
    Where two models’ intervals overlap widely, these texts do not tell them apart.</dd>\
    <dt>Plots</dt><dd>Dashed lines are chance, or, for calibration, scores that are right. The dot on precision and \
    recall is the model’s threshold. Under calibration each dot is a bin, a larger one more texts; above the line the \
    scores are too low, below it too high.</dd></dl>";

/// The report as HTML. Same figures, same bytes. Texts are named by id or place, never by their words.
#[must_use]
pub fn html_report(measured: &Measurement, gate: Option<&GateOutcome>) -> String {
    let evaluation = &measured.evaluation;
    let model = escape(&evaluation.model);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Figures of {model}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Figures of {model}</h1>\n"
    );
    let _ = writeln!(page, "<p>Measured on {} texts{}.</p>", evaluation.all.rows, files(evaluation));
    write_links(evaluation, &mut page);
    if let Some(gate) = gate {
        write_gate(gate, &mut page);
    }
    write_figures(evaluation, &mut page);
    page.push_str(EXPLANATION);
    for (figures, curves) in evaluation.all.labels.iter().zip(&measured.curves) {
        let errors = evaluation.worst_errors.iter().find(|errors| errors.label == figures.label);
        write_label(figures, curves, errors, &mut page);
    }
    page.push_str(
        "\n<h2 id=\"slices\">By source, length and language</h2>\n<p>ROC AUC on parts of the texts; a dash \
                   where a part has no text with the label, or none without it. Few texts make unsure figures.</p>\n",
    );
    for (title, slices) in [
        ("source", &evaluation.by_source),
        ("length in characters", &evaluation.by_length),
        ("language", &evaluation.by_language),
    ] {
        write_slices(title, slices, &mut page);
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn files(evaluation: &Evaluation) -> String {
    if evaluation.data.is_empty() {
        return String::new();
    }
    let named = |file: &crate::classify::evaluation::MeasuredFile| {
        let checksum: String = file.sha256.chars().take(12).collect();
        format!("{} ({} texts, SHA-256 {checksum}…)", escape(&file.file), file.rows)
    };
    format!(" of {}", evaluation.data.iter().map(named).collect::<Vec<_>>().join(", "))
}

fn anchor(label: &str) -> String {
    format!("label-{}", escape(&label.replace(char::is_whitespace, "-")))
}

fn write_links(evaluation: &Evaluation, page: &mut String) {
    page.push_str("<nav><a href=\"#reading\">How to read it</a>");
    for figures in &evaluation.all.labels {
        let _ = write!(page, "<a href=\"#{}\">{}</a>", anchor(&figures.label), escape(&figures.label));
    }
    page.push_str("<a href=\"#slices\">Slices</a></nav>\n");
}

fn write_gate(gate: &GateOutcome, page: &mut String) {
    let count = gate.checks.len();
    page.push_str("<h2>Against the baseline</h2>\n");
    for note in &gate.notes {
        let _ = writeln!(page, "<p class=\"soft\">Note: {}.</p>", escape(note));
    }
    if gate.passes() {
        let _ = writeln!(
            page,
            "<p><span class=\"good\">Passed.</span> None of {count} figures fell by more than {}.</p>",
            gate.max_drop
        );
    } else {
        let fallen = gate.fallen().count();
        let _ = writeln!(
            page,
            "<p><span class=\"bad\">Missed.</span> {fallen} of {count} figures fell by more than {}.</p>",
            gate.max_drop
        );
    }
    page.push_str(
        "<div class=\"scroll\"><table><thead><tr><th>label</th><th class=\"left\">figure</th><th>baseline</th><th>now</th>\
         <th>change</th><th></th></tr></thead><tbody>\n",
    );
    for check in &gate.checks {
        let (class, verdict) = if check.passes(gate.max_drop) { ("good", "passed") } else { ("bad", "fell") };
        let change = check.drop().map_or_else(|| "gone".to_owned(), |drop| signed(-drop));
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td class=\"left\">{}</td><td>{:.5}</td><td>{}</td><td>{change}</td>\
             <td class=\"{class}\">{verdict}</td></tr>",
            escape(check.label.as_deref().unwrap_or("mean")),
            check.figure,
            check.baseline,
            check.current.map_or_else(|| "–".to_owned(), |current| format!("{current:.5}")),
        );
    }
    page.push_str("</tbody></table></div>\n");
}

fn write_figures(evaluation: &Evaluation, page: &mut String) {
    page.push_str(
        "<h2>All texts</h2>\n<div class=\"scroll\"><table><thead><tr><th>label</th><th>have it</th><th>do not</th>\
         <th>ROC AUC</th><th>AP</th><th>threshold</th><th>precision</th><th>recall</th><th>F1</th><th>log loss</th>\
         <th>Brier</th><th>ECE</th></tr></thead><tbody>\n",
    );
    for row in &evaluation.all.labels {
        let intervals = row.intervals.unwrap_or_default();
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.4}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&row.label),
            row.positives,
            row.negatives,
            with_interval(row.roc_auc, intervals.roc_auc),
            with_interval(row.average_precision, intervals.average_precision),
            row.threshold,
            cell(row.precision),
            cell(row.recall),
            with_interval(row.f1, intervals.f1),
            cell(row.log_loss),
            cell(row.brier),
            cell(row.calibration_error),
        );
    }
    let _ = writeln!(
        page,
        "<tr class=\"total\"><td>mean</td><td></td><td></td><td>{}</td><td></td><td></td><td></td><td></td><td>{}</td>\
         <td></td><td></td><td></td></tr>\n</tbody></table></div>",
        with_interval(evaluation.all.mean_roc_auc, evaluation.all.mean_roc_auc_interval),
        cell(evaluation.all.mean_f1),
    );
}

fn write_label(figures: &LabelFigures, curves: &LabelCurves, errors: Option<&WorstErrors>, page: &mut String) {
    let name = escape(&figures.label);
    let _ = writeln!(page, "\n<h2 id=\"{}\">{name}</h2>", anchor(&figures.label));
    if figures.positives == 0 || figures.negatives == 0 {
        let _ = writeln!(
            page,
            "<p>{} texts have it and {} do not: without both, there is little to measure.</p>",
            figures.positives, figures.negatives
        );
    }
    page.push_str("<div class=\"row\">\n");
    for (caption, plot) in plots(figures, curves) {
        let _ = writeln!(page, "<figure><figcaption>{caption}</figcaption>{}</figure>", plot.render());
    }
    page.push_str("</div>\n");
    write_recalls(figures, page);
    if let Some(errors) = errors {
        page.push_str("<div class=\"row\">\n");
        write_errors("Highest scores of texts that do not have it", &errors.false_positives, page);
        write_errors("Lowest scores of texts that have it", &errors.false_negatives, page);
        page.push_str("</div>\n");
    }
}

fn plots<'a>(figures: &LabelFigures, curves: &'a LabelCurves) -> Vec<(&'static str, Plot<'a>)> {
    let mut plots = Vec::new();
    if !curves.roc.is_empty() {
        let plot = Plot {
            title: "ROC curve",
            horizontal: "share of others taken for it",
            vertical: "share found",
            reference: Some(((0.0, 0.0), (1.0, 1.0))),
            line: &curves.roc,
            dots: Vec::new(),
        };
        plots.push(("ROC curve", plot));
    }
    if !curves.precision_recall.is_empty() {
        let share = figures.positives as f64 / (figures.positives + figures.negatives) as f64;
        let at_threshold = figures.recall.zip(figures.precision).map(|at| {
            (at, 4.0, format!("at the threshold {:.4}: recall {:.4}, precision {:.4}", figures.threshold, at.0, at.1))
        });
        let plot = Plot {
            title: "Precision against recall",
            horizontal: "recall",
            vertical: "precision",
            reference: Some(((0.0, share), (1.0, share))),
            line: &curves.precision_recall,
            dots: at_threshold.into_iter().collect(),
        };
        plots.push(("Precision and recall", plot));
    }
    if !figures.calibration.is_empty() {
        let most = figures.calibration.iter().map(|bin| bin.count).max().unwrap_or(1) as f64;
        let dot = |bin: &crate::classify::calibration_curve::CalibrationBin| {
            let radius = 2.5 + 4.5 * (bin.count as f64 / most).sqrt();
            let said = format!(
                "{} texts: mean score {:.4}, share that has it {:.4}",
                bin.count, bin.mean_score, bin.positive_share
            );
            ((bin.mean_score, bin.positive_share), radius, said)
        };
        let plot = Plot {
            title: "Calibration",
            horizontal: "mean score",
            vertical: "share that has it",
            reference: Some(((0.0, 0.0), (1.0, 1.0))),
            line: &[],
            dots: figures.calibration.iter().map(dot).collect(),
        };
        plots.push(("Calibration", plot));
    }
    plots
}

fn write_recalls(figures: &LabelFigures, page: &mut String) {
    if figures.precision_at_recall.is_empty() {
        return;
    }
    page.push_str(
        "<div class=\"scroll\"><table><thead><tr><th>to find</th><th>precision</th><th>needs a threshold of</th></tr></thead>\
         <tbody>\n",
    );
    for point in &figures.precision_at_recall {
        let _ = writeln!(
            page,
            "<tr><td>{:.0} %</td><td>{:.4}</td><td>{:.4}</td></tr>",
            point.recall * 100.0,
            point.precision,
            point.threshold
        );
    }
    page.push_str("</tbody></table></div>\n");
}

fn write_errors(title: &str, texts: &[WrongText], page: &mut String) {
    if texts.is_empty() {
        return;
    }
    let _ = writeln!(
        page,
        "<div class=\"scroll\"><table><caption>{title}</caption><thead><tr><th>id</th><th class=\"left\">place</th>\
         <th>score</th><th>said yes</th></tr></thead><tbody>"
    );
    for text in texts {
        let _ = writeln!(
            page,
            "<tr><td class=\"id\">{}</td><td class=\"left\">{}</td><td>{:.4}</td><td>{:.0} %</td></tr>",
            escape(&text.id),
            escape(&text.place),
            text.score,
            text.share * 100.0
        );
    }
    page.push_str("</tbody></table></div>\n");
}

fn write_slices(title: &str, slices: &[Slice], page: &mut String) {
    // One slice of texts that state nothing says nothing.
    let Some(first) = slices.first().filter(|first| slices.len() > 1 || first.name != "unstated") else { return };
    let _ = write!(
        page,
        "<h3>By {title}</h3>\n<div class=\"scroll\"><table><thead><tr><th></th><th>texts</th><th>mean</th>"
    );
    for figures in &first.labels {
        let _ = write!(page, "<th>{}</th>", escape(&figures.label));
    }
    page.push_str("</tr></thead><tbody>\n");
    for slice in slices {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td>",
            escape(&slice.name),
            slice.rows,
            cell(slice.mean_roc_auc)
        );
        for figures in &slice.labels {
            let _ = write!(page, "<td>{}</td>", cell(figures.roc_auc));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}

fn cell(figure: Option<f64>) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.4}"))
}

fn signed(number: f64) -> String {
    if number.abs() < 5e-6 { "0".to_owned() } else { format!("{number:+.5}").replace('-', "−") }
}

fn with_interval(figure: Option<f64>, interval: Option<Interval>) -> String {
    let small =
        interval.map_or_else(String::new, |Interval { low, high }| format!("<small>{low:.3}–{high:.3}</small>"));
    format!("{}{small}", cell(figure))
}
