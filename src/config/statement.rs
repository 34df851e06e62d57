//! `[output.statement_of_reasons]`: what records state for the EU's Digital Services Act.

use serde::{Deserialize, Serialize};

use crate::domain::{AutomatedDecision, DecisionGround, StatementTerms};

use super::plan::Reader;

/// `[output.statement_of_reasons]` as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StatementSection {
    automated_decision: String,
    decision_ground: String,
}

impl Default for StatementSection {
    fn default() -> Self {
        Self::of(StatementTerms::default())
    }
}

impl StatementSection {
    /// As it would have to be written to make a plan.
    pub(super) fn of(terms: StatementTerms) -> Self {
        Self {
            automated_decision: terms.automated_decision.name().to_owned(),
            decision_ground: terms.decision_ground.name().to_owned(),
        }
    }
}

impl Reader<'_> {
    /// Checks the section.
    pub(super) fn statement(&mut self, section: &StatementSection) -> Option<StatementTerms> {
        let decision =
            AutomatedDecision::ALL.into_iter().find(|decision| decision.name() == section.automated_decision);
        let ground = DecisionGround::ALL.into_iter().find(|ground| ground.name() == section.decision_ground);
        if decision.is_none() {
            let known = AutomatedDecision::ALL.map(AutomatedDecision::name).join(", ");
            self.unknown_value("automated_decision", &section.automated_decision, &known);
        }
        if ground.is_none() {
            let known = DecisionGround::ALL.map(DecisionGround::name).join(", ");
            self.unknown_value("decision_ground", &section.decision_ground, &known);
        }
        Some(StatementTerms { automated_decision: decision?, decision_ground: ground? })
    }

    fn unknown_value(&mut self, key: &str, found: &str, known: &str) {
        self.problem(format!("[output.statement_of_reasons] `{key}`: unknown value `{found}`; known: {known}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, render};
    use super::*;

    #[test]
    fn there_is_no_statement_unless_it_is_asked_for() {
        let plan = parse("pipeline.toml", "").unwrap();
        assert_eq!(plan.output.statement, None);
        assert!(!render(&plan).unwrap().contains("statement_of_reasons"));
    }

    #[test]
    fn a_person_decides_by_the_sites_terms_unless_it_is_said_otherwise() {
        let plan = parse("pipeline.toml", "[output.statement_of_reasons]\n").unwrap();
        assert_eq!(plan.output.statement, Some(StatementTerms::default()));
        let shown = render(&plan).unwrap();
        assert!(shown.contains("automated_decision = \"AUTOMATED_DECISION_NOT_AUTOMATED\""), "{shown}");
        assert_eq!(parse("shown", &shown).unwrap(), plan);
        let text = "[output]\ntext = false\n[output.statement_of_reasons]\n\
                    automated_decision = \"AUTOMATED_DECISION_FULLY\"\n\
                    decision_ground = \"DECISION_GROUND_ILLEGAL_CONTENT\"\n";
        let plan = parse("pipeline.toml", text).unwrap();
        let expected = StatementTerms {
            automated_decision: AutomatedDecision::Fully,
            decision_ground: DecisionGround::IllegalContent,
        };
        assert_eq!(plan.output.statement, Some(expected));
        assert_eq!(parse("shown", &render(&plan).unwrap()).unwrap(), plan);
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let check = |section: &str, expected: &[&str]| {
            let text = format!("[output.statement_of_reasons]\n{section}\n");
            let all: Vec<String> =
                parse("pipeline.toml", &text).err().unwrap_or_default().iter().map(ToString::to_string).collect();
            assert_eq!(all.len(), expected.len(), "{section}: {all:?}");
            for (found, expected) in all.iter().zip(expected) {
                assert!(found.contains(expected), "{section}: `{expected}` is not in `{found}`");
            }
        };
        check(
            "automated_decision = \"Yes\"\ndecision_ground = \"rude\"",
            &[
                "`automated_decision`: unknown value `Yes`; known: AUTOMATED_DECISION_FULLY, ",
                "`decision_ground`: unkn",
            ],
        );
        check("puid = \"x\"", &["pipeline.toml:2: unknown field `puid`"]);
        check("decision_ground = 1", &["pipeline.toml:2"]);
    }
}
