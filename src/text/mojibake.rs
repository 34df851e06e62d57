//! UTF-8 that was read as Latin-1 once too often.

use std::borrow::Cow;

/// What Windows-1252 has at 0x80..=0x9F; a NUL where it has nothing. Source: the WHATWG's encoding standard.
const WINDOWS_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// The text that was meant, where it is certain: every character stands for a byte of Latin-1 or Windows-1252, and the
/// bytes are UTF-8 with at least one character that is not ASCII. Letters that were just typed hardly ever make valid UTF-8.
/// Facebook's exports are known for this. Any other text comes back as it is.
#[must_use]
pub fn mended(text: &str) -> Cow<'_, str> {
    // Each such sequence begins with one of these.
    if text.is_ascii() || !text.contains(|character: char| ('\u{c2}'..='\u{f4}').contains(&character)) {
        return Cow::Borrowed(text);
    }
    let bytes: Option<Vec<u8>> = text.chars().map(byte_of).collect();
    match bytes.map(String::from_utf8) {
        Some(Ok(mended)) => Cow::Owned(mended),
        _ => Cow::Borrowed(text),
    }
}

fn byte_of(character: char) -> Option<u8> {
    match u32::from(character) {
        code @ 0..=0xff => Some(code as u8),
        _ => WINDOWS_1252.iter().position(|known| *known == character).map(|at| 0x80 + at as u8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_is_mended() {
        for (text, expected) in [
            ("plain", "plain"),
            ("kafiÄ\u{87} na uglu", "kafić na uglu"),
            ("donâ\u{80}\u{99}t", "don’t"),
            ("donâ€™t", "don’t"),
            ("ð\u{9f}\u{98}\u{80}", "😀"),
            // Right already, or a mixture: left alone.
            ("kafić", "kafić"),
            ("café", "café"),
            ("Ãlso naïve", "Ãlso naïve"),
            ("â€™ and ž", "â€™ and ž"),
            ("40 Â° 😀", "40 Â° 😀"),
        ] {
            assert_eq!(mended(text), expected, "{text}");
        }
    }
}
