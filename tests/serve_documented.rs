//! The `OpenAPI` document holds what the server answers, and the server answers what it holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{CheckedServer, repository};

const ROUTE: &str = ".route(\"";

/// The paths that the router is given, as they stand in its source.
fn routes(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            routes(&path, found);
            continue;
        }
        let code = fs::read_to_string(&path).expect("a file of UTF-8");
        let code: String = code.split_whitespace().collect();
        for rest in code.split(ROUTE).skip(1) {
            found.extend(rest.split('"').next().map(ToOwned::to_owned));
        }
    }
}

#[test]
fn every_route_is_in_the_document_and_the_other_way_round() {
    let mut found = BTreeSet::new();
    routes(&repository().join("src/serve"), &mut found);
    // What answers that there is nothing, and other spellings of what is there.
    found.retain(|path| path != "/v1" && !path.contains(['{', '%']));
    assert!(found.contains("/v1/threads") && found.contains("/v1alpha1/comments:analyze"), "{found:?}");
    let server = CheckedServer::start();
    let documented: BTreeSet<String> = server.document["paths"].as_object().expect("paths").keys().cloned().collect();
    assert_eq!(documented.difference(&found).collect::<Vec<_>>(), [""; 0], "they lead nowhere");
    assert_eq!(found.difference(&documented).collect::<Vec<_>>(), [""; 0], "they are not in the document");
    for path in &documented {
        for method in ["GET", "PUT", "POST", "DELETE"] {
            let is_documented = server.document["paths"][path].get(method.to_ascii_lowercase()).is_some();
            let status = server.server.send(method, path, &[], "").status;
            assert_eq!(is_documented, !matches!(status, 404 | 405), "{method} {path}: {status}");
        }
    }
}

#[test]
fn the_document_is_one_of_openapi() {
    let document = CheckedServer::start().document;
    assert_eq!(
        (&document["openapi"], &document["info"]["version"]),
        (&json!("3.1.0"), &json!(env!("CARGO_PKG_VERSION")))
    );
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    assert!(schemas.contains_key("Record") && schemas.contains_key("DeadLetter"));
    for (name, schema) in schemas {
        let mut schema = schema.clone();
        schema["components"] = document["components"].clone();
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path}: no operationId"));
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            let responses = operation["responses"].as_object().expect("responses");
            assert!(responses.values().all(|response| response["description"].is_string()), "{method} {path}");
        }
    }
}

#[test]
fn answers_of_the_perspective_interface_are_as_documented() {
    let server = CheckedServer::start();
    let analyze = |body: Value, status: u16| server.post("/v1alpha1/comments:analyze", body.to_string()).expect(status);
    let attributes = json!({ "TOXICITY": {}, "INSULT": { "scoreThreshold": 0.0 } });
    let request = json!({
        "comment": { "text": "You are all idiots. The ferry was late." }, "requestedAttributes": attributes, "spanAnnotations": true,
        "clientToken": "t",
    });
    analyze(request, 200);
    analyze(json!({ "comment": { "text": "" }, "requestedAttributes": attributes }), 400);
    analyze(json!({ "comment": { "text": "Thanks." } }), 400);
}
