//! Perspective's protocol, version v1alpha1, as its clients know it.

mod analyze;
mod attribute;
mod error;
mod language;
mod lenient_json;
mod query;
mod request;
mod response;
mod scale;
mod span;
mod suggest;
mod suggest_request;

pub(super) use analyze::analyze;
pub(super) use error::{Detail, GoogleError, Link, Metadata, not_found};
pub(super) use query::Query;
pub(super) use suggest::suggest_score;
