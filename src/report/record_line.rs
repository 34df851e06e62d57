//! A record as `threadsieve run` writes it, as far as a report needs it. What it does not know it ignores.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::domain::Action;
use crate::wire::record::SCHEMA;

/// One labelled comment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct RecordLine {
    schema: String,
    pub(super) thread_id: String,
    pub(super) id: String,
    #[serde(default)]
    pub(super) author: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    pub(super) language: LanguageLine,
    pub(super) translation: TranslationLine,
    #[serde(default)]
    pub(super) segments: Vec<SegmentLine>,
    pub(super) tone: ToneLine,
    pub(super) topic: TopicLine,
    #[serde(default)]
    pub(super) flags: Vec<String>,
    #[serde(default)]
    pub(super) duplicate_of: Option<String>,
    pub(super) decision: DecisionLine,
    #[serde(default)]
    pub(super) models: BTreeMap<String, String>,
}

/// Its language.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct LanguageLine {
    #[serde(default)]
    pub(super) code: Option<String>,
    pub(super) status: String,
}

/// Whether it needs translating.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct TranslationLine {
    pub(super) status: String,
    #[serde(default)]
    pub(super) from: Option<String>,
    #[serde(default)]
    pub(super) untranslated: Option<f64>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) failure: Option<String>,
}

/// A part of its text, in Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct SegmentLine {
    pub(super) kind: String,
    pub(super) begin: usize,
    pub(super) end: usize,
}

/// Its tone, or why there is none.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct ToneLine {
    #[serde(default)]
    pub(super) label: Option<String>,
    #[serde(default)]
    pub(super) scores: Scores,
    #[serde(default)]
    pub(super) evidence: Vec<EvidenceLine>,
    #[serde(default)]
    pub(super) absent: Option<String>,
}

/// A word that moved a score, in Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct EvidenceLine {
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) label: String,
    pub(super) weight: f64,
}

/// How far it is off topic, or why that is not known.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct TopicLine {
    #[serde(default)]
    pub(super) off_topic: Option<f64>,
    #[serde(default)]
    pub(super) relevance: RelevanceLine,
    #[serde(default)]
    pub(super) absent: Option<String>,
}

/// What each context says alone.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub(super) struct RelevanceLine {
    #[serde(default)]
    pub(super) article: Option<f64>,
    #[serde(default)]
    pub(super) parent: Option<f64>,
    #[serde(default)]
    pub(super) thread: Option<f64>,
}

/// What policy would do.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct DecisionLine {
    action: String,
    #[serde(default)]
    pub(super) reasons: Vec<ReasonLine>,
}

/// One rule that matched.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct ReasonLine {
    pub(super) rule: String,
    #[serde(default)]
    pub(super) label: Option<String>,
    #[serde(default)]
    pub(super) score: Option<f64>,
    #[serde(default)]
    pub(super) threshold: Option<f64>,
}

/// Scores by label, in the order of the record.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Scores(pub(super) Vec<(String, f64)>);

impl Scores {
    /// The score of a label.
    pub(super) fn of(&self, label: &str) -> Option<f64> {
        self.0.iter().find(|(name, _)| name == label).map(|(_, score)| *score)
    }
}

impl<'de> Deserialize<'de> for Scores {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Scores;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("scores by label")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scores, A::Error> {
                let mut scores = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    scores.push(entry);
                }
                Ok(Scores(scores))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Why a line is no record.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RecordLineError {
    /// Not JSON, or not whole.
    #[error("no JSON object of a record: {0}")]
    Shape(String),
    /// Some other JSON, or a version that came later.
    #[error("its `schema` is not {SCHEMA}")]
    Schema,
    /// A score that is no probability.
    #[error("`{0}` is not between 0 and 1")]
    Score(String),
    /// An action that is none of ours.
    #[error("`decision.action` is not one of approve, translate, review, reject")]
    Action,
}

impl RecordLine {
    /// Reads a line. What is said of one that cannot be read holds none of its words.
    pub(super) fn parse(line: &[u8]) -> Result<Self, RecordLineError> {
        let record: Self = serde_json::from_slice(line).map_err(|error| {
            let kind = match error.classify() {
                serde_json::error::Category::Eof => "it breaks off",
                serde_json::error::Category::Syntax => "not JSON",
                _ => "a field is missing or has another type",
            };
            RecordLineError::Shape(format!("{kind} at byte {}", error.column()))
        })?;
        if record.schema != SCHEMA {
            return Err(RecordLineError::Schema);
        }
        let is_probability = |number: f64| (0.0..=1.0).contains(&number);
        if let Some((label, _)) = record.tone.scores.0.iter().find(|(_, score)| !is_probability(*score)) {
            return Err(RecordLineError::Score(format!("tone.scores.{}", label.escape_debug())));
        }
        let RelevanceLine { article, parent, thread } = record.topic.relevance;
        for (name, score) in [
            ("topic.off_topic", record.topic.off_topic),
            ("topic.relevance.article", article),
            ("topic.relevance.parent", parent),
            ("topic.relevance.thread", thread),
            ("translation.untranslated", record.translation.untranslated),
        ] {
            if score.is_some_and(|score| !is_probability(score)) {
                return Err(RecordLineError::Score(name.to_owned()));
            }
        }
        record.named_action().ok_or(RecordLineError::Action)?;
        Ok(record)
    }

