//! A reader that makes JSON's escapes of half a character whole.
//!
//! Programs that cut texts by units of UTF-16 leave such halves behind, `"\ud83d"`, and write them to their exports.

use super::rewrite::{Rewrite, Rewritten, RewrittenRead};

const REPLACEMENT: &[u8] = b"\\ufffd";
/// `\`, `u` and four digits.
const ESCAPE_BYTES: usize = 6;

/// Puts `\ufffd` in the place of half a pair of surrogates, and remembers that it did. All lengths stay the same.
pub(super) type WholeSurrogates<R> = RewrittenRead<R, Surrogates>;

/// Escapes of half a pair of surrogates.
pub(super) enum Surrogates {}

impl Rewrite for Surrogates {
    fn rewrite(raw: &[u8], has_ended: bool, text: &mut Vec<u8>) -> Rewritten {
        let (mut at, mut has_changed) = (0, false);
        while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
            text.extend_from_slice(rest.get(..plain).unwrap_or_default());
            at += plain;
            let Some(rest) = rest.get(plain..).filter(|rest| !rest.is_empty()) else { break };
            at += match escape(rest) {
                Escape::Cut if !has_ended => break,
                Escape::Whole(length) => {
                    text.extend_from_slice(rest.get(..length).unwrap_or_default());
                    length
                }
                Escape::Half => {
                    text.extend_from_slice(REPLACEMENT);
                    has_changed = true;
                    ESCAPE_BYTES
                }
                Escape::Cut => {
                    text.extend_from_slice(rest);
                    rest.len()
                }
            };
        }
        Rewritten { done: at, has_changed }
    }
}

enum Escape {
    /// To be left as it is; so many bytes.
    Whole(usize),
    /// Half a pair.
    Half,
    /// It may go on in the next read.
    Cut,
}

/// What begins with the backslash at the beginning of `bytes`.
fn escape(bytes: &[u8]) -> Escape {
    match unit(bytes) {
        Unit::Cut => Escape::Cut,
        Unit::Other => Escape::Whole(2),
        Unit::Of(0xdc00..0xe000) => Escape::Half,
        Unit::Of(0xd800..0xdc00) => match unit(bytes.get(ESCAPE_BYTES..).unwrap_or_default()) {
            Unit::Cut => Escape::Cut,
            Unit::Of(0xdc00..0xe000) => Escape::Whole(2 * ESCAPE_BYTES),
            Unit::Of(_) | Unit::Other => Escape::Half,
        },
        Unit::Of(_) => Escape::Whole(ESCAPE_BYTES),
    }
}

enum Unit {
    Of(u16),
    Other,
    Cut,
}

/// The unit of UTF-16 that is written as an escape at the beginning of `bytes`.
fn unit(bytes: &[u8]) -> Unit {
    let is_escape = b"\\u".iter().zip(bytes).all(|(expected, byte)| expected == byte);
    let digits = bytes.get(2..bytes.len().min(ESCAPE_BYTES)).unwrap_or_default();
    if !is_escape || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Unit::Other;
    }
    if bytes.len() < ESCAPE_BYTES {
        return Unit::Cut;
    }
    let digits = std::str::from_utf8(digits).ok();
    digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).map_or(Unit::Other, Unit::Of)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::sync::atomic::Ordering;

    use super::super::rewrite::CHUNK_BYTES;
    use super::super::testing::Pieces;
    use super::*;

    fn check(text: &str, expected: &str) {
        for max_bytes in [1, 2, 3, 5, 7, usize::MAX] {
            let (mut reader, had_halves) = WholeSurrogates::new(Pieces { bytes: text.as_bytes(), max_bytes });
            let mut read = String::new();
            reader.read_to_string(&mut read).unwrap();
            assert_eq!(read, expected, "{text} in pieces of {max_bytes}");
            assert_eq!(had_halves.load(Ordering::Relaxed), text != expected, "{text}");
        }
    }

    #[test]
    fn halves_are_replaced_and_pairs_are_not() {
        for text in [
            "",
            "\"a\"",
            r#""\ud83d\ude00""#,
            r#""\u0107\n\\\"""#,
            r#""\\ud83d""#,
            r#""\u12"#,
            "\\",
            r"\ud83d\u",
            r"\uxyzw",
        ] {
            check(text, text);
        }
        check(r#""\ud83d""#, r#""\ufffd""#);
        check(r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#);
        check(r#""\ude00\ud83d\n\u0061""#, r#""\ufffd\ufffd\n\u0061""#);
        check(r#""\uD83Dx\uDE00""#, r#""\ufffdx\ufffd""#);
        check(r#"\ud83d\ude"x""#, r#"\ufffd\ude"x""#);
        let long = r"\ud83d\ude00".repeat(CHUNK_BYTES);
        check(&format!("x{long}"), &format!("x{long}"));
    }
}
