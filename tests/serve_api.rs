//! The server's own interface, asked from outside: whole threads, and comments one request at a time.

use serde_json::{Value, json};

use crate::support::{
    CheckedServer, Workspace, by_id, interleaved_threads, parse_lines, repository, sample, string, strings,
};

/// Records of a stream, and its summary.
#[track_caller]
fn stream(body: &[u8]) -> (Vec<Value>, Value) {
    let mut lines = parse_lines(body);
    let summary = lines.pop().expect("a last line");
    assert!(summary["summary"].is_object(), "{summary}");
    (lines, summary["summary"].clone())
}

/// What a run says of the same bytes.
fn run_on(input: &[u8], format: Option<&str>) -> Vec<u8> {
    let format = format.map(|name| ["--format", name]);
    Workspace::new().run(["run"].into_iter().chain(format.into_iter().flatten()), input).stdout
}

#[test]
fn whole_threads_are_answered_as_a_run_answers_them() {
    let server = CheckedServer::start();
    let check = |input: &[u8], format: Option<&str>, told: &str| {
        let path = format.map_or_else(|| "/v1/threads".to_owned(), |name| format!("/v1/threads?format={name}"));
        let reply = server.post(&path, input).expect(200);
        assert_eq!(reply.header("content-type"), "application/x-ndjson");
        let end = reply.body.len() - 1;
        let last = reply.body[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let (records, summary) = reply.body.split_at(last);
        assert_eq!(String::from_utf8_lossy(records), String::from_utf8_lossy(&run_on(input, format)));
        let summary: Value = serde_json::from_slice(summary).expect("a summary");
        assert_eq!(summary["summary"]["inputs"][0]["format"], told);
        assert_eq!(summary["summary"]["records"], parse_lines(records).len());
    };
    let read = |path: &std::path::Path| std::fs::read(path).expect("a sample");
    check(&read(&sample("thread.jsonl")), None, "jsonl");
    check(&read(&sample("thread.csv")), Some("csv"), "csv");
    check(&read(&sample("thread.page.txt")), Some("page"), "page");
    check(&read(&sample("thread.page.txt")), None, "page");
    check(interleaved_threads(3, 70).as_bytes(), None, "jsonl");
    let pretty = json!({
        "type": "thread", "thread_id": "bridge", "title": "Bridge to close",
        "article": "The council closes the old bridge for repairs in May.\nThe ferry runs every hour.",
        "comments": [
            { "id": "1", "text": "The bridge is old, and the repairs will take long." },
            { "id": "2", "parent_id": "1", "text": "The ferry is no help in a storm." },
        ],
    });
    let text = serde_json::to_string_pretty(&pretty).expect("JSON");
    check(text.as_bytes(), None, "json");
    check(pretty.to_string().as_bytes(), None, "jsonl");
    check(&zstd::encode_all(text.as_bytes(), 1).expect("packed"), None, "json");
}

#[test]
fn an_article_belongs_to_its_thread() {
    let server = CheckedServer::start();
    let thread = json!({
        "type": "thread", "title": "Bridge to close", "language": "en",
        "article": "The council closes the old bridge for repairs in May.\nThe ferry runs every hour.",
        "comments": [{ "id": "1", "text": "The bridge is old, and the repairs will take the council long." }],
    });
    for body in [thread.to_string(), serde_json::to_string_pretty(&thread).expect("JSON")] {
        let (records, summary) = stream(&server.post("/v1/threads", body).expect(200).body);
        assert_eq!((&summary["threads"], &summary["read"]), (&json!(1), &json!(1)));
        assert_eq!(records[0]["topic"]["basis"], "article");
        assert!(records[0]["topic"]["relevance"]["article"].as_f64() > Some(0.5), "{}", records[0]["topic"]);
    }
}

#[test]
fn dead_letters_stand_in_the_stream_where_their_lines_stood() {
    let server = CheckedServer::start();
    let body = "{\"id\":\"a\",\"text\":\"The ferry was late.\"}\n{oops\n{\"id\":\"b\",\"text\":\"It is always late.\"}\n\
                {\"id\":\"a\",\"text\":\"Again?\"}\n";
    let (lines, summary) = stream(&server.post("/v1/threads", body).expect(200).body);
    assert_eq!((lines[0]["id"].as_str(), lines[2]["id"].as_str()), (Some("a"), Some("b")));
    assert_eq!(lines[1]["dead_letter"]["kind"], "invalid_json");
    assert_eq!(lines[1]["dead_letter"]["line"], 2);
    assert_eq!(lines[3]["dead_letter"]["kind"], "duplicate_id");
    assert_eq!((&summary["read"], &summary["records"], &summary["dead_letters"]), (&json!(4), &json!(2), &json!(2)));
    assert_eq!(summary["dead_letters_by_kind"], json!({ "duplicate_id": 1, "invalid_json": 1 }));
    let (lines, summary) = stream(&server.post("/v1/threads?format=jsonl", "{oops\n").expect(422).body);
    assert_eq!((lines.len(), &summary["records"]), (1, &json!(0)));
    assert_eq!(server.post("/v1/threads", b"\x00\x01\x02").expect(422).lines()[0]["dead_letter"]["kind"], "unreadable");
}

#[test]
fn threads_of_one_request_are_nothing_to_the_next() {
    let server = CheckedServer::start();
    let body = "{\"thread_id\":\"t\",\"id\":\"a\",\"text\":\"The ferry was late again and nobody told us why.\"}\n";
    let first = server.post("/v1/threads", body).expect(200);
    assert_eq!(server.post("/v1/threads", body).expect(200).body, first.body);
    let comment = json!({ "thread_id": "t", "id": "a", "text": "The ferry was late again and nobody told us why." });
    let answer = server.post("/v1/comments", comment.to_string()).expect(200).json();
    assert_eq!(answer["records"][0]["flags"], json!([]), "{answer}");
}

#[test]
fn comments_find_their_thread_as_it_was_left() {
    let server = CheckedServer::start();
    let post = |body: Value| server.post("/v1/comments", body.to_string()).expect(200).json();
    let header = post(json!({
        "type": "thread", "thread_id": "bridge", "title": "Bridge to close",
        "article": "The council closes the old bridge for repairs in May.\nThe ferry runs every hour.",
    }));
    assert_eq!(header, json!({ "records": [], "dead_letters": [], "made_ids": [] }));
    let first = post(json!({
        "thread_id": "bridge", "id": 1, "text": "The bridge is old, and the repairs will take the council long.",
    }));
    assert_eq!(first["records"][0]["topic"]["basis"], "article");
    let more = post(json!([
        { "thread_id": "bridge", "id": "2", "parent_id": "1", "text": "And who pays for the ferry until then?" },
        { "thread_id": "other", "id": "2", "parent_id": "1", "text": "And who pays for the ferry until then?" },
        { "thread_id": "bridge", "id": "3", "text": "The bridge is old, and the repairs will take the council long." },
        { "thread_id": "bridge", "id": "1", "text": "Yes." },
        { "thread_id": "bridge", "id": "4" },
    ]));
    let records = more["records"].as_array().expect("records");
    let ids: Vec<&str> = records.iter().map(|record| string(record, "/id")).collect();
    assert_eq!(ids, ["2", "2", "3"]);
    assert_eq!(strings(&records[0], "/flags"), [""; 0]);
    assert_eq!(strings(&records[1], "/flags"), ["parent_unknown"], "threads do not share comments");
    assert_eq!(records[2]["duplicate_of"], "1");
    let dead: Vec<(&str, u64)> = more["dead_letters"]
        .as_array()
        .expect("dead letters")
        .iter()
        .map(|dead| (string(dead, "/kind"), dead["line"].as_u64().expect("a line")))
        .collect();
    assert_eq!(dead, [("duplicate_id", 4), ("missing_text", 5)]);
    let all_dead = server.post("/v1/comments", json!([{ "id": "5" }, 7]).to_string()).expect(422).json();
    assert_eq!((all_dead["records"].clone(), all_dead["dead_letters"].as_array().map(Vec::len)), (json!([]), Some(2)));
    assert_eq!(post(json!([]))["records"], json!([]));
}

#[test]
fn ids_that_are_made_are_never_made_again() {
    let server = CheckedServer::start();
    let mut seen = Vec::new();
    for body in [
        json!({ "thread_id": "t", "text": "The ferry was late again and nobody told us why." }),
        json!({ "thread_id": "t", "text": "The ferry was late again and nobody told us why." }),
        json!([{ "thread_id": "t", "text": "One boat." }, { "thread_id": "t", "id": "own", "text": "Two boats." }, { "thread_id": "t", "text": "Three." }]),
        json!({ "text": "No thread at all." }),
    ] {
        let answer = server.post("/v1/comments", body.to_string()).expect(200).json();
        let records = answer["records"].as_array().expect("records");
        let made = strings(&answer, "/made_ids");
        let without = records.iter().filter(|record| record["id"] != "own");
        assert_eq!(without.map(|record| string(record, "/id")).collect::<Vec<_>>(), made);
        seen.extend(made.into_iter().map(ToOwned::to_owned));
        if seen.len() == 2 {
            assert_eq!(records[0]["duplicate_of"], json!(seen[0]), "it is a repeat, and no dead letter");
        }
    }
    assert_eq!(seen, ["request-1:1", "request-2:1", "request-3:1", "request-3:3", "request-4:1"]);
}

#[test]
fn lines_are_answered_as_lines() {
    let server = CheckedServer::start();
    let body = "{\"thread_id\":\"t\",\"id\":\"a\",\"text\":\"The ferry was late.\"}\n{\"thread_id\":\"t\",\"id\":\"b\",\"text\":1}\n\
                {\"thread_id\":\"t\",\"id\":\"c\",\"parent_id\":\"a\",\"text\":\"It is always late.\"}\n";
    let (lines, summary) = stream(&server.post("/v1/comments", body).expect(200).body);
    assert_eq!((lines[0]["id"].as_str(), lines[2]["id"].as_str()), (Some("a"), Some("c")));
    assert_eq!(lines[1]["dead_letter"]["line"], 2);
    assert_eq!((&summary["records"], &summary["inputs"]), (&json!(2), &json!([])));
    let one = "{\"thread_id\":\"t\",\"id\":\"d\",\"parent_id\":\"c\",\"text\":\"On Monday it was not.\"}\n";
    let headers = [("content-type", "application/x-ndjson")];
    let (lines, _) = stream(&server.send("POST", "/v1/comments", &headers, one).expect(200).body);
    assert_eq!(strings(&lines[0], "/flags"), [""; 0], "its parent is known");
    let reply = server.send("POST", "/v1/comments", &headers, "oops\n").expect(422);
    assert_eq!(reply.lines()[0]["dead_letter"]["kind"], "invalid_json");
}

#[test]
fn put_takes_a_comment_that_came_before() {
    let server = CheckedServer::start();
    let send = |method: &str, id: &str, text: &str| {
        let body = json!({ "thread_id": "t", "id": id, "author": "ana", "text": text }).to_string();
        server.send(method, "/v1/comments", &[], body)
    };
    let text = "The ferry was late again and nobody told us why it was so late.";
    let first = send("PUT", "a", text).expect(200).json();
    assert_eq!(
        send("PUT", "a", text).expect(200).json()["records"],
        first["records"],
        "sent again: no repeat of itself"
    );
    assert_eq!(send("POST", "a", text).expect(422).json()["dead_letters"][0]["kind"], "duplicate_id");
    let edited = send("PUT", "a", &format!("{text} Today too!")).expect(200).json();
    assert_eq!(edited["records"][0]["flags"], json!([]), "{edited}");
    assert_eq!(edited["records"][0]["segments"].as_array().map(Vec::len), Some(1), "no quote of itself: {edited}");
    let other = send("POST", "b", &format!("{text} Today too!")).expect(200).json();
    assert_eq!(other["records"][0]["duplicate_of"], "a", "of the newest words");
}

#[test]
fn models_are_told_as_records_cite_them() {
    let server = CheckedServer::configured("[serve]\nscore_prior = \"natural\"\n[language]\nread = [\"en\", \"sr\"]\n");
    let answer = server.get("/v1/models").expect(200).json();
    let record =
        server.post("/v1/comments", "{\"text\":\"The ferry was late.\"}").expect(200).json()["records"][0].clone();
    let models = answer["models"].as_array().expect("models");
    assert_eq!(models.len(), record["models"].as_object().expect("models").len());
    for model in models {
        assert_eq!(record["models"][string(model, "/name")], model["citation"]);
        let (version, sha256) = (string(model, "/version"), string(model, "/sha256"));
        assert!(string(model, "/citation").ends_with(&format!("@{version}+sha256:{sha256}")), "{model}");
    }
    let labels: Vec<&str> =
        models.iter().filter(|model| model["labels"].is_array()).flat_map(|model| strings(model, "/labels")).collect();
    let mut scored: Vec<&str> =
        record["tone"]["scores"].as_object().expect("scores").keys().map(String::as_str).collect();
    scored.sort_unstable();
    let mut sorted = labels.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, scored);
    let tone = models.iter().find(|model| model["name"] == "tone").expect("tone");
    assert_eq!(strings(tone, "/languages"), ["en"]);
    assert!(tone["hostile_at"]["toxicity"].as_f64() > Some(0.0));
    assert_eq!((&answer["score_prior"], &answer["languages_read"]), (&json!("natural"), &json!(["en", "sr"])));
    let threat = answer["thresholds"].as_array().expect("rules").iter().find(|rule| rule["rule"] == "threat").cloned();
    assert_eq!(threat, Some(json!({ "rule": "threat", "label": "threat", "at_least": 0.3, "action": "review" })));
}

