//! Reddit's comments and submissions, an object a line, as Pushshift and Arctic Shift keep them.
//!
//! Names of fields are those of `github.com/ArthurHeitmann/arctic_shift`, `schemas/` and `file_content_explanations.md`.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use super::input::Defect;
use super::object_lines::{Fields, Place, ReadObject, text_of, time_of};
use super::words::{Markup, comment_of};
use crate::domain::{Body, Comment, CommentId, Item, ModeratorDecision, RejectKind, Stated, ThreadHeader, ThreadId};
use crate::wire::json_id::id_of;

/// Reads comments (`RC_…`) and submissions (`RS_…`), in files of their own or mixed.
pub(super) struct RedditLines;

impl ReadObject for RedditLines {
    fn read(&mut self, fields: &Fields, place: &Place<'_>, items: &mut VecDeque<Item>) -> Result<(), Defect> {
        items.push_back(if fields.contains_key("body") || fields.contains_key("link_id") {
            Item::Comment(comment(fields, place)?)
        } else {
            Item::Thread(submission(fields, place)?)
        });
        Ok(())
    }
}

fn comment(fields: &Fields, place: &Place<'_>) -> Result<Comment, Defect> {
    let needed = |name: &str| {
        id_of(fields.get(name)).ok_or_else(|| Defect::new(RejectKind::InvalidField, format!("no `{name}`")))
    };
    let thread_id = ThreadId::new(bare(&needed("link_id")?, "t3_"));
    let id = CommentId::new(bare(&needed("id")?, "t1_"));
    let body = fields.get("body").and_then(Value::as_str);
    let body = body.ok_or_else(|| Defect::new(RejectKind::MissingText, "no `body`"))?;
    let state = Removal::of(body, fields.get("_meta"));
    let text = if is_stub(body) { String::new() } else { unescaped(body) };
    let reasons = state.reason.map(Arc::from).into_iter().collect::<Vec<_>>();
    Ok(Comment {
        // What answers the submission has its name as the parent's.
        parent_id: text_of(fields, "parent_id")
            .and_then(|parent| parent.strip_prefix("t1_").filter(|id| !id.is_empty()))
            .map(CommentId::new),
        author: author(fields.get("author")),
        created_at: fields.get("created_utc").and_then(time_of).map(Arc::from),
        moderation: state.decision,
        stated: (!reasons.is_empty()).then(|| Box::new(Stated { reasons, ..Stated::default() })),
        raw: place.input.kept(place.raw),
        ..comment_of(place.input, place.line, thread_id, id, &text, Markup::Markdown)?
    })
}

fn submission(fields: &Fields, place: &Place<'_>) -> Result<ThreadHeader, Defect> {
    let id = id_of(fields.get("id")).ok_or_else(|| Defect::new(RejectKind::InvalidField, "no `id`"))?;
    let text = |name: &str| text_of(fields, name).filter(|text| !is_stub(text)).map(|text| Body::new(unescaped(text)));
    let permalink = text_of(fields, "permalink").map(|path| format!("https://www.reddit.com{path}"));
    Ok(ThreadHeader {
        origin: place.input.origin(place.line),
        thread_id: ThreadId::new(bare(&id, "t3_")),
        title: text("title"),
        article: text("selftext"),
        url: permalink.or_else(|| text_of(fields, "url").map(str::to_owned)).map(Arc::from),
        language: None,
    })
}

/// What became of a comment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Removal<'a> {
    pub(super) decision: Option<ModeratorDecision>,
    pub(super) reason: Option<&'a str>,
}

impl<'a> Removal<'a> {
    /// What a body and, from November 2023 on, the archive's second look say. `[removed]` is what moderators did,
    /// `[deleted]` what the author did; a comment that stood when it was looked at again was let stand.
    pub(super) fn of(body: &str, meta: Option<&'a Value>) -> Self {
        let field = |name: &str| meta.and_then(|meta| meta.get(name)).filter(|value| !value.is_null());
        let removal = field("removal_type").and_then(Value::as_str).filter(|kind| !kind.is_empty());
        let is_own = removal.is_some_and(|kind| matches!(kind, "deleted" | "author"));
        let was_deleted = field("was_deleted_later").is_some_and(|value| *value != Value::Bool(false));
        let decision = if removal.is_some() && !is_own || body.trim() == "[removed]" {
            Some(ModeratorDecision::Rejected)
        } else if field("retrieved_2nd_on").is_some() && !is_own && !was_deleted && !is_stub(body) {
            Some(ModeratorDecision::Approved)
        } else {
            None
        };
        Self { decision, reason: removal.filter(|_| !is_own) }
    }
}

/// Whether a body stands for one that is gone.
pub(super) fn is_stub(body: &str) -> bool {
    matches!(body.trim(), "[deleted]" | "[removed]" | "[ Removed by Reddit ]" | "[deleted by user]")
}

/// An author who is still there.
pub(super) fn author(value: Option<&Value>) -> Option<Body> {
    id_of(value).filter(|name| name != "[deleted]").map(Body::new)
}

/// Reddit escapes three characters in Markdown.
pub(super) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn bare(id: &str, prefix: &str) -> String {
    id.strip_prefix(prefix).filter(|bare| !bare.is_empty()).unwrap_or(id).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::testing::check;
    use super::*;

    #[test]
    fn comments_and_submissions_are_read() {
        check(
            Format::Reddit,
            r#"{"id":"b","link_id":"t3_s","parent_id":"t1_a","author":"ana","created_utc":1700000000,"body":"&gt; old\n\nnew &amp; good","subreddit":"x"}
{"id":"a","link_id":"t3_s","parent_id":"t3_s","author":"[deleted]","created_utc":"1700000000","body":"[removed]"}
{"id":"s","title":"T","selftext":"[removed]","url":"https://example.org/","permalink":"/r/x/comments/s/t/","subreddit":"x"}
{"id":"q","title":"Q &amp; A","selftext":"Ask.","subreddit":"x"}
{"id":"c","body":"no link"}"#,
            &[
                "1 s b<a ana@2023-11-14T22:13:20Z: > old⏎⏎new & good",
                "2 s a@2023-11-14T22:13:20Z [rejected]: ",
                "3 thread s [T] https://www.reddit.com/r/x/comments/s/t/",
                "4 thread q [Q & A] [Ask.]",
                "5 invalid_field: no `link_id`",
            ],
        );
    }

    #[test]
    fn removals_are_told_from_deletions() {
        let check = |body: &str, meta: &str, decision, reason| {
            let meta: Value = serde_json::from_str(meta).unwrap();
            assert_eq!(Removal::of(body, Some(&meta)), Removal { decision, reason }, "{body} {meta}");
        };
        let (approved, rejected) = (Some(ModeratorDecision::Approved), Some(ModeratorDecision::Rejected));
        check("a", "null", None, None);
        check("a", r#"{"retrieved_2nd_on":1}"#, approved, None);
        check("a", r#"{"retrieved_2nd_on":1,"removal_type":"moderator"}"#, rejected, Some("moderator"));
        check("a", r#"{"retrieved_2nd_on":1,"removal_type":"deleted"}"#, None, None);
        check("a", r#"{"retrieved_2nd_on":1,"was_deleted_later":true}"#, None, None);
        check("[removed]", "{}", rejected, None);
        check("[deleted]", r#"{"retrieved_2nd_on":1}"#, None, None);
    }
}
