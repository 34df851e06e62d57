//! `report`: what the page holds, what it leaves out, and what is refused.

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::json;

use crate::support::records::{record, records};
use crate::support::{Workspace, sample};

/// The page that is made of some lines.
fn page_of(workspace: &Workspace, lines: &str, more: &[&str]) -> String {
    workspace.write("r.jsonl", lines);
    workspace.run([&["report", "r.jsonl", "--out", "p.html"], more].concat(), b"").expect_code(0);
    String::from_utf8(workspace.read("p.html")).expect("UTF-8")
}

#[track_caller]
fn check_holds(page: &str, expected: &[&str]) {
    // Spaces that do not break keep numbers and their units together.
    let page = page.replace('\u{a0}', " ");
    for expected in expected {
        assert!(page.contains(expected), "`{expected}` is missing");
    }
}

#[test]
fn records_become_a_page() {
    let workspace = Workspace::new();
    let lines = records(400);
    let page = page_of(&workspace, &lines, &["--title", "Comments of <May>"]);
    let held = lines.matches("\"action\":\"review\"").count();
    let hostile = lines.matches("\"label\":\"hostile\"").count();
    check_holds(
        &page,
        &[
            "<html lang=\"en-GB\">",
            "<title>Comments of &lt;May&gt;</title>",
            "400 comments in 7 threads written from 2026-05-01 to 2026-05-28",
            &format!("<span class=\"big\">{held}</span>"),
            &format!("<span class=\"big\">{hostile}</span>"),
            "<code>toxic</code></th><td>toxicity from 0.5</td><td>review</td>",
            "<code>again</code></th><td>flag:duplicate</td><td>review</td>",
            "0.9 off-topic</text>",
            "<bdi>reader",
            "<code>abuse@1.0.0</code>",
            "Records hold no articles",
        ],
    );
    assert_eq!(page_of(&workspace, &lines, &["--title", "Comments of <May>"]), page, "same records, same bytes");
}

#[test]
fn a_page_loads_nothing() {
    let page = page_of(&Workspace::new(), &records(60), &[]);
    assert!(
        page.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
    );
    for loads in ["<link", "<img", "src=", "@import", "url(http", "<iframe", "fetch(", "XMLHttpRequest", " style="] {
        assert!(!page.contains(loads), "{loads}");
    }
}

#[test]
fn comments_are_labelled_first_and_give_titles_and_passages() {
    let workspace = Workspace::new();
    workspace.write(
        "pipeline.toml",
        "[[policy.rules]]\nid = \"far\"\nwhen = { off_topic = true, at_least = 0.5 }\naction = \"review\"\n",
    );
    let input = sample("thread.jsonl");
    let input = input.to_str().expect("a path");
    let ran = workspace.run(["report", input, "--out", "p.html"], b"").expect_code(0);
    assert!(ran.stderr.contains("p.html: 28 comments"), "{}", ran.stderr);
    let page = String::from_utf8(workspace.read("p.html")).expect("UTF-8");
    check_holds(
        &page,
        &[
            "<a href=\"https:&#x2F;&#x2F;example.org&#x2F;news&#x2F;bridge-street\" rel=\"noreferrer noopener nofollow\">\
             Council to vote on closing Bridge Street to cars</a>",
            "<code>far</code>",
            "Nearest passage of the article",
            "Words in common: ",
            "<details class=\"word\">",
            "Repeated comments",
        ],
    );
    assert!(!page.contains("Records hold no articles"));
    let bytes = std::fs::read(input).expect("the sample");
    workspace.run(["report", "--out", "stdin.html"], &bytes).expect_code(0);
    assert_eq!(workspace.read("stdin.html"), workspace.read("p.html"), "stdin is read as often as is needed");
    let records = workspace.run(["run", input], b"").expect_code(0);
    workspace.run(["report", "--out", "records.html"], &records.stdout).expect_code(0);
    let of_records = String::from_utf8(workspace.read("records.html")).expect("UTF-8");
    let figures = |page: &str| {
        let figures = page.split_once("<dl class=\"figures\">").and_then(|(_, rest)| rest.split_once("</dl>"));
        figures.expect("figures").0.to_owned()
    };
    assert_eq!(figures(&of_records), figures(&page));
}

#[test]
fn compressed_records_give_the_same_page() {
    let workspace = Workspace::new();
    let lines = records(50);
    let page = page_of(&workspace, &lines, &[]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines.as_bytes()).expect("written");
    workspace.write("r.gz", gzip.finish().expect("finished"));
    workspace.write("r.zst", zstd::encode_all(lines.as_bytes(), 1).expect("packed"));
    for packed in ["r.gz", "r.zst"] {
        workspace.run(["report", packed, "--out", "packed.html"], b"").expect_code(0);
        assert_eq!(workspace.read("packed.html"), page.as_bytes(), "{packed}");
    }
    let ran = workspace.run(["report", "r.jsonl", "--out", "-"], b"").expect_code(0);
    assert_eq!((ran.stdout.as_slice(), ran.stderr.as_str()), (page.as_bytes(), ""));
}

