//! The one featuriser, the same for training and for scoring: which hashed features a text has.

mod grams;
mod tokens;

use self::tokens::Tokens;
use super::evasion;
use super::normalise::for_each_normalised;
use super::words::is_word_character;
use crate::domain::Span;

/// Names this feature extraction. A model states the one that it was trained on and scores nothing else; whoever
/// changes a feature or its hash changes the number at the end.
pub const FEATURE_SPEC: &str = "words1-2+ends+you+not+chars3-4-in-words+capitals/2";

/// How many different features there are after hashing.
pub const FEATURE_SPACE: usize = 1 << 18;

/// A character that is repeated more often counts as written this often: `sooooo` is `soo`.
const MOST_REPEATS: usize = 2;
/// Scratch larger than this many characters is given back after use.
const KEPT_CHARACTERS: usize = 1 << 16;
/// Longer texts are cut there, so that places fit 32 bits.
const MOST_CHARACTERS: usize = 1 << 30;

/// The distinct hashed features of a text, each below [`FEATURE_SPACE`], in the order of their first appearance.
///
/// How often a feature appears is left out: on comments it measured worse than whether it appears at all. A model of
/// `n` buckets (a power of two) uses `feature & (n - 1)`, so that one extraction serves models of any size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HashedText {
    features: Vec<u32>,
}

impl HashedText {
    /// The features, first seen first, none twice.
    #[must_use]
    pub fn features(&self) -> &[u32] {
        &self.features
    }

    /// How many distinct features there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether the text had no features: it holds neither words nor signs that count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// Forgets everything but the memory.
    pub fn clear(&mut self) {
        self.features.clear();
    }
}

/// Extracts features. Keeps its scratch memory from text to text; no n-gram is ever allocated.
///
/// The features of a text are those of its normalised characters (see [`for_each_normalised`]; of a character that
/// stands more than twice in a row two are kept), after evasions were undone (see [`evasion::undone`]):
///
/// - each token (word, link, mention, run of emphatic signs or emoji), and each pair of neighbours;
/// - the first and the last token, and the first and the last pair, marked as such;
/// - the words up to four after and two before a word for "you", and up to three after a negation, marked as such;
/// - a word in capitals, marked as such; a word with digits or signs for letters (`1d10t`) as it is meant; letters
///   that were spaced out (`l i a r`) as one word;
/// - the runs of three and four characters inside each token with a space at both ends;
/// - in steps, the share of capitals among the letters and the number of exclamation marks.
#[derive(Debug, Clone, Default)]
pub struct Featuriser {
    text: Normalised,
    tokens: Tokens,
    /// A bit a feature, all clear between texts.
    seen: Vec<u64>,
}

/// Normalised characters with a space at both ends.
#[derive(Debug, Clone, Default)]
struct Normalised {
    characters: Vec<char>,
    /// What each one is.
    kinds: Vec<Kind>,
    /// The bytes that each one stands for; only filled to visit features.
    spans: Vec<Span>,
    /// Exclamation marks, those that were left out among them.
    exclamations: usize,
}

/// What a character is. Looked up once: outside of ASCII each look-up is a search in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    /// Part of a word, see [`is_word_character`].
    is_word: bool,
    /// A letter.
    is_letter: bool,
    /// A letter that was a capital one.
    is_capital: bool,
}

impl Kind {
    const SPACE: Self = Self { is_word: false, is_letter: false, is_capital: false };

    fn of(character: char, text: &str, span: Span) -> Self {
        if character.is_ascii() {
            let is_letter = character.is_ascii_lowercase();
            let is_word = is_letter || character.is_ascii_digit();
            return Self { is_word, is_letter, is_capital: is_letter && is_capital(text, span) };
        }
        let is_letter = character.is_alphabetic();
        let is_word = is_letter || is_word_character(character);
        Self { is_word, is_letter, is_capital: is_letter && is_capital(text, span) }
    }
}

impl Featuriser {
    /// A featuriser without scratch memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the content of `out` with the features of `text`. Texts beyond 2^30 characters are cut there.
    pub fn extract(&mut self, text: &str, out: &mut HashedText) {
        out.clear();
        self.text.fill(&evasion::as_meant(text), false);
        self.seen.resize(FEATURE_SPACE / 64, 0);
        let (seen, features) = (&mut self.seen, &mut out.features);
        grams::for_each_feature(&self.text, &mut self.tokens, |feature, _, _| {
            let (word, bit) = ((feature / 64) as usize, 1 << (feature % 64));
            if seen[word] & bit == 0 {
                seen[word] |= bit;
                features.push(feature);
            }
        });
        for feature in features.iter() {
            seen[(*feature / 64) as usize] = 0;
        }
        self.give_back();
    }

    /// Calls `sink` for every feature of `text`, repeated ones too, with the bytes of `text` that it stands for.
    ///
    /// The features are those of [`Featuriser::extract`], in the same order.
    pub fn visit(&mut self, text: &str, mut sink: impl FnMut(u32, Span)) {
        match evasion::undone(text) {
            Some(undone) => self.visit_plain(undone.as_str(), |feature, span| sink(feature, undone.original(span))),
            None => self.visit_plain(text, sink),
        }
    }

