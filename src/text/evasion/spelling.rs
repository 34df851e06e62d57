//! Words that are spelled in a way of their own: signs for letters, letters apart, letters again and again.

use crate::domain::Span;

use super::{Placed, is_european_letter};

/// So many letters that stand apart are a word.
pub(super) const LEAST_APART: usize = 4;
/// Shortest and longest word in which signs are read as letters.
const SIGNED_LENGTHS: std::ops::RangeInclusive<usize> = 4..=20;
/// Most signs in a row that may be letters: more digits are a number.
pub(super) const MOST_SIGNS: usize = 2;
/// A letter that stands so often in a row is stretched.
const STRETCHED: usize = 3;
/// One stretched letter in a word is emphasis; so many are no way to write.
const LEAST_STRETCHES: usize = 2;

/// Whether a sign or digit may stand for a letter inside of a word.
pub(super) fn is_sign_for_a_letter(character: char) -> bool {
    letter_of(character).is_some()
}

fn letter_of(character: char) -> Option<char> {
    Some(match character {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => return None,
    })
}

/// Whether a character may stand between letters that are spelled apart.
pub(super) fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '.' | '-' | '_' | '*' | ',' | '~' | '|' | '+' | '/' | '\\' | '·' | '•' | '\u{a0}')
}

fn is_word(one: &Placed) -> bool {
    is_european_letter(one.character) || one.character.is_alphanumeric()
}

/// Reads digits and signs as letters, inside of words that have nothing else but ASCII letters. See [`super::undone`].
pub(super) fn read_signs(placed: &mut [Placed]) -> bool {
    let is_part = |one: &Placed| is_word(one) || matches!(one.character, '@' | '$' | '#' | '_' | '/' | '.' | '&' | '=');
    let mut has_changed = false;
    for run in placed.chunk_by_mut(|left, right| is_part(left) && is_part(right)) {
        // The full stop behind a word is none of it.
        let length = run.len() - run.iter().rev().take_while(|one| one.character == '.').count();
        let Some(word) = run.get_mut(..length).filter(|word| is_meant_as_letters(word)) else { continue };
        for one in word {
            one.character = letter_of(one.character).unwrap_or(one.character);
        }
        has_changed = true;
    }
    has_changed
}

/// Whether the signs of a word are letters: it begins and ends with a letter or, where a second sign follows inside, a sign;
/// no run of digits is long; and there is no address, model number, name of a user or price in sight.
fn is_meant_as_letters(word: &[Placed]) -> bool {
    let is_letter = |one: &Placed| one.character.is_ascii_alphabetic();
    let known = word.iter().all(|one| is_letter(one) || is_sign_for_a_letter(one.character));
    let letters = word.iter().filter(|one| is_letter(one)).count();
    if !known || !SIGNED_LENGTHS.contains(&word.len()) || letters < 2 || letters == word.len() {
        return false;
    }
    let (first, last) = (&word[0], &word[word.len() - 1]);
    let is_inside = word.iter().skip_while(|one| !is_letter(one)).any(|one| !is_letter(one));
    let begins = is_letter(first) || is_inside && matches!(first.character, '1' | '$');
    // Two digits that look like letters side by side are `oo` or `io`; `33` may be anything.
    let is_pair = |pair: &[Placed]| pair.iter().all(|one| !is_letter(one));
    let is_round = |one: &Placed| !matches!(one.character, '3' | '4' | '5' | '7');
    if word.windows(2).any(|pair| is_pair(pair) && !pair.iter().all(is_round)) {
        return false;
    }
    // A letter or two before a number, or behind one, are a model or a measure.
    let (mut longest, mut most_signs) = (0, 0);
    for run in word.chunk_by(|left, right| is_letter(left) == is_letter(right)) {
        let most = if is_letter(&run[0]) { &mut longest } else { &mut most_signs };
        *most = run.len().max(*most);
    }
    let signs = word.len() - letters;
    let signs_between = word.windows(2).filter(|pair| !is_letter(&pair[0]) && is_letter(&pair[1])).count();
    begins && is_letter(last) && most_signs <= MOST_SIGNS && (longest >= 2 || signs_between >= 2 && signs >= 3)
}

