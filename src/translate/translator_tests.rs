//! Translators that answer, die, hang and talk nonsense: programs of a few words, and a server on the loopback.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use super::*;
use crate::config::Protocol;

const FAST: Duration = Duration::from_secs(60);
const SLOW: Duration = Duration::from_millis(200);

fn plan(engine: EnginePlan, timeout: Duration) -> TranslatorPlan {
    let (name, from, to) = (Arc::from("test"), Vec::new(), LanguageCode::EN);
    TranslatorPlan { name, from, to, engine, timeout, parallel: 1, wants_latin: false }
}

fn shell(script: &str, protocol: Protocol) -> EnginePlan {
    let words = ["sh", "-c", script].map(str::to_owned).to_vec();
    EnginePlan::Command { words, protocol }
}

fn open(engine: EnginePlan, timeout: Duration) -> Translator {
    Translator::open(&plan(engine, timeout)).expect("a translator")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

type Answers = Vec<Result<String, TranslationFailure>>;

/// The answers to some texts, one after the other.
fn ask(translator: &Translator, texts: &[&str]) -> Answers {
    runtime().block_on(async {
        let mut answers = Vec::new();
        for text in texts {
            answers.push(translator.translate(LanguageCode::SR, text).await);
        }
        answers
    })
}

fn check(script: &str, timeout: Duration, texts: &[&str], expected: &[Result<&str, TranslationFailure>]) {
    let found = ask(&open(shell(script, Protocol::Lines), timeout), texts);
    let expected: Answers = expected.iter().map(|answer| answer.map(str::to_owned)).collect();
    assert_eq!(found, expected, "{script}");
}

/// Answers `t` and the line; what stands in `more` may come before.
fn reading(more: &str) -> String {
    format!("while read -r l; do {more} echo \"t $l\"; done")
}

use TranslationFailure::{Failed, InvalidAnswer, Timeout, Unavailable};

#[test]
fn lines_are_translated_one_by_one_and_stay_where_they_were() {
    let texts = ["Jedan.", "Jedan,\n\n 1999 \nDva \\ \"tri\"\n", "Tri"];
    let answers = [Ok("t Jedan."), Ok("t Jedan,\n\n1999\nt Dva \\ \"tri\"\n"), Ok("t Tri")];
    check(&reading(""), FAST, &texts, &answers);
    let echo = open(shell("cat", Protocol::Nul), FAST);
    assert_eq!(ask(&echo, &["a\nb", "č"]), [Ok("a\nb".to_owned()), Ok("č".to_owned())]);
}

#[test]
fn a_text_that_is_longer_than_any_pipe_comes_through() {
    let long = format!("{}\n{}", "reč ".repeat(100_000), "riječ\n".repeat(5_000));
    let answers = ask(&open(shell("cat", Protocol::Lines), FAST), &[&long]);
    let trimmed: Vec<&str> = long.split('\n').map(str::trim).collect();
    assert_eq!(answers, [Ok(trimmed.join("\n"))]);
}

#[test]
fn a_program_that_dies_is_started_again() {
    let texts: Vec<String> = (0..10).map(|number| format!("broj {number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let answers: Vec<String> = texts.iter().map(|text| format!("t {text}")).collect();
    let answers: Vec<_> = answers.iter().map(|answer| Ok(answer.as_str())).collect();
    check(&reading("n=$((n + 1)); [ $n -eq 3 ] && exit;"), FAST, &texts, &answers);
    check("read -r l; echo \"t $l\"", FAST, &texts, &answers);
}

#[test]
fn a_text_that_kills_fails_alone() {
    let mut texts = vec!["prvi"];
    texts.extend(["otrov"; 12]);
    texts.push("drugi");
    let mut answers = vec![Ok("t prvi")];
    answers.extend([Err(Failed); 12]);
    answers.push(Ok("t drugi"));
    check(&reading("case $l in otrov) exit;; esac;"), FAST, &texts, &answers);
}

fn starts(file: &Path) -> usize {
    std::fs::read(file).unwrap_or_default().len()
}

#[test]
fn a_program_that_always_dies_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("starts");
    for end in ["exit 0", "exec sleep 1000", "while read -r l; do printf 'a\\nb\\n'; done"] {
        let _ = std::fs::remove_file(&file);
        let script = format!("printf x >> '{}'; {end}", file.display());
        let translator = open(shell(&script, Protocol::Lines), if end.contains("sleep") { SLOW } else { FAST });
        let answers = ask(&translator, &["tekst"; 50]);
        assert!(answers[..2].iter().all(Result::is_err), "{end}: {answers:?}");
        assert!(answers[6..].iter().all(|answer| *answer == Err(Unavailable)), "{end}: {answers:?}");
        // So many failures, and the question whether it is there at all.
        assert_eq!(starts(&file), MAX_FAILURES_IN_A_ROW as usize + 1, "{end}");
    }
}

#[test]
fn a_program_that_hangs_over_a_text_is_ended() {
    let texts = ["prvi", "čekaj", "drugi", "čekaj", "treći"];
    let answers = [Ok("t prvi"), Err(Timeout), Ok("t drugi"), Err(Timeout), Ok("t treći")];
    check(&reading("case $l in čekaj) sleep 1000;; esac;"), SLOW, &texts, &answers);
}

#[test]
fn nonsense_is_no_translation() {
    for script in [
        "while read -r l; do echo; done",
        "while read -r l; do echo '... 17'; done",
        "while read -r l; do printf 'a\\377\\n'; done",
        "while read -r l; do printf '%s\\nmore\\n' \"$l\"; done",
        "while read -r l; do yes | tr -d '\\n'; done",
    ] {
        check(script, FAST, &["tekst"], &[Err(InvalidAnswer)]);
    }
    // What came too late for its text, or before it, is not taken for the answer to the next.
    check("echo early; while read -r l; do echo \"t $l\"; done", FAST, &["prvi"], &[Err(InvalidAnswer)]);
}

#[test]
fn half_an_answer_of_apertium_is_none() {
    for (script, expected) in [
        ("IFS= read -r l; printf 'whole\\n\\0'; exec sleep 1000", Ok("whole".to_owned())),
        ("IFS= read -r l; printf 'half\\0\\0'; exec sleep 1000", Err(Failed)),
        ("IFS= read -r l; printf 'half'", Err(Failed)),
    ] {
        assert_eq!(ask(&open(shell(script, Protocol::Apertium), FAST), &["tekst"]), [expected], "{script}");
    }
}

#[test]
fn no_more_work_at_a_time_than_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("starts");
    let script = format!("printf x >> '{}'; cat", file.display());
    let translator = Translator::open(&TranslatorPlan { parallel: 2, ..plan(shell(&script, Protocol::Lines), FAST) });
    let translator = Arc::new(translator.unwrap());
    runtime().block_on(async {
        let tasks: Vec<_> = (0..40)
            .map(|number| {
                let translator = Arc::clone(&translator);
                tokio::spawn(async move {
                    let text = format!("broj {number}");
                    assert_eq!(translator.translate(LanguageCode::SR, &text).await, Ok(text));
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert!((1..=2).contains(&starts(&file)), "{}", starts(&file));
}

#[test]
fn what_is_not_there_is_found_before_the_first_text() {
    let words = vec!["no-such-program-4711".to_owned()];
    let problem = Translator::open(&plan(EnginePlan::Command { words, protocol: Protocol::Lines }, FAST)).unwrap_err();
    assert!(problem.to_string().contains("`no-such-program-4711`\n  hint: "), "{problem}");
    let url = "http://localhost:5000".to_owned();
    let api_key_env = Some("THREADSIEVE_NO_SUCH_VARIABLE".to_owned());
    let problem = Translator::open(&plan(EnginePlan::Url { url, api_key_env, codes: BTreeMap::new() }, FAST));
    assert!(problem.unwrap_err().to_string().contains("THREADSIEVE_NO_SUCH_VARIABLE"));
}

/// A request as it came: its first line and its body.
type Heard = (String, serde_json::Value);

/// What a server does with a request.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Says(String),
    SaysNothing,
}

/// A server that gives these answers, one a connection, and then no more.
fn serve(answers: Vec<Answer>) -> (String, Receiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (send, heard) = sync_channel(100);
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let _ = send.send(request(&mut stream));
            match answer {
                Answer::Says(answer) => {
                    let _ = stream.write_all(answer.as_bytes());
                }
                Answer::SaysNothing => silent.push(stream),
            }
        }
        // Those that wait go on waiting until the test ends.
        std::mem::forget(silent);
    });
    (address, heard)
}

fn request(stream: &mut TcpStream) -> Heard {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    stream.read_exact(&mut body).expect("the whole request");
    (head.lines().next().unwrap_or_default().to_owned(), serde_json::from_slice(&body).unwrap_or_default())
}

fn http(status: &str, body: &str) -> Answer {
    Answer::Says(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()))
}

fn ok(body: &str) -> Answer {
    http("200 OK", body)
}

fn server(url: String, timeout: Duration) -> Translator {
    let codes = BTreeMap::from([(LanguageCode::SR, "sr-Latn".to_owned())]);
    open(EnginePlan::Url { url, api_key_env: None, codes }, timeout)
}

#[test]
fn a_server_is_asked_for_whole_texts() {
    let (url, heard) = serve(vec![ok("{\"translatedText\":\"One\\n\\nčetiri\",\"detected\":1}"); 2]);
    for url in [url.clone(), format!("{url}/translate/")] {
        assert_eq!(ask(&server(url, FAST), &["Jedan\n\n\"četiri\""]), [Ok("One\n\nčetiri".to_owned())]);
        let (line, body) = heard.recv().unwrap();
        assert_eq!(line, "post /translate http/1.1");
        let expected =
            serde_json::json!({ "q": "Jedan\n\n\"četiri\"", "source": "sr-Latn", "target": "en", "format": "text" });
        assert_eq!(body, expected);
    }
}

#[test]
fn a_server_that_does_not_translate_says_why() {
    let endless = format!("{{\"translatedText\":\"{}\"}}", "a".repeat(1 << 20));
    for (answer, expected) in [
        (http("400 Bad Request", "{\"error\":\"sr is not supported\"}"), Failed),
        (http("403 Forbidden", "{}"), Failed),
        (http("500 Internal Server Error", ""), Failed),
        (http("429 Too Many Requests", "{}"), Unavailable),
        (http("503 Service Unavailable", ""), Unavailable),
        (ok("{\"translatedText\":\"\"}"), InvalidAnswer),
        (ok("{\"translatedText\":[\"a\"]}"), InvalidAnswer),
        (ok("{\"text\":\"a\"}"), InvalidAnswer),
        (ok("<html>"), InvalidAnswer),
        (ok(&endless), InvalidAnswer),
        (Answer::Says("nonsense\r\n\r\n".to_owned()), InvalidAnswer),
        (Answer::Says(String::new()), Unavailable),
        (Answer::SaysNothing, Timeout),
    ] {
        let told: String = format!("{answer:?}").chars().take(80).collect();
        let timeout = if answer == Answer::SaysNothing { SLOW } else { FAST };
        let (url, _heard) = serve(vec![answer]);
        assert_eq!(ask(&server(url, timeout), &["tekst"]), [Err(expected)], "{told}");
    }
}

#[test]
fn texts_are_not_sent_on_to_another_address() {
    let (elsewhere, heard) = serve(vec![ok("{\"translatedText\":\"a\"}")]);
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let redirect = format!("HTTP/1.1 {status}\r\nlocation: {elsewhere}/translate\r\ncontent-length: 0\r\n\r\n");
        let (url, _) = serve(vec![Answer::Says(redirect)]);
        assert_eq!(ask(&server(url, FAST), &["tekst"]), [Err(Failed)], "{status}");
    }
    assert!(heard.try_recv().is_err(), "somebody was sent there");
}

#[test]
fn a_server_that_is_not_there_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let translator = server(url, FAST);
    assert_eq!(ask(&translator, &["tekst"; 9]), vec![Err(Unavailable); 9]);
    assert!(translator.give_up.is_given_up());
}

