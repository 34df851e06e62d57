//! Measuring a model for the gate.

use std::path::PathBuf;

use anyhow::anyhow;
use serde_json::Value;

use crate::classify::evaluation::Evaluation;
use crate::classify::labelled::LabelledSet;
use crate::classify::linear_model::LinearModel;
use crate::cli::failure::Failure;
use crate::registry::{Inspection, Loaded};
use crate::train::labelled::{LabelScheme, describe_bad_rows, read_labelled};
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
    let set = read(linear, data)?;
    if set.rows.is_empty() {
        return Err(Failure::one(anyhow!(
            "not one usable row to measure {} on\n  hint: its labels are {}",
            model.place,
            set.labels.join(", ")
        )));
    }
    let evaluation = Evaluation::measure(linear, &set).map_err(Failure::one)?;
    serde_json::to_value(&evaluation).map_err(Failure::one)
}

fn read(model: &LinearModel, data: &[PathBuf]) -> Result<LabelledSet, Failure> {
    let scheme = scheme(model.labels().iter().map(|label| label.name.to_string()).collect());
    let mut set = LabelledSet::new(scheme.labels());
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in data {
        match read_labelled(path, &scheme, &mut set) {
            Ok(report) => files.push(report),
            Err(error) => problems.push(anyhow::Error::new(error)),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::all(problems));
    }
    for line in describe_bad_rows(&files) {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr().lock(), "warning: {line}");
    }
    Ok(set)
}

/// How data states labels: as emotions for sentiment, by name for all others.
fn scheme(labels: Vec<String>) -> LabelScheme {
    let emotions = sentiment::scheme();
    if labels == emotions.labels() { emotions } else { LabelScheme::Named(labels) }
}
