//! The beginning and the end of the page: what was read, the figures at a glance, models, how to read it.

use std::fmt::Write as _;

use super::Parts;
use super::html::{Kind, Table, columns, count, counted, percent, short, text};
use crate::domain::Action;
use crate::report::choice::off_topic_figures;
use crate::report::moment;
use crate::report::survey::Row;

/// What was read, below the title.
pub(super) fn write_head(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    let mut said = vec![counted(survey.comments(), "comment", "comments")];
    said.push(format!("in {}", counted(survey.threads.all.len() as u64, "thread", "threads")));
    if let Some((first, last)) = survey.period() {
        let (first, last) = (moment::day(first), moment::day(last));
        said.push(if first == last {
            format!("written on {first}")
        } else {
            format!("written from {first} to {last}")
        });
    }
    let _ = writeln!(page, "<p class=\"lead\">{}.</p>", said.join(" "));
    let lines = &survey.lines;
    if lines.bad_lines > 0 {
        let _ = writeln!(
            page,
            "<p class=\"notice\"><strong>Not all could be read.</strong> {} could not, and {} missing here.</p>",
            counted(lines.bad_lines, "line", "lines"),
            if lines.bad_lines == 1 { "is" } else { "are" }
        );
    }
    if !lines.broke_off.is_empty() {
        page.push_str(
            "<p class=\"notice\"><strong>The input broke off.</strong> What came before that point is here, the rest is not.</p>\n",
        );
    }
    let dead: u64 = parts.background.dead_letters.values().sum();
    if dead > 0 {
        let kinds: Vec<String> = parts
            .background
            .dead_letters
            .iter()
            .map(|(kind, number)| format!("{} {}", count(*number), text(kind)))
            .collect();
        let _ = writeln!(
            page,
            "<p class=\"notice\"><strong>Dead letters:</strong> {} of the input could not be labelled and {} missing here ({}).</p>",
            counted(dead, "item", "items"),
            if dead == 1 { "is" } else { "are" },
            kinds.join(", ")
        );
    }
    if survey.comments() > 0 {
        page.push_str(
            "<p class=\"tools\" hidden><button type=\"button\" id=\"reveal\" aria-pressed=\"false\">Show all covered texts</button></p>\n",
        );
    }
}

