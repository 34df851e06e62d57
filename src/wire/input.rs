//! What an object in the input may hold.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::ModeratorDecision;

/// A line of JSON lines: a comment, a thread header or a whole thread. Unknown fields are ignored.
///
/// No field is looked into before it is asked for, so that a field of the wrong type is told by name and an unused
/// one costs nothing. `null` counts as missing everywhere. There is no `Debug`, which would print people's words.
#[derive(Deserialize)]
pub struct InputLine<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    thread_id: Option<&'a RawValue>,
    #[serde(borrow)]
    title: Option<&'a RawValue>,
    #[serde(borrow)]
    article: Option<&'a RawValue>,
    #[serde(borrow)]
    url: Option<&'a RawValue>,
    #[serde(borrow)]
    language: Option<&'a RawValue>,
    #[serde(borrow)]
    comments: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    comment_id: Option<&'a RawValue>,
    #[serde(borrow)]
    parent_id: Option<&'a RawValue>,
    #[serde(borrow)]
    author: Option<&'a RawValue>,
    #[serde(borrow)]
    created_at: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    comment_text: Option<&'a RawValue>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    comment: Option<&'a RawValue>,
    #[serde(borrow)]
    replies: Option<&'a RawValue>,
    #[serde(borrow)]
    decision: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    removal: Option<&'a RawValue>,
}

/// A field whose value has the wrong type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is {found}, expected {expected}")]
pub struct FieldError {
    /// The field's name.
    pub field: &'static str,
    /// What it holds.
    pub found: &'static str,
    /// What it should hold.
    pub expected: &'static str,
}

impl<'a> InputLine<'a> {
    /// Whether the line says that it is a thread header or a whole thread.
    #[must_use]
    pub fn is_thread(&self) -> bool {
        self.kind.is_some_and(|kind| kind.get() == "\"thread\"")
    }

    /// The list of comments of a whole thread, as it stands in the line, if there is one.
    #[must_use]
    pub fn comments(&self) -> Option<&'a str> {
        self.comments.map(RawValue::get).filter(|list| list.starts_with('['))
    }

    /// The list of answers below a comment, as it stands in the line, if there is one.
    ///
    /// # Errors
    /// Where there is an object instead. A string or number in its place is no list of answers, and no mistake: some
    /// exports write `""` for none, others how many there are.
    pub fn replies(&self) -> Result<Option<&'a str>, FieldError> {
        match self.replies.map(RawValue::get) {
            Some(object) if object.starts_with('{') => {
                Err(FieldError { field: "replies", found: found(object), expected: "an array" })
            }
            replies => Ok(replies.filter(|list| list.starts_with('['))),
        }
    }

    /// The thread's id.
    ///
    /// # Errors
    /// Where it is neither string nor integer.
    pub fn thread_id(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        identifier("thread_id", self.thread_id)
    }

    /// The comment's id.
    ///
    /// # Errors
    /// Where it is neither string nor integer.
    pub fn id(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        match identifier("id", self.id)? {
            Some(id) => Ok(Some(id)),
            None => identifier("comment_id", self.comment_id),
        }
    }

    /// The id of the comment that this one answers.
    ///
    /// # Errors
    /// Where it is neither string nor integer.
    pub fn parent_id(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        identifier("parent_id", self.parent_id)
    }

    /// The author.
    ///
    /// # Errors
    /// Where it is neither string nor integer.
    pub fn author(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        identifier("author", self.author)
    }

    /// The time of writing, as it is spelt: a string's content, or a number's digits.
    ///
    /// # Errors
    /// Where it is neither string nor number.
    pub fn created_at(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        match self.created_at.map(RawValue::get) {
            Some(number) if is_number(number) => Ok(Some(Cow::Borrowed(number))),
            _ => string("created_at", self.created_at, "a string or a number"),
        }
    }

    /// The text: the first of `text`, `comment_text`, `body`, `comment` that is there.
    ///
    /// # Errors
    /// Where that one is not a string.
    pub fn text(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        for (field, value) in
            [("text", self.text), ("comment_text", self.comment_text), ("body", self.body), ("comment", self.comment)]
        {
            if value.is_some() {
                return string(field, value, "a string");
            }
        }
        Ok(None)
    }

    /// What a moderator did: the first of `decision`, `status` and `removal` that says so, in a word or, for `removal`,
    /// as true or false. A decision that is an object is that of a program, as in our own records.
    #[must_use]
    pub fn moderation(&self) -> Option<ModeratorDecision> {
        let mut unclear = None;
        for (field, is_removal) in [(self.decision, false), (self.status, false), (self.removal, true)] {
            let Some(value) = field.map(RawValue::get) else { continue };
            let said = match value {
                word if word.starts_with('"') => string("decision", field, "a word")
                    .map_or(Some(ModeratorDecision::Unclear), |word| ModeratorDecision::from_word(&word?)),
                "true" if is_removal => Some(ModeratorDecision::Rejected),
                "false" if is_removal => Some(ModeratorDecision::Approved),
                object if object.starts_with('{') || object == "null" => None,
                _ => Some(ModeratorDecision::Unclear),
            };
            match said {
                Some(ModeratorDecision::Unclear) => unclear = said,
                Some(said) => return Some(said),
                None => {}
            }
        }
        unclear
    }

    /// The thread's title.
    ///
    /// # Errors
    /// Where it is not a string.
    pub fn title(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        string("title", self.title, "a string")
    }

    /// The article's text.
    ///
    /// # Errors
    /// Where it is not a string.
    pub fn article(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        string("article", self.article, "a string")
    }

    /// The article's address.
    ///
    /// # Errors
    /// Where it is not a string.
    pub fn url(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        string("url", self.url, "a string")
    }

    /// The thread's language.
    ///
    /// # Errors
    /// Where it is not a string.
    pub fn language(&self) -> Result<Option<Cow<'a, str>>, FieldError> {
        string("language", self.language, "a string")
    }
}

