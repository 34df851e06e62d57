//! Serbian Cyrillic in Latin letters.

use std::borrow::Cow;

/// A Serbian text in Latin letters, one letter for one (Serbian standard; `љ`, `њ` and `џ` become two). Capitals stay
/// capitals: `Њ` is `Nj`, or `NJ` where a letter beside it is one too. What is no Serbian Cyrillic stays as it is.
#[must_use]
pub fn in_latin(text: &str) -> Cow<'_, str> {
    let is_cyrillic = |character: char| ('\u{400}'..'\u{460}').contains(&character);
    if !text.contains(is_cyrillic) {
        return Cow::Borrowed(text);
    }
    let (mut latin, mut letters, mut buffer) = (String::with_capacity(text.len()), String::new(), [0; 4]);
    let mut rest = text.chars().peekable();
    let mut follows_capital = false;
    while let Some(character) = rest.next() {
        let is_capital = character.is_uppercase();
        if is_cyrillic(character) {
            letters.clear();
            for lower in character.to_lowercase() {
                transliterate_into(lower.encode_utf8(&mut buffer), &mut letters);
            }
            let among_capitals = follows_capital || rest.peek().is_some_and(|next| next.is_uppercase());
            let raised = if !is_capital {
                0
            } else if among_capitals {
                usize::MAX
            } else {
                1
            };
            for (place, letter) in letters.chars().enumerate() {
                if place < raised { latin.extend(letter.to_uppercase()) } else { latin.push(letter) }
            }
        } else {
            latin.push(character);
        }
        follows_capital = is_capital;
    }
    Cow::Owned(latin)
}

/// Appends the Latin form of a folded Serbian Cyrillic word (Serbian standard, one letter for one), so that one table
/// serves both scripts.
pub(super) fn transliterate_into(folded: &str, latin: &mut String) {
    for character in folded.chars() {
        latin.push_str(match character {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' => "g",
            'д' => "d",
            'ђ' => "đ",
            'е' => "e",
            'ж' => "ž",
            'з' => "z",
            'и' => "i",
            'ј' => "j",
            'к' => "k",
            'л' => "l",
            'љ' => "lj",
            'м' => "m",
            'н' => "n",
            'њ' => "nj",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'ћ' => "ć",
            'у' => "u",
            'ф' => "f",
            'х' => "h",
            'ц' => "c",
            'ч' => "č",
            'џ' => "dž",
            'ш' => "š",
            other => {
                latin.push(other);
                continue;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_latin_and_keep_their_case() {
        for (text, expected) in [
            ("Његова џезва, Ђорђе и љубав.", "Njegova džezva, Đorđe i ljubav."),
            ("ЊУШКА И ЉУТИЋ", "NJUŠKA I LJUTIĆ"),
            ("Њ", "Nj"),
            ("Već latinica, 5 km 🙂", "Već latinica, 5 km 🙂"),
            ("мешано i latinica", "mešano i latinica"),
            ("Это по-русски: ы", "Эto po-russki: ы"),
            ("", ""),
        ] {
            assert_eq!(in_latin(text), expected, "{text}");
        }
    }
}
