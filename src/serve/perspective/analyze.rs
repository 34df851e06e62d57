//! `comments:analyze`.

use std::sync::Arc;

use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};

use crate::domain::{Absence, Body, LanguageCode, Probability, Tone};
use crate::pipeline::{Answer, Live, Question, Scorers};

use super::super::app::App;
use super::super::respond;
use super::attribute::Attribute;
use super::error::{GoogleError, LanguageSource};
use super::fields::Mask;
use super::language::{detected, supports};
use super::lenient_json::read;
use super::query::{Query, received};
use super::request::{AnalyzeRequest, AttributeParameters, Context, SCORE_TYPES, TextEntry};
use super::response::{
    AbsentAttribute, AnalyzeResponse, AttributeScores, Entries, Score, ScoredTranslation, SpanScore,
};
use super::span::Utf16Span;
use super::text_entry::{comment_text, context_text, two_contexts};

/// Up to so many bytes a request is read where it came in.
const SHORT_BYTES: usize = 64 << 10;
/// Entries of a context that are looked at, the newest.
const MAX_ENTRIES: usize = 100;

/// Scores of sentences in an answer, at most: a sentence may have two letters, and its scores have a hundred for each attribute.
const MAX_SPAN_SCORES: usize = 20_000;

/// Answers a request for scores.
pub(in super::super) async fn analyze(State(app): State<Arc<App>>, request: Request) -> Response<HttpBody> {
    let (query, body) = match received(request, &app.plan).await {
        Ok(received) => received,
        Err(error) => return error.respond(true),
    };
    let answered = async { analyze_request(&app, &read_apart(&app, &body).await?, &query).await }.await;
    answered.unwrap_or_else(|error| error.respond(query.is_pretty()))
}

/// Reads a request; a long one on a thread of its own, so that it keeps nobody waiting.
async fn read_apart(app: &App, body: &[u8]) -> Result<AnalyzeRequest, GoogleError> {
    if body.len() <= SHORT_BYTES {
        return read(body);
    }
    let body = body.to_vec();
    app.live.apart(move || read(&body)).await.map_err(|_| GoogleError::internal())?
}

/// An attribute that is asked for, under the name that it is asked for by.
struct Wanted<'r> {
    name: &'r str,
    attribute: Attribute,
    parameters: &'r AttributeParameters,
}

