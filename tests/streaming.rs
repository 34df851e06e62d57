//! A record appears while the input stays open.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use serde_json::Value;

use crate::support::Workspace;

/// Far more than any record takes; only a program that never answers runs into it.
const GUARD: Duration = Duration::from_secs(30);

/// The program on a pipe that stays open.
pub struct Conversation {
    pub child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Conversation {
    pub fn begin(workspace: &Workspace, arguments: &[&str]) -> Self {
        let mut command = workspace.std_command();
        command.arg("run").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, answers) = sync_channel(1_024);
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let stdin = child.stdin.take();
        Self { child, stdin, answers }
    }

    pub fn say(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("an open pipe");
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).expect("the program listens");
    }

    /// The next record.
    #[track_caller]
    pub fn hear(&mut self) -> Value {
        let line = self.answers.recv_timeout(GUARD).expect("a record while the pipe is open");
        serde_json::from_str(&line).expect("a whole record")
    }

    /// Closes the pipe, and waits for the program to end: its exit code, what it said to the end, and stderr.
    pub fn end(mut self) -> (Option<i32>, Vec<String>, String) {
        drop(self.stdin.take());
        self.wait()
    }

    /// Waits for the program to end while the pipe stays open.
    pub fn wait(self) -> (Option<i32>, Vec<String>, String) {
        let Self { child, stdin, answers } = self;
        // First what it says: it does not end while nobody listens.
        let rest = answers.into_iter().collect();
        let output = child.wait_with_output().expect("the program ends");
        drop(stdin);
        (output.status.code(), rest, String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn check(arguments: &[&str], before: &str, lines: &[&str]) {
    let workspace = Workspace::new();
    let mut conversation = Conversation::begin(&workspace, arguments);
    conversation.say(before);
    for (place, line) in lines.iter().enumerate() {
        conversation.say(line);
        let record = conversation.hear();
        assert_eq!(record["id"], format!("c{place}"), "{arguments:?}");
    }
    let (code, rest, stderr) = conversation.end();
    assert_eq!((code, rest.as_slice()), (Some(0), &[][..]), "{stderr}");
    assert!(stderr.contains(&format!("{} items from stdin", lines.len())), "{stderr}");
}

#[test]
fn json_lines_are_answered_one_by_one() {
    let lines = [
        "{\"id\":\"c0\",\"text\":\"The ferry was late again.\"}\n",
        "{\"id\":\"c1\",\"parent_id\":\"c0\",\"text\":\"It was on time on Monday.\"}\n",
        "{\"id\":\"c2\",\"text\":\"\"}\n",
    ];
    check(&[], "", &lines);
    check(&["--workers", "1"], "", &lines);
    check(&["--format", "jsonl", "--workers", "8"], "", &lines);
}

#[test]
fn table_rows_are_answered_one_by_one() {
    let rows = ["c0,The ferry was late again.\n", "c1,\"It was late, again.\nAnd cold.\"\n", "c2,Yes\n"];
    check(&[], "id,text\n", &rows);
    check(&["--format", "csv", "--workers", "1"], "id,text\n", &rows);
}

#[test]
fn a_line_in_two_pieces_is_one_comment() {
    let workspace = Workspace::new();
    let mut conversation = Conversation::begin(&workspace, &[]);
    conversation.say("{\"id\":\"a\",\"text\":\"One.\"}\n{\"id\":\"b\",\"te");
    assert_eq!(conversation.hear()["id"], "a");
    conversation.say("xt\":\"Two.\"}\n");
    assert_eq!(conversation.hear()["text"], "Two.");
    assert_eq!(conversation.end().0, Some(0));
}

#[test]
fn a_dead_letter_does_not_hold_up_what_came_before_it() {
    let workspace = Workspace::new();
    let mut conversation = Conversation::begin(&workspace, &["--dead-letters", "dead.jsonl"]);
    conversation.say("{\"id\":\"a\",\"text\":\"One.\"}\n{oops\n{\"id\":\"b\",\"text\":\"Two.\"}\n");
    assert_eq!(conversation.hear()["id"], "a");
    assert_eq!(conversation.hear()["id"], "b");
    assert_eq!(conversation.end().0, Some(0));
    assert_eq!(workspace.lines("dead.jsonl").len(), 1);
}
