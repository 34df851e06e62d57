//! Inputs that are read more than once: files as they are, stdin and pipes from a temporary copy.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use crate::report::RecordsFile;
use crate::source::{InputSpec, RawInput};

use super::inputs::is_dash;

/// An input that can be read again.
#[derive(Debug, Clone)]
pub(super) struct Rereadable {
    pub(super) name: String,
    from: From,
}

#[derive(Debug, Clone)]
enum From {
    Path(PathBuf),
    /// Without a name, so that it is gone when the program ends, however it does.
    Copy(Arc<File>),
}

impl Rereadable {
    /// All inputs, stdin where there is none. Copies what can be read only once.
    pub(super) fn all(paths: &[PathBuf]) -> anyhow::Result<Vec<Self>> {
        let dash = [PathBuf::from("-")];
        let paths = if paths.is_empty() { &dash } else { paths };
        paths.iter().map(|path| Self::of(path)).collect()
    }

    fn of(path: &Path) -> anyhow::Result<Self> {
        let name = if is_dash(path) { "stdin".to_owned() } else { path.display().to_string() };
        if !is_dash(path) && path.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Ok(Self { name, from: From::Path(path.to_path_buf()) });
        }
        let copy = || -> io::Result<File> {
            let mut file = tempfile::tempfile()?;
            if is_dash(path) {
                io::copy(&mut io::stdin().lock(), &mut file)?;
            } else {
                io::copy(&mut File::open(path)?, &mut file)?;
            }
            Ok(file)
        };
        let file = copy().with_context(|| format!("{name}: cannot copy it, to read it more than once"))?;
        Ok(Self { name, from: From::Copy(Arc::new(file)) })
    }

    /// An unnamed file that was written by this program.
    pub(super) fn written(name: &str, file: File) -> Self {
        Self { name: name.to_owned(), from: From::Copy(Arc::new(file)) }
    }

    /// Opens it from the beginning. Only one reader at a time may use a copy.
    fn open(&self) -> io::Result<File> {
        Ok(match &self.from {
            From::Path(path) => File::open(path)?,
            From::Copy(file) => {
                let mut file = file.try_clone()?;
                file.rewind()?;
                file
            }
        })
    }

    /// As records.
    pub(super) fn records(&self) -> RecordsFile {
        let this = self.clone();
        let open = move || Ok(Box::new(this.open()?) as Box<dyn Read + Send>);
        RecordsFile::new(self.name.clone(), Box::new(open))
    }

    /// As an input of a run.
    pub(super) fn spec(&self) -> InputSpec {
        let this = self.clone();
        let open = Box::new(move || this.open().map(RawInput::File));
        InputSpec { name: self.name.clone(), open, can_reopen: true }
    }
}
