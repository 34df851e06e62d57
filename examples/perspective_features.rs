//! What `benches/perspective_scale/fit.py` fits to: of each labelled text the log-odds of all labels, the highest of a
//! sentence, the direction that the encoder gives it, and the places of its words.
//!
//! `cargo run --release --example perspective_features < ROWS.jsonl > FEATURES.jsonl`; a row has `text`, `labels` and
//! `source`. The models are those in `models/`. Texts without words are left out.

use std::error::Error;
use std::io::{self, BufRead as _, BufWriter, Write as _};
use std::path::Path;

use threadsieve::classify::artifact::Artifact;
use threadsieve::classify::static_encoder::StaticEncoder;
use threadsieve::domain::{LanguageCode, Span, Tone};
use threadsieve::text::sentences::sentences;
use threadsieve::tone::{ToneModel, ToneScratch, word_places};

fn read(model: &str) -> Result<Artifact, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(model);
    Ok(Artifact::read(&folder.join("weights.bin"))?)
}

fn log_odds(tone: &Tone) -> Vec<f64> {
    let odds = |probability: f64| (probability / (1.0 - probability)).ln().clamp(-30.0, 30.0);
    tone.scores.iter().map(|score| odds(score.probability.get())).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let model = ToneModel::new(&read("abuse")?, &read("sentiment")?, Vec::new())?;
    let encoder = StaticEncoder::from_artifact(&read("encoder")?)?;
    let dimensions = encoder.shape().dimensions;
    let axes: Vec<Vec<f32>> =
        (0..dimensions).map(|axis| (0..dimensions).map(|at| f32::from(u8::from(at == axis))).collect()).collect();
    let mut scratch = ToneScratch::default();
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let text = row["text"].as_str().ok_or("a row without `text`")?;
        let mut score = |part: &str| model.score(part, Some(LanguageCode::EN), 0, &mut scratch).ok();
        let Some(whole) = score(text) else { continue };
        let parts: Vec<Vec<f64>> = sentences(text, Span::new(0, text.len()))
            .into_iter()
            .filter_map(|span| score(span.of(text)))
            .map(|tone| log_odds(&tone))
            .collect();
        let whole = log_odds(&whole);
        let highest: Vec<f64> = (0..whole.len())
            .map(|at| parts.iter().map(|part| part[at]).reduce(f64::max).unwrap_or(whole[at]))
            .collect();
        let direction = encoder.encode([text]);
        let direction: Vec<f32> = axes.iter().map(|axis| direction.weighted_sum(axis)).collect();
        let features = serde_json::json!({
            "labels": row["labels"], "source": row["source"], "score_labels": model.score_labels(),
            "whole": whole, "highest": highest, "direction": direction, "words": word_places(text),
        });
        writeln!(out, "{features}")?;
    }
    out.flush()?;
    Ok(())
}
