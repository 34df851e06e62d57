//! Who may pass to a route. It is around the routes themselves, so that each part of a batch passes it too.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::app::App;
use super::keys::presented;
use super::refusal::Refusal;
use super::seen::Seen;

/// Routes that ask for no key: what is always answered; what a client reads before it knows where its key goes; a batch,
/// whose parts each bring their key; and what is signed instead.
fn needs_no_key(route: &str) -> bool {
    const BY_NAME: [&str; 5] = ["/healthz", "/readyz", "/batch", "/v1/openapi.json", "/v1/coral"];
    const BY_FOLDER: [&str; 3] = ["/$discovery/", "/discovery/", "/batch/"];
    BY_NAME.contains(&route) || BY_FOLDER.iter().any(|folder| route.starts_with(folder))
}

/// What the routes of moderators' judgements end with; their colon may be written in two ways.
const SUGGEST: &str = "suggestscore";

/// Lets those pass who may.
pub(super) async fn pass(
    State(app): State<Arc<App>>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let seen = request.extensions().get::<Arc<Seen>>().cloned();
    // Where there is nothing there is nothing to keep from anybody.
    let Some(route) = matched else { return next.run(request).await };
    if let Some(seen) = &seen {
        let _ = seen.route.set(route.as_str().into());
    }
    match check(&app, route.as_str(), &request, seen.as_deref()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.respond(request.uri()),
    }
}

fn check(app: &App, route: &str, request: &Request, seen: Option<&Seen>) -> Result<(), Refusal> {
    let Some(keys) = app.keys.as_ref().filter(|_| !needs_no_key(route)) else { return Ok(()) };
    let Some(presented) = presented(request.uri().query(), request.headers()) else {
        app.metrics.refused_key("none");
        return Err(Refusal::NoKey);
    };
    let Some(key) = keys.find(&presented) else {
        app.metrics.refused_key("unknown");
        return Err(Refusal::BadKey);
    };
    if let Some(seen) = seen {
        let _ = seen.key.set(Arc::clone(&key.entry.name));
    }
    if route.ends_with(SUGGEST) && !key.entry.may_suggest {
        app.metrics.refused_key("not_allowed");
        return Err(Refusal::NotAllowed);
    }
    key.count_request(&app.clock).map_err(|limit| {
        app.metrics.rate_limited(&key.entry.name);
        Refusal::TooOften { key: key.entry.name.to_string(), limit }
    })
}
