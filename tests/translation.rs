//! Comments that a translator of the site's translates: scored on the translation, or held; none lost.
#![cfg(unix)]

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::streaming::Conversation;
use crate::support::{Workspace, by_id, number, part, rules, string, strings};

const ARTICLE: &str =
    "The old bridge over the river\\nThe council has closed the old bridge over the river for repairs.";
/// In every Serbian comment, and to be seen nowhere but in records.
const MARKER: &str = "kvaga";

/// Speaks for any translator: three answers, by a word of the line.
const TRANSLATOR: &str = "while read -r l; do case $l in \
    *most*) echo 'The council should repair the old bridge over the river.';; \
    *budala*) echo 'You are a stupid idiot, 😀 idiot.';; \
    *) echo \"Something else: $l\";; esac; done";

fn config(script: &str, more: &str) -> String {
    let script = script.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "[[translation.translators]]\nname = \"test-engine\"\nfrom = [\"sr\", \"hr\", \"bs\", \"hbs\"]\n\
         command = [\"sh\", \"-c\", \"{script}\"]\n{more}\n"
    )
}

/// A workspace with a translator.
fn workspace(script: &str, more: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", config(script, more));
    workspace
}

fn thread() -> String {
    let mut lines = format!("{{\"type\":\"thread\",\"thread_id\":\"t\",\"article\":\"{ARTICLE}\"}}\n");
    for (id, text) in [
        ("a", "Nobody has told us how long the bridge will be closed."),
        ("b", "Učesnici protesta kažu da je stari most najlepši u gradu.\n\nkvaga most je zatvoren već godinu dana."),
        ("c", "Ti si obična budala i ništa ne znaš o tome, kvaga."),
        ("d", "Der Verkehr in der Stadt ist seit Wochen eine einzige Katastrophe."),
        ("e", "Not a word about it in the newspaper, and the road is full."),
        ("f", "Све је ово велика глупост, нико ништа не зна, kvaga."),
    ] {
        let _ = writeln!(lines, "{}", json!({ "thread_id": "t", "id": id, "text": text }));
    }
    lines
}

/// Serbian comments, numbered; some of several lines, some with an English one behind them.
fn comments(count: usize) -> String {
    let mut lines = String::new();
    for place in 0..count {
        let text = match place % 3 {
            0 => format!("Danas je opet bila velika gužva na putu, a policija ćuti. {MARKER} {place}"),
            1 => format!(
                "Stari most je zatvoren već godinu dana.\nNiko ništa ne radi, {MARKER}.\n\nTo je sramota {place}"
            ),
            _ => format!("The council has told us nothing about the bridge, number {place}."),
        };
        let id = place.to_string();
        let _ = writeln!(lines, "{}", json!({ "thread_id": (place % 7).to_string(), "id": id, "text": text }));
    }
    lines
}

#[test]
fn a_translated_comment_is_scored_on_its_translation() {
    let workspace = workspace(TRANSLATOR, "[tone]\nevidence = 3\n");
    let ran = workspace.run(["run", "--summary", "sum.json"], thread().as_bytes()).expect_code(0);
    let records = ran.records();
    let of = |id| by_id(&records, id);
    let bridge = "The council should repair the old bridge over the river.";
    let expected = json!({ "flagged": true, "status": "machine", "from": string(of("b"), "/language/code"), "to": "en",
        "span": null, "untranslated": 0.0, "engine": "test-engine", "text": format!("{bridge}\n\n{bridge}") });
    assert_eq!(of("b")["translation"], expected);
    assert_eq!(string(of("b"), "/topic/basis"), "article");
    assert!(of("b")["topic"]["off_topic"].as_f64().expect("a score") < 0.1, "{}", of("b"));
    assert_eq!(string(of("b"), "/decision/action"), "approve");
    assert_eq!(strings(of("b"), "/flags"), Vec::<&str>::new());
    let own = part(string(of("b"), "/text"), 0, number(of("b"), "/segments/0/end"));
    assert!(own.starts_with("Učesnici") && own.ends_with("dana."), "segments are those of the comment: {own}");

    assert_eq!(string(of("c"), "/tone/label"), "hostile");
    assert_eq!(string(of("c"), "/decision/action"), "review");
    // Evidence stands in the translation, in scalar values of it.
    let evidence = &of("c")["tone"]["evidence"];
    let words: Vec<String> = (0..evidence.as_array().expect("evidence").len())
        .map(|at| {
            let place = |end: &str| number(of("c"), &format!("/tone/evidence/{at}/{end}"));
            part(string(of("c"), "/translation/text"), place("begin"), place("end"))
        })
        .collect();
    assert!(words.iter().any(|word| word == "idiot") && words.iter().any(|word| word == "stupid"), "{words:?}");

    // Nobody translates German.
    assert_eq!(string(of("d"), "/translation/status"), "needed");
    assert_eq!(string(of("d"), "/decision/action"), "translate");
    assert!(of("d")["translation"].get("engine").is_none() && of("d")["translation"].get("failure").is_none());
    // Three of its words are carried over as they were.
    assert!(of("f")["translation"]["untranslated"].as_f64().expect("a share") > 0.3, "{}", of("f"));
    assert_eq!(rules(of("f")), ["poor-translation"]);

    let summary = &workspace.lines("sum.json")[0];
    assert_eq!([number(summary, "/machine_translations"), number(summary, "/translation_failures")], [3, 0]);
    assert!(ran.stderr.contains("translation   3 by machine\n"), "{}", ran.stderr);
}

