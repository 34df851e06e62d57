//! The header of a CSV file: which column is what.

use std::sync::Arc;

use super::bad_row::BadRow;
use super::mapping::{Mapping, Target};
use super::raw_row::RawRow;
use super::scheme::LabelScheme;
use super::values::{answer_of_text, decision_of};
use crate::wire::label_names::{CIVIL_LABELS, JIGSAW_LABELS};

pub(super) const TEXT_NAMES: [&str; 5] = ["text", "comment_text", "comment", "body", "content"];
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

const CSV: &str = "CSV";
const JIGSAW: &str = "CSV of Jigsaw's toxic comment challenge";
const CIVIL: &str = "CSV of Civil Comments";

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    Text,
    Source,
    Id,
    Language,
    Decision,
    /// Names of emotions with commas, semicolons, bars or spaces between them.
    Emotions,
    Label(Arc<str>),
    Ignored,
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    roles: Vec<Role>,
    /// What kind of table it is.
    pub(super) format: &'static str,
}

impl Columns {
    /// Finds the columns by the mapping, then by their names, whatever their case; `None` where none is the text.
    /// Marks the entries of the mapping that are used.
    pub(super) fn find(names: &[String], scheme: &LabelScheme, mapping: &Mapping, used: &mut [bool]) -> Option<Self> {
        let plain: Vec<String> = names.iter().map(|name| plain_name(name)).collect();
        let has = |name: &str| plain.iter().any(|own| own == name);
        let format = if has("comment_text") && has("toxic") {
            JIGSAW
        } else if (has("target") || has("toxicity")) && has("severe_toxicity") && has("obscene") {
            CIVIL
        } else {
            CSV
        };
        let mut roles = vec![None; names.len()];
        for ((column, target), used) in mapping.entries.iter().zip(used) {
            let exact = names.iter().position(|name| name.trim() == column);
            if let Some(at) = exact.or_else(|| plain.iter().position(|name| *name == plain_name(column))) {
                *used = true;
                roles[at] = Some(Role::of(target));
            }
        }
        let mut take = |role: Role, wanted: &[&str]| {
            if !roles.contains(&Some(role.clone()))
                && let Some(at) = wanted.iter().find_map(|name| plain.iter().position(|own| own == name))
                && roles[at].is_none()
            {
                roles[at] = Some(role);
            }
        };
        take(Role::Text, &TEXT_NAMES);
        take(Role::Id, &["id", "comment_id"]);
        take(Role::Source, &["source"]);
        take(Role::Language, &["language", "lang"]);
        take(Role::Decision, if format == CIVIL { &["decision", "rating"] } else { &["decision"] });
        match format {
            JIGSAW => JIGSAW_LABELS.iter().for_each(|(name, label)| take(Role::Label((*label).into()), &[name])),
            CIVIL => CIVIL_LABELS.iter().for_each(|(name, label)| take(Role::Label((*label).into()), &[name])),
            _ => {
                if matches!(scheme, LabelScheme::Emotions(_)) {
                    take(Role::Emotions, &["emotions"]);
                }
                if !matches!(scheme, LabelScheme::AnyNamed) {
                    let known = plain.iter().filter(|name| scheme.knows(name));
                    known.for_each(|name| take(Role::Label(name.as_str().into()), &[name]));
                }
            }
        }
        let columns = Self { roles: roles.into_iter().map(|role| role.unwrap_or(Role::Ignored)).collect(), format };
        columns.roles.contains(&Role::Text).then_some(columns)
    }

    /// The delimiter with which most columns of a line are known, then the one with the most columns.
    pub(super) fn delimiter(line: &str, scheme: &LabelScheme, mapping: &Mapping) -> u8 {
        let rank = |delimiter: u8| {
            let names: Vec<String> = line.split(char::from(delimiter)).map(str::to_owned).collect();
            let mut used = vec![false; mapping.entries.len()];
            let found = Self::find(&names, scheme, mapping, &mut used);
            (found.map_or(0, |columns| columns.known()), names.len())
        };
        let mut best = b',';
        for delimiter in DELIMITERS {
            if rank(delimiter) > rank(best) {
                best = delimiter;
            }
        }
        best
    }

