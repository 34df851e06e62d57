//! The language mix of a thread, learned as the thread goes.

use crate::domain::{LanguageCode, LanguageVerdict};

use super::Prior;

/// Weight of the languages that the site reads, together, in comments.
const SITE_WEIGHT: f64 = 2.0;
/// Weight of the thread's stated language, or else of its article's, in comments.
const THREAD_WEIGHT: f64 = 6.0;
/// Beyond this many comments all counts are halved, so that the mix follows a thread that changes its language.
const MEMORY_COMMENTS: f64 = 64.0;

/// A bound that real threads do not reach; a hostile one gains nothing by it.
const MAX_LANGUAGES: usize = 32;

/// Counts of the languages of a thread's comments so far; a few numbers, whatever the thread's length.
#[derive(Debug, Clone, Default)]
pub struct LanguageMix {
    stated: Option<LanguageCode>,
    counts: Vec<(LanguageCode, f64)>,
    total: f64,
}

impl LanguageMix {
    /// Sets the language that the thread, or its article, is in.
    pub fn state(&mut self, language: LanguageCode) {
        self.stated = Some(language);
    }

    /// The language that the thread, or its article, is in, where that is known.
    #[must_use]
    pub fn stated(&self) -> Option<LanguageCode> {
        self.stated
    }

    /// Counts a comment; one whose language is not known for sure does not count.
    pub fn add(&mut self, verdict: &LanguageVerdict) {
        let Some(language) = verdict.known() else { return };
        let place = self.counts.iter().position(|(other, _)| *other == language);
        match place {
            Some(place) => self.counts[place].1 += 1.0,
            None if self.counts.len() < MAX_LANGUAGES => self.counts.push((language, 1.0)),
            None => return,
        }
        self.total += 1.0;
        if self.total > MEMORY_COMMENTS {
            self.total /= 2.0;
            for (_, count) in &mut self.counts {
                *count /= 2.0;
            }
        }
    }

    /// What the thread so far makes likely, in a site that reads `site_languages`.
    #[must_use]
    pub fn prior(&self, site_languages: &[LanguageCode]) -> Prior {
        let site = site_languages.iter().map(|language| (*language, SITE_WEIGHT / site_languages.len() as f64));
        let stated = self.stated.iter().map(|language| (*language, THREAD_WEIGHT));
        Prior::from_statements_and_comments(site.chain(stated), self.counts.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Candidate, Script};

    fn known(language: LanguageCode) -> LanguageVerdict {
        let best = Candidate { language, probability: 1.0 };
        LanguageVerdict::Known { best, script: Script::LATIN, candidates: vec![best] }
    }

    #[test]
    fn the_mix_follows_the_thread_and_stays_bounded() {
        let mut mix = LanguageMix::default();
        let start = mix.prior(&[LanguageCode::EN]).probability(LanguageCode::EN);
        for _ in 0..1_000 {
            mix.add(&known(LanguageCode::SR));
        }
        assert!(mix.total <= MEMORY_COMMENTS);
        let prior = mix.prior(&[LanguageCode::EN]);
        assert!(prior.probability(LanguageCode::EN) < start);
        assert!(prior.probability(LanguageCode::SR) > 0.8);
        mix.add(&LanguageVerdict::NoText);
        assert_eq!(mix.counts.len(), 1);
    }
}
