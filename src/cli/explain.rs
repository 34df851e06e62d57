//! `threadsieve explain`: what carried the tone scores, or with `--thread` the topic scores.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use crate::config::Limits;
use crate::domain::{Body, Comment, CommentId, Item, Origin, Reject, RejectKind, ThreadId};
use crate::pipeline::{ExplainedComment, ExplainedItem, Explainer, Models, TopicExplained, TopicExplainer};
use crate::sink::{LineSink, SinkError};
use crate::source::{FieldMap, InputSpec, Inputs, ReadSettings, RequestedFormat};
use crate::tone::{ToneModelKind, WantedLabels};
use crate::wire::explanation::{ExplanationLine, ExplanationParts};
use crate::wire::topic_explanation::{TopicExplanationLine, TopicExplanationParts};

use super::explanation_text::{Detail, Look, render};
use super::failure::{Exit, Failure};
use super::inputs::Problems;
use super::run::start_runtime;
use super::{config, explain_topic_text, inputs};

/// So many dead letters are told one by one.
const TOLD_DEAD_LETTERS: u64 = 20;
/// What is not there but ends like this, or begins like a path, was meant as a file.
const FILE_ENDINGS: [&str; 12] =
    [".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".text", ".gz", ".zst", ".log", ".html", ".xml"];
const PATH_BEGINNINGS: [&str; 4] = ["/", "./", "../", "~/"];

/// What `explain` takes.
#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("what").required(true).args(["argument", "text", "file"]),
    after_help = "An argument on its own is a file if there is one of that name, stdin if it is `-`, and a text otherwise; \
    --text and --file say which. docs/explain.md has every line and field of what is printed.\n\n\
    Examples:\n  \
    threadsieve explain 'Thank you, what a lovely idea!'\n  \
    threadsieve explain comments.jsonl --label toxicity --top 3\n  \
    threadsieve explain --thread comments.jsonl\n  \
    tail -f comments.jsonl | threadsieve explain - --json\n\n\
    Exit codes: 0 done; 1 an input could not be read to its end; 2 could not run."
)]
pub(super) struct ExplainOptions {
    /// A text, or a file of comments; `-` is stdin
    #[arg(value_name = "TEXT|INPUT")]
    argument: Option<OsString>,

    /// Explain this text, also where a file has that name
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<String>,

    /// Explain the comments of this file; `-` is stdin
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Explain topic instead of tone: how far each comment of the input is off topic in its thread, and why
    #[arg(long, conflicts_with_all = ["text", "labels", "models"])]
    thread: bool,

    /// Explain this label, whatever its score; may be given several times
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,

    /// Explain all labels of this model; may be given several times
    #[arg(long = "model", value_enum, value_name = "MODEL")]
    models: Vec<ModelChoice>,

    /// List so many words for each label, or with --thread for each text compared with, strongest first
    #[arg(long, default_value_t = 10, value_name = "K")]
    top: usize,

    /// Print JSON, one object a comment
    #[arg(long)]
    json: bool,

    /// Whether to colour words in place: auto (on a terminal, unless `NO_COLOR` is set), always or never
    #[arg(long, alias = "colour", value_enum, default_value_t = ColourChoice::Auto, value_name = "WHEN")]
    color: ColourChoice,

    /// What the input is: auto (by its content), or a format by name
    #[arg(long, default_value = "auto", value_parser = super::inputs::format_names(), value_name = "FORMAT")]
    format: String,

    /// The text of the article that a saved page belongs to; with other formats, that of comments which name no thread
    #[arg(long, value_name = "FILE")]
    article: Option<PathBuf>,

