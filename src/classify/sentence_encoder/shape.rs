//! What the JSON files of a sentence-transformer say of it, checked.

use std::collections::BTreeMap;

use candle_transformers::models::bert::{Config, HiddenAct};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::files::{CONFIG, MODULES, POOLING, SEQUENCE};
use super::{SentenceEncoderError, SentenceEncoderFiles};

/// The most layers, and numbers in a vector, that are believed; the largest BERT has 24 and 1,024.
const MAX_LAYERS: usize = 48;
const MAX_WIDTH: usize = 16_384;
/// The most tokens of a text that count: the time that one takes grows with their square.
const MAX_TOKENS: usize = 512;
/// The fewest: two that the tokenizer adds, and one.
const MIN_TOKENS: usize = 3;
/// The steps that are done here, by the last part of the names of their Python classes.
const STEPS: [&str; 3] = ["Transformer", "Pooling", "Normalize"];

/// What is known of a model before its weights are read.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) bert: Config,
    pub(super) max_tokens: usize,
}

#[derive(Deserialize)]
struct WrittenConfig {
    model_type: Option<String>,
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    hidden_act: String,
    max_position_embeddings: usize,
    type_vocab_size: usize,
    layer_norm_eps: f64,
    #[serde(default)]
    position_embedding_type: Option<String>,
}

#[derive(Deserialize)]
struct WrittenSequence {
    max_seq_length: Option<usize>,
}

#[derive(Deserialize)]
struct WrittenModule {
    #[serde(default)]
    path: String,
    #[serde(rename = "type")]
    class: String,
}

impl Shape {
    /// Checks all JSON files but the tokenizer's.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn read(files: &SentenceEncoderFiles) -> Result<Self, Vec<SentenceEncoderError>> {
        let mut problems = Vec::new();
        let bert = json(files, CONFIG, &files.config).and_then(|written| check_config(files, &written));
        let bert = bert.map_err(|problem| problems.push(problem)).ok();
        if let Err(problem) = check_modules(files) {
            problems.push(problem);
        }
        if let Err(problem) = check_pooling(files, bert.as_ref()) {
            problems.push(problem);
        }
        let max_tokens = max_tokens(files, bert.as_ref()).map_err(|problem| problems.push(problem)).ok();
        match bert.zip(max_tokens) {
            Some((bert, max_tokens)) if problems.is_empty() => Ok(Self { bert, max_tokens }),
            _ => Err(problems),
        }
    }
}

fn json<T: DeserializeOwned>(
    files: &SentenceEncoderFiles,
    file: &'static str,
    bytes: &[u8],
) -> Result<T, SentenceEncoderError> {
    serde_json::from_slice(bytes).map_err(|error| files.broken(file, &error.to_string()))
}

fn check_config(files: &SentenceEncoderFiles, written: &WrittenConfig) -> Result<Config, SentenceEncoderError> {
    if let Some(other) = written.model_type.as_deref().filter(|kind| *kind != "bert") {
        return Err(files.unsupported(CONFIG, format!("the model is of type `{other}`")));
    }
    if let Some(other) = written.position_embedding_type.as_deref().filter(|kind| *kind != "absolute") {
        return Err(files.unsupported(CONFIG, format!("`position_embedding_type` is `{other}`")));
    }
    let hidden_act = match written.hidden_act.as_str() {
        "gelu" => HiddenAct::Gelu,
        "gelu_new" | "gelu_pytorch_tanh" => HiddenAct::GeluApproximate,
        "relu" => HiddenAct::Relu,
        other => return Err(files.unsupported(CONFIG, format!("`hidden_act` is `{other}`"))),
    };
    let out_of_range = [
        ("vocab_size", written.vocab_size, 1, 1 << 24),
        ("hidden_size", written.hidden_size, 1, MAX_WIDTH),
        ("intermediate_size", written.intermediate_size, 1, 4 * MAX_WIDTH),
        ("num_hidden_layers", written.num_hidden_layers, 1, MAX_LAYERS),
        ("num_attention_heads", written.num_attention_heads, 1, MAX_WIDTH),
        ("max_position_embeddings", written.max_position_embeddings, MIN_TOKENS, 1 << 20),
        ("type_vocab_size", written.type_vocab_size, 1, 1 << 10),
    ];
    if let Some((name, value, least, most)) =
        out_of_range.into_iter().find(|(_, value, least, most)| value < least || value > most)
    {
        return Err(files.broken(CONFIG, &format!("`{name}` is {value}, which is not within {least} and {most}")));
    }
    if !written.hidden_size.is_multiple_of(written.num_attention_heads) {
        let message = format!(
            "`hidden_size` is {}, which is no multiple of `num_attention_heads`, {}",
            written.hidden_size, written.num_attention_heads
        );
        return Err(files.broken(CONFIG, &message));
    }
    if !(0.0..1.0).contains(&written.layer_norm_eps) {
        return Err(files.broken(CONFIG, "`layer_norm_eps` is not within 0 and 1"));
    }
    Ok(Config {
        vocab_size: written.vocab_size,
        hidden_size: written.hidden_size,
        num_hidden_layers: written.num_hidden_layers,
        num_attention_heads: written.num_attention_heads,
        intermediate_size: written.intermediate_size,
        hidden_act,
        max_position_embeddings: written.max_position_embeddings,
        type_vocab_size: written.type_vocab_size,
        layer_norm_eps: written.layer_norm_eps,
        model_type: Some("bert".to_owned()),
        ..Config::default()
    })
}

