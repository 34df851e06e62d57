//! A reader that makes UTF-8 of whatever comes.

use super::rewrite::{Rewrite, Rewritten, RewrittenRead};

const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Puts U+FFFD in the place of bytes that are not UTF-8, and remembers that it did.
pub(super) type LossyUtf8<R> = RewrittenRead<R, Utf8>;

/// Bytes that are not UTF-8.
pub(super) enum Utf8 {}

impl Rewrite for Utf8 {
    fn rewrite(raw: &[u8], has_ended: bool, text: &mut Vec<u8>) -> Rewritten {
        let mut rest = raw;
        let mut has_changed = false;
        while !rest.is_empty() {
            let Err(error) = std::str::from_utf8(rest) else {
                text.extend_from_slice(rest);
                rest = &[];
                break;
            };
            let (valid, others) = rest.split_at(error.valid_up_to());
            text.extend_from_slice(valid);
            rest = others;
            let bad_bytes = match error.error_len() {
                Some(bad_bytes) => bad_bytes,
                // The character may go on in the next read.
                None if !has_ended => break,
                None => rest.len(),
            };
            text.extend_from_slice(REPLACEMENT);
            has_changed = true;
            rest = rest.get(bad_bytes..).unwrap_or_default();
        }
        Rewritten { done: raw.len() - rest.len(), has_changed }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::sync::atomic::Ordering;

    use super::super::rewrite::CHUNK_BYTES;
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