#[test]
fn a_list_is_bounded_and_nothing_of_it_is_half_done() {
    let server = CheckedServer::start();
    let many = |count: usize| json!({ "thread_id": "t", "comments": vec![json!({ "text": "" }); count] }).to_string();
    assert_eq!(server.post("/v1/comments", many(10_001)).expect(413).json()["error"]["code"], "too_many_comments");
    let lines = format!("{}\n{}\n", many(10_001), many(1));
    let (records, summary) = stream(&server.post("/v1/comments", lines).expect(200).body);
    assert_eq!((records.len(), &summary["records"]), (10_002, &json!(10_002)), "lines are a stream");
}

#[test]
fn mistakes_are_told_by_code_message_and_hint() {
    let server = CheckedServer::configured("[serve]\nmax_body_bytes = 1000\n");
    let check = |method: &str, path: &str, body: &str, status: u16, code: &str| {
        let reply = server.send(method, path, &[], body).expect(status);
        assert_eq!(reply.json()["error"]["code"], code, "{method} {path}");
        assert!(!reply.text().contains("hushed"), "{}", reply.text());
        reply
    };
    check("POST", "/v1/threads", "", 400, "empty_body");
    check("POST", "/v1/comments", " \n", 400, "empty_body");
    check("POST", "/v1/threads?format=hushed", "{}", 400, "unknown_format");
    check("POST", "/v1/comments", "{\"text\":\"hushed\"", 400, "invalid_json");
    check("POST", "/v1/comments", "hushed", 400, "invalid_json");
    check("POST", "/v1/moderations", "{\"input\":{\"hushed\":1}}", 400, "invalid_json");
    check("POST", "/v1/threads", &"x".repeat(1001), 413, "body_too_large");
    check("POST", "/v1/comments", &format!("{{\"text\":\"{}\"}}", "x".repeat(1000)), 413, "body_too_large");
    check("POST", "/v1/coral", "{}", 403, "coral_not_configured");
    check("GET", "/v1/nothing", "", 404, "not_found");
    check("POST", "/v1", "{}", 404, "not_found");
    for (method, path, allowed) in [
        ("GET", "/v1/threads", "POST"),
        ("GET", "/v1/comments", "POST,PUT"),
        ("POST", "/v1/models", "GET,HEAD"),
        ("DELETE", "/v1/moderations", "POST"),
        ("PUT", "/v1/coral", "POST"),
        ("POST", "/v1/openapi.json", "GET,HEAD"),
    ] {
        let reply = check(method, path, "", 405, "method_not_allowed");
        assert_eq!(reply.header("allow").replace(' ', ""), allowed, "{method} {path}");
    }
}

