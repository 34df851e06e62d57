//! A comment as Coral sends it to an external moderation phase, before anybody sees it.
//!
//! Names of fields are those of Coral's guide, github.com/coralproject/talk, `EXTERNAL_MODERATION_PHASES.md`.

use serde::Deserialize;
use serde_json::Value;

use super::Input;
use super::input::Defect;
use super::jsonl::json_defect;
use super::words::{Markup, comment_of};
use crate::domain::{Body, Comment, CommentId, Item, RejectKind, Stated, ThreadId};
use crate::wire::json_id::id_of;

/// The form in which Coral sends the text; its settings of the phase say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoralBody {
    /// As it stands in Coral.
    Html,
    /// Without markup.
    PlainText,
}

/// What is looked at of a request. There is no `Debug`, which would print people's words.
#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    action: Value,
    #[serde(default)]
    comment: Value,
    #[serde(default)]
    author: Value,
    #[serde(default)]
    story: Value,
}

/// Reads a request. Coral names no id of the comment itself, so that one is made as for a line of the input; the thread is
/// the story.
#[must_use]
pub fn coral_request(request: &[u8], form: CoralBody, input: &Input) -> Item {
    read(request, form, input).map_or_else(|defect| input.reject(1, defect, Some(request)), Item::Comment)
}

fn read(request: &[u8], form: CoralBody, input: &Input) -> Result<Comment, Defect> {
    let text = std::str::from_utf8(request).map_err(|error| Defect::invalid_utf8(error.valid_up_to()))?;
    let Request { action, comment, author, story } = serde_json::from_str(text).map_err(|error| json_defect(&error))?;
    let is_edit = match action.as_str() {
        Some("NEW") => false,
        Some("EDIT") => true,
        _ => return Err(Defect::new(RejectKind::InvalidField, "`action` is neither NEW nor EDIT")),
    };
    let body = comment.get("body").and_then(Value::as_str);
    let body = body.ok_or_else(|| Defect::new(RejectKind::MissingText, "no `comment.body`"))?;
    let thread_id = id_of(story.get("id")).ok_or_else(|| Defect::new(RejectKind::InvalidField, "no `story.id`"))?;
    let markup = match form {
        CoralBody::Html => Markup::Html,
        CoralBody::PlainText => Markup::Plain,
    };
    let id = input.comment_id(1);
    Ok(Comment {
        parent_id: id_of(comment.get("parentID")).map(CommentId::new),
        author: id_of(author.get("id")).map(Body::new),
        stated: is_edit.then(|| Box::new(Stated { is_edit, ..Stated::default() })),
        raw: input.kept(text),
        ..comment_of(input, 1, ThreadId::new(thread_id), id, body, markup)?
    })
}

#[cfg(test)]
mod tests {
    use super::super::RequestedFormat;
    use super::super::testing::input;
    use super::*;

    fn check(request: &str, form: CoralBody, expected: &str) {
        let shown = match coral_request(request.as_bytes(), form, &input(RequestedFormat::Auto)) {
            Item::Comment(comment) => {
                let parent = comment.parent_id.as_ref().map_or("", CommentId::as_str);
                let author = comment.author.as_ref().map_or("", Body::as_str);
                let is_edit = comment.stated.is_some_and(|stated| stated.is_edit);
                let text = comment.body.as_str().replace('\n', "⏎");
                format!("{} {}<{parent} {author} {is_edit}: {text}", comment.thread_id, comment.id)
            }
            Item::Reject(reject) => format!("{}: {}", reject.kind.name(), reject.detail),
            other => format!("{other:?}"),
        };
        assert_eq!(shown, expected, "{request}");
    }

    #[test]
    fn comments_are_read() {
        let request = |action: &str, body: &str, parent: &str| {
            format!(
                r#"{{"action":"{action}","comment":{{"body":"{body}","parentID":{parent}}},"author":{{"id":"u1","role":"COMMENTER"}},
                "story":{{"id":"s1","url":"https://example.org/a"}},"site":{{"id":"x"}},"tenantID":"t","tenantDomain":"localhost"}}"#
            )
        };
        let html = "<div>New &amp;<br>text</div>";
        check(&request("NEW", html, "null"), CoralBody::Html, "s1 1:1< u1 false: New &⏎text");
        check(&request("EDIT", html, "\"c0\""), CoralBody::Html, "s1 1:1<c0 u1 true: New &⏎text");
        check(&request("NEW", "a < b &amp;", "null"), CoralBody::PlainText, "s1 1:1< u1 false: a < b &amp;");
    }

    #[test]
    fn what_is_no_request_says_why() {
        let check = |request: &str, expected: &str| check(request, CoralBody::Html, expected);
        check("{\"action\":\"DROP\"}", "invalid_field: `action` is neither NEW nor EDIT");
        check("{\"action\":\"NEW\",\"comment\":5}", "missing_text: no `comment.body`");
        check("{\"action\":\"NEW\",\"comment\":{\"body\":\"a\"}}", "invalid_field: no `story.id`");
        check("{", "invalid_json: not JSON: EOF while parsing an object at byte 1");
    }
}
