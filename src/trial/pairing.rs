//! Two runs over the same inputs, brought together comment by comment.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;

use super::comparison::Pair;
use crate::domain::Decision;
use crate::pipeline::Verdict;

/// One run's verdicts as they come.
#[derive(Debug)]
pub struct Side {
    batches: Receiver<Vec<Verdict>>,
    waiting: VecDeque<Verdict>,
}

impl Side {
    /// Verdicts from a channel, whose bound is the most that is held back.
    #[must_use]
    pub fn new(batches: Receiver<Vec<Verdict>>) -> Self {
        Self { batches, waiting: VecDeque::new() }
    }

    /// Waits until there is a verdict; `false` at the end of the run.
    fn fill(&mut self) -> bool {
        while self.waiting.is_empty() {
            let Ok(batch) = self.batches.recv() else { return false };
            self.waiting.extend(batch);
        }
        true
    }
}

/// Joins the verdicts of two runs over the same inputs. Both come in the order of the input; a comment that only one of
/// them has (the other one failed on it) is left out and counted.
#[derive(Debug)]
pub struct Pairing {
    old: Side,
    new: Side,
    /// Comments that only one of the runs has.
    pub unpaired: u64,
}

impl Pairing {
    /// Begins with the run of the configuration in force, and that of the one that is tried.
    #[must_use]
    pub fn new(old: Side, new: Side) -> Self {
        Self { old, new, unpaired: 0 }
    }
}

fn is_same(one: &Verdict, other: &Verdict) -> bool {
    one.id == other.id && one.thread_id == other.thread_id && one.origin == other.origin
}

/// Drops what stands before the other side's first verdict, if that is among what waits here.
fn skip_to(side: &mut VecDeque<Verdict>, wanted: &Verdict) -> Option<u64> {
    let at = side.iter().position(|verdict| is_same(verdict, wanted))?;
    side.drain(..at);
    Some(at as u64)
}

impl Iterator for Pairing {
    type Item = Pair;

    fn next(&mut self) -> Option<Pair> {
        loop {
            // Where one run ends first it was stopped: what the other one has more was not to be compared.
            if !self.old.fill() || !self.new.fill() {
                return None;
            }
            let (old, new) = (self.old.waiting.front()?, self.new.waiting.front()?);
            if is_same(old, new) {
                let (old, new) = (self.old.waiting.pop_front()?, self.new.waiting.pop_front()?);
                return Some(Pair { old: old.decision, ..Pair::from_new(new) });
            }
            let (old, new) = (old.clone(), new.clone());
            let skipped = skip_to(&mut self.new.waiting, &old).or_else(|| skip_to(&mut self.old.waiting, &new));
            self.unpaired += skipped.unwrap_or_else(|| {
                self.old.waiting.pop_front();
                self.new.waiting.pop_front();
                2
            });
        }
    }
}

impl Pair {
    /// From one run that tried both: its own policy is the new one, the first rival the one in force.
    #[must_use]
    pub fn from_one(mut verdict: Verdict) -> Option<Self> {
        let old: Decision = verdict.rivals.pop()?;
        Some(Self { old, ..Self::from_new(verdict) })
    }

    fn from_new(verdict: Verdict) -> Self {
        let Verdict { thread_id, id, moderation, decision, .. } = verdict;
        Self { thread_id, id, moderation, old: decision.clone(), new: decision }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;
    use crate::domain::{Action, CommentId, Origin, ThreadId};

    fn verdict(id: &str, action: Action) -> Verdict {
        Verdict {
            origin: Origin::new("a".into(), 1),
            thread_id: ThreadId::new("t"),
            id: CommentId::new(id),
            moderation: None,
            decision: Decision { action, reasons: vec![] },
            rivals: vec![],
        }
    }

    fn side(batches: &[&str], action: Action) -> Side {
        let (send, receive) = sync_channel(batches.len());
        for batch in batches {
            send.send(batch.split_whitespace().map(|id| verdict(id, action)).collect()).unwrap();
        }
        Side::new(receive)
    }

    fn check(old: &[&str], new: &[&str], expected: &str, unpaired: u64) {
        let mut pairing = Pairing::new(side(old, Action::Approve), side(new, Action::Review));
        let mut ids = Vec::new();
        for pair in pairing.by_ref() {
            assert_eq!((pair.old.action, pair.new.action), (Action::Approve, Action::Review));
            ids.push(pair.id.to_string());
        }
        assert_eq!((ids.join(" "), pairing.unpaired), (expected.to_owned(), unpaired), "{old:?} {new:?}");
    }

    #[test]
    fn batches_need_not_be_the_same() {
        check(&["a b", "", "c d e"], &["a", "b c d", "e"], "a b c d e", 0);
        check(&[], &["a"], "", 0);
    }

    #[test]
    fn what_one_side_lacks_is_left_out() {
        check(&["a b c d"], &["a c d"], "a c d", 1);
        check(&["a d"], &["a b c d"], "a d", 2);
        check(&["a x b"], &["a y b"], "a b", 2);
    }
}
