//! Which field of an input is what, where the user says so.

/// What a field can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MappedField {
    /// The list of comments in a JSON document.
    Comments,
    /// The text of a comment, as plain text.
    Text,
    /// The text of a comment, as HTML.
    Html,
    /// The id of a comment.
    Id,
    /// The id of the comment that it answers.
    ParentId,
    /// The id of its thread.
    ThreadId,
    /// Its author.
    Author,
    /// When it was written.
    CreatedAt,
    /// What a moderator did with it.
    Decision,
    /// The title of its article.
    Title,
    /// The text of its article.
    Article,
    /// The address of its article.
    Url,
}

impl MappedField {
    /// All fields with the names that `--map` uses.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::Comments, "comments"),
        (Self::Text, "text"),
        (Self::Html, "html"),
        (Self::Id, "id"),
        (Self::ParentId, "parent_id"),
        (Self::ThreadId, "thread_id"),
        (Self::Author, "author"),
        (Self::CreatedAt, "created_at"),
        (Self::Decision, "decision"),
        (Self::Title, "title"),
        (Self::Article, "article"),
        (Self::Url, "url"),
    ];
}

/// Fields with the paths at which they stand: `text=content.body`, a column of a table or a field of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldMap {
    entries: Vec<(MappedField, String)>,
}

/// A map that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldMapError {
    /// Not of the form `field=path`.
    #[error("`--map {0}`: not of the form `field=path`\n  hint: write for example --map text=content.body")]
    Form(String),
    /// No such field.
    #[error("`--map {0}`: there is no field `{1}`\n  hint: a field is one of {names}", names = names())]
    Field(String, String),
    /// Two paths for one field.
    #[error("`--map {0}`: `{1}` has a path already\n  hint: each field has one path")]
    Twice(String, String),
}

fn names() -> String {
    MappedField::ALL.map(|(_, name)| name).join(", ")
}

impl FieldMap {
    /// Reads entries of the form `field=path`; the first `=` counts.
    ///
    /// # Errors
    /// All entries that are not of this form, name no field, or name one twice.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<FieldMapError>> {
        let (mut map, mut problems) = (Self::default(), Vec::new());
        for entry in entries {
            let parts = entry.split_once('=').map(|(field, path)| (field.trim(), path.trim()));
            let Some((name, path)) = parts.filter(|(_, path)| !path.is_empty()) else {
                problems.push(FieldMapError::Form(entry.to_owned()));
                continue;
            };
            let Some((field, _)) = MappedField::ALL.into_iter().find(|(_, known)| *known == name) else {
                problems.push(FieldMapError::Field(entry.to_owned(), name.to_owned()));
                continue;
            };
            if map.path(field).is_some() {
                problems.push(FieldMapError::Twice(entry.to_owned(), name.to_owned()));
                continue;
            }
            map.entries.push((field, path.to_owned()));
        }
        if problems.is_empty() { Ok(map) } else { Err(problems) }
    }

    /// The path of a field, if it has one.
    #[must_use]
    pub fn path(&self, field: MappedField) -> Option<&str> {
        self.entries.iter().find(|(known, _)| *known == field).map(|(_, path)| path.as_str())
    }

    /// Whether nothing is mapped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_or_refused() {
        let map = FieldMap::parse(["text=content.body", "id = _id"]).unwrap();
        assert_eq!((map.path(MappedField::Text), map.path(MappedField::Id)), (Some("content.body"), Some("_id")));
        let problems = FieldMap::parse(["text", "id=", "words=x", "text=a", "text=b"]).unwrap_err();
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), 4);
        assert!(shown[2].contains("there is no field `words`") && shown[3].contains("has a path already"));
    }
}
