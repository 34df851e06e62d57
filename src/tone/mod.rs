//! The tone of a comment: abuse and sentiment scores, one word for both, and what carried them.

mod characters;
mod evidence;
mod explanation;
mod model;

pub use evidence::strongest;
pub use explanation::{LabelExplanation, ToneExplanation, ToneModelKind, UnknownLabel, WantedLabels};
pub use model::{ToneModel, ToneScratch};
