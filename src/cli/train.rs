//! `threadsieve train`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;

use crate::labelled::Mapping;
use crate::pipeline::{encoder, sentence_encoder};
use crate::train::encoder::{EncoderTrainingError, EncoderTrainingOptions, shipped_recipe, train_encoder};
use crate::train::language::{LanguageHyperparameters, LanguageTrainingOptions, train_language};
use crate::train::recipe::Recipe;
use crate::train::sparse_model::{ModelTask, TrainError, TrainOptions, TrainedModel, train as train_model};
use crate::train::topic::{
    RowFileProblems, TopicHyperparameters, TopicTrainingError, TopicTrainingOptions, train_topic,
};
use crate::train::{abuse, custom, sentiment};

use super::failure::{Exit, Failure};

/// C of a model that is continued, unless the recipe says otherwise.
const CONTINUED_C: f64 = 3.0;

/// What `train` takes.
#[derive(Debug, Args)]
#[command(after_help = "Data is JSON lines or CSV, plain or compressed; docs/evaluation.md has the formats:\n  \
        abuse       {\"text\": …, \"labels\": {\"toxicity\": 0 to 1 or null, …}, \"source\": …}, or Jigsaw's or Civil Comments' CSV\n  \
        sentiment   {\"text\": …, \"emotions\": [\"joy\", …]}, the emotions of GoEmotions\n  \
        topic       pairs {\"root\", \"root_title_like\", \"parent\", \"comment\", \"depth\"}, answers {\"title\", \"article\", \
        \"comment\", \"relevance\"},\n              labels {\"title\", \"article\" or \"root\", \"parent\", \"text\", \"off_topic\": 0 or 1}, or exports of Coral\n  \
        language    {\"lang\": \"sr\", \"text\": …}, and words of a list with their share of texts, {\"lang\", \"text\", \"frequency\"}\n  \
        NAME        {\"text\": …, \"labels\": {\"spam\": 0 or 1, …}}: a model of your own, of whatever labels the data names\n\n\
        Examples:\n  \
        threadsieve train abuse abuse_train.jsonl.gz --dev abuse_dev.jsonl.gz --out models/abuse\n  \
        threadsieve train spam site_train.jsonl --dev site_dev.jsonl --out models/spam\n  \
        threadsieve train abuse site_train.jsonl --init models/abuse --out models/site-abuse")]
pub(super) struct TrainOptionsGiven {
    /// The model: abuse, sentiment, encoder, topic, language, or a name for one of your own
    #[arg(value_name = "NAME")]
    name: String,

    /// Files of labelled data
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,

    /// The folder of the model; made where it is missing
    #[arg(short, long, value_name = "FOLDER")]
    out: PathBuf,

    /// Files to measure the finished model on; the figures go into its report and card
    #[arg(long, value_name = "FILE", num_args = 1..)]
    dev: Vec<PathBuf>,

    /// Decides all that is left to chance: same data and seed, same bytes
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,

    /// The folder of a model to continue from: the new one is drawn to its weights, so that a few hundred rows adapt it
    #[arg(long, value_name = "FOLDER")]
    init: Option<PathBuf>,

    /// A recipe (TOML) that changes hyper-parameters; docs/retraining.md has all of them
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// What a column or field is: a label, or text, id, source, language, decision; docs/topic-labels.md has
    /// those of topic
    #[arg(long, value_name = "COLUMN=LABEL")]
    map: Vec<String>,

    /// The folder of the encoder that a topic model is to work with; the one in the program unless given
    #[arg(long, value_name = "FOLDER")]
    encoder: Option<PathBuf>,

    /// The folder of a sentence-transformer: the topic model gets a second head for [topic.cascade]; docs/cascade.md
    #[arg(long, value_name = "FOLDER")]
    sentence_encoder: Option<PathBuf>,

    /// How many examples the second head is fitted to, and measured on, at most; each takes the encoder about 0.2 s
    #[arg(long, value_name = "N", default_value_t = 4000)]
    cascade_examples: usize,

    /// Fit a topic model's head also without each family of its inputs, and report what they are worth
    #[arg(long)]
    ablation: bool,

    /// The language of the data, for a model of your own; repeat it for several
    #[arg(long, value_name = "CODE", default_value = "en")]
    language: Vec<String>,
}

