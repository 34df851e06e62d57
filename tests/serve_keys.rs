//! Who may ask a server: API keys, their limits, and what others are told.

use serde_json::{Value, json};

use crate::serve_faults::{ANALYZE, metric, request};
use crate::support::Workspace;
use crate::support::server::{Reply, Server};

const CONFIG: &str = "[serve]\nkeys_file = \"keys.toml\"\n[policy]\n";

/// Makes keys of these names; `more` stands in the entry of each. The keys themselves.
fn keys<const N: usize>(workspace: &Workspace, names: [(&str, &str); N]) -> [String; N] {
    let mut file = String::new();
    let keys = names.map(|(name, more)| {
        let ran = workspace.run(["serve", "--new-key", name], b"").expect_code(0);
        let printed = String::from_utf8(ran.stdout).expect("UTF-8");
        let (key, entry) = printed.split_once("\n\n").expect("a key and its entry");
        assert!(!entry.contains(key), "an entry holds no key");
        file.push_str(entry);
        file.push_str(more);
        key.to_owned()
    });
    write_keys(workspace, &file);
    keys
}

fn write_keys(workspace: &Workspace, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = workspace.write("keys.toml", text);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
}

fn ask(server: &Server, path: &str, headers: &[(&str, &str)]) -> Reply {
    server.post_with(path, headers, request("Thank you."))
}

/// The error without its indentation.
fn compact(reply: &Reply) -> String {
    let text = reply.text();
    text.lines().map(str::trim_start).collect::<String>().replace("\": ", "\":")
}

#[test]
fn a_key_is_taken_from_three_places_and_others_are_refused_in_google_s_words() {
    let workspace = Workspace::new();
    let [key] = keys(&workspace, [("forum", "")]);
    let server = Server::configured(&workspace, CONFIG);
    ask(&server, &format!("{ANALYZE}?key={key}"), &[]).expect(200);
    ask(&server, ANALYZE, &[("X-Goog-Api-Key", &key)]).expect(200);
    ask(&server, ANALYZE, &[("Authorization", &format!("Bearer {key}"))]).expect(200);
    let reply = ask(&server, ANALYZE, &[]).expect(403);
    assert_eq!(
        compact(&reply),
        r#"{"error":{"code":403,"message":"Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.","status":"PERMISSION_DENIED"}}"#
    );
    let bad = r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"commentanalyzer.googleapis.com"}}]}}"#;
    for other in [&key[..key.len() - 1], &format!("{key}a"), "x", &key.to_uppercase()] {
        assert_eq!(compact(&ask(&server, &format!("{ANALYZE}?key={other}"), &[]).expect(400)), bad, "{other}");
    }
    // A wrong key counts, though a right one stands elsewhere too.
    ask(&server, &format!("{ANALYZE}?key=x"), &[("X-Goog-Api-Key", &key)]).expect(400);
    let metrics = server.get("/metrics").expect(401);
    assert_eq!(
        (metrics.json()["error"]["code"].as_str(), metrics.header("www-authenticate")),
        (Some("no_key"), "Bearer")
    );
    server.get("/metrics?key=x").expect(401);
    server.get(&format!("/metrics?key={key}")).expect(200);
    for open in ["/healthz", "/readyz"] {
        server.get(open).expect(200);
    }
    server.get("/nowhere").expect(404);
}

#[test]
fn each_part_of_a_batch_brings_a_key_or_has_that_of_the_batch() {
    let workspace = Workspace::new();
    let [key] = keys(&workspace, [("forum", "requests_per_minute = 60\nburst = 3\n")]);
    let server = Server::configured(&workspace, CONFIG);
    let part = |query: &str| {
        let body = request("Thank you.");
        let head = format!("POST {ANALYZE}{query} HTTP/1.1\r\nContent-Type: application/json\r\n");
        format!("--b\r\nContent-Type: application/http\r\n\r\n{head}Content-Length: {}\r\n\r\n{body}\r\n", body.len())
    };
    let statuses = |path: &str, parts: &[String]| -> Vec<String> {
        let body = format!("{}--b--\r\n", parts.concat());
        let reply = server.post_with(path, &[("Content-Type", "multipart/mixed; boundary=b")], body).expect(200);
        let inner = reply.text().lines().filter_map(|line| line.strip_prefix("HTTP/1.1 "));
        inner.map(|status| status.split(' ').next().expect("a status").to_owned()).collect()
    };
    let parts = [part(&format!("?key={key}")), part(""), part("?key=wrong")];
    assert_eq!(statuses("/batch", &parts), ["200", "403", "400"]);
    // Each part counts: of three at once two were left.
    let parts = [part(""), part(""), part("")];
    let mut found = statuses(&format!("/batch?key={key}"), &parts);
    // They are answered side by side: which of them comes last is left to chance.
    found.sort();
    assert_eq!(found, ["200", "200", "429"]);
}

