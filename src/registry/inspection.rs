//! Looking at a model with all that belongs to it: what it says of itself, and everything that is wrong with it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::embedded::{EmbeddedModel, embedded};
use super::entry::WEIGHTS;
use crate::classify::artifact::{Artifact, ArtifactError, MAX_FILE_BYTES};
use crate::classify::linear_model::{self, LinearModel};
use crate::classify::static_encoder::{self, StaticEncoder};
use crate::language::model::{self as language, LanguageModel};
use crate::tone::ToneModel;
use crate::topic::{self, TopicModel};

/// The files beside the weights.
pub const MANIFEST: &str = "manifest.toml";
/// What the model is for, and what it is not for.
pub const CARD: &str = "card.md";
/// How good it is.
pub const REPORT: &str = "report.json";
/// The files that make a model, in the order in which they are looked at.
pub const FILES: [&str; 4] = [WEIGHTS, MANIFEST, CARD, REPORT];
/// More than any manifest, card or report has.
const MAX_TEXT_BYTES: u64 = 64 << 20;

/// Where a model is.
#[derive(Debug, Clone)]
pub enum ModelSource {
    /// In a folder.
    Folder(PathBuf),
    /// In the program.
    BuiltIn(&'static EmbeddedModel),
}

impl ModelSource {
    /// The folder, or `built-in NAME`.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::BuiltIn(model) => format!("built-in {}", model.name),
        }
    }

    fn read(&self, file: &str) -> io::Result<Cow<'static, [u8]>> {
        match self {
            Self::Folder(folder) => {
                let limit = if file == WEIGHTS { MAX_FILE_BYTES } else { MAX_TEXT_BYTES };
                let mut bytes = Vec::new();
                File::open(folder.join(file))?.take(limit + 1).read_to_end(&mut bytes)?;
                if bytes.len() as u64 > limit {
                    return Err(io::Error::other(format!("more than {limit} bytes, which no such file has")));
                }
                Ok(bytes.into())
            }
            Self::BuiltIn(model) => Ok(match file {
                WEIGHTS => model.weights,
                MANIFEST => model.manifest,
                CARD => model.card,
                _ => model.report,
            }
            .into()),
        }
    }
}

/// Something wrong with one file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: &'static str,
    /// What is wrong with it.
    pub what: String,
}

/// What a model's kind makes of its weights.
#[derive(Debug, Clone)]
pub enum Loaded {
    /// Labels with linear weights.
    Linear(LinearModel),
    /// Off-topic scoring.
    Topic,
    /// Telling languages apart.
    Language,
    /// Placing texts by their subject.
    Encoder,
}

/// A model as it was found. What could not be read or does not load is absent, and a finding.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Where it is.
    pub place: String,
    /// Size of the weights in bytes.
    pub weights_bytes: u64,
    /// SHA-256 of the whole file of weights, as the manifest states it.
    pub weights_sha256: String,
    /// The weights, where their own checksum fits.
    pub artifact: Option<Artifact>,
    /// The model, where it loads.
    pub loaded: Option<Loaded>,
    /// The manifest.
    pub manifest: Option<toml::Table>,
    /// The report.
    pub report: Option<Value>,
    /// All that is wrong.
    pub findings: Vec<Finding>,
}

impl Inspection {
    /// Reads all files of a model, loads it, and holds them against each other.
    #[must_use]
    pub fn of(source: &ModelSource) -> Self {
        let mut found = Self {
            place: source.place(),
            weights_bytes: 0,
            weights_sha256: String::new(),
            artifact: None,
            loaded: None,
            manifest: None,
            report: None,
            findings: Vec::new(),
        };
        if let Some(bytes) = found.file(source, WEIGHTS) {
            found.take_weights(bytes);
        }
        found.manifest = found.file(source, MANIFEST).and_then(|bytes| {
            let table = String::from_utf8_lossy(&bytes).parse::<toml::Table>();
            table.map_err(|error| found.add(MANIFEST, format!("is no TOML: {}", error.message()))).ok()
        });
        found.check_manifest();
        if found.file(source, CARD).is_some_and(|card| card.trim_ascii().is_empty()) {
            found.add(CARD, "is empty");
        }
        found.report = found.file(source, REPORT).and_then(|bytes| {
            let report = serde_json::from_slice::<Value>(&bytes);
            report.map_err(|error| found.add(REPORT, format!("is no JSON: {error}"))).ok()
        });
        found
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether the only thing wrong is that there is no report.
    #[must_use]
    pub fn lacks_only_its_report(&self) -> bool {
        self.findings.iter().all(|finding| finding.file == REPORT && finding.what == MISSING)
    }

    /// The names of the labels; none where the weights cannot be read.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        self.artifact.as_ref().map_or(&[], |artifact| &artifact.header().labels)
    }

