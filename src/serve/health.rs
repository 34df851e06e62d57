//! Whether the server lives, whether it can be sent requests, and its metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use super::app::App;
use super::{files, metrics, respond};

/// Whether the server is to be sent requests.
#[derive(Debug, Default)]
pub(super) struct Health {
    is_stopping: AtomicBool,
}

impl Health {
    /// The server was told to stop.
    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }
}

/// Answers that the process lives.
pub(super) async fn healthz() -> Response<Body> {
    respond::json(StatusCode::OK, &json!({ "status": "ok" }), false)
}

/// Answers whether the server is to be sent requests: it is not stopping, and what it is to store can be stored. Without its
/// models it would not be there.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response<Body> {
    let mut reasons = Vec::new();
    if app.health.is_stopping.load(Ordering::Relaxed) {
        reasons.push("stopping".to_owned());
    }
    if let Some(store) = app.plan.label_store.clone() {
        let found = tokio::task::spawn_blocking(move || files::check_label_store(&store)).await;
        if !matches!(found, Ok(Ok(()))) {
            reasons.push("the label store cannot be written".to_owned());
        }
    }
    if reasons.is_empty() {
        respond::json(StatusCode::OK, &json!({ "status": "ready" }), false)
    } else {
        let answer = json!({ "status": "not ready", "reasons": reasons });
        respond::json(StatusCode::SERVICE_UNAVAILABLE, &answer, false)
    }
}

/// Answers with the metrics.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response<Body> {
    let mut response = Response::new(Body::from(app.metrics.text(&app.live, app.store.as_ref())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(metrics::CONTENT_TYPE));
    response
}
