//! What clients can do to a server, by mistake or on purpose, and what it does then.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::server::{Server, agent};
use crate::support::socket::{Heard, Socket};

pub const ANALYZE: &str = "/v1alpha1/comments:analyze";

/// A request for the toxicity of a text.
pub fn request(text: &str) -> String {
    json!({ "comment": { "text": text }, "languages": ["en"], "requestedAttributes": { "TOXICITY": {} } }).to_string()
}

/// The head of a request with a body.
pub fn head(length: usize) -> String {
    format!("POST {ANALYZE} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n")
}

/// A number of `/metrics`; 0 where it was never raised.
pub fn metric(server: &Server, name: &str) -> u64 {
    let metrics = server.get("/metrics").expect(200);
    let line = metrics.text().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap_or("0");
    line.trim().parse().unwrap_or_else(|error| panic!("{name}: {error}: {line}"))
}

/// Waits until a number of `/metrics` is reached.
pub fn wait_for(server: &Server, name: &str, least: u64) {
    for _ in 0..20_000 {
        if metric(server, name) >= least {
            return;
        }
    }
    panic!("{name} does not reach {least}");
}

fn expect_an_answer(server: &Server) {
    let reply = server.post(ANALYZE, request("Thank you, that was a good article.")).expect(200);
    assert!(reply.json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"].is_f64());
}

/// A line of the system's account of the server's process, in KiB.
fn memory(server: &Server, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("an account");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
fn headers_that_dribble_are_ended_in_time_and_keep_nobody_waiting() {
    let server = Server::configured(&Workspace::new(), "[serve]\nheader_timeout_ms = 300\n[policy]\n");
    let mut slow = Socket::open(&server);
    slow.say("GET /healthz HTTP/1.1\r\nX-Slow: ");
    let mut hand = slow.again();
    let dribble = std::thread::spawn(move || {
        while hand.try_say("a") {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    expect_an_answer(&server);
    // Whether it is told why depends on the version of the reader of heads.
    if let Some(heard) = slow.hear() {
        assert_eq!(heard.status, 408);
        slow.hear_the_end();
    }
    dribble.join().expect("the connection ended");
    // A connection that says nothing at all ends too, and so does one that was answered.
    let mut silent = Socket::open(&server);
    let mut idle = Socket::open(&server);
    idle.say("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(idle.hear().expect("an answer").status, 200);
    idle.hear_the_end();
    silent.hear_the_end();
    expect_an_answer(&server);
}

#[test]
fn a_body_that_dribbles_is_ended_in_time_and_keeps_nobody_waiting() {
    let server = Server::configured(&Workspace::new(), "[serve]\nrequest_timeout_ms = 700\n[policy]\n");
    for (path, code) in [(ANALYZE, json!(408)), ("/v1/comments", json!("slow_request"))] {
        let mut slow = Socket::open(&server);
        slow.say(head(1_000).replace(ANALYZE, path));
        let mut hand = slow.again();
        let dribble = std::thread::spawn(move || {
            while hand.try_say(" ") {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        expect_an_answer(&server);
        match slow.hear() {
            Some(heard) if heard.status == 408 => {
                assert_eq!(heard.json()["error"]["code"], code, "{path}");
                assert!(heard.head.contains("connection: close"), "{}", heard.head);
            }
            // Where there is no such route nobody waits for the body.
            heard => assert!(path != ANALYZE && heard.is_some_and(|heard| heard.status >= 400), "{path}"),
        }
        drop(slow);
        dribble.join().expect("the connection ended");
    }
    assert!(metric(&server, "threadsieve_timed_out_total{what=\"request\"}") >= 1);
}

#[test]
fn who_says_that_no_more_will_come_is_still_answered() {
    let server = Server::start(&Workspace::new());
    let mut socket = Socket::open(&server);
    let body = request("Thank you.");
    socket.say(head(body.len()) + &body);
    socket.end_saying();
    assert_eq!(socket.hear().expect("an answer").status, 200);
    socket.hear_the_end();
}

#[test]
fn who_goes_away_in_the_midst_of_it_harms_nobody() {
    let server = Server::start(&Workspace::new());
    let body = request("Thank you.");
    let whole = head(body.len()) + &body;
    for cut in [1, 30, whole.len() - body.len(), whole.len() - 1, whole.len()] {
        Socket::open(&server).say(&whole[..cut]);
    }
    let mut half = Socket::open(&server);
    half.say(head(body.len()) + &body[..5]);
    half.end_saying();
    assert!(half.hear().is_none_or(|heard| heard.status == 400));
    expect_an_answer(&server);
}

#[test]
fn a_body_of_a_gigabyte_is_refused_at_once() {
    let server = Server::start(&Workspace::new());
    let before = memory(&server, "VmHWM");
    // Its sender waits for a word, as curl does, or sends on.
    for expects in ["", "Expect: 100-continue\r\n"] {
        for (path, status, code) in [(ANALYZE, 400, json!(400)), ("/v1/threads", 413, json!("body_too_large"))] {
            let mut socket = Socket::open(&server);
            socket.say(format!("POST {path} HTTP/1.1\r\nHost: test\r\n{expects}Content-Length: {}\r\n\r\n", 1 << 30));
            let heard = socket.hear().expect("an answer");
            assert_eq!((heard.status, &heard.json()["error"]["code"]), (status, &code), "{path}");
            assert!(heard.text().contains("16777216"), "{}", heard.text());
        }
    }
    // Without a length nobody knows; it is refused where it becomes too long.
    let mut socket = Socket::open(&server);
    socket.say(format!("POST {ANALYZE} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"));
    let mut hand = socket.again();
    let sending = std::thread::spawn(move || {
        let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
        (0..1024).take_while(|_| hand.try_say(&chunk)).count()
    });
    let heard = socket.hear().expect("an answer");
    assert_eq!((heard.status, heard.json()["error"]["status"].as_str()), (400, Some("INVALID_ARGUMENT")));
    assert!(heard.text().contains("exceeds the limit: 16777216"), "{}", heard.text());
    drop(socket);
    assert!(sending.join().expect("it stopped") < 100, "mebibytes were taken");
    let grown = memory(&server, "VmHWM") - before;
    assert!(grown < 100 << 10, "{grown} KiB more");
    expect_an_answer(&server);
}

#[test]
fn bodies_that_there_is_no_room_for_together_are_told_to_come_again() {
    let text = "[serve]\nmax_body_bytes = 100_000\nmax_bodies_bytes = 150_000\n[policy]\n";
    let server = Server::configured(&Workspace::new(), text);
    let body = request(&"word ".repeat(4_000));
    let padded = format!("{body}{}", " ".repeat(100_000 - body.len()));
    let mut first = Socket::open(&server);
    first.say(head(padded.len()) + &padded[..99_000]);
    // The kernel holds some of it until the server reads: the second may come first.
    let mut second = Socket::open(&server);
    second.say(head(padded.len()) + &padded[..99_000]);
    let shed = wait_for_one(&server, &mut [&mut first, &mut second]);
    assert_eq!(shed.status, 429);
    assert!(shed.head.contains("retry-after: 1"), "{}", shed.head);
    assert_eq!(shed.json()["error"]["status"], "RESOURCE_EXHAUSTED");
    assert_eq!(metric(&server, "threadsieve_shed_total{room=\"body_bytes\"}"), 1);
}

/// The answer of whichever connection is turned away; the other one is then sent to its end and answered.
fn wait_for_one(server: &Server, sockets: &mut [&mut Socket; 2]) -> Heard {
    wait_for(server, "threadsieve_shed_total{room=\"body_bytes\"}", 1);
    for (turned_away, other) in [(0, 1), (1, 0)] {
        let stream = sockets[turned_away].again().into_stream();
        stream.set_nonblocking(true).expect("a way to look");
        let has_answer = stream.peek(&mut [0]).is_ok_and(|count| count > 0);
        stream.set_nonblocking(false).expect("the way back");
        if has_answer {
            sockets[other].say(" ".repeat(1_000));
            assert_eq!(sockets[other].hear().expect("an answer").status, 200);
            return sockets[turned_away].hear().expect("an answer");
        }
    }
    panic!("neither connection was answered");
}

#[test]
fn more_requests_than_there_is_room_for_are_told_to_come_again() {
    let server = Server::configured(&Workspace::new(), "[serve]\nmax_in_flight = 1\n[policy]\n");
    let body = request("Thank you.");
    let mut first = Socket::open(&server);
    first.say(head(body.len()) + &body[..5]);
    wait_for(&server, "threadsieve_requests_in_flight", 2);
    for (path, code) in [(ANALYZE, json!(429)), ("/v1/comments", json!("no_room"))] {
        let reply = server.post(path, &body).expect(429);
        assert_eq!(reply.header("retry-after"), "1");
        assert_eq!(reply.json()["error"]["code"], code);
    }
    // Before the body is there at all.
    let mut early = Socket::open(&server);
    early.say(head(1 << 20));
    assert_eq!(early.hear().expect("an answer").status, 429);
    for path in ["/healthz", "/readyz", "/metrics"] {
        server.get(path).expect(200);
    }
    assert_eq!(metric(&server, "threadsieve_shed_total{room=\"requests\"}"), 3);
    first.say(&body[5..]);
    assert_eq!(first.hear().expect("an answer").status, 200);
    expect_an_answer(&server);
}

#[test]
fn ten_thousand_idle_connections_keep_nobody_waiting() {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let most = files.maximum.map_or(10_000, |most| usize::try_from(most).unwrap_or(10_000).saturating_sub(500));
    let raised = rustix::process::Rlimit { current: files.maximum, maximum: files.maximum };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).expect("room for many files");
    let count = most.min(10_000);
    let server = Server::configured(&Workspace::new(), "[serve]\nheader_timeout_ms = 600_000\n[policy]\n");
    expect_an_answer(&server);
    let before = memory(&server, "VmRSS");
    let mut idle: Vec<TcpStream> = Vec::with_capacity(count);
    for number in 0..count {
        let mut stream = TcpStream::connect(server.authority()).unwrap_or_else(|error| panic!("{number}: {error}"));
        // Some have said half a line.
        if number % 2 == 0 {
            stream.write_all(b"GET /hea").expect("bytes sent");
        }
        idle.push(stream);
    }
    wait_for(&server, "threadsieve_connections", count as u64);
    expect_an_answer(&server);
    let grown = memory(&server, "VmRSS").saturating_sub(before);
    assert!(grown < 32 * count as u64, "{grown} KiB for {count} connections");
}

#[test]
fn connections_beyond_the_limit_wait_and_are_answered() {
    let server = Server::configured(&Workspace::new(), "[serve]\nmax_connections = 2\n[policy]\n");
    let (mut first, mut second) = (Socket::open(&server), Socket::open(&server));
    let ask = "GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n";
    for socket in [&mut first, &mut second] {
        socket.say(ask);
        assert_eq!(socket.hear().expect("an answer").status, 200);
    }
    let mut third = Socket::open(&server);
    third.say(ask);
    drop(first);
    assert_eq!(third.hear().expect("an answer").status, 200);
}

#[test]
fn bad_utf_8_is_told_wherever_it_stands() {
    let server = Server::start(&Workspace::new());
    let check = |bytes: &[u8], expected: &[u16]| {
        let mut socket = Socket::open(&server);
        socket.say(bytes);
        socket.end_saying();
        let status = socket.hear().map(|heard| heard.status);
        assert!(status.is_some_and(|status| expected.contains(&status)), "{status:?}: {}", bytes.escape_ascii());
        expect_an_answer(&server);
    };
    check(b"POST /v1alpha1/comments:analyze HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n{\"\xff\"", &[400]);
    check(b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", &[400, 404]);
    check(b"GET /%ff%fe HTTP/1.1\r\nHost: a\r\n\r\n", &[404]);
    check(b"GET /healthz?key=%ff\xff HTTP/1.1\r\nHost: a\r\n\r\n", &[200, 400]);
    check(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Goog-Api-Key: \xff\xfe\r\nX-Request-Id: \xff\r\n\r\n", &[200]);
    check(b"GET /healthz HTTP/1.1\r\nHost: \xff\r\n\r\n", &[200, 400]);
    check(b"GET /healthz HTTP/1.1\r\nX\xff: a\r\n\r\n", &[400]);
    check(b"\xff\xff\xff\xff\r\n\r\n", &[400]);
    check(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", &[400]);
}

#[test]
fn headers_that_are_too_long_or_too_many_are_refused() {
    let server = Server::start(&Workspace::new());
    let long = format!("GET /healthz HTTP/1.1\r\nX-Long: {}\r\n\r\n", "a".repeat(40_000));
    let mut many = "GET /healthz HTTP/1.1\r\n".to_owned();
    for number in 0..2_000 {
        let _ = write!(many, "X-{number}: a\r\n");
    }
    for head in [long, format!("{many}\r\n")] {
        let mut socket = Socket::open(&server);
        let _ = socket.try_say(&head);
        assert_eq!(socket.hear().map(|heard| heard.status), Some(431));
    }
    expect_an_answer(&server);
}

/// A translator that never answers, so that an answer takes longer than it may.
const SLOW: &str = "[serve]\nrequest_timeout_ms = 400\n[policy]\n[language]\nread = [\"en\"]\n[[translation.translators]]\n\
                    name = \"slow\"\nfrom = [\"de\"]\nto = \"en\"\ncommand = [\"sleep\", \"100\"]\ntimeout_ms = 60000\n";

#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    let server = Server::configured(&Workspace::new(), SLOW);
    let text = "Das ist eine wirklich schlechte Entscheidung, und niemand hat uns gefragt, ob wir das wollen.";
    let body = json!({ "comment": { "text": text }, "requestedAttributes": { "TOXICITY": {} } }).to_string();
    let reply = server.post(ANALYZE, body).expect(504);
    assert_eq!(reply.json()["error"]["status"], "DEADLINE_EXCEEDED");
    assert_eq!(metric(&server, "threadsieve_timed_out_total{what=\"answer\"}"), 1);
    expect_an_answer(&server);
}

#[test]
fn long_articles_keep_nobody_else_waiting() {
    let server = Server::start(&Workspace::new());
    let article = "The council talked about the bridge for hours, and the bridge is still closed. ".repeat(12_000);
    let body = json!({
        "comment": { "text": "The bridge should be opened." }, "languages": ["en"],
        "context": { "articleAndParentComment": { "article": { "text": article } } },
        "requestedAttributes": { "OFF_TOPIC": {} }
    })
    .to_string();
    let url = server.url(ANALYZE);
    std::thread::scope(|scope| {
        let ask = || agent().post(&url).send(body.as_str()).expect("an answer").status().as_u16();
        let asking: Vec<_> = (0..24).map(|_| scope.spawn(ask)).collect();
        // There are many at work, and this is answered between them.
        wait_for(&server, "threadsieve_requests_in_flight", 5);
        assert_eq!(server.get("/healthz").status, 200);
        assert!(metric(&server, "threadsieve_requests_in_flight") > 1, "all were done already: this shows nothing");
        for asking in asking {
            assert_eq!(asking.join().expect("an answer"), 200);
        }
    });
}

#[test]
fn every_answer_has_its_headers_and_a_name() {
    let server = Server::start(&Workspace::new());
    let check = |path: &str, id: &str| {
        let reply = server.post_with(path, &[("X-Request-Id", id)], request("Thank you."));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "no-store");
        reply.header("x-request-id").to_owned()
    };
    assert_eq!(check(ANALYZE, "abc-123"), "abc-123");
    assert_eq!(check("/nowhere", "abc-123"), "abc-123");
    assert_ne!(check(ANALYZE, "two words"), "two words");
    assert_ne!(check(ANALYZE, "a b"), check(ANALYZE, "a b"));
}

#[test]
fn only_origins_that_are_named_are_let_in() {
    let origin = "https://site.example";
    let server = Server::configured(&Workspace::new(), &format!("[serve]\ncors_origins = [\"{origin}\"]\n[policy]\n"));
    let preflight = |origin: &str| {
        let mut socket = Socket::open(&server);
        let method = "Access-Control-Request-Method: POST";
        socket.say(format!("OPTIONS {ANALYZE} HTTP/1.1\r\nHost: a\r\nOrigin: {origin}\r\n{method}\r\n\r\n"));
        socket.hear().expect("an answer")
    };
    let heard = preflight(origin);
    assert_eq!(heard.status, 204);
    for expected in [
        "access-control-allow-origin: https://site.example\r\n",
        "access-control-allow-methods: get, post\r\n",
        "vary: origin\r\n",
    ] {
        assert!(heard.head.contains(expected), "{}", heard.head);
    }
    assert!(!heard.head.contains("credentials"), "{}", heard.head);
    for other in ["https://site.example.evil.example", "https://site.example:444", "null", "http://site.example"] {
        let told = preflight(other).head;
        assert!(!told.contains("access-control-"), "{other}: {told}");
    }
    let reply = server.post_with(ANALYZE, &[("Origin", origin)], request("Thank you.")).expect(200);
    assert_eq!((reply.header("access-control-allow-origin"), reply.header("vary")), (origin, "Origin"));
    let closed = Server::start(&Workspace::new());
    let reply = closed.post_with(ANALYZE, &[("Origin", origin)], request("Thank you.")).expect(200);
    assert_eq!((reply.header("access-control-allow-origin"), reply.header("vary")), ("", ""));
}

#[test]
fn metrics_are_what_prometheus_reads() {
    let server = Server::start(&Workspace::new());
    expect_an_answer(&server);
    server.get("/nowhere/at/all").expect(404);
    let metrics = server.get("/metrics").expect(200);
    assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
    let text = metrics.text();
    for expected in [
        "threadsieve_requests_total{route=\"/v1alpha1/comments:analyze\",method=\"POST\",status=\"200\"} 1\n",
        "threadsieve_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1\n",
        "threadsieve_request_seconds_count{route=\"/v1alpha1/comments:analyze\"} 1\n",
        "threadsieve_comments_scored_total 1\n",
        "threadsieve_model{stage=\"tone\",model=\"",
        "threadsieve_lost_log_lines_total 0\n",
        "# TYPE threadsieve_request_seconds histogram\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
    let documented = std::fs::read_to_string(crate::support::repository().join("docs/serve.md")).expect("the page");
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().expect("a name");
        assert!(documented.contains(name), "{name} is not in docs/serve.md");
    }
    // A value is a number, and nothing of a request's words is a label.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let value = line.rsplit(' ').next().expect("a value");
        assert!(value.parse::<f64>().is_ok() || value == "+Inf", "{line}");
    }
    assert!(!text.contains("nowhere"));
    let _: Value = server.get("/readyz").expect(200).json();
}
