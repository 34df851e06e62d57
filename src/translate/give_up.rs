//! When a translator is given up.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// After so many failures in a row it is found out whether the translator is there at all.
pub(super) const MAX_FAILURES_IN_A_ROW: u32 = 5;

/// Failures in a row, and whether the translator was given up because of them.
#[derive(Debug, Default)]
pub(super) struct GiveUp {
    failures: AtomicU32,
    is_given_up: AtomicBool,
}

impl GiveUp {
    /// Notes that it answered.
    pub(super) fn answered(&self) {
        self.failures.store(0, Ordering::SeqCst);
    }

    /// Notes that it did not; `true` where it is time to find out whether it ever will.
    pub(super) fn failed(&self) -> bool {
        self.failures.fetch_add(1, Ordering::SeqCst) + 1 >= MAX_FAILURES_IN_A_ROW
    }

    /// Whether it is still time to find out.
    pub(super) fn is_in_doubt(&self) -> bool {
        !self.is_given_up() && self.failures.load(Ordering::SeqCst) >= MAX_FAILURES_IN_A_ROW
    }

    /// Gives it up for the rest of the run.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::SeqCst);
    }

    /// Whether it was given up.
    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::SeqCst)
    }
}
