//! An interrupt finishes what was read, and says that there was one.
#![cfg(unix)]

use std::fmt::Write as _;
use std::process::Command;

use serde_json::json;

use crate::streaming::Conversation;
use crate::support::{Workspace, number, parse_lines, string};

fn interrupt(conversation: &Conversation, signal: &str) {
    let sent = Command::new("kill").args([signal, &conversation.child.id().to_string()]).status().expect("a signal");
    assert!(sent.success());
}

fn check(signal: &str) {
    let workspace = Workspace::new();
    let mut conversation = Conversation::begin(&workspace, &["--summary", "sum.json", "--dead-letters", "dead.jsonl"]);
    conversation.say("{\"id\":\"a\",\"text\":\"The ferry was late again.\"}\n{oops\n");
    assert_eq!(conversation.hear()["id"], "a");
    conversation.say("{\"id\":\"b\",\"text\":\"It is always late.\"}\n");
    assert_eq!(conversation.hear()["id"], "b");
    // Half a line was read, and will never be whole.
    conversation.say("{\"id\":\"c\",\"te");
    interrupt(&conversation, signal);
    let (code, rest, stderr) = conversation.wait();
    assert_eq!(code, Some(130), "{signal}: {stderr}");
    assert!(rest.is_empty(), "{signal}: {rest:?}");
    assert!(stderr.contains("interrupted"), "{signal}: {stderr}");
    let summary = &workspace.lines("sum.json")[0];
    assert_eq!(summary["interrupted"], true);
    let counts = ["/read", "/records", "/dead_letters"].map(|pointer| number(summary, pointer));
    assert_eq!(counts, [3, 2, 1]);
    assert_eq!(workspace.lines("dead.jsonl").len(), 1);
}

#[test]
fn ctrl_c_ends_an_open_pipe_with_130() {
    check("-INT");
}

#[test]
fn a_request_to_end_is_an_interrupt() {
    check("-TERM");
}

const TEXT: &str = "The ferry was late again and nobody told us why.";

/// The output is longer than all that pipes and queues hold, so the run is in its midst when the signal comes.
fn check_file(name: &str, content: &[u8], comments: usize) {
    let workspace = Workspace::new();
    workspace.write(name, content);
    let mut conversation = Conversation::begin(&workspace, &[name, "--summary", "sum.json"]);
    assert_eq!(conversation.hear()["id"], "0");
    interrupt(&conversation, "-INT");
    let (code, rest, stderr) = conversation.wait();
    assert_eq!(code, Some(130), "{name}: {stderr}");
    let records = parse_lines(format!("{}\n", rest.join("\n")).as_bytes());
    assert!(records.len() + 1 < comments, "{name}: {}", records.len());
    let ids: Vec<&str> = records.iter().map(|record| string(record, "/id")).collect();
    assert_eq!(ids, (1..=records.len()).map(|place| place.to_string()).collect::<Vec<_>>(), "{name}: none is missing");
    assert!(records.iter().all(|record| record["text"] == TEXT), "{name}: half a comment");
    let summary = &workspace.lines("sum.json")[0];
    assert_eq!(summary["interrupted"], true, "{name}");
    let counts = ["/read", "/records", "/dead_letters"].map(|pointer| number(summary, pointer));
    assert_eq!(counts, [records.len() + 1, records.len() + 1, 0], "{name}: {stderr}");
}

#[test]
fn what_was_read_of_a_file_is_finished_and_no_half_comment_is_made() {
    const COMMENTS: usize = 20_000;
    let (mut lines, mut table) = (String::new(), "id,text\n".to_owned());
    for place in 0..COMMENTS {
        // Names that look random, so that compression leaves more than is read at a time.
        let author = format!("{:x}", (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let _ = writeln!(lines, "{}", json!({ "id": place.to_string(), "author": author, "text": TEXT }));
        // Without quotation marks: then a row that is cut off is still a row.
        let _ = writeln!(table, "{place},{TEXT}");
    }
    check_file("comments.jsonl", lines.as_bytes(), COMMENTS);
    check_file("comments.csv", table.as_bytes(), COMMENTS);
    check_file("comments.zst", &zstd::encode_all(lines.as_bytes(), 1).expect("packed"), COMMENTS);
}

#[test]
fn a_run_that_ends_by_itself_was_not_interrupted() {
    let workspace = Workspace::new();
    workspace.run(["run", "--summary", "sum.json"], b"{\"text\":\"The ferry was late.\"}\n").expect_code(0);
    assert_eq!(workspace.lines("sum.json")[0]["interrupted"], false);
}
