//! The file of API keys, and new keys for it. It holds no key, only what each one is recognised by.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::labelled::data_file::sha256_of;

use super::digest::digest;
use super::keys::{KeyEntry, Rate};

/// Random bytes of a key: nobody finds it by trying, so that a plain hash hides it.
const KEY_BYTES: usize = 32;
/// What keys begin with, so that they are recognised where they should not be.
const PREFIX: &str = "ts_";
const MAX_NAME_BYTES: usize = 64;

/// What is wrong with a file of keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("{}: cannot read the API keys", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no TOML, or holds what no file of keys holds.
    #[error("{}: {message}\n  hint: `threadsieve serve --new-key NAME` writes an entry", file.display())]
    Parse {
        /// The file.
        file: PathBuf,
        /// Where, and what.
        message: String,
    },
    /// An entry is no good.
    #[error("{}: [[keys]] number {number}: {message}\n  hint: {hint}", file.display())]
    Entry {
        /// The file.
        file: PathBuf,
        /// Which entry, from 1.
        number: usize,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: &'static str,
    },
    /// There is no entry.
    #[error("{}: there are no keys: nobody could ask\n  hint: `threadsieve serve --new-key NAME` writes an entry", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    keys: Vec<EntryAsWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryAsWritten {
    name: String,
    sha256: String,
    requests_per_minute: Option<u32>,
    burst: Option<u32>,
    #[serde(default = "yes")]
    may_suggest: bool,
}

fn yes() -> bool {
    true
}

/// Reads a file of keys; `requests_per_minute` is for those that state none.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn read(file: &Path, requests_per_minute: Option<NonZeroU32>) -> Result<Vec<KeyEntry>, Vec<KeyFileError>> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| vec![KeyFileError::Read { file: file.to_path_buf(), source }])?;
    warn_of_readers(file);
    parse(file, &text, requests_per_minute)
}

fn parse(file: &Path, text: &str, requests_per_minute: Option<NonZeroU32>) -> Result<Vec<KeyEntry>, Vec<KeyFileError>> {
    let document: Document = toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        vec![KeyFileError::Parse { file: file.to_path_buf(), message: format!("{place}{}", error.message()) }]
    })?;
    let (mut entries, mut problems): (Vec<KeyEntry>, Vec<KeyFileError>) = (Vec::new(), Vec::new());
    for (number, written) in (1..).zip(document.keys) {
        let mut problem = |message: String, hint| {
            problems.push(KeyFileError::Entry { file: file.to_path_buf(), number, message, hint });
        };
        if let Err(message) = check_name(&written.name) {
            problem(format!("`name` {message}"), "it stands in logs and metrics");
        }
        let name = written.name.as_str();
        if entries.iter().any(|entry| *entry.name == *name) {
            problem(format!("the name `{name}` stands there twice"), "each key has a name of its own");
        }
        let sha256 = digest(&written.sha256);
        if sha256.is_none() {
            let hint = "it is what `printf %s \"$KEY\" | sha256sum` says: 64 hexadecimal digits";
            problem("`sha256` is none".to_owned(), hint);
        }
        let sha256 = sha256.unwrap_or_default();
        if entries.iter().any(|entry| entry.sha256 == sha256) {
            problem("its key is that of another entry too".to_owned(), "each entry has a key of its own");
        }
        if written.burst == Some(0) {
            problem("`burst` is 0: no request would be answered".to_owned(), "leave it out for a minute's requests");
        }
        let per_minute = written.requests_per_minute.map_or(requests_per_minute, NonZeroU32::new);
        let rate = per_minute.map(|per_minute| Rate {
            requests_per_minute: per_minute,
            burst: written.burst.and_then(NonZeroU32::new).unwrap_or(per_minute),
        });
        entries.push(KeyEntry { name: name.into(), sha256, rate, may_suggest: written.may_suggest });
    }
    if entries.is_empty() {
        problems.push(KeyFileError::Empty { file: file.to_path_buf() });
    }
    if problems.is_empty() { Ok(entries) } else { Err(problems) }
}

/// A name that can stand in logs, metrics and answers as it is.
fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(is_plain) {
        return Ok(());
    }
    Err(format!("must be 1 to {MAX_NAME_BYTES} letters, digits, or signs of `-_.`"))
}

