//! Ids as JSON has them.

use serde_json::Value;

/// A string, or a number as it is written, also as `MongoDB`'s extended JSON wraps them; nothing for an empty one.
#[must_use]
pub fn id_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        Value::Object(extended) => id_of(extended.get("$oid").or_else(|| extended.get("$numberLong"))),
        _ => None,
    }
}
