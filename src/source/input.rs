//! What is to be read, and how.

use std::sync::Arc;

use super::field_map::FieldMap;
use super::format::RequestedFormat;
use super::inputs::ReadSettings;
use crate::config::Limits;
use crate::domain::{Body, CommentId, Item, Origin, Reject, RejectKind, Stage, ThreadHeader, ThreadId};

/// One input of a run, and how to read it.
#[derive(Debug, Clone)]
pub struct Input {
    /// The name in messages: `stdin`, or the path as the user typed it. Its ending helps to tell the format.
    pub name: Arc<str>,
    /// Which input of the run it is, counted from 1; a file in an archive has its own place behind a point. Ids that the
    /// input lacks are made from it, never from the name, so that a file and the same bytes on stdin give the same ids.
    pub number: Arc<str>,
    /// The text of the article that the comments belong to.
    pub article: Option<Body>,
    /// The format that the user asked for.
    pub format: RequestedFormat,
    /// Which field is what, where the user says so.
    pub map: FieldMap,
    /// Bounds on lines, texts, pages and nesting.
    pub limits: Limits,
    /// Whether rejects carry the raw line.
    pub keep_raw: bool,
}

impl Input {
    /// An input of a name of which no more is read.
    #[must_use]
    pub fn named(name: Arc<str>, settings: &ReadSettings) -> Self {
        Self {
            name,
            number: "1".into(),
            article: None,
            format: settings.format,
            map: FieldMap::default(),
            limits: settings.limits.clone(),
            keep_raw: false,
        }
    }

    /// The thread of comments that name none: the whole input is one thread.
    pub(super) fn thread_id(&self) -> ThreadId {
        ThreadId::new(Arc::clone(&self.number))
    }

    /// The id of the only comment on a line.
    pub(super) fn comment_id(&self, line: u64) -> CommentId {
        CommentId::new(format!("{}:{line}", self.number))
    }

    /// The id of the `number`-th comment (from 1) of those on one line.
    pub(super) fn numbered_comment_id(&self, line: u64, number: u64) -> CommentId {
        CommentId::new(format!("{}:{line}.{number}", self.number))
    }

    /// The header of the thread that an article given with the input belongs to.
    pub(super) fn article_header(&self, article: &Body, url: Option<Arc<str>>) -> Item {
        Item::Thread(ThreadHeader {
            origin: self.origin(1),
            thread_id: self.thread_id(),
            title: None,
            article: Some(Body::new(article.as_str().trim_start_matches('\u{feff}').trim())),
            url,
            language: None,
        })
    }

    pub(super) fn origin(&self, line: u64) -> Origin {
        Origin::new(Arc::clone(&self.name), line)
    }

    /// The raw text of a comment that is read without fault, in case it is rejected later.
    pub(super) fn kept(&self, raw: &str) -> Option<Body> {
        self.keep_raw.then(|| Body::new(raw))
    }

    /// A reject; `raw` is dropped unless the input is to keep it.
    pub(super) fn reject(&self, line: u64, defect: Defect, raw: Option<&[u8]>) -> Item {
        Item::Reject(Reject {
            origin: self.origin(line),
            stage: Stage::Read,
            kind: defect.kind,
            detail: defect.detail.into(),
            raw: raw.filter(|_| self.keep_raw).map(Into::into),
        })
    }
}

/// What is wrong with a piece of input.
#[derive(Debug)]
pub(super) struct Defect {
    pub(super) kind: RejectKind,
    pub(super) detail: String,
}

impl Defect {
    pub(super) fn new(kind: RejectKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Bytes that are not UTF-8; `offset` counts from the beginning of the line or row.
    pub(super) fn invalid_utf8(offset: usize) -> Self {
        Self::new(
            RejectKind::InvalidUtf8,
            format!("not UTF-8 at byte {offset} of the line; convert the input with `iconv -t UTF-8`"),
        )
    }

    /// A line or row over the limit.
    pub(super) fn line_too_long(bytes: u64, max_line_bytes: usize) -> Self {
        Self::new(
            RejectKind::LineTooLong,
            format!("{bytes} bytes, the limit is {max_line_bytes} (limits.max_line_bytes)"),
        )
    }

    /// A comment's text over the limit, if it is.
    pub(super) fn body_too_long(bytes: usize, limits: &Limits) -> Option<Self> {
        (bytes > limits.max_body_bytes).then(|| {
            Self::new(
                RejectKind::BodyTooLong,
                format!("a text of {bytes} bytes, the limit is {} (limits.max_body_bytes)", limits.max_body_bytes),
            )
        })
    }

    /// The input broke off; `error` says at which byte.
    pub(super) fn unreadable(error: &std::io::Error) -> Self {
        Self::new(RejectKind::Unreadable, format!("the input broke off: {error}; all that came before it was read"))
    }
}
