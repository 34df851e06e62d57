//! Training data for the topic model: JSON lines of three shapes, read one by one.

use std::path::Path;

use serde::Deserialize;

use crate::labelled::{RowsError, read_json_rows};

/// What a row says of its comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It answers what it stands under.
    OnTopic,
    /// It does not, a person said.
    OffTopic,
    /// Nothing that could be learned from; it is only part of the thread.
    Unknown,
}

/// What a comment stands under. Rows with the same one, next to each other, are one thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// Headline.
    pub title: Option<String>,
    /// Article, or the text of a question.
    pub article: Option<String>,
    /// The text that opened the thread, which may be an article or just the first comment.
    pub opening: Option<String>,
}

/// One comment with what it stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it stands under.
    pub subject: Subject,
    /// The comment that it answers; `None` for a comment on the subject itself.
    pub parent: Option<String>,
    /// 1 for a comment on the subject itself.
    pub depth: u32,
    /// The comment.
    pub text: String,
    /// Whether it is on topic.
    pub judgement: Judgement,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawRow {
    Pair { root: String, root_title_like: bool, depth: u32, parent: String, comment: String },
    Question { title: Option<String>, article: Option<String>, comment: String, relevance: String },
    Labelled { article: Option<String>, root: Option<String>, parent: Option<String>, text: String, off_topic: u8 },
}

impl RawRow {
    fn into_row(self) -> Result<Row, String> {
        match self {
            Self::Pair { root, root_title_like, depth, parent, comment } => {
                let root = own_words(&root);
                let subject = if root_title_like {
                    Subject { title: Some(root), ..Subject::default() }
                } else {
                    Subject { opening: Some(root), ..Subject::default() }
                };
                let parent = (depth > 1).then(|| own_words(&parent));
                Ok(Row { subject, parent, depth, text: own_words(&comment), judgement: Judgement::OnTopic })
            }
            Self::Question { title, article, comment, relevance } => {
                let judgement = match relevance.as_str() {
                    "Good" | "PotentiallyUseful" => Judgement::OnTopic,
                    // A bad answer may well be on topic.
                    "Bad" => Judgement::Unknown,
                    other => return Err(format!("`relevance` is `{other}`; expected Good, PotentiallyUseful or Bad")),
                };
                let [title, article] = [title, article].map(|text| text.as_deref().map(own_words));
                let subject = Subject { title, article, opening: None };
                Ok(Row { subject, parent: None, depth: 1, text: own_words(&comment), judgement })
            }
            Self::Labelled { article, root, parent, text, off_topic } => {
                let judgement = match off_topic {
                    0 => Judgement::OnTopic,
                    1 => Judgement::OffTopic,
                    other => return Err(format!("`off_topic` is {other}; expected 0 or 1")),
                };
                let article = article.or(root).as_deref().map(own_words);
                if article.is_none() && parent.is_none() {
                    return Err("a labelled row needs `article`, `root` or `parent`".to_owned());
                }
                let parent = parent.as_deref().map(own_words);
                let depth = if parent.is_some() { 2 } else { 1 };
                let subject = Subject { article, ..Subject::default() };
                Ok(Row { subject, parent, depth, text: own_words(&text), judgement })
            }
        }
    }
}

/// What is said of a line that is no row.
const EXPECTED: &str = "no JSON object of a known shape ({root, root_title_like, depth, parent, comment}, {title, article, \
    comment, relevance} or {article|root, parent?, text, off_topic})";

/// Calls `each` with every row of a file, in order, and returns their number; see [`read_json_rows`].
///
/// # Errors
/// Where the file cannot be read, or a line is no row of a known shape.
pub fn read_rows(path: &Path, mut each: impl FnMut(Row)) -> Result<u64, RowsError> {
    read_json_rows(path, EXPECTED, |raw: RawRow| {
        each(raw.into_row()?);
        Ok(())
    })
}

/// The writer's own words: without quoted lines and web addresses, character references resolved.
fn own_words(text: &str) -> String {
    const REFERENCES: [(&str, &str); 6] =
        [("&gt;", ">"), ("&lt;", "<"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    let mut plain = text.to_owned();
    if plain.contains('&') {
        for (reference, character) in REFERENCES {
            plain = plain.replace(reference, character);
        }
    }
    let mut own = String::with_capacity(plain.len());
    for line in plain.lines().filter(|line| !line.trim_start().starts_with('>')) {
        let mut rest = line;
        while let Some(begin) = ["http://", "https://", "www."].iter().filter_map(|start| rest.find(start)).min() {
            let (before, address) = rest.split_at(begin);
            own.push_str(before);
            own.push(' ');
            let ends = |character: char| character.is_whitespace() || matches!(character, ')' | ']' | '>' | '"');
            rest = address.find(ends).map_or("", |end| address.split_at(end).1);
        }
        own.push_str(rest);
        own.push('\n');
    }
    own
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const PAIR: &str =
        r#"{"subreddit":"x","root":"Dam breaks","root_title_like":true,"depth":2,"parent":"Sad","comment":"Very sad"}"#;
    const QUESTION: &str = r#"{"title":"Bank","article":"Which bank?","comment":"The blue one","relevance":"Bad"}"#;
    const LABELLED: &str = r#"{"article":"Dam breaks","text":"Buy shoes","off_topic":1}"#;

    fn read(bytes: &[u8]) -> Result<Vec<Row>, RowsError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut rows = Vec::new();
        read_rows(file.path(), |row| rows.push(row)).map(|_| rows)
    }

    #[test]
    fn all_shapes_and_packings_are_read() {
        let plain = format!("{PAIR}\n\n{QUESTION}\n{LABELLED}");
        let rows = read(plain.as_bytes()).unwrap();
        let judgements: Vec<_> = rows.iter().map(|row| row.judgement).collect();
        assert_eq!(judgements, [Judgement::OnTopic, Judgement::Unknown, Judgement::OffTopic]);
        assert_eq!(rows[0].parent.as_deref(), Some("Sad\n"));
        assert_eq!(rows[0].subject.title.as_deref(), Some("Dam breaks\n"));
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(plain.as_bytes()).unwrap();
        assert_eq!(read(&gzip.finish().unwrap()).unwrap(), rows);
        assert_eq!(read(&zstd::encode_all(plain.as_bytes(), 1).unwrap()).unwrap(), rows);
    }

    #[test]
    fn a_bad_row_names_its_line_and_not_its_words() {
        for bad in [
            "{\"text\":\"secret\"}",
            "secret",
            "{\"article\":\"a\",\"text\":\"secret\",\"off_topic\":7}",
            "{\"text\":\"secret\",\"off_topic\":1}",
            "{\"title\":\"a\",\"comment\":\"secret\",\"relevance\":\"secret-ish\"}",
        ] {
            let error = read(format!("{PAIR}\n{bad}\n").as_bytes()).unwrap_err().to_string();
            assert!(error.contains(":2:") && !error.contains("secret\""), "{error}");
        }
    }

    #[test]
    fn quotes_and_addresses_are_not_own_words() {
        for (text, expected) in [
            ("&gt; quoted\nmine", "mine\n"),
            ("[moon](https://example.org/a?b=c&amp;d=e) and www.example.org", "[moon]( ) and  \n"),
            ("a &amp; b &lt;3", "a & b <3\n"),
            ("&amp;gt; twice", "&gt; twice\n"),
            ("", ""),
        ] {
            assert_eq!(own_words(text), expected, "{text}");
        }
    }
}
