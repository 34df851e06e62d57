//! The header row of a table: which column is what.

use std::sync::Arc;

use super::{FieldMap, Format, MappedField};
use crate::wire::label_names::{CIVIL_LABELS, JIGSAW_LABELS};

/// The names of the column of the text, the best first.
const TEXT_NAMES: [&str; 5] = ["text", "comment_text", "body", "comment", "content"];
const ID_NAMES: [&str; 2] = ["id", "comment_id"];
const PARENT_NAMES: [&str; 2] = ["parent_id", "parent"];
const THREAD_NAMES: [&str; 3] = ["thread_id", "thread", "article_id"];
const AUTHOR_NAMES: [&str; 4] = ["author", "user", "username", "comment_author"];
const TIME_NAMES: [&str; 5] = ["created_at", "date", "timestamp", "created_date", "post_time"];
/// These say nothing of whether a line is a header: texts may well begin with them.
const MODERATION_NAMES: [&str; 3] = ["decision", "status", "removal"];

/// Our names for the labels of the SFU Opinion and Comments Corpus (Kolhatkar et al., 2020).
const SOCC_LABELS: [(&str, &str); 2] = [("is_constructive", "constructive"), ("toxicity_level", "toxicity")];

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The columns that are read; all others are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) format: Format,
    /// The text of a comment; none in a table of articles.
    pub(super) text: Option<usize>,
    pub(super) is_html: bool,
    pub(super) id: Option<usize>,
    pub(super) parent_id: Option<usize>,
    pub(super) thread_id: Option<usize>,
    pub(super) author: Option<usize>,
    pub(super) created_at: Option<usize>,
    /// Columns of what a moderator did, the best first.
    pub(super) moderation: Vec<usize>,
    pub(super) title: Option<usize>,
    pub(super) article: Option<usize>,
    pub(super) url: Option<usize>,
    /// Columns of labels that people gave, with our names of the labels.
    pub(super) labels: Vec<(usize, Arc<str>)>,
    /// Number of columns, read or not.
    pub(super) columns: usize,
}

