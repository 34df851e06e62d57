//! Texts by themselves, asked about as `OpenAI`'s moderation interface is.

use serde_json::{Value, json};

use crate::support::{CheckedServer, string};

const FINE: &str = "Thanks, that helped a lot.";
const RUDE: &str = "You are all idiots.";

fn ask(server: &CheckedServer, body: &Value) -> Value {
    server.post("/v1/moderations", body.to_string()).expect(200).json()
}

#[test]
fn each_text_has_a_result() {
    let server = CheckedServer::start();
    let both = ask(&server, &json!({ "input": [FINE, RUDE], "model": "omni-moderation-latest" }));
    let flagged: Vec<&Value> =
        both["results"].as_array().expect("results").iter().map(|result| &result["flagged"]).collect();
    assert_eq!(flagged, [false, true]);
    let rude = &both["results"][1];
    assert_eq!((&rude["categories"]["harassment"], &rude["categories"]["toxicity"]), (&json!(true), &json!(true)));
    assert_eq!(rude["category_scores"]["harassment"], rude["category_scores"]["insult"]);
    assert_eq!((&rude["categories"]["sexual"], &rude["category_scores"]["sexual"]), (&json!(false), &json!(0.0)));
    assert!(rude["unscored_categories"].as_array().expect("a list").contains(&json!("sexual")));
    assert_eq!(rude["category_applied_input_types"]["harassment"], json!(["text"]));
    assert!(string(&both, "/model").starts_with("abuse@"), "{both}");
    let alone = ask(&server, &json!({ "input": RUDE }));
    assert_eq!(&alone["results"][0], rude, "what stands beside a text does not matter");
    let parts = ask(&server, &json!({ "input": [{ "type": "text", "text": RUDE }] }));
    assert_eq!(parts, alone);
    let twice = ask(&server, &json!({ "input": [RUDE, RUDE] }));
    assert_eq!(twice["results"][0], twice["results"][1], "no text is a repeat of another");
}

#[test]
fn the_same_question_has_the_same_answer() {
    let server = CheckedServer::start();
    let body = json!({ "input": [FINE, RUDE] }).to_string();
    let first = server.post("/v1/moderations", &body).expect(200);
    assert_eq!(server.post("/v1/moderations", &body).expect(200).body, first.body);
    let id = |body: Value| string(&ask(&server, &body), "/id").to_owned();
    assert_ne!(id(json!({ "input": [FINE] })), id(json!({ "input": [RUDE] })));
    assert_ne!(id(json!({ "input": ["ab", "c"] })), id(json!({ "input": ["a", "bc"] })));
    let other = CheckedServer::start();
    assert_eq!(other.post("/v1/moderations", &body).expect(200).body, first.body);
}

#[test]
fn what_cannot_be_scored_says_why() {
    let server = CheckedServer::start();
    let answer =
        ask(&server, &json!({ "input": ["Kada će most konačno biti gotov, pitaju se stanovnici grada?", ""] }));
    assert_eq!(answer["results"][0]["absent"], "language_unsupported");
    assert_eq!(
        (&answer["results"][0]["action"], &answer["results"][0]["flagged"]),
        (&json!("translate"), &json!(false))
    );
    assert_eq!(answer["results"][1]["absent"], "no_text");
    assert_eq!(answer["results"][1]["category_applied_input_types"]["harassment"], json!([]));
}

#[test]
fn the_policy_decides_what_is_flagged() {
    let server = CheckedServer::configured(
        "[[policy.rules]]\nid = \"ferry\"\nwhen = { text_matches = [\"ferry\"] }\naction = \"reject\"\n\
         [[policy.rules]]\nid = \"toxic\"\nwhen = { label = \"toxicity\", at_least = 0.5 }\naction = \"translate\"\n",
    );
    let answer = ask(&server, &json!({ "input": ["The ferry was late.", RUDE] }));
    assert_eq!((&answer["results"][0]["flagged"], &answer["results"][0]["action"]), (&json!(true), &json!("reject")));
    assert_eq!(answer["results"][0]["categories"]["harassment"], false);
    assert_eq!(
        (&answer["results"][1]["flagged"], &answer["results"][1]["categories"]["toxicity"]),
        (&json!(false), &json!(false))
    );
}

#[test]
fn what_is_no_text_is_refused() {
    let server = CheckedServer::start();
    let check = |body: Value, status: u16, code: &str| {
        assert_eq!(
            server.post("/v1/moderations", body.to_string()).expect(status).json()["error"]["code"],
            code,
            "{body}"
        );
    };
    check(
        json!({ "input": [{ "type": "image_url", "image_url": { "url": "https://example.org/a.png" } }] }),
        400,
        "unsupported_input",
    );
    check(json!({ "input": [] }), 400, "empty_input");
    check(json!({ "text": FINE }), 400, "invalid_json");
    check(json!({ "input": [FINE, 5] }), 400, "invalid_json");
    check(json!({ "input": vec!["a"; 1_001] }), 413, "too_many_inputs");
    check(json!({ "input": "a".repeat((1 << 20) + 1) }), 413, "text_too_long");
}
