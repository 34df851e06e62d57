//! A text cut into sentences, each with what the model makes of it, and put together again by language.

use smallvec::SmallVec;

use crate::classify::softmax_table::{ClassSums, SoftmaxTable};
use crate::classify::word_rows::WordRows;
use crate::domain::{LanguageCode, Script, Span};
use crate::text::language_features::{LanguageWords, for_each_feature};
use crate::text::scripts::ScriptTally;
use crate::text::sentences::sentences;

use super::model::{LanguageModel, ScriptTable};

/// Memory that is kept from text to text: room, and what words said about their language. Of one model and one thread;
/// what is found does not depend on it.
#[derive(Debug, Clone)]
pub(super) struct LanguageScratch {
    words: LanguageWords,
    seen: SeenWords,
    rows: WordRows,
    /// The words of a text that are looked up, with their hashes; and the characters of all of them.
    found: Vec<(u64, Found)>,
    characters: Vec<u64>,
}

/// Hashes of the first words of a text: open addressing, 0 where there is none.
#[derive(Debug, Clone)]
struct SeenWords {
    slots: [u64; SEEN_SLOTS],
    count: usize,
}

impl Default for SeenWords {
    fn default() -> Self {
        Self { slots: [0; SEEN_SLOTS], count: 0 }
    }
}

impl SeenWords {
    fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether a word was seen before; if not, and there is room, it is from now on.
    fn has_or_takes(&mut self, hash: u64) -> bool {
        let hash = hash.max(1);
        let mut slot = hash as usize % SEEN_SLOTS;
        while self.slots[slot] != 0 {
            if self.slots[slot] == hash {
                return true;
            }
            slot = (slot + 1) % SEEN_SLOTS;
        }
        if self.count < MOST_SEEN {
            self.slots[slot] = hash;
            self.count += 1;
        }
        false
    }
}

/// A word: its part, and where its characters stand.
#[derive(Debug, Clone, Copy)]
struct Found {
    part: usize,
    script: Script,
    hash: u64,
    first: usize,
    end: usize,
}

impl Default for LanguageScratch {
    fn default() -> Self {
        Self {
            words: LanguageWords::default(),
            seen: SeenWords::default(),
            rows: SoftmaxTable::word_rows(),
            found: Vec::new(),
            characters: Vec::new(),
        }
    }
}

/// A sentence in another language has at least this many words, and as many letters of words that are no names.
const MIN_WORDS: usize = 3;
const MIN_LETTERS: usize = 12;
/// And its language has at least this much, where all are equally likely beforehand.
const MIN_CERTAINTY: f64 = 0.98;
/// Texts of this many letters, squared, are believed by half.
const HALF_BELIEVED_SQUARED: f64 = 30.0;
/// What is believed of a text of nothing but names; and the share of letters in other words from which on nothing is taken
/// off.
const OF_NAMES: f64 = 0.3;
const NO_NAMES: f64 = 0.3;
/// So many parts of a text are looked at one by one; what follows is one part, whatever it says, so that a text of nothing
/// but full stops costs no more memory than another.
const MOST_PARTS: usize = 1_000;
/// So many different words of a text are looked for again: more, and a repeat weighs little.
const MOST_SEEN: usize = 48;
/// Room for them, most of it empty.
const SEEN_SLOTS: usize = 128;

/// What the model makes of a part of a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    /// Where it stands.
    pub(super) span: Span,
    /// Letters of its words.
    pub(super) letters: usize,
    pub(super) scripts: ScriptTally,
    /// Its words, repeats aside.
    pub(super) words: usize,
    /// Letters of words other than those that begin with a capital and go on in small letters, which may be names.
    small_letters: usize,
    /// One script nearly always: nothing is allocated for it.
    sums: SmallVec<[(Script, ClassSums); 1]>,
}

impl Part {
    /// The sums of a script's table.
    pub(super) fn sums_of(&self, script: Script) -> Option<&ClassSums> {
        self.sums.iter().find(|(known, _)| *known == script).map(|(_, sums)| sums)
    }

    /// How much of what the model makes of it is believed, 0..=1. Short words are in many languages at once, and names are
    /// in none: a name says where its bearer is from, not who writes of them.
    pub(super) fn belief(&self) -> f64 {
        let squared = (self.letters * self.letters) as f64;
        let no_names = self.small_letters as f64 / self.letters.max(1) as f64;
        let of_names = OF_NAMES + (1.0 - OF_NAMES) * (no_names / NO_NAMES).min(1.0);
        squared / (squared + HALF_BELIEVED_SQUARED) * of_names
    }

    fn sums_mut(&mut self, script: Script) -> &mut ClassSums {
        let at = self.sums.iter().position(|(known, _)| *known == script).unwrap_or_else(|| {
            self.sums.push((script, ClassSums::ZERO));
            self.sums.len() - 1
        });
        &mut self.sums[at].1
    }

    fn merge(&mut self, other: &Self) {
        self.letters += other.letters;
        self.words += other.words;
        self.small_letters += other.small_letters;
        self.scripts.merge(&other.scripts);
        for (script, sums) in &other.sums {
            self.sums_mut(*script).add(sums);
        }
    }

