//! A site's own rules, from its configuration.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Workspace, by_id, rules, sample, string};

/// A rule as `(id, when, action)`.
type Rule<'a> = (&'a str, &'a str, &'a str);

fn run_with(rules: &[Rule<'_>]) -> Vec<Value> {
    let workspace = Workspace::new();
    let mut config = "[policy]\n".to_owned();
    for (id, when, action) in rules {
        let _ = write!(config, "[[policy.rules]]\nid = \"{id}\"\nwhen = {{ {when} }}\naction = \"{action}\"\n");
    }
    workspace.write("pipeline.toml", config);
    workspace.run(["run".as_ref(), sample("thread.jsonl").as_os_str()], b"").expect_code(0).records()
}

/// With these rules, the comment is given this action, for the reasons named.
fn check(given: &[Rule<'_>], id: &str, action: &str, reasons: &[&str]) {
    let records = run_with(given);
    let record = by_id(&records, id);
    assert_eq!(string(record, "/decision/action"), action, "{id}: {given:?}");
    assert_eq!(rules(record), reasons, "{id}: {given:?}");
}

#[test]
fn rules_ask_for_facts() {
    let flagged = [("again", "flag = \"duplicate\"", "review")];
    check(&flagged, "c14", "review", &["again"]);
    check(&flagged, "c24", "approve", &["default"]);
    check(&[("nearly", "flag = \"near_duplicate\"", "reject")], "c24", "reject", &["nearly"]);
    check(&[("links", "flag = \"link_only\"", "review")], "c09", "review", &["links"]);
    check(&[("german", "language = \"de\"", "translate")], "c10", "translate", &["german"]);
    check(&[("german", "language = \"de\"", "translate")], "c07", "approve", &["default"]);
    let family = [("family", "language = \"hbs\"", "review")];
    check(&family, "c07", "review", &["family"]);
    check(&family, "c21", "review", &["family"]);
    let supplied = [("own", "translation = \"supplied\"", "review"), ("none", "translation = \"needed\"", "translate")];
    check(&supplied, "c07", "review", &["own"]);
    check(&supplied, "c10", "translate", &["none"]);
    check(&supplied, "c01", "approve", &["default"]);
    check(&[("poor", "untranslated = true, at_least = 0.001", "translate")], "c07", "translate", &["poor"]);
    check(&[("poor", "untranslated = true, at_least = 0.9", "translate")], "c07", "approve", &["default"]);
}

#[test]
fn the_most_severe_action_wins_and_every_match_is_a_reason() {
    let given = [
        ("one", "flag = \"duplicate\"", "review"),
        ("two", "language = \"en\"", "approve"),
        ("three", "flag = \"duplicate\", language = \"en\"", "reject"),
        ("four", "language = \"en\"", "translate"),
        ("five", "language = \"de\"", "reject"),
    ];
    check(&given, "c14", "reject", &["one", "two", "three", "four"]);
    check(&given, "c02", "translate", &["two", "four"]);
    check(&given, "c10", "reject", &["five"]);
    let reversed: Vec<Rule<'_>> = given.iter().copied().rev().collect();
    check(&reversed, "c14", "reject", &["four", "three", "two", "one"]);
}

#[test]
fn scores_are_compared_with_thresholds() {
    // Each comment that is scored has every label within 0 and 1; no test here knows by how much.
    let records = run_with(&[
        ("any", "label = \"toxicity\", at_least = 0.0", "review"),
        ("half", "label = \"toxicity\", at_least = 0.5", "reject"),
        ("calm", "label = \"insult\", below = 0.5", "translate"),
        ("stray", "off_topic = true, at_least = 0.0", "review"),
        ("far", "off_topic = true, at_least = 0.7", "reject"),
    ]);
    for record in &records {
        let label = |name: &str| record["tone"]["scores"][name].as_f64();
        let off_topic = record["topic"]["off_topic"].as_f64();
        let expected: Vec<&str> = [
            ("any", label("toxicity").is_some()),
            ("half", label("toxicity").is_some_and(|score| score >= 0.5)),
            ("calm", label("insult").is_some_and(|score| score < 0.5)),
            ("stray", off_topic.is_some()),
            ("far", off_topic.is_some_and(|score| score >= 0.7)),
        ]
        .into_iter()
        .filter_map(|(id, holds)| holds.then_some(id))
        .collect();
        let expected = if expected.is_empty() { vec!["default"] } else { expected };
        assert_eq!(rules(record), expected, "{record}");
        for reason in record["decision"]["reasons"].as_array().expect("reasons") {
            let (rule, score, threshold) = (string(reason, "/rule"), &reason["score"], &reason["threshold"]);
            match rule {
                "half" => assert_eq!((score, threshold), (&record["tone"]["scores"]["toxicity"], &Value::from(0.5))),
                "far" => assert_eq!((score, threshold), (&record["topic"]["off_topic"], &Value::from(0.7))),
                "calm" => assert_eq!(string(reason, "/label"), "insult"),
                "default" => assert!(score.is_null() && threshold.is_null() && reason["label"].is_null()),
                _ => assert_eq!(threshold.as_f64(), Some(0.0)),
            }
        }
    }
    let scored = records.iter().filter(|record| rules(record).contains(&"any")).count();
    assert!(scored > 15 && scored < records.len(), "{scored} of {}", records.len());
}

#[test]
fn a_tone_in_one_word_is_a_fact() {
    let labels = ["hostile", "negative", "neutral", "positive", "ambiguous"];
    let whens = labels.map(|label| format!("tone = \"{label}\""));
    let given: Vec<Rule<'_>> =
        labels.iter().zip(&whens).map(|(label, when)| (*label, when.as_str(), "review")).collect();
    for record in run_with(&given) {
        let expected = record["tone"]["label"].as_str().unwrap_or("default");
        assert_eq!(rules(&record), [expected]);
        let is_scored = record["tone"]["absent"].is_null();
        assert_eq!(record["decision"]["action"], if is_scored { "review" } else { "approve" });
        let label = &record["decision"]["reasons"][0]["label"];
        assert!(!is_scored || *label == format!("tone:{expected}"), "{label}");
    }
}

#[test]
fn without_rules_everything_is_approved() {
    for record in run_with(&[]) {
        assert_eq!(string(&record, "/decision/action"), "approve");
        assert_eq!(rules(&record), ["default"]);
    }
}

#[test]
fn what_ships_rejects_nothing() {
    let records = Workspace::new().run(["run".as_ref(), sample("thread.jsonl").as_os_str()], b"").records();
    let actions: Vec<&str> = records.iter().map(|record| string(record, "/decision/action")).collect();
    assert!(!actions.contains(&"reject"));
    for id in ["c04", "c11", "c23"] {
        assert_eq!(string(by_id(&records, id), "/decision/action"), "review", "{id} is abusive in plain words");
    }
}
