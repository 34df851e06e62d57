//! Bytes on their way to a file, compressed or not.

use std::io::{self, Write};

use flate2::write::GzEncoder;

use super::DurableFile;

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

/// Where the bytes end up.
pub(super) enum Target {
    /// A pipe, a terminal, or a file of which nobody wants to know how much has arrived.
    Stream(Box<dyn Write + Send>),
    /// A file that a checkpoint can be made of.
    File(DurableFile),
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stream(stream) => stream.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    /// What takes all or nothing is asked to.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stream(stream) => stream.write_all(bytes),
            Self::File(file) => file.write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(stream) => stream.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

impl Target {
    fn file(&mut self) -> io::Result<&mut DurableFile> {
        match self {
            Self::File(file) => Ok(file),
            Self::Stream(_) => Err(io::Error::new(io::ErrorKind::Unsupported, "is not written to be taken up again")),
        }
    }
}

enum Encoder {
    /// Not compressed, or between two frames.
    Plain(Target),
    Gzip(GzEncoder<Target>),
    Zstd(zstd::Encoder<'static, Target>),
    /// Finished, or broken.
    Away,
}

/// A file or pipe that bytes go to. A compressed one is a row of frames (of gzip: members), one unless checkpoints are made.
pub(super) struct ByteSink {
    compression: Compression,
    encoder: Encoder,
    /// What waits for a block to be full.
    waiting: Vec<u8>,
    /// Whether anything is there yet: an empty file is no compressed file.
    has_frame: bool,
}

impl ByteSink {
    pub(super) fn new(target: Target, compression: Compression) -> Self {
        Self { compression, encoder: Encoder::Plain(target), waiting: Vec::new(), has_frame: false }
    }

    /// Writes, and passes on at once what is not compressed: somebody may be waiting for it.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        if self.compression == Compression::None {
            let Encoder::Plain(target) = &mut self.encoder else { return Err(broken()) };
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
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.begin_frame()?;
        match &mut self.encoder {
            Encoder::Gzip(encoder) => encoder.write_all(&self.waiting)?,
            Encoder::Zstd(encoder) => encoder.write_all(&self.waiting)?,
            Encoder::Plain(_) | Encoder::Away => {}
        }
        self.waiting.clear();
        Ok(())
    }

    fn begin_frame(&mut self) -> io::Result<()> {
        self.encoder = match (std::mem::replace(&mut self.encoder, Encoder::Away), self.compression) {
            (Encoder::Plain(target), Compression::Gzip) => {
                Encoder::Gzip(GzEncoder::new(target, flate2::Compression::default()))
            }
            (Encoder::Plain(target), Compression::Zstd) => {
                let mut encoder = zstd::Encoder::new(target, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Encoder::Zstd(encoder)
            }
            (encoder, _) => encoder,
        };
        self.has_frame = true;
        Ok(())
    }

    /// Writes what waits, and what ends the frame, if one has begun.
    fn end_frame(&mut self) -> io::Result<()> {
        self.encode_waiting()?;
        self.encoder = match std::mem::replace(&mut self.encoder, Encoder::Away) {
            Encoder::Gzip(encoder) => Encoder::Plain(encoder.finish()?),
            Encoder::Zstd(encoder) => Encoder::Plain(encoder.finish()?),
            encoder => encoder,
        };
        Ok(())
    }

    /// Has all that was written so far reach the disk, and says how many bytes the file has. What follows is a frame of its
    /// own.
    pub(super) fn persist(&mut self) -> io::Result<u64> {
        self.end_frame()?;
        let Encoder::Plain(target) = &mut self.encoder else { return Err(broken()) };
        target.file()?.persist()
    }

    /// Goes on behind the first so many bytes of the file; of what stands behind them nothing remains.
    pub(super) fn cut(&mut self, bytes: u64) -> io::Result<()> {
        let Encoder::Plain(target) = &mut self.encoder else { return Err(broken()) };
        self.has_frame = bytes > 0;
        target.file()?.cut(bytes)
    }

    /// Writes what waits, and what ends a compressed file. Nothing can be written any more.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if matches!(self.encoder, Encoder::Plain(_)) && !self.has_frame {
            self.begin_frame()?;
        }
        self.end_frame()?;
        let Encoder::Plain(mut target) = std::mem::replace(&mut self.encoder, Encoder::Away) else { return Ok(()) };
        target.flush()?;
        if let Target::File(file) = &mut target {
            file.persist()?;
        }
        Ok(())
    }
}

fn broken() -> io::Error {
    io::Error::other("it has ended or failed before")
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
        let mut sink = ByteSink::new(Target::Stream(Box::new(target.clone())), compression);
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
            Compression::Gzip => drop(flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut text).unwrap()),
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

    /// What is written after a checkpoint, and after one from which the file was taken up again, is the same.
    #[test]
    fn a_file_that_is_taken_up_again_has_the_bytes_of_one_that_never_broke_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let open = |compression| ByteSink::new(Target::File(DurableFile::open(&path).unwrap()), compression);
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            for pieces in [["a\n", "b\n"], ["", "b\n"], ["a\n", ""], ["", ""]] {
                let mut sink = open(compression);
                sink.cut(0).unwrap();
                sink.write(pieces[0].as_bytes()).unwrap();
                let bytes = sink.persist().unwrap();
                assert_eq!(sink.persist().unwrap(), bytes, "nothing is added where nothing came");
                sink.write(pieces[1].as_bytes()).unwrap();
                sink.finish().unwrap();
                drop(sink);
                let whole = std::fs::read(&path).unwrap();
                assert_eq!(unpacked(compression, &whole), pieces.concat().as_bytes(), "{compression:?} {pieces:?}");

                let mut sink = open(compression);
                sink.cut(bytes).unwrap();
                sink.write(pieces[1].as_bytes()).unwrap();
                sink.finish().unwrap();
                drop(sink);
                assert!(std::fs::read(&path).unwrap() == whole, "{compression:?} {pieces:?}");
            }
        }
    }

    #[test]
    fn a_pipe_is_not_taken_up_again() {
        let mut sink = ByteSink::new(Target::Stream(Box::new(io::sink())), Compression::None);
        assert_eq!(sink.persist().unwrap_err().kind(), io::ErrorKind::Unsupported);
        assert_eq!(sink.cut(0).unwrap_err().kind(), io::ErrorKind::Unsupported);
    }
}