async fn analyze_request(
    app: &App,
    request: &AnalyzeRequest,
    query: &Query,
) -> Result<Response<HttpBody>, GoogleError> {
    let mask = query.fields().map(|fields| Mask::read(fields, "AnalyzeCommentResponse")).transpose()?;
    let text = comment_text(request.comment.as_ref())?;
    let scorers = app.live.scorers();
    let drops = request.drop_unsupported_attributes.unwrap_or_default();
    let wanted = wanted(request, &scorers, &app.live, drops)?;
    let stated = request.languages.as_deref().unwrap_or_default();
    let languages: Vec<LanguageCode> =
        stated.iter().map(|tag| tag.parse().unwrap_or(LanguageCode::UNDETERMINED)).collect();
    let mut question = Question::new(text);
    // Of several languages the one that has to be translated counts.
    let is_read = |language: &&LanguageCode| scorers.tone.as_ref().is_none_or(|tone| tone.supports(**language));
    question.languages = languages.iter().filter(|language| !is_read(language)).chain(&languages).copied().collect();
    question.prior = app.plan.score_prior;
    question.with_sentences = request.span_annotations.unwrap_or_default();
    add_context(&mut question, request.context.as_ref())?;
    let text = question.text.clone();
    let has_context = question.article.is_some() || !question.earlier.is_empty();
    let answer = app.live.answer(question).await.map_err(|_| GoogleError::internal())?;
    app.metrics.scored(1);
    if stated.is_empty() && answer.language.best().is_none() {
        return Err(GoogleError::of_type("LANGUAGE_DETECTION_FAILED", "Unable to detect language"));
    }
    let detected = detected(&answer.language);
    let effective = if stated.is_empty() { detected.iter().take(1).cloned().collect() } else { stated.to_vec() };

    let spans = answer.sentences.len() * wanted.len();
    if spans > MAX_SPAN_SCORES {
        let message = format!(
            "The request asks for {spans} span scores, the most is {MAX_SPAN_SCORES}: send fewer attributes or a shorter text."
        );
        return Err(GoogleError::invalid_argument(message));
    }
    let (mut told, mut absent) = (Vec::new(), Vec::new());
    let found =
        Found { app, answer: &answer, text: text.as_str(), scorers: &scorers, languages: &languages, has_context };
    for wanted in &wanted {
        match found.scores(wanted) {
            Ok(found) if is_below(&found, wanted.parameters) => {}
            Ok(found) => {
                if found.summary_score.is_high() {
                    app.metrics.scored_high(wanted.attribute.label());
                }
                told.push((wanted.name, found));
            }
            Err(Missing::Absent(absence)) => absent.push((wanted.name, absence)),
            Err(Missing::LanguageUnsupported) if drops => {}
            Err(Missing::LanguageUnsupported) => {
                let source = if stated.is_empty() { LanguageSource::Detected } else { LanguageSource::Requested };
                return Err(GoogleError::language_not_supported(wanted.name, source, &effective));
            }
        }
    }
    // Where nothing can be told but why, that is an error: a client would look for a score.
    if let ([], [(name, absence)]) = (told.as_slice(), absent.as_slice())
        && wanted.len() == 1
    {
        return Err(GoogleError::of_type("INVALID_REQUEST", format!("Attribute {name}: {}", absence.message)));
    }
    let response = AnalyzeResponse {
        attribute_scores: Entries(told),
        languages: effective,
        detected_languages: detected,
        client_token: request.client_token.as_deref().filter(|token| !token.is_empty()),
        absent_attributes: Entries(absent),
        scored_translation: scored_translation(&answer),
    };
    Ok(match mask {
        None => respond::json(StatusCode::OK, &response, query.is_pretty()),
        Some(mask) => respond::json(StatusCode::OK, &mask.of(&response), query.is_pretty()),
    })
}

/// The attributes that are asked for, in the order of the request; without those that we do not have, if they are dropped.
fn wanted<'r>(
    request: &'r AnalyzeRequest,
    scorers: &Scorers,
    live: &Live,
    drops: bool,
) -> Result<Vec<Wanted<'r>>, GoogleError> {
    let requested = request.requested_attributes.as_ref().map_or(&[][..], |requested| &requested.0);
    if requested.is_empty() {
        return Err(GoogleError::of_type("NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes"));
    }
    let mut wanted = Vec::with_capacity(requested.len());
    for (name, parameters) in requested {
        let Some(attribute) = Attribute::named(name, scorers, live.has_topic()) else {
            if drops {
                continue;
            }
            return Err(GoogleError::of_type("INVALID_REQUEST", format!("Unknown requested attribute: {name}")));
        };
        let score_type = parameters.score_type.as_ref().map(|kind| kind.name(SCORE_TYPES));
        if let Some(other) = score_type.filter(|kind| !matches!(&**kind, "SCORE_TYPE_UNSPECIFIED" | "PROBABILITY")) {
            let message = format!("Requested score type {other} is not supported by attribute {name}");
            return Err(GoogleError::of_type("INVALID_REQUEST", message));
        }
        wanted.push(Wanted { name, attribute, parameters });
    }
    Ok(wanted)
}

/// Adds what the comment was written under. Of a list of entries the first is the article, the last the comment that is
/// answered, as clients of Perspective send them.
fn add_context(question: &mut Question, context: Option<&Context>) -> Result<(), GoogleError> {
    let Some(context) = context else { return Ok(()) };
    let entries = context.entries.as_deref().unwrap_or_default();
    let text = |entry: Option<&TextEntry>| Ok::<_, GoogleError>(context_text(entry)?.map(Body::new));
    match &context.article_and_parent_comment {
        Some(_) if !entries.is_empty() => Err(two_contexts()),
        Some(given) => {
            question.article = text(given.article.as_ref())?;
            question.earlier.extend(text(given.parent_comment.as_ref())?);
            question.is_reply = !question.earlier.is_empty();
            Ok(())
        }
        None => {
            let Some((article, rest)) = entries.split_first() else { return Ok(()) };
            question.article = text(Some(article))?;
            for entry in rest.iter().skip(rest.len().saturating_sub(MAX_ENTRIES)) {
                question.earlier.extend(text(Some(entry))?);
            }
            question.is_reply = !question.earlier.is_empty();
            Ok(())
        }
    }
}

