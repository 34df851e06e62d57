//! Moderators' decisions and people's labels as rows of training data.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::domain::{Body, Comment, Item, ModeratorDecision, SegmentKind, ThreadHeader};
use crate::source::{Format, Newest};

/// A row of training data: what `train`, `calibrate` and `evaluate` read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelRow<'a> {
    /// Thread and comment, which name it in the export.
    pub id: String,
    /// The system that the export comes from.
    pub source: &'static str,
    /// The comment's text, without what its markup says that it quotes: nobody is judged by what others wrote.
    pub text: Cow<'a, str>,
    /// `approve` or `reject`; missing where nobody decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<&'static str>,
    /// The share of people who gave a label, 0..=1; of a moderator it is 0 or 1. Missing labels are not known.
    pub labels: BTreeMap<Arc<str>, f64>,
    /// The thread's title; with `off_topic` only, like the three below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// The article, or what the export has of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<&'a str>,
    /// The comment that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<&'a str>,
    /// 1: rejected because it had nothing to do with the article; 0: approved; null: rejected for something else. Missing where
    /// its system has no such reason, or there is nothing that the comment could be off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off_topic: Option<Option<u8>>,
}

/// What was found in an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LabelCounts {
    /// Comments read.
    pub comments: u64,
    /// Rows made of them.
    pub rows: u64,
    /// Comments with a decision or a label, but without a text: nothing can be learned from them.
    pub without_text: u64,
    /// Rows by decision.
    pub decisions: BTreeMap<&'static str, u64>,
    /// Rejected comments by the reason given, in the codes of the system.
    pub reasons: BTreeMap<Arc<str>, u64>,
    /// For each label the rows that have it (a share of a half or more), and the rows where it is known.
    pub labels: BTreeMap<Arc<str>, (u64, u64)>,
    /// Items that could not be read.
    pub rejects: u64,
}

/// The decisions of rows.
const APPROVE: &str = "approve";
const REJECT: &str = "reject";
/// The label that says off topic.
const OFF_TOPIC: &str = "off_topic";
/// What a system's moderators say by rejecting at all.
const REJECTED: &str = "rejected";

/// Labels that the reasons of a system mean. A comment may have faults that nobody named, so that what is not named is not
/// known; an approved comment has none of them.
fn labels_of(format: Format) -> &'static [(&'static str, &'static [&'static str])] {
    match format {
        // REJECTION_REASON_CODE of Coral's schema. What is illegal, misinformation or a banned word is no label of ours.
        Format::Coral => &[
            ("OFFENSIVE", &["toxicity"]),
            ("ABUSIVE", &["toxicity"]),
            ("HARASSMENT_BULLYING", &["toxicity"]),
            ("HATE_SPEECH", &["toxicity", "identity_attack"]),
            ("SPAM", &["spam"]),
            ("AD", &["spam"]),
            ("IRRELEVANT_CONTENT", &[OFF_TOPIC]),
        ],
        Format::Disqus | Format::Wxr => &[("spam", &["spam"])],
        _ => &[],
    }
}

/// Makes rows of comments. Titles and articles of the newest threads are kept, and texts of the newest comments as parents.
#[derive(Debug)]
pub struct LabelRows {
    /// Labels that are asked for; all where there is none.
    wanted: Vec<String>,
    counts: LabelCounts,
    threads: Newest<String, (Option<Body>, Option<Body>)>,
    max_threads: usize,
    comments: Newest<String, Body>,
    max_comments: usize,
}

impl LabelRows {
    /// Makes rows of some labels, or of all where none is named; keeps at most so many threads and comments.
    #[must_use]
    pub fn new(wanted: Vec<String>, max_threads: usize, max_comments: usize) -> Self {
        Self {
            wanted,
            counts: LabelCounts::default(),
            threads: Newest::default(),
            max_threads,
            comments: Newest::default(),
            max_comments,
        }
    }

    /// What was found so far.
    #[must_use]
    pub fn counts(&self) -> &LabelCounts {
        &self.counts
    }

