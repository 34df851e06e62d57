//! Trains the encoder: what comments of one thread share in other words.

mod card;
mod manifest;
mod pairs;
mod report;
mod table;

use std::path::PathBuf;

pub use self::report::{EncoderReport, PairFigures};

use self::manifest::Manifest;
use self::pairs::PairCollector;
use self::report::Measure;
use super::model_folder::write_files;
use super::topic::row_files::{RowFileProblems, RowFiles};
use super::topic::training_files;
use crate::classify::artifact::Artifact;
use crate::classify::contrastive::{ContrastiveError, ContrastiveFit, ContrastiveOptions, train_contrastive};
use crate::classify::static_encoder::{EncoderShape, StaticEncoder};
use crate::labelled::Mapping;

/// The name of the encoder in its file and in records.
const MODEL_NAME: &str = "encoder";
/// The version of the encoder in its file and in records.
const MODEL_VERSION: &str = "1";
/// Numbers beyond so many standard deviations are cut when they are stored in 8 bits.
const LARGEST_IN_DEVIATIONS: f32 = 5.0;

/// What is trained from, and where to.
#[derive(Debug, Clone, PartialEq)]
pub struct EncoderTrainingOptions {
    /// Training files, of the shapes that `train topic` reads.
    pub data: Vec<PathBuf>,
    /// What the columns of a table are.
    pub mapping: Mapping,
    /// Files to measure on; none gives a report without figures.
    pub dev: Vec<PathBuf>,
    /// The directory of the encoder; made where it is missing.
    pub out: PathBuf,
    /// How it is trained.
    pub contrastive: ContrastiveOptions,
}

/// How the shipped encoder is trained: found on `pairs_dev` and on questions of another site, docs/benchmarks.md has the
/// figures.
#[must_use]
pub fn shipped_recipe(seed: u64, threads: usize) -> ContrastiveOptions {
    ContrastiveOptions {
        shape: EncoderShape { dimensions: 128, word_rows: 12_288, piece_rows: 16_384 },
        epochs: 4,
        batch: 1_024,
        scale: 7.0,
        rate: 0.005,
        word_dropout: 0.2,
        seed,
        threads,
    }
}

/// What came of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct EncoderTrainingOutcome {
    /// Size of the encoder's file.
    pub model_bytes: usize,
    /// Rows read from the training files.
    pub rows: u64,
    /// Pairs learnt from.
    pub pairs: usize,
    /// The figures, as they are in `report.json`.
    pub report: EncoderReport,
}

