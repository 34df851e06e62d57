//! The nouns of the program: comments, threads, verdicts, scores, decisions and rejects. No IO, no serde, no tokio.

mod aside;
mod body;
mod comment;
mod decision;
mod flag;
mod language;
mod moderation;
mod origin;
mod reject;
mod score;
mod segment;
mod span;
mod stated;
mod statement;
mod thread;
mod tone;
mod topic;
mod translation;

pub use aside::{Aside, ModeratorNote};
pub use body::Body;
pub use comment::{Comment, CommentId, ThreadId};
pub use decision::{Action, Decision, Reason, ReasonSubject};
pub use flag::Flag;
pub use language::{Candidate, LanguageCode, LanguageCodeError, LanguageVerdict, Script};
pub use moderation::ModeratorDecision;
pub use origin::Origin;
pub use reject::{Reject, RejectKind, Stage};
pub use score::{Absence, LabelledScore, Probability, round};
pub use segment::{Mark, Segment, SegmentKind};
pub use span::Span;
pub use stated::Stated;
pub use statement::{AutomatedDecision, DecisionGround, StatementTerms};
pub use thread::ThreadHeader;
pub use tone::{Evidence, EvidenceRun, Tone, ToneLabel};
pub use topic::{Relevance, Topic, TopicBasis};
pub use translation::{MachineTranslation, Translation, TranslationFailure, TranslationStatus};

/// What a source yields for one unit of its input (a line, a CSV row, a paragraph).
#[derive(Debug)]
pub enum Item {
    /// A comment, to be scored.
    Comment(Comment),
    /// What is known of a thread: its title, article, address and language.
    Thread(ThreadHeader),
    /// Input that could not be read as either.
    Reject(Reject),
    /// What is neither, and is no mistake.
    Aside(Aside),
}
