//! Exports with an object a line, tables, Parquet and archives: what a run makes of them, and what `labels` and `inspect`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Workspace, parse_lines, part, repository};

fn fixture(name: &str) -> PathBuf {
    repository().join("tests/fixtures/exports").join(name)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.replace('\n', "⏎"))
}

/// Records on one line each: what was read, and not what was made of it.
fn compact(records: &[Value]) -> String {
    let mut shown = String::new();
    for record in records {
        let field = |name: &str| text(&record[name]);
        let _ = write!(shown, "{}/{}", field("thread_id"), field("id"));
        for (name, sign) in [("parent_id", "<"), ("author", " by "), ("created_at", " @")] {
            if !record[name].is_null() {
                let _ = write!(shown, "{sign}{}", field(name));
            }
        }
        let _ = writeln!(shown, ": {}", field("text"));
        let words = record["text"].as_str().unwrap_or_default();
        for segment in record["segments"].as_array().into_iter().flatten() {
            let at = |name: &str| segment[name].as_u64().unwrap_or_default() as usize;
            let words = part(words, at("begin"), at("end")).replace('\n', "⏎");
            let _ = writeln!(shown, "    {}: {words}", text(&segment["kind"]));
        }
        let flags: Vec<String> = record["flags"].as_array().into_iter().flatten().map(text).collect();
        if !flags.is_empty() {
            let _ = writeln!(shown, "    flags: {}", flags.join(" "));
        }
        let _ =
            writeln!(shown, "    topic: {}", text(record["topic"].get("basis").unwrap_or(&record["topic"]["absent"])));
    }
    shown
}

/// What a run makes of files: records, dead letters, and what each was read as.
fn ran(inputs: &[PathBuf], more: &[&str], code: i32) -> String {
    let workspace = Workspace::new();
    let mut arguments: Vec<String> = vec!["run".to_owned()];
    arguments.extend(inputs.iter().map(|path| path.to_str().expect("UTF-8").to_owned()));
    arguments.extend(["--dead-letters", "dead.jsonl", "--summary", "summary.json"].map(str::to_owned));
    arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
    let records = workspace.run(&arguments, b"").expect_code(code).records();
    let mut shown = String::new();
    let summary = parse_lines(&workspace.read("summary.json"));
    for input in summary[0]["inputs"].as_array().expect("inputs") {
        let source = text(&input["source"]);
        let _ =
            writeln!(shown, "{} as {}", source.rsplit("exports/").next().unwrap_or(&source), text(&input["format"]));
    }
    if !summary[0]["skipped"].is_null() {
        let _ = writeln!(shown, "left out {}", summary[0]["skipped"]);
    }
    shown.push_str(&compact(&records));
    for dead in workspace.lines("dead.jsonl") {
        let _ = writeln!(shown, "line {}: {}: {}", dead["line"], text(&dead["kind"]), text(&dead["detail"]));
    }
    shown
}

fn all_of(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| fixture(name)).collect()
}

fn golden(name: &str, shown: &str) {
    insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("exports_{name}"), shown);
    });
}

#[test]
fn collections_of_coral_are_joined() {
    let shown = ran(&all_of(&["coral_comments.ndjson", "coral_stories.ndjson", "coral_actions.ndjson"]), &[], 0);
    golden("coral", &shown);
    // In one file, in any order, it is the same but for names and lines.
    let workspace = Workspace::new();
    let mut lines: Vec<String> = Vec::new();
    for name in ["coral_comments.ndjson", "coral_stories.ndjson", "coral_actions.ndjson"] {
        let file = std::fs::read_to_string(fixture(name)).expect("a fixture");
        lines.extend(file.lines().map(str::to_owned));
    }
    let whole = workspace.write("all.ndjson", lines.join("\n"));
    let records =
        |shown: &str| shown.lines().skip_while(|line| !line.starts_with("st-")).map(str::to_owned).collect::<Vec<_>>();
    let mut one = records(&ran(&[whole], &[], 0));
    let mut other = records(&shown);
    one.sort_unstable();
    other.sort_unstable();
    assert_eq!(one, other);
}

