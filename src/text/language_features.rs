//! Which hashed features a word has for telling languages: the same for training and for judging.

use super::scripts::script_of;
use super::words::{character_at, hash_word_characters, is_word_character};
use crate::domain::{Script, Span};

/// Names this feature extraction. A model states the one that it was trained on and judges with no other; whoever changes
/// a feature or its hash changes the number at the end.
pub const LANGUAGE_FEATURE_SPEC: &str = "word+chars1-4-in-words/1";

/// Stands for the edges of a word in runs of characters.
const EDGE: u64 = 2;
/// Longer words are cut there: they are no words, and nothing else bounds what one of them costs.
const MOST_CHARACTERS: usize = 64;

/// A word with its features.
#[derive(Debug)]
pub struct LanguageWord<'a> {
    /// Where it stands.
    pub span: Span,
    /// The script of its first letter.
    pub script: Script,
    /// How many letters it has, repeats aside.
    pub letters: usize,
    /// The hash of the whole of it, in lower case.
    pub hash: u64,
    characters: &'a [u64],
}

impl LanguageWord<'_> {
    /// Its characters in lower case between its edges, by number: what its features are made of.
    #[must_use]
    pub fn characters(&self) -> &[u64] {
        self.characters
    }

    /// Calls `sink` for every feature: see [`for_each_feature`].
    pub fn for_each_feature(&self, sink: impl FnMut(u32)) {
        for_each_feature(self.hash, self.characters, sink);
    }
}

/// Calls `sink` for every feature of a word: the word as a whole, each letter that is not ASCII, and each run of two, three
/// and four characters of the word between its edges. All 32 bits are spread well: a table of 2^n rows takes the n lowest.
pub fn for_each_feature(hash: u64, characters: &[u64], mut sink: impl FnMut(u32)) {
    sink((hash >> 32) as u32);
    let mut window = 0_u64;
    for (at, character) in characters.iter().enumerate() {
        // Sixteen bits a character, so that the last four are one number.
        window = (window << 16) | (character & 0xffff);
        if *character >= 0x80 {
            sink(hash_run(window & 0xffff, ONE));
        }
        if at >= 1 {
            sink(hash_run(window & 0xffff_ffff, TWO));
        }
        if at >= 2 {
            sink(hash_run(window & 0xffff_ffff_ffff, THREE));
        }
        if at >= 3 {
            sink(hash_run(window, FOUR));
        }
    }
}

const ONE: u64 = 0x9e37_79b9_7f4a_7c15;
const TWO: u64 = 0xc2b2_ae3d_27d4_eb4f;
const THREE: u64 = 0xd6e8_feb8_6659_fd93;
const FOUR: u64 = 0xa076_1d64_78bd_642f;

fn hash_run(characters: u64, length: u64) -> u32 {
    let product = (characters ^ length).wrapping_mul(length);
    ((product ^ (product >> 32)).wrapping_mul(ONE) >> 32) as u32
}

/// Finds the words of texts; keeps its scratch memory.
#[derive(Debug, Clone, Default)]
pub struct LanguageWords {
    characters: Vec<u64>,
}

impl LanguageWords {
    /// Calls `sink` for each word of a text: letters with their marks, in lower case, with inner apostrophes; of a
    /// character, or a pair of them, that is repeated more than twice the first two (`sooooo`, `hahahaha`). Digits separate. Mentions (`@ana`) are left out: they name somebody, and are in no language.
    pub fn for_each(&mut self, text: &str, mut sink: impl FnMut(&LanguageWord<'_>)) {
        let bytes = text.as_bytes();
        let mut mentions = Mentions::default();
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            // Most text is ASCII: its bytes are looked at without being decoded.
            if byte.is_ascii() && !byte.is_ascii_alphabetic() {
                at += 1;
                continue;
            }
            let Some(first) = letter_at(text, at) else {
                at += character_at(text, at).map_or(1, char::len_utf8);
                continue;
            };
            self.characters.clear();
            self.characters.push(EDGE);
            let mut letters = 0;
            let begin = at;
            let mut next = Some(first);
            while let Some(character) = next {
                at += character.len_utf8();
                let before = self.characters.len();
                self.push(character);
                let is_counted = self.characters.len() > before || before > MOST_CHARACTERS;
                letters += usize::from(is_counted && (character.is_ascii() || character.is_alphabetic()));
                next = letter_at(text, at);
                if next.is_none()
                    && let Some(joiner) = character_at(text, at).filter(|character| is_apostrophe(*character))
                    && let Some(letter) = letter_at(text, at + joiner.len_utf8())
                {
                    at += joiner.len_utf8();
                    self.push('\'');
                    next = Some(letter);
                }
            }
            let end = at;
            if mentions.hold(bytes, begin) {
                continue;
            }
            let Some(script) = script_of(first) else { continue };
            self.characters.push(EDGE);
            let hash = hash_word_characters(&self.characters);
            let characters = self.characters.as_slice();
            sink(&LanguageWord { span: Span::new(begin, end), script, letters, hash, characters });
        }
    }

