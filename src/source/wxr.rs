//! `WordPress` eXtended RSS, versions 1.0 to 1.2: what Tools → Export writes.
//!
//! Names of elements are those of `WordPress`, `wp-admin/includes/export.php`. An item is a thread: its title, its address
//! and `content:encoded` make its header, `wp:post_id` is its id. An item without comments gives nothing but a count.
//!
//! What a moderator did is in `wp:comment_approved`: `1` is shown (also where nobody ever looked at it), `0` waits, `spam`
//! and `trash` were taken away. `post-trashed` says only that the post was. The exporter itself leaves spam out; other
//! programs that write this format do not.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::Arc;

use super::input::Defect;
use super::words::{Markup, comment_of};
use super::xml::{Step, Text, Xml};
use super::xml_comment::{MadeIds, XmlComment};
use super::xml_source::{ReadElements, XmlSource, another_kind};
use super::{Input, Source};
use crate::domain::{
    Aside, Body, Comment, CommentId, Item, ModeratorDecision, RejectKind, Stated, ThreadHeader, ThreadId,
};
use crate::text::html::article_text;

/// Of a title or an address no more than this is kept, in bytes.
const MAX_TITLE_BYTES: usize = 64 << 10;
/// What stands among the comments and is none: links from elsewhere, and notes that readers never saw.
const SKIPPED_TYPES: [(&str, &str); 5] = [
    ("pingback", "pingback"),
    ("trackback", "trackback"),
    ("note", "editors' note"),
    ("order_note", "order note"),
    ("action_log", "log entry"),
];

pub(super) fn source<'r>(reader: Box<dyn BufRead + Send + 'r>, input: Input) -> impl Source + 'r {
    XmlSource::new(reader, Wxr::default(), input)
}

#[derive(Default)]
struct Wxr {
    within: Within,
    has_root: bool,
    post: Post,
    made_ids: MadeIds,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    #[default]
    Document,
    Channel,
    Item,
}

/// The item that is open.
#[derive(Default)]
struct Post {
    line: u64,
    id: Option<ThreadId>,
    title: Option<Body>,
    article: Option<Body>,
    url: Option<Arc<str>>,
    /// What is wrong with the article, and on which line that stands.
    defects: Vec<(u64, Defect)>,
    has_comments: bool,
}

impl ReadElements for Wxr {
    fn read(&mut self, xml: &mut Xml<'_>, input: &Input, items: &mut VecDeque<Item>) -> Result<bool, Defect> {
        match xml.advance()? {
            Step::Open => self.open(xml, input, items)?,
            Step::Close => match self.within {
                Within::Item => {
                    if !self.post.has_comments {
                        items.push_back(Item::Aside(Aside::Skipped { what: "post without comments", count: 1 }));
                    }
                    self.within = Within::Channel;
                }
                Within::Channel => self.within = Within::Document,
                Within::Document => {}
            },
            Step::End if self.has_root => return Ok(false),
            Step::End => return Err(another_kind("WordPress (WXR)", "rss")),
        }
        Ok(true)
    }
}

impl Wxr {
    fn open(&mut self, xml: &mut Xml<'_>, input: &Input, items: &mut VecDeque<Item>) -> Result<(), Defect> {
        let name = xml.name().to_owned();
        match self.within {
            Within::Document if xml.depth() == 1 => {
                if name != "rss" {
                    return Err(another_kind("WordPress (WXR)", "rss"));
                }
                self.has_root = true;
            }
            Within::Document if name == "channel" => self.within = Within::Channel,
            Within::Channel if name == "item" => {
                self.within = Within::Item;
                self.post = Post { line: xml.line(), ..Post::default() };
            }
            Within::Item if is_wordpress(xml) => match name.as_str() {
                "post_id" => {
                    let id = xml.text(MAX_TITLE_BYTES)?.beginning;
                    self.post.id = Some(id.trim()).filter(|id| !id.is_empty()).map(ThreadId::new);
                }
                "comment" => self.comment(xml, input, items)?,
                _ => xml.skip()?,
            },
            Within::Item => match (xml.namespace(), name.as_str()) {
                ("", "title") => self.post.title = filled(&article_text(&xml.text(MAX_TITLE_BYTES)?.beginning)),
                ("", "link") => {
                    let url = xml.text(MAX_TITLE_BYTES)?.beginning;
                    self.post.url = Some(url.trim()).filter(|url| !url.is_empty()).map(Arc::from);
                }
                ("http://purl.org/rss/1.0/modules/content/" | "content", "encoded") => {
                    let line = xml.line();
                    let most = input.limits.max_page_bytes.min(input.limits.max_line_bytes);
                    let text = xml.text(most)?;
                    self.post.defects = article_defect(&text, most).into_iter().map(|defect| (line, defect)).collect();
                    self.post.article = filled(&article_text(&text.beginning));
                }
                _ => xml.skip()?,
            },
            _ => xml.skip()?,
        }
        Ok(())
    }

