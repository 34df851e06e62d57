//! The sample thread in its three forms.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Workspace, by_id, number, parse_lines, part, rules, sample, string, strings};

/// The comments of the sample, in order.
const COMMENTS: usize = 28;
/// Words of one or two words, or none: too little to call foreign.
const SHORT: [&str; 5] = ["c05", "c15", "c16", "c18", "c19"];
/// Comments that are not in English.
const FOREIGN: [&str; 3] = ["c07", "c10", "c21"];
const MARKER_LINE: &str = "Machine Translation:\n";

fn run_on(input: &Path, more: &[&str]) -> Vec<Value> {
    let article = sample("article.txt");
    let first = ["run", input.to_str().expect("UTF-8")];
    let all = first.iter().chain(more);
    let all = all.map(|argument| if *argument == "ARTICLE" { article.to_str().expect("UTF-8") } else { argument });
    Workspace::new().run(all, b"").expect_code(0).records()
}

fn jsonl() -> Vec<Value> {
    run_on(&sample("thread.jsonl"), &[])
}

fn page() -> Vec<Value> {
    run_on(&sample("thread.page.txt"), &["--format", "page", "--article", "ARTICLE"])
}

/// The table with the article beside it, which belongs to the comments that name no thread: so without that column.
fn table_with_article() -> Vec<Value> {
    let workspace = Workspace::new();
    let mut rows = csv::Reader::from_path(sample("thread.csv")).expect("the sample");
    let mut cut = csv::Writer::from_writer(Vec::new());
    let headers = rows.headers().expect("a header").clone();
    assert_eq!(&headers[0], "thread_id");
    cut.write_record(headers.iter().skip(1)).expect("written");
    for row in rows.records() {
        cut.write_record(row.expect("a row").iter().skip(1)).expect("written");
    }
    run_on(&workspace.write("thread.csv", cut.into_inner().expect("written")), &["--article", "ARTICLE"])
}

fn all_forms() -> [(&'static str, Vec<Value>); 3] {
    [("jsonl", jsonl()), ("table", table_with_article()), ("page", page())]
}

/// A record without anything that a trained model has a say in, or that is a measure of certainty.
fn masked(record: &Value) -> Value {
    let mut masked = record.clone();
    let is_scored = record["tone"]["absent"].is_null();
    for (field, score) in [("tone", "scores"), ("topic", "off_topic")] {
        if !record[field][score].is_null() {
            masked[field] = json!("scored");
        }
    }
    masked["language"] = json!({ "code": record["language"]["code"], "script": record["language"]["script"],
        "status": record["language"]["status"] });
    if !masked["translation"]["untranslated"].is_null() {
        masked["translation"]["untranslated"] = json!("counted");
    }
    let object = masked.as_object_mut().expect("an object");
    object.remove("models");
    if is_scored {
        object.remove("decision");
    }
    masked
}

fn check_golden(name: &str, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(|record| masked(record).to_string()).collect();
    insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, lines.join("\n"));
    });
}

#[test]
fn the_three_forms_are_as_recorded() {
    check_golden("jsonl", &jsonl());
    check_golden("csv", &run_on(&sample("thread.csv"), &[]));
    check_golden("page", &page());
}

/// What a form says of a comment, as far as the given pointers go; of segments without the language of quotes, which
/// only a thread header tells.
fn seen(record: &Value, pointers: &[&str]) -> Vec<Value> {
    let mut masked = masked(record);
    for segment in masked["segments"].as_array_mut().expect("segments") {
        segment["language"] = Value::Null;
    }
    pointers.iter().map(|pointer| masked.pointer(pointer).cloned().unwrap_or_default()).collect()
}

