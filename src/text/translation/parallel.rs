//! Whether two texts in two languages say the same, as far as that shows without knowing the languages.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::LazyLock;

use super::alignment::latin;
use super::halves::letters;
use super::word_pair_table::WORD_PAIRS;
use crate::text::words::{fold, words};

/// Fewer letters on a side say too little.
const MIN_LETTERS: f64 = 16.0;
/// Variance of a translation's length for each letter of the source (Gale and Church, 1993).
const VARIANCE_PER_LETTER: f64 = 6.8;
/// Standard deviations that the lengths may be apart.
const MAX_DEVIATION: f64 = 2.5;
/// The longer side has at most this many times the letters of the other.
const MAX_RATIO: f64 = 1.75;
/// Numbers up to this one are often written in words on one side.
const MAX_NUMBER_IN_WORDS: u64 = 12;
/// A word that both sides share has at least this many letters.
const MIN_SHARED_LETTERS: usize = 4;
/// Sides that share more than this part of their words are in one language.
const MAX_SHARED_WORDS: f64 = 0.4;
/// Letters of the shorter side for each thing that both must share.
const LETTERS_PER_SHARED: f64 = 40.0;

/// Whether one text may well be the translation of the other: their lengths are in proportion (Gale and Church, "A
/// program for aligning sentences in bilingual corpora", 1993), they ask as many questions, name the same numbers and
/// names, and share something that shows it.
///
/// - **Lengths** are counted in letters: at most 2.5 standard deviations and a factor of 1.75 apart, and 16 at the least.
/// - **Numbers** are the same on both sides; those up to 12 may be missing on one side, where they are in words.
/// - **Names**, written with a capital inside of a sentence: where both sides have some, half of the side that has fewer
///   stand on the other side too, Cyrillic read as Latin and endings aside. Where one side has two or more, the other has
///   some. The first word of a sentence stands for a name too.
/// - **Shared** are numbers, names, words that look alike (`problem`, `problema`) and, of Bosnian, Croatian or Serbian and
///   English, common words that mean the same: two of these at the least, and one for each 40 letters, up to eight.
///
/// It is meant for two halves of a comment in two languages, and errs on the side of no: what shares nothing may be a
/// translation all the same.
#[must_use]
pub fn says_the_same(one: &str, other: &str) -> bool {
    let outlines = [Outline::of(one), Outline::of(other)];
    let shorter = outlines[0].letters.min(outlines[1].letters);
    if shorter < MIN_LETTERS || !outlines[0].is_like(outlines[1]) {
        return false;
    }
    // What is quick to find out, and mostly decides, comes first.
    let (one_names, other_names) = (Names::of(one), Names::of(other));
    let (Some(numbers), Some(names)) =
        (shared_numbers(&one_names, &other_names), shared_names(&one_names, &other_names, false))
    else {
        return false;
    };
    let (one, other) = (Portrait::of(one), Portrait::of(other));
    let common_words = one.words.intersection(&other.words).count() as f64;
    if common_words > MAX_SHARED_WORDS * one.words.len().min(other.words.len()) as f64 {
        return false;
    }
    // Names are stems of their own; what looks alike beside them counts as well.
    let is_name = |stem: &&String| one_names.inside.contains(*stem) || other_names.inside.contains(*stem);
    let alike = one.stems.intersection(&other.stems).filter(|stem| !is_name(stem)).count();
    let needed = (shorter / LETTERS_PER_SHARED).ceil().clamp(2.0, 8.0);
    // The words of the table are looked for last: there are many.
    let shared = numbers + names + alike;
    shared as f64 >= needed || (shared + shared_meanings(&one, &other)) as f64 >= needed
}

/// Whether nothing speaks against one text being the translation of the other: the first three of the rules of
/// [`says_the_same`]. For texts that something else says are translations, of any length.
#[must_use]
pub fn may_say_the_same(one: &str, other: &str) -> bool {
    if !Outline::of(one).is_like(Outline::of(other)) {
        return false;
    }
    let (one, other) = (Names::of(one), Names::of(other));
    shared_numbers(&one, &other).is_some() && shared_names(&one, &other, true).is_some()
}

fn lengths_agree(one: f64, other: f64) -> bool {
    let mean = f64::midpoint(one, other);
    let deviation = (one - other).abs() / (mean * VARIANCE_PER_LETTER).max(1.0).sqrt();
    // Of a few words one is twice as long as the other for no reason at all.
    let is_tiny = one.max(other) < 2.0 * MIN_LETTERS;
    deviation <= MAX_DEVIATION && (is_tiny || one.max(other) <= MAX_RATIO * one.min(other))
}

