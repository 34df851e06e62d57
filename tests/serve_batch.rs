//! Batches: each part answered as if it had come by itself, and none that hurts.

use serde_json::{Value, json};
use threadsieve::serve::Answered;

use crate::support::in_process::{ask, json_of};

const TEXT: &str = "Thank you for the answer, it helped me a lot.";

fn analyze(text: &str) -> String {
    json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, "languages": ["en"]}).to_string()
}

/// A part as Google's client for Python writes it.
fn part(id: &str, head: &str, body: &str) -> String {
    format!(
        "Content-Type: application/http\nMIME-Version: 1.0\nContent-Transfer-Encoding: binary\nContent-ID: <x + {id}>\n\n{head}\n\
         Content-Type: application/json\nMIME-Version: 1.0\naccept: application/json\n\n{body}\n"
    )
}

fn whole(parts: &[String]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
    format!("{}--b--\n", parts.concat())
}

fn send(path: &str, body: impl AsRef<[u8]>) -> Answered {
    ask("POST", path, &[("content-type", "multipart/mixed; boundary=\"b\"")], body)
}

/// The ids, statuses and bodies of the answers in an answer.
fn answers(answer: &Answered) -> Vec<(String, u16, Value)> {
    let text = std::str::from_utf8(&answer.body).expect("UTF-8");
    assert_eq!(answer.status, 200, "{text}");
    let kind = answer.header("content-type").expect("a type");
    let boundary = kind.strip_prefix("multipart/mixed; boundary=").unwrap_or_else(|| panic!("{kind}"));
    let (parts, end) = text.split_once(&format!("--{boundary}--")).expect("an end");
    assert_eq!(end, "\r\n");
    let delimiter = format!("--{boundary}\r\n");
    parts
        .split(&delimiter)
        .skip(1)
        .map(|part| {
            let (head, rest) = part.split_once("\r\n\r\n").expect("headers of the part");
            assert!(head.contains("Content-Type: application/http"), "{head}");
            let id = head.split_once("Content-ID: ").map_or("", |(_, id)| id.lines().next().unwrap_or_default());
            let (inner, body) = rest.split_once("\r\n\r\n").expect("headers of the answer");
            let status = inner.strip_prefix("HTTP/1.1 ").and_then(|line| line.get(..3)).expect("a status");
            let body = body.strip_suffix("\r\n").expect("a line's end");
            let length = format!("Content-Length: {}", body.len());
            assert!(
                inner.contains(&length) && inner.contains("Content-Type: application/json; charset=UTF-8"),
                "{inner}"
            );
            (id.to_owned(), status.parse().expect("a number"), serde_json::from_str(body).expect("JSON"))
        })
        .collect()
}

/// Google's error for a body that is no batch.
#[track_caller]
fn check_refused(answer: &Answered, expected: &str) {
    let error = json_of(answer)["error"].clone();
    assert_eq!((answer.status, &error["status"]), (400, &json!("INVALID_ARGUMENT")));
    assert!(error["message"].as_str().is_some_and(|message| message.contains(expected)), "{expected}: {error}");
}

