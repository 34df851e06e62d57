//! The label store of moderators' judgements, and what `labels export` and `labels delete` make of it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use threadsieve::domain::{Body, Probability};
use threadsieve::feedback::{JudgedSpan, Judgement, LabelStore, StoreBounds, Submission};

use crate::support::{Workspace, repository, string};

const STORE: &str = "labels.db";

/// A judgement of a text by a token.
fn judged(community: &str, token: &str, text: &str, labels: &[(&str, f64)]) -> Submission {
    let judgements = labels
        .iter()
        .map(|(label, value)| Judgement::of_whole_text(*label, Probability::new(*value).expect("a share")));
    Submission {
        community: community.to_owned(),
        client_token: (!token.is_empty()).then(|| token.to_owned()),
        ..Submission::new(Body::new(text), 1_796_000_000, judgements.collect())
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

fn open(workspace: &Workspace) -> LabelStore {
    LabelStore::open(&workspace.path(STORE), StoreBounds::default()).expect("a label store")
}

fn add(store: &LabelStore, submissions: impl IntoIterator<Item = Submission>) {
    block_on(async {
        for submission in submissions {
            store.add(submission).await.expect("kept");
        }
    });
}

/// A store with these, closed again.
fn filled(submissions: impl IntoIterator<Item = Submission>) -> Workspace {
    let workspace = Workspace::new();
    add(&open(&workspace), submissions);
    workspace
}

/// The rows that an export writes.
fn exported(workspace: &Workspace, arguments: &[&str], code: i32) -> Vec<Value> {
    let ran = workspace.run([&["labels", "export", "--store", STORE], arguments].concat(), b"");
    ran.expect_code(code).records()
}

fn sample() -> Workspace {
    let span = JudgedSpan { begin: 0, end: 7, text: "Nonsense".to_owned() };
    let part =
        Judgement { span: Some(span), ..Judgement::of_whole_text("insult", Probability::new(0.4).expect("a share")) };
    filled([
        judged("here", "a", "The ferry was late again.", &[("toxicity", 0.0), ("insult", 0.2)]),
        Submission {
            author: Some("u1".to_owned()),
            languages: vec!["sr-Latn".to_owned()],
            unix_seconds: 1_796_100_000,
            ..judged("there", "a", "Nonsense, all of it.", &[("toxicity", 0.5)])
        },
        judged("", "", "What a day.", &[("toxicity", 0.0), ("spam", 0.0)]),
        judged("", "", "What a day.", &[("toxicity", 1.0)]),
        Submission { judgements: vec![part], ..judged("here", "b", "Nonsense!", &[]) },
        judged("here", "a", "The ferry was late again.", &[("toxicity", 1.0), ("threat", 0.0)]),
    ])
}

#[test]
fn an_export_has_a_row_for_each_text_with_all_that_was_said_of_it() {
    let rows = exported(&sample(), &[], 0);
    let expected = [
        json!({"id": "a", "source": "here", "text": "The ferry was late again.",
            "labels": {"insult": 0, "threat": 0, "toxicity": 1}, "values": {"insult": 0.2, "threat": 0.0, "toxicity": 1.0},
            "time": "2026-11-30T00:53:20Z"}),
        json!({"id": "a", "source": "there", "text": "Nonsense, all of it.", "language": "sr", "labels": {"toxicity": 1},
            "values": {"toxicity": 0.5}, "time": "2026-12-01T04:40:00Z"}),
        json!({"id": "request-4", "source": "", "text": "What a day.", "labels": {"spam": 0, "toxicity": 0},
            "values": {"spam": 0.0, "toxicity": 0.0}, "time": "2026-11-30T00:53:20Z"}),
        json!({"id": "request-6", "source": "", "text": "What a day.", "labels": {"toxicity": 1}, "values": {"toxicity": 1.0},
            "time": "2026-11-30T00:53:20Z"}),
    ];
    assert_eq!(rows, expected);
}

/// The ids and labels that an export with these arguments writes.
fn check_export(workspace: &Workspace, arguments: &[&str], expected: &[&str]) {
    let rows = exported(workspace, arguments, i32::from(expected.is_empty()));
    let found: Vec<String> = rows.iter().map(|row| format!("{} {}", string(row, "/id"), row["labels"])).collect();
    assert_eq!(found, expected, "{arguments:?}");
}

#[test]
fn an_export_writes_what_is_asked_for() {
    let workspace = sample();
    check_export(&workspace, &["--community", "there"], &[r#"a {"toxicity":1}"#]);
    check_export(&workspace, &["--community", "", "--label", "spam"], &[r#"request-4 {"spam":0}"#]);
    check_export(&workspace, &["--label", "toxicity", "--token", "a"], &[r#"a {"toxicity":1}"#, r#"a {"toxicity":1}"#]);
    check_export(&workspace, &["--label", "toxicity", "--community", "here"], &[r#"a {"toxicity":1}"#]);
    check_export(&workspace, &["--author", "u1"], &[r#"a {"toxicity":1}"#]);
    check_export(&workspace, &["--author", "u1", "--threshold", "0.6"], &[r#"a {"toxicity":0}"#]);
    check_export(&workspace, &["--since", "2026-12-01"], &[r#"a {"toxicity":1}"#]);
    check_export(&workspace, &["--token", "b"], &[]);
    check_export(&workspace, &["--token", "b", "--spans"], &[r#"b#0-7 {"insult":0}"#]);
    check_export(&workspace, &["--token", "A"], &[]);
    let to_file = exported(&workspace, &["--out", "rows.jsonl"], 0);
    assert!(to_file.is_empty());
    assert_eq!(workspace.lines("rows.jsonl"), exported(&workspace, &[], 0));
}

#[test]
fn an_export_is_read_by_train_calibrate_and_evaluate() {
    let rude = (0..60).map(|number| (format!("You are a stupid idiot, and so is report {number}."), 1.0));
    let civil = (0..200).map(|number| (format!("Thank you for report {number}, it was good to read."), 0.0));
    let ours = rude.chain(civil).enumerate().map(|(number, (text, value))| {
        judged("here", &format!("comment:{number}"), &text, &[("toxicity", value), ("spam", 1.0 - value)])
    });
    // Elsewhere people see it the other way round.
    let others = (0..60).map(|number| {
        judged(
            "there",
            &format!("comment:{number}"),
            &format!("You are a stupid idiot {number}."),
            &[("toxicity", 0.0)],
        )
    });
    let workspace = filled(ours.chain(others));
    exported(&workspace, &["--community", "here", "--out", "here.jsonl"], 0);
    exported(&workspace, &["--label", "spam", "--out", "spam.jsonl"], 0);
    let abuse = repository().join("models/abuse").display().to_string();
    let calibrated = workspace.run(["calibrate", &abuse, "here.jsonl", "--precision", "0.9"], b"").expect_code(0);
    let rules = String::from_utf8(calibrated.stdout).expect("UTF-8");
    assert!(rules.contains("from 260 comments in here.jsonl") && rules.contains("60 rejected"), "{rules}");
    workspace.run(["train", "spam", "spam.jsonl", "--out", "models/spam"], b"").expect_code(0);
    workspace.run(["train", "spam", "here.jsonl", "--init", "models/spam", "--out", "models/own"], b"").expect_code(0);
    let measured = workspace.run(["evaluate", "models/own", "here.jsonl", "--json"], b"").expect_code(0);
    let report: Value = serde_json::from_slice(&measured.stdout).expect("JSON");
    assert_eq!(report["all"]["rows"], 260, "{report}");
}

/// Whether words stand in any of the files of a store. They are read by another process: that this one opens and closes them
/// besides `SQLite` would undo its locks.
#[cfg(unix)]
fn occurs(workspace: &Workspace, words: &str) -> bool {
    let files = workspace.names().into_iter().filter(|name| name.starts_with(STORE));
    let read =
        std::process::Command::new("cat").current_dir(workspace.path(".")).args(files).output().expect("cat runs");
    assert!(read.status.success() && read.stdout.starts_with(b"SQLite format 3"));
    read.stdout.windows(words.len()).any(|window| window == words.as_bytes())
}

/// Texts of all lengths, some of which fill several pages of the file.
#[cfg(unix)]
fn long_text(word: &str, number: usize) -> String {
    format!("{word}-{number} ").repeat(1 + number * 37 % 900)
}

#[cfg(unix)]
#[test]
fn what_is_deleted_leaves_no_trace_in_the_files() {
    let workspace = Workspace::new();
    let store = open(&workspace);
    for round in 0..4 {
        add(
            &store,
            (0..60).map(|number| {
                let word = if number % 3 == 0 { "quaggas" } else { "ferries" };
                Submission {
                    author: Some(word.to_owned()),
                    session_id: Some(format!("{word}-session")),
                    url: Some(format!("https://{word}.example")),
                    context: Some(Body::new(format!("{word} context"))),
                    ..judged(
                        "here",
                        &format!("{word}:{number}"),
                        &long_text(word, number + round),
                        &[("toxicity", 1.0), ("spam", 0.0)],
                    )
                }
            }),
        );
    }
    assert!(occurs(&workspace, "quaggas"));
    // The server still has it open.
    let ran = workspace.run(["labels", "delete", "--store", STORE, "--author", "quaggas"], b"").expect_code(0);
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "deleted 40 judgements of 20 texts\n");
    assert!(!occurs(&workspace, "quaggas"));
    assert!(occurs(&workspace, "ferries"));
    add(&store, [judged("here", "ferries:1", "Somebody took it back.", &[("toxicity", 0.0)])]);
    for (arguments, told) in [
        (vec!["--token", "ferries:2", "--community", "there"], "deleted 0 judgements of 0 texts\n"),
        (vec!["--token", "ferries:2", "--community", "here"], "deleted 2 judgements of 1 texts\n"),
        (vec!["--token", "ferries:2"], "deleted 0 judgements of 0 texts\n"),
        (vec!["--author", "quaggas"], "deleted 0 judgements of 0 texts\n"),
    ] {
        let ran = workspace.run([&["labels", "delete", "--store", STORE][..], &arguments].concat(), b"");
        assert_eq!(String::from_utf8_lossy(&ran.stdout), told, "{arguments:?}");
        assert_eq!(ran.code, i32::from(told.contains(" 0 ")), "{arguments:?}: {}", ran.stderr);
    }
    assert!(!occurs(&workspace, "ferries-5 "), "all of its judgements were deleted or overwritten");
    let found = exported(&workspace, &["--token", "ferries:1"], 0);
    assert_eq!(found.len(), 2, "what was said of each text: {found:?}");
}

#[cfg(unix)]
#[test]
fn traces_that_a_reader_holds_are_told() {
    let workspace = filled([judged("", "a", "The quagga is gone.", &[("toxicity", 1.0)])]);
    let store = open(&workspace);
    add(&store, [judged("", "b", "The ferry is late.", &[("toxicity", 0.0)])]);
    let reader = Connection::open(workspace.path(STORE)).expect("a database");
    reader.execute_batch("BEGIN; SELECT count(*) FROM judgements;").expect("a view");
    let mut command = workspace.command();
    let output =
        command.args(["labels", "delete", "--store", STORE, "--token", "a"]).output().expect("the program runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("which somebody is reading\n  hint: run the same command again"), "{stderr}");
    reader.execute_batch("COMMIT").expect("the view ends");
    workspace.run(["labels", "delete", "--store", STORE, "--token", "a"], b"").expect_code(1);
    assert!(!occurs(&workspace, "quagga"));
}

/// What both commands say of a file that they cannot use.
fn check_refused(make: impl FnOnce(&Path), told: &str) {
    let workspace = Workspace::new();
    make(&workspace.path(STORE));
    for arguments in [vec!["export", "--store", STORE], vec!["delete", "--store", STORE, "--token", "a"]] {
        let ran = workspace.run([&["labels"][..], &arguments].concat(), b"").expect_code(2);
        assert!(ran.stdout.is_empty());
        assert!(
            ran.stderr.contains(&format!("{STORE}: {told}")) && ran.stderr.contains("\n  hint: "),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn files_that_are_no_label_store_are_refused() {
    let sql = |text: &'static str| {
        move |path: &Path| Connection::open(path).and_then(|database| database.execute_batch(text)).expect("made")
    };
    check_refused(|_| {}, "no such file");
    check_refused(
        |path| std::fs::write(path, "{\"text\":\"x\"}\n".repeat(99)).expect("written"),
        "is not a database of SQLite",
    );
    check_refused(|path| std::fs::create_dir(path).expect("made"), "cannot open");
    check_refused(
        sql("CREATE TABLE records (id TEXT); PRAGMA user_version = 1"),
        "is a database, but not a label store",
    );
    let newer = |path: &Path| {
        drop(LabelStore::open(path, StoreBounds::default()).expect("a store"));
        sql("PRAGMA user_version = 2")(path);
    };
    check_refused(newer, "is a label store of version 2; this program knows versions up to 1");
}

#[test]
fn somebody_who_writes_all_the_while_is_told_and_waited_for() {
    let workspace = filled([judged("", "a", "The ferry is late.", &[("toxicity", 1.0)])]);
    let bounds = StoreBounds { busy_timeout: Duration::from_millis(1), ..StoreBounds::default() };
    let store = LabelStore::open(&workspace.path(STORE), bounds).expect("a label store");
    let other = Connection::open(workspace.path(STORE)).expect("a database");
    other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    let error = block_on(store.add(judged("", "b", "It is here.", &[("toxicity", 0.0)]))).expect_err("locked");
    assert!(error.passes() && error.to_string().contains("another program is writing to it\n  hint: "), "{error}");
    // Who reads does not wait for who writes.
    assert_eq!(exported(&workspace, &[], 0).len(), 1);
    other.execute_batch("ROLLBACK").expect("let go");
    add(&store, [judged("", "b", "It is here.", &[("toxicity", 0.0)])]);
    assert_eq!(exported(&workspace, &[], 0).len(), 2);
}

#[test]
fn an_export_during_writing_has_whole_submissions_in_order() {
    const TOKENS: usize = 400;
    let workspace = Workspace::new();
    let store = open(&workspace);
    let is_done = AtomicBool::new(false);
    let numbers = std::thread::scope(|scope| {
        scope.spawn(|| {
            let token = |number: usize| format!("{number:04}");
            add(
                &store,
                (0..TOKENS).map(|number| {
                    judged("", &token(number), "The ferry is late.", &[("toxicity", 1.0), ("spam", 0.0)])
                }),
            );
            is_done.store(true, Ordering::Release);
        });
        let mut numbers = Vec::new();
        loop {
            let is_last = is_done.load(Ordering::Acquire);
            let rows = workspace.run(["labels", "export", "--store", STORE], b"").records();
            for (number, row) in rows.iter().enumerate() {
                assert_eq!(string(row, "/id"), format!("{number:04}"));
                assert_eq!(row["labels"], json!({"toxicity": 1, "spam": 0}), "a submission is whole or not there");
            }
            numbers.push(rows.len());
            if is_last {
                break numbers;
            }
        }
    });
    assert!(numbers.is_sorted() && numbers.last() == Some(&TOKENS), "{numbers:?}");
}

#[test]
fn exports_of_files_still_work_beside_the_commands() {
    let workspace = Workspace::new();
    workspace.write("export", "{\"text\":\"The ferry was late.\",\"decision\":\"reject\"}\n");
    let rows = workspace.run(["labels", "./export"], b"").expect_code(0).records();
    assert_eq!(rows.len(), 1);
    let stderr = workspace.run(["labels", "delete", "--store", STORE], b"").expect_code(2).stderr;
    assert!(stderr.contains("--token") && stderr.contains("--author"), "{stderr}");
}
