//! Which path is answered by what.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::api;
use super::app::App;
use super::{gate, health, perspective};

/// All that the server answers, to those who may ask.
pub(super) fn router(app: Arc<App>) -> Router {
    let gate = from_fn_with_state(Arc::clone(&app), gate::pass);
    let single = single_requests(Arc::clone(&app)).layer(gate.clone());
    let of_a_batch = single.clone();
    let batch = move |State(app): State<Arc<App>>, request: Request| async move {
        perspective::batch(&app, of_a_batch, request).await
    };
    Router::new()
        .route("/batch", post(batch.clone()))
        .route("/batch/commentanalyzer/v1alpha1", post(batch))
        .route("/$discovery/rest", get(perspective::discovery))
        .route("/discovery/v1/apis/commentanalyzer/v1alpha1/rest", get(perspective::discovery))
        .route("/discovery/v1/apis/commentanalyzer/{version}/rest", get(perspective::discovery_of_other_versions))
        .method_not_allowed_fallback(perspective::method_not_allowed)
        .merge(api::routes())
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .with_state(app)
        .layer(gate)
        .merge(single)
        .fallback(perspective::not_found)
}

/// What may stand in a batch too: each of them is answered, let in and limited as one that comes by itself.
fn single_requests(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1alpha1/comments:analyze", post(perspective::analyze))
        .route("/v1alpha1/comments%3Aanalyze", post(perspective::analyze))
        .route("/v1alpha1/comments:suggestscore", post(perspective::suggest_score))
        .route("/v1alpha1/comments%3Asuggestscore", post(perspective::suggest_score))
        .method_not_allowed_fallback(perspective::method_not_allowed)
        .fallback(perspective::not_found)
        .with_state(app)
}
