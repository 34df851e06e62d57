//! A sentence-transformer is loaded from its folder, computes what BERT computes, and is refused where it is broken.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use threadsieve::classify::in_parallel::in_parallel;
use threadsieve::classify::sentence_encoder::SentenceEncoder;
use threadsieve::pipeline::load_sentence_encoder;

use crate::support::Workspace;
use crate::support::tiny_sentence_encoder::{self as tiny, HIDDEN, INTERMEDIATE, LAYERS, MAX_TOKENS};

const TEXTS: [&str; 5] =
    ["The council closed the old bridge.", "", "Onions, butter & salt: bake!", "bridges", "who pays ☃ zażółć"];

fn written() -> (Workspace, PathBuf) {
    let workspace = Workspace::new();
    let folder = workspace.path("tiny");
    tiny::write_to(&folder);
    (workspace, folder)
}

fn loaded() -> SentenceEncoder {
    load_sentence_encoder(&written().1).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// The numbers of arrays by name.
type Weights = BTreeMap<String, Vec<f64>>;

/// A linear step on each row.
fn linear(weights: &Weights, name: &str, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (matrix, bias) = (&weights[&format!("{name}.weight")], &weights[&format!("{name}.bias")]);
    let one = |row: &Vec<f64>| {
        let columns = matrix.chunks(row.len()).zip(bias);
        columns.map(|(column, bias)| column.iter().zip(row).map(|(a, b)| a * b).sum::<f64>() + bias).collect()
    };
    rows.iter().map(one).collect()
}

/// The sum of two sets of rows, each row with mean 0 and variance 1 before scale and bias.
fn added_and_normed(weights: &Weights, name: &str, one: &[Vec<f64>], other: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (scale, bias) = (&weights[&format!("{name}.weight")], &weights[&format!("{name}.bias")]);
    let norm = |(one, other): (&Vec<f64>, &Vec<f64>)| {
        let sum: Vec<f64> = one.iter().zip(other).map(|(one, other)| one + other).collect();
        let mean = sum.iter().sum::<f64>() / sum.len() as f64;
        let variance = sum.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / sum.len() as f64;
        let scaled = sum.iter().zip(scale.iter().zip(bias));
        scaled.map(|(value, (scale, bias))| (value - mean) / (variance + 1e-12).sqrt() * scale + bias).collect()
    };
    one.iter().zip(other).map(norm).collect()
}

/// The error function by its Taylor series, for the arguments that come up here.
fn error_function(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}

/// BERT (Devlin, Chang, Lee and Toutanova, 2019) as plainly as it can be written, in 64 bits, and the mean of length 1.
fn plain_bert(ids: &[usize]) -> Vec<f64> {
    const HEADS: usize = 4;
    let weights: Weights = tiny::arrays()
        .into_iter()
        .map(|(name, _, numbers)| (name, numbers.into_iter().map(f64::from).collect()))
        .collect();
    let row = |name: &str, at: usize| {
        weights[&format!("embeddings.{name}_embeddings.weight")][at * HIDDEN..][..HIDDEN].to_vec()
    };
    let words: Vec<Vec<f64>> = ids.iter().map(|id| row("word", *id)).collect();
    let places: Vec<Vec<f64>> = (0..ids.len())
        .map(|place| row("position", place).iter().zip(row("token_type", 0)).map(|(a, b)| a + b).collect())
        .collect();
    let mut rows = added_and_normed(&weights, "embeddings.LayerNorm", &words, &places);
    for layer in 0..LAYERS {
        let name = |step: &str| format!("encoder.layer.{layer}.{step}");
        let [query, key, value] =
            ["query", "key", "value"].map(|step| linear(&weights, &name(&format!("attention.self.{step}")), &rows));
        let width = HIDDEN / HEADS;
        let mut context = vec![vec![0.0; HIDDEN]; rows.len()];
        for head in (0..HIDDEN).step_by(width) {
            for (query, context) in query.iter().zip(&mut context) {
                let dot = |key: &Vec<f64>| (head..head + width).map(|at| query[at] * key[at]).sum::<f64>();
                let likely: Vec<f64> = key.iter().map(|key| (dot(key) / (width as f64).sqrt()).exp()).collect();
                let all: f64 = likely.iter().sum();
                for (likely, value) in likely.iter().zip(&value) {
                    (head..head + width).for_each(|at| context[at] += likely / all * value[at]);
                }
            }
        }
        let attended = linear(&weights, &name("attention.output.dense"), &context);
        rows = added_and_normed(&weights, &name("attention.output.LayerNorm"), &attended, &rows);
        let mut inner = linear(&weights, &name("intermediate.dense"), &rows);
        assert_eq!(inner[0].len(), INTERMEDIATE);
        inner
            .iter_mut()
            .flatten()
            .for_each(|x| *x *= 0.5 * (1.0 + error_function(*x * std::f64::consts::FRAC_1_SQRT_2)));
        let outer = linear(&weights, &name("output.dense"), &inner);
        rows = added_and_normed(&weights, &name("output.LayerNorm"), &outer, &rows);
    }
    let sums: Vec<f64> = (0..HIDDEN).map(|at| rows.iter().map(|row| row[at]).sum()).collect();
    let length = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
    sums.iter().map(|sum| sum / length).collect()
}

#[track_caller]
fn assert_near(found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let furthest = found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
    assert!(furthest < 1e-5, "{furthest}\n{found:?}\n{expected:?}");
}

#[test]
fn it_computes_what_bert_computes() {
    let encoder = loaded();
    // [CLS] the council closed the old bridge [UNK] [SEP]: the full stop is unknown. No padding, whatever the file says.
    let texts = ["The COUNCIL closed the old bridge.", "bridges", ""];
    let vectors = encoder.encode(&texts).expect("vectors");
    for (vector, ids) in vectors.iter().zip([&[2, 5, 16, 20, 5, 46, 14, 1, 3][..], &[2, 14, 48, 3], &[2, 3]]) {
        assert_near(vector, &plain_bert(ids));
    }
    assert_eq!(encoder.dimensions(), HIDDEN);
}

#[test]
fn vectors_have_length_one_and_differ_by_text_alone() {
    let encoder = loaded();
    let together = encoder.encode(&TEXTS).expect("vectors");
    for (text, vector) in TEXTS.iter().zip(&together) {
        let length = vector.iter().map(|value| value * value).sum::<f32>();
        assert!((length - 1.0).abs() < 1e-5, "{text}: {length}");
        // Every bit the same, alone or among others, here or on another thread.
        assert_eq!(&encoder.encode(&[text]).expect("a vector")[0], vector, "{text}");
    }
    let backwards: Vec<&str> = TEXTS.iter().rev().copied().collect();
    assert!(encoder.encode(&backwards).expect("vectors").iter().rev().eq(&together));
    for threads in [1, 4] {
        let texts: Vec<&str> = TEXTS.iter().cycle().take(40).copied().collect();
        let each = in_parallel(&texts, threads, |text| encoder.encode(&[text]).expect("a vector").remove(0));
        assert!(each.iter().eq(together.iter().cycle().take(40)), "{threads} threads");
    }
    assert_ne!(together[0], together[2]);
    assert!(encoder.encode(&[]).expect("nothing").is_empty());
}

#[test]
fn only_the_beginning_of_a_long_text_counts() {
    let encoder = loaded();
    assert_eq!(encoder.max_tokens(), MAX_TOKENS);
    let long = "the river ".repeat(100_000);
    let cut = "the river ".repeat((MAX_TOKENS - 2) / 2);
    let [long, cut, shorter] = [&long, &cut, &cut[10..]].map(|text| encoder.encode(&[text]).expect("a vector"));
    assert_eq!(long, cut);
    assert_ne!(cut, shorter);
    // A single word of a megabyte, and one that is cut inside of a character.
    let unknown = encoder.encode(&[&"x".repeat(1 << 20), &"☃".repeat(1 << 18)]).expect("vectors");
    assert_near(&unknown[0], &plain_bert(&[2, 1, 3]));
    assert_near(&unknown[1], &plain_bert(&[2, 1, 3]));
}

#[test]
fn it_is_cited_by_its_folder_and_the_checksum_of_its_weights() {
    let (_workspace, folder) = written();
    let sum = Sha256::digest(fs::read(folder.join("model.safetensors")).expect("the weights"));
    let digits = sum.iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let encoder = load_sentence_encoder(&folder.join(".")).expect("an encoder");
    assert_eq!(encoder.citation(), format!("tiny+sha256:{digits:012x}"));
    assert!(format!("{encoder:?}").contains(encoder.citation()));
}

#[test]
fn what_need_not_be_there_may_be_missing_and_what_python_wrote_otherwise_is_read() {
    let (_workspace, folder) = written();
    let before = load_sentence_encoder(&folder).expect("an encoder").encode(&TEXTS).expect("vectors");
    // As the class BertModel of transformers nests it inside of others.
    let nested: Vec<_> = tiny::arrays().into_iter().map(|(name, a, b)| (format!("bert.{name}"), a, b)).collect();
    fs::write(folder.join("model.safetensors"), tiny::safetensors(&nested)).expect("a file written");
    fs::write(folder.join("1_Pooling/config.json"), json!({ "pooling_mode": "mean" }).to_string()).expect("written");
    assert_eq!(load_sentence_encoder(&folder).expect("an encoder").encode(&TEXTS).expect("vectors"), before);
    fs::remove_dir_all(folder.join("1_Pooling")).expect("removed");
    for file in ["modules.json", "sentence_bert_config.json"] {
        fs::remove_file(folder.join(file)).expect("removed");
    }
    let encoder = load_sentence_encoder(&folder).expect("an encoder");
    assert_eq!(encoder.max_tokens(), tiny::POSITIONS);
    assert_eq!(encoder.encode(&TEXTS).expect("vectors"), before);
}

/// Sees that a folder with files of other content is refused, with so many errors; `None` takes a file away.
#[track_caller]
fn check_all(changes: &[(&str, Option<Vec<u8>>)], expected: &[&str]) {
    let (_workspace, folder) = written();
    for (file, content) in changes {
        match content {
            Some(content) => fs::write(folder.join(file), content).expect("a file written"),
            None => fs::remove_file(folder.join(file)).expect("a file removed"),
        }
    }
    let problems = load_sentence_encoder(&folder).expect_err("problems");
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (found, expected) in problems.iter().zip(expected) {
        assert!(found.contains(expected), "`{expected}` is not in `{found}`");
        assert!(found.starts_with(&folder.display().to_string()) && found.contains("\n  hint: "), "{found}");
    }
}

#[track_caller]
fn check(file: &str, content: impl AsRef<[u8]>, expected: &str) {
    check_all(&[(file, Some(content.as_ref().to_vec()))], &[expected]);
}

/// JSON with another value at one place.
fn with(mut document: Value, pointer: &str, value: Value) -> String {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    document.pointer_mut(parent).expect("a place")[key] = value;
    document.to_string()
}

#[test]
fn files_that_are_missing_are_named_all_at_once() {
    check_all(&[("config.json", None)], &["tiny/config.json: cannot read this file"]);
    check_all(
        &[("config.json", None), ("tokenizer.json", None), ("model.safetensors", None)],
        &["tiny/config.json: cannot", "tiny/tokenizer.json: cannot", "tiny/model.safetensors: cannot"],
    );
    let (_workspace, folder) = written();
    fs::remove_file(folder.join("modules.json")).expect("removed");
    fs::create_dir(folder.join("modules.json")).expect("a folder");
    let problems = load_sentence_encoder(&folder).expect_err("a problem");
    assert!(problems.len() == 1 && problems[0].to_string().contains("modules.json: cannot read"), "{problems:?}");
    let missing = load_sentence_encoder(&folder.join("none")).expect_err("problems");
    assert_eq!(missing.len(), 3, "{missing:?}");
}

#[test]
fn mistakes_in_several_files_are_told_at_once() {
    check_all(
        &[
            ("config.json", Some(with(tiny::config(), "/hidden_act", json!("sine")).into_bytes())),
            ("1_Pooling/config.json", Some(b"{}".to_vec())),
            ("tokenizer.json", Some(b"{".to_vec())),
        ],
        &["`hidden_act` is `sine`", "pooling is `nothing`", "tokenizer.json: "],
    );
}

#[test]
fn broken_weights_are_refused() {
    let sound = tiny::safetensors(&tiny::arrays());
    check("model.safetensors", "", "model.safetensors: ");
    check("model.safetensors", &sound[..sound.len() - 1], "model.safetensors: ");
    check("model.safetensors", &sound[..100], "model.safetensors: ");
    check("model.safetensors", [&u64::MAX.to_le_bytes(), &sound[8..]].concat(), "model.safetensors: ");
    let without = |name: &str| tiny::arrays().into_iter().filter(|(other, ..)| other != name).collect::<Vec<_>>();
    let query = "encoder.layer.1.attention.self.query.weight";
    check("model.safetensors", tiny::safetensors(&without(query)), query);
    let mut narrow = without(query);
    narrow.push((query.to_owned(), vec![HIDDEN / 2, HIDDEN], vec![0.0; HIDDEN * HIDDEN / 2]));
    check("model.safetensors", tiny::safetensors(&narrow), query);
    let mut wild = without(query);
    wild.push((query.to_owned(), vec![HIDDEN, HIDDEN], vec![f32::NAN; HIDDEN * HIDDEN]));
    check("model.safetensors", tiny::safetensors(&wild), "the weights of the sentence-transformer give no numbers");
}

#[test]
fn other_pooling_and_other_steps_are_refused_by_name() {
    let cls = with(tiny::pooling(), "/pooling_mode_mean_tokens", json!(false));
    let cls = with(serde_json::from_str(&cls).expect("JSON"), "/pooling_mode_cls_token", json!(true));
    check("1_Pooling/config.json", cls, "pooling is `cls_token`, not `mean_tokens`");
    let both = with(tiny::pooling(), "/pooling_mode_max_tokens", json!(true));
    check("1_Pooling/config.json", both, "pooling is `max_tokens, mean_tokens`");
    check("1_Pooling/config.json", r#"{"pooling_mode":"lasttoken"}"#, "pooling is `lasttoken`");
    let wide = with(tiny::pooling(), "/word_embedding_dimension", json!(384));
    check("1_Pooling/config.json", wide, "`word_embedding_dimension` is 384, but `hidden_size` in config.json is 16");
    check("1_Pooling/config.json", "mean", "1_Pooling/config.json: expected value");
    let dense = with(tiny::modules(), "/2/type", json!("sentence_transformers.models.Dense"));
    check("modules.json", dense, "it has a step `sentence_transformers.models.Dense`");
    let moved = with(tiny::modules(), "/0/path", json!("../../0_Transformer"));
    check("modules.json", moved, "is in `../../0_Transformer`");
    check("modules.json", "{}", "modules.json: ");
}

#[test]
fn tokenizers_that_are_broken_or_do_not_fit_are_refused() {
    check("tokenizer.json", "not JSON", "tokenizer.json: expected ident");
    check("tokenizer.json", "{}", "tokenizer.json: ");
    let large = with(tiny::tokenizer(), "/model/vocab/lighthouse", json!(50));
    check("tokenizer.json", large, "it has a token 50, but `vocab_size` in config.json is 50");
    let bare = with(tiny::tokenizer(), "/post_processor", Value::Null);
    check("tokenizer.json", bare, "does not encode a short text: the tokenizer of the sentence-transformer makes no");
    let unknown = with(tiny::tokenizer(), "/model/unk_token", json!("[UNKNOWN]"));
    check("tokenizer.json", unknown, "does not encode a short text");
    let pieces = vec![json!({ "SpecialToken": { "id": "[CLS]", "type_id": 0 } }); MAX_TOKENS];
    let long = with(tiny::tokenizer(), "/post_processor/single", json!(pieces));
    check("tokenizer.json", long, "tokenizer.json: ");
}

#[test]
fn shapes_that_make_no_sense_are_refused() {
    for (key, value, expected) in [
        ("model_type", json!("roberta"), "the model is of type `roberta`"),
        ("position_embedding_type", json!("relative_key"), "`position_embedding_type` is `relative_key`"),
        ("hidden_size", json!(0), "`hidden_size` is 0"),
        ("num_attention_heads", json!(0), "`num_attention_heads` is 0"),
        ("num_attention_heads", json!(3), "no multiple of `num_attention_heads`, 3"),
        ("num_hidden_layers", json!(1_000_000), "`num_hidden_layers` is 1000000"),
        ("vocab_size", json!(-1), "config.json: invalid value"),
        ("layer_norm_eps", json!(2.0), "`layer_norm_eps`"),
    ] {
        check("config.json", with(tiny::config(), &format!("/{key}"), value), expected);
    }
    check("config.json", "{}", "config.json: missing field");
    check("config.json", with(tiny::config(), "/num_hidden_layers", json!(LAYERS + 1)), "encoder.layer.2");
    check("config.json", with(tiny::config(), "/vocab_size", json!(51)), "word_embeddings");
    check("sentence_bert_config.json", r#"{"max_seq_length":2}"#, "`max_seq_length` is 2");
    check("sentence_bert_config.json", "[", "sentence_bert_config.json: EOF");
}
