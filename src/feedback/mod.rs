//! What moderators say of comments, kept in a database of `SQLite` until models are trained and thresholds fitted with it;
//! docs/feedback.md has its columns and what is kept of people.

mod database;
mod deletion;
mod error;
mod export;
mod store;
mod submission;
mod writer;

pub use deletion::{Deleted, Whose, delete};
pub use error::StoreError;
pub use export::{ExportFilter, JudgedText, LabelReader};
pub use store::{LabelStore, StoreBounds, StoreCounts};
pub use submission::{JudgedSpan, Judgement, Submission};
