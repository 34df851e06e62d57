//! What was promoted and rolled back, a line each.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::error::RegistryError;

/// The file of an entry that holds its history: JSON, a line a change, oldest first.
pub const HISTORY: &str = "history.jsonl";

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A version was brought in.
    Promote,
    /// An earlier version was brought back.
    Rollback,
}

/// Why a version was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is not worse than what it takes the place of.
    Passed,
    /// There was nothing to compare it with.
    First,
    /// `--force`: it was not asked.
    Forced,
}

/// What the gate said of a promotion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateNote {
    /// Why the version was let through.
    pub verdict: Verdict,
    /// Name, version and checksum of what it was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<String>,
    /// Names of the files that both were measured on; empty where their reports were compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// By how much a figure may drop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_drop: Option<f64>,
    /// By how much the one dropped that dropped most; negative where all rose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_drop: Option<f64>,
}

/// One change of what is current.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// When, as RFC 3339 in UTC.
    pub at: String,
    /// What was done.
    pub action: Change,
    /// The version that was current before; null for the first.
    pub from: Option<String>,
    /// The version that is current from then on.
    pub to: String,
    /// SHA-256 of its weights.
    pub weights_sha256: String,
    /// Of a promotion, what the gate said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateNote>,
}

/// The changes of an entry, oldest first, and the numbers of lines that are none. A line is written whole before what it
/// says is done, so that one which broke off says nothing that happened.
///
/// # Errors
/// Where the file is there, and cannot be read.
pub fn history(entry: &Entry) -> Result<(Vec<HistoryLine>, Vec<usize>), RegistryError> {
    let path = entry.folder().join(HISTORY);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(RegistryError::io(&path, "read")(error)),
    };
    let (mut lines, mut broken) = (Vec::new(), Vec::new());
    for (place, line) in bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(line) => lines.push(line),
            Err(_) => broken.push(place + 1),
        }
    }
    Ok((lines, broken))
}

/// The version that was current before `current` was promoted, the last time that it was.
pub(super) fn before<'h>(history: &'h [HistoryLine], current: &str) -> Option<&'h str> {
    let promotion = history.iter().rev().find(|line| line.action == Change::Promote && line.to == current)?;
    promotion.from.as_deref()
}

/// Adds a line, and waits until it is on the disk.
pub(super) fn append(folder: &Path, line: &HistoryLine) -> Result<(), RegistryError> {
    let path = folder.join(HISTORY);
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        let mut bytes = Vec::new();
        // Behind half a line, a new one begins all the same.
        if file.metadata()?.len() > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != [b'\n'] {
                bytes.push(b'\n');
            }
        }
        serde_json::to_writer(&mut bytes, line)?;
        bytes.push(b'\n');
        file.write_all(&bytes)?;
        file.sync_all()
    };
    write().map_err(RegistryError::io(&path, "write"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(action: Change, from: Option<&str>, to: &str) -> HistoryLine {
        HistoryLine {
            at: "2026-01-01T00:00:00Z".into(),
            action,
            from: from.map(Into::into),
            to: to.into(),
            weights_sha256: "00".into(),
            gate: None,
        }
    }

    #[test]
    fn half_a_line_is_named_and_harms_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let entry = Entry::at(folder.path());
        assert_eq!(history(&entry).unwrap(), (vec![], vec![]));
        let first = line(Change::Promote, None, "1-a");
        append(folder.path(), &first).unwrap();
        let path = folder.path().join(HISTORY);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend_from_slice(b"{\"at\":\"20");
        std::fs::write(&path, bytes).unwrap();
        let mut last = line(Change::Promote, Some("1-a"), "2-b");
        last.gate = Some(GateNote {
            verdict: Verdict::Passed,
            compared_with: Some("demo@1".into()),
            data: vec!["dev.jsonl".into()],
            max_drop: Some(0.002),
            largest_drop: Some(-0.01),
        });
        append(folder.path(), &last).unwrap();
        assert_eq!(history(&entry).unwrap(), (vec![first, last], vec![2]));
    }

    #[test]
    fn what_was_before_follows_promotions_not_rollbacks() {
        let all = [
            line(Change::Promote, None, "1"),
            line(Change::Promote, Some("1"), "2"),
            line(Change::Promote, Some("2"), "3"),
            line(Change::Rollback, Some("3"), "2"),
        ];
        assert_eq!(before(&all, "3"), Some("2"));
        assert_eq!(before(&all, "2"), Some("1"), "twice back goes back twice");
        assert_eq!(before(&all, "1"), None);
        assert_eq!(before(&all, "4"), None);
    }
}
