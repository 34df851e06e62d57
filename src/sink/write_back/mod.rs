//! What a comment system is told to do: a file that a person looks through, and then runs.
//!
//! Only comments that are held (`review`, `reject`) have a line. Nothing is approved, so that nothing is shown because
//! software did not object to it, and nothing is deleted.

mod coral;
mod disqus;
mod wordpress;

use std::str::FromStr;

use super::records::{RecordSink, Records};
use super::{LineSink, OutputPosition, SinkError};

use coral::Coral;
use disqus::Disqus;
use wordpress::WordPress;

use crate::wire::row::Row;

/// A comment system that a file can be written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentSystem {
    /// `WordPress`, by WP-CLI.
    WordPress,
    /// Coral, by its GraphQL interface.
    Coral,
    /// Disqus, or whoever reads a table of ids.
    Disqus,
}

impl CommentSystem {
    /// Every system.
    pub const ALL: [Self; 3] = [Self::WordPress, Self::Coral, Self::Disqus];

    /// The name that `--write-back` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WordPress => "wordpress",
            Self::Coral => "coral",
            Self::Disqus => "disqus",
        }
    }
}

/// A name that is none of [`CommentSystem::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown comment system `{0}`; known: wordpress, coral, disqus")]
pub struct UnknownSystem(String);

impl FromStr for CommentSystem {
    type Err = UnknownSystem;

    fn from_str(name: &str) -> Result<Self, UnknownSystem> {
        Self::ALL.into_iter().find(|system| system.name() == name).ok_or_else(|| UnknownSystem(name.to_owned()))
    }
}

/// Whether a held comment is to be looked at, or with the advice not to show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Review,
    Reject,
}

impl Held {
    fn of(row: &Row<'_>) -> Option<Self> {
        match row.action() {
            "review" => Some(Self::Review),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Reject => "reject",
        }
    }
}

/// The lines for one system.
trait Script: Send {
    /// What stands before all lines.
    fn begin(&self) -> Vec<u8>;
    /// Adds the line of a held comment.
    fn add(&mut self, row: &Row<'_>, held: Held, lines: &mut Vec<u8>);
    /// What stands behind all lines.
    fn end(&self) -> Vec<u8>;
    /// What it has counted for the end, if it counts.
    fn counts(&self) -> Vec<u64> {
        Vec::new()
    }
    /// Goes on counting from there.
    fn count_on(&mut self, _counts: &[u64]) {}
}

/// Writes a line for each held comment, in the order of the input.
pub struct WriteBackSink {
    lines: LineSink,
    script: Box<dyn Script>,
    has_begun: bool,
}

impl WriteBackSink {
    /// A file for a comment system.
    #[must_use]
    pub fn new(system: CommentSystem, lines: LineSink) -> Self {
        let script: Box<dyn Script> = match system {
            CommentSystem::WordPress => Box::new(WordPress::default()),
            CommentSystem::Coral => Box::new(Coral),
            CommentSystem::Disqus => Box::new(Disqus),
        };
        Self { lines, script, has_begun: false }
    }

    /// Not when the output is opened: where a run goes on, its first lines are there.
    fn begin(&mut self) -> Result<(), SinkError> {
        if !self.has_begun {
            self.lines.write(&self.script.begin())?;
            self.has_begun = true;
        }
        Ok(())
    }
}

impl RecordSink for WriteBackSink {
    fn write(&mut self, records: &Records<'_>) -> Result<(), SinkError> {
        self.begin()?;
        let mut lines = Vec::new();
        for row in &records.rows {
            if let Some(held) = Held::of(row) {
                self.script.add(row, held, &mut lines);
            }
        }
        self.lines.write(&lines)
    }

    fn checkpoint(&mut self) -> Result<OutputPosition, SinkError> {
        Ok(OutputPosition { counts: self.script.counts(), ..self.lines.checkpoint()? })
    }

    fn go_on_at(&mut self, position: &OutputPosition) -> Result<(), SinkError> {
        // Coral's file has no first line, and it makes no difference.
        self.has_begun = position.bytes > 0;
        self.script.count_on(&position.counts);
        self.lines.go_on_at(position)
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.begin()?;
        self.lines.write(&self.script.end())?;
        self.lines.finish()
    }
}
