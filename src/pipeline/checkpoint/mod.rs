//! Checkpoints: how far a run has come, so that one that was killed goes on there.
//!
//! A checkpoint holds no thread's state: that is made again from the input ([decision 16](../../../docs/decisions/016-a-resumed-run-reads-again.md)).

mod boundaries;
mod document;
mod error;
mod file;
mod identity;
mod items_hash;
mod recorder;

pub(super) use boundaries::{Boundaries, ReadMark};
pub use document::{Checkpoint, Position, Progress};
pub use error::CheckpointError;
pub use file::CheckpointFile;
pub use identity::{Identity, InputIdentity, configuration_digests, digest};
pub use recorder::{Checkpointing, Completion};
pub(super) use recorder::{Mark, Recorder};
