//! What all requests share.

use crate::config::ServePlan;
use crate::pipeline::Live;

use super::api::ApiState;
use super::clock::Clock;

/// What all requests share.
#[derive(Debug)]
pub(super) struct App {
    pub(super) plan: ServePlan,
    pub(super) live: Live,
    pub(super) api: ApiState,
    #[allow(dead_code, reason = "limits and metrics read it")]
    pub(super) clock: Clock,
}
