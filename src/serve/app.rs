//! What all requests share.

use std::sync::Once;

use crate::config::ServePlan;
use crate::feedback::LabelStore;
use crate::pipeline::Live;

use super::clock::Clock;

/// What all requests share.
#[derive(Debug)]
pub(super) struct App {
    pub(super) plan: ServePlan,
    pub(super) live: Live,
    /// Where judgements go.
    pub(super) store: Option<LabelStore>,
    /// Whether it was told that there is no store for them.
    pub(super) missing_store: Once,
    #[allow(dead_code, reason = "limits and metrics read it")]
    pub(super) clock: Clock,
}
