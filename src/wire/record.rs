//! The record: what is known of one comment, and what policy would do with it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::domain::{
    self, Absence, Decision, Flag, LanguageVerdict, Reason, ReasonSubject, Segment, Span, Tone, Topic, Translation,
    round,
};
use crate::text::scalars::ScalarCursor;

use super::statement::StatementField;

/// Name and version of the record's shape.
pub const SCHEMA: &str = "threadsieve.record/1";

/// One comment, labelled. Offsets are in Unicode scalar values of `text`, half open. Scores are probabilities,
/// 0..=1, to four decimals.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "threadsieve.record/1")]
pub struct Record<'a> {
    /// Always `threadsieve.record/1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// The thread that the comment belongs to.
    pub thread_id: &'a str,
    /// The comment's id; `INPUT:LINE` where the input has none.
    pub id: &'a str,
    /// The comment that it answers.
    pub parent_id: Option<&'a str>,
    /// The author, or a keyed hash; missing where the input names none or the configuration omits authors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Cow<'a, str>>,
    /// Time of writing as the input spells it.
    pub created_at: Option<&'a str>,
    /// The comment's text; missing where the configuration omits texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    /// The language of the commenter's own prose.
    pub language: LanguageField,
    /// Whether it needs translating.
    pub translation: TranslationField<'a>,
    /// Its parts, in order.
    pub segments: Vec<SegmentField>,
    /// Its tone.
    pub tone: ToneField,
    /// How far it is off topic.
    pub topic: TopicField,
    /// Properties that are not scores: `duplicate`, `near_duplicate`, `link_only`, `quote_only`, `code_only`,
    /// `no_text`, `parent_unknown`, `thread_truncated`.
    pub flags: Vec<&'static str>,
    /// The earlier comment that this one repeats.
    pub duplicate_of: Option<&'a str>,
    /// What policy would do.
    pub decision: DecisionField<'a>,
    /// What the EU's Digital Services Act asks a site to state where it restricts a comment; missing unless the configuration
    /// asks for it and the action is `review` or `reject`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_of_reasons: Option<StatementField>,
    /// What scored it: `name@version+sha256:…` by stage, and by name for models of the site's own.
    pub models: &'a BTreeMap<Arc<str>, Arc<str>>,
}

/// The language of the commenter's own prose (quotes, links, code and a supplied translation aside).
#[derive(Debug, Serialize, JsonSchema)]
pub struct LanguageField {
    /// ISO 639-1 code, or 639-3 where there is none (`hbs`); null where there is no text.
    pub code: Option<String>,
    /// ISO 15924 code of the script; null where there is no text.
    pub script: Option<&'static str>,
    /// Probability of `code`, 0..=1.
    pub confidence: Option<f64>,
    /// How sure: `known`, `unsure`, `too_short` (then `code` is what the thread makes likely), `no_text`.
    pub status: LanguageStatus,
    /// The most probable languages.
    pub candidates: Vec<CandidateField>,
}

/// How sure the language is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LanguageStatus {
    /// It is this language.
    Known,
    /// Enough text, but the evidence does not decide.
    Unsure,
    /// Too few letters to say.
    TooShort,
    /// No letters.
    NoText,
}

/// A language with its probability.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CandidateField {
    /// The language.
    pub code: String,
    /// Its probability, 0..=1.
    pub p: f64,
}

/// Whether the comment needs translating.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TranslationField<'a> {
    /// Whether the comment's own prose is in a language that the site does not read, translated or not.
    pub flagged: bool,
    /// `not_needed`, `needed`, `supplied` (a translation stands in the comment), `machine` (a translator of the site's has
    /// made one), `undetermined`.
    pub status: &'static str,
    /// The language of the commenter's own prose, where flagged.
    pub from: Option<String>,
    /// The language to read it in, where flagged; with `machine` that of the translation.
    pub to: Option<String>,
    /// The supplied translation without its marker: begin and end.
    pub span: Option<[usize; 2]>,
    /// Share of the translation's words that were carried over untranslated, 0..=1; of the machine's where there is one.
    pub untranslated: Option<f64>,
    /// The translator, as the configuration calls it; missing unless `machine`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<&'a str>,
    /// The machine's translation of the commenter's prose; missing unless `machine`, and where the configuration omits
    /// texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    /// Why a translator gave no translation: `timeout`, `failed`, `unavailable`, `invalid_answer`; missing where none was
    /// asked, or it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<&'static str>,
}

/// A part of the comment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SegmentField {
    /// `prose`, `quote`, `link`, `translation` or `code`.
    pub kind: &'static str,
    /// First scalar.
    pub begin: usize,
    /// One past the last scalar.
    pub end: usize,
    /// Its language, where known.
    pub language: Option<String>,
}

