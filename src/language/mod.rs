//! Which language a text is in: cheap evidence from the text, weighed against what its thread makes likely.
//!
//! [`Detector::evidence`] looks at the text alone and can run anywhere; [`Detector::weigh`] combines it with a
//! [`Prior`] by Bayes' rule. A text that is too short for its letters to say anything follows its thread, and says so.
//!
//! ```
//! use threadsieve::domain::LanguageCode;
//! use threadsieve::language::{Detector, Prior};
//!
//! let under_an_english_article = Prior::of(LanguageCode::EN);
//! let verdict = Detector::shipped().judge("Posle svega nije smela da kaze sta misli.", &under_an_english_article);
//! assert_eq!(verdict.known(), Some(LanguageCode::SR));
//! ```

mod detector;
mod diacritics;
mod diacritics_derivation;
pub mod evaluation;
mod evidence;
mod mix;
pub mod model;
mod parts;
mod prior;
mod script;
mod shipped;
mod south_slavic;
mod south_slavic_forms;
mod south_slavic_mark;
mod south_slavic_table;
mod translation_need;
mod transliteration;
mod whatlang_codes;
mod yat_table;

pub use detector::Detector;
pub use diacritics::restore as restore_diacritics;
pub use diacritics_derivation::derive_diacritics;
pub use evidence::{Evidence, OtherPart};
pub use mix::LanguageMix;
pub use prior::{Prior, is_same_family};
#[cfg(feature = "embedded-models")]
pub use shipped::SHIPPED_WEIGHTS;
pub use translation_need::{has_foreign_word, may_be_one_of, reads, translation_need};
pub use transliteration::in_latin;