/// How many numbers both name; `None` where they name different ones.
fn shared_numbers(one: &Names, other: &Names) -> Option<usize> {
    let only_one: Vec<_> = one.numbers.difference(&other.numbers).collect();
    let only_other: Vec<_> = other.numbers.difference(&one.numbers).collect();
    let may_be_in_words = |numbers: &[&u64]| numbers.iter().all(|number| **number <= MAX_NUMBER_IN_WORDS);
    let agree =
        only_one.is_empty() && may_be_in_words(&only_other) || only_other.is_empty() && may_be_in_words(&only_one);
    agree.then(|| one.numbers.intersection(&other.numbers).count())
}

/// How many names both have; `None` where they have different ones. German writes every noun with a capital: where the
/// other side has no names, `may_be_nouns` lets that pass.
fn shared_names(one: &Names, other: &Names, may_be_nouns: bool) -> Option<usize> {
    let in_other = |name: &&String| other.inside.contains(*name) || other.first_words.contains(*name);
    let in_one = |name: &&String| one.inside.contains(*name) || one.first_words.contains(*name);
    let shared = one.inside.iter().filter(in_other).count().max(other.inside.iter().filter(in_one).count());
    let (fewer, more) = (one.inside.len().min(other.inside.len()), one.inside.len().max(other.inside.len()));
    let agree = if fewer == 0 { may_be_nouns || more < 2 || shared > 0 } else { 2 * shared >= fewer };
    agree.then_some(shared)
}

/// How many pairs of words that mean the same stand on two sides.
fn shared_meanings(one: &Portrait, other: &Portrait) -> usize {
    let has = |portrait: &Portrait, beginnings: &[String]| {
        beginnings.iter().any(|beginning| {
            let from = (Bound::Included(beginning.as_str()), Bound::Unbounded);
            portrait.words.range::<str, _>(from).next().is_some_and(|word| word.starts_with(beginning.as_str()))
        })
    };
    let pairs = |source: &Portrait, english: &Portrait| {
        PAIRS.iter().filter(|(word, meanings)| has(source, word) && has(english, meanings)).count()
    };
    pairs(one, other).max(pairs(other, one))
}

static PAIRS: LazyLock<Vec<(Vec<String>, Vec<String>)>> = LazyLock::new(|| {
    let beginnings = |list: &str| list.split(' ').map(|word| word.chars().map(latin).collect()).collect();
    WORD_PAIRS.iter().map(|(words, meanings)| (beginnings(words), beginnings(meanings))).collect()
});

/// What is soon counted: most texts that are no translations of each other differ in it.
#[derive(Clone, Copy)]
struct Outline {
    letters: f64,
    questions: usize,
}

impl Outline {
    fn of(text: &str) -> Self {
        // `??` asks once.
        let questions = text.split_inclusive(['?', '？', '؟', ';']).filter(|part| is_question(part)).count();
        Self { letters: letters(text), questions }
    }

    /// Whether length and questions agree.
    fn is_like(self, other: Self) -> bool {
        lengths_agree(self.letters, other.letters) && self.questions == other.questions
    }
}

/// Numbers and names of a text, which show in its translation.
#[derive(Default)]
struct Names {
    numbers: BTreeSet<u64>,
    /// Stems of words with a capital inside of a sentence.
    inside: BTreeSet<String>,
    /// Stems of the first words of sentences.
    first_words: BTreeSet<String>,
}

impl Names {
    fn of(text: &str) -> Self {
        let mut found = Self::default();
        let mut last_end = 0;
        for (place, span) in words(text).enumerate() {
            let word = span.of(text);
            let between = text.get(last_end..span.begin).unwrap_or_default();
            last_end = span.end;
            if let Some(value) = number(word) {
                found.numbers.insert(value);
                continue;
            }
            let begins_sentence = place == 0 || (between != " " && between.contains(SENTENCE_BEGINS_BEHIND));
            let bare = without_grammar(word);
            let is_name = || {
                let is_shouted = word.chars().all(|character| !character.is_lowercase());
                bare.starts_with(char::is_uppercase) && !is_shouted
            };
            if !begins_sentence && !is_name() {
                continue;
            }
            let Some(stem) = stem_of(&folded(bare)) else { continue };
            let kind = if begins_sentence { &mut found.first_words } else { &mut found.inside };
            kind.insert(stem);
        }
        found
    }
}

