//! Perspective's protocol as its clients know it: errors to the byte, names, spans, context, masks, batches, discovery, and that
//! nothing that is sent ends the server.

use serde_json::{Value, json};
use threadsieve::serve::Answered;

use crate::support::in_process::{ask, ask_at, json_of, server};
use crate::support::strings;

const ANALYZE: &str = "/v1alpha1/comments:analyze";
/// The same without line breaks in the answer.
const COMPACT: &str = "/v1alpha1/comments:analyze?prettyPrint=false";
const ABUSE: &str = "You are a stupid idiot, and nobody wants to read this.";
const ARTICLE: &str = "The old bridge over the river\nThe council has closed the old bridge over the river for repairs. Drivers \
    have to take the road through the village until the summer, and many of them are angry with the council.";

fn post(path: &str, body: impl AsRef<[u8]>) -> Answered {
    ask("POST", path, &[("content-type", "application/json")], body)
}

/// A request for attributes of a text, with more fields.
#[allow(clippy::needless_pass_by_value, reason = "made where it is needed, by `json!`")]
fn request(text: &str, attributes: &[&str], more: Value) -> Value {
    let attributes: Value = attributes.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    let mut request = json!({"comment": {"text": text}, "requestedAttributes": attributes});
    request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    request
}

/// A good answer.
#[track_caller]
fn analyzed(request: &Value) -> Value {
    let answer = post(ANALYZE, request.to_string());
    let body = json_of(&answer);
    assert_eq!(answer.status, 200, "{request}: {body}");
    body
}

#[track_caller]
fn value(answer: &Value, attribute: &str) -> f64 {
    let found = answer["attributeScores"][attribute]["summaryScore"]["value"].as_f64();
    found.unwrap_or_else(|| panic!("no score of {attribute} in {answer}"))
}