#[test]
fn bad_lines_are_named_and_the_rest_is_kept() {
    let workspace = Workspace::new();
    let lines: Vec<String> = records(30).lines().map(str::to_owned).collect();
    let broken = [&lines[..10], &["oops".to_owned(), lines[10].replace("record/1", "record/7")], &lines[11..]].concat();
    workspace.write("r.jsonl", broken.join("\n"));
    let ran = workspace.run(["report", "r.jsonl", "--out", "p.html"], b"").expect_code(1);
    for expected in
        ["warning: r.jsonl:11: ", "warning: r.jsonl:12: its `schema` is not threadsieve.record/1", "29 comments"]
    {
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
    check_holds(
        &String::from_utf8(workspace.read("p.html")).expect("UTF-8"),
        &["29 comments in", "<strong>Not all could be read.</strong> 2 lines could not"],
    );
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(records(3_000).as_bytes()).expect("written");
    let gzip = gzip.finish().expect("finished");
    workspace.write("cut.gz", &gzip[..gzip.len() / 2]);
    let ran = workspace.run(["report", "cut.gz", "--out", "p.html"], b"").expect_code(1);
    assert!(ran.stderr.contains("warning: cut.gz: "), "{}", ran.stderr);
    check_holds(
        &String::from_utf8(workspace.read("p.html")).expect("UTF-8"),
        &["<strong>The input broke off.</strong>"],
    );
}

#[test]
fn nothing_is_reported_as_nothing() {
    let workspace = Workspace::new();
    for input in ["", "\n\n"] {
        workspace.write("empty.jsonl", input);
        workspace.run(["report", "empty.jsonl", "--out", "p.html"], b"").expect_code(0);
        let page = String::from_utf8(workspace.read("p.html")).expect("UTF-8");
        check_holds(&page, &["0 comments in 0 threads", "There are no comments in what was read"]);
        assert!(!page.contains("<section"), "no empty tables");
    }
}

#[test]
fn what_cannot_be_reported_says_why() {
    let check = |arguments: &[&str], expected: &[&str]| {
        let workspace = Workspace::new();
        let lines = records(3);
        workspace.write("r.jsonl", &lines);
        workspace.write("in.jsonl", "{\"text\":\"We took the bus.\"}\n");
        workspace.write("new.jsonl", lines.replace("record/1", "record/9"));
        workspace.write("binary", [0_u8, 1, 2, 3, 0, 9]);
        workspace.write("pipeline.toml", "");
        let ran = workspace.run([&["report"], arguments].concat(), b"").expect_code(2);
        for expected in expected {
            assert!(ran.stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{}", ran.stderr);
        }
        assert_eq!(workspace.read("r.jsonl"), lines.as_bytes());
        assert!(!workspace.path("p.html").exists(), "{arguments:?}");
    };
    check(&["r.jsonl"], &["--out <FILE>"]);
    check(&["gone.jsonl", "--out", "p.html"], &["gone.jsonl: cannot open"]);
    check(&["r.jsonl", "--out", "r.jsonl"], &["r.jsonl: is read or written already"]);
    check(&["in.jsonl", "--out", "pipeline.toml"], &["pipeline.toml: is read or written already"]);
    check(&["r.jsonl", "--out", "no/p.html"], &["no/p.html: cannot write"]);
    check(&["r.jsonl", "in.jsonl", "--out", "p.html"], &["r.jsonl holds records, and in.jsonl does not", "hint: "]);
    check(
        &["r.jsonl", "--config", "pipeline.toml", "--out", "p.html"],
        &["labelled already: --config would do nothing"],
    );
    check(&["new.jsonl", "--out", "p.html"], &["new.jsonl:1: its `schema`", "no line could be read as a record"]);
    check(&["binary", "--out", "p.html"], &["neither as records nor as comments"]);
    check(&["in.jsonl", "--config", "gone.toml", "--out", "p.html"], &["gone.toml: cannot read"]);
}

#[test]
fn what_is_to_be_left_out_is_left_out() {
    let workspace = Workspace::new();
    let lines = records(60);
    let page = page_of(&workspace, &lines, &["--no-text", "--no-authors"]);
    assert!(!page.contains("ferry") && !page.contains("reader"), "words or authors are there");
    check_holds(&page, &["neither their words nor their authors", "Without its text."]);
    let page = page_of(&workspace, &lines, &["--mask", "all"]);
    check_holds(&page, &["(all are)"]);
    let page = page_of(&workspace, &lines, &["--mask", "none"]);
    assert!(page.contains("ferry") && !page.contains("<details class=\"cover\">"));
    assert!(page_of(&workspace, &lines, &[]).contains("<details class=\"cover\">"), "hostile ones are covered");
    // From comments, too.
    let input = sample("thread.jsonl");
    let input = input.to_str().expect("a path");
    workspace.run(["report", input, "--out", "p.html", "--no-text", "--no-authors"], b"").expect_code(0);
    let page = String::from_utf8(workspace.read("p.html")).expect("UTF-8");
    assert!(!page.contains("Fennel Mill and they are half empty"));
}

#[test]
fn times_and_texts_may_be_missing() {
    let workspace = Workspace::new();
    let mut lines = String::new();
    for number in 0..30 {
        let mut record = record(number, "t", "Words.");
        record["created_at"] = match number % 3 {
            0 => json!(null),
            1 => json!("last Tuesday"),
            _ => json!("1777777777"),
        };
        record.as_object_mut().expect("an object").remove("text");
        record["tone"] = json!({"absent": "switched_off"});
        record["topic"] = json!({"absent": "switched_off"});
        let _ = writeln!(lines, "{record}");
    }
    let page = page_of(&workspace, &lines, &[]);
    check_holds(
        &page,
        &[
            "10 comments have a time of writing that could be read; 10 have none, 10 have one that could not be read",
            "No comment has a score, so there is no threshold to move",
            "No comment was compared with what its thread is about",
            "Without tone: 30 switched off",
        ],
    );
    assert!(!page.contains("NaN"));
}

#[test]
fn fifty_thousand_comments_are_a_page_of_a_few_megabytes() {
    let page = page_of(&Workspace::new(), &records(50_000), &[]);
    assert!(page.len() < 4_000_000, "{} bytes", page.len());
    check_holds(&page, &["50,000 comments in 7 threads"]);
}
