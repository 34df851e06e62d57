//! What is in an export: threads, comments, languages, dates, labels and oddities.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use crate::domain::{Aside, Comment, Item, LanguageCode, ModeratorDecision, SegmentKind};
use crate::language::{Detector, Prior};
use crate::text::words::{hash_word, mix};

/// Comments that are shown.
const FIRST: usize = 3;
/// Scalars of a text that are shown.
const SHOWN_SCALARS: usize = 200;

/// What is in an export.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Inspection {
    /// Comments.
    pub comments: u64,
    /// Threads with a comment; a lower bound once `ids_forgotten` is true.
    pub threads: u64,
    /// Headers of threads.
    pub headers: u64,
    /// Headers with the text of an article or post.
    pub headers_with_text: u64,
    /// Comments that answer another.
    pub replies: u64,
    /// Longest way from a comment up to the top: 1 where nobody answers anybody.
    pub depth: u32,
    /// Replies whose parent did not come before them, after they were put in order.
    pub parents_missing: u64,
    /// Comments with an id that their thread has already.
    pub repeated_ids: u64,
    /// Comments without letters or with nothing at all: deleted, or emoji.
    pub without_words: u64,
    /// Comments in which the markup names a quote, or code.
    pub with_quotes: u64,
    /// See `with_quotes`.
    pub with_code: u64,
    /// Comments without an author.
    pub without_author: u64,
    /// Comments without a time, or with one that is neither RFC 3339 nor seconds since 1970.
    pub without_date: u64,
    /// The first and the last time of writing.
    pub dates: Option<(String, String)>,
    /// Comments by language, or why it is not known.
    pub languages: BTreeMap<String, u64>,
    /// Comments by what a moderator did.
    pub decisions: BTreeMap<&'static str, u64>,
    /// Comments by the reasons given.
    pub reasons: BTreeMap<String, u64>,
    /// Comments by labels that people gave.
    pub labels: BTreeMap<String, u64>,
    /// What was left out on purpose.
    pub skipped: BTreeMap<String, u64>,
    /// What could not be read, by kind.
    pub rejects: BTreeMap<String, u64>,
    /// The first of those: place and detail.
    pub first_rejects: Vec<String>,
    /// The first comments.
    pub first: Vec<FirstComment>,
    /// Whether there are more ids than are remembered, so that some figures are bounds.
    pub ids_forgotten: bool,
    #[serde(skip)]
    seen: Seen,
}

/// A comment as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstComment {
    /// File and line.
    pub origin: String,
    /// Its thread.
    pub thread_id: String,
    /// Its id.
    pub id: String,
    /// What it answers.
    pub parent_id: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When.
    pub created_at: Option<String>,
    /// The beginning of its text.
    pub text: String,
}

/// What is remembered while reading.
#[derive(Debug, Clone, Default)]
struct Seen {
    depths: FxHashMap<u64, u32>,
    threads: FxHashSet<u64>,
    dates: Option<(SystemTime, SystemTime)>,
}

impl Inspection {
    /// Takes in an item. At most `max_ids` comments are remembered for depth and repeated ids.
    pub fn add(&mut self, item: &Item, detector: &Detector, max_ids: usize) {
        match item {
            Item::Comment(comment) => self.add_comment(comment, detector, max_ids),
            Item::Thread(header) => {
                self.headers += 1;
                self.headers_with_text += u64::from(header.article.is_some());
            }
            Item::Reject(reject) => {
                *self.rejects.entry(reject.kind.name().to_owned()).or_default() += 1;
                if self.first_rejects.len() < FIRST {
                    self.first_rejects.push(format!("{}: {}", reject.origin, reject.detail));
                }
            }
            Item::Aside(Aside::Skipped { what, count }) => {
                *self.skipped.entry((*what).to_owned()).or_default() += count;
            }
            Item::Aside(Aside::Moderation(_)) => {
                *self.skipped.entry("moderation action".to_owned()).or_default() += 1;
            }
        }
    }

