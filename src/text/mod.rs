//! What can be done with a text alone: words, normalisation, features, segments.

pub mod anatomy;
pub mod contact_details;
pub mod evasion;
pub mod features;
pub mod html;
pub mod language_features;
pub mod mojibake;
pub mod normalise;
pub mod quotes;
pub mod scalars;
pub mod scripts;
pub mod segments;
pub mod sentences;
pub mod topic_words;
pub mod translation;
pub mod words;