#[test]
fn the_log_says_who_asked_and_holds_neither_key_nor_words() {
    let workspace = Workspace::new();
    let [key] = keys(&workspace, [("forum", "")]);
    workspace.write("pipeline.toml", CONFIG);
    let server = Server::start_with(&workspace, &["--log-format", "json"], &[]);
    let id = ("X-Request-Id", "quagga-1");
    let body = request("You stupid umbrella.");
    let reply = server.post_with(&format!("{ANALYZE}?key={key}&secret=umbrella"), &[id], &body).expect(200);
    let line = server.hear();
    let logged: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    for (field, expected) in [
        ("level", json!("INFO")),
        ("id", json!("quagga-1")),
        ("key", json!("forum")),
        ("method", json!("POST")),
        ("route", json!(ANALYZE)),
        ("status", json!(200)),
        ("bytes_in", json!(body.len())),
        ("bytes_out", json!(reply.body.len())),
    ] {
        assert_eq!(logged[field], expected, "{field}: {line}");
    }
    assert!(logged["ms"].as_f64().is_some_and(|ms| ms > 0.0) && logged["model"].is_string(), "{line}");
    for hidden in [&key, "umbrella", "127.0.0.1"] {
        assert!(!line.contains(hidden), "{line}");
    }
}

#[test]
fn requests_are_not_logged_where_that_is_not_wanted() {
    let workspace = Workspace::new();
    let server = Server::configured(&workspace, "[serve]\naccess_log = false\n[policy]\n");
    server.get("/healthz").expect(200);
    server.signal("TERM");
    let (_, said) = server.wait();
    assert!(said.iter().all(|line| line.contains("stopping")), "{said:?}");
    let server = Server::configured(&workspace, "[serve]\nlog_client_address = true\n[policy]\n");
    server.get("/healthz").expect(200);
    assert!(server.hear().contains("client=127.0.0.1"));
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let workspace = Workspace::new();
    let [slow, quick] = keys(
        &workspace,
        [("slow", "requests_per_minute = 2\nburst = 1\n"), ("quick", "requests_per_minute = 0\nmay_suggest = false\n")],
    );
    let server = Server::configured(&workspace, CONFIG);
    ask(&server, &format!("{ANALYZE}?key={slow}"), &[]).expect(200);
    let reply = ask(&server, &format!("{ANALYZE}?key={slow}"), &[]).expect(429);
    let wait: u64 = reply.header("retry-after").parse().expect("seconds");
    assert!((1..=30).contains(&wait), "{wait}");
    let error = &reply.json()["error"];
    assert_eq!(error["status"], "RESOURCE_EXHAUSTED");
    assert_eq!(error["details"][0]["reason"], "RATE_LIMIT_EXCEEDED");
    assert_eq!(error["details"][0]["metadata"]["quota_limit_value"], "2");
    assert_eq!(error["details"][0]["metadata"]["consumer"], "projects/slow");
    let own = server.get(&format!("/metrics?key={slow}")).expect(429);
    assert_eq!(own.json()["error"]["code"], "too_often");
    for _ in 0..50 {
        ask(&server, &format!("{ANALYZE}?key={quick}"), &[]).expect(200);
    }
    let metrics = server.get(&format!("/metrics?key={quick}")).expect(200);
    assert!(metrics.text().contains("threadsieve_rate_limited_total{key=\"slow\"} 2\n"), "{}", metrics.text());
    // It may ask, but not judge.
    let suggest = ANALYZE.replace("analyze", "suggestscore");
    let reply = ask(&server, &format!("{suggest}?key={quick}"), &[]).expect(403);
    assert_eq!(reply.json()["error"]["message"], "The caller does not have permission");
}

