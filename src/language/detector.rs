//! The detector: gathers evidence, and weighs it against a prior.

use crate::domain::{Candidate, LanguageCode, LanguageVerdict, Script};
use crate::text::words::{fold_into, words};

use super::alphabet::foreign_letter_kinds;
use super::evidence::Evidence;
use super::function_words::FunctionWords;
use super::prior::{Prior, family};
use super::script::{main_script, may_be_written_in};
use super::south_slavic::{SouthSlavicEvidence, SouthSlavicForms};
use super::whatlang_codes::iso_code;

/// What a listed word adds to the log-likelihood of the languages that list it, in natural log-odds. A listed word
/// makes up some 0.3 % of running text of its language and far less of others'; names and loan words are why this is
/// less than the logarithm of that ratio.
const LISTED_WORD: f64 = 2.5;
/// A list covers this share of the running words of its language for each e-fold of its length over ten words: by
/// Zipf's law (1949) coverage grows with the logarithm of the rank. 323 words cover 0.42, 966 words 0.55.
const COVERAGE_PER_E_FOLD: f64 = 0.12;
/// Words that a language does not list take from it the logarithm of what its list does not cover, down to this in all.
const UNLISTED_MOST: f64 = -8.0;
/// What languages that are not looked at have of the prior, against those of the script that are.
const OTHER_LANGUAGES: f64 = 0.02;
/// What each kind of letter that a language does not write takes from it.
const FOREIGN_LETTER: f64 = -2.5;
/// `whatlang` is not asked where one language has this many listed words, three times as many as the next one.
const DECISIVE_LISTED_WORDS: u32 = 4;
/// From this probability on, a language is known.
const KNOWN: f64 = 0.9;
/// Fewer letters than this are too short, whatever they are.
const MIN_LETTERS: usize = 6;
/// One unlisted word with fewer letters than this is too short as well: a name, a sound.
const MIN_LETTERS_OF_ONE_WORD: usize = 12;
/// Candidates with less than this probability are not named.
const MIN_CANDIDATE: f64 = 0.01;
const MAX_CANDIDATES: usize = 4;

/// How much to believe `whatlang`, by letters of text: natural log-odds of its first answer against any one of some 40
/// other languages. Its accuracy on words, word pairs and short sentences of 24 languages in Latin script (lingua's test
/// data) is 0.41 for 6 to 10 letters, then 0.55, 0.65, 0.76, 0.88, 0.92, 0.95 and 0.97 from 91 on; ln(40 a / (1 - a)),
/// taken down because its mistakes are not spread evenly: it takes short English for a few other languages.
const WHATLANG_LOG_ODDS: &[(usize, f64)] =
    &[(6, 2.0), (11, 2.7), (16, 3.2), (21, 3.9), (31, 4.8), (46, 5.4), (61, 5.9), (91, 6.4), (131, 6.8)];

