//! The writing system of a letter.

use smallvec::SmallVec;
use unicode_script::{Script as UnicodeScript, UnicodeScript as _};

use crate::domain::Script;

/// The script of a letter or mark by ISO 15924; `None` for what belongs to no script of its own: digits, signs, emoji, and
/// marks that follow any letter.
#[must_use]
pub fn script_of(character: char) -> Option<Script> {
    match character {
        'a'..='z' | 'A'..='Z' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ' => Some(Script::LATIN),
        '\0'..='¿' | '×' | '÷' => None,
        'Ѐ'..='ҁ' | 'Ҋ'..='ԯ' => Some(Script::CYRILLIC),
        _ => match character.script() {
            UnicodeScript::Common | UnicodeScript::Inherited | UnicodeScript::Unknown => None,
            script => Some(Script(script.short_name())),
        },
    }
}

/// The script that most of the letters of a text belong to, the first of them where several have as many; `None` where
/// there are no letters.
#[must_use]
pub fn main_script(text: &str) -> Option<Script> {
    // Most comments are plain ASCII: one pass over the bytes answers those.
    if text.is_ascii() {
        return text.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some(Script::LATIN);
    }
    let mut tally = ScriptTally::default();
    for character in text.chars().filter(|character| character.is_alphabetic()) {
        if let Some(script) = script_of(character) {
            tally.add(script, 1);
        }
    }
    tally.most()
}

/// Counts letters by script; a handful of scripts, as a text has.
#[derive(Debug, Clone, Default)]
pub struct ScriptTally {
    counts: SmallVec<[(Script, usize); 2]>,
}

impl ScriptTally {
    /// Counts letters of a script.
    pub fn add(&mut self, script: Script, letters: usize) {
        match self.counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, count)) => *count += letters,
            None => self.counts.push((script, letters)),
        }
    }

    /// The script with most letters, the first seen where several have as many.
    #[must_use]
    pub fn most(&self) -> Option<Script> {
        let mut most: Option<(Script, usize)> = None;
        for (script, count) in &self.counts {
            if most.is_none_or(|(_, so_far)| *count > so_far) {
                most = Some((*script, *count));
            }
        }
        most.map(|(script, _)| script)
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (script, count) in &other.counts {
            self.add(*script, *count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_most_letters_counts() {
        for (text, expected) in [
            ("hello", Some("Latn")),
            ("već", Some("Latn")),
            ("Шта је ovo", Some("Cyrl")),
            ("123 …", None),
            ("🙂🙂", None),
            ("བོད་སྐད", Some("Tibt")),
            ("これはひらがなです", Some("Hira")),
            ("שלום", Some("Hebr")),
            ("ｆｕｌｌ", Some("Latn")),
            ("", None),
        ] {
            assert_eq!(main_script(text).map(|script| script.0), expected, "{text}");
        }
    }
}