#[test]
fn exports_are_read_as_they_are() {
    let server = CheckedServer::start();
    let folder = repository().join("tests/fixtures/exports");
    let mut names: Vec<_> =
        std::fs::read_dir(folder).expect("exports").map(|entry| entry.expect("an entry").path()).collect();
    names.sort();
    let files: Vec<_> = names.iter().filter(|path| path.is_file()).collect();
    assert!(files.len() > 5, "{files:?}");
    for path in files {
        let bytes = std::fs::read(path).expect("an export");
        let ran = Workspace::new().run(["run"], &bytes);
        let reply = server.post("/v1/threads", &bytes);
        let (lines, _) = stream(&reply.body);
        let records: Vec<Value> = lines.into_iter().filter(|line| line["dead_letter"].is_null()).collect();
        assert_eq!(records, parse_lines(&ran.stdout), "{}", path.display());
    }
}

#[test]
fn what_is_remembered_is_bounded() {
    let server = CheckedServer::configured("[limits]\nmax_threads = 2\n");
    let post = |thread: &str, id: &str, parent: Option<&str>| {
        let body = json!({ "thread_id": thread, "id": id, "parent_id": parent, "text": "The ferry was late." });
        server.post("/v1/comments", body.to_string()).expect(200).json()["records"].clone()
    };
    post("a", "1", None);
    post("b", "1", None);
    for _ in 0..5 {
        server.post("/v1/comments", "{\"text\":\"It names no thread, and pushes none out.\"}").expect(200);
    }
    let still = post("a", "2", Some("1"));
    assert_eq!(strings(by_id(still.as_array().expect("records"), "2"), "/flags"), ["duplicate"]);
    post("c", "1", None);
    assert_eq!(strings(&post("b", "2", Some("1"))[0], "/flags"), ["parent_unknown", "thread_truncated"]);
}

#[test]
fn many_may_write_in_a_thread_at_the_same_time() {
    const WRITERS: usize = 4;
    const COMMENTS: usize = 25;
    let server = CheckedServer::start();
    let write = |writer: usize| {
        let mut ids = Vec::new();
        for number in 0..COMMENTS {
            let body = json!({ "thread_id": "t", "text": format!("Boat {writer} was late for the {number}th time.") });
            let answer = server.server.post("/v1/comments", body.to_string()).expect(200).json();
            assert_eq!(answer["dead_letters"], json!([]));
            ids.push(string(&answer, "/records/0/id").to_owned());
        }
        ids
    };
    let ids: Vec<String> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || write(writer))).collect();
        writers.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect()
    });
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), WRITERS * COMMENTS);
}
