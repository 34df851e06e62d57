//! `train`: a model of a site's own from small files, recipes, tables, and everything that keeps it from training.

use std::fmt::Write as _;
use std::process::Stdio;

use serde_json::json;

use crate::support::{Ran, Workspace, repository};

/// Invented posts, every third of which offers something.
fn posts(count: usize, seed: usize) -> Vec<(String, bool)> {
    let things = ["garden", "bridge", "library", "ferry"];
    let row = |at: usize| {
        let thing = things[at * 7 % things.len()];
        if at.is_multiple_of(3) {
            (format!("Buy your cheap {thing} here, offer {at} of {seed}"), true)
        } else {
            (format!("Yesterday the {thing} was quiet, as on day {at} of {seed}"), false)
        }
    };
    (0..count).map(row).collect()
}

fn lines(count: usize, seed: usize, label: &str) -> String {
    posts(count, seed).into_iter().fold(String::new(), |mut lines, (text, yes)| {
        let _ = writeln!(lines, "{}", json!({"text": text, "labels": {label: u8::from(yes)}}));
        lines
    })
}

fn site() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("site.jsonl", lines(60, 1, "spam"));
    workspace.write("dev.jsonl", lines(30, 2, "spam"));
    workspace.write("small.toml", "buckets = 4096\n");
    workspace
}

fn train(workspace: &Workspace, arguments: &[&str], code: i32) -> (String, String) {
    let Ran { stdout, stderr, .. } =
        workspace.run([&["train"][..], arguments, &["--out", "model"]].concat(), b"").expect_code(code);
    let stdout = String::from_utf8(stdout).expect("UTF-8");
    for words in ["Yesterday", "cheap", "panicked"] {
        assert!(!stderr.contains(words) && !stdout.contains(words), "`{words}` is told: {stderr}");
    }
    (stdout, stderr)
}

