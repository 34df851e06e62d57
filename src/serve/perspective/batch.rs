//! `batch`: several requests in one body, each of which is answered as if it had come by itself.

use std::borrow::Cow;
use std::fmt::Write as _;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, OriginalUri, Request};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, EXPECT, HOST, TRANSFER_ENCODING, UPGRADE};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri};
use futures::StreamExt as _;
use futures::stream;
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;

use crate::config::ServePlan;

use super::super::app::App;
use super::super::respond;
use super::error::GoogleError;
use super::multipart::{Part, boundary, parts};

/// Requests in a batch, at most.
const MAX_PARTS: usize = 100;
/// Requests of a batch that are answered at a time.
const SIDE_BY_SIDE: usize = 8;
/// Headers of a request in a batch.
const MAX_HEADERS: usize = 64;
/// All answers to a batch together have at most so many bytes, and one more.
const MAX_ANSWER_BYTES: usize = 32 << 20;

/// Answers all requests in a body by what answers single ones, in their order.
pub(in super::super) async fn batch(app: &App, single: Router, request: Request) -> Response<Body> {
    let (outer, body) = request.into_parts();
    let answered = async {
        let body = respond::read_body(body, &app.plan).await?;
        let content_type = outer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let read = boundary(content_type.unwrap_or_default()).and_then(|boundary| parts(&body, &boundary, MAX_PARTS));
        let parts = read.map_err(|what| broken(&what))?;
        if parts.is_empty() {
            return Err(broken("it has no parts"));
        }
        Ok(answer_all(&parts, &outer, &app.plan, &single).await)
    };
    answered.await.unwrap_or_else(|error| error.respond(true))
}

fn broken(what: &str) -> GoogleError {
    GoogleError::invalid_argument(format!("Failed to parse batch request: {what}."))
}

async fn answer_all(parts: &[Part], outer: &Parts, plan: &ServePlan, single: &Router) -> Response<Body> {
    let requests: Vec<_> = parts.iter().map(|part| inner_request(part, outer, plan)).collect();
    let answers = requests.into_iter().map(|request| {
        let single = single.clone();
        // On a task of its own, so that requests are answered side by side, and that one that fails fails alone.
        async move {
            match request {
                Ok(request) => tokio::spawn(answer(single, request)).await.unwrap_or_else(|_| failed()),
                Err(error) => read(error.respond(true)).await,
            }
        }
    });
    let mut answers = stream::iter(answers).buffered(SIDE_BY_SIDE);
    let mut written = Vec::new();
    let mut length = 0;
    while written.len() < parts.len() {
        let answer = if length > MAX_ANSWER_BYTES {
            let message =
                format!("The answers to the batch have more than {MAX_ANSWER_BYTES} bytes: send fewer parts.");
            Some(read(GoogleError::invalid_argument(message).respond(true)).await)
        } else {
            answers.next().await
        };
        let Some(answer) = answer else { break };
        length += answer.body.len();
        written.push(answer);
    }
    respond_with(parts, &written)
}

/// An answer that has been read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

async fn answer(single: Router, request: Request) -> Answer {
    match single.oneshot(request).await {
        Ok(response) => read(response).await,
        Err(never) => match never {},
    }
}

async fn read(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    // Answers to single requests are in memory already.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Answer { status: parts.status, headers: parts.headers, body }
}

fn failed() -> Answer {
    Answer { status: StatusCode::INTERNAL_SERVER_ERROR, headers: HeaderMap::new(), body: Bytes::new() }
}