#[test]
fn other_comments_are_as_they_are_without_a_translator() {
    let without = Workspace::new().run(["run"], thread().as_bytes()).expect_code(0).records();
    let with = workspace(TRANSLATOR, "").run(["run"], thread().as_bytes()).expect_code(0).records();
    for id in ["a", "d", "e"] {
        assert_eq!(by_id(&with, id), by_id(&without, id), "{id}");
    }
    for id in ["b", "c", "f"] {
        assert_eq!(by_id(&without, id)["translation"]["status"], "needed");
        assert_eq!(by_id(&without, id)["tone"]["absent"], "language_unsupported");
    }
}

#[test]
fn the_same_bytes_for_any_number_of_workers_and_processes() {
    let input = comments(700);
    let mut seen: Option<Vec<u8>> = None;
    for (workers, parallel, queue) in [("1", 1, 512), ("2", 1, 1), ("4", 3, 512), ("3", 2, 7)] {
        let translator = config(TRANSLATOR, &format!("parallel = {parallel}"));
        let workspace = Workspace::new();
        workspace.write("pipeline.toml", format!("[translation]\nqueue = {queue}\n{translator}"));
        let ran = workspace.run(["run", "--workers", workers], input.as_bytes()).expect_code(0);
        assert_eq!(ran.records().len(), 700);
        let seen = seen.get_or_insert_with(|| ran.stdout.clone());
        assert!(*seen == ran.stdout, "{workers} workers, {parallel} processes, a queue of {queue}");
    }
    let seen = seen.expect("four runs");
    assert_eq!(String::from_utf8_lossy(&seen).matches("\"status\":\"machine\"").count(), 467);
}

/// Runs comments through a translator that is not well: none is lost, each that was not translated waits.
fn check(script: &str, more: &str, count: usize, expected: &dyn Fn(usize) -> &'static [&'static str]) {
    let workspace = workspace(script, more);
    let arguments = ["run", "--summary", "sum.json", "-vvv"];
    let ran = workspace.run(arguments, comments(count).as_bytes()).expect_code(0);
    let records = ran.records();
    let ids: Vec<&str> = records.iter().map(|record| string(record, "/id")).collect();
    assert_eq!(ids, (0..count).map(|place| place.to_string()).collect::<Vec<_>>(), "{script}");
    let (mut failures, mut translated) = (0, 0);
    for (place, record) in records.iter().enumerate().filter(|(place, _)| place % 3 != 2) {
        let translation = &record["translation"];
        if translation["status"] == "machine" {
            assert!(expected(place).is_empty(), "{script}: {record}");
            translated += 1;
            continue;
        }
        failures += 1;
        assert!(expected(place).contains(&string(translation, "/failure")), "{script}: {record}");
        assert_eq!((&translation["status"], &translation["flagged"]), (&json!("needed"), &json!(true)));
        assert_eq!(translation.get("engine").or(translation.get("text")), None);
        assert_eq!(string(record, "/decision/action"), "translate");
        assert_eq!(rules(record), ["needs-translation"]);
        assert_eq!(record["tone"]["absent"], "language_unsupported");
    }
    let summary = &workspace.lines("sum.json")[0];
    let counts = ["/machine_translations", "/translation_failures"].map(|pointer| number(summary, pointer));
    assert_eq!(counts, [translated, failures], "{script}");
    if failures > 0 {
        assert!(ran.stderr.contains(&format!("{failures} failed and wait (")), "{}", ran.stderr);
        assert_eq!(ran.stderr.matches("a comment waits untranslated").count(), 1, "{}", ran.stderr);
    }
    assert!(!ran.stderr.contains(MARKER) && !ran.stderr.contains("gužva"), "{}", ran.stderr);
}

