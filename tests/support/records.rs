//! Made-up records, as `run` writes them.

use serde_json::{Value, json};

/// Scores that look random and are the same every time.
fn score(seed: u64) -> f64 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let share = ((mixed ^ (mixed >> 31)) % 10_001) as f64 / 1e4;
    // Most scores are low.
    (share * share * 1e4).round() / 1e4
}

/// The record of a comment that says `text`; its scores follow from `number`, and its decision from them: held from a
/// toxicity of 0.5, an insult of 0.6 and an off-topic score of 0.9 on, and where it is a duplicate.
pub fn record(number: u64, thread: &str, text: &str) -> Value {
    let label = |place: u64| score(number * 16 + place);
    let (toxicity, insult, off_topic) = (label(1), label(2), label(3));
    let is_duplicate = number % 23 == 22;
    let mut reasons = Vec::new();
    for (rule, name, value, threshold) in [
        ("toxic", "toxicity", toxicity, 0.5),
        ("insult", "insult", insult, 0.6),
        ("off-topic", "off_topic", off_topic, 0.9),
    ] {
        if value >= threshold {
            reasons.push(json!({"rule": rule, "label": name, "score": value, "threshold": threshold}));
        }
    }
    if is_duplicate {
        reasons.push(json!({"rule": "again", "label": "flag:duplicate", "score": null, "threshold": null}));
    }
    let action = if reasons.is_empty() { "approve" } else { "review" };
    if reasons.is_empty() {
        reasons.push(json!({"rule": "default", "label": null, "score": null, "threshold": null}));
    }
    let hour = number % 20;
    json!({
        "schema": "threadsieve.record/1", "thread_id": thread, "id": format!("c{number}"), "parent_id": null,
        "author": format!("reader{}", number % 40), "created_at": format!("2026-05-{:02}T{hour:02}:00:00Z", 1 + number % 28),
        "text": text,
        "language": {"code": "en", "script": "Latn", "confidence": 0.99, "status": "known", "candidates": []},
        "translation": {"flagged": false, "status": "not_needed", "from": null, "to": null, "span": null, "untranslated": null},
        "segments": [{"kind": "prose", "begin": 0, "end": text.chars().count(), "language": "en"}],
        "tone": {
            "label": if toxicity >= 0.5 { "hostile" } else { "neutral" },
            "scores": {"toxicity": toxicity, "severe_toxicity": 0.01, "insult": insult, "positive": label(4)}
        },
        "topic": {"off_topic": off_topic, "basis": "article", "relevance": {"article": 0.5, "parent": null, "thread": null}},
        "flags": if is_duplicate { json!(["duplicate"]) } else { json!([]) },
        "duplicate_of": if is_duplicate { json!(format!("c{}", number - 1)) } else { Value::Null },
        "decision": {"action": action, "reasons": reasons},
        "models": {"tone": "abuse@1.0.0+sha256:0123456789ab"}
    })
}

/// So many of them in a few threads, a line each.
pub fn records(count: u64) -> String {
    (0..count).map(|number| record(number, &format!("t{}", number % 7), &words(number)).to_string() + "\n").collect()
}

fn words(number: u64) -> String {
    format!("The ferry was late again on line {number}, and nobody at the pier could tell us why that was so.")
}