    /// Reads a comment to its end.
    fn comment(&mut self, xml: &mut Xml<'_>, input: &Input, items: &mut VecDeque<Item>) -> Result<(), Defect> {
        let mut found = XmlComment::new(xml.line());
        let made_id = self.made_ids.next(found.line, input);
        let mut fields = Fields::default();
        while xml.advance()? == Step::Open {
            if is_wordpress(xml) {
                fields.read(&mut found, xml, input)?;
            } else {
                xml.skip()?;
            }
        }
        if let Some((_, what)) = SKIPPED_TYPES.iter().find(|(kind, _)| fields.kind.as_deref() == Some(kind)) {
            items.push_back(Item::Aside(Aside::Skipped { what, count: 1 }));
            return Ok(());
        }
        let thread_id = self.announce(input, items);
        let line = found.line;
        let raw = std::mem::take(&mut found.raw);
        items.push_back(match fields.finish(found, input, thread_id, made_id) {
            Ok(comment) => Item::Comment(Comment { raw: input.kept(&raw), ..comment }),
            Err(defect) => input.reject(line, defect, Some(raw.as_bytes())),
        });
        Ok(())
    }

    /// Hands the header of the open item out, before the first of its comments.
    fn announce(&mut self, input: &Input, items: &mut VecDeque<Item>) -> ThreadId {
        let post = &mut self.post;
        let made_id = || ThreadId::new(format!("{}:{}", input.number, post.line));
        let thread_id = post.id.get_or_insert_with(made_id).clone();
        if !post.has_comments {
            post.has_comments = true;
            items.extend(post.defects.drain(..).map(|(line, defect)| input.reject(line, defect, None)));
            items.push_back(Item::Thread(ThreadHeader {
                origin: input.origin(post.line),
                thread_id: thread_id.clone(),
                title: post.title.take(),
                article: post.article.take(),
                url: post.url.take(),
                language: None,
            }));
        }
        thread_id
    }
}

/// What is read of a comment. Addresses of people and machines are not.
#[derive(Default)]
struct Fields {
    id: Option<String>,
    author: Option<String>,
    user_id: Option<String>,
    date: Option<String>,
    date_gmt: Option<String>,
    text: Option<String>,
    approved: Option<String>,
    kind: Option<String>,
    parent: Option<String>,
    is_akismet_spam: bool,
}

impl Fields {
    fn read(&mut self, found: &mut XmlComment, xml: &mut Xml<'_>, input: &Input) -> Result<(), Defect> {
        match xml.name() {
            "comment_id" => self.id = found.field(xml, input)?,
            "comment_author" => self.author = found.field(xml, input)?,
            "comment_user_id" => self.user_id = found.field(xml, input)?,
            "comment_date" => self.date = found.field(xml, input)?,
            "comment_date_gmt" => self.date_gmt = found.field(xml, input)?,
            "comment_content" => self.text = found.body(xml, input)?,
            "comment_approved" => self.approved = found.field(xml, input)?,
            "comment_type" => self.kind = found.field(xml, input)?,
            "comment_parent" => self.parent = found.field(xml, input)?,
            "commentmeta" => {
                let (mut key, mut value) = (String::new(), String::new());
                while xml.advance()? == Step::Open {
                    match xml.name() {
                        "meta_key" => key = xml.text(MAX_TITLE_BYTES)?.beginning,
                        "meta_value" => value = xml.text(MAX_TITLE_BYTES)?.beginning,
                        _ => xml.skip()?,
                    }
                }
                self.is_akismet_spam |= key.trim() == "akismet_result" && value.trim() == "true";
            }
            _ => xml.skip()?,
        }
        Ok(())
    }

