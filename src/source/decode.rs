//! Compression, told by its magic bytes.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::peek::Peek;

/// zstd's largest window: a frame may ask for 2 GiB of memory, and gets it only while it is being read.
const MAX_ZSTD_WINDOW_LOG: u32 = 31;

/// So much may always come of a compressed file.
const FREE_EXPANSION_BYTES: u64 = 64 << 20;

/// What the first bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Magic {
    /// Text, or nothing that is known.
    Plain,
    Gzip,
    Zstd,
    /// Something known that is not read; the hint says what to do.
    Refused {
        what: &'static str,
        hint: &'static str,
    },
}

const SIGNATURES: [(&[u8], Magic); 9] = [
    (&[0x1f, 0x8b], Magic::Gzip),
    (&[0x28, 0xb5, 0x2f, 0xfd], Magic::Zstd),
    // A frame to skip: a zstd stream may begin with one. Its first byte may be any of 0x50..=0x5f; see `magic`.
    (&[0x50, 0x2a, 0x4d, 0x18], Magic::Zstd),
    // Archives are unpacked before; here it is one in another.
    (b"PK\x03\x04", Magic::Refused { what: "a zip archive in another file", hint: "unpack it first: unzip FILE.zip" }),
    (
        &[0xfd, b'7', b'z', b'X', b'Z', 0],
        Magic::Refused { what: "xz", hint: "unpack it first: xz -dc FILE | threadsieve run -" },
    ),
    (b"BZh91AY&SY", Magic::Refused { what: "bzip2", hint: "unpack it first: bzip2 -dc FILE | threadsieve run -" }),
    (
        b"7z\xbc\xaf\x27\x1c",
        Magic::Refused { what: "a 7z archive", hint: "unpack it first: 7z x -so FILE | threadsieve run -" },
    ),
    (
        &[0xff, 0xfe],
        Magic::Refused { what: "UTF-16", hint: "convert it first: iconv -f UTF-16 -t UTF-8 FILE | threadsieve run -" },
    ),
    (
        &[0xfe, 0xff],
        Magic::Refused { what: "UTF-16", hint: "convert it first: iconv -f UTF-16 -t UTF-8 FILE | threadsieve run -" },
    ),
];

/// What `bytes` begin with; `None` while more bytes are needed to tell.
pub(super) fn magic(bytes: &[u8]) -> Option<Magic> {
    let mut needs_more = bytes.is_empty();
    for (signature, magic) in SIGNATURES {
        let skips = magic == Magic::Zstd && signature.first() == Some(&0x50);
        let same = |(at, (seen, wanted)): (usize, (&u8, &u8))| {
            if skips && at == 0 { seen & 0xf0 == 0x50 } else { seen == wanted }
        };
        if bytes.iter().zip(signature).enumerate().all(same) {
            if bytes.len() >= signature.len() {
                return Some(magic);
            }
            needs_more = true;
        }
    }
    (!needs_more).then_some(Magic::Plain)
}

/// The longest signature, in bytes.
pub(super) const MAX_MAGIC_BYTES: usize = 10;

/// A reader of the plain bytes, whose errors say where in the input they happened.
pub(super) struct Decode<R: Read> {
    coding: Coding<R>,
    plain_bytes: u64,
    max_expansion: u64,
}

enum Coding<R: Read> {
    Plain(Counted<R>),
    Gzip(Box<MultiGzDecoder<BufReader<Counted<R>>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<Counted<R>>>>),
}

impl<R: Read> Decode<Peek<R>> {
    /// Reads through the compression that `magic` names. A byte may become `max_expansion` bytes at most, once there are
    /// 64 MiB of them: a small file must not keep a machine busy for days.
    ///
    /// # Errors
    /// Where zstd cannot be set up for want of memory.
    pub(super) fn new(input: Peek<R>, magic: Magic, max_expansion: usize) -> io::Result<Self> {
        let counted = Counted { inner: input, bytes: 0 };
        let coding = match magic {
            Magic::Plain | Magic::Refused { .. } => Coding::Plain(counted),
            Magic::Gzip => Coding::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 << 10, counted)))),
            Magic::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(counted)?;
                decoder.window_log_max(MAX_ZSTD_WINDOW_LOG)?;
                Coding::Zstd(Box::new(decoder))
            }
        };
        Ok(Self { coding, plain_bytes: 0, max_expansion: max_expansion as u64 })
    }
}

impl<R: Read> Read for Decode<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.coding {
            Coding::Plain(reader) => reader.read(buffer),
            Coding::Gzip(reader) => reader.read(buffer),
            Coding::Zstd(reader) => reader.read(buffer),
        };
        match read {
            Ok(count) => {
                self.plain_bytes += count as u64;
                if self.plain_bytes > FREE_EXPANSION_BYTES && self.is_bomb() {
                    let max = self.max_expansion;
                    let detail = format!("more than {max} bytes came of each (limits.max_expansion)");
                    return Err(self.located(&io::Error::new(io::ErrorKind::InvalidData, detail)));
                }
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(self.located(&error)),
        }
    }
}

impl<R: Read> Decode<R> {
    fn is_bomb(&self) -> bool {
        let packed = match &self.coding {
            Coding::Plain(_) => return false,
            Coding::Gzip(reader) => reader.get_ref().get_ref().bytes,
            Coding::Zstd(reader) => reader.get_ref().get_ref().bytes,
        };
        self.plain_bytes / self.max_expansion > packed
    }

    fn located(&self, error: &io::Error) -> io::Error {
        let (coding, reader) = match &self.coding {
            Coding::Plain(reader) => {
                return io::Error::new(error.kind(), format!("{error} at byte {}", reader.bytes));
            }
            Coding::Gzip(reader) => ("gzip", reader.get_ref()),
            Coding::Zstd(reader) => ("zstd", reader.get_ref()),
        };
        let compressed = reader.get_ref().bytes - reader.buffer().len() as u64;
        io::Error::new(
            error.kind(),
            format!("{coding}: {error} at byte {compressed}, {} bytes unpacked", self.plain_bytes),
        )
    }
}

struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<Magic>) {
        assert_eq!(magic(bytes), expected, "{bytes:?}");
    }

    #[test]
    fn magic_bytes_are_told_as_soon_as_they_differ() {
        check(b"{", Some(Magic::Plain));
        check(b"P", None);
        check(b"Pa", Some(Magic::Plain));
        check(b"_*M\x18", Some(Magic::Zstd));
        check(&[0x1f], None);
        check(&[0x1f, 0x8b], Some(Magic::Gzip));
        check(&[0x28, 0xb5, 0x2f, 0xfd, 1], Some(Magic::Zstd));
        check(b"(a", Some(Magic::Plain));
        check(b"BZh", None);
        check(b"BZhq", Some(Magic::Plain));
        check(b"", None);
        assert!(matches!(magic(b"PK\x03\x04"), Some(Magic::Refused { .. })));
        assert!(matches!(magic(&[0xff, 0xfe, 0, 0]), Some(Magic::Refused { .. })));
    }
}
