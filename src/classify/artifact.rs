//! The model file: named arrays under a header, checked as a whole before anything of it is believed.
//!
//! ```text
//! bytes 0..8     "TSIEVE\0\1": magic and format version
//! bytes 8..12    length of the header in bytes, little endian
//! then           the header: JSON, see [`Header`]
//! then           the sections, in the header's order, without gaps, numbers little endian
//! last 32 bytes  SHA-256 of everything before them
//! ```
//!
//! A file from a stranger is safe to open: it holds no code, the sizes that it states are compared with its real size
//! before anything is allocated, and not a byte is used before the checksum fits.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"TSIEVE\0\x01";
const CHECKSUM_BYTES: usize = 32;
const MAX_HEADER_BYTES: usize = 1 << 20;
/// The largest model file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// The type of a section's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberType {
    /// Signed, 8 bits.
    I8,
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 16 bits.
    I16,
    /// IEEE 754, 32 bits.
    F32,
    /// IEEE 754, 64 bits.
    F64,
}

impl NumberType {
    fn bytes(self) -> u64 {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// What the header says of one array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionHeader {
    /// Its name, unique in the file.
    pub name: String,
    /// The type of its numbers.
    pub numbers: NumberType,
    /// How many there are.
    pub count: u64,
}

/// What a model file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The model's name, such as `abuse`.
    pub name: String,
    /// The model's own version, such as `1`.
    pub version: String,
    /// Which loader reads it, such as `sparse-logistic`.
    pub kind: String,
    /// The feature extraction that it was trained on; it scores nothing else.
    pub feature_spec: String,
    /// Its labels, in the order of its scores.
    pub labels: Vec<String>,
    /// ISO 639 codes of the languages that it reads.
    pub languages: Vec<String>,
    /// Numbers of one value each, by name.
    pub parameters: BTreeMap<String, f64>,
    /// The arrays that follow, in order.
    pub sections: Vec<SectionHeader>,
}

/// What is wrong with a model file.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The file cannot be read.
    #[error("{path}: cannot read the model")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Larger than any model may be.
    #[error("the file has more than {MAX_FILE_BYTES} bytes, which no model has")]
    TooLarge,
    /// Not a model file, or one of another format version.
    #[error("not a threadsieve model of format version 1")]
    NotAModel,
    /// Too short for what its header says, or too long.
    #[error("its header asks for {expected} bytes, the file has {found}")]
    WrongSize {
        /// What the header adds up to.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// The checksum at its end does not fit: damaged, or changed by hand.
    #[error("the checksum does not fit: the file is damaged")]
    WrongChecksum,
    /// The header is not what it should be.
    #[error("broken header: {0}")]
    BrokenHeader(String),
    /// A section is missing, or of another type or size than the model's kind needs.
    #[error("section `{name}`: expected {expected}")]
    BrokenSection {
        /// The section.
        name: String,
        /// What the loader looked for.
        expected: String,
    },
    /// The model is of another kind, or was trained on other features.
    #[error("the model's {what} is `{found}`; this program reads `{expected}`")]
    Mismatch {
        /// `kind`, `feature spec` or `labels`.
        what: &'static str,
        /// What the file says.
        found: String,
        /// What the program needs.
        expected: String,
    },
}

/// A model file whose checksum fits.
#[derive(Debug, Clone)]
pub struct Artifact {
    header: Header,
    checksum: [u8; CHECKSUM_BYTES],
    bytes: Cow<'static, [u8]>,
    payload_begin: usize,
}

