//! What rules may ask about a comment.

use crate::domain::{Absence, Flag, LanguageVerdict, Tone, Topic, Translation};

/// Everything that is known of a comment when policy is applied.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Its language.
    pub language: &'a LanguageVerdict,
    /// Where it stands with translation.
    pub translation: &'a Translation,
    /// Its tone.
    pub tone: &'a Result<Tone, Absence>,
    /// How far it is off topic.
    pub topic: &'a Result<Topic, Absence>,
    /// Its flags.
    pub flags: &'a [Flag],
    /// Its own words, normalised; empty where no rule asks for them (see [`Policy::asks_for_words`](super::Policy)).
    pub words: &'a str,
}
