//! The folder of a trained model: its files, written together.

use std::io;
use std::path::Path;

use serde::Serialize;

use super::card::{CardFigures, CardText};
use super::manifest::Manifest;
use super::sparse_model::TrainError;
use crate::bias::BiasReport;

/// Writes `weights.bin`, `manifest.toml`, `card.md`, and what was measured as `report.json` and `bias.json`.
pub(super) fn write_model(
    folder: &Path,
    weights: &[u8],
    manifest: &Manifest,
    figures: CardFigures<'_>,
    card: &CardText,
) -> Result<(), TrainError> {
    let manifest_text = toml::to_string(manifest)
        .map_err(|error| TrainError::Format { what: "the manifest", cause: error.to_string() })?;
    let json = |what, value: serde_json::Result<Vec<u8>>| {
        let mut bytes = value.map_err(|error| TrainError::Format { what, cause: error.to_string() })?;
        bytes.push(b'\n');
        Ok::<_, TrainError>(bytes)
    };
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("weights.bin", weights.to_vec()),
        ("manifest.toml", manifest_text.into_bytes()),
        ("card.md", card.render(manifest, figures).into_bytes()),
    ];
    if let Some(evaluation) = figures.evaluation {
        files.push(("report.json", json("the report", serde_json::to_vec_pretty(evaluation))?));
    }
    if let Some(report) = figures.bias {
        files.push(("bias.json", json("the bias", serde_json::to_vec_pretty::<BiasReport>(report))?));
    }
    write_files(folder, &files, |path, source| TrainError::Write { path, source })
}

/// Writes the files of a model, given by name, into its folder, which is made where it is missing. `failed` makes an error
/// of the path that could not be written.
pub(super) fn write_files<E>(
    folder: &Path,
    files: &[(&str, Vec<u8>)],
    failed: impl Fn(String, io::Error) -> E,
) -> Result<(), E> {
    let failed = |path: &Path, source| failed(path.display().to_string(), source);
    std::fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|source| failed(&path, source))?;
    }
    Ok(())
}

/// A report as indented JSON with a line break at its end.
///
/// # Panics
/// Never: numbers and strings can always be written as JSON.
pub(super) fn report_json(report: &impl Serialize) -> String {
    let mut json = serde_json::to_string_pretty(report).expect("a report is plain data");
    json.push('\n');
    json
}
