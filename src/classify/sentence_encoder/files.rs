//! The files of a sentence-transformer, read but not yet believed.

use super::SentenceEncoderError;

/// The shape of the model.
pub const CONFIG: &str = "config.json";
/// The tokenizer, in the format of Hugging Face's crate `tokenizers`.
pub const TOKENIZER: &str = "tokenizer.json";
/// The weights.
pub const WEIGHTS: &str = "model.safetensors";
/// How tokens' vectors become one.
pub const POOLING: &str = "1_Pooling/config.json";
/// Which steps follow each other.
pub const MODULES: &str = "modules.json";
/// How many tokens of a text count.
pub const SEQUENCE: &str = "sentence_bert_config.json";
/// The most that is read of [`WEIGHTS`], in bytes.
pub const MAX_WEIGHTS_BYTES: u64 = 1 << 30;
/// The most that is read of any other file, in bytes.
pub const MAX_JSON_BYTES: u64 = 64 << 20;

/// What is in the folder of a sentence-transformer.
#[derive(Debug, Clone)]
pub struct SentenceEncoderFiles {
    /// What records call it: the folder's name.
    pub name: String,
    /// The folder, as messages call it.
    pub place: String,
    /// [`CONFIG`]
    pub config: Vec<u8>,
    /// [`TOKENIZER`]
    pub tokenizer: Vec<u8>,
    /// [`WEIGHTS`]
    pub weights: Vec<u8>,
    /// [`POOLING`]; without it the mean is taken.
    pub pooling: Option<Vec<u8>>,
    /// [`MODULES`]; without it the model is taken to be an encoder and pooling.
    pub modules: Option<Vec<u8>>,
    /// [`SEQUENCE`]; without it as many tokens count as the model has positions.
    pub sequence: Option<Vec<u8>>,
}

impl SentenceEncoderFiles {
    pub(super) fn broken(&self, file: &'static str, message: &str) -> SentenceEncoderError {
        SentenceEncoderError::Broken { place: self.place.clone(), file, message: message.to_owned() }
    }

    pub(super) fn unsupported(&self, file: &'static str, what: impl Into<String>) -> SentenceEncoderError {
        SentenceEncoderError::Unsupported { place: self.place.clone(), file, what: what.into() }
    }
}
