//! A topic of Discourse as `/t/ID.json` answers.
//!
//! Read: `title` and `id` of the topic; of `post_stream.posts[]` `post_number`, `reply_to_post_number`, `topic_id`, `username`,
//! `created_at`, `cooked` (HTML), `hidden`, `cooked_hidden`, `deleted_at`, `user_deleted`, `post_type`. The first post is the article, and
//! answering it is answering no comment. Comments have their post's number as id: it is what answers name, and stands in
//! addresses. The answer names the title behind the posts, so that the header comes once more at the end. What moderators deleted,
//! or readers' flags hid, is rejected; small actions ("closed this topic") are left out and counted. An answer has the
//! first twenty posts; the ids of the others, in `post_stream.stream`, are not comments. The address of the site is not in it.
//! Names of fields are those of Discourse's source, github.com/discourse/discourse, `app/serializers/post_serializer.rb` and
//! `topic_view_serializer.rb`, and of answers; `cooked_hidden` is unconfirmed.

use super::Input;
use super::input::Defect;
use super::json_found::{Draft, Found, Header, Parent, ReadNode, Thread, html_words, words};
use super::json_node::Node;
use super::json_shape::{Field, Role, Shape, Target};
use super::words::Markup;
use crate::domain::{Body, ModeratorDecision, RejectKind};

/// Reads topics.
#[derive(Default)]
pub(super) struct Discourse {
    /// The topic and text of the first post that was read.
    first: Option<(Option<String>, Option<Body>)>,
}

impl ReadNode for Discourse {
    fn shape(&self) -> Shape {
        Shape::new(
            &[
                ("post_stream.posts", Target::Nodes(Role::Comment)),
                ("id", Target::Take(Field::ThreadId)),
                ("title", Target::Take(Field::Title)),
            ],
            &[
                ("post_number", Target::Take(Field::Id)),
                ("reply_to_post_number", Target::Take(Field::ParentId)),
                ("topic_id", Target::Take(Field::ThreadId)),
                ("username", Target::Take(Field::Author)),
                ("created_at", Target::Take(Field::CreatedAt)),
                ("cooked", Target::Take(Field::Html)),
                ("post_type", Target::Take(Field::Kind)),
                ("hidden", Target::Take(Field::Hidden)),
                ("cooked_hidden", Target::Take(Field::Note)),
                ("deleted_at", Target::Take(Field::Removal)),
                ("user_deleted", Target::Take(Field::Deleted)),
            ],
        )
    }

    fn read(&mut self, node: &Node, above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
        let limits = &input.limits;
        if node.role == Role::Root {
            let title = words(node.text(Field::Title, limits)?);
            if !node.has_list && title.is_none() {
                return Ok(());
            }
            let (topic, article) = self.first.clone().unwrap_or_default();
            if title.is_some() || article.is_some() {
                let thread = topic.map_or(Thread::Root, Thread::Id);
                found.push(Found::Thread(Header { title, article, ..Header::new(thread) }));
            }
            return Ok(());
        }
        let topic = match node.id(Field::ThreadId, limits)? {
            Some(topic) => Some(topic.to_owned()),
            None => above.first().and_then(|root| root.id(Field::ThreadId, limits).ok().flatten()).map(str::to_owned),
        };
        let number = node.id(Field::Id, limits)?;
        if node.written(Field::Kind) == Some("3") {
            found.push(Found::Skipped("small action", 1));
            return Ok(());
        }
        let cooked = node.text(Field::Html, limits)?;
        let cooked = cooked.ok_or_else(|| Defect::new(RejectKind::MissingText, "no `cooked`"))?;
        if number == Some("1") {
            let article = html_words(Some(cooked));
            self.first = Some((topic.clone(), article.clone()));
            let title = above.first().and_then(|root| root.text(Field::Title, limits).ok().flatten());
            if let Some(topic) = topic {
                found.push(Found::Thread(Header { title: words(title), article, ..Header::new(Thread::Id(topic)) }));
            }
            return Ok(());
        }
        let is_own = node.is_set(Field::Deleted);
        let is_hidden = node.is_set(Field::Hidden);
        let is_gone = is_own || node.is_set(Field::Note);
        found.push(Found::Comment(Draft {
            id: number.map(str::to_owned),
            parent: match node.id(Field::ParentId, limits)?.filter(|parent| *parent != "1") {
                Some(parent) => Parent::Id(parent.to_owned()),
                None => Parent::None,
            },
            author: node.written(Field::Author).map(str::to_owned),
            created_at: node.time(Field::CreatedAt),
            moderation: (is_hidden || (node.is_set(Field::Removal) && !is_own)).then_some(ModeratorDecision::Rejected),
            reasons: if is_hidden { vec!["hidden".into()] } else { Vec::new() },
            ..Draft::new(topic.map_or(Thread::Root, Thread::Id), if is_gone { "" } else { cooked }, Markup::Html)
        }));
        Ok(())
    }

    fn needs_list(&self) -> bool {
        true
    }

    fn expected(&self) -> &'static str {
        "no `post_stream`: not a topic of Discourse; /t/ID.json answers one"
    }
}
