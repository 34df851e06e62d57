//! Texts of a request: which are taken, and how long they may be.

use crate::domain::Body;

use super::error::GoogleError;
use super::request::{TEXT_TYPES, TextEntry};

/// The longest comment, in bytes; the limit that Perspective's clients know.
const MAX_TEXT_BYTES: usize = 20_480;
/// The longest entry of the context, in bytes.
const MAX_CONTEXT_BYTES: usize = 1 << 20;

/// The text of the comment, if it is one that can be scored.
pub(super) fn comment_text(comment: Option<&TextEntry>) -> Result<Body, GoogleError> {
    let text = comment.and_then(|comment| comment.text.as_deref()).filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(GoogleError::comment_empty)?;
    check_type(comment)?;
    if text.len() > MAX_TEXT_BYTES {
        return Err(GoogleError::too_many_bytes("Comment text", text.len(), MAX_TEXT_BYTES));
    }
    Ok(Body::new(text))
}

fn check_type(entry: Option<&TextEntry>) -> Result<(), GoogleError> {
    let kind = entry.and_then(|entry| entry.kind.as_ref()).map(|kind| kind.name(TEXT_TYPES));
    match kind.as_deref() {
        None | Some("TEXT_TYPE_UNSPECIFIED" | "PLAIN_TEXT") => Ok(()),
        Some("HTML") => {
            Err(GoogleError::of_type("INVALID_REQUEST", "Currently, only 'PLAIN_TEXT' comments are supported"))
        }
        Some(_) => Err(GoogleError::of_type("INVALID_REQUEST", "Unknown text type")),
    }
}

/// A text of the context; `None` where there is none in it.
pub(super) fn context_text(entry: Option<&TextEntry>) -> Result<Option<&str>, GoogleError> {
    check_type(entry)?;
    let text = entry.and_then(|entry| entry.text.as_deref()).filter(|text| !text.trim().is_empty());
    match text {
        Some(text) if text.len() > MAX_CONTEXT_BYTES => {
            Err(GoogleError::too_many_bytes("Context entry text", text.len(), MAX_CONTEXT_BYTES))
        }
        text => Ok(text),
    }
}

/// What is said of a context with both of its forms.
pub(super) fn two_contexts() -> GoogleError {
    let message = "Context can have either entries or article_and_parent_comment, but both fields were populated.";
    GoogleError::of_type("INVALID_REQUEST", message)
}
