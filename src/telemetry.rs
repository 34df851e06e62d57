//! Counters that one part of the program raises and another shows.

use std::sync::atomic::{AtomicU64, Ordering};

/// Lines of the log that were lost.
static LOST_LOG_LINES: AtomicU64 = AtomicU64::new(0);

/// Counts a line of the log that nobody took in time.
pub fn lose_log_line() {
    LOST_LOG_LINES.fetch_add(1, Ordering::Relaxed);
}

/// Lines of the log that nobody took in time.
#[must_use]
pub fn lost_log_lines() -> u64 {
    LOST_LOG_LINES.load(Ordering::Relaxed)
}

/// What a run has done so far. Read by whoever shows progress; never used to decide anything.
#[derive(Debug, Default)]
pub struct Counters {
    bytes_read: AtomicU64,
    records_written: AtomicU64,
}

impl Counters {
    /// Adds bytes of raw input, before decompression.
    pub fn add_bytes_read(&self, bytes: u64) {
        self.bytes_read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds records that the output has taken.
    pub fn add_records_written(&self, records: u64) {
        self.records_written.fetch_add(records, Ordering::Relaxed);
    }

    /// Bytes of raw input read so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// Records that the output has taken so far.
    #[must_use]
    pub fn records_written(&self) -> u64 {
        self.records_written.load(Ordering::Relaxed)
    }
}
