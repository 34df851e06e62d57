//! Whatever the bytes: the run ends, everything that was read is accounted for, and records are sound.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde_json::Value;
use threadsieve::config::{Plan, parse};
use threadsieve::pipeline::{Authors, Models, Outcome, Outputs, Settings, run};
use threadsieve::sink::LineSink;
use threadsieve::source::{FieldMap, InputSpec, RawInput, RequestedFormat};
use threadsieve::telemetry::Counters;
use threadsieve::translate::Translators;

use crate::support::{number, parse_lines, string};

/// A file in memory.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn sink(&self, name: &str) -> LineSink {
        LineSink::new(name, Box::new(self.clone()))
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("no panic while writing").clone()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic while writing").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn plan() -> Plan {
    let text = "[tone]\nevidence = 3\n[limits]\nmax_line_bytes = 1000\nmax_body_bytes = 500\nmax_reply_depth = 3\n\
                max_comments_per_thread = 4\n";
    parse("test", text).expect("a sound configuration")
}

/// Runs the pipeline on one input: how it ended, its records, and its dead letters.
fn run_on(bytes: &[u8], format: &str, workers: usize) -> (Outcome, Vec<u8>, Vec<u8>) {
    let (records, dead_letters) = (Shared::default(), Shared::default());
    let plan = plan();
    let input = io::Cursor::new(bytes.to_vec());
    let settings = Settings {
        models: Models::load(&plan).expect("models"),
        translators: Translators::default(),
        plan,
        authors: Authors::Keep,
        inputs: vec![InputSpec {
            name: "stdin".to_owned(),
            open: Box::new(move || Ok(RawInput::Stream(Box::new(input.clone())))),
            can_reopen: false,
        }],
        map: FieldMap::default(),
        format: format.parse::<RequestedFormat>().expect("a format"),
        article: None,
        workers,
        max_comments: None,
    };
    let outputs =
        Outputs { records: records.sink("records").into(), dead_letters: Some(dead_letters.sink("dead letters")) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
    let outcome = runtime
        .block_on(run(settings, outputs, Arc::new(Counters::default()), std::future::pending()))
        .expect("nothing that is read ends a run");
    (outcome, records.bytes(), dead_letters.bytes())
}

fn check_span(begin: usize, end: usize, length: usize) {
    assert!(begin <= end && end <= length, "{begin}..{end} of {length}");
}

fn check_record(record: &Value) {
    let length = string(record, "/text").chars().count();
    let mut last = 0;
    for segment in record["segments"].as_array().expect("segments") {
        let (begin, end) = (number(segment, "/begin"), number(segment, "/end"));
        check_span(begin, end, length);
        assert!(last <= begin, "segments in order, without overlap: {record}");
        last = end;
    }
    if record["translation"]["span"].is_array() {
        check_span(number(record, "/translation/span/0"), number(record, "/translation/span/1"), length);
    }
    for evidence in record["tone"]["evidence"].as_array().into_iter().flatten() {
        check_span(number(evidence, "/begin"), number(evidence, "/end"), length);
    }
    let tone = record["tone"]["scores"].as_object().into_iter().flat_map(|scores| scores.values());
    let candidates = record["language"]["candidates"].as_array().into_iter().flatten().map(|one| &one["p"]);
    let relevance = record["topic"]["relevance"].as_object().into_iter().flat_map(|scores| scores.values());
    let single =
        [&record["topic"]["off_topic"], &record["language"]["confidence"], &record["translation"]["untranslated"]];
    for score in tone.chain(candidates).chain(relevance).chain(single).filter(|score| !score.is_null()) {
        let score = score.as_f64().unwrap_or(f64::NAN);
        assert!((0.0..=1.0).contains(&score), "{score} in {record}");
    }
    for (field, score) in [("tone", "scores"), ("topic", "off_topic")] {
        assert_ne!(record[field][score].is_null(), record[field]["absent"].is_null(), "{field}: {record}");
    }
    assert!(!record["decision"]["reasons"].as_array().expect("reasons").is_empty());
}

fn check(bytes: &[u8], format: &str, workers: usize) {
    let (outcome, records, dead_letters) = run_on(bytes, format, workers);
    let tally = &outcome.tally;
    assert_eq!(tally.read, tally.records + tally.rejects);
    let parsed = parse_lines(&records);
    assert_eq!(parsed.len() as u64, tally.records);
    assert_eq!(parse_lines(&dead_letters).len() as u64, tally.rejects);
    assert_eq!(tally.by_kind.get("scoring_failed"), None, "a panic while scoring");
    assert!(!outcome.is_interrupted && !outcome.is_closed);
    parsed.iter().for_each(check_record);
    if workers > 1 {
        let (alone, records_alone, dead_letters_alone) = run_on(bytes, format, 1);
        assert_eq!(&alone.tally, tally);
        assert!(records_alone == records && dead_letters_alone == dead_letters, "other bytes with one worker");
    }
}

/// Pieces of which inputs are made that get further than chance bytes.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let fixed = |piece: &'static [u8]| Just(piece.to_vec());
    prop_oneof![
        2 => proptest::collection::vec(any::<u8>(), 0..30),
        4 => ".{0,40}".prop_map(String::into_bytes),
        4 => "[a-z \\n“”'.,…]{0,60}".prop_map(String::into_bytes),
        4 => ("[ab]", "[abc]", "\\PC{0,60}").prop_map(|(id, parent, text)| {
            let line = serde_json::json!({ "id": id, "parent_id": parent, "text": text });
            format!("\n{line}\n").into_bytes()
        }),
        4 => "\\PC{0,80}".prop_map(|text| format!("\n{}\n", serde_json::json!({ "text": text })).into_bytes()),
        1 => fixed(b"\n{\"comments\":[{\"text\":\"a\",\"replies\":[{\"text\":\"b\",\"replies\":[]}]},5]}\n"),
        1 => fixed(b"\n{\"type\":\"thread\",\"title\":\"Lamps\",\"article\":\"The lamps are dark.\"}\n"),
        1 => fixed("\nKod nas ulica nije osvetljena već dve godine.\nMachine Translation:\nOur street is dark.\n".as_bytes()),
        1 => fixed("Ко год је био на мосту зна колико је горе хладно. ``код`` https://example.org/a ".as_bytes()),
        1 => fixed(b"id,text\n"),
        1 => fixed(b"\""),
        1 => fixed(b"\r\n"),
        1 => fixed(b"{\"text\":\""),
        1 => fixed(b"\x1f\x8b"),
        1 => fixed(b"\x28\xb5\x2f\xfd"),
        1 => fixed(b"\xef\xbb\xbf"),
    ]
}

fn inputs() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => proptest::collection::vec(any::<u8>(), 0..2_000),
        3 => proptest::collection::vec(pieces(), 0..40).prop_map(|pieces| pieces.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_accounted_for(
        bytes in inputs(),
        format in prop_oneof![3 => Just("auto"), 1 => Just("jsonl"), 1 => Just("csv"), 1 => Just("page")],
        workers in prop_oneof![Just(1_usize), Just(2), Just(7)],
    ) {
        check(&bytes, format, workers);
    }
}

#[test]
fn inputs_that_once_were_trouble_elsewhere() {
    for bytes in [
        &b""[..],
        b"\n",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf{\"text\":\"a\"}",
        b"{\"text\":\"\\u0000\\uffff\"}",
        b"id,text\n\"",
        "{\"text\":\"“”“”\u{301}\u{200d}👩‍👩‍👧 ﷽\"}\n".as_bytes(),
        b"{\"text\":\"a\\n\\nMachine Translation:\\n\"}\n{\"text\":\"Machine Translation:\"}",
        b"{\"text\":\"```\"}\n{\"text\":\"`` ` ```\"}",
    ] {
        for format in ["auto", "jsonl", "csv", "page"] {
            check(bytes, format, 2);
        }
    }
}