    fn push(&mut self, character: char) {
        if self.characters.len() > MOST_CHARACTERS {
            return;
        }
        if character.is_ascii() {
            self.push_lower(character.to_ascii_lowercase());
        } else {
            character.to_lowercase().for_each(|lower| self.push_lower(lower));
        }
    }

    fn push_lower(&mut self, character: char) {
        let character = u64::from(u32::from(character));
        let repeats = match *self.characters.as_slice() {
            [.., a, b] if a == character && b == character => true,
            // A third `ha` of a laughter, letter by letter.
            [.., a, b, c, d] => a == c && b == d && (c == character || d == character),
            _ => false,
        };
        if !repeats {
            self.characters.push(character);
        }
    }
}

fn letter_at(text: &str, at: usize) -> Option<char> {
    character_at(text, at).filter(|character| is_letter(*character))
}

/// Knows for places, which are asked for in order, whether they belong to a mention: an `@` stands before with only letters,
/// digits, `_`, `.` and `-` of ASCII between. The text is looked through once for all of them.
#[derive(Debug, Default)]
struct Mentions {
    /// Up to where was looked, and where the name begins that ends there.
    seen: usize,
    name_begin: usize,
}

impl Mentions {
    fn hold(&mut self, bytes: &[u8], place: usize) -> bool {
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let since = bytes.get(self.seen..place).unwrap_or_default();
        if let Some(at) = since.iter().rposition(|byte| !is_of_name(byte)) {
            self.name_begin = self.seen + at + 1;
        }
        self.seen = place;
        self.name_begin.checked_sub(1).is_some_and(|before| bytes[before] == b'@')
    }
}

/// A letter, or a mark on one.
fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic()
        || (!character.is_ascii() && !character.is_numeric() && is_word_character(character))
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | 'ʼ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(text: &str) -> Vec<(String, &'static str, usize)> {
        let mut found = Vec::new();
        LanguageWords::default().for_each(text, |word| {
            found.push((word.span.of(text).to_owned(), word.script.0, word.letters));
        });
        found
    }

    fn features(text: &str) -> Vec<u32> {
        let mut features = Vec::new();
        LanguageWords::default().for_each(text, |word| word.for_each_feature(|feature| features.push(feature)));
        features
    }

    #[test]
    fn words_are_letters_with_their_marks() {
        assert_eq!(
            spoken("Don’t @ana @ana_b.c1d stop2go 'već' cafe\u{301}s ђак 5!"),
            [
                ("Don’t".to_owned(), "Latn", 4),
                ("stop".to_owned(), "Latn", 4),
                ("go".to_owned(), "Latn", 2),
                ("već".to_owned(), "Latn", 3),
                ("cafe\u{301}s".to_owned(), "Latn", 5),
                ("ђак".to_owned(), "Cyrl", 3),
            ]
        );
        assert_eq!(spoken("@ 12 🙂 …"), []);
    }

    #[test]
    fn case_typography_and_repeats_make_no_difference() {
        assert_eq!(features("DON’T"), features("don't"));
        assert_eq!(features("sooooo"), features("soo"));
        assert_eq!(features("hahahahaha"), features("haha"));
        assert_eq!(spoken("hahahahaha")[0].2, 4);
        assert_ne!(features("so"), features("soo"));
    }

    #[test]
    fn a_word_has_itself_and_its_runs() {
        // One word, two runs of two between its edges (_a, a_), one of three.
        assert_eq!(features("a").len(), 4);
        // The whole; ć; _v ve eć ć_; _ve već eć_; _već već_.
        assert_eq!(features("već").len(), 1 + 1 + 4 + 3 + 2);
        assert!(features(&"x".repeat(10_000)).len() < 20);
        assert!(features(&"xy".repeat(10_000)).len() <= 4 * 66);
    }
}
