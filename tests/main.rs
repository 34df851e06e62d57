//! The integration tests: one binary, a module for each promise that the program makes.

// Helpers are no `#[test]` themselves, and a test that cannot go on should say so loudly.
#![allow(clippy::string_slice, reason = "tests cut texts that they wrote themselves")]

mod support;

mod backpressure;
mod bench;
mod bias;
mod broken_lines;
mod calibration;
#[cfg(feature = "sentence-transformer")]
mod cascade;
#[cfg(unix)]
mod checkpoint_kills;
mod checkpoints;
mod commands;
mod endings;
mod evaluate;
mod evaluate_topic;
mod explain;
mod explain_thread;
mod exports;
mod exports_json;
mod exports_xml;
mod failures;
mod fuzz_corpus;
mod hostile_models;
mod hostile_text;
mod interrupt;
mod label_store;
mod language_set;
mod limits;
mod metamorphic;
mod models;
mod output_ends;
mod outputs;
mod own_models;
mod policy;
mod policy_testing;
mod privacy;
mod properties;
mod quiet_logs;
mod redaction;
mod refusals;
mod reload;
mod report;
mod report_in_a_browser;
mod retraining_data;
mod same_bytes;
mod samples;
mod sbom;
#[cfg(feature = "sentence-transformer")]
mod sentence_encoder;
mod serve_api;
mod serve_batch;
#[cfg(unix)]
mod serve_clients;
mod serve_coral;
mod serve_documented;
#[cfg(unix)]
mod serve_faults;
mod serve_feedback;
#[cfg(unix)]
mod serve_keys;
mod serve_moderations;
#[cfg(unix)]
mod serve_operations;
mod serve_perspective;
#[cfg(unix)]
mod serve_tls;
mod statements;
mod streaming;
mod supplied_translations;
mod tidy;
mod topic_labels;
mod train;
mod translation;
mod write_back;