/// Tells languages apart. Building one takes well under a millisecond; it is shared by all threads.
#[derive(Debug)]
pub struct Detector {
    function_words: FunctionWords,
    languages: Vec<LanguageCode>,
    /// What an unlisted word takes from each language.
    unlisted_word: Vec<f64>,
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector {
    /// Builds the look-up tables.
    #[must_use]
    pub fn new() -> Self {
        let function_words = FunctionWords::new();
        let languages = function_words.codes().iter().filter_map(|code| code.parse().ok()).collect();
        let coverage = |length: &usize| COVERAGE_PER_E_FOLD * (*length as f64 / 10.0).max(1.0).ln();
        let unlisted_word = function_words.list_lengths().iter().map(|length| (1.0 - coverage(length)).ln()).collect();
        Self { function_words, languages, unlisted_word }
    }

    /// Judges a text on its own: [`Detector::evidence`], then [`Detector::weigh`].
    #[must_use]
    pub fn judge(&self, text: &str, prior: &Prior) -> LanguageVerdict {
        self.weigh(&self.evidence(text), prior)
    }

    /// Gathers what a text says about its language. Links, mentions and code should have been taken out before.
    #[must_use]
    pub fn evidence(&self, text: &str) -> Evidence {
        let Some(script) = main_script(text) else { return Evidence::none() };
        let count = self.languages.len();
        let mut listed = vec![0_u32; count];
        let (mut letters, mut word_count) = (0, 0);
        let mut folded = String::new();
        for word in words(text) {
            // A mention names somebody; it is in no language.
            if word.begin > 0 && text.as_bytes()[word.begin - 1] == b'@' {
                continue;
            }
            let word = word.of(text);
            let word_letters = word.chars().filter(|character| character.is_alphabetic()).count();
            if word_letters == 0 {
                continue;
            }
            letters += word_letters;
            word_count += 1;
            folded.clear();
            fold_into(word, &mut folded);
            let mut set = self.function_words.languages_of(&folded);
            while set != 0 {
                listed[set.trailing_zeros() as usize] += 1;
                set &= set - 1;
            }
        }
        if letters == 0 {
            return Evidence::none();
        }
        let most = listed.iter().copied().max().unwrap_or(0);
        let next = listed.iter().copied().filter(|listed| *listed < most).max().unwrap_or(0);
        let is_shared = listed.iter().filter(|listed| **listed == most).count() > 1;
        let is_decided = most >= DECISIVE_LISTED_WORDS && most >= 3 * next && !is_shared;
        let mut log_likelihoods = self.listed_words(text, &listed, word_count);
        if !is_decided && let Some(info) = whatlang::detect(text) {
            let language = iso_code(info.lang()).parse().map_or(LanguageCode::EN, family);
            add(&mut log_likelihoods, language, whatlang_log_odds(script, letters));
        }
        // Here, and not where the evidence is weighed: this part of the work goes on in parallel.
        log_likelihoods.retain(|(language, _)| may_be_written_in(*language, script));
        log_likelihoods.sort_by_key(|(language, _)| *language);
        let listed_words: Vec<_> = self.languages.iter().copied().zip(listed).filter(|(_, count)| *count > 0).collect();
        // Looked for only where it can be of use.
        let may_be_south_slavic = listed_words.iter().any(|(language, _)| *language == LanguageCode::HBS);
        let south_slavic =
            if may_be_south_slavic { SouthSlavicForms::read(text, script) } else { SouthSlavicEvidence::default() };
        Evidence { letters, words: word_count, script: Some(script), log_likelihoods, listed_words, south_slavic }
    }

    fn listed_words(&self, text: &str, listed: &[u32], word_count: usize) -> Vec<(LanguageCode, f64)> {
        let mut foreign_letters = vec![0; listed.len()];
        foreign_letter_kinds(text, self.function_words.codes(), &mut foreign_letters);
        let counts = listed.iter().zip(&foreign_letters);
        let weigh = |((language, unlisted_word), (listed, foreign)): ((&LanguageCode, &f64), (&u32, &u16))| {
            let unlisted = word_count as f64 - f64::from(*listed);
            let log_likelihood = LISTED_WORD * f64::from(*listed)
                + (unlisted_word * unlisted).max(UNLISTED_MOST)
                + FOREIGN_LETTER * f64::from(*foreign);
            (family(*language), log_likelihood)
        };
        self.languages.iter().zip(&self.unlisted_word).zip(counts).map(weigh).collect()
    }

    /// Weighs evidence against a prior by Bayes' rule.
    #[must_use]
    pub fn weigh(&self, evidence: &Evidence, prior: &Prior) -> LanguageVerdict {
        let Some(script) = evidence.script else { return LanguageVerdict::NoText };
        let mut posterior: Vec<(LanguageCode, f64)> = evidence
            .log_likelihoods
            .iter()
            .map(|(language, log_likelihood)| (*language, log_likelihood + prior.probability(*language).ln()))
            .collect();
        for language in prior.languages().filter(|language| may_be_written_in(*language, script)) {
            if !posterior.iter().any(|(other, _)| *other == language) {
                posterior.push((language, prior.probability(language).ln()));
            }
        }
        // Ties go to the first code, so that the order never depends on how the list was made.
        posterior.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let Some(highest) = posterior.first().map(|(_, log)| *log) else {
            // No language that is known here is written so.
            let best = Candidate { language: LanguageCode::UNDETERMINED, probability: 1.0 };
            return LanguageVerdict::Unsure { best, script, candidates: vec![best] };
        };
        // Some other language is the more likely, the less anything speaks for those that have been looked at.
        let considered: f64 = posterior.iter().map(|(language, _)| prior.probability(*language)).sum();
        let other = ((OTHER_LANGUAGES * considered).ln() - highest).exp();
        let total: f64 = posterior.iter().map(|(_, log)| (log - highest).exp()).sum::<f64>() + other;
        let mut candidates = Vec::new();
        for (language, log) in posterior {
            let probability = (log - highest).exp() / total;
            // The first is named in any case, however little speaks for it.
            if probability < MIN_CANDIDATE && !candidates.is_empty() {
                break;
            }
            if language == LanguageCode::HBS {
                push_south_slavic(evidence, prior, probability, &mut candidates);
            } else {
                candidates.push(Candidate { language, probability });
            }
        }
        candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.language.cmp(&b.language)));
        let best = candidates[0];
        let same_family = |one: &&Candidate| family(one.language) == family(best.language);
        let best_family: f64 = candidates.iter().filter(same_family).map(|one| one.probability).sum();
        candidates.truncate(MAX_CANDIDATES);
        let is_short = evidence.letters < MIN_LETTERS
            || (evidence.words == 1 && evidence.listed_words.is_empty() && evidence.letters < MIN_LETTERS_OF_ONE_WORD);
        // Where only other languages list any of the words, what is likely in the thread is not enough to be sure.
        let is_listed = |(language, _): &(LanguageCode, u32)| *language == family(best.language);
        let is_outvoted = !evidence.listed_words.is_empty() && !evidence.listed_words.iter().any(is_listed);
        if is_short {
            LanguageVerdict::TooShort { best, script, candidates }
        } else if best_family >= KNOWN && !is_outvoted {
            LanguageVerdict::Known { best, script, candidates }
        } else {
            LanguageVerdict::Unsure { best, script, candidates }
        }
    }
}

