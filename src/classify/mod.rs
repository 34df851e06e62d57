//! The learners: sparse logistic regression behind linfa's traits, dense heads, and the model artifact.

pub mod artifact;
pub mod dense_head;
mod dual_descent;
pub mod evaluation;
pub mod intervals;
pub mod labelled;
pub mod linear_model;
pub mod linear_model_file;
pub mod logistic;
pub mod metrics;
pub mod sparse;
pub mod tfidf;
pub mod threshold_choice;
