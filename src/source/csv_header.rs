//! The header row of a table: which column is what.

use super::Format;

/// The names of the column of the text, the best first.
const TEXT_NAMES: [&str; 5] = ["text", "comment_text", "body", "comment", "content"];
const ID_NAMES: [&str; 2] = ["id", "comment_id"];
const PARENT_NAMES: [&str; 2] = ["parent_id", "parent"];
const THREAD_NAMES: [&str; 3] = ["thread_id", "thread", "article_id"];
const AUTHOR_NAMES: [&str; 3] = ["author", "user", "username"];
const TIME_NAMES: [&str; 4] = ["created_at", "date", "timestamp", "created_date"];
/// These say nothing of whether a line is a header: texts may well begin with them.
const MODERATION_NAMES: [&str; 3] = ["decision", "status", "removal"];

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The columns that are read; all others are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) text: usize,
    pub(super) id: Option<usize>,
    pub(super) parent_id: Option<usize>,
    pub(super) thread_id: Option<usize>,
    pub(super) author: Option<usize>,
    pub(super) created_at: Option<usize>,
    /// Columns of what a moderator did, the best first.
    pub(super) moderation: Vec<usize>,
    /// Number of columns, read or not.
    pub(super) columns: usize,
}

impl Header {
    /// Finds the columns by their names, whatever their case; `None` where none of them is the text.
    pub(super) fn find<'a>(names: impl Iterator<Item = &'a str>) -> Option<Self> {
        let names: Vec<String> = names.map(plain_name).collect();
        let position = |wanted: &[&str]| wanted.iter().find_map(|name| names.iter().position(|seen| seen == name));
        Some(Self {
            text: position(&TEXT_NAMES)?,
            id: position(&ID_NAMES),
            parent_id: position(&PARENT_NAMES),
            thread_id: position(&THREAD_NAMES),
            author: position(&AUTHOR_NAMES),
            created_at: position(&TIME_NAMES),
            moderation: MODERATION_NAMES.iter().filter_map(|name| position(&[*name])).collect(),
            columns: names.len(),
        })
    }

    /// Number of columns that are read.
    fn known(&self) -> usize {
        let optional = [self.id, self.parent_id, self.thread_id, self.author, self.created_at];
        1 + optional.iter().flatten().count()
    }

    /// The delimiter with which most columns of a line are known, then the one with the most columns.
    pub(super) fn delimiter(line: &str) -> u8 {
        let rank = |delimiter: u8| {
            let known = Self::find(split(line, delimiter)).map_or(0, |header| header.known());
            (known, split(line, delimiter).count())
        };
        let mut best = b',';
        for delimiter in DELIMITERS {
            if rank(delimiter) > rank(best) {
                best = delimiter;
            }
        }
        best
    }

    /// Whether a line is the header of a table rather than prose that happens to hold the word `comment`: its columns
    /// look like names, and it names another column that is known, or has no space behind a delimiter. One column
    /// alone is a table only where the file's name says so.
    pub(super) fn table(line: &str, named_as_table: bool) -> Option<Format> {
        Self::is_table(line, named_as_table).then_some(Format::Csv)
    }

    fn is_table(line: &str, named_as_table: bool) -> bool {
        let delimiter = Self::delimiter(line);
        let Some(header) = Self::find(split(line, delimiter)) else { return false };
        let like_names = split(line, delimiter).all(|name| {
            let name = plain_name(name);
            name.len() <= 40 && name.split('_').count() <= 4 && !name.ends_with(['.', '!', '?', '…'])
        });
        let is_compact = header.columns > 1 && !split(line, delimiter).any(|name| name.starts_with(' '));
        like_names && (header.known() > 1 || is_compact || named_as_table)
    }

    /// The names of the text column, for messages.
    pub(super) fn text_names() -> String {
        TEXT_NAMES.join(", ")
    }
}

fn split(line: &str, delimiter: u8) -> impl Iterator<Item = &str> {
    line.split(char::from(delimiter))
}

/// `"Comment Text"` as `comment_text`.
fn plain_name(name: &str) -> String {
    name.trim().trim_matches('"').trim().to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, delimiter: u8, is_table: bool) {
        assert_eq!(char::from(Header::delimiter(line)), char::from(delimiter), "{line}");
        assert_eq!(Header::is_table(line, false), is_table, "{line}");
    }

    #[test]
    fn headers_are_told_from_prose() {
        check("id,text", b',', true);
        check("ID;Comment Text;Date", b';', true);
        check("\"comment_id\"\t\"body\"", b'\t', true);
        check("thread|parent|content", b'|', true);
        check("article_id,comment,url,likes", b',', true);
        check("comment_text,toxic", b',', true);
        check("Well, comment, if you must", b',', false);
        check("comment", b',', false);
        check("text, I think", b',', false);
        check("Well, comment, if you must, it is a free country.", b',', false);
        check("No text here, sorry, user, this is what I have always said about all of these people", b',', false);
        check("id,author", b',', false);
        check("", b',', false);
        assert!(Header::is_table("comment", true));
    }

    #[test]
    fn the_best_name_wins() {
        let header = Header::find(["Body", "comment_id", "TEXT", "user"].into_iter()).expect("a header");
        assert_eq!((header.text, header.id, header.author, header.columns), (2, Some(1), Some(3), 4));
        assert_eq!(Header::find(["author"].into_iter()), None);
    }
}
