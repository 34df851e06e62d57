//! First reading of the records: everything that is counted, and the scores of every comment. Texts are left where they
//! are.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::domain::Action;
use crate::policy::Policy;

use super::columns::Columns;
use super::moment;
use super::record_line::RecordLine;
use super::records_file::{ReadLines, RecordsFile, each_record};
use super::repeats::Repeats;
use super::rules::{Rules, WhatIf, holds};

/// Tones in the order of tables; the last two are for what is none of them.
pub(super) const TONES: [&str; 7] = ["hostile", "negative", "neutral", "ambiguous", "positive", "other", "not scored"];
/// Comments whose own prose is shorter are not put forward as good ones.
const MIN_GOOD_LENGTH: usize = 60;

/// What is known of every comment.
#[derive(Debug, Default)]
pub struct Survey {
    pub(super) lines: ReadLines,
    pub(super) rows: Vec<Row>,
    pub(super) columns: Columns,
    pub(super) rules: Rules,
    pub(super) threads: Names<ThreadFigures>,
    pub(super) languages: BTreeMap<String, LanguageFigures>,
    pub(super) translations: BTreeMap<String, u64>,
    pub(super) translation_failures: BTreeMap<String, u64>,
    /// By the language of the comment.
    pub(super) queue: BTreeMap<String, QueueFigures>,
    pub(super) repeats: Repeats,
    pub(super) flags: BTreeMap<String, u64>,
    /// Why there is no tone, and no off-topic score.
    pub(super) no_tone: BTreeMap<String, u64>,
    pub(super) no_topic: BTreeMap<String, u64>,
    /// By stage: each model, with the comments that it scored.
    pub(super) models: BTreeMap<String, BTreeMap<String, u64>>,
    pub(super) times: TimesRead,
    /// Comments with a text, and with an author.
    pub(super) with_text: u64,
    pub(super) with_author: u64,
    pub(super) what_if: WhatIf,
}

/// A comment, but for its scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) thread: u32,
    pub(super) action: Action,
    /// Its place in [`TONES`].
    pub(super) tone: u8,
    pub(super) time: Option<i64>,
    pub(super) waits_for_translation: bool,
    /// Says what an earlier comment of its thread says, in the same words.
    pub(super) is_duplicate: bool,
    /// Long enough, and different enough, to be put forward.
    pub(super) is_good_length: bool,
}

impl Row {
    /// Whether policy holds it.
    pub(super) fn is_held(self) -> bool {
        holds(self.action)
    }

    /// Whether its tone is hostile.
    pub(super) fn is_hostile(self) -> bool {
        self.tone == 0
    }
}

/// What is counted of a thread.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ThreadFigures {
    pub(super) comments: u64,
    pub(super) held: u64,
    pub(super) hostile: u64,
    pub(super) waiting: u64,
}

/// What is counted of a language.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct LanguageFigures {
    pub(super) comments: u64,
    pub(super) held: u64,
    pub(super) toned: u64,
    pub(super) hostile: u64,
}

/// What is counted of comments in languages that the site does not read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct QueueFigures {
    pub(super) needed: u64,
    pub(super) supplied: u64,
    pub(super) machine: u64,
}

/// How many times could be read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct TimesRead {
    pub(super) read: u64,
    pub(super) not_read: u64,
    pub(super) missing: u64,
}

/// Names with something known of each, in the order in which they are met.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Names<T> {
    places: FxHashMap<String, u32>,
    pub(super) all: Vec<(String, T)>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { places: FxHashMap::default(), all: Vec::new() }
    }
}

impl<T: Default> Names<T> {
    /// The place of a name.
    pub(super) fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.all.len() as u32;
        self.places.insert(name.to_owned(), place);
        self.all.push((name.to_owned(), T::default()));
        place
    }

    /// The name at a place.
    pub(super) fn name(&self, place: u32) -> &str {
        self.all.get(place as usize).map_or("", |(name, _)| name)
    }

    /// What is known of the name at a place.
    pub(super) fn get_mut(&mut self, place: u32) -> Option<&mut T> {
        self.all.get_mut(place as usize).map(|(_, figures)| figures)
    }
}

impl Survey {
    /// Reads all files once. `policy` is the one that the records were made with, where that is known.
    #[must_use]
    pub fn read(files: &[RecordsFile], policy: Option<&Policy>) -> Self {
        let mut survey = Self::default();
        survey.lines = each_record(files, |record| survey.add(&record));
        survey.columns.finish();
        survey.rules.finish(policy, &survey.columns);
        let held: Vec<bool> = survey.rows.iter().map(|row| row.is_held()).collect();
        survey.what_if = WhatIf::new(&survey.rules, &survey.columns, &held);
        survey
    }

