//! Serbian, Croatian and Bosnian in Latin script typed without diacritics, and the diacritics put back.
//!
//! A table of word forms with their diacritics (`diacritics_table.txt`, see `diacritics_derivation`) answers for the words
//! that it has. It also has words that stay as they are, where what follows would get them wrong. Other words take the
//! diacritics of the form in the table that begins the same for at least [`MIN_COMMON`] letters and differs in its
//! ending alone, and of endings that are written in one way only (`-ovic`: `-ović`). What is written in two ways about
//! as often (`reci`: *reci*, *reći*, *reči*) is not in the table and stays.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::text::words::words;

/// The forms, one a line, sorted. Derived from public sentences; `data/README.md` names them.
const TABLE: &str = include_str!("diacritics_table.txt");

/// A form may lend its beginning to a word if they have so many letters in common …
const MIN_COMMON: usize = 5;
/// … and the word has at most so many other letters after them, and the form at most one more.
const MAX_ENDING: usize = 3;

/// From one word in so many with diacritics on, a text was typed with them, and its other words have none on purpose.
const WORDS_FOR_ONE_WITH_DIACRITICS: usize = 10;

/// Endings that are written in one way only, but for words in the table. Longer ones count first.
const ENDINGS: &[(&str, &str)] = &[
    ("acemo", "aćemo"),
    ("acete", "aćete"),
    ("denja", "đenja"),
    ("ecemo", "ećemo"),
    ("ecete", "ećete"),
    ("icemo", "ićemo"),
    ("icete", "ićete"),
    ("icnih", "ičnih"),
    ("nicka", "nička"),
    ("ovica", "ovića"),
    ("evica", "evića"),
    ("snjeg", "šnjeg"),
    ("snjem", "šnjem"),
    ("aces", "aćeš"),
    ("acki", "ački"),
    ("avas", "avaš"),
    ("ckih", "čkih"),
    ("ckim", "čkim"),
    ("ckog", "čkog"),
    ("ckoj", "čkoj"),
    ("eces", "ećeš"),
    ("evic", "ević"),
    ("icar", "ičar"),
    ("ices", "ićeš"),
    ("icki", "ički"),
    ("icko", "ičko"),
    ("icna", "ična"),
    ("icni", "ični"),
    ("icno", "ično"),
    ("iras", "iraš"),
    ("ivas", "ivaš"),
    ("juce", "juće"),
    ("juci", "jući"),
    ("ovic", "ović"),
    ("snje", "šnje"),
    ("snji", "šnji"),
    ("ujes", "uješ"),
    ("zava", "žava"),
    ("zeni", "ženi"),
    ("cic", "čić"),
    ("cke", "čke"),
    ("ucu", "uću"),
    ("vsi", "vši"),
];

/// Puts the diacritics back into a text of Serbian, Croatian or Bosnian in Latin script, keeping its case: `ucesnik` becomes
/// `učesnik` and `Djak` becomes `Đak`. Words that have diacritics, digits, or stand in a link, a mention or a tag stay
/// as they are, and so does a text that was typed with diacritics. Of words that the table leaves open none is changed
/// on purpose, but a guess can be wrong: this is for a translator, not for people to read.
#[must_use]
pub fn restore(text: &str) -> Cow<'_, str> {
    if has_diacritics(text) {
        let (mut all, mut with) = (0, 0);
        for word in words(text) {
            all += 1;
            with += usize::from(has_diacritics(word.of(text)));
        }
        if with * WORDS_FOR_ONE_WITH_DIACRITICS >= all {
            return Cow::Borrowed(text);
        }
    }
    let (mut restored, mut copied) = (String::new(), 0);
    let mut lower = String::new();
    for span in words(text) {
        let word = span.of(text);
        if !word.bytes().all(|byte| byte.is_ascii_alphabetic())
            || is_part_of_a_name_on_the_net(text, span.begin, span.end)
        {
            continue;
        }
        lower.clear();
        lower.extend(word.chars().map(|character| character.to_ascii_lowercase()));
        let Some(form) = TABLE_BY_KEY.restore(&lower) else { continue };
        let Some(form) = in_case_of(word, &form) else { continue };
        restored.push_str(text.get(copied..span.begin).unwrap_or_default());
        restored.push_str(&form);
        copied = span.end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    restored.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(restored)
}

/// Whether a letter of the Latin alphabets of the three has a diacritic.
pub(super) fn has_diacritics(text: &str) -> bool {
    !text.is_ascii() && text.contains(['č', 'ć', 'đ', 'š', 'ž', 'Č', 'Ć', 'Đ', 'Š', 'Ž'])
}

