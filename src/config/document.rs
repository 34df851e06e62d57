//! The sections of `pipeline.toml` as they are written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::{Flag, LanguageCode};
use crate::policy::{Bound, Condition, Rule, ScoreName};
use crate::text::contact_details::ContactDetails;

use super::cascade::CascadeSection;
use super::serve::ServeSection;
use super::statement::StatementSection;
use super::translation::TranslationSection;
use super::{AuthorField, EvidenceLabels, KeySource, Limits, Plan};

/// `[language]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LanguageSection {
    pub(super) read: Vec<String>,
    pub(super) translate_to: Option<String>,
}

impl Default for LanguageSection {
    fn default() -> Self {
        Self { read: vec!["en".to_owned()], translate_to: None }
    }
}

/// `[models]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ModelsSection {
    pub(super) language: Option<PathBuf>,
    pub(super) abuse: Option<PathBuf>,
    pub(super) sentiment: Option<PathBuf>,
    pub(super) encoder: Option<PathBuf>,
    pub(super) topic: Option<PathBuf>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) custom: BTreeMap<String, PathBuf>,
}

/// `[tone]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ToneSection {
    pub(super) enabled: bool,
    pub(super) evidence: usize,
    pub(super) evidence_labels: EvidenceLabels,
}

impl Default for ToneSection {
    fn default() -> Self {
        Self { enabled: true, evidence: 0, evidence_labels: EvidenceLabels::Leading }
    }
}

/// `[topic]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TopicSection {
    pub(super) enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cascade: Option<CascadeSection>,
}

impl Default for TopicSection {
    fn default() -> Self {
        Self { enabled: true, cascade: None }
    }
}

/// What happens to the author's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AuthorChoice {
    Keep,
    Omit,
    Hash,
}

/// What is masked in texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RedactChoice {
    Email,
    Phone,
}

impl RedactChoice {
    /// What is to be found for some choices.
    pub(super) fn details(choices: &[Self]) -> ContactDetails {
        ContactDetails { emails: choices.contains(&Self::Email), phones: choices.contains(&Self::Phone) }
    }

    fn of(details: ContactDetails) -> Vec<Self> {
        let all = [(details.emails, Self::Email), (details.phones, Self::Phone)];
        all.into_iter().filter(|(is_chosen, _)| *is_chosen).map(|(_, choice)| choice).collect()
    }
}

/// `[output]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OutputSection {
    pub(super) text: bool,
    pub(super) author: AuthorChoice,
    pub(super) author_key_env: Option<String>,
    pub(super) author_key_file: Option<PathBuf>,
    pub(super) raw_dead_letters: bool,
    pub(super) redact: Vec<RedactChoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) statement_of_reasons: Option<StatementSection>,
}

impl Default for OutputSection {
    fn default() -> Self {
        Self {
            text: true,
            author: AuthorChoice::Keep,
            author_key_env: None,
            author_key_file: None,
            raw_dead_letters: false,
            redact: Vec::new(),
            statement_of_reasons: None,
        }
    }
}

/// One of `[[policy.rules]]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSection {
    pub(super) id: String,
    pub(super) when: WhenSection,
    pub(super) action: String,
}

/// `when = { … }` of a rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WhenSection {
    pub(super) label: Option<String>,
    pub(super) off_topic: Option<bool>,
    pub(super) relevance: Option<String>,
    pub(super) untranslated: Option<bool>,
    pub(super) flag: Option<String>,
    pub(super) language: Option<String>,
    pub(super) tone: Option<String>,
    pub(super) translation: Option<String>,
    pub(super) text_matches: Option<Vec<String>>,
    pub(super) at_least: Option<f64>,
    pub(super) below: Option<f64>,
}

#[derive(Serialize)]
struct PolicySection {
    rules: Vec<RuleSection>,
}

#[derive(Serialize)]
struct Document {
    language: LanguageSection,
    translation: TranslationSection,
    limits: Limits,
    models: ModelsSection,
    tone: ToneSection,
    topic: TopicSection,
    output: OutputSection,
    serve: ServeSection,
    policy: PolicySection,
}

/// Writes a plan as the `pipeline.toml` that makes it, with every default spelled out.
///
/// # Errors
/// Where a path in it is not UTF-8.
pub fn render(plan: &Plan) -> Result<String, toml::ser::Error> {
    let (author, author_key_env, author_key_file) = match &plan.output.author {
        AuthorField::Keep => (AuthorChoice::Keep, None, None),
        AuthorField::Omit => (AuthorChoice::Omit, None, None),
        AuthorField::Hash(KeySource::Environment(name)) => (AuthorChoice::Hash, Some(name.clone()), None),
        AuthorField::Hash(KeySource::File(path)) => (AuthorChoice::Hash, None, Some(path.clone())),
    };
    toml::to_string(&Document {
        language: LanguageSection {
            read: plan.read.iter().map(LanguageCode::to_string).collect(),
            translate_to: Some(plan.translate_to.to_string()),
        },
        translation: TranslationSection::of(&plan.translation),
        limits: plan.limits.clone(),
        models: ModelsSection {
            language: plan.models.language.clone(),
            abuse: plan.models.abuse.clone(),
            sentiment: plan.models.sentiment.clone(),
            encoder: plan.models.encoder.clone(),
            topic: plan.models.topic.clone(),
            custom: plan.models.custom.clone(),
        },
        tone: ToneSection {
            enabled: plan.tone_enabled,
            evidence: plan.evidence_count,
            evidence_labels: plan.evidence_labels,
        },
        topic: TopicSection {
            enabled: plan.topic_enabled,
            cascade: plan.topic_cascade.as_ref().map(CascadeSection::of),
        },
        output: OutputSection {
            text: plan.output.text,
            author,
            author_key_env,
            author_key_file,
            raw_dead_letters: plan.output.raw_dead_letters,
            redact: RedactChoice::of(plan.output.redact),
            statement_of_reasons: plan.output.statement.map(StatementSection::of),
        },
        serve: ServeSection::of(&plan.serve),
        policy: PolicySection { rules: plan.policy.rules.iter().map(rule_section).collect() },
    })
}

fn rule_section(rule: &Rule) -> RuleSection {
    let mut when = WhenSection::default();
    for condition in &rule.conditions {
        match condition {
            Condition::Score(name, bounds) => {
                match name {
                    ScoreName::Label(label) => when.label = Some(label.to_string()),
                    ScoreName::OffTopic => when.off_topic = Some(true),
                    ScoreName::Relevance(basis) => when.relevance = Some(basis.name().to_owned()),
                    ScoreName::Untranslated => when.untranslated = Some(true),
                }
                for bound in bounds {
                    match bound {
                        Bound::AtLeast(threshold) => when.at_least = Some(*threshold),
                        Bound::Below(threshold) => when.below = Some(*threshold),
                    }
                }
            }
            Condition::Flag(flag) => when.flag = Some(Flag::name(*flag).to_owned()),
            Condition::Language(language) => when.language = Some(language.to_string()),
            Condition::Tone(label) => when.tone = Some(label.name().to_owned()),
            Condition::Translation(status) => when.translation = Some(status.name().to_owned()),
            Condition::Words(patterns) => {
                when.text_matches = Some(patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect());
            }
        }
    }
    RuleSection { id: rule.id.to_string(), when, action: rule.action.name().to_owned() }
}
