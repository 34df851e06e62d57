//! The checked configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::{LanguageCode, StatementTerms};
use crate::policy::Policy;
use crate::text::contact_details::ContactDetails;

use super::document::{
    AuthorChoice, LanguageSection, ModelsSection, OutputSection, RedactChoice, RuleSection, ToneSection, TopicSection,
};
use super::rules::check_rule;
use super::serve::{ServePlan, ServeSection};
use super::{BUILT_IN, CascadePlan, Limits, Problem, TranslationPlan};

/// Folders of models to use instead of the built-in ones, and beside them. Each is that of a model, or an entry of a
/// registry, which says itself which of its versions is current.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelPaths {
    /// Telling languages apart.
    pub language: Option<PathBuf>,
    /// The six labels of abuse.
    pub abuse: Option<PathBuf>,
    /// Positive, negative, ambiguous, neutral.
    pub sentiment: Option<PathBuf>,
    /// Placing texts by their subject, for off-topic scoring.
    pub encoder: Option<PathBuf>,
    /// Off-topic scoring.
    pub topic: Option<PathBuf>,
    /// A site's own models, by the name that records and rules know them by.
    pub custom: BTreeMap<String, PathBuf>,
}

/// Where the key comes from that authors are hashed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// An environment variable of this name.
    Environment(String),
    /// The whole content of this file, white space at its ends aside.
    File(PathBuf),
}

/// What happens to authors' names in records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorField {
    /// Written as they are.
    Keep,
    /// Left out.
    Omit,
    /// Replaced by a keyed hash (HMAC-SHA-256, RFC 2104), so that one author stays recognisable as one.
    Hash(KeySource),
}

/// What goes into records and dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputPlan {
    /// Whether records hold the comment's text.
    pub text: bool,
    /// What happens to authors' names.
    pub author: AuthorField,
    /// Whether dead letters hold the raw line.
    pub raw_dead_letters: bool,
    /// What is masked in texts that are written.
    pub redact: ContactDetails,
    /// What all statements of reasons say; `None` where records hold none.
    pub statement: Option<StatementTerms>,
}

/// Whose evidence a record lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceLabels {
    /// That of the label which the tone follows from.
    Leading,
    /// That of every label.
    All,
}

/// Everything that a run needs to know, checked; nothing of it has been opened yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The languages that the site reads; at least one.
    pub read: Vec<LanguageCode>,
    /// The language to translate to: one of `read`.
    pub translate_to: LanguageCode,
    /// Who translates what the site does not read.
    pub translation: TranslationPlan,
    /// Bounds on input and memory.
    pub limits: Limits,
    /// Models other than the built-in ones.
    pub models: ModelPaths,
    /// Whether tone is scored.
    pub tone_enabled: bool,
    /// How many words of evidence a record lists for a label; 0 for none.
    pub evidence_count: usize,
    /// For which labels.
    pub evidence_labels: EvidenceLabels,
    /// Whether topic is scored.
    pub topic_enabled: bool,
    /// The sentence-transformer that looks at comments whose off-topic score is undecided.
    pub topic_cascade: Option<CascadePlan>,
    /// What goes into records.
    pub output: OutputPlan,
    /// How the server works.
    pub serve: ServePlan,
    /// The rules.
    pub policy: Policy,
}

/// What records or the configuration call other models: no model of a site's own can have these names.
const MODEL_NAMES_IN_USE: [&str; 6] = ["language", "tone", "abuse", "sentiment", "encoder", "topic"];

const SECTIONS: [&str; 9] =
    ["language", "translation", "limits", "models", "tone", "topic", "output", "serve", "policy"];

