//! Texts whose language is known: JSON lines, read one by one.

use std::path::Path;

use serde::Deserialize;

use super::json_rows::{RowsError, read_json_rows};
use crate::domain::LanguageCode;

/// A text, or a word of a list, in a language.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageRow {
    /// Its language.
    pub language: LanguageCode,
    /// The text.
    pub text: String,
    /// Whether it is a text of its own, a word or two out of some text, or a word of a list.
    pub kind: LanguageRowKind,
    /// How much the row counts against others of its language; unless stated 1, and 0.3 for a word or two.
    pub weight: f64,
}

/// What a row holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LanguageRowKind {
    /// A sentence, or several: a comment, say.
    Text,
    /// A word or two.
    Words,
    /// A word of a list, with its share of running text, 0..=1.
    Listed {
        /// The share.
        frequency: f64,
    },
}

/// A word or two say less about a language than a sentence.
const WEIGHT_OF_WORDS: f64 = 0.3;

/// What is said of a line that is none.
const EXPECTED: &str = "no JSON object with a language and a text\n  hint: {\"lang\": \"sr\", \"text\": …}, and for words of a \
    list \"frequency\"";

#[derive(Deserialize)]
struct RawRow {
    #[serde(alias = "language")]
    lang: String,
    text: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    frequency: Option<f64>,
    #[serde(default)]
    weight: Option<f64>,
}

impl RawRow {
    fn into_row(self) -> Result<LanguageRow, String> {
        let language = self.lang.parse().map_err(|error| format!("`lang`: {error}"))?;
        let is_words = matches!(self.kind.as_deref(), Some("word" | "word_pair"));
        let weight = self.weight.unwrap_or(if is_words { WEIGHT_OF_WORDS } else { 1.0 });
        if !(weight > 0.0 && weight.is_finite()) {
            return Err("`weight` must be a number above 0".to_owned());
        }
        let kind = match self.frequency {
            Some(frequency) if frequency > 0.0 && frequency <= 1.0 => LanguageRowKind::Listed { frequency },
            Some(_) => return Err("`frequency` must be above 0 and at most 1".to_owned()),
            None if is_words => LanguageRowKind::Words,
            None => LanguageRowKind::Text,
        };
        Ok(LanguageRow { language, text: self.text, kind, weight })
    }
}

/// Calls `each` with every row of a file, in order, and returns their number; see [`read_json_rows`].
///
/// # Errors
/// Where the file cannot be read, or a line is no row.
pub fn read_language_rows(path: &Path, mut each: impl FnMut(LanguageRow)) -> Result<u64, RowsError> {
    read_json_rows(path, EXPECTED, |raw: RawRow| {
        each(raw.into_row()?);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Result<Vec<LanguageRow>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        std::fs::write(&path, lines).unwrap();
        let mut rows = Vec::new();
        let count = read_language_rows(&path, |row| rows.push(row)).map_err(|error| error.to_string())?;
        assert_eq!(count as usize, rows.len());
        Ok(rows)
    }

    #[test]
    fn rows_are_texts_words_or_parts_of_a_list() {
        let rows = read(
            "{\"lang\":\"sr\",\"text\":\"Dobar dan.\",\"kind\":\"sentence\",\"source\":\"here\"}\n\n\
             {\"language\":\"de\",\"text\":\"Haus\",\"kind\":\"word\",\"weight\":0.5}\n\
             {\"lang\":\"en\",\"text\":\"the\",\"frequency\":0.05}\n",
        )
        .unwrap();
        let kinds: Vec<LanguageRowKind> = rows.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, [LanguageRowKind::Text, LanguageRowKind::Words, LanguageRowKind::Listed { frequency: 0.05 }]);
        assert_eq!((rows[0].language, rows[1].weight), (LanguageCode::SR, 0.5));
    }

    #[test]
    fn broken_rows_are_refused_with_their_place_and_without_their_words() {
        for (line, expected) in [
            ("secret", "rows.jsonl:2: no JSON object with a language and a text"),
            ("{\"lang\":\"serbian\",\"text\":\"secret\"}", "rows.jsonl:2: `lang`: a language is two or three letters"),
            ("{\"lang\":\"sr\",\"text\":\"secret\",\"weight\":0}", "rows.jsonl:2: `weight` must be"),
            ("{\"lang\":\"sr\",\"text\":\"secret\",\"frequency\":2}", "rows.jsonl:2: `frequency` must be"),
        ] {
            let error = read(&format!("{{\"lang\":\"sr\",\"text\":\"a\"}}\n{line}\n")).unwrap_err();
            assert!(error.contains(expected) && !error.contains("secret"), "{error}");
        }
        assert!(read_language_rows(Path::new("nowhere"), |_| {}).is_err());
    }
}
