//! The `.info.json` of yt-dlp, written with `--write-comments`: a video and its comments in a flat list.
//!
//! Read: `id`, `title`, `description`, `webpage_url` of the video; of comments `id`, `parent` (`root`, or an id), `author`,
//! `timestamp`, `text`, or `html` where that is all. Left out: likes, badges, `author_id`, `_time_text`, captions. Names of
//! fields are those of github.com/yt-dlp/yt-dlp, `yt_dlp/extractor/common.py`.

use super::Input;
use super::input::Defect;
use super::json_found::{Draft, Found, Header, Parent, ReadNode, Thread, words};
use super::json_node::Node;
use super::json_shape::{Field, Role, Shape, Target};
use super::words::Markup;
use crate::domain::RejectKind;

/// Reads a video and its comments.
pub(super) struct YtDlp;

impl ReadNode for YtDlp {
    fn shape(&self) -> Shape {
        Shape::new(
            &[
                ("id", Target::Take(Field::ThreadId)),
                ("title", Target::Take(Field::Title)),
                ("description", Target::Take(Field::Article)),
                ("webpage_url", Target::Take(Field::Url)),
                ("comments", Target::Nodes(Role::Comment)),
            ],
            &[
                ("id", Target::Take(Field::Id)),
                ("parent", Target::Take(Field::ParentId)),
                ("author", Target::Take(Field::Author)),
                ("timestamp", Target::Take(Field::CreatedAt)),
                ("text", Target::Take(Field::Text)),
                ("html", Target::Take(Field::Html)),
            ],
        )
    }

    fn read(&mut self, node: &Node, _above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
        let limits = &input.limits;
        if node.role == Role::Root {
            let header = Header {
                title: words(node.text(Field::Title, limits)?),
                article: words(node.text(Field::Article, limits)?),
                url: node.written(Field::Url).map(Into::into),
                ..Header::new(Thread::Root)
            };
            if header.title.is_some() || header.article.is_some() || header.url.is_some() {
                found.push(Found::Thread(header));
            }
            return Ok(());
        }
        let (text, markup) = match (node.text(Field::Text, limits)?, node.text(Field::Html, limits)?) {
            (Some(text), _) => (text, Markup::Plain),
            (None, Some(html)) => (html, Markup::Html),
            (None, None) => return Err(Defect::new(RejectKind::MissingText, "neither `text` nor `html`")),
        };
        let parent = node.id(Field::ParentId, limits)?.filter(|parent| *parent != "root");
        found.push(Found::Comment(Draft {
            id: node.id(Field::Id, limits)?.map(str::to_owned),
            parent: parent.map_or(Parent::None, |parent| Parent::Id(parent.to_owned())),
            author: node.written(Field::Author).map(str::to_owned),
            created_at: node.time(Field::CreatedAt),
            ..Draft::new(Thread::Root, text, markup)
        }));
        Ok(())
    }

    fn needs_list(&self) -> bool {
        true
    }

    fn expected(&self) -> &'static str {
        "no `comments`: not an .info.json with comments; yt-dlp writes them with --write-comments"
    }
}