/// A word without its diacritics, `đ` as given.
pub(super) fn without_diacritics(word: &str, dj: &str) -> String {
    let mut bare = String::with_capacity(word.len());
    for character in word.chars() {
        match character {
            'č' | 'ć' => bare.push('c'),
            'š' => bare.push('s'),
            'ž' => bare.push('z'),
            'đ' => bare.push_str(dj),
            other => bare.push(other),
        }
    }
    bare
}

/// `@name`, `#tag`, `site.example/page`.
fn is_part_of_a_name_on_the_net(text: &str, begin: usize, end: usize) -> bool {
    let before = text.as_bytes().get(..begin).unwrap_or_default();
    let after = text.as_bytes().get(end..).unwrap_or_default();
    let is_after_a_dot = matches!(before, [.., byte, b'.'] if byte.is_ascii_alphanumeric());
    let is_before_a_dot = matches!(after, [b'.', byte, ..] if byte.is_ascii_alphanumeric());
    let is_joined = matches!(before, [.., b'@' | b'#' | b'/' | b'_']) || matches!(after, [b'@' | b'/' | b'_', ..]);
    is_after_a_dot || is_before_a_dot || is_joined
}

/// A form in the case of the word that it takes the place of; nothing where that is neither lower, upper nor capitalised.
fn in_case_of(word: &str, form: &str) -> Option<String> {
    let mut letters = word.bytes();
    let first_is_upper = letters.next().is_some_and(|byte| byte.is_ascii_uppercase());
    let upper_after_first = letters.filter(u8::is_ascii_uppercase).count();
    if upper_after_first == 0 && !first_is_upper {
        Some(form.to_owned())
    } else if upper_after_first == 0 {
        let mut characters = form.chars();
        let first = characters.next()?;
        Some(first.to_uppercase().chain(characters).collect())
    } else if first_is_upper && upper_after_first + 1 == word.len() {
        Some(form.to_uppercase())
    } else {
        None
    }
}

static TABLE_BY_KEY: LazyLock<DiacriticsTable> =
    LazyLock::new(|| DiacriticsTable::new(&TABLE.lines().collect::<Vec<_>>()));

/// Forms by what they look like without diacritics.
#[derive(Debug)]
pub(super) struct DiacriticsTable<'a> {
    /// Bare forms and forms, sorted; no bare form stands twice.
    forms: Vec<(String, &'a str)>,
}

impl<'a> DiacriticsTable<'a> {
    /// Takes forms in lower case. One without diacritics stays as it is, whatever else is written like it; `đ` is known
    /// as `dj`, and as `d` where no other form is written so.
    pub(super) fn new(forms: &[&'a str]) -> Self {
        // A stable sort keeps the first of each bare form: words that stay, then forms as they are nearly always
        // typed, then those with `d` for `đ`.
        let all = || forms.iter().copied();
        let staying = all().filter(|form| form.is_ascii()).map(|form| (form.to_owned(), form));
        let with = |dj: &'static str| {
            let forms = all().filter(move |form| !form.is_ascii() && (dj == "dj" || form.contains('đ')));
            forms.map(move |form| (without_diacritics(form, dj), form))
        };
        let mut forms: Vec<(String, &str)> = staying.chain(with("dj")).chain(with("d")).collect();
        forms.sort_by(|a, b| a.0.cmp(&b.0));
        forms.dedup_by(|later, earlier| later.0 == earlier.0);
        Self { forms }
    }

    /// The form of a bare word in lower case, with its diacritics; nothing where it has none.
    pub(super) fn restore(&self, bare: &str) -> Option<Cow<'a, str>> {
        match self.forms.binary_search_by(|(key, _)| key.as_str().cmp(bare)) {
            Ok(place) => {
                self.forms.get(place).filter(|(_, form)| !form.is_ascii()).map(|(_, form)| Cow::Borrowed(*form))
            }
            Err(place) => Some(self.guess(bare, place)).filter(|form| form != bare).map(Cow::Owned),
        }
    }

    /// What a word that would stand at a place of the table looks like, by its neighbours there and its ending.
    fn guess(&self, bare: &str, place: usize) -> String {
        let (common, mut guess) = self.beginning(bare, place).unwrap_or((0, String::new()));
        let is_long_enough = |ending: &&(&str, &str)| bare.len() > ending.0.len() + 1;
        let ending = ENDINGS.iter().filter(is_long_enough).find(|(ending, _)| bare.ends_with(ending));
        let ending_begin = ending.map_or(bare.len(), |(ending, _)| bare.len() - ending.len());
        guess.push_str(bare.get(common..ending_begin).unwrap_or_default());
        if let Some((_, restored)) = ending {
            guess.extend(restored.chars().skip(common.saturating_sub(ending_begin)));
        }
        guess
    }

    /// The letters that a word has in common with its nearest neighbours, as all of these write them, and how many.
    fn beginning(&self, bare: &str, place: usize) -> Option<(usize, String)> {
        let mut best: Option<(usize, &str)> = None;
        for (key, form) in self.forms.get(place.saturating_sub(2)..self.forms.len().min(place + 2))? {
            if form.is_ascii() {
                continue;
            }
            let common = key.bytes().zip(bare.bytes()).take_while(|(a, b)| a == b).count();
            let is_inflection = bare.len() - common <= MAX_ENDING && key.len() - common <= MAX_ENDING + 1;
            if common < MIN_COMMON || !is_inflection {
                continue;
            }
            let written = restored_beginning(key, form, common)?;
            match best {
                Some((longest, _)) if common < longest => {}
                Some((longest, other)) if common == longest && other != written => return None,
                _ => best = Some((common, written)),
            }
        }
        best.map(|(common, written)| (common, written.to_owned()))
    }
}

