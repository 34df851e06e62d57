//! `comments:suggestscore`: judgements of moderators, taken into the label store.

use std::sync::Arc;

use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::domain::{Body, Probability};
use crate::feedback::{JudgedSpan, Judgement, StoreError, Submission};
use crate::pipeline::Scorers;

use super::super::app::App;
use super::super::respond;
use super::attribute::{OFF_TOPIC_LABEL, label_to_keep};
use super::error::GoogleError;
use super::fields::Mask;
use super::language::detected;
use super::lenient_json::read;
use super::query::{Query, received};
use super::request::{Context, Number, SCORE_TYPES};
use super::span::units_to_bytes;
use super::suggest_request::{SuggestRequest, SuggestedScore, SuggestedScores, SuggestedSpanScore};
use super::text_entry::{comment_text, context_text, two_contexts};

/// The longest context that is kept, in bytes; of a longer one nothing is. It stands beside each judgement.
const MAX_KEPT_CONTEXT_BYTES: usize = 16 << 10;
/// The longest id, token, author or language that is kept, in bytes.
const MAX_NAME_BYTES: usize = 1_024;
/// Spans of a label, at most.
const MAX_SPANS: usize = 256;
/// Languages of a text, at most.
const MAX_LANGUAGES: usize = 16;
/// After so many seconds a client may send again what could not be taken.
const RETRY_AFTER_SECONDS: u16 = 1;

/// `SuggestCommentScoreResponse`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuggestResponse<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_token: Option<&'r str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    detected_languages: Vec<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    requested_languages: &'r [String],
}

/// Answers a request that holds judgements.
pub(in super::super) async fn suggest_score(State(app): State<Arc<App>>, request: Request) -> Response<HttpBody> {
    let (query, body) = match received(request, &app.plan).await {
        Ok(received) => received,
        Err(error) => return error.respond(true),
    };
    let answered = async { suggest(&app, &read(&body)?, &query).await }.await;
    let mut response = answered.unwrap_or_else(|error| error.respond(query.is_pretty()));
    if matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
    response
}

async fn suggest(app: &App, request: &SuggestRequest, query: &Query) -> Result<Response<HttpBody>, GoogleError> {
    let mask = query.fields().map(|fields| Mask::read(fields, "SuggestCommentScoreResponse")).transpose()?;
    let submission = submission(request, &app.live.scorers(), app.clock.unix_time().as_secs())?;
    let Some(store) = &app.store else {
        app.missing_store.call_once(|| {
            tracing::warn!("comments:suggestscore is answered UNIMPLEMENTED: [serve] `label_store` names no file");
        });
        let message = "This server keeps no suggested scores: [serve] `label_store` names no file.";
        return Err(GoogleError::new(StatusCode::NOT_IMPLEMENTED, "UNIMPLEMENTED", message));
    };
    let verdict = app.live.language(&submission.text).await.map_err(|_| GoogleError::internal())?;
    let detected_languages = detected(&verdict);
    let languages = if submission.languages.is_empty() {
        detected_languages.iter().take(1).cloned().collect()
    } else {
        submission.languages.clone()
    };
    store.add(Submission { languages, ..submission }).await.map_err(|error| not_kept(&error))?;
    let response = SuggestResponse {
        client_token: request.client_token.as_deref().filter(|token| !token.is_empty()),
        detected_languages,
        requested_languages: request.languages.as_deref().unwrap_or_default(),
    };
    Ok(match mask {
        None => respond::json(StatusCode::OK, &response, query.is_pretty()),
        Some(mask) => respond::json(StatusCode::OK, &mask.of(&response), query.is_pretty()),
    })
}

