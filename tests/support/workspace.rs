//! A temporary folder in which the program runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The folder of the package.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the sample thread.
pub fn sample(name: &str) -> PathBuf {
    repository().join("data/samples").join(name)
}

/// Objects, one a line; fails where a line is not whole.
pub fn parse_lines(bytes: &[u8]) -> Vec<Value> {
    assert!(bytes.is_empty() || bytes.ends_with(b"\n"), "the last line is not complete");
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// An empty folder that goes when the test ends. The program runs in it, so that no `pipeline.toml` is about unless
/// the test writes one.
pub struct Workspace {
    folder: TempDir,
}

impl Workspace {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A file or folder in it, which need not exist.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("a file written");
        path
    }

    /// The bytes of a file that the program should have written.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The objects of a file of JSON lines.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        parse_lines(&self.read(name))
    }

    /// The names of all files in it, in order.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The program, to be run in this folder.
    pub fn command(&self) -> Command {
        let mut command = Command::from_std(self.std_command());
        command.timeout(std::time::Duration::from_secs(300));
        command
    }

    /// The same, for tests that hold its pipes.
    pub fn std_command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(program());
        command.current_dir(self.folder.path()).env_remove("RUST_LOG");
        command
    }

    /// Runs the program for a reader that leaves at once: it has to end quietly, with exit code 0.
    pub fn run_for_a_reader_that_leaves(&self, arguments: &[&str]) {
        let mut command = self.std_command();
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }

    /// Runs the program to its end.
    pub fn run<A: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = A>, stdin: &[u8]) -> Ran {
        let output = self.command().args(arguments).write_stdin(stdin).output().expect("the program runs");
        Ran {
            code: output.status.code().expect("an exit code"),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
        }
    }
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_threadsieve"))
}

/// What a run of the program left behind.
pub struct Ran {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Ran {
    /// Fails unless the program ended with this code.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code; stderr was:\n{}", self.stderr);
        self
    }

    /// The records on stdout.
    pub fn records(&self) -> Vec<Value> {
        parse_lines(&self.stdout)
    }
}
