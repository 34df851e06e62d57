//! Ways to write words so that people read them and programs do not.

/// What is said, plainly.
pub const PLAIN: &str = "You are an idiot and a liar, shut up.";
/// The words of it that are disguised.
const WORDS: [&str; 3] = ["idiot", "liar", "shut"];

/// A way to write.
pub struct Evasion {
    /// What it is.
    pub name: &'static str,
    /// Whether it is undone as a whole, so that scores are those of the plain comment.
    pub is_undone: bool,
    /// Whether the whole comment is written so, or only its rude words.
    is_whole: bool,
    write: fn(&str) -> String,
}

impl Evasion {
    /// The comment, written so.
    pub fn text(&self) -> String {
        if self.is_whole {
            return (self.write)(PLAIN);
        }
        WORDS.iter().fold(PLAIN.to_owned(), |text, word| text.replace(word, &(self.write)(word)))
    }
}

fn each(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(|character| if character.is_alphabetic() { write(character) } else { character.into() }).collect()
}

fn with(text: &str, hidden: &str) -> String {
    text.chars().map(String::from).collect::<Vec<_>>().join(hidden)
}

fn swapped(text: &str, from: &str, to: &str) -> String {
    let find = |character| from.chars().position(|one| one == character).and_then(|at| to.chars().nth(at));
    text.chars().map(|character| find(character).unwrap_or(character)).collect()
}

/// Letters as they stand in another alphabet of Unicode, which begins at these places.
fn moved(text: &str, capitals: u32, small: u32) -> String {
    let place = |character: char| match character {
        'A'..='Z' => char::from_u32(capitals + character as u32 - 'A' as u32),
        'a'..='z' => char::from_u32(small + character as u32 - 'a' as u32),
        _ => None,
    };
    text.chars().map(|character| place(character).unwrap_or(character)).collect()
}

const fn words(name: &'static str, is_undone: bool, write: fn(&str) -> String) -> Evasion {
    Evasion { name, is_undone, is_whole: false, write }
}

const fn whole(name: &'static str, is_undone: bool, write: fn(&str) -> String) -> Evasion {
    Evasion { name, is_undone, is_whole: true, write }
}

/// All of them.
pub const EVASIONS: &[Evasion] = &[
    words("Cyrillic letters in Latin words", true, |text| swapped(text, "aio", "аіо")),
    whole("the same in all words", true, |text| swapped(text, "eiopy", "еіору")),
    words("Greek letters in Latin words", true, |text| swapped(text, "io", "ιο")),
    words("zero-width joiners", true, |text| with(text, "\u{200d}")),
    words("soft hyphens", true, |text| with(text, "\u{ad}")),
    words("embeddings of direction", true, |text| with(text, "\u{202a}")),
    words("invisible operators", true, |text| with(text, "\u{2062}")),
    words("variation selectors", true, |text| with(text, "\u{fe0f}")),
    words("tags", true, |text| with(text, "\u{e0061}")),
    words("turned round behind an override", true, |text| {
        format!("\u{202e}{}\u{202c}", text.chars().rev().collect::<String>())
    }),
    words("zalgo", true, |text| each(text, |letter| format!("{letter}\u{337}\u{322}\u{301}\u{348}"))),
    whole("zalgo in all words", true, |text| each(text, |letter| format!("{letter}\u{337}\u{322}\u{301}\u{348}"))),
    words("struck through", true, |text| each(text, |letter| format!("{letter}\u{336}"))),
    words("mathematical letters", true, |text| moved(text, 0x1d400, 0x1d41a)),
    whole("mathematical letters in all words", true, |text| moved(text, 0x1d400, 0x1d41a)),
    words("circled letters", true, |text| moved(text, 0x24b6, 0x24d0)),
    whole("circled letters in all words", true, |text| moved(text, 0x24b6, 0x24d0)),
    whole("full-width letters in all words", true, |text| moved(text, 0xff21, 0xff41)),
    words("small capitals", true, |text| swapped(text, "adhilortu", "ᴀᴅʜɪʟᴏʀᴛᴜ")),
    words("digits for letters inside of words", true, |text| swapped(text, "io", "10")),
    words("@ for a", true, |text| swapped(text, "a", "@")),
    words("spaces between letters", true, |text| with(text, " ")),
    words("full stops between letters", true, |text| with(text, ".")),
    words("hyphens between letters", true, |text| with(text, "-")),
    words("asterisks between letters", true, |text| with(text, "*")),
    words("several stretched letters", true, |text| each(text, |letter| letter.to_string().repeat(4))),
    words("one stretched letter", false, |text| text.replace('a', "aaaa").replace('o', "oooo")),
    words("$ at the beginning", false, |text| text.replace('s', "$")),
    words("accents", false, |text| swapped(text, "aiou", "àïöú")),
    words("a letter left out", false, |text| text.chars().take(text.len() - 2).chain(text.chars().last()).collect()),
    words("a letter as an asterisk", false, |text| swapped(text, "iu", "**")),
    words("regional indicators", false, |text| moved(&text.to_uppercase(), 0x1f1e6, 0)),
];