    /// Takes in an item of an export, and hands its row to `take` if it makes one.
    ///
    /// # Errors
    /// Where `take` fails.
    pub fn add<E>(
        &mut self,
        item: &Item,
        format: Format,
        take: impl FnOnce(&LabelRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match item {
            Item::Comment(comment) => {
                self.counts.comments += 1;
                let taken = self.row(comment, format).map_or(Ok(()), |row| take(&row));
                self.comments.insert(key_of(comment), Body::new(own_words(comment)), self.max_comments);
                return taken;
            }
            Item::Thread(ThreadHeader { thread_id, title, article, .. }) => {
                self.threads.insert(thread_id.to_string(), (title.clone(), article.clone()), self.max_threads);
            }
            Item::Reject(_) => self.counts.rejects += 1,
            Item::Aside(_) => {}
        }
        Ok(())
    }

    fn row<'a>(&'a mut self, comment: &'a Comment, format: Format) -> Option<LabelRow<'a>> {
        let decision = match comment.moderation {
            Some(ModeratorDecision::Approved) => Some(APPROVE),
            Some(ModeratorDecision::Rejected) => Some(REJECT),
            Some(ModeratorDecision::Unclear) | None => None,
        };
        let stated = comment.stated.as_deref();
        let given = stated.map(|stated| stated.labels.as_slice()).unwrap_or_default();
        if decision.is_none() && given.is_empty() {
            return None;
        }
        let text = own_words(comment);
        if text.trim().is_empty() {
            self.counts.without_text += 1;
            return None;
        }
        let reasons = stated.map(|stated| stated.reasons.as_slice()).unwrap_or_default();
        let mut labels = labels(given, decision, reasons, format);
        if !self.wanted.is_empty() {
            labels.retain(|label, _| self.wanted.iter().any(|wanted| **wanted == **label));
        }
        let found = labels.clone();
        let off_topic = labels.remove(OFF_TOPIC).map(|share| u8::from(share >= 0.5));
        let may_be_off_topic = labels_of(format).iter().any(|(_, meant)| meant.contains(&OFF_TOPIC));
        let off_topic = (off_topic.is_some() || (may_be_off_topic && self.wanted.is_empty())).then_some(off_topic);
        let context = off_topic.and_then(|_| self.threads.get(comment.thread_id.as_str()));
        let (title, article) = context.map(|(title, article)| (title.as_ref(), article.as_ref())).unwrap_or_default();
        let parent = comment.parent_id.as_ref().filter(|_| off_topic.is_some());
        let parent = parent.and_then(|parent| self.comments.get(format!("{}/{parent}", comment.thread_id).as_str()));
        let off_topic = off_topic.filter(|_| title.is_some() || article.is_some() || parent.is_some());
        if labels.is_empty() && off_topic.flatten().is_none() {
            return None;
        }
        self.counts.add(decision, reasons, &found);
        Some(LabelRow {
            id: key_of(comment),
            source: format.name(),
            text,
            decision,
            labels,
            title: title.map(Body::as_str),
            article: article.map(Body::as_str),
            parent: parent.map(Body::as_str),
            off_topic,
        })
    }
}

impl LabelCounts {
    /// Counts a row.
    fn add(&mut self, decision: Option<&'static str>, reasons: &[Arc<str>], labels: &BTreeMap<Arc<str>, f64>) {
        self.rows += 1;
        if let Some(decision) = decision {
            *self.decisions.entry(decision).or_default() += 1;
        }
        for reason in reasons.iter().filter(|_| decision == Some(REJECT)) {
            *self.reasons.entry(Arc::clone(reason)).or_default() += 1;
        }
        for (label, share) in labels {
            let (has, known) = self.labels.entry(Arc::clone(label)).or_default();
            *has += u64::from(*share >= 0.5);
            *known += 1;
        }
    }
}

/// The labels that people gave, and those that a decision and its reasons mean.
fn labels(
    given: &[(Arc<str>, f64)],
    decision: Option<&str>,
    reasons: &[Arc<str>],
    format: Format,
) -> BTreeMap<Arc<str>, f64> {
    let mut labels: BTreeMap<Arc<str>, f64> = given.iter().cloned().collect();
    let Some(decision) = decision else { return labels };
    let is_rejected = decision == REJECT;
    labels.insert(REJECTED.into(), f64::from(u8::from(is_rejected)));
    for (reason, meant) in labels_of(format) {
        let is_given = is_rejected && reasons.iter().any(|given| **given == **reason);
        for label in meant.iter().filter(|_| is_given || !is_rejected) {
            labels.insert((*label).into(), f64::from(u8::from(is_given)));
        }
    }
    labels
}

/// The text without marked quotes, unless there is nothing else.
fn own_words(comment: &Comment) -> Cow<'_, str> {
    let text = comment.body.as_str();
    let quotes = comment.marks.iter().filter(|mark| mark.kind == SegmentKind::Quote).map(|mark| mark.span);
    let (mut own, mut from) = (String::new(), 0);
    for quote in quotes {
        own.push_str(text.get(from..quote.begin).unwrap_or_default());
        from = quote.end;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    own.push_str(text.get(from..).unwrap_or_default());
    // What is left of quoted lines in Markdown is their sign.
    let own = own.trim_start_matches(['>', ' ', '\n']).trim_end();
    if own.chars().any(char::is_alphabetic) { Cow::Owned(own.to_owned()) } else { Cow::Borrowed(text) }
}

fn key_of(comment: &Comment) -> String {
    format!("{}/{}", comment.thread_id, comment.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CommentId, Origin, Stated, ThreadId};

    fn comment(id: &str, text: &str, moderation: Option<ModeratorDecision>, reasons: &[&str]) -> Comment {
        let origin = Origin::new("test".into(), 1);
        let reasons = reasons.iter().map(|reason| (*reason).into()).collect();
        Comment {
            moderation,
            stated: Some(Box::new(Stated { reasons, ..Stated::default() })),
            ..Comment::new(origin, ThreadId::new("t"), CommentId::new(id), Body::new(text))
        }
    }

    fn rows(format: Format, wanted: &[&str], items: &[Item]) -> (Vec<String>, LabelCounts) {
        let mut rows = LabelRows::new(wanted.iter().map(ToString::to_string).collect(), 10, 10);
        let mut lines = Vec::new();
        for item in items {
            let taken: Result<(), serde_json::Error> = rows.add(item, format, |row| {
                lines.push(serde_json::to_string(row)?);
                Ok(())
            });
            taken.unwrap();
        }
        (lines, rows.counts().clone())
    }

    #[test]
    fn reasons_become_labels() {
        use ModeratorDecision::{Approved, Rejected};
        let header = ThreadHeader {
            origin: Origin::new("test".into(), 1),
            thread_id: ThreadId::new("t"),
            title: Some(Body::new("T")),
            article: None,
            url: None,
            language: None,
        };
        let (lines, counts) = rows(
            Format::Coral,
            &[],
            &[
                Item::Thread(header),
                Item::Comment(comment("a", "Fine.", Some(Approved), &[])),
                Item::Comment(Comment {
                    parent_id: Some(CommentId::new("a")),
                    ..comment("b", "Washing machines!", Some(Rejected), &["IRRELEVANT_CONTENT"])
                }),
                Item::Comment(comment("c", "Rude.", Some(Rejected), &["HATE_SPEECH"])),
                Item::Comment(comment("d", "Hm.", Some(Rejected), &["OTHER"])),
                Item::Comment(comment("e", "Waits.", None, &[])),
                Item::Comment(comment("f", " ", Some(Rejected), &[])),
            ],
        );
        assert_eq!(
            lines,
            [
                r#"{"id":"t/a","source":"coral","text":"Fine.","decision":"approve","labels":{"identity_attack":0.0,"rejected":0.0,"spam":0.0,"toxicity":0.0},"title":"T","off_topic":0}"#,
                r#"{"id":"t/b","source":"coral","text":"Washing machines!","decision":"reject","labels":{"rejected":1.0},"title":"T","parent":"Fine.","off_topic":1}"#,
                r#"{"id":"t/c","source":"coral","text":"Rude.","decision":"reject","labels":{"identity_attack":1.0,"rejected":1.0,"toxicity":1.0},"title":"T","off_topic":null}"#,
                r#"{"id":"t/d","source":"coral","text":"Hm.","decision":"reject","labels":{"rejected":1.0},"title":"T","off_topic":null}"#,
            ]
        );
        assert_eq!((counts.comments, counts.rows, counts.without_text), (6, 4, 1));
        assert_eq!(counts.labels.get("toxicity"), Some(&(1, 2)));
        assert_eq!(counts.reasons.get("OTHER"), Some(&1));
    }

    #[test]
    fn only_wanted_labels_make_rows() {
        use ModeratorDecision::{Approved, Rejected};
        let items = [
            Item::Comment(comment("a", "Fine.", Some(Approved), &[])),
            Item::Comment(comment("b", "Buy!", Some(Rejected), &["SPAM"])),
            Item::Comment(comment("c", "Rude.", Some(Rejected), &["OFFENSIVE"])),
        ];
        let (lines, counts) = rows(Format::Coral, &["spam"], &items);
        assert_eq!(
            lines,
            [
                r#"{"id":"t/a","source":"coral","text":"Fine.","decision":"approve","labels":{"spam":0.0}}"#,
                r#"{"id":"t/b","source":"coral","text":"Buy!","decision":"reject","labels":{"spam":1.0}}"#,
            ]
        );
        assert_eq!((counts.comments, counts.rows), (3, 2));
        assert_eq!(rows(Format::Coral, &["humour"], &items).0, [""; 0]);
    }

    #[test]
    fn labels_that_people_gave_stay() {
        let stated = Stated { labels: vec![("toxicity".into(), 0.75)], ..Stated::default() };
        let comment = Comment { stated: Some(Box::new(stated)), ..comment("a", "Hm.", None, &[]) };
        let (lines, _) = rows(Format::CivilComments, &[], &[Item::Comment(comment)]);
        assert_eq!(lines, [r#"{"id":"t/a","source":"civil-comments","text":"Hm.","labels":{"toxicity":0.75}}"#]);
    }
}
