//! The server from its socket to its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};

use crate::config::ServePlan;
use crate::feedback::LabelStore;
use crate::pipeline::Live;

use super::app::App;
use super::clock::Clock;
use super::files::Files;
use super::listener::listen;
use super::reload::Reloader;
use super::router::router;

/// Connections that may wait to be accepted, where the system allows so many.
const BACKLOG: u32 = 4096;

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
    /// The secret of Coral's requests is not there.
    #[error(
        "[serve] `coral_secret_env`: the environment variable {variable} is not set, or empty\n  hint: set it to the \
         signing secret of the external moderation phase in Coral's settings"
    )]
    CoralSecret {
        /// The variable.
        variable: String,
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
    /// Takes the address, within a runtime. What comes in waits until the server runs. Without a label store no judgements are
    /// taken.
    ///
    /// # Errors
    /// Where the address cannot be listened on.
    pub fn open(
        plan: ServePlan,
        live: Live,
        store: Option<LabelStore>,
        files: Files,
        clock: Clock,
    ) -> Result<Self, ServeError> {
        let listener = bind(plan.listen).map_err(|source| ServeError::Listen { address: plan.listen, source })?;
        Ok(Self { app: Arc::new(App::new(plan, live, store, files, clock)), listener })
    }

    /// The address that it listens on: with the port that the system chose, where the configuration says 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or(self.app.plan.listen)
    }

    /// What has it load its files again while it runs.
    #[must_use]
    pub fn reloader(&self) -> Reloader {
        Reloader { app: Arc::clone(&self.app) }
    }

    /// Answers until `stop` completes, then finishes what it took.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Stop {
        let following = tokio::spawn(self.reloader().follow_registries());
        let Self { app, listener } = self;
        let is_finished = listen(listener, router(Arc::clone(&app)), Arc::clone(&app), stop).await;
        following.abort();
        // What was acknowledged is on the disk already; a store that is closed is one file.
        let closed = tokio::task::spawn_blocking(move || app.store.iter().for_each(LabelStore::close));
        let _ = closed.await;
        if is_finished { Stop::Finished } else { Stop::CutOff }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Elsewhere another program could take the address beside us.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
