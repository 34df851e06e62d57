//! Tries a policy out on past comments: what it would do other than the one in force.

mod comparison;
mod moved;
mod pairing;
mod report;

pub use comparison::{ACTIONS, Comparison, Held, Pair};
pub use moved::{MOVED_SCHEMA, MovedComment, MovedReason};
pub use pairing::{Pairing, Side};
pub use report::{REPORT_SCHEMA, Report, ReportInputs};