    fn known(&self) -> usize {
        self.roles.iter().filter(|role| **role != Role::Ignored).count()
    }

    /// Number of columns, read or not.
    pub(super) fn count(&self) -> usize {
        self.roles.len()
    }

    /// Whether a label can come of a row that the scheme's labels, or any, are picked from.
    pub(super) fn has_labels(&self, scheme: &LabelScheme) -> bool {
        self.roles.iter().any(|role| match role {
            Role::Label(label) => scheme.knows(label),
            Role::Emotions => true,
            _ => false,
        })
    }

    /// Whether there is a column of moderators' decisions.
    pub(super) fn has_decisions(&self) -> bool {
        self.roles.contains(&Role::Decision)
    }

    /// Whether nothing says which of the columns are labels, so that their values have to.
    pub(super) fn labels_are_open(&self, scheme: &LabelScheme, mapping: &Mapping) -> bool {
        matches!(scheme, LabelScheme::AnyNamed) && self.format == CSV && mapping.labels().next().is_none()
    }

    /// Makes labels of the columns without a role whose values look like answers: nine in ten of the ones that are
    /// there, and at least one.
    pub(super) fn open_labels(&mut self, names: &[String], sample: &[Vec<String>]) {
        for (at, role) in self.roles.iter_mut().enumerate().filter(|(_, role)| **role == Role::Ignored) {
            let values = sample.iter().filter_map(|row| row.get(at)).map(|value| answer_of_text(value));
            let (mut good, mut bad) = (0, 0);
            for value in values {
                good += usize::from(matches!(value, Ok(Some(_))));
                bad += usize::from(value.is_err());
            }
            if good > 0 && good >= 9 * bad {
                *role = Role::Label(plain_name(&names[at]).into());
            }
        }
    }

    /// Reads a row.
    pub(super) fn read<'a>(&self, fields: impl ExactSizeIterator<Item = &'a [u8]>) -> Result<RawRow, BadRow> {
        if fields.len() != self.count() {
            return Err(BadRow::Unreadable);
        }
        let mut row = RawRow::default();
        let mut rest = Vec::with_capacity(self.known());
        for (role, field) in self.roles.iter().zip(fields) {
            if *role == Role::Ignored {
                continue;
            }
            let field = std::str::from_utf8(field).map_err(|_| BadRow::Unreadable)?;
            if *role == Role::Text { field.clone_into(&mut row.text) } else { rest.push((role, field)) }
        }
        if row.text.trim().is_empty() {
            return Err(BadRow::EmptyText);
        }
        for (role, field) in rest {
            match role {
                Role::Id => field.trim().clone_into(&mut row.id),
                Role::Source => field.trim().clone_into(&mut row.source),
                Role::Language => field.trim().clone_into(&mut row.language),
                Role::Decision => row.decision = decision_of(field)?,
                Role::Emotions => row.emotions = Some(names_in(field)),
                // The challenge's test set marks rows that were not judged so.
                Role::Label(label) if self.format == JIGSAW && field.trim() == "-1" => {
                    row.labels.push((Arc::clone(label), None));
                }
                Role::Label(label) => row.labels.push((Arc::clone(label), answer_of_text(field)?)),
                Role::Text | Role::Ignored => {}
            }
        }
        Ok(row)
    }
}

impl Role {
    fn of(target: &Target) -> Self {
        match target {
            Target::Text => Self::Text,
            Target::Source => Self::Source,
            Target::Id => Self::Id,
            Target::Language => Self::Language,
            Target::Decision => Self::Decision,
            Target::Label(label) => Self::Label(label.as_str().into()),
        }
    }
}

fn names_in(field: &str) -> Vec<String> {
    let separates = |character: char| character.is_whitespace() || matches!(character, ',' | ';' | '|');
    field.split(separates).filter(|name| !name.is_empty()).map(str::to_lowercase).collect()
}

/// `"Comment Text"` as `comment_text`.
pub(super) fn plain_name(name: &str) -> String {
    name.trim().trim_matches('"').trim().to_lowercase().replace([' ', '-'], "_")
}
