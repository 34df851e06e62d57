//! The words of a text by place, and what they say of toxicity: the part of the order that knows single words only.

use super::even_mix_words_table::{WORD_INTERCEPT, WORD_STEP, WORD_WEIGHTS};
use crate::text::topic_words::for_each_topic_word;
use crate::text::words::hash_word;

/// Places that words are put in, by their hash; a power of two.
pub const WORD_PLACES: usize = 1 << 12;

/// The places of the words of a text: ascending, none twice. Words may share one.
#[must_use]
pub fn word_places(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    for_each_topic_word(text, |word| {
        // The remainder is below 4,096.
        places.push((hash_word(word) % WORD_PLACES as u64) as usize);
    });
    places.sort_unstable();
    places.dedup();
    places
}

/// What the words of a text say, in log-odds to be added; 0 where there are none.
pub(super) fn word_order(text: &str) -> f64 {
    let places = word_places(text);
    if places.is_empty() {
        return 0.0;
    }
    let steps: i32 = places.iter().filter_map(|place| WORD_WEIGHTS.get(*place)).map(|weight| i32::from(*weight)).sum();
    f64::from(steps) * WORD_STEP / (places.len() as f64).sqrt() + WORD_INTERCEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count_once_however_they_are_written() {
        let check = |text: &str, as_good_as: &str| assert_eq!(word_places(text), word_places(as_good_as), "{text}");
        check("Bridge, bridge! The BRIDGE", "the bridge");
        check("old-time", "time old");
        check("the mayor's ferry", "the mayor ferry");
        check("… !", "");
        assert!(word_places("").is_empty() && word_places("the bridge opens").len() == 3);
        assert!(word_places("the bridge opens").iter().all(|place| *place < WORD_PLACES));
    }

    #[test]
    fn rude_words_say_more_than_kind_ones() {
        let check = |more: &str, less: &str| {
            let (more_found, less_found) = (word_order(more), word_order(less));
            assert!(more_found > less_found, "{more} {more_found}, {less} {less_found}");
        };
        check("You are an idiot", "You are an engineer");
        check("this is stupid", "this is sourced");
        check("shut up", "thank you for the article");
        assert!(word_order("").abs() < f64::EPSILON, "without words nothing is said");
    }
}
