//! `fields`: which parts of an answer are wanted, in Google's notation: `languages,attributeScores(TOXICITY/summaryScore,INSULT)`.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::CharIndices;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::discovery::schema;
use super::error::GoogleError;

/// Any field of an object.
const ANY: &str = "*";

/// The fields that are wanted of an object, or of each object of a list.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Mask {
    /// All of it, whatever else is named.
    is_whole: bool,
    fields: BTreeMap<String, Mask>,
}

impl Mask {
    /// Reads a mask for answers that have a schema of the discovery document.
    ///
    /// # Errors
    /// Google's error where it is not well-formed, or names what no answer has.
    pub(super) fn read(text: &str, schema_name: &str) -> Result<Self, GoogleError> {
        let mut mask = Self::default();
        let mut reader = Reader { text, rest: text.char_indices().peekable(), path: Vec::new() };
        reader.list(&mut mask, &schema(schema_name).into_iter().collect::<Vec<_>>())?;
        match reader.rest.next() {
            None => Ok(mask),
            Some((at, found)) => Err(reader.unexpected(at, found)),
        }
    }

    /// The parts of an answer that are wanted, in their order. Nothing is left of a value that is no answer at all.
    pub(super) fn of(&self, answer: &impl Serialize) -> Part {
        // Written and read again, so that numbers are those that would be sent.
        let written = serde_json::to_vec(answer).unwrap_or_default();
        let mut part = serde_json::from_slice(&written).unwrap_or(Part::Other(Value::Null));
        part.keep(&[self]);
        part
    }
}

/// A part of an answer, its fields in their order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Part {
    Object(IndexMap<String, Part>),
    List(Vec<Part>),
    Other(Value),
}

impl Part {
    fn keep(&mut self, masks: &[&Mask]) {
        if masks.iter().any(|mask| mask.is_whole) {
            return;
        }
        match self {
            Self::Other(_) => {}
            Self::List(parts) => parts.iter_mut().for_each(|part| part.keep(masks)),
            Self::Object(fields) => fields.retain(|name, part| {
                let named = masks.iter().flat_map(|mask| [mask.fields.get(name.as_str()), mask.fields.get(ANY)]);
                let wanted: Vec<&Mask> = named.flatten().collect();
                part.keep(&wanted);
                !wanted.is_empty()
            }),
        }
    }
}

/// Reads a mask from its beginning to its end. How deep it can go is bounded by the schema, in which no message holds
/// another of its own kind.
struct Reader<'t> {
    text: &'t str,
    rest: Peekable<CharIndices<'t>>,
    /// The names that lead to where it reads.
    path: Vec<&'t str>,
}

type Schemas = [&'static Value];

impl Reader<'_> {
    /// `a,b/c,d(e,f)`, up to the end or to a bracket that was not opened in it.
    fn list(&mut self, mask: &mut Mask, schemas: &Schemas) -> Result<(), GoogleError> {
        loop {
            self.item(mask, schemas)?;
            if self.rest.next_if(|(_, next)| *next == ',').is_none() {
                return Ok(());
            }
        }
    }

    /// `a`, `a/b` or `a(b,c)`.
    fn item(&mut self, mask: &mut Mask, schemas: &Schemas) -> Result<(), GoogleError> {
        let name = self.name()?;
        self.path.push(name);
        let within: Vec<&'static Value> = schemas.iter().flat_map(|schema| fields_of(schema, name)).collect();
        if within.is_empty() {
            let path = self.path.join(".");
            return Err(bad_mask(self.text, &format!("Cannot find matching fields for path '{path}'.")));
        }
        let field = mask.fields.entry(name.to_owned()).or_default();
        match self.rest.next_if(|(_, next)| matches!(next, '/' | '(')) {
            None => field.is_whole = true,
            Some((_, '/')) => self.item(field, &within)?,
            Some(_) => {
                self.list(field, &within)?;
                match self.rest.next() {
                    Some((_, ')')) => {}
                    Some((at, found)) => return Err(self.unexpected(at, found)),
                    None => return Err(bad_mask(self.text, "A bracket is not closed.")),
                }
            }
        }
        self.path.pop();
        Ok(())
    }
}

impl<'t> Reader<'t> {
    fn name(&mut self) -> Result<&'t str, GoogleError> {
        let is_of_names = |next: char| !matches!(next, ',' | '/' | '(' | ')') && !next.is_whitespace();
        let begin = self.rest.peek().map_or(self.text.len(), |(at, _)| *at);
        while self.rest.next_if(|(_, next)| is_of_names(*next)).is_some() {}
        let end = self.rest.peek().map_or(self.text.len(), |(at, _)| *at);
        match (self.text.get(begin..end).filter(|name| !name.is_empty()), self.rest.peek().copied()) {
            (Some(name), _) => Ok(name),
            (None, Some((at, found))) => Err(self.unexpected(at, found)),
            (None, None) => Err(bad_mask(self.text, "It ends where a name has to be.")),
        }
    }

    fn unexpected(&self, at: usize, found: char) -> GoogleError {
        bad_mask(self.text, &format!("Unexpected '{found}' at byte {at}."))
    }
}

