//! The closing summary.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use crate::pipeline::Outcome;
use crate::wire::summary::{CascadeSummary, SCHEMA, Summary};

/// The summary of a run that took so many seconds.
pub(super) fn summarise(outcome: Outcome, seconds: f64) -> Summary {
    let tally = outcome.tally;
    let read_now = tally.read.saturating_sub(outcome.read_before.unwrap_or(0));
    Summary {
        schema: SCHEMA,
        read: tally.read,
        records: tally.records,
        dead_letters: tally.rejects,
        threads: tally.threads,
        skipped: tally.skipped,
        by_action: tally.by_action,
        by_language: tally.by_language,
        by_tone: tally.by_tone,
        dead_letters_by_kind: tally.by_kind,
        machine_translations: tally.machine_translations,
        translation_failures: tally.by_translation_failure.values().sum(),
        translation_failures_by_kind: tally.by_translation_failure,
        cascade: {
            let (scored, failures) = (tally.second_scores, tally.sentence_encoder_failures);
            (scored + failures > 0).then_some(CascadeSummary { scored, failures })
        },
        inputs: outcome.inputs,
        interrupted: outcome.is_interrupted,
        resumed_after: outcome.read_before,
        seconds,
        comments_per_second: if seconds > 0.0 { (read_now as f64 / seconds).round() } else { 0.0 },
    }
}

/// The summary for people.
pub(super) fn render(summary: &Summary) -> String {
    let mut text = String::new();
    let read = format!("{} items", summary.read);
    let formats: Vec<String> =
        summary.inputs.iter().map(|input| format!("{} as {}", input.source, input.format)).take(3).collect();
    let more = summary.inputs.len().saturating_sub(formats.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let from = if formats.is_empty() { String::new() } else { format!(" from {}{more}", formats.join(", ")) };
    let _ = writeln!(text, "read          {read}{from}");
    let _ = writeln!(text, "action        {}", counts(&summary.by_action));
    let _ = writeln!(text, "language      {}", counts(&summary.by_language));
    let _ = writeln!(text, "tone          {}", counts(&summary.by_tone));
    let kinds =
        if summary.dead_letters == 0 { String::new() } else { format!(" ({})", counts(&summary.dead_letters_by_kind)) };
    let _ = writeln!(text, "dead letters  {}{kinds}", summary.dead_letters);
    if !summary.skipped.is_empty() {
        let _ = writeln!(text, "left out      {}", counts(&summary.skipped));
    }
    if summary.machine_translations + summary.translation_failures > 0 {
        let failures = match summary.translation_failures {
            0 => String::new(),
            failed => format!(", {failed} failed and wait ({})", counts(&summary.translation_failures_by_kind)),
        };
        let _ = writeln!(text, "translation   {} by machine{failures}", summary.machine_translations);
    }
    if let Some(CascadeSummary { scored, failures }) = summary.cascade {
        let failures =
            if failures == 0 { String::new() } else { format!(", {failures} not encoded: their first score stands") };
        let _ = writeln!(text, "cascade       {scored} scored again{failures}");
    }
    let _ = writeln!(text, "speed         {:.0} comments/s, {:.2} s", summary.comments_per_second, summary.seconds);
    if let Some(before) = summary.resumed_after {
        let _ = writeln!(
            text,
            "resumed       after {before} items; the speed is that of what came after, with reading up to there"
        );
    }
    if summary.interrupted {
        text.push_str("interrupted: the rest of the input was not read\n");
    }
    text
}

/// Counts by name, most first; ties by name.
pub(super) fn counts<N: Display + Ord>(counts: &BTreeMap<N, u64>) -> String {
    let mut sorted: Vec<(&N, &u64)> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let shown: Vec<String> = sorted.into_iter().map(|(name, count)| format!("{name} {count}")).collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_from_most_to_least() {
        let map = BTreeMap::from([("b".to_owned(), 2), ("a".to_owned(), 2), ("c".to_owned(), 9)]);
        assert_eq!(counts(&map), "c 9, a 2, b 2");
        assert_eq!(counts(&BTreeMap::<String, u64>::new()), "none");
    }
}
