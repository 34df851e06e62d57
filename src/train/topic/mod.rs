//! Trains the topic model: term weights and common words from all rows, the head from a share of the threads.

mod card;
mod evaluation;
mod examples;
mod manifest;
pub(in crate::train) mod report;
pub(in crate::train) mod row_files;
pub(in crate::train) mod rows;
mod second_head;
pub(in crate::train) mod slices;
mod table;
mod term_counts;
mod threads;

use std::path::PathBuf;
use std::sync::Arc;

use ndarray::Array2;

use super::model_folder::write_files;
pub use super::training_file::TrainingFile;
pub use evaluation::evaluate_topic;
pub use report::{ScoredSlice, SituationReport, Threshold, TopicReport};
pub use row_files::{LabelCounts, RowFile, RowFileProblem, RowFileProblems};
pub use second_head::{CascadeFigures, CascadeReport};

use crate::classify::dense_head::{DenseHead, DenseHeadError, DenseHeadOptions, FittedDenseHead};
use crate::classify::sentence_vectors::SentenceVectors;
use crate::classify::static_encoder::StaticEncoder;
use crate::labelled::Mapping;
use crate::topic::{FEATURE_COUNT, FEATURE_NAMES, TopicModel, TopicModelParts};
use evaluation::EvaluationSet;
use examples::{Dice, ExampleOptions};
use row_files::RowFiles;
use second_head::SecondSample;
use threads::{Thread, ThreadCollector};

/// The name of the model in its file and in records.
const MODEL_NAME: &str = "topic";
/// The version of the model in its file and in records.
const MODEL_VERSION: &str = "2";

/// Whether an input of the head belongs to a family.
type Family = fn(&str) -> bool;

/// Families of the head's inputs, each of which may be left out to see what it is worth.
const FAMILIES: [(&str, Family); 9] = [
    ("encoder", |name| name.contains("encoder") || name == "typical"),
    ("terms", |name| ["_cosine", "_coverage", "_rare_words", "_terms"].iter().any(|part| name.contains(part))),
    ("article", |name| name.starts_with("article") || name.starts_with("title") || name == "typical"),
    ("parent", |name| name.starts_with("parent")),
    ("thread", |name| name.starts_with("thread")),
    ("author", |name| name.starts_with("author")),
    ("typical", |name| name == "typical"),
    ("reply, link, quote", |name| ["reply", "link", "quote"].contains(&name)),
    ("length", |name| name == "length" || name.ends_with("by_length")),
];

/// What is trained from, and where to.
#[derive(Debug, Clone)]
pub struct TopicTrainingOptions {
    /// Training files.
    pub data: Vec<PathBuf>,
    /// Files to measure on; none gives a report without figures.
    pub dev: Vec<PathBuf>,
    /// Which columns and fields are what, where their names do not say.
    pub mapping: Mapping,
    /// The directory of the model; made where it is missing.
    pub out: PathBuf,
    /// What places texts by their subject; the model works with this one alone.
    pub encoder: Arc<StaticEncoder>,
    /// The cascade's sentence encoder; without it the model gets no second head.
    pub sentences: Option<Arc<dyn SentenceVectors>>,
    /// How many examples the second head is fitted to, and how many of the development files it is measured on, at most.
    pub cascade_examples: usize,
    /// Whether the head is also fitted without each family of its inputs, to see what they are worth.
    pub ablation: bool,
    /// Chooses all that is left to chance: the same seed and data give the same bytes.
    pub seed: u64,
    /// The rest.
    pub hyperparameters: TopicHyperparameters,
}

/// Choices that are not learned from data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TopicHyperparameters {
    /// Taken from every term's `ln(N / n)`: terms in a share of `e^-floor` of the texts or more weigh nothing.
    pub weight_floor: f64,
    /// Terms in up to this share of the texts are content words.
    pub content_share: f64,
    /// Terms in up to this share of the texts are rare.
    pub rare_share: f64,
    /// Words in at least this many texts are common English.
    pub known_word_texts: u32,
    /// How the head is fitted.
    pub head: DenseHeadOptions,
}