    fn add_comment(&mut self, comment: &Comment, detector: &Detector, max_ids: usize) {
        self.comments += 1;
        let thread = mix(hash_word(comment.thread_id.as_str()));
        let key = |id: &str| mix(thread.rotate_left(1) ^ hash_word(id));
        if self.seen.depths.len() >= max_ids || self.seen.threads.len() >= max_ids {
            self.ids_forgotten = true;
        } else {
            self.threads += u64::from(self.seen.threads.insert(thread));
        }
        let above = comment.parent_id.as_ref().map(|parent| self.seen.depths.get(&key(parent.as_str())).copied());
        let depth = above.map_or(1, |depth| depth.unwrap_or(1) + 1);
        self.replies += u64::from(above.is_some());
        self.parents_missing += u64::from(above == Some(None));
        self.depth = self.depth.max(depth);
        if self.seen.depths.len() < max_ids && self.seen.depths.insert(key(comment.id.as_str()), depth).is_some() {
            self.repeated_ids += 1;
        }
        let has = |kind| u64::from(comment.marks.iter().any(|mark| mark.kind == kind));
        self.with_quotes += has(SegmentKind::Quote);
        self.with_code += has(SegmentKind::Code);
        self.without_author += u64::from(comment.author.is_none());
        match comment.created_at.as_deref().and_then(time_of) {
            Some(time) => {
                let (first, last) = self.seen.dates.unwrap_or((time, time));
                let dates = (first.min(time), last.max(time));
                let shown = |time| humantime::format_rfc3339_seconds(time).to_string();
                self.dates = Some((shown(dates.0), shown(dates.1)));
                self.seen.dates = Some(dates);
            }
            None => self.without_date += 1,
        }
        let text = comment.body.as_str();
        if !text.chars().any(char::is_alphabetic) {
            self.without_words += 1;
        }
        let verdict = detector.judge(text, &Prior::none());
        let known = verdict.known();
        let language = known.as_ref().map_or(verdict.status(), LanguageCode::as_str);
        *self.languages.entry(language.to_owned()).or_default() += 1;
        if let Some(decision) = comment.moderation.map(|decision| match decision {
            ModeratorDecision::Approved => "approved",
            ModeratorDecision::Rejected => "rejected",
            ModeratorDecision::Unclear => "unclear",
        }) {
            *self.decisions.entry(decision).or_default() += 1;
        }
        if let Some(stated) = comment.stated.as_deref() {
            for reason in &stated.reasons {
                *self.reasons.entry(reason.to_string()).or_default() += 1;
            }
            for (label, _) in stated.labels.iter().filter(|(_, share)| *share >= 0.5) {
                *self.labels.entry(label.to_string()).or_default() += 1;
            }
        }
        if self.first.len() < FIRST {
            self.first.push(FirstComment {
                origin: comment.origin.to_string(),
                thread_id: comment.thread_id.to_string(),
                id: comment.id.to_string(),
                parent_id: comment.parent_id.as_ref().map(ToString::to_string),
                author: comment.author.as_ref().map(|author| author.as_str().to_owned()),
                created_at: comment.created_at.as_deref().map(str::to_owned),
                text: beginning(text),
            });
        }
    }
}

fn beginning(text: &str) -> String {
    let mut scalars = text.chars();
    let mut shown: String = scalars.by_ref().take(SHOWN_SCALARS).collect();
    if scalars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// RFC 3339, with a space for the `T` and without an offset too; or seconds since 1970.
fn time_of(written: &str) -> Option<SystemTime> {
    let written = written.trim();
    if let Ok(seconds) = written.parse::<f64>() {
        let is_sound = (0.0..253_402_300_800.0).contains(&seconds);
        return is_sound.then(|| UNIX_EPOCH + std::time::Duration::from_secs_f64(seconds));
    }
    let written = written.strip_suffix("+00:00").or_else(|| written.strip_suffix("+00")).unwrap_or(written);
    humantime::parse_rfc3339_weak(written).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Body, CommentId, Origin, ThreadId};

    #[test]
    fn an_export_is_counted() {
        let mut inspection = Inspection::default();
        let detector = Detector::shipped();
        let comment = |thread: &str, id: &str, parent: Option<&str>, time: &str| {
            let text = "The bridge was closed because nobody wanted to pay for its repair.";
            Item::Comment(Comment {
                parent_id: parent.map(CommentId::new),
                created_at: Some(time.into()),
                ..Comment::new(Origin::new("f".into(), 1), ThreadId::new(thread), CommentId::new(id), Body::new(text))
            })
        };
        for item in [
            comment("t", "a", None, "1700000000"),
            comment("t", "b", Some("a"), "2024-01-01 10:00:00.5+00"),
            comment("t", "c", Some("b"), "yesterday"),
            comment("u", "c", Some("gone"), "2020-01-01T00:00:00Z"),
            comment("u", "c", None, ""),
        ] {
            inspection.add(&item, &detector, 100);
        }
        assert_eq!((inspection.comments, inspection.threads, inspection.depth), (5, 2, 3));
        assert_eq!((inspection.replies, inspection.parents_missing, inspection.repeated_ids), (3, 1, 1));
        assert_eq!(inspection.without_date, 2);
        assert_eq!(inspection.dates, Some(("2020-01-01T00:00:00Z".to_owned(), "2024-01-01T10:00:00Z".to_owned())));
        assert_eq!(inspection.languages.get("en"), Some(&5));
        assert_eq!(inspection.first.len(), FIRST);
    }
}
