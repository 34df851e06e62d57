//! A sentence-transformer: texts to vectors whose cosine says how near they are in meaning.
//!
//! It reads what the Python package sentence-transformers writes for a BERT with mean pooling, as all-MiniLM-L6-v2 is
//! (Reimers and Gurevych, *Sentence-BERT: sentence embeddings using Siamese BERT-networks*, 2019), and computes with
//! candle, on the CPU, in 32 bits.

mod error;
mod files;
mod shape;
mod single_thread;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::BertModel;
use sha2::{Digest, Sha256};
use tokenizers::{PostProcessor, Tokenizer, TruncationParams};

use super::sentence_vectors::SentenceVectors;
pub use error::SentenceEncoderError;
pub use files::{
    CONFIG, MAX_JSON_BYTES, MAX_WEIGHTS_BYTES, MODULES, POOLING, SEQUENCE, SentenceEncoderFiles, TOKENIZER, WEIGHTS,
};
use shape::Shape;
use single_thread::on_a_single_thread;

/// Of a text no more bytes are looked at than this for each token that the encoder reads.
const BYTES_PER_TOKEN: usize = 32;
/// Texts that any encoder must be able to read: nothing, and a sign that hardly any vocabulary has.
const PROBES: [&str; 2] = ["", "bridge \u{2603}"];

/// A sentence-transformer, ready to encode. Shared by all threads, never changed.
pub struct SentenceEncoder {
    tokenizer: Tokenizer,
    model: BertModel,
    dimensions: usize,
    max_tokens: usize,
    citation: String,
    checksum: String,
}

impl SentenceEncoder {
    /// Checks the files of an encoder and makes it ready. It has encoded two texts when this returns.
    ///
    /// # Errors
    /// Everything that is wrong with the files, as far as one mistake does not hide another.
    pub fn load(files: &SentenceEncoderFiles) -> Result<Self, Vec<SentenceEncoderError>> {
        let mut problems = Vec::new();
        let shape = Shape::read(files).map_err(|found| problems.extend(found)).ok();
        let tokenizer = Tokenizer::from_bytes(&files.tokenizer);
        let tokenizer =
            tokenizer.map_err(|error| problems.push(files.broken(TOKENIZER, first_line(&error.to_string())))).ok();
        let Some((shape, mut tokenizer)) = shape.zip(tokenizer) else { return Err(problems) };
        if let Err(problem) = prepare(&mut tokenizer, &shape, files) {
            problems.push(problem);
        }
        let model = load_weights(&shape, files).map_err(|problem| problems.push(problem)).ok();
        let Some(model) = model.filter(|_| problems.is_empty()) else { return Err(problems) };
        let mut digits = String::with_capacity(12);
        for byte in &Sha256::digest(&files.weights)[..6] {
            use std::fmt::Write as _;
            let _ = write!(digits, "{byte:02x}");
        }
        let encoder = Self {
            tokenizer,
            model,
            dimensions: shape.bert.hidden_size,
            max_tokens: shape.max_tokens,
            citation: format!("{}+sha256:{digits}", files.name),
            checksum: digits,
        };
        encoder.encode(&PROBES).map_err(|problem| {
            vec![SentenceEncoderError::Unusable { place: files.place.clone(), source: Box::new(problem) }]
        })?;
        Ok(encoder)
    }

    /// A vector of length 1 for each text: the mean of its tokens' vectors in the last layer, divided by its length.
    ///
    /// Only the first [`Self::max_tokens`] tokens count, with those that the tokenizer adds, and of these only what
    /// stands in the first 32 bytes for each. Texts are encoded one by one: which others there are makes no
    /// difference to a bit of a vector, and neither does the number of threads that encode at a time. The work is done
    /// by a thread that belongs to the calling one, while this one waits: so many texts are encoded at a time as there
    /// are callers.
    ///
    /// # Errors
    /// Where the weights give something that is no number for a text, or the tokenizer gives up on one. What is in the
    /// text is not in the error.
    pub fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, SentenceEncoderError> {
        on_a_single_thread(|| texts.iter().map(|text| self.encode_one(text)).collect())
    }

    fn encode_one(&self, text: &str) -> Result<Vec<f32>, SentenceEncoderError> {
        let tokens = self
            .tokenizer
            .encode_fast(begin_of(text, BYTES_PER_TOKEN * self.max_tokens), true)
            .map_err(|_| SentenceEncoderError::NoTokens)?;
        let ids = tokens.get_ids();
        if ids.is_empty() {
            return Err(SentenceEncoderError::NoTokens);
        }
        let rows = self
            .last_layer(ids)
            .map_err(|error| SentenceEncoderError::Computation(first_line(&error.to_string()).to_owned()))?;
        mean_of_length_one(&rows, self.dimensions).ok_or(SentenceEncoderError::NoNumbers)
    }