/// Trains a model.
pub(super) fn train(given: &TrainOptionsGiven) -> Result<Exit, Failure> {
    if given.sentence_encoder.is_some() && given.name != "topic" {
        return Err(Failure::one(anyhow!("--sentence-encoder: only for the topic model\n  hint: leave it out")));
    }
    match given.name.as_str() {
        "abuse" => train_sparse(given, &abuse::task(), abuse::recipe()),
        "sentiment" => train_sparse(given, &sentiment::task(), sentiment::recipe()),
        "topic" => train_topic_model(given),
        "encoder" => train_encoder_model(given),
        "language" => train_language_model(given),
        name => {
            check_name(name)?;
            train_sparse(given, &custom::task(name, given.language.clone()), custom::recipe())
        }
    }
}

fn check_name(name: &str) -> Result<(), Failure> {
    let good =
        |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || "_-".contains(character);
    if !name.is_empty() && name.chars().all(good) {
        return Ok(());
    }
    Err(Failure::one(anyhow!(
        "`{name}` is no name for a model\n  hint: use abuse, sentiment, encoder, topic, language, or a name of your own of small letters, digits, \
         `_` and `-`"
    )))
}

/// Tells on stderr what begins.
fn tell(step: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{step}");
}

/// Finds what would otherwise show only after minutes of training: files that are not there, a folder that cannot be made.
fn check_beforehand(given: &TrainOptionsGiven) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for path in given.data.iter().chain(&given.dev) {
        if let Err(error) = std::fs::File::open(path) {
            problems.push(anyhow::Error::new(error).context(format!("{}: cannot open", path.display())));
        }
    }
    if let Err(error) = std::fs::create_dir_all(&given.out) {
        problems.push(anyhow::Error::new(error).context(format!("{}: cannot make the folder", given.out.display())));
    }
    for code in &given.language {
        if code.parse::<crate::domain::LanguageCode>().is_err() {
            problems.push(anyhow!(
                "--language {code}: not an ISO 639 code\n  hint: two or three small letters, such as en"
            ));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::all(problems)) }
}

