//! What can be done with a text alone: words, normalisation, features, segments.

pub mod anatomy;
pub mod features;
pub mod normalise;
pub mod quotes;
pub mod scalars;
pub mod segments;
pub mod sentences;
pub mod translation;
pub mod words;