    fn visit_plain(&mut self, text: &str, mut sink: impl FnMut(u32, Span)) {
        self.text.fill(text, true);
        let spans = &self.text.spans;
        grams::for_each_feature(&self.text, &mut self.tokens, |feature, first, last| {
            sink(feature, Span::new(spans[first].begin, spans[last].end));
        });
        self.give_back();
    }

    fn give_back(&mut self) {
        if self.text.characters.len() > KEPT_CHARACTERS {
            self.text = Normalised::default();
            self.tokens = Tokens::default();
        }
    }
}

impl Normalised {
    fn fill(&mut self, text: &str, with_spans: bool) {
        if !with_spans && text.is_ascii() && text.len() < MOST_CHARACTERS {
            return self.fill_with_ascii(text.as_bytes());
        }
        let Self { characters, kinds, spans, exclamations } = self;
        *exclamations = 0;
        characters.clear();
        kinds.clear();
        spans.clear();
        characters.push(' ');
        kinds.push(Kind::SPACE);
        spans.push(Span::new(0, 0));
        let mut repeats = 0;
        let mut previous = ' ';
        for_each_normalised(text, |character, span| {
            repeats = if character == previous { repeats + 1 } else { 1 };
            previous = character;
            *exclamations += usize::from(character == '!');
            if repeats > MOST_REPEATS {
                if with_spans && let Some(last) = spans.last_mut() {
                    last.end = span.end;
                }
                return;
            }
            characters.push(character);
            kinds.push(Kind::of(character, text, span));
            if with_spans {
                spans.push(span);
            }
        });
        characters.truncate(MOST_CHARACTERS);
        kinds.truncate(MOST_CHARACTERS);
        characters.push(' ');
        kinds.push(Kind::SPACE);
        // The spaces around the text belong to no byte of it.
        if with_spans {
            let begin = spans.get(1).map_or(0, |span| span.begin);
            let end = spans.last().map_or(0, |span| span.end);
            spans[0] = Span::new(begin, begin);
            spans.truncate(MOST_CHARACTERS);
            spans.push(Span::new(end, end));
        }
    }

    /// As [`Self::fill`] without spans, of text that is ASCII: most is, and each byte is one character.
    fn fill_with_ascii(&mut self, text: &[u8]) {
        let Self { characters, kinds, spans, exclamations } = self;
        *exclamations = 0;
        spans.clear();
        characters.clear();
        characters.resize(text.len() + 2, ' ');
        kinds.clear();
        kinds.resize(text.len() + 2, Kind::SPACE);
        let (mut end, mut repeats, mut previous) = (1, 1, b' ');
        for byte in text {
            let is_space = matches!(byte, 0..=b' ' | 0x7f);
            let plain = if is_space { b' ' } else { byte.to_ascii_lowercase() };
            if is_space && previous == b' ' {
                continue;
            }
            repeats = if plain == previous { repeats + 1 } else { 1 };
            previous = plain;
            *exclamations += usize::from(plain == b'!');
            if repeats > MOST_REPEATS {
                continue;
            }
            let is_letter = plain.is_ascii_lowercase();
            let is_word = is_letter || plain.is_ascii_digit();
            characters[end] = char::from(plain);
            kinds[end] = Kind { is_word, is_letter, is_capital: byte.is_ascii_uppercase() };
            end += 1;
        }
        // One space stands at the end already, and there is one at least.
        if previous == b' ' && end > 1 {
            end -= 1;
        }
        characters.truncate(end + 1);
        kinds.truncate(end + 1);
    }
}

