//! Threads: where comments are held, and where they wander off.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Parts;
use super::chart::bar;
use super::comments::{Place, write_comment};
use super::html::{Kind, Table, columns, count, counted, percent, score, short, text};
use crate::report::choice::off_topic_figures;
use crate::report::columns::ten_thousandths;
use crate::report::survey::ThreadFigures;

/// Threads in a table of the most troubled, by each of two measures.
const MAX_THREADS: usize = 15;
/// Threads in the table of off-topic comments.
const MAX_OFF_TOPIC: usize = 25;
/// Words in common that are named.
const MAX_SHARED: usize = 8;

/// The lowest share that is likely, where so many of all were counted: the lower end of Wilson's interval of 95 %. With
/// few comments it is low, whatever their share.
fn cautious_share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    let (z, n) = (1.96_f64, whole as f64);
    let share = part as f64 / n;
    let middle = share + z * z / (2.0 * n);
    let margin = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - margin) / (1.0 + z * z / n)).max(0.0)
}

/// The threads in which most comments are held, or most of the comments.
pub(super) fn write_trouble(parts: Parts<'_>, page: &mut String) {
    let threads = &parts.survey.threads.all;
    let troubled: Vec<usize> =
        (0..threads.len()).filter(|place| threads.get(*place).is_some_and(|(_, figures)| figures.held > 0)).collect();
    if troubled.is_empty() {
        page.push_str("<p>No comment is held in any thread.</p>\n");
        return;
    }
    let figures = |place: usize| threads.get(place).map_or_else(ThreadFigures::default, |(_, figures)| *figures);
    let by = |measure: &dyn Fn(ThreadFigures) -> f64| {
        let mut places = troubled.clone();
        places
            .sort_by(|left, right| measure(figures(*right)).total_cmp(&measure(figures(*left))).then(left.cmp(right)));
        places.truncate(MAX_THREADS);
        places
    };
    let by_count = by(&|figures| figures.held as f64);
    let by_rate = by(&|figures| cautious_share(figures.held, figures.comments));
    let chosen: BTreeSet<usize> = by_count.iter().chain(&by_rate).copied().collect();
    let mut chosen: Vec<usize> = chosen.into_iter().collect();
    chosen.sort_by(|left, right| figures(*right).held.cmp(&figures(*left).held).then(left.cmp(right)));
    let _ = writeln!(
        page,
        "<p>Comments are held in {} of {}. Listed are the {MAX_THREADS} with most held comments, and the {MAX_THREADS} with \
         the highest share of them, where few comments count for less.</p>",
        count(troubled.len() as u64),
        counted(threads.len() as u64, "thread", "threads")
    );
    let row = |place: &usize| {
        let (id, figures) = (threads.get(*place).map_or("", |(id, _)| id.as_str()), figures(*place));
        let title = parts.thread_name(id);
        let name = if parts.thread_title(id) == id {
            title
        } else {
            format!("{title} <span class=\"id\">{}</span>", text(id))
        };
        vec![
            name,
            count(figures.held),
            count(figures.comments),
            format!(
                "{} <span>{}</span>",
                bar(figures.held as f64 / figures.comments.max(1) as f64),
                percent(figures.held, figures.comments)
            ),
            count(figures.hostile),
            count(figures.waiting),
        ]
    };
    let table = Table {
        caption: "Threads with held comments, most first".to_owned(),
        columns: columns([
            ("thread", Kind::Words),
            ("held", Kind::Number),
            ("of comments", Kind::Number),
            ("share held", Kind::Number),
            ("hostile", Kind::Number),
            ("to translate", Kind::Number),
        ]),
        rows: chosen.iter().map(row).collect(),
        is_sortable: true,
    };
    table.write(page);
}

