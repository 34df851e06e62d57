//! Which comment answers which: finds repeated ids, and comments that are their own ancestors.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::domain::{CommentId, RejectKind, ThreadId};
use crate::text::words::{hash_word, mix};

/// A comment of a thread. 64 bits of hash: among a million of them the chance that any two share one is below 10⁻⁷.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key(u64);

impl Key {
    fn new(thread: &ThreadId, id: &CommentId) -> Self {
        Self(mix(hash_word(thread.as_str()).rotate_left(1) ^ hash_word(id.as_str())))
    }
}

/// A forest over the comments seen, in which every comment points towards the root of its thread's tree.
///
/// A comment closes a cycle exactly when it is the root above its own parent: a comment that is not seen yet is a root.
/// Paths are shortened as they are walked (Tarjan, 1975), so that a chain of any depth costs little a comment.
#[derive(Debug)]
pub(super) struct Ancestry {
    up: FxHashMap<Key, Key>,
    order: VecDeque<Key>,
    max_ids: usize,
}

impl Ancestry {
    /// Remembers at most `max_ids` comments, the newest.
    pub(super) fn new(max_ids: usize) -> Self {
        Self { up: FxHashMap::default(), order: VecDeque::new(), max_ids }
    }

    /// Comments remembered.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Adds a comment, or says why it cannot be one of its thread.
    pub(super) fn add(
        &mut self,
        thread: &ThreadId,
        id: &CommentId,
        parent: Option<&CommentId>,
    ) -> Result<(), RejectKind> {
        let key = Key::new(thread, id);
        if self.up.contains_key(&key) {
            return Err(RejectKind::DuplicateId);
        }
        let above = match parent.map(|parent| Key::new(thread, parent)) {
            None => key,
            Some(parent) if self.root(parent) == key => return Err(RejectKind::AncestorCycle),
            Some(parent) => parent,
        };
        if self.order.len() == self.max_ids
            && let Some(oldest) = self.order.pop_front()
        {
            self.up.remove(&oldest);
        }
        self.up.insert(key, above);
        self.order.push_back(key);
        Ok(())
    }

    fn root(&mut self, from: Key) -> Key {
        let mut root = from;
        while let Some(above) = self.up.get(&root).copied()
            && above != root
        {
            root = above;
        }
        let mut at = from;
        while let Some(above) = self.up.get_mut(&at)
            && *above != at
        {
            at = std::mem::replace(above, root);
        }
        root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(comments: &[(&str, Option<&str>)], expected: &[Result<(), RejectKind>]) {
        let mut ancestry = Ancestry::new(1_000);
        let thread = ThreadId::new("t");
        let found: Vec<_> = comments
            .iter()
            .map(|(id, parent)| ancestry.add(&thread, &CommentId::new(*id), parent.map(CommentId::new).as_ref()))
            .collect();
        assert_eq!(found, expected, "{comments:?}");
    }

    #[test]
    fn repeated_ids_and_cycles_are_found_in_any_order() {
        let (fine, again, cycle) = (Ok(()), Err(RejectKind::DuplicateId), Err(RejectKind::AncestorCycle));
        check(&[("a", None), ("b", Some("a")), ("a", None)], &[fine, fine, again]);
        check(&[("a", Some("a"))], &[cycle]);
        check(&[("a", Some("b")), ("b", Some("a"))], &[fine, cycle]);
        check(&[("a", Some("b")), ("b", Some("c")), ("c", Some("d")), ("d", Some("a"))], &[fine, fine, fine, cycle]);
        check(&[("c", Some("b")), ("b", Some("a")), ("a", None), ("d", Some("c"))], &[fine; 4]);
        check(&[("a", Some("gone")), ("b", Some("gone"))], &[fine; 2]);
    }

    #[test]
    fn threads_do_not_share_ids() {
        let mut ancestry = Ancestry::new(10);
        let id = CommentId::new("1");
        assert_eq!(ancestry.add(&ThreadId::new("x"), &id, None), Ok(()));
        assert_eq!(ancestry.add(&ThreadId::new("y"), &id, None), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_go_first() {
        let mut ancestry = Ancestry::new(3);
        let thread = ThreadId::new("t");
        for number in 0..100 {
            let parent = (number > 0).then(|| CommentId::new((number - 1).to_string()));
            assert_eq!(ancestry.add(&thread, &CommentId::new(number.to_string()), parent.as_ref()), Ok(()));
            assert!(ancestry.up.len() <= 3 && ancestry.order.len() <= 3);
        }
        assert_eq!(ancestry.add(&thread, &CommentId::new("99"), None), Err(RejectKind::DuplicateId));
        assert_eq!(ancestry.add(&thread, &CommentId::new("0"), None), Ok(()));
    }

    #[test]
    fn a_deep_chain_is_cheap_from_either_end() {
        let thread = ThreadId::new("t");
        for backwards in [false, true] {
            let mut ancestry = Ancestry::new(300_000);
            for step in 0..100_000_u32 {
                let number = if backwards { 100_000 - step } else { step + 1 };
                let (id, parent) = (CommentId::new(number.to_string()), CommentId::new((number - 1).to_string()));
                assert_eq!(ancestry.add(&thread, &id, Some(&parent)), Ok(()));
            }
        }
    }
}
