//! A row of a table, whatever file it stands in: a comment, an article, or both.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::csv_header::Header;
use super::input::Defect;
use super::words::{Markup, comment_of};
use super::{Format, Input};
use crate::domain::{Body, Comment, CommentId, Item, ModeratorDecision, Stated, ThreadHeader, ThreadId};
use crate::text::html::article_text;
use crate::text::words::hash_word;

/// The fields of a row.
pub(super) trait Fields {
    /// The field in a column; `None` where there is none. An empty one may come as an empty text.
    fn field(&self, column: usize) -> Result<Option<&str>, Defect>;
}

/// Where a row stands.
pub(super) struct RowPlace<'a> {
    pub(super) input: &'a Input,
    /// The line on which it begins, or its number in a file without lines; counted from 1.
    pub(super) line: u64,
    /// The row as it is written, where it is kept.
    pub(super) raw: Option<Body>,
}

/// A table whose columns are known.
pub(super) struct Table {
    pub(super) header: Header,
    /// What was last said of each thread, as a hash.
    said: FxHashMap<ThreadId, u64>,
}

impl Table {
    pub(super) fn new(header: Header) -> Self {
        Self { header, said: FxHashMap::default() }
    }

    /// Reads a row: what it says of its thread that was not said before, and its comment.
    pub(super) fn read(
        &mut self,
        row: &impl Fields,
        place: RowPlace<'_>,
    ) -> Result<(Option<Item>, Option<Item>), Defect> {
        let thread_id = named(row, self.header.thread_id)?;
        let thread_id = thread_id.map_or_else(|| place.input.thread_id(), |id| ThreadId::new(whole_number(id)));
        let thread = self.thread(row, &thread_id, &place)?;
        let comment = match self.header.text {
            Some(text) => {
                let text = row.field(text)?.unwrap_or_default();
                Some(Item::Comment(comment(&self.header, row, thread_id, text, place)?))
            }
            None => None,
        };
        if let Some(header) = &thread {
            if self.said.len() >= MAX_THREADS {
                self.said.clear();
            }
            self.said.insert(header.thread_id.clone(), hash_of(header));
        }
        Ok((thread.map(Item::Thread), comment))
    }

    fn thread(
        &self,
        row: &impl Fields,
        thread_id: &ThreadId,
        place: &RowPlace<'_>,
    ) -> Result<Option<ThreadHeader>, Defect> {
        let body = |column| Ok(named(row, column)?.map(Body::new));
        let (title, article) = (body(self.header.title)?, body(self.header.article)?);
        // SOCC's articles are HTML.
        let article = match article {
            Some(article) if self.header.format == Format::Socc => Some(Body::new(article_text(article.as_str()))),
            other => other,
        };
        let url = named(row, self.header.url)?.map(Arc::from);
        if title.is_none() && article.is_none() && url.is_none() {
            return Ok(None);
        }
        let origin = place.input.origin(place.line);
        let said = ThreadHeader { origin, thread_id: thread_id.clone(), title, article, url, language: None };
        let is_new = self.said.get(thread_id) != Some(&hash_of(&said));
        Ok(is_new.then_some(said))
    }
}

/// How many threads are remembered, so that what a row says of its thread is not said again.
const MAX_THREADS: usize = 10_000;

fn comment(
    header: &Header,
    row: &impl Fields,
    thread_id: ThreadId,
    text: &str,
    place: RowPlace<'_>,
) -> Result<Comment, Defect> {
    let id = named(row, header.id)?.map(whole_number);
    let id = id.map_or_else(|| place.input.comment_id(place.line), CommentId::new);
    let parent_id = match header.format {
        Format::Socc => parent_of_counter(id.as_str()).map(CommentId::new),
        _ => named(row, header.parent_id)?.map(whole_number).map(CommentId::new),
    };
    let labels = labels(header, row)?;
    let markup = if header.is_html { Markup::Html } else { Markup::Plain };
    Ok(Comment {
        parent_id,
        author: named(row, header.author)?.map(Body::new),
        created_at: named(row, header.created_at)?.map(Arc::from),
        moderation: moderation(header, row),
        stated: (!labels.is_empty()).then(|| Box::new(Stated { labels, ..Stated::default() })),
        raw: place.raw,
        ..comment_of(place.input, place.line, thread_id, id, text, markup)?
    })
}

/// Labels that people gave, as shares of them.
fn labels(header: &Header, row: &impl Fields) -> Result<Vec<(Arc<str>, f64)>, Defect> {
    let mut labels: Vec<(Arc<str>, f64)> = Vec::new();
    for (column, label) in &header.labels {
        let written = row.field(*column)?.unwrap_or_default().trim().to_ascii_lowercase();
        let share = match written.as_str() {
            "yes" | "true" => Some(1.0),
            "no" | "false" => Some(0.0),
            // Levels of 1 (not toxic) to 4.
            level if header.format == Format::Socc => {
                level.parse::<f64>().ok().filter(|level| (1.0..=4.0).contains(level)).map(|level| (level - 1.0) / 3.0)
            }
            // The first challenge's test set marks rows that nobody judged with -1.
            share => share.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share)),
        };
        if let Some(share) = share.filter(|_| !labels.iter().any(|(known, _)| known == label)) {
            labels.push((Arc::clone(label), share));
        }
    }
    Ok(labels)
}

/// What a moderator did: the first of the columns that says so.
fn moderation(header: &Header, row: &impl Fields) -> Option<ModeratorDecision> {
    let said = header.moderation.iter().filter_map(|column| match row.field(*column) {
        Ok(word) => ModeratorDecision::from_word(word?),
        Err(_) => Some(ModeratorDecision::Unclear),
    });
    said.reduce(|first, next| if first == ModeratorDecision::Unclear { next } else { first })
}

/// A field that is not empty.
fn named(row: &impl Fields, column: Option<usize>) -> Result<Option<&str>, Defect> {
    let Some(column) = column else { return Ok(None) };
    Ok(row.field(column)?.filter(|value| !value.is_empty()))
}

/// What a header says of its thread, as a hash.
fn hash_of(header: &ThreadHeader) -> u64 {
    let text = |body: Option<&Body>| hash_word(body.map_or("", Body::as_str));
    text(header.title.as_ref()).rotate_left(1) ^ text(header.article.as_ref())
}

/// `12` for the `12.0` of a spreadsheet or data frame.
fn whole_number(id: &str) -> &str {
    let digits = id.strip_suffix(".0").unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) { id } else { digits }
}

/// The parent of a comment of SOCC, whose counter spells the way to it: `source1_123_4_0` answers `source1_123_4`, and
/// `source1_123_4` the article.
fn parent_of_counter(counter: &str) -> Option<&str> {
    let (parent, _) = counter.rsplit_once('_')?;
    (parent.matches('_').count() >= 2).then_some(parent)
}
