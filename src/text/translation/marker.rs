//! What says that a translation, or the original, follows: words, a language's code, a flag.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::language_marker_table::{COUNTRY_LANGUAGES, LANGUAGE_MARKERS};
use super::marker_table::{ORIGINAL_MARKERS, TRANSLATION_MARKERS};
use crate::domain::{LanguageCode, Span};
use crate::text::words::{character_at, fold, hash_folded, hash_word, words};

/// Most words that a language's name has in a marker.
const MAX_LANGUAGE_WORDS: usize = 3;
/// Words looked at: the longest marker with a language of three words.
const MAX_WORDS: usize = 9;
/// A longer word is in no marker, and a marker with what closes it is not longer: no more is looked at, however long a word or
/// a line is.
const MAX_WORD_BYTES: usize = 128;
const MAX_HEAD_BYTES: usize = 1024;
/// Places looked at that a marker's first word, or a flag, stands at.
const MAX_PLACES: usize = 1_000;
/// Codes up to this length are words in many languages (`it`, `no`), unless written in capitals or between brackets.
const MAX_CODE_LETTERS: usize = 3;
/// Markers found in a text; a text with more is no translation, but a list.
const MAX_MARKERS: usize = 16;

/// What a marker says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerKind {
    /// That a translation follows.
    Translation,
    /// That the original follows; the translation stands before it.
    Original,
    /// Which language follows: `EN:`, `[ENG]`, a flag. That alone does not make it a translation.
    Language(LanguageCode),
}

/// A marker and the translation that it announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// What it says.
    pub kind: MarkerKind,
    /// The marker with its brackets, colon or dash; without white space around it.
    pub marker: Span,
    /// The translation: what follows, up to its closing bracket, a marker of the original or the end; with
    /// `MarkerKind::Original` what stands before. Without white space around it, empty where there is nothing.
    pub follows: Span,
    /// The marker of the original, where one stands behind the translation or at the beginning of the text.
    pub original: Option<Span>,
}

/// Finds the first marker at the beginning of a line that says in words that a translation follows, such as `Machine
/// Translation:`, `(Translated by Google)` or `EN:`; flags do not.
///
/// It stands in any case and perhaps in brackets. The translation follows on the next line, or on the same one behind a
/// bracket, a colon or a dash.
#[must_use]
pub fn find_marker(text: &str) -> Option<Marker> {
    let is_line_begin =
        |at: usize| text.get(..at).unwrap_or_default().rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
    markers(text).into_iter().find(|found| {
        let is_in_words = !found.marker.of(text).starts_with(is_regional_indicator);
        found.kind != MarkerKind::Original && is_in_words && is_line_begin(found.marker.begin)
    })
}

/// Finds all markers, in order; at most 16.
///
/// At the beginning of a line a marker may stand alone, in brackets, or before a colon or a dash. Within a line it stands
/// behind what ends a sentence, a bracket, a slash, a dash or a sign, and before a colon or in brackets: `(Translation:
/// …)`, `/ Prevod: …`, `[EN] …`. Flags stand before words, and not behind others without a sign between.
#[must_use]
pub fn markers(text: &str) -> Vec<Marker> {
    let mut places = Vec::new();
    if has_mark(text) {
        let begins = |place: &Place| place.is_flag || begins_marker(text, *place);
        for place in places_in(text).into_iter().filter(begins).take(MAX_PLACES) {
            places.extend(found_at(text, place));
            if places.len() == MAX_MARKERS {
                break;
            }
        }
    }
    (0..places.len()).filter_map(|number| resolved(text, &places, number)).collect()
}

/// A marker as found, before what it announces is looked for.
#[derive(Debug, Clone, Copy)]
struct Found {
    kind: MarkerKind,
    span: Span,
    /// Whether a bracket was opened that the marker does not close: what is announced ends with it.
    is_in_bracket: bool,
    is_line_begin: bool,
}

/// A place where a marker may begin: the signs before its first word, and that word.
#[derive(Debug, Clone, Copy)]
struct Place {
    begin: usize,
    first: usize,
    is_line_begin: bool,
    is_flag: bool,
}

/// What a marker may say, as words.
#[derive(Debug)]
struct Wording {
    kind: MarkerKind,
    words: Vec<&'static str>,
}

