//! Where a run's checkpoints are made, and where a resumed run is checked against the one that it goes on from.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::Arc;

use super::{Checkpoint, CheckpointError, CheckpointFile, Identity, Position, Progress, ReadMark};
use crate::pipeline::Tally;
use crate::pipeline::context_outline::ContextOutline;
use crate::sink::OutputPosition;

/// How a run makes checkpoints.
#[derive(Debug)]
pub struct Checkpointing {
    /// Where they go.
    pub file: CheckpointFile,
    /// What the run was asked to do.
    pub identity: Identity,
    /// After how many items.
    pub every: NonZeroU64,
    /// The checkpoint to go on from; its identity is that of the run. `None` to begin at the beginning.
    pub resumed: Option<Checkpoint>,
}

/// All that is known where a checkpoint is to be made.
#[derive(Debug)]
pub(in crate::pipeline) struct Mark {
    pub(in crate::pipeline) read: ReadMark,
    /// Right behind the last item of the batch.
    pub(in crate::pipeline) threads: ContextOutline,
    /// The models that its batch was scored by.
    pub(in crate::pipeline) models: BTreeMap<Arc<str>, Arc<str>>,
}

/// Makes the checkpoints of a run.
#[derive(Debug)]
pub(in crate::pipeline) struct Recorder {
    file: CheckpointFile,
    identity: Identity,
    /// Where the earlier run stood, until this one has come there.
    awaited: Option<Position>,
}

/// A run that has come to its end, of which its checkpoint does not say so yet.
#[derive(Debug)]
#[must_use]
pub struct Completion {
    file: CheckpointFile,
    checkpoint: Checkpoint,
}

impl Recorder {
    pub(in crate::pipeline) fn new(file: CheckpointFile, identity: Identity, awaited: Option<Position>) -> Self {
        Self { file, identity, awaited }
    }

    /// Whether what is read now was written by an earlier run. Until it was checked no output may be touched.
    pub(in crate::pipeline) fn is_catching_up(&self) -> bool {
        self.awaited.is_some()
    }

    /// Checks that this run has come to the same place as the earlier one; gives the place, where the outputs are to be taken up.
    pub(in crate::pipeline) fn check(&self, mark: &Mark) -> Result<Option<&Position>, CheckpointError> {
        let Some(awaited) = &self.awaited else { return Ok(None) };
        if mark.read.items_sha256 != awaited.items_sha256 {
            return Err(CheckpointError::InputDiffers { name: self.file.name(), items: awaited.items });
        }
        if let Some(what) = mark.threads.difference(&awaited.threads) {
            return Err(CheckpointError::ThreadsDiffer { name: self.file.name(), what });
        }
        Ok(Some(awaited))
    }

    /// From here on the run writes: its outputs were taken up.
    pub(in crate::pipeline) fn go_on(&mut self) {
        self.awaited = None;
    }

    /// Why a run that has read everything is still not where the earlier one stood.
    pub(in crate::pipeline) fn missing_input(&self) -> Option<CheckpointError> {
        let awaited = self.awaited.as_ref()?;
        Some(CheckpointError::InputEnds { name: self.file.name(), items: awaited.items })
    }

    /// Makes a checkpoint of outputs that have reached the disk.
    pub(in crate::pipeline) fn record(
        &mut self,
        mark: Mark,
        tally: Tally,
        records: Vec<OutputPosition>,
        dead_letters: Option<OutputPosition>,
    ) -> Result<(), CheckpointError> {
        let Mark { read: ReadMark { items, items_sha256 }, threads, models } = mark;
        self.identity.models = models.iter().map(|(stage, cited)| (stage.to_string(), cited.to_string())).collect();
        let position = Box::new(Position { items, items_sha256, records, dead_letters, threads });
        self.file.write(&Checkpoint::new(self.identity.clone(), tally, Progress::At(position)))
    }

    /// What is left to be said at the end.
    pub(in crate::pipeline) fn completion(self, tally: Tally) -> Completion {
        Completion { file: self.file, checkpoint: Checkpoint::new(self.identity, tally, Progress::Complete) }
    }
}

impl Completion {
    /// Has the checkpoint say that the run is complete. To be done when everything else is.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn record(&self) -> Result<(), CheckpointError> {
        self.file.write(&self.checkpoint)
    }
}