#[test]
fn a_translator_that_is_not_well_loses_nothing() {
    let dies = "n=0; while read -r l; do n=$((n+1)); [ $n -gt 4 ] && exit; echo \"now $l\"; done";
    check(dies, "", 60, &|_| &[]);
    let at_hard_texts =
        |what: &str| format!("while read -r l; do case $l in *' 6') {what};; *) echo \"now $l\";; esac; done");
    let check_six = |what: &str, more: &str, failure: &'static [&'static str]| {
        check(&at_hard_texts(what), more, 30, &|place| if place == 6 { failure } else { &[] });
    };
    check_six("exit", "", &["failed"]);
    check_six("sleep 1000", "timeout_ms = 500", &["timeout"]);
    check_six("echo", "", &["invalid_answer"]);
    check_six("printf 'a\\nb\\n'", "", &["invalid_answer"]);
}

#[test]
fn a_translator_that_never_answers_is_given_up_and_all_wait() {
    // Which texts come first is no promise; that few are tried is one of the translator's own tests.
    check("exit 3", "", 60, &|_| &["failed", "unavailable"]);
    check("exec sleep 1000", "timeout_ms = 100", 60, &|_| &["timeout", "unavailable"]);
}

#[test]
fn a_program_that_is_not_there_is_told_before_anything_is_read() {
    let workspace = Workspace::new();
    let text = "[[translation.translators]]\nname = \"one\"\ncommand = [\"no-such-translator\"]\n\
        [[translation.translators]]\nname = \"two\"\nurl = \"http://localhost:1\"\napi_key_env = \"NO_SUCH_KEY\"\n";
    workspace.write("pipeline.toml", text);
    let arguments: [&[&str]; 4] = [
        &["run", "-o", "out.jsonl", "gone.jsonl"],
        &["config", "check"],
        &["explain", "Dobar dan svima"],
        &["policy", "test", "--config", "pipeline.toml", "-"],
    ];
    for arguments in arguments {
        let ran = workspace.run(arguments, comments(3).as_bytes()).expect_code(2);
        for expected in
            ["`one`: there is no program `no-such-translator`", "NO_SUCH_KEY holds no key", "hint: install it"]
        {
            assert!(ran.stderr.contains(expected), "{arguments:?}: {}", ran.stderr);
        }
        assert_eq!(ran.stderr.contains("gone.jsonl"), arguments[0] == "run", "all at once: {}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
    assert!(!workspace.path("out.jsonl").exists());
}

#[test]
fn a_sound_configuration_is_told_and_shown() {
    let workspace = workspace("cat", "protocol = \"nul\"");
    let ran = workspace.run(["config", "check"], b"").expect_code(0);
    let told = String::from_utf8(ran.stdout).expect("UTF-8");
    assert!(told.contains("  translator test-engine: sr, hr, bs, hbs to en\n"), "{told}");
    let shown = workspace.run(["config", "show"], b"").expect_code(0).stdout;
    workspace.write("pipeline.toml", &shown);
    assert_eq!(workspace.run(["config", "show"], b"").expect_code(0).stdout, shown);
}

#[test]
fn nothing_is_started_for_nothing() {
    let workspace = workspace("touch started; cat", "");
    let all = comments(9);
    let english: Vec<&str> = all.lines().filter(|line| line.contains("number")).collect();
    for input in [String::new(), english.join("\n")] {
        workspace.run(["run"], input.as_bytes()).expect_code(0);
        assert!(!workspace.path("started").exists(), "{input}");
    }
    workspace.run(["run"], comments(1).as_bytes()).expect_code(0);
    assert!(workspace.path("started").exists());
}

#[test]
fn a_translated_record_comes_while_the_input_stays_open() {
    let workspace = workspace(TRANSLATOR, "");
    let mut conversation = Conversation::begin(&workspace, &[]);
    for id in ["a", "b"] {
        conversation.say(&format!("{}\n", json!({ "id": id, "text": "Stari most je opet zatvoren zbog radova." })));
        let record = conversation.hear();
        assert_eq!((&record["id"], &record["translation"]["status"]), (&json!(id), &json!("machine")));
    }
    let (code, rest, stderr) = conversation.end();
    assert_eq!((code, rest.len()), (Some(0), 0), "{stderr}");
}

#[test]
fn a_reader_that_leaves_ends_the_run_also_where_the_translator_hangs() {
    let workspace = workspace("exec sleep 1000", "timeout_ms = 600000");
    workspace.write("comments.jsonl", comments(3_000));
    // These get through, and nobody takes them.
    workspace.write("first.jsonl", "{\"text\":\"The lamps are dark.\"}\n".repeat(3_000));
    let mut command = workspace.std_command();
    command.args(["run", "first.jsonl", "comments.jsonl"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn words_that_are_not_to_be_in_records_are_not_there_in_translation() {
    let workspace = workspace(TRANSLATOR, "[output]\ntext = false\n");
    let ran = workspace.run(["run"], thread().as_bytes()).expect_code(0);
    let records = ran.records();
    assert_eq!(string(by_id(&records, "b"), "/translation/engine"), "test-engine");
    assert!(by_id(&records, "b")["translation"].get("text").is_none());
    assert!(!String::from_utf8_lossy(&ran.stdout).contains("repair"));
}

#[test]
fn records_fit_their_schema() {
    let workspace = workspace(TRANSLATOR, "");
    let schema: Value = serde_json::from_slice(&workspace.run(["schema"], b"").expect_code(0).stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let translated = workspace.run(["run"], thread().as_bytes()).expect_code(0).records();
    workspace.write("pipeline.toml", config("exit", ""));
    let failed = workspace.run(["run"], thread().as_bytes()).expect_code(0).records();
    for record in translated.iter().chain(&failed) {
        assert!(validator.is_valid(record), "{record}");
    }
}

#[test]
fn explain_takes_the_translation_apart() {
    let workspace = workspace(TRANSLATOR, "");
    let text = "Ti si obična budala i ništa ne znaš o tome.";
    let ran = workspace.run(["explain", "--color", "never", text], b"").expect_code(0);
    let told = String::from_utf8(ran.stdout).expect("UTF-8");
    assert!(told.starts_with("tone: hostile, of the translation by test-engine\n"), "{told}");
    assert!(told.contains("idiot"), "{told}");
    let ran = workspace.run(["explain", "--json", "-"], thread().as_bytes()).expect_code(0);
    let lines = ran.records();
    let of_c = by_id(&lines, "c");
    assert_eq!(string(of_c, "/translation/engine"), "test-engine");
    let first = |end| number(of_c, &format!("/tone/labels/0/words/0/{end}"));
    let word = part(string(of_c, "/translation/text"), first("begin"), first("end"));
    assert_eq!(string(of_c, "/tone/labels/0/words/0/text"), word);
    assert!(by_id(&lines, "a").get("translation").is_none());

    workspace.write("pipeline.toml", config("exit", ""));
    let ran = workspace.run(["explain", text], b"").expect_code(0);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("its translator gave nothing (failed)"));
    let line = &workspace.run(["explain", "--json", text], b"").expect_code(0).records()[0];
    assert_eq!(
        (&line["translation"]["failure"], &line["tone"]["absent"]),
        (&json!("failed"), &json!("language_unsupported"))
    );
}

#[test]
fn rules_can_ask_for_machine_translations() {
    let workspace = workspace(TRANSLATOR, "");
    let rule = "[[policy.rules]]\nid = \"by-machine\"\nwhen = { translation = \"machine\" }\naction = \"review\"\n";
    workspace.write("new.toml", format!("{}{rule}", config(TRANSLATOR, "")));
    let ran = workspace.run(["run", "--config", "new.toml"], thread().as_bytes()).expect_code(0);
    let records = ran.records();
    assert_eq!(rules(by_id(&records, "b")), ["by-machine"]);
    assert_eq!(string(by_id(&records, "b"), "/decision/reasons/0/label"), "translation:machine");
    // Scored once, and scored twice where the translators differ.
    workspace.write("thread.jsonl", thread());
    workspace.write("other.toml", format!("{}{rule}", config("exit", "")));
    for (config, moved) in [("new.toml", "b"), ("other.toml", "c")] {
        let arguments = ["policy", "test", "--config", config, "--moved", "moved.jsonl", "thread.jsonl"];
        let ran = workspace.run(arguments, b"").expect_code(0);
        let ids: Vec<Value> = workspace.lines("moved.jsonl").iter().map(|line| line["id"].clone()).collect();
        assert!(ids.contains(&json!(moved)), "{config}: {ids:?}\n{}", ran.stderr);
    }
}

#[test]
fn a_server_on_this_machine_translates() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let mut body = vec![0; length.unwrap_or_default()];
            let _ = stream.read_exact(&mut body);
            let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
            assert_eq!((&asked["source"], &asked["target"]), (&json!("sr"), &json!("en")));
            let answer = json!({ "translatedText": "You are a stupid idiot." }).to_string();
            let length = answer.len();
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}");
        }
    });
    let workspace = Workspace::new();
    let text = format!(
        "[[translation.translators]]\nname = \"libre\"\nurl = \"http://127.0.0.1:{port}\"\nparallel = 2\n\
         codes = {{ hbs = \"sr\", hr = \"sr\", bs = \"sr\", de = \"sr\" }}\n"
    );
    workspace.write("pipeline.toml", text);
    let records = workspace.run(["run"], thread().as_bytes()).expect_code(0).records();
    for id in ["b", "c", "d", "f"] {
        assert_eq!(string(by_id(&records, id), "/translation/engine"), "libre", "{id}");
        assert_eq!(string(by_id(&records, id), "/tone/label"), "hostile", "{id}");
    }
}