    /// Whether a line is a record of this or a later version, whole or not.
    pub(super) fn is_named_by(line: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Named {
            #[serde(default)]
            schema: Option<String>,
        }
        serde_json::from_slice::<Named>(line)
            .is_ok_and(|named| named.schema.is_some_and(|schema| schema.starts_with("threadsieve.record/")))
    }

    fn named_action(&self) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.name() == self.decision.action)
    }

    /// What policy would do.
    pub(super) fn action(&self) -> Action {
        // Lines with another one are not read.
        self.named_action().unwrap_or(Action::Review)
    }

    /// The number that a rule compares, by the name that rules and reasons use.
    pub(super) fn score(&self, label: &str) -> Option<f64> {
        match label {
            "off_topic" => self.topic.off_topic,
            "relevance:article" => self.topic.relevance.article,
            "relevance:parent" => self.topic.relevance.parent,
            "relevance:thread" => self.topic.relevance.thread,
            "untranslated" => self.translation.untranslated,
            label => self.tone.scores.of(label),
        }
    }

    /// Whether it has a flag.
    pub(super) fn has_flag(&self, flag: &str) -> bool {
        self.flags.iter().any(|found| found == flag)
    }

    /// The length of the commenter's own prose, in Unicode scalar values; known also without the text.
    pub(super) fn prose_length(&self) -> usize {
        let prose = self.segments.iter().filter(|segment| segment.kind == "prose");
        prose.map(|segment| segment.end.saturating_sub(segment.begin)).sum()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A record that says little.
    pub(in crate::report) fn record(change: impl FnOnce(&mut serde_json::Value)) -> serde_json::Value {
        let mut record = serde_json::json!({
            "schema": SCHEMA, "thread_id": "t", "id": "c", "created_at": null, "text": "Words.",
            "language": {"code": "en", "status": "known"},
            "translation": {"flagged": false, "status": "not_needed", "from": null, "untranslated": null},
            "segments": [{"kind": "prose", "begin": 0, "end": 6, "language": "en"}],
            "tone": {"label": "neutral", "scores": {"toxicity": 0.1, "insult": 0.05, "positive": 0.3}},
            "topic": {"off_topic": 0.2, "basis": "article", "relevance": {"article": 0.8, "parent": null, "thread": null}},
            "flags": [], "duplicate_of": null,
            "decision": {"action": "approve", "reasons": [{"rule": "default", "label": null}]},
            "models": {"tone": "abuse@1+sha256:0"}
        });
        change(&mut record);
        record
    }

    fn check(change: impl FnOnce(&mut serde_json::Value), expected: Result<(), &str>) {
        let line = serde_json::to_vec(&record(change)).unwrap();
        let read = RecordLine::parse(&line).map(|_| ()).map_err(|error| error.to_string());
        match expected {
            Ok(()) => assert_eq!(read, Ok(())),
            Err(expected) => assert!(read.as_ref().is_err_and(|error| error.contains(expected)), "{read:?}"),
        }
    }

    #[test]
    fn lines_are_read_or_refused() {
        check(|_| {}, Ok(()));
        check(|record| record["new_field"] = 1.into(), Ok(()));
        check(|record| record["tone"] = serde_json::json!({"absent": "no_text"}), Ok(()));
        check(|record| record["schema"] = "threadsieve.record/2".into(), Err("`schema` is not threadsieve.record/1"));
        check(|record| record["tone"]["scores"]["insult"] = 1.5.into(), Err("`tone.scores.insult` is not between"));
        check(|record| record["topic"]["off_topic"] = (-0.1).into(), Err("`topic.off_topic` is not between"));
        check(|record| record["decision"]["action"] = "shout".into(), Err("`decision.action`"));
        check(|record| record["id"] = 7.into(), Err("another type"));
        let whole = serde_json::to_vec(&record(|_| {})).unwrap();
        let broken = RecordLine::parse(whole.get(..90).unwrap()).unwrap_err().to_string();
        assert!(broken.contains("breaks off") && !broken.contains("Words"), "{broken}");
        assert!(RecordLine::parse(b"oops").unwrap_err().to_string().contains("not JSON at byte 1"));
    }

    #[test]
    fn scores_keep_their_order() {
        let line = serde_json::to_vec(&serde_json::json!({"z": 0.5, "a": 0.25})).unwrap();
        assert_eq!(serde_json::from_slice::<Scores>(&line).unwrap().0.len(), 2);
        let scores: Scores = serde_json::from_str("{\"z\":0.5,\"a\":0.25}").unwrap();
        assert_eq!(scores.0, [("z".to_owned(), 0.5), ("a".to_owned(), 0.25)]);
    }

    #[test]
    fn records_are_told_from_comments() {
        for (line, expected) in [
            ("{\"schema\":\"threadsieve.record/1\"}", true),
            ("{\"schema\":\"threadsieve.record/9\",\"id\":1}", true),
            ("{\"id\":\"a\",\"text\":\"b\"}", false),
            ("{\"schema\":\"threadsieve.summary/1\"}", false),
            ("{\"schema\":7}", false),
            ("[]", false),
            ("id,text", false),
        ] {
            assert_eq!(RecordLine::is_named_by(line.as_bytes()), expected, "{line}");
        }
    }
}
