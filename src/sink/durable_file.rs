//! A file that outlasts a loss of power as far as it was written, and that is taken up again where a checkpoint says.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::Path;

/// A file that this process alone writes, as far as other runs are concerned.
///
/// Opening it changes nothing: [`DurableFile::cut`] says from where on it is written.
#[derive(Debug)]
pub struct DurableFile {
    file: File,
}

impl DurableFile {
    /// Opens a file, or makes an empty one.
    ///
    /// # Errors
    /// Where it cannot be opened, or another run writes it.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another run writes it"));
            }
            // A file system that knows no locks is no reason not to run.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        sync_folder_of(path)?;
        Ok(Self { file })
    }

    /// Takes away what stands behind the first so many bytes; writing goes on there.
    ///
    /// # Errors
    /// Where it has fewer bytes, or cannot be cut.
    pub fn cut(&mut self, bytes: u64) -> io::Result<()> {
        let there = self.file.metadata()?.len();
        if there < bytes {
            let message = format!("it has {there} bytes, and {bytes} were written");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        self.file.set_len(bytes)?;
        self.file.seek(SeekFrom::Start(bytes)).map(drop)
    }

    /// Waits until all that was written would outlast a loss of power, and says how many bytes these are.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn persist(&mut self) -> io::Result<u64> {
        self.file.sync_data()?;
        self.file.stream_position()
    }
}

impl Write for DurableFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Waits until the folder of a file knows of the file, also after a loss of power.
///
/// # Errors
/// Where the disk does not take it.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened, and the system sees to them.
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match File::open(folder)?.sync_all() {
            // Some file systems have no such thing for folders.
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {}
            result => result?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_only_to_what_it_has_and_only_one_run_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let mut file = DurableFile::open(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one\ntwo\n", "opening changes nothing");
        assert_eq!(DurableFile::open(&path).unwrap_err().to_string(), "another run writes it");
        let error = file.cut(9).unwrap_err();
        assert_eq!(error.to_string(), "it has 8 bytes, and 9 were written");
        assert_eq!(std::fs::read(&path).unwrap().len(), 8, "and nothing is filled up");
        file.cut(4).unwrap();
        file.write_all(b"2\n").unwrap();
        assert_eq!(file.persist().unwrap(), 6);
        drop(file);
        assert_eq!(std::fs::read(&path).unwrap(), b"one\n2\n");
        assert!(DurableFile::open(&path).is_ok(), "the lock goes with the run");
    }
}
