//! `threadsieve report`: one page of HTML, of records, or of comments that are labelled first.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::{Args, ValueEnum};

use crate::config::Plan;
use crate::domain::{Comment, Item, RejectKind};
use crate::pipeline::{
    Authors, ExplainedItem, Outcome, Outputs, RunError, Settings, TopicExplained, TopicExplainer, run as run_pipeline,
};
use crate::report::{
    Background, Excerpts, Mask, NearestText, Options, ReadLines, RecordsFile, Survey, ThreadTitle, page,
};
use crate::sink::LineSink;
use crate::source::{Inputs, ReadSettings, RequestedFormat};
use crate::telemetry::Counters;

use super::args::ProgressChoice;
use super::failure::{Exit, Failure};
use super::inputs::{Problems, is_dash};
use super::outputs::Taken;
use super::progress::Progress;
use super::report_input::Rereadable;
use super::run::{default_workers, start_runtime};
use super::signals::interrupted;
use super::{config, inputs, outputs};

/// Of each comment whose words of evidence are wanted, so many are kept, so that words can be covered instead of texts.
const EVIDENCE: usize = 12;
/// Words that a comment shares with a passage.
const SHARED_WORDS: usize = 8;

/// What `report` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Records are what `threadsieve run` wrote, compressed or not; comments are anything that `run` reads, and are \
    labelled first. Only from comments can the page show titles of threads and the passages of articles. docs/report.md \
    explains every part of the page, and who should see it.\n\n\
    Examples:\n  \
    threadsieve report records.jsonl --out report.html\n  \
    threadsieve report export.csv.gz --config site.toml --out report.html --title 'Comments in May'\n  \
    threadsieve run comments.jsonl | threadsieve report --out report.html --no-authors\n\n\
    Exit codes: 0 done; 1 done, but some lines were no records, or an input could not be read to its end; 2 could not run, or \
    nothing could be read; 130 interrupted."
)]
pub(super) struct ReportOptions {
    /// Files to read, in order; `-` or none is stdin
    #[arg(value_name = "RECORDS|INPUT")]
    inputs: Vec<PathBuf>,

    /// Where the page goes; `-` is stdout
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,

    /// The title of the page
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Which texts are covered until they are clicked on: auto (hostile words, texts with high scores, and texts that could
    /// not be scored), all or none
    #[arg(long, value_enum, default_value_t = MaskChoice::Auto, value_name = "WHICH")]
    mask: MaskChoice,

    /// Leave the words of comments out
    #[arg(long)]
    no_text: bool,

    /// Leave authors out
    #[arg(long)]
    no_authors: bool,

    /// What comments are in: auto (by their content), jsonl, csv or page
    #[arg(long, default_value = "auto", value_parser = super::inputs::format_names(), value_name = "FORMAT")]
    format: String,

    /// Where a field stands in JSON or a table: text=content.body, say; may be given several times
    #[arg(long, value_name = "FIELD=PATH")]
    map: Vec<String>,

    /// The text of the article that a saved page belongs to; with other formats, that of comments which name no thread
    #[arg(long, value_name = "FILE")]
    article: Option<PathBuf>,

    /// The configuration to label comments with; ./pipeline.toml where there is one, else the built-in one
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Which texts are covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MaskChoice {
    /// What may hurt
    Auto,
    /// All
    All,
    /// None
    None,
}

impl From<MaskChoice> for Mask {
    fn from(choice: MaskChoice) -> Self {
        match choice {
            MaskChoice::Auto => Self::Auto,
            MaskChoice::All => Self::All,
            MaskChoice::None => Self::None,
        }
    }
}

/// Makes the page.
pub(super) fn report(options: &ReportOptions) -> Result<Exit, Failure> {
    let mut problems = Problems::new();
    let (_, total) = inputs::inputs(&options.inputs, &mut problems);
    let reads_stdin = options.inputs.is_empty() || options.inputs.iter().any(|path| is_dash(path));
    let read = options.inputs.iter().chain(&options.article).map(PathBuf::as_path);
    let taken = Taken::read(read.chain(config::file(options.config.as_deref())), reads_stdin);
    outputs::check_outputs(Some(&options.out), [None, None], taken, &mut problems);
    if !problems.is_empty() {
        return Err(Failure::all(problems));
    }
    let given = Rereadable::all(&options.inputs).map_err(Failure::one)?;
    let shown = Options {
        title: options.title.clone(),
        mask: options.mask.into(),
        without_text: options.no_text,
        without_authors: options.no_authors,
    };
    if are_records(&given)? {
        check_for_records(options)?;
        let files: Vec<RecordsFile> = given.iter().map(Rereadable::records).collect();
        let survey = Survey::read(&files, None);
        let lines = survey.lines().clone();
        tell(&lines);
        if lines.records == 0 && lines.bad_lines > 0 {
            let name = given.first().map_or("", |given| given.name.as_str());
            return Err(Failure::one(anyhow!("{name}: no line could be read as a record: no report is made")));
        }
        let excerpts = Excerpts::read(&survey, &files, &shown);
        write(options, &page(&survey, &excerpts, &Background::default(), &shown), lines.records)?;
        let is_whole = lines.bad_lines == 0 && lines.broke_off.is_empty();
        return Ok(if is_whole { Exit::Done } else { Exit::NeedsALook });
    }
    of_comments(options, &given, total, &shown)
}

/// Whether all inputs are records; to mix them with comments is refused.
fn are_records(given: &[Rereadable]) -> Result<bool, Failure> {
    let mut kinds = Vec::new();
    for input in given {
        let kind = input.records().holds_records().with_context(|| format!("{}: cannot read", input.name));
        kinds.push((kind.map_err(Failure::one)?, &input.name));
    }
    let (records, others): (Vec<_>, Vec<_>) = kinds.into_iter().partition(|(is_records, _)| *is_records);
    match (records.first(), others.first()) {
        (Some((_, records)), Some((_, other))) => Err(Failure::one(anyhow!(
            "{records} holds records, and {other} does not\n  hint: make a report of each, or label {other} with `threadsieve run` first"
        ))),
        (records, _) => Ok(records.is_some()),
    }
}

/// Records are labelled already: options that say how to label comments would do nothing.
fn check_for_records(options: &ReportOptions) -> Result<(), Failure> {
    let given = [
        (options.config.is_some(), "--config"),
        (options.article.is_some(), "--article"),
        (options.format != "auto", "--format"),
        (!options.map.is_empty(), "--map"),
    ];
    let given: Vec<&str> = given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, name)| name).collect();
    if given.is_empty() {
        return Ok(());
    }
    Err(Failure::one(anyhow!(
        "the input holds records, which are labelled already: {} would do nothing\n  hint: leave it out, or give the comments \
         instead of the records",
        given.join(" and ")
    )))
}

