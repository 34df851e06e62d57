//! How texts and answers look on the way to a command and back.

use crate::config::Protocol;

/// What Apertium's stream format keeps for itself; behind a backslash it is a character like any other.
const APERTIUM_CHARACTERS: [char; 11] = ['[', ']', '{', '}', '^', '$', '/', '\\', '@', '<', '>'];

/// The byte that ends an answer.
pub(super) fn end_of_answer(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Lines => b'\n',
        Protocol::Nul | Protocol::Apertium => 0,
    }
}

/// Appends a line of a text as the command expects it.
pub(super) fn put_line(protocol: Protocol, line: &str, request: &mut Vec<u8>) {
    match protocol {
        Protocol::Lines | Protocol::Nul => request.extend_from_slice(line.as_bytes()),
        Protocol::Apertium => {
            let mut buffer = [0; 4];
            for character in line.chars() {
                if APERTIUM_CHARACTERS.contains(&character) {
                    request.push(b'\\');
                }
                request.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            }
            // Some of Apertium's programs hold a word back until they see what follows it; a zero byte alone is not enough.
            request.push(b'\n');
        }
    }
    request.push(end_of_answer(protocol));
}

/// Whether an answer, without the byte at its end, is whole. Where one of Apertium's programs dies, those behind it still
/// put zero bytes behind what had come so far; but not the line feed, which was sent behind the text.
pub(super) fn is_whole(protocol: Protocol, answer: &[u8]) -> bool {
    protocol != Protocol::Apertium || answer.ends_with(b"\n")
}

/// What a command answered, without the byte at its end; `None` where that is not UTF-8.
pub(super) fn read_answer(protocol: Protocol, answer: Vec<u8>) -> Option<String> {
    let answer = String::from_utf8(answer).ok()?;
    let answer = answer.trim_end_matches(['\r', '\n']);
    if protocol != Protocol::Apertium {
        return Some(answer.to_owned());
    }
    let mut text = String::with_capacity(answer.len());
    let mut rest = answer.chars();
    while let Some(character) = rest.next() {
        text.extend(if character == '\\' { rest.next() } else { Some(character) });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_protocol_keeps_for_itself_survives() {
        let line = r"[a] {b} ^c$ d/e \ @f <g> *h #i ~j, č 🙂";
        for (protocol, expected_end) in [(Protocol::Lines, "\n"), (Protocol::Nul, "\0"), (Protocol::Apertium, "\n\0")] {
            let mut request = Vec::new();
            put_line(protocol, line, &mut request);
            assert!(request.ends_with(expected_end.as_bytes()), "{protocol:?}");
            assert_eq!(request.pop(), Some(end_of_answer(protocol)));
            assert_eq!(read_answer(protocol, request).as_deref(), Some(line), "{protocol:?}");
        }
    }

    #[test]
    fn apertium_sees_no_markup() {
        let mut request = Vec::new();
        put_line(Protocol::Apertium, r"^a/b<n>$ [\]", &mut request);
        assert_eq!(request, b"\\^a\\/b\\<n\\>\\$ \\[\\\\\\]\n\0");
        assert_eq!(read_answer(Protocol::Apertium, b"a\\".to_vec()).as_deref(), Some("a"));
        assert!(is_whole(Protocol::Apertium, b"a\n") && is_whole(Protocol::Nul, b"a"));
        assert!(!is_whole(Protocol::Apertium, b"a") && !is_whole(Protocol::Apertium, b""));
        assert_eq!(read_answer(Protocol::Lines, b"a\r".to_vec()).as_deref(), Some("a"));
        assert_eq!(read_answer(Protocol::Lines, b"a\xff".to_vec()), None);
    }
}
