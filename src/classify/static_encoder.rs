//! A static encoder: texts as vectors, each the sum of what its words add, so that nearness is a matter of subject.

use super::artifact::{Artifact, ArtifactBuilder, ArtifactError, Header};
use super::embedding::Embedding;
use super::word_rows::{LINE_NUMBERS, Line, WordRows};
use crate::text::topic_words::{ENCODER_FEATURE_SPEC, for_each_piece, for_each_topic_word};
use crate::text::words::hash_word;

/// The kind of model file that is read here.
pub const KIND: &str = "static-encoder";
/// Most dimensions of an encoder.
pub const MAX_DIMENSIONS: usize = 256;
/// Most rows of its table, of words and of pieces each.
const MAX_ROWS: usize = 1 << 17;
/// Words of a text that are added up: 2^18 times 64 rows of at most 127 stay below 2^31.
const MAX_WORDS: usize = 1 << 18;
/// Numbers of the table in a line of the processor's cache.
const ROW_NUMBERS: usize = 64;
/// Lines of 16-bit sums for a line of the table.
const SUM_LINES: usize = ROW_NUMBERS / LINE_NUMBERS;

/// A line of the processor's cache.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
struct ByteLine([i8; ROW_NUMBERS]);

/// Where the vectors of words and of pieces stand in one table: hashed rows, words first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderShape {
    /// Numbers of a vector, 1..=256.
    pub dimensions: usize,
    /// Rows for words, 1..=131,072.
    pub word_rows: usize,
    /// Rows for pieces of words, 1..=131,072.
    pub piece_rows: usize,
}

impl EncoderShape {
    /// Rows in all.
    #[must_use]
    pub fn rows(self) -> usize {
        self.word_rows + self.piece_rows
    }

    /// Calls `each` with every row that adds to the vector of a folded word: the word's own, then those of its pieces.
    /// Rows may repeat.
    pub fn for_each_row(self, word: &str, mut each: impl FnMut(usize)) {
        each(place(hash_word(word), self.word_rows));
        for_each_piece(word, |piece| each(self.word_rows + place(piece, self.piece_rows)));
    }

    /// Lines that a row takes up.
    fn lines(self) -> usize {
        self.dimensions.div_ceil(ROW_NUMBERS)
    }

    fn is_sound(self) -> bool {
        (1..=MAX_DIMENSIONS).contains(&self.dimensions)
            && (1..=MAX_ROWS).contains(&self.word_rows)
            && (1..=MAX_ROWS).contains(&self.piece_rows)
    }
}

/// A hash as a number below `rows` (Lemire, 2019, "Fast random integer generation in an interval").
fn place(hash: u64, rows: usize) -> usize {
    ((u128::from(hash) * rows as u128) >> 64) as usize
}

/// Turns texts into vectors: the sum of the vectors of all words, each the sum of its row and of those of its pieces, at
/// length 1. How long a row's vector is says how much the word counts.
///
/// All rows are 8-bit numbers of one scale, which the length of the sum takes away again.
#[derive(Debug, Clone, PartialEq)]
pub struct StaticEncoder {
    shape: EncoderShape,
    table: Vec<ByteLine>,
    citation: String,
    checksum: String,
}

impl StaticEncoder {
    /// An encoder of its rows, each of `shape.dimensions` numbers.
    ///
    /// Numbers are stored in 8 bits: the largest one kept is `largest`, and what is beyond is cut.
    ///
    /// # Panics
    /// Where `rows` are not as many numbers as the shape says; they are made by the program, never read.
    #[must_use]
    pub fn from_rows(shape: EncoderShape, rows: &[f32], largest: f32) -> Self {
        assert_eq!(rows.len(), shape.rows() * shape.dimensions, "a number for every place");
        let scale = 127.0 / largest.max(f32::MIN_POSITIVE);
        let table: Vec<i8> = rows.iter().map(|value| (value * scale).round().clamp(-127.0, 127.0) as i8).collect();
        let table = in_lines(shape, &table);
        Self { shape, table, citation: "encoder@unsaved".to_owned(), checksum: String::new() }
    }

