//! Which words carried a score, and which characters within them.

use std::sync::Arc;

use crate::domain::{Evidence, EvidenceRun, Span};
use crate::text::words::is_word_character;

use super::characters::{CharacterWeights, WeighedCharacter};

/// A run begins and ends with a character of at least this share of the strongest one's weight in its word …
const STRONG_SHARE: f64 = 0.3;
/// … and carries at least this share of what all characters of the word do, whichever way.
const RUN_SHARE: f64 = 0.2;

/// All words that moved a score, in the order of the text. Their weights are sums over the characters of a word, so that
/// they add up to what those do. Punctuation at the ends of a word counts for it but does not show in its span.
pub(super) fn weighed_words(weights: &CharacterWeights, text: &str, label: &Arc<str>) -> Vec<Evidence> {
    let evidence = |word: &[WeighedCharacter]| {
        let weight = sum(word);
        let span = trimmed(text, extent(word)?);
        (weight != 0.0).then(|| Evidence { span, label: Arc::clone(label), weight, runs: runs(word, text, span) })
    };
    weights.words().filter_map(evidence).collect()
}

/// The `count` words that moved a score most, strongest first; of equal ones the earlier first.
#[must_use]
pub fn strongest(mut words: Vec<Evidence>, count: usize) -> Vec<Evidence> {
    words.sort_by(|left, right| right.weight.abs().total_cmp(&left.weight.abs()));
    words.truncate(count);
    words
}

/// The character runs that carry a word: characters side by side that all raise, or all lower, the score, from the
/// first strong one to the last. A single weak letter at the edge belongs to it (fewer n-grams reach there), and
/// punctuation at its ends does not, unless there is nothing else. None where a single run is all of the word that shows.
fn runs(word: &[WeighedCharacter], text: &str, shown: Span) -> Vec<EvidenceRun> {
    let strongest = word.iter().map(|character| character.weight.abs()).fold(0.0, f64::max);
    let all: f64 = word.iter().map(|character| character.weight.abs()).sum();
    let is_strong = |character: &WeighedCharacter| character.weight.abs() >= STRONG_SHARE * strongest;
    let is_letter = |character: &WeighedCharacter| character.span.of(text).chars().any(is_word_character);
    let mut found = Vec::new();
    let mut begin = 0;
    for run in word.chunk_by(|left, right| left.weight * right.weight > 0.0) {
        let end = begin + run.len();
        let (Some(first), Some(last)) = (run.iter().position(is_strong), run.iter().rposition(is_strong)) else {
            begin = end;
            continue;
        };
        let (mut from, mut to) = (begin + first, begin + last + 1);
        if let (Some(first), Some(last)) =
            (word[from..to].iter().position(is_letter), word[from..to].iter().rposition(is_letter))
        {
            (from, to) = (from + first, from + last + 1);
            let is_edge =
                |neighbour: Option<usize>| neighbour.and_then(|at| word.get(at)).is_none_or(|at| !is_letter(at));
            if from > begin && is_letter(&word[from - 1]) && is_edge(from.checked_sub(2)) {
                from -= 1;
            }
            if to < end && is_letter(&word[to]) && is_edge(Some(to + 1)) {
                to += 1;
            }
        }
        begin = end;
        let run = &word[from..to];
        if let Some(span) = extent(run).filter(|_| sum(run).abs() >= RUN_SHARE * all && all > 0.0) {
            found.push(EvidenceRun { span, weight: sum(run) });
        }
    }
    match found.as_slice() {
        [whole] if whole.span.begin <= shown.begin && whole.span.end >= shown.end => Vec::new(),
        _ => found,
    }
}

fn sum(characters: &[WeighedCharacter]) -> f64 {
    characters.iter().map(|character| character.weight).sum()
}

/// From the first byte of the first character to the last of the last.
fn extent(characters: &[WeighedCharacter]) -> Option<Span> {
    Some(Span::new(characters.first()?.span.begin, characters.last()?.span.end))
}

