//! The count of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Absence, Action, Aside, LanguageCode, LanguageVerdict, Reject, Tone, Translation};

/// What became of the items of a run: `read = records + rejects`, always.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Items that were, or should have been, comments.
    pub read: u64,
    /// Records made.
    pub records: u64,
    /// Items rejected.
    pub rejects: u64,
    /// Thread headers, which are neither.
    pub threads: u64,
    /// What was left out on purpose, by what it is: neither records nor rejects.
    pub skipped: BTreeMap<String, u64>,
    /// Records by action.
    pub by_action: BTreeMap<String, u64>,
    /// Records by language, or by why it is not known.
    pub by_language: BTreeMap<String, u64>,
    /// Records by tone, or `absent`.
    pub by_tone: BTreeMap<String, u64>,
    /// Rejects by kind.
    pub by_kind: BTreeMap<String, u64>,
    /// Records with a translation by a translator of the site's.
    pub machine_translations: u64,
    /// Records that such a translator was asked for in vain, by what went wrong.
    pub by_translation_failure: BTreeMap<String, u64>,
    /// Records whose off-topic score is the cascade's second one.
    pub second_scores: u64,
    /// Records that the sentence encoder made nothing of: their first score stands.
    pub sentence_encoder_failures: u64,
}

impl Tally {
    /// Counts a record.
    pub fn add_record(
        &mut self,
        action: Action,
        language: &LanguageVerdict,
        translation: &Translation,
        tone: &Result<Tone, Absence>,
    ) {
        self.read += 1;
        self.records += 1;
        raise(&mut self.by_action, action.name());
        self.machine_translations += u64::from(translation.machine.is_some());
        if let Some(failure) = translation.failure {
            raise(&mut self.by_translation_failure, failure.name());
        }
        let known = language.known();
        raise(&mut self.by_language, known.as_ref().map_or(language.status(), LanguageCode::as_str));
        raise(&mut self.by_tone, tone.as_ref().map_or("absent", |tone| tone.label.name()));
    }

    /// Counts a reject.
    pub fn add_reject(&mut self, reject: &Reject) {
        self.read += 1;
        self.rejects += 1;
        raise(&mut self.by_kind, reject.kind.name());
    }

    /// Counts what is neither comment nor thread.
    pub fn add_aside(&mut self, aside: &Aside) {
        match aside {
            Aside::Skipped { what, count } => *self.skipped.entry((*what).to_owned()).or_default() += count,
            Aside::Moderation(_) => raise(&mut self.skipped, "moderation action"),
        }
    }

    /// Adds another count to this one.
    pub fn merge(&mut self, other: Self) {
        self.read += other.read;
        self.records += other.records;
        self.rejects += other.rejects;
        self.threads += other.threads;
        self.second_scores += other.second_scores;
        self.sentence_encoder_failures += other.sentence_encoder_failures;
        self.machine_translations += other.machine_translations;
        for (own, others) in [
            (&mut self.by_action, other.by_action),
            (&mut self.by_language, other.by_language),
            (&mut self.by_tone, other.by_tone),
            (&mut self.by_kind, other.by_kind),
            (&mut self.skipped, other.skipped),
            (&mut self.by_translation_failure, other.by_translation_failure),
        ] {
            for (key, count) in others {
                *own.entry(key).or_default() += count;
            }
        }
    }
}

fn raise(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => {
            counts.insert(key.to_owned(), 1);
        }
    }
}
