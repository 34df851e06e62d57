//! The words of a comment, as small talk is told by them.

use std::iter::Peekable;

use super::small_talk_lexicon::{Lexicon, WordMeaning};
use crate::domain::Span;
use crate::text::words::{fold_into, hash_word, words};

/// Endings behind an apostrophe that are taken off: `it's`, `we'll`, `they've`.
const CLITICS: [&str; 6] = ["s", "ll", "ve", "re", "d", "m"];
/// The longest word that is looked up with its drawn-out letters shortened, in bytes.
const MAX_DRAWN_OUT_BYTES: usize = 64;

/// A word of a comment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Word {
    /// What it says.
    pub meaning: WordMeaning,
    /// Number in the lexicon; `None` for a word that is not in it.
    pub id: Option<u32>,
    /// Hash of its bare form.
    pub hash: u64,
    /// Whether it begins with a capital letter and goes on with small ones.
    pub is_capitalised: bool,
    /// Whether punctuation, the line's end or the text's end follows.
    pub ends_clause: bool,
}

/// The words of a text; the parts of a hyphenated word one by one.
pub(super) fn small_talk_words<'text>(
    text: &'text str,
    lexicon: &'text Lexicon,
) -> SmallTalkWords<'text, impl Iterator<Item = Span> + 'text> {
    SmallTalkWords {
        text,
        lexicon,
        spans: words(text).peekable(),
        rest: "",
        ends_clause: false,
        mention_end: None,
        bare: String::new(),
    }
}

/// See [`small_talk_words`].
pub(super) struct SmallTalkWords<'text, Spans: Iterator<Item = Span>> {
    text: &'text str,
    lexicon: &'text Lexicon,
    spans: Peekable<Spans>,
    /// What is left of a hyphenated word.
    rest: &'text str,
    ends_clause: bool,
    /// Where the last word ended, if it was a mention, or part of one.
    mention_end: Option<usize>,
    bare: String,
}

impl<Spans: Iterator<Item = Span>> SmallTalkWords<'_, Spans> {
    /// The next word.
    pub(super) fn next_word(&mut self) -> Option<Word> {
        if self.rest.is_empty() {
            let span = self.spans.next()?;
            let next_begin = self.spans.peek().map(|next| next.begin);
            let gap = next_begin.and_then(|begin| self.text.get(span.end..begin));
            self.ends_clause = gap.is_none_or(|gap| gap.contains(|character: char| !matches!(character, ' ' | '\t')));
            if self.is_mention(span) {
                self.mention_end = Some(span.end);
                return Some(self.word(WordMeaning::Mention, None, 0, ""));
            }
            self.mention_end = None;
            self.rest = span.of(self.text);
        }
        let (part, rest) = self.rest.split_once(['-', '‐', '‑']).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.bare.clear();
        bare_form_into(part, &mut self.bare);
        let mut hash = hash_word(&self.bare);
        if let Some((id, meaning)) = self.lexicon.word(hash) {
            return Some(self.word(meaning, Some(id), hash, part));
        }
        if names_no_subject(&self.bare) {
            return Some(self.word(WordMeaning::Plain, None, hash, part));
        }
        if is_laughter(&self.bare) {
            return Some(self.word(WordMeaning::LAUGHTER, None, hash, part));
        }
        for shortened in shortened_forms(&self.bare) {
            hash = hash_word(&shortened);
            if let Some((id, meaning)) = self.lexicon.word(hash) {
                return Some(self.word(meaning, Some(id), hash, part));
            }
        }
        Some(self.word(WordMeaning::Subject, None, hash, part))
    }

    fn word(&self, meaning: WordMeaning, id: Option<u32>, hash: u64, written: &str) -> Word {
        let mut characters = written.chars();
        let is_capitalised =
            characters.next().is_some_and(char::is_uppercase) && characters.next().is_some_and(char::is_lowercase);
        Word { meaning, id, hash, is_capitalised, ends_clause: self.ends_clause }
    }

    /// Whether a word is a user's name: after `@` or `u/`, or what follows such a one after one of `_.` (`@anna_k`).
    fn is_mention(&self, span: Span) -> bool {
        let before = self.text.get(..span.begin).unwrap_or_default();
        let joins_mention = self.mention_end.is_some_and(|end| end + 1 == span.begin) && before.ends_with(['_', '.']);
        let follows_user_mark = || {
            let rest = before.strip_suffix("u/");
            rest.is_some_and(|rest| rest.chars().next_back().is_none_or(|last| !last.is_alphanumeric()))
        };
        joins_mention || before.ends_with('@') || follows_user_mark()
    }
}

/// Appends the form of a word that the lexicon knows: folded, without apostrophes and the endings behind them.
pub(super) fn bare_form_into(word: &str, bare: &mut String) {
    let begin = bare.len();
    fold_into(word, bare);
    while let Some(apostrophe) = bare.rfind('\'').filter(|at| *at > begin) {
        if CLITICS.iter().any(|clitic| bare.get(apostrophe + 1..) == Some(*clitic)) {
            bare.truncate(apostrophe);
        } else {
            bare.remove(apostrophe);
        }
    }
}

