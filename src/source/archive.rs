//! The files in a zip archive.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use zip::CompressionMethod;
use zip::ZipArchive;

/// Files that hold no comments, by their endings: pictures, sound, pages.
const OTHER_ENDINGS: [&str; 22] = [
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".svg", ".ico", ".mp4", ".webm", ".mov", ".m4a",
    ".mp3", ".ogg", ".pdf", ".html", ".htm", ".css", ".js", ".vtt", ".srt",
];

/// A file in an archive.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its name, folders and all.
    pub(super) name: String,
    begin: u64,
    packed_bytes: u64,
    crc32: u32,
    method: CompressionMethod,
    is_encrypted: bool,
}

/// The files of an archive, in the order of its directory; folders and what operating systems add are left out.
///
/// # Errors
/// Where the directory cannot be read.
pub(super) fn entries(file: &File) -> io::Result<Vec<Entry>> {
    let mut archive = ZipArchive::new(file).map_err(io::Error::other)?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(io::Error::other)?;
        let name = entry.name().map_err(io::Error::other)?.into_owned();
        if entry.is_dir() || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") {
            continue;
        }
        entries.push(Entry {
            begin: entry.data_start().ok_or_else(|| io::Error::other("an entry without a place"))?,
            packed_bytes: entry.compressed_size(),
            crc32: entry.crc32(),
            method: entry.compression(),
            is_encrypted: entry.encrypted(),
            name,
        });
    }
    Ok(entries)
}

/// Reads a file of an archive. The archive must not be read elsewhere meanwhile.
///
/// # Errors
/// Where the file is encrypted or packed in a way that is not read, or the archive cannot be read.
pub(super) fn open(archive: &File, entry: &Entry) -> io::Result<Box<dyn Read + Send>> {
    if entry.is_encrypted {
        return Err(io::Error::other("it is encrypted; unpack it with its password first"));
    }
    let mut file = archive.try_clone()?;
    file.seek(SeekFrom::Start(entry.begin))?;
    let packed = file.take(entry.packed_bytes);
    let plain: Box<dyn Read + Send> = match entry.method {
        CompressionMethod::Stored => Box::new(packed),
        CompressionMethod::Deflated => Box::new(DeflateDecoder::new(packed)),
        other => {
            return Err(io::Error::other(format!(
                "it is packed with {other}, which is not read; unpack it with unzip"
            )));
        }
    };
    Ok(Box::new(Checked { inner: CrcReader::new(plain), crc32: entry.crc32 }))
}

/// A reader that knows what its bytes must add up to.
struct Checked<R> {
    inner: CrcReader<R>,
    crc32: u32,
}

impl Entry {
    /// Whether its name says that it holds no comments.
    pub(super) fn is_other(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        OTHER_ENDINGS.iter().any(|ending| name.ends_with(ending))
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.inner.crc().sum() != self.crc32 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "zip: the checksum is wrong"));
        }
        Ok(count)
    }
}
