//! Sentences of running text.

use crate::domain::Span;

use super::words::character_at;

/// Words in lower case that a full stop may end without ending a sentence: titles, and what stands before a name or a
/// number. `etc.` and `itd.` are none, since they often end one.
const ABBREVIATIONS: [&str; 48] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "no", "nr", "br", "tel", "str", "gen", "col", "lt", "sgt",
    "rev", "hon", "gov", "sen", "rep", "inc", "ltd", "co", "fig", "vol", "pp", "cf", "al", "eg", "ie", "ing", "mag",
    "dipl", "bzw", "ca", "npr", "tj", "tzv", "ul", "god", "odn", "г", "ул", "др", "проф",
];

/// The sentences within a part of a text, in order, without overlap, and without white space at their ends; together they
/// cover all of it that is no white space.
///
/// A sentence ends
/// - at the end of a line;
/// - behind `.`, `!`, `?`, `…` and runs of them, with the brackets and quotation marks that close behind them and emoji
///   that follow, where white space comes next; behind `.` not after an abbreviation, a single letter or a number, and not
///   before a small letter or a digit, nor behind dots or `…` before a small letter;
/// - behind `。`, `！`, `？`, `｡`, `।` and `۔`, with or without white space;
/// - behind emoji with white space on both sides before a capital letter.
///
/// A part without any such sign is one sentence. Nothing is allocated but the answer.
#[must_use]
pub fn sentences(text: &str, part: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let within = part.of(text);
    let mut begin = 0;
    let bytes = within.as_bytes();
    let mut next = 0;
    // Most text is ASCII that ends nothing: its bytes are passed over without being decoded.
    let may_end = |byte: &u8| !byte.is_ascii() || matches!(byte, b'\n' | b'.' | b'!' | b'?');
    while let Some(skipped) = bytes.get(next..).and_then(|rest| rest.iter().position(may_end)) {
        let at = next + skipped;
        next = at;
        let Some(character) = character_at(within, at) else { break };
        next += character.len_utf8();
        let end = match character {
            '\n' => Some(at),
            '.' | '!' | '?' | '…' | '。' | '！' | '？' | '｡' | '।' | '۔' => {
                let behind = skip(within, at + character.len_utf8(), is_ending);
                let closed = skip(within, behind, is_closing);
                let run = Span::new(at, behind).of(within);
                let ends = ends_sentence(within, begin, run, at, closed);
                // Where the whole run ends no sentence, no part of it does: it is looked at once.
                next = if ends { next } else { next.max(behind) };
                ends.then(|| with_emoji(within, closed))
            }
            _ if is_emoji(character) => {
                let before = within.get(..at).and_then(|head| head.chars().next_back());
                // Only the first of a run stands apart: the run is looked at once.
                let is_apart = before.is_none_or(char::is_whitespace);
                let end = if is_apart { skip(within, at, is_emoji) } else { at };
                (is_apart && begins_with_capital(within, end)).then_some(end)
            }
            _ => None,
        };
        if let Some(end) = end {
            push(within, Span::new(begin, end.max(begin)), part.begin, &mut found);
            begin = end.max(begin);
            next = next.max(begin);
        }
    }
    push(within, Span::new(begin, within.len()), part.begin, &mut found);
    found
}

fn push(within: &str, span: Span, shift: usize, found: &mut Vec<Span>) {
    let sentence = span.of(within);
    let trimmed = sentence.trim();
    if !trimmed.is_empty() {
        let begin = shift + span.begin + (sentence.len() - sentence.trim_start().len());
        found.push(Span::new(begin, begin + trimmed.len()));
    }
}

/// Whether the run of signs at `at` ends a sentence that began at `begin`; what follows it begins at `behind`.
fn ends_sentence(within: &str, begin: usize, run: &str, at: usize, behind: usize) -> bool {
    if run.contains(['。', '！', '？', '｡', '।', '۔']) {
        return true;
    }
    let rest = within.get(behind..).unwrap_or_default();
    if !rest.chars().next().is_none_or(|next| next.is_whitespace() || is_emoji(next)) {
        return false;
    }
    let next = rest.chars().find(|next| !next.is_whitespace());
    let goes_on = next.is_some_and(char::is_lowercase);
    match run {
        "." => {
            let before = within.get(begin..at).unwrap_or_default();
            !goes_on && !next.is_some_and(|next| next.is_ascii_digit()) && !is_abbreviation(before)
        }
        _ if run.contains(['!', '?']) => true,
        _ => !goes_on,
    }
}

/// Whether a sentence up to its full stop ends in an abbreviation, an initial, or a number (which may be an ordinal).
fn is_abbreviation(before: &str) -> bool {
    let is_inner = |character: char| character.is_alphanumeric();
    let word_begin =
        before.len() - before.chars().rev().take_while(|c| is_inner(*c)).map(char::len_utf8).sum::<usize>();
    let word = before.get(word_begin..).unwrap_or_default();
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (None, _) => false,
        // `J.`, `g.` or `5.`, and not `I.`, which ends a sentence as often.
        (Some(only), None) => only.is_alphanumeric() && only != 'I',
        (Some(first), Some(_)) if first.is_ascii_digit() => word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()),
        _ => ABBREVIATIONS.iter().any(|abbreviation| equals_in_lower_case(word, abbreviation)),
    }
}

