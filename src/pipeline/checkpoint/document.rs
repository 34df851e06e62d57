//! What a checkpoint says.

use serde::{Deserialize, Serialize};

use super::Identity;
use crate::pipeline::Tally;
use crate::pipeline::context_outline::ContextOutline;
use crate::sink::OutputPosition;

/// Name and version of the shape of a checkpoint.
pub(super) const SCHEMA: &str = "threadsieve.checkpoint/1";

/// How far a run has come. None of a comment's words are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Always `threadsieve.checkpoint/1`.
    pub(super) schema: String,
    /// What the run was asked to do, and with what.
    pub identity: Identity,
    /// What became of the items so far.
    pub tally: Tally,
    /// Where it stands.
    pub progress: Progress,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Here.
    At(Box<Position>),
    /// At its end: everything was written.
    Complete,
}

/// A place in the input, with all that is needed to go on there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Items of the input (comments, thread headers, rejects, and what is left out) up to here.
    pub items: u64,
    /// A hash over these items.
    pub items_sha256: String,
    /// Where the outputs of records stand, then those for comment systems, each in the order in which it was named.
    pub records: Vec<OutputPosition>,
    /// Where the file of dead letters stands.
    pub dead_letters: Option<OutputPosition>,
    /// What the threads looked like, to make them again from the input.
    pub(in crate::pipeline) threads: ContextOutline,
}

impl Checkpoint {
    pub(super) fn new(identity: Identity, tally: Tally, progress: Progress) -> Self {
        Self { schema: SCHEMA.to_owned(), identity, tally, progress }
    }

    /// Where the run stands, unless it is at its end.
    #[must_use]
    pub fn position(&self) -> Option<&Position> {
        match &self.progress {
            Progress::At(position) => Some(position),
            Progress::Complete => None,
        }
    }
}