#[test]
fn reddits_comments_find_their_submissions() {
    let files = all_of(&["reddit_comments.ndjson", "reddit_submissions.ndjson"]);
    let shown = ran(&files, &[], 0);
    golden("reddit", &shown);
    // As the archives keep them: zstd with a long window.
    let workspace = Workspace::new();
    let packed: Vec<PathBuf> = files
        .iter()
        .map(|path| {
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("an encoder");
            encoder.long_distance_matching(true).expect("set");
            encoder.window_log(31).expect("set");
            encoder.write_all(&std::fs::read(path).expect("a fixture")).expect("written");
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            workspace.write(&format!("{name}.zst"), encoder.finish().expect("finished"))
        })
        .collect();
    let records = |shown: &str| shown.split_once("1bfex1/").map(|(_, records)| records.to_owned());
    assert_eq!(records(&ran(&packed, &[], 0)), records(&shown));
}

#[test]
fn items_of_hacker_news_find_their_story() {
    golden("hacker_news_items", &ran(&all_of(&["hacker_news_items.ndjson"]), &[], 0));
}

#[test]
fn known_tables_are_read() {
    let names = ["jigsaw.csv", "civil_comments.csv", "socc_comments.csv", "socc_articles.csv", "comments.parquet"];
    golden("tables", &ran(&all_of(&names), &[], 0));
    let map = ["text=Beitrag", "id=Nr", "author=Verfasser", "title=Artikel", "decision=Entscheidung"];
    let map: Vec<&str> = map.iter().flat_map(|entry| ["--map", *entry]).collect();
    golden("mapped_table", &ran(&all_of(&["mapped.csv"]), &map, 0));
}

#[test]
fn archives_are_unpacked() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let deflated = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, options) in [("coral_comments.ndjson", deflated), ("coral_stories.ndjson", stored)] {
        zip.start_file(format!("export/{name}"), options).expect("begun");
        zip.write_all(&std::fs::read(fixture(name)).expect("a fixture")).expect("written");
    }
    zip.add_directory("export/empty", stored).expect("added");
    zip.start_file("export/Photo.PNG", stored).expect("begun");
    zip.write_all(b"\x89PNG\r\n").expect("written");
    let bytes = zip.finish().expect("finished").into_inner();
    let workspace = Workspace::new();
    let file = workspace.write("export.zip", &bytes);
    let shown = ran(&[file], &[], 0);
    assert!(shown.contains("export.zip/export/coral_comments.ndjson as coral"), "{shown}");
    assert!(shown.contains("\"other file of an archive\":1"), "{shown}");
    assert!(shown.contains("st-1/c-2<c-1 by u-2") && shown.contains("topic: article"), "{shown}");
    // The same from a pipe, which has no end to begin with.
    let piped = workspace.run(["run"], &bytes).expect_code(0).records();
    assert_eq!(piped.len(), 5);
    // A bit of the first file's data is wrong: what came of it is kept, and the fault is told.
    let mut broken = bytes.clone();
    broken[60] ^= 0xff;
    let file = workspace.write("broken.zip", &broken);
    let shown = ran(&[file], &[], 1);
    assert!(shown.contains("unreadable: the input broke off: "), "{shown}");
    let file = workspace.write("cut.zip", &bytes[..bytes.len() - 30]);
    assert!(ran(&[file], &[], 1).contains("unreadable: "));
}

#[test]
fn a_small_file_must_not_become_a_huge_one() {
    let workspace = Workspace::new();
    let line = format!("{{\"text\":\"{}\"}}\n", "a".repeat(1 << 20));
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("an encoder");
    for _ in 0..80 {
        encoder.write_all(line.as_bytes()).expect("written");
    }
    let file = workspace.write("bomb.jsonl.zst", encoder.finish().expect("finished"));
    let config = workspace.write("pipeline.toml", "[limits]\nmax_body_bytes = 10\n[tone]\nenabled = false\n");
    let shown = ran(&[file], &["--config", config.to_str().expect("UTF-8")], 1);
    assert!(shown.contains("more than 1000 bytes came of each (limits.max_expansion)"), "{shown}");
}