    fn add(&mut self, file: &'static str, what: impl Into<String>) {
        self.findings.push(Finding { file, what: what.into() });
    }

    fn file(&mut self, source: &ModelSource, file: &'static str) -> Option<Cow<'static, [u8]>> {
        source
            .read(file)
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => self.add(file, MISSING),
                _ => self.add(file, format!("cannot be read: {error}")),
            })
            .ok()
    }

    fn take_weights(&mut self, bytes: Cow<'static, [u8]>) {
        self.weights_bytes = bytes.len() as u64;
        self.weights_sha256 = sha256_of(&bytes);
        match Artifact::parse(bytes) {
            Ok(artifact) => {
                self.loaded = load(&artifact).map_err(|error| self.add(WEIGHTS, error.to_string())).ok();
                self.artifact = Some(artifact);
            }
            Err(error) => self.add(WEIGHTS, error.to_string()),
        }
    }

    fn check_manifest(&mut self) {
        let Some(manifest) = &self.manifest else { return };
        let mut wrong = Vec::new();
        match manifest.get("weights_sha256").and_then(toml::Value::as_str) {
            // Of a model without sound weights the file says enough.
            _ if self.artifact.is_none() => {}
            // Manifests of topic models have never stated it; the file's own checksum fits.
            None if matches!(self.loaded, Some(Loaded::Topic)) => {}
            None => wrong.push("states no `weights_sha256`".to_owned()),
            Some(stated) if stated == self.weights_sha256 => {}
            Some(stated) => {
                wrong.push(format!("states the checksum {stated} for {WEIGHTS}, which has {}", self.weights_sha256));
            }
        }
        if let Some(header) = self.artifact.as_ref().map(Artifact::header) {
            for (key, own) in [("name", &header.name), ("version", &header.version), ("kind", &header.kind)] {
                let stated = manifest.get(key).and_then(toml::Value::as_str).unwrap_or_default();
                if stated != own {
                    wrong.push(format!("states the {key} `{stated}`, {WEIGHTS} says `{own}`"));
                }
            }
            let stated: Vec<&str> = manifest
                .get("labels")
                .and_then(toml::Value::as_array)
                .map(|labels| labels.iter().filter_map(toml::Value::as_str).collect())
                .unwrap_or_default();
            if stated != header.labels {
                let (stated, own) = (stated.join(", "), header.labels.join(", "));
                wrong.push(format!("states the labels `{stated}`, {WEIGHTS} says `{own}`"));
            }
        }
        for what in wrong {
            self.add(MANIFEST, what);
        }
    }
}

const MISSING: &str = "is missing";

/// Loads a model as its kind asks for; one with a shipped model's name also as what a run needs under that name.
fn load(artifact: &Artifact) -> Result<Loaded, ArtifactError> {
    let header = artifact.header();
    if header.kind == topic::KIND {
        return TopicModel::check(artifact).map(|()| Loaded::Topic);
    }
    if header.kind == static_encoder::KIND {
        return StaticEncoder::from_artifact(artifact).map(|_| Loaded::Encoder);
    }
    if header.kind == language::KIND {
        return LanguageModel::from_artifact(artifact).map(|_| Loaded::Language);
    }
    if header.kind != linear_model::KIND {
        let expected = [linear_model::KIND, topic::KIND, static_encoder::KIND].join("`, `") + "` or `" + language::KIND;
        return Err(ArtifactError::Mismatch { what: "kind", found: header.kind.clone(), expected });
    }
    let model = LinearModel::from_artifact(artifact)?;
    // The two go together; in a program without models there is nothing to try them with.
    let shipped = |name: &str| embedded(name).and_then(|model| Artifact::parse(model.weights).ok());
    match header.name.as_str() {
        "abuse" => shipped("sentiment").map(|sentiment| ToneModel::new(artifact, &sentiment, vec![])).transpose()?,
        "sentiment" => shipped("abuse").map(|abuse| ToneModel::new(&abuse, artifact, vec![])).transpose()?,
        _ => None,
    };
    Ok(Loaded::Linear(model))
}

/// SHA-256 in hexadecimal digits.
fn sha256_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Whether a folder has weights of its own, and so is a model, not an entry of a registry.
#[must_use]
pub fn is_model_folder(folder: &Path) -> bool {
    folder.join(WEIGHTS).is_file()
}

