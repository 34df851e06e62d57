//! A quick look at a text: whether it shows any sign of evasion.

use super::invisible::{is_control, is_direction};
use super::is_european_letter;
use super::marks::is_mark;
use super::spelling::{LEAST_APART, MOST_SIGNS, is_separator, is_sign_for_a_letter};
use super::symbols::is_symbol;

/// What a character is to the quick look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Letters of ASCII, and of Latin script beyond it.
    Latin,
    /// Letters of the two scripts whose letters look like Latin ones.
    Lookalike,
    /// Digits.
    Digit,
    /// Anything else.
    Other,
}

/// Whether some evasion may have to be undone. Says yes too often rather than too seldom; for plain text nearly always no.
pub(super) fn is_suspect(text: &str) -> bool {
    let is_plain = if text.is_ascii() { is_plain_ascii(text.as_bytes()) } else { is_plain(text) };
    !is_plain && looks_suspect(text)
}

/// The same, by a closer look.
fn looks_suspect(text: &str) -> bool {
    let mut before = Class::Other;
    let mut last = ' ';
    let mut repeats = 0;
    let mut stretches = 0;
    let mut apart = Apart::default();
    // Signs since the last letter.
    let mut signs = 0;
    for character in text.chars() {
        let class = class(character);
        let is_letter = matches!(class, Class::Latin | Class::Lookalike);
        match class {
            // Scripts that are mixed within a word.
            Class::Latin if before == Class::Lookalike => return true,
            Class::Lookalike if before == Class::Latin => return true,
            Class::Other if !character.is_ascii() && tells(character, last) => return true,
            _ => {}
        }
        // `id1ot`, `b@d`.
        if is_letter && (1..=MOST_SIGNS).contains(&signs) {
            return true;
        }
        let was_letter = matches!(before, Class::Latin | Class::Lookalike);
        signs = if is_sign_for_a_letter(character) && (was_letter || signs > 0) { signs + 1 } else { 0 };
        // `iiidiiiot`
        repeats = if is_letter && character == last { repeats + 1 } else { 0 };
        stretches += usize::from(repeats == 2);
        if stretches >= 2 {
            return true;
        }
        if matches!(class, Class::Other) {
            stretches = 0;
        }
        if apart.takes(character, is_letter, class == Class::Digit) {
            return true;
        }
        before = class;
        last = character;
    }
    false
}

/// Whether ASCII has none of what every evasion in it has: a digit or sign between letters, a letter three times in a row,
/// three letters after each other that stand alone. No byte decides what is done with the next, so that a processor
/// looks at many at once.
fn is_plain_ascii(bytes: &[u8]) -> bool {
    // As if there were a space before the text.
    let mut piece = [b' '; PIECE + AROUND];
    let first = bytes.len().min(PIECE + AROUND - 1);
    piece[1..=first].copy_from_slice(&bytes[..first]);
    if tells_in(&piece) {
        return false;
    }
    let mut from = PIECE - 1;
    while from < bytes.len() {
        let rest = &bytes[from..];
        let found = if let Some(piece) = rest.first_chunk() {
            tells_in(piece)
        } else {
            // … and some behind it.
            piece = [b' '; PIECE + AROUND];
            piece[..rest.len()].copy_from_slice(rest);
            tells_in(&piece)
        };
        if found {
            return false;
        }
        from += PIECE;
    }
    true
}

/// Places that are looked at together, and bytes behind each that are looked at with it.
const PIECE: usize = 64;
const AROUND: usize = 6;

/// Whether one of the first places of a piece of ASCII tells of an evasion.
fn tells_in(piece: &[u8; PIECE + AROUND]) -> bool {
    let is_letter = |byte: u8| u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
    let is_other =
        |byte: u8| u8::from((byte | 0x20).wrapping_sub(b'a') >= 26) & u8::from(byte.wrapping_sub(b'0') >= 10);
    let is_sign = |byte: u8| u8::from(byte == b'@') | u8::from(byte == b'$') | u8::from(byte.wrapping_sub(b'0') < 8);
    let mut found = 0;
    for at in 0..PIECE {
        let [one, two, three] = [piece[at], piece[at + 1], piece[at + 2]];
        let [four, five] = [piece[at + 3], piece[at + 4]];
        let [six, seven] = [piece[at + 5], piece[at + 6]];
        let is_read = is_letter(one) & is_sign(two) & (is_letter(three) | is_sign(three) & is_letter(four));
        let is_stretched = u8::from(one == two) & u8::from(two == three) & is_letter(one);
        let is_apart = is_other(one) & is_letter(two) & is_other(three) & is_letter(four);
        let is_apart = is_apart & is_other(five) & is_letter(six) & is_other(seven);
        found |= is_read | is_stretched | is_apart;
    }
    found != 0
}

