//! Trains a sparse logistic model: labelled texts to a directory of weights, manifest, report and card.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::Array2;

use super::card::CardText;
use super::crate_versions::CRATE_VERSIONS;
use super::manifest::{HyperParameters, LabelRecord, Manifest, TrainingFile};
use super::sources::{Priors, Sources};
use crate::classify::artifact::{Artifact, ArtifactError};
use crate::classify::evaluation::{Evaluation, LabelsDiffer};
use crate::classify::labelled::LabelledSet;
use crate::classify::linear_model::{KIND, LinearModel};
use crate::classify::linear_model_file::{LabelToWrite, LinearModelFile};
use crate::classify::logistic::{LabelTable, LogisticError, SparseLogistic, SparseLogisticParams};
use crate::classify::metrics::{Scored, best_f1_threshold};
use crate::classify::sparse::{SparseError, SparseMatrix};
use crate::classify::tfidf::{FrequencyCounter, InverseFrequencies, MAX_BUCKETS};
use crate::labelled::data_file::sha256_of;
use crate::labelled::{FileReport, LabelScheme, LabelledData, LabelledError, LabelledReader, Mapping, find_repeats};
use crate::text::features::{FEATURE_SPEC, Featuriser, HashedText};

const INTERCEPT_SCALE: f64 = 1.0;
const RELATIVE_GAP: f64 = 1e-3;
/// The fit for the thresholds alone may be rougher.
const ROUGH_RELATIVE_GAP: f64 = 1e-2;
const HELD_OUT_ONE_IN: usize = 10;
const HOSTILE_AT: f64 = 0.5;

/// What the caller decides.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Files of labelled texts, read in this order.
    pub data: Vec<PathBuf>,
    /// Files to measure the finished model on; none: no report.
    pub dev: Vec<PathBuf>,
    /// Directory that the model is written to; made where it is missing.
    pub out: PathBuf,
    /// Seed of the row order.
    pub seed: u64,
    /// What errors cost against large weights.
    pub c: f64,
    /// Hash buckets, a power of two.
    pub buckets: usize,
    /// Threads; the result is the same for any number.
    pub threads: usize,
}

/// What is particular to one model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelTask {
    /// The model's name.
    pub name: &'static str,
    /// Its own version.
    pub version: &'static str,
    /// Its labels, and how rows state them.
    pub scheme: LabelScheme,
    /// Languages that the data is in.
    pub languages: Vec<String>,
    /// The source that is like the texts to be scored. Where rows come from it, document frequencies are counted on
    /// them alone, and the other sources get intercepts of their own, which are dropped after training.
    pub home_source: Option<&'static str>,
    /// What an error on a row of another source costs, against 1 at home.
    pub other_source_weight: f64,
    /// Share of real texts that have each label; `None`: that of the training texts.
    pub natural_rates: Vec<Option<f64>>,
    /// Labels that make a tone hostile; the model file states for each a parameter `hostile_at.` and the label, one half:
    /// an accusation in one word must be more likely true than not.
    pub hostile_labels: Vec<&'static str>,
    /// What the card says.
    pub card: CardText,
}

/// A model that was trained and written.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedModel {
    /// What was written as `manifest.toml`.
    pub manifest: Manifest,
    /// What was written as `report.json`, where there was anything to measure on.
    pub evaluation: Option<Evaluation>,
    /// What was read, training files first; bad rows with their lines.
    pub files: Vec<FileReport>,
    /// Size of `weights.bin` in bytes.
    pub weights_bytes: usize,
}

