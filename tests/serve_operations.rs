//! A server over time: how it stops, takes new models, and goes on though nobody takes its log.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::serve_faults::{ANALYZE, head, metric, request, wait_for};
use crate::support::server::Server;
use crate::support::socket::Socket;
use crate::support::{SmallModel, Workspace};

const IN_FLIGHT: &str = "threadsieve_requests_in_flight";
const STOPPING: &str = "stopping";

#[test]
fn a_server_that_is_told_to_stop_finishes_what_it_took() {
    let server = Server::configured(&Workspace::new(), "[serve]\naccess_log = false\n[policy]\n");
    let body = request("Thank you.");
    let mut taken = Socket::open(&server);
    taken.say(head(body.len()) + &body[..5]);
    let mut asking = Socket::open(&server);
    asking.say("GET /readyz HTTP/1.1\r\nHost:");
    let mut idle = Socket::open(&server);
    idle.say("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(idle.hear().expect("an answer").status, 200);
    wait_for(&server, IN_FLIGHT, 2);
    server.get("/readyz").expect(200);
    server.signal("TERM");
    assert!(server.hear().contains(STOPPING));
    idle.hear_the_end();
    // Its listener is closed by now: nobody new is let in.
    assert!(TcpStream::connect(server.authority()).is_err());
    asking.say(" test\r\n\r\n");
    let heard = asking.hear().expect("an answer");
    assert_eq!((heard.status, heard.json()["reasons"][0].as_str()), (503, Some(STOPPING)));
    taken.say(&body[5..]);
    let heard = taken.hear().expect("an answer");
    assert_eq!(heard.status, 200);
    assert!(heard.head.contains("connection: close"), "{}", heard.head);
    let (status, said) = server.wait();
    assert_eq!((status.code(), said), (Some(0), vec![]));
}

#[test]
fn what_takes_too_long_to_finish_is_cut_off_and_told() {
    let text = "[serve]\naccess_log = false\nshutdown_timeout_ms = 300\n[policy]\n";
    let server = Server::configured(&Workspace::new(), text);
    let mut taken = Socket::open(&server);
    taken.say(head(100));
    wait_for(&server, IN_FLIGHT, 2);
    server.signal("INT");
    assert!(server.hear().contains(STOPPING));
    let (status, said) = server.wait();
    assert_eq!(status.code(), Some(1));
    assert!(said.len() == 1 && said[0].contains("1 requests took longer than `shutdown_timeout_ms`"), "{said:?}");
    taken.hear_the_end();
}

#[test]
fn half_a_head_is_nothing_that_was_taken() {
    let text = "[serve]\naccess_log = false\nshutdown_timeout_ms = 300\n[policy]\n";
    let server = Server::configured(&Workspace::new(), text);
    let mut slow = Socket::open(&server);
    slow.say("GET /hea");
    wait_for(&server, "threadsieve_connections", 2);
    server.signal("TERM");
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn the_second_signal_ends_the_server_at_once() {
    let server = Server::configured(&Workspace::new(), "[serve]\naccess_log = false\n[policy]\n");
    let mut taken = Socket::open(&server);
    taken.say(head(100));
    wait_for(&server, IN_FLIGHT, 2);
    server.signal("TERM");
    assert!(server.hear().contains(STOPPING));
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(130));
}

fn promote(workspace: &Workspace, model: &SmallModel<'_>) {
    let folder = workspace.path("trained");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("removed");
    }
    model.write(&folder);
    workspace.run(["models", "promote", "trained", "--force"], b"").expect_code(0);
}

/// Whether the model in force likes its word.
fn likes(reply: &Value) -> bool {
    reply["attributeScores"]["TOXICITY"]["summaryScore"]["value"].as_f64().expect("a score") > 0.7
}

/// Four clients ask without a pause, while `change` changes something; until all of them have heard what it makes of the
/// word. Every request is answered, and none goes back to what was before.
fn while_four_ask(server: &Server, likes_now: bool, change: impl FnOnce()) {
    let (is_done, authority) = (AtomicBool::new(false), server.authority());
    // All have an answer of before.
    let begun = Barrier::new(5);
    std::thread::scope(|scope| {
        let ask = || {
            let mut socket = Socket::to(authority);
            let body = request("What a rotten offer.");
            let (mut answers, mut changed) = (0, false);
            while !(changed && is_done.load(Ordering::Relaxed)) {
                socket.say(head(body.len()) + &body);
                let heard = socket.hear().expect("an answer");
                assert_eq!(heard.status, 200, "{}", heard.text());
                let is_new = likes(&heard.json()) == likes_now;
                assert!(is_new || !changed, "back to what was before");
                changed = is_new;
                answers += 1;
                if answers == 1 {
                    begun.wait();
                }
                assert!(answers < 1_000_000, "nothing changes");
            }
            answers
        };
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        begun.wait();
        change();
        is_done.store(true, Ordering::Relaxed);
        for asking in asking {
            assert!(asking.join().expect("all was answered") > 1);
        }
    });
}

