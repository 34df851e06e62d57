//! A hash over all items of an input so far.

use sha2::{Digest as _, Sha256};

use super::identity::hexadecimal;
use crate::domain::{
    Aside, Body, Comment, CommentId, Item, LanguageCode, Mark, ModeratorNote, Origin, Reject, Stated, ThreadHeader,
    ThreadId,
};

/// SHA-256 over whatever of the items can show in records and dead letters, and in which order.
///
/// Every text goes in with its length before it, so that no two rows of items give the same bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct ItemsHash {
    hash: Sha256,
    bytes: Vec<u8>,
}

impl ItemsHash {
    pub(super) fn add(&mut self, item: &Item) {
        self.bytes.clear();
        match item {
            Item::Comment(comment) => self.comment(comment),
            Item::Thread(header) => self.thread(header),
            Item::Reject(reject) => self.reject(reject),
            Item::Aside(aside) => self.aside(aside),
        }
        self.hash.update(&self.bytes);
    }

    /// The hash of what was added so far, in hexadecimal.
    pub(super) fn so_far(&self) -> String {
        hexadecimal(&self.hash.clone().finalize())
    }

    // All fields are named, so that a new one is not forgotten here.
    fn comment(&mut self, comment: &Comment) {
        let Comment { origin, thread_id, id, parent_id, author, created_at, body, marks, moderation, stated, raw } =
            comment;
        self.bytes.push(b'c');
        self.origin(origin);
        self.text(thread_id.as_str());
        self.text(id.as_str());
        self.optional(parent_id.as_ref().map(CommentId::as_str));
        self.optional(author.as_ref().map(Body::as_str));
        self.optional(created_at.as_deref());
        self.text(body.as_str());
        self.number(marks.len() as u64);
        for Mark { kind, span } in marks {
            self.text(kind.name());
            self.number(span.begin as u64);
            self.number(span.end as u64);
        }
        self.optional(moderation.map(|decision| decision.name().unwrap_or("unclear")));
        self.bytes.push(u8::from(stated.is_some()));
        if let Some(Stated { revision_id, reasons, labels, is_edit }) = stated.as_deref() {
            self.optional(revision_id.as_deref());
            self.bytes.extend(is_edit.then_some(b'e'));
            self.number(reasons.len() as u64);
            for reason in reasons {
                self.text(reason);
            }
            self.number(labels.len() as u64);
            for (label, share) in labels {
                self.text(label);
                self.number(share.to_bits());
            }
        }
        self.optional(raw.as_ref().map(Body::as_str));
    }

    fn thread(&mut self, header: &ThreadHeader) {
        let ThreadHeader { origin, thread_id, title, article, url, language } = header;
        self.bytes.push(b't');
        self.origin(origin);
        self.text(thread_id.as_str());
        self.optional(title.as_ref().map(Body::as_str));
        self.optional(article.as_ref().map(Body::as_str));
        self.optional(url.as_deref());
        self.optional(language.as_ref().map(LanguageCode::as_str));
    }

    fn reject(&mut self, reject: &Reject) {
        let Reject { origin, stage, kind, detail, raw } = reject;
        self.bytes.push(b'r');
        self.origin(origin);
        self.text(stage.name());
        self.text(kind.name());
        self.text(detail);
        self.bytes.push(u8::from(raw.is_some()));
        self.raw(raw.as_deref().unwrap_or_default());
    }

    fn aside(&mut self, aside: &Aside) {
        match aside {
            Aside::Skipped { what, count } => {
                self.bytes.push(b's');
                self.text(what);
                self.number(*count);
            }
            Aside::Moderation(ModeratorNote { thread_id, comment_id, decision, reasons }) => {
                self.bytes.push(b'm');
                self.optional(thread_id.as_ref().map(ThreadId::as_str));
                self.text(comment_id.as_str());
                self.text(decision.name().unwrap_or("unclear"));
                self.number(reasons.len() as u64);
                for reason in reasons {
                    self.text(reason);
                }
            }
        }
    }

    fn origin(&mut self, origin: &Origin) {
        self.text(&origin.source);
        self.number(origin.line);
    }

    fn optional(&mut self, text: Option<&str>) {
        self.bytes.push(u8::from(text.is_some()));
        self.text(text.unwrap_or_default());
    }

    fn text(&mut self, text: &str) {
        self.raw(text.as_bytes());
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(line: u64, thread: &str, id: &str, body: &str) -> Comment {
        let origin = Origin::new("a.jsonl".into(), line);
        Comment::new(origin, ThreadId::new(thread), CommentId::new(id), Body::new(body))
    }

    fn of(items: impl IntoIterator<Item = Comment>) -> String {
        let mut hash = ItemsHash::default();
        items.into_iter().for_each(|comment| hash.add(&Item::Comment(comment)));
        hash.so_far()
    }

    #[test]
    fn whatever_can_show_in_the_output_changes_the_hash() {
        let plain = || comment(1, "t", "a", "The lamps are dark.");
        let same = of([plain()]);
        assert_eq!(of([plain()]), same);
        let answer = Comment { parent_id: Some(CommentId::new("b")), ..plain() };
        let named = Comment { author: Some(Body::new("Ann")), ..plain() };
        let others = [
            vec![comment(2, "t", "a", "The lamps are dark.")],
            vec![comment(1, "u", "a", "The lamps are dark.")],
            vec![comment(1, "ta", "", "The lamps are dark.")],
            vec![comment(1, "t", "a", "The lamps are dark!")],
            vec![answer],
            vec![named],
            vec![plain(), plain()],
            vec![],
        ];
        let mut hashes: Vec<String> = others.into_iter().map(of).chain([same]).collect();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), 9);
    }
}