/// Why no model came out.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A file of labelled texts could not be read.
    #[error(transparent)]
    Labelled(#[from] LabelledError),
    /// There is nothing to learn from.
    #[error("{files}: not one usable row of {bad_rows} that are not empty")]
    NoRows {
        /// The files.
        files: String,
        /// Rows that were left out.
        bad_rows: usize,
    },
    /// The number of buckets is no power of two, or too large.
    #[error("{0} buckets; it must be a power of two of at most {MAX_BUCKETS}")]
    Buckets(usize),
    /// The learner failed.
    #[error(transparent)]
    Learner(#[from] LogisticError),
    /// A row does not fit the matrix.
    #[error(transparent)]
    Sparse(#[from] SparseError),
    /// The model that came out does not load.
    #[error("the trained model does not load")]
    Model(#[from] ArtifactError),
    /// The texts to measure on have other labels.
    #[error(transparent)]
    Evaluation(#[from] LabelsDiffer),
    /// The manifest or the report could not be put into words.
    #[error("cannot write down {what}: {cause}")]
    Format {
        /// What.
        what: &'static str,
        /// Why.
        cause: String,
    },
    /// A file of the model could not be written.
    #[error("{path}: cannot write the model")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Trains a model and writes `weights.bin`, `manifest.toml`, `card.md` and, with dev data, `report.json`.
///
/// `progress` is told in a few words what begins. Same data, options and program: same bytes.
///
/// # Errors
/// Where data cannot be read, a label has only one class, the solver does not converge, or a file cannot be written.
pub fn train(
    task: &ModelTask,
    options: &TrainOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<TrainedModel, TrainError> {
    let (set, mut files) = read_all(&options.data, &task.scheme, progress)?;
    progress(&format!("extracting features of {} texts", set.rows.len()));
    let sources = Sources::of(&set, task.home_source);
    let (frequencies, entry_count) = count_frequencies(&set, &sources, options.buckets)?;
    let dataset = vectorise(&set, &sources, &frequencies, entry_count)?;
    progress(&format!("finding thresholds on one row in {HELD_OUT_ONE_IN}"));
    let params = SparseLogisticParams::default()
        .c(options.c)
        .intercept_scale(INTERCEPT_SCALE)
        .seed(options.seed)
        .threads(options.threads);
    let priors = Priors::of(&set, &sources, &task.natural_rates);
    let (dataset, thresholds) =
        find_thresholds(dataset, &sources, &priors, &params.clone().relative_gap(ROUGH_RELATIVE_GAP), task)?;
    progress(&format!("fitting {} labels", set.labels.len()));
    let dataset = dataset.with_weights(sources.weights(task.other_source_weight, |_| true));
    let model = params.relative_gap(RELATIVE_GAP).fit(&dataset)?;
    drop(dataset);

    let parameters: BTreeMap<String, f64> =
        task.hostile_labels.iter().map(|label| (format!("hostile_at.{label}"), HOSTILE_AT)).collect();
    let weights = LinearModelFile {
        name: task.name.to_owned(),
        version: task.version.to_owned(),
        languages: task.languages.clone(),
        parameters: parameters.clone(),
        inverse_frequencies: &frequencies,
        labels: labels_to_write(&model, &priors, &thresholds),
    }
    .encode();
    let manifest = Manifest {
        name: task.name.to_owned(),
        version: task.version.to_owned(),
        kind: KIND.to_owned(),
        weights_sha256: sha256_of(&weights),
        feature_spec: FEATURE_SPEC.to_owned(),
        languages: task.languages.clone(),
        labels: set.labels.clone(),
        seed: options.seed,
        repeated_rows: 0,
        contradicting_rows: 0,
        crates: CRATE_VERSIONS.into_iter().map(|(name, version)| (name.to_owned(), version.to_owned())).collect(),
        hyper_parameters: HyperParameters {
            c: options.c,
            buckets: options.buckets,
            intercept_scale: INTERCEPT_SCALE,
            relative_gap: RELATIVE_GAP,
            held_out_one_in: HELD_OUT_ONE_IN,
            home_source: sources.home.as_deref().unwrap_or_default().to_owned(),
        },
        parameters,
        training: files.iter().map(TrainingFile::from).collect(),
        sources: sources.uses(task.other_source_weight),
        label: label_records(&model, &priors, &thresholds),
    }
    .with_repeats(&find_repeats(&set));
    drop(set);

    let weights_bytes = weights.len();
    let evaluation = if options.dev.is_empty() {
        None
    } else {
        let (dev, dev_files) = read_all(&options.dev, &task.scheme, progress)?;
        files.extend(dev_files);
        progress(&format!("measuring on {} texts", dev.rows.len()));
        let loaded = LinearModel::from_artifact(&Artifact::parse(weights.clone())?)?;
        Some(Evaluation::measure(&loaded, &dev)?)
    };
    write_model(&options.out, &weights, &manifest, evaluation.as_ref(), &task.card)?;
    Ok(TrainedModel { manifest, evaluation, files, weights_bytes })
}

fn read_all(
    paths: &[PathBuf],
    scheme: &LabelScheme,
    progress: &mut dyn FnMut(&str),
) -> Result<(LabelledSet, Vec<FileReport>), TrainError> {
    let mut reader = LabelledReader::new(scheme.clone(), Mapping::default());
    for path in paths {
        progress(&format!("reading {}", path.display()));
        reader.read(path)?;
    }
    let LabelledData { set, files } = reader.finish();
    if set.rows.is_empty() {
        let bad_rows = files.iter().flat_map(|file: &FileReport| file.bad_rows.values()).sum();
        let names: Vec<&str> = files.iter().map(|file| file.file.as_str()).collect();
        return Err(TrainError::NoRows { files: names.join(", "), bad_rows });
    }
    Ok((set, files))
}

/// Counts document frequencies on the rows at home; also an upper bound of the entries that all rows will have.
fn count_frequencies(
    set: &LabelledSet,
    sources: &Sources,
    buckets: usize,
) -> Result<(InverseFrequencies, usize), TrainError> {
    let mut counter = FrequencyCounter::new(buckets).ok_or(TrainError::Buckets(buckets))?;
    let mut featuriser = Featuriser::new();
    let mut hashed = HashedText::default();
    let mut entries = 0;
    for (at, row) in set.rows.iter().enumerate() {
        featuriser.extract(&row.text, &mut hashed);
        entries += hashed.len() + 1;
        if sources.is_home(at) {
            counter.add(&hashed);
        }
    }
    Ok((counter.finish(), entries))
}

type Dataset = DatasetBase<SparseMatrix, LabelTable>;

/// The rows as vectors, in which every other source has a column of its own behind the buckets.
fn vectorise(
    set: &LabelledSet,
    sources: &Sources,
    frequencies: &InverseFrequencies,
    entry_count: usize,
) -> Result<Dataset, TrainError> {
    let buckets = frequencies.codes().len();
    let columns = buckets + sources.other_count();
    let mut matrix = SparseMatrix::with_capacity(columns, set.rows.len(), entry_count);
    let mut table = LabelTable::new(set.labels.clone());
    let mut featuriser = Featuriser::new();
    let mut hashed = HashedText::default();
    let mut entries = Vec::new();
    for (row, other) in set.rows.iter().zip(sources.intercept_of_rows()) {
        featuriser.extract(&row.text, &mut hashed);
        frequencies.vectorise(&hashed, &mut entries);
        entries.extend(other.map(|other| ((buckets + other) as u32, 1.0)));
        matrix.push_row(&mut entries)?;
        table.push_row(&row.yes_or_no());
    }
    Ok(DatasetBase::new(matrix, table))
}

/// Fits without a tenth of the home rows and finds for each label the probability of the highest F1 on them, at the
/// natural rate. One half for a label that none of them has.
fn find_thresholds(
    dataset: Dataset,
    sources: &Sources,
    priors: &Priors,
    params: &SparseLogisticParams,
    task: &ModelTask,
) -> Result<(Dataset, Vec<f64>), TrainError> {
    let mut held_out = vec![false; sources.row_count()];
    let at_home = (0..held_out.len()).filter(|row| sources.is_home(*row));
    at_home.skip(HELD_OUT_ONE_IN / 2).step_by(HELD_OUT_ONE_IN).for_each(|row| held_out[row] = true);
    let dataset = dataset.with_weights(sources.weights(task.other_source_weight, |row| !held_out[row]));
    let model = match params.fit(&dataset) {
        Ok(model) => model,
        // So few rows that the held-out ones are missed: the thresholds are then those of even odds.
        Err(LogisticError::OneClass { .. }) => {
            let labels = dataset.targets().names().len();
            return Ok((dataset, vec![0.5; labels]));
        }
        Err(error) => return Err(error.into()),
    };
    let rows: Vec<usize> = (0..held_out.len()).filter(|row| held_out[*row]).collect();
    let mut records = SparseMatrix::new(dataset.records().column_count());
    for row in &rows {
        let row = dataset.records().row(*row);
        let mut entries: Vec<(u32, f32)> = row.columns.iter().copied().zip(row.values.iter().copied()).collect();
        records.push_row(&mut entries)?;
    }
    let probabilities: Array2<f64> = model.predict(&DatasetBase::new(records, ()));
    let thresholds = (0..model.labels().len())
        .map(|label| {
            let scored: Vec<Scored> = rows
                .iter()
                .enumerate()
                .filter_map(|(at, row)| Some((probabilities[(at, label)], dataset.targets().answer(*row, label)?)))
                .collect();
            let (natural, training) = (priors.natural_rates()[label], priors.training_rates()[label]);
            let threshold = best_f1_threshold(&scored, natural / training, (1.0 - natural) / (1.0 - training));
            let log_odds = threshold.map_or(0.0, |at| (at / (1.0 - at)).ln() + priors.offset(label));
            let probability = 1.0 / (1.0 + (-log_odds).exp());
            // To four decimals: it is read by people.
            (probability * 1e4).round() / 1e4
        })
        .collect();
    Ok((dataset, thresholds))
}

fn labels_to_write<'a>(model: &'a SparseLogistic, priors: &Priors, thresholds: &[f64]) -> Vec<LabelToWrite<'a>> {
    (0..model.labels().len())
        .map(|at| LabelToWrite {
            name: model.labels()[at].clone(),
            coefficients: &model.coefficients()[at],
            intercept: model.intercepts()[at],
            offset: priors.offset(at),
            threshold: thresholds[at],
        })
        .collect()
}

fn label_records(model: &SparseLogistic, priors: &Priors, thresholds: &[f64]) -> Vec<LabelRecord> {
    (0..model.labels().len())
        .map(|at| {
            LabelRecord {
                name: model.labels()[at].clone(),
                positive_rows: 0,
                negative_rows: 0,
                iterations: 0,
                final_loss: 0.0,
                relative_gap: 0.0,
                training_rate: priors.training_rates()[at],
                natural_rate: priors.natural_rates()[at],
                offset: priors.offset(at),
                threshold: thresholds[at],
            }
            .with_fit(&model.summaries()[at])
        })
        .collect()
}

fn write_model(
    directory: &Path,
    weights: &[u8],
    manifest: &Manifest,
    evaluation: Option<&Evaluation>,
    card: &CardText,
) -> Result<(), TrainError> {
    let manifest_text = toml::to_string(manifest)
        .map_err(|error| TrainError::Format { what: "the manifest", cause: error.to_string() })?;
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("weights.bin", weights.to_vec()),
        ("manifest.toml", manifest_text.into_bytes()),
        ("card.md", card.render(manifest, evaluation).into_bytes()),
    ];
    if let Some(evaluation) = evaluation {
        let mut report = serde_json::to_vec_pretty(evaluation)
            .map_err(|error| TrainError::Format { what: "the report", cause: error.to_string() })?;
        report.push(b'\n');
        files.push(("report.json", report));
    }
    let failed = |path: &Path, source| TrainError::Write { path: path.display().to_string(), source };
    std::fs::create_dir_all(directory).map_err(|error| failed(directory, error))?;
    for (name, bytes) in files {
        let path = directory.join(name);
        std::fs::write(&path, bytes).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::labelled::describe_bad_rows;
    use crate::text::words::mix;

    const GOOD: [&str; 6] = ["kind", "thanks", "well", "lovely", "agree", "garden"];
    const BAD: [&str; 6] = ["idiot", "stupid", "liar", "fool", "shut", "moron"];

    /// Small talk of random words; those with a word of `BAD` in them have the label.
    fn rows(count: usize, source: &str, seed: usize) -> String {
        let mut lines = String::new();
        for at in 0..count {
            let pick = |step: usize| mix((at * 100 + step * 10 + seed) as u64) as usize % 6;
            let toxic = at % 3 == 0;
            let last = if toxic { BAD[pick(3)] } else { GOOD[pick(3)] };
            let text = format!("{} {} you {last} number {}", GOOD[pick(1)], GOOD[pick(2)], at % 10);
            let share = u8::from(toxic);
            let _ = std::fmt::Write::write_fmt(
                &mut lines,
                format_args!("{{\"text\":\"{text}\",\"labels\":{{\"toxicity\":{share}}},\"source\":\"{source}\"}}\n"),
            );
        }
        lines
    }

    fn task() -> ModelTask {
        ModelTask {
            name: "demo",
            version: "1",
            scheme: LabelScheme::Named(vec!["toxicity".into()]),
            languages: vec!["en".into()],
            home_source: Some("home"),
            other_source_weight: 0.5,
            natural_rates: vec![Some(0.1)],
            hostile_labels: vec!["toxicity"],
            card: super::super::abuse::task().card,
        }
    }

    /// Trains on `lines` in a directory of its own; the options can be changed.
    fn run(lines: &str, change: impl Fn(&mut TrainOptions)) -> Result<(TrainedModel, tempfile::TempDir), TrainError> {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("train.jsonl");
        let dev = directory.path().join("dev.jsonl");
        std::fs::File::create(&data).unwrap().write_all(lines.as_bytes()).unwrap();
        std::fs::write(&dev, rows(60, "home", 3)).unwrap();
        let mut options = TrainOptions {
            data: vec![data],
            dev: vec![dev],
            out: directory.path().join("model"),
            seed: 5,
            c: 4.0,
            buckets: 1 << 12,
            threads: 2,
        };
        change(&mut options);
        let trained = train(&task(), &options, &mut |_| ())?;
        Ok((trained, directory))
    }

    fn files(directory: &tempfile::TempDir) -> Vec<Vec<u8>> {
        ["weights.bin", "manifest.toml", "report.json", "card.md"]
            .iter()
            .map(|name| std::fs::read(directory.path().join("model").join(name)).unwrap())
            .collect()
    }

    #[test]
    fn the_same_training_gives_the_same_bytes() {
        let lines = rows(150, "home", 1) + &rows(90, "away", 2);
        let (_, first) = run(&lines, |_| ()).unwrap();
        let (_, second) = run(&lines, |options| options.threads = 1).unwrap();
        assert!(files(&first) == files(&second), "two trainings differ");
        let (_, third) = run(&lines, |options| options.seed = 6).unwrap();
        assert!(files(&first)[0] != files(&third)[0], "the seed decides the order of the rows");
        let manifest = String::from_utf8(files(&first)[1].clone()).unwrap();
        let place = first.path().to_string_lossy().into_owned();
        assert!(!manifest.contains(&place), "a path of this machine");
        assert!(manifest.contains("file = \"train.jsonl\""), "{manifest}");
    }

    #[test]
    fn what_is_learnt_is_in_the_files() {
        let lines = rows(150, "home", 1) + &rows(90, "away", 2) + "{\"text\":\"\",\"labels\":{\"toxicity\":1}}\n";
        let (trained, directory) = run(&lines, |_| ()).unwrap();
        let evaluation = trained.evaluation.unwrap();
        assert!(evaluation.all.mean_roc_auc > Some(0.99), "{}", evaluation.table());
        let manifest: toml::Table =
            toml::from_str(&std::fs::read_to_string(directory.path().join("model/manifest.toml")).unwrap()).unwrap();
        assert_eq!(manifest["training"][0]["rows"].as_integer(), Some(240));
        assert_eq!(manifest["training"][0]["bad_rows"]["empty text"].as_integer(), Some(1));
        assert_eq!(manifest["sources"][1]["source"].as_str(), Some("away"));
        assert_eq!(manifest["feature_spec"].as_str(), Some(FEATURE_SPEC));
        // A third has the label, a tenth would in nature: log(1/9) - log(1/2).
        let offset = manifest["label"][0]["offset"].as_float().unwrap();
        assert!((offset - (2.0_f64 / 9.0).ln()).abs() < 0.01, "{offset}");
        let model = Artifact::read(&directory.path().join("model/weights.bin")).unwrap();
        assert!((model.parameter("hostile_at.toxicity").unwrap() - HOSTILE_AT).abs() < 1e-9);
        assert_eq!(manifest["parameters"]["hostile_at.toxicity"].as_float(), Some(HOSTILE_AT));
        assert_eq!(describe_bad_rows(&trained.files), ["train.jsonl: 1 rows left out: empty text: lines 241"]);
        let card = std::fs::read_to_string(directory.path().join("model/card.md")).unwrap();
        assert!(card.contains("| toxicity | 20 | 40 | 1.0000 |"), "{card}");
    }

    #[test]
    fn what_cannot_be_learnt_is_an_error_and_writes_nothing() {
        for (lines, expected) in [
            (
                "{\"text\":\"a\",\"labels\":{\"toxicity\":1}}\n".repeat(20),
                "label `toxicity`: 20 rows have it and 0 do not",
            ),
            ("{\"nonsense\":1}\n".to_owned(), "not one usable row"),
        ] {
            let error = run(&lines, |options| options.dev = Vec::new()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let good = rows(60, "home", 1);
        assert!(matches!(run(&good, |options| options.buckets = 1000), Err(TrainError::Buckets(1000))));
        let missing = run(&good, |options| options.data.push("nowhere.jsonl".into())).unwrap_err();
        assert!(missing.to_string().contains("nowhere.jsonl"), "{missing}");
    }
}