fn equals_in_lower_case(word: &str, lower: &str) -> bool {
    word.chars().flat_map(char::to_lowercase).eq(lower.chars())
}

/// The end of a run of characters of one kind that begins at `from`.
fn skip(within: &str, from: usize, is_kind: impl Fn(char) -> bool) -> usize {
    let rest = within.get(from..).unwrap_or_default();
    from + rest.chars().take_while(|character| is_kind(*character)).map(char::len_utf8).sum::<usize>()
}

/// The end of a sentence with the emoji behind it, on the same line.
fn with_emoji(within: &str, end: usize) -> usize {
    let spaces = skip(within, end, |space| space == ' ');
    let emoji = skip(within, spaces, is_emoji);
    if emoji > spaces { emoji } else { end }
}

fn begins_with_capital(within: &str, from: usize) -> bool {
    let rest = within.get(from..).unwrap_or_default();
    rest.starts_with(char::is_whitespace) && rest.trim_start().starts_with(char::is_uppercase)
}

fn is_ending(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '｡' | '।' | '۔' | '‼' | '⁇' | '⁈' | '⁉')
}

fn is_closing(character: char) -> bool {
    matches!(character, ')' | ']' | '}' | '"' | '”' | '“' | '»' | '«' | '’' | '\'' | '」' | '』' | '）' | '*' | '_')
}

/// Pictures, their joiners, skin tones and flags (Unicode blocks; ASCII faces are not looked for).
fn is_emoji(character: char) -> bool {
    matches!(character, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{fe0f}' | '\u{200d}' | '\u{20e3}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = sentences(text, Span::new(0, text.len()));
        assert_eq!(found.iter().map(|span| span.of(text)).collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn sentences_end_at_their_signs() {
        check("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]);
        check("Really?! Yes!!! No...", &["Really?!", "Yes!!!", "No..."]);
        check("He said “yes.” Then he left.", &["He said “yes.”", "Then he left."]);
        check("(It is so.) And so on.", &["(It is so.)", "And so on."]);
        check("no sign at all", &["no sign at all"]);
        check("one\ntwo\n\n three ", &["one", "two", "three"]);
        check("Ко је то? Нико не зна.", &["Ко је то?", "Нико не зна."]);
        check("", &[]);
        check(" \n . ", &["."]);
    }

    #[test]
    fn not_every_full_stop_is_an_end() {
        check("Mr. Smith met Dr. Jones. They spoke.", &["Mr. Smith met Dr. Jones.", "They spoke."]);
        check("J. R. Tolkien wrote it. I read it.", &["J. R. Tolkien wrote it.", "I read it."]);
        check("It costs 2.50 at example.org today.", &["It costs 2.50 at example.org today."]);
        check("Dana 5. Maja u 7. Razredu. Kraj.", &["Dana 5. Maja u 7. Razredu.", "Kraj."]);
        check("Bilo je 2019. Posle toga nista.", &["Bilo je 2019.", "Posle toga nista."]);
        check("well... maybe not. ok", &["well... maybe not. ok"]);
        check("Well... Maybe not.", &["Well...", "Maybe not."]);
        check("what? no way! ok", &["what?", "no way!", "ok"]);
        check("So am I. And you.", &["So am I.", "And you."]);
        check("npr. Marko i dr. Ana", &["npr. Marko i dr. Ana"]);
    }

    #[test]
    fn emoji_belong_to_the_sentence_before() {
        check("Great. 😂😂 Next one.", &["Great. 😂😂", "Next one."]);
        check("Great!😂 Next one", &["Great!😂", "Next one"]);
        check("so good 👏 Thank you", &["so good 👏", "Thank you"]);
        check("so good 👏 thank you", &["so good 👏 thank you"]);
        check("👍🏽 ❤️", &["👍🏽 ❤️"]);
    }

    #[test]
    fn chinese_and_japanese_need_no_space() {
        check("我不明白。为什么？没人管！", &["我不明白。", "为什么？", "没人管！"]);
        check("「そうです。」と言った。はい", &["「そうです。」", "と言った。", "はい"]);
        check("मुझे नहीं पता। ठीक है।", &["मुझे नहीं पता।", "ठीक है।"]);
    }

    #[test]
    fn a_part_has_the_places_of_the_whole() {
        let text = "Zero. Óne. Two. Three.";
        let part = Span::new(text.find('Ó').unwrap(), text.find(" Three").unwrap());
        let found = sentences(text, part);
        assert_eq!(found.iter().map(|span| span.of(text)).collect::<Vec<_>>(), ["Óne.", "Two."]);
    }

    proptest! {
        #[test]
        fn sentences_cover_everything_but_white_space(text in "\\PC{0,60}|[ aA1.!?…。😂\\n\\u{301}]{0,30}") {
            let mut rest = String::new();
            let mut last = 0;
            for span in sentences(&text, Span::new(0, text.len())) {
                prop_assert!(span.begin >= last && !span.is_empty());
                prop_assert!(text.get(last..span.begin).is_some_and(|gap| gap.trim().is_empty()));
                let sentence = text.get(span.begin..span.end).expect("on character boundaries");
                prop_assert_eq!(sentence.trim(), sentence);
                rest.push_str(sentence);
                last = span.end;
            }
            prop_assert!(text.get(last..).is_some_and(|gap| gap.trim().is_empty()));
        }
    }
}
