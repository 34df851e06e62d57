//! Which path is answered by what.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::app::App;
use super::{gate, health, perspective};

/// All that the server answers, to those who may ask.
pub(super) fn router(app: Arc<App>) -> Router {
    let longest = app.plan.max_body_bytes;
    Router::new()
        .route("/v1alpha1/comments:analyze", post(perspective::analyze))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/v1alpha1/comments:suggestscore", post(perspective::suggest_score))
        .fallback(perspective::not_found)
        .layer(DefaultBodyLimit::max(longest))
        .layer(from_fn_with_state(Arc::clone(&app), gate::pass))
        .with_state(app)
}
