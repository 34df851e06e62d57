//! The words that tell what a text is about, and the pieces of words that an encoder looks up.

use crate::domain::Span;

use super::words::{CharacterHash, fold_into, words};

/// Names the words and pieces below. Changes with any change of what they are.
pub const ENCODER_FEATURE_SPEC: &str = "topic-words-pieces-4-5@1";

/// Lengths of the shorter pieces of a word, in characters, its two ends counted as one each; the others have one more.
const PIECE_LENGTH: usize = 4;
/// Characters of a word, from its beginning, that are cut into pieces.
const MAX_WORD_CHARACTERS: usize = 24;
/// Stands for the beginning and the end of a word: no character has this number.
const BEGINNING: u64 = 0x11_0000;
const END: u64 = 0x11_0001;

/// Calls `each` with every word of a text, folded, in order. The parts of a hyphenated word come one by one (`anti-Serb`
/// gives `anti` and `serb`), so that they meet the same words standing alone, and a possessive `'s` is left out.
pub fn for_each_topic_word(text: &str, mut each: impl FnMut(&str)) {
    for_each_topic_word_at(text, |_, word| each(word));
}

/// As [`for_each_topic_word`], with the place of the word, which is the whole one for each part of a hyphenated word.
pub fn for_each_topic_word_at(text: &str, mut each: impl FnMut(Span, &str)) {
    let mut folded = String::new();
    for span in words(text) {
        folded.clear();
        fold_into(span.of(text), &mut folded);
        for part in folded.split('-') {
            let part = part.strip_suffix("'s").unwrap_or(part);
            if !part.is_empty() {
                each(span, part);
            }
        }
    }
}

/// Calls `each` with the hash of every piece of a folded word: its runs of four and five characters, with its beginning
/// and its end as characters of their own (Bojanowski and others, 2017, "Enriching word vectors with subword
/// information"). So a word that was never seen, or is misspelt, is near to those that it is made like.
pub fn for_each_piece(word: &str, mut each: impl FnMut(u64)) {
    let mut characters = [0_u64; MAX_WORD_CHARACTERS + 2];
    characters[0] = BEGINNING;
    let mut count = 1;
    for (place, character) in characters[1..=MAX_WORD_CHARACTERS].iter_mut().zip(word.chars()) {
        *place = u64::from(u32::from(character));
        count += 1;
    }
    characters[count] = END;
    let characters = &characters[..=count];
    // A piece of five is one of four and a character: its hash goes on from there.
    let mut hashes = [CharacterHash::default(); MAX_WORD_CHARACTERS + 2];
    for (hash, piece) in hashes.iter_mut().zip(characters.windows(PIECE_LENGTH)) {
        *hash = piece.iter().fold(CharacterHash::default(), |hash, character| hash.then(*character));
        each(hash.finish());
    }
    for (hash, last) in hashes.iter().zip(characters.iter().skip(PIECE_LENGTH)) {
        each(hash.then(*last).finish());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::hash_word_characters;

    #[test]
    fn pieces_are_hashed_as_they_were_when_models_were_trained() {
        for word in ["", "a", "at", "tea", "bridge", "šuma", &"lengthy".repeat(9)] {
            let mut characters = vec![BEGINNING];
            characters.extend(word.chars().take(MAX_WORD_CHARACTERS).map(|character| u64::from(u32::from(character))));
            characters.push(END);
            let all = [4, 5].into_iter().flat_map(|length| characters.windows(length)).map(hash_word_characters);
            let mut found = Vec::new();
            for_each_piece(word, |piece| found.push(piece));
            assert_eq!(found, all.collect::<Vec<_>>(), "{word}");
        }
    }

    #[test]
    fn words_come_folded_and_in_parts() {
        let words_of = |text| {
            let mut found = Vec::new();
            for_each_topic_word(text, |word| found.push(word.to_owned()));
            found
        };
        assert_eq!(words_of("Russia’s anti-Serb plan"), ["russia", "anti", "serb", "plan"]);
        assert_eq!(words_of("!? …"), Vec::<String>::new());
    }

    #[test]
    fn pieces_know_where_a_word_begins_and_ends() {
        let pieces = |word| {
            let mut found = Vec::new();
            for_each_piece(word, |piece| found.push(piece));
            found
        };
        assert_eq!(pieces("a").len(), 0, "three characters with its ends");
        assert_eq!(pieces("at").len(), 1);
        // <bridge>: five runs of four, four of five.
        assert_eq!(pieces("bridge").len(), 9);
        let shared = |left, right| pieces(left).iter().filter(|piece| pieces(right).contains(piece)).count();
        assert!(shared("bridges", "bridge") > 5);
        assert_eq!(shared("ridge", "bridg"), 1, "`ridg`, but not at an end");
        assert_eq!(pieces(&"š".repeat(1_000)), pieces(&"š".repeat(24)), "bounded");
    }
}
