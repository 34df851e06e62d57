//! What has been seen of a request so far, by those who let it in and those who answer it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::room::HeldBytes;

/// What has been seen of a request so far. What its body takes of the server's room is let go of with it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The template of its route; nothing where there is none, or where it was not looked for.
    pub(super) route: OnceLock<Box<str>>,
    /// Whose key it brought.
    pub(super) key: OnceLock<Arc<str>>,
    pub(super) held: HeldBytes,
    bytes_in: AtomicU64,
    is_read: AtomicBool,
    found_no_room: AtomicBool,
    is_given_up: AtomicBool,
}

impl Seen {
    /// Adds bytes of its body.
    pub(super) fn add_bytes(&self, bytes: usize) {
        self.bytes_in.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes of its body that have come.
    pub(super) fn bytes_in(&self) -> u64 {
        self.bytes_in.load(Ordering::Relaxed)
    }

    /// All of its body has come.
    pub(super) fn set_read(&self) {
        self.is_read.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_read(&self) -> bool {
        self.is_read.load(Ordering::Relaxed)
    }

    /// There was no room for its body.
    pub(super) fn set_found_no_room(&self) {
        self.found_no_room.store(true, Ordering::Relaxed);
    }

    pub(super) fn found_no_room(&self) -> bool {
        self.found_no_room.load(Ordering::Relaxed)
    }

    /// Nothing more of it is wanted.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }
}
