//! A site's own models: in the configuration, in records, in rules.

use serde_json::Value;

use crate::support::{Ran, SmallModel, Workspace, rules, string};

const COMMENTS: &str = concat!(
    "{\"id\":\"plain\",\"text\":\"The ferry was late again this morning.\"}\n",
    "{\"id\":\"sale\",\"text\":\"What a lovely offer, an offer for you!\"}\n",
    "{\"id\":\"german\",\"text\":\"Das Boot kam heute schon wieder zu spät, und niemand wusste warum.\"}\n",
);

const LABELS: [&str; 10] = [
    "toxicity",
    "severe_toxicity",
    "profanity",
    "threat",
    "insult",
    "identity_attack",
    "positive",
    "negative",
    "ambiguous",
    "neutral",
];

fn site(config: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", config);
    SmallModel::default().write(&workspace.path("spam"));
    let kind = SmallModel {
        name: "kindness",
        labels: &[("kind", "lovely"), ("spam", "ferry"), ("insult", "late")],
        ..SmallModel::default()
    };
    kind.write(&workspace.path("kind"));
    SmallModel { language: "de", ..SmallModel::default() }.write(&workspace.path("german"));
    workspace
}

fn run(workspace: &Workspace) -> Vec<Value> {
    workspace.run(["run"], COMMENTS.as_bytes()).expect_code(0).records()
}

/// In the order of the record, which a `Value` does not keep.
fn score_names(ran: &Ran) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(&ran.stdout).expect("UTF-8");
    let names = |line: &str| {
        let Some((_, scores)) = line.split_once("\"scores\":{") else { return Vec::new() };
        let scores = scores.split_once('}').expect("an end").0;
        scores.split(',').map(|score| score.split('"').nth(1).expect("a name").to_owned()).collect()
    };
    text.lines().map(names).collect()
}

#[test]
fn scores_come_last_and_records_cite_the_model() {
    let workspace = site("[models.custom]\nspam = \"spam\"\n");
    let ran = workspace.run(["run"], COMMENTS.as_bytes()).expect_code(0);
    let expected: Vec<&str> = LABELS.into_iter().chain(["spam"]).collect();
    assert_eq!(score_names(&ran), [expected.clone(), expected, vec![]]);
    let records = ran.records();
    let score = |place: usize| records[place]["tone"]["scores"]["spam"].as_f64();
    assert!(score(0).expect("a score") < 0.5 && score(1).expect("a score") > 0.6, "{records:?}");
    for record in &records {
        assert_eq!(string(record, "/models/spam"), SmallModel::default().citation());
        assert!(string(record, "/models/tone").starts_with("abuse@"));
    }
    assert_eq!(records[2]["tone"]["absent"], "language_unsupported");
    // The other scores are those of a run without it.
    let plain = Workspace::new().run(["run"], COMMENTS.as_bytes()).expect_code(0).records();
    for (with, without) in records.iter().zip(&plain) {
        for label in LABELS {
            assert_eq!(with["tone"]["scores"][label], without["tone"]["scores"][label]);
        }
        assert_eq!(with["tone"]["label"], without["tone"]["label"]);
    }
}

#[test]
fn a_label_that_two_models_have_bears_the_models_name() {
    let workspace = site("[models.custom]\nspam = \"spam\"\nkindness = \"kind\"\n");
    let ran = workspace.run(["run"], COMMENTS.as_bytes()).expect_code(0);
    let own = ["kind", "kindness.spam", "kindness.insult", "spam.spam"];
    let expected: Vec<&str> = LABELS.into_iter().chain(own).collect();
    assert_eq!(score_names(&ran)[0], expected);
}