fn tell(lines: &ReadLines) {
    let mut stderr = std::io::stderr().lock();
    for line in &lines.told {
        let _ = writeln!(stderr, "warning: {line}");
    }
    let more = lines.bad_lines - lines.told.len() as u64;
    if more > 0 {
        let _ = writeln!(stderr, "warning: … and {more} more lines that are no records");
    }
    for file in &lines.broke_off {
        let _ = writeln!(stderr, "warning: {file}; all that came before it was read");
    }
}

fn write(options: &ReportOptions, page: &str, comments: u64) -> Result<(), Failure> {
    let mut problems = Problems::new();
    let Some(mut sink) = outputs::output(Some(&options.out), &mut problems) else { return Err(Failure::all(problems)) };
    match sink.write(page.as_bytes()) {
        Ok(()) | Err(crate::sink::SinkError::Closed { .. }) => {}
        Err(error) => return Err(Failure::one(error)),
    }
    if !is_dash(&options.out) {
        let kilobytes = page.len().div_ceil(1000);
        let _ = writeln!(std::io::stderr().lock(), "{}: {comments} comments, {kilobytes} kB", options.out.display());
    }
    Ok(())
}

/// Labels comments as `run` does, and makes the page of the records.
fn of_comments(
    options: &ReportOptions,
    given: &[Rereadable],
    total: Option<u64>,
    shown: &Options,
) -> Result<Exit, Failure> {
    let mut problems = Problems::new();
    let plan = config::load(options.config.as_deref()).map_err(|found| problems.extend(found)).ok();
    let models = plan.as_ref().and_then(|plan| config::models(plan).map_err(|found| problems.extend(found)).ok());
    let translators = plan.as_ref().and_then(|plan| config::translators(plan, &mut problems));
    let authors = plan.as_ref().map(|plan| inputs::authors(&plan.output.author, &mut problems));
    let limits = plan.as_ref().map(|plan| plan.limits.clone()).unwrap_or_default();
    let article = inputs::article(options.article.as_deref(), &limits, &mut problems);
    let map = inputs::field_map(&options.map, &mut problems).unwrap_or_default();
    let (Some(plan), Some(models), Some(translators), Some(authors), true) =
        (plan, models, translators, authors, problems.is_empty())
    else {
        return Err(Failure::all(problems));
    };
    let plan = Plan { evidence_count: plan.evidence_count.max(EVIDENCE), ..plan };
    let format: RequestedFormat = options.format.parse().unwrap_or_default();
    let records = tempfile::tempfile().and_then(|file| Ok((file.try_clone()?, file)));
    let (writer, records) = records.context("cannot make a temporary file for records").map_err(Failure::one)?;
    let settings = Settings {
        plan: plan.clone(),
        models,
        translators,
        authors: if options.no_authors { Authors::Omit } else { authors },
        inputs: given.iter().map(Rereadable::spec).collect(),
        format,
        map: map.clone(),
        article: article.clone(),
        workers: default_workers(),
        max_comments: None,
    };
    let reading = ReadSettings { format, map, article, limits: plan.limits.clone(), keep_raw: false };
    let sinks = Outputs { records: LineSink::new("a temporary file", Box::new(writer)).into(), dead_letters: None };
    let outcome = label(settings, sinks, total, is_dash(&options.out))?;
    if outcome.is_interrupted {
        let _ = writeln!(std::io::stderr().lock(), "interrupted: no report is made");
        return Ok(Exit::Interrupted);
    }
    let broke_off = outcome.tally.by_kind.contains_key(RejectKind::Unreadable.name());
    if outcome.tally.records == 0 && outcome.tally.rejects > 0 {
        return Err(Failure::one(anyhow!(
            "nothing could be read, neither as records nor as comments: no report is made\n  hint: the warnings above say why; \
             `threadsieve run` reads the same inputs"
        )));
    }
    let files = [Rereadable::written("records", records).records()];
    let survey = Survey::read(&files, Some(&plan.policy));
    let excerpts = Excerpts::read(&survey, &files, shown);
    let mut background = background(given, &plan, reading, &excerpts)?;
    background.dead_letters.clone_from(&outcome.tally.by_kind);
    write(options, &page(&survey, &excerpts, &background, shown), outcome.tally.records)?;
    Ok(if broke_off { Exit::NeedsALook } else { Exit::Done })
}

