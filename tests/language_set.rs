//! Language and translation on comments of our own: `tests/language/comments.jsonl`, described in the README beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Workspace, parse_lines, part, repository, string};

/// The articles that comments stand under, by language. A thread `none` has no article.
const ARTICLES: &[(&str, &str)] = &[
    (
        "en",
        "The council will close the old bridge to cars in May. Nobody was asked about it, say the people who live in \
         the street. The mayor wants to hear them next week.",
    ),
    (
        "sr",
        "Opština će u maju zatvoriti stari most za automobile. Niko ih ništa nije pitao, kažu ljudi koji žive u ulici. \
         Gradonačelnik želi da ih čuje sledeće nedelje.",
    ),
    (
        "hr",
        "Općina će u svibnju zatvoriti stari most za automobile. Nitko ih ništa nije pitao, kažu ljudi koji žive u \
         ulici. Gradonačelnik ih želi čuti sljedeći tjedan.",
    ),
    (
        "de",
        "Die Gemeinde will die alte Brücke im Mai für Autos sperren. Niemand hat uns gefragt, sagen die Leute, die in \
         der Straße wohnen. Der Bürgermeister will sie nächste Woche anhören.",
    ),
];
/// Lines and groups of the set, at the least: it is not to shrink unseen.
const LEAST_LINES: usize = 290;
const LEAST_GROUPS: usize = 25;