/// Reads and checks a configuration. A section, or a value in one, that is left out has its built-in value; the rules
/// of the built-in policy apply where there is no `[policy]` at all.
///
/// # Errors
/// Everything that is wrong with it, each with its line.
pub fn parse(path: &str, text: &str) -> Result<Plan, Vec<Problem>> {
    let mut reader = Reader { path, text, problems: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        reader.report(&error);
    }
    let mut sections = document.into_inner();
    for (key, _) in sections.iter().filter(|(key, _)| !SECTIONS.contains(&key.get_ref().as_ref())) {
        let message = format!("unknown section `{}`", key.get_ref());
        let hint = format!("the sections are: {}", SECTIONS.join(", "));
        reader.problems.push(Problem::at(path, text, Some(key.span().start), message).with_hint(hint));
    }
    let language: LanguageSection = reader.section(&mut sections, "language");
    let limits: Limits = reader.section(&mut sections, "limits");
    let models: ModelsSection = reader.section(&mut sections, "models");
    let tone: ToneSection = reader.section(&mut sections, "tone");
    let topic: TopicSection = reader.section(&mut sections, "topic");
    let output: OutputSection = reader.section(&mut sections, "output");
    let policy = reader.policy(&mut sections);

    let read = reader.languages(&language);
    let translate_to = match (&language.translate_to, read.first()) {
        (None, Some(first)) => *first,
        (None, None) => LanguageCode::EN,
        (Some(code), _) => {
            let code = code.parse().ok().filter(|code| read.contains(code));
            if code.is_none() {
                reader.problem("[language] `translate_to` must be one of the languages in `read`");
            }
            code.unwrap_or(LanguageCode::EN)
        }
    };
    let translation = reader.translation(&mut sections, &read, translate_to);
    for name in limits.zeros() {
        reader.problem(format!("[limits] `{name}` must be at least 1"));
    }
    let author = reader.author(&output);
    reader.custom_models(&models);
    let statement = output.statement_of_reasons.and_then(|section| reader.statement(&section));
    let topic_cascade = reader.cascade(topic.cascade);
    let serve: ServeSection = reader.section(&mut sections, "serve");
    let serve = reader.serve(serve);
    let Some(serve) = serve.filter(|_| reader.problems.is_empty()) else { return Err(reader.problems) };
    Ok(Plan {
        read,
        translate_to,
        translation,
        limits,
        models: ModelPaths {
            language: models.language,
            abuse: models.abuse,
            sentiment: models.sentiment,
            encoder: models.encoder,
            topic: models.topic,
            custom: models.custom,
        },
        tone_enabled: tone.enabled,
        evidence_count: tone.evidence,
        evidence_labels: tone.evidence_labels,
        topic_enabled: topic.enabled,
        topic_cascade,
        output: OutputPlan {
            text: output.text,
            author,
            raw_dead_letters: output.raw_dead_letters,
            redact: RedactChoice::details(&output.redact),
            statement,
        },
        serve,
        policy,
    })
}

/// Reads a document, and gathers what is wrong with it.
pub(super) struct Reader<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) problems: Vec<Problem>,
}

