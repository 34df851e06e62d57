//! The learners: sparse logistic regression behind linfa's traits, dense heads, and the model artifact.

pub mod artifact;
