//! Tokens of normalised characters: words, links, mentions, runs of emphatic signs.

use super::Kind;
use crate::text::words::mix;

const WORD: u64 = 0x9e37_79b9_7f4a_7c15;
const LINK: u64 = 0x2545_f491_4f6c_dd1d;
const MENTION: u64 = 0x1656_67b1_9e37_79f9;
const SIGNS: u64 = 0xc2b2_ae3d_27d4_eb4f;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;
/// Of a run of signs this many tell it from others.
const TELLING_SIGNS: usize = 3;
/// So many plain signs in a row count as well: `...`, `:)`.
const FEWEST_PLAIN_SIGNS: usize = 2;
/// So many single letters in a row are one word spaced out.
const FEWEST_SPACED_LETTERS: usize = 3;
/// As they stand once repeated characters are cut to two.
const LINK_BEGINNINGS: [&str; 3] = ["http://", "https://", "ww."];
const NOT: [&str; 7] = ["not", "never", "no", "without", "nobody", "cannot", "nothing"];
const YOU: [&str; 8] = ["you", "your", "you're", "youre", "yourself", "ya", "u", "ur"];

/// A token.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "marks that go together in any way")]
pub(super) struct Token {
    /// Index of its first character.
    pub(super) first: usize,
    /// One past its last character.
    pub(super) end: usize,
    /// Its hash; that of a word spells the word, that of a link or mention says only what it is.
    pub(super) hash: u64,
    /// The hash of the word that is meant, where digits or signs stand for letters.
    pub(super) meant: Option<u64>,
    /// Whether it speaks to the reader: "you" and its like.
    pub(super) is_you: bool,
    /// Whether it denies what follows: "not" and its like.
    pub(super) is_not: bool,
    /// Whether all of its letters are capitals, at least three.
    pub(super) is_shouted: bool,
    /// Whether it has runs of characters of its own: links and mentions do not.
    pub(super) is_spelt: bool,
}

/// Letters that were spaced out, as one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpacedOut {
    /// Index of the first letter.
    pub(super) first: usize,
    /// Index of the last letter.
    pub(super) last: usize,
    /// The hash of the word.
    pub(super) hash: u64,
}

/// The tokens of a text; memory that is used again.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token>,
    pub(super) spaced_out: Vec<SpacedOut>,
}

impl Tokens {
    /// Replaces the tokens with those of normalised characters that have a space at both ends.
    pub(super) fn fill(&mut self, characters: &[char], kinds: &[Kind]) {
        let text = Text { characters, kinds };
        self.all.clear();
        self.spaced_out.clear();
        let mut at = 1;
        while at + 1 < characters.len() {
            let token = match characters[at] {
                ' ' => None,
                '@' if text.is_word(at + 1) => Some(text.mention(at)),
                'h' | 'w' if text.is_link(at) => Some(text.link(at)),
                _ if text.is_word(at) => Some(text.word(at)),
                character => {
                    let signs = text.signs(at);
                    (is_emphatic(character) || signs.end - signs.first >= FEWEST_PLAIN_SIGNS).then_some(signs)
                }
            };
            at = token.map_or(at + 1, |token| token.end);
            self.all.extend(token);
        }
        self.join_spaced_letters(text);
    }

    fn join_spaced_letters(&mut self, text: Text<'_>) {
        let Text { characters, kinds } = text;
        let mut run: Option<(usize, u64)> = None;
        for at in 0..=self.all.len() {
            let token = self.all.get(at);
            let single = token.filter(|token| token.end - token.first == 1 && kinds[token.first].is_letter);
            // One character between them and no more.
            let follows = |token: &Token| at > 0 && self.all[at - 1].end + 1 == token.first;
            match (run, single) {
                (Some((begun, hash)), Some(token)) if follows(token) => {
                    run = Some((begun, spell(hash, characters[token.first])));
                }
                (before, single) => {
                    if let Some((begun, hash)) = before
                        && at - begun >= FEWEST_SPACED_LETTERS
                    {
                        let (first, last) = (self.all[begun].first, self.all[at - 1].first);
                        self.spaced_out.push(SpacedOut { first, last, hash: mix(hash) });
                    }
                    run = single.map(|token| (at, spell(WORD, characters[token.first])));
                }
            }
        }
    }
}

