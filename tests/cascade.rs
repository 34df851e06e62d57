//! A comment whose first off-topic score is undecided gets a second one, from a sentence-transformer and a head for it.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::support::tiny_sentence_encoder as tiny;
use crate::support::{Ran, Workspace, repository};

/// A workspace with a tiny sentence-transformer, a topic model that was trained for it, and a thread.
fn site() -> Workspace {
    let workspace = Workspace::new();
    tiny::write_to(&workspace.path("tiny"));
    fs::copy(repository().join("data/topic/labelled.jsonl"), workspace.path("labelled.jsonl"))
        .expect("the sample data");
    workspace.write("comments.jsonl", comments());
    let said = train(&workspace, "tiny", "model").expect_code(0);
    let told = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(told.contains("second head fitted to") && told.contains("with tiny+sha256:"), "{told}");
    workspace
}

fn train(workspace: &Workspace, encoder: &str, out: &str) -> Ran {
    let arguments = ["train", "topic", "labelled.jsonl", "--dev", "labelled.jsonl", "--sentence-encoder", encoder];
    workspace.run([&arguments[..], &["--cascade-examples", "80", "--out", out]].concat(), b"")
}

/// Two threads, one with an article of several passages, one with a title alone; replies, repetitions and small talk.
fn comments() -> String {
    let article =
        "The council closed the old bridge over the river. Repair costs are high, and cyclists pay no road tax. \
        It opens again when the money is there. "
            .repeat(12);
    let mut rows = serde_json::json!({ "type": "thread", "thread_id": "long", "title": "Council closed the old bridge",
        "article": article })
    .to_string()
        + "\n";
    let texts = [
        "When is the council going to open the old bridge again",
        "Onions and butter and salt, then bake the bread in a new oven",
        "The repair costs more money than the traffic on that road is worth",
        "thanks",
        "My cat sleeps in the garden when the rain stops",
        "Cyclists pay as much tax as everybody who drives over the river",
    ];
    for number in 0..60 {
        let thread = if number % 3 == 0 { "short" } else { "long" };
        let parent = if number >= 6 && number % 2 == 0 { format!("\"c{}\"", number - 6) } else { "null".to_owned() };
        let text = format!("{}, said neighbour number {number}", texts[number % texts.len()]);
        let _ = writeln!(
            rows,
            r#"{{"thread_id":"{thread}","title":"The train is late again","id":"c{number}","parent_id":{parent},"text":"{text}"}}"#
        );
    }
    rows
}

/// Runs with a configuration; the records.
fn run(workspace: &Workspace, cascade: &str, workers: &str) -> Vec<Value> {
    let config = format!("[models]\ntopic = \"model\"\n{cascade}");
    workspace.write("pipeline.toml", config);
    let arguments = ["run", "comments.jsonl", "--workers", workers, "--summary", "summary.json"];
    let ran = workspace.run(arguments, b"").expect_code(0);
    ran.records()
}

#[test]
fn undecided_comments_are_scored_again_and_records_say_so() {
    let workspace = site();
    let first = run(&workspace, "", "2");
    let section = "[topic.cascade]\nfolder = \"tiny\"\nat_least = 0.0\nbelow = 1.0\nmax_share = 0.5\n";
    let second = run(&workspace, section, "1");
    let summary: Value = serde_json::from_slice(&workspace.read("summary.json")).expect("a summary");
    assert_eq!(second, run(&workspace, section, "3"), "the number of workers matters");

    assert_eq!(first.len(), second.len());
    let (mut again, mut moved, mut scored) = (0, 0, 0);
    for (first, second) in first.iter().zip(&second) {
        let cited = second["models"]["sentence_encoder"].as_str().expect("a citation");
        assert!(cited.starts_with("tiny+sha256:") && first["models"].get("sentence_encoder").is_none(), "{cited}");
        assert_eq!(first["topic"]["relevance"], second["topic"]["relevance"], "each context alone stays");
        scored += u64::from(first["topic"].get("off_topic").is_some());
        assert_eq!(first["topic"].get("cascade"), None);
        if second["topic"].get("cascade").is_some() {
            assert_eq!(second["topic"]["cascade"], true);
            again += 1;
            moved += u64::from(first["topic"]["off_topic"] != second["topic"]["off_topic"]);
        } else {
            assert_eq!(first["topic"], second["topic"]);
        }
    }
    assert!(scored >= 30 && again <= scored / 2 && again >= scored / 2 - 2, "{again} of {scored}");
    // Scores near 0 and 1 may round to the same four decimals.
    assert!(moved * 2 > again, "{moved} of {again} moved");
    assert_eq!(summary["cascade"]["scored"], again);
    assert_eq!(summary["cascade"]["failures"], 0);
}

