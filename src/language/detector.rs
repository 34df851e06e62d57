//! The detector: gathers evidence, and weighs it against a prior.

use std::sync::Arc;

use crate::classify::scratch_pool::ScratchPool;
use crate::domain::{Candidate, LanguageCode, LanguageVerdict, Script};
use crate::text::evasion::undone;
use crate::text::scripts::main_script;

use super::evidence::{Evidence, OtherPart, highest};
use super::model::LanguageModel;
use super::parts::{LanguageScratch, Part, parts, split};
use super::prior::{Prior, family};
use super::script::{languages_of, may_be_written_in, writes_without_spaces};
use super::shipped::shipped_model;
use super::south_slavic::{SouthSlavicEvidence, SouthSlavicForms};
use super::whatlang_codes::iso_code;

/// What languages that nothing here knows have of the probability, against all that are known.
const OTHER_LANGUAGES: f64 = 0.005;
/// A language that the model does not know, but the thread makes likely, is taken to fit a text this much worse than the
/// best that the model knows, in natural log-odds.
const UNKNOWN_TO_THE_MODEL: f64 = -2.0;
/// `whatlang` is asked where the model gives its first language less than this, of texts with enough letters for it.
const MODEL_IS_UNSURE: f64 = 0.6;
const MIN_LETTERS_FOR_WHATLANG: usize = 40;
/// What `whatlang`'s answer is worth against any other language, in natural log-odds: where it calls itself reliable, and
/// where it does not.
const WHATLANG_RELIABLE: f64 = 4.0;
const WHATLANG_UNRELIABLE: f64 = 1.5;
/// What the first language that is listed for a script has before the others, in natural log-odds: Hebrew before Yiddish.
const USUAL: f64 = 3.0;
/// From this probability on, a language is known.
const KNOWN: f64 = 0.8;
/// Fewer letters than this are too short, whatever they are.
const MIN_LETTERS: usize = 6;
/// The same in scripts that write without spaces, and say more in a letter.
const MIN_LETTERS_WITHOUT_SPACES: usize = 2;
/// One word with fewer letters than this is too short, be it a name, a greeting or a sound, unless it surely is one of the
/// thread's language.
const MIN_LETTERS_OF_ONE_WORD: usize = 12;
/// Surely: where all languages are equally likely beforehand, the likeliest has at least this much.
const UNAMBIGUOUS: f64 = 0.5;
/// The thread's language has at least this much of the prior.
const OF_THREAD: f64 = 0.5;
/// Languages that fit this much worse than the best, in natural log-odds, are not looked at: the most that a thread can
/// say for one against another is some 8.
const HOPELESS: f64 = -27.0;
/// A language that fits this much worse than the best is never named: no thread makes it a candidate (see
/// [`MIN_CANDIDATE`]).
const NEVER_NAMED: f64 = -16.0;
/// Languages this much behind the first, in natural log-odds, are left out: all of them together have less than a
/// millionth.
const IMPOSSIBLE: f64 = -18.0;
/// Candidates with less than this probability are not named.
const MIN_CANDIDATE: f64 = 0.01;
const MAX_CANDIDATES: usize = 4;

/// Tells languages apart. Shared by all threads.
#[derive(Debug)]
pub struct Detector {
    model: Option<Arc<LanguageModel>>,
    scratches: ScratchPool<LanguageScratch>,
}

impl Detector {
    /// A detector with a model; without one `whatlang` answers alone, as well as it can.
    #[must_use]
    pub fn new(model: Option<Arc<LanguageModel>>) -> Self {
        Self { model, scratches: ScratchPool::default() }
    }

    /// A detector with the model inside the program, if it holds one.
    #[must_use]
    pub fn shipped() -> Self {
        Self::new(shipped_model())
    }

    /// Name and version of the model, as records cite it.
    #[must_use]
    pub fn citation(&self) -> Arc<str> {
        self.model.as_ref().map_or_else(|| "whatlang@0.18".into(), |model| Arc::clone(model.citation()))
    }

    /// Judges a text on its own: [`Detector::evidence`], then [`Detector::weigh`].
    #[must_use]
    pub fn judge(&self, text: &str, prior: &Prior) -> LanguageVerdict {
        self.weigh(&self.evidence(text), prior)
    }

