//! The tone of a comment: scores of abuse, sentiment and a site's own models, one word for the first two, and
//! what carried them.

mod characters;
mod even_mix;
mod even_mix_table;
mod even_mix_words;
mod even_mix_words_table;
mod evidence;
mod explanation;
mod model;

pub use even_mix::{EvenMix, natural_rate};
pub use even_mix_words::{WORD_PLACES, word_places};
pub use evidence::strongest;
pub use explanation::{LabelExplanation, ToneExplanation, ToneModelKind, UnknownLabel, WantedLabels};
pub use model::{CustomModel, ToneModel, ToneModelPart, ToneScratch};