/// A string or an integer; an empty string counts as missing. Whole numbers that a spreadsheet wrote as `12.0` are `12`.
fn identifier<'a>(field: &'static str, value: Option<&'a RawValue>) -> Result<Option<Cow<'a, str>>, FieldError> {
    const EXPECTED: &str = "a string or an integer";
    match value.map(RawValue::get) {
        Some(number) if is_number(number) => {
            let digits = number.strip_suffix(".0").unwrap_or(number);
            if digits.strip_prefix('-').unwrap_or(digits).bytes().all(|byte| byte.is_ascii_digit()) {
                Ok(Some(Cow::Borrowed(digits)))
            } else {
                Err(FieldError { field, found: "a fraction", expected: EXPECTED })
            }
        }
        _ => Ok(string(field, value, EXPECTED)?.filter(|id| !id.is_empty())),
    }
}

fn string<'a>(
    field: &'static str,
    value: Option<&'a RawValue>,
    expected: &'static str,
) -> Result<Option<Cow<'a, str>>, FieldError> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

    let Some(value) = value.map(RawValue::get).filter(|&value| value != "null") else { return Ok(None) };
    match serde_json::from_str::<Text<'a>>(value) {
        Ok(text) => Ok(Some(text.0)),
        Err(_) => Err(FieldError { field, found: found(value), expected }),
    }
}

fn is_number(value: &str) -> bool {
    value.starts_with(|character: char| character == '-' || character.is_ascii_digit())
}

fn found(value: &str) -> &'static str {
    match value.bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string with a broken escape",
        Some(b't' | b'f') => "true or false",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, id: Result<Option<&str>, &str>, text: Result<Option<&str>, &str>) {
        let fields: InputLine = serde_json::from_str(line).expect("an object");
        let plain = |value: Result<Option<Cow<str>>, FieldError>| {
            value.map(|value| value.map(Cow::into_owned)).map_err(|error| error.to_string())
        };
        let wanted =
            |value: Result<Option<&str>, &str>| value.map(|value| value.map(str::to_owned)).map_err(ToOwned::to_owned);
        assert_eq!(plain(fields.id()), wanted(id), "{line}");
        assert_eq!(plain(fields.text()), wanted(text), "{line}");
    }

    #[test]
    fn fields_are_read_by_type_and_alias() {
        check(r#"{"id":"a","text":"b"}"#, Ok(Some("a")), Ok(Some("b")));
        check(r#"{"id":12345678901234567890123,"body":"b\n"}"#, Ok(Some("12345678901234567890123")), Ok(Some("b\n")));
        check(r#"{"comment_id":-1.0,"comment":"ž"}"#, Ok(Some("-1")), Ok(Some("ž")));
        check(r#"{"id":"","comment_id":"x","text":null,"body":""}"#, Ok(Some("x")), Ok(Some("")));
        check(r#"{"id":null,"other":[[{}]]}"#, Ok(None), Ok(None));
        check(
            r#"{"id":1.5,"text":5}"#,
            Err("`id` is a fraction, expected a string or an integer"),
            Err("`text` is a number, expected a string"),
        );
        check(
            r#"{"id":[],"text":"\ud800"}"#,
            Err("`id` is an array, expected a string or an integer"),
            Err("`text` is a string with a broken escape, expected a string"),
        );
    }

    #[test]
    fn what_a_moderator_did_is_read_leniently() {
        use ModeratorDecision::{Approved, Rejected, Unclear};
        let check = |line: &str, expected: Option<ModeratorDecision>| {
            let fields: InputLine = serde_json::from_str(line).expect("an object");
            assert_eq!(fields.moderation(), expected, "{line}");
        };
        check(r#"{"text":"a"}"#, None);
        check(r#"{"decision":"approved"}"#, Some(Approved));
        check(r#"{"decision":null,"status":"Spam"}"#, Some(Rejected));
        check(r#"{"decision":"pending","status":"perhaps","removal":true}"#, Some(Rejected));
        check(r#"{"removal":false}"#, Some(Approved));
        check(r#"{"decision":{"action":"reject"}}"#, None);
        check(r#"{"status":7}"#, Some(Unclear));
        check(r#"{"status":"\ud800"}"#, Some(Unclear));
    }

    #[test]
    fn a_broken_field_never_shows_its_value() {
        let fields: InputLine = serde_json::from_str(r#"{"text":{"secret":"secret"}}"#).expect("an object");
        assert!(!format!("{:?}", fields.text()).contains("secret"));
    }
}
