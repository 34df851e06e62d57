//! Records and dead letters as lines, in the order of the comments.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::pipeline::{Answers, Tally};
use crate::wire::dead_letter::DeadLetter;
use crate::wire::summary::InputSummary;

/// A line that holds a dead letter.
#[derive(Serialize)]
struct DeadLetterLine<'a> {
    dead_letter: DeadLetter<'a>,
}

/// The last line of a stream that came to its end.
#[derive(Serialize)]
struct SummaryLine<'a> {
    summary: StreamSummary<'a>,
}

/// What became of a request's items; the names are those of a run's summary.
#[derive(Serialize)]
struct StreamSummary<'a> {
    read: u64,
    records: u64,
    dead_letters: u64,
    threads: u64,
    skipped: &'a BTreeMap<String, u64>,
    by_action: &'a BTreeMap<String, u64>,
    by_language: &'a BTreeMap<String, u64>,
    by_tone: &'a BTreeMap<String, u64>,
    dead_letters_by_kind: &'a BTreeMap<String, u64>,
    machine_translations: u64,
    translation_failures_by_kind: &'a BTreeMap<String, u64>,
    /// How the body was read; none where it is lines of comments.
    inputs: &'a [InputSummary],
}

/// Records with the dead letters between them.
pub(super) fn lines(answers: &Answers) -> Vec<u8> {
    let mut written = Vec::with_capacity(answers.lines.len());
    let mut begin = 0;
    for (reject, place) in answers.rejects.iter().zip(&answers.reject_places) {
        written.extend_from_slice(answers.lines.get(begin..*place).unwrap_or_default());
        begin = *place;
        write_line(&mut written, &DeadLetterLine { dead_letter: DeadLetter::from(reject) });
    }
    written.extend_from_slice(answers.lines.get(begin..).unwrap_or_default());
    written
}

/// Adds the last line.
pub(super) fn write_summary(written: &mut Vec<u8>, tally: &Tally, inputs: &[InputSummary]) {
    let summary = StreamSummary {
        read: tally.read,
        records: tally.records,
        dead_letters: tally.rejects,
        threads: tally.threads,
        skipped: &tally.skipped,
        by_action: &tally.by_action,
        by_language: &tally.by_language,
        by_tone: &tally.by_tone,
        dead_letters_by_kind: &tally.by_kind,
        machine_translations: tally.machine_translations,
        translation_failures_by_kind: &tally.by_translation_failure,
        inputs,
    };
    write_line(written, &SummaryLine { summary });
}

/// Adds a line.
pub(super) fn write_line(written: &mut Vec<u8>, line: &impl Serialize) {
    let length = written.len();
    // Strings, numbers and lists always serialise.
    if serde_json::to_writer(&mut *written, line).is_err() {
        written.truncate(length);
        return;
    }
    written.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Origin, Reject, RejectKind, Stage};

    #[test]
    fn dead_letters_stand_where_their_items_stood() {
        let check = |lines_before: &str, places: &[usize], expected: &[&str]| {
            let reject = |(number, _): (usize, &usize)| Reject {
                origin: Origin::new("request".into(), number as u64 + 1),
                stage: Stage::Read,
                kind: RejectKind::InvalidJson,
                detail: "not JSON".into(),
                raw: None,
            };
            let rejects = places.iter().enumerate().map(reject).collect();
            let answers = Answers {
                lines: lines_before.into(),
                rejects,
                reject_places: places.to_vec(),
                tally: Tally::default(),
            };
            let written = String::from_utf8(lines(&answers)).unwrap();
            let shown: Vec<&str> =
                written.lines().map(|line| if line.starts_with("{\"dead_letter\"") { "dead" } else { line }).collect();
            assert_eq!(shown, expected);
        };
        check("", &[], &[]);
        check("a\nb\n", &[], &["a", "b"]);
        check("a\nb\n", &[0, 2, 4], &["dead", "a", "dead", "b", "dead"]);
        check("", &[0, 0], &["dead", "dead"]);
    }
}
