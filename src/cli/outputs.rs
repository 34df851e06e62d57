//! Checking, then opening, everything that a run writes.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use same_file::Handle;

use crate::sink::{LineSink, compression_of};

use super::inputs::{Problems, is_dash};
use super::watched_file::WatchedFile;

/// Files that a run reads or writes: none may be written over. A file of two names, and one that stdin comes from, is
/// known by what it is, not by how it is called.
#[derive(Debug, Default)]
pub(super) struct Taken {
    places: Vec<PathBuf>,
    files: Vec<Handle>,
}

impl Taken {
    /// The files that are read.
    pub(super) fn read<'p>(paths: impl Iterator<Item = &'p Path>, reads_stdin: bool) -> Self {
        let mut taken = Self::default();
        for path in paths.filter(|path| path.is_file()) {
            taken.add(path);
        }
        if reads_stdin {
            taken.files.extend(Handle::stdin().ok());
        }
        taken
    }

    fn add(&mut self, path: &Path) {
        self.places.push(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()));
        if path.is_file() {
            self.files.extend(Handle::from_path(path).ok());
        }
    }

    /// Whether a file, which may not exist yet, is one of them.
    fn has(&self, place: &PathBuf) -> bool {
        let is_same = || Handle::from_path(place).is_ok_and(|file| self.files.contains(&file));
        self.places.contains(place) || (place.is_file() && is_same())
    }
}

/// Finds what keeps outputs from being written, without creating or emptying any of them. None may be the same file as
/// one that is read (`taken`) or as another output; only records may go to stdout.
pub(super) fn check_outputs(
    records: Option<&Path>,
    beside_records: [Option<&Path>; 2],
    taken: Taken,
    problems: &mut Problems,
) {
    let beside_records: Vec<&Path> = beside_records.into_iter().flatten().collect();
    check_all_outputs(records.as_slice(), &beside_records, taken, problems);
}

/// Does what [`check_outputs`] does, for any number of outputs.
pub(super) fn check_all_outputs(
    records: &[&Path],
    beside_records: &[&Path],
    mut taken: Taken,
    problems: &mut Problems,
) {
    if beside_records.iter().any(|path| is_dash(path)) {
        problems.push(anyhow!("`-`: stdout is for records\n  hint: name a file"));
    }
    for path in beside_records.iter().chain(records).filter(|path| !is_dash(path)) {
        let name = path.display();
        match place_of(path) {
            Err(error) => problems.push(anyhow::Error::new(error).context(format!("{name}: cannot write"))),
            Ok(Some(place)) if taken.has(&place) => {
                problems.push(anyhow!("{name}: is read or written already\n  hint: choose another file"));
            }
            Ok(Some(place)) => taken.add(&place),
            Ok(None) => {}
        }
    }
}

/// Where a file that may not exist yet is or would be; `None` for a pipe or a device.
///
/// # Errors
/// Where it cannot be written there, as far as one can tell.
fn place_of(path: &Path) -> io::Result<Option<PathBuf>> {
    if let Ok(metadata) = path.metadata() {
        if !metadata.is_file() && !metadata.is_dir() {
            // Not opened on trial: a pipe's reader would take the end of the trial for the end of the records.
            return Ok(None);
        }
        OpenOptions::new().write(true).open(path)?;
        return path.canonicalize().map(Some);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    if !folder.metadata()?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(Some(folder.canonicalize()?.join(name)))
}

/// An output that was checked: a file, emptied, and compressed as its ending says.
pub(super) fn compressed_output(path: &Path, problems: &mut Problems) -> Option<LineSink> {
    let name = path.display().to_string();
    let opened = emptied(path).and_then(|file| {
        LineSink::compressed(&*name, Box::new(WatchedFile::new(file)), compression_of(path)).map_err(anyhow::Error::new)
    });
    opened.map_err(|error| problems.push(error)).ok()
}

/// An output that was checked: a file that is empty now.
///
/// # Errors
/// Where it cannot be made or emptied.
pub(super) fn emptied(path: &Path) -> anyhow::Result<File> {
    File::create(path).with_context(|| format!("{}: cannot write", path.display()))
}

/// An output that was checked: a file, emptied, or stdout where none, or `-`, is named.
pub(super) fn output(path: Option<&Path>, problems: &mut Problems) -> Option<LineSink> {
    let Some(path) = path.filter(|path| !is_dash(path)) else {
        return Some(LineSink::new("stdout", Box::new(io::stdout())));
    };
    match emptied(path) {
        Ok(file) => Some(LineSink::new(path.display().to_string(), Box::new(WatchedFile::new(file)))),
        Err(error) => {
            problems.push(error);
            None
        }
    }
}
