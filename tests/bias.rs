//! `threadsieve bias`: measuring what words for people do to scores, and printing the sentences.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Ran, Workspace, number, repository, string};

fn model(name: &str) -> String {
    repository().join("models").join(name).to_string_lossy().into_owned()
}

fn stdout(ran: &Ran) -> String {
    String::from_utf8(ran.stdout.clone()).expect("UTF-8")
}

#[test]
fn the_shipped_model_is_measured_as_a_table_and_as_json() {
    let workspace = Workspace::new();
    let abuse = model("abuse");
    let table = stdout(&workspace.run(["bias", &abuse, "--out", "bias.json"], b"").expect_code(0));
    for part in ["model abuse@", "toxicity", "subgroup", "BPSN", "BNSP", "group religion", "Muslim (religion)"] {
        assert!(table.contains(part), "`{part}` is not in\n{table}");
    }
    let ran = workspace.run(["bias", &abuse, "--json"], b"").expect_code(0);
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.stdout, workspace.read("bias.json"), "the file and stdout say the same");
    let report: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    assert_eq!(number(&report, "/positives") * 2, number(&report, "/rows"));
    let terms = report["terms"].as_array().expect("terms");
    assert!(
        terms.len() >= 50 && number(&report, "/mean/terms") < terms.len(),
        "control terms are left out of the mean"
    );
    let worst = |term: &Value| {
        let areas = ["subgroup_auc", "bpsn_auc", "bnsp_auc"].map(|name| term[name].as_f64().expect("a figure"));
        areas.into_iter().fold(1.0, f64::min)
    };
    assert!(terms.iter().map(worst).is_sorted(), "worst terms first");
    assert!(report["overall_auc"].as_f64().is_some_and(|auc| auc > 0.8), "{report}");
    // The table lists them in the same order: the worst is the first line after the groups.
    let after_groups = table.lines().skip_while(|line| !line.starts_with("group")).find(|line| line.contains(" ("));
    let first = format!("{} (", string(&report, "/terms/0/name"));
    assert!(after_groups.is_some_and(|line| line.starts_with(&first)), "{table}");
}

#[test]
fn another_label_is_measured_on_the_sentences_that_answer_it() {
    let workspace = Workspace::new();
    let abuse = model("abuse");
    let report = |label| -> Value {
        let ran = workspace.run(["bias", &abuse, "--json", "--label", label], b"").expect_code(0);
        serde_json::from_slice(&ran.stdout).expect("JSON")
    };
    let (all, attack) = (report("toxicity"), report("identity_attack"));
    assert_eq!(string(&attack, "/label"), "identity_attack");
    assert!(number(&attack, "/positives") < number(&all, "/positives"));
    let civil = |report| number(report, "/rows") - number(report, "/positives");
    assert_eq!(civil(&attack), civil(&all));
}

#[test]
fn sentences_are_printed_as_labelled_rows_the_same_every_time() {
    let workspace = Workspace::new();
    let rows = |half| workspace.run(["bias", "--rows", half], b"").expect_code(0);
    let mut texts = Vec::new();
    for half in ["train", "test"] {
        let ran = rows(half);
        assert_eq!(ran.stdout, rows(half).stdout, "{half}");
        let rows = ran.records();
        assert!((2_500..5_000).contains(&rows.len()), "{half}: {}", rows.len());
        for row in &rows {
            let labels = row["labels"].as_object().expect("labels");
            assert_eq!(labels.keys().collect::<Vec<_>>(), ["toxicity"]);
            assert!(matches!(labels["toxicity"].as_u64(), Some(0 | 1)), "{row}");
            assert_eq!(string(row, "/source"), "identity-templates");
            assert!(string(row, "/id").starts_with(half) && !string(row, "/text").is_empty());
        }
        texts.push(rows.iter().map(|row| string(row, "/text").to_owned()).collect::<BTreeSet<_>>());
    }
    assert!(texts[0].is_disjoint(&texts[1]), "what is measured on is not trained on");
}

#[test]
fn several_labels_are_printed_where_they_are_known() {
    let ran = Workspace::new().run(["bias", "--rows", "train", "--label", "insult,threat"], b"").expect_code(0);
    let rows = ran.records();
    let count = |label: &str, answer| rows.iter().filter(|row| row["labels"][label] == answer).count();
    assert!(count("threat", 1) > 0 && count("threat", 1) < count("insult", 1));
    assert!(rows.iter().all(|row| row["labels"].get("toxicity").is_none()));
    assert!(rows.iter().all(|row| row["labels"].as_object().is_some_and(|labels| !labels.is_empty())));
}

#[test]
fn what_cannot_be_measured_is_refused_with_a_hint() {
    let workspace = Workspace::new();
    let (abuse, topic) = (model("abuse"), model("topic"));
    std::fs::create_dir(workspace.path("empty")).expect("a folder");
    workspace.write("empty/weights.bin", b"");
    for (arguments, parts) in [
        (&["bias"][..], &["<MODEL>"][..]),
        (&["bias", "nowhere"], &["nowhere", "weights.bin"]),
        (&["bias", "empty"], &["weights.bin"]),
        (&["bias", &topic], &["topic", "kind", "hint: "]),
        (&["bias", &abuse, "--label", "spam"], &["spam", "hint: its labels are toxicity"]),
        (&["bias", &abuse, "--label", "profanity"], &["profanity", "hint: they answer"]),
        (&["bias", &abuse, "--label", "toxicity,insult"], &["2 labels", "hint: "]),
        (&["bias", &abuse, "--out", "missing/bias.json"], &["bias.json", "cannot write"]),
        (&["bias", &abuse, "--rows", "test"], &["cannot be used with"]),
        (&["bias", "--rows", "dev"], &["dev", "train"]),
        (&["bias", "--rows", "test", "--label", "spam,ham"], &["`spam`", "`ham`", "hint: toxicity", "2 problems"]),
    ] {
        let ran = workspace.run(arguments, b"").expect_code(2);
        assert!(ran.stdout.is_empty(), "{arguments:?}");
        for part in parts {
            assert!(ran.stderr.contains(part), "{arguments:?}: `{part}` is not in\n{}", ran.stderr);
        }
    }
    assert!(!workspace.path("missing").exists());
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let workspace = Workspace::new();
    for arguments in [&["bias", "--rows", "test"][..], &["bias", &model("abuse")]] {
        let mut child = workspace
            .std_command()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn help_has_an_example_and_warns_of_the_test_rows() {
    let help = stdout(&Workspace::new().run(["bias", "--help"], b"").expect_code(0));
    for part in ["threadsieve bias models/abuse", "--rows", "--label", "--out", "measuring only"] {
        assert!(help.contains(part), "`{part}` is not in\n{help}");
    }
}