/// The wordings by the hash of their first word, each list in the order in which they are tried: translation, original,
/// languages.
static WORDINGS: LazyLock<FxHashMap<u64, Vec<Wording>>> = LazyLock::new(|| {
    let translation = split(TRANSLATION_MARKERS).into_iter().map(|words| (MarkerKind::Translation, words));
    let original = split(ORIGINAL_MARKERS).into_iter().map(|words| (MarkerKind::Original, words));
    let languages =
        LANGUAGE_MARKERS.iter().filter_map(|(code, names)| Some((code.parse::<LanguageCode>().ok()?, names))).flat_map(
            |(code, names)| names.iter().map(move |name| (MarkerKind::Language(code), name.split(' ').collect())),
        );
    let mut wordings: FxHashMap<u64, Vec<Wording>> = FxHashMap::default();
    for (kind, words) in translation.chain(original).chain(languages) {
        let words: Vec<&str> = words;
        if let Some(first) = words.first() {
            wordings.entry(hash_word(first)).or_default().push(Wording { kind, words });
        }
    }
    wordings
});

/// Markers as words, the longest first, so that `translation` does not hide `translation from …`.
fn split(markers: &[&'static str]) -> Vec<Vec<&'static str>> {
    let mut split: Vec<Vec<&str>> = markers.iter().map(|marker| marker.split(' ').collect()).collect();
    split.sort_by_key(|words| std::cmp::Reverse(words.len()));
    split
}

/// Whether there is any sign that a marker needs; most comments have none.
fn has_mark(text: &str) -> bool {
    memchr::memchr3(b'\n', b':', b'(', text.as_bytes()).is_some()
        || memchr::memchr2(b'[', 0xf0, text.as_bytes()).is_some()
        || text.contains('：')
        // A line of a page may be nothing but a marker.
        || words(text).take(MAX_WORDS + 1).count() <= MAX_WORDS
}

/// Where markers may begin: at the first word of a line, behind a flag's beginning, and at words behind a sign.
fn places_in(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    // Where the signs before a word begin, and the last character that is no white space.
    let (mut begin, mut previous, mut is_line_begin) = (0, None, true);
    let mut skipped_flag_half = false;
    let mut next = 0;
    while let Some(character) = character_at(text, next) {
        let at = next;
        next += character.len_utf8();
        if character == '\n' {
            (begin, previous, is_line_begin) = (at + 1, None, true);
        } else if skipped_flag_half {
            skipped_flag_half = false;
            previous = Some(character);
            begin = at + character.len_utf8();
        } else if is_regional_indicator(character) {
            if previous.is_none_or(|previous: char| !previous.is_alphanumeric() && !is_regional_indicator(previous)) {
                places.push(Place { begin: at, first: at, is_line_begin, is_flag: true });
            }
            skipped_flag_half = true;
            is_line_begin = false;
        } else if character.is_alphanumeric() {
            let is_behind_sign = |previous: char| !previous.is_alphanumeric() && !joins_words(previous);
            if previous.is_none_or(is_behind_sign) {
                places.push(Place { begin, first: at, is_line_begin, is_flag: false });
            }
            is_line_begin = false;
            // Nothing begins behind a letter or digit: what follows of them in ASCII is passed over, and any stands for them.
            next += text.bytes().skip(next).take_while(u8::is_ascii_alphanumeric).count();
            previous = Some('a');
            begin = next;
        } else if !character.is_whitespace() {
            if !is_opening(character) && !is_separator(character) {
                is_line_begin = false;
                begin = at + character.len_utf8();
            }
            previous = Some(character);
        }
    }
    places
}

/// Signs behind which a sentence goes on.
fn joins_words(character: char) -> bool {
    matches!(character, ',' | ';' | '\'' | '’' | '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '‚' | '@' | '&' | '+')
}

fn is_separator(character: char) -> bool {
    matches!(character, '/' | '|' | '\\' | '→' | '•' | '·' | '+')
}

fn is_regional_indicator(character: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&character)
}

fn found_at(text: &str, place: Place) -> Option<Found> {
    if place.is_flag { flag_at(text, place) } else { words_at(text, place) }
}

/// A flag before words, of a country most of whose people write one language.
fn flag_at(text: &str, place: Place) -> Option<Found> {
    let mut characters = text.get(place.first..)?.chars();
    let mut country = String::with_capacity(2);
    for _ in 0..2 {
        let letter = characters.next().filter(|letter| is_regional_indicator(*letter))?;
        country.push(char::from(b'A' + (letter as u32 - 0x1f1e6) as u8));
    }
    let (code, _) = COUNTRY_LANGUAGES.iter().find(|(_, countries)| countries.contains(&country.as_str()))?;
    let end = text.len() - characters.as_str().len();
    let rest = characters.as_str();
    let colon = rest.len() - rest.trim_start_matches([':', '：', ' ', '\u{a0}', '-', '–', '—', '>']).len();
    let follows = rest.get(colon..)?.chars().next()?;
    let is_before_words =
        follows == '\n' || follows.is_alphanumeric() || matches!(follows, '"' | '“' | '„' | '«' | '¿' | '¡');
    is_before_words.then_some(())?;
    Some(Found {
        kind: MarkerKind::Language(code.parse().ok()?),
        span: trimmed(text, Span::new(place.begin, end + colon)),
        is_in_bracket: false,
        is_line_begin: place.is_line_begin,
    })
}

/// Whether the first word of a place begins a marker: before all other work, since nearly no word does.
fn begins_marker(text: &str, place: Place) -> bool {
    wordings_of(cut_to(text.get(place.first..).unwrap_or_default(), MAX_WORD_BYTES)).is_some()
}

/// The wordings that begin with the first word of a text.
fn wordings_of(beginning: &str) -> Option<&'static [Wording]> {
    let first = words(beginning).next()?;
    WORDINGS.get(&hash_folded(first.of(beginning), &mut String::new())).map(Vec::as_slice)
}

/// Words that are a marker.
fn words_at(text: &str, place: Place) -> Option<Found> {
    let head = cut_to(text.get(place.first..)?, MAX_HEAD_BYTES);
    let head = head.split('\n').next().unwrap_or(head);
    let wordings = wordings_of(head)?;
    let spans: Vec<Span> = words(head).take(MAX_WORDS).collect();
    let folded: Vec<String> = spans.iter().map(|span| fold(span.of(head))).collect();
    let opening = text.get(place.begin..place.first)?.trim();
    let is_bracketed = opening.contains(['(', '[', '{']);
    // Between the words of a marker there is nothing but space.
    let is_joined = |count: usize| {
        spans.windows(2).take(count - 1).all(|pair| match pair {
            [one, next] => head.get(one.end..next.begin).is_some_and(|gap| gap.chars().all(char::is_whitespace)),
            _ => true,
        })
    };
    let fits = |marker: &[&str], must_have_colon: bool| {
        lengths(marker, &folded).into_iter().find_map(|count| {
            let last = spans.get(count - 1).filter(|_| is_joined(count))?;
            let behind = head.get(last.end..)?;
            let length = closing(behind, opening, place.is_line_begin && !must_have_colon)?;
            let marks = behind.get(..length)?;
            Some(Found {
                kind: MarkerKind::Translation,
                span: trimmed(text, Span::new(place.begin, place.first + last.end + length)),
                is_in_bracket: is_bracketed && !marks.contains([')', ']', '}']),
                is_line_begin: place.is_line_begin,
            })
        })
    };
    wordings.iter().find_map(|Wording { kind, words: marker }| {
        let found = fits(marker, *kind != MarkerKind::Translation)?;
        let written = spans.first()?.of(head);
        let is_code = marker.len() == 1 && written.chars().count() <= MAX_CODE_LETTERS;
        let is_in_capitals = written.chars().all(char::is_uppercase);
        let is_word = matches!(kind, MarkerKind::Language(_)) && is_code && !is_bracketed && !is_in_capitals;
        (!is_word).then_some(Found { kind: *kind, ..found })
    })
}

/// The beginning of a text, at most so many bytes of it.
fn cut_to(text: &str, bytes: usize) -> &str {
    (0..4).find_map(|fewer| text.get(..bytes - fewer)).unwrap_or(text)
}

/// What the marker of a number announces.
fn resolved(text: &str, places: &[Found], number: usize) -> Option<Marker> {
    let found = places.get(number)?;
    if found.kind == MarkerKind::Original {
        // A translation before it that is announced itself is that marker's.
        let follows = trimmed(text, Span::new(0, found.span.begin));
        return Some(Marker { kind: found.kind, marker: found.span, follows, original: None });
    }
    let begin = found.span.end;
    let mut end = text.len();
    let mut original = None;
    if found.is_in_bracket {
        end = bracket_end(text, begin).unwrap_or(end);
    } else {
        // Without brackets the word is too common to end a translation that began on a line of its own.
        let is_end = |next: &&Found| match next.kind {
            MarkerKind::Original => !found.is_line_begin || next.span.of(text).starts_with(['(', '[']),
            MarkerKind::Language(_) => matches!(found.kind, MarkerKind::Language(_)),
            MarkerKind::Translation => false,
        };
        if let Some(next) = places.get(number + 1..)?.iter().find(is_end) {
            end = next.span.begin;
            original = Some(next.span);
        }
    }
    // The original may be announced as well, at the very beginning.
    let announced = places.first().filter(|first| {
        let names_original = match first.kind {
            MarkerKind::Original => true,
            MarkerKind::Language(_) => matches!(found.kind, MarkerKind::Language(_)),
            MarkerKind::Translation => false,
        };
        number > 0 && names_original && text.get(..first.span.begin).is_some_and(|before| before.trim().is_empty())
    });
    let original = original.or(announced.map(|first| first.span));
    let follows = trimmed(text, Span::new(begin, end.max(begin)));
    Some(Marker { kind: found.kind, marker: found.span, follows, original })
}

/// Where the bracket closes that was opened before `begin`; a `)` behind a colon is a face.
fn bracket_end(text: &str, begin: usize) -> Option<usize> {
    let (mut depth, mut previous) = (1_usize, ' ');
    for (at, character) in text.get(begin..)?.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if !matches!(previous, ':' | ';' | '-') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(begin + at);
        }
        previous = character;
    }
    None
}

