//! What the requests of our own interface share.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::ServePlan;

use super::super::server::ServeError;
use super::coral_secret::CoralSecret;

/// What the requests of our own interface share.
#[derive(Debug, Default)]
pub(in super::super) struct ApiState {
    requests: AtomicU64,
    pub(super) coral_secret: Option<CoralSecret>,
}

impl ApiState {
    /// Reads what has to be at hand before the first request.
    ///
    /// # Errors
    /// Where the secret of Coral's requests cannot be read.
    pub(in super::super) fn open(plan: &ServePlan) -> Result<Self, ServeError> {
        let coral_secret = plan.coral_secret_env.as_deref().map(CoralSecret::of_environment).transpose()?;
        Ok(Self { requests: AtomicU64::new(0), coral_secret })
    }

    /// A number that no other request has, counted from 1.
    pub(super) fn next_number(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }
}
