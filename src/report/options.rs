//! What the reader of a report may see.

/// How texts are shown that may hurt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mask {
    /// The words that made a score high are covered where records name them; texts with high scores of which that is not
    /// known, and texts that could not be scored, as a whole.
    #[default]
    Auto,
    /// All texts are covered.
    All,
    /// None is.
    None,
}

/// What goes into a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The title, where the usual one will not do.
    pub title: Option<String>,
    /// How texts are shown.
    pub mask: Mask,
    /// Leaves all texts out.
    pub without_text: bool,
    /// Leaves all authors out.
    pub without_authors: bool,
}
