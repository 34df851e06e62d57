//! Whether a comment needs translating, from its language and what the site reads.

use crate::domain::{LanguageCode, LanguageVerdict, TranslationStatus};
use crate::text::words::words;

use super::prior::family;
use super::script::may_be_written_in;

/// From this probability on, a language that is not known for sure may well be it.
const MAY_WELL_BE: f64 = 0.2;
/// A comment is surely in no language that the site reads where all of these have at most this probability together.
const MAX_READ: f64 = 0.03;
/// Several languages that the site reads are it, whichever of them, from this probability on for all together.
const MIN_READ_TOGETHER: f64 = 0.9;
/// A verdict names at most this many candidates: where it does, a language that it does not name may be nearly as
/// probable as the last.
const MAX_CANDIDATES: usize = 4;

/// Where a comment stands, a supplied translation aside.
///
/// Probabilities of the verdict's candidates are taken at their word. What the site reads, together:
///
/// - **Known:** `NotNeeded` where the site reads the language; `Needed` where it does not, and what it reads has at most
///   3 % together.
/// - **Unsure:** `Needed` where what the site reads has at most 3 %, a language that was not named included, whichever
///   language it is. `NotNeeded` where several languages that the site reads have 90 % together and none of them has it
///   alone: which of them makes no difference to the reader.
/// - **Too short:** never `Needed` for words in letters that a language of the site is written in: `hvala` may be a name.
///   Nor `NotNeeded`.
/// - **Any** of the three is `Needed` where no language of the site is written in the text's script: a reader of English
///   reads neither `да` nor `谢谢`, whatever they mean, and no thread makes them English. Even a name in another script
///   has to be written in theirs. It takes a word of two letters, though, and of real ones: see [`has_foreign_word`].
/// - **All else** is `Undetermined`.
///
/// `sr`, `hr`, `bs` and `hbs` are read together: who reads one reads the others.
#[must_use]
pub fn translation_need(verdict: &LanguageVerdict, read: &[LanguageCode]) -> TranslationStatus {
    let Some(script) = verdict.script() else { return TranslationStatus::NotNeeded };
    let best_is_read = verdict.best().is_some_and(|best| reads(read, best.language));
    let read_part = probability_of(verdict, read);
    let is_ruled_out = !read.iter().any(|language| may_be_written_in(family(*language), script));
    match verdict {
        LanguageVerdict::NoText => TranslationStatus::NotNeeded,
        LanguageVerdict::Known { .. } if best_is_read => TranslationStatus::NotNeeded,
        _ if is_ruled_out => TranslationStatus::Needed,
        LanguageVerdict::Known { .. } if read_part <= MAX_READ => TranslationStatus::Needed,
        LanguageVerdict::Unsure { .. } if read_part + not_named(verdict) <= MAX_READ => TranslationStatus::Needed,
        LanguageVerdict::Unsure { best, .. }
            if read_part >= MIN_READ_TOGETHER && read_of_best(verdict, best.language) < MIN_READ_TOGETHER =>
        {
            TranslationStatus::NotNeeded
        }
        _ => TranslationStatus::Undetermined,
    }
}

/// Whether a text has a word that only a reader of its script can read: one of two letters or more. Letters that stand
/// alone are faces (`¯\_(ツ)_/¯`, `ಠ_ಠ`), and those that only look unlike Latin ones are English all the same (`𝓦𝓸𝔀`,
/// `Ｗｏｗ`). A comment without such a word is not flagged, whatever its script.
#[must_use]
pub fn has_foreign_word(text: &str) -> bool {
    words(text).any(|word| {
        let letters = word.of(text).chars().filter(|letter| letter.is_alphabetic() && !is_latin_in_disguise(*letter));
        letters.count() >= 2
    })
}