/// The comment's tone, or why there is none.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ToneField {
    /// Scored.
    Scored {
        /// `hostile`, `negative`, `neutral`, `positive` or `ambiguous`.
        label: &'static str,
        /// Probability of each label of the tone models, those of the site's own last.
        scores: ScoreMap,
        /// The words that raised or lowered the scores, a label after the other, strongest first; missing unless asked
        /// for.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        evidence: Vec<EvidenceField>,
    },
    /// Not scored.
    Absent {
        /// `language_unsupported`, `no_text`, `too_little_text` or `switched_off`.
        absent: &'static str,
    },
}

/// Probabilities by label, in the models' order.
#[derive(Debug)]
pub struct ScoreMap(Vec<(Arc<str>, f64)>);

impl Serialize for ScoreMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (label, probability) in &self.0 {
            map.serialize_entry(&**label, probability)?;
        }
        map.end()
    }
}

impl JsonSchema for ScoreMap {
    fn schema_name() -> Cow<'static, str> {
        "ScoreMap".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Probability of each label, 0..=1.",
            "type": "object",
            "additionalProperties": { "type": "number", "minimum": 0, "maximum": 1 }
        })
    }
}

/// A word that raised or lowered a score.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceField {
    /// First scalar.
    pub begin: usize,
    /// One past the last scalar.
    pub end: usize,
    /// The label whose score it moved.
    pub label: Arc<str>,
    /// By how much, in log-odds.
    pub weight: f64,
    /// The runs of characters in it that carry the weight, in order; missing where all of it does.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub runs: Vec<EvidenceRunField>,
}

/// Characters side by side that all raise, or all lower, a score.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceRunField {
    /// First scalar.
    pub begin: usize,
    /// One past the last scalar.
    pub end: usize,
    /// What they add together, in log-odds.
    pub weight: f64,
}

/// How far the comment is off topic, or why that is not known.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum TopicField {
    /// Scored.
    Scored {
        /// Probability that it is off topic, 0..=1.
        off_topic: f64,
        /// What it was mainly compared with: `article`, `parent` or `thread`.
        basis: &'static str,
        /// What each kind of context says alone.
        relevance: RelevanceField,
        /// True where `off_topic` is the score of the cascade, which a sentence encoder has looked at; missing otherwise.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        cascade: bool,
    },
    /// Not scored.
    Absent {
        /// `language_unsupported`, `no_text`, `too_little_text`, `no_context` or `switched_off`.
        absent: &'static str,
    },
}

/// Probability, 0..=1, that a comment is on topic for one thing alone; null where there is nothing to compare with.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RelevanceField {
    /// For the article: its title or its nearest passage.
    pub article: Option<f64>,
    /// For the comment that it answers.
    pub parent: Option<f64>,
    /// For the earlier comments of the thread.
    pub thread: Option<f64>,
}

/// What policy would do, and why. A person carries it out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DecisionField<'a> {
    /// `approve`, `translate`, `review` or `reject`.
    pub action: &'static str,
    /// Every rule that matched.
    pub reasons: Vec<ReasonField<'a>>,
}

/// One rule that matched.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReasonField<'a> {
    /// The rule's id; `default` where no rule matched.
    pub rule: &'a str,
    /// The score's label, or a fact such as `flag:duplicate`; null where no rule matched.
    pub label: Option<&'a str>,
    /// The score that the rule saw.
    pub score: Option<f64>,
    /// The threshold that it compared with.
    pub threshold: Option<f64>,
}

/// What a record is made of.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The comment.
    pub comment: &'a domain::Comment,
    /// Its author as the record shows them.
    pub author: Option<&'a str>,
    /// Whether the record holds the text.
    pub with_text: bool,
    /// Its language.
    pub language: &'a LanguageVerdict,
    /// Where it stands with translation.
    pub translation: &'a Translation,
    /// Its parts.
    pub segments: &'a [Segment],
    /// The machine's translation, where that is what was scored: evidence stands in it then.
    pub scored_translation: Option<&'a str>,
    /// Its tone.
    pub tone: &'a Result<Tone, Absence>,
    /// How far it is off topic.
    pub topic: &'a Result<Topic, Absence>,
    /// Its flags.
    pub flags: &'a [Flag],
    /// The earlier comment that it repeats.
    pub duplicate_of: Option<&'a domain::CommentId>,
    /// What policy would do.
    pub decision: &'a Decision,
    /// What all statements of reasons say, where records hold them.
    pub statement: Option<domain::StatementTerms>,
    /// What scored it.
    pub models: &'a BTreeMap<Arc<str>, Arc<str>>,
}

