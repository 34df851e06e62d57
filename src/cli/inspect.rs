//! `threadsieve inspect`.

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use crate::domain::RejectKind;
use crate::language::Detector;
use crate::source::Inputs;
use crate::survey::Inspection;
use crate::wire::summary::InputSummary;

use super::failure::{Exit, Failure};
use super::inputs::{Problems, ReadOptions};
use super::summary::counts;

/// What `inspect` takes.
#[derive(Debug, Args)]
#[command(after_help = "Nothing is scored: this shows what an export was recognised as and how it was understood.\n\n\
    Examples:\n  \
    threadsieve inspect export.xml.gz\n  \
    threadsieve inspect data.json --map comments=data.items[] --map text=content.body --comments 1000\n\n\
    Exit codes: 0 done; 1 an input could not be read to its end; 2 could not run.")]
pub(super) struct InspectOptions {
    #[command(flatten)]
    read: ReadOptions,

    /// Stop after so many comments
    #[arg(long, value_name = "N")]
    comments: Option<u64>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    inputs: &'a [InputSummary],
    is_whole: bool,
    #[serde(flatten)]
    inspection: &'a Inspection,
}

/// Reads an export and shows what is in it.
pub(super) fn inspect(options: &InspectOptions) -> Result<Exit, Failure> {
    let mut problems = Problems::new();
    let settings = options.read.settings(&mut problems);
    let specs = options.read.specs(&mut problems);
    let (Some(settings), true) = (settings, problems.is_empty()) else { return Err(Failure::all(problems)) };
    let max_ids = settings.limits.max_ids;
    let detector = Detector::shipped();
    let mut inspection = Inspection::default();
    let mut inputs = Inputs::new(specs, settings);
    let mut is_whole = true;
    while let Some(item) = inputs.next_item() {
        inspection.add(&item, &detector, max_ids);
        if options.comments.is_some_and(|most| inspection.comments >= most) {
            is_whole = false;
            break;
        }
    }
    let broke_off = inspection.rejects.contains_key(RejectKind::Unreadable.name());
    let summaries = inputs.summaries();
    let shown = Shown { inputs: &summaries, is_whole, inspection: &inspection };
    let text = if options.json {
        let mut text = serde_json::to_string_pretty(&shown).map_err(Failure::one)?;
        text.push('\n');
        text
    } else {
        render(&shown)
    };
    super::print(&text)?;
    Ok(if broke_off { Exit::NeedsALook } else { Exit::Done })
}

fn render(shown: &Shown<'_>) -> String {
    let found = shown.inspection;
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<13} {value}");
    };
    for input in shown.inputs {
        line("format", format!("{} ({})", input.format, input.source));
    }
    let end = if shown.is_whole { "" } else { " so far (--comments)" };
    let at_least = if found.ids_forgotten { "at least " } else { "" };
    line("threads", format!("{at_least}{}", found.threads));
    line("headers", format!("{}, {} with the text of an article or post", found.headers, found.headers_with_text));
    line("comments", format!("{}{end}", found.comments));
    line("replies", format!("{}, depth {}", found.replies, found.depth));
    line("languages", counts(&found.languages));
    let dates = found.dates.as_ref().map_or_else(|| "none".to_owned(), |(first, last)| format!("{first} to {last}"));
    line("dates", dates);
    line("decisions", counts(&found.decisions));
    line("reasons", counts(&found.reasons));
    line("labels", counts(&found.labels));
    line("left out", counts(&found.skipped));
    line("dead letters", counts(&found.rejects));
    for first in &found.first_rejects {
        line("", first.clone());
    }
    let odd: Vec<String> = [
        (found.parents_missing, "replies without their parent"),
        (found.repeated_ids, "repeated ids"),
        (found.without_words, "without words"),
        (found.without_author, "without an author"),
        (found.without_date, "without a date that is understood"),
        (found.with_quotes, "with marked quotes"),
        (found.with_code, "with marked code"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    line("oddities", if odd.is_empty() { "none".to_owned() } else { odd.join(", ") });
    for first in &found.first {
        text.push('\n');
        let parent = first.parent_id.as_ref().map(|parent| format!(", answers {parent}")).unwrap_or_default();
        let by = first.author.as_ref().map(|author| format!(", by {author}")).unwrap_or_default();
        let at = first.created_at.as_ref().map(|time| format!(", {time}")).unwrap_or_default();
        let _ = writeln!(text, "{}: comment {} of thread {}{parent}{by}{at}", first.origin, first.id, first.thread_id);
        for part in first.text.lines() {
            // A terminal must not obey what somebody wrote.
            let part: String = part.chars().filter(|character| !character.is_control()).collect();
            let _ = writeln!(text, "  {part}");
        }
    }
    text
}