/// How many words of `folded` a marker may take up; none where it does not fit.
fn lengths(marker: &[&str], folded: &[String]) -> Vec<usize> {
    let Some(gap) = marker.iter().position(|&word| word == "…") else {
        let fits = folded.len() >= marker.len() && marker.iter().zip(folded).all(|(wanted, word)| wanted == word);
        return if fits { vec![marker.len()] } else { Vec::new() };
    };
    let (before, after) = (marker.get(..gap).unwrap_or_default(), marker.get(gap + 1..).unwrap_or_default());
    (1..=MAX_LANGUAGE_WORDS)
        .filter(|language| {
            let tail = folded.get(gap + language..).unwrap_or_default();
            folded.len() >= before.len() + language + after.len()
                && before.iter().zip(folded).all(|(wanted, word)| wanted == word)
                && after.iter().zip(tail).all(|(wanted, word)| wanted == word)
        })
        .map(|language| before.len() + language + after.len())
        .collect()
}

/// The length of what closes a marker: a bracket or a colon, and on a line of its own also a dash, or nothing more. Words
/// behind a mere space make it a sentence that begins with those words.
fn closing(rest: &str, opening: &str, may_stand_alone: bool) -> Option<usize> {
    let end = rest.len() - rest.trim_start_matches(|character| is_closing(character) || character == ' ').len();
    let marks = rest.get(..end)?;
    let closes_bracket = opening.contains(['(', '[', '{', '*']) && marks.contains([')', ']', '}', '*']);
    let has_colon = marks.contains([':', '：', '>']);
    let is_alone = || rest.get(end..).is_some_and(|behind| behind.trim().is_empty());
    let has_dash = marks.starts_with(' ') && marks.contains(['-', '–', '—']);
    (closes_bracket || has_colon || may_stand_alone && (has_dash || is_alone())).then_some(end)
}

