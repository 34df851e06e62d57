//! Comments of Lemmy's API: `{"comments":[…]}` as `/api/v3/comment/list` answers, an array of views, or views one after the
//! other; also a single `comment_view`.
//!
//! Read: `comment.id`, `post_id`, `content` (Markdown), `path` (`0.12.34`: the last but one is the comment that is answered),
//! `published` (`published_at` from version 1 on), `removed` (by moderators), `deleted` (by the author: the words are gone),
//! `creator.name`; `post.name`, `body`, `url`, `ap_id` as the header of the post, once, also from a `post_view`. Left out: counts,
//! communities, votes, `language_id`, whose numbers differ among servers. Names of fields are those of
//! github.com/LemmyNet/lemmy-js-client, `src/types/Comment.ts` and `CommentView.ts`.

use super::Input;
use super::input::Defect;
use super::json_found::{Draft, Found, Headed, Header, Parent, ReadNode, Thread, words};
use super::json_node::Node;
use super::json_shape::{Field, Role, Shape, Target};
use super::words::Markup;
use crate::domain::{ModeratorDecision, RejectKind};

/// Reads views of comments.
#[derive(Default)]
pub(super) struct Lemmy {
    headed: Headed,
}

impl ReadNode for Lemmy {
    fn shape(&self) -> Shape {
        Shape::alike(&[
            ("comments", Target::Nodes(Role::Comment)),
            ("comment_view", Target::Nodes(Role::Comment)),
            ("post_view", Target::Nodes(Role::Top)),
            ("comment.id", Target::Take(Field::Id)),
            ("comment.post_id", Target::Take(Field::ThreadId)),
            ("comment.content", Target::Take(Field::Text)),
            ("comment.path", Target::Take(Field::ParentId)),
            ("comment.published", Target::Take(Field::CreatedAt)),
            ("comment.published_at", Target::Take(Field::CreatedAt)),
            ("comment.removed", Target::Take(Field::Removal)),
            ("comment.deleted", Target::Take(Field::Deleted)),
            ("creator.name", Target::Take(Field::Author)),
            ("post.id", Target::Take(Field::SecondId)),
            ("post.name", Target::Take(Field::Title)),
            ("post.body", Target::Take(Field::Article)),
            ("post.ap_id", Target::Take(Field::Url)),
            ("post.url", Target::Take(Field::SecondUrl)),
        ])
    }

    fn read(&mut self, node: &Node, _above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
        let limits = &input.limits;
        if let Some(post) = node.id(Field::SecondId, limits)?
            && self.headed.is_new(post, limits.max_threads)
        {
            match header(node, post, input) {
                Ok(header) => found.push(Found::Thread(header)),
                Err(defect) => found.push(Found::Defect(defect)),
            }
        }
        let is_comment = [Field::Id, Field::Text, Field::ParentId].into_iter().any(|field| node.get(field).is_some());
        if !is_comment {
            return Ok(());
        }
        let text = match node.text(Field::Text, limits)? {
            Some(_) if node.is_set(Field::Deleted) => "",
            Some(text) => text,
            // Who may not see a comment that is gone is sent none of it.
            None if node.is_set(Field::Deleted) || node.is_set(Field::Removal) => "",
            None => return Err(Defect::new(RejectKind::MissingText, "no `comment.content`")),
        };
        let thread = match (node.id(Field::ThreadId, limits)?, node.id(Field::SecondId, limits)?) {
            (Some(post), _) | (None, Some(post)) => Thread::Id(post.to_owned()),
            (None, None) => Thread::Input,
        };
        let path = node.id(Field::ParentId, limits)?.unwrap_or_default();
        let parent = path.rsplit('.').nth(1).filter(|parent| *parent != "0");
        found.push(Found::Comment(Draft {
            id: node.id(Field::Id, limits)?.map(str::to_owned),
            parent: parent.map_or(Parent::None, |parent| Parent::Id(parent.to_owned())),
            author: node.written(Field::Author).map(str::to_owned),
            created_at: node.time(Field::CreatedAt),
            moderation: node.is_set(Field::Removal).then_some(ModeratorDecision::Rejected),
            ..Draft::new(thread, text, Markup::Markdown)
        }));
        Ok(())
    }

    fn expected(&self) -> &'static str {
        "neither `comments` nor `comment`: not what Lemmy's /api/v3/comment/list answers"
    }
}

fn header(node: &Node, post: &str, input: &Input) -> Result<Header, Defect> {
    Ok(Header {
        title: words(node.text(Field::Title, &input.limits)?),
        article: words(node.text(Field::Article, &input.limits)?),
        url: node.written(Field::Url).or_else(|| node.written(Field::SecondUrl)).map(Into::into),
        ..Header::new(Thread::Id(post.to_owned()))
    })
}
