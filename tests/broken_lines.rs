//! Broken lines become dead letters, each counted, and the run goes on.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Workspace, number, string};

/// One line in so many is broken.
const BROKEN_EVERY: usize = 100;
const MAX_LINE_BYTES: usize = 2_000;
const MAX_BODY_BYTES: usize = 400;

/// What is done to a line, with the kind of dead letter that it becomes.
const BREAKS: &[(&str, &str)] = &[
    ("not an object", "invalid_json"),
    ("cut off", "invalid_json"),
    ("not UTF-8", "invalid_utf8"),
    ("no text", "missing_text"),
    ("text is a number", "invalid_field"),
    ("id is a list", "invalid_field"),
    ("a long text", "body_too_long"),
    ("a long line", "line_too_long"),
    ("an id again", "duplicate_id"),
    ("its own parent", "ancestor_cycle"),
    ("a parent below it", "ancestor_cycle"),
];

fn good_line(place: usize) -> Vec<u8> {
    let thread = format!("t{}", place % 40);
    let mut comment =
        json!({ "thread_id": thread, "id": format!("c{place}"), "text": format!("Lamp {place} is dark") });
    // The line before a broken one answers it: if the broken one answers back, that is a circle.
    if place % BROKEN_EVERY == BROKEN_EVERY - 2 {
        comment["thread_id"] = json!("circles");
        comment["parent_id"] = json!(format!("c{}", place + 1));
    }
    format!("{comment}\n").into_bytes()
}

fn broken_line(place: usize, how: &str) -> Vec<u8> {
    let id = format!("c{place}");
    let line = match how {
        "not an object" => "lamps and fences\n".to_owned(),
        "cut off" => format!("{{\"id\":\"{id}\",\"text\":\"Lamp\n"),
        "not UTF-8" => return [b"{\"text\":\"Lamp ", &[0xff, 0xc3][..], b"\"}\n"].concat(),
        "no text" => format!("{{\"id\":\"{id}\",\"text\":null}}\n"),
        "text is a number" => format!("{{\"id\":\"{id}\",\"text\":5}}\n"),
        "id is a list" => "{\"id\":[1],\"text\":\"Lamp\"}\n".to_owned(),
        "a long text" => format!("{{\"id\":\"{id}\",\"text\":\"{}\"}}\n", "x".repeat(MAX_BODY_BYTES + 1)),
        "a long line" => format!("{{\"id\":\"{id}\",\"text\":\"{}\"}}\n", "x".repeat(MAX_LINE_BYTES)),
        "an id again" => {
            let earlier = place - BROKEN_EVERY / 2;
            format!("{{\"thread_id\":\"t{}\",\"id\":\"c{earlier}\",\"text\":\"Lamp\"}}\n", earlier % 40)
        }
        "its own parent" => format!("{{\"id\":\"{id}\",\"parent_id\":\"{id}\",\"text\":\"Lamp\"}}\n"),
        "a parent below it" => {
            format!(
                "{{\"thread_id\":\"circles\",\"id\":\"{id}\",\"parent_id\":\"c{}\",\"text\":\"Lamp\"}}\n",
                place - 1
            )
        }
        other => panic!("no such break: {other}"),
    };
    line.into_bytes()
}

/// So many lines, and how many of them become dead letters of each kind.
fn generate(lines: usize) -> (Vec<u8>, BTreeMap<&'static str, usize>) {
    let mut bytes = Vec::new();
    let mut kinds = BTreeMap::new();
    for place in 0..lines {
        if place % BROKEN_EVERY == BROKEN_EVERY - 1 {
            let (how, kind) = BREAKS[place / BROKEN_EVERY % BREAKS.len()];
            *kinds.entry(kind).or_default() += 1;
            bytes.extend(broken_line(place, how));
        } else {
            bytes.extend(good_line(place));
        }
    }
    (bytes, kinds)
}

fn count_kinds(letters: &[Value]) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for letter in letters {
        *kinds.entry(string(letter, "/kind")).or_default() += 1;
    }
    kinds
}

fn workspace_with_small_limits() -> Workspace {
    let workspace = Workspace::new();
    let limits = format!("[limits]\nmax_line_bytes = {MAX_LINE_BYTES}\nmax_body_bytes = {MAX_BODY_BYTES}\n");
    workspace.write("pipeline.toml", limits);
    workspace
}

#[test]
fn of_100_000_lines_none_is_lost() {
    const LINES: usize = 100_000;
    let workspace = workspace_with_small_limits();
    let (bytes, kinds) = generate(LINES);
    workspace.write("comments.jsonl", bytes);
    let arguments =
        ["run", "comments.jsonl", "-o", "out.jsonl", "--dead-letters", "dead.jsonl", "--summary", "sum.json"];
    let ran = workspace.run(arguments, b"").expect_code(0);
    assert!(ran.stdout.is_empty());

    let letters = workspace.lines("dead.jsonl");
    let records = workspace.read("out.jsonl").split_inclusive(|byte| *byte == b'\n').count();
    assert_eq!(letters.len(), LINES / BROKEN_EVERY);
    assert_eq!(records + letters.len(), LINES);
    assert_eq!(count_kinds(&letters), kinds);
    let places: Vec<usize> = letters.iter().map(|letter| number(letter, "/line")).collect();
    assert_eq!(places, (1..=LINES / BROKEN_EVERY).map(|block| block * BROKEN_EVERY).collect::<Vec<_>>());

    let summary = &workspace.lines("sum.json")[0];
    assert_eq!(string(summary, "/schema"), "threadsieve.summary/1");
    assert_eq!(number(summary, "/read"), LINES);
    assert_eq!(number(summary, "/records"), records);
    assert_eq!(number(summary, "/dead_letters"), letters.len());
    assert_eq!(summary["dead_letters_by_kind"], json!(kinds));
    assert_eq!(summary["inputs"], json!([{ "source": "comments.jsonl", "format": "jsonl" }]));
    for by in ["by_action", "by_language", "by_tone"] {
        let counts = summary[by].as_object().expect("counts").values().filter_map(Value::as_u64).sum::<u64>();
        assert_eq!(counts, records as u64, "{by}");
    }
}

