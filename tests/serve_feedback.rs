//! `comments:suggestscore`: what is acknowledged is kept, whatever happens to the server afterwards.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::support::server::{Server, agent};
use crate::support::{Workspace, string};

const PATH: &str = "/v1alpha1/comments:suggestscore";
const STORE: &str = "labels.db";
const CONFIG: &str = "[serve]\nlabel_store = \"labels.db\"\naccess_log = false\n";

fn suggestion(token: &str, text: &str, value: f64) -> Value {
    json!({
        "comment": {"text": text},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": value}}},
        "communityId": "Coral:https://forum.example",
        "clientToken": token,
    })
}

/// What stands in the store, as rows of an export.
fn kept(workspace: &Workspace) -> Vec<Value> {
    workspace.run(["labels", "export", "--store", STORE], b"").records()
}

#[test]
fn a_suggestion_is_answered_and_kept() {
    let workspace = Workspace::new();
    let server = Server::configured(&workspace, CONFIG);
    let text = "The bridge was repaired last summer and nobody noticed.";
    let answer = server.post(PATH, suggestion("comment:1", text, 1.0).to_string()).expect(200).json();
    assert_eq!(answer, json!({"clientToken": "comment:1", "detectedLanguages": ["en"]}));
    let rows = kept(&workspace);
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (
            string(&rows[0], "/id"),
            string(&rows[0], "/source"),
            string(&rows[0], "/text"),
            string(&rows[0], "/language")
        ),
        ("comment:1", "Coral:https://forum.example", text, "en")
    );
    assert!(string(&rows[0], "/models/toxicity").starts_with("abuse@"), "{rows:?}");
    // The moderator thinks again.
    server.post(PATH, suggestion("comment:1", text, 0.0).to_string()).expect(200);
    let rows = kept(&workspace);
    assert_eq!((rows.len(), &rows[0]["labels"]), (1, &json!({"toxicity": 0})));
    let mut request = suggestion("", text, 0.5);
    request["languages"] = json!(["en", "fr"]);
    let answer = server.post(PATH, request.to_string()).expect(200).json();
    assert_eq!(answer, json!({"detectedLanguages": ["en"], "requestedLanguages": ["en", "fr"]}));
    // As Google reads it: keys without quotation marks, the other spelling.
    let lenient =
        "{comment: {text: 'Snow.'}, attribute_scores: {SPAM: {summary_score: {value: '1'}}}, client_token: 'x'}";
    assert_eq!(server.post(PATH, lenient).expect(200).json()["clientToken"], "x");
    assert_eq!(kept(&workspace).len(), 3);
}

#[test]
fn what_google_refuses_is_refused() {
    let workspace = Workspace::new();
    let server = Server::configured(&workspace, CONFIG);
    for body in
        ["", "{", r#"{"comment":{"text":"a"}}"#, r#"{"comment":{"text":"a"},"attributeScores":{"TOXICITY":{}}}"#]
    {
        let error = server.post(PATH, body).expect(400).json();
        assert_eq!(error["error"]["status"], "INVALID_ARGUMENT", "{body}");
    }
    assert_eq!(kept(&workspace).len(), 0);
}

#[test]
fn without_a_store_nothing_is_acknowledged_and_the_log_says_so_once() {
    let workspace = Workspace::new();
    let server = Server::configured(&workspace, "[serve]\naccess_log = false\n");
    for _ in 0..3 {
        let error = server.post(PATH, suggestion("a", "The ferry was late.", 1.0).to_string()).expect(501).json();
        assert_eq!(error["error"]["status"], "UNIMPLEMENTED", "{error}");
    }
    server.signal("TERM");
    let (_, told) = server.wait();
    assert_eq!(told.iter().filter(|line| line.contains("`label_store` names no file")).count(), 1, "{told:?}");
}

#[test]
fn a_store_that_is_none_keeps_the_server_from_starting() {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", CONFIG);
    workspace.write(STORE, "not a database at all\n".repeat(100));
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["serve", "--check", "--listen", "127.0.0.1:0"]] {
        let stderr = workspace.run(arguments, b"").expect_code(2).stderr;
        assert!(stderr.contains("[serve] `label_store`: labels.db: is not a database of SQLite"), "{stderr}");
    }
    std::fs::remove_file(workspace.path(STORE)).expect("removed");
    workspace.run(["serve", "--check", "--listen", "127.0.0.1:0"], b"").expect_code(0);
    assert!(!workspace.path(STORE).exists(), "a check makes nothing");
}

