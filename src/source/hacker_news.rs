//! A story of Hacker News with its comments, as Algolia nests them at `hn.algolia.com/api/v1/items/ID`.
//!
//! Read: `id`, `type`, `author`, `created_at`, `title`, `url`, `text` (HTML), `parent_id`, `story_id`, `children` to any depth. The
//! outermost item is the story, and the thread has its id; a comment may be the outermost as well, which is then of the thread
//! of its `story_id`. What was deleted or killed has its id and children only: a comment without words. Options of polls are
//! left out and counted; so are points left out. Present answers name fields in alphabetical order, `children` before
//! `id`, so that replies, and all comments before their story, come first: such comments wait for it. Names of fields are those of
//! github.com/algolia/hn-search, `app/serializers/item_serializer.rb`, and of present answers (`parent_id`, `story_id`).

use super::Input;
use super::input::Defect;
use super::json_found::{Draft, Found, Header, Parent, ReadNode, Thread, html_words};
use super::json_node::Node;
use super::json_shape::{Field, Role, Shape, Target};
use super::words::Markup;

/// Reads a story or a comment with all below it.
pub(super) struct HackerNews;

impl ReadNode for HackerNews {
    fn shape(&self) -> Shape {
        Shape::alike(&[
            ("id", Target::Take(Field::Id)),
            ("type", Target::Take(Field::Kind)),
            ("author", Target::Take(Field::Author)),
            ("created_at", Target::Take(Field::CreatedAt)),
            ("title", Target::Take(Field::Title)),
            ("url", Target::Take(Field::Url)),
            ("text", Target::Take(Field::Html)),
            ("parent_id", Target::Take(Field::ParentId)),
            ("story_id", Target::Take(Field::ThreadId)),
            ("children", Target::Nodes(Role::Reply)),
        ])
    }

    fn read(&mut self, node: &Node, above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
        let limits = &input.limits;
        let kind = node.written(Field::Kind).unwrap_or_default();
        let id = node.id(Field::Id, limits)?;
        if kind == "pollopt" {
            found.push(Found::Skipped("poll option", 1));
            return Ok(());
        }
        let is_story = matches!(kind, "story" | "job" | "poll") || node.is_set(Field::Title);
        if is_story || (id.is_none() && above.is_empty()) {
            if is_story {
                found.push(Found::Thread(Header {
                    title: html_words(node.text(Field::Title, limits)?),
                    article: html_words(node.text(Field::Html, limits)?),
                    url: node.written(Field::Url).map(Into::into),
                    ..Header::new(id.map_or(Thread::Input, |id| Thread::Id(id.to_owned())))
                }));
            }
            return Ok(());
        }
        let story = node.id(Field::ThreadId, limits)?;
        let parent = node.id(Field::ParentId, limits)?;
        let parent = match (parent, story, above) {
            // The story itself is answered.
            (Some(parent), Some(story), _) if parent == story => Parent::None,
            // So it is where nothing says that the outermost item is a comment.
            (_, _, [root])
                if (parent.is_none() || story.is_none())
                    && root.written(Field::Kind) != Some("comment")
                    && !root.is_set(Field::ParentId) =>
            {
                Parent::None
            }
            (Some(parent), _, _) => Parent::Id(parent.to_owned()),
            (None, _, []) => Parent::None,
            (None, _, _) => Parent::Above,
        };
        let text = node.text(Field::Html, limits)?.unwrap_or_default();
        found.push(Found::Comment(Draft {
            id: id.map(str::to_owned),
            parent,
            author: node.written(Field::Author).map(str::to_owned),
            created_at: node.time(Field::CreatedAt),
            ..Draft::new(story.map_or(Thread::Root, |story| Thread::Id(story.to_owned())), text, Markup::Html)
        }));
        Ok(())
    }

    fn expected(&self) -> &'static str {
        "no `children`: not an item of Algolia's Hacker News API; hn.algolia.com/api/v1/items/ID answers one"
    }

    fn is_whole_before_lists(&self, node: &Node) -> bool {
        [Field::Id, Field::Kind, Field::Author, Field::CreatedAt, Field::Html, Field::ParentId, Field::ThreadId]
            .into_iter()
            .all(|field| node.get(field).is_some())
    }

    fn thread_field(&self) -> Field {
        Field::Id
    }
}