    /// The configuration; ./pipeline.toml where there is one, else the built-in one
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A model whose labels can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ModelChoice {
    /// Toxicity and its kinds
    Abuse,
    /// Positive, negative, ambiguous, neutral
    Sentiment,
    /// The site's own
    Own,
}

impl From<ModelChoice> for ToneModelKind {
    fn from(choice: ModelChoice) -> Self {
        match choice {
            ModelChoice::Abuse => Self::Abuse,
            ModelChoice::Sentiment => Self::Sentiment,
            ModelChoice::Own => Self::Own,
        }
    }
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What is to be explained.
#[derive(Debug, PartialEq, Eq)]
enum Subject {
    Text(String),
    Input(PathBuf),
}

/// Explains a text, or each comment of an input.
pub(super) fn explain(options: &ExplainOptions) -> Result<Exit, Failure> {
    let mut problems = Problems::new();
    let subject = subject(options).map_err(|problem| problems.push(problem)).ok();
    let plan = config::load(options.config.as_deref()).map_err(|found| problems.extend(found)).ok();
    let models = plan.as_ref().and_then(|plan| config::models(plan).map_err(|found| problems.extend(found)).ok());
    let translators = plan.as_ref().and_then(|plan| config::translators(plan, &mut problems));
    let wanted = models.as_ref().and_then(|models| wanted(options, models, &mut problems));
    let limits = plan.as_ref().map(|plan| plan.limits.clone()).unwrap_or_default();
    let article = inputs::article(options.article.as_deref(), &limits, &mut problems);
    let source = subject.and_then(|subject| source(subject, &limits, &mut problems));
    let (Some(plan), Some(models), Some(translators), Some(wanted), Some(source), true) =
        (plan, models, translators, wanted, source, problems.is_empty())
    else {
        return Err(Failure::all(problems));
    };
    let translators =
        if translators.is_empty() { None } else { start_runtime().map(|runtime| Some((translators, runtime)))? };
    let shown = Shown {
        look: look(options, matches!(source, Source::Text(_))),
        json: options.json,
        top: options.top,
        with_text: plan.output.text,
    };
    let explain: Explain = match wanted {
        Wanted::Tone(wanted) => {
            let mut explainer = Explainer::new(plan, models, translators, wanted);
            Box::new(move |item| explainer.explain(item).shown(|comment| shown.tone(&comment, explainer.models())))
        }
        Wanted::Topic => {
            let mut explainer = TopicExplainer::new(plan, models, translators, options.top);
            Box::new(move |item| explainer.explain(item).shown(|comment| shown.topic(&comment, explainer.models())))
        }
    };
    let printer =
        Printer { explain, sink: LineSink::new("stdout", Box::new(io::stdout())), dead_letters: 0, broke_off: false };
    match source {
        Source::Text(text) => printer.explain_all(std::iter::once(Item::Comment(comment(&text)))),
        Source::Input(spec) => {
            // The parser lets through only names that are known.
            let format: RequestedFormat = options.format.parse().unwrap_or_default();
            let settings = ReadSettings { format, map: FieldMap::default(), article, limits, keep_raw: false };
            let mut inputs = Inputs::new(vec![spec], settings);
            printer.explain_all(std::iter::from_fn(|| inputs.next_item()))
        }
    }
}

/// What was asked for: `--text` is a text, `--file` a file, and anything else whichever it is.
fn subject(options: &ExplainOptions) -> anyhow::Result<Subject> {
    match (&options.text, &options.file, &options.argument) {
        (Some(text), ..) => Ok(Subject::Text(text.clone())),
        (_, Some(file), _) => Ok(Subject::Input(file.clone())),
        (_, _, Some(argument)) if options.thread => thread(Path::new(argument)),
        (_, _, Some(argument)) => text_or_file(argument, Path::exists),
        // The parser asks for one of the three.
        _ => Err(anyhow!("nothing to explain: give a text or a file")),
    }
}

/// With `--thread` an argument is never a text: one comment is no thread.
fn thread(path: &Path) -> anyhow::Result<Subject> {
    if inputs::is_dash(path) || path.exists() {
        return Ok(Subject::Input(path.to_path_buf()));
    }
    Err(anyhow!("{}: no such file\n  hint: --thread explains the comments of a file, or of stdin, `-`", path.display()))
}

fn text_or_file(argument: &OsStr, exists: impl Fn(&Path) -> bool) -> anyhow::Result<Subject> {
    let path = Path::new(argument);
    if inputs::is_dash(path) || exists(path) {
        return Ok(Subject::Input(path.to_path_buf()));
    }
    let Some(text) = argument.to_str() else {
        return Err(anyhow!(
            "{}: no such file, and not UTF-8 either\n  hint: give texts in UTF-8, or name a file",
            path.display()
        ));
    };
    let is_one_word = !text.contains(char::is_whitespace);
    let lower = text.to_lowercase();
    let looks_like_a_file = FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending))
        || PATH_BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning));
    if is_one_word && looks_like_a_file {
        return Err(anyhow!("{text}: no such file\n  hint: to explain these words as a text, use --text"));
    }
    Ok(Subject::Text(text.to_owned()))
}

/// Where comments come from, checked.
enum Source {
    Text(String),
    Input(InputSpec),
}

fn source(subject: Subject, limits: &Limits, problems: &mut Problems) -> Option<Source> {
    match subject {
        Subject::Text(text) if text.len() > limits.max_body_bytes => {
            problems.push(anyhow!(
                "the text has {} bytes, the limit is {} (limits.max_body_bytes)\n  hint: raise the limit, or explain a part",
                text.len(),
                limits.max_body_bytes
            ));
            None
        }
        Subject::Text(text) => Some(Source::Text(text)),
        Subject::Input(path) => inputs::inputs(&[path], problems).0.pop().map(Source::Input),
    }
}

/// What is asked for.
enum Wanted {
    Tone(WantedLabels),
    Topic,
}

fn wanted(options: &ExplainOptions, models: &Models, problems: &mut Problems) -> Option<Wanted> {
    if options.thread {
        if models.topic.is_none() {
            problems
                .push(anyhow!("topic is switched off: nothing to explain\n  hint: set `enabled = true` in [topic]"));
        }
        return Some(Wanted::Topic);
    }
    let Some(tone) = &models.scorers().tone else {
        problems.push(anyhow!("tone is switched off: nothing to explain\n  hint: set `enabled = true` in [tone]"));
        return None;
    };
    let kinds: Vec<ToneModelKind> = options.models.iter().map(|choice| (*choice).into()).collect();
    WantedLabels::find(tone, &options.labels, &kinds)
        .map(Wanted::Tone)
        .map_err(|unknown| problems.extend(unknown.into_iter().map(anyhow::Error::new)))
        .ok()
}