    /// Gathers what a text says about its language. Links, mentions and code should have been taken out before; evasions are
    /// undone here.
    #[must_use]
    pub fn evidence(&self, text: &str) -> Evidence {
        let Some(undone) = undone(text) else { return self.evidence_of_plain(text) };
        let mut evidence = self.evidence_of_plain(undone.as_str());
        for part in &mut evidence.others {
            part.span = undone.original(part.span);
        }
        evidence
    }

    fn evidence_of_plain(&self, text: &str) -> Evidence {
        let Some(model) = &self.model else { return without_model(text) };
        let parts = self.scratches.lend(LanguageScratch::default, |scratch| parts(text, model, scratch));
        let (main, others) = split(text, parts, model);
        let mut evidence = of_part(text, &main, model);
        evidence.others = others
            .into_iter()
            .map(|part| OtherPart { span: part.span, evidence: of_part(part.span.of(text), &part, model) })
            .collect();
        evidence
    }

    /// Weighs evidence against a prior by Bayes' rule.
    #[must_use]
    pub fn weigh(&self, evidence: &Evidence, prior: &Prior) -> LanguageVerdict {
        let Some(script) = evidence.script else { return LanguageVerdict::NoText };
        let best = highest(&evidence.log_likelihoods);
        // Far behind the best no prior makes a language likely: most languages need no logarithm.
        let mut posterior: Vec<(LanguageCode, f64)> = evidence
            .log_likelihoods
            .iter()
            .filter(|(_, log)| log - best > HOPELESS)
            .map(|(language, log)| (*language, log - best + prior.probability(*language).ln()))
            .collect();
        for language in prior.languages() {
            let is_known_to_model = evidence.log_likelihoods.iter().any(|(other, _)| *other == language);
            if !is_known_to_model && may_be_written_in(language, script) {
                posterior.push((language, UNKNOWN_TO_THE_MODEL + prior.probability(language).ln()));
            }
        }
        let highest = highest(&posterior);
        posterior.retain(|(_, log)| log - highest > IMPOSSIBLE);
        // Ties go to the first code, so that the order never depends on how the list was made.
        posterior.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        if posterior.is_empty() {
            // No language that is known here is written so.
            let best = Candidate { language: LanguageCode::UNDETERMINED, probability: 1.0 };
            return LanguageVerdict::Unsure { best, script, candidates: vec![best] };
        }
        let known: f64 = posterior.iter().map(|(_, log)| (log - highest).exp()).sum();
        let total = known * (1.0 + OTHER_LANGUAGES);
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
        let is_of_thread = || prior.probability(best.language) >= OF_THREAD && evidence.certainty() >= UNAMBIGUOUS;
        let is_short_word = evidence.words == 1 && evidence.letters < MIN_LETTERS_OF_ONE_WORD;
        let is_short = if writes_without_spaces(script) {
            evidence.letters < MIN_LETTERS_WITHOUT_SPACES
        } else {
            evidence.letters < MIN_LETTERS || (is_short_word && !is_of_thread())
        };
        if is_short {
            LanguageVerdict::TooShort { best, script, candidates }
        } else if best_family >= KNOWN {
            LanguageVerdict::Known { best, script, candidates }
        } else {
            LanguageVerdict::Unsure { best, script, candidates }
        }
    }
}

/// The evidence of a part of a text.
fn of_part(text: &str, part: &Part, model: &LanguageModel) -> Evidence {
    let Some(script) = part.scripts.most() else { return Evidence::default() };
    let mut evidence =
        Evidence { letters: part.letters, words: part.words, script: Some(script), ..Evidence::default() };
    if let Some((table, sums)) = model.table(script).zip(part.sums_of(script)) {
        let likelihoods = table.table.log_likelihoods(sums, part.letters);
        let belief = part.belief();
        evidence.log_likelihoods = table.languages.iter().copied().zip(likelihoods.map(|log| log * belief)).collect();
        if part.letters >= MIN_LETTERS_FOR_WHATLANG && evidence.certainty() < MODEL_IS_UNSURE {
            ask_whatlang(text, &mut evidence.log_likelihoods);
        }
    } else {
        by_script(text, script, &mut evidence.log_likelihoods);
    }
    evidence.south_slavic = south_slavic(text, script, &evidence.log_likelihoods);
    evidence
}

