//! The learners: sparse logistic regression behind linfa's traits, dense heads, the static
//! encoder, and the model artifact.

mod adam;
pub mod artifact;
pub mod bags;
pub mod bootstrap;
pub mod calibration_curve;
pub mod contrastive;
pub mod dense_head;
mod dual_descent;
pub mod embedding;
pub mod evaluation;
mod evaluation_table;
pub mod feature_rows;
pub mod in_parallel;
pub mod intervals;
pub mod inverse_frequency;
pub mod labelled;
pub mod linear_model;
pub mod linear_model_file;
pub mod logistic;
pub mod metrics;
pub mod mixing;
pub mod score_table;
pub mod scratch_pool;
#[cfg(feature = "sentence-transformer")]
pub mod sentence_encoder;
pub mod sentence_vectors;
pub mod softmax;
pub mod softmax_table;
pub mod static_encoder;
pub mod threshold_choice;
pub mod word_rows;
pub mod worst_errors;