#[test]
fn errors_are_those_of_google_to_the_byte() {
    let check = |body: &str, expected: &str| {
        let answer = post(COMPACT, body);
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(String::from_utf8(answer.body).expect("UTF-8"), format!("{expected}\n"), "{body}");
    };
    let typed = |message: &str, kind: &str| {
        format!(
            "{{\"error\":{{\"code\":400,\"message\":\"{message}\",\"status\":\"INVALID_ARGUMENT\",\"details\":[{{\"@type\":\
             \"type.googleapis.com/google.commentanalyzer.v1alpha1.Error\",\"errorType\":\"{kind}\"}}]}}}}"
        )
    };
    let plain = |message: &str| {
        format!("{{\"error\":{{\"code\":400,\"message\":\"{message}\",\"status\":\"INVALID_ARGUMENT\"}}}}")
    };
    let empty = typed("Comment must be non-empty.", "COMMENT_EMPTY");
    for body in [
        "",
        "{}",
        "null",
        "{\"comment\":{}}",
        "{\"comment\":{\"text\":\" \\n\"},\"requestedAttributes\":{\"TOXICITY\":{}}}",
    ] {
        check(body, &empty);
    }
    let of = |text: &str, more: Value| request(text, &["TOXICITY"], more).to_string();
    check(
        &of(&"a ".repeat(10_496), json!({})),
        &plain("Comment text was too many bytes. Value (20992) exceeded limit (20480)."),
    );
    check(
        &of("A comment.", json!({"context": {"entries": [{"text": "a".repeat((1 << 20) + 1)}]}})),
        &plain("Context entry text was too many bytes. Value (1048577) exceeded limit (1048576)."),
    );
    let unread = |attribute: &str, language: &str, field: &str| {
        format!(
            "{{\"error\":{{\"code\":400,\"message\":\"Attribute {attribute} does not support request languages: {language}\",\
             \"status\":\"INVALID_ARGUMENT\",\"details\":[{{\"@type\":\
             \"type.googleapis.com/google.commentanalyzer.v1alpha1.Error\",\"errorType\":\"LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE\",\
             \"languageNotSupportedByAttributeError\":{{\"{field}\":[\"{language}\"],\"attribute\":\"{attribute}\"}}}}]}}}}"
        )
    };
    let finnish = "Minä en tiedä, mitä tästä pitäisi ajatella, mutta kiitos kuitenkin.";
    check(&of(finnish, json!({})), &unread("TOXICITY", "fi", "detectedLanguages"));
    let versioned = request(finnish, &["THREAT_EXPERIMENTAL@3"], json!({})).to_string();
    check(&versioned, &unread("THREAT_EXPERIMENTAL@3", "fi", "detectedLanguages"));
    check(&of(ABUSE, json!({"languages": ["fi"]})), &unread("TOXICITY", "fi", "requestedLanguages"));
    check(&of("\u{1f642}\u{1f642}", json!({})), &typed("Unable to detect language", "LANGUAGE_DETECTION_FAILED"));
    let missing = typed("Missing requested_attributes", "NO_REQUESTED_ATTRIBUTES");
    check("{\"comment\":{\"text\":\"a b c\"}}", &missing);
    check("{\"comment\":{\"text\":\"a b c\"},\"requestedAttributes\":{}}", &missing);
    let invalid = |message: &str| typed(message, "INVALID_REQUEST");
    check(&request(ABUSE, &["FLIRTATION"], json!({})).to_string(), &invalid("Unknown requested attribute: FLIRTATION"));
    check(&request(ABUSE, &[""], json!({})).to_string(), &invalid("Unknown requested attribute: "));
    for (scale, name) in [(json!("RAW"), "RAW"), (json!(3), "PERCENTILE"), (json!("OTHER"), "OTHER")] {
        let body = json!({"comment": {"text": ABUSE}, "requestedAttributes": {"INSULT": {"scoreType": scale}}});
        let message = format!("Requested score type {name} is not supported by attribute INSULT");
        check(&body.to_string(), &invalid(&message));
    }
    for (kind, message) in [
        (json!("HTML"), "Currently, only 'PLAIN_TEXT' comments are supported"),
        (json!(2), "Currently, only 'PLAIN_TEXT' comments are supported"),
        (json!("MARKDOWN"), "Unknown text type"),
        (json!(7), "Unknown text type"),
    ] {
        let body = json!({"comment": {"text": ABUSE, "type": kind}, "requestedAttributes": {"INSULT": {}}});
        check(&body.to_string(), &invalid(message));
        let context = json!({"context": {"articleAndParentComment": {"article": {"text": ARTICLE, "type": kind}}}});
        check(&of(ABUSE, context), &invalid(message));
    }
    let both = json!({"context": {"entries": [{"text": "a"}], "article_and_parent_comment": {}}});
    let message = "Context can have either entries or article_and_parent_comment, but both fields were populated.";
    check(&of(ABUSE, both), &invalid(message));
    let nothing = "{\"error\":{\"code\":400,\"message\":\"Request contains an invalid argument.\",\"status\":\"INVALID_ARGUMENT\",\
        \"details\":[{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":[{\"field\":\"languages,nothing\",\
        \"description\":\"Error expanding 'fields' parameter. Cannot find matching fields for path 'nothing'.\"}]}]}}\n";
    let answer = post(&format!("{COMPACT}&fields=languages,nothing"), of(ABUSE, json!({})));
    assert_eq!((answer.status, String::from_utf8(answer.body).expect("UTF-8").as_str()), (400, nothing));
}

#[test]
fn errors_are_indented_unless_asked_otherwise() {
    let answer = post(ANALYZE, "");
    let expected = "{\n  \"error\": {\n    \"code\": 400,\n    \"message\": \"Comment must be non-empty.\",\n    \"status\": \
        \"INVALID_ARGUMENT\",\n    \"details\": [\n      {\n        \"@type\": \
        \"type.googleapis.com/google.commentanalyzer.v1alpha1.Error\",\n        \"errorType\": \"COMMENT_EMPTY\"\n      }\n    ]\n  }\n}\n";
    assert_eq!(String::from_utf8(answer.body).expect("UTF-8"), expected);
}

#[test]
fn answers_have_google_s_shape() {
    let answer = analyzed(&request(ABUSE, &["TOXICITY"], json!({"clientToken": "t", "languages": ["en"]})));
    let score = json!({"value": value(&answer, "TOXICITY"), "type": "PROBABILITY"});
    let expected = json!({"attributeScores": {"TOXICITY": {"spanScores": [{"begin": 0, "end": ABUSE.len(), "score": score}],
        "summaryScore": score}}, "languages": ["en"], "detectedLanguages": ["en"], "clientToken": "t"});
    assert_eq!(answer, expected);
    // What was asked for comes first, in its order, under the names that it was asked for by.
    let names = ["THREAT@2", "TOXICITY", "OBSCENE", "SEVERE_TOXICITY_EXPERIMENTAL", "negative"];
    let body = String::from_utf8(post(COMPACT, request_in_order(&names)).body).expect("UTF-8");
    let places: Vec<Option<usize>> =
        names.iter().map(|name| body.find(&format!("\"{name}\":{{\"spanScores\""))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {body}");
}

/// A request for attributes in an order, which an object of `serde_json` would not keep.
fn request_in_order(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\":{{}}")).collect();
    format!("{{\"comment\":{{\"text\":\"{ABUSE}\"}},\"requestedAttributes\":{{{}}}}}", names.join(","))
}

#[test]
fn attributes_are_known_by_all_their_names() {
    let plain = ["TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT"];
    let scores = analyzed(&request(ABUSE, &plain, json!({})));
    for name in plain {
        for other in [format!("{name}@6"), format!("{name}_EXPERIMENTAL"), format!("{name}_EXPERIMENTAL@12")] {
            let answer = analyzed(&request(ABUSE, &[&other], json!({})));
            assert!((value(&answer, &other) - value(&scores, name)).abs() < 1e-9, "{other}");
        }
    }
    let obscene = value(&analyzed(&request(ABUSE, &["OBSCENE"], json!({}))), "OBSCENE");
    assert!((obscene - value(&scores, "PROFANITY")).abs() < 1e-9, "{obscene}");
    assert!(value(&scores, "TOXICITY") > 0.8 && value(&scores, "THREAT") < value(&scores, "INSULT"), "{scores}");
    for own in ["positive", "negative", "neutral"] {
        assert!(value(&analyzed(&request(ABUSE, &[own], json!({}))), own) <= 1.0);
    }
    let unknown =
        ["SEXUALLY_EXPLICIT", "LIKELY_TO_REJECT", "ATTACK_ON_AUTHOR", "REASONING_EXPERIMENTAL", "toxicity@x", "X"];
    for name in unknown {
        assert_eq!(post(ANALYZE, request(ABUSE, &[name], json!({})).to_string()).status, 400, "{name}");
        let drops = json!({"dropUnsupportedAttributes": true});
        let answer = analyzed(&request(ABUSE, &[name, "TOXICITY"], drops.clone()));
        assert_eq!(answer["attributeScores"].as_object().map(serde_json::Map::len), Some(1), "{answer}");
        assert_eq!(analyzed(&request(ABUSE, &[name], drops))["attributeScores"], json!({}));
    }
}

#[test]
fn off_topic_is_told_from_either_kind_of_context() {
    let on = "The council should have repaired the bridge years ago, the village is full of angry drivers.";
    let off = "My cat sleeps all day on the sofa and only wakes up for tuna and chicken.";
    let reply = "Do you mean the road through the village?";
    for context in [
        json!({"articleAndParentComment": {"article": {"text": ARTICLE}}}),
        json!({"article_and_parent_comment": {"article": {"text": ARTICLE}, "parent_comment": {"text": reply}}}),
        json!({"entries": [{"text": ARTICLE, "type": "PLAIN_TEXT"}]}),
        json!({"entries": [{"text": ARTICLE}, {"text": "I live there."}, {"text": reply}]}),
    ] {
        let score = |text: &str| {
            let answer = analyzed(&request(text, &["OFF_TOPIC", "TOXICITY"], json!({"context": context})));
            value(&answer, "OFF_TOPIC")
        };
        assert!(score(on) < 0.3 && score(off) > 0.7, "{context}: {} {}", score(on), score(off));
    }
    for context in [
        json!(null),
        json!({}),
        json!({"entries": []}),
        json!({"entries": [{"text": ""}]}),
        json!({"articleAndParentComment": {}}),
    ] {
        let answer = analyzed(&request(off, &["OFF_TOPIC", "TOXICITY"], json!({"context": context})));
        assert!(answer["attributeScores"].get("OFF_TOPIC").is_none() && value(&answer, "TOXICITY") < 0.8, "{answer}");
        assert_eq!(answer["absentAttributes"]["OFF_TOPIC"]["reason"], "no_context");
        let alone = post(ANALYZE, request(off, &["OFF_TOPIC"], json!({"context": context})).to_string());
        let body = json_of(&alone);
        assert_eq!(alone.status, 400);
        assert!(
            body["error"]["message"].as_str().is_some_and(|told| told.contains("context.articleAndParentComment")),
            "{body}"
        );
    }
}

#[test]
fn scores_below_a_threshold_are_left_out() {
    let score = value(&analyzed(&request(ABUSE, &["TOXICITY"], json!({}))), "TOXICITY");
    let check = |threshold: Value, is_there: bool| {
        let body =
            json!({"comment": {"text": ABUSE}, "requestedAttributes": {"TOXICITY": {"scoreThreshold": threshold}}});
        assert_eq!(analyzed(&body)["attributeScores"].get("TOXICITY").is_some(), is_there, "{threshold} {score}");
    };
    check(json!(0), true);
    check(json!(null), true);
    check(json!(score), true);
    check(json!("0.01"), true);
    check(json!(1), score >= 1.0);
    check(json!(score + 0.001), false);
    check(json!("Infinity"), false);
    check(json!(-1), true);
}

#[test]
fn spans_are_sentences_in_units_of_utf_16() {
    let check = |text: &str, expected: &[&str]| {
        let answer = analyzed(&request(text, &["TOXICITY"], json!({"spanAnnotations": true, "languages": ["en"]})));
        let units: Vec<u16> = text.encode_utf16().collect();
        let spans = answer["attributeScores"]["TOXICITY"]["spanScores"].as_array().expect("spans").clone();
        let place = |span: &Value, end: &str| usize::try_from(span[end].as_u64().expect("a number")).expect("small");
        let parts: Vec<String> = spans
            .iter()
            .map(|span| {
                String::from_utf16(&units[place(span, "begin")..place(span, "end")]).expect("no half character")
            })
            .collect();
        assert_eq!(parts, expected, "{text}");
        let whole = analyzed(&request(text, &["TOXICITY"], json!({"languages": ["en"]})));
        let whole = whole["attributeScores"]["TOXICITY"]["spanScores"].as_array().expect("spans").clone();
        assert_eq!((whole.len(), &whole[0]["begin"], &whole[0]["end"]), (1, &json!(0), &json!(units.len())), "{text}");
    };
    check("Thanks a lot. You are an idiot.", &["Thanks a lot.", "You are an idiot."]);
    check("🙂🙂 Thanks a lot! 👩‍👩‍👧 You are an idiot.", &["🙂🙂", "Thanks a lot! 👩‍👩‍👧", "You are an idiot."]);
    check("Cafe\u{301} is good. 𝔘nicode too.", &["Cafe\u{301} is good.", "𝔘nicode too."]);
    check("One line\nand another", &["One line", "and another"]);
    check("🙂", &["🙂"]);
    // The sentence that is an insult stands out.
    let text = "Thanks for the long answer. You are a stupid idiot.";
    let answer = analyzed(&request(text, &["INSULT"], json!({"spanAnnotations": true})));
    let spans = &answer["attributeScores"]["INSULT"]["spanScores"];
    let of = |at: usize| spans[at]["score"]["value"].as_f64().expect("a number");
    assert!(of(0) < 0.3 && of(1) > 0.8, "{spans}");
}

#[test]
fn languages_are_taken_told_and_named() {
    let check = |text: &str, stated: &[&str], languages: &[&str], detected: &[&str]| {
        let answer = analyzed(&request(text, &["TOXICITY"], json!({"languages": stated})));
        assert_eq!(strings(&answer, "/languages"), languages, "{text}");
        assert_eq!(strings(&answer, "/detectedLanguages"), detected, "{text}");
    };
    check(ABUSE, &[], &["en"], &["en"]);
    check(ABUSE, &["en"], &["en"], &["en"]);
    check(ABUSE, &["en-US"], &["en-US"], &["en"]);
    // Who says that it is English is believed.
    check("Ovo je vrlo zanimljiv članak, hvala vam na njemu.", &["en"], &["en"], &["hbs"]);
    let unread = |text: &str, stated: Value, told: &str| {
        let answer = post(ANALYZE, request(text, &["TOXICITY"], json!({"languages": stated})).to_string());
        let message = json_of(&answer)["error"]["message"].clone();
        assert_eq!(message, format!("Attribute TOXICITY does not support request languages: {told}"), "{text}");
    };
    unread("Где је нестало млеко које сам купио пре два дана? Уопште не разумем шта се десило.", json!(null), "sr");
    unread("Gde je nestalo mleko koje sam kupio pre dva dana? Uopšte ne razumem šta se desilo.", json!([]), "sr-Latn");
    unread("Danas je lijepo, ali sutra pada snijeg. Tko zna tko će doći, možda nitko.", json!(null), "hr");
    unread(ABUSE, json!(["en", "fi"]), "en, fi");
    unread(ABUSE, json!(["no such language"]), "no such language");
    let drops = json!({"languages": ["fi"], "dropUnsupportedAttributes": true});
    assert_eq!(analyzed(&request(ABUSE, &["TOXICITY"], drops))["attributeScores"], json!({}));
}

#[test]
fn requests_are_read_as_google_reads_them() {
    let expected = analyzed(&request(ABUSE, &["TOXICITY"], json!({"languages": ["en"], "clientToken": "t"})));
    let check = |body: &str, headers: &[(&str, &str)]| {
        let answer = ask("POST", ANALYZE, headers, body);
        assert_eq!(json_of(&answer), expected, "{body}");
    };
    let strict = request(ABUSE, &["TOXICITY"], json!({"languages": ["en"], "clientToken": "t"})).to_string();
    for content_type in
        ["application/json", "text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"]
    {
        check(&strict, &[("content-type", content_type)]);
    }
    check(&strict, &[]);
    for body in [
        format!(
            "{{comment: {{text: \"{ABUSE}\"}}, languages: [\"en\"], requestedAttributes: {{TOXICITY:{{}}}}, clientToken: 't'}}"
        ),
        format!(
            "{{'comment': {{'text': '{ABUSE}',}}, client_token: 't', 'languages': ['en',], 'requested_attributes': {{'TOXICITY': {{}}}}}}"
        ),
        format!(
            "{{\"comment\":{{\"text\":\"{ABUSE}\",\"type\":1}},\"requestedAttributes\":{{\"TOXICITY\":{{\"scoreType\":1}}}},\
             \"languages\":[\"en\"],\"clientToken\":\"t\",\"sessionId\":\"1\",\"communityId\":\"c\",\"doNotStore\":true}}"
        ),
        format!(
            "{{\"comment\":{{\"text\":\"{ABUSE}\",\"type\":null}},\"requestedAttributes\":{{\"TOXICITY\":null}},\"context\":null,\
             \"languages\":[\"en\"],\"clientToken\":\"t\",\"spanAnnotations\":null,\"unknown\":{{\"a\":[1]}},\"session_id\":null}}"
        ),
        format!("\u{feff} {strict} \n"),
    ] {
        check(&body, &[]);
    }
    for path in [
        "/v1alpha1/comments:analyze?key=any&alt=json&quotaUser=x&$.xgafv=2&uploadType=media&callback=f&access_token=t",
        "/v1alpha1/comments%3Aanalyze?key",
        "/v1alpha1/comments:analyze?",
    ] {
        assert_eq!(json_of(&post(path, &strict)), expected, "{path}");
    }
    assert_eq!(post("/v1alpha1/comments:analyze?alt=proto", &strict).status, 400);
}

#[test]
fn what_is_not_there_is_answered_in_google_s_shape() {
    let check = |method: &str, path: &str, status: u16, name: &str| {
        let answer = ask(method, path, &[], "{}");
        assert_eq!(answer.status, status, "{method} {path}");
        let error = json_of(&answer)["error"].clone();
        assert_eq!((&error["code"], &error["status"]), (&json!(status), &json!(name)), "{method} {path}");
    };
    check("POST", "/v1alpha1/comments:analyze/", 404, "NOT_FOUND");
    check("POST", "//v1alpha1/comments:analyze", 404, "NOT_FOUND");
    check("POST", "/v1alpha1/comments:delete", 404, "NOT_FOUND");
    check("POST", "/v1beta1/comments:analyze", 404, "NOT_FOUND");
    check("POST", "/V1ALPHA1/comments:analyze", 404, "NOT_FOUND");
    check("GET", "/", 404, "NOT_FOUND");
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        check(method, ANALYZE, 405, "METHOD_NOT_ALLOWED");
        check(method, "/batch", 405, "METHOD_NOT_ALLOWED");
        assert_eq!(ask(method, ANALYZE, &[], "").header("allow"), Some("POST"), "{method}");
    }
    assert_eq!(ask("HEAD", ANALYZE, &[], "").status, 405);
    let head = ask("HEAD", "/$discovery/rest?version=v1alpha1", &[], "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    check("POST", "/$discovery/rest", 405, "METHOD_NOT_ALLOWED");
    for path in ["/$discovery/rest?version=v1", "/discovery/v1/apis/commentanalyzer/v1/rest"] {
        check("GET", path, 404, "NOT_FOUND");
        let told = json_of(&ask("GET", path, &[], ""))["error"]["message"].clone();
        let expected =
            "Discovery document not found for API service: commentanalyzer.googleapis.com format: rest version: v1";
        assert_eq!(told, expected);
    }
}

#[test]
fn masks_leave_what_they_name() {
    let body = request(ABUSE, &["TOXICITY", "INSULT"], json!({"clientToken": "t", "languages": ["en"]})).to_string();
    let whole = analyzed(&serde_json::from_str(&body).expect("JSON"));
    let check = |mask: &str, expected: Value| {
        let mask: String = form_urlencoded::byte_serialize(mask.as_bytes()).collect();
        let answer = post(&format!("{ANALYZE}?fields={mask}"), &body);
        assert_eq!((answer.status, json_of(&answer)), (200, expected), "{mask}");
    };
    check("*", whole.clone());
    check("clientToken", json!({"clientToken": "t"}));
    let summary = |name: &str| whole["attributeScores"][name]["summaryScore"].clone();
    check(
        "attributeScores(INSULT/summaryScore)",
        json!({"attributeScores": {"INSULT": {"summaryScore": summary("INSULT")}}}),
    );
    let both =
        json!({"TOXICITY": {"summaryScore": summary("TOXICITY")}, "INSULT": {"summaryScore": summary("INSULT")}});
    check("attributeScores/*/summaryScore,languages", json!({"attributeScores": both, "languages": ["en"]}));
    // Numbers and their order are those of the whole answer, to the byte.
    let text = |query: &str| String::from_utf8(post(&format!("{COMPACT}{query}"), &body).body).expect("UTF-8");
    assert_eq!(text("&fields=*"), text(""));
    // Errors are whole.
    assert_eq!(json_of(&post(&format!("{ANALYZE}?fields=languages"), ""))["error"]["code"], 400);
}

#[test]
fn the_discovery_document_leads_to_the_server_that_was_asked() {
    let host = [("host", "scores.example:8080")];
    for path in [
        "/$discovery/rest?version=v1alpha1",
        "/$discovery/rest",
        "/discovery/v1/apis/commentanalyzer/v1alpha1/rest?key=k",
    ] {
        let document = json_of(&ask("GET", path, &host, ""));
        assert_eq!(document["rootUrl"], "http://scores.example:8080/", "{path}");
        assert_eq!((&document["servicePath"], &document["batchPath"]), (&json!(""), &json!("batch")));
    }
    let configured = server("[serve]\nroot_url = \"https://scores.example/base\"\n");
    let document = json_of(&ask_at(&configured, "GET", "/$discovery/rest?version=v1alpha1", &host, ""));
    assert_eq!(document["baseUrl"], "https://scores.example/base/");
    let forwarded = [host[0], ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")];
    let document = json_of(&ask("GET", "/$discovery/rest", &forwarded, ""));
    assert_eq!(document["rootUrl"], "http://scores.example:8080/", "what anybody may send is not believed");
    for bad in ["evil.example/\"", "user@evil.example", "a b"] {
        assert_eq!(ask("GET", "/$discovery/rest", &[("host", bad)], "").status, 400, "{bad}");
    }
    // Each of its methods is there.
    let methods = document["resources"]["comments"]["methods"].as_object().expect("methods").clone();
    for method in methods.values() {
        let path = format!("/{}", method["path"].as_str().expect("a path"));
        assert_eq!(post(&path, "").status, 400, "{path}");
    }
}

/// References as JSON Schema writes them, and no fields that are not named.
fn rewritten(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: serde_json::Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), rewritten(value))).collect();
            if let Some(name) = fields.get("$ref").and_then(Value::as_str) {
                return json!({"$ref": format!("#/schemas/{name}")});
            }
            if fields.contains_key("properties") {
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
            // A name for Google's readers, an address for those of JSON Schema.
            fields.remove("id");
            Value::Object(fields)
        }
        Value::Array(values) => values.iter().map(rewritten).collect(),
        other => other.clone(),
    }
}

