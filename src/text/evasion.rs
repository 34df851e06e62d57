//! Undoing what is done to words so that people read them and programs do not: lookalikes from other scripts, invisible
//! characters, stacked marks, letters that are drawn as symbols, letters spelled apart.
//!
//! Nothing is undone in a text that shows no sign of it (`suspicion`), so ordinary text stays as it is, byte for byte,
//! and costs one quick look.

mod homoglyph_table;
mod homoglyphs;
mod invisible;
mod marks;
mod spelling;
mod suspicion;
mod symbols;

use std::borrow::Cow;

use crate::domain::Span;

/// A character with the bytes of the original that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Placed {
    character: char,
    span: Span,
}

/// A text whose evasions are undone, which knows where each of its characters stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    text: String,
    /// By character: where it begins in `text`, and the bytes of the original that it stands for, which never go back.
    places: Vec<(usize, Span)>,
}

impl Undone {
    fn new(characters: &[Placed]) -> Self {
        let mut text = String::with_capacity(characters.len());
        let places = characters
            .iter()
            .map(|Placed { character, span }| {
                let begin = text.len();
                text.push(*character);
                (begin, *span)
            })
            .collect();
        Self { text, places }
    }

    /// The text as it is meant.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where a span of [`Self::as_str`] stood in the original. An empty one stands where the character behind it does.
    #[must_use]
    pub fn original(&self, span: Span) -> Span {
        let first = self.places.partition_point(|(begin, _)| *begin < span.begin);
        let end = self.places.partition_point(|(begin, _)| *begin < span.end).max(first);
        let last = self.places.last().map_or(0, |(_, span)| span.end);
        let begin = self.places.get(first).map_or(last, |(_, span)| span.begin);
        if first == end {
            return Span::new(begin, begin);
        }
        Span::new(begin, self.places.get(end - 1).map_or(begin, |(_, span)| span.end))
    }
}

/// A text with its evasions undone; `None` where it has none. Linear in its length.
///
/// In this order:
///
/// - what stands behind a right-to-left override is turned round;
/// - characters that do not show are taken out, between letters of Latin, Greek and Cyrillic script, and those that set the
///   direction of writing everywhere. Emoji keep theirs, and so do scripts that need them;
/// - letters drawn as symbols (mathematical, circled, squared, full-width, small capitals) become plain ones where some of
///   them stand side by side;
/// - letters and marks become one character where Unicode has it (`e` and U+0301 is `é`); in a word with marks in stacks, or
///   drawn through letters, all of its loose marks go;
/// - letters of another script that look like those of the rest of their word become those;
/// - digits and signs inside of a word that look like letters (`id1ot`) become these;
/// - four or more letters spelled apart in the same way (`i d i o t`, `i.d.i.o.t`) become a word;
/// - letters that are written three times or more in a row, at two places of a word or more, become single ones.
#[must_use]
pub fn undone(text: &str) -> Option<Undone> {
    if !suspicion::is_suspect(text) {
        return None;
    }
    let mut placed: Vec<Placed> = text
        .char_indices()
        .map(|(at, character)| Placed { character, span: Span::new(at, at + character.len_utf8()) })
        .collect();
    let steps: [fn(&mut Vec<Placed>) -> bool; 8] = [
        |placed| invisible::turn_overrides(placed),
        invisible::take_out,
        |placed| symbols::make_plain(placed),
        marks::compose,
        |placed| homoglyphs::bring_home(placed),
        |placed| spelling::read_signs(placed),
        spelling::join_letters,
        spelling::shorten,
    ];
    let mut has_changed = false;
    for step in steps {
        has_changed |= step(&mut placed);
    }
    has_changed.then(|| Undone::new(&placed))
}

/// The text of [`undone`], or else the text itself.
#[must_use]
pub fn as_meant(text: &str) -> Cow<'_, str> {
    undone(text).map_or(Cow::Borrowed(text), |undone| Cow::Owned(undone.text))
}

/// Whether a character is a letter of Latin, Greek or Cyrillic script, with or without marks: those in which words are
/// disguised as one another. Signs that Unicode counts among letters, such as `ª`, are none.
fn is_european_letter(character: char) -> bool {
    match character {
        'a'..='z' | 'A'..='Z' => true,
        '\u{c0}'..='\u{24f}' => !matches!(character, '×' | '÷'),
        // IPA, Greek, Cyrillic; small capitals and the like; Latin with two marks, Greek with several.
        '\u{250}'..='\u{2af}'
        | '\u{370}'..='\u{481}'
        | '\u{48a}'..='\u{52f}'
        | '\u{1d00}'..='\u{1d2b}'
        | '\u{1e00}'..='\u{1fff}'
        | '\u{a730}'
        | '\u{a731}' => character.is_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
#[path = "evasion/tests.rs"]
mod tests;