/// The figures at a glance.
pub(super) fn write_figures(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    let all = survey.comments();
    let toned = all - survey.no_tone.values().sum::<u64>();
    let (held, hostile) = (survey.count(Row::is_held), survey.count(Row::is_hostile));
    let waiting = survey.count(|row| row.waits_for_translation);
    let off_topic = off_topic_figures(survey);
    let (scored, off) = off_topic.iter().fold((0, 0), |sum, thread| (sum.0 + thread.scored, sum.1 + thread.off_topic));
    let repeats = ["duplicate", "near_duplicate"].iter().filter_map(|flag| survey.flags.get(*flag)).sum::<u64>();
    let (threshold, is_policy) = survey.off_topic_threshold();
    let from = if is_policy { "the policy’s threshold" } else { "from" };
    let figures = [
        ("Held for a moderator", held, format!("{} of all comments", percent(held, all))),
        ("Hostile in tone", hostile, format!("{} of {} with a tone", percent(hostile, toned), count(toned))),
        ("Wait for a translation", waiting, format!("{} of all comments", percent(waiting, all))),
        (
            "Off topic",
            off,
            format!("{} of {} scored, {from} {}", percent(off, scored), count(scored), short(threshold)),
        ),
        ("Repeat an earlier one", repeats, format!("{} of all comments", percent(repeats, all))),
    ];
    page.push_str("<dl class=\"figures\">\n");
    for (name, number, more) in figures {
        let _ = writeln!(
            page,
            "<div><dt>{name}</dt><dd><span class=\"big\">{}</span> <span class=\"soft\">{more}</span></dd></div>",
            count(number)
        );
    }
    page.push_str("</dl>\n");
    let meaning = |action: Action| match action {
        Action::Approve => "shown",
        Action::Translate => "translated, then looked at again",
        Action::Review => "held for a moderator",
        Action::Reject => "held, with the advice not to show it",
    };
    let row = |action: Action| {
        let number = survey.count(|row| row.action == action);
        let name = format!("{} <span class=\"soft\">{}</span>", action.name(), meaning(action));
        vec![name, count(number), percent(number, all)]
    };
    let table = Table {
        caption: "What the policy would do".to_owned(),
        columns: columns([("action", Kind::Words), ("comments", Kind::Number), ("share", Kind::Number)]),
        rows: Action::ALL.into_iter().map(row).collect(),
        ..Table::default()
    };
    table.write(page);
    let named = |counts: &std::collections::BTreeMap<String, u64>| {
        counts
            .iter()
            .map(|(name, number)| format!("{} {}", count(*number), text(&name.replace('_', " "))))
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (what, counts) in [("tone", &survey.no_tone), ("off-topic score", &survey.no_topic)] {
        if !counts.is_empty() {
            let _ = writeln!(page, "<p class=\"soft\">Without {what}: {}.</p>", named(counts));
        }
    }
    if !survey.flags.is_empty() {
        let _ = writeln!(page, "<p class=\"soft\">Flags: {}.</p>", named(&survey.flags));
    }
}

/// What scored the comments.
pub(super) fn write_models(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    let mixed = survey.mixed_stages();
    if !mixed.is_empty() {
        let names: Vec<String> = mixed.iter().map(|stage| format!("<code>{}</code>", text(stage))).collect();
        let _ = writeln!(
            page,
            "<p class=\"notice\"><strong>More than one version</strong> worked at {}. Scores of different versions are not \
             the same measure: compare them with care, here and over time.</p>",
            names.join(", ")
        );
    }
    let mut rows = Vec::new();
    for (stage, models) in &survey.models {
        for (citation, comments) in models {
            let (model, checksum) = citation.split_once('+').unwrap_or((citation, "–"));
            rows.push(vec![
                format!("<code>{}</code>", text(stage)),
                format!("<code>{}</code>", text(model)),
                format!("<code>{}</code>", text(checksum)),
                count(*comments),
            ]);
        }
    }
    if rows.is_empty() {
        page.push_str("<p>The records name no models.</p>\n");
    }
    let table = Table {
        caption: "What scored the comments".to_owned(),
        columns: columns([
            ("stage", Kind::Words),
            ("model", Kind::Words),
            ("checksum", Kind::Words),
            ("comments", Kind::Number),
        ]),
        rows,
        ..Table::default()
    };
    table.write(page);
}

/// How to read it.
pub(super) fn write_reading(_: Parts<'_>, page: &mut String) {
    page.push_str(
        "<dl class=\"reading\">\n\
         <dt>Held</dt><dd>The policy says <code>review</code> or <code>reject</code>: a person is to look at the comment. \
         Nothing here was decided by a person, and nothing was deleted.</dd>\n\
         <dt>Scores</dt><dd>Probabilities from 0 to 1 that models give. They are wrong at times, and more often for irony, \
         quotations, dialects, and words for groups of people.</dd>\n\
         <dt>Off topic</dt><dd>A score for ordering, not a rate: it is a probability only where every other comment is off \
         topic.</dd>\n\
         <dt>Covered texts</dt><dd>Texts and words that may hurt are covered until they are opened. What is covered is still \
         in this file. On paper covered texts stay covered unless they were opened.</dd>\n\
         <dt>Few comments</dt><dd>A share of few comments says little; tables give the numbers beside it.</dd>\n</dl>\n",
    );
}

/// What stands at the end.
pub(super) fn write_foot(parts: Parts<'_>, page: &mut String) {
    let holds = match (
        parts.options.without_text || parts.survey.with_text == 0,
        parts.options.without_authors || parts.survey.with_author == 0,
    ) {
        (true, true) => "It holds scores and ids of comments, but neither their words nor their authors.",
        (true, false) => "It holds scores, ids and authors of comments, but not their words.",
        (false, true) => "It holds people’s words: show it only to those who may read them.",
        (false, false) => "It holds people’s words and names: show it only to those who may read them.",
    };
    let _ = writeln!(
        page,
        "<p>This page is one file. It loads nothing from anywhere, and sends nothing. {holds}</p>\n<p>Made by threadsieve {}.</p>",
        env!("CARGO_PKG_VERSION")
    );
}
