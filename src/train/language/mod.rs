//! Trains the language model: a table for each script, from texts of known language and lists of words.

mod card;
mod corpus;
mod manifest;
mod romanise;
mod sharpness;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linfa::ParamGuard as _;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit as _;
use ndarray::Array1;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use self::corpus::{Collector, Corpus, Part};
use self::manifest::{Manifest, TableRecord};
use super::model_folder::write_files;
use super::training_file::TrainingFile;
use crate::classify::artifact::Artifact;
use crate::classify::feature_rows::FeatureRows;
use crate::classify::in_parallel::in_parallel;
use crate::classify::softmax::{Softmax, SoftmaxError, SoftmaxParams};
use crate::classify::softmax_table::{Sharpness, SoftmaxTable};
use crate::domain::Script;
use crate::labelled::data_file::file_name;
use crate::labelled::{RowsError, read_language_rows};
use crate::language::evaluation::{LanguageEvaluation, LanguageTally};
use crate::language::model::{LanguageModel, ScriptTable, encode};
use crate::language::{Detector, Prior};
use crate::text::language_features::LanguageWords;

/// The version of the model in its file and in records.
const MODEL_VERSION: &str = "1";

/// What is trained from, and where to.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageTrainingOptions {
    /// Training files.
    pub data: Vec<PathBuf>,
    /// Files to measure on; none gives a report without figures.
    pub dev: Vec<PathBuf>,
    /// The directory of the model; made where it is missing.
    pub out: PathBuf,
    /// Chooses all that is left to chance: the same seed and data give the same bytes.
    pub seed: u64,
    /// How many tables are trained at a time; the result is the same for any number.
    pub threads: usize,
    /// The rest.
    pub hyperparameters: LanguageHyperparameters,
}

/// Choices that are not learned from data.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageHyperparameters {
    /// Rows of the table of each script, powers of two.
    pub buckets: BTreeMap<Script, usize>,
    /// Windows drawn for each language.
    pub windows: usize,
    /// Most words of a window: comments are short, and what tells languages apart in few words does so in many.
    pub max_words: usize,
    /// Passes over the windows.
    pub epochs: usize,
    /// The first step of the descent, in log-odds.
    pub step: f64,
    /// The largest weight, in log-odds; what is above is cut.
    pub largest_weight: f32,
    /// How many texts a language's list of words counts for.
    pub list_weight: f64,
    /// Words of a list are drawn by their frequency to this power: below 1 the rare ones come more often than in texts,
    /// and more of them are learnt.
    pub list_frequency_exponent: f64,
    /// Share of the windows in Latin script that are written without diacritics.
    pub without_diacritics: f64,
    /// The same for `hbs`, most of whose comments are written so.
    pub south_slavic_without_diacritics: f64,
    /// Languages with fewer texts in a script are left out of its table.
    pub min_texts: usize,
}

impl Default for LanguageHyperparameters {
    fn default() -> Self {
        Self {
            buckets: BTreeMap::from([
                (Script::LATIN, 1 << 15),
                (Script::CYRILLIC, 1 << 13),
                (Script::ARABIC, 1 << 12),
                (Script::DEVANAGARI, 1 << 12),
            ]),
            windows: 12_000,
            max_words: 6,
            epochs: 3,
            step: 0.1,
            largest_weight: 4.0,
            list_weight: 4_000.0,
            list_frequency_exponent: 0.7,
            without_diacritics: 0.25,
            south_slavic_without_diacritics: 0.5,
            min_texts: 100,
        }
    }
}

/// What came of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageTrainingOutcome {
    /// Size of the model's file.
    pub model_bytes: usize,
    /// Rows read from the training files.
    pub rows: u64,
    /// Languages of each script.
    pub languages: BTreeMap<String, usize>,
    /// The figures, as they are in `report.json`; `None` where there was nothing to measure on.
    pub evaluation: Option<LanguageEvaluation>,
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum LanguageTrainingError {
    /// The data cannot be read.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// No script has texts in two languages.
    #[error(
        "no script has texts in two languages\n  hint: at least {min_texts} texts each are needed, as {{\"lang\": \"sr\", \"text\": …}}"
    )]
    TooFewLanguages {
        /// Texts that a language needs.
        min_texts: usize,
    },
    /// A table was not fitted.
    #[error("the table of script {script} was not fitted")]
    Fit {
        /// The script.
        script: &'static str,
        /// Why.
        source: SoftmaxError,
    },
    /// A file of the model cannot be written.
    #[error("{path}: cannot write the model")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The model was not what it should be: our bug.
    #[error("the trained model does not load")]
    Broken(#[from] crate::classify::artifact::ArtifactError),
}

