//! What the context stage looked like at one place of the input, without what was said.

use serde::{Deserialize, Serialize};

/// Which threads were remembered, and how much of them: enough to know which comments have to be looked at again in order to
/// go on there, and to check that what comes out is what there was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::pipeline) struct ContextOutline {
    /// Hashes of the ids of the threads that are remembered, in order.
    pub(super) remembered: Vec<u64>,
    /// How often a thread was looked up.
    pub(super) uses: u64,
    /// Comments remembered in all threads together.
    pub(super) comments: u64,
    /// Threads forgotten so far.
    pub(super) forgotten_threads: u64,
    /// Comments forgotten so far.
    pub(super) forgotten_comments: u64,
    /// Forgotten threads that are known by name.
    pub(super) forgotten_ids: u64,
    /// Comment ids remembered.
    pub(super) ids: u64,
    /// A hash over how long each thread is, and when it was used last.
    pub(super) shape: u64,
    /// What the cascade has saved up, where there is one.
    pub(super) cascade_credit: Option<u32>,
}

impl ContextOutline {
    /// The first count that differs from that of another outline. The cascade's credit is not made again, but taken over.
    pub(super) fn difference(&self, other: &Self) -> Option<&'static str> {
        [
            ("items placed", self.uses == other.uses),
            ("threads remembered", self.remembered == other.remembered),
            ("comments remembered", self.comments == other.comments),
            ("threads forgotten", self.forgotten_threads == other.forgotten_threads),
            ("comments forgotten", self.forgotten_comments == other.forgotten_comments),
            ("threads known by name", self.forgotten_ids == other.forgotten_ids),
            ("comment ids", self.ids == other.ids),
            ("lengths of threads", self.shape == other.shape),
        ]
        .into_iter()
        .find(|(_, is_same)| !is_same)
        .map(|(what, _)| what)
    }
}
