//! Turning the written rules into checked ones.

use std::sync::Arc;

use crate::domain::{Action, Flag, ToneLabel, TopicBasis, TranslationStatus};
use crate::policy::{Bound, Condition, Pattern, Rule, ScoreName};

use super::document::{RuleSection, WhenSection};

/// Checks one rule; gives all that is wrong with it.
pub(super) fn check_rule(section: RuleSection) -> Result<Rule, Vec<String>> {
    let mut problems = Vec::new();
    let action = Action::ALL.into_iter().find(|action| action.name() == section.action);
    if action.is_none() {
        problems.push(unknown("action", &section.action, Action::ALL.map(Action::name)));
    }
    if section.id.trim().is_empty() {
        problems.push("a rule needs an id that is not empty".to_owned());
    }
    if section.id == "default" {
        problems.push("the id `default` is what records say where no rule matched; choose another".to_owned());
    }
    let conditions = check_when(section.when, &mut problems);
    match action {
        Some(action) if problems.is_empty() => Ok(Rule { id: section.id.into(), conditions, action }),
        _ => Err(problems),
    }
}

fn check_when(when: WhenSection, problems: &mut Vec<String>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    let mut scores: Vec<ScoreName> = Vec::new();
    match when.label.as_deref() {
        Some("off_topic") => scores.push(ScoreName::OffTopic),
        Some("untranslated") => scores.push(ScoreName::Untranslated),
        Some(label) => scores.push(ScoreName::Label(Arc::from(label))),
        None => {}
    }
    for (value, name, score) in [
        (when.off_topic, "off_topic", ScoreName::OffTopic),
        (when.untranslated, "untranslated", ScoreName::Untranslated),
    ] {
        match value {
            Some(true) => scores.push(score),
            Some(false) => problems.push(format!("`{name} = false` means nothing; leave it out")),
            None => {}
        }
    }
    if let Some(name) = when.relevance.as_deref() {
        match TopicBasis::ALL.into_iter().find(|basis| basis.name() == name) {
            Some(basis) => scores.push(ScoreName::Relevance(basis)),
            None => problems.push(unknown("relevance", name, TopicBasis::ALL.map(TopicBasis::name))),
        }
    }
    let mut bounds = Vec::new();
    for (threshold, bound) in
        [(when.at_least, Bound::AtLeast as fn(f64) -> Bound), (when.below, Bound::Below as fn(f64) -> Bound)]
    {
        match threshold {
            Some(threshold) if (0.0..=1.0).contains(&threshold) => bounds.push(bound(threshold)),
            Some(threshold) => problems.push(format!("the threshold {threshold} is not within 0 and 1")),
            None => {}
        }
    }
    match (scores.len(), when.at_least.is_some() || when.below.is_some()) {
        (0, true) => {
            problems.push(
                "`at_least` and `below` need a score: `label`, `off_topic`, `relevance` or `untranslated`".into(),
            );
        }
        (1, false) => problems.push("a score needs `at_least` or `below`".into()),
        (1, true) => conditions.extend(scores.pop().map(|name| Condition::Score(name, bounds))),
        (0, false) => {}
        _ => problems.push("a rule compares one score; write one rule for each".into()),
    }
    if let (Some(least), Some(below)) = (when.at_least, when.below)
        && least >= below
    {
        problems.push(format!("no score is at least {least} and below {below}"));
    }
    if let Some(name) = when.flag {
        match Flag::ALL.into_iter().find(|flag| flag.name() == name) {
            Some(flag) => conditions.push(Condition::Flag(flag)),
            None => problems.push(unknown("flag", &name, Flag::ALL.map(Flag::name))),
        }
    }
    if let Some(code) = when.language {
        match code.parse() {
            Ok(language) => conditions.push(Condition::Language(language)),
            Err(error) => problems.push(format!("language `{code}`: {error}")),
        }
    }
    if let Some(name) = when.tone {
        match ToneLabel::ALL.into_iter().find(|label| label.name() == name) {
            Some(label) => conditions.push(Condition::Tone(label)),
            None => problems.push(unknown("tone", &name, ToneLabel::ALL.map(ToneLabel::name))),
        }
    }
    if let Some(name) = when.translation {
        match TranslationStatus::ALL.into_iter().find(|status| status.name() == name) {
            Some(status) => conditions.push(Condition::Translation(status)),
            None => problems.push(unknown("translation", &name, TranslationStatus::ALL.map(TranslationStatus::name))),
        }
    }
    if let Some(expressions) = when.text_matches {
        conditions.extend(check_patterns(&expressions, problems));
    }
    if conditions.is_empty() && problems.is_empty() {
        problems.push("`when` is empty: the rule would match every comment".to_owned());
    }
    conditions
}

fn check_patterns(expressions: &[String], problems: &mut Vec<String>) -> Option<Condition> {
    if expressions.is_empty() {
        problems.push("`text_matches` is empty: no comment would match".to_owned());
    }
    let mut patterns = Vec::new();
    for expression in expressions {
        match Pattern::new(expression) {
            Ok(pattern) => patterns.push(pattern),
            Err(error) => problems.push(format!("text_matches `{}`: {error}", shortened(expression))),
        }
    }
    (!expressions.is_empty()).then_some(Condition::Words(patterns))
}

/// Enough of an expression to know it by.
fn shortened(expression: &str) -> String {
    const SHOWN: usize = 60;
    let shown: String = expression.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if expression.chars().count() > SHOWN { shown + "…" } else { shown }
}

fn unknown<const N: usize>(what: &str, found: &str, known: [&str; N]) -> String {
    format!("unknown {what} `{found}`; known: {}", known.join(", "))
}
