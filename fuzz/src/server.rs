//! What the target `serve_analyze` does: it asks a server.

use std::sync::LazyLock;

use serde_json::Value;
use threadsieve::config::parse;
use threadsieve::pipeline::{Authors, Live, Models};
use threadsieve::serve::{Answered, Clock, InProcess};
use threadsieve::translate::Translators;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime"));
static SERVER: LazyLock<InProcess> = LazyLock::new(server);

#[allow(clippy::disallowed_methods, reason = "a server is told the time by whoever starts it")]
fn server() -> InProcess {
    let plan = parse("built-in", "").expect("a sound configuration");
    let models = Models::load(&plan).expect("models");
    let serve = plan.serve.clone();
    let clock = Clock { monotonic: std::time::Instant::now, wall: std::time::SystemTime::now };
    InProcess::new(serve, Live::new(plan, models, Translators::default(), Authors::Keep, 1), clock)
}

fn ask(path: &str, content_type: &str, body: &[u8]) -> Answered {
    RUNTIME.block_on(SERVER.answer("POST", path, &[("content-type", content_type)], body))
}

/// Sends bytes as a request for scores, and as a batch whose boundary is `b`. How many of the two were taken.
pub(crate) fn ask_perspective(bytes: &[u8]) -> usize {
    let single = ask("/v1alpha1/comments:analyze?prettyPrint=false", "application/json", bytes);
    let is_scored = is_taken(&single, "attributeScores");
    let batch = ask("/batch", "multipart/mixed; boundary=b", bytes);
    let is_batch = batch.header("content-type").is_some_and(|kind| kind.starts_with("multipart/mixed"));
    if is_batch {
        let end = batch.body.windows(3).rposition(|three| three == b"--\r").map(|at| at + 4);
        assert_eq!((batch.status, end), (200, Some(batch.body.len())), "a batch of answers is whole");
    } else {
        is_taken(&batch, "none");
    }
    usize::from(is_scored) + usize::from(is_batch)
}

/// Whether an answer is a good one; else it is Google's error for a bad request.
fn is_taken(answer: &Answered, field: &str) -> bool {
    let text = String::from_utf8_lossy(&answer.body);
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    if answer.status == 200 {
        assert!(body[field].is_object(), "{text}");
        return true;
    }
    let error = &body["error"];
    assert!(answer.status == 400 && error["code"] == 400 && error["status"] == "INVALID_ARGUMENT", "{text}");
    assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{text}");
    false
}
