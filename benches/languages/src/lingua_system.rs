//! lingua as a system under test: all its languages, models loaded beforehand.

use std::str::FromStr;

use lingua::{IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder};

use crate::system::{Answer, System};

/// How lingua is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its default: n-grams of one to five letters.
    HighAccuracy,
    /// Trigrams only; faster, and weaker on short texts.
    LowAccuracy,
}

/// The detector.
pub struct Lingua {
    detector: LanguageDetector,
    mode: Mode,
}

impl Lingua {
    /// With all its languages, in memory before the clock runs.
    pub fn new(mode: Mode) -> Self {
        let mut builder = LanguageDetectorBuilder::from_all_languages();
        builder.with_preloaded_language_models();
        if mode == Mode::LowAccuracy {
            builder.with_low_accuracy_mode();
        }
        Self { detector: builder.build(), mode }
    }
}

impl System for Lingua {
    fn name(&self) -> &'static str {
        match self.mode {
            Mode::HighAccuracy => "lingua 1.8",
            Mode::LowAccuracy => "lingua 1.8, low accuracy",
        }
    }

    fn knows(&self, code: &str) -> bool {
        code == "hbs"
            || IsoCode639_1::from_str(code)
                .is_ok_and(|code| Language::all().iter().any(|known| known.iso_code_639_1() == code))
    }

    fn judge(&self, text: &str) -> Answer {
        Answer::of(self.detector.detect_language_of(text).map(|found| found.iso_code_639_1().to_string()))
    }
}
