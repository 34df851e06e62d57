//! The forms in which comments are sent: one, a list, or lines.

use serde_json::value::RawValue;

use super::body::without_bom;
use super::error::ApiError;

/// Comments of one request that is answered as a whole, at most; lines are a stream, and may be more.
pub(super) const MAX_LISTED: usize = 10_000;

const EXPECTED: &str = "a comment as a JSON object, an array of such objects, or JSON lines";

/// How comments were sent, and so how they are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As one JSON value: an object, or an array of objects.
    Whole,
    /// As JSON lines.
    Lines,
}

/// The form of a body, and its comments as JSON lines. Of an array, the line of an object is its place, from 1.
pub(super) fn comment_lines(body: &[u8], content_type: &str) -> Result<(Form, Vec<u8>), ApiError> {
    let body = without_bom(body);
    if says_lines(content_type) {
        return Ok((Form::Lines, body.to_vec()));
    }
    match body.trim_ascii_start().first() {
        Some(b'[') => {
            let list: Vec<&RawValue> =
                serde_json::from_slice(body).map_err(|error| ApiError::invalid_json(&error, EXPECTED))?;
            if list.len() > MAX_LISTED {
                return Err(too_many());
            }
            let mut lines = Vec::with_capacity(body.len());
            for value in list {
                push_line(&mut lines, value);
            }
            Ok((Form::Whole, lines))
        }
        Some(b'{') => {
            let mut values = serde_json::Deserializer::from_slice(body).into_iter::<&RawValue>();
            let first = values.next().transpose().map_err(|error| ApiError::invalid_json(&error, EXPECTED))?;
            let rest = body.get(values.byte_offset()..).unwrap_or_default();
            if !rest.trim_ascii().is_empty() {
                return Ok((Form::Lines, body.to_vec()));
            }
            let mut line = Vec::with_capacity(body.len());
            if let Some(value) = first {
                push_line(&mut line, value);
            }
            Ok((Form::Whole, line))
        }
        _ => {
            let message = format!("not {EXPECTED}: it begins with neither {{ nor [");
            Err(ApiError::bad_request("invalid_json", message, "send JSON in UTF-8 (docs/api.md)"))
        }
    }
}

/// What is told where a list is too long.
pub(super) fn too_many() -> ApiError {
    let message = format!("more than {MAX_LISTED} comments in one answer");
    ApiError::too_large("too_many_comments", message, "send them as JSON lines, which are answered as a stream")
}

fn says_lines(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let names = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"];
    names.iter().any(|name| essence.eq_ignore_ascii_case(name))
}

/// Adds a value on a line of its own: line breaks in JSON stand between its tokens alone.
fn push_line(lines: &mut Vec<u8>, value: &RawValue) {
    lines.extend(value.get().bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
    lines.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, content_type: &str, form: Form, lines: &str) {
        let (found, written) = comment_lines(body.as_bytes(), content_type).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!((found, std::str::from_utf8(&written).unwrap()), (form, lines), "{body}");
    }

    #[test]
    fn the_form_is_told_from_the_body() {
        check("{\"text\":\"a\"}", "", Form::Whole, "{\"text\":\"a\"}\n");
        check("\u{feff}\n{\n\"text\":\r\n\"a\\n\"}\n", "text/plain", Form::Whole, "{ \"text\":  \"a\\n\"}\n");
        check("[]", "", Form::Whole, "");
        check(" [{\"a\":1},\n5]", "", Form::Whole, "{\"a\":1}\n5\n");
        check("{\"a\":1}\n{\"b\"", "", Form::Lines, "{\"a\":1}\n{\"b\"");
        check("{\"a\":1}", "Application/X-NDJSON; charset=utf-8", Form::Lines, "{\"a\":1}");
        check("oops", "application/jsonl", Form::Lines, "oops");
    }

    #[test]
    fn what_is_no_comments_is_refused_without_its_words() {
        for body in ["5", "\"secret\"", "secret", "{\"text\":\"secret\"", "[{\"text\":\"secret\"}", "{secret}", "[1,]"]
        {
            let error = comment_lines(body.as_bytes(), "application/json").expect_err(body);
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
        assert!(comment_lines(b"[\"\xff\"]", "").is_err());
        let list = format!("[{}1]", "1,".repeat(MAX_LISTED));
        assert_eq!(comment_lines(list.as_bytes(), "").unwrap_err(), too_many());
    }
}