impl Header {
    /// Finds the columns by the map, then by their names, whatever their case; `None` where none of them is the text of a
    /// comment or an article.
    pub(super) fn find<'a>(names: impl Iterator<Item = &'a str>, map: &FieldMap) -> Option<Self> {
        let exact: Vec<&str> = names.collect();
        let names: Vec<String> = exact.iter().map(|name| plain_name(name)).collect();
        let position = |wanted: &[&str]| wanted.iter().find_map(|name| names.iter().position(|seen| seen == name));
        let mapped = |field| {
            let path = map.path(field)?;
            let as_written = exact.iter().position(|name| name.trim().trim_matches('"') == path);
            as_written.or_else(|| names.iter().position(|name| *name == plain_name(path)))
        };
        let column = |field, wanted: &[&str]| mapped(field).or_else(|| position(wanted));
        let format = format_of(&names);
        let is_socc = format == Format::Socc;
        let html = mapped(MappedField::Html);
        let labels: &[(&str, &str)] = match format {
            Format::Jigsaw => &JIGSAW_LABELS,
            Format::CivilComments => &CIVIL_LABELS,
            Format::Socc => &SOCC_LABELS,
            _ => &[],
        };
        let mut moderation: Vec<usize> = mapped(MappedField::Decision).into_iter().collect();
        moderation.extend(MODERATION_NAMES.iter().filter_map(|name| position(&[*name])));
        if format == Format::CivilComments {
            moderation.extend(position(&["rating"]));
        }
        let header = Self {
            format,
            text: html.or_else(|| column(MappedField::Text, &TEXT_NAMES)),
            is_html: html.is_some(),
            id: if is_socc { position(&["comment_counter"]) } else { column(MappedField::Id, &ID_NAMES) },
            parent_id: if is_socc { None } else { column(MappedField::ParentId, &PARENT_NAMES) },
            thread_id: column(MappedField::ThreadId, &THREAD_NAMES),
            author: column(MappedField::Author, &AUTHOR_NAMES),
            created_at: column(MappedField::CreatedAt, &TIME_NAMES),
            moderation,
            title: column(MappedField::Title, if is_socc { &["title"] } else { &[] }),
            article: column(MappedField::Article, if is_socc { &["article_text"] } else { &[] }),
            url: column(MappedField::Url, if is_socc { &["article_url"] } else { &[] }),
            labels: labels.iter().filter_map(|(name, label)| Some((position(&[*name])?, (*label).into()))).collect(),
            columns: names.len(),
        };
        (header.text.is_some() || (header.article.is_some() && header.thread_id.is_some())).then_some(header)
    }

    /// Number of columns that are read.
    fn known(&self) -> usize {
        self.columns_read().len() - self.moderation.len()
    }

    /// The columns that are read.
    pub(super) fn columns_read(&self) -> Vec<usize> {
        let optional = [
            self.text,
            self.id,
            self.parent_id,
            self.thread_id,
            self.author,
            self.created_at,
            self.title,
            self.article,
            self.url,
        ];
        let labels = self.labels.iter().map(|(column, _)| column);
        optional.iter().flatten().chain(&self.moderation).chain(labels).copied().collect()
    }

    /// The delimiter with which most columns of a line are known, then the one with the most columns.
    pub(super) fn delimiter(line: &str, map: &FieldMap) -> u8 {
        let rank = |delimiter: u8| {
            let known = Self::find(split(line, delimiter), map).map_or(0, |header| header.known());
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

    /// The table that a line is the header of, rather than prose that happens to hold the word `comment`: its columns
    /// look like names, and it names another column that is known, or has no space behind a delimiter. One column
    /// alone is a table only where the file's name says so.
    pub(super) fn table(line: &str, named_as_table: bool) -> Option<Format> {
        let map = FieldMap::default();
        let delimiter = Self::delimiter(line, &map);
        let header = Self::find(split(line, delimiter), &map)?;
        let like_names = split(line, delimiter).all(|name| {
            let name = plain_name(name);
            name.len() <= 40 && name.split('_').count() <= 4 && !name.ends_with(['.', '!', '?', '…'])
        });
        let is_compact = header.columns > 1 && !split(line, delimiter).any(|name| name.starts_with(' '));
        (like_names && (header.known() > 1 || is_compact || named_as_table)).then_some(header.format)
    }

    /// The names of the text column, for messages.
    pub(super) fn text_names() -> String {
        TEXT_NAMES.join(", ")
    }
}

/// The known table that has such columns.
fn format_of(names: &[String]) -> Format {
    let has = |name: &str| names.iter().any(|seen| seen == name);
    if has("comment_text") && has("toxic") {
        Format::Jigsaw
    } else if has("comment_text") && (has("target") || has("toxicity")) && has("severe_toxicity") && has("obscene") {
        Format::CivilComments
    } else if has("article_id") && (has("article_text") || (has("comment_counter") && has("comment_text"))) {
        Format::Socc
    } else {
        Format::Csv
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
        assert_eq!(char::from(Header::delimiter(line, &FieldMap::default())), char::from(delimiter), "{line}");
        assert_eq!(Header::table(line, false).is_some(), is_table, "{line}");
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
        assert!(Header::table("comment", true).is_some());
    }

    #[test]
    fn the_best_name_wins() {
        let find = |names: &[&str], map: &FieldMap| Header::find(names.iter().copied(), map);
        let none = FieldMap::default();
        let header = find(&["Body", "comment_id", "TEXT", "user"], &none).expect("a header");
        assert_eq!((header.text, header.id, header.author, header.columns), (Some(2), Some(1), Some(3), 4));
        assert_eq!(find(&["author"], &none), None);
        let map = FieldMap::parse(["text=Beitrag", "author=Who wrote"]).expect("a map");
        let header = find(&["id", "beitrag", "text", "who_wrote"], &map).expect("a header");
        assert_eq!((header.text, header.author), (Some(1), Some(3)));
    }

    #[test]
    fn known_tables_are_told_by_their_columns() {
        for (line, format) in [
            ("id,comment_text,toxic,severe_toxic,obscene,threat,insult,identity_hate", Format::Jigsaw),
            ("id,target,comment_text,severe_toxicity,obscene,identity_attack,insult,threat", Format::CivilComments),
            ("article_id,title,article_url,author,published_date,ncomments,article_text", Format::Socc),
            ("article_id,comment_counter,comment_author,timestamp,comment_text,TotalVotes", Format::Socc),
            ("id,text,toxic", Format::Csv),
        ] {
            assert_eq!(Header::table(line, false), Some(format), "{line}");
        }
    }
}
