//! Making a text ready for a translator.

use std::borrow::Cow;

use crate::domain::LanguageCode;
use crate::language::{in_latin, restore_diacritics};

/// The text as it is sent: Serbian in the letters that the translator reads, with the diacritics that its writer left out,
/// and no control characters but line feeds.
pub(super) fn ready(language: LanguageCode, text: &str, wants_latin: bool) -> String {
    let is_serbian = language.is_bosnian_croatian_serbian();
    let latin = if wants_latin && is_serbian { in_latin(text) } else { Cow::Borrowed(text) };
    // Translators know few words without their diacritics: `ucesnik`, `drzava`.
    let written = if is_serbian { restore_diacritics(&latin) } else { latin };
    written.chars().map(printable).collect()
}

/// Protocols end texts with control characters, and some programs take more than one of them for the end of a line.
fn printable(character: char) -> char {
    match character {
        '\n' => '\n',
        '\u{2028}' | '\u{2029}' => ' ',
        other if other.is_control() => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_control_characters_are_seen_to() {
        for (language, text, wants_latin, expected) in [
            ("sr", "Његов\tмост\r\nje\0ovde\u{2028}", true, "Njegov most \nje ovde "),
            ("hbs", "Svaki ucesnik i drzava", false, "Svaki učesnik i država"),
            ("hbs", "Његов мост", false, "Његов мост"),
            ("ru", "Мост", true, "Мост"),
            ("de", "Brücke\u{1b}[0m", false, "Brücke [0m"),
        ] {
            assert_eq!(ready(language.parse().unwrap(), text, wants_latin), expected, "{text:?}");
        }
    }
}