    /// A vector for each token.
    fn last_layer(&self, ids: &[u32]) -> candle_core::Result<Vec<Vec<f32>>> {
        // One text, not padded: every token counts, so there is nothing to mask.
        let ids = Tensor::new(ids, &self.model.device)?.unsqueeze(0)?;
        self.model.forward(&ids, &ids.zeros_like()?, None)?.squeeze(0)?.to_vec2()
    }

    /// How many numbers a vector has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many tokens of a text count, with those that the tokenizer adds.
    #[must_use]
    pub fn max_tokens(&self) -> usize {
        self.max_tokens
    }

    /// `folder+sha256:…` with the first 12 hexadecimal digits of the checksum of the weights' file: what records cite.
    #[must_use]
    pub fn citation(&self) -> &str {
        &self.citation
    }
}

impl SentenceVectors for SentenceEncoder {
    fn vector(&self, text: &str) -> Option<Vec<f32>> {
        self.encode(&[text]).ok()?.pop()
    }

    fn citation(&self) -> &str {
        &self.citation
    }

    fn checksum(&self) -> &str {
        &self.checksum
    }
}

impl std::fmt::Debug for SentenceEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SentenceEncoder").field("citation", &self.citation).finish_non_exhaustive()
    }
}

/// Has the tokenizer cut texts and not pad them, whatever its file says of that, and sees that it fits the weights.
fn prepare(tokenizer: &mut Tokenizer, shape: &Shape, files: &SentenceEncoderFiles) -> Result<(), SentenceEncoderError> {
    let added = tokenizer.get_post_processor().map_or(0, |processor| processor.added_tokens(false));
    if added >= shape.max_tokens {
        let message = format!("it adds {added} tokens to a text, which leaves none of {}", shape.max_tokens);
        return Err(files.broken(TOKENIZER, &message));
    }
    let largest = tokenizer.get_vocab(true).into_values().max().unwrap_or(0) as usize;
    if largest >= shape.bert.vocab_size {
        let message = format!("it has a token {largest}, but `vocab_size` in {CONFIG} is {}", shape.bert.vocab_size);
        return Err(files.broken(TOKENIZER, &message));
    }
    tokenizer.with_padding(None);
    let truncation = TruncationParams { max_length: shape.max_tokens, ..TruncationParams::default() };
    match tokenizer.with_truncation(Some(truncation)) {
        Ok(_) => Ok(()),
        Err(error) => Err(files.broken(TOKENIZER, first_line(&error.to_string()))),
    }
}

fn load_weights(shape: &Shape, files: &SentenceEncoderFiles) -> Result<BertModel, SentenceEncoderError> {
    let load = || {
        let mut arrays = candle_core::safetensors::load_buffer(&files.weights, &Device::Cpu)?;
        for (name, array) in &mut arrays {
            // A linear step multiplies by the transpose of its weights, and is a third faster where that is what lies in
            // memory row by row. Rows of embeddings are looked up as they are.
            let is_linear = array.rank() == 2 && name.ends_with(".weight") && !name.contains("embeddings");
            if is_linear {
                *array = array.to_dtype(DType::F32)?.t()?.contiguous()?.t()?;
            }
        }
        BertModel::load(VarBuilder::from_tensors(arrays, DType::F32, &Device::Cpu), &shape.bert)
    };
    load().map_err(|error: candle_core::Error| files.broken(WEIGHTS, first_line(&error.to_string())))
}

/// The first line: what follows may be a backtrace.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// The beginning of a text, of at most so many bytes.
fn begin_of(text: &str, max_bytes: usize) -> &str {
    let mut end = max_bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The mean of vectors, divided by its length; `None` where that is no number. Sums have 64 bits and a fixed order.
fn mean_of_length_one(rows: &[Vec<f32>], dimensions: usize) -> Option<Vec<f32>> {
    let mut sums = vec![0.0_f64; dimensions];
    for row in rows {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += f64::from(*value);
        }
    }
    let length = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
    (length.is_finite() && length > 0.0).then(|| sums.iter().map(|sum| (sum / length) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(begin_of("bridge", 10), "bridge");
        assert_eq!(begin_of("bridge", 3), "bri");
        assert_eq!(begin_of("a\u{2603}b", 3), "a");
        assert_eq!(begin_of("a\u{2603}b", 4), "a\u{2603}");
        assert_eq!(begin_of("\u{2603}", 1), "");
    }

    #[test]
    fn the_mean_has_length_one_or_is_none() {
        let mean = mean_of_length_one(&[vec![3.0, 0.0], vec![3.0, 8.0]], 2).unwrap();
        assert!((mean[0] - 0.6).abs() < 1e-7 && (mean[1] - 0.8).abs() < 1e-7, "{mean:?}");
        assert_eq!(mean_of_length_one(&[vec![1.0], vec![-1.0]], 1), None);
        assert_eq!(mean_of_length_one(&[vec![f32::NAN]], 1), None);
        assert_eq!(mean_of_length_one(&[vec![f32::INFINITY]], 1), None);
    }

    #[test]
    fn only_the_first_line_of_a_message_is_told() {
        assert_eq!(first_line("broken\n   0: frame"), "broken");
        assert_eq!(first_line(""), "");
    }
}
