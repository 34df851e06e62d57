//! Words: where they stand, and a folded form in which typography makes no difference.

use crate::domain::Span;

/// The words of a text with their places: runs of letters, marks and digits, with inner apostrophes and hyphens
/// (`don't`, `anti-Serb`). Everything else separates.
pub fn words(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let begin = loop {
            let (at, character) = rest.next()?;
            if is_word_character(character) {
                break at;
            }
        };
        let mut end = text.len();
        while let Some(&(at, character)) = rest.peek() {
            if is_word_character(character) {
                rest.next();
                continue;
            }
            let joins = is_joiner(character)
                && text
                    .get(at + character.len_utf8()..)
                    .and_then(|tail| tail.chars().next())
                    .is_some_and(is_word_character);
            if !joins {
                end = at;
                break;
            }
            rest.next();
        }
        Some(Span::new(begin, end))
    })
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
    for character in word.chars() {
        match character {
            '’' | 'ʼ' => folded.push('\''),
            '‐' | '‑' => folded.push('-'),
            '\u{ad}' => {}
            'A'..='Z' => folded.push(character.to_ascii_lowercase()),
            _ if character.is_ascii() => folded.push(character),
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
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in folded.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(hash)
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
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl CharacterHash {
    /// With one more character.
    #[must_use]
    pub fn then(self, character: u64) -> Self {
        Self((self.0 ^ character).wrapping_mul(0x0000_0100_0000_01b3))
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