impl<'a> From<Parts<'a>> for Record<'a> {
    fn from(parts: Parts<'a>) -> Self {
        let text = parts.comment.body.as_str();
        let mut cursor = ScalarCursor::new(text);
        Self {
            schema: SCHEMA,
            thread_id: parts.comment.thread_id.as_str(),
            id: parts.comment.id.as_str(),
            parent_id: parts.comment.parent_id.as_ref().map(domain::CommentId::as_str),
            author: parts.author.map(Cow::Borrowed),
            created_at: parts.comment.created_at.as_deref(),
            text: parts.with_text.then_some(text),
            language: parts.language.into(),
            translation: translation_field(parts.translation, parts.with_text, &mut cursor),
            segments: parts.segments.iter().map(|segment| segment_field(segment, &mut cursor)).collect(),
            tone: match parts.tone {
                Ok(tone) => match parts.scored_translation {
                    Some(translation) => tone_field(tone, &mut ScalarCursor::new(translation)),
                    None => tone_field(tone, &mut cursor),
                },
                Err(absence) => ToneField::Absent { absent: absence.name() },
            },
            topic: match parts.topic {
                Ok(topic) => topic.into(),
                Err(absence) => TopicField::Absent { absent: absence.name() },
            },
            flags: parts.flags.iter().map(|flag| flag.name()).collect(),
            duplicate_of: parts.duplicate_of.map(domain::CommentId::as_str),
            decision: DecisionField {
                action: parts.decision.action.name(),
                reasons: parts.decision.reasons.iter().map(ReasonField::from).collect(),
            },
            statement_of_reasons: parts
                .statement
                .filter(|_| parts.decision.action >= domain::Action::Review)
                .map(|terms| StatementField::new(terms, parts.comment, parts.decision)),
            models: parts.models,
        }
    }
}

impl From<&LanguageVerdict> for LanguageField {
    fn from(verdict: &LanguageVerdict) -> Self {
        let best = verdict.best();
        let candidate = |candidate: &domain::Candidate| CandidateField {
            code: candidate.language.to_string(),
            p: round(candidate.probability),
        };
        Self {
            code: best.map(|best| best.language.to_string()),
            script: verdict.script().map(|script| script.0),
            confidence: best.map(|best| round(best.probability)),
            status: match verdict {
                LanguageVerdict::Known { .. } => LanguageStatus::Known,
                LanguageVerdict::Unsure { .. } => LanguageStatus::Unsure,
                LanguageVerdict::TooShort { .. } => LanguageStatus::TooShort,
                LanguageVerdict::NoText => LanguageStatus::NoText,
            },
            candidates: verdict.candidates().iter().map(candidate).collect(),
        }
    }
}

impl From<&Topic> for TopicField {
    fn from(topic: &Topic) -> Self {
        Self::Scored {
            off_topic: topic.off_topic.get(),
            basis: topic.basis.name(),
            relevance: RelevanceField {
                article: topic.relevance.article.map(round),
                parent: topic.relevance.parent.map(round),
                thread: topic.relevance.thread.map(round),
            },
            cascade: topic.is_second_score,
        }
    }
}

impl<'a> From<&'a Reason> for ReasonField<'a> {
    fn from(reason: &'a Reason) -> Self {
        Self {
            rule: &reason.rule,
            label: match &reason.subject {
                ReasonSubject::Score(label) | ReasonSubject::Fact(label) => Some(label),
                ReasonSubject::None => None,
            },
            score: reason.score,
            threshold: reason.threshold,
        }
    }
}

fn offsets(span: Span, cursor: &mut ScalarCursor<'_>) -> [usize; 2] {
    [cursor.at(span.begin), cursor.at(span.end)]
}

fn translation_field<'a>(
    translation: &'a Translation,
    with_text: bool,
    cursor: &mut ScalarCursor<'_>,
) -> TranslationField<'a> {
    let machine = translation.machine.as_ref();
    TranslationField {
        flagged: translation.is_flagged(),
        status: translation.status.name(),
        from: translation.from.map(|code| code.to_string()),
        to: translation.to.map(|code| code.to_string()),
        span: translation.span.map(|span| offsets(span, cursor)),
        untranslated: translation.untranslated,
        engine: machine.map(|machine| &*machine.engine),
        text: machine.filter(|_| with_text).map(|machine| machine.text.as_str()),
        failure: translation.failure.map(domain::TranslationFailure::name),
    }
}

fn segment_field(segment: &Segment, cursor: &mut ScalarCursor<'_>) -> SegmentField {
    let [begin, end] = offsets(segment.span, cursor);
    SegmentField { kind: segment.kind.name(), begin, end, language: segment.language.map(|code| code.to_string()) }
}

fn tone_field(tone: &Tone, cursor: &mut ScalarCursor<'_>) -> ToneField {
    let evidence = |evidence: &domain::Evidence| {
        let [begin, end] = offsets(evidence.span, cursor);
        let run = |run: &domain::EvidenceRun| {
            let [begin, end] = offsets(run.span, cursor);
            EvidenceRunField { begin, end, weight: round(run.weight) }
        };
        let runs = evidence.runs.iter().map(run).collect();
        EvidenceField { begin, end, label: Arc::clone(&evidence.label), weight: round(evidence.weight), runs }
    };
    ToneField::Scored {
        label: tone.label.name(),
        scores: ScoreMap(tone.scores.iter().map(|score| (Arc::clone(&score.label), score.probability.get())).collect()),
        evidence: tone.evidence.iter().map(evidence).collect(),
    }
}

/// The JSON Schema of a record (draft 2020-12), generated from the types above.
#[must_use]
pub fn schema() -> Schema {
    schemars::schema_for!(Record<'static>)
}