/// Words of a text that may look alike, or mean the same, in its translation.
#[derive(Default)]
struct Portrait {
    /// Stems of all words of four letters or more.
    stems: BTreeSet<String>,
    /// All words in plain Latin letters.
    words: BTreeSet<String>,
}

impl Portrait {
    fn of(text: &str) -> Self {
        let mut portrait = Self::default();
        for word in words(text).map(|span| span.of(text)).filter(|word| number(word).is_none()) {
            let folded = folded(without_grammar(word));
            portrait.stems.extend(stem_of(&folded));
            portrait.words.insert(folded);
        }
        portrait
    }
}

const SENTENCE_BEGINS_BEHIND: [char; 12] = ['.', '!', '?', '…', ':', '\n', '"', '“', '„', '«', '(', '。'];

/// The value of a word that begins with a digit. Of `1,900` and `2.4` each part is a number, on both sides.
fn number(word: &str) -> Option<u64> {
    word.starts_with(|first: char| first.is_ascii_digit()).then(|| {
        let digits = word.chars().take_while(char::is_ascii_digit).take(15);
        digits.fold(0, |value, digit| value * 10 + u64::from(digit as u32 - '0' as u32))
    })
}

/// `Marko's`, `l'Europe`: the apostrophe's shorter side is grammar.
fn without_grammar(word: &str) -> &str {
    word.split(['\'', '’']).max_by_key(|part| part.len()).unwrap_or(word)
}

fn folded(word: &str) -> String {
    fold(word).chars().map(latin).collect()
}

/// Whether a part of a text ends in a question mark; Greek writes `;`, which counts behind a Greek letter alone.
fn is_question(part: &str) -> bool {
    let mut ending = part.chars().rev();
    match ending.next() {
        Some('?' | '？' | '؟') => part.chars().any(char::is_alphanumeric),
        Some(';') => ending.next().is_some_and(|letter| ('\u{370}'..='\u{3ff}').contains(&letter)),
        _ => false,
    }
}

/// The first letters of a word of four letters or more, without what endings may be.
fn stem_of(folded: &str) -> Option<String> {
    let letters = folded.chars().count();
    (letters >= MIN_SHARED_LETTERS).then(|| folded.chars().take(5.min(letters - letters / 4)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, may: bool, does: bool) {
        for (one, other) in [(one, other), (other, one)] {
            assert_eq!((may_say_the_same(one, other), says_the_same(one, other)), (may, does), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn what_both_share_shows_that_they_say_the_same() {
        for (one, other) in [
            ("Most je star 200 godina, kaže Marko.", "The bridge is 200 years old, says Marko."),
            ("Мост је стар 200 година, каже Марко.", "The bridge is 200 years old, says Marko."),
            ("Deca nemaju gde da se igraju u gradu.", "The children have nowhere to play in town."),
            ("Le pont a été construit en 1824 par Martin.", "The bridge was built in 1824 by Mr Martin."),
            ("Dodjite u 7 kod Marka, bice nas mnogo.", "Come to Marko's place at 7, we will be many."),
            // Small numbers in words on one side.
            ("Ima 2 nova mosta u gradu, a ljudi nema.", "There are two new bridges in town, and no people."),
        ] {
            check(one, other, true, true);
        }
    }

    #[test]
    fn what_shares_nothing_may_still_say_the_same() {
        for (one, other) in [
            ("Svaka čast, samo tako nastavite dalje.", "The bus was late again this morning."),
            ("Hvala", "Thanks"),
            ("Das ist alles sehr traurig für uns.", "All of that is very sad for us."),
            ("Svi su bili tu, i Marko i Jelena.", "All of them were here, and a few more."),
        ] {
            check(one, other, true, false);
        }
    }

    #[test]
    fn what_differs_does_not_say_the_same() {
        for (one, other) in [
            // Numbers
            ("Most je star 200 godina, kaže Marko.", "The bridge is 300 years old, says Marko."),
            ("Dodjite u 7 kod Petra, bice nas mnogo.", "Come to Petar's place at 9, we will be many."),
            // Names
            ("Most je star, rekao je juče Marko.", "The bridge is old, said Petar yesterday."),
            // Lengths
            (
                "Most je star i ljudi ga vole.",
                "The bridge is old, and people love it, or so they have been telling us for years.",
            ),
            // Questions
            ("Ko će da plati novi most u gradu?", "People will pay for the new bridge in town."),
        ] {
            check(one, other, false, false);
        }
        check("", "", true, false);
    }

    #[test]
    fn the_same_words_are_the_same_language() {
        let text = "People will pay for the new bridge in town, said Marko in 2019.";
        assert!(!says_the_same(text, text));
    }
}
