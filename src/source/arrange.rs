//! Putting an export in order: headers before their threads, parents before their replies, within bounds.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Newest;
use super::format::Order;
use crate::config::Limits;
use crate::domain::{
    Aside, Body, Comment, CommentId, Item, ModeratorDecision, ModeratorNote, Stated, ThreadHeader, ThreadId,
};
use crate::text::words::{hash_word, mix};

/// A comment or thread by the hash of its ids.
type Key = u64;

fn thread_key(thread: &ThreadId) -> Key {
    mix(hash_word(thread.as_str()))
}

fn comment_key(thread: &ThreadId, id: &CommentId) -> Key {
    mix(hash_word(thread.as_str()).rotate_left(1) ^ hash_word(id.as_str()))
}

/// Holds what came too early, and lets it go once what it waits for is there.
///
/// Three things are held, each within a bound of its own: comments whose parent or header has not come
/// (`max_held_comments` of them, with `max_held_bytes` of text), headers whose thread has no comment yet (`max_held_bytes`
/// of text) and what moderators did with comments that have not come (`max_ids`). Beyond the bound the oldest is let go as it
/// is: a comment without its parent, a header before its comments. What is let go depends on the input alone.
#[derive(Debug)]
pub(super) struct Arranger {
    ready: VecDeque<Item>,
    limits: Limits,
    /// Comments that were let go, newest last.
    passed: Newest<Key, ()>,
    /// Threads whose header was let go.
    headed: Newest<Key, ()>,
    headers: BTreeMap<u64, ThreadHeader>,
    header_of: FxHashMap<Key, u64>,
    header_bytes: usize,
    held: BTreeMap<u64, Held>,
    held_bytes: usize,
    waiting: FxHashMap<Key, Vec<u64>>,
    notes: Newest<CommentId, ModeratorNote>,
    next: u64,
    released: u64,
}

/// A comment that waits.
#[derive(Debug)]
struct Held {
    comment: Comment,
    order: Order,
    /// What it waits for.
    key: Key,
}

