//! Where records and dead letters go.

mod lines;

pub use lines::{LineSink, SinkError};
