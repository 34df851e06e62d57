//! One thing that is wrong with a configuration.

use std::fmt;

/// Something wrong, with its place and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, or `built-in`.
    pub path: String,
    /// Line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem at a byte of the text that it is in.
    pub(super) fn at(path: &str, text: &str, byte: Option<usize>, message: impl Into<String>) -> Self {
        let line = byte.map(|byte| 1 + text.bytes().take(byte).filter(|character| *character == b'\n').count());
        Self { path: path.to_owned(), line, message: message.into(), hint: None }
    }

    /// Adds what to do.
    #[must_use]
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path)?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}
