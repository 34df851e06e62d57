//! The comments of a whole thread, or below one comment, that stand on one line.

use std::collections::VecDeque;

use super::Input;
use super::input::Defect;
use super::jsonl::{comment_of, field_defect, json_defect};
use super::reply_tree::{Elements, Node};
use crate::domain::{CommentId, Item, RejectKind, Span, ThreadId};
use crate::wire::input::InputLine;

/// Longest path to a comment that a message spells out, in levels.
const MAX_PATH_LEVELS: usize = 4;

/// Yields the comments of a list depth first. The line itself is handed in at each step.
pub(super) struct WholeThread {
    list: &'static str,
    elements: Elements,
    nodes: Vec<Node>,
    ids: Vec<Option<CommentId>>,
    next_node: usize,
    /// How many comments of the line came before, for ids.
    number: u64,
    line: u64,
    thread_id: ThreadId,
    parent: Option<CommentId>,
    scratch: String,
}

impl WholeThread {
    /// The comments of the list that begins at byte `begin` of line number `line`; `list` is its name in messages,
    /// and `parent` what its outermost comments answer unless they say otherwise.
    pub(super) fn new(
        list: &'static str,
        begin: usize,
        line: u64,
        thread_id: ThreadId,
        parent: Option<CommentId>,
    ) -> Self {
        Self {
            list,
            elements: Elements::new(begin),
            nodes: Vec::new(),
            ids: Vec::new(),
            next_node: 0,
            number: 0,
            line,
            thread_id,
            parent,
            scratch: String::new(),
        }
    }

    /// Appends the items of the next comment to `items`; `false` at the end of the list.
    pub(super) fn step(&mut self, text: &[u8], input: &Input, items: &mut VecDeque<Item>) -> bool {
        if self.next_node == self.nodes.len() {
            self.elements.next_tree(text, &mut self.nodes);
            self.ids.clear();
            self.ids.resize(self.nodes.len(), None);
            self.next_node = 0;
        }
        let Some(node) = self.nodes.get(self.next_node).cloned() else { return false };
        if node.depth > input.limits.max_reply_depth {
            let below = self.nodes.get(self.next_node..).unwrap_or_default();
            let lost = below.iter().take_while(|node| node.depth > input.limits.max_reply_depth).count();
            let detail = format!(
                "{}: {lost} replies nested deeper than {} (limits.max_reply_depth)",
                self.path(self.next_node),
                input.limits.max_reply_depth
            );
            items.push_back(input.reject(self.line, Defect::new(RejectKind::NestedTooDeep, detail), None));
            self.next_node += lost;
            self.number += lost as u64;
            return true;
        }
        self.number += 1;
        if let Err(defect) = self.read(&node, text, input, items) {
            let defect = Defect::new(defect.kind, format!("{}: {}", self.path(self.next_node), defect.detail));
            items.push_back(input.reject(self.line, defect, Some(self.scratch.as_bytes())));
        }
        self.next_node += 1;
        true
    }

    fn read(&mut self, node: &Node, text: &[u8], input: &Input, items: &mut VecDeque<Item>) -> Result<(), Defect> {
        let made_id = input.numbered_comment_id(self.line, self.number);
        if let Some(id) = self.ids.get_mut(self.next_node) {
            *id = Some(made_id.clone());
        }
        self.scratch.clear();
        match node.replies {
            Some(replies) => {
                self.scratch.push_str(part(text, Span::new(node.span.begin, replies.begin)));
                self.scratch.push_str("null");
                self.scratch.push_str(part(text, Span::new(replies.end, node.span.end)));
            }
            None => self.scratch.push_str(part(text, node.span)),
        }
        if !self.scratch.starts_with('{') {
            return Err(Defect::new(RejectKind::InvalidField, "not an object"));
        }
        let fields: InputLine = serde_json::from_str(&self.scratch).map_err(|error| json_defect(&error))?;
        let id = fields.id().map_err(field_defect)?;
        let id = id.map_or(made_id, CommentId::new);
        if let Some(slot) = self.ids.get_mut(self.next_node) {
            *slot = Some(id.clone());
        }
        let above = match node.parent {
            Some(parent) => self.ids.get(parent).cloned().flatten(),
            None => self.parent.clone(),
        };
        items.push_back(Item::Comment(comment_of(
            &fields,
            &self.scratch,
            input,
            self.line,
            id,
            above,
            &self.thread_id,
        )?));
        fields.replies().map(|_| ()).map_err(field_defect)
    }

    /// The way to a comment, such as `comments[3].replies[0]`.
    fn path(&self, node: usize) -> String {
        let mut indices = Vec::new();
        let mut next = Some(node);
        while let Some(node) = next.and_then(|node| self.nodes.get(node)) {
            indices.push(node.index);
            next = node.parent;
        }
        let depth = indices.len();
        let mut path = self.list.to_owned();
        for (level, index) in indices.iter().rev().enumerate() {
            let is_last = level + 1 == depth;
            if level < MAX_PATH_LEVELS || is_last {
                let name = if level == 0 { "" } else { ".replies" };
                path = format!("{path}{name}[{index}]");
            } else if level == MAX_PATH_LEVELS {
                path.push('…');
            }
        }
        path
    }
}

fn part(text: &[u8], span: Span) -> &str {
    text.get(span.begin..span.end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}
