//! Which column or JSON field is what, where its own name does not say.

/// What a column or field can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Text,
    Source,
    Id,
    Language,
    Decision,
    Label(String),
}

impl Target {
    fn named(name: &str) -> Self {
        match name {
            "text" => Self::Text,
            "source" => Self::Source,
            "id" => Self::Id,
            "language" => Self::Language,
            "decision" => Self::Decision,
            label => Self::Label(label.to_owned()),
        }
    }
}

/// Columns of CSV, or fields of JSON, by what they are: `--map column=label`.
///
/// `text`, `source`, `id`, `language` and `decision` name those fields; any other name is a label. A field inside
/// another is written with points: `scores.rude=insult`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    pub(super) entries: Vec<(String, Target)>,
}

/// A mapping that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not of the form `column=label`.
    #[error(
        "`--map {0}`: not of the form `column=label`\n  hint: write for example --map rude=insult, or --map body=text"
    )]
    Form(String),
    /// Two columns for one thing.
    #[error(
        "`--map {0}`: `{1}` has a column already\n  hint: each label, and each of text, source, id, language and decision, has one column"
    )]
    Twice(String, String),
}

impl Mapping {
    /// Reads entries of the form `column=label`; the last `=` counts.
    ///
    /// # Errors
    /// All entries that are not of this form, or that give one thing two columns.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<MappingError>> {
        let (mut mapping, mut problems) = (Self::default(), Vec::new());
        for entry in entries {
            let parts = entry.rsplit_once('=').map(|(column, name)| (column.trim(), name.trim()));
            let Some((column, name)) = parts.filter(|(column, name)| !column.is_empty() && !name.is_empty()) else {
                problems.push(MappingError::Form(entry.to_owned()));
                continue;
            };
            let target = Target::named(name);
            if mapping.entries.iter().any(|(_, other)| *other == target) {
                problems.push(MappingError::Twice(entry.to_owned(), name.to_owned()));
                continue;
            }
            mapping.entries.push((column.to_owned(), target));
        }
        if problems.is_empty() { Ok(mapping) } else { Err(problems) }
    }

    /// The labels that columns are mapped to.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|(_, target)| match target {
            Target::Label(label) => Some(label.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_fields_or_labels() {
        let mapping = Mapping::parse(["body=text", "a=b=spam", " scores.rude = insult "]).unwrap();
        let expected = [
            ("body", Target::Text),
            ("a=b", Target::Label("spam".into())),
            ("scores.rude", Target::Label("insult".into())),
        ];
        assert_eq!(mapping.entries, expected.map(|(column, target)| (column.to_owned(), target)));
        assert_eq!(mapping.labels().collect::<Vec<_>>(), ["spam", "insult"]);
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let problems = Mapping::parse(["text", "=spam", "a=", "a=text", "b=text", "c=spam", "d=spam"]).unwrap_err();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told[..3].iter().all(|line| line.contains("not of the form")), "{told:?}");
        assert!(told[3].contains("`text` has a column already") && told[4].contains("`spam`"), "{told:?}");
    }
}
