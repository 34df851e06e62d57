//! The statement of reasons: what a record says for the EU's Digital Services Act, Article 17 and Article 24(5).

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::domain::{Comment, Decision, Reason, ReasonSubject, StatementTerms};

/// The most characters that the DSA Transparency Database takes as facts.
pub const MAX_FACTS_CHARACTERS: usize = 5_000;

/// Room that is kept for the sentence which says how many rules were left out.
const KEPT_CHARACTERS: usize = 60;

/// Names and values are those of the DSA Transparency Database, which wants more than what is known here: the site adds the
/// restriction, its terms or the law, the category, dates and where it applies.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatementField {
    /// Always `Yes`: the comment was found by software.
    pub automated_detection: &'static str,
    /// `AUTOMATED_DECISION_NOT_AUTOMATED` unless the configuration says otherwise: a person decides.
    pub automated_decision: &'static str,
    /// `DECISION_GROUND_INCOMPATIBLE_CONTENT` or `DECISION_GROUND_ILLEGAL_CONTENT`, as the configuration says.
    pub decision_ground: &'static str,
    /// A sentence for each rule that matched, with its score and threshold; at most 5,000 characters, none of them the
    /// comment's.
    pub decision_facts: String,
    /// Made of the thread's id and the comment's id, and always the same for them: letters, digits and hyphens.
    pub puid: String,
}

impl StatementField {
    /// The statement that goes with a decision.
    pub(super) fn new(terms: StatementTerms, comment: &Comment, decision: &Decision) -> Self {
        Self {
            automated_detection: "Yes",
            automated_decision: terms.automated_decision.name(),
            decision_ground: terms.decision_ground.name(),
            decision_facts: facts(&decision.reasons),
            puid: puid(comment.thread_id.as_str(), comment.id.as_str()),
        }
    }
}

fn facts(reasons: &[Reason]) -> String {
    let (mut text, mut length) = (String::new(), 0);
    for (place, reason) in reasons.iter().enumerate() {
        let sentence = sentence(reason);
        let characters = sentence.chars().count() + 1;
        if length + characters + KEPT_CHARACTERS > MAX_FACTS_CHARACTERS {
            let _ = write!(text, "Rules that matched and are not listed here: {}.", reasons.len() - place);
            break;
        }
        length += characters;
        text.push_str(&sentence);
        text.push(' ');
    }
    text.truncate(text.trim_end().len());
    text
}

fn sentence(reason: &Reason) -> String {
    let rule = &reason.rule;
    let (ReasonSubject::Score(subject) | ReasonSubject::Fact(subject)) = &reason.subject else {
        return format!("Rule \"{rule}\" matched.");
    };
    match (reason.score, reason.threshold) {
        (Some(score), Some(threshold)) => {
            format!("Rule \"{rule}\" matched: the score {subject} is {score}, its threshold is {threshold}.")
        }
        (Some(score), None) => format!("Rule \"{rule}\" matched: the score {subject} is {score}."),
        _ => format!("Rule \"{rule}\" matched: {subject}."),
    }
}

/// Ids may hold anything, and two of them must not run into each other: hence their hash, the first one's length before it.
fn puid(thread_id: &str, id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update((thread_id.len() as u64).to_le_bytes());
    hash.update(thread_id);
    hash.update(id);
    hash.finalize().iter().fold("threadsieve-".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(rule: &str, subject: ReasonSubject, score: Option<f64>, threshold: Option<f64>) -> Reason {
        Reason { rule: rule.into(), subject, score, threshold }
    }

    #[test]
    fn each_reason_is_a_sentence() {
        let reasons = [
            reason("toxic", ReasonSubject::Score("toxicity".into()), Some(0.9312), Some(0.5)),
            reason("repeat", ReasonSubject::Fact("flag:duplicate".into()), None, None),
        ];
        let expected = "Rule \"toxic\" matched: the score toxicity is 0.9312, its threshold is 0.5. \
                        Rule \"repeat\" matched: flag:duplicate.";
        assert_eq!(facts(&reasons), expected);
    }

    #[test]
    fn facts_are_never_longer_than_the_database_takes() {
        let check = |count: usize, rule: &str, is_cut: bool| {
            let reasons = vec![reason(rule, ReasonSubject::Fact("flag:duplicate".into()), None, None); count];
            let text = facts(&reasons);
            let length = text.chars().count();
            assert!(length <= MAX_FACTS_CHARACTERS, "{count}: {length}");
            let (told, cut) = text.split_once("Rules that matched and are not listed here: ").unwrap_or((&text, "0."));
            let left_out: usize = cut.trim_end_matches('.').parse().unwrap();
            assert_eq!((told.matches("matched").count() + left_out, left_out > 0), (count, is_cut), "{text}");
        };
        check(1, "a", false);
        check(70, "a rule with a name of some length", false);
        check(400, "a rule with a name of some length", true);
        check(400, "\u{fc}\u{2192}\u{65e5}", true);
        check(2, &"long ".repeat(2_000), true);
        check(usize::from(u16::MAX), "x", true);
    }

    #[test]
    fn a_puid_is_plain_and_of_one_comment_alone() {
        let ids = [("a", "b"), ("ab", ""), ("", "ab"), ("a b\n", "ü; rm"), ("a", "c")];
        let mut puids: Vec<String> = ids.iter().map(|(thread, id)| puid(thread, id)).collect();
        for puid in &puids {
            assert!(puid.len() <= 500 && puid.chars().all(|one| one.is_ascii_alphanumeric() || one == '-'), "{puid}");
        }
        assert_eq!(puids[0], puid("a", "b"));
        puids.sort();
        puids.dedup();
        assert_eq!(puids.len(), ids.len());
    }
}
