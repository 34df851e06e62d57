//! Where an item stood in the input.

use std::fmt;
use std::sync::Arc;

/// A place in the input, for messages and dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file as the user named it, or `stdin`.
    pub source: Arc<str>,
    /// Line, counted from 1 (for CSV the line on which the row begins).
    pub line: u64,
}

impl Origin {
    /// A place in the input; `line` counts from 1.
    #[must_use]
    pub fn new(source: Arc<str>, line: u64) -> Self {
        Self { source, line }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.line)
    }
}
