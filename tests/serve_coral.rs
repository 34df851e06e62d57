//! Coral's external moderation phase, with requests as Coral makes them.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::server::{Reply, Server};
use crate::support::{CheckedServer, Workspace};

const SECRET: &str = "a secret of this test";
const CONFIGURATION: &str = "[serve]\ncoral_secret_env = \"CORAL_SECRET\"\n";

fn started(policy: &str) -> CheckedServer {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", format!("{CONFIGURATION}{policy}"));
    CheckedServer::of(Server::start_with(&workspace, &[], &[("CORAL_SECRET", SECRET)]))
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(body.as_bytes());
    let mut header = "sha256=".to_owned();
    for byte in mac.finalize().into_bytes() {
        let _ = write!(header, "{byte:02x}");
    }
    header
}

fn request(action: &str, author: &str, body: &str) -> Value {
    json!({
        "action": action,
        "comment": { "body": body, "parentID": null },
        "author": { "id": author, "role": "COMMENTER" },
        "story": { "id": "245b3856-b0a0-4d2f-a6bb-58c71f18d6a6", "url": "http://localhost:1313/posts/a-story-url/" },
        "site": { "id": "a4bede88-2d2c-4424-bc18-4322a9e285a6" },
        "tenantID": "19ba5794-7eeb-4d46-a81b-c00c61672501",
        "tenantDomain": "localhost",
    })
}

#[track_caller]
fn send_to(server: &CheckedServer, path: &str, request: &Value) -> Reply {
    let body = request.to_string();
    let signature = signature(SECRET, &body);
    server.send("POST", path, &[("content-type", "application/json"), ("x-coral-signature", &signature)], body)
}

#[track_caller]
fn send(server: &CheckedServer, request: &Value) -> Reply {
    send_to(server, "/v1/coral", request)
}

#[test]
fn what_the_policy_says_becomes_what_coral_does() {
    let server = started("");
    send(&server, &request("NEW", "u1", "<div>Thanks, that&nbsp;<b>helped</b> a lot.</div>")).expect(204);
    let held = send(&server, &request("NEW", "u1", "<div>You are all <i>idiots</i>.</div>")).expect(200).json();
    let flag = json!({ "actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC" });
    assert_eq!(held, json!({ "actions": [flag], "tags": [], "status": "PREMOD" }));
    send(&server, &request("NEW", "u2", "Kada će most konačno biti gotov, pitaju se stanovnici grada?")).expect(204);
    let server =
        started("[[policy.rules]]\nid = \"ferry\"\nwhen = { text_matches = [\"ferry\"] }\naction = \"reject\"\n");
    let withheld = send(&server, &request("NEW", "u1", "The ferry was late.")).expect(200).json();
    assert_eq!(withheld, json!({ "actions": [], "tags": [], "status": "SYSTEM_WITHHELD" }));
}

#[test]
fn markup_is_no_text() {
    let server = started(
        "[[policy.rules]]\nid = \"tag\"\nwhen = { text_matches = [\"blockquote|&amp;\"] }\naction = \"review\"\n",
    );
    let comment = request("NEW", "u1", "<blockquote>The ferry &amp; the bridge.</blockquote>Both were late again.");
    send(&server, &comment).expect(204);
    send_to(&server, "/v1/coral?format=HTML", &comment).expect(204);
    assert_eq!(send_to(&server, "/v1/coral?format=plain_text", &comment).expect(200).json()["status"], "PREMOD");
    send_to(&server, "/v1/coral?format=rtf", &comment).expect(400);
}

#[test]
fn an_edit_is_no_repeat_of_what_it_was() {
    let server = started(
        "[[policy.rules]]\nid = \"again\"\nwhen = { flag = \"duplicate\" }\naction = \"review\"\n\
                          [[policy.rules]]\nid = \"nearly\"\nwhen = { flag = \"near_duplicate\" }\naction = \"review\"\n",
    );
    let text = "The ferry was late again and nobody at the harbour told us why it was so late today.";
    send(&server, &request("NEW", "u1", text)).expect(204);
    send(&server, &request("EDIT", "u1", text)).expect(204);
    send(&server, &request("EDIT", "u1", &format!("{text} Again!"))).expect(204);
    let by_another = send(&server, &request("EDIT", "u2", text)).expect(200).json();
    assert_eq!(by_another["status"], "PREMOD", "what others said first is a repeat, edited or not");
    assert_eq!(send(&server, &request("NEW", "u1", text)).expect(200).json()["status"], "PREMOD", "said once more");
}

#[test]
fn an_article_sent_beforehand_is_the_story_s() {
    let server =
        started("[[policy.rules]]\nid = \"off\"\nwhen = { off_topic = true, at_least = 0.5 }\naction = \"review\"\n");
    let header = json!({
        "type": "thread", "thread_id": "245b3856-b0a0-4d2f-a6bb-58c71f18d6a6", "title": "Bridge to close",
        "article": "The council closes the old bridge for repairs in May.\nThe ferry runs every hour while the bridge is closed.",
    });
    server.post("/v1/comments", header.to_string()).expect(200);
    send(&server, &request("NEW", "u1", "The old bridge needs repairs, and the council knew it for years."))
        .expect(204);
    let off = "Buy cheap watches and handbags in our online shop, best prices of the season.";
    assert_eq!(
        send(&server, &request("NEW", "u2", off)).expect(200).json()["actions"],
        json!([]),
        "off topic is not toxic"
    );
}

#[test]
fn only_what_coral_signed_is_read() {
    let server = started("");
    let body = request("NEW", "u1", "Thanks, that helped.").to_string();
    let check = |headers: &[(&str, &str)], status: u16| {
        let reply = server.send("POST", "/v1/coral", headers, &body).expect(status);
        if status == 401 {
            assert_eq!(reply.json()["error"]["code"], "bad_signature");
        }
    };
    let good = signature(SECRET, &body);
    let (other, another) = (signature("another secret", &body), signature(SECRET, &format!("{body} ")));
    check(&[("x-coral-signature", &good)], 204);
    check(&[("x-coral-signature", &format!("{other},{good}"))], 204);
    check(&[], 401);
    check(&[("x-coral-signature", "")], 401);
    check(&[("x-coral-signature", &other)], 401);
    check(&[("x-coral-signature", &another)], 401);
    check(&[("x-coral-signature", good.trim_start_matches("sha256="))], 401);
}

#[test]
fn what_is_no_request_is_refused_and_what_nobody_could_judge_is_held() {
    let server = started("[limits]\nmax_body_bytes = 100\n");
    for broken in [json!({}), json!({ "action": "NEW" }), json!([])] {
        assert_eq!(send(&server, &broken).expect(400).json()["error"]["code"], "invalid_request", "{broken}");
    }
    let long = send(&server, &request("NEW", "u1", &"ferry ".repeat(50))).expect(200).json();
    assert_eq!(long, json!({ "actions": [], "tags": [], "status": "PREMOD" }));
}

#[test]
fn a_secret_that_is_not_there_keeps_the_server_from_starting() {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", CONFIGURATION);
    for value in [None, Some("  ")] {
        let mut command = workspace.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--check"]).env_remove("CORAL_SECRET");
        let output = command.envs(value.map(|value| ("CORAL_SECRET", value))).output().expect("the program runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("`coral_secret_env`: the environment variable CORAL_SECRET is not set"), "{stderr}");
    }
}
