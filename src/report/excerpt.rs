//! Second reading of the records: the texts of the comments that are shown, with what is covered of them.

use std::collections::BTreeMap;

use super::choice::{ABUSE, Choice};
use super::options::{Mask, Options};
use super::record_line::{EvidenceLine, RecordLine, RelevanceLine};
use super::records_file::{RecordsFile, each_record};
use super::survey::Survey;

/// Of longer texts the beginning is shown, in Unicode scalar values.
const MAX_LENGTH: usize = 500;
/// From this score of abuse on a text is covered unless words are.
const COVERED_FROM: f64 = 0.3;
/// Words are covered that weigh at least this share of the strongest one: others only stand beside it.
const COVERED_SHARE: f64 = 0.3;

/// A comment that is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Excerpt {
    pub(super) thread_id: String,
    pub(super) id: String,
    pub(super) author: Option<String>,
    pub(super) created_at: Option<String>,
    /// Its text in pieces; none where the records hold none, or none is wanted.
    pub(super) text: Option<ShownText>,
    /// A translator's translation.
    pub(super) translation: Option<String>,
    /// The language to translate from.
    pub(super) from: Option<String>,
    pub(super) relevance: RelevanceLine,
    /// Kinds of parts that it has besides prose.
    pub(super) other_parts: Vec<String>,
}

/// A text, or its beginning.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ShownText {
    pub(super) pieces: Vec<Piece>,
    pub(super) cover: Cover,
    /// Whether only the beginning is shown.
    pub(super) is_cut: bool,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) is_covered: bool,
}

/// Why a text is covered, if it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    /// It is not, or only words of it are.
    No,
    /// As a whole, for its scores.
    Abusive,
    /// As a whole, for it could not be scored.
    NotScored,
    /// As a whole, as all are.
    All,
}

/// The comments that are shown.
#[derive(Debug, Default)]
pub struct Excerpts {
    pub(super) choice: Choice,
    pub(super) by_row: BTreeMap<usize, Excerpt>,
    /// Comments that others repeat, by the place of the thread and their id.
    pub(super) originals: BTreeMap<(u32, String), Excerpt>,
}

impl Excerpts {
    /// Chooses the comments, and reads them.
    #[must_use]
    pub fn read(survey: &Survey, files: &[RecordsFile], options: &Options) -> Self {
        let choice = Choice::of(survey);
        let wanted = choice.rows();
        let mut excerpts = Self::default();
        let mut number = 0;
        // What could not be read was told the first time. A file that has grown since is read as far as it was.
        each_record(files, |record| {
            if let Some(row) = survey.rows.get(number) {
                let original = (row.thread, record.id.clone());
                if choice.originals.contains(&original) {
                    excerpts.originals.entry(original).or_insert_with(|| Excerpt::of(&record, options));
                }
                if wanted.contains(&number) {
                    excerpts.by_row.insert(number, Excerpt::of(&record, options));
                }
            }
            number += 1;
        });
        excerpts.choice = choice;
        excerpts
    }

    /// Thread and id of the off-topic comments that are shown.
    pub fn off_topic(&self) -> impl Iterator<Item = (&str, &str)> {
        let rows = self.choice.off_topic.iter().flat_map(|(_, rows)| rows);
        rows.filter_map(|row| self.by_row.get(row)).map(|excerpt| (excerpt.thread_id.as_str(), excerpt.id.as_str()))
    }
}

impl Excerpt {
    fn of(record: &RecordLine, options: &Options) -> Self {
        let text = record.text.as_deref().filter(|_| !options.without_text);
        let mut other_parts: Vec<String> = Vec::new();
        for segment in record.segments.iter().filter(|segment| segment.kind != "prose") {
            if !other_parts.contains(&segment.kind) {
                other_parts.push(segment.kind.clone());
            }
        }
        Self {
            thread_id: record.thread_id.clone(),
            id: record.id.clone(),
            author: record.author.clone().filter(|_| !options.without_authors),
            created_at: record.created_at.clone(),
            text: text.map(|text| ShownText::new(text, record, options.mask)),
            translation: record.translation.text.clone().filter(|_| text.is_some()),
            from: record.translation.from.clone(),
            relevance: record.topic.relevance,
            other_parts,
        }
    }
}

impl ShownText {
    fn new(text: &str, record: &RecordLine, mask: Mask) -> Self {
        let scalars: Vec<char> = text.chars().collect();
        let is_cut = scalars.len() > MAX_LENGTH;
        let shown = scalars.get(..MAX_LENGTH).unwrap_or(&scalars);
        let plain = || vec![Piece { text: shown.iter().collect(), is_covered: false }];
        let (pieces, cover) = match mask {
            Mask::None => (plain(), Cover::No),
            Mask::All => (plain(), Cover::All),
            Mask::Auto => match cover_of(record) {
                Some(cover) => (plain(), cover),
                None => (pieces(shown, &abusive_words(record)), Cover::No),
            },
        };
        Self { pieces, cover, is_cut }
    }
}