/// With the real thing, where it is installed: Debian's `apertium` and `apertium-hbs-eng`.
#[test]
fn apertium_translates_serbian() {
    const MODE: &str = "/usr/share/apertium/modes/hbs-eng.mode";
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_installed = std::env::split_paths(&path).any(|folder| folder.join("apertium-wblank-mode").is_file());
    if !is_installed || !Path::new(MODE).is_file() {
        let mut stderr = std::io::stderr().lock();
        let _ = writeln!(stderr, "skipped: there is no `apertium-wblank-mode` in PATH, or no {MODE}");
        return;
    }
    let script = format!("eval \"$(apertium-wblank-mode -z {MODE})\"");
    let workspace = Workspace::new();
    let text = config(&script, "protocol = \"apertium\"\nscript = \"latin\"\n").replace(
        &format!("\"{}\"]", script.replace('"', "\\\"")),
        &format!("\"{}\", \"apertium\", \"-n\"]", script.replace('"', "\\\"")),
    );
    workspace.write("pipeline.toml", text);
    let mut input = String::new();
    for (id, text) in [
        ("latin", "Učesnik nije došao jer država nema novca.\n\nSvi znaju da je ovo [laž] i *knjiga*!"),
        ("cyrillic", "Учесник није дошао јер држава нема новца, а сви знају да је ово лаж."),
        ("markup", "Ovo je dobra knjiga o državi {x} ^y$ \\ @z <b>i</b> / 50% 😀 ~"),
        ("english", "Nobody knows what this is about."),
    ] {
        let _ = writeln!(input, "{}", json!({ "id": id, "text": text }));
    }
    let ran = workspace.run(["run"], input.as_bytes()).expect_code(0);
    let records = ran.records();
    for (id, expected) in [
        ("latin", &["articipant", "tate", "\n\n", "[lie]", "*book*"][..]),
        ("cyrillic", &["articipant", "tate", "lie"]),
        ("markup", &["good book", "{x} ^y$ \\ @z <b>", "</b> / 50% 😀"]),
    ] {
        let record = by_id(&records, id);
        assert_eq!(string(record, "/translation/status"), "machine", "{record}");
        let text = string(record, "/translation/text");
        for expected in expected {
            assert!(text.contains(expected), "{id}: `{expected}` is not in `{text}`");
        }
        assert!(record["tone"].get("absent").is_none(), "{record}");
    }
    assert_eq!(string(by_id(&records, "english"), "/translation/status"), "not_needed");
}
