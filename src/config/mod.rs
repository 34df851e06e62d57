//! `pipeline.toml`: read, checked as a whole, and turned into a plan.

mod limits;

pub use limits::Limits;
