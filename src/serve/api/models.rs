//! `GET /v1/models`: what scores comments now, and from where on the policy acts.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde::Serialize;

use crate::config::ScorePrior;
use crate::domain::LanguageCode;
use crate::pipeline::Scorers;
use crate::policy::{Bound, Condition, Policy};
use crate::tone::ToneModel;

use super::super::app::App;
use super::super::respond;

/// What is in force.
#[derive(Serialize)]
struct ModelsAnswer<'a> {
    models: Vec<ModelField<'a>>,
    languages_read: Vec<String>,
    thresholds: Vec<ThresholdField>,
    /// The mix that scores of the Perspective interface are for; those of all other answers are for the natural one.
    score_prior: ScorePrior,
}

/// A model.
#[derive(Serialize)]
struct ModelField<'a> {
    /// The name under which records cite it.
    name: &'a str,
    /// As records cite it.
    citation: &'a str,
    version: &'a str,
    /// The beginning of the checksum of its weights.
    sha256: &'a str,
    #[serde(skip_serializing_if = "<[Arc<str>]>::is_empty")]
    labels: &'a [Arc<str>],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
    /// From which score on a tone is hostile.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    hostile_at: BTreeMap<&'a str, f64>,
}

/// A score that a rule of the policy asks for.
#[derive(Debug, PartialEq, Serialize)]
struct ThresholdField {
    rule: String,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    below: Option<f64>,
    action: &'static str,
}

/// Answers what is in force.
pub(super) async fn models(State(app): State<Arc<App>>) -> Response<Body> {
    let scorers = app.live.scorers();
    let answer = ModelsAnswer {
        models: models_of(&scorers, &app.live.topic_languages()),
        languages_read: app.live.with_plan(|plan| names(&plan.read)),
        thresholds: app.live.with_plan(|plan| thresholds(&plan.policy)),
        score_prior: app.plan.score_prior,
    };
    respond::json(StatusCode::OK, &answer, false)
}

fn models_of<'s>(scorers: &'s Scorers, topic_languages: &[LanguageCode]) -> Vec<ModelField<'s>> {
    let field = |(name, citation): (&'s Arc<str>, &'s Arc<str>)| {
        let (name, (version, sha256)) = (&**name, parted(citation));
        let part = scorers.tone.as_ref().and_then(|tone| tone.parts().find(|part| part.name == name));
        let languages = part.map_or_else(Vec::new, |part| names(part.languages));
        let languages = if name == "topic" { names(topic_languages) } else { languages };
        let labels = part.map_or(&[][..], |part| part.labels);
        let abuse = scorers.tone.as_ref().filter(|_| name == "tone");
        let hostile_at = abuse.into_iter().flat_map(ToneModel::hostile_thresholds);
        let hostile_at = hostile_at.map(|(label, at)| (&**label, at)).collect();
        ModelField { name, citation, version, sha256, labels, languages, hostile_at }
    };
    scorers.citations().iter().map(field).collect()
}

/// Version and checksum of a citation, `name@version+sha256:…`.
fn parted(citation: &str) -> (&str, &str) {
    let version = citation.split_once('@').map_or(citation, |(_, version)| version);
    version.split_once("+sha256:").unwrap_or((version, ""))
}

fn names(languages: &[LanguageCode]) -> Vec<String> {
    languages.iter().map(ToString::to_string).collect()
}

fn thresholds(policy: &Policy) -> Vec<ThresholdField> {
    let mut found = Vec::new();
    for rule in &policy.rules {
        for condition in &rule.conditions {
            let Condition::Score(name, bounds) = condition else { continue };
            let mut field = ThresholdField {
                rule: rule.id.to_string(),
                label: name.as_str().to_owned(),
                at_least: None,
                below: None,
                action: rule.action.name(),
            };
            for bound in bounds {
                match bound {
                    Bound::AtLeast(at) => field.at_least = Some(*at),
                    Bound::Below(at) => field.below = Some(*at),
                }
            }
            found.push(field);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    #[test]
    fn citations_fall_into_their_parts() {
        assert_eq!(parted("abuse@2+sha256:f519507e9733"), ("2", "f519507e9733"));
        assert_eq!(parted("whatlang@0.18"), ("0.18", ""));
    }

    #[test]
    fn thresholds_are_those_of_the_rules() {
        let rules = "[[policy.rules]]\nid = \"a\"\nwhen = { label = \"threat\", at_least = 0.3, below = 0.9, language = \"en\" }\n\
                     action = \"review\"\n[[policy.rules]]\nid = \"b\"\nwhen = { flag = \"duplicate\" }\naction = \"reject\"\n";
        let (rule, label) = ("a".to_owned(), "threat".to_owned());
        let expected = ThresholdField { rule, label, at_least: Some(0.3), below: Some(0.9), action: "review" };
        assert_eq!(thresholds(&parse("test", rules).unwrap().policy), [expected]);
    }
}
