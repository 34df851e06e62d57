//! Finding everything that a run reads, before anything is read.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;

use super::config;
use crate::config::{AuthorField, KeySource, Limits};
use crate::domain::Body;
use crate::pipeline::Authors;
use crate::source::{FieldMap, InputSpec, RawInput, ReadSettings, RequestedFormat};

/// What is to be read, for commands that do not score.
#[derive(Debug, Args)]
pub(super) struct ReadOptions {
    /// Files to read, in order; `-` or none is stdin
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// What the input is: auto (by its content), or a format by name
    #[arg(long, default_value = "auto", value_parser = format_names(), value_name = "FORMAT")]
    format: String,

    /// Where a field stands in JSON or a table: text=content.body, say; may be given several times
    #[arg(long, value_name = "FIELD=PATH")]
    map: Vec<String>,

    /// The configuration, whose [limits] hold; ./pipeline.toml where there is one, else the built-in one
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ReadOptions {
    /// How inputs are read.
    pub(super) fn settings(&self, problems: &mut Problems) -> Option<ReadSettings> {
        let map = field_map(&self.map, problems);
        let plan = config::load(self.config.as_deref()).map_err(|found| problems.extend(found)).ok();
        let (map, plan) = (map?, plan?);
        // The parser lets through only names that are known.
        let format = self.format.parse().unwrap_or_default();
        let keep_raw = plan.output.raw_dead_letters;
        Some(ReadSettings { format, map, article: None, limits: plan.limits, keep_raw })
    }

    /// What is read.
    pub(super) fn specs(&self, problems: &mut Problems) -> Vec<InputSpec> {
        inputs(&self.inputs, problems).0
    }

    /// All files that are read.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let config = config::file(self.config.as_deref());
        self.inputs.iter().map(PathBuf::as_path).chain(config)
    }

    /// Whether stdin is read.
    pub(super) fn reads_stdin(&self) -> bool {
        self.inputs.is_empty() || self.inputs.iter().any(|path| is_dash(path))
    }
}

/// Problems found so far.
pub(super) type Problems = Vec<anyhow::Error>;

/// Which field is what, as the user says.
pub(super) fn field_map(entries: &[String], problems: &mut Problems) -> Option<FieldMap> {
    FieldMap::parse(entries.iter().map(String::as_str))
        .map_err(|found| problems.extend(found.into_iter().map(anyhow::Error::new)))
        .ok()
}

/// Takes the names of all formats, and `auto`.
pub(super) fn format_names() -> clap::builder::PossibleValuesParser {
    RequestedFormat::names().into()
}

/// Whether a path stands for stdin or stdout.
pub(super) fn is_dash(path: &Path) -> bool {
    path == Path::new("-")
}

/// The inputs with their total size in bytes, which is unknown where one of them is stdin or no plain file.
pub(super) fn inputs(paths: &[PathBuf], problems: &mut Problems) -> (Vec<InputSpec>, Option<u64>) {
    if paths.is_empty() {
        return (vec![stdin()], None);
    }
    if paths.iter().filter(|path| is_dash(path)).count() > 1 {
        problems.push(anyhow!("`-` (stdin) can be read only once"));
    }
    let mut total = Some(0);
    let mut specs = Vec::new();
    for path in paths {
        if is_dash(path) {
            total = None;
            specs.push(stdin());
            continue;
        }
        let name = path.display().to_string();
        // Opened once to see that it can be, and again when its turn comes: there may be thousands.
        match File::open(path).and_then(|file| file.metadata()) {
            Err(error) => problems.push(anyhow::Error::new(error).context(format!("{name}: cannot open"))),
            Ok(metadata) if metadata.is_dir() => {
                problems.push(anyhow!("{name}: is a folder\n  hint: name the files in it"));
            }
            Ok(metadata) => {
                total = total.filter(|_| metadata.is_file()).map(|total| total + metadata.len());
                let path = path.clone();
                let can_reopen = metadata.is_file();
                let open = Box::new(move || {
                    let file = File::open(&path)?;
                    Ok(if can_reopen { RawInput::File(file) } else { RawInput::Stream(Box::new(file)) })
                });
                specs.push(InputSpec { name, open, can_reopen });
            }
        }
    }
    (specs, total)
}

fn stdin() -> InputSpec {
    let open = Box::new(|| Ok(RawInput::Stream(Box::new(io::stdin()))));
    InputSpec { name: "stdin".to_owned(), open, can_reopen: false }
}

/// The text of an article.
pub(super) fn article(path: Option<&Path>, limits: &Limits, problems: &mut Problems) -> Option<Body> {
    let path = path?;
    let name = path.display();
    let read = || -> anyhow::Result<Body> {
        let bytes = std::fs::metadata(path).with_context(|| format!("{name}: cannot open the article"))?.len();
        if bytes > limits.max_page_bytes as u64 {
            anyhow::bail!("{name}: {bytes} bytes, the limit is {} (limits.max_page_bytes)", limits.max_page_bytes);
        }
        let bytes = std::fs::read(path).with_context(|| format!("{name}: cannot read the article"))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let position = error.utf8_error().valid_up_to();
            anyhow!("{name}: the article is not UTF-8 at byte {position}\n  hint: convert it with `iconv -t UTF-8`")
        })?;
        Ok(Body::new(text.strip_prefix('\u{feff}').map_or(text.as_str(), |text| text)))
    };
    read().map_err(|error| problems.push(error)).ok()
}

/// What is done with authors' names, its key read.
pub(super) fn authors(field: &AuthorField, problems: &mut Problems) -> Authors {
    let key = match field {
        AuthorField::Keep => return Authors::Keep,
        AuthorField::Omit => return Authors::Omit,
        AuthorField::Hash(KeySource::Environment(name)) => {
            std::env::var(name).with_context(|| format!("environment variable {name}: cannot read the key for authors"))
        }
        AuthorField::Hash(KeySource::File(path)) => std::fs::read_to_string(path)
            .with_context(|| format!("{}: cannot read the key for authors", path.display())),
    };
    match key {
        Ok(key) if key.trim().len() >= 16 => Authors::Hash(key.trim().as_bytes().into()),
        Ok(_) => {
            problems.push(anyhow!("the key for authors is shorter than 16 characters: names could be guessed"));
            Authors::Omit
        }
        Err(error) => {
            problems.push(error);
            Authors::Omit
        }
    }
}