#[test]
fn decisions_become_training_data() {
    let workspace = Workspace::new();
    let check = |name: &str, inputs: &[&str], code: i32| {
        let mut arguments = vec!["labels".to_owned(), "--out".to_owned(), "labels.jsonl".to_owned()];
        arguments.extend(inputs.iter().map(|name| fixture(name).to_str().expect("UTF-8").to_owned()));
        let ran = workspace.run(&arguments, b"").expect_code(code);
        let table: Vec<&str> = ran.stderr.lines().filter(|line| !line.starts_with("read ")).collect();
        let rows = String::from_utf8(workspace.read("labels.jsonl")).expect("UTF-8");
        golden(name, &format!("{}\n{rows}", table.join("\n")));
    };
    check("labels_coral", &["coral_comments.ndjson", "coral_stories.ndjson", "coral_actions.ndjson"], 0);
    check("labels_reddit", &["reddit_comments.ndjson", "reddit_submissions.ndjson"], 0);
    check("labels_tables", &["jigsaw.csv", "civil_comments.csv", "comments.parquet"], 0);
    check("labels_none", &["socc_comments.csv"], 1);
}

#[test]
fn what_goes_back_to_coral_names_the_revision() {
    let workspace = Workspace::new();
    let rule = "[[policy.rules]]\nid = \"all\"\nwhen = { label = \"toxicity\", at_least = 0.0 }\naction = \"reject\"\n";
    workspace.write("all.toml", rule);
    let comments = fixture("coral_comments.ndjson");
    let arguments =
        ["run", comments.to_str().expect("UTF-8"), "--config", "all.toml", "--write-back", "coral=back.jsonl"];
    workspace.run(arguments, b"").expect_code(0);
    let requests = workspace.lines("back.jsonl");
    let revisions: Vec<String> =
        requests.iter().map(|request| text(&request["variables"]["input"]["commentRevisionID"])).collect();
    assert_eq!(revisions, ["r-1", "r-2", "r-3", "r-5"]);
}

#[test]
fn training_data_is_read_by_training() {
    let workspace = Workspace::new();
    let coral = ["comments", "stories", "moderation_actions"]
        .map(|name| repository().join(format!("data/topic/coral_{name}.ndjson")).to_str().expect("UTF-8").to_owned());
    let mut arguments = vec!["labels".to_owned(), "--out".to_owned(), "labels.jsonl".to_owned()];
    arguments.extend(coral.clone());
    workspace.run(&arguments, b"").expect_code(0);
    let rows = workspace.lines("labels.jsonl");
    assert!(rows.iter().any(|row| row["off_topic"] == 1) && rows.iter().any(|row| row["off_topic"] == 0));
    // `calibrate` takes the rows; the sample is too small for a threshold, which it says.
    let model = repository().join("models/abuse");
    let arguments = ["calibrate", model.to_str().expect("UTF-8"), "labels.jsonl", "--precision", "0.9"];
    let ran = workspace.run(arguments, b"").expect_code(2);
    assert!(ran.stderr.contains("rejected decisions"), "{}", ran.stderr);
    // Of one label the rows train a model; those of topic have their article beside them.
    let labels = |label: &str, out: &str| {
        let mut arguments = vec!["labels", "--label", label, "--out", out];
        let coral: Vec<&str> = coral.iter().map(String::as_str).collect();
        arguments.extend(coral);
        workspace.run(arguments, b"").expect_code(0);
    };
    labels("rejected", "rejected.jsonl");
    workspace.run(["train", "ours", "rejected.jsonl", "--out", "ours"], b"").expect_code(0);
    labels("off_topic", "topic.jsonl");
    let rows = workspace.lines("topic.jsonl");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["off_topic"].is_u64() && row["title"].is_string()));
}

#[test]
fn an_export_can_be_looked_over() {
    let workspace = Workspace::new();
    let inputs = ["coral_comments.ndjson", "coral_stories.ndjson", "coral_actions.ndjson"].map(fixture);
    let inputs: Vec<&str> = inputs.iter().map(|path| path.to_str().expect("UTF-8")).collect();
    let ran = workspace.run(std::iter::once("inspect").chain(inputs.iter().copied()), b"").expect_code(0);
    let folder = fixture("").to_str().expect("UTF-8").to_owned();
    golden("inspect_coral", &String::from_utf8_lossy(&ran.stdout).replace(&folder, ""));
    let ran = workspace.run(["inspect", "--json", "--comments", "2", inputs[0]], b"").expect_code(0);
    let shown: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    assert_eq!(
        (&shown["comments"], &shown["is_whole"], &shown["inputs"][0]["format"]),
        (&2.into(), &false.into(), &"coral".into())
    );
    let ran = workspace.run(["inspect", "--map", "words=x"], b"").expect_code(2);
    assert!(ran.stderr.contains("there is no field `words`"), "{}", ran.stderr);
}
