//! The trainers: labelled data in; a model with its manifest, report and card out.

pub mod abuse;
pub mod card;
pub mod crate_versions;
pub mod manifest;
pub mod sentiment;
mod sources;
pub mod sparse_model;
pub mod topic;
