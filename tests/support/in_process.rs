//! The server in the test's own process: each request takes no longer than its answer.

use std::sync::LazyLock;

use serde_json::Value;
use threadsieve::config::parse;
use threadsieve::pipeline::{Authors, Live, Models};
use threadsieve::serve::{Answered, Clock, InProcess};
use threadsieve::translate::Translators;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static BUILT_IN_SERVER: LazyLock<InProcess> = LazyLock::new(|| server(""));

/// A server with this configuration.
#[allow(clippy::disallowed_methods, reason = "a server is told the time by whoever starts it")]
pub fn server(config: &str) -> InProcess {
    let plan = parse("test", config).expect("a sound configuration");
    let models = Models::load(&plan).expect("models");
    let serve = plan.serve.clone();
    let clock = Clock { monotonic: std::time::Instant::now, wall: std::time::SystemTime::now };
    InProcess::new(serve, Live::new(plan, models, Translators::default(), Authors::Keep, 2), clock)
}

/// Asks a server.
pub fn ask_at(
    server: &InProcess,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Answered {
    RUNTIME.block_on(server.answer(method, path, headers, body.as_ref()))
}

/// Asks a server with the built-in configuration, which all tests share.
pub fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answered {
    ask_at(&BUILT_IN_SERVER, method, path, headers, body)
}

/// The JSON of an answer, which has to say that it is JSON.
#[track_caller]
pub fn json_of(answer: &Answered) -> Value {
    assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"));
    let text = String::from_utf8_lossy(&answer.body);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