/// Trains a model and writes `weights.bin`, `manifest.toml`, `card.md` and `report.json`.
///
/// Every table is fitted twice: without a tenth of the texts, on which is then found how sure it may be, and with all.
///
/// # Errors
/// Where a file cannot be read or written, a row is broken, or there is too little to learn from.
pub fn train_language(
    options: &LanguageTrainingOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<LanguageTrainingOutcome, LanguageTrainingError> {
    let hyperparameters = &options.hyperparameters;
    let mut collector = Collector::default();
    let mut files = Vec::new();
    for path in &options.data {
        progress(&format!("reading {}", file_name(path)));
        let rows = read_language_rows(path, |row| collector.add(&row))?;
        files.push(TrainingFile::new(path, rows)?);
    }
    let rows = collector.rows;
    let (corpora, left_out) = collector.finish(hyperparameters);
    if corpora.is_empty() {
        return Err(LanguageTrainingError::TooFewLanguages { min_texts: hyperparameters.min_texts });
    }
    for corpus in &corpora {
        progress(&format!("fitting {}: {} languages", corpus.script.0, corpus.languages().len()));
    }
    let fitted = in_parallel(&corpora, options.threads, |corpus| fit_table(corpus, options));
    let fitted: Vec<(ScriptTable, TableRecord)> = fitted.into_iter().collect::<Result<_, _>>()?;
    let (tables, records): (Vec<ScriptTable>, Vec<TableRecord>) = fitted.into_iter().unzip();
    let weights = encode(MODEL_VERSION, &tables);
    let artifact = Artifact::parse(weights.clone())?;
    let model = LanguageModel::from_artifact(&artifact)?;
    let evaluation = if options.dev.is_empty() {
        None
    } else {
        progress("measuring");
        Some(measure(&options.dev, &Detector::new(Some(Arc::new(model))))?)
    };
    let manifest = Manifest::new(MODEL_VERSION, options, (artifact.header(), &weights), left_out, files, records);
    write(&options.out, &weights, &manifest, evaluation.as_ref())?;
    let languages = tables.iter().map(|table| (table.script.0.to_owned(), table.languages.len())).collect();
    Ok(LanguageTrainingOutcome { model_bytes: weights.len(), rows, languages, evaluation })
}

fn measure(files: &[PathBuf], detector: &Detector) -> Result<LanguageEvaluation, RowsError> {
    let mut tally = LanguageTally::default();
    for path in files {
        read_language_rows(path, |row| {
            tally.add(row.language, &row.text, &detector.judge(&row.text, &Prior::none()));
        })?;
    }
    Ok(tally.finish(&detector.citation()))
}

fn fit_table(
    corpus: &Corpus,
    options: &LanguageTrainingOptions,
) -> Result<(ScriptTable, TableRecord), LanguageTrainingError> {
    let hyperparameters = &options.hyperparameters;
    let failed = |source| LanguageTrainingError::Fit { script: corpus.script.0, source };
    let fit = |part| -> Result<(SoftmaxTable, f64), SoftmaxError> {
        let model = fit_softmax(corpus, part, options)?;
        Ok((SoftmaxTable::new(&model, hyperparameters.largest_weight, Sharpness::NONE), model.loss))
    };
    let (trial, _) = fit(Part::Training).map_err(failed)?;
    let sharpness = sharpness::find(&trial, corpus, options);
    let (mut table, loss) = fit(Part::All).map_err(failed)?;
    table.set_sharpness(sharpness.best);
    let record = TableRecord {
        script: corpus.script.0.to_owned(),
        buckets: table.bucket_count(),
        training_loss: loss,
        held_out_loss: sharpness.loss,
        sharpness: sharpness.best.factor,
        sharpness_exponent: sharpness.best.exponent,
        texts: corpus.counts(),
    };
    Ok((ScriptTable { script: corpus.script, languages: corpus.languages(), table }, record))
}

fn fit_softmax(corpus: &Corpus, part: Part, options: &LanguageTrainingOptions) -> Result<Softmax, SoftmaxError> {
    let hyperparameters = &options.hyperparameters;
    let drawers = corpus.drawers(part, hyperparameters);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(options.seed);
    let mut words = LanguageWords::default();
    let (mut rows, mut answers, mut features) = (FeatureRows::new(), Vec::new(), Vec::new());
    for (class, drawer) in drawers.iter().enumerate().filter(|(_, drawer)| !drawer.is_empty()) {
        for _ in 0..hyperparameters.windows {
            let window = drawer.draw(hyperparameters.max_words, &mut random);
            features.clear();
            words.for_each(&window, |word| {
                if word.script == corpus.script {
                    word.for_each_feature(|feature| features.push(feature));
                }
            });
            if !features.is_empty() {
                rows.push(&features);
                answers.push(class);
            }
        }
    }
    let buckets = hyperparameters.buckets.get(&corpus.script).copied().unwrap_or(1 << 12);
    SoftmaxParams::new(drawers.len(), buckets)
        .step(hyperparameters.step)
        .epochs(hyperparameters.epochs)
        .seed(options.seed)
        .check()?
        .fit(&DatasetBase::new(rows, Array1::from(answers)))
}

fn write(
    out: &Path,
    weights: &[u8],
    manifest: &Manifest,
    evaluation: Option<&LanguageEvaluation>,
) -> Result<(), LanguageTrainingError> {
    let mut files = vec![
        ("weights.bin", weights.to_vec()),
        ("manifest.toml", manifest.to_toml().into_bytes()),
        ("card.md", card::card(manifest, evaluation).into_bytes()),
    ];
    if let Some(evaluation) = evaluation {
        files.push(("report.json", evaluation.to_json().into_bytes()));
    }
    write_files(out, &files, |path, source| LanguageTrainingError::Write { path, source })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
