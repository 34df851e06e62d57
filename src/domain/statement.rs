//! What a site states beside the facts where it restricts a comment: the words of the EU's Digital Services Act.

/// Whether software decided, in the words of the DSA Transparency Database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutomatedDecision {
    /// Software alone.
    Fully,
    /// Software, and a person.
    Partially,
    /// A person.
    #[default]
    NotAutomated,
}

impl AutomatedDecision {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Fully, Self::Partially, Self::NotAutomated];

    /// The value that the database knows it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fully => "AUTOMATED_DECISION_FULLY",
            Self::Partially => "AUTOMATED_DECISION_PARTIALLY",
            Self::NotAutomated => "AUTOMATED_DECISION_NOT_AUTOMATED",
        }
    }
}

/// What the decision rests on, in the words of the DSA Transparency Database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecisionGround {
    /// The site's own terms.
    #[default]
    IncompatibleContent,
    /// The law.
    IllegalContent,
}

impl DecisionGround {
    /// Every value.
    pub const ALL: [Self; 2] = [Self::IncompatibleContent, Self::IllegalContent];

    /// The value that the database knows it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IncompatibleContent => "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            Self::IllegalContent => "DECISION_GROUND_ILLEGAL_CONTENT",
        }
    }
}

/// What is the same in every statement of reasons of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatementTerms {
    /// Whether software decides.
    pub automated_decision: AutomatedDecision,
    /// What decisions rest on.
    pub decision_ground: DecisionGround,
}
