//! All translators of a site.

use crate::config::TranslationPlan;
use crate::domain::{LanguageCode, TranslationFailure};

use super::TranslatorProblem;
use super::translator::Translator;

/// The translators that a configuration names, at the places that they have there. Shared by all tasks.
#[derive(Debug, Default)]
pub struct Translators {
    all: Vec<Translator>,
}

impl Translators {
    /// Checks that each translator can be used. Nothing is started or contacted before the first text.
    ///
    /// # Errors
    /// Everything that is wrong: programs that are not there, keys that are not set.
    pub fn open(plan: &TranslationPlan) -> Result<Self, Vec<TranslatorProblem>> {
        let (mut all, mut problems) = (Vec::new(), Vec::new());
        for translator in &plan.translators {
            match Translator::open(translator) {
                Ok(translator) => all.push(translator),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(Self { all }) } else { Err(problems) }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A text as the translator at a place gets it. Takes a processor, as long as the text is.
    #[must_use]
    pub fn ready(&self, place: usize, from: LanguageCode, text: &str) -> String {
        self.all.get(place).map_or_else(|| text.to_owned(), |translator| translator.ready(from, text))
    }

    /// Has a text that was made ready translated by the translator at a place.
    ///
    /// # Errors
    /// Why there is no translation. Nothing of the text is in it.
    pub async fn translate(&self, place: usize, from: LanguageCode, text: &str) -> Result<String, TranslationFailure> {
        match self.all.get(place) {
            Some(translator) => translator.translate(from, text).await,
            None => Err(TranslationFailure::Unavailable),
        }
    }
}
