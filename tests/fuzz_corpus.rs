//! The corpus of the fuzz targets, and inputs like it, read without a fuzzer: what `cargo fuzz` does for hours is done
//! here for seconds, the same each time.

use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use threadsieve::source::Format;

use crate::support::repository;

#[path = "../fuzz/src/lib.rs"]
mod reading;

/// Inputs made from the corpus of each target, unless the environment names another number (fuzz/README.md).
const MADE_INPUTS: usize = 150;
const NUMBER: &str = "THREADSIEVE_FUZZ_INPUTS";
/// Pieces that mean something to one reader or another.
const PIECES: [&[u8]; 18] = [
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<!DOCTYPE a [",
    b"</",
    b"&#x41;",
    b"&",
    b"{\"",
    b"\":[",
    b"}]",
    b"\\ud800",
    b"null",
    b"\"",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xc5\xbe",
];

/// The files of a target's corpus with their names, in the order of these.
pub fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = repository().join("fuzz/corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, fs::read(&path).expect("a file"))
    };
    let files: Vec<(String, Vec<u8>)> = paths.into_iter().map(named).collect();
    assert!(!files.is_empty(), "no corpus for {target}");
    files
}

/// How many items there are; else what went wrong, with the input.
fn read(target: &str, what: &str, bytes: &[u8]) -> Result<usize, String> {
    catch_unwind(|| reading::read_target(target, bytes))
        .map_err(|_| format!("{target}, {what}: failed on {} bytes: {:?}", bytes.len(), String::from_utf8_lossy(bytes)))
}

/// Changes an input a little: bytes, cuts, repeats, pieces of others.
fn changed(mut bytes: Vec<u8>, other: &[u8], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    for _ in 0..random.random_range(1..4) {
        let at = random.random_range(0..=bytes.len());
        let end = random.random_range(at..=bytes.len().min(at + 200));
        match random.random_range(0..6) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.random_range(0..8);
                }
            }
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].repeat(random.random_range(1..6));
                bytes.splice(at..at, again);
            }
            4 => {
                let begin = random.random_range(0..=other.len());
                bytes.splice(at..at, other[begin..other.len().min(begin + 300)].iter().copied());
            }
            _ => drop(bytes.splice(at..at, PIECES[random.random_range(0..PIECES.len())].iter().copied())),
        }
    }
    bytes
}

#[test]
fn every_format_has_a_target() {
    let manifest = fs::read_to_string(repository().join("fuzz/Cargo.toml")).expect("the manifest");
    for target in reading::TARGETS {
        assert!(manifest.contains(&format!("name = \"{target}\"\npath = \"fuzz_targets/{target}.rs\"")), "{target}");
        let code = fs::read_to_string(repository().join(format!("fuzz/fuzz_targets/{target}.rs"))).expect(target);
        assert!(code.contains(&format!("read_target(\"{target}\", bytes)")), "{target}");
    }
    for format in Format::ALL {
        assert!(reading::TARGETS.contains(&format.name().replace('-', "_").as_str()), "{}", format.name());
    }
}

#[test]
fn the_corpus_can_be_read() {
    for target in reading::TARGETS {
        let read =
            |(name, bytes): &(String, Vec<u8>)| read(target, name, bytes).unwrap_or_else(|what| panic!("{what}"));
        let items: usize = corpus(target).iter().map(read).sum();
        assert!(items > 0, "{target}: nothing is read");
    }
}

/// The first input of those made from a target's corpus that cannot be read.
fn first_failure(target: &str, seed: u64, inputs: usize) -> Option<String> {
    let files = corpus(target);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..inputs).find_map(|made| {
        let [one, other] = [0, 0].map(|_| &files[random.random_range(0..files.len())].1);
        let bytes = changed(one.clone(), other, &mut random);
        read(target, &format!("input {made}"), &bytes).err()
    })
}

#[test]
fn what_is_like_the_corpus_can_be_read() {
    let named = std::env::var(NUMBER).ok().map(|number| number.parse().expect("a number of inputs"));
    let inputs: usize = named.unwrap_or(MADE_INPUTS);
    let seeded = reading::TARGETS.iter().zip(0..);
    let failures: Vec<String> = seeded.filter_map(|(target, seed)| first_failure(target, seed, inputs)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
