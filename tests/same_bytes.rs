//! Same input, same bytes: whichever way it comes in, and however many threads work on it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::{Value, json};

use crate::support::{Workspace, interleaved_threads, string, strings};

const COMMENTS: usize = 4_000;
const THREADS: usize = 25;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

/// Dead letters without the name of the input, which differs between stdin and a file.
fn dead_letters(workspace: &Workspace, name: &str) -> Vec<Value> {
    let mut letters = workspace.lines(name);
    for letter in &mut letters {
        letter["source"] = Value::Null;
    }
    letters
}

#[test]
fn the_way_in_and_the_number_of_workers_change_nothing() {
    let workspace = Workspace::new();
    let input = interleaved_threads(COMMENTS, THREADS);
    workspace.write("plain.jsonl", &input);
    workspace.write("packed.gz", gzip(input.as_bytes()));
    workspace.write("packed.zst", zstd::encode_all(input.as_bytes(), 1).expect("packed"));
    let run = |arguments: &[&str], stdin: &[u8]| {
        let all = ["run", "--dead-letters", "dead.jsonl"].iter().chain(arguments);
        let ran = workspace.run(all, stdin).expect_code(0);
        (ran.stdout, dead_letters(&workspace, "dead.jsonl"))
    };
    let (records, letters) = run(&["--workers", "1", "plain.jsonl"], b"");
    check_that_the_input_is_worth_it(&crate::support::parse_lines(&records), &letters);
    for (arguments, stdin) in [
        (&["--workers", "8", "plain.jsonl"][..], &b""[..]),
        (&["plain.jsonl"], b""),
        (&[], input.as_bytes()),
        (&["--workers", "3", "-"], input.as_bytes()),
        (&["packed.gz"], b""),
        (&["packed.zst", "--workers", "2"], b""),
        (&[], &gzip(input.as_bytes())),
    ] {
        let (found, found_letters) = run(arguments, stdin);
        assert!(found == records, "{arguments:?}: other records");
        assert_eq!(found_letters, letters, "{arguments:?}");
    }
}

/// The comparison says something only if the input touches everything that depends on earlier comments.
fn check_that_the_input_is_worth_it(records: &[Value], letters: &[Value]) {
    assert_eq!(records.len() + letters.len(), COMMENTS);
    let flags: BTreeSet<&str> = records.iter().flat_map(|record| strings(record, "/flags")).collect();
    for flag in ["duplicate", "link_only", "parent_unknown"] {
        assert!(flags.contains(flag), "no `{flag}` in {flags:?}");
    }
    let codes: BTreeSet<&str> = records.iter().filter_map(|record| record["language"]["code"].as_str()).collect();
    assert!(["en", "de", "sr"].iter().all(|code| codes.contains(code)), "{codes:?}");
    let threads: BTreeSet<&str> = records.iter().map(|record| string(record, "/thread_id")).collect();
    assert_eq!(threads.len(), THREADS);
    let has_quote =
        |record: &&Value| record["segments"].as_array().is_some_and(|all| all.iter().any(|one| one["kind"] == "quote"));
    assert!(records.iter().filter(has_quote).count() > 50);
    assert!(letters.iter().all(|letter| letter["kind"] == "ancestor_cycle"), "{letters:?}");
}

#[test]
fn records_come_in_the_order_of_the_input() {
    let workspace = Workspace::new();
    let input = interleaved_threads(1_000, 7);
    let texts: Vec<Value> = crate::support::parse_lines(input.as_bytes())
        .into_iter()
        .filter(|line| line["type"].is_null())
        .map(|line| line["text"].clone())
        .collect();
    let ran = workspace.run(["run", "--workers", "8", "--dead-letters", "dead.jsonl"], input.as_bytes());
    let headers = input.lines().filter(|line| line.contains("\"type\"")).count();
    let dead: BTreeSet<usize> = workspace
        .lines("dead.jsonl")
        .iter()
        .map(|letter| crate::support::number(letter, "/line") - headers - 1)
        .collect();
    let expected: Vec<&Value> =
        texts.iter().enumerate().filter(|(place, _)| !dead.contains(place)).map(|(_, text)| text).collect();
    let records = ran.expect_code(0).records();
    assert_eq!(records.iter().map(|record| &record["text"]).collect::<Vec<_>>(), expected);
}

#[test]
fn a_thread_on_one_line_is_the_same_as_a_line_each() {
    let comment = |id: &str, parent: Option<&str>, text: &str| json!({ "id": id, "parent_id": parent, "text": text });
    let comments = [
        comment("a", None, "The lamps in our street have been dark since the storm."),
        comment("b", Some("a"), "Ours as well, and nobody has been round to mend them."),
        comment("c", Some("b"), "The lamps in our street have been dark since the storm."),
        comment("d", None, "“The council has ordered new lamps for the harbour.” For the harbour, of course."),
    ];
    let about = json!({ "type": "thread", "thread_id": "t", "title": "Lamps", "language": "en",
        "article": "The council has ordered new lamps for the harbour.\nThey will come in spring." });
    let mut lines = format!("{about}\n");
    for mut comment in comments.clone() {
        comment["thread_id"] = json!("t");
        let _ = writeln!(lines, "{comment}");
    }
    let mut flat = about.clone();
    flat["comments"] = json!(comments);
    let mut nested = about;
    let [mut a, mut b, c, d] = comments;
    b["replies"] = json!([c]);
    a["replies"] = json!([b]);
    nested["comments"] = json!([a, d]);
    let workspace = Workspace::new();
    let expected = workspace.run(["run"], lines.as_bytes()).expect_code(0);
    let records = expected.records();
    assert_eq!(strings(&records[2], "/flags"), ["duplicate"]);
    assert_eq!(string(&records[3], "/segments/0/kind"), "quote");
    for thread in [flat, nested] {
        let ran = workspace.run(["run"], format!("{thread}\n").as_bytes()).expect_code(0);
        assert_eq!(ran.records(), records, "{thread}");
        assert!(ran.stdout == expected.stdout);
    }
}
