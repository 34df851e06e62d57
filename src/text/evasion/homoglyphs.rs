//! Letters of one script in a word of another that look like its letters.

use super::homoglyph_table::{LOOKALIKES, READ_AS};
use super::{Placed, is_european_letter};

/// Scripts whose letters look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
}

fn script(character: char) -> Option<Script> {
    match character {
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Script::Greek),
        '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
        _ if is_european_letter(character) => Some(Script::Latin),
        _ => None,
    }
}

/// The Latin letter that a letter of another script looks like.
fn latin(character: char) -> Option<char> {
    let same = LOOKALIKES.iter().find(|(_, others)| others.contains(&character)).map(|(latin, _)| *latin);
    same.or_else(|| READ_AS.iter().find(|(other, _)| *other == character).map(|(_, latin)| *latin))
}

/// The letter of Greek or Cyrillic script that a Latin one looks like.
fn other(character: char, wanted: Script) -> Option<char> {
    let (_, others) = LOOKALIKES.iter().find(|(latin, _)| *latin == character)?;
    others.iter().copied().find(|other| script(*other) == Some(wanted))
}

/// A letter of `wanted` that a letter looks like; itself where it is one.
fn lookalike(character: char, wanted: Script) -> Option<char> {
    match (script(character)?, wanted) {
        (own, wanted) if own == wanted => Some(character),
        (_, Script::Latin) => latin(character),
        (Script::Latin, wanted) => other(character, wanted),
        (_, wanted) => other(latin(character)?, wanted),
    }
}

/// How many letters of each script there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    latin: usize,
    greek: usize,
    cyrillic: usize,
}

impl Counts {
    fn of(placed: &[Placed]) -> Self {
        let mut counts = Self::default();
        for script in placed.iter().filter_map(|one| script(one.character)) {
            match script {
                Script::Latin => counts.latin += 1,
                Script::Greek => counts.greek += 1,
                Script::Cyrillic => counts.cyrillic += 1,
            }
        }
        counts
    }

    fn get(self, script: Script) -> usize {
        match script {
            Script::Latin => self.latin,
            Script::Greek => self.greek,
            Script::Cyrillic => self.cyrillic,
        }
    }

    fn is_mixed(self) -> bool {
        [self.latin, self.greek, self.cyrillic].into_iter().filter(|count| *count > 0).count() > 1
    }
}

/// Gives words of mixed script the letters of the script that all of their letters can be read in. Where two will do, that
/// which the text's other words are in. A word that can be read in none stays, and so does every word of one script.
pub(super) fn bring_home(placed: &mut [Placed]) -> bool {
    let is_letter = |one: &Placed| script(one.character).is_some();
    let mut unmixed = Counts::default();
    let mut has_mixed = false;
    for word in placed.chunk_by(|left, right| is_letter(left) && is_letter(right)) {
        let counts = Counts::of(word);
        if counts.is_mixed() {
            has_mixed = true;
        } else {
            unmixed.latin += counts.latin;
            unmixed.greek += counts.greek;
            unmixed.cyrillic += counts.cyrillic;
        }
    }
    if !has_mixed {
        return false;
    }
    let mut has_changed = false;
    for word in placed.chunk_by_mut(|left, right| is_letter(left) && is_letter(right)) {
        let own = Counts::of(word);
        if !own.is_mixed() {
            continue;
        }
        let can_be = |wanted: &Script| word.iter().all(|one| lookalike(one.character, *wanted).is_some());
        let mut wanted = [Script::Latin, Script::Greek, Script::Cyrillic];
        // The first of equals is Latin.
        wanted.sort_by_key(|script| std::cmp::Reverse((unmixed.get(*script), own.get(*script))));
        let Some(wanted) = wanted.into_iter().find(can_be) else { continue };
        for one in word {
            one.character = lookalike(one.character, wanted).unwrap_or(one.character);
        }
        has_changed = true;
    }
    has_changed
}
