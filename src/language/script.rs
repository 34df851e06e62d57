//! Which languages are written in which script.

use crate::domain::{LanguageCode, Script};

/// Languages that are written in one of these scripts and no other, as far as comments go; `hbs` is written in two. Where a
/// script has one language alone, the script decides.
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
    ("Laoo", &["lo"]),
    ("Mlym", &["ml"]),
    ("Mymr", &["my"]),
    ("Orya", &["or"]),
    ("Sinh", &["si"]),
    ("Taml", &["ta"]),
    ("Telu", &["te"]),
    ("Thai", &["th"]),
    ("Tibt", &["bo"]),
];

/// The languages of a script other than Latin.
pub(super) fn languages_of(script: Script) -> impl Iterator<Item = LanguageCode> {
    let codes = SCRIPT_LANGUAGES.iter().find(|(name, _)| *name == script.0).map_or(&[][..], |(_, codes)| *codes);
    codes.iter().filter_map(|code| code.parse().ok())
}

/// Whether a script puts no spaces between words.
pub(super) fn writes_without_spaces(script: Script) -> bool {
    ["Hani", "Hira", "Kana", "Khmr", "Laoo", "Mymr", "Thai", "Tibt"].contains(&script.0)
}

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
        assert!(writes_without_spaces(Script("Thai")) && !writes_without_spaces(Script::LATIN));
        assert_eq!(languages_of(Script("Grek")).map(|one| one.to_string()).collect::<Vec<_>>(), ["el"]);
        assert_eq!(languages_of(Script::LATIN).count(), 0);
    }
}