/// Names one of `sr`, `hr`, `bs` where its word forms decide, with the other two behind it; else all of it is `hbs`.
fn push_south_slavic(evidence: &Evidence, prior: &Prior, probability: f64, candidates: &mut Vec<Candidate>) {
    let (shares, is_sure) = evidence.south_slavic.split(prior.south_slavic());
    if !is_sure {
        candidates.push(Candidate { language: LanguageCode::HBS, probability });
        return;
    }
    let named = shares.into_iter().map(|(language, share)| Candidate { language, probability: share * probability });
    candidates.extend(named.filter(|candidate| candidate.probability >= MIN_CANDIDATE));
}

/// `whatlang` knows few languages outside of Latin and Cyrillic script, and there the script all but decides.
fn whatlang_log_odds(script: Script, letters: usize) -> f64 {
    let steps = WHATLANG_LOG_ODDS.iter().rev();
    let by_length = steps.into_iter().find(|(from, _)| letters >= *from).map_or(1.0, |(_, log_odds)| *log_odds);
    if script == Script::LATIN || script == Script::CYRILLIC { by_length } else { by_length + 7.0 }
}

fn add(log_likelihoods: &mut Vec<(LanguageCode, f64)>, language: LanguageCode, log_odds: f64) {
    match log_likelihoods.iter_mut().find(|(other, _)| *other == language) {
        Some((_, log)) => *log += log_odds,
        None => log_likelihoods.push((language, log_odds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> Prior {
        Prior::of(LanguageCode::EN)
    }

    fn check(text: &str, prior: &Prior, expected: &str) {
        let verdict = Detector::new().judge(text, prior);
        let found = match &verdict {
            LanguageVerdict::Known { best, .. } => format!("{}", best.language),
            LanguageVerdict::Unsure { best, .. } => format!("{}?", best.language),
            LanguageVerdict::TooShort { best, .. } => format!("{}…", best.language),
            LanguageVerdict::NoText => "-".to_owned(),
        };
        assert_eq!(found, expected, "{text}: {verdict:?}");
    }

    #[test]
    fn english_comments_under_an_english_article_are_english() {
        for text in [
            "Oh oh, the pain dial.",
            "breathtaking excellent…..",
            "Lone Wolf",
            "well said",
            "I do not think that this is how bridges work, but who am I to say.",
            "Such nonsense from the council, as ever",
        ] {
            check(text, &english(), "en");
        }
        check("Bravo!", &english(), "en…");
        check("lol", &english(), "en…");
        check("42 🙂", &english(), "-");
        check("བོད་སྐད་ཡིན", &english(), "und?");
        check("Полностью согласен", &english(), "ru?");
    }

    #[test]
    fn serbian_needs_no_diacritics() {
        check("Posle svega nije smela ni da kaze sta misli o tome.", &english(), "sr");
        check("После свега није смела ни да каже шта мисли о томе.", &english(), "sr");
        check("To je sve sto imam da kazem o tome, nista vise.", &english(), "hbs");
        check("Nitko ne zna tko je prije tjedan dana vidio vlak.", &english(), "hr");
    }

    #[test]
    fn other_languages_are_found_under_an_english_article() {
        check("Das ist doch wirklich nicht so schlimm, oder habe ich etwas verpasst?", &english(), "de");
        check("Я не понимаю, почему это так важно для всех.", &english(), "ru");
        check("Je ne comprends pas pourquoi tout le monde est contre cette idée.", &english(), "fr");
        check("Ne razumem zakaj je to tako pomembno za vse ljudi pri nas.", &english(), "sl");
    }

    #[test]
    fn probabilities_are_sorted_and_add_up_to_at_most_one() {
        let detector = Detector::new();
        for text in ["Posle svega", "das", "Hello there", "a", "Ово је", "日本語です"] {
            for prior in [english(), Prior::none()] {
                let verdict = detector.judge(text, &prior);
                let all: Vec<f64> = verdict.candidates().iter().map(|candidate| candidate.probability).collect();
                assert!(all.iter().sum::<f64>() <= 1.0 + 1e-9, "{text}: {all:?}");
                assert!(all.iter().all(|p| (0.0..=1.0).contains(p)), "{text}: {all:?}");
                assert_eq!(verdict.best(), verdict.candidates().first().copied(), "{text}");
            }
        }
    }
}
