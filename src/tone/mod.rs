//! The tone of a comment: scores of abuse, sentiment and a site's own models, one word for the first two, and
//! what carried them.

mod evidence;
mod model;

pub use model::{CustomModel, ToneModel, ToneScratch};