fn look(options: &ExplainOptions, is_single: bool) -> Look {
    let is_coloured = match options.color {
        ColourChoice::Always => true,
        ColourChoice::Never => false,
        ColourChoice::Auto => {
            let stdout = io::stdout();
            stdout.is_terminal() && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
        }
    };
    Look { is_coloured, detail: if is_single { Detail::Full } else { Detail::Compact }, top: options.top }
}

/// A text as the only comment of its thread, with the ids that it would have on the first line of an input.
fn comment(text: &str) -> Comment {
    Comment::new(Origin::new("text".into(), 1), ThreadId::new("1"), CommentId::new("1:1"), Body::new(text))
}

/// How what is found is shown.
#[derive(Clone, Copy)]
struct Shown {
    look: Look,
    json: bool,
    top: usize,
    with_text: bool,
}

impl Shown {
    fn tone(&self, explained: &ExplainedComment, models: &Models) -> Result<String, serde_json::Error> {
        if !self.json {
            return Ok(render(explained, &self.look, models.languages()));
        }
        let ExplainedComment { comment, machine, failure, explanation, .. } = explained;
        let line = ExplanationLine::from(ExplanationParts {
            comment,
            machine: failure.map_or(Ok(machine.as_ref()), Err),
            explanation,
            top: self.top,
            with_text: self.with_text,
            models: models.citations(),
        });
        serde_json::to_string(&line).map(|line| line + "\n")
    }

    fn topic(&self, explained: &TopicExplained, models: &Models) -> Result<String, serde_json::Error> {
        if !self.json {
            return Ok(explain_topic_text::render(explained, self.with_text, models.languages()));
        }
        let TopicExplained { comment, machine, failure, topic, article, parent, .. } = explained;
        let line = TopicExplanationLine::from(TopicExplanationParts {
            comment,
            machine: failure.map_or(Ok(machine.as_ref()), Err),
            topic,
            article: article.as_deref(),
            parent: parent.as_ref().map_or("", |parent| parent.text()),
            with_text: self.with_text,
            models: models.citations(),
        });
        serde_json::to_string(&line).map(|line| line + "\n")
    }
}

/// Explains an item, and says what is shown of it.
type Explain = Box<dyn FnMut(Item) -> Result<ExplainedItem<String>, serde_json::Error>>;

/// Explains items and prints what it finds, each as soon as it can.
struct Printer {
    explain: Explain,
    sink: LineSink,
    dead_letters: u64,
    broke_off: bool,
}

impl Printer {
    fn explain_all(mut self, items: impl Iterator<Item = Item>) -> Result<Exit, Failure> {
        for item in items {
            match (self.explain)(item).map_err(Failure::one)? {
                ExplainedItem::Thread | ExplainedItem::Aside => {}
                ExplainedItem::Reject(reject) => self.tell(&reject),
                ExplainedItem::Comment(shown) => match self.sink.write(shown.as_bytes()) {
                    Ok(()) => {}
                    Err(SinkError::Closed { .. }) => return Ok(Exit::Done),
                    Err(error) => return Err(Failure::one(error)),
                },
            }
        }
        Ok(if self.broke_off { Exit::NeedsALook } else { Exit::Done })
    }

    fn tell(&mut self, reject: &Reject) {
        self.broke_off |= reject.kind == RejectKind::Unreadable;
        self.dead_letters += 1;
        if self.dead_letters <= TOLD_DEAD_LETTERS {
            let (at, kind) = (reject.origin.to_string(), reject.kind.name());
            tracing::warn!(at, kind, detail = &*reject.detail, "dead letter");
        } else if self.dead_letters == TOLD_DEAD_LETTERS + 1 {
            tracing::warn!("further dead letters are not told");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(argument: &str, is_text: bool) {
        let found =
            text_or_file(OsStr::new(argument), |path| path == Path::new("notes") || path == Path::new("a b.txt"));
        let expected = if is_text { Subject::Text(argument.into()) } else { Subject::Input(argument.into()) };
        assert_eq!(found.unwrap_or_else(|error| panic!("{argument}: {error}")), expected, "{argument}");
    }

    #[test]
    fn an_argument_is_a_file_if_there_is_one_and_else_a_text() {
        for file in ["notes", "a b.txt", "-"] {
            check(file, false);
        }
        for text in
            ["note", "Read notes.txt and/or /etc/hosts", "either/or", "Fine.", "", " ", "no.way", "Où ?", "-- no"]
        {
            check(text, true);
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_not_taken_for_a_text() {
        for argument in ["gone.jsonl", "Gone.CSV.GZ", "./gone", "/gone", "../gone", "~/gone"] {
            let error = text_or_file(OsStr::new(argument), |_| false).unwrap_err().to_string();
            assert!(error.contains(argument) && error.contains("hint: ") && error.contains("--text"), "{error}");
        }
    }
}