fn is_opening(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '(' | '[' | '{' | '<' | '*' | '_' | '#' | '>' | '-' | '–' | '—' | '=' | '~')
}

fn is_closing(character: char) -> bool {
    matches!(
        character,
        ')' | ']'
            | '}'
            | '>'
            | '*'
            | '_'
            | ':'
            | '：'
            | '-'
            | '–'
            | '—'
            | '='
            | '~'
            | '.'
            | '…'
            | '\u{a0}'
            | '\u{202f}'
    )
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let begin = span.begin + (part.len() - part.trim_start().len());
    Span::new(begin, begin + part.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str)>) {
        let found = find_marker(text).map(|found| (found.marker.of(text), found.follows.of(text)));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn markers_stand_alone_or_before_the_translation() {
        check(
            "Dobro je.\nMachine Translation:\nIt is good.\nYes.",
            Some(("Machine Translation:", "It is good.\nYes.")),
        );
        check("Dobro\n  MACHINE  TRANSLATION\nGood", Some(("MACHINE  TRANSLATION", "Good")));
        check("Dobro\n[Translation] Good", Some(("[Translation]", "Good")));
        check("Dobro\n(Translated by Google) Good\n\n(Original)\nDobro", Some(("(Translated by Google)", "Good")));
        check("Dobro\nTranslated from Serbian: Good", Some(("Translated from Serbian:", "Good")));
        check("Dobro\nTranslated from the Serbian:\nGood", Some(("Translated from the Serbian:", "Good")));
        check("Dobro\n--- Google Translate ---\nGood", Some(("--- Google Translate ---", "Good")));
        check("Dobro\nTranslation – Good", Some(("Translation –", "Good")));
        check("Machine translation:", Some(("Machine translation:", "")));
    }

    #[test]
    fn markers_are_known_in_many_languages() {
        for marker in [
            "Maschinelle Übersetzung:",
            "Übersetzt aus dem Serbischen:",
            "Traduction :",
            "Traduction\u{a0}:",
            "Traducción:",
            "Mašinski prevod:",
            "Машинский перевод:",
            "Машинный перевод:",
            "Машински превод:",
            "Prijevod:",
        ] {
            check(&format!("a\n{marker}\nb"), Some((marker, "b")));
        }
    }

    #[test]
    fn sentences_are_no_markers() {
        for text in [
            "",
            "Translation is hard.",
            "Lost in translation: the film",
            "The machine translation: bad",
            "Translated from Serbian it reads well.",
            "Translation, please",
            "Original:",
            "The original: a film",
            "Good morning 🇬🇧",
        ] {
            check(text, None);
        }
    }

    /// Markers with what they announce, and `=original` where there is one.
    fn check_all(text: &str, expected: &[&str]) {
        let found: Vec<String> = markers(text)
            .iter()
            .map(|found| {
                let original = found.original.map_or(String::new(), |span| format!("={}", span.of(text)));
                let kind = match found.kind {
                    MarkerKind::Translation => "t".to_owned(),
                    MarkerKind::Original => "o".to_owned(),
                    MarkerKind::Language(code) => code.to_string(),
                };
                format!("{kind}|{}|{}{original}", found.marker.of(text), found.follows.of(text))
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn markers_within_a_line_stand_behind_a_sign() {
        check_all("Dobro. (Translation: Good (very).) Da.", &["t|(Translation:|Good (very)."]);
        check_all("Dobro / Translation: good", &["t|/ Translation:|good"]);
        check_all("Dobro 🙂 Prevod: good", &["t|Prevod:|good"]);
        check_all("Dobro – in English: good", &["t|– in English:|good"]);
        check_all("Dobro. [EN] Good", &["en|[EN]|Good"]);
        check_all("Dobro. EN: Good", &["en|EN:|Good"]);
        check_all("Dobro. (en: Good :) it is)", &["en|(en:|Good :) it is"]);
        check_all("Dobro. 🇬🇧 Good", &["en|🇬🇧|Good"]);
        check_all("🇷🇸 Dobro\n🇬🇧 Good", &["sr|🇷🇸|Dobro=🇬🇧", "en|🇬🇧|Good=🇷🇸"]);
        check_all("Good (Original: Dobro)", &["o|(Original:|Good"]);
        check_all("Original: Dobro. Translation: Good", &["o|Original:|", "t|Translation:|Good=Original:"]);
    }

    #[test]
    fn words_within_a_sentence_are_no_markers() {
        for text in [
            "the translation: bad",
            "see it: no, the original: yes",
            "Is it? it: yes",
            "a, translation: b",
            "“translation: b”",
            "Good morning 🇬🇧",
            "from 🇬🇧 with love",
            "🇬🇧🇺🇸 🇬🇧",
            "Great. Translation is hard",
            "English is hard",
        ] {
            check_all(text, &[]);
        }
    }
}