#[test]
fn answers_have_the_fields_of_their_schemas() {
    let document = json_of(&ask("GET", "/$discovery/rest", &[("host", "a")], ""));
    let schemas = rewritten(&document["schemas"]);
    let check = |name: &str, value: &Value| {
        let schema = json!({"$ref": format!("#/schemas/{name}"), "schemas": schemas});
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let problems: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{name}: {problems:?}: {value}");
        assert!(!validator.is_valid(&json!({"other": 1})), "{name}");
    };
    let context = json!({"articleAndParentComment": {"article": {"text": ARTICLE}}});
    for request in [
        request(
            ABUSE,
            &["TOXICITY", "OFF_TOPIC"],
            json!({"spanAnnotations": true, "clientToken": "t", "context": context}),
        ),
        request(ABUSE, &["TOXICITY", "OFF_TOPIC"], json!({"languages": ["en"], "doNotStore": true, "sessionId": "1"})),
    ] {
        check("AnalyzeCommentRequest", &request);
        check("AnalyzeCommentResponse", &analyzed(&request));
    }
}

/// Whatever comes: a good answer or a bad request, in JSON.
#[track_caller]
fn check_well_formed(body: &[u8]) {
    let answer = post(COMPACT, body);
    let shown = String::from_utf8_lossy(body);
    let read = json_of(&answer);
    match answer.status {
        200 => assert!(read["attributeScores"].is_object() && read["languages"].is_array(), "{shown}: {read}"),
        400 => {
            let error = &read["error"];
            assert_eq!((&error["code"], &error["status"]), (&json!(400), &json!("INVALID_ARGUMENT")), "{shown}");
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{shown}");
        }
        other => panic!("{other}: {shown}"),
    }
}