/// What was found, to be told by attribute.
struct Found<'a> {
    app: &'a App,
    answer: &'a Answer,
    text: &'a str,
    scorers: &'a Scorers,
    /// What the client says.
    languages: &'a [LanguageCode],
    /// Whether the comment came with anything that it may be about.
    has_context: bool,
}

/// Why an attribute has no score.
enum Missing {
    LanguageUnsupported,
    Absent(AbsentAttribute),
}

impl Found<'_> {
    fn scores(&self, wanted: &Wanted) -> Result<AttributeScores, Missing> {
        let is_supported =
            |language: &LanguageCode| supports(&wanted.attribute, *language, self.scorers, &self.app.live);
        if !self.answer.is_scored_on_machine && !self.languages.iter().all(is_supported) {
            return Err(Missing::LanguageUnsupported);
        }
        let whole = Utf16Span::whole(self.text);
        match &wanted.attribute {
            Attribute::OffTopic if !self.has_context => Err(missing(Absence::NoContext)),
            Attribute::OffTopic => {
                let topic = self.answer.topic.as_ref().map_err(|absence| missing(*absence))?;
                let score = Score::probability(topic.off_topic.get());
                Ok(AttributeScores { span_scores: vec![SpanScore { span: whole, score }], summary_score: score })
            }
            Attribute::Label(label) => {
                let tone = self.answer.tone.as_ref().map_err(|absence| missing(*absence))?;
                let summary = score(tone, label).ok_or(Missing::LanguageUnsupported)?;
                let summary_score = Score::probability(summary.get());
                let spans: Vec<_> = self.answer.sentences.iter().map(|(span, _)| *span).collect();
                let mut span_scores = Vec::new();
                for (span, (_, tone)) in Utf16Span::of_all(self.text, &spans).into_iter().zip(&self.answer.sentences) {
                    if let Some(found) = tone.as_ref().ok().and_then(|tone| score(tone, label)) {
                        span_scores.push(SpanScore { span, score: Score::probability(found.get()) });
                    }
                }
                if span_scores.is_empty() {
                    span_scores.push(SpanScore { span: whole, score: summary_score });
                }
                Ok(AttributeScores { span_scores, summary_score })
            }
        }
    }
}

/// The score of a label; `None` where its model does not read the language.
fn score(tone: &Tone, label: &str) -> Option<Probability> {
    tone.scores.iter().find(|score| &*score.label == label).map(|score| score.probability)
}

fn missing(absence: Absence) -> Missing {
    let message = match absence {
        Absence::LanguageUnsupported => return Missing::LanguageUnsupported,
        Absence::NoContext => {
            "there is nothing to compare the comment with: send context.articleAndParentComment or context.entries"
        }
        Absence::NoText | Absence::TooLittleText => "the comment has too few words of its own",
        Absence::SwitchedOff => "switched off in the configuration",
    };
    Missing::Absent(AbsentAttribute { reason: absence.name(), message })
}

/// Whether the client wants to hear only of higher scores. Thresholds have the precision of scores: who sends a score back
/// as it came means that score.
fn is_below(scores: &AttributeScores, parameters: &AttributeParameters) -> bool {
    parameters.score_threshold.is_some_and(|threshold| scores.summary_score.value < threshold.0 as f32)
}

fn scored_translation(answer: &Answer) -> Option<ScoredTranslation> {
    let machine = answer.translation.machine.as_ref().filter(|_| answer.is_scored_on_machine)?;
    let language = answer.translation.to?.to_string();
    Some(ScoredTranslation { language, engine: machine.engine.to_string() })
}
