//! Checking, then opening, everything that a run writes.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use same_file::Handle;

use crate::sink::{Compression, DurableFile, LineSink, compression_of};

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

/// Whether a path leads to a pipe or a device.
pub(super) fn is_pipe_or_device(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// What becomes of a file when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// It is emptied.
    Emptied,
    /// It is emptied, and checkpoints can be made of it.
    Durable,
    /// It stays as it is, until it is written on from a checkpoint.
    AsItIs,
}

/// An output that was checked: a file, compressed as its ending says.
///
/// # Errors
/// Where it cannot be made or opened.
pub(super) fn line_output(path: &Path, opening: Opening) -> anyhow::Result<LineSink> {
    let (name, compression) = (path.display().to_string(), compression_of(path));
    Ok(match opening {
        Opening::Emptied => LineSink::compressed(name, Box::new(WatchedFile::new(emptied(path)?)), compression),
        Opening::Durable | Opening::AsItIs => LineSink::durable(name, durable(path, opening)?, compression),
    })
}

/// An output that was checked: a file that is not compressed, whatever its ending says.
///
/// # Errors
/// Where it cannot be made or opened.
pub(super) fn plain_output(path: &Path, opening: Opening) -> anyhow::Result<LineSink> {
    let name = path.display().to_string();
    Ok(match opening {
        Opening::Emptied => LineSink::new(name, Box::new(WatchedFile::new(emptied(path)?))),
        Opening::Durable | Opening::AsItIs => LineSink::durable(name, durable(path, opening)?, Compression::None),
    })
}

/// A file that checkpoints can be made of.
///
/// # Errors
/// Where it cannot be made or opened, or another run writes it.
pub(super) fn durable(path: &Path, opening: Opening) -> anyhow::Result<DurableFile> {
    let open = || {
        let mut file = DurableFile::open(path)?;
        if opening != Opening::AsItIs {
            file.cut(0)?;
        }
        Ok::<_, io::Error>(file)
    };
    open().with_context(|| format!("{}: cannot write", path.display()))
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
