//! whatlang as a system under test, as it comes: trigrams and alphabets combined.

use whatlang::Detector;

use crate::language::family;
use crate::system::{Answer, System};

/// Its three-letter codes, and those of ISO 639-1.
#[rustfmt::skip]
const CODES: &[(&str, &str)] = &[
    ("afr", "af"), ("aka", "ak"), ("amh", "am"), ("ara", "ar"), ("aze", "az"), ("bel", "be"), ("ben", "bn"),
    ("bul", "bg"), ("cat", "ca"), ("ces", "cs"), ("cmn", "zh"), ("cym", "cy"), ("dan", "da"), ("deu", "de"),
    ("ell", "el"), ("eng", "en"), ("epo", "eo"), ("est", "et"), ("fin", "fi"), ("fra", "fr"), ("guj", "gu"),
    ("heb", "he"), ("hin", "hi"), ("hrv", "hr"), ("hun", "hu"), ("hye", "hy"), ("ind", "id"), ("ita", "it"),
    ("jav", "jv"), ("jpn", "ja"), ("kan", "kn"), ("kat", "ka"), ("khm", "km"), ("kor", "ko"), ("lat", "la"),
    ("lav", "lv"), ("lit", "lt"), ("mal", "ml"), ("mar", "mr"), ("mkd", "mk"), ("mya", "my"), ("nep", "ne"),
    ("nld", "nl"), ("nob", "nb"), ("ori", "or"), ("pan", "pa"), ("pes", "fa"), ("pol", "pl"), ("por", "pt"),
    ("ron", "ro"), ("rus", "ru"), ("sin", "si"), ("slk", "sk"), ("slv", "sl"), ("sna", "sn"), ("spa", "es"),
    ("srp", "sr"), ("swe", "sv"), ("tam", "ta"), ("tel", "te"), ("tgl", "tl"), ("tha", "th"), ("tuk", "tk"),
    ("tur", "tr"), ("ukr", "uk"), ("urd", "ur"), ("uzb", "uz"), ("vie", "vi"), ("yid", "yi"), ("zul", "zu"),
];

/// The detector.
pub struct Whatlang(Detector);

impl Whatlang {
    /// With all its languages.
    pub fn new() -> Self {
        Self(Detector::new())
    }
}

impl System for Whatlang {
    fn name(&self) -> &'static str {
        "whatlang 0.18"
    }

    fn knows(&self, code: &str) -> bool {
        // It has Croatian and Serbian, and no Bosnian; as one family it has them.
        CODES.iter().any(|(_, known)| *known == code || (code == "hbs" && family(known) == code))
    }

    fn judge(&self, text: &str) -> Answer {
        let Some(found) = self.0.detect_lang(text) else { return Answer::of(None) };
        let three = found.code();
        let code = CODES.iter().find(|(known, _)| *known == three).map_or(three, |(_, two)| two);
        Answer::of(Some(code.to_owned()))
    }
}
