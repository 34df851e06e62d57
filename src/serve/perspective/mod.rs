//! Perspective's protocol, version v1alpha1, as its clients know it.

mod analyze;
mod attribute;
mod batch;
mod discovery;
mod error;
mod fields;
mod language;
mod lenient_json;
mod multipart;
mod query;
mod request;
mod response;
mod span;
mod suggest;
mod suggest_request;
mod text_entry;

pub(super) use analyze::analyze;
pub(super) use batch::batch;
pub(super) use discovery::{discovery, discovery_of_other_versions};
pub(super) use error::{Detail, GoogleError, Link, Metadata, method_not_allowed, not_found};
pub(super) use query::Query;
pub(super) use suggest::suggest_score;
