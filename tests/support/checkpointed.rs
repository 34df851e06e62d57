//! A run that makes checkpoints, its outputs, and what may differ between two of them.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{Workspace, interleaved_threads};

/// A run with several outputs, each of which can be written on.
pub struct CheckpointedRun {
    pub workspace: Workspace,
    arguments: Vec<String>,
}

/// What stays behind: the outputs by name, and the summary without what the clock says.
#[derive(PartialEq)]
pub struct Left {
    pub outputs: Vec<(String, Vec<u8>)>,
    pub summary: Value,
}

pub const CHECKPOINT: &str = "run.checkpoint";
const SUMMARY: &str = "sum.json";

/// Comments of the generator with lines between them that are none.
pub fn mixed_input(comments: usize, threads: usize) -> String {
    let mut text = String::new();
    for (place, line) in interleaved_threads(comments, threads).lines().enumerate() {
        text.push_str(line);
        text.push('\n');
        match place % 41 {
            7 => text.push_str("{oops\n"),
            20 => text.push_str("{\"thread_id\":\"t1\",\"id\":\"c0\",\"text\":\"An id that was there.\"}\n"),
            33 => text
                .push_str("{\"id\":\"7\",\"thread_id\":\"alone\",\"parent_id\":\"7\",\"text\":\"Its own answer.\"}\n"),
            _ => {}
        }
    }
    text
}

impl CheckpointedRun {
    /// A run of `arguments`, in a folder of its own with the configuration.
    pub fn new(configuration: &str, arguments: &[&str]) -> Self {
        let workspace = Workspace::new();
        workspace.write("pipeline.toml", configuration);
        let beside = ["run", "--progress", "never", "--checkpoint", CHECKPOINT, "--summary", SUMMARY];
        let arguments = beside.iter().chain(arguments).map(ToString::to_string).collect();
        Self { workspace, arguments }
    }

    /// The command, which may go on from a checkpoint.
    pub fn command(&self, workers: usize) -> Command {
        let mut command = self.workspace.std_command();
        command.args(&self.arguments).args(["--resume", "--workers", &workers.to_string()]);
        command
    }

    /// Starts it without waiting for anything.
    pub fn start(&self, workers: usize) -> Child {
        let mut command = self.command(workers);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// Runs it to its end, which has to be a good one; gives what it said.
    #[track_caller]
    pub fn end(&self, workers: usize, stdin: &[u8]) -> String {
        let mut command = assert_cmd::Command::from_std(self.command(workers));
        let output = command.write_stdin(stdin).output().expect("the program runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        stderr
    }

    /// The items up to the checkpoint; `None` where there is no checkpoint, or the run is complete.
    pub fn items(&self) -> Option<u64> {
        let text = fs::read(self.workspace.path(CHECKPOINT)).ok()?;
        let checkpoint: Value = serde_json::from_slice(&text).expect("a checkpoint is always whole");
        checkpoint["progress"]["at"]["items"].as_u64()
    }

    /// The bytes that an output has by now.
    pub fn length(&self, name: &str) -> u64 {
        fs::metadata(self.workspace.path(name)).map_or(0, |metadata| metadata.len())
    }

    /// What it left.
    pub fn left(&self) -> Left {
        let is_output = |name: &String| {
            let is_input = ["pipeline.toml", CHECKPOINT, SUMMARY].contains(&name.as_str());
            !is_input && Path::new(name).extension().is_some_and(|extension| extension != "partial")
        };
        let names = self.workspace.names().into_iter().filter(|name| self.workspace.path(name).is_file());
        let outputs = names.filter(is_output);
        let outputs = outputs.map(|name| (name.clone(), self.workspace.read(&name))).collect();
        let mut summary = self.workspace.lines(SUMMARY).remove(0);
        let fields = summary.as_object_mut().expect("an object");
        for name in ["seconds", "comments_per_second", "resumed_after"] {
            fields.remove(name);
        }
        Left { outputs, summary }
    }
}

impl Left {
    /// Fails where something else was left than by a run that nothing happened to.
    #[track_caller]
    pub fn expect(&self, unbroken: &Self, what: &str) {
        let names = |left: &Self| left.outputs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(self), names(unbroken), "{what}");
        for ((name, bytes), (_, expected)) in self.outputs.iter().zip(&unbroken.outputs) {
            let same = bytes.iter().zip(expected).take_while(|(byte, expected)| byte == expected).count();
            let lengths = (bytes.len(), expected.len());
            assert!(bytes == expected, "{what}: {name} is another one from byte {same} on, of {lengths:?}");
        }
        assert_eq!(self.summary, unbroken.summary, "{what}");
    }
}
