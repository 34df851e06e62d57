//! The server's own interface, asked from outside.

use serde_json::json;

use crate::support::Workspace;
use crate::support::server::Server;

#[test]
fn a_server_answers_and_ends_with_the_test() {
    let server = Server::start(&Workspace::new());
    let body = json!({ "comment": { "text": "Thanks, that helped." }, "requestedAttributes": { "TOXICITY": {} } });
    let reply = server.post("/v1alpha1/comments:analyze", body.to_string()).expect(200);
    assert_eq!(reply.header("content-type"), "application/json; charset=UTF-8");
    assert!(reply.json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"].is_f64());
}