/// Why there is no encoder.
#[derive(Debug, thiserror::Error)]
pub enum EncoderTrainingError {
    /// Rows or files are wrong, all of them together.
    #[error(transparent)]
    Data(#[from] RowFileProblems),
    /// The rows were not fitted.
    #[error(transparent)]
    Fit(#[from] ContrastiveError),
    /// A file of the encoder cannot be written.
    #[error("{path}: cannot write the model")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Trains an encoder and writes `weights.bin`, `manifest.toml`, `report.json` and `card.md`.
///
/// Memory: every text once, as numbers of its words, and three tables of 32-bit numbers of the encoder's size.
///
/// # Errors
/// Where a file cannot be read or written, a row is broken, or there are too few pairs; see [`EncoderTrainingError`].
pub fn train_encoder(
    options: &EncoderTrainingOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<EncoderTrainingOutcome, EncoderTrainingError> {
    progress("reading");
    let mut collector = PairCollector::new(options.contrastive.shape, options.contrastive.seed);
    let mut data = RowFiles::open(&options.data, options.mapping.clone())?;
    let counts = data.for_each(|row| collector.add(&row))?;
    let files = training_files(&data)?;
    drop(data);
    let pairs = collector.finish();
    progress(&format!("{} pairs of {} texts", pairs.training.len(), pairs.texts.texts.rows()));
    let fit = train_contrastive(&pairs.texts, &pairs.training, &pairs.held_out, &options.contrastive, progress)?;
    let encoder = StaticEncoder::from_rows(options.contrastive.shape, &fit.rows, largest(&fit));

    progress("measuring");
    let report = evaluate_encoder(&encoder, &options.dev, &options.mapping, options.contrastive.seed, &mut |_| {})?;

    let weights = encoder.to_bytes(MODEL_NAME, MODEL_VERSION);
    let manifest = Manifest::new(options, &files, &fit, pairs.training.len(), &weights);
    let model_bytes = weights.len();
    let files = [
        ("card.md", card::card(&manifest, &report).into_bytes()),
        ("manifest.toml", manifest.to_toml().into_bytes()),
        ("report.json", report.to_json().into_bytes()),
        ("weights.bin", weights),
    ];
    write_files(&options.out, &files, |path, source| EncoderTrainingError::Write { path, source })?;
    Ok(EncoderTrainingOutcome { model_bytes, rows: counts.rows, pairs: pairs.training.len(), report })
}

/// Measures an encoder on files of the shapes that it is trained from. The same seed, files and encoder give the same
/// figures, those of `report.json` where the files were `--dev` in training.
///
/// `progress` is told what the files hold. All vectors are in memory.
///
/// # Errors
/// All that is wrong with the mapping, the files and their rows.
pub fn evaluate_encoder(
    encoder: &StaticEncoder,
    files: &[PathBuf],
    mapping: &Mapping,
    seed: u64,
    progress: &mut dyn FnMut(&str),
) -> Result<EncoderReport, RowFileProblems> {
    let mut measure = Measure::new(encoder);
    let mut data = RowFiles::open(files, mapping.clone())?;
    data.for_each(|row| measure.add(&row))?.describe().iter().for_each(|line| progress(line));
    let files = training_files(&data)?;
    Ok(measure.finish(files, seed))
}

/// The number that becomes the largest of 8 bits: the table's numbers have long tails, and what is cut off them costs less
/// than coarser steps for all others.
fn largest(fit: &ContrastiveFit) -> f32 {
    let squares: f64 = fit.rows.iter().map(|value| f64::from(value * value)).sum();
    LARGEST_IN_DEVIATIONS * (squares / fit.rows.len().max(1) as f64).sqrt() as f32
}

/// The parts of the file's name that records cite, for a file just made.
fn citation(weights: &[u8]) -> String {
    Artifact::parse(weights.to_vec()).map_or_else(|_| String::new(), |artifact| artifact.citation())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;
    use std::path::Path;

    /// Titles and comments on 30 subjects; the words of comments are never those of titles.
    fn write_rows(path: &Path) {
        let mut rows = String::new();
        for number in 0..900 {
            let (subject, variant) = (number % 30, number / 30);
            let title = format!("news{subject} report{subject} {}", ["today", "again", "now"][variant % 3]);
            let comment = format!("opinion{subject} wonder{subject} common{}", variant % 7);
            writeln!(
                rows,
                r#"{{"root":"{title} {}","root_title_like":true,"depth":1,"parent":"x","comment":"{comment}"}}"#,
                number / 10
            )
            .unwrap();
        }
        std::fs::write(path, rows).unwrap();
    }

    fn options(directory: &Path, out: &str, threads: usize) -> EncoderTrainingOptions {
        let shape = EncoderShape { dimensions: 16, word_rows: 2_048, piece_rows: 512 };
        EncoderTrainingOptions {
            data: vec![directory.join("rows.jsonl")],
            mapping: Mapping::default(),
            dev: vec![directory.join("rows.jsonl")],
            out: directory.join(out),
            contrastive: ContrastiveOptions { shape, epochs: 8, batch: 128, ..shipped_recipe(1, threads) },
        }
    }

    #[test]
    fn training_learns_and_gives_the_same_bytes_again() {
        let directory = tempfile::tempdir().unwrap();
        write_rows(&directory.path().join("rows.jsonl"));
        let train = |out, threads| {
            let options = options(directory.path(), out, threads);
            let outcome = train_encoder(&options, &mut |_| {}).unwrap();
            let read = |file| std::fs::read(options.out.join(file)).unwrap();
            (outcome, ["weights.bin", "manifest.toml", "report.json", "card.md"].map(read))
        };
        let (outcome, files) = train("first", 1);
        assert_eq!(files, train("second", 3).1);
        assert_eq!(outcome.rows, 900);
        let title = outcome.report.auc["title"];
        assert!(title.auc.unwrap() > 0.9, "{title:?}");
        let encoder = StaticEncoder::from_artifact(&Artifact::parse(files[0].clone()).unwrap()).unwrap();
        let [title, near, far] =
            ["news3 report3", "opinion3 wonder3", "opinion9 wonder9"].map(|text| encoder.encode([text]));
        assert!(title.cosine(&near) > title.cosine(&far) + 0.2);
    }

    #[test]
    fn too_few_pairs_are_an_error_and_write_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let row = r#"{"root":"One title","root_title_like":true,"depth":1,"parent":"x","comment":"A comment"}"#;
        std::fs::write(directory.path().join("rows.jsonl"), row).unwrap();
        let options = options(directory.path(), "out", 1);
        let error = train_encoder(&options, &mut |_| {}).unwrap_err();
        assert!(matches!(error, EncoderTrainingError::Fit(ContrastiveError::TooFewPairs { .. })), "{error}");
        assert!(!options.out.exists());
    }
}
