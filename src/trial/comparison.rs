//! Counts of what two policies would do with the same comments.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{Action, CommentId, Decision, ModeratorDecision, Reason, ThreadId};
use crate::policy::Policy;

/// Number of actions.
pub const ACTIONS: usize = Action::ALL.len();

/// What two policies would do with a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Its thread.
    pub thread_id: ThreadId,
    /// Its id.
    pub id: CommentId,
    /// What a moderator did with it.
    pub moderation: Option<ModeratorDecision>,
    /// What the policy in force would do.
    pub old: Decision,
    /// What the policy that is tried would do.
    pub new: Decision,
}

/// How a policy's holding agrees with what moderators did. Held: `review` or `reject`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// Comments held whose moderation is known.
    pub held: u64,
    /// … of which moderators rejected.
    pub held_rejected: u64,
    /// Comments that moderators rejected, held or not.
    pub rejected: u64,
}

/// Counts over all comments. The memory it takes does not depend on their number.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    policies: [Policy; 2],
    /// Comments by what the policy in force, then the one that is tried, would do; actions from mild to severe.
    transitions: [[u64; ACTIONS]; ACTIONS],
    /// Of these, those that moderators approved, and rejected.
    moderated: [[[u64; 2]; ACTIONS]; ACTIONS],
    unclear: u64,
    /// Comments that a rule of the one that is tried raised to a more severe action.
    raised_by: BTreeMap<Arc<str>, u64>,
    /// Comments that a rule of the policy in force no longer holds at its action.
    lowered_from: BTreeMap<Arc<str>, u64>,
}

impl Comparison {
    /// Begins to count.
    #[must_use]
    pub fn new(old: Policy, new: Policy) -> Self {
        Self {
            policies: [old, new],
            transitions: [[0; ACTIONS]; ACTIONS],
            moderated: [[[0; 2]; ACTIONS]; ACTIONS],
            unclear: 0,
            raised_by: BTreeMap::new(),
            lowered_from: BTreeMap::new(),
        }
    }

    /// Counts a comment; gives the reasons that moved it, if it moved: where it became more severe those of the policy
    /// that is tried, else those of the policy in force, in each case of the rules that decided.
    pub fn add<'p>(&mut self, pair: &'p Pair) -> Option<Vec<&'p Reason>> {
        let (from, to) = (place(pair.old.action), place(pair.new.action));
        self.transitions[from][to] += 1;
        match pair.moderation {
            Some(ModeratorDecision::Approved) => self.moderated[from][to][0] += 1,
            Some(ModeratorDecision::Rejected) => self.moderated[from][to][1] += 1,
            Some(ModeratorDecision::Unclear) => self.unclear += 1,
            None => {}
        }
        if from == to {
            return None;
        }
        let [old, new] = &self.policies;
        let is_raised = to > from;
        let reasons = if is_raised { deciding(&pair.new, new) } else { deciding(&pair.old, old) };
        let counts = if is_raised { &mut self.raised_by } else { &mut self.lowered_from };
        for reason in &reasons {
            *counts.entry(Arc::clone(&reason.rule)).or_default() += 1;
        }
        Some(reasons)
    }

    /// All comments.
    #[must_use]
    pub fn comments(&self) -> u64 {
        self.transitions.iter().flatten().sum()
    }

    /// Comments of which the two policies would do different things.
    #[must_use]
    pub fn moved(&self) -> u64 {
        self.comments() - (0..ACTIONS).map(|at| self.transitions[at][at]).sum::<u64>()
    }

    /// Comments by what the policy in force (rows), then the one that is tried, would do.
    #[must_use]
    pub fn transitions(&self) -> &[[u64; ACTIONS]; ACTIONS] {
        &self.transitions
    }

    /// Comments by the action of the policy in force.
    #[must_use]
    pub fn before(&self) -> [u64; ACTIONS] {
        self.transitions.map(|row| row.iter().sum())
    }

    /// Comments by the action of the policy that is tried.
    #[must_use]
    pub fn after(&self) -> [u64; ACTIONS] {
        std::array::from_fn(|to| self.transitions.iter().map(|row| row[to]).sum())
    }

    /// What moderators did, by the action of the policy in force: approved, rejected.
    #[must_use]
    pub fn moderated_before(&self) -> [[u64; 2]; ACTIONS] {
        std::array::from_fn(|from| sum(self.moderated[from].iter()))
    }

    /// What moderators did, by the action of the policy that is tried: approved, rejected.
    #[must_use]
    pub fn moderated_after(&self) -> [[u64; 2]; ACTIONS] {
        std::array::from_fn(|to| sum(self.moderated.iter().map(|row| &row[to])))
    }

    /// Comments whose moderation the input states in a word that is not known.
    #[must_use]
    pub fn unclear(&self) -> u64 {
        self.unclear
    }

    /// Moved comments by the rule of the tried policy that made them more severe.
    #[must_use]
    pub fn raised_by(&self) -> &BTreeMap<Arc<str>, u64> {
        &self.raised_by
    }

    /// Moved comments by the rule of the policy in force that had made them more severe.
    #[must_use]
    pub fn lowered_from(&self) -> &BTreeMap<Arc<str>, u64> {
        &self.lowered_from
    }
}

