//! Other scripts in Latin letters as people type them where they have no other keyboard, and Serbian in both of its own.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::language::in_latin;

/// Serbian letters in both scripts. Those of two Latin letters come first, so that reading Latin finds them first.
static SERBIAN: LazyLock<Vec<(char, String)>> = LazyLock::new(|| {
    let latin = |letter: char| (letter, in_latin(letter.encode_utf8(&mut [0; 2])).into_owned());
    let mut letters: Vec<(char, String)> = "абвгдђежзијклљмнњопрстћуфхцчџш".chars().map(latin).collect();
    letters.sort_by_key(|(_, latin)| std::cmp::Reverse(latin.chars().count()));
    letters
});

/// Serbian Cyrillic in Latin letters, in lower case.
pub(super) fn serbian_to_latin(text: &str) -> String {
    let lower: String = text.chars().flat_map(char::to_lowercase).collect();
    in_latin(&lower).into_owned()
}

/// Serbian (Croatian, Bosnian) Latin in Cyrillic letters, in lower case.
pub(super) fn serbian_to_cyrillic(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut cyrillic = String::with_capacity(2 * lower.len());
    let mut rest = lower.as_str();
    while let Some(character) = rest.chars().next() {
        let found =
            SERBIAN.iter().find_map(|(letter, latin)| rest.strip_prefix(latin.as_str()).map(|rest| (*letter, rest)));
        let (letter, behind) = found.unwrap_or((character, rest.strip_prefix(character).unwrap_or_default()));
        cyrillic.push(letter);
        rest = behind;
    }
    cyrillic
}

/// Which of several habits of writing a letter somebody has: numbers from 0 to 1, drawn once for a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    pub(super) first: f64,
    pub(super) second: f64,
}

impl Habits {
    fn first(self, usual: &'static str, other: &'static str) -> &'static str {
        if self.first < 0.6 { usual } else { other }
    }

    fn second(self, usual: &'static str, other: &'static str) -> &'static str {
        if self.second < 0.6 { usual } else { other }
    }
}

/// The languages that [`romanise`] knows.
pub(super) const ROMANISED: [&str; 6] = ["bg", "el", "hi", "mk", "ru", "uk"];

/// A text in one of the languages of [`ROMANISED`] in plain Latin letters, in lower case: no scholars' transliteration,
/// but the informal one of comments (Greeklish, Hinglish, translit). Other characters stay.
pub(super) fn romanise(language: &str, text: &str, habits: Habits) -> String {
    let lower = text.to_lowercase();
    match language {
        "hi" => hindi(&lower, habits),
        "el" => greek(&lower, habits),
        _ => cyrillic(language, &lower, habits),
    }
}

fn greek(text: &str, habits: Habits) -> String {
    let plain: String = text.nfd().filter(|character| !is_combining_mark(*character)).collect();
    let plain = plain.replace("ου", "ou").replace("μπ", "b").replace("ντ", habits.first("nt", "d")).replace("γγ", "gg");
    let mut latin = String::with_capacity(plain.len());
    for character in plain.chars() {
        latin.push_str(match character {
            'α' => "a",
            'β' => habits.first("v", "b"),
            'γ' => "g",
            'δ' => "d",
            'ε' => "e",
            'ζ' => "z",
            'η' => habits.first("i", "h"),
            'θ' => habits.first("th", "8"),
            'ι' => "i",
            'κ' => "k",
            'λ' => "l",
            'μ' => "m",
            'ν' => "n",
            'ξ' => habits.second("x", "ks"),
            'ο' => "o",
            'π' => "p",
            'ρ' => "r",
            'σ' | 'ς' => "s",
            'τ' => "t",
            'υ' => habits.second("y", "i"),
            'φ' => habits.second("f", "ph"),
            'χ' => habits.first("x", "h"),
            'ψ' => "ps",
            'ω' => habits.second("o", "w"),
            other => {
                latin.push(other);
                continue;
            }
        });
    }
    latin
}

fn cyrillic(language: &str, text: &str, habits: Habits) -> String {
    let (is_ukrainian, is_bulgarian, is_macedonian) = (language == "uk", language == "bg", language == "mk");
    let mut latin = String::with_capacity(text.len());
    for character in text.chars() {
        latin.push_str(match character {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' if is_ukrainian => "h",
            'г' | 'ґ' | 'ѓ' => "g",
            'д' => "d",
            'е' | 'э' => "e",
            'ё' => habits.first("yo", "e"),
            'є' => "ye",
            'ж' if is_macedonian => "z",
            'ж' => habits.second("zh", "j"),
            'з' => "z",
            'и' if is_ukrainian => "y",
            'и' | 'і' => "i",
            'ї' => habits.first("yi", "i"),
            'й' => habits.first("y", "i"),
            'ј' => "j",
            'к' | 'ќ' => "k",
            'л' => "l",
            'љ' => "lj",
            'м' => "m",
            'н' => "n",
            'њ' => "nj",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'ѕ' | 'џ' => "dz",
            'т' => "t",
            'у' | 'ў' => "u",
            'ф' => "f",
            'х' if is_macedonian => "h",
            'х' => habits.first("h", "kh"),
            'ц' => habits.first("ts", "c"),
            'ч' if is_macedonian => habits.first("c", "ch"),
            'ч' => "ch",
            'ш' if is_macedonian => habits.first("s", "sh"),
            'ш' => "sh",
            'щ' if is_bulgarian => "sht",
            'щ' => habits.first("sch", "shch"),
            'ъ' if is_bulgarian => habits.second("a", "u"),
            'ъ' | 'ь' => "",
            'ы' => habits.second("y", "i"),
            'ю' => habits.second("yu", "u"),
            'я' => habits.second("ya", "ia"),
            other => {
                latin.push(other);
                continue;
            }
        });
    }
    latin
}

