//! How a run ends where nothing is refused: empty inputs, several inputs, broken ones, and readers that leave.

use serde_json::json;

use crate::support::{Workspace, interleaved_threads, number, string};

#[test]
fn an_empty_input_gives_no_record_and_is_no_failure() {
    let workspace = Workspace::new();
    workspace.write("empty.jsonl", "");
    for (arguments, stdin) in [
        (&["run"][..], &b""[..]),
        (&["run", "--strict", "empty.jsonl"], b""),
        (&["run", "--format", "csv"], b""),
        (&["run", "--format", "csv"], b"id,text\n"),
        (&["run", "--format", "page"], b"\n\n"),
        (&["run", "--format", "jsonl"], b"\n \r\n"),
    ] {
        let all = arguments.iter().chain(&["--summary", "sum.json"]);
        let ran = workspace.run(all, stdin).expect_code(0);
        assert!(ran.stdout.is_empty(), "{arguments:?}");
        let summary = &workspace.lines("sum.json")[0];
        let counts = ["/read", "/records", "/dead_letters"].map(|pointer| number(summary, pointer));
        assert_eq!(counts, [0; 3], "{arguments:?}");
    }
}

#[test]
fn several_inputs_are_read_in_order() {
    let workspace = Workspace::new();
    workspace.write("b.jsonl", "{\"text\":\"From the second file.\"}\n");
    workspace.write("a.csv", "text,author\nFrom the first file.,Ann\n");
    let arguments = ["run", "a.csv", "-", "b.jsonl", "--summary", "sum.json"];
    let ran = workspace.run(arguments, b"{\"text\":\"From the pipe.\"}\n").expect_code(0);
    let records = ran.records();
    let texts: Vec<&str> = records.iter().map(|record| string(record, "/text")).collect();
    assert_eq!(texts, ["From the first file.", "From the pipe.", "From the second file."]);
    let ids: Vec<&str> = records.iter().map(|record| string(record, "/id")).collect();
    assert_eq!(ids, ["1:2", "2:1", "3:1"]);
    let inputs = &workspace.lines("sum.json")[0]["inputs"];
    let expected = json!([
        { "source": "a.csv", "format": "csv" },
        { "source": "stdin", "format": "jsonl" },
        { "source": "b.jsonl", "format": "jsonl" },
    ]);
    assert_eq!(*inputs, expected);
}

#[test]
fn an_input_that_breaks_off_needs_a_look() {
    let workspace = Workspace::new();
    let packed = zstd::encode_all(interleaved_threads(500, 3).as_bytes(), 1).expect("packed");
    workspace.write("cut.zst", &packed[..packed.len() / 2]);
    workspace.write("good.jsonl", "{\"id\":\"last\",\"text\":\"Still read.\"}\n");
    let ran = workspace.run(["run", "cut.zst", "good.jsonl", "--dead-letters", "dead.jsonl"], b"").expect_code(1);
    assert_eq!(ran.records().last().expect("a record")["id"], "last");
    let letters = workspace.lines("dead.jsonl");
    assert!(letters.iter().any(|letter| letter["kind"] == "unreadable"), "{letters:?}");
}

#[test]
fn a_reader_that_leaves_ends_the_run_quietly() {
    let workspace = Workspace::new();
    workspace.write("comments.jsonl", interleaved_threads(5_000, 5));
    workspace.run_for_a_reader_that_leaves(&["run", "comments.jsonl"]);
}

/// Pipes and devices are neither opened on trial nor refused for being named twice.
#[test]
#[cfg(unix)]
fn records_go_to_pipes_and_devices() {
    let workspace = Workspace::new();
    let input = b"{\"text\":\"The lamps are dark.\"}\n{oops\n";
    let plain = workspace.run(["run"], input).expect_code(0);
    for stdout in ["/dev/stdout", "-"] {
        assert_eq!(workspace.run(["run", "-o", stdout], input).expect_code(0).stdout, plain.stdout, "{stdout}");
    }
    assert!(!workspace.path("-").exists());
    let arguments = ["run", "-o", "/dev/null", "--dead-letters", "/dev/null", "--summary", "/dev/null"];
    assert!(workspace.run(arguments, input).expect_code(0).stdout.is_empty());
}

/// Where there is such a device.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    let workspace = Workspace::new();
    let input = b"{\"text\":\"The lamps are dark.\"}\n{oops\n";
    for option in ["--output", "--dead-letters", "--summary"] {
        let ran = workspace.run(["run", option, "/dev/full"], input).expect_code(2);
        assert!(ran.stderr.contains("/dev/full: cannot write: No space left on device"), "{}", ran.stderr);
    }
}

#[test]
fn stdout_holds_records_and_stderr_the_rest() {
    let workspace = Workspace::new();
    let input = b"{\"text\":\"The lamps are dark.\"}\n{oops\n";
    let ran = workspace.run(["run", "-vvv", "--log-format", "json"], input).expect_code(0);
    assert_eq!(ran.records().len(), 1);
    let logged = ran.stderr.lines().filter(|line| line.starts_with('{'));
    let logged: Vec<serde_json::Value> = logged.map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(logged.iter().any(|entry| entry["kind"] == "invalid_json" && entry["at"] == "stdin:2"), "{}", ran.stderr);
    for name in ["read", "action", "language", "tone", "dead", "speed"] {
        assert!(ran.stderr.lines().any(|line| line.starts_with(name)), "`{name}` in {}", ran.stderr);
    }
}