/// Threads by off-topic comments, and some of these with what they are nearest to.
pub(super) fn write_off_topic(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    let (threshold, is_policy) = survey.off_topic_threshold();
    let figures = off_topic_figures(survey);
    let scored: u64 = figures.iter().map(|figures| figures.scored).sum();
    if scored == 0 {
        page.push_str("<p>No comment was compared with what its thread is about.</p>\n");
        return;
    }
    let off: u64 = figures.iter().map(|figures| figures.off_topic).sum();
    let whose = if is_policy {
        "the threshold of the policy"
    } else {
        "no rule of these records compares it; this is the built-in threshold"
    };
    let _ = writeln!(
        page,
        "<p>Of {}, {} {} {} or more ({whose}).</p>",
        counted(scored, "comment that was scored", "comments that were scored"),
        count(off),
        if off == 1 { "scores" } else { "score" },
        short(threshold)
    );
    let mut places: Vec<usize> =
        (0..figures.len()).filter(|place| figures.get(*place).is_some_and(|figures| figures.off_topic > 0)).collect();
    let of = |place: usize| figures.get(place).copied().unwrap_or_default();
    places.sort_by(|left, right| of(*right).off_topic.cmp(&of(*left).off_topic).then(left.cmp(right)));
    let row = |place: &usize| {
        let (id, figures) = (survey.threads.name(*place as u32), of(*place));
        vec![
            parts.thread_name(id),
            count(figures.off_topic),
            count(figures.scored),
            format!(
                "{} <span>{}</span>",
                bar(figures.off_topic as f64 / figures.scored.max(1) as f64),
                percent(figures.off_topic, figures.scored)
            ),
        ]
    };
    let table = Table {
        caption: "Threads by off-topic comments".to_owned(),
        columns: columns([
            ("thread", Kind::Words),
            ("off topic", Kind::Number),
            ("of scored", Kind::Number),
            ("share", Kind::Number),
        ]),
        rows: places.iter().take(MAX_OFF_TOPIC).map(row).collect(),
        is_sortable: true,
    };
    table.write(page);
    if places.len() > MAX_OFF_TOPIC {
        let _ = writeln!(
            page,
            "<p class=\"soft\">… and {} more.</p>",
            counted((places.len() - MAX_OFF_TOPIC) as u64, "thread", "threads")
        );
    }
    if parts.excerpts.choice.off_topic.is_empty() {
        return;
    }
    page.push_str("<h3>The comments furthest from their thread’s subject</h3>\n");
    if !parts.background.has_passages {
        page.push_str(
            "<p class=\"soft\">Records hold no articles, so the passages are not shown that these comments were compared with. Make \
             the report from the comments themselves to see them.</p>\n",
        );
    }
    for (thread, rows) in &parts.excerpts.choice.off_topic {
        let _ = writeln!(page, "<h4>{}</h4>\n<ol class=\"comments\">", parts.thread_name(survey.threads.name(*thread)));
        for row in rows {
            page.push_str("<li>");
            write_off_topic_comment(parts, *row, page);
            page.push_str("</li>\n");
        }
        page.push_str("</ol>\n");
    }
}

fn write_off_topic_comment(parts: Parts<'_>, row: usize, page: &mut String) {
    let Some(excerpt) = parts.excerpts.by_row.get(&row) else { return };
    let off_topic = parts
        .survey
        .columns
        .score("off_topic", row)
        .map_or_else(String::new, |value| format!("off topic {}", score(value)));
    write_comment(parts, excerpt, Place::InItsThread(row), &off_topic, page);
    let relevance = excerpt.relevance;
    let named: Vec<String> =
        [("article", relevance.article), ("parent", relevance.parent), ("thread", relevance.thread)]
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", score(ten_thousandths(value?)))))
            .collect();
    if !named.is_empty() {
        let _ = write!(page, "<p class=\"soft\">How near it is, 1 being on topic: {}.", named.join(", "));
        if !excerpt.other_parts.is_empty() {
            let _ = write!(page, " Holds also: {}.", text(&excerpt.other_parts.join(", ")));
        }
        page.push_str("</p>");
    }
    let Some(nearest) = parts.background.passages.get(&(excerpt.thread_id.clone(), excerpt.id.clone())) else { return };
    let shown: String = nearest.text.chars().take(500).collect();
    let cut = if nearest.text.chars().count() > 500 { " …" } else { "" };
    let _ = write!(
        page,
        "<p class=\"soft\">Nearest {} of the article (nearness {:.2}):</p><blockquote class=\"passage\" dir=\"auto\">{}{cut}</blockquote>",
        if nearest.kind == "title" { "is the title" } else { "passage" },
        nearest.cosine,
        text(shown.trim())
    );
    let shared: Vec<String> = nearest.shared_words.iter().take(MAX_SHARED).map(|word| text(word)).collect();
    if !parts.options.without_text {
        let said = if shared.is_empty() {
            "No words in common.".to_owned()
        } else {
            format!("Words in common: {}.", shared.join(", "))
        };
        let _ = write!(page, "<p class=\"soft\">{said}</p>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_comments_count_for_less() {
        assert!(cautious_share(1, 1) < cautious_share(8, 10));
        assert!(cautious_share(8, 10) < cautious_share(80, 100));
        assert!(cautious_share(0, 50).abs() < 1e-9 && cautious_share(0, 0).abs() < 1e-9);
        // The textbook's interval for 8 of 10: 0.490 to 0.943.
        assert!((cautious_share(8, 10) - 0.490).abs() < 1e-3);
    }
}
