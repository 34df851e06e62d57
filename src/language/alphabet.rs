//! Letters that only some languages of a script write.

/// Letters, and the languages among those with word lists that use them in words of their own. The alphabets are
/// those of the Unicode CLDR exemplar character sets.
const TELLING_LETTERS: &[(&str, &[&str])] = &[
    ("ß", &["de"]),
    ("ñ", &["es"]),
    ("¿¡", &["es"]),
    ("őű", &["hu"]),
    ("łąęńśź", &["pl", "lt"]),
    ("řěů", &["cs"]),
    ("ľĺŕ", &["sk"]),
    ("ğış", &["tr"]),
    ("țţ", &["ro"]),
    ("ăâ", &["ro", "vi", "pt", "fr"]),
    ("ãõ", &["pt", "et", "vi"]),
    ("åæø", &["da", "nb", "sv", "fi"]),
    ("äö", &["de", "sv", "fi", "et", "sk", "tr", "nl"]),
    ("çœ", &["fr", "pt", "ca", "tr", "sq"]),
    ("êèàù", &["fr", "it", "pt", "ca", "vi", "nl", "sv", "nb"]),
    ("āēīūģķļņ", &["lv"]),
    ("ėįųū", &["lt", "lv"]),
    ("đ", &["hbs", "vi"]),
    ("ć", &["hbs", "pl"]),
    ("čšž", &["hbs", "sl", "cs", "sk", "lt", "lv", "et"]),
    ("ðþ", &["is"]),
    ("ĉĝĥĵŝŭ", &["eo"]),
    ("ђћ", &["hbs"]),
    ("љњџј", &["hbs", "mk"]),
    ("ѓќѕ", &["mk"]),
    ("ґєії", &["uk", "be"]),
    ("ў", &["be"]),
    ("ыэё", &["ru", "be"]),
    ("ъ", &["bg", "ru"]),
    ("щ", &["bg", "ru", "uk"]),
    ("ьюя", &["bg", "ru", "uk", "be"]),
    ("й", &["bg", "ru", "uk", "be"]),
];

/// Counts, for the languages in `codes`, the kinds of letters in `text` that they do not write.
pub(super) fn foreign_letter_kinds(text: &str, codes: &[&str], counts: &mut [u16]) {
    if text.is_ascii() {
        return;
    }
    for (letters, languages) in TELLING_LETTERS {
        let found = text.chars().any(|character| {
            !character.is_ascii() && character.to_lowercase().next().is_some_and(|lower| letters.contains(lower))
        });
        if found {
            for (code, count) in codes.iter().zip(counts.iter_mut()) {
                *count += u16::from(!languages.contains(code));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_other_alphabets_are_counted_once_a_kind() {
        let codes = ["hbs", "mk", "ru", "en"];
        for (text, expected) in [
            ("ђаче ђаче", [0, 1, 1, 1]),
            ("ќе ѓон", [1, 0, 1, 1]),
            ("это", [1, 1, 0, 1]),
            ("plain", [0, 0, 0, 0]),
            ("Što", [0, 1, 1, 1]),
        ] {
            let mut counts = [0; 4];
            foreign_letter_kinds(text, &codes, &mut counts);
            assert_eq!(counts, expected, "{text}");
        }
    }
}
