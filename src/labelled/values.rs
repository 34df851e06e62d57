//! What single values mean: answers and decisions.

use serde_json::Value;

use super::bad_row::BadRow;
use crate::domain::ModeratorDecision;

/// An answer in words or as a number; `None`: nobody said.
///
/// # Errors
/// Where it is neither, or a number outside 0..=1.
pub(super) fn answer_of_text(text: &str) -> Result<Option<f32>, BadRow> {
    match text.trim().to_ascii_lowercase().as_str() {
        "" | "null" | "none" | "na" | "n/a" | "nan" | "?" => Ok(None),
        "true" | "yes" => Ok(Some(1.0)),
        "false" | "no" => Ok(Some(0.0)),
        number => number.parse().map_err(|_| BadRow::Unreadable).and_then(share),
    }
}

/// An answer in JSON.
///
/// # Errors
/// See [`answer_of_text`].
pub(super) fn answer_of_json(value: &Value) -> Result<Option<f32>, BadRow> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(yes) => Ok(Some(f32::from(u8::from(*yes)))),
        Value::Number(number) => number.as_f64().ok_or(BadRow::Unreadable).and_then(share),
        Value::String(text) => answer_of_text(text),
        Value::Array(_) | Value::Object(_) => Err(BadRow::Unreadable),
    }
}

fn share(number: f64) -> Result<Option<f32>, BadRow> {
    if (0.0..=1.0).contains(&number) { Ok(Some(number as f32)) } else { Err(BadRow::LabelOutsideRange) }
}

/// What a moderator did: `Some(true)`, the comment was rejected; `None`, nothing was decided yet.
///
/// # Errors
/// Where the word is not known.
pub(super) fn decision_of(word: &str) -> Result<Option<bool>, BadRow> {
    match ModeratorDecision::from_word(word) {
        None => Ok(None),
        Some(ModeratorDecision::Approved) => Ok(Some(false)),
        Some(ModeratorDecision::Rejected) => Ok(Some(true)),
        Some(ModeratorDecision::Unclear) => Err(BadRow::UnknownDecision),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_shares_words_or_nothing() {
        for (text, expected) in [
            ("1", Ok(Some(1.0))),
            (" 0.25 ", Ok(Some(0.25))),
            ("TRUE", Ok(Some(1.0))),
            ("no", Ok(Some(0.0))),
            ("", Ok(None)),
            ("NaN", Ok(None)),
            ("-1", Err(BadRow::LabelOutsideRange)),
            ("1.01", Err(BadRow::LabelOutsideRange)),
            ("inf", Err(BadRow::LabelOutsideRange)),
            ("perhaps", Err(BadRow::Unreadable)),
        ] {
            assert_eq!(answer_of_text(text), expected, "{text}");
        }
        for (json, expected) in [
            ("null", Ok(None)),
            ("true", Ok(Some(1.0))),
            ("0.5", Ok(Some(0.5))),
            ("\"no\"", Ok(Some(0.0))),
            ("2", Err(BadRow::LabelOutsideRange)),
            ("[1]", Err(BadRow::Unreadable)),
        ] {
            assert_eq!(answer_of_json(&serde_json::from_str(json).unwrap()), expected, "{json}");
        }
    }

    #[test]
    fn decisions_have_many_names() {
        for (word, expected) in [
            ("approve", Ok(Some(false))),
            ("Approved", Ok(Some(false))),
            ("reject", Ok(Some(true))),
            ("removed", Ok(Some(true))),
            ("spam", Ok(Some(true))),
            ("pending", Ok(None)),
            ("", Ok(None)),
            ("perhaps", Err(BadRow::UnknownDecision)),
        ] {
            assert_eq!(decision_of(word), expected, "{word}");
        }
    }
}