/// What a client is told, and the log, where nothing was kept.
fn not_kept(error: &StoreError) -> GoogleError {
    tracing::error!(%error, "suggested scores could not be kept");
    if matches!(error, StoreError::Busy { .. }) {
        let message = "Too many suggested scores wait to be written. Nothing was kept of this one.";
        return GoogleError::new(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", message);
    }
    let message = "The suggested scores could not be written. Nothing was kept of them.";
    GoogleError::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
}

/// What a request asks to be kept.
fn submission(request: &SuggestRequest, scorers: &Scorers, unix_seconds: u64) -> Result<Submission, GoogleError> {
    let text = comment_text(request.comment.as_ref())?;
    let attributes = request.attribute_scores.as_ref().map_or(&[][..], |scores| &scores.0);
    if attributes.is_empty() {
        return Err(GoogleError::of_type("INVALID_REQUEST", "Missing attribute_scores"));
    }
    let mut judgements: Vec<Judgement> = Vec::new();
    for (name, suggested) in attributes {
        let label = label_to_keep(name, scorers)
            .ok_or_else(|| GoogleError::of_type("INVALID_REQUEST", format!("Unknown attribute: {name}")))?;
        // Two names of one label: the last one counts.
        judgements.retain(|judgement| judgement.label != label);
        let model = match label.as_str() {
            OFF_TOPIC_LABEL => scorers.citations().get("topic").map(ToString::to_string),
            label => scorers.tone.as_ref().and_then(|tone| tone.label_citation(label)).map(ToString::to_string),
        };
        judgements.extend(judged(name, suggested, text.as_str())?.into_iter().map(|(value, span)| Judgement {
            label: label.clone(),
            value,
            span,
            model: model.clone(),
        }));
    }
    let languages = request.languages.clone().unwrap_or_default();
    if languages.len() > MAX_LANGUAGES {
        return Err(GoogleError::of_type("INVALID_REQUEST", format!("More than {MAX_LANGUAGES} languages")));
    }
    for language in &languages {
        short("languages", Some(language))?;
        if language.is_empty() || !language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(GoogleError::of_type("INVALID_REQUEST", "A language is no code of BCP 47"));
        }
    }
    let (context, url) = kept_context(request.context.as_ref())?;
    Ok(Submission {
        text,
        community: short("community_id", request.community_id.as_ref())?.unwrap_or_default(),
        client_token: short("client_token", request.client_token.as_ref())?,
        session_id: short("session_id", request.session_id.as_ref())?,
        author: short("author", request.author.as_ref())?,
        url,
        context,
        languages,
        unix_seconds,
        judgements,
    })
}

/// A name that is not too long; an empty one is none, as in proto3.
fn short(field: &str, value: Option<&String>) -> Result<Option<String>, GoogleError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    if value.len() > MAX_NAME_BYTES {
        return Err(GoogleError::too_many_bytes(field, value.len(), MAX_NAME_BYTES));
    }
    Ok(Some(value.clone()))
}

/// What is said of one attribute: of the whole text, and of parts of it.
fn judged(
    name: &str,
    scores: &SuggestedScores,
    text: &str,
) -> Result<Vec<(Probability, Option<JudgedSpan>)>, GoogleError> {
    let spans = scores.span_scores.as_deref().unwrap_or_default();
    if scores.summary_score.is_none() && spans.is_empty() {
        let message = format!("Attribute {name} has neither a summary_score nor span_scores");
        return Err(GoogleError::of_type("INVALID_REQUEST", message));
    }
    if spans.len() > MAX_SPANS {
        let message = format!("Attribute {name} has more than {MAX_SPANS} span_scores");
        return Err(GoogleError::of_type("INVALID_REQUEST", message));
    }
    let mut found = Vec::with_capacity(1 + spans.len());
    if let Some(summary) = &scores.summary_score {
        found.push((value(name, summary)?, None));
    }
    for span in spans {
        let value = value(name, span.score.as_ref().unwrap_or(&SuggestedScore::default()))?;
        found.push((value, Some(judged_span(name, span, text)?)));
    }
    Ok(found)
}

fn value(name: &str, score: &SuggestedScore) -> Result<Probability, GoogleError> {
    let kind = score.kind.as_ref().map(|kind| kind.name(SCORE_TYPES));
    if let Some(other) = kind.filter(|kind| !matches!(&**kind, "SCORE_TYPE_UNSPECIFIED" | "PROBABILITY")) {
        let message = format!("Suggested score type {other} is not supported by attribute {name}");
        return Err(GoogleError::of_type("INVALID_REQUEST", message));
    }
    Probability::new(score.value.map_or(0.0, |value| value.0)).ok_or_else(|| {
        GoogleError::of_type("INVALID_REQUEST", format!("A suggested score of attribute {name} is not between 0 and 1"))
    })
}

