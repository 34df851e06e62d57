//! Translations that stand in a comment: the marker before one, how far it goes, and how good it is.

mod alignment;
mod halves;
mod language_marker_table;
mod marker;
mod marker_table;
mod parallel;
mod word_pair_table;

pub use alignment::translated_paragraphs;
pub use halves::{Halves, halves};
pub use marker::{Marker, MarkerKind, find_marker, markers};
pub use parallel::{may_say_the_same, says_the_same};

use std::collections::BTreeSet;

use super::words::{fold, words};

/// Shortest word that counts, in letters: shorter ones are the same in many languages.
const MIN_WORD_LETTERS: usize = 3;

/// The share of a translation's words that were carried over from the source untranslated, 0..=1.
///
/// A word was carried over where it stands in the source in the same folded form, has at least three letters and no
/// digits, `knows_word` does not know it (it is asked for folded words, and answers for the reader's language and for
/// well-known names), and it is no name. A word is a name where the translation writes it with a capital inside of a
/// sentence. The share is taken of all words with a letter; it is 0 where there are none.
pub fn untranslated_share(source: &str, translation: &str, knows_word: &dyn Fn(&str) -> bool) -> f64 {
    let source_words: BTreeSet<String> = words(source).map(|word| fold(word.of(source))).collect();
    let mut names = BTreeSet::new();
    let mut carried_over = Vec::new();
    let mut count = 0_usize;
    let mut last_end = 0;
    for (place, span) in words(translation).enumerate() {
        let word = span.of(translation);
        let between = translation.get(last_end..span.begin).unwrap_or_default();
        let begins_sentence = place == 0 || between.contains(['.', '!', '?', '…', ':', '\n']);
        last_end = span.end;
        if !word.chars().any(char::is_alphabetic) {
            continue;
        }
        count += 1;
        let folded = fold(word);
        let is_long = word.chars().filter(|character| character.is_alphabetic()).count() >= MIN_WORD_LETTERS
            && !word.chars().any(char::is_numeric);
        if !is_long || !source_words.contains(&folded) {
            continue;
        }
        if !begins_sentence && word.starts_with(char::is_uppercase) {
            names.insert(folded);
        } else if !knows_word(&folded) {
            carried_over.push(folded);
        }
    }
    let untranslated = carried_over.iter().filter(|word| !names.contains(*word)).count();
    if count == 0 { 0.0 } else { untranslated as f64 / count as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, translation: &str, expected: f64) {
        let known = ["the", "flag", "on", "with", "london"];
        let share = untranslated_share(source, translation, &|word| known.contains(&word));
        assert!((share - expected).abs() < 1e-9, "{translation}: {share}, expected {expected}");
    }

    #[test]
    fn carried_over_words_are_counted() {
        check("podigli su laznumu zastavu", "they raised the laznumu flag", 1.0 / 5.0);
        check("podigli su laznumu zastavu", "They raised the flag", 0.0);
        // Names, known words, short words, numbers.
        check("Marko je u london stigao", "So Marko came to london", 0.0);
        check("na 19. je", "na 19. je x", 0.0);
        // A name at the beginning of a sentence is told from its other places only.
        check("Marko zna, Marko ume", "Marko knows, and Marko can", 0.0);
        check("Cizma je mala", "Cizma is small", 1.0 / 3.0);
        check("a", "", 0.0);
        check("", "19 20", 0.0);
        check("ŠIBALI su", "they šibali them", 1.0 / 3.0);
    }
}
