//! `evaluate` for topic models and encoders: figures, labels of people, the gate, and what keeps it from measuring.

use std::fmt::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Ran, Workspace, repository};

/// Two invented threads, as pairs; the subject of one of them is ferries, of the other bread.
fn pairs() -> String {
    let mut rows = String::new();
    for (title, comments) in [
        (
            "Ferry to the island stops at noon",
            [
                "The ferry used to cross to the island every hour, even in fog.",
                "Islanders need that ferry to reach the hospital, buses do not swim.",
                "The harbour master says the ferry engine is older than the pier.",
                "Last summer the island ferry carried nine hundred passengers a day.",
            ],
        ),
        (
            "Baker wins prize for rye loaf",
            [
                "Rye flour from the local mill makes a darker loaf with a thick crust.",
                "Her sourdough rests for thirty hours before the baker shapes a loaf.",
                "The bakery sells out of rye bread before nine every Saturday.",
                "A loaf of that bread keeps for a week if you wrap the crust in linen.",
            ],
        ),
    ] {
        for comment in comments {
            let row = serde_json::json!({"root": title, "root_title_like": true, "depth": 1, "parent": title, "comment": comment});
            let _ = writeln!(rows, "{row}");
        }
        let (parent, reply) = (comments[0], comments[1]);
        let row =
            serde_json::json!({"root": title, "root_title_like": true, "depth": 2, "parent": parent, "comment": reply});
        let _ = writeln!(rows, "{row}");
    }
    rows
}

fn model(name: &str) -> String {
    repository().join("models").join(name).to_str().expect("UTF-8").to_owned()
}

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("pairs.jsonl", pairs());
    workspace.write(
        "labelled.jsonl",
        std::fs::read(repository().join("data/topic/labelled.jsonl")).expect("the sample data"),
    );
    workspace
}

fn evaluate(workspace: &Workspace, name: &str, arguments: &[&str]) -> Ran {
    let ran = workspace.run([&["evaluate", &model(name)][..], arguments].concat(), b"");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), ran.stderr);
    for words in ["ferry", "sourdough", "lorry", "kittens", "secret", "panicked"] {
        assert!(!said.contains(words), "`{words}` is told: {said}");
    }
    ran
}

fn json(ran: &Ran) -> Value {
    serde_json::from_slice(&ran.stdout).expect("JSON")
}

#[test]
fn a_topic_model_is_measured_on_labels_of_people() {
    let workspace = workspace();
    let ran = evaluate(&workspace, "topic", &["labelled.jsonl", "--json"]).expect_code(0);
    let report = json(&ran);
    let labelled = &report["situations"]["labelled"];
    assert_eq!(
        (&labelled["every_comment"]["on_topic"], &labelled["every_comment"]["off_topic"]),
        (&90.into(), &30.into())
    );
    let auc = labelled["scored"]["auc"].as_f64().expect("a figure");
    assert!(auc > 0.85, "{labelled:#}");
    assert!(
        report["situations"]["all"]["every_comment"]["off_topic"].as_u64() > Some(100),
        "strangers too: {report:#}"
    );
    assert_eq!(report["files"][0]["name"], "labelled.jsonl");
    assert!(ran.stderr.contains("off topic"), "{}", ran.stderr);
    let again = evaluate(&workspace, "topic", &["labelled.jsonl", "--json"]).expect_code(0);
    assert!(ran.stdout == again.stdout, "same input, same bytes");
    let other = evaluate(&workspace, "topic", &["labelled.jsonl", "--json", "--seed", "2"]).expect_code(0);
    assert_eq!(json(&other)["situations"]["labelled"], *labelled, "nothing is drawn for it");
    assert_ne!(json(&other)["situations"]["all"], report["situations"]["all"], "the seed matters");

    // Pairs beside them say nothing of what people labelled.
    let both = evaluate(&workspace, "topic", &["labelled.jsonl", "pairs.jsonl", "--json"]).expect_code(0);
    assert_eq!(json(&both)["situations"]["labelled"], *labelled);
    let pairs = evaluate(&workspace, "topic", &["pairs.jsonl", "--json"]).expect_code(0);
    let situations = json(&pairs)["situations"].clone();
    assert!(situations["article"].is_object() && situations["labelled"].is_null(), "{situations:#}");
}

#[test]
fn tables_tell_what_the_report_does() {
    let workspace = workspace();
    let table = |name| {
        let ran = evaluate(&workspace, name, &["labelled.jsonl", "pairs.jsonl"]).expect_code(0);
        String::from_utf8(ran.stdout).expect("UTF-8")
    };
    let topic = table("topic");
    for expected in
        ["compared with", "article", "labelled", "AUC by length", "AUC by depth", "depth 2", "suggested threshold"]
    {
        assert!(topic.contains(expected), "`{expected}` is not in\n{topic}");
    }
    let encoder = table("encoder");
    for expected in ["compared with", "parent", "title", "by length", "title, depth 1"] {
        assert!(encoder.contains(expected), "`{expected}` is not in\n{encoder}");
    }
    assert!(!topic.contains("NaN") && !encoder.contains("NaN"), "{topic}{encoder}");
}

