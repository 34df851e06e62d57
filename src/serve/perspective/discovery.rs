//! Google's discovery document of the interface: what clients that know nothing of it ask for before anything else.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value};

use crate::config::ServePlan;

use super::super::app::App;
use super::super::respond;
use super::error::GoogleError;
use super::query::Query;

/// The version that there is.
const VERSION: &str = "v1alpha1";

/// The document, but for the address of the server.
static DOCUMENT: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("discovery.json")).unwrap_or_default());

/// Answers the document, with the address under which the server was asked, or with the one that is configured.
pub(in super::super) async fn discovery(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    answered(&app.plan, &request).unwrap_or_else(|error| error.respond(true))
}

fn answered(plan: &ServePlan, request: &Request) -> Result<Response<Body>, GoogleError> {
    let text = request.uri().query().unwrap_or_default();
    let query = Query::read(text)?;
    let version = form_urlencoded::parse(text.as_bytes()).find(|(name, _)| name == "version");
    if let Some((_, version)) = version.filter(|(_, version)| version != VERSION) {
        return Err(unknown(&version));
    }
    let mut response = respond::json(StatusCode::OK, &document(&root(plan, request)?), query.is_pretty());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Answers that there is no document of another version, under the path that older clients ask by.
pub(in super::super) async fn discovery_of_other_versions(request: Request) -> Response<Body> {
    let mut parts = request.uri().path().rsplit('/').skip(1);
    unknown(parts.next().unwrap_or_default()).respond(true)
}

fn unknown(version: &str) -> GoogleError {
    let message = format!(
        "Discovery document not found for API service: commentanalyzer.googleapis.com format: rest version: {version}"
    );
    GoogleError::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
}

/// The document for an address, without a slash at its end.
fn document(root: &str) -> Map<String, Value> {
    let mut document = DOCUMENT.clone();
    let address = Value::from(format!("{root}/"));
    document.insert("rootUrl".to_owned(), address.clone());
    document.insert("baseUrl".to_owned(), address);
    document
}

/// A schema of the document.
pub(super) fn schema(name: &str) -> Option<&'static Value> {
    DOCUMENT.get("schemas")?.get(name)
}

/// The address that clients are told to ask, without a slash at its end. Only what can be a host and a port is taken from a
/// request: who makes someone ask with another `Host` makes the clients of that request alone go there.
fn root(plan: &ServePlan, request: &Request) -> Result<String, GoogleError> {
    if let Some(root) = &plan.root_url {
        return Ok(root.clone());
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let stated = match (request.uri().authority(), hosts.next(), hosts.next()) {
        (Some(authority), ..) => Some(authority.as_str()),
        // HTTP/1.0 knows no `Host`.
        (None, None, _) => None,
        (None, Some(host), None) => Some(host.to_str().map_err(|_| bad_host())?),
        (None, Some(_), Some(_)) => return Err(bad_host()),
    };
    let authority = stated.map_or_else(|| Ok(plan.listen.to_string()), |host| checked(host).ok_or_else(bad_host))?;
    let scheme = if plan.tls.is_some() { "https" } else { "http" };
    Ok(format!("{scheme}://{authority}"))
}

/// A host and a port, if it is no more than that.
fn checked(host: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    let authority: Authority = host.parse().ok().filter(|_| host.bytes().all(is_plain))?;
    let port_is_sound = authority.port_u16().is_some() || authority.as_str() == authority.host();
    (!authority.host().is_empty() && port_is_sound).then(|| authority.to_string())
}

fn bad_host() -> GoogleError {
    GoogleError::invalid_argument("The Host header of the request is no host, or there are several of them.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    #[test]
    fn the_document_is_whole() {
        let document = document("http://127.0.0.1:80");
        assert_eq!(document["rootUrl"], "http://127.0.0.1:80/");
        assert_eq!(document["resources"]["comments"]["methods"].as_object().unwrap().len(), 2);
        // Each reference leads somewhere.
        let text = serde_json::to_string(&document).unwrap();
        let references: Vec<&str> =
            text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(references.len() > 15, "{references:?}");
        for name in references {
            assert!(schema(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_address_is_the_one_that_was_asked_or_is_configured() {
        let check = |config: &str, hosts: &[&str], expected: Option<&str>| {
            let plan = parse("test", &format!("[serve]\n{config}")).unwrap().serve;
            let mut request = Request::builder().uri("/");
            for host in hosts {
                request = request.header(HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
            }
            let found = root(&plan, &request.body(Body::empty()).unwrap()).ok();
            assert_eq!(found.as_deref(), expected, "{config} {hosts:?}");
        };
        let tls = "tls_certificate = \"c\"\ntls_key = \"k\"";
        check("", &["localhost:8080"], Some("http://localhost:8080"));
        check("", &["[::1]:8080"], Some("http://[::1]:8080"));
        check("", &["scores.example.org"], Some("http://scores.example.org"));
        check(tls, &["scores.example.org"], Some("https://scores.example.org"));
        check("", &[], Some("http://127.0.0.1:8080"));
        check("root_url = \"https://a.example/b/\"", &["evil.example"], Some("https://a.example/b"));
        for host in [
            "",
            "a b",
            "a\"b",
            "user@host",
            "user:password@host",
            "host/path",
            "host:port",
            "host:",
            "host:99999",
            "a,b",
            "<script>",
            "ž.example",
            "a?b",
            "a#b",
            "a%00b",
            ":80",
            "[::1",
        ] {
            check("", &[host], None);
        }
        check("", &["a.example", "b.example"], None);
        let absolute = Request::builder().uri("http://a.example:1/x").body(Body::empty()).unwrap();
        let plan = parse("test", "").unwrap().serve;
        assert_eq!(root(&plan, &absolute).unwrap(), "http://a.example:1");
    }
}