    /// The smallest encoder, to which all texts are nothing.
    #[must_use]
    pub fn blank() -> Self {
        Self::from_rows(EncoderShape { dimensions: 1, word_rows: 1, piece_rows: 1 }, &[0.0, 0.0], 1.0)
    }

    /// Reads an encoder from a checked file.
    ///
    /// # Errors
    /// Where the file is another kind of model, was trained on other features, or its table has another size than it says.
    pub fn from_artifact(artifact: &Artifact) -> Result<Self, ArtifactError> {
        artifact.expect(KIND, ENCODER_FEATURE_SPEC)?;
        let count = |name: &str| {
            let number = artifact.parameter(name)?;
            let whole = number.fract() == 0.0 && (1.0..=MAX_ROWS as f64).contains(&number);
            #[allow(clippy::cast_sign_loss, reason = "checked just now")]
            whole
                .then_some(number as usize)
                .ok_or_else(|| broken(&format!("parameter `{name}` is not a whole number in 1..={MAX_ROWS}")))
        };
        let shape = EncoderShape {
            dimensions: count("dimensions")?,
            word_rows: count("word_rows")?,
            piece_rows: count("piece_rows")?,
        };
        if !shape.is_sound() {
            return Err(broken(&format!("parameter `dimensions` is above {MAX_DIMENSIONS}")));
        }
        let table = artifact.signed_bytes("rows", shape.rows() * shape.dimensions)?;
        let table = in_lines(shape, &table);
        Ok(Self { shape, table, citation: artifact.citation(), checksum: artifact.short_checksum() })
    }

    /// The bytes of the encoder's file.
    #[must_use]
    pub fn to_bytes(&self, name: &str, version: &str) -> Vec<u8> {
        let shape = self.shape;
        let parameters =
            [("dimensions", shape.dimensions), ("word_rows", shape.word_rows), ("piece_rows", shape.piece_rows)];
        let header = Header {
            name: name.to_owned(),
            version: version.to_owned(),
            kind: KIND.to_owned(),
            feature_spec: ENCODER_FEATURE_SPEC.to_owned(),
            labels: Vec::new(),
            languages: vec!["en".to_owned()],
            parameters: parameters.map(|(name, value)| (name.to_owned(), value as f64)).into_iter().collect(),
            sections: Vec::new(),
        };
        let mut builder = ArtifactBuilder::new(header);
        let rows = self.table.chunks_exact(shape.lines());
        let numbers = rows.flat_map(|row| row.iter().flat_map(|line| line.0).take(shape.dimensions));
        builder.signed_bytes("rows", &numbers.collect::<Vec<i8>>());
        builder.finish()
    }

    /// The sizes of its table.
    #[must_use]
    pub fn shape(&self) -> EncoderShape {
        self.shape
    }

    /// `name@version+sha256:…`, as records cite it.
    #[must_use]
    pub fn citation(&self) -> &str {
        &self.citation
    }

    /// The first 12 digits of its file's checksum; empty for one that no file holds yet. A head says with it which encoder
    /// it was trained on.
    #[must_use]
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// An empty memory of what words add: see [`Self::add_word`].
    #[must_use]
    pub fn word_rows(&self) -> WordRows {
        WordRows::new(self.shape.lines() * SUM_LINES)
    }

    /// Reads a number of each line of memory that the rows of a word lie in. The table is larger than the processor's cache,
    /// and a row that is far away takes as long as hundreds of additions; what is read without being needed at once comes
    /// side by side. So all words of a text are touched before the first of them is added.
    pub fn touch_word(&self, word: &str) {
        self.shape.for_each_row(word, |row| {
            std::hint::black_box(self.row(row).iter().fold(0, |all, line| all | line.0[0]));
        });
    }

