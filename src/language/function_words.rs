//! Looking up words in the lists of frequent words, all languages at once.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::function_words_table::FUNCTION_WORDS;

/// For each listed word the set of languages whose list has it, one bit a language.
#[derive(Debug)]
pub(super) struct FunctionWords {
    codes: Vec<&'static str>,
    list_lengths: Vec<usize>,
    languages_by_word: FxHashMap<&'static str, u64>,
}

impl FunctionWords {
    /// Builds the look-up from the lists.
    pub(super) fn new() -> Self {
        // A language may have two lists, one a script; they share its bit.
        let codes: Vec<&str> =
            FUNCTION_WORDS.iter().map(|(code, _)| hypothesis(code)).collect::<BTreeSet<_>>().into_iter().collect();
        let mut languages_by_word: FxHashMap<&str, u64> = FxHashMap::default();
        let mut list_lengths = vec![0; codes.len()];
        for (code, list) in FUNCTION_WORDS {
            let place = codes.iter().position(|other| *other == hypothesis(code)).unwrap_or(0);
            list_lengths[place] = list_lengths[place].max(list.len());
            let bit = 1_u64 << place;
            for word in *list {
                *languages_by_word.entry(word).or_default() |= bit;
            }
        }
        Self { codes, list_lengths, languages_by_word }
    }

    /// The languages that have lists, in the order of their bits.
    pub(super) fn codes(&self) -> &[&'static str] {
        &self.codes
    }

    /// Words in each language's list (its longer one, where it has two), in the order of the codes.
    pub(super) fn list_lengths(&self) -> &[usize] {
        &self.list_lengths
    }

    /// The languages whose lists have a folded word.
    pub(super) fn languages_of(&self, folded: &str) -> u64 {
        self.languages_by_word.get(folded).copied().unwrap_or(0)
    }
}

/// What a list speaks for: Serbian in Cyrillic and the three standards in Latin script are one language until their word
/// forms tell them apart.
fn hypothesis(code: &'static str) -> &'static str {
    if code == "sr" { "hbs" } else { code }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_folded_sorted_and_fit_the_bit_set() {
        assert!(FunctionWords::new().codes().len() <= 64);
        for (code, list) in FUNCTION_WORDS {
            assert!(list.len() >= 50, "{code} has {} words", list.len());
            for pair in list.windows(2) {
                assert!(pair[0] < pair[1], "{code}: `{}` and `{}` are out of order", pair[0], pair[1]);
            }
            for word in *list {
                assert_eq!(crate::text::words::fold(word), *word, "{code}: `{word}` is not folded");
            }
        }
    }

    #[test]
    fn shared_words_name_all_their_languages() {
        let words = FunctionWords::new();
        let languages = |word| -> Vec<&str> {
            let set = words.languages_of(word);
            words.codes().iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, code)| *code).collect()
        };
        assert!(languages("the").contains(&"en"));
        assert!(languages("und").contains(&"de"));
        assert!(languages("nije").contains(&"hbs"));
        assert!(languages("xyzzy").is_empty());
    }
}
