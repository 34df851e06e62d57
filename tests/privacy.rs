//! People's words and names stay out of logs, messages and dead letters.

use serde_json::{Value, json};

use crate::support::{Ran, Workspace, by_id};

/// In the text, author, id or title of everything below, and nowhere else.
const MARKER: &str = "quagga-umbrella";

/// Inputs that are good, broken or broken off, by the options that they need.
fn inputs() -> Vec<(&'static [&'static str], Vec<u8>)> {
    let lines = [
        format!("{{\"id\":\"a\",\"author\":\"{MARKER}\",\"text\":\"I said {MARKER}.\"}}"),
        format!("{{\"id\":\"a\",\"text\":\"Again {MARKER}.\"}}"),
        format!("{{\"id\":\"b\",\"parent_id\":\"b\",\"text\":\"{MARKER}\"}}"),
        format!("{{\"type\":\"thread\",\"title\":\"{MARKER}\",\"article\":\"{MARKER}\",\"language\":\"{MARKER}\"}}"),
        format!("{{\"text\":\"cut off {MARKER}"),
        format!("{MARKER} is no JSON"),
        format!("{{\"text\":{{\"{MARKER}\":\"{MARKER}\"}}}}"),
        format!("{{\"text\":\"{MARKER}\",\"text\":\"{MARKER}\"}}"),
        format!("{{\"{MARKER}\":\"{MARKER}\"}}"),
        format!("{{\"text\":\"{MARKER} \\ud800\"}}"),
        format!("{{\"text\":\"{}\"}}", MARKER.repeat(200)),
        format!(
            "{{\"comments\":[{{\"text\":5,\"author\":\"{MARKER}\"}},\"{MARKER}\",{{\"replies\":{{\"{MARKER}\":1}}}}]}}"
        ),
        format!("{{\"id\":\"{MARKER}\",\"created_at\":[\"{MARKER}\"],\"text\":\"{MARKER}\"}}"),
    ];
    let mut jsonl = lines.join("\n").into_bytes();
    jsonl.extend(format!("\n{{\"text\":\"{MARKER} ").bytes().chain([0xff]).chain(*b"\"}\n"));
    let table = format!("id,text\na,{MARKER}\na,{MARKER}\n{MARKER}\nb,{MARKER},{MARKER}\nc,\"{MARKER}\n");
    let packed = zstd::encode_all(jsonl.as_slice(), 1).expect("packed");
    vec![
        (&[], jsonl.clone()),
        (&["--format", "csv"], table.clone().into_bytes()),
        (&[], table.into_bytes()),
        (&["--format", "page"], jsonl),
        (&["--format", "page"], [MARKER.as_bytes(), b" \xff \xfe"].concat()),
        (&[], packed[..packed.len() / 2].to_vec()),
    ]
}

fn workspace(more: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", format!("[limits]\nmax_body_bytes = 1000\n[output]\n{more}\n"));
    workspace
}

fn check_stderr(ran: &Ran, what: &str) {
    assert!(!ran.stderr.contains(MARKER), "{what}: {}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{what}: {}", ran.stderr);
}

#[test]
fn words_are_not_logged() {
    let workspace = workspace("");
    for (number, (options, input)) in inputs().into_iter().enumerate() {
        for verbosity in [&["-vvv"][..], &["-vvv", "--log-format", "json"], &[]] {
            let arguments = [&["run"], options, verbosity].concat();
            let ran = workspace.run(&arguments, &input);
            assert!(ran.code <= 1, "input {number}, {arguments:?}: {}", ran.stderr);
            check_stderr(&ran, &format!("input {number}, {arguments:?}"));
        }
    }
}

#[test]
fn words_are_in_dead_letters_only_on_request() {
    for (number, (options, input)) in inputs().into_iter().enumerate() {
        let arguments = [&["run", "--dead-letters", "dead.jsonl"], options].concat();
        for is_raw in [false, true] {
            let workspace = workspace(&format!("raw_dead_letters = {is_raw}"));
            let ran = workspace.run(&arguments, &input);
            assert!(ran.code <= 1, "input {number}: {}", ran.stderr);
            check_stderr(&ran, &format!("input {number}"));
            let letters = workspace.lines("dead.jsonl");
            for letter in &letters {
                let has_raw = letter["raw"].is_string();
                assert!(is_raw || !has_raw, "input {number}: {letter}");
                let mut rest = letter.clone();
                rest["raw"] = Value::Null;
                assert!(!rest.to_string().contains(MARKER), "input {number}: {letter}");
            }
            if number == 0 {
                assert_eq!(letters.iter().any(|letter| letter.to_string().contains(MARKER)), is_raw);
                assert!(letters.len() > 10, "{letters:?}");
            }
        }
    }
}

