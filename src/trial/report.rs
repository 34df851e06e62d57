//! The report of a trial, for programs and for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::comparison::{ACTIONS, Comparison, Held};
use super::moved::MovedComment;
use crate::classify::intervals::wilson;
use crate::domain::{Action, round};

/// Name and version of the report's shape.
pub const REPORT_SCHEMA: &str = "threadsieve.policy_test/1";
const CERTAINTY: f64 = 0.95;

/// What became of the inputs of a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportInputs {
    /// Items read: comments, and whatever should have been one.
    pub read: u64,
    /// Items that became dead letters.
    pub dead_letters: u64,
    /// Dead letters by kind.
    pub dead_letters_by_kind: BTreeMap<String, u64>,
    /// Comments that only one of two runs could score.
    pub unpaired: u64,
    /// Whether comments were scored once, the configurations being the same but for their policies.
    pub scored_once: bool,
    /// Whether it was interrupted: the rest of the input was not read.
    pub interrupted: bool,
}

/// What a trial found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    schema: &'static str,
    #[serde(flatten)]
    inputs: ReportInputs,
    comments: u64,
    moved: u64,
    /// Comments by action, before and after.
    before: BTreeMap<&'static str, u64>,
    after: BTreeMap<&'static str, u64>,
    /// Comments by action before, then by action after.
    transitions: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    raised_by: BTreeMap<Arc<str>, u64>,
    lowered_from: BTreeMap<Arc<str>, u64>,
    moderation: Moderation,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_comments: Option<Vec<MovedComment>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Moderation {
    approved: u64,
    rejected: u64,
    unclear: u64,
    before: Agreement,
    after: Agreement,
}

/// How a policy agrees with moderators: held is `review` or `reject`.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Agreement {
    held: u64,
    held_rejected: u64,
    precision: Option<f64>,
    precision_interval: Option<[f64; 2]>,
    recall: Option<f64>,
    recall_interval: Option<[f64; 2]>,
    by_action: BTreeMap<&'static str, Moderated>,
}

/// A share with its interval.
type Figure = (Option<f64>, Option<[f64; 2]>);
type FigureOf = fn(&Agreement) -> Figure;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Moderated {
    approved: u64,
    rejected: u64,
}

impl Report {
    /// Puts a report together; `listed` are the moved comments that it names itself, if it does.
    #[must_use]
    pub fn new(comparison: &Comparison, inputs: ReportInputs, listed: Option<Vec<MovedComment>>) -> Self {
        let (before, after) = (comparison.moderated_before(), comparison.moderated_after());
        let [approved, rejected] = before.iter().fold([0; 2], |all, counts| [all[0] + counts[0], all[1] + counts[1]]);
        Self {
            schema: REPORT_SCHEMA,
            inputs,
            comments: comparison.comments(),
            moved: comparison.moved(),
            before: by_action(&comparison.before()),
            after: by_action(&comparison.after()),
            transitions: by_action(&comparison.transitions().map(|row| by_action(&row))),
            raised_by: comparison.raised_by().clone(),
            lowered_from: comparison.lowered_from().clone(),
            moderation: Moderation {
                approved,
                rejected,
                unclear: comparison.unclear(),
                before: Agreement::of(&before),
                after: Agreement::of(&after),
            },
            moved_comments: listed,
        }
    }

    /// The report for people.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        let share = if self.comments == 0 { 0.0 } else { 100.0 * self.moved as f64 / self.comments as f64 };
        let scored = if self.inputs.scored_once { "each scored once" } else { "each scored by both configurations" };
        let _ = writeln!(text, "comments      {}, {scored}", self.comments);
        let _ = writeln!(text, "moved         {} ({share:.1} %)", self.moved);
        let kinds: Vec<String> =
            self.inputs.dead_letters_by_kind.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let _ = writeln!(text, "dead letters  {}{kinds}", self.inputs.dead_letters);
        if self.inputs.unpaired > 0 {
            let _ = writeln!(text, "unpaired      {}: only one of the two could score them", self.inputs.unpaired);
        }
        let _ = writeln!(text, "\n{:<13} {:>9} {:>9}", "action", "before", "after");
        for action in Action::ALL.map(Action::name) {
            let _ = writeln!(text, "{action:<13} {:>9} {:>9}", self.before[action], self.after[action]);
        }
        let heads: String = Action::ALL.map(|action| format!(" {:>9}", action.name())).concat();
        let _ = writeln!(text, "\n{:<13}{heads}", "before \\ after");
        for (from, row) in Action::ALL.map(|action| (action.name(), &self.transitions[action.name()])) {
            let counts: String = Action::ALL.map(|to| format!(" {:>9}", row[to.name()])).concat();
            let _ = writeln!(text, "{from:<14}{}", counts.get(1..).unwrap_or_default());
        }
        if self.moved > 0 {
            let _ = writeln!(text, "\nrule that moved a comment                     comments");
            for (sign, counts) in [('+', &self.raised_by), ('-', &self.lowered_from)] {
                for (rule, count) in counts {
                    let _ = writeln!(text, "{:<45} {count:>8}", format!("{sign}{rule}"));
                }
            }
        }
        self.moderation.render(&mut text);
        if self.inputs.interrupted {
            text.push_str("\ninterrupted: the rest of the input was not read\n");
        }
        text
    }
}