/// Fails unless the program refuses, says all of `expected`, and writes nothing.
fn refused(workspace: &Workspace, arguments: &[&str], expected: &[&str]) {
    let (stdout, stderr) = train(workspace, arguments, 2);
    assert!(stdout.is_empty(), "{stdout}");
    for expected in expected {
        assert!(stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{stderr}");
    }
    let files = std::fs::read_dir(workspace.path("model")).map_or(0, Iterator::count);
    assert_eq!(files, 0, "{arguments:?}: something was written");
}

#[test]
fn a_model_of_a_sites_own_is_trained_measured_and_used() {
    let workspace = site();
    let (stdout, stderr) = train(&workspace, &["spam", "site.jsonl", "--dev", "dev.jsonl"], 0);
    for expected in ["model: ", " bytes of weights", "spam", "passes, gap", "held-out log loss", "1.0000"] {
        assert!(stdout.contains(expected), "`{expected}` is missing in\n{stdout}");
    }
    assert!(stderr.contains("reading site.jsonl") && !stderr.contains("warning"), "{stderr}");
    for file in ["card.md", "manifest.toml", "report.json", "weights.bin"] {
        assert!(workspace.path("model").join(file).exists(), "{file}");
    }
    let weights = workspace.read("model/weights.bin");
    workspace.run(["train", "spam", "site.jsonl", "--out", "again"], b"").expect_code(0);
    assert!(weights == workspace.read("again/weights.bin"), "the same data and seed, other bytes");
    let config = "[models.custom]\nspam = \"model\"\n";
    workspace.write("pipeline.toml", config);
    let comment = b"{\"id\":\"1\",\"text\":\"Buy your cheap tickets here, an offer\"}\n";
    let records = workspace.run(["run"], comment).expect_code(0).records();
    assert!(records[0]["tone"]["scores"]["spam"].as_f64() > Some(0.5), "{records:?}");
}

#[test]
fn tables_are_read_by_their_header() {
    let workspace = site();
    let mut table = "id,comment_text,toxic,severe_toxic,obscene,threat,insult,identity_hate\n".to_owned();
    for (at, (text, yes)) in posts(60, 1).into_iter().enumerate() {
        let yes = u8::from(yes);
        let _ = writeln!(table, "{at},\"{text}\",{yes},{yes},{yes},{yes},{yes},{yes}");
    }
    workspace.write("jigsaw.csv", table);
    workspace.write("recipe.toml", "buckets = 4096\nhome_source = \"\"\nidentity_templates = 0.0\n");
    let (stdout, stderr) = train(&workspace, &["abuse", "jigsaw.csv", "--config", "recipe.toml"], 0);
    for label in ["toxicity", "severe_toxicity", "profanity", "threat", "insult", "identity_attack"] {
        assert!(stdout.contains(label), "{stdout}");
    }
    assert!(!stderr.contains("home source"), "{stderr}");
    // By the recipe of the shipped model they are not at home.
    workspace.write("recipe.toml", "buckets = 4096\nidentity_templates = 0.0\n");
    let (_, stderr) = train(&workspace, &["abuse", "jigsaw.csv", "--config", "recipe.toml"], 0);
    assert!(stderr.contains("warning: no row is of the home source `wikipedia-talk`"), "{stderr}");
}

#[test]
fn columns_and_fields_are_mapped() {
    let workspace = site();
    let mut table = "post;verdict\n".to_owned();
    for (text, yes) in posts(60, 1) {
        let _ = writeln!(table, "{text};{}", if yes { "yes" } else { "no" });
    }
    workspace.write("t.csv", table);
    let mapped = ["advert", "t.csv", "--map", "post=text", "--map", "verdict=advert", "--config", "small.toml"];
    let (stdout, _) = train(&workspace, &mapped, 0);
    assert!(stdout.contains("advert") && !stdout.contains("verdict"), "{stdout}");
    let workspace = site();
    refused(
        &workspace,
        &["spam", "site.jsonl", "--map", "x", "--map", "a=b", "--map", "c=b"],
        &["not of the form", "`b`"],
    );
    refused(&workspace, &["spam", "site.jsonl", "--map", "gone=spam"], &["no file has a column or field `gone`"]);
}

#[test]
fn mistakes_in_the_recipe_are_named() {
    let workspace = site();
    for (text, expected) in [
        ("bucket = 4096\n", "unknown field `bucket`"),
        ("c = \"much\"\n", "r.toml"),
        ("folds = 1\n", "`folds` is 1; it must be 2 to 100"),
        ("buckets = 1000\n", "1000 buckets; it must be a power of two"),
        ("c = -4.0\n", "C is -4; it must be finite and greater than 0"),
        ("buckets = 4096\nmax_epochs = 1\n", "not converged after 1 epochs"),
    ] {
        workspace.write("r.toml", text);
        refused(&workspace, &["spam", "site.jsonl", "--config", "r.toml"], &[expected]);
    }
    refused(&workspace, &["spam", "site.jsonl", "--config", "gone.toml"], &["gone.toml: cannot read the recipe"]);
}

#[test]
fn a_model_is_continued() {
    let workspace = site();
    workspace.write("rude.jsonl", lines(60, 3, "toxicity"));
    let base = repository().join("models/abuse").display().to_string();
    let (stdout, _) = train(&workspace, &["abuse", "rude.jsonl", "--init", &base], 0);
    assert!(stdout.contains("toxicity") && !stdout.contains("threat"), "only what the rows tell is fitted: {stdout}");
    let shown = workspace.run(["models", "show", "./model", "--json"], b"").expect_code(0);
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(shown["labels"].as_array().map(Vec::len), Some(6));
    assert!(shown["manifest"]["continued_from"].as_str().is_some_and(|name| name.starts_with("abuse@")));
    let workspace = site();
    refused(
        &workspace,
        &["spam", "site.jsonl", "--init", "gone"],
        &["gone", "the model to continue from does not load"],
    );
    refused(&workspace, &["topic", "site.jsonl", "--init", "gone"], &["--init: not for the topic model"]);
    let options = ["topic", "site.jsonl", "--config", "small.toml"];
    refused(&workspace, &options, &["--config: not for the topic model"]);
    let options = ["language", "site.jsonl", "--config", "small.toml", "--map", "a=b"];
    refused(&workspace, &options, &["--config: not for the language model", "--map: not for the language model"]);
}

#[test]
fn what_cannot_be_trained_says_why() {
    let workspace = site();
    for name in ["Spam", "my spam", "", "späm", "../spam"] {
        refused(
            &workspace,
            &[name, "site.jsonl"],
            &["is no name for a model", "hint: use abuse, sentiment, encoder, topic"],
        );
    }
    refused(&workspace, &["spam", "gone.jsonl", "--dev", "lost.jsonl"], &["gone.jsonl", "lost.jsonl", "2 problems"]);
    refused(
        &workspace,
        &["spam", "site.jsonl", "--language", "english"],
        &["--language english", "hint: two or three"],
    );
    refused(&workspace, &["spam"], &["DATA"]);
    workspace.write("empty.jsonl", "");
    refused(&workspace, &["spam", "empty.jsonl"], &["empty.jsonl: not one usable row"]);
    let yes = "{\"text\":\"cheap\",\"labels\":{\"spam\":1,\"rude\":0}}\n".repeat(7);
    workspace.write("one.jsonl", yes);
    let expected =
        ["label `spam`: 7 texts have it and 0 do not", "label `rude`: 0 texts have it and 7 do not", "hint: "];
    refused(&workspace, &["spam", "one.jsonl"], &expected);
    let workspace = site();
    workspace.write("model", "a file");
    let (_, stderr) = train(&workspace, &["spam", "site.jsonl"], 2);
    assert!(stderr.contains("model: cannot make the folder"), "{stderr}");
}

#[test]
fn bad_rows_and_leaks_are_told_by_line() {
    let workspace = site();
    let mut data = lines(60, 1, "spam");
    data.push_str(
        "{\"text\":\"cheap\",\"labels\":{\"spam\":1.5}}\nnonsense\n{\"text\":\"cheap\",\"labels\":{\"spam\":-1}}\n",
    );
    let _ = writeln!(data, "{{\"text\":\"{}\",\"labels\":{{\"spam\":1}}}}", "cheap ".repeat(3 << 20));
    workspace.write("site.jsonl", data);
    let leak = lines(2, 1, "spam");
    workspace.write("dev.jsonl", lines(30, 2, "spam") + &leak);
    let arguments = ["spam", "site.jsonl", "--dev", "dev.jsonl", "--config", "small.toml"];
    let (_, stderr) = train(&workspace, &arguments, 0);
    for expected in [
        "warning: site.jsonl: 2 rows left out: label outside of 0 to 1: lines 61, 63",
        "warning: site.jsonl: 1 rows left out: not a row of labelled text: lines 62",
        "warning: site.jsonl: 1 rows left out: longer than 16 MiB: lines 64",
        "2 training rows have a text that is also in the data to measure on; they were left out of training: \
         site.jsonl:1 as dev.jsonl:31, site.jsonl:2 as dev.jsonl:32",
    ] {
        assert!(stderr.contains(expected), "`{expected}` is missing in\n{stderr}");
    }
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let workspace = site();
    let mut command = workspace.std_command();
    command.args(["train", "spam", "site.jsonl", "--out", "model", "--config", "small.toml"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("pipe"), "{stderr}");
    assert!(workspace.path("model/weights.bin").exists(), "it was trained though nobody listened");
}