/// Mathematical, full-width, small and phonetic letters that stand for Latin ones (Unicode blocks).
fn is_latin_in_disguise(letter: char) -> bool {
    matches!(letter, '\u{1d400}'..='\u{1d7ff}' | '\u{ff21}'..='\u{ff5a}' | '\u{1d00}'..='\u{1dbf}'
        | '\u{2100}'..='\u{214f}' | '\u{1f130}'..='\u{1f189}' | '\u{24b6}'..='\u{24e9}' | '\u{2b0}'..='\u{2ff}')
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

/// Whether a site that reads some languages reads another one; `sr`, `hr`, `bs` and `hbs` are one here.
#[must_use]
pub fn reads(read: &[LanguageCode], language: LanguageCode) -> bool {
    read.iter().any(|one| family(*one) == family(language))
}

/// Probability of all named candidates that the site reads.
fn probability_of(verdict: &LanguageVerdict, read: &[LanguageCode]) -> f64 {
    let candidates = verdict.candidates().iter();
    candidates.filter(|one| reads(read, one.language)).map(|one| one.probability).sum()
}

/// The most that a language which is not named can have; one below the least that is named counts as nothing, since
/// candidates are left out for want of room alone.
fn not_named(verdict: &LanguageVerdict) -> f64 {
    let candidates = verdict.candidates();
    let named: f64 = candidates.iter().map(|one| one.probability).sum();
    let last = candidates.last().map_or(0.0, |one| one.probability);
    if candidates.len() < MAX_CANDIDATES { 0.0 } else { (1.0 - named).max(0.0).min(last) }
}

/// Probability of the best candidate with its family.
fn read_of_best(verdict: &LanguageVerdict, best: LanguageCode) -> f64 {
    probability_of(verdict, &[best])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Candidate, Script};

    /// `known en 0.99`, `unsure hbs 0.6 sl 0.3`, `short en 0.5`, with `Cyrl` and the like before the status.
    fn verdict(text: &str) -> LanguageVerdict {
        let mut parts = text.split(' ').peekable();
        let script = match parts.next_if(|part| part.starts_with(char::is_uppercase)) {
            Some("Cyrl") => Script::CYRILLIC,
            Some("Hani") => Script("Hani"),
            Some("Zzzz") => Script::UNKNOWN,
            Some(other) => panic!("{other}"),
            None => Script::LATIN,
        };
        let status = parts.next().unwrap();
        let mut candidates = Vec::new();
        while let (Some(code), Some(probability)) = (parts.next(), parts.next()) {
            candidates.push(Candidate { language: code.parse().unwrap(), probability: probability.parse().unwrap() });
        }
        let best = candidates[0];
        match status {
            "known" => LanguageVerdict::Known { best, script, candidates },
            "unsure" => LanguageVerdict::Unsure { best, script, candidates },
            "short" => LanguageVerdict::TooShort { best, script, candidates },
            other => panic!("{other}"),
        }
    }

    fn check(text: &str, read: &str, expected: TranslationStatus) {
        let languages: Vec<LanguageCode> = read.split(' ').map(|code| code.parse().unwrap()).collect();
        assert_eq!(translation_need(&verdict(text), &languages), expected, "{text} on a site that reads {read}");
    }

    #[test]
    fn only_what_is_surely_in_no_language_of_the_site_needs_translating() {
        use TranslationStatus::{Needed, NotNeeded, Undetermined};
        for (text, read, expected) in [
            ("known en 0.99", "en", NotNeeded),
            ("known sr 0.99", "en", Needed),
            ("known sr 0.6 hr 0.3 bs 0.08", "en", Needed),
            ("known de 0.95 en 0.04", "en", Undetermined),
            ("known de 0.97 en 0.02", "en", Needed),
            ("unsure en 0.6", "en", Undetermined),
            ("unsure hbs 0.6 sl 0.39", "en", Needed),
            ("unsure hbs 0.6 sl 0.36 en 0.03", "en", Needed),
            ("unsure hbs 0.6 sl 0.3 en 0.05", "en", Undetermined),
            // A fifth that is not named may be English.
            ("unsure hbs 0.5 sl 0.2 sk 0.1 cs 0.06", "en", Undetermined),
            ("unsure hbs 0.5 sl 0.4 sk 0.07 cs 0.02", "en", Needed),
            ("short en 0.9", "en", Undetermined),
            ("short hbs 0.99", "en", Undetermined),
            ("short hbs 0.6 sl 0.4", "en", Undetermined),
        ] {
            check(text, read, expected);
        }
        assert_eq!(translation_need(&LanguageVerdict::NoText, &[LanguageCode::EN]), NotNeeded);
    }

    #[test]
    fn languages_of_the_site_count_together() {
        use TranslationStatus::{Needed, NotNeeded, Undetermined};
        for (text, read, expected) in [
            ("unsure en 0.5 de 0.45", "en de", NotNeeded),
            ("unsure en 0.5 de 0.3 nl 0.2", "en de", Undetermined),
            ("unsure nl 0.9 en 0.02 de 0.02", "en de", Undetermined),
            ("known nl 0.95 en 0.02 de 0.02", "en de", Undetermined),
            ("known nl 0.95 en 0.02 de 0.01", "en de", Needed),
            // What keeps one language from being known keeps it from being read for sure.
            ("unsure en 0.95", "en de", Undetermined),
            ("short en 0.5 de 0.5", "en de", Undetermined),
            // The family is one.
            ("known sr 0.7 hr 0.25", "hr", NotNeeded),
            ("known hbs 0.99", "sr", NotNeeded),
            ("unsure sr 0.5 hr 0.45", "bs", Undetermined),
            ("unsure sr 0.5 sl 0.45", "hr sl", NotNeeded),
            ("unsure sl 0.97 hr 0.02", "en hr", Needed),
        ] {
            check(text, read, expected);
        }
    }

    #[test]
    fn a_script_rules_languages_out() {
        use TranslationStatus::{Needed, NotNeeded, Undetermined};
        for (text, read, expected) in [
            ("Cyrl short sr 0.5 ru 0.4", "en", Needed),
            ("Cyrl unsure sr 0.5 ru 0.4", "en", Needed),
            ("Hani short zh 0.6 ja 0.4", "en de", Needed),
            ("Zzzz unsure und 1", "en", Needed),
            ("Cyrl short ru 0.9", "en sr", Undetermined),
            ("Cyrl known ru 0.99", "en sr", Needed),
            ("Cyrl known sr 0.99", "en hr", NotNeeded),
        ] {
            check(text, read, expected);
        }
    }

    #[test]
    fn faces_and_letters_in_disguise_are_no_foreign_words() {
        for (text, expected) in [
            ("да", true),
            ("谢谢", true),
            ("བོད་སྐད", true),
            ("hvala", true),
            ("¯\\_(ツ)_/¯", false),
            ("ಠ_ಠ", false),
            ("𝓦𝓸𝔀 𝓼𝓸 𝓷𝓲𝓬𝓮", false),
            ("Ｗｏｗ", false),
            ("и", false),
            ("", false),
        ] {
            assert_eq!(has_foreign_word(text), expected, "{text}");
        }
    }

    #[test]
    fn what_may_well_be_english_is_scored_as_english() {
        let english = [LanguageCode::EN];
        assert!(may_be_one_of(&verdict("known en 0.95"), &english));
        assert!(may_be_one_of(&verdict("unsure en 0.3"), &english));
        assert!(!may_be_one_of(&verdict("unsure en 0.1"), &english));
        assert!(!may_be_one_of(&verdict("unsure sr 0.6"), &english));
        assert!(!may_be_one_of(&LanguageVerdict::NoText, &english));
    }
}