/// A part of the text, on whole characters.
fn judged_span(name: &str, span: &SuggestedSpanScore, text: &str) -> Result<JudgedSpan, GoogleError> {
    let invalid =
        |what: &str| GoogleError::of_type("INVALID_REQUEST", format!("A span_score of attribute {name} {what}"));
    let (Some(begin), Some(end)) = (span.begin, span.end) else { return Err(invalid("lacks begin or end")) };
    let (begin, end) = (whole_number(begin), whole_number(end));
    let (Some(begin), Some(end)) = (begin, end) else { return Err(invalid("has a begin or end that is no index")) };
    let bytes = units_to_bytes(text, begin as usize, end as usize).filter(|_| begin < end);
    let part = bytes.and_then(|bytes| text.get(bytes)).ok_or_else(|| invalid("is no part of the comment"))?;
    Ok(JudgedSpan { begin, end, text: part.to_owned() })
}

fn whole_number(number: Number) -> Option<u32> {
    let Number(value) = number;
    // In range, so that nothing is cut off.
    #[allow(clippy::cast_sign_loss)]
    (value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value)).then_some(value as u32)
}

/// The context as it is kept, and the address in it where it is one of Coral's.
fn kept_context(context: Option<&Context>) -> Result<(Option<Body>, Option<String>), GoogleError> {
    let Some(context) = context else { return Ok((None, None)) };
    let entries = context.entries.as_deref().unwrap_or_default();
    let kept = match &context.article_and_parent_comment {
        Some(_) if !entries.is_empty() => return Err(two_contexts()),
        Some(given) => {
            let article = context_text(given.article.as_ref())?;
            json!({ "article": article, "parentComment": context_text(given.parent_comment.as_ref())? })
        }
        None => {
            let texts = entries.iter().map(|entry| context_text(Some(entry))).collect::<Result<Vec<_>, _>>()?;
            json!({ "entries": texts })
        }
    };
    let kept = kept.to_string();
    let url = entries.first().and_then(|entry| address(entry.text.as_deref()?));
    Ok(((kept.len() <= MAX_KEPT_CONTEXT_BYTES).then(|| Body::new(kept)), url))
}

