//! Asks the server whose address is the first argument, with the key that is the second, and writes what the client made of
//! its answers, as one object of JSON.

use std::io::Write as _;

use google_commentanalyzer1_alpha1::api::{
    AnalyzeCommentRequest, AttributeParameters, AttributeScores, Score, SuggestCommentScoreRequest, TextEntry,
};
use google_commentanalyzer1_alpha1::hyper_util::client::legacy::Client;
use google_commentanalyzer1_alpha1::hyper_util::rt::TokioExecutor;
use google_commentanalyzer1_alpha1::{CommentAnalyzer, Error};
use hyper_rustls::HttpsConnectorBuilder;
use serde_json::{Value, json};

fn text(text: &str) -> TextEntry {
    TextEntry { text: Some(text.to_owned()), type_: Some("PLAIN_TEXT".to_owned()) }
}

/// What a failed call says: the body that the client read.
fn told(error: Error) -> Value {
    match error {
        Error::BadRequest(body) => body,
        other => json!(other.to_string()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (address, key) = (arguments.next().ok_or("no address")?, arguments.next().ok_or("no key")?);
    let connector = HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().build();
    let client = Client::builder(TokioExecutor::new()).build(connector);
    // A string is sent as a bearer token.
    let mut hub = CommentAnalyzer::new(client, key.clone());
    hub.base_url(format!("{address}/"));

    let asked = |attribute: &str, threshold: Option<f32>| AnalyzeCommentRequest {
        comment: Some(text("You are a stupid idiot, and nobody wants to read this.")),
        requested_attributes: Some(
            [(attribute.to_owned(), AttributeParameters { score_threshold: threshold, score_type: None })].into(),
        ),
        languages: Some(vec!["en".to_owned()]),
        client_token: Some("from-rust".to_owned()),
        span_annotations: Some(true),
        do_not_store: Some(true),
        ..AnalyzeCommentRequest::default()
    };
    let (_, analyzed) = hub.comments().analyze(asked("TOXICITY", Some(0.0))).param("key", &key).doit().await?;
    let unknown = hub.comments().analyze(asked("FLIRTATION", None)).param("key", &key).doit().await;
    let masked = hub.comments().analyze(asked("TOXICITY", None)).param("key", &key).param("fields", "languages");
    let (_, masked) = masked.doit().await?;

    let judged = |scores: AttributeScores| SuggestCommentScoreRequest {
        comment: Some(text("You are a stupid idiot, and nobody wants to read this.")),
        attribute_scores: Some([("TOXICITY".to_owned(), scores)].into()),
        community_id: Some("rust".to_owned()),
        client_token: Some("from-rust".to_owned()),
        ..SuggestCommentScoreRequest::default()
    };
    let score = Score { value: Some(1.0), type_: Some("PROBABILITY".to_owned()) };
    let sound = AttributeScores { summary_score: Some(score), span_scores: None };
    let suggested = hub.comments().suggestscore(judged(sound)).param("key", &key).doit().await;
    let empty = hub.comments().suggestscore(judged(AttributeScores::default())).param("key", &key).doit().await;

    let written = json!({
        "analyzed": analyzed,
        "unknown": unknown.err().map(told),
        "masked": masked,
        "suggested": suggested.map_or_else(told, |(_, answer)| json!(answer)),
        "empty": empty.err().map(told),
    });
    writeln!(std::io::stdout().lock(), "{written}")?;
    Ok(())
}
