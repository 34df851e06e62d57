//! A quick look at a text: whether it shows any sign of evasion.

use super::invisible::is_control;
use super::is_european_letter;
use super::marks::is_mark;
use super::spelling::{LEAST_APART, is_separator, is_sign_for_a_letter};
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
    if text.is_ascii() && is_plain(text.as_bytes()) {
        return false;
    }
    let mut before = Class::Other;
    let mut last = ' ';
    let mut repeats = 0;
    let mut stretches = 0;
    let mut apart = Apart::default();
    let mut sign_behind_letter = false;
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
        if is_letter && sign_behind_letter {
            return true;
        }
        let was_letter = matches!(before, Class::Latin | Class::Lookalike);
        sign_behind_letter = is_sign_for_a_letter(character) && (was_letter || sign_behind_letter);
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

/// Whether ASCII has none of what every evasion in it has: a digit or sign before a letter, a letter three times in a row,
/// two letters after each other that both stand alone. No byte decides what is done with the next, so that a processor
/// looks at many at once.
fn is_plain(bytes: &[u8]) -> bool {
    const PIECE: usize = 64;
    const AROUND: usize = 4;
    let is_letter = |byte: u8| (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_other = |byte: u8| !is_letter(byte) & (byte.wrapping_sub(b'0') >= 10);
    let is_sign = |byte: u8| (byte == b'@') | (byte == b'$') | (byte.wrapping_sub(b'0') < 8);
    let tells = |[one, two, three, four, five]: [u8; 5]| {
        (is_sign(two) & is_letter(three))
            | ((one == two) & (two == three) & is_letter(one))
            | (is_other(one) & is_letter(two) & is_other(three) & is_letter(four) & is_other(five))
    };
    let tells_in = |piece: &[u8]| {
        piece.windows(AROUND + 1).fold(false, |found, bytes| {
            found | matches!(bytes, [one, two, three, four, five] if tells([*one, *two, *three, *four, *five]))
        })
    };
    // The ends, as if there were spaces around the text.
    let mut ends = [b' '; 2 * AROUND];
    let (first, last) = (bytes.len().min(AROUND), bytes.len().saturating_sub(AROUND));
    ends[1..=first].copy_from_slice(&bytes[..first]);
    let begins = tells_in(&ends[..=AROUND]);
    ends = [b' '; 2 * AROUND];
    let tail = &bytes[last..];
    ends[..tail.len()].copy_from_slice(tail);
    let mut from = 0;
    while from < bytes.len() {
        let piece = &bytes[from..bytes.len().min(from + PIECE + AROUND)];
        if tells_in(piece) {
            return false;
        }
        from += PIECE;
    }
    !begins && !tells_in(&ends)
}

fn class(character: char) -> Class {
    match character {
        'a'..='z' | 'A'..='Z' => Class::Latin,
        '0'..='9' => Class::Digit,
        _ if character.is_ascii() => Class::Other,
        '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => Class::Lookalike,
        _ if is_european_letter(character) && !is_symbol(character) => Class::Latin,
        _ => Class::Other,
    }
}

/// Whether a character that is neither letter nor digit may be part of an evasion, behind `last`.
fn tells(character: char, last: char) -> bool {
    // Invisible characters behind emoji, and between other scripts, are there for good reason.
    is_mark(character) || is_symbol(character) || is_control(character) && (last.is_whitespace() || !is_picture(last))
}

fn is_picture(character: char) -> bool {
    matches!(character as u32, 0x2190..=0x2bff | 0x3030..=0x303d | 0x1f000..=0x1faff | 0xfe00..=0xfe0f | 0x200d | 0x20e3)
        || character.is_ascii_digit()
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
            (&("plain words ".repeat(20) + "l i a r"), false),
            (&("l i a r".to_owned() + &" plain words".repeat(20)), false),
        ] {
            assert_eq!(is_plain(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_undone_was_suspect(text in "[ab10@$ .x\\-]{0,90}") {
            // The quick look may only be wrong on the side of doubt.
            let precise = super::super::undone(&text.replace(' ', "\u{a0}")).is_some();
            prop_assert!(!(precise && is_plain(text.as_bytes())), "{}", text);
        }
    }
}
