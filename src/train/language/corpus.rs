//! The texts that a table is trained on, by class, and windows of words drawn from them.

use std::collections::BTreeMap;
use std::collections::HashMap;

use rand::{Rng as _, RngExt as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::LanguageHyperparameters;
use super::romanise::{Habits, ROMANISED, romanise, serbian_to_cyrillic, serbian_to_latin};
use crate::domain::{LanguageCode, Script};
use crate::labelled::{LanguageRow, LanguageRowKind};
use crate::text::scripts::main_script;
use crate::text::words::{fold, hash_word};

/// Of ten texts one is held out, to find how sure the model may be.
const HELD_OUT_OF_TEN: u64 = 0;

/// What is done to a text before its features are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    AsWritten,
    ToLatin,
    ToCyrillic,
    Romanised,
}

#[derive(Debug)]
struct Text {
    words: String,
    form: Form,
    weight: f64,
    is_held_out: bool,
}

#[derive(Debug, Default)]
struct Class {
    texts: Vec<Text>,
    listed: Vec<(String, f64)>,
}

/// The texts of a table.
#[derive(Debug)]
pub(super) struct Corpus {
    pub(super) script: Script,
    classes: BTreeMap<LanguageCode, Class>,
}

/// What a draw is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Texts that are not held out, and lists of words.
    Training,
    /// All texts, and lists of words.
    All,
    /// Texts that are held out.
    HeldOut,
}

/// `hbs` for `sr`, `hr`, `bs`.
fn class_of(language: LanguageCode) -> LanguageCode {
    if language.is_bosnian_croatian_serbian() { LanguageCode::HBS } else { language }
}

/// Sorts rows into the corpora of all scripts. Texts of two words or more that stand under two languages are left out: they
/// are no language's, or not translated.
#[derive(Debug, Default)]
pub(super) struct Collector {
    corpora: BTreeMap<Script, BTreeMap<LanguageCode, Class>>,
    /// The language of each text by its hash; `None` where there are several.
    languages: HashMap<u64, Option<LanguageCode>>,
    pub(super) rows: u64,
}

impl Collector {
    pub(super) fn add(&mut self, row: &LanguageRow) {
        let language = class_of(row.language);
        let Some(script) = main_script(&row.text) else { return };
        self.rows += 1;
        if row.kind == LanguageRowKind::Text && row.text.split_whitespace().nth(1).is_some() {
            let entry = self.languages.entry(hash_word(&fold(row.text.trim()))).or_insert(Some(language));
            if *entry != Some(language) {
                *entry = None;
            }
        }
        let is_serbian = language == LanguageCode::HBS;
        for (table, form) in [(Script::LATIN, None), (Script::CYRILLIC, None), (script, Some(Form::AsWritten))] {
            let form = form.or_else(|| match (script, table) {
                (Script::CYRILLIC, Script::LATIN) if is_serbian => Some(Form::ToLatin),
                (Script::LATIN, Script::CYRILLIC) if is_serbian => Some(Form::ToCyrillic),
                (_, Script::LATIN) if script != Script::LATIN && ROMANISED.contains(&language.as_str()) => {
                    Some(Form::Romanised)
                }
                _ => None,
            });
            if let Some(form) = form {
                self.file(table, language, row, form);
            }
        }
    }

    fn file(&mut self, table: Script, language: LanguageCode, row: &LanguageRow, form: Form) {
        let class = self.corpora.entry(table).or_default().entry(language).or_default();
        let is_held_out = row.kind == LanguageRowKind::Text && hash_word(&row.text) % 10 == HELD_OUT_OF_TEN;
        match row.kind {
            // Lists are of words as they are written; those of other scripts are changed here, once.
            LanguageRowKind::Listed { frequency } => {
                let word = match form {
                    Form::AsWritten => row.text.clone(),
                    Form::ToLatin => serbian_to_latin(&row.text),
                    Form::ToCyrillic => serbian_to_cyrillic(&row.text),
                    Form::Romanised => romanise(language.as_str(), &row.text, Habits { first: 0.0, second: 0.5 }),
                };
                class.listed.push((word, frequency));
            }
            LanguageRowKind::Text | LanguageRowKind::Words => {
                class.texts.push(Text { words: row.text.clone(), form, weight: row.weight, is_held_out });
            }
        }
    }

