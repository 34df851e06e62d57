//! `POST /v1/moderations`: texts by themselves, asked about as `OpenAI`'s moderation interface is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::{Action, Body, Comment, CommentId, Item, Origin, ThreadId};
use crate::pipeline::Scorers;
use crate::tone::ToneModel;

use super::super::app::App;
use super::super::respond;
use super::body::{read_body, without_bom};
use super::decided::Decided;
use super::error::ApiError;
use super::moderation_categories::{CATEGORIES, CategorySource};
use super::scoring::{Memory, score};
use super::threads::SOURCE;

/// Texts of one request, at most.
const MAX_INPUTS: usize = 1_000;
const EXPECTED: &str = "{\"input\": a text, a list of texts, or a list of parts {\"type\":\"text\",\"text\":…}}";
/// Sentiments are scores of records, but nothing that is moderated.
const SENTIMENT: &str = "sentiment";
/// Bytes of the digest that an id shows.
const ID_BYTES: usize = 16;

/// What is asked. There is no `Debug`, which would print people's words.
#[derive(Deserialize)]
struct ModerationRequest {
    input: Input,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Text(String),
    Texts(Vec<String>),
    Parts(Vec<Part>),
}

/// A part of one input; of kinds that are not texts nothing can be said.
#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
}

#[derive(Serialize)]
struct ModerationAnswer<'a> {
    id: String,
    model: &'a str,
    results: Vec<ModerationResult<'a>>,
}

#[derive(Serialize)]
struct ModerationResult<'a> {
    flagged: bool,
    categories: BTreeMap<&'a str, bool>,
    category_scores: BTreeMap<&'a str, f64>,
    category_applied_input_types: BTreeMap<&'a str, &'static [&'static str]>,
    /// Categories that no model knows anything of; a field of our own.
    unscored_categories: Vec<&'a str>,
    /// What policy would do; a field of our own.
    action: String,
    /// The language; a field of our own.
    language: Option<String>,
    /// Why there are no scores; a field of our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<String>,
}

/// Answers a request.
pub(super) async fn moderations(State(app): State<Arc<App>>, request: Request) -> Response<HttpBody> {
    answered(&app, request).await.unwrap_or_else(|error| error.respond())
}

async fn answered(app: &App, request: Request) -> Result<Response<HttpBody>, ApiError> {
    let body = read_body(request.into_body(), app).await?;
    let request: ModerationRequest =
        serde_json::from_slice(without_bom(&body)).map_err(|error| ApiError::invalid_json(&error, EXPECTED))?;
    drop(body);
    let texts = texts(request.input, app)?;
    let memory = Memory::OfRequest(app.live.whole_threads());
    let items = texts.iter().enumerate().map(|(number, text)| item(number, text)).collect();
    let answers = score(app, items, &memory).await?;
    let decided = Decided::of(&answers)?;
    if decided.len() != texts.len() {
        return Err(ApiError::internal());
    }
    let labels = moderated_labels(&app.live.scorers());
    let actions = app.live.with_plan(|plan| {
        let rules = plan.policy.rules.iter().map(|rule| (Arc::clone(&rule.id), rule.action));
        rules.collect::<BTreeMap<_, _>>()
    });
    // Of a request all texts are scored by the same models.
    let models = decided.first().map(|first| first.models.clone()).unwrap_or_default();
    let results = decided.into_iter().map(|decided| result(decided, &labels, &actions)).collect();
    let model = models.get("tone").map_or("threadsieve", String::as_str);
    let answer = ModerationAnswer { id: id(&models, &texts), model, results };
    Ok(respond::json(StatusCode::OK, &answer, false))
}

/// The texts that are asked about. Parts belong to one input, as they do where images are among them.
fn texts(input: Input, app: &App) -> Result<Vec<String>, ApiError> {
    let texts = match input {
        Input::Text(text) => vec![text],
        Input::Texts(texts) => texts,
        Input::Parts(parts) => {
            let mut whole = Vec::with_capacity(parts.len());
            for part in parts {
                let Some(text) = part.text.filter(|_| part.kind == "text") else {
                    let message = "a part of the input is no text; images are not looked at";
                    let hint = "send parts {\"type\":\"text\",\"text\":…} alone";
                    return Err(ApiError::bad_request("unsupported_input", message, hint));
                };
                whole.push(text);
            }
            vec![whole.join("\n")]
        }
    };
    if texts.is_empty() {
        return Err(ApiError::bad_request("empty_input", "`input` is an empty list", "send at least one text"));
    }
    if texts.len() > MAX_INPUTS {
        let message = format!("{} texts, the limit is {MAX_INPUTS}", texts.len());
        return Err(ApiError::too_large("too_many_inputs", message, "send them in several requests"));
    }
    let limit = app.live.with_plan(|plan| plan.limits.max_body_bytes);
    if let Some(text) = texts.iter().find(|text| text.len() > limit) {
        let message = format!("a text of {} bytes, the limit is {limit} (limits.max_body_bytes)", text.len());
        return Err(ApiError::too_large("text_too_long", message, "send a shorter text"));
    }
    Ok(texts)
}

