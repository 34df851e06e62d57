//! What can be done with a text alone: words, normalisation, features, segments.

pub mod words;
