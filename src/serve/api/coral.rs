//! `POST /v1/coral`: Coral's external moderation phase.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde::Serialize;

use crate::domain::{Action, Item, RejectKind};
use crate::source::{CoralBody, Format, Input, RequestedFormat, coral_request};

use super::super::app::App;
use super::super::respond;
use super::body::read_body;
use super::decided::{Decided, DecidedAction};
use super::error::ApiError;
use super::scoring::{Memory, score};

const SIGNATURE: &str = "x-coral-signature";
/// Labels that Coral's flag for toxic comments speaks of: those of the model of abuse.
const TOXIC: [&str; 6] = ["toxicity", "severe_toxicity", "profanity", "threat", "insult", "identity_attack"];
const SPAM: &str = "spam";

/// What Coral is told to do.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct CoralAnswer {
    actions: Vec<Flag>,
    /// Coral knows no tag that would say anything here, and takes none that it does not know.
    tags: [&'static str; 0],
    status: &'static str,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Flag {
    action_type: &'static str,
    reason: &'static str,
}

/// Answers a request.
pub(super) async fn coral(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    answered(&app, request).await.unwrap_or_else(|error| error.respond())
}

async fn answered(app: &App, request: Request) -> Result<Response<Body>, ApiError> {
    let Some(secret) = &app.api.coral_secret else {
        let hint = "name the environment variable with the phase's signing secret: `coral_secret_env` of [serve]";
        let message = "no secret of Coral's is configured";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "coral_not_configured", message, hint));
    };
    let (parts, body) = request.into_parts();
    let form = form(parts.uri.query().unwrap_or_default())?;
    let body = read_body(body, app).await?;
    let headers = parts.headers.get_all(SIGNATURE).iter().filter_map(|value| value.to_str().ok());
    if !headers.into_iter().any(|header| secret.signs(header, &body)) {
        let hint = "the server's secret has to be the signing secret of the phase in Coral's settings";
        let message = "the header X-Coral-Signature does not sign this body";
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "bad_signature", message, hint));
    }
    let item = match coral_request(&body, form, &input(app)) {
        // What is too long to be judged is held below.
        Item::Reject(reject) if reject.kind != RejectKind::BodyTooLong => {
            let hint = "send what Coral sends to an external moderation phase (docs/api.md)";
            return Err(ApiError::bad_request("invalid_request", reject.detail, hint));
        }
        item => item,
    };
    let memory = Memory::of_server(app, &"".into());
    let answers = score(app, vec![item], &memory).await?;
    let answer = match Decided::of(&answers)?.first() {
        Some(decided) => told(&decided.decision),
        // Nobody has judged it: a person does.
        None => Some(held(Vec::new())),
    };
    if let Some(answer) = answer {
        return Ok(respond::json(StatusCode::OK, &answer, false));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

fn input(app: &App) -> Input {
    let settings = app.live.read_settings(RequestedFormat::Fixed(Format::Coral));
    Input { number: format!("coral-{}", app.api.next_number()).into(), ..Input::named("coral".into(), &settings) }
}

/// In which form the texts come: `?format=plain_text` where the phase is set to that.
fn form(query: &str) -> Result<CoralBody, ApiError> {
    let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "format");
    match named.as_ref().map(|(_, value)| &**value) {
        None => Ok(CoralBody::Html),
        Some(value) if value.eq_ignore_ascii_case("html") => Ok(CoralBody::Html),
        Some(value) if value.eq_ignore_ascii_case("plain_text") => Ok(CoralBody::PlainText),
        Some(_) => {
            let message = "the parameter `format` names neither html nor plain_text";
            Err(ApiError::bad_request("unknown_format", message, "say which Body Format the phase has in Coral"))
        }
    }
}

/// What Coral is told; nothing where its other phases are to go on, which a status would keep from running.
fn told(decision: &DecidedAction) -> Option<CoralAnswer> {
    match decision.action()? {
        // Coral has no status and no tag for what has to be translated first: the site's own order of things goes on.
        Action::Approve | Action::Translate => None,
        Action::Review => Some(held(flags(decision))),
        // Withheld, and not rejected: what is rejected is settled without anybody having looked at it.
        Action::Reject => Some(CoralAnswer { status: "SYSTEM_WITHHELD", ..held(flags(decision)) }),
    }
}

fn held(actions: Vec<Flag>) -> CoralAnswer {
    CoralAnswer { actions, tags: [], status: "PREMOD" }
}

/// Flags for what Coral has one for: abuse and spam. A comment that is held as off topic is neither.
fn flags(decision: &DecidedAction) -> Vec<Flag> {
    let has = |named: &[&str]| {
        let labels = decision.reasons.iter().filter_map(|reason| reason.label.as_deref());
        labels.into_iter().any(|label| named.contains(&label))
    };
    let found = [("COMMENT_DETECTED_TOXIC", has(&TOXIC)), ("COMMENT_DETECTED_SPAM", has(&[SPAM]))];
    let found = found.into_iter().filter(|(_, has)| *has);
    found.map(|(reason, _)| Flag { action_type: "FLAG", reason }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::decided::DecidedReason;
    use super::*;

    #[test]
    fn what_policy_would_do_becomes_what_coral_does() {
        let check = |action: &str, labels: &[&str], expected: Option<(&str, &[&str])>| {
            let reason = |label: &&str| DecidedReason { rule: "r".to_owned(), label: Some((*label).to_owned()) };
            let decision = DecidedAction { action: action.to_owned(), reasons: labels.iter().map(reason).collect() };
            let told = told(&decision);
            let told = told
                .as_ref()
                .map(|answer| (answer.status, answer.actions.iter().map(|flag| flag.reason).collect::<Vec<_>>()));
            assert_eq!(told, expected.map(|(status, flags)| (status, flags.to_vec())), "{action} {labels:?}");
        };
        let toxic = "COMMENT_DETECTED_TOXIC";
        check("approve", &[], None);
        check("translate", &["translation:needed"], None);
        check("review", &["off_topic"], Some(("PREMOD", &[])));
        check("review", &["insult", "threat"], Some(("PREMOD", &[toxic])));
        check("reject", &["spam"], Some(("SYSTEM_WITHHELD", &["COMMENT_DETECTED_SPAM"])));
        check("reject", &["toxicity", "spam"], Some(("SYSTEM_WITHHELD", &[toxic, "COMMENT_DETECTED_SPAM"])));
    }

    #[test]
    fn the_form_of_texts_is_asked_for() {
        assert_eq!(form("key=k").unwrap(), CoralBody::Html);
        assert_eq!(form("key=k&format=PLAIN_TEXT").unwrap(), CoralBody::PlainText);
        assert_eq!(form("format=html").unwrap(), CoralBody::Html);
        assert!(form("format=markdown").is_err());
    }
}