impl Reader<'_> {
    fn report(&mut self, error: &toml::de::Error) {
        let byte = error.span().map(|span| span.start);
        self.problems.push(Problem::at(self.path, self.text, byte, error.message()));
    }

    pub(super) fn problem(&mut self, message: impl Into<String>) {
        self.problems.push(Problem::at(self.path, self.text, None, message));
    }

    pub(super) fn problem_with_hint(&mut self, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::at(self.path, self.text, None, message).with_hint(hint));
    }

    /// A section as it is written; its defaults where it is missing or broken (which is then reported).
    fn section<T: DeserializeOwned + Default>(&mut self, sections: &mut DeTable<'_>, name: &str) -> T {
        sections.remove(name).and_then(|value| self.value(value)).unwrap_or_default()
    }

    /// A value as it is written; `None` where it is broken (which is then reported).
    pub(super) fn value<T: DeserializeOwned>(&mut self, value: Spanned<DeValue<'_>>) -> Option<T> {
        match T::deserialize(toml::de::ValueDeserializer::from(value)) {
            Ok(value) => Some(value),
            Err(error) => {
                self.report(&error);
                None
            }
        }
    }

    fn languages(&mut self, section: &LanguageSection) -> Vec<LanguageCode> {
        let mut read: Vec<LanguageCode> = Vec::new();
        for code in &section.read {
            match code.parse() {
                Ok(code) if read.contains(&code) => {}
                Ok(code) => read.push(code),
                Err(error) => self.problem(format!("[language] `{code}`: {error}")),
            }
        }
        if section.read.is_empty() {
            self.problem("[language] `read` is empty: name at least one language that the site reads");
        }
        read
    }

    fn custom_models(&mut self, models: &ModelsSection) {
        for (name, folder) in &models.custom {
            let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
            if MODEL_NAMES_IN_USE.contains(&name.as_str()) {
                self.problem(format!("[models.custom] `{name}`: this is the name of another model; choose another"));
            } else if name.is_empty() || !name.chars().all(is_plain) {
                let message = "a name has letters from a to z, digits, `_` and `-`, and nothing else";
                self.problem(format!("[models.custom] `{name}`: {message}"));
            }
            if folder.as_os_str().is_empty() {
                self.problem(format!("[models.custom] `{name}`: name the folder of its model"));
            }
        }
    }

    fn author(&mut self, output: &OutputSection) -> AuthorField {
        match (output.author, &output.author_key_env, &output.author_key_file) {
            (AuthorChoice::Keep, None, None) => AuthorField::Keep,
            (AuthorChoice::Omit, None, None) => AuthorField::Omit,
            (AuthorChoice::Hash, Some(name), None) => AuthorField::Hash(KeySource::Environment(name.clone())),
            (AuthorChoice::Hash, None, Some(path)) => AuthorField::Hash(KeySource::File(path.clone())),
            (AuthorChoice::Hash, ..) => {
                self.problem("[output] `author = \"hash\"` needs one of `author_key_env` and `author_key_file`");
                AuthorField::Omit
            }
            _ => {
                self.problem("[output] a key for authors is of use only with `author = \"hash\"`");
                AuthorField::Omit
            }
        }
    }

    fn policy(&mut self, sections: &mut DeTable<'_>) -> Policy {
        let Some(policy) = sections.remove("policy") else {
            // A test holds that the built-in configuration has a policy without problems.
            return if self.text == BUILT_IN {
                Policy::default()
            } else {
                parse("built-in", BUILT_IN).map_or_else(|_| Policy::default(), |plan| plan.policy)
            };
        };
        let place = policy.span().start;
        let DeValue::Table(mut table) = policy.into_inner() else {
            self.problems.push(Problem::at(self.path, self.text, Some(place), "`policy` must be a table"));
            return Policy::default();
        };
        let rules = table.remove("rules");
        for (key, _) in &table {
            let message = format!("unknown key `{}` in [policy]", key.get_ref());
            let problem = Problem::at(self.path, self.text, Some(key.span().start), message);
            self.problems.push(problem.with_hint("rules are written as [[policy.rules]]"));
        }
        let rules = match rules.map(|rules| (rules.span().start, rules.into_inner())) {
            None => return Policy::default(),
            Some((_, DeValue::Array(rules))) => rules,
            Some((place, _)) => {
                self.problems.push(Problem::at(self.path, self.text, Some(place), "`policy.rules` must be an array"));
                return Policy::default();
            }
        };
        let mut ids = BTreeSet::new();
        let mut checked = Vec::new();
        for value in rules {
            let place = value.span().start;
            let Some(section) = self.value::<RuleSection>(value) else { continue };
            let id = section.id.clone();
            match check_rule(section) {
                Ok(rule) => checked.push(rule),
                Err(messages) => {
                    self.problems.extend(messages.into_iter().map(|message| {
                        Problem::at(self.path, self.text, Some(place), format!("rule `{id}`: {message}"))
                    }));
                }
            }
            if !ids.insert(id.clone()) {
                let message = format!("rule `{id}` is there twice");
                self.problems.push(Problem::at(self.path, self.text, Some(place), message));
            }
        }
        Policy { rules: checked }
    }
}