/// Sees that there are no steps which are not done here.
fn check_modules(files: &SentenceEncoderFiles) -> Result<(), SentenceEncoderError> {
    let Some(bytes) = &files.modules else { return Ok(()) };
    let modules: Vec<WrittenModule> = json(files, MODULES, bytes)?;
    for module in &modules {
        let step = module.class.rsplit('.').next().unwrap_or_default();
        if !STEPS.contains(&step) {
            return Err(files.unsupported(MODULES, format!("it has a step `{}`", module.class)));
        }
        let place = match step {
            "Transformer" => "",
            "Pooling" => "1_Pooling",
            _ => module.path.as_str(),
        };
        if module.path != place {
            let what = format!("the step `{step}` is in `{}`, and is looked for in `{place}`", module.path);
            return Err(files.unsupported(MODULES, what));
        }
    }
    Ok(())
}

/// Sees that the mean is taken, and nothing else.
fn check_pooling(files: &SentenceEncoderFiles, bert: Option<&Config>) -> Result<(), SentenceEncoderError> {
    let Some(bytes) = &files.pooling else { return Ok(()) };
    let written: BTreeMap<String, Value> = json(files, POOLING, bytes)?;
    let modes = written.iter().filter_map(|(key, value)| match (key.strip_prefix("pooling_mode"), value) {
        (Some(""), Value::String(mode)) => Some(mode.as_str()),
        (Some(mode), Value::Bool(true)) => Some(mode.trim_start_matches('_')),
        _ => None,
    });
    let modes: Vec<&str> = modes.collect();
    if !matches!(modes.as_slice(), ["mean_tokens" | "mean"]) {
        let found = if modes.is_empty() { "nothing".to_owned() } else { modes.join(", ") };
        return Err(files.unsupported(POOLING, format!("pooling is `{found}`, not `mean_tokens`")));
    }
    let width = written.get("word_embedding_dimension").and_then(Value::as_u64);
    match width.zip(bert) {
        Some((width, bert)) if width != bert.hidden_size as u64 => {
            let hidden = bert.hidden_size;
            let message = format!("`word_embedding_dimension` is {width}, but `hidden_size` in {CONFIG} is {hidden}");
            Err(files.broken(POOLING, &message))
        }
        _ => Ok(()),
    }
}

fn max_tokens(files: &SentenceEncoderFiles, bert: Option<&Config>) -> Result<usize, SentenceEncoderError> {
    let written: Option<WrittenSequence> =
        files.sequence.as_ref().map(|bytes| json(files, SEQUENCE, bytes)).transpose()?;
    let stated = written.and_then(|written| written.max_seq_length).unwrap_or(MAX_TOKENS);
    if stated < MIN_TOKENS {
        let message = format!("`max_seq_length` is {stated}, which is less than {MIN_TOKENS}");
        return Err(files.broken(SEQUENCE, &message));
    }
    Ok(stated.min(MAX_TOKENS).min(bert.map_or(MAX_TOKENS, |bert| bert.max_position_embeddings)))
}
