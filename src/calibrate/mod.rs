//! Fits thresholds to moderators' decisions; docs/calibration.md has the method.

mod error;
mod fit;
mod fragment;
mod scoring;

pub use error::CalibrateError;
pub use fit::{CALIBRATION_SCHEMA, Calibration, CalibrationOptions, LabelThreshold, Wanted, calibrate};
