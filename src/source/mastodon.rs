//! Statuses of Mastodon's API: the answer of `/api/v1/statuses/ID/context`, alone or beside its `status`, or statuses in an
//! array.
//!
//! Read: `id`, `in_reply_to_id`, `content` (HTML), `spoiler_text` (the first line of the words), `account.acct`, `created_at`;
//! of a status that answers none also `url` and `language`: it is the thread's header, and its text the article. The context does
//! not hold the status that was asked for. Where that one is the root, the thread has the id that the first descendant answers;
//! otherwise the first ancestor is the root. Left out: boosts (`reblog`), media, polls, counts. A status whose
//! parent was not read begins a thread with the parent's id. Names of fields are those of
//! docs.joinmastodon.org/entities/Status and `/Context`.

use super::Input;
use super::Newest;
use super::input::Defect;
use super::json_found::{Draft, Found, Header, Parent, ReadNode, Thread, html_words};
use super::json_node::Node;
use super::json_shape::{Field, Role, Shape, Target};
use super::words::Markup;
use crate::domain::RejectKind;

/// Reads statuses. Of `limits.max_ids` of them the thread is known.
#[derive(Default)]
pub(super) struct Mastodon {
    threads: Newest<String, String>,
    /// The thread of the context that is being read.
    context: Option<String>,
}

impl ReadNode for Mastodon {
    fn shape(&self) -> Shape {
        Shape::alike(&[
            ("ancestors", Target::Nodes(Role::Ancestor)),
            ("descendants", Target::Nodes(Role::Descendant)),
            ("context.ancestors", Target::Nodes(Role::Ancestor)),
            ("context.descendants", Target::Nodes(Role::Descendant)),
            ("status", Target::Nodes(Role::Top)),
            ("statuses", Target::Nodes(Role::Comment)),
            ("id", Target::Take(Field::Id)),
            ("in_reply_to_id", Target::Take(Field::ParentId)),
            ("content", Target::Take(Field::Html)),
            ("spoiler_text", Target::Take(Field::Note)),
            ("account.acct", Target::Take(Field::Author)),
            ("created_at", Target::Take(Field::CreatedAt)),
            ("url", Target::Take(Field::Url)),
            ("language", Target::Take(Field::Language)),
        ])
    }

    fn read(&mut self, node: &Node, above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
        let limits = &input.limits;
        let Some(content) = node.text(Field::Html, limits)? else {
            if node.role == Role::Root {
                // The end of a context.
                self.context = None;
                return Ok(());
            }
            return Err(Defect::new(RejectKind::MissingText, "no `content`"));
        };
        let id = node.id(Field::Id, limits)?.ok_or_else(|| Defect::new(RejectKind::InvalidField, "no `id`"))?;
        let html = match node.text(Field::Note, limits)?.filter(|warning| !warning.trim().is_empty()) {
            // It is plain text.
            Some(warning) => format!("<p>{}</p>{content}", html_escape::encode_text(warning)),
            None => content.to_owned(),
        };
        let Some(answered) = node.id(Field::ParentId, limits)? else {
            self.context = if above.is_empty() { None } else { Some(id.to_owned()) };
            self.know(id, id, limits.max_ids);
            found.push(Found::Thread(Header {
                article: html_words(Some(&html)),
                url: node.written(Field::Url).map(Into::into),
                language: node.written(Field::Language).and_then(|code| code.parse().ok()),
                ..Header::new(Thread::Id(id.to_owned()))
            }));
            return Ok(());
        };
        let is_context = matches!(node.role, Role::Ancestor | Role::Descendant | Role::Top);
        let thread = match (self.threads.get(answered), &self.context) {
            (Some(thread), _) => thread.clone(),
            (None, Some(open)) if is_context => open.clone(),
            _ => answered.to_owned(),
        };
        if is_context && self.context.is_none() {
            self.context = Some(thread.clone());
        }
        self.know(id, &thread, limits.max_ids);
        found.push(Found::Comment(Draft {
            id: Some(id.to_owned()),
            parent: if answered == thread { Parent::None } else { Parent::Id(answered.to_owned()) },
            author: node.written(Field::Author).map(str::to_owned),
            created_at: node.time(Field::CreatedAt),
            ..Draft::new(Thread::Id(thread), html, Markup::Html)
        }));
        Ok(())
    }

    fn expected(&self) -> &'static str {
        "neither `ancestors` and `descendants` nor statuses: not the context of a status of Mastodon"
    }

    fn is_whole_before_lists(&self, node: &Node) -> bool {
        [
            Field::Id,
            Field::ParentId,
            Field::Html,
            Field::Note,
            Field::Author,
            Field::CreatedAt,
            Field::Url,
            Field::Language,
        ]
        .into_iter()
        .all(|field| node.get(field).is_some())
            && !node.is_set(Field::ParentId)
    }
}

impl Mastodon {
    fn know(&mut self, id: &str, thread: &str, max: usize) {
        self.threads.insert(id.to_owned(), thread.to_owned(), max);
    }
}