/// Clients that suggest until the server is gone; the tokens that were acknowledged to them. After `moment` answers `then` is
/// done to the server.
fn suggest_until_it_ends(server: &Server, moment: usize, then: impl FnOnce(&Server)) -> BTreeSet<String> {
    const CLIENTS: usize = 4;
    let acknowledged = Mutex::new(BTreeSet::new());
    let clients = AtomicUsize::new(CLIENTS);
    let count = || acknowledged.lock().expect("no panic").len();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (acknowledged, clients, url) = (&acknowledged, &clients, server.url(PATH));
            scope.spawn(move || {
                let agent = agent();
                for number in 0.. {
                    let token = format!("comment:{client}-{number}");
                    let body = suggestion(&token, "The ferry was late again.", 1.0).to_string();
                    match agent.post(&url).send(body.as_bytes()) {
                        Ok(answer) if answer.status().as_u16() == 200 => {
                            acknowledged.lock().expect("no panic").insert(token);
                        }
                        _ => break,
                    }
                }
                clients.fetch_sub(1, Ordering::AcqRel);
            });
        }
        while count() < moment && clients.load(Ordering::Acquire) > 0 {
            std::thread::yield_now();
        }
        then(server);
    });
    acknowledged.into_inner().expect("no panic")
}

/// Fails where a token that was acknowledged is not kept.
fn check_kept(workspace: &Workspace, acknowledged: &BTreeSet<String>) {
    let kept: BTreeSet<String> = kept(workspace).iter().map(|row| string(row, "/id").to_owned()).collect();
    let lost: Vec<&String> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged were lost: {lost:?}", lost.len(), acknowledged.len());
}

#[test]
fn nothing_that_was_acknowledged_is_lost_to_sigkill() {
    let workspace = Workspace::new();
    let mut acknowledged = BTreeSet::new();
    for moment in [1, 7, 40, 173] {
        let server = Server::configured(&workspace, CONFIG);
        let found = suggest_until_it_ends(&server, moment, |server| server.signal("KILL"));
        assert!(found.len() >= moment, "{} answers", found.len());
        drop(server);
        acknowledged.extend(found);
        check_kept(&workspace, &acknowledged);
    }
}

#[test]
fn a_server_that_is_told_to_stop_has_all_in_one_file() {
    let workspace = Workspace::new();
    let server = Server::configured(&workspace, CONFIG);
    let acknowledged = suggest_until_it_ends(&server, 30, |server| server.signal("TERM"));
    let (status, told) = server.wait();
    assert_eq!(status.code(), Some(0), "{told:?}");
    assert_eq!(workspace.names(), [STORE, "pipeline.toml"]);
    check_kept(&workspace, &acknowledged);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_acknowledges_nothing_and_loses_nothing() {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", CONFIG);
    let mut command = std::process::Command::new("sh");
    // 200 KiB for each file; the hard limit stays, so that it can be raised again.
    let shell = "ulimit -S -f 400; exec \"$0\" serve --listen 127.0.0.1:0";
    command.current_dir(workspace.path(".")).args(["-c", shell]).arg(workspace.std_command().get_program());
    let server = Server::start_command(command);
    let text = "The ferry was late again, as on every day of this wet and windy week. ".repeat(40);
    let mut acknowledged = BTreeSet::new();
    let mut suggest = |number: usize| {
        let token = format!("comment:{number}");
        let answer = server.post(PATH, suggestion(&token, &text, 1.0).to_string());
        match answer.status {
            200 => {
                acknowledged.insert(token);
            }
            status => {
                assert_eq!((status, answer.header("retry-after")), (503, "1"), "{}", answer.text());
                assert_eq!(answer.json()["error"]["status"], "UNAVAILABLE");
            }
        }
        answer.status
    };
    let first_refused = (0..1_000).find(|number| suggest(*number) == 503).expect("no room at last");
    assert!(first_refused > 3, "{first_refused}");
    for number in 0..5 {
        assert_eq!(suggest(first_refused + number), 503, "still no room");
    }
    // The server answers other things all the while.
    let analyze = json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}});
    server.post("/v1alpha1/comments:analyze", analyze.to_string()).expect(200);
    make_room(&server);
    assert_eq!(suggest(2_000), 200, "there is room again");
    server.signal("KILL");
    let (_, told) = server.wait();
    assert!(told.iter().any(|line| line.contains("labels.db: ")), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("ferry")), "{told:?}");
    let kept: BTreeSet<String> = kept(&workspace).iter().map(|row| string(row, "/id").to_owned()).collect();
    assert_eq!(kept, acknowledged, "neither more nor less");
}

/// Lets the server's files grow again.
#[cfg(target_os = "linux")]
fn make_room(server: &Server) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let pid = Pid::from_raw(server.id().try_into().expect("a small number"));
    prlimit(pid, Resource::Fsize, Rlimit { current: None, maximum: None }).expect("a new limit");
}

#[test]
fn labels_are_deleted_while_the_server_writes() {
    let workspace = Workspace::new();
    let server = Server::configured(&workspace, CONFIG);
    let acknowledged = suggest_until_it_ends(&server, 50, |server| {
        let ran = workspace.run(["labels", "delete", "--store", STORE, "--token", "comment:0-0"], b"").expect_code(0);
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "deleted 1 judgements of 1 texts\n");
        server.signal("TERM");
    });
    server.wait();
    let kept: BTreeSet<String> = kept(&workspace).iter().map(|row| string(row, "/id").to_owned()).collect();
    let lost: Vec<&String> = acknowledged.difference(&kept).collect();
    assert_eq!(lost, ["comment:0-0"]);
}