impl Default for TopicHyperparameters {
    fn default() -> Self {
        Self {
            weight_floor: 1.5,
            content_share: 0.05,
            rare_share: 0.002,
            known_word_texts: 10,
            head: DenseHeadOptions::default(),
        }
    }
}

/// What came of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicTrainingOutcome {
    /// Size of the model's file.
    pub model_bytes: usize,
    /// Rows read from the training files.
    pub rows: u64,
    /// Examples that the head was fitted to.
    pub examples: usize,
    /// The figures, as they are in `report.json`.
    pub report: TopicReport,
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum TopicTrainingError {
    /// Rows or files are wrong, all of them together.
    #[error(transparent)]
    Data(#[from] RowFileProblems),
    /// The data holds too little to learn from.
    #[error("{threads} threads give no pair of comments of different threads; give more data")]
    TooFewThreads {
        /// Threads found.
        threads: usize,
    },
    /// The head was not fitted.
    #[error("the topic head was not fitted")]
    Head(#[from] DenseHeadError),
    /// A file of the model cannot be written.
    #[error("{path}: cannot write the model")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Trains a model and writes `weights.bin`, `manifest.toml`, `report.json` and `card.md`.
///
/// The training files are read twice, line by line; kept in memory are counts by term, and the vectors of the threads
/// that the head is trained on.
///
/// # Errors
/// Where a file cannot be read or written, a row is broken, or there is too little to learn from; see
/// [`TopicTrainingError`].
pub fn train_topic(
    options: &TopicTrainingOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<TopicTrainingOutcome, TopicTrainingError> {
    let hyperparameters = &options.hyperparameters;
    let mut counts = term_counts::TermCounts::default();
    progress("counting terms");
    let mut data = RowFiles::open(&options.data, options.mapping.clone())?;
    data.for_each(|row| counts.add(&row))?.describe().iter().for_each(|line| progress(line));
    let files = training_files(&data)?;
    let term_weights = counts.term_weights(hyperparameters);
    let (known_words, known_word_count) = counts.known_words(hyperparameters);
    let weight_of_share = |share: f64| (-share.ln() - hyperparameters.weight_floor).max(0.01) as f32;
    let mut parts = TopicModelParts {
        term_weights,
        content_weight: weight_of_share(hyperparameters.content_share),
        rare_weight: weight_of_share(hyperparameters.rare_share),
        known_words,
        head: DenseHead::zeros(FEATURE_COUNT),
        encoder: Arc::clone(&options.encoder),
        second_head: None,
    };
    let texts = counts.texts();
    drop(counts);

    progress("turning threads into vectors");
    let blank = TopicModel::from_parts(parts.clone());
    let with_texts = options.sentences.is_some();
    let mut collector = ThreadCollector::new(&blank, true, with_texts);
    data.for_each(|row| collector.add(&row))?;
    let threads = collector.finish();
    drop(data);
    progress(&format!("fitting the head on {} threads", threads.len()));
    let examples = examples(&threads, options.seed)?;
    let fitted = examples.fit(None, hyperparameters.head)?;
    parts.head = fitted.head.clone();
    let mut model = TopicModel::from_parts(parts.clone());
    let second = options.sentences.as_deref().map(|sentences| {
        progress(&format!("fitting the second head: encoding texts of {} examples", options.cascade_examples));
        let sample = SecondSample { sentences, examples: options.cascade_examples, seed: options.seed };
        sample.fit(&threads, &model, hyperparameters.head).map(|fitted| (sample, fitted))
    });
    let second = second.transpose()?;
    drop(threads);
    if let Some((_, (head, _))) = &second {
        parts.second_head = Some(head.clone());
        model = TopicModel::from_parts(parts.clone());
    }

    progress("measuring");
    let dev = EvaluationSet::read(&model, &options.dev, &options.mapping, options.seed, with_texts, &mut |_| {})?;
    let mut report = dev.measure(&model);
    if let Some((sample, (_, fit))) = second {
        progress("measuring the cascade");
        report.cascade = Some(sample.measure(dev.threads(), &model, &fit));
    }
    for (name, family) in FAMILIES.iter().filter(|_| options.ablation) {
        progress(&format!("fitting the head without {name}"));
        let head = examples.fit(Some(family), hyperparameters.head)?.head;
        let without = TopicModel::from_parts(TopicModelParts { head, ..parts.clone() });
        report.add_ablation(name, &dev.measure(&without));
    }

    let weights = model.to_bytes(MODEL_NAME, MODEL_VERSION);
    let manifest = manifest::Manifest::new(options, &files, &fitted, texts, known_word_count, &report).to_toml();
    let model_bytes = weights.len();
    let outputs = [
        ("card.md", card::card(&model, &files, &fitted, &report).into_bytes()),
        ("manifest.toml", manifest.into_bytes()),
        ("report.json", report.to_json().into_bytes()),
        ("weights.bin", weights),
    ];
    write_files(&options.out, &outputs, |path, source| TopicTrainingError::Write { path, source })?;
    Ok(TopicTrainingOutcome {
        model_bytes,
        rows: files.iter().map(|file| file.rows).sum(),
        examples: fitted.rows,
        report,
    })
}

/// The files with their checksums and rows, as manifests and reports name them.
pub(in crate::train) fn training_files(data: &RowFiles) -> Result<Vec<TrainingFile>, RowFileProblems> {
    let files = data.files().iter().map(|file| TrainingFile::new(&file.path, file.rows));
    files.collect::<Result<_, _>>().map_err(|error| RowFileProblems(vec![error.into()]))
}

/// What the head is fitted to.
struct HeadExamples {
    features: Array2<f64>,
    off_topic: Vec<bool>,
}

fn examples(threads: &[Thread], seed: u64) -> Result<HeadExamples, TopicTrainingError> {
    let mut dice = Dice::new(seed ^ 0x5175);
    let (mut features, mut off_topic) = (Vec::new(), Vec::new());
    let example_options = ExampleOptions { seed, made_up_articles: true, openings_as_articles: true, strangers: true };
    examples::for_each_example(threads, example_options, |group| {
        // The comment and its stranger are shown in the same situation.
        let Some(first) = group.first() else { return };
        let situation = dice.situation(&first.similarities);
        for example in group.iter().filter(|example| example.judged) {
            let shown = example.similarities.seen_in(situation);
            if shown.basis().is_ok() {
                features.extend(shown.features());
                off_topic.push(example.off_topic);
            }
        }
    });
    match Array2::from_shape_vec((off_topic.len(), FEATURE_COUNT), features) {
        Ok(features) if !off_topic.is_empty() => Ok(HeadExamples { features, off_topic }),
        _ => Err(TopicTrainingError::TooFewThreads { threads: threads.len() }),
    }
}

impl HeadExamples {
    /// Fits a head, to all inputs or without a family of them.
    fn fit(&self, without: Option<&Family>, options: DenseHeadOptions) -> Result<FittedDenseHead, TopicTrainingError> {
        let mut features = self.features.clone();
        if let Some(family) = without {
            // A constant input gets no weight.
            for (mut column, name) in features.columns_mut().into_iter().zip(FEATURE_NAMES) {
                if family(name) {
                    column.fill(0.0);
                }
            }
        }
        Ok(DenseHead::fit(features, &self.off_topic, options)?)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use super::*;
    use crate::classify::artifact::Artifact;
    use crate::domain::Absence;
    use crate::topic::{ArticleVectors, Similarities, Surroundings};

    /// Threads about one of 40 subjects each: the words of a comment are its subject's, or anybody's.
    fn write_rows(path: &Path) {
        let mut dice = Dice::new(11);
        let mut rows = String::new();
        let mut say = |subject: usize, count: usize| {
            let words = (0..count).map(|_| match dice.below(3) {
                0 => format!("subject{subject}word{}", dice.below(12)),
                _ => format!("common{}", dice.below(400)),
            });
            words.collect::<Vec<_>>().join(" ")
        };
        for subject in 0..400 {
            let (root, parent) = (say(subject, 10), say(subject, 12));
            for number in 0..16 {
                let title_like = subject % 2 == 0;
                let (depth, answered) = if number % 4 == 3 { (2, &parent) } else { (1, &root) };
                let comment = if number == 2 { parent.clone() } else { say(subject, 9) };
                writeln!(
                    rows,
                    r#"{{"root":"{root}","root_title_like":{title_like},"depth":{depth},"parent":"{answered}","comment":"{comment}"}}"#
                )
                .unwrap();
            }
            let (bad, stray) = (say(subject, 9), say(subject + 100, 9));
            writeln!(rows, r#"{{"title":"{root}","comment":"{bad}","relevance":"Bad"}}"#).unwrap();
            writeln!(rows, r#"{{"article":"{root}","text":"{stray}","off_topic":1}}"#).unwrap();
        }
        std::fs::write(path, rows).unwrap();
    }

    fn train(directory: &Path, name: &str, seed: u64) -> (TopicTrainingOutcome, [Vec<u8>; 4]) {
        let data = directory.join("rows.jsonl");
        let options = TopicTrainingOptions {
            data: vec![data.clone()],
            dev: vec![data],
            mapping: Mapping::default(),
            out: directory.join(name),
            encoder: Arc::new(StaticEncoder::blank()),
            sentences: None,
            cascade_examples: 0,
            ablation: true,
            seed,
            hyperparameters: TopicHyperparameters { known_word_texts: 5, ..Default::default() },
        };
        let outcome = train_topic(&options, &mut |_| {}).unwrap();
        let read = |file| std::fs::read(options.out.join(file)).unwrap();
        (outcome, ["weights.bin", "manifest.toml", "report.json", "card.md"].map(read))
    }

    #[test]
    fn training_learns_and_gives_the_same_bytes_again() {
        let directory = tempfile::tempdir().unwrap();
        write_rows(&directory.path().join("rows.jsonl"));
        let (outcome, files) = train(directory.path(), "first", 5);
        assert_eq!(files, train(directory.path(), "second", 5).1);
        assert_ne!(files[0], train(directory.path(), "third", 6).1[0], "the seed matters");
        assert_eq!(outcome.rows, 400 * 18);
        let auc = outcome.report.situations["all"].scored.auc.unwrap();
        assert!(auc > 0.9, "{auc}");
        assert!(outcome.report.suggested_threshold.unwrap() > 0.5);
        let worse = |family: &str| auc - outcome.report.ablations[family]["all"];
        assert!(worse("terms") > 0.01 && worse("encoder").abs() < 1e-3, "the blank encoder tells nothing");
        let manifest = String::from_utf8(files[1].clone()).unwrap();
        assert!(manifest.contains("\"rows.jsonl\"") && !manifest.contains(&*directory.path().to_string_lossy()));

        let model =
            TopicModel::load(&Artifact::parse(files[0].clone()).unwrap(), Arc::new(StaticEncoder::blank())).unwrap();
        assert_eq!(model.languages().iter().map(ToString::to_string).collect::<Vec<_>>(), ["en"]);
        assert!(model.knows_word("common7") && !model.knows_word("never-seen"));
        let article = ArticleVectors::new(&model, Some("subject3word1 subject3word2 subject3word3"), None);
        let score = |text: &str| {
            let around = Surroundings { article: article.as_ref(), ..Surroundings::default() };
            model.score(&Similarities::between(&model.vectorise([text]), &around))
        };
        let near = score("subject3word1 subject3word3 common5 common6").unwrap();
        let far = score("subject8word1 subject9word3 common5 common6").unwrap();
        assert!(near.off_topic < far.off_topic, "{near:?} {far:?}");
        assert_eq!(score("subject3word1"), Err(Absence::TooLittleText));
    }

    #[test]
    fn too_little_data_is_an_error_and_writes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("rows.jsonl");
        std::fs::write(&data, r#"{"article":"one two three","text":"four five six seven","off_topic":1}"#).unwrap();
        let out = directory.path().join("out");
        let options = TopicTrainingOptions {
            data: vec![data],
            dev: Vec::new(),
            mapping: Mapping::default(),
            out: out.clone(),
            encoder: Arc::new(StaticEncoder::blank()),
            sentences: None,
            cascade_examples: 0,
            ablation: false,
            seed: 1,
            hyperparameters: TopicHyperparameters::default(),
        };
        let error = train_topic(&options, &mut |_| {}).unwrap_err();
        assert!(matches!(error, TopicTrainingError::TooFewThreads { .. } | TopicTrainingError::Head(_)), "{error}");
        assert!(!out.exists());
    }
}
