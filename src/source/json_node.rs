//! A node of a JSON document: an object that may be a comment, a thread or neither, with its wanted values.

use std::sync::{Arc, OnceLock};

use super::input::Defect;
use super::json_shape::{Field, Role};
use super::object_lines::time_of;
use crate::config::Limits;
use crate::domain::RejectKind;

/// Longest id, name, date or address, in bytes.
pub(super) const MAX_SHORT_BYTES: usize = 64 << 10;

/// An id that is known later than it is needed.
pub(super) type Slot = Arc<OnceLock<Arc<str>>>;

/// A value as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(Box<str>),
    Number(Box<str>),
    Truth(bool),
    Null,
    /// An object or array where there should be none.
    Other(&'static str),
    /// A string over the limit, with its length in bytes.
    TooLong(u64),
}

/// An object of the document, as far as it was read.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) role: Role,
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    /// Which of the numbered nodes of the input it is, from 1; 0 for the first document on a line, which its line names.
    pub(super) number: u64,
    fields: Vec<(Field, Value)>,
    /// Whether nodes stand below it, or might: a list of them has begun.
    pub(super) has_list: bool,
    /// How many values it had when it was handed on.
    pub(super) handed_on: Option<usize>,
    /// Its id, for those below it that came before it.
    pub(super) slot: Option<Slot>,
    /// The id of the thread that it names, for the same.
    pub(super) thread_slot: Option<Slot>,
    /// Bytes of text that were counted for it.
    pub(super) counted_bytes: usize,
}

impl Node {
    pub(super) fn new(role: Role, line: u64, number: u64) -> Self {
        Self {
            role,
            line,
            number,
            fields: Vec::new(),
            has_list: false,
            handed_on: None,
            slot: None,
            thread_slot: None,
            counted_bytes: 0,
        }
    }

    /// Takes in a value. Of two for the same field the last one counts.
    pub(super) fn set(&mut self, field: Field, value: Value) {
        match self.fields.iter_mut().find(|(known, _)| *known == field) {
            Some((_, known)) => *known = value,
            None => self.fields.push((field, value)),
        }
    }

    pub(super) fn get(&self, field: Field) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, value)| value)
    }

    /// How many values there are.
    pub(super) fn size(&self) -> usize {
        self.fields.len()
    }

    /// Bytes of text that are held.
    pub(super) fn bytes(&self) -> usize {
        let length = |value: &Value| if let Value::Text(text) = value { text.len() } else { 0 };
        self.fields.iter().map(|(_, value)| length(value)).sum()
    }

    /// Forgets all but ids: it was handed on.
    pub(super) fn forget_words(&mut self) {
        let is_id = |field: Field| matches!(field, Field::Id | Field::SecondId | Field::ThreadId | Field::ParentId);
        self.fields.retain(|(field, _)| is_id(*field));
        self.fields.shrink_to_fit();
    }

    /// Whether a field is there, and neither `null` nor false nor empty.
    pub(super) fn is_set(&self, field: Field) -> bool {
        match self.get(field) {
            None | Some(Value::Null | Value::Truth(false)) => false,
            Some(Value::Text(text)) => !text.is_empty(),
            Some(Value::Number(number)) => **number != *"0",
            Some(_) => true,
        }
    }

    /// A string of any length, also an empty one.
    ///
    /// # Errors
    /// Where there is something else, or it is too long.
    pub(super) fn text(&self, field: Field, limits: &Limits) -> Result<Option<&str>, Defect> {
        match self.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::TooLong(bytes)) => Err(too_long(field, *bytes, limits)),
            Some(other) => Err(wrong(field, other, "a string")),
        }
    }

    /// A string or a whole number that is not empty; `12.0`, as spreadsheets write it, is `12`.
    ///
    /// # Errors
    /// Where there is something else, or it is too long.
    pub(super) fn id(&self, field: Field, limits: &Limits) -> Result<Option<&str>, Defect> {
        const EXPECTED: &str = "a string or a whole number";
        match self.get(field) {
            Some(Value::Number(number)) => {
                let digits = number.strip_suffix(".0").unwrap_or(number);
                let is_whole = digits.strip_prefix('-').unwrap_or(digits).bytes().all(|byte| byte.is_ascii_digit());
                let fraction = || Defect::new(RejectKind::InvalidField, format!("the {} is a fraction", field.name()));
                if is_whole { Ok(Some(digits)) } else { Err(fraction()) }
            }
            Some(other @ (Value::Truth(_) | Value::Other(_))) => Err(wrong(field, other, EXPECTED)),
            _ => Ok(self.text(field, limits)?.filter(|id| !id.is_empty())),
        }
    }

    /// A string or number as it is written, where there is one.
    pub(super) fn written(&self, field: Field) -> Option<&str> {
        match self.get(field)? {
            Value::Text(text) | Value::Number(text) => Some(text.as_ref()).filter(|text: &&str| !text.is_empty()),
            _ => None,
        }
    }

    /// Seconds since 1970 as RFC 3339, anything else as it is written.
    pub(super) fn time(&self, field: Field) -> Option<String> {
        match self.get(field)? {
            Value::Number(seconds) => {
                // Milliseconds are not told from seconds, and fractions of them are dropped.
                let whole = seconds.split('.').next().unwrap_or(seconds);
                time_of(&serde_json::Value::from(whole)).or_else(|| Some(seconds.to_string()))
            }
            _ => self.written(field).map(str::to_owned),
        }
    }

    /// What was read of it, for a dead letter.
    pub(super) fn raw(&self) -> String {
        let shown = self.fields.iter().map(|(field, value)| {
            let value = match value {
                Value::Text(text) | Value::Number(text) => serde_json::Value::from(text.as_ref()),
                Value::Truth(truth) => serde_json::Value::from(*truth),
                Value::Null | Value::Other(_) | Value::TooLong(_) => serde_json::Value::Null,
            };
            (format!("{field:?}").to_lowercase(), value)
        });
        serde_json::Value::Object(shown.collect()).to_string()
    }
}

fn wrong(field: Field, found: &Value, expected: &str) -> Defect {
    let found = match found {
        Value::Number(_) => "a number",
        Value::Truth(_) => "true or false",
        Value::Other(what) => what,
        Value::Text(_) | Value::TooLong(_) => "a string",
        Value::Null => "null",
    };
    Defect::new(RejectKind::InvalidField, format!("the {} is {found}, expected {expected}", field.name()))
}

fn too_long(field: Field, bytes: u64, limits: &Limits) -> Defect {
    if field.is_text()
        && let Some(defect) = Defect::body_too_long(bytes as usize, limits)
    {
        return defect;
    }
    let detail = match field {
        Field::Article => {
            format!("an article of {bytes} bytes, the limit is {} (limits.max_page_bytes)", limits.max_page_bytes)
        }
        _ => format!("the {} has {bytes} bytes, the limit is {MAX_SHORT_BYTES}", field.name()),
    };
    Defect::new(RejectKind::LineTooLong, detail)
}

/// The longest value of a field, in bytes.
pub(super) fn max_bytes(field: Field, limits: &Limits) -> usize {
    match field {
        Field::Article => limits.max_page_bytes,
        field if field.is_text() => limits.max_body_bytes,
        _ => MAX_SHORT_BYTES,
    }
}