impl Artifact {
    /// Checks a whole file; bytes that are part of the program are not copied.
    ///
    /// # Errors
    /// What is wrong with the file; see [`ArtifactError`].
    pub fn parse(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, ArtifactError> {
        let bytes = bytes.into();
        let prefix = MAGIC.len() + 4;
        if bytes.get(..MAGIC.len()) != Some(MAGIC) {
            return Err(ArtifactError::NotAModel);
        }
        let found = bytes.len() as u64;
        let header_bytes = bytes
            .get(MAGIC.len()..prefix)
            .and_then(|field| <[u8; 4]>::try_from(field).ok())
            .map(|field| u32::from_le_bytes(field) as usize)
            .ok_or(ArtifactError::WrongSize { expected: (prefix + CHECKSUM_BYTES) as u64, found })?;
        if header_bytes > MAX_HEADER_BYTES {
            return Err(ArtifactError::BrokenHeader(format!("{header_bytes} bytes long")));
        }
        let payload_begin = prefix + header_bytes;
        let too_short = ArtifactError::WrongSize { expected: (payload_begin + CHECKSUM_BYTES) as u64, found };
        let Some(checksum_begin) = bytes.len().checked_sub(CHECKSUM_BYTES).filter(|begin| *begin >= payload_begin)
        else {
            return Err(too_short);
        };
        let checksum: [u8; CHECKSUM_BYTES] = Sha256::digest(&bytes[..checksum_begin]).into();
        if bytes[checksum_begin..] != checksum {
            return Err(ArtifactError::WrongChecksum);
        }
        let header: Header = serde_json::from_slice(&bytes[prefix..payload_begin])
            .map_err(|error| ArtifactError::BrokenHeader(error.to_string()))?;
        let payload = header.sections.iter().try_fold(0_u64, |sum, section| {
            section.count.checked_mul(section.numbers.bytes()).and_then(|size| sum.checked_add(size))
        });
        let expected = payload.and_then(|size| size.checked_add((payload_begin + CHECKSUM_BYTES) as u64));
        match expected {
            Some(expected) if expected == found => Ok(Self { header, checksum, bytes, payload_begin }),
            _ => Err(ArtifactError::WrongSize { expected: expected.unwrap_or(u64::MAX), found }),
        }
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no sound model.
    pub fn read(path: &Path) -> Result<Self, ArtifactError> {
        let unreadable = |source| ArtifactError::Read { path: path.display().to_string(), source };
        // No more is read than a model may have, whatever the file says of its size, or keeps giving.
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(ArtifactError::TooLarge);
        }
        Self::parse(bytes)
    }

    /// What the file says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// `name@version+sha256:…` with the first 12 hexadecimal digits of the file's checksum: what records cite.
    #[must_use]
    pub fn citation(&self) -> String {
        format!("{}@{}+sha256:{}", self.header.name, self.header.version, self.short_checksum())
    }

    /// The first 12 hexadecimal digits of the checksum at the file's end.
    #[must_use]
    pub fn short_checksum(&self) -> String {
        let mut hex = String::with_capacity(12);
        for byte in &self.checksum[..6] {
            use std::fmt::Write as _;
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    /// Refuses a model of another kind or feature extraction than the caller reads.
    ///
    /// # Errors
    /// [`ArtifactError::Mismatch`], which names both.
    pub fn expect(&self, kind: &str, feature_spec: &str) -> Result<(), ArtifactError> {
        for (what, found, expected) in
            [("kind", &self.header.kind, kind), ("feature spec", &self.header.feature_spec, feature_spec)]
        {
            if found != expected {
                return Err(ArtifactError::Mismatch { what, found: found.clone(), expected: expected.to_owned() });
            }
        }
        Ok(())
    }

    /// A parameter of the header.
    ///
    /// # Errors
    /// Where it is missing or not finite.
    pub fn parameter(&self, name: &str) -> Result<f64, ArtifactError> {
        self.header
            .parameters
            .get(name)
            .copied()
            .filter(|value| value.is_finite())
            .ok_or_else(|| ArtifactError::BrokenHeader(format!("parameter `{name}` is missing or not finite")))
    }

    fn section(&self, name: &str, numbers: NumberType, count: usize) -> Result<&[u8], ArtifactError> {
        let mut begin = self.payload_begin;
        for section in &self.header.sections {
            // Sizes were added up without overflow, and against the file's size, when the file was parsed.
            let size = (section.count * section.numbers.bytes()) as usize;
            if section.name == name && section.numbers == numbers && section.count == count as u64 {
                return Ok(&self.bytes[begin..begin + size]);
            }
            begin += size;
        }
        let expected = format!("{count} numbers of type {numbers:?}");
        Err(ArtifactError::BrokenSection { name: name.to_owned(), expected })
    }

    /// A section of unsigned bytes.
    ///
    /// # Errors
    /// Where there is none of that name with exactly `count` numbers.
    pub fn unsigned_bytes(&self, name: &str, count: usize) -> Result<Vec<u8>, ArtifactError> {
        Ok(self.section(name, NumberType::U8, count)?.to_vec())
    }

    /// A section of signed bytes.
    ///
    /// # Errors
    /// Where there is none of that name with exactly `count` numbers.
    pub fn signed_bytes(&self, name: &str, count: usize) -> Result<Vec<i8>, ArtifactError> {
        Ok(self.section(name, NumberType::I8, count)?.iter().map(|byte| i8::from_le_bytes([*byte])).collect())
    }

    /// A section of 16-bit integers.
    ///
    /// # Errors
    /// Where there is none of that name with exactly `count` numbers.
    pub fn integers(&self, name: &str, count: usize) -> Result<Vec<i16>, ArtifactError> {
        let bytes = self.section(name, NumberType::I16, count)?;
        Ok(bytes.as_chunks().0.iter().map(|number| i16::from_le_bytes(*number)).collect())
    }

    /// A section of finite 32-bit floats.
    ///
    /// # Errors
    /// Where there is none of that name with exactly `count` numbers, or one of them is not finite.
    pub fn floats(&self, name: &str, count: usize) -> Result<Vec<f32>, ArtifactError> {
        let bytes = self.section(name, NumberType::F32, count)?;
        let numbers: Vec<f32> = bytes.as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
        if numbers.iter().all(|number| number.is_finite()) {
            return Ok(numbers);
        }
        Err(ArtifactError::BrokenSection { name: name.to_owned(), expected: "finite numbers".to_owned() })
    }

    /// A section of finite 64-bit floats.
    ///
    /// # Errors
    /// Where there is none of that name with exactly `count` numbers, or one of them is not finite.
    pub fn doubles(&self, name: &str, count: usize) -> Result<Vec<f64>, ArtifactError> {
        let bytes = self.section(name, NumberType::F64, count)?;
        let numbers: Vec<f64> = bytes.as_chunks().0.iter().map(|number| f64::from_le_bytes(*number)).collect();
        if numbers.iter().all(|number| number.is_finite()) {
            return Ok(numbers);
        }
        Err(ArtifactError::BrokenSection { name: name.to_owned(), expected: "finite numbers".to_owned() })
    }
}

/// Puts a model file together.
#[derive(Debug, Clone)]
pub struct ArtifactBuilder {
    header: Header,
    payload: Vec<u8>,
}

impl ArtifactBuilder {
    /// Begins a file; the header's `sections` are filled in as they are added.
    #[must_use]
    pub fn new(header: Header) -> Self {
        Self { header: Header { sections: Vec::new(), ..header }, payload: Vec::new() }
    }

    fn add(&mut self, name: &str, numbers: NumberType, count: usize, bytes: impl Iterator<Item = u8>) -> &mut Self {
        self.header.sections.push(SectionHeader { name: name.to_owned(), numbers, count: count as u64 });
        self.payload.extend(bytes);
        self
    }

    /// Adds unsigned bytes.
    pub fn unsigned_bytes(&mut self, name: &str, numbers: &[u8]) -> &mut Self {
        self.add(name, NumberType::U8, numbers.len(), numbers.iter().copied())
    }

    /// Adds signed bytes.
    pub fn signed_bytes(&mut self, name: &str, numbers: &[i8]) -> &mut Self {
        self.add(name, NumberType::I8, numbers.len(), numbers.iter().flat_map(|number| number.to_le_bytes()))
    }

    /// Adds 16-bit integers.
    pub fn integers(&mut self, name: &str, numbers: &[i16]) -> &mut Self {
        self.add(name, NumberType::I16, numbers.len(), numbers.iter().flat_map(|number| number.to_le_bytes()))
    }

    /// Adds 32-bit floats.
    pub fn floats(&mut self, name: &str, numbers: &[f32]) -> &mut Self {
        self.add(name, NumberType::F32, numbers.len(), numbers.iter().flat_map(|number| number.to_le_bytes()))
    }

    /// Adds 64-bit floats.
    pub fn doubles(&mut self, name: &str, numbers: &[f64]) -> &mut Self {
        self.add(name, NumberType::F64, numbers.len(), numbers.iter().flat_map(|number| number.to_le_bytes()))
    }

    /// The finished file, the same bytes for the same content.
    ///
    /// # Panics
    /// Never: a header of strings and numbers can always be written as JSON.
    #[must_use]
    pub fn finish(&self) -> Vec<u8> {
        #[allow(clippy::expect_used, reason = "strings and numbers always serialise")]
        let header = serde_json::to_vec(&self.header).expect("a header is plain data");
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + header.len() + self.payload.len() + CHECKSUM_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(&self.payload);
        let checksum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&checksum);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            name: "demo".into(),
            version: "1".into(),
            kind: "test".into(),
            feature_spec: "none".into(),
            labels: vec!["a".into()],
            languages: vec!["en".into()],
            parameters: BTreeMap::from([("bias".into(), 0.5)]),
            sections: vec![],
        }
    }

    fn demo() -> Vec<u8> {
        let mut builder = ArtifactBuilder::new(header());
        builder.floats("weights", &[1.0, -2.5]).signed_bytes("signs", &[-1, 1, 0]).integers("shorts", &[-300]);
        builder.unsigned_bytes("bytes", &[7]).doubles("doubles", &[0.1]);
        builder.finish()
    }

    fn reseal(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.truncate(bytes.len() - CHECKSUM_BYTES);
        let checksum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&checksum);
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        let artifact = Artifact::parse(demo()).unwrap();
        assert_eq!(artifact.floats("weights", 2).unwrap(), [1.0, -2.5]);
        assert_eq!(artifact.signed_bytes("signs", 3).unwrap(), [-1, 1, 0]);
        assert_eq!(artifact.integers("shorts", 1).unwrap(), [-300]);
        assert_eq!(artifact.unsigned_bytes("bytes", 1).unwrap(), [7]);
        assert!((artifact.doubles("doubles", 1).unwrap()[0] - 0.1).abs() < f64::EPSILON);
        assert!((artifact.parameter("bias").unwrap() - 0.5).abs() < f64::EPSILON);
        assert!(artifact.citation().starts_with("demo@1+sha256:"));
        assert!(artifact.expect("test", "none").is_ok());
    }

