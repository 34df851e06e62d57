//! The rules that records name as reasons, and what other thresholds would hold.

use rustc_hash::FxHashMap;

use crate::domain::Action;
use crate::policy::{Bound, Condition, Policy, Rule};

use super::columns::{Columns, ONE, least_reaching};
use super::record_line::ReasonLine;

/// A rule with the score and the threshold that it compares, or with none.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RuleSeen {
    pub(super) id: String,
    /// The score's label and the threshold.
    pub(super) compares: Option<(String, f64)>,
    /// The fact that the first comment matched by, where no score is compared.
    pub(super) fact: Option<String>,
    /// What it asks for: as the policy says, else the mildest action of the comments that it matched.
    pub(super) action: Action,
    /// Whether it matches scores below its threshold instead of from it on.
    pub(super) is_below: bool,
    /// Whether it asks for more than this score: some comments with such a score it does not match.
    pub(super) asks_for_more: bool,
    /// Comments that it matched.
    pub(super) matched: u64,
    /// Comments that are held because of it alone.
    pub(super) alone: u64,
}

/// Which rules matched which comments.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rules {
    seen: Vec<RuleSeen>,
    places: FxHashMap<RuleKey, u32>,
    /// For each comment, where its part of `reasons` ends.
    ends: Vec<usize>,
    reasons: Vec<u32>,
}

type RuleKey = (String, Option<(String, u64)>);

/// Whether an action keeps a comment from being shown until somebody has looked at it.
pub(super) fn holds(action: Action) -> bool {
    action >= Action::Review
}

impl Rules {
    /// Adds the reasons of the next comment.
    pub(super) fn push(&mut self, action: Action, reasons: &[ReasonLine]) {
        for reason in reasons.iter().filter(|reason| reason.label.is_some()) {
            let compares = reason.label.clone().zip(reason.threshold).filter(|_| reason.score.is_some());
            let key =
                (reason.rule.clone(), compares.as_ref().map(|(label, threshold)| (label.clone(), threshold.to_bits())));
            let place = *self.places.entry(key).or_insert_with(|| {
                self.seen.push(RuleSeen {
                    id: reason.rule.clone(),
                    fact: if compares.is_some() { None } else { reason.label.clone() },
                    is_below: compares.is_some(),
                    compares,
                    action: Action::Reject,
                    asks_for_more: false,
                    matched: 0,
                    alone: 0,
                });
                self.seen.len() as u32 - 1
            });
            if let Some(rule) = self.seen.get_mut(place as usize) {
                rule.matched += 1;
                rule.action = rule.action.min(action);
                rule.is_below &= reason.score.zip(reason.threshold).is_some_and(|(score, threshold)| score < threshold);
            }
            self.reasons.push(place);
        }
        self.ends.push(self.reasons.len());
    }

    /// Works out what follows from all comments together. `policy` is the one that was in force, where it is known.
    pub(super) fn finish(&mut self, policy: Option<&Policy>, columns: &Columns) {
        for rule in policy.into_iter().flat_map(|policy| &policy.rules) {
            self.complete(rule);
        }
        for row in 0..self.ends.len() {
            let mut holding = self.of(row).iter().filter(|place| self.rule(**place).is_some_and(RuleSeen::holds));
            let (first, second) = (holding.next().copied(), holding.next());
            let only = first.filter(|_| second.is_none());
            if let Some(rule) = only.and_then(|only| self.seen.get_mut(only as usize)) {
                rule.alone += 1;
            }
        }
        for place in 0..self.seen.len() {
            let by_score = self.by_score(place, columns).iter().filter(|matches| **matches).count() as u64;
            if let Some(rule) = self.seen.get_mut(place).filter(|rule| rule.compares.is_some()) {
                rule.asks_for_more |= by_score > rule.matched;
            }
        }
    }

    /// What the policy says of a rule, which may have matched nothing.
    fn complete(&mut self, rule: &Rule) {
        let compared = rule.conditions.iter().find_map(|condition| match condition {
            Condition::Score(name, bounds) => bounds.first().map(|bound| (name.as_str().to_owned(), *bound)),
            _ => None,
        });
        let has_two_bounds = rule
            .conditions
            .iter()
            .any(|condition| matches!(condition, Condition::Score(_, bounds) if bounds.len() > 1));
        let is_of = |seen: &RuleSeen| *seen.id == *rule.id;
        if !self.seen.iter().any(is_of) {
            self.seen.push(RuleSeen {
                id: rule.id.to_string(),
                compares: compared.as_ref().map(|(label, bound)| (label.clone(), bound.threshold())),
                fact: None,
                action: rule.action,
                is_below: false,
                asks_for_more: false,
                matched: 0,
                alone: 0,
            });
        }
        for seen in self.seen.iter_mut().filter(|seen| is_of(seen)) {
            seen.action = rule.action;
            seen.is_below = compared.as_ref().is_some_and(|(_, bound)| matches!(bound, Bound::Below(_)));
            seen.asks_for_more = rule.conditions.len() > 1 || has_two_bounds;
        }
    }

