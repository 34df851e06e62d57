//! Whatever the bytes: the run ends, everything that was read is accounted for, and records are sound.

use proptest::prelude::*;
use serde_json::Value;
use threadsieve::source::RequestedFormat;
use threadsieve::text::contact_details::ContactDetails;

use crate::fuzz_corpus::corpus;
use crate::support::in_memory::{Written, cases, run_on};
use crate::support::{number, string};

const CONFIG: &str = "[tone]\nevidence = 3\n[limits]\nmax_line_bytes = 1000\nmax_body_bytes = 500\nmax_reply_depth = 3\n\
                      max_comments_per_thread = 4\n";

fn run(bytes: &[u8], format: &str, workers: usize) -> Written {
    run_on(CONFIG, &[("stdin", bytes)], format, workers)
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
    let written = run(bytes, format, workers);
    let tally = &written.outcome.tally;
    assert_eq!(tally.read, tally.records + tally.rejects);
    let records = written.records();
    assert_eq!(records.len() as u64, tally.records);
    assert_eq!(written.letters().len() as u64, tally.rejects);
    assert_eq!(tally.by_kind.get("scoring_failed"), None, "a panic while scoring");
    assert!(!written.outcome.is_interrupted && !written.outcome.is_closed);
    records.iter().for_each(check_record);
    if workers > 1 {
        let alone = run(bytes, format, 1);
        assert_eq!(&alone.outcome.tally, tally);
        let is_same = alone.records == written.records && alone.dead_letters == written.dead_letters;
        assert!(is_same, "other bytes with one worker");
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

/// Pieces of exports, whole ones among them; how they follow each other makes them broken or not.
fn export_pieces() -> impl Strategy<Value = Vec<u8>> {
    let files = [
        "discourse",
        "disqus",
        "hacker_news",
        "hacker_news_items",
        "lemmy",
        "mastodon",
        "reddit",
        "reddit_thread",
        "wxr",
        "youtube",
        "yt_dlp",
        "coral",
        "json",
        "jigsaw",
        "civil_comments",
        "socc",
        "parquet",
    ];
    let whole: Vec<Vec<u8>> = files
        .iter()
        .flat_map(|target| corpus(target))
        .map(|(_, bytes)| bytes)
        .filter(|bytes| bytes.len() < 20_000)
        .collect();
    let part = proptest::sample::select(whole.clone()).prop_flat_map(|bytes| {
        let length = bytes.len();
        (Just(bytes), 0..=length, 0..=length)
            .prop_map(|(bytes, one, other)| bytes[one.min(other)..one.max(other)].to_vec())
    });
    prop_oneof![3 => proptest::sample::select(whole), 3 => part, 2 => pieces()]
}

fn exports() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(export_pieces(), 0..12).prop_map(|pieces| pieces.concat())
}

fn inputs() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => proptest::collection::vec(any::<u8>(), 0..2_000),
        3 => proptest::collection::vec(pieces(), 0..40).prop_map(|pieces| pieces.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(96), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_accounted_for(
        bytes in inputs(),
        format in prop_oneof![3 => Just("auto"), 1 => Just("jsonl"), 1 => Just("csv"), 1 => Just("page")],
        workers in 1_usize..=9,
    ) {
        check(&bytes, format, workers);
    }

    #[test]
    fn masking_moves_nothing_and_leaves_what_it_did_not_find(
        text in prop_oneof![
            "\\PC{0,80}",
            "[0-9+() ./@a-c\u{e9}\u{2019}-]{0,80}",
            "(tel|ann|\\+44|0[0-9]{3}|[0-9]{2,4}|@|example|\\.org|\\(at\\)| at gmail dot com|[ ./-]){0,20}",
        ],
    ) {
        let details = ContactDetails { emails: true, phones: true };
        let (masked, spans) = (details.masked(&text), details.spans(&text));
        prop_assert_eq!(masked.len(), text.len());
        for ((place, found), (shown_at, shown)) in text.char_indices().zip(masked.char_indices()) {
            prop_assert_eq!(place, shown_at);
            let is_found = spans.iter().any(|span| (span.begin..span.end).contains(&place));
            prop_assert_eq!(found != shown, is_found && found.is_alphanumeric(), "{} at {}", &text, place);
        }
        prop_assert!(spans.iter().all(|span| !span.of(&text).is_empty() && span.end <= text.len()));
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].begin));
        prop_assert_eq!(details.masked_raw(&text).chars().count(), text.chars().count());
    }

    #[test]
    fn any_bytes_are_accounted_for_in_every_format(
        bytes in prop_oneof![1 => inputs(), 3 => exports()],
        format in proptest::sample::select(RequestedFormat::names()),
        workers in 1_usize..=4,
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
