//! `calibrate`: thresholds from moderators' decisions.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Workspace, repository};

/// Decisions on made-up comments: so many rude ones that were rejected, and civil ones that were approved.
fn decisions(rejected: usize, approved: usize) -> String {
    let mut lines = String::new();
    for number in 0..rejected {
        let text = format!("You are a stupid idiot, and so is your report number {number}.");
        let _ = writeln!(lines, "{}", json!({ "text": text, "decision": "reject" }));
    }
    for number in 0..approved {
        let text = format!("Thank you for the report about bus number {number}, it was good to read.");
        let _ = writeln!(lines, "{}", json!({ "text": text, "decision": "approved" }));
    }
    lines
}

fn model() -> String {
    repository().join("models/abuse").display().to_string()
}

fn ran(files: &[(&str, String)], arguments: &[&str], code: i32) -> (Workspace, String, String) {
    let workspace = Workspace::new();
    for (name, content) in files {
        workspace.write(name, content);
    }
    let model = model();
    let ran = workspace.run(["calibrate", &model].iter().chain(arguments), b"").expect_code(code);
    assert!(!ran.stderr.contains("stupid") && !ran.stderr.contains("panicked"), "{}", ran.stderr);
    (workspace, String::from_utf8(ran.stdout).expect("UTF-8"), ran.stderr)
}

#[test]
fn the_rules_are_sound_and_hold_what_they_say() {
    let data = [("d.jsonl", decisions(60, 300))];
    let (workspace, text, _) = ran(&data, &["d.jsonl", "--precision", "0.9", "--out", "rules.toml"], 0);
    assert!(text.contains("toxicity") && text.contains("rules in rules.toml"), "{text}");
    workspace.run(["config", "check", "--config", "rules.toml"], b"").expect_code(0);
    let report = workspace.run(["policy", "test", "--config", "rules.toml", "d.jsonl", "--json"], b"").expect_code(0);
    let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
    let (held, right) = (&report["moderation"]["after"]["held"], &report["moderation"]["after"]["held_rejected"]);
    // What `calibrate` counted is what a run then does.
    let (_, text, _) = ran(&data, &["d.jsonl", "--precision", "0.9", "--json"], 0);
    let calibration: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&calibration["labels"][0]["held"], &calibration["labels"][0]["held_rejected"]), (held, right));
    assert_eq!(calibration["labels"][0]["precision_at_least"], 0.9);
}

#[test]
fn a_load_is_kept_and_columns_are_mapped() {
    let mut table = "comment,verdict\n".to_owned();
    for number in 0..200 {
        let rude = number % 10 == 0;
        let text = if rude {
            format!("You are an idiot {number} times.")
        } else {
            format!("The {number} bus was late on day {number}.")
        };
        let _ = writeln!(table, "{text},{}", if rude { "spam" } else { "approved" });
    }
    let arguments = [
        "t.csv",
        "--review-load",
        "0.1",
        "--map",
        "verdict=decision",
        "--label",
        "toxicity",
        "--label",
        "insult",
        "--json",
    ];
    let (_, text, _) = ran(&[("t.csv", table)], &arguments, 0);
    let calibration: Value = serde_json::from_str(&text).expect("JSON");
    let load = calibration["load"].as_f64().expect("a load");
    assert!(load <= 0.1 && load > 0.05, "{text}");
    assert_eq!(calibration["labels"].as_array().map(Vec::len), Some(2));
}

#[test]
fn too_little_says_how_much_is_missing() {
    let check = |rejected, approved, arguments: &[&str], expected: &[&str]| {
        let arguments: Vec<&str> = ["d.jsonl", "--out", "rules.toml"].iter().chain(arguments).copied().collect();
        let (workspace, stdout, stderr) = ran(&[("d.jsonl", decisions(rejected, approved))], &arguments, 2);
        assert!(stdout.is_empty());
        for expected in expected {
            assert!(stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{stderr}");
        }
        assert_eq!(workspace.names(), ["d.jsonl"], "nothing is written");
    };
    check(
        12,
        20,
        &["--precision", "0.9", "--label", "insult"],
        &[
            "label `insult`: 12 rejected decisions; at least 29 are needed to hold precision 0.9 with 95 % certainty: 17 more",
        ],
    );
    check(12, 20, &["--precision", "0.9", "--label", "insult", "--label", "threat"], &["`insult`: 12", "`threat`: 12"]);
    check(40, 0, &["--precision", "0.9"], &["none approved"]);
    check(10, 90, &["--review-load", "0.05"], &["100 comments; at least 200 are needed", "100 more"]);
    check(0, 0, &["--precision", "0.9"], &["not one usable decision"]);
    check(
        40,
        40,
        &["--precision", "0.9", "--label", "colour"],
        &["label `colour`", "hint: name one of its labels", "insult"],
    );
    // The other way round: what scores high was approved.
    let turned =
        decisions(200, 40).replace("reject\"", "x\"").replace("approved", "rejected").replace("x\"", "approve\"");
    let (_, _, stderr) = ran(&[("d.jsonl", turned)], &["d.jsonl", "--precision", "0.9"], 2);
    assert!(
        stderr.contains("no threshold holds precision 0.9") && stderr.contains("hint: the best that can be held"),
        "{stderr}"
    );
}

#[test]
fn what_cannot_run_says_why() {
    let data = [("d.jsonl", decisions(40, 40))];
    let check = |arguments: &[&str], expected: &[&str]| {
        let (workspace, stdout, stderr) = ran(&data, arguments, 2);
        assert!(stdout.is_empty());
        for expected in expected {
            assert!(stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{stderr}");
        }
        assert_eq!(workspace.names(), ["d.jsonl"]);
    };
    check(&["d.jsonl"], &["--precision", "--review-load"]);
    check(&["--precision", "0.9"], &["DECISIONS"]);
    check(&["d.jsonl", "--precision", "0.9", "--review-load", "0.1"], &["cannot be used with"]);
    check(&["d.jsonl", "--precision", "90"], &["not a number between 0 and 1"]);
    check(&["d.jsonl", "--precision", "0.9", "--map", "x"], &["not of the form"]);
    check(&["d.jsonl", "--precision", "0.9", "--map", "gone=decision"], &["no file has a column or field `gone`"]);
    check(&["d.jsonl", "--precision", "0.9", "--map", "a=insult"], &["label `insult`"]);
    check(&["gone.jsonl", "also.jsonl", "--precision", "0.9"], &["gone.jsonl", "also.jsonl", "2 problems"]);
    check(&["d.jsonl", "--precision", "0.9", "--out", "d.jsonl"], &["is read or written already"]);
    check(&["d.jsonl", "--precision", "0.9", "--out", "no/folder"], &["no/folder: cannot write"]);
    let workspace = Workspace::new();
    let ran = workspace.run(["calibrate", "nowhere", "d.jsonl", "--precision", "0.9"], b"").expect_code(2);
    assert!(ran.stderr.contains("nowhere") && ran.stderr.contains("hint: name the folder"), "{}", ran.stderr);
}

#[test]
fn bad_rows_are_told_and_left_out() {
    let data = format!("{}not json\n{{\"text\":\"{}\"}}\n", decisions(60, 300), "x".repeat(17 << 20));
    let (_, _, stderr) = ran(&[("d.jsonl", data)], &["d.jsonl", "--precision", "0.9"], 0);
    assert!(stderr.contains("d.jsonl: 1 rows left out: not a row of labelled text: lines 361"), "{stderr}");
    assert!(stderr.contains("longer than 16 MiB"), "{stderr}");
}
