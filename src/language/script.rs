//! The script that most letters of a text belong to.

use crate::domain::{LanguageCode, Script};

/// ISO 15924 code of a script that `whatlang` tells apart.
fn code(script: whatlang::Script) -> Script {
    use whatlang::Script as W;
    Script(match script {
        W::Arabic => "Arab",
        W::Armenian => "Armn",
        W::Bengali => "Beng",
        W::Cyrillic => "Cyrl",
        W::Devanagari => "Deva",
        W::Ethiopic => "Ethi",
        W::Georgian => "Geor",
        W::Greek => "Grek",
        W::Gujarati => "Gujr",
        W::Gurmukhi => "Guru",
        W::Hangul => "Hang",
        W::Hebrew => "Hebr",
        W::Hiragana => "Hira",
        W::Kannada => "Knda",
        W::Katakana => "Kana",
        W::Khmer => "Khmr",
        W::Latin => "Latn",
        W::Malayalam => "Mlym",
        W::Mandarin => "Hani",
        W::Myanmar => "Mymr",
        W::Oriya => "Orya",
        W::Sinhala => "Sinh",
        W::Tamil => "Taml",
        W::Telugu => "Telu",
        W::Thai => "Thai",
    })
}

/// The script of most letters; `None` where there are no letters.
pub(super) fn main_script(text: &str) -> Option<Script> {
    // Most comments are plain ASCII: one pass over the bytes answers those.
    if text.is_ascii() {
        return text.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some(Script::LATIN);
    }
    let unknown = || text.chars().any(char::is_alphabetic).then_some(Script::UNKNOWN);
    whatlang::detect_script(text).map(code).or_else(unknown)
}

/// Languages that are written in one of these scripts and no other, as far as comments go; `hbs` is written in two.
const SCRIPT_LANGUAGES: &[(&str, &[&str])] = &[
    ("Arab", &["ar", "fa", "ur"]),
    ("Armn", &["hy"]),
    ("Beng", &["bn"]),
    ("Cyrl", &["be", "bg", "hbs", "kk", "mk", "mn", "ru", "uk"]),
    ("Deva", &["hi", "mr", "ne"]),
    ("Ethi", &["am"]),
    ("Geor", &["ka"]),
    ("Grek", &["el"]),
    ("Gujr", &["gu"]),
    ("Guru", &["pa"]),
    ("Hang", &["ko"]),
    ("Hani", &["ja", "zh"]),
    ("Hebr", &["he", "yi"]),
    ("Hira", &["ja"]),
    ("Kana", &["ja"]),
    ("Khmr", &["km"]),
    ("Knda", &["kn"]),
    ("Mlym", &["ml"]),
    ("Mymr", &["my"]),
    ("Orya", &["or"]),
    ("Sinh", &["si"]),
    ("Taml", &["ta"]),
    ("Telu", &["te"]),
    ("Thai", &["th"]),
];

/// Whether a text whose letters are mostly of this script can be in a language: English is never written in Cyrillic.
/// A language that no other script claims is one of Latin script.
pub(super) fn may_be_written_in(language: LanguageCode, script: Script) -> bool {
    let is_it = |codes: &[&str]| codes.contains(&language.as_str());
    if script == Script::LATIN {
        return language == LanguageCode::HBS || !SCRIPT_LANGUAGES.iter().any(|(_, codes)| is_it(codes));
    }
    SCRIPT_LANGUAGES.iter().find(|(name, _)| *name == script.0).is_some_and(|(_, codes)| is_it(codes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_most_letters_counts() {
        for (text, expected) in [
            ("hello", Some("Latn")),
            ("već", Some("Latn")),
            ("Шта је ovo", Some("Cyrl")),
            ("123 …", None),
            ("🙂🙂", None),
            ("བོད་སྐད", Some("Zzzz")),
            ("これはひらがなです", Some("Hira")),
            ("", None),
        ] {
            assert_eq!(main_script(text).map(|script| script.0), expected, "{text}");
        }
    }

    #[test]
    fn scripts_rule_languages_out() {
        for (language, script, expected) in [
            ("en", "Latn", true),
            ("en", "Cyrl", false),
            ("ru", "Cyrl", true),
            ("ru", "Latn", false),
            ("hbs", "Latn", true),
            ("hbs", "Cyrl", true),
            ("hbs", "Grek", false),
            ("zh", "Hani", true),
            ("en", "Hani", false),
            ("en", "Zzzz", false),
        ] {
            assert_eq!(may_be_written_in(language.parse().unwrap(), Script(script)), expected, "{language} {script}");
        }
    }
}