fn label(settings: Settings, outputs: Outputs, total: Option<u64>, to_stdout: bool) -> Result<Outcome, Failure> {
    let runtime = start_runtime()?;
    let outcome = runtime.block_on(async {
        let counters = Arc::new(Counters::default());
        let _progress = Progress::start(ProgressChoice::Auto, total, &counters, to_stdout);
        run_pipeline(settings, outputs, counters, interrupted()).await
    });
    runtime.shutdown_background();
    outcome.map_err(|error| {
        let exit = if matches!(error, RunError::Sink(_)) { Exit::CouldNotRun } else { Exit::Bug };
        Failure { problems: vec![error.into()], exit }
    })
}

/// Reads the inputs once more, for what records do not hold: titles, and passages near to the off-topic comments that are
/// shown.
fn background(
    given: &[Rereadable],
    plan: &Plan,
    settings: ReadSettings,
    excerpts: &Excerpts,
) -> Result<Background, Failure> {
    let owned = |(thread, id): (&str, &str)| (thread.to_owned(), id.to_owned());
    let mut wanted: BTreeSet<(String, String)> = excerpts.off_topic().map(owned).collect();
    let mut background = Background { knows_policy: true, has_passages: true, ..Background::default() };
    let mut explainer = if wanted.is_empty() {
        None
    } else {
        // No translator is asked twice: of comments that one has translated no passage is shown.
        let models = config::models(plan).map_err(Failure::all)?;
        Some(TopicExplainer::new(plan.clone(), models, None, SHARED_WORDS))
    };
    let mut inputs = Inputs::new(given.iter().map(Rereadable::spec).collect(), settings);
    while let Some(item) = inputs.next_item() {
        note_title(&item, &mut background);
        let Some(explainer) = explainer.as_mut().filter(|_| !wanted.is_empty()) else { continue };
        let is_wanted = match &item {
            Item::Comment(Comment { thread_id, id, .. }) => wanted.remove(&owned((thread_id.as_str(), id.as_str()))),
            _ => false,
        };
        if !is_wanted {
            explainer.follow(item);
        } else if let ExplainedItem::Comment(explained) = explainer.explain(item) {
            let key = (explained.comment.thread_id.to_string(), explained.comment.id.to_string());
            background.passages.extend(nearest(&explained).map(|nearest| (key, nearest)));
        }
    }
    Ok(background)
}

fn note_title(item: &Item, background: &mut Background) {
    let Item::Thread(header) = item else { return };
    let title = header.title.as_ref().map(|title| title.as_str().to_owned());
    let url = header.url.as_ref().map(ToString::to_string);
    if title.is_some() || url.is_some() {
        background.titles.insert(header.thread_id.to_string(), ThreadTitle { title, url });
    }
}

fn nearest(explained: &TopicExplained) -> Option<NearestText> {
    let (_, explanation) = explained.topic.as_ref().ok()?;
    let texts = explained.article.as_ref()?;
    let (kind, text, cosine) = if explanation.title_is_nearer() {
        ("title", texts.title(), explanation.title?)
    } else {
        let passage = explanation.passage?;
        ("passage", passage.span.of(texts.article()), passage.cosine)
    };
    let shared = explanation.article.as_ref().map(|words| words.same.as_slice()).unwrap_or_default();
    Some(NearestText {
        kind,
        text: text.to_owned(),
        cosine: f64::from(cosine),
        shared_words: shared.iter().map(|pair| pair.comment.of(explained.text()).to_owned()).collect(),
    })
}
