//! The shapes of what is read and written: versioned, and converted from and to the nouns of `domain`.

pub mod dead_letter;
pub mod explanation;
pub mod input;
pub mod json_id;
pub mod label_names;
pub mod record;
pub mod row;
pub mod statement;
pub mod summary;
pub mod topic_explanation;