/// A text in a thread of its own: none is compared with another.
fn item(number: usize, text: &str) -> Item {
    let origin = Origin::new(SOURCE.into(), number as u64 + 1);
    Item::Comment(Comment::new(origin, ThreadId::new(number.to_string()), CommentId::new("1"), Body::new(text)))
}

/// The labels of abuse and of the site's own models.
fn moderated_labels(scorers: &Scorers) -> Vec<Arc<str>> {
    let parts = scorers.tone.iter().flat_map(ToneModel::parts);
    parts.filter(|part| part.name != SENTIMENT).flat_map(|part| part.labels.iter().cloned()).collect()
}

/// A label holds where a rule that matched asks for it and has the comment held: the site's policy decides.
fn result<'l>(decided: Decided, labels: &'l [Arc<str>], actions: &BTreeMap<Arc<str>, Action>) -> ModerationResult<'l> {
    let Decided { language, tone, decision, .. } = decided;
    let is_held = |action: Option<Action>| action.is_some_and(|action| action >= Action::Review);
    let holding = decision.reasons.iter().filter(|reason| is_held(actions.get(reason.rule.as_str()).copied()));
    let held: BTreeSet<&str> = holding.filter_map(|reason| reason.label.as_deref()).collect();
    let score_of = |label: &str| tone.scores.get(label).copied();

    let (mut categories, mut category_scores) = (BTreeMap::new(), BTreeMap::new());
    let (mut applied, mut unscored_categories) = (BTreeMap::new(), Vec::new());
    let mut add = |name: &'l str, holds: bool, score: Option<f64>| {
        categories.insert(name, holds);
        category_scores.insert(name, score.unwrap_or(0.0));
        let types: &'static [&'static str] = if score.is_some() { &["text"] } else { &[] };
        applied.insert(name, types);
    };
    for (name, source) in CATEGORIES {
        let holds = source.labels().all(|label| held.contains(label));
        match source {
            CategorySource::Label(label) => add(name, holds, score_of(label)),
            CategorySource::Both(first, second) => {
                add(name, holds, score_of(first).zip(score_of(second)).map(|(first, second)| first.min(second)));
            }
            CategorySource::Unscored => {
                add(name, false, None);
                unscored_categories.push(name);
            }
        }
    }
    // A site's own label of such a name knows better than what stands in for it.
    for label in labels {
        add(label, held.contains(&**label), score_of(label));
    }
    unscored_categories.retain(|name| !labels.iter().any(|label| &**label == *name));
    ModerationResult {
        flagged: is_held(decision.action()),
        categories,
        category_scores,
        category_applied_input_types: applied,
        unscored_categories,
        action: decision.action,
        language: language.code,
        absent: tone.absent,
    }
}

/// An id that depends on the texts and the models alone.
fn id(models: &BTreeMap<String, String>, texts: &[String]) -> String {
    let mut digest = Sha256::new();
    for part in models.values().chain(texts) {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let digest = digest.finalize();
    let mut id = "modr-".to_owned();
    for byte in digest.iter().take(ID_BYTES) {
        // Writing to a string does not fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::super::decided::{DecidedAction, DecidedLanguage, DecidedReason, DecidedTone};
    use super::*;

    /// Categories that hold, for rules that matched on labels.
    fn check(rules: &[(&str, Action, &str)], expected: &[&str]) {
        let actions: BTreeMap<Arc<str>, Action> =
            rules.iter().map(|(rule, action, _)| ((*rule).into(), *action)).collect();
        let action = actions.values().max().map_or("approve", |action| action.name());
        let reason = |(rule, _, label): &(&str, Action, &str)| DecidedReason {
            rule: (*rule).to_owned(),
            label: Some((*label).to_owned()),
        };
        let decided = Decided {
            language: DecidedLanguage { code: Some("en".to_owned()) },
            tone: DecidedTone {
                scores: [("insult", 0.9), ("threat", 0.4), ("identity_attack", 0.6), ("spam", 0.1)]
                    .map(|(label, score)| (label.to_owned(), score))
                    .into(),
                absent: None,
            },
            decision: DecidedAction { action: action.to_owned(), reasons: rules.iter().map(reason).collect() },
            models: BTreeMap::new(),
        };
        let labels = ["insult", "threat", "identity_attack", "spam"].map(Arc::from);
        let result = result(decided, &labels, &actions);
        let holds: Vec<&str> = result.categories.iter().filter(|(_, holds)| **holds).map(|(name, _)| *name).collect();
        assert_eq!(holds, expected, "{rules:?}");
        assert_eq!(result.flagged, !expected.is_empty());
        assert!((result.category_scores["hate/threatening"] - 0.4).abs() < 1e-9);
        assert_eq!(result.category_applied_input_types["sexual"].len(), 0);
        assert_eq!(result.category_applied_input_types["hate"], ["text"]);
    }

    #[test]
    fn categories_follow_from_the_rules_that_hold_a_comment() {
        check(&[], &[]);
        check(&[("r", Action::Review, "insult")], &["harassment", "insult"]);
        check(&[("r", Action::Translate, "insult")], &[]);
        check(&[("r", Action::Review, "spam")], &["spam"]);
        check(
            &[("a", Action::Review, "identity_attack"), ("b", Action::Reject, "threat")],
            &["harassment/threatening", "hate", "hate/threatening", "identity_attack", "threat", "violence"],
        );
    }
}
