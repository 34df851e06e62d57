//! `threadsieve train`.

use std::fmt::Write as _;

use crate::labelled::{FileReport, describe_bad_rows};
use crate::train::sparse_model::{TrainOptions, TrainedModel};
use crate::train::topic::{TopicHyperparameters, TopicTrainingOptions, train_topic};
use crate::train::{abuse, sentiment};

use super::args::{SparseTrainArguments, TopicTrainArguments, TrainArguments, TrainCommand};
use super::failure::{Exit, Failure};

/// Trains a model.
pub(super) fn train(command: &TrainCommand) -> Result<Exit, Failure> {
    match command {
        TrainCommand::Abuse(arguments) => {
            train_sparse(arguments, abuse::DEFAULT_C, abuse::DEFAULT_BUCKETS, abuse::train_abuse)
        }
        TrainCommand::Sentiment(arguments) => {
            train_sparse(arguments, sentiment::DEFAULT_C, sentiment::DEFAULT_BUCKETS, sentiment::train_sentiment)
        }
        TrainCommand::Topic(arguments) => train_topic_model(arguments),
    }
}

/// Tells on stderr what begins.
fn tell(step: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{step}");
}

/// Finds what would otherwise show only after minutes of training: files that are not there, a folder that cannot be made.
fn check_beforehand(arguments: &TrainArguments) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for path in arguments.data.iter().chain(&arguments.dev) {
        if let Err(error) = std::fs::File::open(path) {
            problems.push(anyhow::Error::new(error).context(format!("{}: cannot open", path.display())));
        }
    }
    if let Err(error) = std::fs::create_dir_all(&arguments.out) {
        problems
            .push(anyhow::Error::new(error).context(format!("{}: cannot make the folder", arguments.out.display())));
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::all(problems)) }
}

type SparseTrainer =
    fn(&TrainOptions, &mut dyn FnMut(&str)) -> Result<TrainedModel, crate::train::sparse_model::TrainError>;

fn train_sparse(
    arguments: &SparseTrainArguments,
    default_cost: f64,
    default_buckets: usize,
    train: SparseTrainer,
) -> Result<Exit, Failure> {
    check_beforehand(&arguments.common)?;
    let options = TrainOptions {
        data: arguments.common.data.clone(),
        dev: arguments.common.dev.clone(),
        out: arguments.common.out.clone(),
        seed: arguments.common.seed,
        c: arguments.cost.unwrap_or(default_cost),
        buckets: arguments.buckets.unwrap_or(default_buckets),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let trained = train(&options, &mut tell).map_err(Failure::one)?;
    report_bad_rows(&trained.files);
    let mut text = format!("{}: {} bytes of weights\n", options.out.display(), trained.weights_bytes);
    if let Some(evaluation) = &trained.evaluation {
        text.push_str(&evaluation.table());
    }
    super::print(&text)
}

fn train_topic_model(arguments: &TopicTrainArguments) -> Result<Exit, Failure> {
    check_beforehand(&arguments.common)?;
    let options = TopicTrainingOptions {
        data: arguments.common.data.clone(),
        dev: arguments.common.dev.clone(),
        out: arguments.common.out.clone(),
        seed: arguments.common.seed,
        hyperparameters: TopicHyperparameters::default(),
    };
    let trained = train_topic(&options, &mut tell).map_err(Failure::one)?;
    let mut text = format!(
        "{}: {} bytes, from {} rows, head fitted to {} examples\n",
        options.out.display(),
        trained.model_bytes,
        trained.rows,
        trained.examples
    );
    for (name, situation) in &trained.report.situations {
        let figure = |auc: Option<f64>| auc.map_or_else(|| "-".to_owned(), |auc| format!("{auc:.4}"));
        let _ = writeln!(
            text,
            "  {name:<20} AUC {} on {} pairs (cosine alone {})",
            figure(situation.every_comment.auc),
            situation.every_comment.on_topic + situation.every_comment.off_topic,
            figure(situation.cosine_alone)
        );
    }
    super::print(&text)
}

fn report_bad_rows(files: &[FileReport]) {
    for line in describe_bad_rows(files) {
        tell(&format!("warning: {line}"));
    }
}
