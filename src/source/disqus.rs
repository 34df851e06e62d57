//! The XML export of Disqus: categories, then threads, then posts.
//!
//! Names of elements are those of docs.disqus.com/developers/export. Ids are `dsq:id`; the element `id` of a thread is the
//! site's own name of it, that of a post often none at all. Addresses of people and machines are not read.
//!
//! `isSpam` is a rejection for the reason `spam`. `isDeleted` is no decision that is known, since authors delete too: the
//! reason is `deleted`. A post was shown where `isApproved` says so, or where that is missing and the others are both
//! stated to be false. A message may stand in character data or be escaped; both are HTML.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::Arc;

use super::input::Defect;
use super::words::{Markup, comment_of};
use super::xml::{Step, Xml};
use super::xml_comment::{MadeIds, XmlComment};
use super::xml_source::{ReadElements, XmlSource, another_kind};
use super::{Input, Source};
use crate::domain::{Body, Comment, CommentId, Item, ModeratorDecision, RejectKind, Stated, ThreadHeader, ThreadId};
use crate::text::html::article_text;

/// Of a title or an address no more than this is kept, in bytes.
const MAX_TITLE_BYTES: usize = 64 << 10;

pub(super) fn source<'r>(reader: Box<dyn BufRead + Send + 'r>, input: Input) -> impl Source + 'r {
    XmlSource::new(reader, Disqus::default(), input)
}

#[derive(Default)]
struct Disqus {
    has_root: bool,
    made_ids: MadeIds,
}

impl ReadElements for Disqus {
    fn read(&mut self, xml: &mut Xml<'_>, input: &Input, items: &mut VecDeque<Item>) -> Result<bool, Defect> {
        match xml.advance()? {
            Step::Open if xml.depth() == 1 => {
                if xml.name() != "disqus" {
                    return Err(another_kind("Disqus", "disqus"));
                }
                self.has_root = true;
            }
            Step::Open => match xml.name() {
                "thread" => items.push_back(Item::Thread(header(xml, input)?)),
                "post" => {
                    let post = self.post(xml, input)?;
                    items.push_back(post);
                }
                _ => xml.skip()?,
            },
            Step::Close => {}
            Step::End if self.has_root => return Ok(false),
            Step::End => return Err(another_kind("Disqus", "disqus")),
        }
        Ok(true)
    }
}

/// Reads a thread to its end.
fn header(xml: &mut Xml<'_>, input: &Input) -> Result<ThreadHeader, Defect> {
    let line = xml.line();
    let id = xml.id().map(ThreadId::new);
    let (mut title, mut article, mut url) = (None, None, None);
    let body = |text: &str| Some(article_text(text)).filter(|text| !text.is_empty()).map(Body::new);
    while xml.advance()? == Step::Open {
        match xml.name() {
            "title" => title = body(&xml.text(MAX_TITLE_BYTES)?.beginning),
            "message" => {
                let most = input.limits.max_page_bytes.min(input.limits.max_line_bytes);
                article = body(&xml.text(most)?.beginning);
            }
            "link" => {
                let address = xml.text(MAX_TITLE_BYTES)?.beginning;
                url = Some(address.trim()).filter(|address| !address.is_empty()).map(Arc::from);
            }
            _ => xml.skip()?,
        }
    }
    let thread_id = id.unwrap_or_else(|| ThreadId::new(format!("{}:{line}", input.number)));
    Ok(ThreadHeader { origin: input.origin(line), thread_id, title, article, url, language: None })
}

impl Disqus {
    /// Reads a post to its end.
    fn post(&mut self, xml: &mut Xml<'_>, input: &Input) -> Result<Item, Defect> {
        let mut found = XmlComment::new(xml.line());
        let made_id = self.made_ids.next(found.line, input);
        let mut fields = Fields { id: xml.id().map(str::to_owned), ..Fields::default() };
        while xml.advance()? == Step::Open {
            fields.read(&mut found, xml, input)?;
        }
        let line = found.line;
        let raw = std::mem::take(&mut found.raw);
        Ok(match fields.finish(found, input, made_id) {
            Ok(comment) => Item::Comment(Comment { raw: input.kept(&raw), ..comment }),
            Err(defect) => input.reject(line, defect, Some(raw.as_bytes())),
        })
    }
}

/// What is read of a post.
#[derive(Default)]
struct Fields {
    id: Option<String>,
    thread: Option<String>,
    parent: Option<String>,
    name: Option<String>,
    username: Option<String>,
    created_at: Option<String>,
    message: Option<String>,
    is_deleted: Option<bool>,
    is_spam: Option<bool>,
    is_approved: Option<bool>,
}

impl Fields {
    fn read(&mut self, found: &mut XmlComment, xml: &mut Xml<'_>, input: &Input) -> Result<(), Defect> {
        match xml.name() {
            "message" => self.message = found.body(xml, input)?,
            "createdAt" => self.created_at = found.field(xml, input)?,
            "isDeleted" => self.is_deleted = flag(found.field(xml, input)?.as_deref()),
            "isSpam" => self.is_spam = flag(found.field(xml, input)?.as_deref()),
            "isApproved" => self.is_approved = flag(found.field(xml, input)?.as_deref()),
            "thread" => {
                self.thread = xml.id().map(str::to_owned);
                xml.skip()?;
            }
            "parent" => {
                self.parent = xml.id().map(str::to_owned);
                xml.skip()?;
            }
            "author" => {
                while xml.advance()? == Step::Open {
                    match xml.name() {
                        "name" => self.name = found.field(xml, input)?,
                        "username" => self.username = found.field(xml, input)?,
                        _ => xml.skip()?,
                    }
                }
            }
            _ => xml.skip()?,
        }
        Ok(())
    }

    fn finish(self, found: XmlComment, input: &Input, made_id: CommentId) -> Result<Comment, Defect> {
        if let Some(defect) = found.defect {
            return Err(defect);
        }
        let text = match &self.message {
            Some(text) => text.as_str(),
            // What is left of a deleted post, which others may answer.
            None if self.is_deleted == Some(true) => "",
            None => return Err(Defect::new(RejectKind::MissingText, "no `message`")),
        };
        let thread_id = self.thread.map_or_else(|| input.thread_id(), ThreadId::new);
        let id = self.id.map_or(made_id, CommentId::new);
        let comment = comment_of(input, found.line, thread_id, id, text, Markup::Html)?;
        let (moderation, reason) = match (self.is_spam, self.is_deleted, self.is_approved) {
            (Some(true), ..) => (Some(ModeratorDecision::Rejected), Some("spam")),
            (_, Some(true), _) => (Some(ModeratorDecision::Unclear), Some("deleted")),
            (_, _, Some(true)) | (Some(false), Some(false), None) => (Some(ModeratorDecision::Approved), None),
            _ => (None, None),
        };
        Ok(Comment {
            parent_id: self.parent.map(CommentId::new),
            author: self.name.or(self.username).map(Body::new),
            created_at: self.created_at.map(Arc::from),
            moderation,
            stated: reason.map(|reason| Box::new(Stated { reasons: vec![reason.into()], ..Stated::default() })),
            ..comment
        })
    }
}

fn flag(written: Option<&str>) -> Option<bool> {
    match written?.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
#[path = "disqus_tests.rs"]
mod tests;
