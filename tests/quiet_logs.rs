//! No command tells a word of a comment in its logs or messages, at any level.

use std::fmt::Write as _;

use serde_json::json;

use crate::support::{Ran, Workspace, repository};

/// In texts, authors, ids, titles and labels of everything below; nothing else is called so.
const MARKER: &str = "quagga-umbrella";

fn comments() -> String {
    let mut lines = String::new();
    for number in 0..60 {
        let text = format!("I said {MARKER} to you, you stupid idiot, on day {number}.");
        let id = format!("{MARKER}-{number}");
        let line = json!({ "id": id, "thread_id": MARKER, "author": MARKER, "text": text, "decision": "reject" });
        let _ = writeln!(lines, "{line}");
        let text = format!("Thank you for the {MARKER}, it was a good day {number}.");
        let _ = writeln!(lines, "{}", json!({ "text": text, "author": MARKER, "decision": "approve" }));
    }
    lines
}

/// Lines that cannot become records, or are no rows of labelled data.
fn broken() -> String {
    [
        format!("{MARKER} is no JSON"),
        format!("{{\"text\":\"cut off {MARKER}"),
        format!("{{\"text\":{{\"{MARKER}\":\"{MARKER}\"}}}}"),
        format!("{{\"{MARKER}\":\"{MARKER}\"}}"),
        format!("{{\"text\":\"{MARKER} \\ud800\",\"labels\":{{\"spam\":\"{MARKER}\"}}}}"),
        format!("{{\"text\":\"{MARKER}\",\"text\":\"{MARKER}\"}}"),
        format!("{{\"text\":\"{MARKER}\",\"labels\":[\"{MARKER}\"],\"decision\":\"{MARKER}\"}}"),
        format!("{{\"type\":\"thread\",\"thread_id\":5,\"title\":\"{MARKER}\",\"language\":\"{MARKER}\"}}"),
        format!("{{\"id\":\"{MARKER}-0\",\"thread_id\":\"{MARKER}\",\"text\":\"again\"}}"),
        format!("{{\"id\":\"x\",\"thread_id\":\"{MARKER}\",\"parent_id\":\"x\",\"text\":\"{MARKER}\"}}"),
    ]
    .join("\n")
}

fn labelled(label: &str) -> String {
    let mut lines = String::new();
    for number in 0..60 {
        let text = format!("Buy the {MARKER} here, offer {number}");
        let _ = writeln!(lines, "{}", json!({ "id": MARKER, "text": text, "labels": { label: 1 } }));
        let text = format!("Yesterday the {MARKER} was quiet, as on day {number}");
        let _ = writeln!(lines, "{}", json!({ "id": MARKER, "text": text, "labels": { label: 0 } }));
    }
    lines
}

fn topic_rows() -> String {
    let mut lines = String::new();
    for number in 0..20 {
        let text = format!("The {MARKER} on day {number} was late.");
        let row = json!({ "text": text, "article": MARKER, "off_topic": number % 2 });
        let _ = writeln!(lines, "{row}");
    }
    lines
}

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("good.jsonl", comments());
    workspace.write("broken.jsonl", format!("{}{}\n", comments(), broken()));
    workspace.write("spam.jsonl", labelled("spam"));
    workspace.write("toxicity.jsonl", labelled("toxicity"));
    workspace.write("positive.jsonl", labelled("positive"));
    workspace.write("topic.jsonl", topic_rows());
    workspace.write("table.csv", format!("id,text,spam\na,{MARKER},1\nb,\"{MARKER}\n"));
    workspace.write("page.txt", format!("{MARKER} wrote this.\n{MARKER} answered.\n"));
    workspace.write("article.txt", format!("All about {MARKER}.\n"));
    let rule =
        "[[policy.rules]]\nid = \"rude\"\nwhen = { label = \"toxicity\", at_least = 0.5 }\naction = \"reject\"\n";
    workspace.write("new.toml", rule);
    workspace.write("small.toml", "buckets = 4096\n");
    workspace
}

/// Runs a command in every manner of logging. Where `succeeds`, it has to do its work on the words.
fn check(workspace: &Workspace, arguments: &[&str], succeeds: bool) {
    // Everything, in both forms: what other levels tell is in it.
    let manners = [&["-vvv"][..], &["-vvv", "--log-format", "json"]];
    for manner in manners {
        let arguments = [arguments, manner].concat();
        let output = workspace.command().args(&arguments).env("RUST_LOG", "trace").output().expect("the program runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let ran = Ran { code: output.status.code().expect("an exit code"), stdout: output.stdout, stderr };
        assert!(!ran.stderr.contains(MARKER), "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("internal error"), "{arguments:?}: {}", ran.stderr);
        let expected = if succeeds { 0..=1 } else { 0..=2 };
        assert!(expected.contains(&ran.code), "{arguments:?}: code {}: {}", ran.code, ran.stderr);
    }
}

fn model(name: &str) -> String {
    repository().join("models").join(name).display().to_string()
}

#[test]
fn scoring_and_reading_tell_no_words() {
    let workspace = workspace();
    for input in ["good.jsonl", "broken.jsonl", "table.csv", "page.txt"] {
        check(&workspace, &["run", input, "-o", "r.jsonl", "-o", "r.parquet"], true);
        check(&workspace, &["run", input, "--article", "article.txt", "-o", "r.jsonl"], true);
        check(&workspace, &["explain", "--file", input, "--thread"], true);
        check(&workspace, &["explain", "--file", input, "--json"], true);
        check(&workspace, &["report", input, "--out", "p.html"], true);
        check(&workspace, &["inspect", input, "--comments", "3"], true);
        check(&workspace, &["labels", input, "--out", "l.jsonl"], true);
        check(&workspace, &["policy", "test", "--config", "new.toml", input, "--moved", "m.jsonl"], true);
    }
    check(&workspace, &["run", "good.jsonl", "-o", "records.jsonl"], true);
    check(&workspace, &["report", "records.jsonl", "--out", "p.html"], true);
    check(&workspace, &["explain", "--text", &format!("You stupid {MARKER}!")], true);
    workspace.write("cut.jsonl", &workspace.read("records.jsonl")[..3_000]);
    check(&workspace, &["report", "cut.jsonl", "--out", "p.html"], false);
}

#[test]
fn learning_and_measuring_tell_no_words() {
    let workspace = workspace();
    let (abuse, sentiment, topic) = (model("abuse"), model("sentiment"), model("topic"));
    check(&workspace, &["train", "spam", "spam.jsonl", "--config", "small.toml", "--out", "spam"], true);
    check(&workspace, &["evaluate", "spam", "spam.jsonl"], true);
    check(&workspace, &["evaluate", &abuse, "toxicity.jsonl", "--json"], true);
    check(&workspace, &["evaluate", &sentiment, "positive.jsonl"], true);
    check(&workspace, &["evaluate", &topic, "topic.jsonl"], false);
    check(&workspace, &["calibrate", &abuse, "good.jsonl", "--precision", "0.5"], true);
    check(&workspace, &["bias", &abuse], true);
    for broken in ["broken.jsonl", "table.csv", "page.txt", "good.jsonl"] {
        check(&workspace, &["train", "spam", broken, "--config", "small.toml", "--out", "other"], false);
        check(&workspace, &["train", "topic", broken, "--out", "other"], false);
        check(&workspace, &["evaluate", "spam", broken], false);
        check(&workspace, &["evaluate", &topic, broken], false);
        check(&workspace, &["calibrate", &abuse, broken, "--precision", "0.5"], false);
    }
}