/// The part of a form that its bare form writes with its first `count` letters; nothing where that would cut `dj` in two.
fn restored_beginning<'a>(key: &str, form: &'a str, count: usize) -> Option<&'a str> {
    let mut letters = 0;
    for (at, character) in form.char_indices() {
        if letters >= count {
            return if letters == count { form.get(..at) } else { None };
        }
        let is_two = character == 'đ' && key.get(letters..).is_some_and(|rest| rest.starts_with("dj"));
        letters += if is_two { 2 } else { 1 };
    }
    (letters == count).then_some(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(restore(text), expected, "{text}");
    }

    #[test]
    fn words_get_their_diacritics_back() {
        check("ucesnik", "učesnik");
        check("drzava", "država");
        check("Ne znam zasto je to tako.", "Ne znam zašto je to tako.");
        check("Moze, ali sutra cu biti kod kuce!", "Može, ali sutra ću biti kod kuće!");
        check("takodje", "takođe");
        check("takode", "takođe");
    }

    #[test]
    fn case_and_everything_else_is_kept() {
        check("Drzava, DRZAVA i\n drzava…", "Država, DRŽAVA i\n država…");
        check("dRzAvA", "dRzAvA");
        check("@drzava #drzava drzava.example/drzava a_drzava", "@drzava #drzava drzava.example/drzava a_drzava");
        check("", "");
        check("42 🙂", "42 🙂");
    }

    #[test]
    fn ambiguous_words_and_texts_with_diacritics_stay() {
        check("reci", "reci");
        check("Što si rekao, sto drzava?", "Što si rekao, sto drzava?");
        let one_word_in_many = format!("{}kuća drzava", "i tako je to bilo ".repeat(4));
        assert!(restore(&one_word_in_many).ends_with("kuća država"));
    }

    #[test]
    fn unknown_words_follow_their_neighbours_and_endings() {
        let table = DiacriticsTable::new(&["dokaz", "nasleđe", "putnički", "sveštenik", "uređaj", "žurnalist"]);
        for (bare, expected) in [
            ("svestenika", Some("sveštenika")),
            ("svestenikovic", Some("svesteniković")),
            ("uredjaji", Some("uređaji")),
            ("uredaji", Some("uređaji")),
            ("ured", None),
            // Here `d` may be `đ` or not.
            ("nasledom", None),
            ("zurnalistima", Some("žurnalistima")),
            ("putnickoj", Some("putničkoj")),
            ("jovanovic", Some("jovanović")),
            ("dokaz", None),
            ("cic", None),
            ("xyz", None),
            ("", None),
        ] {
            assert_eq!(table.restore(bare).as_deref(), expected, "{bare}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_small() {
        assert!(TABLE.len() <= 150 * 1024, "{} bytes", TABLE.len());
        let lines: Vec<&str> = TABLE.lines().collect();
        assert!(lines.is_sorted_by(|a, b| a < b) && lines.len() > 5_000, "{} lines", lines.len());
        assert!(lines.iter().all(|line| *line == line.to_lowercase() && !line.is_empty()));
    }

    #[test]
    fn endings_are_sorted_by_length_and_keep_their_letters() {
        assert!(ENDINGS.is_sorted_by(|a, b| a.0.len() >= b.0.len()));
        for (bare, restored) in ENDINGS {
            assert_eq!(without_diacritics(restored, "d"), *bare);
        }
    }

    #[test]
    fn hostile_text_is_harmless() {
        check(&"c".repeat(100_000), &"c".repeat(100_000));
        check(&"drzava ".repeat(3), &"država ".repeat(3));
    }
}