#[test]
fn a_model_without_a_second_head_or_with_one_for_another_is_refused() {
    let workspace = site();
    let refused = |config: &str, expected: &str| {
        workspace.write("pipeline.toml", config);
        let Ran { stderr, .. } = workspace.run(["run", "comments.jsonl"], b"").expect_code(2);
        assert!(stderr.contains(expected), "`{expected}` is not in: {stderr}");
        assert!(stderr.contains("hint: train one with `threadsieve train topic DATA --sentence-encoder"), "{stderr}");
    };
    refused("[topic.cascade]\nfolder = \"tiny\"\n", "but the model has no second head");

    let mut arrays = tiny::arrays();
    arrays[0].2[0] += 0.25;
    tiny::write_to(&workspace.path("other"));
    fs::write(workspace.path("other/model.safetensors"), tiny::safetensors(&arrays)).expect("a file written");
    refused("[models]\ntopic = \"model\"\n[topic.cascade]\nfolder = \"other\"\n", "a second head for another, sha256:");

    workspace.write("pipeline.toml", "[models]\ntopic = \"model\"\n[topic.cascade]\nfolder = \"missing\"\n");
    let Ran { stderr, .. } = workspace.run(["run", "comments.jsonl"], b"").expect_code(2);
    assert!(stderr.contains("missing/config.json: cannot read this file"), "{stderr}");
    // Where topic is switched off there is nothing to score again, and nothing is loaded.
    workspace.write("pipeline.toml", "[topic]\nenabled = false\n[topic.cascade]\nfolder = \"missing\"\n");
    workspace.run(["run", "comments.jsonl"], b"").expect_code(0);
}

#[test]
fn training_gives_the_same_bytes_again_and_refuses_a_broken_encoder() {
    let workspace = site();
    train(&workspace, "tiny", "again").expect_code(0);
    for file in ["weights.bin", "manifest.toml", "report.json", "card.md"] {
        let [one, other] =
            ["model", "again"].map(|folder| fs::read(workspace.path(folder).join(file)).expect("a file"));
        assert!(one == other, "{file} differs");
    }
    let report: Value = serde_json::from_slice(&workspace.read("model/report.json")).expect("a report");
    assert!(report["cascade"]["situations"]["article"]["every_comment_second"].is_f64(), "{report}");
    let manifest = String::from_utf8(workspace.read("model/manifest.toml")).expect("UTF-8");
    assert!(manifest.contains("sentence_encoder = \"tiny+sha256:"), "{manifest}");

    fs::write(workspace.path("tiny/model.safetensors"), b"broken").expect("a file written");
    let Ran { stderr, .. } = train(&workspace, "tiny", "broken").expect_code(2);
    assert!(stderr.contains("tiny/model.safetensors: "), "{stderr}");
    let refused =
        workspace.run(["train", "spam", "labelled.jsonl", "--sentence-encoder", "tiny", "--out", "spam"], b"");
    assert!(refused.expect_code(2).stderr.contains("--sentence-encoder: only for the topic model"));
}
