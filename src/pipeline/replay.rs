//! Making the threads again as they were at a checkpoint, from the input, without scoring.
//!
//! What is forgotten depends on counts alone. So a comment of a thread that was forgotten by then only has to be counted; only
//! those of the threads that are still remembered are looked at in full.

use rustc_hash::FxHashSet;

use crate::domain::{Comment, CommentId, Item, ThreadId};
use crate::text::words::hash_word;

use super::context::Context;
use super::context_outline::ContextOutline;
use super::prepare::Prepared;
use super::run::{Site, prepare};

/// Which items have to be looked at in full.
#[derive(Debug)]
pub(super) struct Replay {
    remembered: FxHashSet<u64>,
    /// All, because an item made the program fail before: it will again, and what that leaves of its thread is not foreseen.
    is_whole: bool,
}

/// An item that an earlier run has done.
pub(super) enum Replayed {
    /// Looked at in full.
    Whole(Prepared),
    /// A comment of which only its place counts.
    Comment(ThreadId, CommentId, Option<CommentId>),
    /// A header of a thread that is forgotten.
    Thread(ThreadId),
    /// What belongs to no thread.
    Nothing,
}

impl Replay {
    pub(super) fn new(outline: &ContextOutline, is_whole: bool) -> Self {
        Self { remembered: outline.remembered.iter().copied().collect(), is_whole }
    }

    /// Prepares an item as far as that is needed.
    pub(super) fn prepare(&self, item: Item, site: &Site) -> Replayed {
        let thread_id = match &item {
            Item::Comment(comment) => &comment.thread_id,
            Item::Thread(header) => &header.thread_id,
            Item::Reject(_) | Item::Aside(_) => return Replayed::Nothing,
        };
        if self.is_whole || self.remembered.contains(&hash_word(thread_id.as_str())) {
            return Replayed::Whole(prepare(item, site));
        }
        match item {
            Item::Comment(Comment { thread_id, id, parent_id, .. }) => Replayed::Comment(thread_id, id, parent_id),
            Item::Thread(header) => Replayed::Thread(header.thread_id),
            Item::Reject(_) | Item::Aside(_) => Replayed::Nothing,
        }
    }
}

impl Context {
    /// Has an item change its thread as it did before; nothing else comes of it.
    pub(super) fn replay(&mut self, item: Replayed, site: &Site) {
        match item {
            Replayed::Whole(item) => {
                // What the cascade had saved up is known: it is not asked again.
                let cascade = self.cascade.take();
                drop(self.place(item, site));
                self.cascade = cascade;
            }
            Replayed::Comment(thread, id, parent) => {
                if self.ancestry.add(&thread, &id, parent.as_ref()).is_ok() {
                    self.threads.with_thread(&thread, |state| state.remember(&id, None, 0, &[], None, None));
                }
            }
            Replayed::Thread(thread) => self.threads.with_thread(&thread, |_| ()),
            Replayed::Nothing => {}
        }
    }

    /// What there is, without what was said.
    pub(super) fn outline(&self) -> ContextOutline {
        let cascade_credit = self.cascade.as_ref().map(crate::topic::Cascade::credit_parts);
        ContextOutline { ids: self.ancestry.len() as u64, cascade_credit, ..self.threads.outline() }
    }

    /// Takes over what is not made again from the input.
    pub(super) fn take_over(&mut self, outline: &ContextOutline) {
        if let Some((cascade, credit)) = self.cascade.as_mut().zip(outline.cascade_credit) {
            cascade.set_credit_parts(credit);
        }
    }
}
