//! Requests of Perspective's protocol, as proto3 JSON: names in both spellings, unknown fields passed over, `null` for
//! what is not there.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// `AnalyzeCommentRequest`. There is no `Debug`, which would print people's words.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct AnalyzeRequest {
    pub(super) comment: Option<TextEntry>,
    pub(super) context: Option<Context>,
    #[serde(alias = "requested_attributes")]
    pub(super) requested_attributes: Option<InOrder<AttributeParameters>>,
    #[serde(alias = "span_annotations")]
    pub(super) span_annotations: Option<bool>,
    pub(super) languages: Option<Vec<String>>,
    #[serde(alias = "client_token")]
    pub(super) client_token: Option<String>,
    #[serde(alias = "drop_unsupported_attributes")]
    pub(super) drop_unsupported_attributes: Option<bool>,
}

/// `TextEntry`.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TextEntry {
    pub(super) text: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<EnumValue>,
}

/// `Context`.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Context {
    pub(super) entries: Option<Vec<TextEntry>>,
    #[serde(alias = "article_and_parent_comment")]
    pub(super) article_and_parent_comment: Option<ArticleAndParentComment>,
}

/// `ArticleAndParentComment`.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ArticleAndParentComment {
    pub(super) article: Option<TextEntry>,
    #[serde(alias = "parent_comment")]
    pub(super) parent_comment: Option<TextEntry>,
}

/// `AttributeParameters`.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct AttributeParameters {
    #[serde(alias = "score_type")]
    pub(super) score_type: Option<EnumValue>,
    #[serde(alias = "score_threshold")]
    pub(super) score_threshold: Option<Number>,
}

/// A value of an enumeration: its name, or its number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum EnumValue {
    Name(String),
    Number(i64),
}

impl EnumValue {
    /// The name among those of an enumeration, in the order of their numbers; as it came where it is none of them.
    pub(super) fn name<'v>(&'v self, names: &'static [&'static str]) -> std::borrow::Cow<'v, str> {
        match self {
            Self::Name(name) => name.as_str().into(),
            Self::Number(number) => {
                let known = usize::try_from(*number).ok().and_then(|number| names.get(number));
                known.map_or_else(|| number.to_string().into(), |name| (*name).into())
            }
        }
    }
}

/// A number, which proto3 JSON takes as a string too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(pub(super) f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl Visitor<'_> for Read {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
                Ok(Number(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Number, E> {
                let number = value.parse::<f64>().ok().filter(|number| !number.is_nan());
                number.map(Number).ok_or_else(|| E::custom("a string that is no number"))
            }
        }

        deserializer.deserialize_any(Read)
    }
}

/// The entries of an object in the order in which they came; of a name that stands twice the last.
#[derive(Clone, Debug)]
pub(super) struct InOrder<T>(pub(super) Vec<(String, T)>);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for InOrder<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Read<T> {
            type Value = InOrder<T>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder<T>, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Option<T>>()? {
                    let value = value.unwrap_or_default();
                    match entries.iter().position(|(other, _)| *other == name) {
                        Some(place) => entries[place].1 = value,
                        None if entries.len() < MAX_ENTRIES => entries.push((name, value)),
                        None => return Err(serde::de::Error::custom(format!("more than {MAX_ENTRIES} entries"))),
                    }
                }
                Ok(InOrder(entries))
            }
        }

        deserializer.deserialize_map(Read(std::marker::PhantomData))
    }
}

/// Attributes of a request, at most: all that there are, several times over.
const MAX_ENTRIES: usize = 256;

/// The names of `TextType` by their numbers.
pub(super) const TEXT_TYPES: &[&str] = &["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"];
/// The names of `ScoreType` by their numbers.
pub(super) const SCORE_TYPES: &[&str] =
    &["SCORE_TYPE_UNSPECIFIED", "PROBABILITY", "STD_DEV_SCORE", "PERCENTILE", "RAW"];

#[cfg(test)]
mod tests {
    use super::super::lenient_json::read;
    use super::*;

    #[test]
    fn both_spellings_and_nulls_are_read() {
        for body in [
            r#"{"comment":{"text":"a","type":1},"requestedAttributes":{"B":{"scoreThreshold":"0.5"},"A":null},"spanAnnotations":true,"other":[]}"#,
            r#"{"comment":{"text":"a","type":"PLAIN_TEXT"},"requested_attributes":{"B":{"score_threshold":0.5},"A":{}},"span_annotations":true,"context":null}"#,
        ] {
            let request: AnalyzeRequest = read(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error:?}"));
            let comment = request.comment.unwrap();
            assert_eq!(comment.text.as_deref(), Some("a"));
            assert_eq!(comment.kind.unwrap().name(TEXT_TYPES), "PLAIN_TEXT");
            let attributes = request.requested_attributes.unwrap().0;
            assert_eq!(attributes.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["B", "A"]);
            assert_eq!(attributes[0].1.score_threshold, Some(Number(0.5)));
            assert_eq!(request.span_annotations, Some(true));
        }
    }

    #[test]
    fn wrong_types_are_refused() {
        for body in [
            r#"{"comment":"a"}"#,
            r#"{"requestedAttributes":[]}"#,
            r#"{"languages":"en"}"#,
            r#"{"requestedAttributes":{"A":{"scoreThreshold":"NaN"}}}"#,
        ] {
            assert!(read::<AnalyzeRequest>(body.as_bytes()).is_err(), "{body}");
        }
    }
}
