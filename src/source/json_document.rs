//! JSON documents of any size: one reader for all formats, which know only what their nodes are.
//!
//! Read without recursion and without holding the document: of each open node no more than its wanted values are kept. A
//! comment is handed on when its object ends, since anything may stand behind its replies, so that its replies come first; putting
//! them in order is the business of whoever reads on. Where the format is known to write replies last, and where more than
//! a thousand nodes or some megabytes are open, it is handed on before them, without what comes later of it.
//!
//! A comment waits where the document names its thread, or the comment around it, only behind it: at most
//! `limits.max_held_comments` with `limits.max_held_bytes` of text. Beyond that the missing id is made.
//!
//! Of two members of one name the last counts, `null` too. Several documents may stand one after the other. A document
//! that is not JSON is one reject, and everything complete before the fault is kept.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::input::Defect;
use super::json_formats::reader_of;
use super::json_found::{Draft, Found, Header, Parent, ReadNode, Thread};
use super::json_node::{Node, Slot, Value};
use super::json_shape::Field;
pub(super) use super::json_sniff::{first_element_end, format_of};
use super::json_walk::{Step, Walk};
use super::lossy_utf8::LossyUtf8;
use super::whole_surrogates::WholeSurrogates;
use super::words::comment_of;
use super::{Format, Input, Source};
use crate::domain::{Aside, Body, Comment, CommentId, Item, RejectKind, Stated, ThreadHeader, ThreadId};

/// Nodes that may be open, one in the other, before the outer ones are handed on.
const MAX_OPEN_NODES: usize = 1_000;
/// Bytes of text in them.
const MAX_OPEN_BYTES: usize = 8 << 20;

/// Reads the documents of an input.
pub(super) fn source<'r>(reader: Box<dyn BufRead + Send + 'r>, format: Format, input: Input) -> impl Source + 'r {
    let (text, had_bad_bytes) = LossyUtf8::new(reader);
    let (text, had_halves) = WholeSurrogates::new(text);
    let format = reader_of(format, &input.map);
    let walk = Walk::new(text, format.shape(), input.limits.clone());
    Document {
        walk,
        format,
        out: Outlet {
            input,
            ready: VecDeque::new(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            had_bad_bytes,
            had_halves,
        },
        handed_on_to: 0,
        open_bytes: 0,
        found_any: false,
        ended: false,
    }
}

/// Why a node is handed on before it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// A list begins within it.
    List,
    /// Too much is open.
    Room,
    /// The document broke off.
    End,
}

struct Document<R: std::io::Read> {
    walk: Walk<R>,
    format: Box<dyn ReadNode>,
    out: Outlet,
    /// How many of the outermost open nodes have been handed on early, or cannot be.
    handed_on_to: usize,
    /// Bytes of text in the open nodes behind those.
    open_bytes: usize,
    found_any: bool,
    ended: bool,
}

impl<R: std::io::Read + Send> Source for Document<R> {
    fn next_item(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.out.ready.pop_front() {
                return Some(item);
            }
            if self.ended {
                return None;
            }
            match self.walk.step() {
                Step::List => self.begin_list(),
                Step::Closed(node) => self.close(node),
                Step::Stray(line) => {
                    if self.format.tells_strays() {
                        self.found_any = true;
                        let defect = Defect::new(RejectKind::InvalidField, "not an object");
                        self.out.ready.push_back(self.out.input.reject(line, defect, None));
                    }
                }
                Step::End => self.end(None),
                Step::Failed(line, defect) => self.end(Some((line, defect))),
            }
        }
    }
}

impl<R: std::io::Read> Document<R> {
    /// A list begins within the innermost node: what is known of it may be handed on now.
    fn begin_list(&mut self) {
        let Some(node) = self.walk.nodes.last_mut() else { return };
        node.counted_bytes = node.bytes();
        self.open_bytes += node.counted_bytes;
        self.hand_on(self.walk.nodes.len() - 1, Why::List);
        if self.walk.nodes.len() > MAX_OPEN_NODES || self.open_bytes > MAX_OPEN_BYTES {
            for at in self.handed_on_to..self.walk.nodes.len() {
                self.hand_on(at, Why::Room);
            }
            self.handed_on_to = self.walk.nodes.len();
        }
    }

