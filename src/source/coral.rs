//! Coral's collections as `mongoexport` writes them: comments, stories, and what moderators did.
//!
//! Names of fields and collections are those of Coral's source, github.com/coralproject/talk, below
//! `server/src/core/server/`: `models/comment/comment.ts` and `revision.ts`, `models/story/story.ts`,
//! `models/action/moderation/comment.ts`.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use super::input::Defect;
use super::object_lines::{Fields, Place, ReadObject, text_of, time_of};
use super::words::{Markup, comment_of};
use crate::domain::{
    Aside, Body, Comment, CommentId, Item, ModeratorDecision, ModeratorNote, RejectKind, Stated, ThreadHeader, ThreadId,
};
use crate::text::html::article_text;
use crate::wire::json_id::id_of;

/// Reads documents of any of the collections, in any order.
pub(super) struct CoralLines;

impl ReadObject for CoralLines {
    fn read(&mut self, fields: &Fields, place: &Place<'_>, items: &mut VecDeque<Item>) -> Result<(), Defect> {
        let has = |name: &str| fields.contains_key(name);
        let item = if has("storyID") && (has("revisions") || has("parentID") || has("authorID")) {
            Item::Comment(comment(fields, place)?)
        } else if has("commentID") && has("status") {
            Item::Aside(Aside::Moderation(note(fields)?))
        } else if has("commentID") && has("actionType") {
            Item::Aside(Aside::Skipped { what: "reader action", count: 1 })
        } else if has("url") {
            Item::Thread(header(fields, place)?)
        } else if has("username") || has("email") || has("organization") || has("moderation") {
            Item::Aside(Aside::Skipped { what: "user or settings", count: 1 })
        } else {
            let detail = "a document of none of the collections comments, stories and commentModerationActions";
            return Err(Defect::new(RejectKind::InvalidField, detail));
        };
        items.push_back(item);
        Ok(())
    }
}

fn needed(fields: &Fields, name: &str) -> Result<String, Defect> {
    id_of(fields.get(name)).ok_or_else(|| Defect::new(RejectKind::InvalidField, format!("no `{name}`")))
}

fn comment(fields: &Fields, place: &Place<'_>) -> Result<Comment, Defect> {
    let thread_id = ThreadId::new(needed(fields, "storyID")?);
    let id = CommentId::new(needed(fields, "id")?);
    // The last revision is the newest.
    let latest = fields.get("revisions").and_then(Value::as_array).and_then(|revisions| revisions.last());
    let body = latest.and_then(|revision| revision.get("body")).or_else(|| fields.get("body"));
    let is_deleted = fields.get("deletedAt").is_some_and(|date| !date.is_null());
    let text = match body.and_then(Value::as_str) {
        Some(text) => text,
        // Whoever deletes a comment empties its revisions; the thread goes on around it.
        None if is_deleted || body.is_some_and(Value::is_null) => "",
        None => return Err(Defect::new(RejectKind::MissingText, "no `body` in the last of its `revisions`")),
    };
    let moderation = match fields.get("status").and_then(Value::as_str) {
        Some("APPROVED") => Some(ModeratorDecision::Approved),
        Some("REJECTED") => Some(ModeratorDecision::Rejected),
        // NONE, PREMOD and SYSTEM_WITHHELD: nobody has decided.
        _ => None,
    };
    // Coral keeps the reason in a collection of its own, but a join of the two may have it here.
    let reason = reason_of(fields.get("rejectionReason"))
        .or_else(|| reason_of(latest.and_then(|revision| revision.get("rejectionReason"))));
    let revision_id = latest.and_then(|revision| id_of(revision.get("id"))).map(Arc::from);
    let reasons: Vec<Arc<str>> = reason.into_iter().collect();
    let is_stated = revision_id.is_some() || !reasons.is_empty();
    let stated = is_stated.then(|| Box::new(Stated { revision_id, reasons, ..Stated::default() }));
    Ok(Comment {
        parent_id: id_of(fields.get("parentID")).map(CommentId::new),
        author: id_of(fields.get("authorID")).map(Body::new),
        created_at: fields.get("createdAt").and_then(date).map(Arc::from),
        moderation,
        stated,
        raw: place.input.kept(place.raw),
        ..comment_of(place.input, place.line, thread_id, id, text, Markup::Html)?
    })
}

