//! A file of training data: read through its compression, and named by its checksum.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use sha2::{Digest, Sha256};

const BUFFER_BYTES: usize = 64 << 10;

/// Opens a file; gzip and zstd, told by their first bytes, are read as they are.
///
/// # Errors
/// Where the file cannot be opened or its first bytes cannot be read.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut file = BufReader::with_capacity(BUFFER_BYTES, File::open(path)?);
    Ok(match file.fill_buf()? {
        [0x1f, 0x8b, ..] => {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, flate2::bufread::MultiGzDecoder::new(file)))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, zstd::Decoder::with_buffer(file)?))
        }
        _ => Box::new(file),
    })
}

/// A file's name without its directory, for manifests.
#[must_use]
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// SHA-256 of a file as it stands on disk, in hexadecimal digits.
///
/// # Errors
/// Where the file cannot be read.
pub fn sha256_of_file(path: &Path) -> io::Result<String> {
    let mut file = BufReader::with_capacity(BUFFER_BYTES, File::open(path)?);
    let mut hash = Sha256::new();
    loop {
        let block = file.fill_buf()?;
        if block.is_empty() {
            return Ok(hexadecimal(&hash.finalize()));
        }
        hash.update(block);
        let length = block.len();
        file.consume(length);
    }
}

/// SHA-256 of bytes, in hexadecimal digits.
#[must_use]
pub fn sha256_of(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    #[test]
    fn compression_does_not_show() {
        let folder = tempfile::tempdir().unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"one\ntwo\n").unwrap();
        for bytes in [b"one\ntwo\n".to_vec(), gzip.finish().unwrap(), zstd::encode_all(&b"one\ntwo\n"[..], 1).unwrap()]
        {
            let path = folder.path().join("data");
            std::fs::write(&path, &bytes).unwrap();
            let mut text = String::new();
            open(&path).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "one\ntwo\n");
            assert_eq!(sha256_of_file(&path).unwrap(), sha256_of(&bytes));
        }
        // FIPS 180-2, appendix B.1.
        assert!(sha256_of(b"abc").starts_with("ba7816bf8f01cfea"));
    }
}
