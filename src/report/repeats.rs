//! Comments that repeat earlier ones, and who wrote them.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::record_line::RecordLine;
use super::survey::Names;

/// All repeats.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    groups: FxHashMap<(u32, String), Group>,
    pub(super) authors: Names<AuthorFigures>,
}

/// An earlier comment with those that repeat it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Group {
    /// Letter for letter.
    pub(super) copies: u64,
    /// Nearly.
    pub(super) near: u64,
    pub(super) held: u64,
    /// Places of the authors, with how often each repeated it; without those who are not named.
    pub(super) authors: BTreeMap<u32, u64>,
}

/// What is counted of an author.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct AuthorFigures {
    pub(super) comments: u64,
    pub(super) copies: u64,
    pub(super) near: u64,
    pub(super) held: u64,
}

impl Repeats {
    /// Adds a comment, which may be no repeat.
    pub(super) fn push(&mut self, record: &RecordLine, thread: u32, is_held: bool) {
        let (is_copy, is_near) = (record.has_flag("duplicate"), record.has_flag("near_duplicate"));
        let author = record.author.as_deref().map(|author| self.authors.place(author));
        if let Some(figures) = author.and_then(|author| self.authors.get_mut(author)) {
            figures.comments += 1;
            figures.copies += u64::from(is_copy);
            figures.near += u64::from(is_near);
            figures.held += u64::from(is_held);
        }
        let Some(original) = record.duplicate_of.as_ref().filter(|_| is_copy || is_near) else { return };
        let group = self.groups.entry((thread, original.clone())).or_default();
        group.copies += u64::from(is_copy);
        group.near += u64::from(is_near);
        group.held += u64::from(is_held);
        if let Some(author) = author {
            *group.authors.entry(author).or_default() += 1;
        }
    }

    /// How many comments have been repeated.
    pub(super) fn originals(&self) -> usize {
        self.groups.len()
    }

    /// The comments that were repeated most: thread, id, repeats.
    pub(super) fn most_repeated(&self, most: usize) -> Vec<(u32, &str, &Group)> {
        let mut all: Vec<_> = self.groups.iter().map(|((thread, id), group)| (*thread, id.as_str(), group)).collect();
        all.sort_by(|left, right| {
            let count = |group: &Group| group.copies + group.near;
            count(right.2).cmp(&count(left.2)).then((left.0, left.1).cmp(&(right.0, right.1)))
        });
        all.truncate(most);
        all
    }

    /// The authors who repeat most.
    pub(super) fn busiest(&self, most: usize) -> Vec<(&str, AuthorFigures)> {
        let repeats = |figures: &AuthorFigures| figures.copies + figures.near;
        let named = self.authors.all.iter().map(|(name, figures)| (name.as_str(), *figures));
        let mut all: Vec<_> = named.filter(|(_, figures)| repeats(figures) > 0).collect();
        all.sort_by(|left, right| repeats(&right.1).cmp(&repeats(&left.1)).then(left.0.cmp(right.0)));
        all.truncate(most);
        all
    }
}
