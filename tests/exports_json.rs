//! The JSON documents that people have, as the systems write them, and what becomes of broken ones.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Workspace, repository, string};

fn fixture(name: &str) -> PathBuf {
    repository().join("tests/fixtures/exports").join(name)
}

/// What a record says that comes from its reader: ids, words, and the segments that its markup names.
fn compact(record: &Value) -> String {
    let field = |name: &str| match &record[name] {
        Value::Null => String::from("-"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut shown = format!(
        "{} {} <{} {} {}\n  {:?}",
        field("thread_id"),
        field("id"),
        field("parent_id"),
        field("author"),
        field("created_at"),
        string(record, "/text")
    );
    for segment in record["segments"].as_array().expect("segments") {
        let _ = write!(shown, " {}:{}-{}", segment["kind"], segment["begin"], segment["end"]);
    }
    shown
        .replace("\"prose\"", "prose")
        .replace("\"quote\"", "quote")
        .replace("\"link\"", "link")
        .replace("\"code\"", "code")
}

/// The records and dead letters that a fixture gives, told by its content alone as well as by its name.
fn check_golden(format: &str, name: &str, arguments: &[&str]) {
    let workspace = Workspace::new();
    let bytes = std::fs::read(fixture(name)).expect("a fixture");
    let all = [&["run", "--dead-letters", "dead.jsonl"], arguments].concat();
    let ran = workspace.run(all, &bytes);
    assert!(ran.stderr.contains(&format!("from stdin as {format}")), "{name}: {}", ran.stderr);
    let left_out: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("left out")).collect();
    let mut lines: Vec<String> = ran.records().iter().map(compact).collect();
    for dead in workspace.lines("dead.jsonl") {
        lines.push(format!("dead: line {} {}: {}", dead["line"], string(&dead, "/kind"), string(&dead, "/detail")));
    }
    lines.extend(left_out.into_iter().map(str::to_owned));
    insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("exports_{}", name.replace('.', "_")), lines.join("\n"));
    });
}

#[test]
fn documents_of_the_systems_are_as_recorded() {
    check_golden("reddit-thread", "reddit_thread.json", &[]);
    check_golden("yt-dlp", "youtube.info.json", &[]);
    check_golden("youtube", "youtube_comment_threads.json", &[]);
    check_golden("hacker-news", "hacker_news_algolia.json", &[]);
    check_golden("lemmy", "lemmy_comments.json", &[]);
    check_golden("mastodon", "mastodon_context.json", &[]);
    check_golden("discourse", "discourse_topic.json", &[]);
}

#[test]
fn any_other_json_is_as_recorded() {
    check_golden("json", "array.json", &[]);
    check_golden("json", "facebook_comments.json", &[]);
}

#[test]
fn mapped_json_is_as_recorded() {
    let map = [
        "comments=data.items[]",
        "html=content.rendered",
        "id=_id",
        "parent_id=answers",
        "author=user.nick",
        "created_at=at",
        "decision=state",
        "thread_id=$.page.slug",
        "title=$.page.headline",
        "article=$.page.text",
        "url=$.page.link",
    ];
    let arguments: Vec<&str> = map.iter().flat_map(|entry| ["--map", *entry]).collect();
    check_golden("json", "mapped.json", &arguments);
}

#[test]
fn a_file_of_another_kind_or_a_broken_one_is_told() {
    let check = |format: &str, text: &str, records: usize, expected: &str| {
        let workspace = Workspace::new();
        let ran = workspace.run(["run", "--format", format, "--dead-letters", "dead.jsonl"], text.as_bytes());
        assert_eq!(ran.records().len(), records, "{format}: {text}");
        let dead = workspace.lines("dead.jsonl");
        let [dead] = dead.as_slice() else { panic!("{format}: {text}: {dead:?}") };
        let shown = format!("{} {}: {}", dead["line"], string(dead, "/kind"), string(dead, "/detail"));
        assert!(shown.starts_with(expected), "{format}: {text}: {shown}");
        assert!(!shown.contains("secret"), "{shown}");
    };
    check("discourse", r#"{"secret":[1]}"#, 0, "1 unreadable: no `post_stream`: not a topic of Discourse");
    check("json", "[{\"text\":\"a secret\"},\n{\"text\":\"b", 1, "2 unreadable: the JSON breaks off at column 11");
    check("json", "[{\"text\":\"a\"},\n{secret}]", 1, "2 invalid_json: not JSON at column 2");
    // One document, told to be lines.
    check("jsonl", "[{\"text\":\"a\"}]", 0, "1 unreadable: a JSON array, not JSON lines");
}