/// Coral sends an object with the address of the comment in place of a text.
fn address(text: &str) -> Option<String> {
    if text.len() > MAX_KEPT_CONTEXT_BYTES {
        return None;
    }
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let url = fields.get("url")?.as_str().filter(|url| url.len() <= MAX_NAME_BYTES)?;
    Some(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BUILT_IN, parse};
    use crate::pipeline::Models;

    fn submitted(body: &str) -> Result<Submission, GoogleError> {
        let models = Models::load(&parse("test", BUILT_IN).unwrap()).unwrap();
        submission(&read(body.as_bytes())?, models.scorers(), 1_000)
    }

    #[test]
    fn what_coral_sends_is_kept() {
        let found = submitted(
            r#"{"comment":{"text":"You are wrong."},"attributeScores":{"TOXICITY":{"summaryScore":{"value":1}}},
            "clientToken":"comment:1","communityId":"Coral:https://a.example","context":{"entries":[
            {"text":"{\"url\":\"https://a.example/1\",\"reply_to_id_Coral_comment_id\":null,\"Coral_comment_id\":\"1\"}"}]}}"#,
        )
        .unwrap();
        assert_eq!(found.community, "Coral:https://a.example");
        assert_eq!(found.client_token.as_deref(), Some("comment:1"));
        assert_eq!(found.url.as_deref(), Some("https://a.example/1"));
        assert!(found.context.unwrap().as_str().contains("Coral_comment_id"));
        assert_eq!(found.judgements.len(), 1);
        assert_eq!((found.judgements[0].label.as_str(), found.judgements[0].value.get()), ("toxicity", 1.0));
        assert!(found.judgements[0].model.as_deref().is_some_and(|model| model.starts_with("abuse@")));
    }

    #[test]
    fn labels_values_and_parts_are_read() {
        let check = |scores: &str, expected: &[&str]| {
            let body = format!("{{\"comment\":{{\"text\":\"🙂 Žao mi je\"}},\"attributeScores\":{{{scores}}}}}");
            let found: Vec<String> = submitted(&body)
                .unwrap_or_else(|error| panic!("{scores}: {}", error.message))
                .judgements
                .iter()
                .map(|judgement| {
                    let part = judgement.span.as_ref().map_or("all", |span| span.text.as_str());
                    format!("{} {} {part}", judgement.label, judgement.value.get())
                })
                .collect();
            assert_eq!(found, expected, "{scores}");
        };
        check(r#""TOXICITY":{"summaryScore":{"value":"0.25","type":1}}"#, &["toxicity 0.25 all"]);
        check(r#""TOXICITY":{"summaryScore":{}}"#, &["toxicity 0 all"]);
        check(
            r#""INSULT":{"summary_score":{"value":1},"span_scores":[{"begin":0,"end":2,"score":{"value":0.5}},{"begin":3,"end":6,"score":{"value":1}}]}"#,
            &["insult 1 all", "insult 0.5 🙂", "insult 1 Žao"],
        );
        check(
            r#""TOXICITY@6":{"summaryScore":{"value":1}},"SPAM":{"summaryScore":{"value":1}},"TOXICITY":{"summaryScore":{"value":0}}"#,
            &["spam 1 all", "toxicity 0 all"],
        );
    }

    #[test]
    fn what_cannot_be_kept_is_told() {
        let check = |body: &str, expected: &str| {
            let error = submitted(body).map(|_| ()).expect_err(body);
            assert_eq!((error.code.as_u16(), error.status), (400, "INVALID_ARGUMENT"), "{body}");
            assert!(error.message.contains(expected), "{body}: {}", error.message);
        };
        let with = |scores: &str| format!("{{\"comment\":{{\"text\":\"🙂 No\"}},\"attributeScores\":{{{scores}}}}}");
        check("", "Comment must be non-empty.");
        check(r#"{"comment":{"text":"No"}}"#, "Missing attribute_scores");
        check(&with(""), "Missing attribute_scores");
        check(&with(r#""TOXICITY":{}"#), "neither a summary_score nor span_scores");
        check(&with(r#""TOXICITY":null"#), "neither a summary_score nor span_scores");
        check(&with(r#""TOXICITY":{"summaryScore":{"value":1.5}}"#), "not between 0 and 1");
        check(&with(r#""TOXICITY":{"summaryScore":{"value":"-1"}}"#), "not between 0 and 1");
        check(
            &with(r#""TOXICITY":{"summaryScore":{"value":1,"type":"PERCENTILE"}}"#),
            "type PERCENTILE is not supported",
        );
        check(&with(r#""A B":{"summaryScore":{"value":1}}"#), "Unknown attribute: A B");
        for (span, expected) in [
            (r#"{"end":1}"#, "lacks begin or end"),
            (r#"{"begin":1}"#, "lacks begin or end"),
            (r#"{"begin":-1,"end":1}"#, "no index"),
            (r#"{"begin":0.5,"end":1}"#, "no index"),
            (r#"{"begin":0,"end":99999999999}"#, "no index"),
            (r#"{"begin":0,"end":6}"#, "no part of the comment"),
            (r#"{"begin":3,"end":3}"#, "no part of the comment"),
            (r#"{"begin":5,"end":3}"#, "no part of the comment"),
            (r#"{"begin":0,"end":1}"#, "no part of the comment"),
        ] {
            check(&with(&format!("\"TOXICITY\":{{\"spanScores\":[{span}]}}")), expected);
        }
        let scored = r#""comment":{"text":"No"},"attributeScores":{"INSULT":{"summaryScore":{"value":1}}}"#;
        check(&format!("{{{scored},\"clientToken\":\"{}\"}}", "a".repeat(1_025)), "client_token was too many bytes");
        check(&format!("{{{scored},\"languages\":[\"e,n\"]}}"), "no code of BCP 47");
        check(
            &format!("{{{scored},\"context\":{{\"entries\":[{{}}],\"articleAndParentComment\":{{}}}}}}"),
            "both fields",
        );
    }
}