    fn rule(&self, place: u32) -> Option<&RuleSeen> {
        self.seen.get(place as usize)
    }

    /// The rules, in the order in which they are met.
    pub(super) fn all(&self) -> &[RuleSeen] {
        &self.seen
    }

    /// Places of the rules that matched a comment.
    pub(super) fn of(&self, row: usize) -> &[u32] {
        let begin = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(row).and_then(|end| self.reasons.get(begin..*end)).unwrap_or_default()
    }

    /// Which comments a rule matches as far as its score goes.
    fn by_score(&self, place: usize, columns: &Columns) -> Vec<bool> {
        let found = self.seen.get(place).and_then(|rule| Some((rule, rule.least()?, rule.compares.as_ref()?)));
        let found = found.and_then(|(rule, least, (label, _))| Some((rule, least, columns.of(label)?)));
        let Some((rule, least, column)) = found else { return Vec::new() };
        let of = |row| column.at(row).is_some_and(|score| (score >= least) != rule.is_below);
        (0..self.ends.len()).map(of).collect()
    }

    /// Which comments a rule matched.
    pub(super) fn matched(&self, place: usize) -> Vec<bool> {
        (0..self.ends.len()).map(|row| self.of(row).iter().any(|found| *found as usize == place)).collect()
    }

    /// The threshold of the policy for a label, the lowest where there are several.
    pub(super) fn threshold_of(&self, label: &str) -> Option<f64> {
        let of =
            |rule: &RuleSeen| rule.compares.as_ref().filter(|(name, _)| name == label).map(|(_, threshold)| *threshold);
        self.seen.iter().filter(|rule| !rule.is_below).filter_map(of).min_by(f64::total_cmp)
    }
}

impl RuleSeen {
    /// Whether it holds comments.
    pub(super) fn holds(&self) -> bool {
        holds(self.action)
    }

    /// From which score on, or below which, it matches, in ten-thousandths.
    pub(super) fn least(&self) -> Option<u16> {
        self.compares.as_ref().map(|(_, threshold)| least_reaching(*threshold))
    }

    /// What it compares, for people.
    pub(super) fn condition(&self) -> String {
        let more = if self.asks_for_more { " and more" } else { "" };
        match (&self.compares, &self.fact) {
            (Some((label, threshold)), _) => {
                let label = label.replace('_', " ");
                format!("{label} {} {threshold}{more}", if self.is_below { "below" } else { "from" })
            }
            (None, Some(fact)) => fact.clone(),
            (None, None) => "a fact".to_owned(),
        }
    }
}

/// A threshold that can be moved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slider {
    /// The rule that has it; none where no rule holds comments by this score.
    pub(super) rule: Option<RuleSeen>,
    pub(super) label: String,
    /// Where it stands, in ten-thousandths; one above 1 holds nothing.
    pub(super) least: u16,
    pub(super) is_below: bool,
    /// Which comments the rule matched, where it asks for more than the score.
    pub(super) matched: Option<Vec<bool>>,
}

impl Slider {
    /// Whether the rule matches a comment with its threshold at `least`. Of a rule that asks for more than the score it is
    /// known only for comments on this side of the threshold as it is; beyond, the rest is taken to hold.
    pub(super) fn matches(&self, columns: &Columns, row: usize, least: u16) -> bool {
        let Some(score) = columns.score(&self.label, row) else { return false };
        let is_within = |least: u16| (score >= least) != self.is_below;
        is_within(least)
            && (!is_within(self.least) || self.matched.as_ref().is_none_or(|matched| matched.get(row) == Some(&true)))
    }
}

/// All thresholds that can be moved, and the comments that are held whatever they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct WhatIf {
    pub(super) sliders: Vec<Slider>,
    /// Held by a rule that compares no score, or for a reason that the record does not name.
    pub(super) held_anyway: Vec<bool>,
}