fn lines_of_the_set() -> Vec<Value> {
    let path = repository().join("tests/language/comments.jsonl");
    parse_lines(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Each line in a thread of its own, so that none makes a language likelier for the next.
fn threads(lines: &[Value]) -> String {
    let mut input = String::new();
    for line in lines {
        let (id, thread) = (string(line, "/id"), string(line, "/thread"));
        if thread != "none" {
            let article = ARTICLES.iter().find(|(language, _)| *language == thread);
            let (_, article) = article.unwrap_or_else(|| panic!("{id}: no article in `{thread}`"));
            let _ = writeln!(input, "{}", json!({ "type": "thread", "thread_id": id, "article": article }));
        }
        let _ = writeln!(input, "{}", json!({ "thread_id": id, "id": id, "text": line["text"] }));
    }
    input
}

/// Whether a value is the one expected, or one of those; what is not stated is free.
fn is_one_of(found: &Value, expected: &Value) -> bool {
    match expected {
        Value::Null => true,
        Value::Array(several) => several.contains(found),
        one => one == found,
    }
}

/// The segments of a record with their texts.
fn segments(record: &Value) -> Vec<(String, &Value)> {
    let text = string(record, "/text");
    let offset =
        |segment: &Value, name: &str| usize::try_from(segment[name].as_u64().expect("an offset")).expect("small");
    let segments = record["segments"].as_array().expect("segments").iter();
    segments.map(|segment| (part(text, offset(segment, "begin"), offset(segment, "end")), segment)).collect()
}

/// What of a record is not as the line expects.
fn differences(record: &Value, expected: &Value) -> Vec<String> {
    let language = &record["language"];
    let mut found = Vec::new();
    let mut check = |what: &str, value: &Value, wanted: &Value| {
        if !is_one_of(value, wanted) {
            found.push(format!("{what} {value}, expected {wanted}"));
        }
    };
    check("status", &language["status"], &expected["status"]);
    let wanted_code = match language["status"].as_str() {
        Some("known") => &expected["language"],
        Some("no_text") => &Value::Null,
        _ => &expected["guess"],
    };
    check("language", &language["code"], wanted_code);
    check("script", &language["script"], &expected["script"]);
    check("translation", &record["translation"]["status"], &expected["translation"]);
    let segments = segments(record);
    for wanted in expected["segments"].as_array().into_iter().flatten() {
        let is_there = segments.iter().any(|(text, segment)| {
            wanted["text"] == text.trim() && is_one_of(&segment["language"], &wanted["language"])
        });
        if !is_there {
            found.push(format!("no segment in {} says “{}”", wanted["language"], string(wanted, "/text")));
        }
    }
    if !expected["only"].is_null() {
        let others = segments.iter().filter(|(_, segment)| segment["kind"] == "prose");
        for (text, segment) in others.filter(|(_, segment)| !is_one_of(&segment["language"], &expected["only"])) {
            found.push(format!("a segment in {}: “{text}”", segment["language"]));
        }
    }
    found
}

/// All lines that are not as they should be, by group, with the numbers of each group.
fn report(lines: &[Value], records: &[Value]) -> String {
    let mut groups: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut failing = String::new();
    for (line, record) in lines.iter().zip(records) {
        assert_eq!(line["id"], record["id"], "records come in the order of the lines");
        let differences = differences(record, &line["expected"]);
        let group = groups.entry(string(line, "/group")).or_default();
        group.0 += 1;
        if !differences.is_empty() {
            group.1 += 1;
            let _ = writeln!(failing, "{}: {}\n    {}", string(line, "/id"), line["text"], differences.join("; "));
        }
    }
    if failing.is_empty() {
        return failing;
    }
    for (group, (all, wrong)) in groups {
        let _ = writeln!(failing, "{group}: {wrong} of {all} wrong");
    }
    failing
}

/// Lines that are `unsure` where a person is sure: mostly close relatives in few words, without their diacritics.
const STILL_UNSURE: [&str; 8] = [
    "bosnian-03",
    "slovene-05",
    "slovene-07",
    "macedonian-03",
    "ukrainian-02",
    "world-18",
    "world-39",
    "english_short-39",
];

#[test]
fn comments_of_our_own_are_told_as_a_linguist_would() {
    let lines = lines_of_the_set();
    let input = threads(&lines);
    let records = Workspace::new().run(["run"], input.as_bytes()).expect_code(0).records();
    assert_eq!(records.len(), lines.len());
    let (weak, sound): (Vec<_>, Vec<_>) =
        lines.into_iter().zip(records).partition(|(line, _)| STILL_UNSURE.contains(&string(line, "/id")));
    let (lines, records): (Vec<Value>, Vec<Value>) = sound.into_iter().unzip();
    let report = report(&lines, &records);
    assert!(report.is_empty(), "lines that are told otherwise than expected:\n{report}");
    assert_eq!(weak.len(), STILL_UNSURE.len(), "every id of the list is in the set");
    for (line, record) in weak {
        let status = string(&record, "/language/status");
        assert!(["known", "unsure"].contains(&status), "{}: {status}", string(&line, "/id"));
    }
}

#[test]
fn the_set_is_whole() {
    let lines = lines_of_the_set();
    let groups: std::collections::BTreeSet<&str> = lines.iter().map(|line| string(line, "/group")).collect();
    assert!(lines.len() >= LEAST_LINES && groups.len() >= LEAST_GROUPS, "{} lines, {groups:?}", lines.len());
    let ids: std::collections::BTreeSet<&str> = lines.iter().map(|line| string(line, "/id")).collect();
    assert_eq!(ids.len(), lines.len(), "an id stands twice");
    let is_one = |value: &Value, known: &[&str]| match value {
        Value::Null => true,
        Value::Array(several) => several.iter().all(|one| one.as_str().is_some_and(|one| known.contains(&one))),
        one => one.as_str().is_some_and(|one| known.contains(&one)),
    };
    for line in &lines {
        let (id, expected) = (string(line, "/id"), &line["expected"]);
        assert!(!expected["status"].is_null() && !expected["translation"].is_null(), "{id}: nothing expected");
        assert!(is_one(&expected["status"], &["known", "unsure", "too_short", "no_text"]), "{id}");
        let needs = ["not_needed", "needed", "supplied", "undetermined"];
        assert!(is_one(&expected["translation"], &needs), "{id}");
        let fields = ["status", "language", "guess", "script", "translation", "segments", "only"];
        let unknown = expected.as_object().expect("an object").keys().find(|key| !fields.contains(&key.as_str()));
        assert_eq!(unknown, None, "{id}");
        for segment in expected["segments"].as_array().into_iter().flatten() {
            assert!(string(line, "/text").contains(string(segment, "/text")), "{id}: {segment}");
        }
    }
}

#[test]
fn what_is_told_otherwise_is_reported() {
    let line = |expected: Value| json!({ "id": "x", "group": "g", "thread": "en", "text": "Dobar dan. Hi", "expected": expected });
    let record = json!({ "id": "x", "text": "Dobar dan. Hi",
        "language": { "status": "known", "code": "hbs", "script": "Latn" }, "translation": { "status": "needed" },
        "segments": [{ "kind": "prose", "begin": 0, "end": 10, "language": "hbs" },
            { "kind": "prose", "begin": 11, "end": 13, "language": "en" }] });
    let check = |expected: Value, pieces: &[&str]| {
        let report = report(&[line(expected.clone())], std::slice::from_ref(&record));
        assert_eq!(report.is_empty(), pieces.is_empty(), "{expected}: {report}");
        assert!(pieces.iter().all(|piece| report.contains(piece)), "{expected}: {report}");
    };
    check(json!({ "status": ["known", "unsure"], "language": "hbs", "translation": "needed" }), &[]);
    check(json!({ "segments": [{ "text": "Hi", "language": ["en"] }] }), &[]);
    check(json!({ "status": "unsure" }), &["x: ", "status \"known\", expected \"unsure\"", "g: 1 of 1 wrong"]);
    check(json!({ "language": ["sr"] }), &["language \"hbs\""]);
    check(json!({ "guess": "en" }), &[]);
    check(json!({ "script": "Cyrl" }), &["script \"Latn\""]);
    check(json!({ "translation": ["undetermined"] }), &["translation \"needed\""]);
    check(json!({ "segments": [{ "text": "Hi", "language": "de" }] }), &["no segment in \"de\" says “Hi”"]);
    check(json!({ "only": ["hbs"] }), &["a segment in \"en\": “Hi”"]);
}