    #[test]
    fn every_changed_or_missing_byte_is_refused() {
        let whole = demo();
        for length in 0..whole.len() {
            assert!(Artifact::parse(whole[..length].to_vec()).is_err(), "cut to {length}");
        }
        for position in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[position] ^= 1;
            assert!(Artifact::parse(bytes).is_err(), "byte {position} changed");
        }
    }

    #[test]
    fn a_stated_size_beyond_the_file_is_refused_before_allocation() {
        for count in ["3", "18446744073709551615", "4611686018427387905"] {
            let text = String::from_utf8_lossy(&serde_json::to_vec(&header()).unwrap()).replace(
                "\"sections\":[]",
                &format!("\"sections\":[{{\"name\":\"w\",\"numbers\":\"f32\",\"count\":{count}}}]"),
            );
            let mut bytes = MAGIC.to_vec();
            bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
            bytes.extend_from_slice(&[0; CHECKSUM_BYTES]);
            let error = Artifact::parse(reseal(bytes)).unwrap_err();
            assert!(matches!(error, ArtifactError::WrongSize { .. }), "{count}: {error}");
        }
    }

    #[test]
    fn wrong_sections_and_kinds_name_both_sides() {
        let artifact = Artifact::parse(demo()).unwrap();
        assert!(artifact.floats("weights", 3).is_err());
        assert!(artifact.integers("weights", 2).is_err());
        assert!(artifact.parameter("missing").is_err());
        let error = artifact.expect("test", "words@2").unwrap_err().to_string();
        assert!(error.contains("none") && error.contains("words@2"), "{error}");
        let mut builder = ArtifactBuilder::new(header());
        let bytes = builder.floats("weights", &[f32::NAN]).finish();
        assert!(Artifact::parse(bytes).unwrap().floats("weights", 1).is_err());
    }
}
