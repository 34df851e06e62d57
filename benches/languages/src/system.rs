//! A system under test, and what it says about a text.

/// How sure a system says it is. whatlang and lingua are always sure, or silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It commits itself.
    Known,
    /// It has a best guess and does not stand by it.
    Unsure,
    /// The text is too short to say, or it names nothing.
    TooShort,
}

/// What a system says about a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// ISO 639-1 code of the best guess; `hbs` for Bosnian, Croatian or Serbian; `und` for no guess.
    pub code: String,
    /// How sure it is.
    pub status: Status,
}

impl Answer {
    /// A system that commits itself wherever it answers.
    pub fn of(code: Option<String>) -> Self {
        code.map_or_else(
            || Self { code: "und".to_owned(), status: Status::TooShort },
            |code| Self { code, status: Status::Known },
        )
    }
}

/// A language detector.
pub trait System {
    /// Its name and version, as tables show it.
    fn name(&self) -> &'static str;

    /// Whether it has a name for a language, given as a row states it.
    fn knows(&self, code: &str) -> bool;

    /// What it says about a text.
    fn judge(&self, text: &str) -> Answer;
}