fn train_sparse(given: &TrainOptionsGiven, task: &ModelTask, recipe: Recipe) -> Result<Exit, Failure> {
    check_beforehand(given)?;
    let options = TrainOptions {
        data: given.data.clone(),
        mapping: mapping_of(given)?,
        dev: given.dev.clone(),
        out: given.out.clone(),
        init: given.init.clone(),
        seed: given.seed,
        recipe: with_changes(given, recipe)?,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let trained = train_model(task, &options, &mut tell).map_err(|error| match error {
        TrainError::Labelled(problems) => Failure::each(problems),
        other => Failure::one(other),
    })?;
    report(&given.out, &trained)
}

/// The recipe of the task with what the file changes. A model that is continued is drawn to its old weights more than a new
/// one to zero, and weighs all rows alike: they are the site's.
fn with_changes(given: &TrainOptionsGiven, recipe: Recipe) -> Result<Recipe, Failure> {
    let base = if given.init.is_some() { Recipe { c: CONTINUED_C, ..Recipe::default() } } else { recipe };
    match &given.config {
        Some(path) => base.changed_by(path).map_err(Failure::one),
        None => Ok(base),
    }
}

fn report(out: &Path, trained: &TrainedModel) -> Result<Exit, Failure> {
    for line in &trained.remarks {
        tell(&format!("warning: {line}"));
    }
    let mut text = format!("{}: {} bytes of weights\n", out.display(), trained.weights_bytes);
    for label in trained.manifest.label.iter().filter(|label| label.iterations > 0) {
        let _ = write!(text, "  {:<18} {} passes, gap {:.1e}", label.name, label.iterations, label.relative_gap);
        if let Some(loss) = label.held_out_log_loss {
            let _ = write!(text, ", held-out log loss {loss:.4}");
        }
        text.push('\n');
    }
    if let Some(evaluation) = &trained.evaluation {
        text.push_str(&evaluation.table());
    }
    super::print(&text)
}

fn mapping_of(given: &TrainOptionsGiven) -> Result<Mapping, Failure> {
    Mapping::parse(given.map.iter().map(String::as_str)).map_err(Failure::each)
}

/// Refuses what only models of labels take.
fn refuse_options(given: &TrainOptionsGiven, refuse_map: bool) -> Result<(), Failure> {
    let refused = [
        ("--init", given.init.is_some()),
        ("--config", given.config.is_some()),
        ("--map", refuse_map && !given.map.is_empty()),
    ];
    let refused: Vec<anyhow::Error> = refused
        .into_iter()
        .filter(|(_, given)| *given)
        .map(|(option, _)| anyhow!("{option}: not for the {} model", given.name))
        .collect();
    if refused.is_empty() { Ok(()) } else { Err(Failure::all(refused)) }
}

fn train_language_model(given: &TrainOptionsGiven) -> Result<Exit, Failure> {
    refuse_options(given, true)?;
    check_beforehand(given)?;
    let options = LanguageTrainingOptions {
        data: given.data.clone(),
        dev: given.dev.clone(),
        out: given.out.clone(),
        seed: given.seed,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        hyperparameters: LanguageHyperparameters::default(),
    };
    let trained = train_language(&options, &mut tell).map_err(Failure::one)?;
    let mut text = format!("{}: {} bytes, from {} rows\n", options.out.display(), trained.model_bytes, trained.rows);
    for (script, languages) in &trained.languages {
        let _ = writeln!(text, "  {script}: {languages} languages");
    }
    if let Some(evaluation) = &trained.evaluation {
        text.push('\n');
        text.push_str(&evaluation.table());
    }
    super::print(&text)
}

fn train_encoder_model(given: &TrainOptionsGiven) -> Result<Exit, Failure> {
    refuse_options(given, false)?;
    check_beforehand(given)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = EncoderTrainingOptions {
        data: given.data.clone(),
        mapping: mapping_of(given)?,
        dev: given.dev.clone(),
        out: given.out.clone(),
        contrastive: shipped_recipe(given.seed, threads),
    };
    let trained = train_encoder(&options, &mut tell).map_err(|error| match error {
        EncoderTrainingError::Data(RowFileProblems(problems)) => Failure::each(problems),
        other => Failure::one(other),
    })?;
    let mut text = format!(
        "{}: {} bytes, from {} rows, {} pairs\n",
        options.out.display(),
        trained.model_bytes,
        trained.rows,
        trained.pairs
    );
    for (name, figures) in &trained.report.auc {
        let auc = figures.auc.map_or_else(|| "-".to_owned(), |auc| format!("{auc:.4}"));
        let _ = writeln!(text, "  {name:<20} AUC {auc} on {} pairs", figures.pairs);
    }
    if let Some(auc) = trained.report.good_answers {
        let _ = writeln!(text, "  {:<20} AUC {auc:.4}", "good answers");
    }
    super::print(&text)
}

fn train_topic_model(given: &TrainOptionsGiven) -> Result<Exit, Failure> {
    refuse_options(given, false)?;
    check_beforehand(given)?;
    let options = TopicTrainingOptions {
        data: given.data.clone(),
        mapping: mapping_of(given)?,
        dev: given.dev.clone(),
        out: given.out.clone(),
        encoder: encoder(given.encoder.as_deref()).map_err(Failure::each)?,
        sentences: given.sentence_encoder.as_deref().map(sentence_encoder).transpose().map_err(Failure::each)?,
        cascade_examples: given.cascade_examples,
        ablation: given.ablation,
        seed: given.seed,
        hyperparameters: TopicHyperparameters::default(),
    };
    let trained = train_topic(&options, &mut tell).map_err(|error| match error {
        TopicTrainingError::Data(RowFileProblems(problems)) => Failure::each(problems),
        other => Failure::one(other),
    })?;
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
    if let Some(cascade) = &trained.report.cascade {
        let _ =
            writeln!(text, "  second head fitted to {} examples with {}", cascade.examples, cascade.sentence_encoder);
        for (name, figures) in &cascade.situations {
            let figure = |auc: Option<f64>| auc.map_or_else(|| "-".to_owned(), |auc| format!("{auc:.4}"));
            let (first, second) = (figure(figures.every_comment_first), figure(figures.every_comment_second));
            let _ =
                writeln!(text, "  cascade, {name:<11} AUC {second} on {} pairs ({first} without it)", figures.pairs);
        }
    }
    super::print(&text)
}
