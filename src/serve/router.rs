//! Which path is answered by what.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;

use super::app::App;
use super::perspective;

/// All that the server answers.
pub(super) fn router(app: Arc<App>) -> Router {
    let longest = app.plan.max_body_bytes;
    Router::new()
        .route("/v1alpha1/comments:analyze", post(perspective::analyze))
        .route("/v1alpha1/comments:suggestscore", post(perspective::suggest_score))
        .fallback(perspective::not_found)
        .layer(DefaultBodyLimit::max(longest))
        .with_state(app)
}
