//! The trainers: labelled data in; a model with its manifest, report and card out.

pub mod abuse;
mod calibration;
pub mod card;
pub mod crate_versions;
pub mod custom;
pub mod encoder;
mod features;
pub mod language;
pub mod manifest;
mod model_folder;
pub mod recipe;
pub mod sentiment;
pub mod sparse_model;
pub mod topic;
mod training_file;