/// Joins letters that are spelled apart, and the words of such letters that stand two spaces from each other. See
/// [`super::undone`].
pub(super) fn join_letters(placed: &mut Vec<Placed>) -> bool {
    let mut out: Vec<Placed> = Vec::with_capacity(placed.len());
    let mut at = 0;
    while at < placed.len() {
        let is_begin = at == 0 || !is_word(&placed[at - 1]);
        let chain = if is_begin { Chain::at(placed, at) } else { None };
        let Some(chain) = chain.filter(|chain| chain.is_joined) else {
            out.push(placed[at]);
            at += 1;
            continue;
        };
        chain.join(placed, at, &mut out);
        at = chain.end;
    }
    let has_changed = out.len() < placed.len();
    *placed = out;
    has_changed
}

/// Letters spelled apart from a place on.
struct Chain {
    /// One past the last letter.
    end: usize,
    separator: char,
    /// Whether its first letter is the article before the word: `a l i a r`.
    has_article: bool,
    is_joined: bool,
}

impl Chain {
    /// The letters that stand apart from `begin` on, where a letter stands there alone.
    fn at(placed: &[Placed], begin: usize) -> Option<Self> {
        let is_letter = |at: usize| placed.get(at).is_some_and(|one| is_european_letter(one.character));
        let is_alone = |at: usize| is_letter(at) && placed.get(at + 1).is_none_or(|next| !is_word(next));
        if !is_alone(begin) {
            return None;
        }
        let separator = placed.get(begin + 1).map(|next| next.character).filter(|next| is_separator(*next))?;
        let is_separator = |at: usize| placed.get(at).is_some_and(|one| one.character == separator);
        let mut end = begin + 1;
        let mut letters = 1;
        loop {
            let gap = usize::from(is_separator(end));
            let gap = if gap == 1 && separator == ' ' && is_separator(end + 1) { 2 } else { gap };
            if gap == 0 || !is_alone(end + gap) {
                break;
            }
            end += gap + 1;
            letters += 1;
        }
        if letters < 2 {
            return None;
        }
        let letter = |number: usize| placed.get(begin + 2 * number).map(|one| one.character.to_ascii_lowercase());
        let is_behind_word = begin >= 2 && placed[begin - 1].character == ' ' && is_word(&placed[begin - 2]);
        let has_article = separator == ' '
            && is_behind_word
            && letters > LEAST_APART
            && letter(0) == Some('a')
            && letter(1) != letter(2);
        // `A/B/C/D` is a list.
        let spelled = placed[begin..end].iter().filter(|one| is_european_letter(one.character));
        let spelled: Vec<u32> = spelled.map(|one| one.character.to_ascii_lowercase() as u32).collect();
        let is_list = spelled.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        Some(Self { end, separator, has_article, is_joined: letters >= LEAST_APART && !is_list })
    }

    fn join(&self, placed: &[Placed], begin: usize, out: &mut Vec<Placed>) {
        let mut at = begin;
        if self.has_article {
            out.extend_from_slice(&placed[begin..begin + 2]);
            at += 2;
        }
        while at < self.end {
            out.push(placed[at]);
            at += 1;
            let gap = placed[at..self.end].iter().take_while(|one| one.character == self.separator).count();
            if gap == 2 {
                out.push(placed[at]);
            }
            at += gap;
        }
    }
}

/// Writes letters once that are stretched, in words where several are. See [`super::undone`].
pub(super) fn shorten(placed: &mut Vec<Placed>) -> bool {
    let same = |left: &Placed, right: &Placed| {
        left.character.eq_ignore_ascii_case(&right.character) && is_european_letter(left.character)
    };
    let mut out: Vec<Placed> = Vec::with_capacity(placed.len());
    for word in placed.chunk_by(|left, right| is_european_letter(left.character) && is_european_letter(right.character))
    {
        let stretches = word.chunk_by(same).filter(|run| run.len() >= STRETCHED).count();
        if stretches < LEAST_STRETCHES {
            out.extend_from_slice(word);
            continue;
        }
        for run in word.chunk_by(same) {
            // Doubled letters stay as they are.
            if let [first, .., last] = run
                && run.len() >= STRETCHED
            {
                out.push(Placed { span: Span::new(first.span.begin, last.span.end), ..*first });
            } else {
                out.extend_from_slice(run);
            }
        }
    }
    let has_changed = out.len() < placed.len();
    *placed = out;
    has_changed
}