    /// Hands an open node on, if it is a comment of which enough is known, or the header of the document.
    fn hand_on(&mut self, at: usize, why: Why) {
        let Some((above, rest)) = self.walk.nodes.split_at_mut_checked(at) else { return };
        let Some(node) = rest.first_mut().filter(|node| node.handed_on.is_none()) else { return };
        let is_enough = if has_text(node) {
            let has_id = why == Why::End || self.format.id_of(node, &self.out.input).is_some();
            has_id && (why != Why::List || self.format.is_whole_before_lists(node))
        } else {
            above.is_empty()
        };
        if !is_enough {
            return;
        }
        let mut found = Vec::new();
        if self.format.read(node, above, &self.out.input, &mut found).is_err() {
            // It is told once, when it closes.
            return;
        }
        let is_thread_known = why == Why::End || node.get(self.format.thread_field()).is_some();
        let is_early = |found: &Found| matches!(found, Found::Thread(Header { thread: Thread::Root, .. }));
        if found.is_empty() || (!is_thread_known && found.iter().any(is_early)) {
            return;
        }
        self.found_any = true;
        for found in found {
            self.out.put(found, node, above, self.format.as_ref());
        }
        node.handed_on = Some(node.size());
        if !above.is_empty() {
            node.forget_words();
            self.open_bytes = self.open_bytes.saturating_sub(std::mem::take(&mut node.counted_bytes));
        }
    }

    fn close(&mut self, mut node: Node) {
        let above = self.walk.nodes.as_mut_slice();
        self.handed_on_to = self.handed_on_to.min(above.len());
        self.open_bytes = self.open_bytes.saturating_sub(node.counted_bytes);
        let is_outermost = above.is_empty();
        // What was handed on is not told twice, unless more came of a header.
        if node.handed_on.is_none() || (is_outermost && node.handed_on != Some(node.size())) {
            let mut found = Vec::new();
            let read = self.format.read(&node, above, &self.out.input, &mut found);
            if node.handed_on.is_some() {
                found.retain(|found| matches!(found, Found::Thread(_)));
            }
            for found in found {
                self.found_any = true;
                self.out.put(found, &mut node, above, self.format.as_ref());
            }
            if let Err(defect) = read {
                self.found_any = true;
                self.out.reject(&node, defect);
            }
        }
        self.out.close(&node, self.format.as_ref());
    }

    fn end(&mut self, failure: Option<(u64, Defect)>) {
        self.ended = true;
        if failure.is_some() {
            for at in 0..self.walk.nodes.len() {
                self.hand_on(at, Why::End);
            }
        }
        self.out.finish();
        if let Some((line, defect)) = failure {
            self.out.ready.push_back(self.out.input.reject(line, defect, None));
            return;
        }
        let has_found = self.found_any && !self.format.needs_list();
        if !has_found && self.walk.has_members && !self.walk.has_lists {
            let defect = Defect::new(RejectKind::Unreadable, self.format.expected());
            self.out.ready.push_back(self.out.input.reject(1, defect, None));
        }
    }
}

fn has_text(node: &Node) -> bool {
    [Field::Text, Field::Html, Field::SecondText, Field::ThirdText, Field::FourthText]
        .into_iter()
        .any(|field| matches!(node.get(field), Some(Value::Text(_))))
}

/// Where finds become items.
struct Outlet {
    input: Input,
    ready: VecDeque<Item>,
    /// Comments that wait for an id, in the order in which they came.
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    had_bad_bytes: Arc<AtomicBool>,
    had_halves: Arc<AtomicBool>,
}

struct Waiting {
    comment: Comment,
    /// Ids that are missing, each with what it is made of in need.
    parent: Option<(Slot, Arc<str>)>,
    thread: Option<Slot>,
}

impl Outlet {
    fn put(&mut self, found: Found, node: &mut Node, above: &mut [Node], format: &dyn ReadNode) {
        let line = node.line;
        match found {
            Found::Comment(draft) => self.put_comment(draft, node, above, format),
            Found::Thread(header) => {
                let root = above.first().unwrap_or(node);
                let header = self.header(header, line, root, format);
                self.ready.push_back(header);
            }
            Found::Skipped(what, count) => self.ready.push_back(Item::Aside(Aside::Skipped { what, count })),
            Found::Defect(defect) => self.reject(node, defect),
        }
    }

