//! Languages as Perspective names them, and which attribute reads which.

use crate::domain::{LanguageCode, LanguageVerdict, Script};
use crate::pipeline::{Live, Scorers};

use super::attribute::Attribute;

/// The languages that a text may be in, most likely first: codes of ISO 639, with the script behind them where it is not
/// the one that people expect (BCP 47). `hbs` is Bosnian, Croatian or Serbian, where nothing tells which.
pub(super) fn detected(verdict: &LanguageVerdict) -> Vec<String> {
    let tag = |language: LanguageCode| {
        let is_unusual = (language == LanguageCode::SR || language == LanguageCode::two_letters(*b"hi"))
            && verdict.script() == Some(Script::LATIN);
        if is_unusual { format!("{language}-Latn") } else { language.to_string() }
    };
    if let Some(known) = verdict.known() {
        return vec![tag(known)];
    }
    let tags: Vec<String> = verdict.candidates().iter().map(|one| tag(one.language)).collect();
    if tags.is_empty() { verdict.best().map(|best| tag(best.language)).into_iter().collect() } else { tags }
}

/// Whether an attribute reads a language.
pub(super) fn supports(attribute: &Attribute, language: LanguageCode, scorers: &Scorers, live: &Live) -> bool {
    match attribute {
        Attribute::OffTopic => live.topic_reads(language),
        Attribute::Label(label) => scorers.tone.as_ref().is_some_and(|tone| tone.label_reads(label, language)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Detector, Prior};

    #[test]
    fn scripts_are_named_where_they_are_not_expected() {
        let check = |text: &str, expected: &str| {
            let verdict = Detector::shipped().judge(text, &Prior::none());
            assert_eq!(detected(&verdict).first().map_or("", String::as_str), expected, "{text}");
        };
        check("The bridge was repaired last summer and nobody noticed.", "en");
        check("Вчера мы гуляли по набережной и смотрели на корабли.", "ru");
        check("Gde je nestalo mleko koje sam kupio pre dva dana? Uopšte ne razumem šta se desilo.", "sr-Latn");
        check("Где је нестало млеко које сам купио пре два дана? Уопште не разумем шта се десило.", "sr");
        check("Danas je lijepo, ali sutra pada snijeg. Tko zna tko će doći, možda nitko.", "hr");
        check("...", "");
    }
}