#[test]
fn parts_are_answered_as_requests_of_their_own_in_their_order() {
    let path = "POST /v1alpha1/comments:analyze?key=K&alt=json HTTP/1.1";
    let parts = [
        part("1", path, &analyze(TEXT)),
        part("2 a%20b", path, &analyze("")),
        part("3", "POST http://elsewhere.example/v1alpha1/comments:analyze?fields=languages HTTP/1.1", &analyze(TEXT)),
        part("4", "POST /v1alpha1/comments:analyze", &analyze(TEXT)),
        part("5", "GET /v1alpha1/comments:analyze HTTP/1.1", ""),
        part("6", "POST /nothing HTTP/1.1", ""),
        "Content-Type: application/http; charset=utf-8\n\nPOST /v1alpha1/comments:analyze HTTP/1.1".to_owned(),
    ];
    let single = json_of(&ask("POST", "/v1alpha1/comments:analyze", &[], analyze(TEXT)));
    for path in ["/batch", "/batch/commentanalyzer/v1alpha1", "/batch?key=K"] {
        for body in [whole(&parts), whole(&parts).replace('\n', "\r\n")] {
            let answers = answers(&send(path, body));
            let told: Vec<(&str, u16)> = answers.iter().map(|(id, status, _)| (id.as_str(), *status)).collect();
            let expected = [
                ("<response-x + 1>", 200),
                ("<response-x + 2 a%20b>", 400),
                ("<response-x + 3>", 200),
                ("<response-x + 4>", 200),
                ("<response-x + 5>", 405),
                ("<response-x + 6>", 404),
                ("", 400),
            ];
            assert_eq!(told, expected);
            assert_eq!((&answers[0].2, &answers[3].2), (&single, &single));
            assert_eq!(answers[1].2["error"]["message"], "Comment must be non-empty.");
            assert_eq!(answers[2].2, json!({"languages": ["en"]}));
        }
    }
}

#[test]
fn the_same_batch_has_the_same_answer() {
    let path = "POST /v1alpha1/comments:analyze HTTP/1.1";
    let parts: Vec<String> =
        (0..100).map(|id| part(&id.to_string(), path, &analyze(&format!("{TEXT} {id}")))).collect();
    let first = send("/batch", whole(&parts));
    let ids: Vec<String> = answers(&first).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, (0..100).map(|id| format!("<response-x + {id}>")).collect::<Vec<_>>());
    assert_eq!(send("/batch", whole(&parts)), first);
}

#[test]
fn what_is_no_batch_is_refused() {
    let one = whole(&[part("1", "POST /v1alpha1/comments:analyze HTTP/1.1", &analyze(TEXT))]);
    let kinds = [
        ("multipart/form-data; boundary=b", "not multipart/mixed"),
        ("application/json", "not multipart/mixed"),
        ("multipart/mixed", "states no boundary"),
        ("multipart/mixed; boundary=\"\"", "states no boundary"),
        ("multipart/mixed; boundary=\"a\u{7f}\"", "not multipart/mixed"),
        ("multipart/mixed; boundary=other", "no part of it begins"),
    ];
    for (kind, expected) in kinds {
        if kind.contains('\u{7f}') {
            continue;
        }
        check_refused(&ask("POST", "/batch", &[("content-type", kind)], &one), expected);
    }
    check_refused(&ask("POST", "/batch", &[], &one), "not multipart/mixed");
    check_refused(&send("/batch", ""), "no part of it begins");
    check_refused(&send("/batch", "--b--"), "no parts");
    check_refused(&send("/batch", one.replace("--b--", "")), "breaks off in part 1");
    check_refused(&send("/batch", "x".repeat(1 << 20)), "no part begins within");
    check_refused(&send("/batch", format!("{}{one}", "preamble\n".repeat(100_000))), "no part begins within");
}