#[test]
fn a_server_is_not_given_up_for_the_texts_that_it_does_not_take() {
    let mut answers = vec![http("503 Service Unavailable", ""); MAX_FAILURES_IN_A_ROW as usize];
    // The question whether it is there.
    answers.push(ok("{\"translatedText\":\"1\"}"));
    answers.push(ok("{\"translatedText\":\"text\"}"));
    let (url, heard) = serve(answers);
    let found = ask(&server(url, FAST), &["tekst"; 6]);
    assert_eq!(found.last(), Some(&Ok("text".to_owned())), "{found:?}");
    let sent: Vec<String> = heard.iter().map(|(_, body)| body["q"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(sent[MAX_FAILURES_IN_A_ROW as usize], PROBE);
}

#[test]
fn a_key_goes_to_the_server_and_into_no_log() {
    let (url, heard) = serve(vec![ok("{\"translatedText\":\"text\"}")]);
    let server = LibreTranslate::new(&url, Some("quagga".to_owned()), BTreeMap::new(), FAST).unwrap();
    assert!(!format!("{server:?}").contains("quagga"));
    assert_eq!(server.translate("tekst", LanguageCode::HBS, LanguageCode::EN), Ok("text".to_owned()));
    let (_, body) = heard.recv().unwrap();
    assert_eq!((&body["api_key"], &body["source"]), (&"quagga".into(), &"hbs".into()));
}

#[test]
fn https_can_be_spoken() {
    // No server to speak with: that it is set up, and fails as a server that is not there does.
    let translator = server("https://127.0.0.1:1".to_owned(), FAST);
    assert_eq!(ask(&translator, &["tekst"]), [Err(Unavailable)]);
}