#[test]
fn strict_ends_with_1_after_the_same_work() {
    let workspace = workspace_with_small_limits();
    let (bytes, kinds) = generate(3_000);
    let plain = workspace.run(["run", "--dead-letters", "plain.jsonl"], &bytes).expect_code(0);
    let strict = workspace.run(["run", "--strict", "--dead-letters", "strict.jsonl"], &bytes).expect_code(1);
    assert_eq!(plain.stdout, strict.stdout);
    assert_eq!(workspace.read("plain.jsonl"), workspace.read("strict.jsonl"));
    assert_eq!(count_kinds(&workspace.lines("strict.jsonl")), kinds);
    workspace.run(["run", "--strict"], b"{\"text\":\"Nothing is wrong here.\"}\n").expect_code(0);
}

#[test]
fn without_a_file_the_first_dead_letters_are_told_on_stderr() {
    let workspace = workspace_with_small_limits();
    let ran = workspace.run(["run"], &generate(3_000).0).expect_code(0);
    assert_eq!(ran.stderr.matches("dead letter at=").count(), 20, "{}", ran.stderr);
    assert!(ran.stderr.contains("at=\"stdin:100\""), "{}", ran.stderr);
    assert!(ran.stderr.contains("--dead-letters FILE keeps all"), "{}", ran.stderr);
    assert!(ran.stderr.contains("dead letters  30 ("), "{}", ran.stderr);
}

#[test]
fn a_dead_letter_says_where_and_what() {
    let workspace = workspace_with_small_limits();
    for (how, kind) in BREAKS {
        let place = BROKEN_EVERY - 1;
        let lines: Vec<u8> = (0..place).flat_map(good_line).chain(broken_line(place, how)).collect();
        workspace.run(["run", "--dead-letters", "dead.jsonl"], &lines).expect_code(0);
        let letters = workspace.lines("dead.jsonl");
        assert_eq!(letters.len(), 1, "{how}: {letters:?}");
        let letter = &letters[0];
        assert_eq!((string(letter, "/kind"), string(letter, "/source")), (*kind, "stdin"), "{how}");
        assert_eq!(number(letter, "/line"), BROKEN_EVERY, "{how}");
        let stage = if matches!(*kind, "duplicate_id" | "ancestor_cycle") { "context" } else { "read" };
        assert_eq!(string(letter, "/stage"), stage, "{how}");
        assert!(string(letter, "/detail").len() > 10 && letter["raw"].is_null(), "{how}: {letter}");
    }
}

#[test]
fn broken_rows_of_a_table_are_dead_letters() {
    let workspace = workspace_with_small_limits();
    let long = "x".repeat(MAX_BODY_BYTES + 1);
    let table = format!("id,text\na,One\nb\nc,Two,Three\nd,{long}\ne,Four\na,Five\nf,\"Six\nand more\"\n");
    let mut bytes = table.into_bytes();
    bytes.extend(b"g,\xff\n");
    let ran = workspace.run(["run", "--dead-letters", "dead.jsonl"], &bytes).expect_code(0);
    let ids: Vec<Value> = ran.records().iter().map(|record| record["id"].clone()).collect();
    assert_eq!(ids, ["a", "e", "f"]);
    let letters = workspace.lines("dead.jsonl");
    let found: Vec<(usize, &str)> =
        letters.iter().map(|letter| (number(letter, "/line"), string(letter, "/kind"))).collect();
    let expected =
        [(3, "invalid_csv"), (4, "invalid_csv"), (5, "body_too_long"), (7, "duplicate_id"), (10, "invalid_utf8")];
    assert_eq!(found, expected);
}

#[test]
fn a_huge_line_is_one_dead_letter() {
    let workspace = Workspace::new();
    let mut lines = b"{\"id\":\"a\",\"text\":\"Before.\"}\n{\"text\":\"".to_vec();
    lines.resize(lines.len() + (17 << 20), b'x');
    lines.extend(b"\"}\n{\"id\":\"b\",\"text\":\"After.\"}\n");
    let ran = workspace.run(["run", "--dead-letters", "dead.jsonl"], &lines).expect_code(0);
    assert_eq!(ran.records().len(), 2);
    let letters = workspace.lines("dead.jsonl");
    assert_eq!(letters.len(), 1);
    assert_eq!((string(&letters[0], "/kind"), number(&letters[0], "/line")), ("line_too_long", 2));
}
