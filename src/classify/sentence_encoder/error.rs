//! What can be wrong with a sentence-transformer.

use super::files::{CONFIG, TOKENIZER, WEIGHTS};

/// Why a sentence-transformer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SentenceEncoderError {
    /// A file of the folder cannot be read.
    #[error(
        "{place}/{file}: cannot read this file of the sentence-transformer: {source}\n  hint: name the folder of a \
         sentence-transformer; it holds {CONFIG}, {TOKENIZER} and {WEIGHTS}"
    )]
    Read {
        /// The folder.
        place: String,
        /// The file in it.
        file: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A file is larger than any that is meant.
    #[error(
        "{place}/{file}: the file has more than {max_bytes} bytes, which is more than is read\n  hint: choose a smaller \
         sentence-transformer, such as all-MiniLM-L6-v2"
    )]
    TooLarge {
        /// The folder.
        place: String,
        /// The file in it.
        file: &'static str,
        /// What is read at most.
        max_bytes: u64,
    },
    /// A file is not what its name says, or does not fit the others.
    #[error(
        "{place}/{file}: {message}\n  hint: the file is damaged, or not of the same model as the others; copy the whole \
         folder again"
    )]
    Broken {
        /// The folder.
        place: String,
        /// The file in it.
        file: &'static str,
        /// What is wrong.
        message: String,
    },
    /// The files are sound, but of a kind of model that is not read here.
    #[error(
        "{place}/{file}: {what}\n  hint: this program reads a BERT with mean pooling, in the layout of all-MiniLM-L6-v2"
    )]
    Unsupported {
        /// The folder.
        place: String,
        /// The file in it.
        file: &'static str,
        /// What is not read.
        what: String,
    },
    /// The files were read, but what they make up encodes nothing.
    #[error(
        "{place}: the sentence-transformer does not encode a short text: {source}\n  hint: the files do not fit each other; \
         copy the whole folder again"
    )]
    Unusable {
        /// The folder.
        place: String,
        /// What came instead of a vector.
        source: Box<SentenceEncoderError>,
    },
    /// The tokenizer makes nothing of a text.
    #[error("the tokenizer of the sentence-transformer makes no tokens of a text")]
    NoTokens,
    /// The vector of a text is not finite, or zero.
    #[error("the weights of the sentence-transformer give no numbers for a text")]
    NoNumbers,
    /// candle gave up.
    #[error("the sentence-transformer cannot compute: {0}")]
    Computation(String),
}
