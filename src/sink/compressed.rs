//! Bytes on their way to a file, compressed or not.

use std::io::{self, Write};

use flate2::write::GzEncoder;

/// Compression is fed with blocks of this size whatever comes in, since where it is cut may show in what comes out.
const BLOCK_BYTES: usize = 128 << 10;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// As `gzip` does.
    Gzip,
    /// As `zstd` does.
    Zstd,
}

type Target = Box<dyn Write + Send>;

enum Encoder {
    Plain(Target),
    Gzip(GzEncoder<Target>),
    Zstd(zstd::Encoder<'static, Target>),
}

/// A file or pipe that bytes go to.
pub(super) struct ByteSink {
    /// Away once it is finished.
    encoder: Option<Encoder>,
    /// What waits for a block to be full.
    waiting: Vec<u8>,
}

impl ByteSink {
    pub(super) fn new(target: Target, compression: Compression) -> io::Result<Self> {
        let encoder = match compression {
            Compression::None => Encoder::Plain(target),
            Compression::Gzip => Encoder::Gzip(GzEncoder::new(target, flate2::Compression::default())),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(target, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Encoder::Zstd(encoder)
            }
        };
        Ok(Self::of(encoder))
    }

    pub(super) fn plain(target: Target) -> Self {
        Self::of(Encoder::Plain(target))
    }

    fn of(encoder: Encoder) -> Self {
        Self { encoder: Some(encoder), waiting: Vec::new() }
    }

    /// Writes, and passes on at once what is not compressed: somebody may be waiting for it.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        if let Some(Encoder::Plain(target)) = &mut self.encoder {
            return target.write_all(bytes).and_then(|()| target.flush());
        }
        while !bytes.is_empty() {
            let room = BLOCK_BYTES - self.waiting.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
            if self.waiting.len() == BLOCK_BYTES {
                self.encode_waiting()?;
            }
        }
        Ok(())
    }

    fn encode_waiting(&mut self) -> io::Result<()> {
        match &mut self.encoder {
            Some(Encoder::Gzip(encoder)) => encoder.write_all(&self.waiting)?,
            Some(Encoder::Zstd(encoder)) => encoder.write_all(&self.waiting)?,
            Some(Encoder::Plain(_)) | None => {}
        }
        self.waiting.clear();
        Ok(())
    }

    /// Writes what waits, and what ends a compressed file. Nothing can be written any more.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.encode_waiting()?;
        let mut target = match self.encoder.take() {
            None => return Ok(()),
            Some(Encoder::Plain(target)) => target,
            Some(Encoder::Gzip(encoder)) => encoder.finish()?,
            Some(Encoder::Zstd(encoder)) => encoder.finish()?,
        };
        target.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(compression: Compression, pieces: &[&[u8]]) -> Vec<u8> {
        let target = Shared::default();
        let mut sink = ByteSink::new(Box::new(target.clone()), compression).unwrap();
        for piece in pieces {
            sink.write(piece).unwrap();
        }
        sink.finish().unwrap();
        sink.finish().unwrap();
        target.0.lock().unwrap().clone()
    }

    fn unpacked(compression: Compression, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        match compression {
            Compression::None => text.extend_from_slice(bytes),
            Compression::Gzip => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut text).unwrap()),
            Compression::Zstd => text = zstd::decode_all(bytes).unwrap(),
        }
        text
    }

    #[test]
    fn what_goes_in_comes_out_and_cuts_do_not_show() {
        let text: Vec<u8> = (0..700_000_u32).map(|place| (place.wrapping_mul(place) >> 7) as u8).collect();
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            for length in [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, text.len()] {
                let whole = written(compression, &[&text[..length]]);
                assert_eq!(unpacked(compression, &whole), &text[..length], "{compression:?} {length}");
                let pieces: Vec<&[u8]> = text[..length].chunks(997).collect();
                assert!(written(compression, &pieces) == whole, "{compression:?} {length}");
            }
        }
    }
}