impl WhatIf {
    /// Finds them. `held` are the comments that are held now.
    pub(super) fn new(rules: &Rules, columns: &Columns, held: &[bool]) -> Self {
        let mut sliders = Vec::new();
        let mut has_slider = vec![false; rules.seen.len()];
        for (place, rule) in rules.seen.iter().enumerate().filter(|(_, rule)| rule.holds()) {
            let Some(((label, _), least)) = rule.compares.as_ref().zip(rule.least()) else { continue };
            if columns.of(label).is_none() {
                continue;
            }
            if let Some(has_slider) = has_slider.get_mut(place) {
                *has_slider = true;
            }
            let matched = rule.asks_for_more.then(|| rules.matched(place));
            let (label, is_below) = (label.clone(), rule.is_below);
            sliders.push(Slider { rule: Some(rule.clone()), label, least, is_below, matched });
        }
        for column in
            columns.all().iter().filter(|column| !column.label.contains(':') && column.label != "untranslated")
        {
            if !sliders.iter().any(|slider| slider.label == column.label) {
                let label = column.label.clone();
                sliders.push(Slider { rule: None, label, least: ONE + 1, is_below: false, matched: None });
            }
        }
        let is_held_by_others = |row: usize| {
            let reasons = rules.of(row);
            let with_slider = |place: &u32| has_slider.get(*place as usize) == Some(&true);
            let other = |place: &&u32| !with_slider(place) && rules.rule(**place).is_some_and(RuleSeen::holds);
            reasons.iter().any(|place| other(&place)) || !reasons.iter().any(with_slider)
        };
        let held_anyway = held.iter().enumerate().map(|(row, held)| *held && is_held_by_others(row)).collect();
        Self { sliders, held_anyway }
    }

    /// Whether a comment is held with the thresholds at `leasts`, one for each slider.
    #[cfg(test)]
    fn holds(&self, columns: &Columns, row: usize, leasts: &[u16]) -> bool {
        self.held_anyway.get(row) == Some(&true)
            || self.sliders.iter().zip(leasts).any(|(slider, least)| slider.matches(columns, row, *least))
    }
}

#[cfg(test)]
mod tests {
    use super::super::record_line::RecordLine;
    use super::super::record_line::tests::record;
    use super::*;
    use crate::policy::ScoreName;

    fn score_rule(id: &str, label: &str, bounds: &[Bound], action: Action) -> Rule {
        Rule {
            id: id.into(),
            conditions: vec![Condition::Score(ScoreName::Label(label.into()), bounds.to_vec())],
            action,
        }
    }

    /// A rule that asks for a flag too, one of a flag alone, and scores that lie around two thresholds.
    fn policy() -> Policy {
        let flagged = |mut rule: Rule| {
            rule.conditions.push(Condition::Flag(crate::domain::Flag::LinkOnly));
            rule
        };
        let again = Rule {
            id: "again".into(),
            conditions: vec![Condition::Flag(crate::domain::Flag::Duplicate)],
            action: Action::Review,
        };
        let at_least = |threshold| [Bound::AtLeast(threshold)];
        Policy {
            rules: vec![
                score_rule("toxic", "toxicity", &at_least(0.5), Action::Review),
                score_rule("insult", "insult", &at_least(0.333_33), Action::Reject),
                flagged(score_rule("link", "positive", &at_least(0.4), Action::Review)),
                score_rule("cold", "positive", &[Bound::Below(0.05)], Action::Review),
                again,
                score_rule("glad", "positive", &at_least(0.9), Action::Translate),
            ],
        }
    }

    struct Made {
        scores: [f64; 3],
        is_link: bool,
        is_again: bool,
    }

    fn comments() -> Vec<Made> {
        let mut state = 7_u64;
        let mut roll = |sides: u64| {
            state = crate::text::words::mix(state);
            state % sides
        };
        (0..400)
            .map(|_| {
                let mut score = || roll(10_001) as f64 / 1e4;
                let scores = [score(), score(), score()];
                Made { scores, is_link: roll(5) == 0, is_again: roll(9) == 0 }
            })
            .collect()
    }

    const LABELS: [&str; 3] = ["toxicity", "insult", "positive"];

    /// The reasons of a rule, where it matches.
    fn reason(rule: &Rule, made: &Made) -> Option<ReasonLine> {
        let mut line = ReasonLine { rule: rule.id.to_string(), label: None, score: None, threshold: None };
        for condition in rule.conditions.iter().rev() {
            match condition {
                Condition::Score(name, bounds) => {
                    let score = made.scores[LABELS.iter().position(|label| *label == name.as_str()).unwrap()];
                    let holds = bounds.iter().all(|bound| match bound {
                        Bound::AtLeast(threshold) => score >= *threshold,
                        Bound::Below(threshold) => score < *threshold,
                    });
                    if !holds {
                        return None;
                    }
                    line.label = Some(name.as_str().to_owned());
                    (line.score, line.threshold) = (Some(score), Some(bounds[0].threshold()));
                }
                Condition::Flag(flag) => {
                    let has = if *flag == crate::domain::Flag::Duplicate { made.is_again } else { made.is_link };
                    if !has {
                        return None;
                    }
                    line.label = Some(format!("flag:{}", flag.name()));
                }
                _ => unreachable!("not used here"),
            }
        }
        Some(line)
    }

