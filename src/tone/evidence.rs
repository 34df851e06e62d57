//! Which words carried a score.

use std::sync::Arc;

use crate::classify::linear_model::LinearModel;
use crate::domain::{Evidence, Span};
use crate::text::features::Featuriser;
use crate::text::words::is_word_character;

/// The `count` words that moved the score of a label most, strongest first; of equal ones the earlier first.
///
/// The n-grams of the model overlap each other; what each one adds is shared out evenly among the words that it touches,
/// so that the weights of all words add up to the score without its intercept. Words end at white space; punctuation at
/// the ends of a word counts for it but does not show in its span.
pub(super) fn strongest_words(
    model: &LinearModel,
    text: &str,
    featuriser: &mut Featuriser,
    label: usize,
    count: usize,
) -> Vec<Evidence> {
    let words = words_between_spaces(text);
    let mut weights = vec![0.0; words.len()];
    model.explain(text, featuriser, label, |span, weight| {
        let first = words.partition_point(|word| word.end <= span.begin);
        let touched = words[first..].iter().take_while(|word| word.begin < span.end).count();
        for sum in &mut weights[first..first + touched] {
            *sum += weight / touched as f64;
        }
    });
    let mut order: Vec<usize> = (0..words.len()).filter(|word| weights[*word] != 0.0).collect();
    order.sort_by(|left, right| weights[*right].abs().total_cmp(&weights[*left].abs()));
    order.truncate(count);
    let name: &Arc<str> = &model.labels()[label].name;
    order
        .into_iter()
        .map(|word| Evidence { span: trimmed(text, words[word]), label: Arc::clone(name), weight: weights[word] })
        .collect()
}

fn words_between_spaces(text: &str) -> Vec<Span> {
    let mut words: Vec<Span> = Vec::new();
    let mut inside = false;
    for (at, character) in text.char_indices() {
        // Control characters are white space to the featuriser as well.
        let space = character.is_whitespace() || character.is_control();
        if !space {
            let end = at + character.len_utf8();
            match words.last_mut() {
                Some(word) if inside => word.end = end,
                _ => words.push(Span::new(at, end)),
            }
        }
        inside = !space;
    }
    words
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

    #[test]
    fn words_end_at_white_space_and_show_without_punctuation() {
        let text = " «Well», he\u{a0}said… !!";
        let words = words_between_spaces(text);
        assert_eq!(words.iter().map(|word| word.of(text)).collect::<Vec<_>>(), ["«Well»,", "he", "said…", "!!"]);
        let shown: Vec<&str> = words.iter().map(|word| trimmed(text, *word).of(text)).collect();
        assert_eq!(shown, ["Well", "he", "said", "!!"]);
    }
}
