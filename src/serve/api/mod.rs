//! An interface of our own: whole threads, comments one request at a time, texts by themselves, and Coral's external
//! moderation phase.

mod body;
mod comment_list;
mod comments;
mod coral;
mod coral_secret;
mod decided;
mod error;
mod lines;
mod models;
mod moderation_categories;
mod moderations;
mod openapi;
mod record_stream;
mod scoring;
mod state;
mod threads;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};

use super::app::App;

pub(super) use error::ApiError;
pub(super) use state::ApiState;

/// What is answered below `/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    let not_allowed = error::method_not_allowed;
    Router::new()
        .route("/v1/threads", post(threads::threads).fallback(not_allowed))
        .route("/v1/comments", post(comments::add).put(comments::replace).fallback(not_allowed))
        .route("/v1/models", get(models::models).fallback(not_allowed))
        .route("/v1/moderations", post(moderations::moderations).fallback(not_allowed))
        .route("/v1/coral", post(coral::coral).fallback(not_allowed))
        .route("/v1/openapi.json", get(openapi::openapi).fallback(not_allowed))
        .route("/v1", any(error::not_found))
        .route("/v1/{*rest}", any(error::not_found))
}
