//! Comments as cards, what may hurt covered until it is opened.

use std::fmt::Write as _;

use super::Parts;
use super::html::{score, text};
use crate::report::choice::{ABUSE, GOOD_FROM, WORST_FROM, abuse};
use crate::report::excerpt::{Cover, Excerpt, ShownText};
use crate::report::moment;

/// So many comments of a list are open; the others are behind a heading that opens them.
const OPEN: usize = 10;
/// So many labels are named beside a comment.
const MAX_LABELS: usize = 3;

/// The comments with the highest scores of abuse.
pub(super) fn write_worst(parts: Parts<'_>, page: &mut String) {
    let rows = &parts.excerpts.choice.worst;
    if rows.is_empty() {
        let _ = writeln!(page, "<p>No comment has a score of abuse of {} or more.</p>", score(WORST_FROM));
        return;
    }
    let _ = writeln!(
        page,
        "<p>The comments with the highest score of {}, or {}, from {} on; a text that was said before in its thread is listed once.</p>",
        ABUSE.split_last().map_or_else(String::new, |(_, first)| first.join(", ")).replace('_', " "),
        ABUSE.last().copied().unwrap_or_default(),
        score(WORST_FROM)
    );
    write_list(parts, rows, page, |row| scores_of(parts, row, &ABUSE));
}

/// Comments that are friendly, to the point, and held by nothing.
pub(super) fn write_best(parts: Parts<'_>, page: &mut String) {
    let _ = writeln!(
        page,
        "<p>Long enough to say something, not held, on topic as far as is known, next to no abuse, and with the highest scores \
         of <code>positive</code>, from {} on. Friendly is not the same as good: a person should choose.</p>",
        score(GOOD_FROM)
    );
    let rows = &parts.excerpts.choice.best;
    if rows.is_empty() {
        page.push_str("<p>No comment is of that kind.</p>\n");
    }
    write_list(parts, rows, page, |row| scores_of(parts, row, &["positive"]));
}

/// The highest scores of some labels.
pub(super) fn scores_of(parts: Parts<'_>, row: usize, labels: &[&str]) -> String {
    let mut scores: Vec<(u16, &str)> =
        labels.iter().filter_map(|label| Some((parts.survey.columns.score(label, row)?, *label))).collect();
    scores.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(right.1)));
    let named = scores
        .into_iter()
        .take(MAX_LABELS)
        .map(|(value, label)| format!("{} {}", text(&label.replace('_', " ")), score(value)));
    named.collect::<Vec<_>>().join(", ")
}

/// A list of comments; `more` says what there is to say beside each, as HTML.
pub(super) fn write_list(parts: Parts<'_>, rows: &[usize], page: &mut String, more: impl Fn(usize) -> String) {
    let (open, folded) = rows.split_at(rows.len().min(OPEN));
    let write = |rows: &[usize], page: &mut String| {
        page.push_str("<ol class=\"comments\">\n");
        for row in rows {
            if let Some(excerpt) = parts.excerpts.by_row.get(row) {
                page.push_str("<li>");
                write_comment(parts, excerpt, Place::Anywhere(*row), &more(*row), page);
                page.push_str("</li>\n");
            }
        }
        page.push_str("</ol>\n");
    };
    if !open.is_empty() {
        write(open, page);
    }
    if !folded.is_empty() {
        let _ = writeln!(page, "<details class=\"data\"><summary>{} more</summary>", folded.len());
        write(folded, page);
        page.push_str("</details>\n");
    }
}

/// Which comment is shown, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Among others, by its number among all.
    Anywhere(usize),
    /// Below the name of its thread, by its number among all.
    InItsThread(usize),
    /// One whose number is not known.
    Unnumbered,
}

impl Place {
    fn row(self) -> Option<usize> {
        match self {
            Self::Anywhere(row) | Self::InItsThread(row) => Some(row),
            Self::Unnumbered => None,
        }
    }
}

/// A comment: where it stands, what there is to say of it, its text.
pub(super) fn write_comment(parts: Parts<'_>, excerpt: &Excerpt, place: Place, more: &str, page: &mut String) {
    let row = place.row();
    page.push_str("<p class=\"meta\">");
    if !matches!(place, Place::InItsThread(_)) {
        let _ = write!(page, "<span class=\"where\">{}</span> ", text(parts.thread_title(&excerpt.thread_id)));
    }
    let _ = write!(page, "<span class=\"id\">{}</span>", text(&excerpt.id));
    if let Some(time) = excerpt.created_at.as_deref().and_then(moment::parse) {
        let _ = write!(page, " <span class=\"when\">{}</span>", moment::minute(time));
    }
    if !more.is_empty() {
        let _ = write!(page, " <span class=\"what\">{more}</span>");
    }
    if row.and_then(|row| parts.survey.rows.get(row)).is_some_and(|row| row.is_held()) {
        page.push_str(" <span class=\"held\">held</span>");
    }
    page.push_str("</p>");
    let score = row.and_then(|row| abuse(&parts.survey.columns, row));
    write_text(excerpt, score, page);
}

/// The text of a comment, covered as it is to be.
fn write_text(excerpt: &Excerpt, abuse: Option<u16>, page: &mut String) {
    let Some(shown) = &excerpt.text else {
        page.push_str("<p class=\"soft\">Without its text.</p>");
        return;
    };
    let why = match shown.cover {
        Cover::No => {
            write_pieces(shown, page);
            write_translation(excerpt, page);
            return;
        }
        Cover::Abusive => abuse.map_or_else(|| "high scores".to_owned(), |abuse| format!("abuse {}", score(abuse))),
        Cover::NotScored => "not scored".to_owned(),
        Cover::All => "all are".to_owned(),
    };
    let _ =
        write!(page, "<details class=\"cover\"><summary>Covered text <span class=\"soft\">({why})</span></summary>");
    write_pieces(shown, page);
    write_translation(excerpt, page);
    page.push_str("</details>");
}

fn write_pieces(shown: &ShownText, page: &mut String) {
    page.push_str("<blockquote dir=\"auto\">");
    for piece in &shown.pieces {
        let words = text(&piece.text);
        let _ = if piece.is_covered {
            write!(
                page,
                "<details class=\"word\"><summary aria-label=\"covered word\"></summary><span>{words}</span></details>"
            )
        } else {
            write!(page, "{words}")
        };
    }
    page.push_str(if shown.is_cut {
        "<span class=\"soft\"> … (cut here)</span></blockquote>"
    } else {
        "</blockquote>"
    });
}

fn write_translation(excerpt: &Excerpt, page: &mut String) {
    if let Some(translation) = &excerpt.translation {
        let shown: String = translation.chars().take(500).collect();
        let _ = write!(
            page,
            "<p class=\"soft\">A machine’s translation:</p><blockquote dir=\"auto\">{}</blockquote>",
            text(&shown)
        );
    }
}