/// Numbers with or without an ordinal's or a decade's ending (`3rd`, `90s`), and single letters.
fn names_no_subject(bare: &str) -> bool {
    let letters = bare.trim_start_matches(|character: char| character.is_ascii_digit());
    matches!(letters, "" | "s" | "st" | "nd" | "rd" | "th" | "k" | "x" | "am" | "pm") && !bare.is_empty()
        || bare.chars().nth(1).is_none()
}

/// Laughter of any length: `haha`, `ahahah`, `hehe`, `jaja`, `lolol`, `xddd`.
fn is_laughter(bare: &str) -> bool {
    let count = |wanted: u8| bare.bytes().filter(|byte| *byte == wanted).count();
    let made_of = |first: u8, second: u8| {
        let (firsts, seconds) = (count(first), count(second));
        firsts >= 2 && seconds >= 1 && firsts + seconds == bare.len() && bare.len() >= 4
    };
    made_of(b'h', b'a')
        || made_of(b'h', b'e')
        || made_of(b'h', b'i')
        || made_of(b'j', b'a')
        || (bare.starts_with("lol") && made_of(b'l', b'o'))
        || (bare.starts_with("xd") && count(b'd') + 1 == bare.len())
        || (bare.starts_with("lmfao") || bare.starts_with("lmao")) && bare.ends_with('o')
}

/// A word with letters that stand there three times or more in a row written twice, written once, and with no letter
/// twice in a row; nothing where no letter does, and for very long words.
fn shortened_forms(bare: &str) -> impl Iterator<Item = String> + '_ {
    let is_drawn_out = bare.len() <= MAX_DRAWN_OUT_BYTES
        && bare.as_bytes().windows(3).any(|three| three[0] == three[1] && three[1] == three[2]);
    let rules: &[(usize, usize)] = if is_drawn_out { &[(3, 2), (3, 1), (2, 1)] } else { &[] };
    rules.iter().map(|&(least, kept)| with_runs_shortened(bare, least, kept))
}

/// A word in which every letter that stands there `least` times or more in a row stands `kept` times.
fn with_runs_shortened(bare: &str, least: usize, kept: usize) -> String {
    let characters: Vec<char> = bare.chars().collect();
    let runs = characters.chunk_by(|left, right| left == right);
    runs.flat_map(|run| run.iter().take(if run.len() >= least { kept } else { run.len() })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(word: &str) -> String {
        let mut bare = String::new();
        bare_form_into(word, &mut bare);
        bare
    }

    #[test]
    fn endings_behind_apostrophes_are_taken_off() {
        for (word, expected) in [
            ("It’s", "it"),
            ("we'll", "we"),
            ("DON'T", "dont"),
            ("bridge's", "bridge"),
            ("I'd've", "i"),
            ("y'all", "yall"),
            ("o'clock", "oclock"),
            ("plain", "plain"),
        ] {
            assert_eq!(bare(word), expected, "{word}");
        }
    }

    #[test]
    fn drawn_out_words_are_shortened() {
        let forms = |word: &str| shortened_forms(word).collect::<Vec<_>>();
        assert_eq!(forms("thaaanks"), ["thaanks", "thanks", "thanks"]);
        assert_eq!(forms("hellooo"), ["helloo", "hello", "helo"]);
        assert!(forms("committee").is_empty());
        assert!(forms(&"a".repeat(1_000)).is_empty());
    }

    #[test]
    fn laughter_is_known_at_any_length() {
        for word in ["haha", "hahahahaha", "ahahah", "hehe", "jajaja", "lolol", "xddd", "lmaooo"] {
            assert!(is_laughter(word), "{word}");
        }
        for word in ["hall", "ha", "jaa", "aha", "lolly", "xd1", "eh", ""] {
            assert!(!is_laughter(word), "{word}");
        }
    }

    #[test]
    fn numbers_and_letters_name_no_subject() {
        for word in ["7", "2015", "90s", "3rd", "x", "д"] {
            assert!(names_no_subject(word), "{word}");
        }
        for word in ["50million", "mp3", "ok", "5g"] {
            assert!(!names_no_subject(word), "{word}");
        }
    }

    #[test]
    fn mentions_are_known_by_their_mark() {
        let lexicon = Lexicon::shared();
        for (text, expected) in [
            ("@anna bridge", vec![true, false]),
            ("@anna_k.b bridge", vec![true, true, true, false]),
            ("u/anna", vec![false, true]),
            ("/u/anna.", vec![false, true]),
            ("menu/anna", vec![false, false]),
            ("anna", vec![false]),
        ] {
            let mut words = small_talk_words(text, lexicon);
            let found: Vec<bool> =
                std::iter::from_fn(|| words.next_word()).map(|word| word.meaning == WordMeaning::Mention).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn capitals_and_ends_are_seen() {
        let lexicon = Lexicon::shared();
        let mut words = small_talk_words("Old Bridge, IBQ bank-like\nend", lexicon);
        let found: Vec<(bool, bool)> =
            std::iter::from_fn(|| words.next_word()).map(|word| (word.is_capitalised, word.ends_clause)).collect();
        assert_eq!(found, [(true, false), (true, true), (false, false), (false, true), (false, true), (false, true)]);
    }
}