#[test]
fn the_three_forms_give_the_same_labels() {
    let labels = ["/text", "/language", "/translation", "/segments", "/flags", "/tone", "/decision"];
    let all = [&labels[..], &["/id", "/parent_id", "/author", "/created_at", "/duplicate_of"]].concat();
    let [(_, first), (_, table), (_, page)] = all_forms();
    assert_eq!(first.len(), COMMENTS);
    for (form, records, pointers) in [("table", table, &all[..]), ("page", page, &labels)] {
        assert_eq!(records.len(), COMMENTS, "{form}");
        for (one, other) in first.iter().zip(&records) {
            assert_eq!(seen(one, pointers), seen(other, pointers), "{form}, {}", one["id"]);
        }
    }
}

#[test]
fn a_table_without_its_article_misses_only_the_quotes_of_it() {
    let pointers = ["/id", "/text", "/language", "/translation", "/segments", "/flags", "/duplicate_of"];
    let other = run_on(&sample("thread.csv"), &[]);
    let differing: Vec<Value> = jsonl()
        .iter()
        .zip(&other)
        .filter(|(one, other)| seen(one, &pointers) != seen(other, &pointers))
        .map(|(one, _)| one["id"].clone())
        .collect();
    assert_eq!(differing, ["c06", "c13"]);
}

#[test]
fn the_serbian_comment_brings_its_translation() {
    for (form, records) in all_forms() {
        let record = records.iter().find(|record| string(record, "/text").starts_with("Kod nas")).expect(form);
        let text = string(record, "/text");
        assert_eq!(record["language"]["code"], "sr", "{form}");
        assert_eq!(record["language"]["script"], "Latn", "{form}");
        assert_eq!(record["translation"]["flagged"], true, "{form}");
        assert_eq!(record["translation"]["status"], "supplied", "{form}");
        assert_eq!((string(record, "/translation/from"), string(record, "/translation/to")), ("sr", "en"), "{form}");
        let span = part(text, number(record, "/translation/span/0"), number(record, "/translation/span/1"));
        let (_, translation) = text.split_once(MARKER_LINE).expect("a marker");
        assert_eq!(span, translation, "{form}");
        // Two of its words were carried over as they were.
        let words = span.split_whitespace().count() as f64;
        let untranslated = record["translation"]["untranslated"].as_f64().expect("a share");
        assert!((untranslated * words - 2.0).abs() < 0.1, "{form}: {untranslated} of {words} words");
        assert!(record["tone"]["scores"].is_object(), "{form}: scored on the translation");
        assert_eq!(text.matches('\n').count(), 6, "{form}: six paragraphs and the marker");
    }
}

#[test]
fn without_its_translation_the_serbian_comment_needs_one() {
    let workspace = Workspace::new();
    let lines = parse_lines(&std::fs::read(sample("thread.jsonl")).expect("the sample"));
    let mut cut = String::new();
    for mut line in lines {
        if line["id"] == "c07" {
            line["text"] = json!(string(&line, "/text").split(MARKER_LINE).next().map(str::trim_end));
        }
        let _ = writeln!(cut, "{line}");
    }
    let page = std::fs::read_to_string(sample("thread.page.txt")).expect("the sample");
    let (before, rest) = page.split_once(MARKER_LINE).expect("a marker");
    let after = rest.split_once("Thank you for this").expect("the next comment").1;
    let page = workspace.write("page.txt", format!("{before}Thank you for this{after}"));
    let article = sample("article.txt");
    for ran in [
        workspace.run(["run"], cut.as_bytes()),
        workspace.run(["run".as_ref(), "--article".as_ref(), article.as_os_str(), page.as_os_str()], b""),
    ] {
        let records = ran.expect_code(0).records();
        assert_eq!(records.len(), COMMENTS);
        let record = records.iter().find(|record| string(record, "/text").starts_with("Kod nas")).expect("c07");
        assert!(string(record, "/text").ends_with("gde da cekaju."));
        assert_eq!(record["language"]["code"], "sr");
        assert_eq!(record["translation"]["status"], "needed");
        assert_eq!(record["translation"]["span"], Value::Null);
        assert_eq!(record["decision"]["action"], "translate");
        assert_eq!(rules(record), ["needs-translation"]);
        assert_eq!(record["tone"], json!({ "absent": "language_unsupported" }));
        assert_eq!(record["topic"], json!({ "absent": "language_unsupported" }));
    }
}