    fn decide(policy: &Policy, made: &Made) -> (Action, Vec<ReasonLine>) {
        let found: Vec<_> = policy.rules.iter().filter_map(|rule| Some((rule.action, reason(rule, made)?))).collect();
        let action = found.iter().map(|(action, _)| *action).max().unwrap_or(Action::Approve);
        (action, found.into_iter().map(|(_, reason)| reason).collect())
    }

    fn survey(policy: Option<&Policy>) -> (Rules, Columns, WhatIf) {
        let (mut rules, mut columns, mut held) = (Rules::default(), Columns::default(), Vec::new());
        for made in comments() {
            let (action, reasons) = decide(&super::tests::policy(), &made);
            let line = record(|record| {
                record["topic"] = serde_json::json!({"absent": "no_context"});
                record["tone"]["scores"] = LABELS
                    .iter()
                    .zip(made.scores)
                    .map(|(label, score)| ((*label).to_owned(), serde_json::Value::from(score)))
                    .collect();
            });
            columns.push(&RecordLine::parse(&serde_json::to_vec(&line).unwrap()).unwrap());
            rules.push(action, &reasons);
            held.push(holds(action));
        }
        columns.finish();
        rules.finish(policy, &columns);
        let what_if = WhatIf::new(&rules, &columns, &held);
        (rules, columns, what_if)
    }

    #[test]
    fn what_records_show_of_rules_is_what_the_policy_says() {
        let policy = policy();
        let (from_records, ..) = survey(None);
        let (from_policy, ..) = survey(Some(&policy));
        for rule in from_policy.all() {
            let seen = from_records.all().iter().find(|seen| seen.id == rule.id).unwrap();
            let mut expected = rule.clone();
            // All that `insult` matched it rejected; `glad` was once the only reason.
            expected.fact.clone_from(&seen.fact);
            assert_eq!(*seen, expected);
        }
        let alone: u64 = from_policy.all().iter().map(|rule| rule.alone).sum();
        assert!(alone > 50);
        assert_eq!(from_policy.threshold_of("toxicity"), Some(0.5));
        assert_eq!(from_policy.threshold_of("colour"), None);
    }

    /// Moves the thresholds, and compares with a policy that has those.
    fn check(leasts: &[(&str, u16)], is_exact: bool) {
        for known in [None, Some(&policy())] {
            let (_, columns, what_if) = survey(known);
            let mut moved = policy();
            let mut places: Vec<u16> = what_if.sliders.iter().map(|slider| slider.least).collect();
            for (id, least) in leasts {
                let slider =
                    what_if.sliders.iter().position(|slider| slider.rule.as_ref().is_some_and(|rule| rule.id == *id));
                places[slider.unwrap()] = *least;
                let rule = moved.rules.iter_mut().find(|rule| *rule.id == **id).unwrap();
                let Condition::Score(_, bounds) = &mut rule.conditions[0] else { panic!("no score") };
                let threshold = f64::from(*least) / 1e4;
                bounds[0] = match bounds[0] {
                    Bound::AtLeast(_) => Bound::AtLeast(threshold),
                    Bound::Below(_) => Bound::Below(threshold),
                };
            }
            for (row, made) in comments().iter().enumerate() {
                let (expected, found) = (holds(decide(&moved, made).0), what_if.holds(&columns, row, &places));
                // Of a rule that asks for more, what it would hold beside is an upper bound.
                assert!(if is_exact { found == expected } else { found || !expected }, "{leasts:?} {row}");
            }
        }
    }

    #[test]
    fn other_thresholds_hold_what_a_policy_with_them_would() {
        check(&[], true);
        check(&[("toxic", 9_000)], true);
        check(&[("toxic", 1_000)], true);
        check(&[("toxic", 0), ("insult", 10_001)], true);
        check(&[("toxic", 10_001), ("insult", 10_000), ("cold", 0)], true);
        check(&[("cold", 300), ("insult", 2_000)], true);
        check(&[("cold", 10_001)], true);
        check(&[("link", 7_000)], true);
        check(&[("link", 1_000)], false);
    }

    #[test]
    fn a_rule_that_matched_nothing_has_a_slider_where_the_policy_is_known() {
        let mut policy = policy();
        policy.rules.push(score_rule("never", "insult", &[Bound::AtLeast(1.0), Bound::Below(1.0)], Action::Review));
        let (rules, _, what_if) = survey(Some(&policy));
        let never = rules.all().iter().find(|rule| rule.id == "never").unwrap();
        assert_eq!((never.matched, never.asks_for_more), (0, true));
        assert!(what_if.sliders.iter().any(|slider| slider.rule.as_ref().is_some_and(|rule| rule.id == "never")));
        let (_, _, what_if) = survey(None);
        let labels: Vec<_> =
            what_if.sliders.iter().filter(|slider| slider.rule.is_none()).map(|slider| &slider.label).collect();
        assert!(labels.is_empty(), "every label has a rule that holds by it: {labels:?}");
    }
}
