//! The bytes of an input before anything is known of them.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};

/// The bytes of an input.
pub enum RawInput {
    /// A file: what needs it can begin at its end.
    File(File),
    /// A pipe, or anything else that is read once, from its beginning.
    Stream(Box<dyn Read + Send>),
}

impl std::fmt::Debug for RawInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::File(_) => "RawInput::File",
            Self::Stream(_) => "RawInput::Stream",
        })
    }
}

/// A container whose directory stands at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Zip,
    Parquet,
}

impl Container {
    /// Tells a container by its first bytes; `None` where more bytes are needed, or it is none.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if bytes.starts_with(b"PAR1") {
            Some(Self::Parquet)
        } else {
            None
        }
    }

    /// Whether the bytes are a container's, or may become so.
    pub(super) fn may_be(bytes: &[u8]) -> bool {
        [b"PK\x03\x04", b"PK\x05\x06", b"PAR1"].iter().any(|magic| {
            let length = magic.len().min(bytes.len());
            magic.get(..length) == bytes.get(..length)
        })
    }
}

/// The container that a file is, if it is one. The file is at its beginning afterwards.
///
/// # Errors
/// Where the file cannot be read.
pub(super) fn container_of(file: &mut File) -> io::Result<Option<Container>> {
    let mut start = [0; 4];
    let mut length = 0;
    while let Some(rest) = start.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(start.get(..length).and_then(Container::of))
}

/// Copies a stream to a file without a name, which is gone once it is closed.
///
/// # Errors
/// Where the stream cannot be read, or there is no room in the folder for temporary files.
pub(super) fn spooled(mut stream: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