    /// The corpora of the scripts that several languages have texts in, and the number of texts that were left out.
    pub(super) fn finish(self, hyperparameters: &LanguageHyperparameters) -> (Vec<Corpus>, usize) {
        let Self { mut corpora, languages, .. } = self;
        let mut left_out = 0;
        let tables: Vec<Corpus> = hyperparameters
            .buckets
            .keys()
            .filter_map(|script| {
                let script = *script;
                let mut classes = corpora.remove(&script)?;
                for class in classes.values_mut() {
                    let before = class.texts.len();
                    class
                        .texts
                        .retain(|text| languages.get(&hash_word(&fold(text.words.trim()))).is_none_or(Option::is_some));
                    left_out += before - class.texts.len();
                }
                // A stray text in another script is a loan, a name or a mistake.
                classes.retain(|_, class| class.texts.len() >= hyperparameters.min_texts);
                (classes.len() > 1).then_some(Corpus { script, classes })
            })
            .collect();
        (tables, left_out)
    }
}

impl Corpus {
    /// The languages, in the order of the classes.
    pub(super) fn languages(&self) -> Vec<LanguageCode> {
        self.classes.keys().copied().collect()
    }

    /// How many texts each language has.
    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        self.classes.iter().map(|(language, class)| (language.to_string(), class.texts.len())).collect()
    }

    /// What draws windows from the texts of each class.
    pub(super) fn drawers(&self, part: Part, hyperparameters: &LanguageHyperparameters) -> Vec<Drawer<'_>> {
        let classes = self.classes.iter();
        classes.map(|(language, class)| Drawer::new((self.script, *language), class, part, hyperparameters)).collect()
    }
}

/// Draws windows of one language.
#[derive(Debug)]
pub(super) struct Drawer<'a> {
    language: LanguageCode,
    script: Script,
    texts: Vec<&'a Text>,
    /// Sums of the texts' weights so far.
    text_sums: Vec<f64>,
    listed: &'a [(String, f64)],
    listed_sums: Vec<f64>,
    /// The weight of the list, against that of the texts.
    list_weight: f64,
    without_diacritics: f64,
}

impl<'a> Drawer<'a> {
    fn new(
        (script, language): (Script, LanguageCode),
        class: &'a Class,
        part: Part,
        hyperparameters: &LanguageHyperparameters,
    ) -> Self {
        let wanted = |text: &&Text| match part {
            Part::Training => !text.is_held_out,
            Part::All => true,
            Part::HeldOut => text.is_held_out,
        };
        let texts: Vec<&Text> = class.texts.iter().filter(wanted).collect();
        let listed: &[(String, f64)] = if part == Part::HeldOut { &[] } else { &class.listed };
        let sums = |weights: &mut dyn Iterator<Item = f64>| {
            let mut sum = 0.0;
            weights
                .map(|weight| {
                    sum += weight;
                    sum
                })
                .collect::<Vec<f64>>()
        };
        let text_sums = sums(&mut texts.iter().map(|text| text.weight));
        let exponent = hyperparameters.list_frequency_exponent;
        let listed_sums = sums(&mut listed.iter().map(|(_, frequency)| frequency.powf(exponent)));
        let list_weight = if listed.is_empty() { 0.0 } else { hyperparameters.list_weight };
        let without_diacritics = if language == LanguageCode::HBS {
            hyperparameters.south_slavic_without_diacritics
        } else {
            hyperparameters.without_diacritics
        };
        Self { language, script, texts, text_sums, listed, listed_sums, list_weight, without_diacritics }
    }

    /// Whether there is nothing to draw from.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.listed.is_empty()
    }

    /// A window of up to `max_words` words, as somebody might have written it.
    ///
    /// # Panics
    /// Where there is nothing to draw from.
    pub(super) fn draw(&self, max_words: usize, random: &mut Xoshiro256PlusPlus) -> String {
        let all_texts = self.text_sums.last().copied().unwrap_or(0.0);
        let words = random.random_range(1..=max_words);
        let habits = Habits { first: random.random(), second: random.random() };
        let place = random.random::<f64>() * (all_texts + self.list_weight);
        let (window, form) = if place < all_texts {
            let text = self.texts[self.text_sums.partition_point(|sum| *sum <= place).min(self.texts.len() - 1)];
            (window(&text.words, words, random), text.form)
        } else {
            (self.listed_words(words, random), Form::AsWritten)
        };
        let written = match form {
            Form::AsWritten => window,
            Form::ToLatin => serbian_to_latin(&window),
            Form::ToCyrillic => serbian_to_cyrillic(&window),
            Form::Romanised => romanise(self.language.as_str(), &window, habits),
        };
        if self.script == Script::LATIN && random.random::<f64>() < self.without_diacritics {
            return without_diacritics(&written, habits.first < 0.6);
        }
        written
    }

    fn listed_words(&self, words: usize, random: &mut Xoshiro256PlusPlus) -> String {
        let all = self.listed_sums.last().copied().unwrap_or(0.0);
        let mut text = String::new();
        for _ in 0..words {
            let place = random.random::<f64>() * all;
            let at = self.listed_sums.partition_point(|sum| *sum <= place).min(self.listed.len() - 1);
            text.push_str(&self.listed[at].0);
            text.push(' ');
        }
        text
    }
}