/// Marks of Devanagari that matter here.
const NUKTA: char = '\u{93c}';
const VIRAMA: char = '\u{94d}';
const FIRST_VOWEL_SIGN: char = '\u{93e}';

fn hindi_consonant(character: char, habits: Habits) -> Option<&'static str> {
    Some(match character {
        'क' => "k",
        'ख' => "kh",
        'ग' => "g",
        'घ' => "gh",
        'च' => "ch",
        'छ' => habits.first("ch", "chh"),
        'ज' => "j",
        'झ' => "jh",
        'ट' | 'त' => "t",
        'ठ' | 'थ' => "th",
        'ड' | 'द' => "d",
        'ढ' | 'ध' => "dh",
        'ण' | 'न' | 'ङ' | 'ञ' => "n",
        'प' => "p",
        'फ' => habits.second("f", "ph"),
        'ब' => "b",
        'भ' => "bh",
        'म' => "m",
        'य' => "y",
        'र' => "r",
        'ल' => "l",
        'व' => habits.first("v", "w"),
        'श' | 'ष' => "sh",
        'स' => "s",
        'ह' => "h",
        _ => return None,
    })
}

fn hindi_vowel(character: char, habits: Habits) -> Option<&'static str> {
    // Length is seldom written.
    let long = |short, long| if habits.second < 0.35 { long } else { short };
    Some(match character {
        'अ' => "a",
        FIRST_VOWEL_SIGN | 'आ' => long("a", "aa"),
        '\u{93f}' | 'इ' => "i",
        '\u{940}' | 'ई' => long("i", "ee"),
        '\u{941}' | 'उ' => "u",
        '\u{942}' | 'ऊ' => long("u", "oo"),
        '\u{943}' | 'ऋ' => "ri",
        '\u{947}' | 'ए' => "e",
        '\u{948}' | 'ऐ' => "ai",
        '\u{949}' | 'ऑ' | '\u{94b}' | 'ओ' => "o",
        '\u{94c}' | 'औ' => "au",
        '\u{901}' | '\u{902}' => "n",
        _ => return None,
    })
}

/// Hindi. A consonant without a vowel sign has an `a` behind it, which is not spoken, nor written in Latin letters, at the
/// end of a word, and before a consonant with a vowel sign (`करना` is `karna`).
fn hindi(text: &str, habits: Habits) -> String {
    let characters: Vec<char> = text.nfd().filter(|character| *character != NUKTA).collect();
    let at = |place: usize| characters.get(place).copied().unwrap_or(' ');
    let is_consonant = |character| hindi_consonant(character, habits).is_some();
    let is_sign = |character: char| (FIRST_VOWEL_SIGN..=VIRAMA).contains(&character);
    let is_vowel = |character: char| hindi_vowel(character, habits).is_some();
    let mut latin = String::with_capacity(text.len());
    for (place, character) in characters.iter().copied().enumerate() {
        if let Some(letters) = hindi_consonant(character, habits) {
            latin.push_str(letters);
            let next = at(place + 1);
            let before = place.checked_sub(1).map_or(' ', at);
            let begins = !is_consonant(before) && !is_vowel(before) && before != VIRAMA;
            let ends = !is_consonant(next) && !matches!(next, '\u{901}'..='\u{903}');
            let is_dropped = !begins && before != VIRAMA && is_consonant(next) && is_sign(at(place + 2));
            if !is_sign(next) && (begins || !ends) && !is_dropped {
                latin.push('a');
            }
        } else if let Some(letters) = hindi_vowel(character, habits) {
            latin.push_str(letters);
        } else if !matches!(character, VIRAMA | '\u{903}') {
            latin.push(character);
        }
    }
    latin
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Habits = Habits { first: 0.0, second: 0.5 };

    #[test]
    fn serbian_goes_both_ways() {
        assert_eq!(serbian_to_latin("Њему је џеп пун"), "njemu je džep pun");
        assert_eq!(serbian_to_cyrillic("Njemu je džep pun"), "њему је џеп пун");
    }

    #[test]
    fn other_scripts_are_written_as_in_comments() {
        for (language, text, expected) in [
            ("ru", "Что ты хочешь?", "chto ty hochesh?"),
            ("uk", "Як твої справи", "yak tvoyi spravy"),
            ("bg", "Къде си", "kade si"),
            ("mk", "Каде одиш", "kade odis"),
            ("el", "Τι κάνεις ρε φίλε μου", "ti kaneis re file mou"),
            ("hi", "मुझे करना नहीं आता है", "mujhe karna nahin ata hai"),
        ] {
            assert_eq!(romanise(language, text, USUAL), expected);
        }
        let other = Habits { first: 0.9, second: 0.9 };
        assert_eq!(romanise("el", "ωχ θα", other), "wh 8a");
    }
}
