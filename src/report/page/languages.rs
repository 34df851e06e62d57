//! Languages, and the comments that wait for a translation.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Parts;
use super::chart::bar;
use super::comments::write_list;
use super::html::{Kind, Table, columns, count, counted, percent, text};

/// Languages in the table.
const MAX_LANGUAGES: usize = 20;

/// What a status of language or translation means.
fn meaning(status: &str) -> &'static str {
    match status {
        "unsure" => "not sure",
        "too_short" => "too short to say",
        "no_text" => "no letters",
        "not_needed" => "needs none",
        "needed" => "waits for one",
        "supplied" => "came with one",
        "machine" => "a translator of the site’s made one",
        "undetermined" => "not known whether it needs one",
        _ => "",
    }
}

/// A language, or why there is none, as HTML.
fn name(language: &str) -> String {
    match meaning(language) {
        "" => format!("<code>{}</code>", text(language)),
        meaning => meaning.to_owned(),
    }
}

/// Both tables, and the first comments of the queue.
pub(super) fn write(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    let all = survey.comments();
    let mut languages: Vec<_> = survey.languages.iter().collect();
    languages.sort_by(|left, right| right.1.comments.cmp(&left.1.comments).then(left.0.cmp(right.0)));
    let mut rows: Vec<Vec<String>> = languages
        .iter()
        .take(MAX_LANGUAGES)
        .map(|(language, figures)| {
            vec![
                name(language),
                count(figures.comments),
                format!(
                    "{} <span>{}</span>",
                    bar(figures.comments as f64 / all.max(1) as f64),
                    percent(figures.comments, all)
                ),
                percent(figures.held, figures.comments),
                percent(figures.hostile, figures.toned),
            ]
        })
        .collect();
    if languages.len() > MAX_LANGUAGES {
        let others: u64 = languages.iter().skip(MAX_LANGUAGES).map(|(_, figures)| figures.comments).sum();
        let number = languages.len() - MAX_LANGUAGES;
        rows.push(vec![
            format!("{number} others"),
            count(others),
            percent(others, all),
            "–".to_owned(),
            "–".to_owned(),
        ]);
    }
    let table = Table {
        caption: "Languages of the commenters’ own words, by their codes".to_owned(),
        columns: columns([
            ("language", Kind::Words),
            ("comments", Kind::Number),
            ("share", Kind::Number),
            ("held", Kind::Number),
            ("hostile", Kind::Number),
        ]),
        rows,
        ..Table::default()
    };
    table.write(page);
    page.push_str("<p class=\"soft\">Hostile: of the comments with a tone. A dash: none has one.</p>\n");
    write_statuses(&survey.translations, all, page);
    write_queue(parts, page);
}

fn write_statuses(statuses: &BTreeMap<String, u64>, all: u64, page: &mut String) {
    let mut rows: Vec<_> = statuses.iter().collect();
    rows.sort_by(|left, right| right.1.cmp(left.1).then(left.0.cmp(right.0)));
    let row = |(status, number): &(&String, &u64)| {
        vec![
            format!("<code>{}</code> <span class=\"soft\">{}</span>", text(status), meaning(status)),
            count(**number),
            percent(**number, all),
        ]
    };
    let table = Table {
        caption: "Whether comments need a translation".to_owned(),
        columns: columns([("status", Kind::Words), ("comments", Kind::Number), ("share", Kind::Number)]),
        rows: rows.iter().map(row).collect(),
        ..Table::default()
    };
    table.write(page);
}

fn write_queue(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    page.push_str("<h3>The translation queue</h3>\n");
    let waiting = survey.count(|row| row.waits_for_translation);
    if !survey.translation_failures.is_empty() {
        let failures: Vec<String> = survey
            .translation_failures
            .iter()
            .map(|(kind, number)| format!("{} {}", count(*number), text(kind)))
            .collect();
        let _ = writeln!(page, "<p class=\"notice\">A translator was asked in vain: {}.</p>", failures.join(", "));
    }
    let mut queue: Vec<_> =
        survey.queue.iter().filter(|(_, figures)| figures.needed + figures.supplied + figures.machine > 0).collect();
    queue.sort_by(|left, right| right.1.needed.cmp(&left.1.needed).then(left.0.cmp(right.0)));
    if queue.is_empty() {
        page.push_str("<p>No comment is in a language that the site does not read.</p>\n");
        return;
    }
    let row = |(language, figures): &(&String, &crate::report::survey::QueueFigures)| {
        vec![name(language), count(figures.needed), count(figures.supplied), count(figures.machine)]
    };
    let table = Table {
        caption: "Comments in languages that the site does not read".to_owned(),
        columns: columns([
            ("from", Kind::Words),
            ("waiting", Kind::Number),
            ("came with a translation", Kind::Number),
            ("machine translation", Kind::Number),
        ]),
        rows: queue.iter().map(row).collect(),
        ..Table::default()
    };
    table.write(page);
    let rows = &parts.excerpts.choice.queue;
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(
        page,
        "<p>{} of {}, in the order of the input:</p>",
        if rows.len() as u64 == waiting { "All".to_owned() } else { format!("The first {}", rows.len()) },
        counted(waiting, "that waits", "that wait")
    );
    write_list(parts, rows, page, |row| {
        let from = parts.excerpts.by_row.get(&row).and_then(|excerpt| excerpt.from.as_deref());
        from.map_or_else(String::new, |from| format!("from <code>{}</code>", text(from)))
    });
}
