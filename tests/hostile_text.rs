//! Texts that are made to take a program long, and words that are disguised.

use std::path::Path;

use serde_json::{Value, json};
use threadsieve::classify::artifact::Artifact;
use threadsieve::language::{Detector, Prior};
use threadsieve::text::html::marked_text;
use threadsieve::tone::{ToneModel, ToneScratch};

use crate::support::{Workspace, by_id};

#[path = "../examples/hostile_text/evasions.rs"]
mod evasions;
#[path = "../examples/hostile_text/kinds.rs"]
mod kinds;

use evasions::{EVASIONS, PLAIN};
use kinds::{ARTICLE, HTML_KINDS, KINDS};

/// Of this size a text of any kind takes less than a second. Where a stage looked at all of the rest from every place of it,
/// that would be minutes for each kind.
const BYTES: usize = 200_000;
/// Scores of a disguised comment are not further from those of the plain one.
const NEAR: f64 = 0.02;

/// Records of comments with these texts in a thread with [`ARTICLE`], by their numbers as ids.
fn records(texts: &[String], configuration: &str) -> Vec<Value> {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", configuration);
    let mut lines = json!({"type": "thread", "thread_id": "t", "title": "The bridge", "article": ARTICLE}).to_string();
    for (number, text) in texts.iter().enumerate() {
        lines.push('\n');
        lines += &json!({"id": number.to_string(), "thread_id": "t", "text": text}).to_string();
    }
    workspace.run(["run", "-"], lines.as_bytes()).expect_code(0).records()
}

#[test]
fn no_kind_of_text_takes_long_or_is_lost() {
    let texts: Vec<String> = KINDS.iter().map(|kind| kind.text(BYTES)).collect();
    let found = records(&texts, "[tone]\nevidence = 2\n");
    assert_eq!(found.len(), KINDS.len());
    for (kind, record) in KINDS.iter().zip(&found) {
        let scores = record["tone"]["scores"].as_object();
        let is_sound = scores.is_none_or(|scores| {
            scores.values().all(|score| score.as_f64().is_some_and(|score| (0.0..=1.0).contains(&score)))
        });
        assert!(
            is_sound && (scores.is_some() || record["tone"]["absent"].is_string()),
            "{}: {}",
            kind.name,
            record["tone"]
        );
    }
}

#[test]
fn no_kind_of_html_takes_long() {
    for kind in HTML_KINDS {
        let html = kind.text(1 << 20);
        let marked = marked_text(&html);
        assert!(marked.text.len() <= 2 * html.len(), "{}: {} bytes", kind.name, marked.text.len());
    }
}

fn model() -> ToneModel {
    let artifact = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name).join("weights.bin");
        Artifact::read(&path).expect(name)
    };
    ToneModel::new(&artifact("abuse"), &artifact("sentiment"), Vec::new()).expect("models")
}

#[test]
fn disguised_words_score_like_plain_ones() {
    let (model, detector, mut scratch) = (model(), Detector::shipped(), ToneScratch::default());
    let mut score = |text: &str| model.score(text, None, 0, &mut scratch).expect("a tone").scores;
    let plain = score(PLAIN);
    let mut far = Vec::new();
    for evasion in EVASIONS {
        let text = evasion.text();
        assert_ne!(text, PLAIN, "{}", evasion.name);
        let found = score(&text);
        let distance = |(plain, found): (&threadsieve::domain::LabelledScore, &threadsieve::domain::LabelledScore)| {
            (plain.probability.get() - found.probability.get()).abs()
        };
        let distance = plain.iter().zip(&found).map(distance).fold(0.0, f64::max);
        let language = detector.judge(&text, &Prior::none()).known().map(|code| code.to_string());
        if evasion.is_undone && (distance > NEAR || language.as_deref() != Some("en")) {
            far.push(format!("{}: {text}: {distance:.3}, {language:?}", evasion.name));
        }
    }
    assert!(far.is_empty(), "{}", far.join("\n"));
}

#[test]
fn evidence_stands_on_the_bytes_of_the_comment() {
    let mut texts: Vec<String> = EVASIONS.iter().filter(|one| one.is_undone).map(evasions::Evasion::text).collect();
    texts.push(PLAIN.to_owned());
    let found = records(&texts, "[tone]\nevidence = 4\n");
    for (number, text) in texts.iter().enumerate() {
        let record = by_id(&found, &number.to_string());
        // A comment says what an earlier one says, in other signs: it is none of its repeats.
        let evidence = record["tone"]["evidence"].as_array().unwrap_or_else(|| panic!("no evidence: {record}"));
        let length = text.chars().count() as u64;
        assert!(!evidence.is_empty(), "{text}");
        for one in evidence {
            let (begin, end) = (one["begin"].as_u64().expect("a number"), one["end"].as_u64().expect("a number"));
            assert!(begin < end && end <= length, "{text}: {one}");
        }
    }
}

#[test]
fn patterns_are_looked_for_in_own_words_as_they_are_meant() {
    let rule = |pattern: &str| {
        format!(
            "[[policy.rules]]\nid = \"x\"\nwhen = {{ text_matches = ['never there', '{pattern}'] }}\naction = \"review\"\n"
        )
    };
    let check = |pattern: &str, text: &str, expected: bool| {
        let found = records(&[text.to_owned()], &rule(pattern));
        let reason = &found[0]["decision"]["reasons"][0];
        let label = if expected { json!(format!("text_matches:{pattern}")) } else { Value::Null };
        assert_eq!(reason["label"], label, "{pattern} in {text}");
    };
    check(r"\bbuy now\b", "You can BUY   now, they say.", true);
    check(r"\bbuy now\b", "You can b\u{200d}uy nоw.", true);
    check(r"\bbuy now\b", "Nobody buys nowadays.", false);
    check(r"\bмост\b", "Ово је стари мост.", true);
    check("\"so\"", "He said “so”.", true);
    // Quotes, links and code are nobody's own words.
    check("council", "> The council will close the old bridge in May.\nWhat a pity.", false);
    check("example", "See https://example.org/ for more.", false);
}
