//! Which labels are read, and how rows state them.

use super::bad_row::BadRow;
use super::raw_row::RawRow;

/// Which labels are read, and how a row states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelScheme {
    /// `"labels": {"toxicity": 1, "threat": 0.2, "insult": null}`: 0 to 1, the share of people who said yes. A label
    /// that is null or missing is unknown. Labels of other names are left alone.
    Named(Vec<String>),
    /// `"emotions": ["joy", "curiosity"]`: a text has a label where one of the label's emotions is among them, and does
    /// not have the others. An emotion that belongs to no label makes the row bad. A row without `emotions` may name
    /// emotions or labels in `labels` instead: a label then has the highest share of those that belong to it.
    Emotions(Vec<(String, Vec<String>)>),
    /// Whatever labels the data names, in alphabetical order.
    AnyNamed,
}

impl LabelScheme {
    /// The labels, in order; none yet where the data decides.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        match self {
            Self::Named(labels) => labels.clone(),
            Self::Emotions(groups) => groups.iter().map(|(label, _)| label.clone()).collect(),
            Self::AnyNamed => Vec::new(),
        }
    }

    /// Whether a name means something in this scheme: as a label, or as an emotion.
    pub(super) fn knows(&self, name: &str) -> bool {
        match self {
            Self::Named(labels) => labels.iter().any(|label| label == name),
            Self::Emotions(groups) => {
                groups.iter().any(|(label, members)| label == name || members.iter().any(|member| member == name))
            }
            Self::AnyNamed => true,
        }
    }

    /// The answers of a row to the labels that are known beforehand.
    pub(super) fn answers(&self, row: &RawRow) -> Result<Vec<Option<f32>>, BadRow> {
        match self {
            Self::Named(labels) => Ok(labels.iter().map(|label| row.share(label)).collect()),
            Self::AnyNamed => Ok(Vec::new()),
            Self::Emotions(groups) => match &row.emotions {
                Some(emotions) => grouped(emotions, groups),
                None => Ok(groups.iter().map(|(label, members)| highest(row, label, members)).collect()),
            },
        }
    }
}

fn highest(row: &RawRow, label: &str, members: &[String]) -> Option<f32> {
    let names = std::iter::once(label).chain(members.iter().map(String::as_str));
    names.filter_map(|name| row.share(name)).max_by(f32::total_cmp)
}

fn grouped(emotions: &[String], groups: &[(String, Vec<String>)]) -> Result<Vec<Option<f32>>, BadRow> {
    if emotions.is_empty() {
        return Ok(vec![None; groups.len()]);
    }
    if emotions.iter().any(|emotion| !groups.iter().any(|(_, members)| members.contains(emotion))) {
        return Err(BadRow::UnknownEmotion);
    }
    let has = |members: &[String]| emotions.iter().any(|emotion| members.contains(emotion));
    Ok(groups.iter().map(|(_, members)| Some(f32::from(u8::from(has(members))))).collect())
}
