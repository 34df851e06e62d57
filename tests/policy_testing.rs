//! `policy test`: what a policy would change on past comments.

use std::fmt::Write as _;
use std::io::Read as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Workspace, sample, string};

const OLD: &str = "[[policy.rules]]\nid = \"again\"\nwhen = { flag = \"duplicate\" }\naction = \"review\"\n";
const NEW: &str = "[[policy.rules]]\nid = \"links\"\nwhen = { flag = \"link_only\" }\naction = \"reject\"\n";
const INPUT: &str = "{\"id\":\"a\",\"text\":\"The ferry was late again.\",\"decision\":\"rejected\"}\n\
    {\"id\":\"b\",\"text\":\"The ferry was late again.\",\"status\":\"approved\"}\n\
    {\"id\":\"c\",\"text\":\"https://example.org/ferry\",\"removal\":true}\n\
    {\"id\":\"d\",\"text\":\"We took the bus instead.\",\"status\":\"perhaps\"}\nnot json\n";

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("old.toml", OLD);
    workspace.write("new.toml", NEW);
    workspace.write("in.jsonl", INPUT);
    workspace
}

const BOTH: [&str; 6] = ["policy", "test", "--config", "new.toml", "--against", "old.toml"];

#[test]
fn moves_and_agreement_are_reported() {
    let workspace = workspace();
    let ran = workspace.run(BOTH.into_iter().chain(["in.jsonl", "--moved", "m.jsonl"]), b"").expect_code(0);
    let text = String::from_utf8(ran.stdout.clone()).expect("UTF-8");
    for expected in [
        "review > approve",
        "-again: flag:duplicate",
        "approve > reject",
        "+links",
        "dead letters  1",
        "each scored once",
        "1 approved, 2 rejected; 1 in words",
    ] {
        assert!(text.contains(expected), "`{expected}` is missing in\n{text}");
    }
    assert!(!text.contains("ferry was"), "no words: {text}");
    let moved: Vec<Value> = String::from_utf8(workspace.read("m.jsonl"))
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(moved.iter().map(|moved| string(moved, "/id")).collect::<Vec<_>>(), ["b", "c"]);
    let ran = workspace.run(BOTH.into_iter().chain(["in.jsonl", "--json"]), b"").expect_code(0);
    let report: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    assert_eq!((&report["comments"], &report["moved"], &report["dead_letters"]), (&4.into(), &2.into(), &1.into()));
    assert_eq!(report["moderation"]["before"]["precision"], 0.0);
    assert_eq!(report["moderation"]["after"]["precision"], 1.0);
    assert_eq!(report["moved_comments"].as_array().map(Vec::len), Some(2));
}

#[test]
fn patterns_are_tried_like_other_rules() {
    let workspace = workspace();
    let rules = r"[[policy.rules]]
id = 'ferries'
when = { text_matches = ['\bbus\b.*\binstead\b', '\bnever there\b'] }
action = 'review'
";
    workspace.write("new.toml", rules);
    let ran = workspace.run(BOTH.into_iter().chain(["in.jsonl"]), b"").expect_code(0);
    let text = String::from_utf8(ran.stdout).expect("UTF-8");
    for expected in ["approve > review", "+ferries", r"text_matches:\bbus\b.*\binstead\b"] {
        assert!(text.contains(expected), "`{expected}` is missing in\n{text}");
    }
    assert!(!text.contains("We took"), "no words: {text}");
}

#[test]
fn two_runs_agree_with_one() {
    let workspace = workspace();
    // Only the second differs in more than its policy, in something that moves nothing here.
    workspace.write("other.toml", format!("[limits]\nmax_threads = 999\n{NEW}"));
    let report = |new: &str| -> Value {
        let arguments = ["policy", "test", "--config", new, "--against", "old.toml", "in.jsonl", "--json"];
        let ran = workspace.run(arguments, b"").expect_code(0);
        let mut report: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
        let once = report["scored_once"].take();
        assert_eq!(once, new == "new.toml");
        report
    };
    assert_eq!(report("new.toml"), report("other.toml"));
}

