//! How much each character of a text moved the score of one label.

use crate::classify::linear_model::LinearModel;
use crate::domain::Span;
use crate::text::features::Featuriser;

/// A character with what it added to the score before calibration, in log-odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WeighedCharacter {
    /// Its bytes.
    pub(super) span: Span,
    /// What it added; negative where it lowered the score.
    pub(super) weight: f64,
}

/// The characters of a text that are no white space, in order, with their weights.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct CharacterWeights {
    characters: Vec<WeighedCharacter>,
    /// What features added that stand on no character: those of the text as a whole.
    elsewhere: f64,
}

impl CharacterWeights {
    /// Shares out what every feature of a text adds to the score of a label, evenly among the characters under it that
    /// are no white space. So the weights of all characters, with `elsewhere`, add up to the score before calibration
    /// less the label's intercept.
    ///
    /// # Panics
    /// Where the model has no such label.
    pub(super) fn of(model: &LinearModel, text: &str, featuriser: &mut Featuriser, label: usize) -> Self {
        let mut weights = Self::unweighed(text);
        model.explain(text, featuriser, label, |span, weight| weights.share_out(span, weight));
        weights
    }

    fn unweighed(text: &str) -> Self {
        let characters = text
            .char_indices()
            .filter(|(_, character)| !is_space(*character))
            .map(|(at, character)| WeighedCharacter { span: Span::new(at, at + character.len_utf8()), weight: 0.0 });
        Self { characters: characters.collect(), elsewhere: 0.0 }
    }

    fn share_out(&mut self, span: Span, weight: f64) {
        let first = self.characters.partition_point(|character| character.span.end <= span.begin);
        let rest = &mut self.characters[first..];
        let count = rest.partition_point(|character| character.span.begin < span.end);
        if count == 0 {
            self.elsewhere += weight;
            return;
        }
        let share = weight / count as f64;
        rest[..count].iter_mut().for_each(|character| character.weight += share);
    }

    /// What stands on no character.
    pub(super) fn elsewhere(&self) -> f64 {
        self.elsewhere
    }

    /// The sum of all weights, `elsewhere` included.
    pub(super) fn sum(&self) -> f64 {
        self.characters.iter().map(|character| character.weight).sum::<f64>() + self.elsewhere
    }

    /// The characters word by word: a word is what stands between white space.
    pub(super) fn words(&self) -> impl Iterator<Item = &[WeighedCharacter]> {
        self.characters.chunk_by(|left, right| left.span.end == right.span.begin)
    }
}

/// Control characters are white space to the featuriser as well.
fn is_space(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let weights = CharacterWeights::unweighed(text);
        weights
            .words()
            .map(|word| Span::new(word[0].span.begin, word[word.len() - 1].span.end).of(text).to_owned())
            .collect()
    }

    #[test]
    fn words_stand_between_white_space() {
        for (text, expected) in [
            (" «Well», he\u{a0}said… !!", &["«Well»,", "he", "said…", "!!"][..]),
            ("one\u{0}two\n\nthree", &["one", "two", "three"]),
            ("однажды 🙂🙂", &["однажды", "🙂🙂"]),
            (" \n", &[]),
            ("", &[]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_weight_is_shared_among_the_characters_under_it_and_white_space_takes_none() {
        let mut weights = CharacterWeights::unweighed("ab é");
        weights.share_out(Span::new(0, 5), 3.0); // `ab é`
        weights.share_out(Span::new(2, 5), 1.0); // ` é`
        weights.share_out(Span::new(1, 2), -4.0); // `b`
        weights.share_out(Span::new(2, 3), 0.5); // the space alone
        weights.share_out(Span::new(0, 0), 0.25); // the text as a whole
        let found: Vec<f64> = weights.characters.iter().map(|character| character.weight).collect();
        assert_eq!(found, [1.0, -3.0, 2.0]);
        assert!((weights.elsewhere() - 0.75).abs() < 1e-12 && (weights.sum() - 0.75).abs() < 1e-12);
    }
}
