//! Measuring a model for the gate.

use std::path::PathBuf;

use anyhow::anyhow;
use serde_json::Value;

use crate::classify::evaluation::{Evaluation, MeasuredFile};
use crate::classify::linear_model::LinearModel;
use crate::cli::failure::Failure;
use crate::labelled::{LabelledData, Mapping, describe_bad_rows, read_labelled_files};
use crate::registry::{Inspection, Loaded};
use crate::train::sentiment;

/// The report of a model on labelled texts, which are read by the labels that it has.
pub(super) fn measure(model: &Inspection, data: &[PathBuf]) -> Result<Value, Failure> {
    let Some(Loaded::Linear(linear)) = &model.loaded else {
        return Err(Failure::one(anyhow!(
            "{}: a model of this kind cannot be measured here\n  hint: leave --data out, and train it with --dev, so that \
             its report can be compared",
            model.place
        )));
    };
    let LabelledData { set, files } = read(linear, data)?;
    if set.rows.is_empty() {
        return Err(Failure::one(anyhow!(
            "not one usable row to measure {} on\n  hint: its labels are {}",
            model.place,
            set.labels.join(", ")
        )));
    }
    let mut evaluation = Evaluation::measure(linear, &set).map_err(Failure::one)?;
    evaluation.data = files.iter().map(MeasuredFile::from).collect();
    serde_json::to_value(&evaluation).map_err(Failure::one)
}

fn read(model: &LinearModel, data: &[PathBuf]) -> Result<LabelledData, Failure> {
    let scheme = sentiment::scheme_of(model.labels().iter().map(|label| label.name.to_string()).collect());
    let data = read_labelled_files(data, scheme, Mapping::default()).map_err(Failure::each)?;
    for line in describe_bad_rows(&data.files) {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr().lock(), "warning: {line}");
    }
    Ok(data)
}