    fn header(&self, header: Header, line: u64, root: &Node, format: &dyn ReadNode) -> Item {
        let thread_id = match header.thread {
            Thread::Id(id) => ThreadId::new(id),
            Thread::Root => match root.thread_slot.as_ref().and_then(|slot| slot.get()) {
                // The thread has had to get an id before its own was read.
                Some(id) => ThreadId::new(Arc::clone(id)),
                None => self.thread_of(root, format),
            },
            Thread::Input => self.input.thread_id(),
        };
        let Header { title, article, url, language, .. } = header;
        Item::Thread(ThreadHeader { origin: self.input.origin(line), thread_id, title, article, url, language })
    }

    /// The thread that a complete outermost node names.
    fn thread_of(&self, root: &Node, format: &dyn ReadNode) -> ThreadId {
        let id = root.id(format.thread_field(), &self.input.limits).ok().flatten();
        id.map_or_else(|| self.input.thread_id(), ThreadId::new)
    }

    /// The id of a comment that has none.
    fn made_id(&self, node: &Node) -> CommentId {
        match node.number {
            0 => self.input.comment_id(node.line),
            number => self.input.numbered_comment_id(node.line, number),
        }
    }

    /// What is wrong with words in which something was replaced, if anything was.
    fn broken(&self) -> Option<Defect> {
        if self.had_bad_bytes.load(Ordering::Relaxed) {
            let detail = "not UTF-8 within this comment; convert the input with `iconv -t UTF-8`";
            return Some(Defect::new(RejectKind::InvalidUtf8, detail));
        }
        let detail = "a broken escape within this comment: half a character of UTF-16";
        self.had_halves.load(Ordering::Relaxed).then(|| Defect::new(RejectKind::InvalidField, detail))
    }

    fn reject(&mut self, node: &Node, defect: Defect) {
        let raw = self.input.keep_raw.then(|| node.raw());
        self.ready.push_back(self.input.reject(node.line, defect, raw.as_ref().map(String::as_bytes)));
    }

    fn put_comment(&mut self, draft: Draft, node: &mut Node, above: &mut [Node], format: &dyn ReadNode) {
        let is_broken = draft.text.contains('\u{fffd}') || draft.id.as_ref().is_some_and(|id| id.contains('\u{fffd}'));
        if is_broken && let Some(defect) = self.broken() {
            return self.reject(node, defect);
        }
        // Its number may be known to those below it as its id already.
        let forced = node.slot.as_ref().and_then(|slot| slot.get());
        let id = match (forced, draft.id) {
            (Some(forced), _) => CommentId::new(Arc::clone(forced)),
            (None, Some(id)) => CommentId::new(id),
            (None, None) => self.made_id(node),
        };
        let (thread_id, thread_slot) = match draft.thread {
            Thread::Id(id) => (ThreadId::new(id), None),
            Thread::Input => (self.input.thread_id(), None),
            Thread::Root => self.root_thread(node, above, format),
        };
        let (parent_id, parent_slot) = match (draft.parent, above.last_mut()) {
            (Parent::Id(id), _) => (Some(CommentId::new(id)), None),
            (Parent::None, _) | (Parent::Above, None) => (None, None),
            (Parent::Above, Some(parent)) => self.parent(parent, format),
        };
        if let Some(slot) = &node.slot {
            let _ = slot.set(id.as_str().into());
        }
        let comment = match comment_of(&self.input, node.line, thread_id, id, &draft.text, draft.markup) {
            Ok(comment) => comment,
            Err(defect) => return self.reject(node, defect),
        };
        let comment = Comment {
            parent_id,
            author: draft.author.map(Body::new),
            created_at: draft.created_at.map(Arc::from),
            moderation: draft.moderation,
            stated: (!draft.reasons.is_empty())
                .then(|| Box::new(Stated { reasons: draft.reasons, ..Stated::default() })),
            raw: if self.input.keep_raw { Some(Body::new(node.raw())) } else { None },
            ..comment
        };
        if self.waiting.is_empty() && parent_slot.is_none() && thread_slot.is_none() {
            self.ready.push_back(Item::Comment(comment));
            return;
        }
        self.waiting_bytes += comment.body.len_bytes();
        self.waiting.push_back(Waiting { comment, parent: parent_slot, thread: thread_slot });
        let limits = &self.input.limits;
        if self.waiting.len() > limits.max_held_comments || self.waiting_bytes > limits.max_held_bytes {
            self.let_first_go();
        }
    }

