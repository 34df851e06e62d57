//! Files that a run writes, watched: one that is removed meanwhile, or has no room left, must not swallow records in silence.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;

use super::failure::Exit;

/// A file that takes nothing once it has been removed: what was written to it then would be lost.
#[derive(Debug)]
pub(super) struct WatchedFile(File);

impl WatchedFile {
    pub(super) fn new(file: File) -> Self {
        Self(file)
    }
}

impl Write for WatchedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if is_removed(&self.0) {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the file was removed while it was being written"));
        }
        self.0.write(bytes)
    }

    /// Writes all, or nothing where that can be had: a file that has no room for the last lines ends with those before.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let before = self.0.stream_position();
        let mut rest = bytes;
        while !rest.is_empty() {
            let failed = match self.write(rest) {
                Ok(0) => io::ErrorKind::WriteZero.into(),
                Ok(count) => {
                    rest = rest.get(count..).unwrap_or_default();
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            if let Ok(before) = before
                && self.0.metadata().is_ok_and(|metadata| metadata.is_file())
            {
                // The failure is told in any case.
                let _ = self.0.set_len(before).and_then(|()| self.0.seek(SeekFrom::Start(before)));
            }
            return Err(failed);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether no name leads to a file any more.
#[cfg(unix)]
fn is_removed(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.nlink() == 0)
}

/// Elsewhere a file cannot be removed while it is open.
#[cfg(not(unix))]
fn is_removed(_: &File) -> bool {
    false
}

/// Where the files of a run stood when they were opened.
#[derive(Debug, Default)]
pub(super) struct WrittenFiles(Vec<(PathBuf, Handle)>);

/// What became of a file that is not where it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// Nothing leads to it any more.
    Removed,
    /// It has another name; what was written is there.
    Renamed,
}

impl WrittenFiles {
    /// The files that are at some paths; pipes and devices are not looked at.
    pub(super) fn of<'p>(paths: impl Iterator<Item = &'p Path>) -> Self {
        let files = paths.filter(|path| path.is_file());
        Self(files.filter_map(|path| Some((path.to_path_buf(), Handle::from_path(path).ok()?))).collect())
    }

    /// Paths that no longer lead to the file that was written.
    fn missing(&self) -> impl Iterator<Item = (&Path, Missing)> {
        let elsewhere = |(path, file): &&(PathBuf, Handle)| Handle::from_path(path).map_or(true, |now| now != *file);
        self.0.iter().filter(elsewhere).map(|(path, file)| {
            let what = if is_removed(file.as_file()) { Missing::Removed } else { Missing::Renamed };
            (path.as_path(), what)
        })
    }

    /// Tells at the end of a run which files are not where they were opened; with the exit code that follows, where the
    /// run would have ended with `exit`.
    pub(super) fn report_missing(&self, mut exit: Exit) -> Exit {
        for (path, what) in self.missing() {
            let (told, found) = match what {
                Missing::Removed => {
                    ("was removed while it was being written: what was written is lost", Exit::CouldNotRun)
                }
                Missing::Renamed => (
                    "is not the file that was opened, which has another name now: what was written is there",
                    Exit::NeedsALook,
                ),
            };
            let _ = writeln!(io::stderr().lock(), "error: {}: {told}", path.display());
            exit = match (exit, found) {
                (Exit::Done, found) | (_, found @ Exit::CouldNotRun) => found,
                (exit, _) => exit,
            };
        }
        exit
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_removed_file_takes_nothing_and_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records");
        let mut file = WatchedFile::new(File::create(&path).unwrap());
        let files = WrittenFiles::of([path.as_path(), Path::new("/dev/null")].into_iter());
        file.write_all(b"one\n").unwrap();
        assert_eq!(files.report_missing(Exit::Done), Exit::Done);
        std::fs::remove_file(&path).unwrap();
        let error = file.write_all(b"two\n").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert_eq!(files.missing().collect::<Vec<_>>(), [(path.as_path(), Missing::Removed)]);
        assert_eq!(files.report_missing(Exit::Done), Exit::CouldNotRun);
        assert_eq!(files.report_missing(Exit::Interrupted), Exit::CouldNotRun, "records are lost");
    }

    #[test]
    fn a_renamed_file_takes_more_and_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["records", "other"].map(|name| folder.path().join(name));
        let mut file = WatchedFile::new(File::create(&path).unwrap());
        let files = WrittenFiles::of([path.as_path()].into_iter());
        std::fs::rename(&path, &other).unwrap();
        file.write_all(b"one\n").unwrap();
        assert_eq!(std::fs::read(&other).unwrap(), b"one\n");
        let check = || {
            assert_eq!(files.missing().collect::<Vec<_>>(), [(path.as_path(), Missing::Renamed)]);
            assert_eq!(files.report_missing(Exit::Done), Exit::NeedsALook);
            assert_eq!(files.report_missing(Exit::Interrupted), Exit::Interrupted);
        };
        check();
        std::fs::write(&path, "somebody else's").unwrap();
        check();
        std::fs::remove_file(&path).unwrap();
        std::fs::hard_link(&other, &path).unwrap();
        assert_eq!(files.missing().count(), 0, "the same file");
    }
}
