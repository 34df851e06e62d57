//! A reader that makes UTF-8 of whatever comes, for parsers that give up at the first byte that is not.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const CHUNK_BYTES: usize = 8 << 10;
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Puts U+FFFD in the place of bytes that are not UTF-8, and remembers that it did.
pub(super) struct LossyUtf8<R> {
    inner: R,
    /// Read, not yet looked at: the beginning of a character at most, between reads.
    raw: Vec<u8>,
    text: Vec<u8>,
    served: usize,
    ended: bool,
    had_bad_bytes: Arc<AtomicBool>,
}

impl<R: Read> LossyUtf8<R> {
    /// The reader, and whether there were such bytes so far. The reader is ahead of who reads from it, but never behind.
    pub(super) fn new(inner: R) -> (Self, Arc<AtomicBool>) {
        let had_bad_bytes = Arc::new(AtomicBool::new(false));
        let reader = Self {
            inner,
            raw: Vec::new(),
            text: Vec::new(),
            served: 0,
            ended: false,
            had_bad_bytes: Arc::clone(&had_bad_bytes),
        };
        (reader, had_bad_bytes)
    }

    fn fill(&mut self) -> io::Result<()> {
        let begin = self.raw.len();
        self.raw.resize(begin + CHUNK_BYTES, 0);
        let read = self.inner.read(self.raw.get_mut(begin..).unwrap_or_default());
        self.raw.truncate(begin + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        self.text.clear();
        self.served = 0;
        let mut rest = self.raw.as_slice();
        while !rest.is_empty() {
            let Err(error) = std::str::from_utf8(rest) else {
                self.text.extend_from_slice(rest);
                rest = &[];
                break;
            };
            let (valid, others) = rest.split_at(error.valid_up_to());
            self.text.extend_from_slice(valid);
            rest = others;
            let bad_bytes = match error.error_len() {
                Some(bad_bytes) => bad_bytes,
                // The character may go on in the next read.
                None if !self.ended => break,
                None => rest.len(),
            };
            self.text.extend_from_slice(REPLACEMENT);
            self.had_bad_bytes.store(true, Ordering::Relaxed);
            rest = rest.get(bad_bytes..).unwrap_or_default();
        }
        let done = self.raw.len() - rest.len();
        self.raw.drain(..done);
        Ok(())
    }
}

impl<R: Read> Read for LossyUtf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.served == self.text.len() {
            if self.ended || buffer.is_empty() {
                return Ok(0);
            }
            self.fill()?;
        }
        let count = self.text.get(self.served..).unwrap_or_default().read(buffer)?;
        self.served += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Pieces;
    use super::*;

    fn check(bytes: &[u8]) {
        let expected = String::from_utf8_lossy(bytes);
        for max_bytes in [1, 2, 3, 5, usize::MAX] {
            let (mut reader, had_bad_bytes) = LossyUtf8::new(Pieces { bytes, max_bytes });
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            assert_eq!(text, expected, "{bytes:?} in pieces of {max_bytes}");
            assert_eq!(had_bad_bytes.load(Ordering::Relaxed), std::str::from_utf8(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn bad_bytes_are_replaced_as_everywhere() {
        check(b"");
        check("kafi\u{107} \u{1f600} \u{fffd}".as_bytes());
        check(b"a\xffb");
        check(b"\xf0\x9f\x98");
        check(b"\xf0\x9f\x98x\xc4");
        check(b"\xed\xa0\x80\xc0\xaf\xf5 caf\xe9 \xc4\x87");
        let mut long = "\u{107}".repeat(CHUNK_BYTES).into_bytes();
        long.insert(0, b'a');
        check(&long);
        long.insert(CHUNK_BYTES / 2, 0xff);
        check(&long);
    }
}
