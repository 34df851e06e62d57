//! Whether a comment needs translating, from its language and what the site reads.

use crate::domain::{LanguageCode, LanguageVerdict, TranslationStatus};

use super::prior::family;

/// From this probability on, a language that is not known for sure may well be it.
const MAY_WELL_BE: f64 = 0.2;

/// Where a comment stands, a supplied translation aside: `Needed` only where its prose is surely in no language that
/// the site reads, because its language is known, or because, whichever it is, those that the site reads are not among
/// the candidates. `sr`, `hr`, `bs` and `hbs` are read together: who reads one reads the others.
#[must_use]
pub fn translation_need(verdict: &LanguageVerdict, read: &[LanguageCode]) -> TranslationStatus {
    match verdict {
        LanguageVerdict::NoText => TranslationStatus::NotNeeded,
        LanguageVerdict::Known { best, .. } if reads(read, best.language) => TranslationStatus::NotNeeded,
        LanguageVerdict::Known { .. } => TranslationStatus::Needed,
        LanguageVerdict::Unsure { candidates, .. } | LanguageVerdict::TooShort { candidates, .. } => {
            let may_be_read = candidates.iter().any(|one| reads(read, one.language));
            if may_be_read { TranslationStatus::Undetermined } else { TranslationStatus::Needed }
        }
    }
}

/// Whether a text is in one of some languages, or, where its language is not known for sure, may well be.
#[must_use]
pub fn may_be_one_of(verdict: &LanguageVerdict, languages: &[LanguageCode]) -> bool {
    match verdict.known() {
        Some(language) => languages.contains(&language),
        None => verdict
            .candidates()
            .iter()
            .any(|candidate| candidate.probability >= MAY_WELL_BE && languages.contains(&candidate.language)),
    }
}

fn reads(read: &[LanguageCode], language: LanguageCode) -> bool {
    read.iter().any(|one| family(*one) == family(language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Candidate, Script};

    fn verdict(language: LanguageCode, probability: f64, is_known: bool) -> LanguageVerdict {
        let best = Candidate { language, probability };
        let candidates = vec![best];
        let script = Script::LATIN;
        if is_known {
            LanguageVerdict::Known { best, script, candidates }
        } else {
            LanguageVerdict::Unsure { best, script, candidates }
        }
    }

    #[test]
    fn only_a_language_that_is_known_and_not_read_needs_translating() {
        let english = [LanguageCode::EN];
        let need = |verdict: &LanguageVerdict, read: &[LanguageCode]| translation_need(verdict, read);
        assert_eq!(need(&verdict(LanguageCode::EN, 0.99, true), &english), TranslationStatus::NotNeeded);
        assert_eq!(need(&verdict(LanguageCode::SR, 0.99, true), &english), TranslationStatus::Needed);
        assert_eq!(need(&verdict(LanguageCode::SR, 0.99, true), &[LanguageCode::HR]), TranslationStatus::NotNeeded);
        assert_eq!(need(&verdict(LanguageCode::EN, 0.60, false), &english), TranslationStatus::Undetermined);
        assert_eq!(need(&verdict(LanguageCode::SR, 0.60, false), &english), TranslationStatus::Needed);
        assert_eq!(need(&LanguageVerdict::NoText, &english), TranslationStatus::NotNeeded);
    }

    #[test]
    fn what_may_well_be_english_is_scored_as_english() {
        let english = [LanguageCode::EN];
        assert!(may_be_one_of(&verdict(LanguageCode::EN, 0.95, true), &english));
        assert!(may_be_one_of(&verdict(LanguageCode::EN, 0.30, false), &english));
        assert!(!may_be_one_of(&verdict(LanguageCode::EN, 0.10, false), &english));
        assert!(!may_be_one_of(&verdict(LanguageCode::SR, 0.60, false), &english));
        assert!(!may_be_one_of(&LanguageVerdict::NoText, &english));
    }
}