    /// Adds what a folded word adds to a text, in steps of the table, to a row of [`Self::word_rows`]. A word has fewer than
    /// 64 rows of the table, so 16 bits are enough for it.
    pub fn add_word(&self, word: &str, sum: &mut [Line]) {
        let (sums, _) = sum.as_chunks_mut::<SUM_LINES>();
        self.shape.for_each_row(word, |row| {
            for (sums, line) in sums.iter_mut().zip(self.row(row)) {
                let (halves, _) = line.0.as_chunks::<LINE_NUMBERS>();
                for (sum, half) in sums.iter_mut().zip(halves) {
                    for (sum, value) in sum.0.iter_mut().zip(half) {
                        *sum += i16::from(*value);
                    }
                }
            }
        });
    }

    fn row(&self, row: usize) -> &[ByteLine] {
        let lines = self.shape.lines();
        &self.table[row * lines..(row + 1) * lines]
    }

    /// The vector of a text given in parts, as if they stood one after the other.
    #[must_use]
    pub fn encode<'text>(&self, texts: impl IntoIterator<Item = &'text str>) -> Embedding {
        let mut sum = EncoderSum::new(self);
        for text in texts {
            for_each_topic_word(text, |word| sum.add(word));
        }
        sum.embedding()
    }
}

/// A text on its way to a vector.
#[derive(Debug, Clone)]
pub struct EncoderSum<'encoder> {
    encoder: &'encoder StaticEncoder,
    sum: [[i32; LINE_NUMBERS]; MAX_DIMENSIONS / LINE_NUMBERS],
    words: usize,
}

impl<'encoder> EncoderSum<'encoder> {
    /// Without words yet.
    #[must_use]
    pub fn new(encoder: &'encoder StaticEncoder) -> Self {
        Self { encoder, sum: [[0; LINE_NUMBERS]; MAX_DIMENSIONS / LINE_NUMBERS], words: 0 }
    }

    /// Adds a folded word.
    pub fn add(&mut self, word: &str) {
        let mut row = [Line::ZERO; MAX_DIMENSIONS / LINE_NUMBERS];
        let row = &mut row[..self.encoder.shape.lines() * SUM_LINES];
        self.encoder.add_word(word, row);
        self.add_row(row);
    }

    /// Adds what [`StaticEncoder::add_word`] made of a word.
    pub fn add_row(&mut self, row: &[Line]) {
        if self.words == MAX_WORDS {
            return;
        }
        self.words += 1;
        for (sums, line) in self.sum.iter_mut().zip(row) {
            for (sum, value) in sums.iter_mut().zip(line.0) {
                *sum += i32::from(value);
            }
        }
    }

    /// The vector of all words so far; empty without any.
    #[must_use]
    pub fn embedding(self) -> Embedding {
        Embedding::of(&self.sum.as_flattened()[..self.encoder.shape.dimensions])
    }
}

/// The numbers of a table, each row from the beginning of a line on.
fn in_lines(shape: EncoderShape, table: &[i8]) -> Vec<ByteLine> {
    let mut lines = Vec::with_capacity(shape.rows() * shape.lines());
    for numbers in table.chunks_exact(shape.dimensions).flat_map(|row| row.chunks(ROW_NUMBERS)) {
        let mut line = ByteLine([0; ROW_NUMBERS]);
        line.0[..numbers.len()].copy_from_slice(numbers);
        lines.push(line);
    }
    lines
}

