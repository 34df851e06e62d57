//! Names that become names of folders: nothing in them leads anywhere else.

use std::fmt;

/// Names on many file systems end at 255 bytes; ours, with what is put around them, stay far below.
const MAX_NAME_BYTES: usize = 64;

/// Letters from a to z, digits, `.`, `_` and `-`, 1 to 64 of them, the first no dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlainName(String);

impl PlainName {
    /// Takes a name that keeps to the rules, and no other.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
        let fits = (1..=MAX_NAME_BYTES).contains(&name.len()) && !name.starts_with('.') && name.chars().all(is_plain);
        fits.then(|| Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_none() {
        for name in ["abuse", "1-c0ec11ed5177", "2.0_rc-1", "a", &"x".repeat(64)] {
            assert_eq!(PlainName::new(name).map(|name| name.to_string()).as_deref(), Some(name));
        }
        for name in ["", ".", "..", ".hidden", "a/b", "a\\b", "C:", "a b", "a\n", "é", "a\0", &"x".repeat(65)] {
            assert_eq!(PlainName::new(name), None, "{name:?}");
        }
    }
}