#[cfg(test)]
mod tests {
    use super::super::embedded::EMBEDDED;
    use super::*;

    fn shipped(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name)
    }

    fn copy(name: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in FILES {
            std::fs::copy(shipped(name).join(file), folder.path().join(file)).unwrap();
        }
        folder
    }

    /// A copy of the shipped model in which one file was changed has these findings.
    fn check(name: &str, file: &str, change: impl Fn(Vec<u8>) -> Option<Vec<u8>>, expected: &[&str]) {
        let folder = copy(name);
        let path = folder.path().join(file);
        match change(std::fs::read(&path).unwrap()) {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let found = Inspection::of(&ModelSource::Folder(folder.path().to_path_buf()));
        let told: Vec<String> = found.findings.iter().map(|one| format!("{}: {}", one.file, one.what)).collect();
        assert_eq!(told.len(), expected.len(), "{file}: {told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.contains(expected), "`{expected}` is not in `{told}`");
        }
    }

    #[test]
    fn shipped_models_are_sound_in_and_outside_of_the_program() {
        for model in EMBEDDED {
            let inside = Inspection::of(&ModelSource::BuiltIn(model));
            assert_eq!(inside.findings, [], "{}", inside.place);
            let outside = Inspection::of(&ModelSource::Folder(shipped(model.name)));
            assert_eq!(outside.findings, []);
            assert_eq!(inside.weights_sha256, outside.weights_sha256);
            // An encoder labels nothing.
            assert!(inside.report.is_some() && inside.loaded.is_some());
            assert_eq!(inside.labels().is_empty(), model.name == "encoder");
        }
    }

    #[test]
    fn every_fault_is_found_and_named() {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        for name in ["abuse", "topic"] {
            check(name, WEIGHTS, |_| None, &["weights.bin: is missing"]);
            check(name, WEIGHTS, |_| Some(vec![]), &["not a threadsieve model"]);
            let flip = |mut bytes: Vec<u8>| {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                Some(bytes)
            };
            check(name, WEIGHTS, flip, &["weights.bin: the checksum does not fit"]);
            check(name, MANIFEST, |_| None, &["manifest.toml: is missing"]);
            check(name, MANIFEST, |_| Some(b"name = ".to_vec()), &["is no TOML"]);
            let zeros = "0".repeat(64);
            let other = |bytes| {
                let mut manifest: toml::Table = text(bytes).parse().unwrap();
                manifest.insert("weights_sha256".into(), zeros.clone().into());
                manifest.insert("labels".into(), vec!["other"].into());
                manifest.insert("version".into(), "7".into());
                manifest.remove("name");
                Some(manifest.to_string().into_bytes())
            };
            let expected = [&zeros, "states the name ``", "states the version `7`", "states the labels `other`"];
            check(name, MANIFEST, other, &expected);
            check(name, CARD, |_| None, &["card.md: is missing"]);
            check(name, CARD, |_| Some(b" \n".to_vec()), &["card.md: is empty"]);
            check(name, REPORT, |_| None, &["report.json: is missing"]);
            check(name, REPORT, |_| Some(b"{".to_vec()), &["report.json: is no JSON"]);
        }
        let nowhere = Inspection::of(&ModelSource::Folder("nowhere".into()));
        assert_eq!(nowhere.findings.len(), FILES.len());
        assert!(!nowhere.lacks_only_its_report());
    }

    #[test]
    fn a_model_under_a_shipped_name_must_be_what_a_run_needs() {
        // The weights of `abuse` under the name of `sentiment` have other labels.
        let abuse = Artifact::read(&shipped("abuse").join(WEIGHTS)).unwrap();
        assert!(load(&abuse).is_ok());
        let bytes = std::fs::read(shipped("abuse").join(WEIGHTS)).unwrap();
        let end = bytes.len() - 32;
        let mut renamed = bytes[..end].to_vec();
        let at = renamed.windows(14).position(|part| part == b"\"name\":\"abuse\"").unwrap();
        renamed.splice(at..at + 14, *b"\"name\":\"sentiment\"");
        let length = u32::from_le_bytes(renamed[8..12].try_into().unwrap()) + 4;
        renamed[8..12].copy_from_slice(&length.to_le_bytes());
        let checksum = Sha256::digest(&renamed);
        renamed.extend_from_slice(&checksum);
        let error = load(&Artifact::parse(renamed).unwrap()).unwrap_err().to_string();
        assert!(error.contains("labels"), "{error}");
    }
}