/// Whether text has none of these, and nothing that tells beyond ASCII.
fn is_plain(text: &str) -> bool {
    // What the last characters were, two bits each.
    const OTHER: u32 = 0;
    const LETTER: u32 = 1;
    const DIGIT: u32 = 2;
    const SIGN: u32 = 3;
    const READ: u32 = LETTER << 4 | SIGN << 2 | LETTER;
    const BOTH_READ: u32 = LETTER << 6 | SIGN << 4 | SIGN << 2 | LETTER;
    // Three letters, each between two others.
    const APART: u32 = LETTER << 10 | LETTER << 6 | LETTER << 2;
    let (mut last, mut last_but_one) = (' ', ' ');
    let (mut kinds, mut before) = (OTHER, Class::Other);
    for character in text.chars().chain([' ']) {
        let class = class(character);
        let kind = match class {
            Class::Latin | Class::Lookalike => LETTER,
            Class::Digit | Class::Other if is_sign_for_a_letter(character) => SIGN,
            Class::Digit => DIGIT,
            Class::Other if !character.is_ascii() && tells(character, last) => return false,
            Class::Other => OTHER,
        };
        kinds = kinds << 2 | kind;
        let is_mixed = kind == LETTER && class != before && matches!(before, Class::Latin | Class::Lookalike);
        let is_stretched = kind == LETTER && character == last && last == last_but_one;
        let is_read = kinds & 0x3f == READ || kinds & 0xff == BOTH_READ;
        if is_mixed || is_stretched || is_read || kinds & 0x3fff == APART {
            return false;
        }
        (last_but_one, last, before) = (last, character, class);
    }
    true
}

fn class(character: char) -> Class {
    match character {
        '0'..='9' => Class::Digit,
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Class::Latin,
        '\u{370}'..='\u{481}' | '\u{48a}'..='\u{52f}' | '\u{1f00}'..='\u{1fff}' => Class::Lookalike,
        '\u{250}'..='\u{2af}' if !is_symbol(character) => Class::Latin,
        _ => Class::Other,
    }
}

/// Whether a character that is neither letter nor digit may be part of an evasion, behind `last`.
fn tells(character: char, last: char) -> bool {
    if matches!(character, '\u{530}'..='\u{10ff}' | '\u{3165}'..='\u{a72f}' | '\u{a732}'..='\u{fdff}') {
        return false;
    }
    // Behind emoji, and in scripts that need them, invisible characters are there for good reason.
    let is_hidden = || {
        is_control(character) && (last.is_whitespace() || is_european_letter(last) || is_mark(last) || is_control(last))
    };
    is_mark(character) || is_symbol(character) || is_direction(character) || is_hidden()
}

/// Single letters with the same sign between each two of them.
#[derive(Debug, Default)]
struct Apart {
    letters: usize,
    separator: Option<char>,
    /// Whether the last character was a letter, and the one before it none.
    is_single: bool,
    was_word: bool,
}

impl Apart {
    /// Takes the next character; whether there are enough letters by now.
    fn takes(&mut self, character: char, is_letter: bool, is_digit: bool) -> bool {
        if is_letter {
            self.is_single = !self.was_word;
            if !self.is_single {
                self.letters = 0;
            }
        } else if is_digit {
            self.is_single = false;
            self.letters = 0;
        } else if self.is_single && is_separator(character) {
            // A letter stands alone for sure once something follows it.
            self.letters = if self.separator == Some(character) || self.letters == 0 { self.letters + 1 } else { 1 };
            self.separator = Some(character);
            self.is_single = false;
        } else {
            // `y o u  a r e`: two spaces are a space between words.
            if character != ' ' {
                self.letters = 0;
            }
            self.is_single = false;
        }
        self.was_word = is_letter || is_digit;
        self.letters + 1 >= LEAST_APART
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_not_looked_at_twice() {
        for (text, expected) in [
            ("It is a fine day, and I am at home. Call 555-1234 at 7!", true),
            ("", true),
            ("a", true),
            ("i d i o t", false),
            ("id1ot", false),
            ("b@d", false),
            ("nooo", false),
            ("U.S. law, e.g. the 1st and 2nd of 10am", true),
            (&("plain words ".repeat(20) + "l i a r"), false),
            (&("l i a r".to_owned() + &" plain words".repeat(20)), false),
        ] {
            assert_eq!((is_plain_ascii(text.as_bytes()), is_plain(text)), (expected, expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_looks_suspect_is_not_plain(text in "[ab10@$.x\\-]{0,90}") {
            // The quick looks may only be wrong on the side of doubt.
            let is_suspect = looks_suspect(&text);
            prop_assert!(!(is_suspect && is_plain(&text)), "{}", text);
            prop_assert_eq!(is_plain_ascii(text.as_bytes()) && is_suspect, false, "{}", text);
        }
    }
}
