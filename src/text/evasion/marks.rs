//! Marks above, below and through letters.

use unicode_normalization::char::compose as composed_of;

use crate::domain::Span;

use super::{Placed, is_european_letter};

/// Marks on one letter, beyond the one that it may be composed with, from which on they are a stack.
const STACK: usize = 2;

/// Whether a character is a mark that is put on a letter of any script, and no part of a script of its own.
pub(super) fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20f0}' | '\u{fe20}'..='\u{fe2f}')
}

/// Whether some language writes a mark in its words.
fn is_written(mark: char) -> bool {
    matches!(mark, '\u{300}'..='\u{304}' | '\u{306}'..='\u{30c}' | '\u{30f}' | '\u{311}'..='\u{315}' | '\u{31b}'
        | '\u{323}'..='\u{328}' | '\u{32d}' | '\u{32e}' | '\u{330}' | '\u{331}' | '\u{342}' | '\u{345}' | '\u{35f}'
        | '\u{361}' | '\u{483}'..='\u{487}')
}

/// Puts letters and marks together; of a word in stacks all loose marks are taken out. See [`super::undone`].
fn compose_into(word: &[Placed], out: &mut Vec<Placed>) {
    let mut is_stacked = false;
    let mut loose = 0;
    for one in word {
        loose = if is_mark(one.character) { loose + 1 } else { 0 };
        is_stacked |= loose > STACK || is_mark(one.character) && !is_written(one.character);
    }
    let from = out.len();
    for one in word {
        let base = out.get_mut(from..).and_then(<[Placed]>::last_mut).filter(|_| is_mark(one.character));
        match base {
            Some(base) if is_stacked => base.span = Span::new(base.span.begin, one.span.end.max(base.span.end)),
            Some(base) => match composed_of(base.character, one.character) {
                Some(composed) => {
                    *base = Placed { character: composed, span: Span::new(base.span.begin, one.span.end) };
                }
                None => out.push(*one),
            },
            None => out.push(*one),
        }
    }
}

/// Does so with every word of a text.
pub(super) fn compose(placed: &mut Vec<Placed>) -> bool {
    if !placed.iter().any(|one| is_mark(one.character)) {
        return false;
    }
    let mut out = Vec::with_capacity(placed.len());
    let is_word = |one: &Placed| is_european_letter(one.character) || is_mark(one.character);
    for run in placed.chunk_by(|left, right| is_word(left) && is_word(right)) {
        // Marks on anything else stay: they may be part of a script, or of an emoji.
        if run.first().is_some_and(|first| is_european_letter(first.character)) {
            compose_into(run, &mut out);
        } else {
            out.extend_from_slice(run);
        }
    }
    let has_changed = out.len() < placed.len();
    *placed = out;
    has_changed
}
