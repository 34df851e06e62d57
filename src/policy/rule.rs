//! Rules and the decision that follows from them.

use std::sync::Arc;

use crate::domain::{Action, Decision, Reason, ReasonSubject};

use super::{Condition, Facts};

/// If all conditions hold, then this action.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The site's name for it, unique in the policy.
    pub id: Arc<str>,
    /// What it asks for; at least one.
    pub conditions: Vec<Condition>,
    /// What to do.
    pub action: Action,
}

/// A site's rules, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// The rules. Order decides only in which order reasons are listed.
    pub rules: Vec<Rule>,
}

impl Policy {
    /// Whether a rule looks for patterns in the words of comments.
    #[must_use]
    pub fn asks_for_words(&self) -> bool {
        let mut conditions = self.rules.iter().flat_map(|rule| &rule.conditions);
        conditions.any(|condition| matches!(condition, Condition::Words(_)))
    }

    /// The most severe action of all rules that match, with every one of them as a reason; `approve` by the rule
    /// `default` where none does.
    #[must_use]
    pub fn decide(&self, facts: Facts<'_>) -> Decision {
        let mut action = Action::Approve;
        let mut reasons = Vec::new();
        for rule in &self.rules {
            let seen: Option<Vec<_>> = rule.conditions.iter().map(|condition| condition.check(facts)).collect();
            let Some(seen) = seen else { continue };
            action = action.max(rule.action);
            // A rule is one reason; the score, if it asks for one, says more than the fact beside it.
            let telling = seen.iter().find(|(_, score, _)| score.is_some()).or(seen.first()).cloned();
            let (subject, score, threshold) = telling.unwrap_or((ReasonSubject::None, None, None));
            reasons.push(Reason { rule: Arc::clone(&rule.id), subject, score, threshold });
        }
        if reasons.is_empty() {
            let rule = Arc::from("default");
            reasons.push(Reason { rule, subject: ReasonSubject::None, score: None, threshold: None });
        }
        Decision { action, reasons }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Absence, Flag, LabelledScore, LanguageVerdict, Probability, Tone, ToneLabel, Translation, TranslationStatus,
    };
    use crate::policy::{Bound, Pattern, ScoreName};

    fn rule(id: &str, conditions: Vec<Condition>, action: Action) -> Rule {
        Rule { id: id.into(), conditions, action }
    }

    fn toxicity(bounds: Vec<Bound>) -> Condition {
        Condition::Score(ScoreName::Label("toxicity".into()), bounds)
    }

    fn decide(rules: Vec<Rule>, score: Option<f64>, flags: &[Flag]) -> Decision {
        let tone = score.and_then(Probability::new).ok_or(Absence::NoText).map(|probability| Tone {
            label: ToneLabel::Hostile,
            scores: vec![LabelledScore { label: "toxicity".into(), probability }],
            evidence: vec![],
        });
        let facts = Facts {
            language: &LanguageVerdict::NoText,
            translation: &Translation::plain(TranslationStatus::NotNeeded),
            tone: &tone,
            topic: &Err(Absence::NoContext),
            flags,
            words: "the old bridge",
        };
        Policy { rules }.decide(facts)
    }

    #[test]
    fn the_most_severe_action_wins_and_every_match_is_a_reason() {
        let rules = vec![
            rule("rude", vec![toxicity(vec![Bound::AtLeast(0.5)])], Action::Reject),
            rule("again", vec![Condition::Flag(Flag::Duplicate)], Action::Review),
            rule("grey", vec![toxicity(vec![Bound::AtLeast(0.2), Bound::Below(0.5)])], Action::Review),
        ];
        let decision = decide(rules.clone(), Some(0.5), &[Flag::Duplicate]);
        assert_eq!(decision.action, Action::Reject);
        let ids: Vec<&str> = decision.reasons.iter().map(|reason| &*reason.rule).collect();
        assert_eq!(ids, ["rude", "again"]);
        assert_eq!(decision.reasons[0].score, Some(0.5));
        assert_eq!(decision.reasons[0].threshold, Some(0.5));
        assert_eq!(decide(rules, Some(0.3), &[]).action, Action::Review);
    }

    #[test]
    fn an_absent_score_matches_nothing_and_no_match_approves() {
        let below = vec![rule("calm", vec![toxicity(vec![Bound::Below(0.9)])], Action::Review)];
        let decision = decide(below, None, &[]);
        assert_eq!(decision.action, Action::Approve);
        assert_eq!(&*decision.reasons[0].rule, "default");
    }

    #[test]
    fn all_conditions_of_a_rule_must_hold() {
        let both = vec![toxicity(vec![Bound::AtLeast(0.5)]), Condition::Flag(Flag::LinkOnly)];
        let rules = vec![rule("both", both, Action::Review)];
        assert_eq!(decide(rules.clone(), Some(0.9), &[]).action, Action::Approve);
        let decision = decide(rules, Some(0.9), &[Flag::LinkOnly]);
        assert_eq!(decision.action, Action::Review);
        assert_eq!(decision.reasons[0].subject, ReasonSubject::Score("toxicity".into()));
    }

    #[test]
    fn the_first_pattern_that_matches_is_the_reason() {
        let words = |all: &[&str]| Condition::Words(all.iter().map(|one| Pattern::new(one).unwrap()).collect());
        let rules = vec![
            rule("old", vec![words(&["new", r"\bold\b", "bridge"])], Action::Review),
            rule("no", vec![words(&["x"])], Action::Reject),
        ];
        assert!(Policy { rules: rules.clone() }.asks_for_words() && !Policy::default().asks_for_words());
        let decision = decide(rules, None, &[]);
        assert_eq!((decision.action, decision.reasons.len()), (Action::Review, 1));
        assert_eq!(decision.reasons[0].subject, ReasonSubject::Fact(r"text_matches:\bold\b".into()));
    }
}
