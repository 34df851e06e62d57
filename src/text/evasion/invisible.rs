//! Characters that do not show, and those that turn the direction of writing.

use crate::domain::Span;

use super::marks::is_mark;
use super::{Placed, is_european_letter};

const RIGHT_TO_LEFT_OVERRIDE: char = '\u{202e}';
const POP: char = '\u{202c}';

/// Whether a character does not show: soft hyphen, zero-width spaces and joiners, marks and embeddings of direction, invisible
/// operators, fillers, variation selectors, tags.
pub(super) fn is_control(character: char) -> bool {
    is_direction(character)
        || matches!(character, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
            | '\u{feff}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
        || is_selector(character)
}

/// Embeddings, overrides and isolates: they are about lines and no part of any word.
pub(super) fn is_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Variation selectors and tags, which emoji and Chinese need.
fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Turns round what stands between a right-to-left override and its end, where that is no script written from right to
/// left. All of it then stands for the whole, so that places never go back.
pub(super) fn turn_overrides(placed: &mut [Placed]) -> bool {
    let mut has_changed = false;
    let mut at = 0;
    while at < placed.len() {
        if placed[at].character != RIGHT_TO_LEFT_OVERRIDE {
            at += 1;
            continue;
        }
        let begin = at + 1;
        let length = placed[begin..]
            .iter()
            .take_while(|next| !is_direction(next.character) && !matches!(next.character, '\n' | '\r'))
            .count();
        let end = begin + length;
        let turned = &mut placed[begin..end];
        at = end;
        if turned.len() < 2 || turned.iter().any(|next| is_written_from_the_right(next.character)) {
            continue;
        }
        turned.reverse();
        let whole = Span::new(turned[length - 1].span.begin, turned[0].span.end);
        for next in turned {
            next.span = whole;
        }
        if placed.get(end).is_some_and(|next| next.character == POP) {
            at += 1;
        }
        has_changed = true;
    }
    has_changed
}

/// Hebrew, Arabic and the scripts beside them.
fn is_written_from_the_right(character: char) -> bool {
    matches!(character as u32, 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefc | 0x10800..=0x10fff | 0x1e800..=0x1eeff)
}

/// Takes out what does not show. See [`super::undone`].
pub(super) fn take_out(placed: &mut Vec<Placed>) -> bool {
    let length = placed.len();
    // From the end: what shows next.
    let mut next = ' ';
    let mut shows_next = vec![' '; length];
    for (at, one) in placed.iter().enumerate().rev() {
        shows_next[at] = next;
        if !is_control(one.character) {
            next = one.character;
        }
    }
    let mut before = ' ';
    let mut at = 0;
    placed.retain(|Placed { character, .. }| {
        let behind = shows_next[at];
        at += 1;
        let is_word = |character: char| is_european_letter(character) || is_mark(character);
        let is_out = is_control(*character)
            && (is_direction(*character)
                || if is_selector(*character) {
                    is_word(before) || before.is_whitespace()
                } else {
                    let is_between = is_word(before) && (is_word(behind) || !behind.is_alphanumeric());
                    is_between || is_word(behind) && !before.is_alphanumeric()
                });
        if !is_out {
            before = *character;
        }
        !is_out
    });
    placed.len() < length
}
