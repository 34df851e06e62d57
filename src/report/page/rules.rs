//! The rules that hold comments, and comments that repeat others.

use std::fmt::Write as _;

use super::Parts;
use super::chart::bar;
use super::comments::{Place, write_comment};
use super::html::{Kind, Table, columns, count, counted, percent, text};
use crate::report::choice::MAX_REPEATED;
use crate::report::repeats::Group;
use crate::report::rules::RuleSeen;

/// Rules in the table.
const MAX_RULES: usize = 40;
/// Authors in the table, and of one repeated comment.
const MAX_AUTHORS: usize = 20;
const MAX_AUTHORS_EACH: usize = 5;
/// Repeated comments that are open; the others are behind a heading that opens them.
const OPEN: usize = 10;

/// Rules by what they matched.
pub(super) fn write_rules(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    let mut rules: Vec<&RuleSeen> = survey.rules.all().iter().collect();
    if rules.is_empty() {
        page.push_str("<p>No rule matched a comment.</p>\n");
        return;
    }
    // Those that hold come first.
    rules.sort_by(|left, right| {
        (right.holds(), right.matched).cmp(&(left.holds(), left.matched)).then(left.id.cmp(&right.id))
    });
    page.push_str(
        "<p>A comment may be held by several rules; <em>by it alone</em> are those that would be shown without the rule.</p>\n",
    );
    let all = survey.comments();
    let row = |rule: &&RuleSeen| {
        vec![
            format!("<code>{}</code>", text(&rule.id)),
            text(&rule.condition()),
            rule.action.name().to_owned(),
            count(rule.matched),
            format!("{} <span>{}</span>", bar(rule.matched as f64 / all.max(1) as f64), percent(rule.matched, all)),
            if rule.holds() { count(rule.alone) } else { "–".to_owned() },
        ]
    };
    let table = Table {
        caption: "Rules that matched, those that hold comments first".to_owned(),
        columns: columns([
            ("rule", Kind::Words),
            ("asks for", Kind::Words),
            ("action", Kind::Words),
            ("comments", Kind::Number),
            ("share", Kind::Number),
            ("held by it alone", Kind::Number),
        ]),
        rows: rules.iter().take(MAX_RULES).map(row).collect(),
        ..Table::default()
    };
    table.write(page);
    if rules.len() > MAX_RULES {
        let _ = writeln!(
            page,
            "<p class=\"soft\">… and {} more.</p>",
            counted((rules.len() - MAX_RULES) as u64, "rule", "rules")
        );
    }
    if !parts.background.knows_policy {
        page.push_str(
            "<p class=\"soft\">What a rule does is read off the records: the mildest action of the comments that it matched. Rules \
             that matched nothing are not here.</p>\n",
        );
    }
}

/// What was said again and again, and by whom.
pub(super) fn write_repeats(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    let groups = survey.repeats.most_repeated(MAX_REPEATED);
    if groups.is_empty() {
        page.push_str("<p>No comment repeats an earlier one of its thread.</p>\n");
        return;
    }
    let flag = |name: &str| survey.flags.get(name).copied().unwrap_or(0);
    let _ = writeln!(
        page,
        "<p>{} an earlier comment of the same thread letter for letter, {} nearly; {} repeated. Repeats in \
         other threads are not looked for.</p>",
        if flag("duplicate") == 1 {
            "1 comment repeats".to_owned()
        } else {
            format!("{} comments repeat", count(flag("duplicate")))
        },
        count(flag("near_duplicate")),
        match survey.repeats.originals() as u64 {
            1 => "1 comment is".to_owned(),
            many => format!("{} comments are", count(many)),
        }
    );
    let shows_authors = survey.with_author > 0 && !parts.options.without_authors;
    if !shows_authors {
        page.push_str("<p class=\"soft\">Authors are not shown: the records name none, or they were left out.</p>\n");
    }
    page.push_str("<h3>What is repeated most</h3>\n");
    let (open, folded) = groups.split_at(groups.len().min(OPEN));
    write_groups(parts, open, shows_authors, page);
    if !folded.is_empty() {
        let _ = writeln!(page, "<details class=\"data\"><summary>{} more</summary>", folded.len());
        write_groups(parts, folded, shows_authors, page);
        page.push_str("</details>\n");
    }
    if !shows_authors {
        return;
    }
    let row = |(name, figures): &(&str, crate::report::repeats::AuthorFigures)| {
        vec![
            format!("<bdi>{}</bdi>", text(name)),
            count(figures.copies),
            count(figures.near),
            count(figures.comments),
            count(figures.held),
        ]
    };
    let table = Table {
        caption: "Authors who repeat most".to_owned(),
        columns: columns([
            ("author", Kind::Words),
            ("copies", Kind::Number),
            ("near copies", Kind::Number),
            ("of comments", Kind::Number),
            ("held", Kind::Number),
        ]),
        rows: survey.repeats.busiest(MAX_AUTHORS).iter().map(row).collect(),
        ..Table::default()
    };
    table.write(page);
}

fn write_groups(parts: Parts<'_>, groups: &[(u32, &str, &Group)], shows_authors: bool, page: &mut String) {
    page.push_str("<ol class=\"comments\">\n");
    for (thread, id, group) in groups {
        page.push_str("<li>");
        let said = said_of(parts, group, shows_authors);
        match parts.excerpts.originals.get(&(*thread, (*id).to_owned())) {
            Some(excerpt) => {
                let first = excerpt.author.as_deref().filter(|_| shows_authors);
                let first =
                    first.map_or_else(String::new, |author| format!("first by <bdi>{}</bdi>, then ", text(author)));
                write_comment(parts, excerpt, Place::Unnumbered, &format!("{first}{said}"), page);
            }
            None => {
                let _ = write!(
                    page,
                    "<p class=\"meta\"><span class=\"where\">{}</span> <span class=\"id\">{}</span> <span class=\"what\">{said}</span></p>\
                     <p class=\"soft\">It is not among these records.</p>",
                    text(parts.thread_title(parts.survey.threads.name(*thread))),
                    text(id)
                );
            }
        }
        page.push_str("</li>\n");
    }
    page.push_str("</ol>\n");
}

/// How often a comment was repeated, and by whom, as HTML.
fn said_of(parts: Parts<'_>, group: &Group, shows_authors: bool) -> String {
    let mut said = counted(group.copies, "copy", "copies");
    if group.near > 0 {
        let _ = write!(said, ", {}", counted(group.near, "near copy", "near copies"));
    }
    let _ = write!(said, ", {} held", count(group.held));
    if !shows_authors || group.authors.is_empty() {
        return said;
    }
    let mut authors: Vec<(u32, u64)> = group.authors.iter().map(|(author, times)| (*author, *times)).collect();
    authors.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(&right.0)));
    let named: Vec<String> = authors
        .iter()
        .take(MAX_AUTHORS_EACH)
        .map(|(author, times)| format!("<bdi>{}</bdi> ({times}×)", text(parts.survey.repeats.authors.name(*author))))
        .collect();
    let _ = write!(said, ", by {}", named.join(", "));
    if authors.len() > MAX_AUTHORS_EACH {
        let _ = write!(said, " and {} more", authors.len() - MAX_AUTHORS_EACH);
    }
    said
}
