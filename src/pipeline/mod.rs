//! One run: read, prepare, place in its thread, score, judge, write; bounded and in order.

mod ancestry;
mod authors;
mod authors_so_far;
mod batch;
mod checkpoint;
mod context;
mod context_outline;
mod explain;
mod explain_topic;
mod guard;
mod judge;
mod live;
mod matched_words;
mod models;
mod own_words;
mod prepare;
mod question;
mod read_ahead;
mod reader_state;
mod redaction;
mod reload;
mod replay;
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
mod workers;
mod writer;

pub use authors::Authors;
pub use checkpoint::{
    Checkpoint, CheckpointError, CheckpointFile, Checkpointing, Completion, Identity, InputIdentity, Position,
    Progress, configuration_digests, digest,
};
pub use explain::{ExplainedComment, ExplainedItem, Explainer};
pub use explain_topic::{TopicExplained, TopicExplainer};
pub use live::{Answers, Live, WholeThreads};
pub use models::{ModelProblem, Models, Scorers, encoder, sentence_encoder};
pub use question::{Answer, Question};
pub use read_ahead::{ReadAheadBound, read_ahead_bound};
pub use run::{Outcome, Outputs, RunError, Settings, VerdictOutputs, judge, run, run_with_checkpoints};
#[cfg(feature = "sentence-transformer")]
pub use sentence_encoder_folder::load_sentence_encoder;
pub use staged::{StagedRun, TimedStage};
pub use tally::Tally;
pub use verdict::Verdict;