fn broken(what: &str) -> ArtifactError {
    ArtifactError::BrokenHeader(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: EncoderShape = EncoderShape { dimensions: 16, word_rows: 64, piece_rows: 32 };

    /// Rows that look random, and are the same each time.
    fn encoder() -> StaticEncoder {
        let numbers = (0..SHAPE.rows() * SHAPE.dimensions)
            .map(|number| f32::from(crate::text::words::mix(number as u64 + 1) as i8) / 100.0);
        StaticEncoder::from_rows(SHAPE, &numbers.collect::<Vec<_>>(), 1.28)
    }

    #[test]
    fn a_text_is_the_sum_of_its_words() {
        let encoder = encoder();
        let bridge = encoder.encode(["The old bridge"]);
        assert!((bridge.cosine(&encoder.encode(["bridge,", "OLD the"])) - 1.0).abs() < 1e-3, "order is nothing");
        assert!((bridge.cosine(&encoder.encode(["The old bridge. The old bridge!"])) - 1.0).abs() < 1e-3);
        assert!(bridge.cosine(&encoder.encode(["onions and butter"])) < 0.95);
        assert!(encoder.encode(["… !"]).is_empty() && encoder.encode([]).is_empty());
    }

    #[test]
    fn sums_are_those_of_all_rows_one_by_one() {
        let texts = ["bridge", "The council closes the old bridge again", &"Words, and some more of them. ".repeat(60)];
        for dimensions in [1, 16, 32, 33, 128, 200, 256] {
            let shape = EncoderShape { dimensions, word_rows: 64, piece_rows: 32 };
            let numbers = (0..shape.rows() * dimensions)
                .map(|number| f32::from(crate::text::words::mix(number as u64 + 1) as i8) / 100.0);
            let encoder = StaticEncoder::from_rows(shape, &numbers.collect::<Vec<_>>(), 1.28);
            for text in texts {
                let mut sum = vec![0_i32; dimensions];
                for_each_topic_word(text, |word| {
                    shape.for_each_row(word, |row| {
                        let values = encoder.row(row).iter().flat_map(|line| line.0);
                        sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += i32::from(value));
                    });
                });
                assert_eq!(encoder.encode([text]), Embedding::of(&sum), "{dimensions} {}", text.len());
            }
        }
    }

    #[test]
    fn what_is_written_encodes_the_same_when_read() {
        let fresh = encoder();
        let bytes = fresh.to_bytes("encoder", "1");
        let read = StaticEncoder::from_artifact(&Artifact::parse(bytes).unwrap()).unwrap();
        assert_eq!((read.shape(), &read.table), (fresh.shape(), &fresh.table));
        assert!(read.citation().starts_with("encoder@1+sha256:") && read.checksum().len() == 12);
        assert_eq!(read.encode(["old bridge"]), fresh.encode(["old bridge"]));
    }

    #[test]
    fn files_that_make_no_sense_are_refused() {
        let sound = encoder().to_bytes("encoder", "1");
        let rebuild = |change: &dyn Fn(&mut Header), bytes: usize| {
            let mut header = Artifact::parse(sound.clone()).unwrap().header().clone();
            change(&mut header);
            let file = ArtifactBuilder::new(header).signed_bytes("rows", &vec![1; bytes]).finish();
            Artifact::parse(file).and_then(|artifact| StaticEncoder::from_artifact(&artifact))
        };
        let size = SHAPE.rows() * SHAPE.dimensions;
        assert!(rebuild(&|_| {}, size).is_ok());
        assert!(rebuild(&|_| {}, size - 1).is_err());
        assert!(rebuild(&|header| header.kind = "other".to_owned(), size).is_err());
        assert!(rebuild(&|header| header.feature_spec = "other".to_owned(), size).is_err());
        for name in ["dimensions", "word_rows", "piece_rows"] {
            for bad in [0.0, -1.0, 1.5, 1e12, f64::NAN] {
                let change = |header: &mut Header| {
                    header.parameters.insert(name.to_owned(), bad);
                };
                assert!(rebuild(&change, size).is_err(), "{name} {bad}");
            }
        }
        let wide = |header: &mut Header| {
            header.parameters.insert("dimensions".to_owned(), 1_000.0);
        };
        assert!(rebuild(&wide, SHAPE.rows() * 1_000).is_err());
    }
}