#[test]
fn what_the_site_does_not_read_needs_translating() {
    let records = jsonl();
    for (id, code, script) in [("c10", "de", "Latn"), ("c21", "sr", "Cyrl")] {
        let record = by_id(&records, id);
        assert_eq!((string(record, "/language/code"), string(record, "/language/script")), (code, script));
        assert_eq!(string(record, "/translation/status"), "needed", "{id}");
        assert_eq!(record["translation"]["flagged"], true, "{id}");
        assert_eq!(record["tone"], json!({ "absent": "language_unsupported" }), "{id}");
        assert_eq!(string(record, "/decision/action"), "translate", "{id}");
        assert_eq!(record["decision"]["reasons"][0]["label"], "translation:needed", "{id}");
    }
    for record in &records {
        let id = string(record, "/id");
        assert_eq!(record["translation"]["flagged"], FOREIGN.contains(&id), "{id}");
    }
    for id in SHORT {
        assert_ne!(by_id(&records, id)["translation"]["status"], "needed", "{id}");
    }
}

#[test]
fn repeats_quotes_and_links_are_flagged() {
    let records = jsonl();
    let check = |id: &str, flags: &[&str], duplicate_of: Value, kinds: &[&str]| {
        let record = by_id(&records, id);
        assert_eq!(strings(record, "/flags"), flags, "{id}");
        assert_eq!(record["duplicate_of"], duplicate_of, "{id}");
        let segments = record["segments"].as_array().expect("segments");
        assert_eq!(segments.iter().map(|segment| string(segment, "/kind")).collect::<Vec<_>>(), kinds, "{id}");
    };
    check("c14", &["duplicate"], json!("c02"), &["prose"]);
    check("c24", &["near_duplicate"], json!("c01"), &["prose"]);
    check("c09", &["link_only"], Value::Null, &["link"]);
    check("c13", &["quote_only"], Value::Null, &["quote"]);
    check("c19", &["no_text"], Value::Null, &["prose"]);
    check("c06", &[], Value::Null, &["quote", "prose"]);
    check("c25", &[], Value::Null, &["quote", "prose"]);
    check("c07", &[], Value::Null, &["prose", "translation"]);
    for record in &records {
        let id = string(record, "/id");
        let is_special = ["c14", "c24", "c09", "c13", "c19"].contains(&id);
        assert_eq!(strings(record, "/flags").is_empty(), !is_special, "{id}");
    }
}

#[test]
fn scores_are_probabilities_and_segments_are_in_order() {
    for (form, records) in all_forms() {
        for record in &records {
            let id = string(record, "/id");
            let length = string(record, "/text").chars().count();
            let mut end = 0;
            for segment in record["segments"].as_array().expect("segments") {
                assert!(end <= number(segment, "/begin"), "{form}, {id}: {segment}");
                assert!(number(segment, "/begin") < number(segment, "/end"), "{form}, {id}: {segment}");
                end = number(segment, "/end");
            }
            assert!(end <= length, "{form}, {id}");
            match record["tone"]["scores"].as_object() {
                Some(scores) => {
                    assert!(scores.len() >= 6 && record["tone"]["absent"].is_null(), "{form}, {id}");
                    let is_probability =
                        |score: &Value| score.as_f64().is_some_and(|score| (0.0..=1.0).contains(&score));
                    assert!(scores.values().all(is_probability), "{form}, {id}: {scores:?}");
                }
                None => assert!(record["tone"]["absent"].is_string(), "{form}, {id}"),
            }
            assert!(!rules(record).is_empty(), "{form}, {id}: a decision has a reason");
            for stage in ["language", "tone", "topic"] {
                assert!(string(record, &format!("/models/{stage}")).contains('@'), "{form}, {id}");
            }
        }
    }
}