fn spell(hash: u64, character: char) -> u64 {
    (hash ^ u64::from(character as u32)).wrapping_mul(FNV_PRIME)
}

/// Normalised characters, and what each one is.
#[derive(Clone, Copy)]
struct Text<'a> {
    characters: &'a [char],
    kinds: &'a [Kind],
}

impl Text<'_> {
    fn is_word(self, at: usize) -> bool {
        self.kinds.get(at).is_some_and(|kind| kind.is_word)
    }

    fn word(self, first: usize) -> Token {
        let mut hash = WORD;
        let mut meant = WORD;
        let (mut has_letters, mut has_disguise, mut all_capitals) = (false, false, true);
        let mut end = first;
        while self.is_word(end) || self.joins(end) {
            let (character, kind) = (self.characters[end], self.kinds[end]);
            hash = spell(hash, character);
            meant = spell(meant, plain(character));
            if kind.is_letter {
                has_letters = true;
                all_capitals &= kind.is_capital;
            } else {
                has_disguise |= plain(character) != character;
            }
            end += 1;
        }
        let letters = &self.characters[first..end];
        // A quick look before the list: nearly all words fail it.
        let is_you = matches!(letters, ['y' | 'u', ..]) && YOU.iter().any(|you| is_spelt(letters, you));
        Token {
            first,
            end,
            hash: mix(hash),
            meant: (has_letters && has_disguise).then(|| mix(meant)),
            is_you,
            is_not: is_negation(letters),
            is_shouted: all_capitals && has_letters && end - first >= 3,
            is_spelt: true,
        }
    }

    /// Whether a character that is no letter continues the word before it: an apostrophe or hyphen before a letter, or
    /// a sign that stands for a letter.
    fn joins(self, at: usize) -> bool {
        match self.characters.get(at) {
            Some('\'' | '-') => self.is_word(at + 1),
            Some('*') => true,
            Some('@' | '$' | '#') => {
                self.is_word(at + 1)
                    || matches!(self.characters.get(at + 1), Some('*' | '$'))
                    || self.characters[at - 1] == '$'
            }
            _ => false,
        }
    }

    fn is_link(self, at: usize) -> bool {
        let begins = |beginning: &str| {
            beginning.chars().enumerate().all(|(offset, expected)| self.characters.get(at + offset) == Some(&expected))
        };
        !self.is_word(at - 1) && LINK_BEGINNINGS.into_iter().any(begins)
    }

    fn link(self, first: usize) -> Token {
        let length = self.characters[first..].iter().take_while(|character| **character != ' ').count();
        class(first, first + length, LINK)
    }

    fn mention(self, first: usize) -> Token {
        let name = (first + 1..).take_while(|at| self.is_word(*at) || self.characters.get(*at) == Some(&'_'));
        class(first, first + 1 + name.count(), MENTION)
    }

    fn signs(self, first: usize) -> Token {
        let mut hash = SIGNS;
        let mut end = first;
        while let Some(character) = self.characters.get(end).copied()
            && character != ' '
            && !self.is_word(end)
        {
            if end - first < TELLING_SIGNS {
                hash = spell(hash, character);
            }
            end += 1;
        }
        Token { is_spelt: true, ..class(first, end, hash) }
    }
}

/// The letter that a digit or sign may stand for.
fn plain(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn is_negation(word: &[char]) -> bool {
    // A quick look before the list: nearly all words fail it.
    matches!(word, ['n' | 'c' | 'w', ..]) && NOT.iter().any(|not| is_spelt(word, not))
        || word.ends_with(&['n', '\'', 't'])
}

fn is_spelt(characters: &[char], word: &str) -> bool {
    characters.iter().copied().eq(word.chars())
}

/// A token of which only the class counts.
fn class(first: usize, end: usize, hash: u64) -> Token {
    Token { first, end, hash: mix(hash), meant: None, is_you: false, is_not: false, is_shouted: false, is_spelt: false }
}

/// Signs that carry a tone on their own, emoji and other symbols among them. A full stop, comma or quote does not.
fn is_emphatic(character: char) -> bool {
    matches!(character, '!' | '?' | '*' | '#' | '$' | '@') || !character.is_ascii()
}
