//! From tokens to hashed features.

use super::tokens::{SpacedOut, Token, Tokens};
use super::{FEATURE_SPACE, Normalised};
use crate::text::words::mix;

const PAIR: u64 = 0xc2b2_ae3d_27d4_eb4f;
const TO_YOU: u64 = 0x5851_f42d_4c95_7f2d;
const DENIED: u64 = 0x9fb2_1c65_1e98_df25;
const FIRST: u64 = 0x8ebc_6af0_9c88_c6e3;
const LAST: u64 = 0x5899_65cc_7537_4cc3;
const SHOUTED: u64 = 0x1405_7b7e_f767_814f;
const CAPITAL_SHARE: u64 = 0xd6e8_feb8_6659_fd93;
const EXCLAMATIONS: u64 = 0xa076_1d64_78bd_642f;
const THREE_CHARACTERS: u64 = 0x1656_67b1_9e37_79f9;
const FOUR_CHARACTERS: u64 = 0x2545_f491_4f6c_dd1d;
const FOURTH_CHARACTER: u64 = 0x9e37_79b9_7f4a_7c15;

/// How many words after, and before, a word for "you" are marked.
const WORDS_AFTER_YOU: usize = 4;
const WORDS_BEFORE_YOU: usize = 2;
/// How many words after a negation are marked.
const WORDS_AFTER_NOT: usize = 3;
/// Fewer letters have no share of capitals: `OK` shouts no more than `ok`.
const FEWEST_LETTERS: usize = 5;
const MOST_CAPITAL_STEPS: usize = 9;
const EXCLAMATION_STEPS: [usize; 4] = [1, 2, 4, 8];

/// Calls `sink` for every feature with its first and last character. Tokens come first, then runs of characters, both
/// from left to right, then what the text has as a whole.
pub(super) fn for_each_feature(text: &Normalised, tokens: &mut Tokens, mut sink: impl FnMut(u32, usize, usize)) {
    let characters = &text.characters;
    tokens.fill(characters, &text.kinds);
    let all = &tokens.all;
    for (at, token) in all.iter().enumerate() {
        sink(narrow(token.hash), token.first, token.end - 1);
        if let Some(meant) = token.meant {
            sink(narrow(meant), token.first, token.end - 1);
        }
        if token.is_shouted {
            sink(narrow(mix(token.hash ^ SHOUTED)), token.first, token.end - 1);
        }
        if let Some(before) = at.checked_sub(1).map(|before| &all[before]) {
            let pair = mix(before.hash.wrapping_mul(PAIR).wrapping_add(token.hash));
            sink(narrow(pair), before.first, token.end - 1);
        }
        if token.is_you {
            let after = all[at + 1..].iter().take(WORDS_AFTER_YOU);
            let before = all[..at].iter().rev().take(WORDS_BEFORE_YOU);
            for word in after.chain(before) {
                sink(narrow(mix(word.hash ^ TO_YOU)), word.first, word.end - 1);
            }
        }
        if token.is_not {
            for word in all[at + 1..].iter().take(WORDS_AFTER_NOT) {
                sink(narrow(mix(word.hash ^ DENIED)), word.first, word.end - 1);
            }
        }
    }
    if let (Some(first), Some(last)) = (all.first(), all.last()) {
        for_each_end(all, first, last, &mut sink);
    }
    for SpacedOut { first, last, hash } in tokens.spaced_out.iter().copied() {
        sink(narrow(hash), first, last);
    }
    for token in all.iter().filter(|token| token.is_spelt) {
        for_each_run(characters, token, &mut sink);
    }
    for_each_whole(text, sink);
}

/// How the text begins and how it ends: a token and a pair of them each.
fn for_each_end(all: &[Token], first: &Token, last: &Token, sink: &mut impl FnMut(u32, usize, usize)) {
    sink(narrow(mix(first.hash ^ FIRST)), first.first, first.end - 1);
    sink(narrow(mix(last.hash ^ LAST)), last.first, last.end - 1);
    if let [_, second, ..] = all {
        let pair = first.hash.wrapping_mul(FIRST).wrapping_add(second.hash);
        sink(narrow(mix(pair)), first.first, second.end - 1);
    }
    if let [.., before, _] = all {
        let pair = before.hash.wrapping_mul(LAST).wrapping_add(last.hash);
        sink(narrow(mix(pair)), before.first, last.end - 1);
    }
}

/// The upper bits, which depend on all that was hashed.
fn narrow(hash: u64) -> u32 {
    (hash >> (64 - FEATURE_SPACE.trailing_zeros())) as u32
}

/// The runs of three and four characters of a token between two spaces.
fn for_each_run(characters: &[char], token: &Token, sink: &mut impl FnMut(u32, usize, usize)) {
    let inner = characters.get(token.first..token.end).unwrap_or_default();
    // Punctuation beside the token counts as a space.
    let space = u64::from(' ');
    let mut following = inner.iter().map(|character| u64::from(*character as u32)).chain([space]);
    let Some(mut next) = following.next() else { return };
    // A code point has 21 bits, so three of them are a key without loss. The first is the space before the token.
    let mut key = space;
    let mut first = token.first - 1;
    let mut known = 1;
    loop {
        key = (key << 21 | next) & ((1 << 63) - 1);
        known += 1;
        let behind = following.next();
        if known > 2 {
            sink(narrow(key.wrapping_mul(THREE_CHARACTERS)), first, first + 2);
            if let Some(behind) = behind {
                let longer = key.wrapping_mul(FOUR_CHARACTERS).wrapping_add(behind.wrapping_mul(FOURTH_CHARACTER));
                sink(narrow(longer ^ longer >> 31), first, first + 3);
            }
            first += 1;
        }
        let Some(behind) = behind else { return };
        next = behind;
    }
}

/// What the text has as a whole, in steps: each step that is reached is a feature.
fn for_each_whole(text: &Normalised, mut sink: impl FnMut(u32, usize, usize)) {
    let Normalised { characters, kinds, exclamations, .. } = text;
    let last = characters.len() - 1;
    let letters = kinds.iter().filter(|kind| kind.is_letter).count();
    if letters >= FEWEST_LETTERS {
        let share = kinds.iter().filter(|kind| kind.is_capital).count() * 10 / letters;
        for step in 1..=share.min(MOST_CAPITAL_STEPS) {
            sink(narrow(mix(CAPITAL_SHARE.wrapping_add(step as u64))), 0, last);
        }
    }
    for step in EXCLAMATION_STEPS.into_iter().filter(|step| step <= exclamations) {
        sink(narrow(mix(EXCLAMATIONS.wrapping_add(step as u64))), 0, last);
    }
}
