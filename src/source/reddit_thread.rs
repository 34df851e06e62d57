//! A Reddit thread as its address with `.json` answers: the listing of the submission, then that of the comments.
//!
//! Read: the submission's `title`, `selftext`, `permalink`; of comments (kind `t1`) `id`, `parent_id`, `link_id`, `author`,
//! `created_utc`, `body` as Markdown, and the listing in `replies`, which is `""` where there are none. A listing alone is
//! read as well. `[removed]` is what moderators did, `[deleted]` what the author did; the words are gone in both. Kind
//! `more` stands for comments that the answer left out: they are counted. Left out: scores, awards, flairs, `body_html`.
//!
//! Reddit writes `replies` near the top of a comment, before its id and text, so that replies are read before what they answer.
//! Names of fields as in the answers of www.reddit.com, which are those of the archives (see `reddit.rs`).

use super::Input;
use super::input::Defect;
use super::json_found::{Draft, Found, Header, Parent, ReadNode, Thread, words};
use super::json_node::Node;
use super::json_shape::{Field, Role, Shape, Target};
use super::reddit::{Removal, is_stub, unescaped};
use super::words::Markup;
use crate::domain::RejectKind;

/// Reads the things of listings.
#[derive(Default)]
pub(super) struct RedditThread {
    /// The submission that came last.
    submission: Option<String>,
}

impl ReadNode for RedditThread {
    fn shape(&self) -> Shape {
        Shape::new(
            &[("data.children", Target::Nodes(Role::Comment))],
            &[
                ("kind", Target::Take(Field::Kind)),
                ("data.id", Target::Take(Field::Id)),
                ("data.link_id", Target::Take(Field::ThreadId)),
                ("data.parent_id", Target::Take(Field::ParentId)),
                ("data.author", Target::Take(Field::Author)),
                ("data.created_utc", Target::Take(Field::CreatedAt)),
                ("data.body", Target::Take(Field::Text)),
                ("data.title", Target::Take(Field::Title)),
                ("data.selftext", Target::Take(Field::Article)),
                ("data.permalink", Target::Take(Field::Url)),
                ("data.url", Target::Take(Field::SecondUrl)),
                ("data.count", Target::Take(Field::Count)),
                ("data.replies.data.children", Target::Nodes(Role::Reply)),
            ],
        )
    }

    fn read(&mut self, node: &Node, above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
        if node.role == Role::Root {
            return Ok(());
        }
        let kind = node.written(Field::Kind).unwrap_or_default();
        let id = node.id(Field::Id, &input.limits)?.map(|id| bare(id).to_owned());
        if kind == "more" {
            let count = node.written(Field::Count).and_then(|count| count.parse().ok()).unwrap_or(0);
            found.push(Found::Skipped("more stub", count));
        } else if kind == "t3" || (node.get(Field::Text).is_none() && node.get(Field::Title).is_some()) {
            let id = id.ok_or_else(|| Defect::new(RejectKind::InvalidField, "a submission without `id`"))?;
            found.push(Found::Thread(submission(node, &id, input)?));
            self.submission = Some(id);
        } else if kind == "t1" || node.get(Field::Text).is_some() {
            found.push(Found::Comment(self.comment(node, id, above, input)?));
        }
        Ok(())
    }

    fn needs_list(&self) -> bool {
        true
    }

    fn expected(&self) -> &'static str {
        "no `data.children`: not a listing of Reddit; the address of a thread with `.json` behind it answers one"
    }
}

impl RedditThread {
    fn comment(&self, node: &Node, id: Option<String>, above: &[Node], input: &Input) -> Result<Draft, Defect> {
        let body = node.text(Field::Text, &input.limits)?;
        let body = body.ok_or_else(|| Defect::new(RejectKind::MissingText, "no `body`"))?;
        let thread = match (node.id(Field::ThreadId, &input.limits)?, &self.submission) {
            (Some(link), _) => Thread::Id(bare(link).to_owned()),
            (None, Some(submission)) => Thread::Id(submission.clone()),
            (None, None) => Thread::Input,
        };
        let text = if is_stub(body) { String::new() } else { unescaped(body) };
        Ok(Draft {
            id,
            parent: match node.id(Field::ParentId, &input.limits)? {
                // What answers the submission has its name as the parent's.
                Some(parent) => match parent.strip_prefix("t1_") {
                    Some(parent) => Parent::Id(parent.to_owned()),
                    None => Parent::None,
                },
                None if above.len() > 1 => Parent::Above,
                None => Parent::None,
            },
            author: node.written(Field::Author).filter(|author| *author != "[deleted]").map(str::to_owned),
            created_at: node.time(Field::CreatedAt),
            moderation: Removal::of(body, None).decision,
            ..Draft::new(thread, text, Markup::Markdown)
        })
    }
}

fn submission(node: &Node, id: &str, input: &Input) -> Result<Header, Defect> {
    let text = |field: Field| {
        let text = node.text(field, &input.limits)?.filter(|text| !is_stub(text));
        Ok(words(text.map(unescaped).as_deref()))
    };
    let permalink = node.written(Field::Url).map(|path| format!("https://www.reddit.com{path}"));
    Ok(Header {
        title: text(Field::Title)?,
        article: text(Field::Article)?,
        url: permalink.or_else(|| node.written(Field::SecondUrl).map(str::to_owned)).map(Into::into),
        ..Header::new(Thread::Id(id.to_owned()))
    })
}

/// An id without the prefix that says what it names.
fn bare(id: &str) -> &str {
    id.strip_prefix("t1_").or_else(|| id.strip_prefix("t3_")).unwrap_or(id)
}