#[test]
fn json_that_is_broken_at_any_byte_is_answered() {
    let sample = "{\"comment\":{\"text\":\"Ž🙂 a b\",\"type\":1},requestedAttributes:{\"TOXICITY@2\":{\"scoreThreshold\":0.5,},'THREAT':null},\
        \"languages\":[\"en\"],\"context\":{\"entries\":[{\"text\":\"x\\u017e\\n\"}]},\"spanAnnotations\":true}";
    assert_eq!(post(ANALYZE, sample).status, 200);
    for at in 0..sample.len() {
        check_well_formed(&sample.as_bytes()[..at]);
        check_well_formed(&sample.as_bytes()[at..]);
        let mut deleted = sample.as_bytes().to_vec();
        let byte = deleted.remove(at);
        check_well_formed(&deleted);
        for other in [b'"', b'{', b'}', b'[', b']', b',', b':', b'\\', b'0', b' ', 0, 0x80, 0xff, b'\'', byte ^ 1] {
            let mut changed = sample.as_bytes().to_vec();
            changed[at] = other;
            check_well_formed(&changed);
        }
    }
    assert_eq!(post(ANALYZE, sample).status, 200, "the server lives");
}

#[test]
fn bodies_that_are_made_to_hurt_are_answered() {
    for body in [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(1_000_000),
        "{a:".repeat(100_000),
        format!("{{\"comment\":{{\"text\":\"{}\"}}}}", "\\ud83d".repeat(1_000)),
        format!("{{\"languages\":[{}]}}", "\"en\",".repeat(100_000)),
        format!(
            "{{\"comment\":{{\"text\":\"a\"}},\"requestedAttributes\":{{{}}}}}",
            (0..100_000).map(|n| format!("\"A{n}\":{{}}")).collect::<Vec<_>>().join(",")
        ),
        "1e999999999".to_owned(),
        "0".repeat(1 << 20),
        "\"".repeat(1 << 20),
        "/*".repeat(1 << 18),
    ] {
        check_well_formed(body.as_bytes());
    }
}

#[test]
fn no_answer_is_many_times_as_long_as_what_was_asked() {
    let names: Vec<String> = (0..200).map(|version| format!("TOXICITY@{version}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let many = json!({"spanAnnotations": true, "languages": ["en"]});
    let answer = post(ANALYZE, request(&"Go on. ".repeat(2_900), &names, many.clone()).to_string());
    assert_eq!(answer.status, 400);
    let told = json_of(&answer)["error"]["message"].as_str().expect("a message").to_owned();
    assert!(told.contains("span scores"), "{told}");
    // As many as anybody asks for in earnest are answered.
    let eight =
        ["TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT", "OBSCENE", "negative"];
    let answer = analyzed(&request(&"A sentence with a few words. ".repeat(700), &eight, many));
    assert_eq!(answer["attributeScores"]["THREAT"]["spanScores"].as_array().map(Vec::len), Some(700));
}