#[test]
fn the_gate_holds_reports_against_each_other() {
    let workspace = workspace();
    for (name, figure) in [("topic", "/situations/labelled/every_comment/auc"), ("encoder", "/auc/title/auc")] {
        let mut report = json(&evaluate(&workspace, name, &["labelled.jsonl", "--json"]).expect_code(0));
        workspace.write("before.json", report.to_string());
        let gate = ["labelled.jsonl", "--baseline", "before.json"];
        let ran = evaluate(&workspace, name, &gate).expect_code(0);
        assert!(ran.stderr.contains("gate: passed"), "{}", ran.stderr);
        let value = report.pointer_mut(figure).expect("the figure");
        *value = (value.as_f64().expect("a number") + 0.01).into();
        workspace.write("before.json", report.to_string());
        let ran = evaluate(&workspace, name, &gate).expect_code(1);
        assert!(ran.stderr.contains("gate: missed, ") && !ran.stdout.is_empty(), "{}", ran.stderr);
        evaluate(&workspace, name, &[&gate[..], &["--max-drop", "0.02"]].concat()).expect_code(0);
        // Of other files.
        let ran = evaluate(&workspace, name, &["pairs.jsonl", "--baseline", "before.json"]).expect_code(2);
        assert!(ran.stderr.contains("before.json: the two reports are of different data"), "{}", ran.stderr);
    }
}

#[test]
fn a_model_that_was_trained_with_another_encoder_names_both() {
    let workspace = workspace();
    let trained = workspace.run(["train", "topic", "labelled.jsonl", "--out", "own"], b"");
    trained.expect_code(0);
    let ran = workspace.run(["evaluate", "own", "labelled.jsonl", "--encoder", &model("encoder")], b"");
    ran.expect_code(0);
    // The same encoder with another version in its header: other bytes, another checksum.
    let weights = std::fs::read(repository().join("models/encoder/weights.bin")).expect("the encoder");
    let other = threadsieve::classify::artifact::Artifact::parse(weights)
        .and_then(|artifact| threadsieve::classify::static_encoder::StaticEncoder::from_artifact(&artifact))
        .expect("sound")
        .to_bytes("encoder", "other");
    std::fs::create_dir(workspace.path("other")).expect("a folder");
    workspace.write("other/weights.bin", other);
    let ran = workspace.run(["evaluate", "own", "labelled.jsonl", "--encoder", "other"], b"").expect_code(2);
    for expected in ["trained with encoder sha256:", "work with encoder@other+sha256:", "hint: --encoder FOLDER"] {
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
}

#[test]
fn what_is_wrong_is_told_at_once() {
    let workspace = workspace();
    let refuse = |name: &str, arguments: &[&str], expected: &[&str]| {
        let ran = evaluate(&workspace, name, arguments).expect_code(2);
        assert!(ran.stdout.is_empty());
        for expected in expected {
            assert!(ran.stderr.contains(expected), "`{expected}` is not in\n{}", ran.stderr);
        }
    };
    workspace.write("empty.jsonl", "");
    workspace.write("bad.jsonl", "{\"text\":\"secret\"}\n{\"title\":\"secret\",\"off_topic\":1}\n");
    workspace.write("huge.jsonl", format!("{{\"text\":\"{}\"}}\n", "x".repeat(17 << 20)));
    for name in ["topic", "encoder"] {
        refuse(name, &["empty.jsonl"], &["not one comment to measure on", "hint: "]);
        refuse(
            name,
            &["bad.jsonl"],
            &["bad.jsonl:1: no row of a known shape", "bad.jsonl:2: `text` is missing", "2 problems"],
        );
        refuse(name, &["huge.jsonl"], &["huge.jsonl", "16 MiB"]);
        let all =
            ["gone.jsonl", "--map", "x", "--baseline", "gone.json", "--report", "r.html", "--fixed-recall", "0.5"];
        let told = [
            "gone.jsonl: cannot open",
            "`--map x`",
            "gone.json: cannot read",
            "--report: only for models of labels",
            "5 problems",
        ];
        refuse(name, &all, &told);
        refuse(
            name,
            &["pairs.jsonl", "--baseline", "pairs.jsonl"],
            &["pairs.jsonl:2: not a report of figures", "hint: "],
        );
        refuse(name, &["pairs.jsonl", "--map", "x=off_topic"], &["no file has a column or field `x`"]);
    }
    refuse("topic", &["pairs.jsonl", "--encoder", "gone"], &["gone"]);
    refuse("encoder", &["pairs.jsonl", "--encoder", "gone"], &["--encoder: only for topic models"]);
    refuse(
        "abuse",
        &["pairs.jsonl", "--encoder", "gone", "--seed", "3"],
        &["--encoder: only for topic", "--seed: only for"],
    );
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let workspace = workspace();
    let mut command = workspace.std_command();
    command.args(["evaluate", &model("topic"), "pairs.jsonl"]).stdin(Stdio::null()).stderr(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