fn trimmed(text: &str, word: Span) -> Span {
    let inner =
        |(at, character): (usize, char)| is_word_character(character).then_some((at, at + character.len_utf8()));
    let part = word.of(text);
    let begin = part.char_indices().find_map(inner);
    let end = part.char_indices().rev().find_map(inner);
    match (begin, end) {
        (Some((begin, _)), Some((_, end))) => Span::new(word.begin + begin, word.begin + end),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word of one-byte characters with these weights.
    fn word(weights: &[f64]) -> Vec<WeighedCharacter> {
        let character = |(at, weight): (usize, &f64)| WeighedCharacter { span: Span::new(at, at + 1), weight: *weight };
        weights.iter().enumerate().map(character).collect()
    }

    fn check_runs(text: &str, weights: &[f64], expected: &[(&str, f64)]) {
        assert_eq!(text.len(), weights.len(), "{text}");
        let found = runs(&word(weights), text, trimmed(text, Span::new(0, text.len())));
        let shown: Vec<(&str, f64)> = found.iter().map(|run| (run.span.of(text), run.weight)).collect();
        assert_eq!(shown, expected, "{text} {weights:?}");
    }

    #[test]
    fn runs_are_the_strong_characters_of_one_sign() {
        check_runs("aa-bcd!", &[0.25, 0.25, 0.25, 2.0, 2.0, 2.0, 0.25], &[("bcd", 6.0)]);
        // A weak character within a run is part of it.
        check_runs("aabcd", &[0.25, 0.25, 2.0, 0.5, 2.0], &[("bcd", 4.5)]);
        // One that works the other way divides.
        check_runs("abcde", &[2.0, 2.0, -0.25, 2.0, 2.0], &[("ab", 4.0), ("de", 4.0)]);
        check_runs("abcd", &[2.0, 2.0, -3.0, -3.0], &[("ab", 4.0), ("cd", -6.0)]);
        // Too little of the whole to be told.
        check_runs("abcdef", &[-1.0, 2.0, 2.0, 2.0, 2.0, -0.25], &[("bcde", 8.0)]);
    }

    #[test]
    fn a_weak_letter_at_the_edge_belongs_to_a_run_and_punctuation_does_not() {
        check_runs("you-fool!!", &[0.1, 0.1, 0.1, 0.1, 0.5, 2.0, 2.0, 0.5, 1.0, 1.0], &[("fool", 5.0)]);
        // Two weak letters are no edge any more, and nor is one that works the other way.
        check_runs("xxfoolxx", &[0.1, 0.1, 2.0, 2.0, 2.0, 2.0, 0.1, 0.1], &[("fool", 8.0)]);
        check_runs("xfool", &[-0.1, 2.0, 2.0, 2.0, 2.0], &[("fool", 8.0)]);
        // Within a run punctuation stays.
        check_runs("ab-f*ol!", &[0.1, 0.1, 0.1, 2.0, 2.0, 2.0, 2.0, 1.0], &[("f*ol", 8.0)]);
        check_runs("ab!!", &[0.1, 0.1, 2.0, 2.0], &[("!!", 4.0)]);
    }

    #[test]
    fn a_word_that_carries_its_weight_as_a_whole_has_no_runs() {
        check_runs("abc", &[1.0, 1.0, 1.0], &[]);
        check_runs("abc!", &[-1.0, -1.0, -1.0, 0.0], &[]);
        check_runs("!", &[2.0], &[]);
        check_runs("abc", &[0.0, 0.0, 0.0], &[]);
    }

    #[test]
    fn words_show_without_punctuation() {
        for (text, expected) in [("«Well»,", "Well"), ("said…", "said"), ("!!", "!!"), ("don't.", "don't")] {
            assert_eq!(trimmed(text, Span::new(0, text.len())).of(text), expected);
        }
    }

    #[test]
    fn the_strongest_come_first_whichever_way_they_work() {
        let evidence = |begin: usize, weight: f64| Evidence {
            span: Span::new(begin, begin + 1),
            label: "toxicity".into(),
            weight,
            runs: vec![],
        };
        let words = vec![evidence(0, 1.0), evidence(2, -3.0), evidence(4, -1.0), evidence(6, 2.0)];
        let order = |count| strongest(words.clone(), count).iter().map(|word| word.span.begin).collect::<Vec<_>>();
        assert_eq!(order(9), [2, 6, 0, 4]);
        assert_eq!(order(2), [2, 6]);
        assert!(order(0).is_empty());
    }
}
