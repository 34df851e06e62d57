//! A sentence-transformer of a few kilobytes, made here: a BERT of 2 layers whose weights are drawn with a fixed seed.

use std::fs;
use std::path::Path;

use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

pub const HIDDEN: usize = 16;
pub const INTERMEDIATE: usize = 32;
pub const LAYERS: usize = 2;
pub const POSITIONS: usize = 40;
pub const MAX_TOKENS: usize = 24;

/// The words that it knows; all others are `[UNK]`.
const VOCABULARY: [&str; 50] = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "of", "and", "to", "in", "is", "we", "they", "bridge",
    "river", "council", "road", "traffic", "cyclists", "closed", "open", "repair", "costs", "money", "tax", "when",
    "why", "who", "pays", "onions", "butter", "salt", "bread", "oven", "dough", "bake", "recipe", "cat", "dog",
    "garden", "rain", "train", "late", "again", "not", "old", "new", "##s", "##ing",
];

/// The name, shape and numbers of an array.
pub type NamedArray = (String, Vec<usize>, Vec<f32>);

/// All arrays of the model.
pub fn arrays() -> Vec<NamedArray> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut arrays: Vec<NamedArray> = Vec::new();
    let mut add = |name: String, shape: &[usize], is_scale: bool| {
        let count = shape.iter().product();
        let numbers = (0..count).map(|_| if is_scale { 1.0 } else { random.random_range(-0.5..0.5) }).collect();
        arrays.push((name, shape.to_vec(), numbers));
    };
    for (name, rows) in [("word", VOCABULARY.len()), ("position", POSITIONS), ("token_type", 2)] {
        add(format!("embeddings.{name}_embeddings.weight"), &[rows, HIDDEN], false);
    }
    add("embeddings.LayerNorm.weight".to_owned(), &[HIDDEN], true);
    add("embeddings.LayerNorm.bias".to_owned(), &[HIDDEN], false);
    for layer in 0..LAYERS {
        let steps = [
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", INTERMEDIATE, HIDDEN),
            ("output.dense", HIDDEN, INTERMEDIATE),
        ];
        for (step, rows, columns) in steps {
            add(format!("encoder.layer.{layer}.{step}.weight"), &[rows, columns], false);
            add(format!("encoder.layer.{layer}.{step}.bias"), &[rows], false);
        }
        for step in ["attention.output", "output"] {
            add(format!("encoder.layer.{layer}.{step}.LayerNorm.weight"), &[HIDDEN], true);
            add(format!("encoder.layer.{layer}.{step}.LayerNorm.bias"), &[HIDDEN], false);
        }
    }
    arrays
}

/// Arrays in the format safetensors: the length of a header in JSON, the header, the numbers.
pub fn safetensors(arrays: &[NamedArray]) -> Vec<u8> {
    let (mut header, mut numbers) = (serde_json::Map::new(), Vec::new());
    for (name, shape, values) in arrays {
        let begin = numbers.len();
        numbers.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        header.insert(name.clone(), json!({ "dtype": "F32", "shape": shape, "data_offsets": [begin, numbers.len()] }));
    }
    let header = Value::Object(header).to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &numbers].concat()
}

/// `tokenizer.json`. It says, as that of all-MiniLM-L6-v2 does, that texts are padded, and cut too early.
pub fn tokenizer() -> Value {
    let vocabulary: serde_json::Map<String, Value> =
        VOCABULARY.iter().enumerate().map(|(id, word)| ((*word).to_owned(), json!(id))).collect();
    let special = |id: usize| {
        json!({ "id": id, "special": true, "content": VOCABULARY[id], "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false })
    };
    let piece = |name: &str| json!({ "SpecialToken": { "id": name, "type_id": 0 } });
    let text = |name: &str| json!({ "Sequence": { "id": name, "type_id": 0 } });
    json!({
        "version": "1.0",
        "truncation": { "max_length": 6, "strategy": "LongestFirst", "stride": 0 },
        "padding": { "strategy": { "Fixed": 30 }, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                     "pad_type_id": 0, "pad_token": "[PAD]" },
        "added_tokens": (0..5).map(special).collect::<Vec<_>>(),
        "normalizer": { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                        "strip_accents": null, "lowercase": true },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [piece("[CLS]"), text("A"), piece("[SEP]")],
            "pair": [piece("[CLS]"), text("A"), piece("[SEP]"), text("B"), piece("[SEP]")],
            "special_tokens": {
                "[CLS]": { "id": "[CLS]", "ids": [2], "tokens": ["[CLS]"] },
                "[SEP]": { "id": "[SEP]", "ids": [3], "tokens": ["[SEP]"] },
            },
        },
        "decoder": { "type": "WordPiece", "prefix": "##", "cleanup": true },
        "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                   "max_input_chars_per_word": 100, "vocab": vocabulary },
    })
}

/// `config.json`
pub fn config() -> Value {
    json!({
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "hidden_size": HIDDEN,
        "intermediate_size": INTERMEDIATE, "num_attention_heads": 4, "num_hidden_layers": LAYERS,
        "max_position_embeddings": POSITIONS, "type_vocab_size": 2, "vocab_size": VOCABULARY.len(),
        "layer_norm_eps": 1e-12, "position_embedding_type": "absolute",
    })
}

/// `1_Pooling/config.json`
pub fn pooling() -> Value {
    json!({
        "word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true,
        "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false,
    })
}

/// `modules.json`
pub fn modules() -> Value {
    let module = |number: usize, path: &str, name: &str| {
        json!({ "idx": number, "name": number.to_string(), "path": path,
                "type": format!("sentence_transformers.models.{name}") })
    };
    json!([module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling"), module(2, "2_Normalize", "Normalize")])
}

/// Writes all files into a folder, which is made.
pub fn write_to(folder: &Path) {
    fs::create_dir_all(folder.join("1_Pooling")).expect("a folder");
    let sequence = json!({ "max_seq_length": MAX_TOKENS, "do_lower_case": false });
    for (file, content) in [
        ("config.json", config()),
        ("tokenizer.json", tokenizer()),
        ("1_Pooling/config.json", pooling()),
        ("modules.json", modules()),
        ("sentence_bert_config.json", sequence),
    ] {
        fs::write(folder.join(file), content.to_string()).expect("a file written");
    }
    fs::write(folder.join("model.safetensors"), safetensors(&arrays())).expect("a file written");
}