    /// The language that it fits best, with what tells of others in the same script.
    fn best<'a>(&self, model: &'a LanguageModel) -> Option<Best<'a>> {
        let script = self.scripts.most()?;
        match model.table(script).zip(self.sums_of(script)) {
            Some((table, sums)) => {
                let class = table.table.best(sums);
                Some(Best { script, language: Some(table.languages[class]), class: Some((table, class)) })
            }
            None => Some(Best { script, language: None, class: None }),
        }
    }

    /// The probability of its best language, where all of its script are equally likely beforehand.
    fn certainty(&self, best: &Best<'_>) -> f64 {
        let Some(((table, class), sums)) = best.class.zip(self.sums_of(best.script)) else { return 1.0 };
        let logs: Vec<f64> = table.table.log_likelihoods(sums, self.letters).collect();
        1.0 / logs.iter().map(|log| (log - logs[class]).exp()).sum::<f64>()
    }
}

/// The language that a part fits best.
struct Best<'a> {
    script: Script,
    /// `None` where the script has no table.
    language: Option<LanguageCode>,
    class: Option<(&'a ScriptTable, usize)>,
}

impl Best<'_> {
    fn is_same(&self, other: &Best<'_>) -> bool {
        self.script == other.script && self.language == other.language
    }
}

/// The sentences of a text, each with the model's sums.
pub(super) fn parts(text: &str, model: &LanguageModel, scratch: &mut LanguageScratch) -> Vec<Part> {
    let LanguageScratch { words, seen, rows, found: found_words, characters } = scratch;
    seen.clear();
    found_words.clear();
    characters.clear();
    let mut spans = sentences(text, Span::new(0, text.len()));
    if let Some(rest) = spans.get(MOST_PARTS) {
        let rest = Span::new(rest.begin, text.len());
        spans.truncate(MOST_PARTS);
        spans.push(rest);
    }
    let mut parts = Vec::with_capacity(spans.len());
    for span in spans {
        let mut part = Part { span, ..Part::default() };
        let sentence = span.of(text);
        words.for_each(sentence, |word| {
            // What is said over and over says no more about its language than what is said once.
            if seen.has_or_takes(word.hash) {
                return;
            }
            if let Some(ScriptTable { script, .. }) = model.table(word.script) {
                let first = characters.len();
                characters.extend_from_slice(word.characters());
                let found = Found { part: parts.len(), script: *script, hash: word.hash, first, end: characters.len() };
                found_words.push((word.hash.max(1), found));
            }
            part.letters += word.letters;
            part.words += 1;
            part.scripts.add(word.script, word.letters);
            if !may_be_name(word.span.of(sentence)) {
                part.small_letters += word.letters;
            }
        });
        parts.push(part);
    }
    let features = |found: Found, each: &mut dyn FnMut(&SoftmaxTable, u32)| {
        let Some(ScriptTable { table, .. }) = model.table(found.script) else { return };
        for_each_feature(found.hash, &characters[found.first..found.end], |feature| each(table, feature));
    };
    rows.add_up(
        found_words,
        |found| features(found, &mut |table, feature| table.touch_feature(feature)),
        |found, row| features(found, &mut |table, feature| table.add_feature(feature, row)),
        |found, row| parts[found.part].sums_mut(found.script).add_row(row),
    );
    parts
}

/// Whether a word begins with a capital and goes on in small letters.
fn may_be_name(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(char::is_uppercase) && !characters.next().is_some_and(char::is_uppercase)
}

/// Puts the sentences of a text together: those in its main language, with all that are too short or too unsure to say,
/// and those that are in another one, one part for each run of them.
///
/// A sentence is in another language only where it surely is: it has a few words that are no names, its language is sure
/// on its own, and it does not stand between quotation marks.
pub(super) fn split(text: &str, sentences: Vec<Part>, model: &LanguageModel) -> (Part, Vec<Part>) {
    let mut whole = Part { span: Span::new(0, text.len()), ..Part::default() };
    for sentence in &sentences {
        whole.merge(sentence);
    }
    let Some(main) = whole.best(model).filter(|_| sentences.len() > 1) else { return (whole, Vec::new()) };
    let is_other = |sentence: &Part| {
        sentence.words >= MIN_WORDS
            && sentence.small_letters >= MIN_LETTERS
            && sentence
                .best(model)
                .is_some_and(|best| !best.is_same(&main) && sentence.certainty(&best) >= MIN_CERTAINTY)
            && !is_quoted(sentence.span.of(text))
    };
    let flags: Vec<bool> = sentences.iter().map(is_other).collect();
    if !flags.contains(&true) {
        return (whole, Vec::new());
    }
    let mut rest = Part { span: whole.span, ..Part::default() };
    let mut others: Vec<Part> = Vec::new();
    let mut follows = false;
    for (sentence, is_other) in sentences.into_iter().zip(flags) {
        match others.last_mut().filter(|_| follows && is_other) {
            Some(last) if same_language(last, &sentence, model) => {
                last.span = Span::new(last.span.begin, sentence.span.end);
                last.merge(&sentence);
            }
            _ if is_other => others.push(sentence),
            _ => rest.merge(&sentence),
        }
        follows = is_other;
    }
    (rest, others)
}

fn same_language(one: &Part, other: &Part, model: &LanguageModel) -> bool {
    one.best(model).zip(other.best(model)).is_some_and(|(one, other)| one.is_same(&other))
}

fn is_quoted(sentence: &str) -> bool {
    let inner = sentence.trim_end_matches(['.', '!', '?', '…', ',']);
    inner.starts_with(['"', '“', '„', '«', '»', '‘', '\'', '>'])
        && (inner.ends_with(['"', '”', '“', '»', '«', '’', '\'']) || inner.starts_with('>'))
}
