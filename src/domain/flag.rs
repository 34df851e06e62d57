//! Things worth knowing about a comment that are not scores.

/// A property of a comment that policy can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flag {
    /// Says word for word what an earlier comment of the thread says.
    Duplicate,
    /// Says nearly what an earlier comment of the thread says.
    NearDuplicate,
    /// Nothing but web addresses.
    LinkOnly,
    /// Nothing but quotes of the article or of earlier comments, beside links and code.
    QuoteOnly,
    /// Nothing but code.
    CodeOnly,
    /// No letters at all: digits, emoji, punctuation.
    NoText,
    /// Names a parent that was not seen before it, or is no longer remembered.
    ParentUnknown,
    /// The thread's memory was full, so that earlier comments were forgotten.
    ThreadTruncated,
}

impl Flag {
    /// Every flag, in the order in which records list them.
    pub const ALL: [Self; 8] = [
        Self::Duplicate,
        Self::NearDuplicate,
        Self::LinkOnly,
        Self::QuoteOnly,
        Self::CodeOnly,
        Self::NoText,
        Self::ParentUnknown,
        Self::ThreadTruncated,
    ];

    /// The name that records and rules use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::NearDuplicate => "near_duplicate",
            Self::LinkOnly => "link_only",
            Self::QuoteOnly => "quote_only",
            Self::CodeOnly => "code_only",
            Self::NoText => "no_text",
            Self::ParentUnknown => "parent_unknown",
            Self::ThreadTruncated => "thread_truncated",
        }
    }
}