/// The evidence of a text where there is no model.
fn without_model(text: &str) -> Evidence {
    let Some(script) = main_script(text) else { return Evidence::default() };
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    let mut log_likelihoods: Vec<(LanguageCode, f64)> = languages_of(script).map(|language| (language, 0.0)).collect();
    match whatlang::detect(text) {
        Some(info) if log_likelihoods.len() != 1 => {
            let language = iso_code(info.lang()).parse().map_or(LanguageCode::UNDETERMINED, family);
            set(&mut log_likelihoods, language, worth(&info));
        }
        _ => {}
    }
    let south_slavic = south_slavic(text, script, &log_likelihoods);
    let words = text.split_whitespace().count();
    Evidence { letters, words, script: Some(script), log_likelihoods, south_slavic, others: Vec::new() }
}

/// What tells Serbian, Croatian and Bosnian apart, where a text may be in one of them.
fn south_slavic(text: &str, script: Script, log_likelihoods: &[(LanguageCode, f64)]) -> SouthSlavicEvidence {
    let highest = highest(log_likelihoods);
    let is_possible =
        |(language, log): &(LanguageCode, f64)| *language == LanguageCode::HBS && log - highest > NEVER_NAMED;
    if log_likelihoods.iter().any(is_possible) {
        SouthSlavicForms::read(text, script)
    } else {
        SouthSlavicEvidence::default()
    }
}

/// Names one of `sr`, `hr`, `bs` where its word forms decide, with the other two behind it; else all of it is `hbs`.
fn push_south_slavic(evidence: &Evidence, prior: &Prior, probability: f64, candidates: &mut Vec<Candidate>) {
    let (shares, is_sure) = evidence.south_slavic.split(prior.south_slavic());
    if !is_sure {
        candidates.push(Candidate { language: LanguageCode::HBS, probability });
        return;
    }
    for (language, share) in shares {
        let probability = share * probability;
        // As elsewhere, the first is named in any case.
        if probability >= MIN_CANDIDATE || candidates.is_empty() {
            candidates.push(Candidate { language, probability });
        }
    }
}

/// The languages of a script that the model has no table for. Where there are several, `whatlang` says which.
fn by_script(text: &str, script: Script, log_likelihoods: &mut Vec<(LanguageCode, f64)>) {
    log_likelihoods.extend(languages_of(script).map(|language| (language, 0.0)));
    if script == Script("Hani") {
        // Chinese has no kana; a Japanese text of some length has some.
        let has_kana = text.chars().any(|character| matches!(character, 'ぁ'..='ヿ'));
        let found = if has_kana { *b"ja" } else { *b"zh" };
        set(log_likelihoods, LanguageCode::two_letters(found), WHATLANG_RELIABLE);
        return;
    }
    if let [(_, first), _, ..] = log_likelihoods.as_mut_slice() {
        *first = USUAL;
    }
    if log_likelihoods.len() > 1
        && let Some(info) = whatlang::detect(text)
    {
        let language = iso_code(info.lang()).parse().map_or(LanguageCode::UNDETERMINED, family);
        // An answer that is not reliable takes nothing from the usual language.
        if let Some((_, log)) = log_likelihoods.iter_mut().find(|(known, _)| *known == language) {
            *log = log.max(worth(&info));
        }
    }
}

/// Adds the language that `whatlang` finds in a text that fits no language of the model well, if it is sure and the model
/// does not know that language: it then fits as well as the best that the model knows.
fn ask_whatlang(text: &str, log_likelihoods: &mut Vec<(LanguageCode, f64)>) {
    let Some(info) = whatlang::detect(text).filter(whatlang::Info::is_reliable) else { return };
    let Ok(language) = iso_code(info.lang()).parse::<LanguageCode>() else { return };
    if !log_likelihoods.iter().any(|(known, _)| *known == family(language)) {
        log_likelihoods.push((language, highest(log_likelihoods)));
    }
}

fn worth(info: &whatlang::Info) -> f64 {
    if info.is_reliable() { WHATLANG_RELIABLE } else { WHATLANG_UNRELIABLE }
}

fn set(log_likelihoods: &mut Vec<(LanguageCode, f64)>, language: LanguageCode, value: f64) {
    match log_likelihoods.iter_mut().find(|(other, _)| *other == language) {
        Some((_, log)) => *log = value,
        None => log_likelihoods.push((language, value)),
    }
}

#[cfg(test)]
#[path = "detector_tests.rs"]
mod tests;
