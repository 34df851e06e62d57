//! threadsieve as a system under test: each text alone, without a thread or a site that would help.

use threadsieve::domain::LanguageVerdict;
use threadsieve::language::{Detector, Prior};

use crate::language::{family, is_south_slavic};
use crate::system::{Answer, Status, System};

/// The languages that it is asked about; those that its documentation names.
const KNOWN: &str = "af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gu he hi hr hu hy id is it ja ka \
    kk ko la lg lt lv mi mk mn mr ms nb nl nn pa pl pt ro ru sk sl sn so sq sr st sv sw ta te th tl tn tr ts uk ur vi xh \
    yo zh zu";

/// The detector and the prior of a text that stands alone.
pub struct Threadsieve {
    detector: Detector,
    prior: Prior,
}

impl Threadsieve {
    /// The shipped detector.
    pub fn new() -> Self {
        Self { detector: Detector::shipped(), prior: Prior::none() }
    }
}

impl System for Threadsieve {
    fn name(&self) -> &'static str {
        "threadsieve"
    }

    fn knows(&self, code: &str) -> bool {
        is_south_slavic(code) || KNOWN.split_whitespace().any(|known| known == family(code))
    }

    fn judge(&self, text: &str) -> Answer {
        let verdict = self.detector.judge(text, &self.prior);
        let status = match verdict {
            LanguageVerdict::Known { .. } => Status::Known,
            LanguageVerdict::Unsure { .. } => Status::Unsure,
            LanguageVerdict::TooShort { .. } | LanguageVerdict::NoText => Status::TooShort,
        };
        let code = verdict.best().map_or_else(|| "und".to_owned(), |best| best.language.to_string());
        Answer { code, status }
    }
}