/// Why a text is to be covered as a whole.
fn cover_of(record: &RecordLine) -> Option<Cover> {
    let tone = &record.tone;
    match tone.absent.as_deref() {
        // Nothing that could hurt in words.
        Some("no_text" | "too_little_text") => return None,
        Some(_) => return Some(Cover::NotScored),
        None => {}
    }
    let is_abusive = tone.label.as_deref() == Some("hostile")
        || ABUSE
            .iter()
            .chain(&["identity_attack", "profanity"])
            .any(|label| tone.scores.of(label).is_some_and(|score| score >= COVERED_FROM));
    // Of a machine's translation the words are known, but not those of the comment.
    let knows_words = record.translation.status != "machine" && !abusive_words(record).is_empty();
    (is_abusive && !knows_words).then_some(Cover::Abusive)
}

/// Where words stand that raised a score of abuse by much.
fn abusive_words(record: &RecordLine) -> Vec<(usize, usize)> {
    if record.translation.status == "machine" {
        return Vec::new();
    }
    let is_abusive = |label: &str| ABUSE.contains(&label) || matches!(label, "identity_attack" | "profanity");
    let raises = |word: &&EvidenceLine| word.weight > 0.0 && is_abusive(&word.label) && word.begin < word.end;
    let words = || record.tone.evidence.iter().filter(raises);
    let strongest = words().map(|word| word.weight).fold(0.0, f64::max);
    words().filter(|word| word.weight >= strongest * COVERED_SHARE).map(|word| (word.begin, word.end)).collect()
}

/// The text in pieces, words that are to be covered apart.
fn pieces(text: &[char], words: &[(usize, usize)]) -> Vec<Piece> {
    let mut is_covered = vec![false; text.len()];
    for (begin, end) in words {
        for covered in is_covered.iter_mut().take(*end).skip(*begin) {
            *covered = true;
        }
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for (scalar, is_covered) in text.iter().zip(is_covered) {
        match pieces.last_mut().filter(|piece| piece.is_covered == is_covered) {
            Some(piece) => piece.text.push(*scalar),
            None => pieces.push(Piece { text: scalar.to_string(), is_covered }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::record_line::tests::record;
    use super::*;

    fn check(change: impl FnOnce(&mut Value), mask: Mask, cover: Cover, expected: &str) {
        let line = serde_json::to_vec(&record(change)).unwrap();
        let options = Options { mask, ..Options::default() };
        let text = Excerpt::of(&RecordLine::parse(&line).unwrap(), &options).text.unwrap();
        let shown: String = text
            .pieces
            .iter()
            .map(|piece| if piece.is_covered { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect();
        assert_eq!((text.cover, shown.as_str()), (cover, expected));
    }

    fn hostile(record: &mut Value, evidence: &Value) {
        record["text"] = "Naïve 😀 ninny, you!".into();
        record["tone"] = json!({"label": "hostile", "scores": {"toxicity": 0.9}, "evidence": evidence});
    }

    #[test]
    fn words_are_covered_where_they_are_known() {
        let ninny = json!([
            {"begin": 8, "end": 13, "label": "toxicity", "weight": 2.5},
            {"begin": 0, "end": 5, "label": "toxicity", "weight": -0.5},
            {"begin": 15, "end": 18, "label": "negative", "weight": 0.5},
            {"begin": 19, "end": 400, "label": "insult", "weight": 0.9},
            {"begin": 6, "end": 7, "label": "toxicity", "weight": 0.7},
            {"begin": 9, "end": 3, "label": "insult", "weight": 0.5}
        ]);
        check(|record| hostile(record, &ninny), Mask::Auto, Cover::No, "Naïve 😀 [ninny], you!");
        check(|record| hostile(record, &ninny), Mask::None, Cover::No, "Naïve 😀 ninny, you!");
        check(|record| hostile(record, &ninny), Mask::All, Cover::All, "Naïve 😀 ninny, you!");
        let machine = |record: &mut Value| {
            hostile(record, &ninny);
            record["translation"]["status"] = "machine".into();
        };
        check(machine, Mask::Auto, Cover::Abusive, "Naïve 😀 ninny, you!");
    }

    #[test]
    fn texts_are_covered_as_a_whole_where_words_are_not_known() {
        check(|record| hostile(record, &json!([])), Mask::Auto, Cover::Abusive, "Naïve 😀 ninny, you!");
        check(|_| {}, Mask::Auto, Cover::No, "Words.");
        check(|record| record["tone"]["scores"]["threat"] = 0.3.into(), Mask::Auto, Cover::Abusive, "Words.");
        let absent = |why: &'static str| move |record: &mut Value| record["tone"] = json!({"absent": why});
        check(absent("language_unsupported"), Mask::Auto, Cover::NotScored, "Words.");
        check(absent("no_text"), Mask::Auto, Cover::No, "Words.");
        check(absent("no_text"), Mask::All, Cover::All, "Words.");
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "é".repeat(MAX_LENGTH);
        check(|record| record["text"] = format!("{long}x").into(), Mask::Auto, Cover::No, &long);
        let line = record(|record| record["text"] = long.clone().into());
        let read = RecordLine::parse(&serde_json::to_vec(&line).unwrap()).unwrap();
        assert!(!Excerpt::of(&read, &Options::default()).text.unwrap().is_cut);
        let without = Options { without_text: true, ..Options::default() };
        assert_eq!(Excerpt::of(&read, &without).text, None);
    }
}
