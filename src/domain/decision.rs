//! What a site's policy would do with a comment, and why.

use std::sync::Arc;

/// What to do with a comment, mildest first. A human carries it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Show it.
    Approve,
    /// Have it translated, then look again.
    Translate,
    /// Hold it for a moderator.
    Review,
    /// Hold it, with the advice not to show it.
    Reject,
}

impl Action {
    /// Every action, mildest first.
    pub const ALL: [Self; 4] = [Self::Approve, Self::Translate, Self::Review, Self::Reject];

    /// The name that records and rules use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Translate => "translate",
            Self::Review => "review",
            Self::Reject => "reject",
        }
    }
}

/// What a rule looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReasonSubject {
    /// A score, by the name of its label.
    Score(Arc<str>),
    /// Something that is so or not so, such as `flag:duplicate`.
    Fact(Arc<str>),
    /// Nothing: no rule matched.
    None,
}

/// One rule that matched, as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The rule's id; `default` where no rule matched.
    pub rule: Arc<str>,
    /// What the rule looked at.
    pub subject: ReasonSubject,
    /// The score that it saw.
    pub score: Option<f64>,
    /// The threshold that it compared with.
    pub threshold: Option<f64>,
}

/// What policy would do. Has at least one reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The most severe action of all rules that matched.
    pub action: Action,
    /// Every rule that matched, in the order of the configuration.
    pub reasons: Vec<Reason>,
}
