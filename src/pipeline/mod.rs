//! One run: read, prepare, place in its thread, score, judge, write; bounded and in order.

mod ancestry;
mod authors;
mod authors_so_far;
mod batch;
mod context;
mod explain;
mod explain_topic;
mod guard;
mod judge;
mod models;
mod own_words;
mod prepare;
mod reader_state;
mod reload;
mod run;
#[cfg(feature = "sentence-transformer")]
mod sentence_encoder_folder;
mod staged;
mod supplied;
mod tally;
mod thread_state;
mod thread_table;
mod translation;
mod verdict;

pub use authors::Authors;
pub use explain::{ExplainedComment, ExplainedItem, Explainer};
pub use explain_topic::{TopicExplained, TopicExplainer};
pub use models::{ModelProblem, Models, Scorers, encoder, sentence_encoder};
pub use run::{Outcome, Outputs, RunError, Settings, VerdictOutputs, judge, run};
#[cfg(feature = "sentence-transformer")]
pub use sentence_encoder_folder::load_sentence_encoder;
pub use staged::{StagedRun, TimedStage};
pub use tally::Tally;
pub use verdict::Verdict;