#[test]
fn new_models_are_taken_while_four_clients_ask() {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", "[serve]\naccess_log = false\n[models]\nabuse = \"registry/abuse\"\n[policy]\n");
    let (first, second) = (SmallModel::abuse(), SmallModel { weight: 0.5, ..SmallModel::abuse() });
    promote(&workspace, &first);
    let server = Server::start(&workspace);
    let model = |server: &Server| {
        let metrics = server.get("/metrics").expect(200).text().to_owned();
        metrics.lines().find(|line| line.contains("stage=\"tone\"")).expect("a model").to_owned()
    };
    assert!(model(&server).contains(&first.citation()), "{}", model(&server));
    while_four_ask(&server, false, || promote(&workspace, &second));
    assert!(model(&server).contains(&second.citation()), "{}", model(&server));
    let rollback = || drop(workspace.run(["models", "rollback", "abuse"], b"").expect_code(0));
    while_four_ask(&server, true, rollback);
    assert_eq!(metric(&server, "threadsieve_reloads_total{what=\"version\",outcome=\"ok\"}"), 2);
}

#[test]
fn models_are_loaded_again_at_a_signal_and_bad_ones_are_not() {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", "[serve]\naccess_log = false\n[models]\nabuse = \"abuse\"\n[policy]\n");
    let folder = workspace.path("abuse");
    SmallModel::abuse().write(&folder);
    let server = Server::start_with(&workspace, &["-v"], &[]);
    let reloaded = |outcome: &str| metric(&server, &format!("threadsieve_reloads_total{{what=\"models\",{outcome}}}"));
    while_four_ask(&server, false, || {
        SmallModel { weight: 0.5, ..SmallModel::abuse() }.write(&folder);
        server.signal("HUP");
    });
    assert_eq!(reloaded("outcome=\"ok\""), 1);
    std::fs::write(folder.join("weights.bin"), b"no model").expect("written");
    server.signal("HUP");
    while !server.hear().contains("models: not loaded again, those before stay in force: ") {}
    assert_eq!(reloaded("outcome=\"failed\""), 1);
    let reply = server.post(ANALYZE, request("What a rotten offer.")).expect(200);
    assert!(!likes(&reply.json()), "the model before stays");
}

/// A server whose stderr the test holds.
fn start(workspace: &Workspace) -> (Child, BufReader<std::process::ChildStderr>, String) {
    let mut command = workspace.std_command();
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    stderr.read_line(&mut line).expect("a line");
    let address = line.trim().strip_prefix("listening on http://").expect("an address").to_owned();
    (child, stderr, address)
}

fn ask_often(address: &str, count: usize) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    for _ in 0..count {
        std::io::Write::write_all(&mut stream, b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").expect("a request");
        let mut heard = Vec::new();
        while !heard.ends_with(b"{\"status\":\"ok\"}\n") {
            let mut bytes = [0; 512];
            let count = stream.read(&mut bytes).expect("an answer");
            assert!(count > 0, "the server went away");
            heard.extend_from_slice(&bytes[..count]);
        }
    }
}

fn end(mut child: Child) -> Option<i32> {
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .expect("a signal");
    child.wait().expect("the server ends").code()
}

#[test]
fn a_log_that_nobody_takes_or_that_is_closed_ends_nothing() {
    // More than a pipe holds: the lines that are over are lost, and nobody waits for them.
    let workspace = Workspace::new();
    let (child, stderr, address) = start(&workspace);
    ask_often(&address, 12_000);
    let mut stream = TcpStream::connect(&address).expect("a connection");
    std::io::Write::write_all(&mut stream, b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let mut metrics = String::new();
    stream.read_to_string(&mut metrics).expect("metrics");
    let lost = metrics.lines().find_map(|line| line.strip_prefix("threadsieve_lost_log_lines_total "));
    assert!(lost.is_some_and(|lost| lost.parse::<u64>().is_ok_and(|lost| lost > 0)), "{lost:?}");
    assert_eq!(end(child), Some(0));
    drop(stderr);
    let (child, stderr, address) = start(&workspace);
    drop(stderr);
    ask_often(&address, 100);
    assert_eq!(end(child), Some(0));
}
