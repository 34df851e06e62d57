//! Normalised text: lower case, plain typography, single spaces; every character knows where it stood.

use crate::domain::Span;

/// Walks over the normalised characters of a text together with the bytes of `text` that each one came from.
///
/// Upper case becomes lower case, typographic quotes, dashes and dots become ASCII, full-width forms become plain
/// ones, invisible characters (soft hyphen, zero-width space and joiners) vanish, and every run of white space becomes
/// one space. White space at both ends is dropped. Where one character becomes several (`…`, `İ`), all of them carry
/// the same span.
pub fn for_each_normalised(text: &str, mut sink: impl FnMut(char, Span)) {
    let mut pending_space: Option<Span> = None;
    let mut begun = false;
    for (begin, original) in text.char_indices() {
        let span = Span::new(begin, begin + original.len_utf8());
        if is_space(original) {
            pending_space = Some(pending_space.map_or(span, |run| Span::new(run.begin, span.end)));
            continue;
        }
        if is_invisible(original) {
            continue;
        }
        if let Some(run) = pending_space.take()
            && begun
        {
            sink(' ', run);
        }
        begun = true;
        if original.is_ascii() {
            sink(original.to_ascii_lowercase(), span);
            continue;
        }
        if let Some(lower) = lower_cyrillic(original) {
            sink(lower, span);
            continue;
        }
        match plain(original) {
            Plain::One(character) => character.to_lowercase().for_each(|lower| sink(lower, span)),
            Plain::Dots => ['.', '.', '.'].into_iter().for_each(|dot| sink(dot, span)),
        }
    }
}

/// The small letter of a Cyrillic one: most letters that are not ASCII in what the program reads, and quicker than the
/// table of all scripts.
fn lower_cyrillic(character: char) -> Option<char> {
    let distance = match character {
        'Ѐ'..='Џ' => 0x50,
        'А'..='Я' => 0x20,
        'а'..='џ' => 0,
        _ => return None,
    };
    char::from_u32(character as u32 + distance)
}

enum Plain {
    One(char),
    Dots,
}

fn plain(character: char) -> Plain {
    match character {
        '‘' | '’' | '‚' | '‛' | 'ʼ' | '′' | '`' | '´' => Plain::One('\''),
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => Plain::One('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => Plain::One('-'),
        '…' => Plain::Dots,
        // Full-width forms are the ASCII characters, moved.
        '\u{ff01}'..='\u{ff5e}' => Plain::One(char::from_u32(character as u32 - 0xfee0).unwrap_or(character)),
        _ => Plain::One(character),
    }
}

fn is_space(character: char) -> bool {
    match character {
        '\0'..=' ' | '\u{7f}' => true,
        // Letters of Latin, Greek, Cyrillic and the scripts after them: quicker than the table.
        '!'..='~' | '\u{c0}'..='\u{167f}' => false,
        _ => character.is_whitespace(),
    }
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normalised(text: &str) -> String {
        let mut output = String::new();
        for_each_normalised(text, |character, _| output.push(character));
        output
    }

    #[test]
    fn typography_case_and_space_make_no_difference() {
        for (text, expected) in [
            ("  It’s\t\n “FINE” ", "it's \"fine\""),
            ("wait… no—yes", "wait... no-yes"),
            ("so\u{200b}ft\u{ad} hy\u{a0}\u{a0}phen", "soft hy phen"),
            ("ＩＤＬＥ ŽIČARA", "idle žičara"),
            ("\u{0}a\u{1}b", "a b"),
            (" \n ", ""),
            ("", ""),
        ] {
            assert_eq!(normalised(text), expected, "{text:?}");
        }
    }

    #[test]
    fn short_cuts_agree_with_the_tables() {
        for character in (0..0x3000).filter_map(char::from_u32) {
            if let Some(lower) = lower_cyrillic(character) {
                assert!(character.to_lowercase().eq([lower]), "{character}");
            }
            let space = character.is_whitespace() || (character.is_ascii() && character.is_control());
            assert_eq!(is_space(character), space, "{:x}", character as u32);
        }
    }

    #[test]
    fn every_character_knows_its_bytes() {
        let text = " A…  É";
        let mut seen = Vec::new();
        for_each_normalised(text, |character, span| seen.push((character, span.of(text).to_owned())));
        let expected = [('a', "A"), ('.', "…"), ('.', "…"), ('.', "…"), (' ', "  "), ('é', "É")];
        assert_eq!(seen, expected.map(|(character, part)| (character, part.to_owned())));
    }

    proptest! {
        #[test]
        fn spans_move_forward_on_character_boundaries(text in "\\PC{0,60}|[ a\u{200b}…İ\\n]{0,20}") {
            let mut last = Span::new(0, 0);
            let mut previous = ' ';
            for_each_normalised(&text, |character, span| {
                assert!(text.get(span.begin..span.end).is_some_and(|part| !part.is_empty()));
                assert!(span == last || span.begin >= last.end);
                assert!(!(character == ' ' && previous == ' '), "two spaces, or one at the beginning");
                last = span;
                previous = character;
            });
        }
    }
}
