//! A row of JSON lines.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::bad_row::BadRow;
use super::mapping::{Mapping, Target};
use super::raw_row::RawRow;
use super::values::{answer_of_json, decision_of};

/// Reads one line; marks the entries of the mapping that it has a field for.
pub(super) fn parse(line: &[u8], mapping: &Mapping, used: &mut [bool]) -> Result<RawRow, BadRow> {
    let object: Map<String, Value> = serde_json::from_slice(line).map_err(|_| BadRow::Unreadable)?;
    let mapped: Vec<(&Target, &Value)> = mapping
        .entries
        .iter()
        .zip(used)
        .filter_map(|((path, target), used)| {
            let value = value_at(&object, path)?;
            *used = true;
            Some((target, value))
        })
        .collect();
    let field = |wanted: &Target, names: &[&str]| {
        let own = mapped.iter().find(|(target, _)| *target == wanted).map(|(_, value)| *value);
        own.or_else(|| names.iter().find_map(|name| object.get(*name)))
    };
    let text = field(&Target::Text, &["text"]).and_then(Value::as_str).ok_or(BadRow::Unreadable)?;
    if text.trim().is_empty() {
        return Err(BadRow::EmptyText);
    }
    let mut row = RawRow {
        text: text.to_owned(),
        id: field(&Target::Id, &["id"]).map(word).unwrap_or_default(),
        source: field(&Target::Source, &["source"]).map(word).unwrap_or_default(),
        language: field(&Target::Language, &["language", "lang"]).map(language).unwrap_or_default(),
        // A decision that is an object is that of a program, not a moderator's.
        decision: field(&Target::Decision, &["decision"]).and_then(Value::as_str).map_or(Ok(None), decision_of)?,
        labels: Vec::new(),
        emotions: object.get("emotions").filter(|value| !value.is_null()).map(words).transpose()?,
    };
    match object.get("labels") {
        None | Some(Value::Null) => {}
        Some(Value::Object(labels)) => {
            for (name, value) in labels {
                row.labels.push((name.as_str().into(), answer_of_json(value)?));
            }
        }
        Some(_) => return Err(BadRow::Unreadable),
    }
    for (target, value) in mapped {
        if let Target::Label(label) = target {
            row.labels.push((Arc::from(label.as_str()), answer_of_json(value)?));
        }
    }
    Ok(row)
}

/// The value of a field; `a.b` is `b` inside `a`, unless a field is called just that.
fn value_at<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    object.get(path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        value_at(object.get(first)?.as_object()?, rest)
    })
}

/// A string, or a number as it is written.
fn word(value: &Value) -> String {
    match value {
        Value::String(word) => word.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// A code, alone or as the `code` of a record.
fn language(value: &Value) -> String {
    word(value.get("code").unwrap_or(value))
}

fn words(value: &Value) -> Result<Vec<String>, BadRow> {
    let list = value.as_array().ok_or(BadRow::Unreadable)?;
    list.iter().map(|word| word.as_str().map(str::to_owned).ok_or(BadRow::Unreadable)).collect()
}