    fn finish(
        self,
        found: XmlComment,
        input: &Input,
        thread_id: ThreadId,
        made_id: CommentId,
    ) -> Result<Comment, Defect> {
        if let Some(defect) = found.defect {
            return Err(defect);
        }
        let Some(text) = &self.text else {
            return Err(Defect::new(RejectKind::MissingText, "no `wp:comment_content`"));
        };
        let id = self.id.map_or(made_id, CommentId::new);
        let comment = comment_of(input, found.line, thread_id, id, text, Markup::Html)?;
        let (moderation, reason) = decision(self.approved.as_deref());
        let by_software = self.is_akismet_spam && moderation == Some(ModeratorDecision::Rejected);
        let reasons: Vec<Arc<str>> =
            reason.into_iter().chain(by_software.then_some("akismet")).map(Arc::from).collect();
        let is_given = |number: &String| number != "0";
        Ok(Comment {
            parent_id: self.parent.filter(is_given).map(CommentId::new),
            author: self.author.or(self.user_id.filter(is_given)).map(Body::new),
            created_at: time(self.date_gmt.as_deref(), self.date),
            moderation,
            stated: (!reasons.is_empty()).then(|| Box::new(Stated { reasons, ..Stated::default() })),
            ..comment
        })
    }
}

fn decision(approved: Option<&str>) -> (Option<ModeratorDecision>, Option<&'static str>) {
    match approved {
        Some("1") => (Some(ModeratorDecision::Approved), None),
        Some("spam") => (Some(ModeratorDecision::Rejected), Some("spam")),
        Some("trash") => (Some(ModeratorDecision::Rejected), Some("trash")),
        // Not looked at yet; or in the trash together with its post, which says nothing of the comment.
        None | Some("0" | "post-trashed") => (None, None),
        Some(other) => (ModeratorDecision::from_word(other), None),
    }
}

/// The time in UTC as RFC 3339, else the site's own time as it is written. All noughts are none.
fn time(gmt: Option<&str>, local: Option<String>) -> Option<Arc<str>> {
    let is_time = |time: &str| !time.starts_with("0000-00-00");
    if let Some(gmt) = gmt.filter(|time| is_time(time)) {
        let is_plain = gmt.len() == 19 && gmt.is_ascii() && gmt.contains(' ');
        return Some(if is_plain { format!("{}Z", gmt.replace(' ', "T")).into() } else { gmt.into() });
    }
    local.filter(|time| is_time(time)).map(Arc::from)
}

fn article_defect(text: &Text, max_bytes: usize) -> Option<Defect> {
    if text.is_cut {
        let detail = format!(
            "an article of {} bytes: its first {max_bytes} were read (limits.max_line_bytes, limits.max_page_bytes)",
            text.bytes
        );
        return Some(Defect::new(RejectKind::BodyTooLong, detail));
    }
    text.is_broken.then(|| {
        Defect::new(RejectKind::InvalidUtf8, "bytes of the article are not UTF-8, and U+FFFD stands in their place")
    })
}

fn is_wordpress(xml: &Xml<'_>) -> bool {
    let namespace = xml.namespace();
    let version = namespace.strip_prefix("http://").or_else(|| namespace.strip_prefix("https://"));
    let version = version.and_then(|rest| rest.strip_prefix("wordpress.org/export/"));
    namespace == "wp" || version.is_some_and(|version| !version.contains("excerpt"))
}

fn filled(text: &str) -> Option<Body> {
    (!text.is_empty()).then(|| Body::new(text))
}

#[cfg(test)]
#[path = "wxr_tests.rs"]
mod tests;
