//! Looking over an export without scoring it: what is in it, and what moderators have decided.

mod inspection;
mod label_rows;

pub use inspection::{FirstComment, Inspection};
pub use label_rows::{LabelCounts, LabelRow, LabelRows};