impl Held {
    /// From approved and rejected by action.
    #[must_use]
    pub fn of(moderated: &[[u64; 2]; ACTIONS]) -> Self {
        let mut all = Self::default();
        for (action, [approved, rejected]) in Action::ALL.into_iter().zip(moderated) {
            all.rejected += rejected;
            if action >= Action::Review {
                all.held += approved + rejected;
                all.held_rejected += rejected;
            }
        }
        all
    }
}

fn place(action: Action) -> usize {
    Action::ALL.iter().position(|other| *other == action).unwrap_or_default()
}

fn sum<'a>(counts: impl Iterator<Item = &'a [u64; 2]>) -> [u64; 2] {
    counts.fold([0; 2], |all, counts| [all[0] + counts[0], all[1] + counts[1]])
}

/// The reasons of the rules that demand what was decided.
fn deciding<'p>(decision: &'p Decision, policy: &Policy) -> Vec<&'p Reason> {
    let decides =
        |reason: &&Reason| policy.rules.iter().any(|rule| rule.id == reason.rule && rule.action == decision.action);
    decision.reasons.iter().filter(decides).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{Flag, ReasonSubject};
    use crate::policy::{Condition, Rule};

    pub(in crate::trial) fn policy(rules: &[(&str, Action)]) -> Policy {
        let conditions = || vec![Condition::Flag(Flag::Duplicate)];
        let rule = |(id, action): &(&str, Action)| Rule { id: (*id).into(), conditions: conditions(), action: *action };
        Policy { rules: rules.iter().map(rule).collect() }
    }

    fn decision(action: Action, rules: &[&str]) -> Decision {
        let reason = |rule: &&str| Reason {
            rule: (*rule).into(),
            subject: ReasonSubject::Score("toxicity".into()),
            score: Some(0.6),
            threshold: Some(0.5),
        };
        Decision { action, reasons: rules.iter().map(reason).collect() }
    }

    pub(in crate::trial) fn pair(
        id: &str,
        moderation: Option<ModeratorDecision>,
        old: (Action, &[&str]),
        new: (Action, &[&str]),
    ) -> Pair {
        let (thread_id, id) = (ThreadId::new("t"), CommentId::new(id));
        Pair { thread_id, id, moderation, old: decision(old.0, old.1), new: decision(new.0, new.1) }
    }

    #[test]
    fn moves_are_counted_with_the_rules_that_decided() {
        use Action::{Approve, Reject, Review};
        let (approved, rejected) = (Some(ModeratorDecision::Approved), Some(ModeratorDecision::Rejected));
        let old = policy(&[("toxic", Review), ("far", Review), ("again", Approve)]);
        let new = policy(&[("toxic", Reject), ("again", Review)]);
        let mut all = Comparison::new(old, new);
        let reasons = |moved: Option<Vec<&Reason>>| {
            moved.map(|reasons| reasons.iter().map(|reason| reason.rule.to_string()).collect::<Vec<_>>())
        };
        let raised = pair("a", rejected, (Review, &["toxic"]), (Reject, &["toxic", "again"]));
        assert_eq!(reasons(all.add(&raised)), Some(vec!["toxic".to_owned()]));
        let lowered = pair("b", approved, (Review, &["far", "again"]), (Approve, &["default"]));
        assert_eq!(reasons(all.add(&lowered)), Some(vec!["far".to_owned()]));
        let same = pair("c", rejected, (Approve, &["default"]), (Approve, &["default"]));
        assert_eq!(reasons(all.add(&same)), None);
        let unclear = pair("d", Some(ModeratorDecision::Unclear), (Approve, &["default"]), (Approve, &["default"]));
        assert_eq!(reasons(all.add(&unclear)), None);
        assert_eq!((all.comments(), all.moved(), all.unclear()), (4, 2, 1));
        assert_eq!((all.before(), all.after()), ([2, 0, 2, 0], [3, 0, 0, 1]));
        assert_eq!(all.transitions()[2], [1, 0, 0, 1]);
        assert_eq!(all.raised_by().get("toxic"), Some(&1));
        assert_eq!(all.lowered_from().get("far"), Some(&1));
        assert_eq!(Held::of(&all.moderated_before()), Held { held: 2, held_rejected: 1, rejected: 2 });
        assert_eq!(Held::of(&all.moderated_after()), Held { held: 1, held_rejected: 1, rejected: 2 });
    }
}
