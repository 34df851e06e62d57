//! Words: where they stand, and a folded form in which typography makes no difference.

use crate::domain::Span;

/// The words of a text with their places: runs of letters, marks and digits, with inner apostrophes and hyphens
/// (`don't`, `anti-Serb`). Everything else separates.
pub fn words(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = word_begin(text, at)?;
        let end = word_end(text, begin);
        at = end;
        Some(Span::new(begin, end))
    })
}

/// Where the first word at or behind `from` begins.
fn word_begin(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        // Most text is ASCII: its bytes are looked at without being decoded.
        let byte = *text.as_bytes().get(at)?;
        if byte.is_ascii() {
            if byte.is_ascii_alphanumeric() {
                return Some(at);
            }
            at += 1;
        } else {
            let character = character_at(text, at)?;
            if is_word_character(character) {
                return Some(at);
            }
            at += character.len_utf8();
        }
    }
}

/// Where the word that begins at `begin` ends.
fn word_end(text: &str, begin: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = begin;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_alphanumeric() {
            at += 1;
        } else if byte.is_ascii() {
            if !(matches!(byte, b'\'' | b'-') && is_word_at(text, at + 1)) {
                break;
            }
            at += 1;
        } else {
            let Some(character) = character_at(text, at) else { break };
            let next = at + character.len_utf8();
            if !(is_word_character(character) || is_joiner(character) && is_word_at(text, next)) {
                break;
            }
            at = next;
        }
    }
    at
}

fn is_word_at(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        None => false,
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => character_at(text, at).is_some_and(is_word_character),
    }
}

/// The character that begins at a byte; most are ASCII, and need no decoding.
pub(super) fn character_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        _ => text.get(at..)?.chars().next(),
    }
}

/// Whether a character is part of a word: a letter, a digit, or a mark that changes the letter before it.
#[must_use]
pub fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || is_combining_mark(character)
}

fn is_combining_mark(character: char) -> bool {
    // ASCII, and with it most text, is answered without the table.
    !character.is_ascii() && unicode_normalization::char::is_combining_mark(character)
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\'' | '’' | 'ʼ' | '-' | '‐' | '‑')
}

/// Appends the folded form of a word: lower case, one kind of apostrophe and hyphen, without soft hyphens.
pub fn fold_into(word: &str, folded: &mut String) {
    if word.is_ascii() {
        let begin = folded.len();
        folded.push_str(word);
        if let Some(added) = folded.get_mut(begin..) {
            added.make_ascii_lowercase();
        }
        return;
    }
    for character in word.chars() {
        match character {
            '’' | 'ʼ' => folded.push('\''),
            '‐' | '‑' => folded.push('-'),
            '\u{ad}' => {}
            _ if character.is_ascii() => folded.push(character.to_ascii_lowercase()),
            _ => folded.extend(character.to_lowercase()),
        }
    }
}

/// The folded form of a word; see [`fold_into`].
#[must_use]
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    folded
}

/// A 64-bit hash of a folded word: the same on every machine and in every version of this program.
///
/// FNV-1a (Fowler, Noll and Vo, 1991) over the UTF-8 bytes, with a final mix (Appleby's fmix64, 2011) for the low bits.
#[must_use]
pub fn hash_word(folded: &str) -> u64 {
    mix(folded.bytes().fold(FNV_BASIS, |hash, byte| fnv(hash, u64::from(byte))))
}

/// The [`hash_word`] of the folded form of a word; `scratch` is where that is made if the word is not ASCII.
#[must_use]
pub fn hash_folded(word: &str, scratch: &mut String) -> u64 {
    if word.is_ascii() {
        let hash = word.bytes().fold(FNV_BASIS, |hash, byte| fnv(hash, u64::from(byte.to_ascii_lowercase())));
        return mix(hash);
    }
    scratch.clear();
    fold_into(word, scratch);
    hash_word(scratch)
}

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, number: u64) -> u64 {
    (hash ^ number).wrapping_mul(0x0000_0100_0000_01b3)
}

/// A 64-bit hash of the characters of a word, one number each; see [`hash_word`].
#[must_use]
pub fn hash_word_characters(characters: &[u64]) -> u64 {
    characters.iter().fold(CharacterHash::default(), |hash, character| hash.then(*character)).finish()
}

/// [`hash_word_characters`] on its way, so that texts with the same beginning share the work.
#[derive(Debug, Clone, Copy)]
pub struct CharacterHash(u64);

impl Default for CharacterHash {
    fn default() -> Self {
        Self(FNV_BASIS)
    }
}

impl CharacterHash {
    /// With one more character.
    #[must_use]
    pub fn then(self, character: u64) -> Self {
        Self(fnv(self.0, character))
    }

    /// The hash of the characters so far.
    #[must_use]
    pub fn finish(self) -> u64 {
        mix(self.0)
    }
}

/// Spreads the information of a 64-bit number over all of its bits (Appleby's fmix64, 2011).
#[must_use]
pub fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_inner_joiners_only() {
        for (text, expected) in [
            ("don't stop", vec!["don't", "stop"]),
            ("'quoted' – well-known—yes", vec!["quoted", "well-known", "yes"]),
            ("Шта је, бре?", vec!["Шта", "је", "бре"]),
            ("a1 2b…3", vec!["a1", "2b", "3"]),
            ("cafe\u{301}s", vec!["cafe\u{301}s"]),
            ("it’s 'n'", vec!["it’s", "n"]),
            ("  ", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(words(text).map(|span| span.of(text)).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn folding_hides_typography() {
        assert_eq!(fold("DON’T"), "don't");
        assert_eq!(fold("Žič\u{ad}ara"), "žičara");
        assert_eq!(hash_word("don't"), hash_word(&fold("Don’t")));
        assert_ne!(hash_word("a"), hash_word("b"));
    }
}
