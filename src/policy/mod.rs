//! A site's policy: ordered rules over scores and facts, and the decision that follows from them.

mod condition;
mod facts;
mod pattern;
mod rule;

pub use condition::{Bound, Condition, ScoreName};
pub use facts::Facts;
pub use pattern::Pattern;
pub use rule::{Policy, Rule};
