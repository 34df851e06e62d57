//! What is likely before a text is looked at.

use crate::domain::LanguageCode;

/// Languages in the world, as far as the prior is concerned: those without a weight of their own share the rest.
const OTHER_LANGUAGES: f64 = 60.0;
/// The part of the prior that all languages share, whatever the thread has been so far.
const SHARED_PART: f64 = 0.05;

/// How likely each language is before the text is looked at. `sr`, `hr`, `bs` and `hbs` count as one, `hbs`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prior {
    /// Languages and their part of the mix, adding up to 1 (or none), sorted by code.
    mix: Vec<(LanguageCode, f64)>,
    /// Which of `sr`, `hr`, `bs` the thread makes likely, if any.
    south_slavic: Option<LanguageCode>,
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
        let mut mix: Vec<(LanguageCode, f64)> = Vec::new();
        let mut variants: Vec<(LanguageCode, f64)> = Vec::new();
        for (language, weight) in weights {
            if weight <= 0.0 {
                continue;
            }
            let family = family(language);
            add(&mut mix, family, weight);
            if family != language {
                add(&mut variants, language, weight);
            }
        }
        let total: f64 = mix.iter().map(|(_, weight)| weight).sum();
        for (_, weight) in &mut mix {
            *weight /= total;
        }
        mix.sort_by_key(|(language, _)| *language);
        let all: f64 = variants.iter().map(|(_, weight)| weight).sum();
        let south_slavic = variants.into_iter().find(|(_, weight)| *weight > 0.6 * all).map(|(language, _)| language);
        Self { mix, south_slavic }
    }

    /// Probability of a language (a family's, for `sr`, `hr` and `bs`), 0..=1.
    #[must_use]
    pub fn probability(&self, language: LanguageCode) -> f64 {
        let language = family(language);
        let own = self.mix.iter().find(|(other, _)| *other == language).map_or(0.0, |(_, part)| *part);
        let shared = if self.mix.is_empty() { 1.0 } else { SHARED_PART };
        own * (1.0 - shared) + shared / OTHER_LANGUAGES
    }

    /// Natural logarithms: that of a language without a part of its own, and those of the languages with one.
    pub(super) fn logarithms(&self) -> (f64, Vec<(LanguageCode, f64)>) {
        let shared = if self.mix.is_empty() { 1.0 } else { SHARED_PART } / OTHER_LANGUAGES;
        let own = self.mix.iter().map(|(language, _)| (*language, self.probability(*language).ln()));
        (shared.ln(), own.collect())
    }

    /// Which of `sr`, `hr`, `bs` most of the thread's South Slavic texts are in.
    pub(super) fn south_slavic(&self) -> Option<LanguageCode> {
        self.south_slavic
    }
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
        assert_eq!(prior.south_slavic(), Some(LanguageCode::SR));
        let even = Prior::none();
        assert!((even.probability(german) - even.probability(LanguageCode::EN)).abs() < 1e-12);
    }
}