impl Moderation {
    fn render(&self, text: &mut String) {
        let unclear = match self.unclear {
            0 => String::new(),
            some => format!("; {some} in words that are not known"),
        };
        let known = self.approved + self.rejected;
        if known == 0 {
            let _ = writeln!(text, "\nmoderators    no decision of theirs is in the input{unclear}");
            return;
        }
        let _ = writeln!(
            text,
            "\nmoderators    {known} decisions: {} approved, {} rejected{unclear}",
            self.approved, self.rejected
        );
        let _ = writeln!(text, "{:<30} {:>24} {:>24}", "", "before", "after");
        let figure = |share: Option<f64>, interval: Option<[f64; 2]>| match (share, interval) {
            (Some(share), Some([low, high])) => format!("{share:.3} ({low:.3} to {high:.3})"),
            _ => "-".to_owned(),
        };
        let lines: [(&str, FigureOf); 2] = [
            ("held, and rejected by them", |agreement| (agreement.precision, agreement.precision_interval)),
            ("rejected by them, and held", |agreement| (agreement.recall, agreement.recall_interval)),
        ];
        for (name, of) in lines {
            let [before, after] = [&self.before, &self.after].map(|agreement| {
                let (share, interval) = of(agreement);
                figure(share, interval)
            });
            let _ = writeln!(text, "{name:<30} {before:>24} {after:>24}");
        }
        for action in Action::ALL.map(Action::name) {
            let [before, after] = [&self.before, &self.after].map(|agreement| {
                let Moderated { approved, rejected } = agreement.by_action[action];
                format!("{approved}, {rejected}")
            });
            let _ = writeln!(text, "{:<30} {before:>24} {after:>24}", format!("{action}: approved, rejected"));
        }
    }
}

impl Agreement {
    fn of(moderated: &[[u64; 2]; ACTIONS]) -> Self {
        let Held { held, held_rejected, rejected } = Held::of(moderated);
        let (precision, precision_interval) = share(held_rejected, held);
        let (recall, recall_interval) = share(held_rejected, rejected);
        let by_action = by_action(&moderated.map(|[approved, rejected]| Moderated { approved, rejected }));
        Self { held, held_rejected, precision, precision_interval, recall, recall_interval, by_action }
    }
}

fn share(hits: u64, trials: u64) -> (Option<f64>, Option<[f64; 2]>) {
    if trials == 0 {
        return (None, None);
    }
    let (low, high) = wilson(hits, trials, CERTAINTY);
    (Some(round(hits as f64 / trials as f64)), Some([round(low), round(high)]))
}

fn by_action<T: Clone>(values: &[T; ACTIONS]) -> BTreeMap<&'static str, T> {
    Action::ALL.map(Action::name).into_iter().zip(values.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::comparison::tests::{pair, policy};
    use super::*;
    use crate::domain::ModeratorDecision::{Approved, Rejected, Unclear};

    fn inputs() -> ReportInputs {
        let by_kind = BTreeMap::from([("invalid_json".to_owned(), 2)]);
        ReportInputs {
            read: 6,
            dead_letters: 2,
            dead_letters_by_kind: by_kind,
            unpaired: 0,
            scored_once: true,
            interrupted: false,
        }
    }

    #[test]
    fn figures_agree_in_both_forms() {
        use Action::{Approve, Review};
        let mut all = Comparison::new(policy(&[("toxic", Review)]), policy(&[("stern", Review)]));
        for (id, moderation, old, new) in [
            ("a", Some(Rejected), (Approve, "default"), (Review, "stern")),
            ("b", Some(Approved), (Review, "toxic"), (Approve, "default")),
            ("c", Some(Rejected), (Review, "toxic"), (Review, "stern")),
            ("d", Some(Unclear), (Approve, "default"), (Approve, "default")),
        ] {
            all.add(&pair(id, moderation, (old.0, &[old.1]), (new.0, &[new.1])));
        }
        let report = Report::new(&all, inputs(), None);
        let text = report.render();
        for expected in [
            "comments      4, each scored once\n",
            "moved         2 (50.0 %)\n",
            "dead letters  2 (invalid_json 2)\n",
            "review                2         2\n",
            "approve               1         0         1         0\n",
            "+stern                                               1\n",
            "-toxic                                               1\n",
            "3 decisions: 1 approved, 2 rejected; 1 in words that are not known",
            "1.000 (0.342 to 1.000)",
        ] {
            assert!(text.contains(expected), "`{expected}` is missing in\n{text}");
        }
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["transitions"]["approve"]["review"], 1);
        assert_eq!(json["moderation"]["before"]["precision"], 0.5);
        assert_eq!(json["moderation"]["after"]["by_action"]["review"]["rejected"], 2);
        assert_eq!(json["dead_letters"], 2);
        assert!(json.get("moved_comments").is_none());
    }

    #[test]
    fn nothing_is_no_failure() {
        let report = Report::new(&Comparison::new(policy(&[]), policy(&[])), inputs(), Some(vec![]));
        let text = report.render();
        assert!(text.contains("moved         0 (0.0 %)") && text.contains("no decision of theirs"), "{text}");
        assert_eq!(serde_json::to_value(&report).unwrap()["moderation"]["after"]["recall"], serde_json::Value::Null);
    }
}
