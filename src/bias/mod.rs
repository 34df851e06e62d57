//! How far the words for groups of people move a model's scores: rows made from templates, and the measure of it.

mod measure;
mod report;
mod rows;
mod tables;
mod words;

pub use measure::{MeasureError, measure};
pub use report::{BiasFigures, BiasReport, MeanFigures, SubgroupScore};
pub use rows::{Half, Row, SOURCE, rows};
pub use tables::TableError;
pub use words::words;
