//! E-mail addresses and telephone numbers are masked in all that is written, and nothing else changes.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::support::{Workspace, by_id, csv_table, parquet_table, sqlite_table, string};

const MAIL: &str = "ann.other@example.org";
const PHONE: &str = "+44 20 7946 0958";
const MASKED_MAIL: &str = "***.*****@*******.***";
const MASKED_PHONE: &str = "+** ** **** ****";

/// Texts with and without, quotes of them, and lines that become dead letters.
fn input() -> String {
    let said = format!("Write to {MAIL}, you stupid idiot, or call {PHONE}.");
    let plain = "Born in 1998, 3-2 for us; costs 1,299.00. https://example.org/063-123-4567";
    [
        json!({ "id": "a", "author": MAIL, "text": format!("🙂 {said}") }).to_string(),
        json!({ "id": "b", "parent_id": "a", "text": format!("> {said}\n\nI will not.") }).to_string(),
        json!({ "id": "c", "author": "Bo", "text": plain }).to_string(),
        json!({ "id": "d", "text": format!("jürgen@müller.example пише: {PHONE}, ти будало") }).to_string(),
        format!("{{\"id\":\"a\",\"text\":\"again\\n{MAIL}\"}}"),
        format!("{{oops {MAIL} {PHONE}"),
    ]
    .join("\n")
}

fn workspace(redact: &str) -> Workspace {
    let workspace = Workspace::new();
    let output = format!("[output]\nraw_dead_letters = true\nredact = [{redact}]\n");
    workspace.write("pipeline.toml", format!("[tone]\nevidence = 5\n{output}"));
    workspace.write("in.jsonl", input());
    workspace
}

fn run(workspace: &Workspace) -> Vec<Value> {
    workspace.run(["run", "in.jsonl", "--dead-letters", "dead.jsonl"], b"").expect_code(0).records()
}

fn without_words(mut record: Value) -> Value {
    record["text"] = Value::Null;
    record["author"] = Value::Null;
    record
}

#[test]
fn records_and_dead_letters_are_masked_and_offsets_hold() {
    let (plain, masked) = (workspace(""), workspace("\"email\", \"phone\""));
    let (records, redacted) = (run(&plain), run(&masked));
    assert_eq!(string(by_id(&redacted, "a"), "/author"), MASKED_MAIL);
    assert_eq!(by_id(&redacted, "c"), by_id(&records, "c"), "nothing to mask");
    let expected = format!("🙂 Write to {MASKED_MAIL}, you stupid idiot, or call {MASKED_PHONE}.");
    assert_eq!(string(by_id(&redacted, "a"), "/text"), expected);
    assert_eq!(
        string(by_id(&redacted, "d"), "/text"),
        format!("*·****@*·****.******* пише: {MASKED_PHONE}, ти будало")
    );
    assert!(records.iter().any(|record| record["segments"].as_array().is_some_and(|all| all.len() > 1)));
    for (record, redacted) in records.into_iter().zip(redacted) {
        let length = |record: &Value| string(record, "/text").chars().count();
        assert_eq!(length(&record), length(&redacted));
        assert_eq!(without_words(record), without_words(redacted), "scores, segments and evidence are the same");
    }
    let raw: Vec<Value> = masked.lines("dead.jsonl").into_iter().map(|letter| letter["raw"].clone()).collect();
    let expected = [
        format!("{{\"id\":\"a\",\"text\":\"again\\n{MASKED_MAIL}\"}}"),
        format!("{{oops {MASKED_MAIL} {MASKED_PHONE}"),
    ];
    assert_eq!(raw, expected);
    assert!(plain.lines("dead.jsonl").iter().all(|letter| string(letter, "/raw").contains(MAIL)));
}

#[test]
fn only_what_is_asked_for_is_masked() {
    for (redact, has_mail, has_phone) in [("\"email\"", false, true), ("\"phone\"", true, false), ("", true, true)] {
        let written: String = run(&workspace(redact)).iter().map(Value::to_string).collect();
        assert_eq!((written.contains(MAIL), written.contains(PHONE)), (has_mail, has_phone), "{redact}");
    }
}

#[test]
fn no_output_holds_what_is_masked() {
    let workspace = workspace("\"phone\", \"email\"");
    let outputs =
        ["-o", "r.jsonl.gz", "-o", "r.csv", "-o", "r.parquet", "-o", "r.sqlite", "--write-back", "coral=c.jsonl"];
    workspace.run(["run", "in.jsonl", "--dead-letters", "d.jsonl"].iter().chain(&outputs), b"").expect_code(0);
    workspace.run(["report", "in.jsonl", "--out", "of_comments.html"], b"").expect_code(0);
    workspace.run(["report", "r.jsonl.gz", "--out", "of_records.html"], b"").expect_code(0);
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&*workspace.read("r.jsonl.gz")).read_to_string(&mut unpacked).expect("a whole file");
    let tables = [
        csv_table(&workspace.read("r.csv"), b',').1,
        parquet_table(&workspace.path("r.parquet")).1,
        sqlite_table(&workspace.path("r.sqlite")).1,
    ];
    let mut written = vec![("r.jsonl.gz".to_owned(), unpacked)];
    written.extend(tables.into_iter().map(|rows| ("a table".to_owned(), format!("{rows:?}"))));
    for name in ["d.jsonl", "c.jsonl", "of_comments.html", "of_records.html"] {
        written.push((name.to_owned(), String::from_utf8_lossy(&workspace.read(name)).into_owned()));
    }
    for (name, text) in &written {
        assert!(!text.contains("ann.other") && !text.contains("7946"), "{name}: {text}");
        assert!(name == "c.jsonl" || text.contains(MASKED_MAIL), "{name}: what was masked is still shown");
    }
}

#[test]
fn what_cannot_be_masked_is_refused() {
    let workspace = workspace("\"address\"");
    let ran = workspace.run(["run", "in.jsonl", "-o", "r.jsonl"], b"").expect_code(2);
    assert!(ran.stderr.contains("pipeline.toml:") && ran.stderr.contains("address"), "{}", ran.stderr);
    assert!(!workspace.path("r.jsonl").exists());
}
