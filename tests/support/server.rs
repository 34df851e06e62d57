//! A server of the program on a free port of this machine, which ends with the test.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::Workspace;

/// Far more than any answer takes; only a server that never answers runs into it.
const GUARD: Duration = Duration::from_secs(60);
/// What stands before the address that the server says on stderr.
const ANNOUNCEMENT: &str = "listening on ";

/// A server that runs in a folder.
pub struct Server {
    child: Child,
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub address: String,
    /// What it says on stderr, line by line, from its address on.
    stderr: Mutex<Receiver<String>>,
}

#[allow(dead_code, reason = "a starter for all that is asked of servers")]
impl Server {
    /// Starts a server with what the folder's `pipeline.toml` says, if there is one.
    pub fn start(workspace: &Workspace) -> Self {
        Self::start_with(workspace, &[], &[])
    }

    /// Starts a server with a configuration.
    pub fn configured(workspace: &Workspace, toml: &str) -> Self {
        workspace.write("pipeline.toml", toml);
        Self::start(workspace)
    }

    /// Starts a server with more arguments, and variables of the environment.
    pub fn start_with(workspace: &Workspace, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = workspace.std_command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments).envs(environment.iter().copied());
        Self::start_command(command)
    }

    /// Starts a server by a command that was made for it: one with limits of the system's, for example.
    pub fn start_command(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stderr.take().expect("a pipe"));
        // The pipe is read to its end, so that the server never waits for somebody to listen.
        let (sender, stderr) = sync_channel(10_000);
        std::thread::spawn(move || {
            for line in lines.split(b'\n').map_while(Result::ok) {
                let _ = sender.try_send(String::from_utf8_lossy(&line).into_owned());
            }
        });
        let mut server = Self { child, address: String::new(), stderr: Mutex::new(stderr) };
        let mut said = Vec::new();
        while server.address.is_empty() {
            let Ok(line) = server.next_line() else {
                panic!("the server did not begin: {said:?}; {:?}", server.child.try_wait());
            };
            match line.find(ANNOUNCEMENT).and_then(|at| line.get(at + ANNOUNCEMENT.len()..)) {
                Some(address) => address.trim().clone_into(&mut server.address),
                None => said.push(line),
            }
        }
        server
    }

    /// The address of a path, such as `/healthz`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Host and port without the scheme, for a socket.
    pub fn authority(&self) -> &str {
        self.address.split_once("://").map_or(self.address.as_str(), |(_, authority)| authority)
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal: `HUP`, `TERM`, `KILL`.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status().expect("a signal");
        assert!(sent.success(), "{name}");
    }

    /// The next line that it says on stderr; fails where there is none for long.
    #[track_caller]
    pub fn hear(&self) -> String {
        self.next_line().expect("a line on stderr")
    }

    fn next_line(&self) -> Result<String, RecvTimeoutError> {
        self.stderr.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(GUARD)
    }

    /// Waits for its end: how it ended, and what it said that was not heard yet.
    pub fn wait(mut self) -> (ExitStatus, Vec<String>) {
        let status = self.child.wait().expect("the server ends");
        let said = self.stderr.lock().unwrap_or_else(PoisonError::into_inner).iter().collect();
        (status, said)
    }

    /// Asks for a path.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        Reply::of(agent().get(self.url(path)).call().unwrap_or_else(|error| panic!("GET {path}: {error}")))
    }

    /// Sends any request.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.as_ref()).expect("a request");
        // Whether a method takes a body is for the server to say.
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build().into();
        Reply::of(agent.run(request).unwrap_or_else(|error| panic!("{method} {path}: {error}")))
    }

    /// Sends a body to a path.
    #[track_caller]
    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Reply {
        self.post_with(path, &[], body)
    }

    /// Sends a body with headers to a path.
    #[track_caller]
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
        self.send("POST", path, headers, body)
    }

    /// Sends a file to a path.
    #[track_caller]
    pub fn post_file(&self, path: &str, file: &Path) -> Reply {
        self.post(path, std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that takes any status for an answer, and waits as long as a test may.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(GUARD)).build().into()
}

/// What a server answered.
pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let mut body = Vec::new();
        response.body_mut().as_reader().read_to_end(&mut body).expect("a whole answer");
        Self { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }

    /// Fails unless the answer has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "the answer was: {}", String::from_utf8_lossy(&self.body));
        self
    }

    /// The value of a header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as JSON lines.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        super::parse_lines(&self.body)
    }
}