#[cfg(test)]
mod tests {
    use super::super::render;
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        parse("pipeline.toml", text).map_or_else(|all| all.iter().map(ToString::to_string).collect(), |_| vec![])
    }

    #[test]
    fn the_built_in_configuration_is_sound_cautious_and_survives_a_round_trip() {
        let plan = parse("built-in", BUILT_IN).unwrap();
        assert!(!plan.policy.rules.is_empty());
        assert!(plan.policy.rules.iter().all(|rule| rule.action < crate::domain::Action::Reject));
        assert_eq!(parse("shown", &render(&plan).unwrap()).unwrap(), plan);
        assert_eq!(parse("empty", "").unwrap(), plan, "the file that ships says what is built in");
    }

    #[test]
    fn all_problems_are_reported_at_once_with_their_lines() {
        let text = "[language]\nread = []\n[limits]\nmax_ids = 0\nmax_lines = 3\n[colour]\n[output]\nauthor = \"hash\"\n\
                    [[policy.rules]]\nid = \"a\"\nwhen = { label = \"toxicity\" }\naction = \"delete\"\n\
                    [[policy.rules]]\nid = \"a\"\nwhen = { flag = \"dup\" }\naction = \"review\"\n";
        let all = problems(text).join("\n");
        for expected in [
            "`read` is empty",
            "pipeline.toml:5: unknown field `max_lines`",
            "pipeline.toml:6: unknown section `colour`",
            "needs one of `author_key_env`",
            "a score needs `at_least`",
            "unknown action `delete`; known: approve, translate, review, reject",
            "unknown flag `dup`",
            "is there twice",
        ] {
            assert!(all.contains(expected), "`{expected}` is missing in:\n{all}");
        }
    }

    #[test]
    fn a_sites_own_models_have_names_of_their_own() {
        let text = "[models]\nabuse = \"registry/abuse\"\n[models.custom]\nspam = \"models/spam\"\nno-4_u = \"x\"\n";
        let plan = parse("pipeline.toml", text).unwrap();
        assert_eq!(plan.models.custom.len(), 2);
        assert_eq!(parse("shown", &render(&plan).unwrap()).unwrap(), plan);
        let all =
            problems("[models.custom]\ntone = \"a\"\nabuse = \"a\"\n\"a.b\" = \"a\"\n\"\" = \"a\"\nspam = \"\"\n");
        assert_eq!(all.len(), 5, "{all:?}");
        for expected in
            ["`tone`: this is the name", "`abuse`: this", "`a.b`: a name has", "``: a name", "name the folder"]
        {
            assert!(all.join("\n").contains(expected), "`{expected}` is missing in {all:?}");
        }
        assert!(problems("[models.custom]\nspam = 3\n").join("").contains("pipeline.toml:2"));
    }

    #[test]
    fn broken_rules_are_refused() {
        let check = |when: &str, expected: &str| {
            let text = format!("[[policy.rules]]\nid = \"x\"\nwhen = {{ {when} }}\naction = \"review\"\n");
            let all = problems(&text).join("\n");
            assert!(all.contains(expected), "{when}: `{expected}` is missing in `{all}`");
        };
        check("", "would match every comment");
        check("at_least = 0.5", "need a score");
        check("label = \"toxicity\", off_topic = true, at_least = 0.5", "compares one score");
        check("label = \"toxicity\", at_least = 1.5", "not within 0 and 1");
        check("label = \"toxicity\", at_least = 0.8, below = 0.5", "no score is at least");
        check("language = \"english\"", "two or three letters");
        check("tone = \"angry\"", "unknown tone");
        check("translation = \"none\"", "unknown translation");
        check("off_topic = false", "leave it out");
        check("text_matches = ['(']", "text_matches `(`: unclosed group");
        check("text_matches = ['buy', '(a{1000}){1000}']", "pipeline.toml:1: rule `x`: text_matches `(a{1000}){1000}`");
        check("text_matches = ['a*']", "every comment");
        check("text_matches = []", "no comment would match");
    }

    #[test]
    fn patterns_survive_a_round_trip() {
        let text =
            "[[policy.rules]]\nid = \"x\"\nwhen = { text_matches = ['\\bbuy \"now\"', 'a+'] }\naction = \"review\"\n";
        let plan = parse("pipeline.toml", text).unwrap();
        assert!(plan.policy.asks_for_words());
        assert_eq!(parse("shown", &render(&plan).unwrap()).unwrap(), plan);
    }

    #[test]
    fn syntax_errors_name_the_line() {
        let all = problems("[language]\nread = [\"en\"\n").join("\n");
        assert!(all.starts_with("pipeline.toml:"), "{all}");
    }
}
