//! threadsieve labels comment threads offline: the language of each comment and whether it needs translating, its
//! tone, how far it is off topic, and what a site's policy would do with it.
//!
//! The modules are ranked; each imports only from those above it in this list. `tests/tidy.rs` enforces that.

pub mod domain;

pub mod telemetry;
pub mod text;

pub mod classify;

pub mod bias;
pub mod language;
pub mod policy;
pub mod tone;
pub mod topic;

pub mod config;
pub mod wire;

pub mod feedback;
pub mod labelled;
pub mod registry;
pub mod sink;
pub mod source;
pub mod translate;

pub mod pipeline;

pub mod calibrate;
pub mod evaluate;
pub mod report;
pub mod serve;
pub mod survey;
pub mod train;
pub mod trial;

pub mod cli;
