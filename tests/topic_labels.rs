//! `train topic` learns from a site's own labels and from exports of Coral: the samples of docs/topic-labels.md.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::support::{Ran, Workspace, parse_lines, repository};

const CORAL: [&str; 3] = ["coral_comments.ndjson", "coral_moderation_actions.ndjson", "coral_stories.ndjson"];

fn site() -> Workspace {
    let workspace = Workspace::new();
    for name in CORAL.iter().chain(&["labelled.jsonl"]) {
        let bytes = std::fs::read(repository().join("data/topic").join(name)).expect("the sample data");
        workspace.write(name, String::from_utf8(bytes).expect("UTF-8"));
    }
    workspace
}

fn train(workspace: &Workspace, data: &[&str], code: i32) -> String {
    let arguments = [&["train", "topic"][..], data, &["--out", "model"]].concat();
    let Ran { stdout, stderr, .. } = workspace.run(arguments, b"").expect_code(code);
    let said = format!("{}{stderr}", String::from_utf8_lossy(&stdout));
    for words in ["ferry", "algae", "concert", "secret", "panicked"] {
        assert!(!said.contains(words), "`{words}` is told: {said}");
    }
    said
}

fn weights(workspace: &Workspace) -> Vec<u8> {
    std::fs::read(workspace.path("model").join("weights.bin")).expect("the model")
}

fn counts(said: &str, what: &str) -> Option<u64> {
    let line = said.lines().find(|line| line.trim_start().starts_with(what))?;
    line.trim_start().strip_prefix(what)?.split_whitespace().next()?.parse().ok()
}

#[test]
fn labels_alone_make_a_model_and_a_table_says_the_same_as_lines() {
    let workspace = site();
    let said = train(&workspace, &["labelled.jsonl"], 0);
    let told = ["rows", "on topic", "off topic", "unknown, context only"].map(|what| counts(&said, what));
    assert_eq!(told, [Some(120), Some(90), Some(30), Some(0)], "{said}");
    let expected = weights(&workspace);

    let rows = parse_lines(&std::fs::read(repository().join("data/topic/labelled.jsonl")).expect("the sample data"));
    let quoted =
        |row: &Value, name: &str| format!("\"{}\"", row[name].as_str().unwrap_or_default().replace('"', "\"\""));
    let table = rows.iter().fold("Title,article,parent,comment,irrelevant\n".to_owned(), |mut table, row| {
        let [title, article, parent, text] = ["title", "article", "parent", "text"].map(|name| quoted(row, name));
        let _ = writeln!(table, "{title},{article},{parent},{text},{}", row["off_topic"]);
        table
    });
    workspace.write("labelled.csv", table);
    train(&workspace, &["labelled.csv", "--map", "irrelevant=off_topic"], 0);
    assert!(weights(&workspace) == expected, "a table gives another model than lines");
}

#[test]
fn coral_exports_are_recognised_in_any_order_and_what_is_missing_is_told() {
    let workspace = site();
    let said = train(&workspace, &["labelled.jsonl", CORAL[0], CORAL[1], CORAL[2]], 0);
    let told =
        ["rows", "off topic", "rejected, no reason known", "left out, without a story", "left out, without text"];
    assert_eq!(told.map(|what| counts(&said, what)), [158, 37, 1, 1, 1].map(Some), "{said}");
    let expected = weights(&workspace);
    train(&workspace, &[CORAL[2], CORAL[1], "labelled.jsonl", CORAL[0]], 0);
    assert!(weights(&workspace) == expected, "the order of the files matters");

    let said = train(&workspace, &["labelled.jsonl", CORAL[0], CORAL[2]], 0);
    assert_eq!(
        (counts(&said, "off topic"), counts(&said, "rejected, no reason known")),
        (Some(30), Some(10)),
        "{said}"
    );
    assert!(said.contains("give the export of commentModerationActions too"), "{said}");
}

#[test]
fn what_is_wrong_with_labels_is_told_with_its_place() {
    let workspace = Workspace::new();
    workspace.write("bad.jsonl", "{\"title\":\"a\",\"text\":\"secret\",\"off_topic\":2}\n{\"text\":\"secret\"}\n");
    workspace.write("bad.csv", "title,text\na,secret\n");
    workspace.write("empty.jsonl", "");
    workspace.write("huge.jsonl", format!("{{\"text\":\"{}\"}}\n", "secret ".repeat(3 << 20)));
    workspace.write(CORAL[2], "{\"id\":\"s\",\"url\":\"u\",\"metadata\":{}}\n");
    for (data, expected) in [
        (
            vec!["bad.jsonl", "bad.csv"],
            vec![
                "bad.jsonl:1: `off_topic` must be 0, 1, true or false",
                "bad.jsonl:2: no row of a known shape",
                "bad.csv:1: neither a JSON object nor the header of a CSV file with a column `off_topic`",
                "hint: name it with --map COLUMN=off_topic",
            ],
        ),
        (vec!["empty.jsonl"], vec!["threads"]),
        (vec!["huge.jsonl"], vec!["huge.jsonl:1: longer than"]),
        (
            vec!["bad.csv", "--map", "text=insult"],
            vec!["`--map text=insult`: a row has no `insult`", "hint: the names are title"],
        ),
        (vec![CORAL[2]], vec!["documents of Coral, but no file has the comments", "hint: give the export"]),
    ] {
        let said = train(&workspace, &data, 2);
        for expected in expected {
            assert!(said.contains(expected), "{data:?}: `{expected}` is missing in\n{said}");
        }
        assert!(!Path::new(&workspace.path("model")).join("weights.bin").exists(), "{data:?}");
    }
}

#[test]
#[cfg(not(feature = "sentence-transformer"))]
fn a_program_without_the_feature_says_how_to_train_with_a_sentence_encoder() {
    let workspace = site();
    let arguments = ["train", "topic", "labelled.jsonl", "--sentence-encoder", "minilm", "--out", "model"];
    let stderr = workspace.run(arguments, b"").expect_code(2).stderr;
    assert!(stderr.contains("minilm: this program was built without the feature"), "{stderr}");
    assert!(stderr.contains("hint: build it with `cargo install"), "{stderr}");
}
