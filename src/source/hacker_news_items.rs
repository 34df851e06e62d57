//! Items of Hacker News as its Firebase API has them, an item a line.
//!
//! Names of fields are those of github.com/HackerNews/API.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::Newest;
use super::input::Defect;
use super::object_lines::{Fields, Place, ReadObject, text_of, time_of};
use super::words::{Markup, comment_of};
use crate::domain::{
    Aside, Body, Comment, CommentId, Item, ModeratorDecision, RejectKind, Stated, ThreadHeader, ThreadId,
};
use crate::text::html::article_text;
use crate::wire::json_id::id_of;

/// Reads stories and comments. An item names its parent and not its story, so that a comment waits until the way up is
/// known: `limits.max_held_comments` at a time, and items that were read are known as far as `limits.max_ids` goes. What has
/// to go on without is of the thread of its topmost ancestor that is known.
#[derive(Default)]
pub(super) struct HackerNewsLines {
    /// The thread of each item.
    threads: Newest<String, Known>,
    held: BTreeMap<u64, (String, Comment)>,
    waiting: FxHashMap<String, Vec<u64>>,
    next: u64,
}

/// What is known of an item that was read.
#[derive(Clone)]
struct Known {
    thread: ThreadId,
    is_story: bool,
}

impl ReadObject for HackerNewsLines {
    fn read(&mut self, fields: &Fields, place: &Place<'_>, items: &mut VecDeque<Item>) -> Result<(), Defect> {
        let id = id_of(fields.get("id")).ok_or_else(|| Defect::new(RejectKind::InvalidField, "no `id`"))?;
        match fields.get("type").and_then(Value::as_str) {
            Some("story" | "job" | "poll") => {
                items.push_back(Item::Thread(story(fields, place, &id)));
                let known = Known { thread: ThreadId::new(id.as_str()), is_story: true };
                self.know(id, known, place.input.limits.max_ids, items);
            }
            Some("pollopt") => items.push_back(Item::Aside(Aside::Skipped { what: "poll option", count: 1 })),
            _ => {
                let Some(parent) = id_of(fields.get("parent")) else {
                    // A deleted item tells nothing but that it was there.
                    if fields.get("deleted") == Some(&Value::Bool(true)) {
                        items.push_back(Item::Aside(Aside::Skipped { what: "deleted item", count: 1 }));
                        return Ok(());
                    }
                    return Err(Defect::new(RejectKind::InvalidField, "a comment without `parent`"));
                };
                let comment = comment(fields, place, &id, &parent)?;
                if self.threads.contains(&parent) {
                    self.place(comment, parent, place.input.limits.max_ids, items);
                } else {
                    self.next += 1;
                    self.waiting.entry(parent.clone()).or_default().push(self.next);
                    self.held.insert(self.next, (parent, comment));
                    if self.held.len() > place.input.limits.max_held_comments {
                        self.release_oldest(place.input.limits.max_ids, items);
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, items: &mut VecDeque<Item>) {
        while !self.held.is_empty() {
            self.release_oldest(usize::MAX, items);
        }
    }
}

impl HackerNewsLines {
    /// Puts a comment into the thread of its parent, which is known.
    fn place(&mut self, mut comment: Comment, parent: String, max_ids: usize, items: &mut VecDeque<Item>) {
        let Some(above) = self.threads.get(&parent).cloned() else { return };
        comment.thread_id = above.thread.clone();
        comment.parent_id = (!above.is_story).then(|| CommentId::new(parent));
        let id = comment.id.to_string();
        items.push_back(Item::Comment(comment));
        self.know(id, Known { thread: above.thread, is_story: false }, max_ids, items);
    }

    /// Remembers an item, and lets those go that waited for it.
    fn know(&mut self, id: String, known: Known, max_ids: usize, items: &mut VecDeque<Item>) {
        let mut open = vec![(id, known)];
        while let Some((id, known)) = open.pop() {
            let first = open.len();
            for number in self.waiting.remove(&id).unwrap_or_default() {
                let Some((_, mut comment)) = self.held.remove(&number) else { continue };
                comment.thread_id = known.thread.clone();
                comment.parent_id = (!known.is_story).then(|| CommentId::new(id.as_str()));
                open.push((comment.id.to_string(), Known { thread: known.thread.clone(), is_story: false }));
                items.push_back(Item::Comment(comment));
            }
            if let Some(found) = open.get_mut(first..) {
                found.reverse();
            }
            self.threads.insert(id, known, max_ids);
        }
    }

    /// Lets the comment go that has waited longest: its parent stands for the story.
    fn release_oldest(&mut self, max_ids: usize, items: &mut VecDeque<Item>) {
        let Some((_, (parent, _))) = self.held.first_key_value() else { return };
        let (id, thread) = (parent.clone(), ThreadId::new(parent.as_str()));
        self.know(id, Known { thread, is_story: false }, max_ids, items);
    }
}

fn story(fields: &Fields, place: &Place<'_>, id: &str) -> ThreadHeader {
    let text = |name: &str| text_of(fields, name).map(|text| Body::new(article_text(text)));
    ThreadHeader {
        origin: place.input.origin(place.line),
        thread_id: ThreadId::new(id),
        title: text("title"),
        article: text("text"),
        url: text_of(fields, "url").map(Arc::from),
        language: None,
    }
}

/// A comment whose thread is not known yet.
fn comment(fields: &Fields, place: &Place<'_>, id: &str, parent: &str) -> Result<Comment, Defect> {
    let is = |name: &str| fields.get(name) == Some(&Value::Bool(true));
    let text = match fields.get("text").and_then(Value::as_str) {
        Some(text) => text,
        // Deleted by its author, or killed before it was kept.
        None if is("deleted") || is("dead") => "",
        None => return Err(Defect::new(RejectKind::MissingText, "no `text`")),
    };
    let (id, thread) = (CommentId::new(id), ThreadId::new(parent));
    Ok(Comment {
        author: id_of(fields.get("by")).map(Body::new),
        created_at: fields.get("time").and_then(time_of).map(Arc::from),
        // Killed by software, users or moderators.
        moderation: is("dead").then_some(ModeratorDecision::Rejected),
        stated: is("dead").then(|| Box::new(Stated { reasons: vec!["dead".into()], ..Stated::default() })),
        raw: place.input.kept(place.raw),
        ..comment_of(place.input, place.line, thread, id, text, Markup::Html)?
    })
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::testing::check;

    #[test]
    fn items_find_their_story_in_any_order() {
        let story = r#"{"id":1,"type":"story","by":"ana","time":1700000000,"title":"T","url":"https://example.org/","kids":[2]}"#;
        let first =
            r#"{"id":2,"type":"comment","by":"ben","parent":1,"text":"One<p>two &#x27;x&#x27;","time":1700000000}"#;
        let second = r#"{"id":3,"type":"comment","by":"eve","parent":2,"text":"no","dead":true,"time":1700000000}"#;
        let story_item = "thread 1 [T] https://example.org/";
        let first_item = "1 2 ben@2023-11-14T22:13:20Z: One⏎two 'x'";
        let second_item = "1 3<2 eve@2023-11-14T22:13:20Z [rejected]: no";
        check(
            Format::HackerNewsItems,
            &[story, first, second].join("\n"),
            &[&format!("1 {story_item}"), &format!("2 {first_item}"), &format!("3 {second_item}")],
        );
        check(
            Format::HackerNewsItems,
            &[second, first, story].join("\n"),
            &[&format!("3 {story_item}"), &format!("2 {first_item}"), &format!("1 {second_item}")],
        );
        check(
            Format::HackerNewsItems,
            &[second, "{\"id\":9,\"deleted\":true,\"type\":\"comment\",\"time\":1}", "{\"type\":\"comment\"}"]
                .join("\n"),
            &["Skipped…", "3 invalid_field: no `id`", "1 2 3<2 eve@2023-11-14T22:13:20Z [rejected]: no"],
        );
    }
}
