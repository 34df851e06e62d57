//! `threadsieve labels export` and `threadsieve labels delete`: out of the label store of a server.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::feedback::{Deleted, ExportFilter, JudgedText, LabelReader, StoreError, Whose, delete};
use crate::sink::{LineSink, SinkError};

use super::failure::{Exit, Failure};
use super::outputs::{self, Taken};

/// Rows are written in pieces of about so many bytes.
const PIECE_BYTES: usize = 64 << 10;

/// What can be done with a label store.
#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Writes what a server's label store holds as rows that train, evaluate and calibrate read
    Export(ExportOptions),
    /// Deletes what a server's label store holds of a comment or an author
    Delete(DeleteOptions),
}

/// What `labels export` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "A row is a text with its labels, {\"id\", \"source\", \"text\", \"language\", \"labels\": {\"toxicity\": 1, …}, …}; source is the \
    community. The store may be in use meanwhile. docs/feedback.md has its columns.\n\n\
    Examples:\n  \
    threadsieve labels export --store labels.db --out ours.jsonl\n  \
    threadsieve labels export --store labels.db --community Coral:https://forum.example.org --label toxicity --out ours.jsonl\n\n\
    Exit codes: 0 done; 1 there was nothing to export; 2 could not run."
)]
pub(super) struct ExportOptions {
    /// The label store
    #[arg(long, value_name = "FILE")]
    store: PathBuf,

    /// Only what moderators of this community said; empty, of those that named none
    #[arg(long, value_name = "COMMUNITY")]
    community: Option<String>,

    /// Only this label
    #[arg(long, value_name = "LABEL")]
    label: Option<String>,

    /// Only the comment that its client calls so
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,

    /// Only comments of this author
    #[arg(long, value_name = "AUTHOR")]
    author: Option<String>,

    /// Only what came at this time or later, such as 2026-11-30 or 2026-11-30T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<SystemTime>,

    /// From which value on a text has a label: it is 1 then, and 0 below
    #[arg(long, default_value = "0.5", value_parser = threshold, value_name = "VALUE")]
    threshold: f64,

    /// Also judgements of parts of a text, each part as a row of its own
    #[arg(long)]
    spans: bool,

    /// Where the rows go; `-` or none is stdout
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What `labels delete` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "What is deleted is overwritten in the file, and the log beside it is emptied; a server may have the store open \
    meanwhile. Backups and exports are yours to look after.\n\n\
    Examples:\n  \
    threadsieve labels delete --store labels.db --token comment:1fa2\n  \
    threadsieve labels delete --store labels.db --author user-17 --community forum.example.org\n\n\
    Exit codes: 0 deleted; 1 there was nothing to delete, or traces are left for now; 2 could not run."
)]
pub(super) struct DeleteOptions {
    /// The label store
    #[arg(long, value_name = "FILE")]
    store: PathBuf,

    #[command(flatten)]
    whose: WhoseOptions,

    /// Only what moderators of this community said; empty, of those that named none
    #[arg(long, value_name = "COMMUNITY")]
    community: Option<String>,
}

/// One of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct WhoseOptions {
    /// The comment that its client calls so
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,

    /// All comments of this author
    #[arg(long, value_name = "AUTHOR")]
    author: Option<String>,
}

fn moment(text: &str) -> Result<SystemTime, String> {
    let midnight = format!("{text}T00:00:00Z");
    let moment = humantime::parse_rfc3339_weak(text).or_else(|_| humantime::parse_rfc3339_weak(&midnight));
    moment.map_err(|_| "not a time such as 2026-11-30 or 2026-11-30T08:00:00Z".to_owned())
}

fn threshold(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err("not a number above 0 and up to 1, such as 0.5".to_owned()),
    }
}

/// Does what was asked for.
pub(super) fn run(command: &StoreCommand) -> Result<Exit, Failure> {
    match command {
        StoreCommand::Export(options) => export(options),
        StoreCommand::Delete(options) => delete_judgements(options),
    }
}

/// A row of training data.
#[derive(Debug, Serialize)]
struct Row<'t> {
    id: String,
    source: &'t str,
    text: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'t str>,
    labels: BTreeMap<&'t str, u8>,
    /// As they were given: what the labels were made of.
    values: BTreeMap<&'t str, f64>,
    time: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    models: &'t BTreeMap<String, String>,
}

impl<'t> Row<'t> {
    fn of(text: &'t JudgedText, threshold: f64) -> Self {
        let mut id = text.client_token.clone().unwrap_or_else(|| format!("request-{}", text.submission));
        if let Some((begin, end)) = text.span {
            let _ = write!(id, "#{begin}-{end}");
        }
        let values = text.labels.iter().map(|(label, value)| (&**label, value.get()));
        let time = UNIX_EPOCH + Duration::from_secs(text.unix_seconds.min(LAST_SECOND));
        Self {
            id,
            source: &text.community,
            text: &text.text,
            // A text of several has no one language.
            language: match text.languages.as_slice() {
                [only] => only.split('-').next(),
                _ => None,
            },
            labels: values.clone().map(|(label, value)| (label, u8::from(value >= threshold))).collect(),
            values: values.collect(),
            time: humantime::format_rfc3339_seconds(time).to_string(),
            models: &text.models,
        }
    }
}

/// The last one of the year 9999: later ones cannot be written down.
const LAST_SECOND: u64 = 253_402_300_799;