/// The request in a part. What it does not say itself it has from the batch: headers, but for those that tell of the body,
/// and the key.
fn inner_request(part: &Part, outer: &Parts, plan: &ServePlan) -> Result<Request, GoogleError> {
    let kind = part.content_type.as_deref().unwrap_or("application/http");
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/http")) {
        return Err(broken("the Content-Type of a part is not application/http"));
    }
    let encoding = part.transfer_encoding.as_deref().unwrap_or("binary");
    if !["7bit", "8bit", "binary"].iter().any(|known| encoding.eq_ignore_ascii_case(known)) {
        return Err(broken("a part has another Content-Transfer-Encoding than 7bit, 8bit and binary"));
    }
    let head_end = head_end(&part.content);
    let head = with_version(part.content.get(..head_end).unwrap_or_default());
    if head.len() > plan.max_header_bytes {
        return Err(broken("the head of a part is too long"));
    }
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(_)) = parsed.parse(&head) else {
        return Err(broken("a part is no request of HTTP"));
    };
    let uri: Option<Uri> = parsed.path.and_then(|path| path.parse().ok());
    let path = uri.as_ref().and_then(Uri::path_and_query).map(PathAndQuery::as_str);
    let path = path.filter(|path| path.starts_with('/')).ok_or_else(|| broken("a part asks for no path"))?;
    if path.split(['?', '/']).find(|part| !part.is_empty()) == Some("batch") {
        return Err(broken("a part is a batch itself"));
    }
    let mut request =
        Request::builder().method(parsed.method.unwrap_or_default()).uri(with_key(path, outer.uri.query()));
    let mut own = HeaderMap::new();
    for header in parsed.headers.iter() {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(header.value)) {
            own.append(name, value);
        }
    }
    for (name, value) in &outer.headers {
        if !own.contains_key(name) && is_passed_on(name) {
            request = request.header(name, value);
        }
    }
    // Some clients count characters: the body ends where the part does.
    for (name, value) in own.iter().filter(|(name, _)| **name != CONTENT_LENGTH && !is_of_the_connection(name)) {
        request = request.header(name, value);
    }
    let body = part.content.slice(head_end..);
    let mut request = request.body(Body::from(body)).map_err(|_| broken("a part is no request of HTTP"))?;
    *request.extensions_mut() = outer.extensions.clone();
    // These belong to the path.
    request.extensions_mut().remove::<OriginalUri>();
    request.extensions_mut().remove::<MatchedPath>();
    Ok(request)
}

/// Where the head of a request ends: behind its first empty line, or where there is none at the end of all.
fn head_end(request: &[u8]) -> usize {
    let mut at = 0;
    for line in request.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if line.trim_ascii().is_empty() && at > line.len() {
            break;
        }
    }
    at
}

/// A head that ends in an empty line, and whose first line has a version: Google's own examples have none.
fn with_version(head: &[u8]) -> Vec<u8> {
    let line_end = head.iter().position(|byte| *byte == b'\n').unwrap_or(head.len());
    let (line, rest) = head.split_at(line_end);
    let line = line.trim_ascii_end();
    let mut whole = line.to_vec();
    if line.split(|byte| *byte == b' ').count() == 2 {
        whole.extend(b" HTTP/1.1");
    }
    whole.extend(rest);
    // One that is empty already makes these no part of it.
    whole.extend(b"\r\n\r\n");
    whole
}

fn key_of(query: &str) -> Option<Cow<'_, str>> {
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key").map(|(_, key)| key)
}

/// A path with the key of the batch, where it has none of its own.
fn with_key(path: &str, outer: Option<&str>) -> String {
    let own_query = path.split_once('?').map(|(_, query)| query);
    match outer.and_then(key_of).filter(|_| own_query.and_then(key_of).is_none()) {
        None => path.to_owned(),
        Some(key) => {
            let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
            format!("{path}{}key={key}", if own_query.is_some() { '&' } else { '?' })
        }
    }
}

fn is_of_the_connection(name: &HeaderName) -> bool {
    [CONNECTION, TRANSFER_ENCODING, UPGRADE, EXPECT].contains(name)
}

fn is_passed_on(name: &HeaderName) -> bool {
    *name != HOST && !name.as_str().starts_with("content-") && !is_of_the_connection(name)
}

