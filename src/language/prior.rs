//! What is likely before a text is looked at.

use super::south_slavic::LANGUAGES;
use crate::domain::LanguageCode;

/// The part of the prior that all languages share, whatever the thread has been so far.
const SHARED_PART: f64 = 0.1;
/// How they share it: a language with over 100 million speakers (first and second language; Ethnologue, 2023, in round
/// numbers) 4, one with over 10 million 2, any other 1. A step is a doubling, no more: who speaks a language is no measure of
/// who comments in it.
const WEIGHT_OF_LARGE: f64 = 4.0;
const WEIGHT_OF_MIDDLING: f64 = 2.0;
const LARGE: &[&[u8; 2]] =
    &[b"ar", b"bn", b"de", b"en", b"es", b"fr", b"hi", b"id", b"ja", b"pt", b"ru", b"sw", b"ur", b"zh"];
const MIDDLING: &[&[u8; 2]] = &[
    b"am", b"az", b"cs", b"el", b"fa", b"gu", b"hu", b"it", b"kk", b"ko", b"mr", b"ms", b"my", b"ne", b"nl", b"pa",
    b"pl", b"ro", b"so", b"sv", b"ta", b"te", b"th", b"tl", b"tr", b"uk", b"vi", b"xh", b"yo", b"zu",
];
/// Sum of the weights of the languages of the world that comments are written in, as far as the prior is concerned.
const ALL_WEIGHTS: f64 = 160.0;
/// The same where every language is as likely as any other.
const ALL_LANGUAGES: f64 = 80.0;

/// The comments of a thread say which of `sr`, `hr` and `bs` the next one is in as much as so many: short of naming it
/// without a mark of its own.
const SOUTH_SLAVIC_COMMENTS: f64 = 3.0;

/// How likely each language is before the text is looked at. `sr`, `hr`, `bs` and `hbs` count as one, `hbs`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prior {
    /// Languages and their part of the mix, adding up to 1 (or none), sorted by code.
    mix: Vec<(LanguageCode, f64)>,
    /// Weights of `sr`, `hr` and `bs`, in comments.
    south_slavic: [f64; 3],
}

impl Prior {
    /// Every language as likely as any other.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A text among texts of one language.
    #[must_use]
    pub fn of(language: LanguageCode) -> Self {
        Self::from_weights([(language, 1.0)])
    }

    /// A mix of languages by weight; the weights need not add up to 1, those below or at zero are dropped.
    #[must_use]
    pub fn from_weights(weights: impl IntoIterator<Item = (LanguageCode, f64)>) -> Self {
        Self::from_statements_and_comments(weights, [])
    }

    /// The same of what is stated of a thread and of its comments so far. What comments were taken for is not as sure as
    /// what is stated, and must not become sure by itself: towards `sr`, `hr` and `bs` they count for at most three.
    pub(super) fn from_statements_and_comments(
        stated: impl IntoIterator<Item = (LanguageCode, f64)>,
        comments: impl IntoIterator<Item = (LanguageCode, f64)>,
    ) -> Self {
        let mut mix: Vec<(LanguageCode, f64)> = Vec::new();
        let mut south_slavic = add_all(stated, &mut mix);
        let counts = add_all(comments, &mut mix);
        let share = (SOUTH_SLAVIC_COMMENTS / counts.iter().sum::<f64>()).min(1.0);
        for (weight, count) in south_slavic.iter_mut().zip(counts) {
            *weight += count * share;
        }
        let total: f64 = mix.iter().map(|(_, weight)| weight).sum();
        for (_, weight) in &mut mix {
            *weight /= total;
        }
        mix.sort_by_key(|(language, _)| *language);
        Self { mix, south_slavic }
    }

    /// Probability of a language (a family's, for `sr`, `hr` and `bs`), 0..=1.
    #[must_use]
    pub fn probability(&self, language: LanguageCode) -> f64 {
        let language = family(language);
        let own = self.mix.iter().find(|(other, _)| *other == language).map_or(0.0, |(_, part)| *part);
        if self.mix.is_empty() { 1.0 / ALL_LANGUAGES } else { own * (1.0 - SHARED_PART) + shared_part(language) }
    }

    /// The languages with a part of their own, by code.
    pub(super) fn languages(&self) -> impl Iterator<Item = LanguageCode> + '_ {
        self.mix.iter().map(|(language, _)| *language)
    }

    /// Weights of `sr`, `hr` and `bs`, in comments.
    pub(super) fn south_slavic(&self) -> [f64; 3] {
        self.south_slavic
    }
}

fn shared_part(language: LanguageCode) -> f64 {
    let is_in = |list: &[&[u8; 2]]| list.iter().any(|code| LanguageCode::two_letters(**code) == language);
    let weight = if is_in(LARGE) {
        WEIGHT_OF_LARGE
    } else if is_in(MIDDLING) || language == LanguageCode::HBS {
        WEIGHT_OF_MIDDLING
    } else {
        1.0
    };
    SHARED_PART * weight / ALL_WEIGHTS
}

/// `hbs` for `sr`, `hr`, `bs`; any other language itself.
pub(super) fn family(language: LanguageCode) -> LanguageCode {
    if language.is_bosnian_croatian_serbian() { LanguageCode::HBS } else { language }
}

/// Whether two codes are one language, or two of `sr`, `hr`, `bs` and `hbs`.
#[must_use]
pub fn is_same_family(one: LanguageCode, other: LanguageCode) -> bool {
    family(one) == family(other)
}

/// Adds weights to a mix, and says what of them was for `sr`, `hr` and `bs` themselves.
fn add_all(weights: impl IntoIterator<Item = (LanguageCode, f64)>, mix: &mut Vec<(LanguageCode, f64)>) -> [f64; 3] {
    let mut south_slavic = [0.0; 3];
    for (language, weight) in weights {
        if weight <= 0.0 {
            continue;
        }
        add(mix, family(language), weight);
        if let Some(place) = LANGUAGES.iter().position(|one| *one == language) {
            south_slavic[place] += weight;
        }
    }
    south_slavic
}

fn add(weights: &mut Vec<(LanguageCode, f64)>, language: LanguageCode, weight: f64) {
    match weights.iter_mut().find(|(other, _)| *other == language) {
        Some((_, sum)) => *sum += weight,
        None => weights.push((language, weight)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_keeps_a_part_for_every_other_language() {
        let german: LanguageCode = "de".parse().unwrap();
        let prior = Prior::from_weights([(LanguageCode::EN, 3.0), (LanguageCode::SR, 1.0), (german, 0.0)]);
        assert!(prior.probability(LanguageCode::EN) > prior.probability(LanguageCode::HR));
        assert!((prior.probability(LanguageCode::HR) - prior.probability(LanguageCode::SR)).abs() < 1e-12);
        assert!(prior.probability(german) > 0.0);
        assert_eq!(prior.south_slavic().map(|weight| weight > 0.0), [true, false, false]);
        let even = Prior::none();
        assert!((even.probability(german) - even.probability(LanguageCode::EN)).abs() < 1e-12);
    }
}
