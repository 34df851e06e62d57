//! What the authors of a thread have written about in it.

use rustc_hash::FxHashMap;

use crate::classify::embedding::EmbeddingSum;
use crate::topic::CommentVector;

/// Authors by the hash of their names, as long as one of their comments is remembered: as bounded as these are.
#[derive(Debug, Default)]
pub(super) struct AuthorsSoFar {
    by_author: FxHashMap<u64, AuthorSoFar>,
}

#[derive(Debug, Default)]
struct AuthorSoFar {
    remembered: u32,
    sum: EmbeddingSum,
}

impl AuthorsSoFar {
    /// The sum of an author's comments; `None` where there is none.
    pub(super) fn so_far(&self, author: u64) -> Option<&EmbeddingSum> {
        self.by_author.get(&author).map(|author| &author.sum)
    }

    /// Adds a comment, which may be in no language that is read.
    pub(super) fn add(&mut self, author: u64, vector: Option<&CommentVector>) {
        let so_far = self.by_author.entry(author).or_default();
        so_far.remembered = so_far.remembered.saturating_add(1);
        if let Some(vector) = vector {
            so_far.sum.add(vector.embedding());
        }
    }

    /// Forgets that one of an author's comments is remembered; with the last one, the author.
    pub(super) fn forget_one(&mut self, author: u64) {
        if let Some(so_far) = self.by_author.get_mut(&author) {
            so_far.remembered = so_far.remembered.saturating_sub(1);
            if so_far.remembered == 0 {
                self.by_author.remove(&author);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.by_author.is_empty()
    }
}
