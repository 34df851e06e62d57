//! `threadsieve bench`: the figures are there, they fit each other, and the comments are those of a run.

use serde_json::Value;

use crate::support::{Workspace, interleaved_threads, sample};

const STAGES: [&str; 7] = ["read", "prepare", "context", "tone", "topic", "policy", "write"];

/// What `bench` prints as JSON.
fn bench(workspace: &Workspace, arguments: &[&str], stdin: &[u8], code: i32) -> Value {
    let ran = workspace.run([&["bench", "--json", "--passes", "1"], arguments].concat(), stdin).expect_code(code);
    assert_eq!(ran.stderr, "", "{arguments:?}");
    serde_json::from_slice(&ran.stdout).expect("one object")
}

/// The counts that a summary of `run` and the figures of `bench` have in common.
fn counts(figures: &Value) -> [u64; 4] {
    ["read", "records", "dead_letters", "threads"].map(|name| figures[name].as_u64().expect(name))
}

/// Checks the figures of an input against each other, and its counts against those of a run.
fn check(arguments: &[&str], input: &[u8]) -> Value {
    let workspace = Workspace::new();
    let figures = bench(&workspace, &[arguments, &["--workers", "3", "-"]].concat(), input, 0);
    let options =
        ["run", "--output", "records.jsonl", "--dead-letters", "dead.jsonl", "--summary", "summary.json", "-"];
    let without_bound: Vec<&str> =
        arguments.iter().copied().filter(|argument| *argument != "--max-comments=0").collect();
    workspace.run([&options[..], &without_bound].concat(), input).expect_code(0);
    let summary: Value = serde_json::from_slice(&workspace.read("summary.json")).expect("a summary");
    assert_eq!(counts(&figures), counts(&summary));
    assert_eq!(figures["is_cut"], false);
    let written = (workspace.read("records.jsonl").len() + workspace.read("dead.jsonl").len()) as u64;
    assert_eq!(figures["written_bytes"], written, "the bytes of the records and dead letters");

    let stages = figures["stages"].as_array().expect("stages");
    assert_eq!(stages.iter().map(|stage| stage["stage"].as_str().expect("a name")).collect::<Vec<_>>(), STAGES);
    let shares: f64 = stages.iter().map(|stage| stage["share_percent"].as_f64().expect("a share")).sum();
    assert!((shares - 100.0).abs() < 1e-6, "{shares}");
    let seconds: f64 = stages.iter().map(|stage| stage["seconds"].as_f64().expect("seconds")).sum();
    let together = &figures["stages_together"];
    assert!((together["seconds"].as_f64().expect("seconds") - seconds).abs() < 1e-9);
    assert!(together["comments_per_second"].as_f64().expect("a speed") > 0.0);

    let whole = figures["whole"].as_array().expect("runs");
    assert_eq!(whole.iter().map(|run| run["workers"].as_u64().expect("workers")).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(whole.iter().all(|run| run["read"] == figures["read"] && run["comments_per_second"].as_f64() > Some(0.0)));
    assert_eq!(whole[0]["speed_up"], 1.0);
    #[cfg(target_os = "linux")]
    assert!(figures["peak_memory_bytes"].as_u64() > Some(1 << 20), "{}", figures["peak_memory_bytes"]);
    figures
}

#[test]
fn figures_fit_each_other_and_a_run() {
    let threads = interleaved_threads(700, 5);
    let figures = check(&[], threads.as_bytes());
    assert_eq!((figures["read"].as_u64(), figures["threads"].as_u64()), (Some(700), Some(3)));
    let broken =
        "{\"text\":\"The ferry was late again.\"}\nno object\n\n{\"text\":7}\n{\"text\":\"Nobody told us.\"}\n";
    let figures = check(&["--max-comments=0"], broken.as_bytes());
    assert_eq!(counts(&figures), [4, 2, 2, 0]);
    check(&["--format", "csv"], b"text,id\nThe lamps are dark.,1\n");
}

#[test]
fn a_bound_on_comments_holds_for_stages_and_whole_alike() {
    let workspace = Workspace::new();
    workspace.write("threads.jsonl", interleaved_threads(600, 4));
    for (most, is_cut) in [(1, true), (300, true), (599, true), (600, false), (601, false)] {
        let figures = bench(&workspace, &["threads.jsonl", "--max-comments", &most.to_string()], b"", 0);
        let read = u64::min(most, 600);
        assert_eq!((figures["read"].as_u64(), figures["is_cut"].as_bool()), (Some(read), Some(is_cut)), "{most}");
        for whole in figures["whole"].as_array().expect("runs") {
            assert_eq!(whole["read"].as_u64(), Some(read), "{most}: {whole}");
        }
    }
}

#[test]
fn nothing_to_read_has_no_speed_and_needs_a_look() {
    for input in ["", "\n\n", "{\"type\":\"thread\",\"thread_id\":\"a\",\"title\":\"Ferries\"}\n"] {
        let figures = bench(&Workspace::new(), &[], input.as_bytes(), 1);
        assert_eq!(figures["read"], 0, "{input}");
        for part in ["stages", "whole"].into_iter().flat_map(|list| figures[list].as_array().expect(list)) {
            assert_eq!(part["comments_per_second"], Value::Null, "{input}: {part}");
        }
    }
}

#[test]
fn the_table_is_for_people_and_writes_nothing_else() {
    let workspace = Workspace::new();
    let input = sample("thread.jsonl");
    let arguments =
        ["bench", input.to_str().expect("UTF-8"), "--passes", "2", "--workers", "2", "--max-comments", "20"];
    let ran = workspace.run(arguments, b"").expect_code(0);
    let table = String::from_utf8(ran.stdout).expect("UTF-8");
    for line in ["comments      20, the first of more (--max-comments)", "dead letters  0", "2 workers "] {
        assert!(table.lines().any(|found| found.starts_with(line)), "`{line}` is not in\n{table}");
    }
    for stage in STAGES {
        let is_there = |line: &str| line.starts_with(stage) && line.ends_with(" %");
        assert!(table.lines().any(is_there), "`{stage}` is not in\n{table}");
    }
    assert_eq!((ran.stderr.as_str(), workspace.names()), ("", Vec::new()));
}

#[test]
fn what_cannot_be_measured_is_told_before_anything_is() {
    let workspace = Workspace::new();
    workspace.write("wrong.toml", "[limits]\nmax_idz = 1\n");
    let ran = workspace.run(["bench", "missing.jsonl", "--config", "wrong.toml", "--map", "text"], b"").expect_code(2);
    for piece in ["missing.jsonl: cannot open", "max_idz", "text"] {
        assert!(ran.stderr.contains(piece), "`{piece}` is not in\n{}", ran.stderr);
    }
    assert!(ran.stdout.is_empty());
    workspace.run(["bench", "--passes", "0"], b"").expect_code(2);
}