fn header(fields: &Fields, place: &Place<'_>) -> Result<ThreadHeader, Defect> {
    let text = |name: &str| {
        let text = fields.get("metadata").and_then(|metadata| metadata.get(name)).and_then(Value::as_str);
        text.map(article_text).filter(|text| !text.is_empty()).map(Body::new)
    };
    Ok(ThreadHeader {
        origin: place.input.origin(place.line),
        thread_id: ThreadId::new(needed(fields, "id")?),
        title: text("title"),
        // Coral does not keep the article itself.
        article: text("description"),
        url: text_of(fields, "url").map(Arc::from),
        language: None,
    })
}

fn note(fields: &Fields) -> Result<ModeratorNote, Defect> {
    let decision = match fields.get("status").and_then(Value::as_str) {
        Some("APPROVED") => ModeratorDecision::Approved,
        Some("REJECTED") => ModeratorDecision::Rejected,
        _ => ModeratorDecision::Unclear,
    };
    Ok(ModeratorNote {
        thread_id: id_of(fields.get("storyID")).map(ThreadId::new),
        comment_id: CommentId::new(needed(fields, "commentID")?),
        decision,
        reasons: reason_of(fields.get("rejectionReason")).into_iter().collect(),
    })
}

/// A reason's code: `rejectionReason: {code: …}`, called `reason` at first.
fn reason_of(value: Option<&Value>) -> Option<Arc<str>> {
    let code = match value? {
        Value::String(code) => code.as_str(),
        reason => reason.get("code").or_else(|| reason.get("reason"))?.as_str()?,
    };
    (!code.is_empty()).then(|| code.into())
}

/// A date of `MongoDB`'s extended JSON, relaxed or canonical.
fn date(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(milliseconds) => time_of(&Value::from(milliseconds.as_u64()? / 1_000)),
        Value::Object(extended) => match (extended.get("$date"), extended.get("$numberLong")) {
            (Some(inner), _) => date(inner),
            (None, Some(Value::String(digits))) => date(&Value::from(digits.parse::<u64>().ok()?)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::testing::check;

    const CORAL: Format = Format::Coral;

    #[test]
    fn comments_are_read() {
        check(
            CORAL,
            r#"{"id":"c1","storyID":"s1","parentID":"c0","authorID":"u1","revisions":[{"body":"old"},{"body":"<div>New<br>text</div>"}],"status":"APPROVED","createdAt":{"$date":"2024-03-01T10:00:00Z"}}"#,
            &["1 s1 c1<c0 u1@2024-03-01T10:00:00Z [approved]: New⏎text"],
        );
        check(
            CORAL,
            r#"{"id":"c1","storyID":"s1","revisions":[{"body":"a"}],"status":"PREMOD","createdAt":{"$date":{"$numberLong":"1700000000000"}}}"#,
            &["1 s1 c1@2023-11-14T22:13:20Z: a"],
        );
        check(
            CORAL,
            r#"{"id":"c1","storyID":"s1","revisions":[],"deletedAt":{"$date":"2024-03-01T10:00:00Z"}}"#,
            &["1 s1 c1: "],
        );
        check(CORAL, r#"{"id":"c1","storyID":"s1","revisions":[]}"#, &["1 missing_text: no `body`…"]);
        check(CORAL, r#"{"storyID":"s1","revisions":[]}"#, &["1 invalid_field: no `id`"]);
        check(
            CORAL,
            "{\"x\":1}\n5\n{",
            &["1 invalid_field: a document of none…", "2 invalid_json: not a JSON object", "3 invalid_json: not JSON…"],
        );
        check(CORAL, "", &[]);
    }

    #[test]
    fn stories_and_decisions_are_read() {
        check(
            CORAL,
            r#"{"id":"s1","url":"https://example.org/a","siteID":"x","metadata":{"title":"A &amp; B","description":"About both."}}"#,
            &["1 thread s1 [A & B] [About both.] https://example.org/a"],
        );
        check(
            CORAL,
            r#"{"id":"a1","commentID":"c1","status":"REJECTED","rejectionReason":{"code":"SPAM"}}"#,
            &[
                "Moderation(ModeratorNote { thread_id: None, comment_id: CommentId(\"c1\"), decision: Rejected, reasons: [\"SPAM\"] })",
            ],
        );
        check(CORAL, r#"{"id":"a1","commentID":"c1","actionType":"FLAG"}"#, &["Skipped…"]);
    }
}
