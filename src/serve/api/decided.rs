//! What of a record other interfaces need: its decision and its scores, read back from the line.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::Action;
use crate::pipeline::Answers;

use super::error::ApiError;

/// A record, as far as other interfaces need it.
#[derive(Debug, Deserialize)]
pub(super) struct Decided {
    pub(super) language: DecidedLanguage,
    pub(super) tone: DecidedTone,
    pub(super) decision: DecidedAction,
    /// What scored it, by stage.
    pub(super) models: BTreeMap<String, String>,
}

/// The language of a record.
#[derive(Debug, Deserialize)]
pub(super) struct DecidedLanguage {
    pub(super) code: Option<String>,
}

/// The tone of a record.
#[derive(Debug, Deserialize)]
pub(super) struct DecidedTone {
    #[serde(default)]
    pub(super) scores: BTreeMap<String, f64>,
    #[serde(default)]
    pub(super) absent: Option<String>,
}

/// The decision of a record.
#[derive(Debug, Deserialize)]
pub(super) struct DecidedAction {
    pub(super) action: String,
    pub(super) reasons: Vec<DecidedReason>,
}

/// A rule that matched.
#[derive(Debug, Deserialize)]
pub(super) struct DecidedReason {
    pub(super) rule: String,
    pub(super) label: Option<String>,
}

impl Decided {
    /// What the records of some answers decide, in their order.
    pub(super) fn of(answers: &Answers) -> Result<Vec<Self>, ApiError> {
        let lines = answers.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(serde_json::from_slice).collect::<Result<_, _>>().map_err(|_| ApiError::internal())
    }
}

impl DecidedAction {
    /// The action.
    pub(super) fn action(&self) -> Option<Action> {
        action_named(&self.action)
    }
}

fn action_named(name: &str) -> Option<Action> {
    Action::ALL.into_iter().find(|action| action.name() == name)
}