/// The schemas of the fields of that name; of all of them for any name.
fn fields_of(of: &'static Value, name: &str) -> Vec<&'static Value> {
    let Some(message) = resolved(of) else { return Vec::new() };
    let properties = message.get("properties").and_then(Value::as_object);
    let stated =
        properties.into_iter().flatten().filter(|(own, _)| name == ANY || *own == name).map(|(_, value)| value);
    stated.chain(message.get("additionalProperties")).collect()
}

/// What a schema stands for: what it refers to, and of a list what it is a list of.
fn resolved(mut of: &'static Value) -> Option<&'static Value> {
    loop {
        if let Some(name) = of.get("$ref").and_then(Value::as_str) {
            of = schema(name)?;
        } else if let Some(items) = of.get("items") {
            of = items;
        } else {
            return Some(of);
        }
    }
}

fn bad_mask(text: &str, what: &str) -> GoogleError {
    GoogleError::bad_field(text, format!("Error expanding 'fields' parameter. {what}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Value {
        let scores = |value: f64| {
            json!({"spanScores": [{"begin": 0, "end": 3, "score": {"value": value, "type": "PROBABILITY"}}],
                "summaryScore": {"value": value, "type": "PROBABILITY"}})
        };
        json!({"attributeScores": {"TOXICITY": scores(0.5), "INSULT@2": scores(0.25)}, "languages": ["en"],
            "detectedLanguages": ["en", "de"], "clientToken": "t"})
    }

    #[test]
    fn masks_keep_what_they_name() {
        let check = |mask: &str, expected: &Value| {
            let mask = Mask::read(mask, "AnalyzeCommentResponse").unwrap_or_else(|error| panic!("{mask}: {error:?}"));
            assert_eq!(serde_json::to_value(mask.of(&answer())).unwrap(), *expected);
        };
        check("*", &answer());
        check("languages", &json!({"languages": ["en"]}));
        check("languages,clientToken", &json!({"languages": ["en"], "clientToken": "t"}));
        check("absentAttributes", &json!({}));
        let summary = |value: f64| json!({"summaryScore": {"value": value}});
        let both = json!({"attributeScores": {"TOXICITY": summary(0.5), "INSULT@2": summary(0.25)}});
        check("attributeScores/*/summaryScore/value", &both);
        check("attributeScores(*(summaryScore(value)))", &both);
        check("attributeScores(TOXICITY/summaryScore/value,INSULT@2/summaryScore/value)", &both);
        check("attributeScores/TOXICITY/summaryScore/value", &json!({"attributeScores": {"TOXICITY": summary(0.5)}}));
        let begin = json!({"attributeScores": {"TOXICITY": {"spanScores": [{"begin": 0}]}}});
        check("attributeScores/TOXICITY/spanScores/begin", &begin);
        // What is named as a whole is kept as a whole.
        let whole = json!({"attributeScores": {"TOXICITY": answer()["attributeScores"]["TOXICITY"]}});
        check("attributeScores/TOXICITY,attributeScores/TOXICITY/summaryScore", &whole);
        let mixed =
            json!({"attributeScores": {"TOXICITY": whole["attributeScores"]["TOXICITY"], "INSULT@2": summary(0.25)}});
        check("attributeScores(TOXICITY,*/summaryScore/value)", &mixed);
        check("attributeScores/NONE", &json!({"attributeScores": {}}));
    }

    #[test]
    fn the_order_and_the_numbers_stay() {
        let written = "{\"b\":0.7298119,\"a\":{\"z\":1,\"y\":[true,null]}}";
        let part: Part = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&part).unwrap(), written);
    }

    #[test]
    fn bad_masks_are_told() {
        let check = |mask: &str, expected: &str| {
            let error = Mask::read(mask, "AnalyzeCommentResponse").expect_err(mask);
            let body = serde_json::to_string(&error.details).unwrap();
            assert!(body.contains(expected), "{mask}: {body}");
        };
        check("nothing", "Cannot find matching fields for path 'nothing'.");
        check("attributeScores/TOXICITY/nothing", "path 'attributeScores.TOXICITY.nothing'.");
        check("languages/en", "path 'languages.en'.");
        check("languages,clientToken/*", "path 'clientToken.*'.");
        check("attributeScores(TOXICITY", "A bracket is not closed.");
        check("attributeScores(TOXICITY))", "Unexpected ')' at byte 25.");
        check("attributeScores()", "Unexpected ')' at byte 16.");
        check("languages,", "It ends where a name has to be.");
        check(",", "Unexpected ',' at byte 0.");
        check("a b", "path 'a'");
        check("languages clientToken", "Unexpected ' ' at byte 9.");
        check(&"attributeScores/".repeat(10_000), "Cannot find matching fields");
        check(&"(".repeat(10_000), "Unexpected '('");
        check("ž", "path 'ž'");
    }
}
