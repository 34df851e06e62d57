//! Clients that others wrote talk to a started server: Google's for Python, node and Rust, `perspective`, and requests as Coral
//! makes them. They are installed from their registries into a folder under target/; where that cannot be done the tests say
//! so and pass, unless `THREADSIEVE_CLIENTS=required` is set.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::server::Server;
use crate::support::{Workspace, repository, strings};

/// Says whether clients may be missing.
const REQUIRED: &str = "THREADSIEVE_CLIENTS";
/// A server that asks for no key takes any.
const KEY: &str = "the key of a test";
/// Coral gives up after so long, unless it is configured otherwise.
const PATIENCE_OF_CORAL: Duration = Duration::from_millis(800);
const TRIES: usize = 5;

/// Runs a command; gives what it wrote, or why it failed.
fn output_of(command: &mut Command) -> Result<Vec<u8>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("`{name}` cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("`{name}` failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}

/// What is installed for a client, in a folder that later runs find again while what is to be installed stays the same.
fn installed(client: &str, stated: &[&str], install: impl Fn(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let mut hash = Sha256::new();
    for name in stated {
        hash.update(fs::read(source(client).join(name)).unwrap_or_else(|error| panic!("{name}: {error}")));
    }
    let version: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("clients").join(format!("{client}-{version}"));
    let done = folder.join("installed");
    if !done.is_file() {
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        install(&folder)?;
        fs::write(&done, "").map_err(|error| format!("{}: {error}", done.display()))?;
    }
    Ok(folder)
}

/// The folder with what we wrote for a client.
fn source(client: &str) -> PathBuf {
    repository().join("tests/clients").join(client)
}

/// What a client made of the answers of a server; nothing where it is missing, which is said.
fn told_by(client: &str, command: impl FnOnce() -> Result<Command, String>) -> Option<(Value, Workspace)> {
    let mut command = match command() {
        Ok(command) => command,
        Err(why) if std::env::var_os(REQUIRED).is_some_and(|value| value == "required") => {
            panic!("{REQUIRED}=required, but there is no client for {client}: {why}")
        }
        Err(why) => {
            let _ = writeln!(std::io::stderr().lock(), "skipped: there is no client for {client}: {why}");
            return None;
        }
    };
    let workspace = Workspace::new();
    let server = Server::configured(&workspace, "[serve]\nlabel_store = \"labels.sqlite\"\n");
    // The server is on this machine, whatever proxy leads to others.
    command.arg(&server.address).arg(KEY).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    let output = output_of(&mut command).unwrap_or_else(|why| panic!("{client}: {why}"));
    let told = serde_json::from_slice(&output).unwrap_or_else(|error| {
        panic!("{client} wrote no JSON: {error}: {}", String::from_utf8_lossy(&output));
    });
    Some((told, workspace))
}

/// The score of an attribute in an answer.
fn score(answer: &Value, attribute: &str) -> f64 {
    let scores = &answer["attributeScores"][attribute];
    scores["summaryScore"]["value"].as_f64().unwrap_or_else(|| panic!("no score of {attribute} in {answer}"))
}

/// Google's client for Python finds the methods in the discovery document, tells errors apart, and batches.
#[test]
fn python() {
    let command = || {
        let folder = installed("python", &["requirements.txt"], |folder| {
            output_of(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
            let mut pip = Command::new(folder.join("bin/python"));
            pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "-r"]);
            output_of(pip.arg(source("python").join("requirements.txt"))).map(drop)
        })?;
        let mut command = Command::new(folder.join("bin/python"));
        // Nothing is written beside the sources.
        command.arg("-B").arg(source("python").join("client.py"));
        Ok(command)
    };
    let Some((told, workspace)) = told_by("python", command) else { return };
    let analyzed = &told["analyzed"];
    assert!(score(analyzed, "TOXICITY") > 0.8 && score(analyzed, "INSULT@2") > 0.5, "{analyzed}");
    assert_eq!((&analyzed["clientToken"], &analyzed["languages"]), (&json!("ž"), &json!(["en"])));
    let masked = &told["masked"];
    assert!(score(masked, "TOXICITY") < 0.5, "{masked}");
    assert_eq!(masked["attributeScores"]["TOXICITY"].get("spanScores"), None);
    assert_eq!(masked.get("detectedLanguages"), None);

    let errors = &told["errors"];
    let check = |name: &str, reason: &str, pointer: &str, detail: &str| {
        let error = &errors[name];
        assert_eq!((&error["status"], &error["reason"]), (&json!(400), &json!(reason)), "{name}");
        assert_eq!(error["details"][0].pointer(pointer), Some(&json!(detail)), "{name}: {error}");
    };
    check("unknown", "Unknown requested attribute: FLIRTATION", "/errorType", "INVALID_REQUEST");
    check("empty", "Comment must be non-empty.", "/errorType", "COMMENT_EMPTY");
    let unread = "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE";
    check("language", "Attribute TOXICITY does not support request languages: fi", "/errorType", unread);
    let attribute = "/languageNotSupportedByAttributeError/attribute";
    check("language", "Attribute TOXICITY does not support request languages: fi", attribute, "TOXICITY");
    check("fields", "Request contains an invalid argument.", "/fieldViolations/0/field", "nothing");
    check("judgement", "Missing attribute_scores", "/errorType", "INVALID_REQUEST");

    let batch = told["batch"].as_object().expect("answers to a batch");
    assert_eq!(batch.len(), 41);
    for number in 0..40 {
        let answer = &batch[&format!("number {number}")];
        assert_eq!(answer["clientToken"], number.to_string(), "each answer has its request's id");
        let spans = answer["attributeScores"]["TOXICITY"]["spanScores"].as_array().expect("spans");
        // The emoji is two units of UTF-16.
        assert_eq!(spans[0]["begin"], 0, "{answer}");
        assert_eq!(spans.last().expect("a span")["end"], 38 + number.to_string().len(), "{answer}");
    }
    assert_eq!(batch["empty"], json!({"status": 400, "reason": "Comment must be non-empty."}));

    let other = &told["perspective"];
    assert!(other["scores"]["TOXICITY"].as_f64() > other["scores"]["THREAT"].as_f64(), "{other}");
    assert_eq!(score(&other["analyzed"], "TOXICITY"), score(analyzed, "TOXICITY"));
    assert_eq!(other["error"]["status"], 400);
    assert_eq!(other["error"]["body"]["error"]["message"], "Unknown requested attribute: NO_SUCH_ATTRIBUTE");
    assert_eq!(told["suggested"]["clientToken"], "from-python");
    assert_eq!(other["suggested"]["clientToken"], "other");
    assert_eq!(judgements(&workspace), [("from-python".to_owned(), 1.0), ("other".to_owned(), 0.5)]);
}

