//! The tone of a comment: abuse and sentiment scores, one word for both, and what carried them.

mod evidence;
mod model;

pub use model::{ToneModel, ToneScratch};