/// So many words in a row from somewhere in a text.
fn window(text: &str, words: usize, random: &mut Xoshiro256PlusPlus) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let count = words.min(all.len());
    let begin = (random.next_u64() % (all.len() - count + 1) as u64) as usize;
    all[begin..begin + count].join(" ")
}

/// A text in plain letters, as it is typed where the letters are not at hand; `đ` becomes `dj` or `d`.
pub(super) fn without_diacritics(text: &str, dj: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'đ' => plain.push_str(if dj { "dj" } else { "d" }),
            'Đ' => plain.push_str(if dj { "Dj" } else { "D" }),
            'ł' => plain.push('l'),
            'Ł' => plain.push('L'),
            'ß' => plain.push_str("ss"),
            'ø' => plain.push('o'),
            'æ' => plain.push_str("ae"),
            'ı' => plain.push('i'),
            _ if character.is_ascii() => plain.push(character),
            _ => plain.extend(std::iter::once(character).nfd().filter(|part| !is_combining_mark(*part))),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use rand_xoshiro::rand_core::SeedableRng as _;

    use super::*;

    fn row(language: &str, text: &str) -> LanguageRow {
        LanguageRow {
            language: language.parse().unwrap(),
            text: text.to_owned(),
            kind: LanguageRowKind::Text,
            weight: 1.0,
        }
    }

    fn hyperparameters() -> LanguageHyperparameters {
        LanguageHyperparameters { min_texts: 1, ..LanguageHyperparameters::default() }
    }

    #[test]
    fn texts_go_to_the_tables_of_the_scripts_that_they_may_be_written_in() {
        let mut collector = Collector::default();
        for (language, text) in [
            ("sr", "Добар дан"),
            ("hr", "Dobar dan svima"),
            ("ru", "Добрый день"),
            ("en", "Good day"),
            ("de", "Guten Tag"),
            ("en", "Save as"),
            ("de", "save as"),
            ("ja", "これは"),
        ] {
            collector.add(&row(language, text));
        }
        assert_eq!(collector.rows, 8);
        let (corpora, left_out) = collector.finish(&hyperparameters());
        let found: Vec<(&str, Vec<String>)> = corpora
            .iter()
            .map(|corpus| (corpus.script.0, corpus.languages().iter().map(ToString::to_string).collect()))
            .collect();
        assert_eq!(
            found,
            [
                ("Cyrl", vec!["hbs".to_owned(), "ru".to_owned()]),
                ("Latn", ["de", "en", "hbs", "ru"].map(str::to_owned).to_vec()),
            ]
        );
        assert_eq!(left_out, 2, "a text of two languages is neither's");
    }

    #[test]
    fn windows_are_words_of_the_texts() {
        let mut collector = Collector::default();
        collector.add(&row("sr", "Добар дан свима"));
        collector.add(&row("en", "Good day to all"));
        let (corpora, _) = collector.finish(&hyperparameters());
        let latin = corpora.iter().find(|corpus| corpus.script == Script::LATIN).unwrap();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        let drawers = latin.drawers(Part::All, &hyperparameters());
        for _ in 0..100 {
            let english = drawers[0].draw(2, &mut random);
            assert!("Good day to all".contains(&english) && english.split(' ').count() <= 2, "{english}");
            assert!("dobar dan svima".contains(&drawers[1].draw(3, &mut random)));
        }
    }

    #[test]
    fn diacritics_are_left_out_as_people_do() {
        assert_eq!(without_diacritics("Đorđe čuje žalbu", true), "Djordje cuje zalbu");
        assert_eq!(without_diacritics("Łódź, Straße, Ærø", false), "Lodz, Strasse, Ærø".replace("Ærø", "Æro"));
    }
}