    /// What was read, and what could not be.
    #[must_use]
    pub fn lines(&self) -> &ReadLines {
        &self.lines
    }

    fn add(&mut self, record: &RecordLine) {
        let (action, tone) = (record.action(), tone_of(record));
        let thread = self.threads.place(&record.thread_id);
        let waits = record.translation.status == "needed";
        let row = Row {
            thread,
            action,
            tone,
            time: self.time_of(record),
            waits_for_translation: waits,
            is_duplicate: record.has_flag("duplicate"),
            is_good_length: record.prose_length() >= MIN_GOOD_LENGTH
                && !record.has_flag("duplicate")
                && !record.has_flag("near_duplicate"),
        };
        if let Some(figures) = self.threads.get_mut(thread) {
            figures.comments += 1;
            figures.held += u64::from(row.is_held());
            figures.hostile += u64::from(row.is_hostile());
            figures.waiting += u64::from(waits);
        }
        self.add_language(record, row);
        self.columns.push(record);
        self.rules.push(action, &record.decision.reasons);
        self.repeats.push(record, thread, row.is_held());
        for flag in &record.flags {
            *self.flags.entry(flag.clone()).or_default() += 1;
        }
        for (counts, absent) in [(&mut self.no_tone, &record.tone.absent), (&mut self.no_topic, &record.topic.absent)] {
            if let Some(absent) = absent {
                *counts.entry(absent.clone()).or_default() += 1;
            }
        }
        for (stage, citation) in &record.models {
            *self.models.entry(stage.clone()).or_default().entry(citation.clone()).or_default() += 1;
        }
        self.with_text += u64::from(record.text.is_some());
        self.with_author += u64::from(record.author.is_some());
        self.rows.push(row);
    }

    fn time_of(&mut self, record: &RecordLine) -> Option<i64> {
        let Some(text) = record.created_at.as_deref() else {
            self.times.missing += 1;
            return None;
        };
        let time = moment::parse(text);
        *(if time.is_some() { &mut self.times.read } else { &mut self.times.not_read }) += 1;
        time
    }

    fn add_language(&mut self, record: &RecordLine, row: Row) {
        let language = &record.language;
        let name = language.code.as_deref().filter(|_| language.status == "known").unwrap_or(&language.status);
        let figures = self.languages.entry(name.to_owned()).or_default();
        figures.comments += 1;
        figures.held += u64::from(row.is_held());
        figures.toned += u64::from(record.tone.label.is_some());
        figures.hostile += u64::from(row.is_hostile());
        let translation = &record.translation;
        *self.translations.entry(translation.status.clone()).or_default() += 1;
        if let Some(failure) = &translation.failure {
            *self.translation_failures.entry(failure.clone()).or_default() += 1;
        }
        let queue = self.queue.entry(translation.from.clone().unwrap_or_else(|| "not known".to_owned()));
        match translation.status.as_str() {
            "needed" => queue.or_default().needed += 1,
            "supplied" => queue.or_default().supplied += 1,
            "machine" => queue.or_default().machine += 1,
            _ => {}
        }
    }

    /// How many comments there are.
    pub(super) fn comments(&self) -> u64 {
        self.rows.len() as u64
    }

    /// How many of them something holds of.
    pub(super) fn count(&self, is_counted: impl Fn(Row) -> bool) -> u64 {
        self.rows.iter().filter(|row| is_counted(**row)).count() as u64
    }

    /// The first and the last time of writing.
    pub(super) fn period(&self) -> Option<(i64, i64)> {
        let times = || self.rows.iter().filter_map(|row| row.time);
        times().min().zip(times().max())
    }

    /// From which off-topic score on a comment counts as off topic here: the policy's threshold, or that of the policy
    /// which the program comes with.
    pub(super) fn off_topic_threshold(&self) -> (f64, bool) {
        self.rules.threshold_of("off_topic").map_or((0.9, false), |threshold| (threshold, true))
    }

    /// Stages that more than one version of a model has worked at.
    pub(super) fn mixed_stages(&self) -> BTreeSet<&str> {
        self.models.iter().filter(|(_, models)| models.len() > 1).map(|(stage, _)| stage.as_str()).collect()
    }
}

fn tone_of(record: &RecordLine) -> u8 {
    let (other, absent) = (TONES.len() as u8 - 2, TONES.len() as u8 - 1);
    let place = |label: &String| TONES.iter().position(|tone| tone == label).map_or(other, |place| place as u8);
    record.tone.label.as_ref().map_or(absent, place)
}
