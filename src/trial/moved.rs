//! A comment that the two policies would do different things with, as it is listed. Its words are not.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::comparison::Pair;
use crate::domain::{ModeratorDecision, Reason, ReasonSubject};

/// Name and version of the shape of a line of moved comments.
pub const MOVED_SCHEMA: &str = "threadsieve.moved/1";
/// An id that is longer is cut in the table for people.
const MAX_SHOWN_ID: usize = 40;

/// A comment that the two policies would do different things with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MovedComment {
    /// Always `threadsieve.moved/1`.
    pub schema: &'static str,
    /// Its thread.
    pub thread_id: String,
    /// Its id.
    pub id: String,
    /// `approved` or `rejected`; null where no moderator's decision is known.
    pub moderation: Option<&'static str>,
    /// The action of the policy in force.
    pub from: &'static str,
    /// The action of the policy that is tried.
    pub to: &'static str,
    /// The rules that decided: of the policy that is tried where it is the more severe one, else of the one in force.
    pub because: Vec<MovedReason>,
}

/// A rule that decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MovedReason {
    /// `new`: a rule of the policy that is tried; `old`: of the one in force.
    pub policy: &'static str,
    /// The rule's id.
    pub rule: Arc<str>,
    /// The score's label, or a fact such as `flag:duplicate`.
    pub label: Option<Arc<str>>,
    /// The score that the rule saw.
    pub score: Option<f64>,
    /// The threshold that it compared with.
    pub threshold: Option<f64>,
}

impl MovedComment {
    /// A moved comment and the reasons that moved it.
    #[must_use]
    pub fn new(pair: &Pair, reasons: &[&Reason]) -> Self {
        let policy = if pair.new.action > pair.old.action { "new" } else { "old" };
        let because = reasons.iter().map(|reason| MovedReason {
            policy,
            rule: Arc::clone(&reason.rule),
            label: match &reason.subject {
                ReasonSubject::Score(name) | ReasonSubject::Fact(name) => Some(Arc::clone(name)),
                ReasonSubject::None => None,
            },
            score: reason.score,
            threshold: reason.threshold,
        });
        Self {
            schema: MOVED_SCHEMA,
            thread_id: pair.thread_id.as_str().to_owned(),
            id: pair.id.as_str().to_owned(),
            moderation: pair.moderation.and_then(ModeratorDecision::name),
            from: pair.old.action.name(),
            to: pair.new.action.name(),
            because: because.collect(),
        }
    }

    /// The heads of the columns of [`row`](Self::row).
    #[must_use]
    pub fn head() -> String {
        line("thread", "comment", "moved", "moderator", "because")
    }

    /// A line of the table for people, with its line break.
    #[must_use]
    pub fn row(&self) -> String {
        let mut because = String::new();
        for (at, reason) in self.because.iter().enumerate() {
            because.push_str(if at > 0 { "; " } else { "" });
            let sign = if reason.policy == "new" { '+' } else { '-' };
            let _ = write!(because, "{sign}{}", reason.rule);
            if let Some(label) = &reason.label {
                let _ = write!(because, ": {label}");
            }
            if let (Some(score), Some(threshold)) = (reason.score, reason.threshold) {
                let _ = write!(because, " {score:.4}, threshold {threshold}");
            }
        }
        let moved = format!("{} > {}", self.from, self.to);
        line(&shown(&self.thread_id), &shown(&self.id), &moved, self.moderation.unwrap_or("-"), &because)
    }
}

fn line(thread: &str, comment: &str, moved: &str, moderator: &str, because: &str) -> String {
    format!("{thread:<16} {comment:<16} {moved:<19} {moderator:<9} {because}\n")
}

/// An id without signs that a terminal would take for commands, and not longer than a table can bear.
fn shown(id: &str) -> String {
    let mut shown: String =
        id.chars().take(MAX_SHOWN_ID).map(|sign| if sign.is_control() { '\u{fffd}' } else { sign }).collect();
    if id.chars().nth(MAX_SHOWN_ID).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::comparison::Comparison;
    use super::super::comparison::tests::{pair, policy};
    use super::*;
    use crate::domain::Action::{Approve, Review};

    fn moved(old: (crate::domain::Action, &[&str]), new: (crate::domain::Action, &[&str]), id: &str) -> MovedComment {
        let rules = policy(&[("toxic", Review)]);
        let pair = pair(id, Some(ModeratorDecision::Rejected), old, new);
        let mut all = Comparison::new(rules.clone(), rules);
        let reasons = all.add(&pair).expect("it moved");
        MovedComment::new(&pair, &reasons)
    }

    #[test]
    fn a_row_says_why_and_shows_no_signs_of_control() {
        let row = moved((Approve, &["default"]), (Review, &["toxic"]), "a\u{1b}b").row();
        assert!(row.contains("a\u{fffd}b") && row.contains("approve > review"), "{row}");
        assert!(row.ends_with("rejected  +toxic: toxicity 0.6000, threshold 0.5\n"), "{row}");
        let row = moved((Review, &["toxic"]), (Approve, &["default"]), &"x".repeat(60)).row();
        assert!(row.contains("-toxic: ") && row.contains(&format!("{}… ", "x".repeat(MAX_SHOWN_ID))), "{row}");
    }

    #[test]
    fn a_line_of_json_is_whole() {
        let line = serde_json::to_string(&moved((Approve, &["default"]), (Review, &["toxic"]), "a")).unwrap();
        assert_eq!(
            line,
            r#"{"schema":"threadsieve.moved/1","thread_id":"t","id":"a","moderation":"rejected","from":"approve","to":"review","because":[{"policy":"new","rule":"toxic","label":"toxicity","score":0.6,"threshold":0.5}]}"#
        );
    }
}
