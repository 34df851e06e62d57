//! Answers of the `YouTube` Data API: pages of `commentThreads.list` and `comments.list`, one, an array of them, or one
//! after the other; also their items alone.
//!
//! Read: `id`, `snippet.videoId` (of the comment, else of its thread), `snippet.parentId`, `snippet.textOriginal`, else
//! `snippet.textDisplay` (HTML), `snippet.authorDisplayName`, `snippet.publishedAt`, `snippet.moderationStatus`, which only the
//! owner of the video is shown: `published` and `rejected` are decisions, `heldForReview` is none, and `likelySpam` is none but kept
//! as a reason. A page holds some of a thread's replies only. Video titles are not in these answers. Left out: likes,
//! pictures, channels. Names of fields are those of developers.google.com/youtube/v3/docs, `commentThreads` and `comments`.

use super::Input;
use super::input::Defect;
use super::json_found::{Draft, Found, Parent, ReadNode, Thread};
use super::json_node::Node;
use super::json_shape::{Field, Role, Shape, Target};
use super::words::Markup;
use crate::domain::{ModeratorDecision, RejectKind};

/// Reads pages, threads and comments.
pub(super) struct Youtube;

impl ReadNode for Youtube {
    fn shape(&self) -> Shape {
        Shape::alike(&[
            ("items", Target::Nodes(Role::Comment)),
            ("snippet.topLevelComment", Target::Nodes(Role::Top)),
            ("replies.comments", Target::Nodes(Role::Reply)),
            ("kind", Target::Take(Field::Kind)),
            ("id", Target::Take(Field::Id)),
            ("snippet.videoId", Target::Take(Field::ThreadId)),
            ("snippet.parentId", Target::Take(Field::ParentId)),
            ("snippet.textOriginal", Target::Take(Field::Text)),
            ("snippet.textDisplay", Target::Take(Field::Html)),
            ("snippet.authorDisplayName", Target::Take(Field::Author)),
            ("snippet.publishedAt", Target::Take(Field::CreatedAt)),
            ("snippet.moderationStatus", Target::Take(Field::Status)),
        ])
    }

    fn read(&mut self, node: &Node, above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
        let limits = &input.limits;
        let (text, markup) = match (node.text(Field::Text, limits)?, node.text(Field::Html, limits)?) {
            (Some(text), _) => (text, Markup::Plain),
            (None, Some(html)) => (html, Markup::Html),
            (None, None) if node.written(Field::Kind) == Some("youtube#comment") => {
                let detail = "neither `snippet.textOriginal` nor `snippet.textDisplay`; ask for part=snippet";
                return Err(Defect::new(RejectKind::MissingText, detail));
            }
            // A page or a thread.
            (None, None) => return Ok(()),
        };
        let around = above.iter().rev().map(|around| around.id(Field::ThreadId, limits).ok().flatten());
        let video = match node.id(Field::ThreadId, limits)? {
            Some(video) => Some(video),
            None => around.flatten().next(),
        };
        let parent = match (node.id(Field::ParentId, limits)?, node.role) {
            (Some(parent), _) => Parent::Id(parent.to_owned()),
            // A thread has the id of its first comment.
            (None, Role::Reply) => Parent::Above,
            _ => Parent::None,
        };
        let status = node.written(Field::Status).unwrap_or_default();
        found.push(Found::Comment(Draft {
            id: node.id(Field::Id, limits)?.map(str::to_owned),
            parent,
            author: node.written(Field::Author).map(str::to_owned),
            created_at: node.time(Field::CreatedAt),
            moderation: match status {
                "published" => Some(ModeratorDecision::Approved),
                "rejected" => Some(ModeratorDecision::Rejected),
                _ => None,
            },
            reasons: if status == "likelySpam" { vec![status.into()] } else { Vec::new() },
            ..Draft::new(video.map_or(Thread::Input, |video| Thread::Id(video.to_owned())), text, markup)
        }));
        Ok(())
    }

    fn expected(&self) -> &'static str {
        "no `items`: not a page of commentThreads or comments of the YouTube Data API"
    }
}