/// Hashes of long random keys give nothing away; that others can write the file, or copy who asks, would.
#[cfg(unix)]
fn warn_of_readers(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(metadata) = std::fs::metadata(file) else { return };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o022 != 0 {
        tracing::warn!("{}: others can write the API keys (mode {mode:o}): chmod 600", file.display());
    } else if mode & 0o004 != 0 {
        tracing::warn!("{}: others can read the API keys (mode {mode:o}): chmod 600", file.display());
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) {}

/// A new key, and its entry for the file.
#[derive(Debug)]
pub struct NewKey {
    /// The key, for its owner. It is nowhere else.
    pub key: String,
    /// The lines for the file of keys.
    pub entry: String,
}

impl NewKey {
    /// Makes a key from the system's random numbers.
    ///
    /// # Errors
    /// Where the name can be none, or the system has no random numbers.
    pub fn make(name: &str) -> Result<Self, String> {
        check_name(name).map_err(|message| format!("the name of a key {message}"))?;
        let mut random = [0; KEY_BYTES];
        getrandom::fill(&mut random).map_err(|error| format!("no random numbers for a key: {error}"))?;
        let key = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(random));
        let sha256 = sha256_of(key.as_bytes());
        Ok(Self { key, entry: format!("[[keys]]\nname = \"{name}\"\nsha256 = \"{sha256}\"\n") })
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeFF";

    #[test]
    fn what_is_written_is_what_is_meant() {
        let text = format!(
            "[[keys]]\nname = \"forum\"\nsha256 = \"{HASH}\"\n[[keys]]\nname = \"b\"\nsha256 = \"{}\"\n\
             requests_per_minute = 60\nburst = 5\nmay_suggest = false\n[[keys]]\nname = \"c\"\nsha256 = \"{}\"\n\
             requests_per_minute = 0\n",
            "1".repeat(64),
            "2".repeat(64)
        );
        let entries = parse(Path::new("keys.toml"), &text, NonZeroU32::new(600)).unwrap();
        let rates: Vec<Option<(u32, u32)>> = entries
            .iter()
            .map(|entry| entry.rate.map(|rate| (rate.requests_per_minute.get(), rate.burst.get())))
            .collect();
        assert_eq!(rates, [Some((600, 600)), Some((60, 5)), None]);
        assert_eq!(entries[0].sha256[31], 0xff);
        assert!(entries[0].may_suggest && !entries[1].may_suggest);
    }

    #[test]
    fn what_cannot_be_is_told_with_its_place() {
        let check = |text: &str, expected: &[&str]| {
            let found = parse(Path::new("keys.toml"), text, None).expect_err(text);
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (found, expected) in found.iter().zip(expected) {
                assert!(found.contains(expected) && found.contains("hint: "), "{found}");
            }
        };
        check("", &["keys.toml: there are no keys"]);
        check("[[keys]]\nname = \"a\"\nkey = \"secret\"", &["line 3: unknown field `key`"]);
        check("[[keys]]\nname = \"a\"", &["missing field `sha256`"]);
        check("[[keys]]\nname = \"a b\"\nsha256 = \"12\"", &["number 1: `name` must be", "number 1: `sha256` is none"]);
        let twice = format!("[[keys]]\nname = \"a\"\nsha256 = \"{HASH}\"\n").repeat(2);
        check(&twice, &["number 2: the name `a` stands there twice", "number 2: its key is that of another"]);
        check(&format!("[[keys]]\nname = \"a\"\nsha256 = \"{HASH}\"\nburst = 0"), &["`burst` is 0"]);
    }

    #[test]
    fn a_new_key_is_the_one_of_its_entry() {
        let (one, other) = (NewKey::make("forum").unwrap(), NewKey::make("forum").unwrap());
        assert_ne!(one.key, other.key);
        assert_eq!(one.key.len(), PREFIX.len() + 43);
        let entries = parse(Path::new("keys.toml"), &one.entry, None).unwrap();
        assert_eq!(entries[0].sha256, <[u8; 32]>::from(Sha256::digest(&one.key)));
        assert!(NewKey::make("a key").is_err());
    }
}
