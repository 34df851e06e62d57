//! The server from its socket to its end.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Once};

use tokio::net::TcpListener;

use crate::config::ServePlan;
use crate::feedback::LabelStore;
use crate::pipeline::Live;

use super::app::App;
use super::clock::Clock;
use super::listener::listen;
use super::router::router;

/// Why a server could not begin.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("[serve] `listen`: cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// All that it took was answered.
    Finished,
    /// Some of it took longer than `shutdown_timeout_ms` allows.
    CutOff,
}

/// A server that listens, and has not answered anything yet.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
}

impl Server {
    /// Takes the address. What comes in waits until the server runs. Without a label store no judgements are taken.
    ///
    /// # Errors
    /// Where the address cannot be listened on.
    pub async fn open(
        plan: ServePlan,
        live: Live,
        store: Option<LabelStore>,
        clock: Clock,
    ) -> Result<Self, ServeError> {
        let address = plan.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })?;
        Ok(Self { app: Arc::new(App { plan, live, store, missing_store: Once::new(), clock }), listener })
    }

    /// The address that it listens on: with the port that the system chose, where the configuration says 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or(self.app.plan.listen)
    }

    /// Answers until `stop` completes, then finishes what it took.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Stop {
        let Self { app, listener } = self;
        let is_finished = listen(listener, router(Arc::clone(&app)), &app.plan, stop).await;
        if is_finished { Stop::Finished } else { Stop::CutOff }
    }
}