#[test]
fn rules_ask_for_their_labels() {
    let rule = |label: &str| {
        format!(
            "[[policy.rules]]\nid = \"own\"\nwhen = {{ label = \"{label}\", at_least = 0.6 }}\naction = \"review\"\n"
        )
    };
    let workspace = site(&format!("[models.custom]\nspam = \"spam\"\n{}", rule("spam")));
    let records = run(&workspace);
    assert_eq!(records.iter().map(rules).collect::<Vec<_>>(), [["default"], ["own"], ["default"]]);
    assert_eq!(string(&records[1], "/decision/reasons/0/label"), "spam");
    assert_eq!(records[1]["decision"]["reasons"][0]["score"], records[1]["tone"]["scores"]["spam"]);
    let workspace = site(&format!("[models.custom]\nspam = \"spam\"\nkindness = \"kind\"\n{}", rule("spam.spam")));
    assert_eq!(run(&workspace).iter().map(rules).collect::<Vec<_>>(), [["default"], ["own"], ["default"]]);
    let workspace = site(&format!("[models.custom]\nspam = \"spam\"\nkindness = \"kind\"\n{}", rule("spam")));
    for command in [&["run"][..], &["config", "check"]] {
        let ran = workspace.run(command, COMMENTS.as_bytes()).expect_code(2);
        for expected in ["no model gives the label `spam`", "hint: ", "toxicity, ", "kindness.spam", "spam.spam"] {
            assert!(ran.stderr.contains(expected), "`{expected}` is missing in {}", ran.stderr);
        }
    }
}

#[test]
fn a_model_of_another_language_is_silent() {
    let rule = "[[policy.rules]]\nid = \"own\"\nwhen = { label = \"spam\", below = 1.0 }\naction = \"review\"\n";
    let workspace = site(&format!("[models.custom]\nspam = \"german\"\n{rule}"));
    let ran = workspace.run(["run"], COMMENTS.as_bytes()).expect_code(0);
    // German is read by none of the models of tone, and without tone there is nothing to put its score beside.
    assert_eq!(score_names(&ran), [&LABELS[..], &LABELS, &[]]);
    assert!(ran.records().iter().all(|record| rules(record) == ["default"]));
}

#[test]
fn without_tone_they_are_off_too() {
    let rule = "[[policy.rules]]\nid = \"own\"\nwhen = { label = \"spam\", below = 1.0 }\naction = \"review\"\n";
    let workspace = site(&format!("[tone]\nenabled = false\n[models.custom]\nspam = \"gone\"\n{rule}"));
    for record in run(&workspace) {
        assert_eq!(record["tone"]["absent"], "switched_off");
        assert_eq!(record["models"]["spam"], Value::Null);
        assert_eq!(rules(&record), ["default"]);
    }
}

#[test]
fn records_stay_valid_and_the_check_names_the_models() {
    let workspace = site("[models.custom]\nspam = \"spam\"\n");
    let schema = workspace.run(["schema"], b"").expect_code(0).stdout;
    let schema: Value = serde_json::from_slice(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(run(&workspace).iter().all(|record| validator.is_valid(record)));
    let checked = String::from_utf8(workspace.run(["config", "check"], b"").expect_code(0).stdout).expect("UTF-8");
    assert!(checked.contains(&format!("  spam: {}\n", SmallModel::default().citation())), "{checked}");
}

#[test]
fn what_is_wrong_is_told_at_once() {
    let check = |config: &str, expected: &[&str]| {
        let workspace = site(config);
        for command in [&["run"][..], &["config", "check"]] {
            let ran = workspace.run(command, COMMENTS.as_bytes()).expect_code(2);
            for expected in expected {
                assert!(ran.stderr.contains(expected), "{config}: `{expected}` is missing in\n{}", ran.stderr);
            }
        }
    };
    check(
        "[models.custom]\ntone = \"spam\"\n\"a b\" = \"spam\"\n",
        &["`tone`: this is the name of another model", "`a b`: a name has", "2 problems"],
    );
    check(
        "[models]\nabuse = \"gone\"\n[models.custom]\nspam = \"gone\"\nother = \".\"\n",
        &["model `abuse` (gone)", "model `spam` (gone)", "model `other` (.)", "3 problems"],
    );
    let topic = crate::support::repository().join("models/topic");
    check(&format!("[models.custom]\nspam = {topic:?}\n"), &["model `spam`", "the model's kind is `topic-head`"]);
    let workspace = site("[models.custom]\nspam = \"spam\"\n");
    workspace.write("spam/current", "9-nowhere\n");
    let ran = workspace.run(["run"], COMMENTS.as_bytes()).expect_code(2);
    assert!(ran.stderr.contains("names the version `9-nowhere`, which is not there"), "{}", ran.stderr);
}
