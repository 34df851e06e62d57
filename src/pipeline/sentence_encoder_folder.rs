//! The folder of a sentence-transformer, read into memory.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use crate::classify::sentence_encoder::{
    CONFIG, MAX_JSON_BYTES, MAX_WEIGHTS_BYTES, MODULES, POOLING, SEQUENCE, SentenceEncoder, SentenceEncoderError,
    SentenceEncoderFiles, TOKENIZER, WEIGHTS,
};

/// Loads the sentence-transformer of a folder. Its files are read whole, nothing is mapped into memory, and nothing else
/// in the folder is looked at.
///
/// # Errors
/// All files that cannot be read, or else everything that is wrong with them; each error names the file.
pub fn load_sentence_encoder(folder: &Path) -> Result<SentenceEncoder, Vec<SentenceEncoderError>> {
    SentenceEncoder::load(&read(folder)?)
}

/// Reads the files of a folder, and gathers what cannot be read.
struct Reader<'a> {
    folder: &'a Path,
    problems: Vec<SentenceEncoderError>,
}

fn read(folder: &Path) -> Result<SentenceEncoderFiles, Vec<SentenceEncoderError>> {
    let mut reader = Reader { folder, problems: Vec::new() };
    // `.` and links have names too.
    let named = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let files = SentenceEncoderFiles {
        name: named.file_name().unwrap_or(named.as_os_str()).to_string_lossy().into_owned(),
        place: folder.display().to_string(),
        config: reader.needed(CONFIG, MAX_JSON_BYTES),
        tokenizer: reader.needed(TOKENIZER, MAX_JSON_BYTES),
        weights: reader.needed(WEIGHTS, MAX_WEIGHTS_BYTES),
        pooling: reader.optional(POOLING),
        modules: reader.optional(MODULES),
        sequence: reader.optional(SEQUENCE),
    };
    if reader.problems.is_empty() { Ok(files) } else { Err(reader.problems) }
}

impl Reader<'_> {
    /// A file that has to be there; empty where it cannot be read (which is then a problem).
    fn needed(&mut self, file: &'static str, max_bytes: u64) -> Vec<u8> {
        let found = self.read(file, max_bytes);
        found.map_err(|problem| self.problems.push(problem)).unwrap_or_default()
    }

    /// A file that need not be there.
    fn optional(&mut self, file: &'static str) -> Option<Vec<u8>> {
        match self.read(file, MAX_JSON_BYTES) {
            Ok(bytes) => Some(bytes),
            Err(SentenceEncoderError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => None,
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn read(&self, file: &'static str, max_bytes: u64) -> Result<Vec<u8>, SentenceEncoderError> {
        let place = || self.folder.display().to_string();
        let unreadable = |source| SentenceEncoderError::Read { place: place(), file, source };
        let mut bytes = Vec::new();
        let opened = File::open(self.folder.join(file)).map_err(unreadable)?;
        opened.take(max_bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > max_bytes {
            return Err(SentenceEncoderError::TooLarge { place: place(), file, max_bytes });
        }
        Ok(bytes)
    }
}