fn is_capital(text: &str, span: Span) -> bool {
    let first = text.as_bytes()[span.begin];
    if first.is_ascii() {
        return first.is_ascii_uppercase();
    }
    text.get(span.begin..span.end).and_then(|character| character.chars().next()).is_some_and(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn extract(text: &str) -> HashedText {
        let mut out = HashedText::default();
        Featuriser::new().extract(text, &mut out);
        out
    }

    fn set(text: &str) -> BTreeSet<u32> {
        extract(text).features().iter().copied().collect()
    }

    fn visited(text: &str) -> Vec<&str> {
        let mut seen = Vec::new();
        Featuriser::new().visit(text, |_, span| seen.push(span.of(text)));
        seen
    }

    #[test]
    fn a_small_text_has_exactly_its_n_grams() {
        // Two words and their pair; how it begins and ends; of ` ab ` and ` ef ` the runs of three and four.
        let ends = ["Ab", "ef", "Ab  ef", "Ab  ef"];
        let runs = ["Ab", "Ab  ", "Ab  ", "  ef", "  ef", "ef"];
        assert_eq!(visited("Ab  ef"), [["Ab", "ef", "Ab  ef"].as_slice(), &ends, &runs].concat());
        assert_eq!(visited(" \n\u{200b}"), [""; 0]);
        assert_eq!(visited("a"), ["a"; 4], "the word, also as first and last, and the character between its spaces");
    }

    #[test]
    fn features_do_not_change() {
        // Models that were trained before depend on these numbers.
        assert_eq!(extract("You né!!").features(), FEATURES_OF_YOU_NE);
    }

    const FEATURES_OF_YOU_NE: [u32; 25] = [
        199_734, 134_071, 149_336, 255_826, 259_133, 43_777, 158_133, 149_411, 235_840, 249_149, 186_390, 207_793,
        221_741, 2_179, 139_274, 225_153, 245_941, 58_947, 92_978, 224_167, 35_191, 104_447, 11_577, 253_156, 196_183,
    ];

    #[test]
    fn what_makes_no_difference_has_the_same_features() {
        for (one, other) in [
            ("it’s  fine\n", "it's fine"),
            ("soooooo good", "soo good"),
            ("ｆｉｎｅ", "fine"),
            ("see https://example.org/a?b now", "see www.other.test now"),
            ("@ana is right", "@ben is right"),
            ("yes. no", "yes, no"),
        ] {
            assert_eq!(set(one), set(other), "{one} {other}");
        }
    }

    #[test]
    fn disguises_are_seen_through() {
        for (disguised, plain) in [("1d10t", "idiot"), ("b@dger", "badger"), ("l i a r", "liar"), ("l.i.a.r", "liar")] {
            let plain = extract(plain).features()[0];
            assert!(set(disguised).contains(&plain), "{disguised}");
        }
        // Two letters that stand alone, letters further apart, and digits alone are not touched.
        for (text, not) in [("a b", "ab"), ("l  i, a  r", "liar"), ("110", "iio")] {
            let not = extract(not).features()[0];
            assert!(!set(text).contains(&not), "{text}");
        }
    }

    #[test]
    fn shouting_and_the_second_person_are_features_of_their_own() {
        assert_eq!(set("go home").difference(&set("GO HOME")).count(), 0);
        assert!(set("GO HOME").len() > set("go home").len() + 5, "capital words, and the share of capitals in steps");
        let marked: BTreeSet<u32> = set("you fool").difference(&set("fool you")).copied().collect();
        assert_eq!(marked.len(), 5, "a pair of words, and the two ends; `fool` is marked on either side of `you`");
        let alone = &set("fool") | &set("you");
        let shared = &set("you are a fool") & &set("hey fool you");
        assert_eq!(shared.difference(&alone).count(), 1, "`fool` as said to somebody");
        assert!(set("no!!!").len() > set("no!").len());
    }

    #[test]
    fn emoji_and_masked_letters_are_kept() {
        assert_ne!(set("well 😀"), set("well 😡"));
        assert_ne!(set("well"), set("well 😡"));
        assert!(visited("sh*t").contains(&"sh*t"));
        assert!(visited("f***ing").contains(&"f***ing"));
        assert!(visited("a$$").contains(&"a$$"));
    }

    #[test]
    fn distinct_n_grams_get_distinct_hashes() {
        let mut features = BTreeSet::new();
        let mut count = 0;
        for left in 'a'..='z' {
            for right in 'a'..='z' {
                // Of one word: itself, also as first and as last, ` lr`, `lr `, ` lr `.
                let hashed = extract(&format!("{left}{right}"));
                count += hashed.len();
                features.extend(hashed.features().iter().copied());
            }
        }
        assert_eq!(count, 26 * 26 * 6);
        // 4,056 balls in 2^18 bins: about 31 share one.
        assert!(count - features.len() < 50, "{} collide", count - features.len());
        // The low bits spread as evenly as chance would have it: 4,056 balls in 4,096 bins hit about 2,570.
        let buckets: BTreeSet<u32> = features.iter().map(|feature| feature & 4095).collect();
        assert!((2_500..2_640).contains(&buckets.len()), "{}", buckets.len());
    }

    #[test]
    fn scratch_of_a_long_text_leaves_no_trace() {
        let mut featuriser = Featuriser::new();
        let mut out = HashedText::default();
        featuriser.extract(&"long text ".repeat(10_000), &mut out);
        featuriser.extract("short", &mut out);
        assert_eq!(out, extract("short"));
    }

    proptest! {
        #[test]
        fn visiting_and_extracting_agree(text in "\\PC{0,80}|[aAuy1 @!'’.*\\n-]{0,40}") {
            let mut featuriser = Featuriser::new();
            let mut visited: Vec<u32> = Vec::new();
            featuriser.visit(&text, |feature, span| {
                assert!(text.get(span.begin..span.end).is_some());
                assert!((feature as usize) < FEATURE_SPACE);
                if !visited.contains(&feature) {
                    visited.push(feature);
                }
            });
            let mut out = HashedText::default();
            featuriser.extract(&text, &mut out);
            prop_assert_eq!(out.features(), visited);
        }
    }
}
