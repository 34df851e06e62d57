//! What all requests share.

use std::sync::Once;

use crate::config::ServePlan;
use crate::feedback::LabelStore;
use crate::pipeline::Live;

use super::api::ApiState;
use super::clock::Clock;
use super::files::Files;
use super::health::Health;
use super::keys::Keys;
use super::metrics::Metrics;
use super::request_id::RequestIds;
use super::room::Room;
use super::tls::Tls;

/// What all requests share.
#[derive(Debug)]
pub(super) struct App {
    pub(super) plan: ServePlan,
    pub(super) live: Live,
    pub(super) api: ApiState,
    /// Where judgements go.
    pub(super) store: Option<LabelStore>,
    /// Whether it was told that there is no store for them.
    pub(super) missing_store: Once,
    pub(super) clock: Clock,
    /// Who may ask; `None` where everybody may who reaches the server.
    pub(super) keys: Option<Keys>,
    /// TLS, where the server speaks it itself.
    pub(super) tls: Option<Tls>,
    /// How much is worked on at a time.
    pub(super) room: Room,
    pub(super) metrics: Metrics,
    pub(super) health: Health,
    pub(super) request_ids: RequestIds,
}

impl App {
    /// A server's state that nobody has asked anything of yet.
    pub(super) fn new(plan: ServePlan, live: Live, store: Option<LabelStore>, files: Files, clock: Clock) -> Self {
        let Files { keys, tls, api } = files;
        Self {
            keys: keys.map(|ring| Keys::new(ring, clock)),
            tls: tls.map(Tls::new),
            room: Room::new(&plan),
            metrics: Metrics::default(),
            health: Health::default(),
            request_ids: RequestIds::new(&clock),
            plan,
            live,
            api,
            store,
            missing_store: Once::new(),
            clock,
        }
    }
}