#[test]
fn the_list_is_bounded_and_stdin_is_read() {
    let workspace = workspace();
    let mut input = String::new();
    for number in 0..120 {
        let _ = writeln!(input, "{{\"id\":{number},\"text\":\"https://example.org/{number}\"}}");
    }
    let rows = |more: &[&str]| {
        let ran = workspace.run(BOTH.iter().chain(more), input.as_bytes()).expect_code(0);
        let text = String::from_utf8(ran.stdout).expect("UTF-8");
        (text.matches("approve > reject").count(), text.contains("… and 70 more: --all"))
    };
    assert_eq!(rows(&[]), (50, true));
    assert_eq!(rows(&["--all"]), (120, false));
}

#[test]
fn the_same_policy_moves_nothing_and_nothing_is_no_failure() {
    let workspace = workspace();
    let same = ["policy", "test", "--config", "new.toml", "--against", "new.toml", "in.jsonl"];
    let text = String::from_utf8(workspace.run(same, b"").expect_code(0).stdout).expect("UTF-8");
    assert!(text.starts_with("comments      4") && text.contains("moved         0"), "{text}");
    let text = String::from_utf8(workspace.run(BOTH, b"").expect_code(0).stdout).expect("UTF-8");
    assert!(text.contains("comments      0") && text.contains("no decision of theirs"), "{text}");
    // Without --against: ./pipeline.toml, or else the built-in one.
    let shipped = ["policy", "test", "--config", "new.toml"];
    workspace
        .run(shipped.map(Into::into).into_iter().chain([sample("thread.jsonl").into_os_string()]), b"")
        .expect_code(0);
}

#[test]
fn a_huge_line_is_a_dead_letter() {
    let workspace = workspace();
    let huge = format!("{{\"text\":\"{}\"}}\n{{\"text\":\"short\"}}\n", "x".repeat(17 << 20));
    let text = String::from_utf8(workspace.run(BOTH, huge.as_bytes()).expect_code(0).stdout).expect("UTF-8");
    assert!(text.contains("comments      1") && text.contains("line_too_long 1"), "{text}");
}

#[test]
fn what_cannot_run_says_why() {
    let workspace = workspace();
    workspace.write("tone.toml", format!("[tone]\nenabled = false\n{NEW}"));
    workspace.write("lines.toml", format!("[limits]\nmax_body_bytes = 9\n{NEW}"));
    workspace.write(
        "label.toml",
        "[[policy.rules]]\nid = \"x\"\nwhen = { label = \"colour\", at_least = 0.5 }\naction = \"review\"\n",
    );
    let check = |arguments: &[&str], expected: &[&str]| {
        let ran = workspace.run(["policy", "test"].iter().chain(arguments), b"").expect_code(2);
        assert!(ran.stdout.is_empty(), "{arguments:?}");
        for expected in expected {
            assert!(ran.stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{}", ran.stderr);
        }
    };
    check(&["in.jsonl"], &["--config"]);
    check(
        &["--config", "gone.toml", "gone.jsonl"],
        &["gone.toml: cannot read", "gone.jsonl: cannot open", "2 problems"],
    );
    check(&["--config", "new.toml", "--against", "gone.toml"], &["gone.toml: cannot read"]);
    check(&["--config", "label.toml", "in.jsonl"], &["no model gives the label `colour`"]);
    check(&["--config", "new.toml", "--against", "label.toml", "in.jsonl"], &["no model gives the label `colour`"]);
    check(&["--config", "tone.toml", "--against", "old.toml"], &["only once", "hint: name files"]);
    check(
        &["--config", "lines.toml", "--against", "old.toml", "in.jsonl"],
        &["`max_body_bytes` is 9", "hint: make it the same"],
    );
    check(&["--config", "new.toml", "in.jsonl", "--moved", "in.jsonl"], &["is read or written already"]);
    check(&["--config", "new.toml", "in.jsonl", "--moved", "new.toml"], &["is read or written already"]);
    check(&["--config", "new.toml", "in.jsonl", "--all", "--json"], &["cannot be used with"]);
    assert_eq!(workspace.read("in.jsonl"), INPUT.as_bytes());
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let workspace = workspace();
    let mut input = String::new();
    for number in 0..20_000 {
        let _ = writeln!(input, "{{\"id\":{number},\"text\":\"https://example.org/{number}\"}}");
    }
    workspace.write("long.jsonl", input);
    let mut child = workspace
        .std_command()
        .args(BOTH.iter().chain(&["--all", "long.jsonl"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdout = child.stdout.take().expect("stdout");
    stdout.read_exact(&mut [0; 10]).expect("a beginning");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