#[test]
fn bombs_are_refused() {
    let path = "POST /v1alpha1/comments:analyze HTTP/1.1";
    let many: Vec<String> = (0..101).map(|id| part(&id.to_string(), path, &analyze(TEXT))).collect();
    check_refused(&send("/batch", whole(&many)), "more than 100 parts");
    check_refused(&send("/batch", "--b\n\n\n".repeat(200_000)), "more than 100 parts");
    check_refused(&send("/batch", vec![b'x'; (16 << 20) + 1]), "Request payload size exceeds the limit");
    // A batch within a batch, under any of its names.
    for head in
        ["POST /batch HTTP/1.1", "POST /batch/commentanalyzer/v1alpha1?x HTTP/1.1", "POST http://h//batch HTTP/1.1"]
    {
        let inner = whole(&[part("1", path, &analyze(TEXT))]).replace("--b", "--c");
        let nested = format!(
            "--b\nContent-Type: application/http\n\n{head}\nContent-Type: multipart/mixed; boundary=c\n\n{inner}\n--b--"
        );
        let answers = answers(&send("/batch", nested));
        assert_eq!((answers.len(), answers[0].1), (1, 400), "{head}");
        assert!(answers[0].2.to_string().contains("a part is a batch itself"), "{head}: {}", answers[0].2);
    }
    // A text with as many attributes and sentences as can be, a hundred times: no answer grows without bounds.
    let attributes: Value = (0..32).map(|version| (format!("TOXICITY@{version}"), json!({}))).collect();
    let long = json!({"comment": {"text": "Go on. ".repeat(500)}, "requestedAttributes": attributes, "languages": ["en"],
        "spanAnnotations": true});
    let parts: Vec<String> = (0..100).map(|id| part(&id.to_string(), path, &long.to_string())).collect();
    let answer = send("/batch", whole(&parts));
    assert!(answer.body.len() < 40 << 20, "{} bytes", answer.body.len());
    let text = String::from_utf8(answer.body).expect("UTF-8");
    let last = text.rsplit("HTTP/1.1 ").next().expect("an answer");
    assert!(last.starts_with("400 ") && last.contains("send fewer parts"), "{last}");
}

#[test]
fn a_part_that_is_broken_fails_alone() {
    let sound = part("1", "POST /v1alpha1/comments:analyze HTTP/1.1", &analyze(TEXT));
    let check = |broken: &str, expected: &str| {
        let answers = answers(&send("/batch", whole(&[sound.clone(), broken.to_owned(), sound.clone()])));
        let statuses: Vec<u16> = answers.iter().map(|(_, status, _)| *status).collect();
        assert_eq!(statuses, [200, 400, 200], "{broken}");
        assert!(answers[1].2.to_string().contains(expected), "{broken}: {}", answers[1].2);
    };
    check("Content-Type: application/json\n\n{}", "not application/http");
    check("Content-Type: application/http\nContent-Transfer-Encoding: base64\n\nUE9TVA==", "Content-Transfer-Encoding");
    check("Content-Type: application/http\n\n", "no request of HTTP");
    check("Content-Type: application/http\n\nnonsense", "no request of HTTP");
    check("Content-Type: application/http\n\nPOST nowhere HTTP/1.1\n\n", "asks for no path");
    check("Content-Type: application/http\n\nPOST /\u{7f} HTTP/1.1\n\n", "no request of HTTP");
    check(
        &format!(
            "Content-Type: application/http\n\nPOST /v1alpha1/comments:analyze?{} HTTP/1.1\n\n{{}}",
            "x".repeat(40_000)
        ),
        "too long",
    );
    check(
        &format!("Content-Type: application/http\n\nPOST /a HTTP/1.1\n{}\n\n", "a: b\n".repeat(65)),
        "no request of HTTP",
    );
    check(&part("2", "POST /v1alpha1/comments:analyze HTTP/1.1", "{"), "Invalid JSON payload");
}

#[test]
fn a_batch_that_is_cut_or_changed_anywhere_is_answered() {
    let body = whole(&[
        part("1", "POST /v1alpha1/comments:analyze?key=K HTTP/1.1", "{}"),
        "Content-Type: application/http\n\nPOST /v1alpha1/comments:analyze".to_owned(),
    ]);
    let check = |body: &[u8]| {
        let answer = send("/batch", body);
        match answer.status {
            200 => assert!(!answers(&answer).is_empty()),
            _ => check_refused(&answer, "Failed to parse batch request"),
        }
    };
    for at in 0..body.len() {
        check(&body.as_bytes()[..at]);
        check(&body.as_bytes()[at..]);
        for byte in [b'\n', b'\r', b'-', b' ', b':', b'<', 0, 0xff] {
            let mut changed = body.as_bytes().to_vec();
            changed[at] = byte;
            check(&changed);
        }
    }
}
