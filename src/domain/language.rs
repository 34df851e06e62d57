//! Languages, scripts, and what can be said about the language of a text.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// A language: ISO 639-1 code where there is one, else ISO 639-3 (`hbs`: Bosnian, Croatian, Serbian, not told apart).
#[derive(Clone, Copy)]
pub struct LanguageCode {
    letters: [u8; 3],
    length: u8,
}

impl LanguageCode {
    /// English.
    pub const EN: Self = Self::constant(*b"en\0", 2);
    /// Serbian.
    pub const SR: Self = Self::constant(*b"sr\0", 2);
    /// Croatian.
    pub const HR: Self = Self::constant(*b"hr\0", 2);
    /// Bosnian.
    pub const BS: Self = Self::constant(*b"bs\0", 2);
    /// Some language that nothing here knows.
    pub const UNDETERMINED: Self = Self::constant(*b"und", 3);
    /// The macrolanguage of Bosnian, Croatian and Serbian, where nothing tells which.
    pub const HBS: Self = Self::constant(*b"hbs", 3);

    /// A language by its ISO 639-1 code, two small letters.
    #[must_use]
    pub const fn two_letters(code: [u8; 2]) -> Self {
        Self { letters: [code[0], code[1], 0], length: 2 }
    }

    const fn constant(letters: [u8; 3], length: u8) -> Self {
        Self { letters, length }
    }

    /// All of it in one number, in the order of the alphabet: compared in one step.
    const fn packed(self) -> u32 {
        u32::from_be_bytes([self.letters[0], self.letters[1], self.letters[2], self.length])
    }

    /// The code in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.letters[..usize::from(self.length)]).unwrap_or("und")
    }

    /// Whether it is `sr`, `hr`, `bs` or their macrolanguage `hbs`.
    #[must_use]
    pub fn is_bosnian_croatian_serbian(self) -> bool {
        [Self::SR, Self::HR, Self::BS, Self::HBS].contains(&self)
    }
}

impl PartialEq for LanguageCode {
    fn eq(&self, other: &Self) -> bool {
        self.packed() == other.packed()
    }
}

impl Eq for LanguageCode {}

impl Ord for LanguageCode {
    fn cmp(&self, other: &Self) -> Ordering {
        self.packed().cmp(&other.packed())
    }
}

impl PartialOrd for LanguageCode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for LanguageCode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.packed().hash(state);
    }
}

/// A language code that is not two or three ASCII letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageCodeError;

impl fmt::Display for LanguageCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a language is two or three letters of ISO 639, such as `en` or `hbs`")
    }
}

impl std::error::Error for LanguageCodeError {}

impl FromStr for LanguageCode {
    type Err = LanguageCodeError;

    /// Reads a code; a region or script behind it (`en-GB`, `sr_Latn`) is dropped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = text.split(['-', '_']).next().unwrap_or_default().as_bytes();
        if !(2..=3).contains(&code.len()) || !code.iter().all(u8::is_ascii_alphabetic) {
            return Err(LanguageCodeError);
        }
        let mut letters = [0; 3];
        for (to, from) in letters.iter_mut().zip(code) {
            *to = from.to_ascii_lowercase();
        }
        Ok(Self { letters, length: if code.len() == 2 { 2 } else { 3 } })
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A writing system by its ISO 15924 code, such as `Latn` or `Cyrl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Script(pub &'static str);

impl Script {
    /// Latin letters.
    pub const LATIN: Self = Self("Latn");
    /// Cyrillic letters.
    pub const CYRILLIC: Self = Self("Cyrl");
    /// Arabic letters.
    pub const ARABIC: Self = Self("Arab");
    /// Devanagari letters.
    pub const DEVANAGARI: Self = Self("Deva");
    /// Letters of a script that nothing here knows.
    pub const UNKNOWN: Self = Self("Zzzz");
}

/// A language with its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The language.
    pub language: LanguageCode,
    /// Probability, 0..=1.
    pub probability: f64,
}

/// What can be said about the language of a text. An abstention has its reason; there is no default language.
#[derive(Debug, Clone, PartialEq)]
pub enum LanguageVerdict {
    /// It is this language.
    Known {
        /// The language and its probability.
        best: Candidate,
        /// Its script.
        script: Script,
        /// All candidates worth naming, most probable first.
        candidates: Vec<Candidate>,
    },
    /// Enough text, but the evidence does not decide.
    Unsure {
        /// The most probable language.
        best: Candidate,
        /// Its script.
        script: Script,
        /// All candidates worth naming, most probable first.
        candidates: Vec<Candidate>,
    },
    /// Too few letters to say; `best` is little more than what the thread makes likely.
    TooShort {
        /// The most probable language.
        best: Candidate,
        /// Its script.
        script: Script,
        /// All candidates worth naming, most probable first.
        candidates: Vec<Candidate>,
    },
    /// No letters outside of links, mentions and code.
    NoText,
}

impl LanguageVerdict {
    /// The most probable language, if there is any text.
    #[must_use]
    pub fn best(&self) -> Option<Candidate> {
        match self {
            Self::Known { best, .. } | Self::Unsure { best, .. } | Self::TooShort { best, .. } => Some(*best),
            Self::NoText => None,
        }
    }

    /// The language, where it is known for sure.
    #[must_use]
    pub fn known(&self) -> Option<LanguageCode> {
        match self {
            Self::Known { best, .. } => Some(best.language),
            _ => None,
        }
    }

    /// The name of the status that records use: `known`, `unsure`, `too_short` or `no_text`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::Known { .. } => "known",
            Self::Unsure { .. } => "unsure",
            Self::TooShort { .. } => "too_short",
            Self::NoText => "no_text",
        }
    }

    /// The script, if there is any text.
    #[must_use]
    pub fn script(&self) -> Option<Script> {
        match self {
            Self::Known { script, .. } | Self::Unsure { script, .. } | Self::TooShort { script, .. } => Some(*script),
            Self::NoText => None,
        }
    }

    /// All candidates, most probable first.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        match self {
            Self::Known { candidates, .. } | Self::Unsure { candidates, .. } | Self::TooShort { candidates, .. } => {
                candidates
            }
            Self::NoText => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_without_region_and_case() {
        for (text, expected) in [("en", "en"), ("EN-gb", "en"), ("sr_Latn", "sr"), ("hbs", "hbs")] {
            assert_eq!(text.parse::<LanguageCode>().map(|code| code.to_string()), Ok(expected.to_owned()));
        }
        for text in ["", "e", "engl", "e1", "é"] {
            assert_eq!(text.parse::<LanguageCode>(), Err(LanguageCodeError), "{text}");
        }
    }
}