#[test]
fn keys_change_with_a_signal_and_a_bad_file_changes_nothing() {
    let workspace = Workspace::new();
    let [old] = keys(&workspace, [("old", "")]);
    workspace.write("pipeline.toml", format!("{CONFIG}[tone]\nenabled = true\n"));
    let server = Server::start_with(&workspace, &["-v"], &[]);
    let wait_for = |expected: &str| while !server.hear().contains(expected) {};
    let status = |key: &str| ask(&server, &format!("{ANALYZE}?key={key}"), &[]).status;
    assert_eq!(status(&old), 200);
    let [new, other] = keys(&workspace, [("new", ""), ("other", "")]);
    assert_eq!((status(&old), status(&new)), (200, 400));
    server.signal("HUP");
    wait_for("keys: loaded again");
    assert_eq!((status(&old), status(&new), status(&other)), (400, 200, 200));
    write_keys(&workspace, "[[keys]]\nname = \"new\"\nsha256 = \"12\"\n");
    server.signal("HUP");
    wait_for(
        "keys: not loaded again, those before stay in force: keys.toml: [[keys]] number 1: `sha256` is none; hint: ",
    );
    assert_eq!((status(&new), status(&other)), (200, 200));
    let metrics = server.get(&format!("/metrics?key={new}")).expect(200);
    for expected in ["{what=\"keys\",outcome=\"ok\"} 1\n", "{what=\"keys\",outcome=\"failed\"} 1\n"] {
        assert!(metrics.text().contains(expected), "{}", metrics.text());
    }
}

#[test]
fn what_is_wrong_with_the_files_is_told_together_before_anything_is_served() {
    let workspace = Workspace::new();
    workspace.write("keys.toml", "[[keys]]\nname = \"a b\"\nsha256 = \"12\"\n");
    let files = "keys_file = \"keys.toml\"\ntls_certificate = \"c.pem\"\ntls_key = \"k.pem\"\nlabel_store = \"no/labels.sqlite\"";
    workspace.write("pipeline.toml", format!("[serve]\n{files}\n[models]\nabuse = \"nowhere\"\n[policy]\n"));
    let before = workspace.names();
    for arguments in [&["serve", "--check"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let ran = workspace.run(arguments, b"").expect_code(2);
        for expected in ["nowhere", "`name` must be", "`sha256` is none", "c.pem", "k.pem", "labels.sqlite"] {
            assert!(ran.stderr.contains(expected), "{expected}: {}", ran.stderr);
        }
        assert_eq!(workspace.names(), before);
    }
}

#[test]
fn a_check_says_what_would_be_served_and_leaves_nothing_behind() {
    use std::os::unix::fs::PermissionsExt as _;
    let workspace = Workspace::new();
    let _ = keys(&workspace, [("forum", ""), ("site", "")]);
    workspace.write(
        "pipeline.toml",
        CONFIG.replace("[policy]", "label_store = \"l.sqlite\"\nmax_connections = 100\n[policy]"),
    );
    let before = workspace.names();
    let ran = workspace.run(["serve", "--check", "--listen", "127.0.0.1:0"], b"").expect_code(0);
    let said = String::from_utf8(ran.stdout).expect("UTF-8");
    for expected in ["listen on http://127.0.0.1:", "API keys: 2", "TLS: none", "l.sqlite", "512 requests", "tone: "] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!((workspace.names(), ran.stderr.as_str()), (before, ""));
    // Others should not be able to read it.
    let mode = |mode| std::fs::set_permissions(workspace.path("keys.toml"), std::fs::Permissions::from_mode(mode));
    for (bits, expected) in [(0o644, "others can read the API keys (mode 644)"), (0o660, "others can write")] {
        mode(bits).expect("a mode");
        let ran = workspace.run(["serve", "--check", "--listen", "127.0.0.1:0"], b"").expect_code(0);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
    // The address is looked at too.
    let server = Server::start(&Workspace::new());
    let ran = workspace.run(["serve", "--check", "--listen", server.authority()], b"").expect_code(2);
    assert!(ran.stderr.contains("cannot listen on"), "{}", ran.stderr);
    // Without keys nobody else is let in.
    let ran = Workspace::new().run(["serve", "--check", "--listen", "0.0.0.0:0"], b"").expect_code(2);
    assert!(ran.stderr.contains("no API keys are asked for"), "{}", ran.stderr);
    let ran = workspace.run(["serve", "--new-key", "a key"], b"").expect_code(2);
    assert!(ran.stderr.contains("the name of a key must be"), "{}", ran.stderr);
    assert_eq!(metric(&server, "threadsieve_connections"), 1);
}
