//! What a run was asked to do, and with what: only the same run is resumed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::config::{Plan, render};

/// Digits of a digest: 64 bits, enough to notice a change.
const DIGEST_DIGITS: usize = 16;

/// Everything that decides what a run writes, apart from what stands in its inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The version of the program.
    pub program: String,
    /// Options that decide bytes, as they were given.
    pub options: BTreeMap<String, String>,
    /// The inputs, in order.
    pub inputs: Vec<InputIdentity>,
    /// The configuration in force: a digest of each value.
    pub configuration: BTreeMap<String, String>,
    /// The models in force, as records cite them.
    pub models: BTreeMap<String, String>,
}

/// An input as it was when the run began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputIdentity {
    /// As the user named it.
    pub name: String,
    /// Its size; only of a file.
    pub bytes: Option<u64>,
    /// When it was last changed; only of a file.
    pub modified: Option<String>,
}

impl Identity {
    /// What is not as it was, each in a few words.
    #[must_use]
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.program != now.program {
            changes.push(format!("the program was version {} and is {}", self.program, now.program));
        }
        for (option, was, is) in differing(&self.options, &now.options) {
            changes.push(match (was, is) {
                (Some(was), Some(is)) => format!("{option} was `{was}` and is `{is}`"),
                (Some(was), None) => format!("{option} was `{was}` and is not given"),
                (None, is) => format!("{option} was not given and is `{}`", is.unwrap_or_default()),
            });
        }
        if self.inputs.len() != now.inputs.len() {
            changes.push(format!("there were {} inputs and are {}", self.inputs.len(), now.inputs.len()));
        }
        for (number, (was, is)) in (1..).zip(self.inputs.iter().zip(&now.inputs)) {
            changes.extend(was.change(is, number));
        }
        let keys: Vec<String> = differing(&self.configuration, &now.configuration)
            .map(|(key, was, is)| match (was, is) {
                (None, _) => format!("`{key}` (new)"),
                (_, None) => format!("`{key}` (gone)"),
                _ => format!("`{key}`"),
            })
            .collect();
        if !keys.is_empty() {
            changes.push(format!("the configuration has other values: {}", keys.join(", ")));
        }
        for (stage, was, is) in differing(&self.models, &now.models) {
            let (was, is) = (was.unwrap_or("none"), is.unwrap_or("none"));
            changes.push(format!("the model `{stage}` was {was} and is {is}"));
        }
        changes
    }
}

impl InputIdentity {
    fn change(&self, now: &Self, number: usize) -> Option<String> {
        let unknown = || "unknown".to_owned();
        let size = |bytes: Option<u64>| bytes.map_or("no file".to_owned(), |bytes| format!("{bytes} bytes"));
        if self.name != now.name {
            return Some(format!("input {number} was {} and is {}", self.name, now.name));
        }
        if self.bytes != now.bytes {
            return Some(format!("the input {} had {} and has {}", self.name, size(self.bytes), size(now.bytes)));
        }
        (self.modified != now.modified).then(|| {
            let was = self.modified.clone().unwrap_or_else(unknown);
            let is = now.modified.clone().unwrap_or_else(unknown);
            format!("the input {} was last changed at {was} and now is at {is}", self.name)
        })
    }
}

/// The entries of two maps that are not the same, by key.
fn differing<'m>(
    was: &'m BTreeMap<String, String>,
    is: &'m BTreeMap<String, String>,
) -> impl Iterator<Item = (&'m str, Option<&'m str>, Option<&'m str>)> {
    let new = is.keys().filter(|key| !was.contains_key(*key));
    was.keys().chain(new).filter_map(|key| {
        let (was, is) = (was.get(key).map(String::as_str), is.get(key).map(String::as_str));
        (was != is).then_some((key.as_str(), was, is))
    })
}

/// A digest of every value of a configuration in force, by its key. The values themselves stay out of checkpoints.
///
/// # Errors
/// Where a path in it is not UTF-8.
pub fn configuration_digests(plan: &Plan) -> Result<BTreeMap<String, String>, toml::ser::Error> {
    let mut digests = BTreeMap::new();
    // What was rendered is TOML; were it not, the digest of the whole would do.
    let text = render(plan)?;
    match text.parse::<toml::Table>() {
        Ok(mut table) => {
            // No run depends on how the server works.
            table.remove("serve");
            add_digests("", &table, &mut digests);
        }
        Err(_) => drop(digests.insert("configuration".to_owned(), digest(text.as_bytes()))),
    }
    Ok(digests)
}

fn add_digests(above: &str, table: &toml::Table, digests: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value {
            toml::Value::Table(inner) => add_digests(&key, inner, digests),
            value => drop(digests.insert(key, digest(value.to_string().as_bytes()))),
        }
    }
}

/// The beginning of the SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    let mut digits = hexadecimal(&Sha256::digest(bytes));
    digits.truncate(DIGEST_DIGITS);
    digits
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn input(name: &str, bytes: u64, modified: &str) -> InputIdentity {
        InputIdentity { name: name.to_owned(), bytes: Some(bytes), modified: Some(modified.to_owned()) }
    }

    #[test]
    fn every_change_is_told() {
        let was = Identity {
            program: "1.0.0".to_owned(),
            options: map(&[("--format", "auto"), ("--map", "text=a")]),
            inputs: vec![input("a", 5, "monday"), input("b", 5, "monday"), input("c", 5, "monday")],
            configuration: map(&[("limits.max_ids", "1"), ("policy.rules", "2")]),
            models: map(&[("tone", "abuse 1"), ("topic", "topic 1")]),
        };
        assert_eq!(was.changes(&was), [""; 0]);
        let now = Identity {
            program: "1.1.0".to_owned(),
            options: map(&[("--format", "csv"), ("--split-by", "action")]),
            inputs: vec![input("x", 5, "monday"), input("b", 6, "monday"), input("c", 5, "friday")],
            configuration: map(&[("limits.max_ids", "3"), ("tone.enabled", "2")]),
            models: map(&[("tone", "abuse 2")]),
        };
        let expected = [
            "the program was version 1.0.0 and is 1.1.0",
            "--format was `auto` and is `csv`",
            "--map was `text=a` and is not given",
            "--split-by was not given and is `action`",
            "input 1 was a and is x",
            "the input b had 5 bytes and has 6 bytes",
            "the input c was last changed at monday and now is at friday",
            "the configuration has other values: `limits.max_ids`, `policy.rules` (gone), `tone.enabled` (new)",
            "the model `tone` was abuse 1 and is abuse 2",
            "the model `topic` was topic 1 and is none",
        ];
        assert_eq!(was.changes(&now), expected);
        let fewer = Identity { inputs: Vec::new(), ..was.clone() };
        assert_eq!(was.changes(&fewer), ["there were 3 inputs and are 0"]);
    }

    #[test]
    fn a_value_of_the_configuration_is_known_by_its_key() {
        let digests = |text: &str| configuration_digests(&parse("test", text).unwrap()).unwrap();
        let plain = digests("");
        assert_eq!(digests("[limits]\nmax_ids = 500000\n"), plain, "what is left out has its built-in value");
        assert_eq!(digests("[serve]\nmax_in_flight = 3\n"), plain, "a run has nothing to do with the server");
        let other = digests(
            "[limits]\nmax_ids = 4\n[[policy.rules]]\nid = \"a\"\nwhen = { flag = \"no_text\" }\naction = \"review\"\n",
        );
        let keys: Vec<&str> = differing(&plain, &other).map(|(key, ..)| key).collect();
        assert_eq!(keys, ["limits.max_ids", "policy.rules"]);
    }
}