/// Google's client for node takes the server's address from the discovery document.
#[test]
fn node() {
    let command = || {
        output_of(Command::new("node").arg("--version"))?;
        let folder = installed("node", &["package.json", "package-lock.json"], |folder| {
            for name in ["package.json", "package-lock.json"] {
                fs::copy(source("node").join(name), folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
            }
            let mut npm = Command::new("npm");
            npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
            output_of(&mut npm).map(drop)
        })?;
        let mut command = Command::new("node");
        command.arg(source("node").join("client.js")).env("NODE_PATH", folder.join("node_modules"));
        Ok(command)
    };
    let Some((told, workspace)) = told_by("node", command) else { return };
    assert!(score(&told["analyzed"], "TOXICITY") > 0.8, "{told}");
    assert_eq!(told["analyzed"]["clientToken"], "🙂");
    assert_eq!(told["masked"], json!({"languages": ["en"]}));
    let check = |name: &str, message: &str| {
        assert_eq!((&told[name]["status"], &told[name]["message"]), (&json!(400), &json!(message)), "{told}");
    };
    check("unknown", "Unknown requested attribute: FLIRTATION");
    check("empty", "Comment must be non-empty.");
    check("judgement", "Missing attribute_scores");
    assert_eq!(told["suggested"]["clientToken"], "from-node");
    assert_eq!(judgements(&workspace), [("from-node".to_owned(), 1.0)]);
}

/// The client for Rust, which sends its key as a bearer token.
#[test]
fn rust() {
    let command = || {
        let build = |folder: &Path| {
            let manifest = source("rust").join("Cargo.toml");
            let mut cargo = Command::new(env!("CARGO"));
            // Not what the tests themselves are built with: that may be coverage, or a sanitizer.
            cargo.env_remove("RUSTFLAGS").env("CARGO_TARGET_DIR", folder);
            cargo.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(manifest);
            output_of(&mut cargo).map(drop)
        };
        let folder = installed("rust", &["Cargo.toml", "Cargo.lock", "src/main.rs"], build)?;
        Ok(Command::new(folder.join("debug/threadsieve-rust-client")))
    };
    let Some((told, workspace)) = told_by("rust", command) else { return };
    let analyzed = &told["analyzed"];
    assert!(score(analyzed, "TOXICITY") > 0.8, "{told}");
    assert_eq!(analyzed["clientToken"], "from-rust");
    assert_eq!(analyzed["attributeScores"]["TOXICITY"]["spanScores"][0]["begin"], 0);
    assert_eq!(told["unknown"]["error"]["message"], "Unknown requested attribute: FLIRTATION");
    assert_eq!(strings(&told["masked"], "/languages"), ["en"]);
    assert!(told["masked"]["attributeScores"].is_null(), "{told}");
    assert_eq!(told["suggested"]["clientToken"], "from-rust");
    assert_eq!(told["empty"]["error"]["status"], "INVALID_ARGUMENT");
    assert_eq!(judgements(&workspace), [("from-rust".to_owned(), 1.0)]);
}

/// The tokens of what is in the label store, with the values, by their tokens.
fn judgements(workspace: &Workspace) -> Vec<(String, f64)> {
    let database = rusqlite::Connection::open(workspace.path("labels.sqlite")).expect("the label store");
    let mut rows =
        database.prepare("SELECT client_token, value FROM judgements ORDER BY client_token").expect("a table");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

/// Coral 9, with `http://…/v1alpha1` as its custom endpoint: scores before a comment is shown, judgements when a moderator
/// approves or rejects it.
#[test]
fn coral() {
    let workspace = Workspace::new();
    let server = Server::configured(&workspace, "[serve]\nlabel_store = \"labels.sqlite\"\n");
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE_OF_CORAL))
        .build()
        .into();
    let ask = |operation: &str, body: &Value| -> (u16, Value) {
        let url = format!("{}/v1alpha1/{operation}?key=the+key+of+a+test", server.address);
        let send = || agent.post(&url).header("Content-Type", "application/json").send(body.to_string());
        // A machine on which other tests run may be late now and then; a server that is slow is late each time.
        let late = |sent: &Result<_, ureq::Error>| matches!(sent, Err(ureq::Error::Timeout(_)));
        let sent = (0..TRIES).map(|_| send()).find(|sent| !late(sent)).unwrap_or_else(send);
        let mut answer = sent.unwrap_or_else(|error| panic!("{operation}: {error}"));
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.body_mut().read_to_string().expect("a text")).expect("JSON"))
    };
    let analyze = |text: &str, model: &str, language: &str| {
        let body = json!({"comment": {"text": text}, "doNotStore": true, "requestedAttributes": {model: {}},
            "languages": [language]});
        ask("comments:analyze", &body)
    };
    for (text, is_toxic) in [
        ("Thank you for the article, I learned a lot from it.", false),
        ("You are a stupid idiot, and nobody wants to read this.", true),
        // Texts of comments come to Coral as HTML, and are sent without it.
        ("First line\nSecond line, with a link https://example.org/a?b=c and “quotes”.", false),
    ] {
        let (status, answer) = analyze(text, "TOXICITY", "en");
        assert_eq!((status, score(&answer, "TOXICITY") >= 0.8), (200, is_toxic), "{text}: {answer}");
    }
    // An English site may write in other languages: what it says counts.
    assert_eq!(analyze("Ovo je vrlo zanimljiv članak, hvala.", "TOXICITY", "en").0, 200);
    // Where it says another one, Coral lets the comment pass.
    let (status, answer) = analyze("Vielen Dank für den Artikel.", "TOXICITY", "de");
    assert_eq!((status, &answer["error"]["status"]), (400, &json!("INVALID_ARGUMENT")));

    let suggest = |id: &str, status: &str, parent: Option<&str>| {
        let mut context = json!({"url": format!("https://news.example/story?commentID={id}"), "Coral_comment_id": id});
        if let Some(parent) = parent {
            context["reply_to_id_Coral_comment_id"] = json!(parent);
        }
        let body = json!({"comment": {"text": format!("A comment {id}")}, "context": {"entries": [{"text": context.to_string()}]},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": u8::from(status != "APPROVED")}}},
            "languages": ["en"], "communityId": "Coral:https://news.example", "clientToken": format!("comment:{id}")});
        ask("comments:suggestscore", &body)
    };
    assert_eq!(suggest("a", "APPROVED", None).0, 200);
    let (status, answer) = suggest("b", "DELETED", Some("a"));
    assert_eq!((status, &answer["clientToken"]), (200, &json!("comment:b")));
    // A moderator who thinks again.
    assert_eq!(suggest("b", "APPROVED", Some("a")).0, 200);
    assert_eq!(suggest("a", "DELETED", None).0, 200);
    assert_eq!(judgements(&workspace), [("comment:a".to_owned(), 1.0), ("comment:b".to_owned(), 0.0)]);
}