#[test]
fn a_repeated_id_or_a_circle_keeps_its_raw_line_on_request() {
    let lines = [
        "{\"id\":\"a\",\"text\":\"one\"}",
        "{\"id\":\"a\",\"text\":\"two\"}",
        "{\"id\":\"b\",\"parent_id\":\"b\",\"text\":\"x\"}",
    ];
    let csv = "id,parent_id,text\na,,one\na,,two\nb,b,x";
    for (input, raw) in [(lines.join("\n"), &lines[1..]), (csv.to_owned(), &["a,,two", "b,b,x"][..])] {
        let workspace = workspace("raw_dead_letters = true");
        let ran = workspace.run(["run", "--dead-letters", "dead.jsonl"], input.as_bytes());
        ran.expect_code(0);
        let found: Vec<String> = workspace
            .lines("dead.jsonl")
            .iter()
            .map(|letter| letter["raw"].as_str().unwrap_or_default().trim_end().to_owned())
            .collect();
        assert_eq!(found, raw, "{input}");
    }
}

#[test]
fn texts_can_be_left_out() {
    let workspace = workspace("text = false");
    let ran = workspace.run(["run"], format!("{{\"id\":\"a\",\"text\":\"I said {MARKER}.\"}}\n").as_bytes());
    let records = ran.expect_code(0).records();
    assert!(records[0].get("text").is_none());
    assert!(!records[0].to_string().contains(MARKER));
    assert_eq!(records[0]["segments"][0]["end"], "I said .".len() + MARKER.len());
}

const COMMENTS: &str = "{\"id\":\"a\",\"author\":\"Ann Other\",\"text\":\"One.\"}\n\
                        {\"id\":\"b\",\"author\":\"Bo Nobody\",\"text\":\"Two.\"}\n\
                        {\"id\":\"c\",\"author\":\"Ann Other\",\"text\":\"Three.\"}\n\
                        {\"id\":\"d\",\"text\":\"Four.\"}\n";
const KEY: &str = "a key that is long enough";

fn authors(ran: &Ran) -> Vec<Value> {
    let records = ran.records();
    ["a", "b", "c", "d"].map(|id| by_id(&records, id).get("author").cloned().unwrap_or_default()).to_vec()
}

#[test]
fn authors_are_kept_or_left_out() {
    let kept = workspace("").run(["run"], COMMENTS.as_bytes()).expect_code(0);
    assert_eq!(authors(&kept), [json!("Ann Other"), json!("Bo Nobody"), json!("Ann Other"), Value::Null]);
    let left_out = workspace("author = \"omit\"").run(["run"], COMMENTS.as_bytes()).expect_code(0);
    assert!(left_out.records().iter().all(|record| record.get("author").is_none()));
}

#[test]
fn authors_are_hashed_with_a_key() {
    let from_file = workspace("author = \"hash\"\nauthor_key_file = \"key\"");
    from_file.write("key", format!("{KEY}\n"));
    let hashed = from_file.run(["run"], COMMENTS.as_bytes()).expect_code(0);
    let shown = authors(&hashed);
    assert!(!String::from_utf8_lossy(&hashed.stdout).contains("Ann"));
    assert!(shown[0] == shown[2] && shown[0] != shown[1] && shown[3].is_null(), "{shown:?}");
    let is_hash = |hash: &Value| {
        hash.as_str().is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    assert!(is_hash(&shown[0]) && is_hash(&shown[1]), "{shown:?}");

    let from_environment = workspace("author = \"hash\"\nauthor_key_env = \"AUTHOR_KEY\"");
    let with_key = |key: &str| {
        let mut command = from_environment.command();
        command.args(["run"]).env("AUTHOR_KEY", key).write_stdin(COMMENTS).output().expect("the program runs").stdout
    };
    assert_eq!(with_key(KEY), hashed.stdout, "the same key from elsewhere");
    assert_ne!(with_key("another key, long enough"), hashed.stdout);
}

#[test]
fn a_key_that_is_missing_or_short_is_refused() {
    for (config, key_file, expected) in [
        ("author_key_file = \"key\"", Some("short"), "shorter than 16 characters"),
        ("author_key_file = \"key\"", Some("  short but spaced   \n"), ""),
        ("author_key_file = \"key\"", Some("      tiny        \n"), "shorter than 16 characters"),
        ("author_key_file = \"key\"", None, "key: cannot read the key for authors"),
        ("author_key_env = \"NO_SUCH_VARIABLE\"", None, "environment variable NO_SUCH_VARIABLE: cannot read the key"),
        ("", None, "needs one of `author_key_env` and `author_key_file`"),
    ] {
        let workspace = workspace(&format!("author = \"hash\"\n{config}"));
        if let Some(key) = key_file {
            workspace.write("key", key);
        }
        let ran = workspace.run(["run", "-o", "out.jsonl"], COMMENTS.as_bytes());
        assert_eq!(ran.code, if expected.is_empty() { 0 } else { 2 }, "{config}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{config}: {}", ran.stderr);
        assert!(!ran.stderr.contains("short but") && !ran.stderr.contains("tiny"), "the key is not shown");
        assert_eq!(workspace.path("out.jsonl").exists(), expected.is_empty(), "{config}");
    }
}