    /// The id of the node around a comment, or where it will be known, with what it is made of in need.
    fn parent(&self, parent: &mut Node, format: &dyn ReadNode) -> (Option<CommentId>, Option<(Slot, Arc<str>)>) {
        if let Some(id) = parent.slot.as_ref().and_then(|slot| slot.get()) {
            return (Some(CommentId::new(Arc::clone(id))), None);
        }
        if let Some(id) = format.id_of(parent, &self.input) {
            return (Some(CommentId::new(id)), None);
        }
        let made: Arc<str> = self.made_id(parent).as_str().into();
        (None, Some((Arc::clone(parent.slot.get_or_insert_with(Slot::default)), made)))
    }

    /// The thread of the outermost node, or where it will be known.
    fn root_thread(&self, node: &mut Node, above: &mut [Node], format: &dyn ReadNode) -> (ThreadId, Option<Slot>) {
        let is_root = above.is_empty();
        let root = above.first_mut().unwrap_or(node);
        if let Some(id) = root.thread_slot.as_ref().and_then(|slot| slot.get()) {
            return (ThreadId::new(Arc::clone(id)), None);
        }
        match root.id(format.thread_field(), &self.input.limits) {
            Ok(Some(id)) => (ThreadId::new(id), None),
            _ if is_root => (self.input.thread_id(), None),
            _ => (self.input.thread_id(), Some(Arc::clone(root.thread_slot.get_or_insert_with(Slot::default)))),
        }
    }

    /// A node has ended: those that wait for its ids can go.
    fn close(&mut self, node: &Node, format: &dyn ReadNode) {
        if node.slot.is_none() && node.thread_slot.is_none() {
            return;
        }
        // A slot that was filled for want of room stays as it is.
        if let Some(slot) = &node.slot {
            let own = format.id_of(node, &self.input);
            let _ = slot.set(own.map_or_else(|| self.made_id(node).as_str().into(), Arc::from));
        }
        if let Some(slot) = &node.thread_slot {
            let _ = slot.set(self.thread_of(node, format).as_str().into());
        }
        self.flush();
    }

    /// Lets the comment go that has waited longest, with ids that are made.
    fn let_first_go(&mut self) {
        let Some(first) = self.waiting.front() else { return };
        if let Some((slot, made)) = &first.parent {
            let _ = slot.set(Arc::clone(made));
        }
        if let Some(slot) = &first.thread {
            let _ = slot.set(Arc::clone(&self.input.number));
        }
        self.flush();
    }

    /// Lets all go that have their ids, up to the first that has not.
    fn flush(&mut self) {
        let is_known = |slot: &Slot| slot.get().is_some();
        while let Some(first) = self.waiting.front() {
            let parent = first.parent.as_ref().is_none_or(|(slot, _)| is_known(slot));
            if !parent || !first.thread.as_ref().is_none_or(is_known) {
                return;
            }
            let Some(Waiting { mut comment, parent, thread }) = self.waiting.pop_front() else { return };
            self.waiting_bytes -= comment.body.len_bytes();
            if let Some(id) = parent.as_ref().and_then(|(slot, _)| slot.get()) {
                comment.parent_id = Some(CommentId::new(Arc::clone(id)));
            }
            if let Some(id) = thread.as_ref().and_then(|slot| slot.get()) {
                comment.thread_id = ThreadId::new(Arc::clone(id));
            }
            self.ready.push_back(Item::Comment(comment));
        }
    }

    fn finish(&mut self) {
        while !self.waiting.is_empty() {
            self.let_first_go();
        }
    }
}