impl Arranger {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            ready: VecDeque::new(),
            limits: limits.clone(),
            passed: Newest::default(),
            headed: Newest::default(),
            headers: BTreeMap::new(),
            header_of: FxHashMap::default(),
            header_bytes: 0,
            held: BTreeMap::new(),
            held_bytes: 0,
            waiting: FxHashMap::default(),
            notes: Newest::default(),
            next: 0,
            released: 0,
        }
    }

    /// The next item in order, if one is ready.
    pub(super) fn pop(&mut self) -> Option<Item> {
        self.ready.pop_front()
    }

    /// Comments that were let go before what they waited for, for want of room.
    pub(super) fn released_early(&self) -> u64 {
        self.released
    }

    /// Takes in an item of an input in some order.
    pub(super) fn push(&mut self, item: Item, order: Order) {
        match item {
            Item::Comment(comment) if order != Order::AsItComes => self.take_comment(comment, order),
            Item::Thread(header) if order == Order::HeadersAndParentsFirst => self.take_header(header),
            Item::Aside(Aside::Moderation(note)) => {
                self.notes.insert(note.comment_id.clone(), note, self.limits.max_ids);
            }
            Item::Thread(header) => {
                self.headed.insert(thread_key(&header.thread_id), (), self.limits.max_ids);
                self.ready.push_back(Item::Thread(header));
            }
            other => self.ready.push_back(other),
        }
    }

    /// Lets everything go: nothing more comes.
    pub(super) fn finish(&mut self) {
        while let Some((&oldest, _)) = self.held.first_key_value() {
            self.release(oldest);
        }
        // What nobody wrote about is counted, and not looked at.
        for (_, header) in std::mem::take(&mut self.headers) {
            self.ready.push_back(Item::Thread(ThreadHeader { article: None, title: None, ..header }));
        }
        self.header_of.clear();
        self.header_bytes = 0;
    }

    fn take_comment(&mut self, comment: Comment, order: Order) {
        if let Some(key) = self.missing(&comment, order) {
            self.hold(comment, order, key);
        } else {
            self.let_go(comment);
        }
    }

    /// What a comment has to wait for.
    fn missing(&mut self, comment: &Comment, order: Order) -> Option<Key> {
        let thread = thread_key(&comment.thread_id);
        if order == Order::HeadersAndParentsFirst && !self.headed.contains(&thread) {
            if !self.header_of.contains_key(&thread) {
                return Some(thread);
            }
            self.let_header_go(thread);
        }
        let parent = comment.parent_id.as_ref().map(|parent| comment_key(&comment.thread_id, parent))?;
        (!self.passed.contains(&parent)).then_some(parent)
    }

    fn hold(&mut self, comment: Comment, order: Order, key: Key) {
        let number = self.number();
        self.held_bytes += comment.body.len_bytes();
        self.waiting.entry(key).or_default().push(number);
        self.held.insert(number, Held { comment, order, key });
        while self.held.len() > self.limits.max_held_comments || self.held_bytes > self.limits.max_held_bytes {
            let Some((&oldest, _)) = self.held.first_key_value() else { break };
            self.released += 1;
            self.release(oldest);
        }
    }

    /// Lets a held comment go whatever it waits for. Where that is the header of its thread, the thread goes on without, and
    /// all that waited for it with it: a comment may still wait for its parent then.
    fn release(&mut self, number: u64) {
        let Some(held) = self.held.get(&number) else { return };
        let thread = thread_key(&held.comment.thread_id);
        if held.key == thread {
            self.headed.insert(thread, (), self.limits.max_ids);
            let mut open = Vec::new();
            self.take_waiting(thread, &mut open);
            while let Some(comment) = open.pop() {
                self.let_go(comment);
            }
            return;
        }
        let Some(held) = self.unhold(number) else { return };
        if let Some(others) = self.waiting.get_mut(&held.key) {
            others.retain(|other| *other != number);
            if others.is_empty() {
                self.waiting.remove(&held.key);
            }
        }
        self.let_go(held.comment);
    }

    fn unhold(&mut self, number: u64) -> Option<Held> {
        let held = self.held.remove(&number)?;
        self.held_bytes -= held.comment.body.len_bytes();
        Some(held)
    }

    /// Lets a comment go, and then those that waited for it, depth first.
    fn let_go(&mut self, comment: Comment) {
        let mut open = vec![comment];
        while let Some(mut comment) = open.pop() {
            let key = comment_key(&comment.thread_id, &comment.id);
            self.attach_note(&mut comment);
            self.ready.push_back(Item::Comment(comment));
            self.passed.insert(key, (), self.limits.max_ids);
            self.take_waiting(key, &mut open);
        }
    }

    /// Moves those that waited for `key` to `open`, the first last, or has them wait for something else.
    fn take_waiting(&mut self, key: Key, open: &mut Vec<Comment>) {
        let begin = open.len();
        for number in self.waiting.remove(&key).unwrap_or_default() {
            let Some(held) = self.unhold(number) else { continue };
            match self.missing(&held.comment, held.order) {
                Some(key) => {
                    // It keeps its place: what was held first is let go first.
                    self.held_bytes += held.comment.body.len_bytes();
                    self.waiting.entry(key).or_default().push(number);
                    self.held.insert(number, Held { key, ..held });
                }
                None => open.push(held.comment),
            }
        }
        if let Some(taken) = open.get_mut(begin..) {
            taken.reverse();
        }
    }

    fn take_header(&mut self, header: ThreadHeader) {
        let key = thread_key(&header.thread_id);
        if self.headed.contains(&key) {
            self.ready.push_back(Item::Thread(header));
            return;
        }
        if self.waiting.contains_key(&key) {
            self.headed.insert(key, (), self.limits.max_ids);
            self.ready.push_back(Item::Thread(header));
            let mut open = Vec::new();
            self.take_waiting(key, &mut open);
            while let Some(comment) = open.pop() {
                self.let_go(comment);
            }
            return;
        }
        let number = self.number();
        self.header_bytes += bytes_of(&header);
        if let Some(earlier) = self.header_of.insert(key, number).and_then(|earlier| self.headers.remove(&earlier)) {
            self.header_bytes -= bytes_of(&earlier);
            self.ready.push_back(Item::Thread(earlier));
        }
        self.headers.insert(number, header);
        while self.header_bytes > self.limits.max_held_bytes {
            let Some((_, oldest)) = self.headers.first_key_value() else { break };
            self.let_header_go(thread_key(&oldest.thread_id));
        }
    }

    fn let_header_go(&mut self, key: Key) {
        if let Some(header) = self.header_of.remove(&key).and_then(|number| self.headers.remove(&number)) {
            self.header_bytes -= bytes_of(&header);
            self.ready.push_back(Item::Thread(header));
        }
        self.headed.insert(key, (), self.limits.max_ids);
    }

    /// Adds what a moderator did, where that stood apart from the comment.
    fn attach_note(&mut self, comment: &mut Comment) {
        let Some(note) = self.notes.get(&comment.id) else { return };
        if note.thread_id.as_ref().is_some_and(|thread| *thread != comment.thread_id) {
            return;
        }
        if note.decision != ModeratorDecision::Unclear && comment.moderation.is_none() {
            comment.moderation = Some(note.decision);
        }
        // A reason for what was undone later is none.
        if comment.moderation == Some(note.decision) && !note.reasons.is_empty() {
            let reasons = &mut comment.stated.get_or_insert_with(|| Box::new(Stated::default())).reasons;
            for reason in &note.reasons {
                if !reasons.contains(reason) {
                    reasons.push(Arc::clone(reason));
                }
            }
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

fn bytes_of(header: &ThreadHeader) -> usize {
    let texts = [header.title.as_ref(), header.article.as_ref()];
    // What a header takes beside its texts counts too: there may be millions.
    texts.into_iter().flatten().map(Body::len_bytes).sum::<usize>() + 200
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Origin;

    fn comment(id: &str, parent: &str) -> Item {
        let origin = Origin::new("test".into(), 1);
        let comment = Comment::new(origin, ThreadId::new("t"), CommentId::new(id), Body::new("x"));
        Item::Comment(Comment { parent_id: (!parent.is_empty()).then(|| CommentId::new(parent)), ..comment })
    }

    fn header(thread: &str, title: &str) -> Item {
        Item::Thread(ThreadHeader {
            origin: Origin::new("test".into(), 1),
            thread_id: ThreadId::new(thread),
            title: Some(Body::new(title)),
            article: None,
            url: None,
            language: None,
        })
    }

    /// Items as `id<parent` or `#title`; a bound of three comments.
    fn check(order: Order, items: &[&str], expected: &[&str]) {
        let mut arranger = Arranger::new(&Limits { max_held_comments: 3, ..Limits::default() });
        let mut seen = Vec::new();
        let drain = |arranger: &mut Arranger, seen: &mut Vec<String>| {
            while let Some(item) = arranger.pop() {
                seen.push(match item {
                    Item::Comment(comment) => comment.id.to_string(),
                    Item::Thread(header) => {
                        format!("#{}", header.title.map_or(String::new(), |title| title.as_str().into()))
                    }
                    _ => "?".to_owned(),
                });
            }
        };
        for item in items {
            let item = match item.split_once('<') {
                Some((id, parent)) => comment(id, parent),
                None if item.starts_with('#') => header("t", item.trim_start_matches('#')),
                None => comment(item, ""),
            };
            arranger.push(item, order);
            drain(&mut arranger, &mut seen);
        }
        seen.push("|".to_owned());
        arranger.finish();
        drain(&mut arranger, &mut seen);
        assert_eq!(seen, expected, "{items:?}");
        assert!(arranger.held.is_empty() && arranger.waiting.is_empty() && arranger.held_bytes == 0);
    }

    #[test]
    fn parents_go_before_their_replies() {
        use Order::{AsItComes, HeadersAndParentsFirst, ParentsFirst};
        check(AsItComes, &["b<a", "a"], &["b", "a", "|"]);
        check(ParentsFirst, &["b<a", "a"], &["a", "b", "|"]);
        check(ParentsFirst, &["c<b", "d<b", "b<a", "a", "e<a"], &["a", "b", "c", "d", "e", "|"]);
        check(ParentsFirst, &["b<gone", "a"], &["a", "|", "b"]);
        check(ParentsFirst, &["a<b", "b<a"], &["|", "a", "b"]);
        check(ParentsFirst, &["b<a", "c<b", "d<c", "e<d", "a"], &["b", "c", "d", "e", "a", "|"]);
        check(HeadersAndParentsFirst, &["b<a", "a", "#T", "c"], &["#T", "a", "b", "c", "|"]);
        check(HeadersAndParentsFirst, &["#T", "a", "b<a"], &["#T", "a", "b", "|"]);
        check(HeadersAndParentsFirst, &["#T"], &["|", "#"]);
        check(HeadersAndParentsFirst, &["a", "b"], &["|", "a", "b"]);
        check(HeadersAndParentsFirst, &["b<a", "a", "c<gone"], &["|", "a", "b", "c"]);
        check(HeadersAndParentsFirst, &["b<a", "c<a", "d<a", "e<a", "a"], &["b", "a", "c", "d", "e", "|"]);
        check(HeadersAndParentsFirst, &["#T", "#U", "a"], &["#T", "#U", "a", "|"]);
    }

    #[test]
    fn a_deep_chain_backwards_takes_no_stack() {
        let mut arranger = Arranger::new(&Limits { max_held_comments: 200_000, ..Limits::default() });
        for number in (1..100_000).rev() {
            arranger.push(comment(&number.to_string(), &(number - 1).to_string()), Order::ParentsFirst);
        }
        assert!(arranger.pop().is_none());
        arranger.push(comment("0", ""), Order::ParentsFirst);
        for number in 0..100_000 {
            let Some(Item::Comment(comment)) = arranger.pop() else { panic!("{number}") };
            assert_eq!(comment.id.as_str(), number.to_string());
        }
    }

    #[test]
    fn what_a_moderator_did_finds_its_comment() {
        let mut arranger = Arranger::new(&Limits::default());
        let note = ModeratorNote {
            thread_id: None,
            comment_id: CommentId::new("a"),
            decision: ModeratorDecision::Rejected,
            reasons: vec!["SPAM".into()],
        };
        arranger.push(Item::Aside(Aside::Moderation(note)), Order::ParentsFirst);
        arranger.push(comment("a", ""), Order::ParentsFirst);
        let Some(Item::Comment(comment)) = arranger.pop() else { panic!("no comment") };
        assert_eq!(comment.moderation, Some(ModeratorDecision::Rejected));
        assert_eq!(comment.stated.map(|stated| stated.reasons), Some(vec!["SPAM".into()]));
    }
}