/// Why an export breaks off.
enum Broken {
    Store(StoreError),
    Output(SinkError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SinkError> for Broken {
    fn from(error: SinkError) -> Self {
        Self::Output(error)
    }
}

fn export(options: &ExportOptions) -> Result<Exit, Failure> {
    let mut problems = Vec::new();
    let taken = Taken::read([options.store.as_path()].into_iter(), false);
    outputs::check_outputs(options.out.as_deref(), [None, None], taken, &mut problems);
    let reader = LabelReader::open(&options.store).map_err(|error| problems.push(error.into())).ok();
    let (Some(mut reader), true) = (reader, problems.is_empty()) else { return Err(Failure::all(problems)) };
    let out = outputs::output(options.out.as_deref(), &mut problems);
    let Some(mut out) = out else { return Err(Failure::all(problems)) };
    let since = options.since.and_then(|since| since.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let filter = ExportFilter {
        community: options.community.clone(),
        label: options.label.clone(),
        client_token: options.token.clone(),
        author: options.author.clone(),
        since_unix_seconds: since.as_secs(),
        with_spans: options.spans,
    };
    let mut counts = Counts::default();
    match write_rows(&mut reader, &filter, options.threshold, &mut out, &mut counts) {
        Ok(()) => {}
        // Whoever read the rows has seen enough.
        Err(Broken::Output(SinkError::Closed { .. })) => return Ok(Exit::Done),
        Err(Broken::Output(error)) => return Err(Failure::one(error)),
        Err(Broken::Store(error)) => return Err(Failure::one(error)),
    }
    tell(&counts.table());
    Ok(if counts.rows == 0 { Exit::NeedsALook } else { Exit::Done })
}

fn write_rows(
    reader: &mut LabelReader,
    filter: &ExportFilter,
    threshold: f64,
    out: &mut LineSink,
    counts: &mut Counts,
) -> Result<(), Broken> {
    let mut lines = Vec::new();
    reader.for_each::<Broken>(filter, |text| {
        let row = Row::of(&text, threshold);
        counts.add(&row);
        // Strings and finite numbers always serialise.
        if serde_json::to_writer(&mut lines, &row).is_ok() {
            lines.push(b'\n');
        }
        if lines.len() >= PIECE_BYTES {
            out.write(&std::mem::take(&mut lines))?;
        }
        Ok(())
    })?;
    out.write(&lines)?;
    out.finish()?;
    Ok(())
}

/// What was exported.
#[derive(Debug, Default)]
struct Counts {
    rows: u64,
    communities: BTreeMap<String, u64>,
    /// For each label the rows that have it, and the rows where it is known.
    labels: BTreeMap<String, (u64, u64)>,
}

impl Counts {
    fn add(&mut self, row: &Row<'_>) {
        self.rows += 1;
        *self.communities.entry(row.source.to_owned()).or_default() += 1;
        for (label, has_it) in &row.labels {
            let (has, known) = self.labels.entry((*label).to_owned()).or_default();
            *has += u64::from(*has_it);
            *known += 1;
        }
    }

    /// For people.
    fn table(&self) -> String {
        let mut text = format!("rows          {}\n", self.rows);
        for (community, rows) in &self.communities {
            let name = if community.is_empty() { "(none named)" } else { community };
            let _ = writeln!(text, "community     {name} {rows}");
        }
        let labels = self.labels.iter().map(|(name, (has, known))| format!("{name} {has} of {known}"));
        let labels = labels.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "labels        {}", if labels.is_empty() { "none" } else { &labels });
        if self.rows == 0 {
            text.push_str("nothing in the store is as was asked for\n");
        }
        text
    }
}

fn delete_judgements(options: &DeleteOptions) -> Result<Exit, Failure> {
    let WhoseOptions { token, author } = &options.whose;
    let token = token.clone().map(Whose::Token);
    let whose = token.or_else(|| author.clone().map(Whose::Author));
    let whose = whose.ok_or_else(|| Failure::one(anyhow!("neither --token nor --author")))?;
    let deleted = delete(&options.store, &whose, options.community.as_deref())
        .context("nothing was deleted")
        .map_err(Failure::one)?;
    let Deleted { judgements, texts, files_are_clean } = deleted;
    super::print(&format!("deleted {judgements} judgements of {texts} texts\n"))?;
    if judgements == 0 {
        tell(
            "nothing in the store is of that comment or author\n  hint: names are told apart by case, and a whole one is needed\n",
        );
    }
    if !files_are_clean {
        tell(&format!(
            "warning: the words still stand in the log beside {}, which somebody is reading\n  hint: run the same command again when that has \
             ended\n",
            options.store.display()
        ));
    }
    Ok(if judgements == 0 || !files_are_clean { Exit::NeedsALook } else { Exit::Done })
}

fn tell(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_days_or_moments() {
        let seconds =
            |text| moment(text).ok().and_then(|moment| moment.duration_since(UNIX_EPOCH).ok()).map(|age| age.as_secs());
        assert_eq!(seconds("1970-01-02"), Some(86_400));
        assert_eq!(seconds("1970-01-02T00:00:01Z"), Some(86_401));
        assert_eq!(seconds("1970-01-02 00:00:01"), Some(86_401));
        for text in ["", "yesterday", "1970-13-01", "2026"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_threshold_lets_something_pass_and_something_not() {
        assert_eq!((threshold("0.5"), threshold("1")), (Ok(0.5), Ok(1.0)));
        for text in ["0", "1.1", "-1", "NaN", "", "half"] {
            assert!(threshold(text).is_err(), "{text}");
        }
    }
}