/// The answers as one body, each under the id of its part.
fn respond_with(parts: &[Part], answers: &[Answer]) -> Response<Body> {
    // No body can hold a hash of itself.
    let mut hash = Sha256::new();
    for answer in answers {
        hash.update(&answer.body);
    }
    let digest = hash.finalize();
    let mut boundary = String::from("batch_");
    for byte in digest.iter().take(16) {
        let _ = write!(boundary, "{byte:02x}");
    }
    let mut body = Vec::with_capacity(answers.iter().map(|answer| answer.body.len() + 256).sum());
    for (part, answer) in parts.iter().zip(answers) {
        body.extend(format!("--{boundary}\r\nContent-Type: application/http\r\n").as_bytes());
        if let Some(id) = &part.content_id {
            body.extend(format!("Content-ID: {}\r\n", id_of_answer(id)).as_bytes());
        }
        let reason = answer.status.canonical_reason().unwrap_or("Unknown");
        body.extend(format!("\r\nHTTP/1.1 {} {reason}\r\n", answer.status.as_u16()).as_bytes());
        for (name, value) in answer.headers.iter().filter(|(name, _)| **name != DATE && !is_of_the_connection(name)) {
            if *name != CONTENT_LENGTH {
                body.extend(in_capitals(name).into_bytes());
                body.extend(b": ");
                body.extend(value.as_bytes());
                body.extend(b"\r\n");
            }
        }
        body.extend(format!("Content-Length: {}\r\n\r\n", answer.body.len()).as_bytes());
        body.extend(&answer.body);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").as_bytes());
    let mut response = Response::new(Body::from(body));
    let content_type = HeaderValue::from_str(&format!("multipart/mixed; boundary={boundary}"));
    if let Ok(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

/// `<response-ID>` for `<ID>`.
fn id_of_answer(id: &str) -> String {
    match id.strip_prefix('<') {
        Some(rest) => format!("<response-{rest}"),
        None => format!("response-{id}"),
    }
}

/// `Content-Type` for `content-type`: some clients look for names as Google writes them.
fn in_capitals(name: &HeaderName) -> String {
    let words = name.as_str().split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()))
    });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_the_batch_is_that_of_parts_without_one() {
        let check = |path: &str, outer: Option<&str>, expected: &str| {
            assert_eq!(with_key(path, outer), expected, "{path} {outer:?}");
        };
        check("/a", None, "/a");
        check("/a", Some("alt=json"), "/a");
        check("/a", Some("key=K"), "/a?key=K");
        check("/a?alt=json", Some("x=1&key=a%20b%26"), "/a?alt=json&key=a+b%26");
        check("/a?key=own", Some("key=K"), "/a?key=own");
        check("/a?key=", Some("key=K"), "/a?key=");
    }

    #[test]
    fn heads_are_found() {
        let check = |request: &str, head: &str, read: &str| {
            let end = head_end(request.as_bytes());
            assert_eq!(request.get(..end).unwrap(), head, "{request:?}");
            let read = format!("{read}\r\n\r\n");
            assert_eq!(String::from_utf8(with_version(head.as_bytes())).unwrap(), read, "{request:?}");
        };
        check("POST /a HTTP/1.1\nA: b\n\nbody\n\nmore", "POST /a HTTP/1.1\nA: b\n\n", "POST /a HTTP/1.1\nA: b\n\n");
        check("GET /a\r\n\r\n", "GET /a\r\n\r\n", "GET /a HTTP/1.1\n\r\n");
        check("GET /a", "GET /a", "GET /a HTTP/1.1");
        check("", "", "");
    }

    #[test]
    fn ids_are_those_of_answers() {
        assert_eq!(id_of_answer("<a-b + 1>"), "<response-a-b + 1>");
        assert_eq!(id_of_answer("1"), "response-1");
        assert_eq!(in_capitals(&CONTENT_TYPE), "Content-Type");
        assert_eq!(in_capitals(&HeaderName::from_static("vary")), "Vary");
    }
}
