//! How scores are spread, with the thresholds of the policy on them.

use std::fmt::Write as _;

use super::Parts;
use super::chart::Histogram;
use super::html::{Kind, Table, columns as html_columns, count, counted, text};
use crate::report::columns::{BINS, Column};

/// A chart for each label, those that rules compare first.
pub(super) fn write(parts: Parts<'_>, page: &mut String) {
    let columns = parts.survey.columns.all();
    if columns.is_empty() {
        page.push_str("<p>No comment has a score.</p>\n");
        return;
    }
    page.push_str(
        "<p>How many comments have which score. The scale is logarithmic, so that few comments are seen beside many: each line is \
         ten times the one below. A dashed line is a threshold of the policy, with the rule that has it.</p>\n",
    );
    let (compared, others): (Vec<&Column>, Vec<&Column>) =
        columns.iter().partition(|column| !thresholds(parts, &column.label).is_empty());
    let (others, contexts): (Vec<&Column>, Vec<&Column>) = others
        .into_iter()
        .partition(|column| !column.label.starts_with("relevance:") && column.label != "untranslated");
    // Where no rule compares anything, there is nothing better to begin with.
    let (open, folded) = if compared.is_empty() { (others, contexts) } else { (compared, [others, contexts].concat()) };
    write_charts(parts, &open, page);
    if !folded.is_empty() {
        let _ = writeln!(
            page,
            "<details class=\"data\"><summary>{} that no rule compares</summary>",
            counted(folded.len() as u64, "score", "scores")
        );
        write_charts(parts, &folded, page);
        page.push_str("</details>\n");
    }
}

/// The thresholds on a label, each with its rule.
fn thresholds(parts: Parts<'_>, label: &str) -> Vec<(f64, String)> {
    let mut found: Vec<(f64, String)> = parts
        .survey
        .rules
        .all()
        .iter()
        .filter_map(|rule| {
            rule.compares.as_ref().filter(|(name, _)| name == label).map(|(_, at)| (*at, rule.id.clone()))
        })
        .collect();
    found.sort_by(|left, right| left.0.total_cmp(&right.0).then_with(|| left.1.cmp(&right.1)));
    found
}

fn write_charts(parts: Parts<'_>, columns: &[&Column], page: &mut String) {
    page.push_str("<div class=\"charts\">\n");
    let mut rows: Vec<Vec<String>> = (0..BINS)
        .map(|bin| vec![format!("{:.2} to {:.2}", bin as f64 / BINS as f64, (bin + 1) as f64 / BINS as f64)])
        .collect();
    for column in columns {
        let bins = column.distribution();
        let id = format!("h-{}", column.label.replace(|scalar: char| !scalar.is_ascii_alphanumeric(), "-"));
        let name = column.label.replace('_', " ");
        let chart = Histogram { id: &id, title: &name, bins: &bins, thresholds: &thresholds(parts, &column.label) };
        let _ = writeln!(
            page,
            "<figure><figcaption>{} <span class=\"soft\">{} scored</span></figcaption>{}</figure>",
            text(&name),
            count(column.scored() as u64),
            chart.render()
        );
        for (row, number) in rows.iter_mut().zip(bins) {
            row.push(count(number));
        }
    }
    page.push_str("</div>\n");
    let mut head = html_columns([("score", Kind::Words)]);
    head.extend(columns.iter().map(|column| (column.label.replace('_', " "), Kind::Number)));
    let table = Table { caption: "Comments by score".to_owned(), columns: head, rows, ..Table::default() };
    table.write_folded(page);
}
