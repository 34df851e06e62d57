//! `evaluate`: figures, reports, the gate, mapped columns, and everything that keeps it from measuring.

use std::process::Stdio;

use serde_json::Value;

use crate::support::{Ran, Workspace, repository};

/// Twelve invented comments, some of them rude, with what readers said of them.
const ROWS: &str = "\
{\"id\":\"k1\",\"text\":\"Thank you, that was a lovely and helpful walk by the river.\",\"labels\":{\"toxicity\":0,\"insult\":0},\"source\":\"letters\",\"lang\":\"en\"}
{\"id\":\"k2\",\"text\":\"You are a stupid idiot and everybody knows it.\",\"labels\":{\"toxicity\":1,\"insult\":1},\"source\":\"letters\",\"lang\":\"en\"}
{\"id\":\"k3\",\"text\":\"The bridge opens on Monday.\",\"labels\":{\"toxicity\":0,\"insult\":0},\"source\":\"letters\"}
{\"id\":\"k4\",\"text\":\"Shut up, you pathetic loser.\",\"labels\":{\"toxicity\":0.8,\"insult\":1},\"source\":\"posts\"}
{\"id\":\"k5\",\"text\":\"I do not agree, but I see the point about parking.\",\"labels\":{\"toxicity\":0.1,\"insult\":0},\"source\":\"posts\"}
{\"id\":\"k6\",\"text\":\"What a load of crap from a moron.\",\"labels\":{\"toxicity\":0.9,\"insult\":0.7},\"source\":\"posts\"}
{\"text\":\"Does anybody know when the library opens?\",\"labels\":{\"toxicity\":1,\"insult\":0},\"source\":\"posts\"}
{\"text\":\"Nice photograph of the garden.\",\"labels\":{\"toxicity\":0,\"insult\":0}}
";

fn model(name: &str) -> String {
    repository().join("models").join(name).to_str().expect("UTF-8").to_owned()
}

fn workspace(rows: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("dev.jsonl", rows);
    workspace
}

/// Measures the shipped abuse model.
fn evaluate(workspace: &Workspace, arguments: &[&str]) -> Ran {
    let model = model("abuse");
    workspace.run([&["evaluate", &model][..], arguments].concat(), b"")
}

fn json(ran: &Ran) -> Value {
    serde_json::from_slice(&ran.stdout).expect("JSON")
}

fn label<'a>(report: &'a Value, name: &str) -> &'a Value {
    let labels = report["all"]["labels"].as_array().expect("labels");
    labels.iter().find(|label| label["label"] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn figures_are_printed_as_a_table_and_as_json() {
    let workspace = workspace(ROWS);
    let ran = evaluate(&workspace, &["dev.jsonl"]).expect_code(0);
    let table = String::from_utf8(ran.stdout).expect("UTF-8");
    for expected in ["toxicity", "ROC AUC by source", "letters", "ROC AUC by language", "95 % interval", "recall 0.8"] {
        assert!(table.contains(expected), "`{expected}` is not in\n{table}");
    }
    assert!(!table.contains("NaN"), "{table}");
    // Nobody said whether anything was a threat.
    assert!(ran.stderr.contains("warning: label `threat`: 0 texts have it and 0 do not"), "{}", ran.stderr);

    let ran = evaluate(&workspace, &["dev.jsonl", "--json", "--fixed-recall", "0.25"]).expect_code(0);
    let report = json(&ran);
    assert_eq!(report["data"][0]["file"], "dev.jsonl");
    assert_eq!(report["data"][0]["rows"], 8);
    let insult = label(&report, "insult");
    assert_eq!((&insult["positives"], &insult["negatives"]), (&3.into(), &5.into()));
    assert_eq!(insult["roc_auc"], 1.0);
    assert_eq!(insult["intervals"]["roc_auc"]["low"], 1.0);
    let recalls: Vec<&Value> =
        insult["precision_at_recall"].as_array().expect("a list").iter().map(|at| &at["recall"]).collect();
    assert_eq!(recalls, [0.25, 0.5, 0.8, 0.9]);
    assert!(insult["calibration"].as_array().is_some_and(|bins| !bins.is_empty()));
    assert_eq!(report["by_language"][0]["name"], "en");
    assert!(label(&report, "threat").get("roc_auc").is_none());
}

#[test]
fn the_worst_errors_are_named_by_id_or_place_and_never_by_their_words() {
    let workspace = workspace(ROWS);
    let ran = evaluate(&workspace, &["dev.jsonl", "--json", "--report", "report.html"]).expect_code(0);
    let report = json(&ran);
    let errors = &report["worst_errors"][0];
    assert_eq!(errors["label"], "toxicity");
    // The question about the library is labelled as toxic here, which no model can know.
    assert_eq!(errors["false_negatives"][0]["id"], "dev.jsonl:7");
    assert_eq!(errors["false_negatives"][0]["share"], 1.0);
    let html = String::from_utf8(workspace.read("report.html")).expect("UTF-8");
    let all = [String::from_utf8(ran.stdout).expect("UTF-8"), ran.stderr, html.clone()].concat();
    for words in ["library", "parking", "garden", "moron"] {
        assert!(!all.contains(words), "`{words}` is told");
    }
    assert!(html.contains("dev.jsonl:7"));
}

#[test]
fn the_html_report_stands_alone() {
    let workspace = workspace(ROWS);
    evaluate(&workspace, &["dev.jsonl", "--report", "report.html", "--baseline", "dev.json"]).expect_code(2);
    assert_eq!(workspace.names(), ["dev.jsonl"], "nothing is written where the baseline is missing");
    evaluate(&workspace, &["dev.jsonl", "--report", "report.html"]).expect_code(0);
    let html = String::from_utf8(workspace.read("report.html")).expect("UTF-8");
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"));
    for outside in ["<script", "http://", "https://", "<link", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    // Two labels have both answers, and so three plots.
    assert_eq!(html.matches("<svg").count(), 6);
    assert!(html.contains("prefers-color-scheme: dark") && html.contains("lang=\"en-GB\""));
    evaluate(&workspace, &["dev.jsonl", "--report", "again.html"]).expect_code(0);
    assert_eq!(workspace.read("again.html"), html.into_bytes());
}

#[test]
fn the_gate_passes_and_fails() {
    // With a row that the model has to get wrong, so that there is a better report than its own.
    let wrong = "{\"text\":\"Nice photograph of the river.\",\"labels\":{\"toxicity\":1,\"insult\":0}}\n";
    let workspace = workspace(&format!("{ROWS}{wrong}"));
    let ran = evaluate(&workspace, &["dev.jsonl", "--json"]).expect_code(0);
    workspace.write("same.json", &ran.stdout);
    let ran = evaluate(&workspace, &["dev.jsonl", "--baseline", "same.json"]).expect_code(0);
    assert!(ran.stderr.contains("gate passed: none of 5 figures fell by more than 0.002"), "{}", ran.stderr);

    let mut report = json(&evaluate(&workspace, &["dev.jsonl", "--json"]));
    report["all"]["labels"][0]["roc_auc"] = 1.0.into();
    report["data"][0]["sha256"] = "0".into();
    workspace.write("better.json", report.to_string());
    let ran = evaluate(&workspace, &["dev.jsonl", "--json", "--baseline", "better.json", "--report", "r.html"])
        .expect_code(1);
    for expected in
        ["gate missed: ", "toxicity           ROC AUC    1.00000", "mean", "note: the baseline was measured on other"]
    {
        assert!(ran.stderr.contains(expected), "`{expected}` is not in\n{}", ran.stderr);
    }
    assert!(json(&ran)["all"].is_object(), "the figures are printed all the same");
    assert!(String::from_utf8_lossy(&workspace.read("r.html")).contains("Missed."));
    evaluate(&workspace, &["dev.jsonl", "--baseline", "better.json", "--max-drop", "0.9"]).expect_code(0);
}

#[test]
fn reports_of_earlier_versions_are_baselines_too() {
    let workspace = workspace(ROWS);
    let baseline = model("abuse") + "/report.json";
    let ran = evaluate(&workspace, &["dev.jsonl", "--baseline", &baseline]).expect_code(1);
    // Labels that could not be measured here have fallen.
    assert!(ran.stderr.contains("threat") && ran.stderr.contains("gone"), "{}", ran.stderr);
}

#[test]
fn tables_and_mapped_columns_are_measured() {
    let workspace = Workspace::new();
    workspace.write(
        "jigsaw.csv",
        "id,comment_text,toxic,severe_toxic,obscene,threat,insult,identity_hate\n\
         1,\"You stupid, stupid idiot\",1,0,0,0,1,0\n2,\"Thank you\nvery much\",0,0,0,0,0,0\n3,broken,1\n",
    );
    let ran = evaluate(&workspace, &["jigsaw.csv", "--json"]).expect_code(0);
    assert_eq!(label(&json(&ran), "toxicity")["roc_auc"], 1.0);
    assert!(ran.stderr.contains("jigsaw.csv: 1 rows left out: not a row of labelled text: lines 5"), "{}", ran.stderr);
    workspace.write("site.csv", "message;rude\nYou stupid idiot;1\nThank you;0\n");
    let map = ["--map", "message=text", "--map", "rude=insult"];
    let ran = evaluate(&workspace, &[&["site.csv", "--json"], &map[..]].concat()).expect_code(0);
    assert_eq!(label(&json(&ran), "insult")["roc_auc"], 1.0);
    workspace.write("feelings.csv", "text,emotions\nI love this garden!,joy love\nThis is sad news.,sadness\n");
    let ran = workspace.run(["evaluate", &model("sentiment"), "feelings.csv", "--json"], b"").expect_code(0);
    assert_eq!(label(&json(&ran), "negative")["positives"], 1);
}

#[test]
fn odd_data_is_measured_and_named() {
    let rows = format!(
        "{ROWS}{}\n{}\n\n{}\n",
        r#"{"text":"nice PHOTOGRAPH of the garden","labels":{"toxicity":1}}"#,
        r#"{"text":"x","labels":{"toxicity":7}}"#,
        r#"{"text":" ","labels":{"toxicity":1}}"#
    );
    let ran = evaluate(&workspace(&rows), &["dev.jsonl"]).expect_code(0);
    for expected in [
        "dev.jsonl: 1 rows left out: label outside of 0 to 1: lines 10",
        "dev.jsonl: 1 rows left out: empty text: lines 12",
        "1 of them have the opposite label; they are kept: dev.jsonl:9 against dev.jsonl:8",
    ] {
        assert!(ran.stderr.contains(expected), "`{expected}` is not in\n{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("garden"), "{}", ran.stderr);
}

/// What keeps it from measuring ends with 2, is told with all that is wrong, and writes nothing.
fn refuse(rows: &str, arguments: &[&str], expected: &[&str]) {
    let workspace = workspace(rows);
    workspace.write("other.json", r#"{"model":"m","all":{"name":"all","rows":1,"labels":[]}}"#);
    let before = workspace.names();
    let ran = evaluate(&workspace, arguments).expect_code(2);
    for expected in expected {
        assert!(ran.stderr.contains(expected), "{arguments:?}: `{expected}` is not in\n{}", ran.stderr);
    }
    assert!(ran.stdout.is_empty(), "{arguments:?}");
    assert_eq!(workspace.names(), before, "{arguments:?}");
    assert_eq!(workspace.read("dev.jsonl"), rows.as_bytes());
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let huge = format!("{{\"text\":\"{}\"}}\n", "x".repeat(16 << 20));
    refuse(&huge, &["dev.jsonl"], &["longer than 16 MiB: lines 1", "not one usable row"]);
    refuse("", &["dev.jsonl"], &["not one usable row", "hint: the model's labels are toxicity, "]);
    refuse("hello, you\n", &["dev.jsonl"], &["dev.jsonl:1: neither a JSON object nor", "hint: "]);
    refuse("text,date\na,b\n", &["dev.jsonl"], &["no column is one of the labels toxicity", "hint: "]);
    refuse(ROWS, &["gone.jsonl", "also-gone.csv"], &["gone.jsonl: ", "also-gone.csv: ", "2 problems"]);
    refuse(ROWS, &["dev.jsonl", "--map", "x"], &["`--map x`", "hint: write for example"]);
    refuse(ROWS, &["dev.jsonl", "--map", "x=insult"], &["no file has a column or field `x`"]);
    refuse(ROWS, &["dev.jsonl", "--map", "labels.insult=rude"], &["there is no label `rude`", "hint: the labels are"]);
    refuse(ROWS, &["dev.jsonl", "--baseline", "gone.json"], &["gone.json: cannot read the report"]);
    refuse(ROWS, &["dev.jsonl", "--baseline", "dev.jsonl"], &["dev.jsonl:1: not a report of figures", "hint: "]);
    refuse(
        ROWS,
        &["dev.jsonl", "--baseline", "other.json"],
        &["other.json: the baseline has none of the model's labels"],
    );
    refuse(ROWS, &["dev.jsonl", "--max-drop", "0.1"], &["--baseline"]);
    refuse(ROWS, &["dev.jsonl", "--baseline", "other.json", "--max-drop", "2"], &["a number from 0 to 1"]);
    refuse(ROWS, &["dev.jsonl", "--fixed-recall", "0"], &["a number above 0"]);
    refuse(ROWS, &["dev.jsonl", "--report", "no/folder.html"], &["no/folder.html: cannot write"]);
    refuse(ROWS, &["dev.jsonl", "--report", "dev.jsonl"], &["dev.jsonl: is read or written already"]);
    refuse(ROWS, &["dev.jsonl", "--report", "-"], &["`--report -`: stdout is for the figures"]);
    let all = ["dev.jsonl", "--map", "x", "--baseline", "gone.json", "--report", "no/r.html"];
    refuse(ROWS, &all, &["`--map x`", "gone.json: ", "no/r.html: ", "3 problems"]);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let workspace = workspace(ROWS);
    let mut command = workspace.std_command();
    command.args(["evaluate", &model("abuse"), "dev.jsonl"]).stdin(Stdio::null()).stderr(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
