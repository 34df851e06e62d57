//! Measuring a detector of languages, and comparing what comes out with what was.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::labelled::{RowsError, read_language_rows};
use crate::language::evaluation::{Accuracy, LanguageEvaluation, LanguageTally};
use crate::language::{Detector, Prior};

/// Measures a detector on files of texts whose language is known, each text on its own, without a thread.
///
/// # Errors
/// Where a file cannot be read, or a row is broken.
pub fn measure_language(files: &[PathBuf], detector: &Detector) -> Result<LanguageEvaluation, RowsError> {
    let mut tally = LanguageTally::default();
    for path in files {
        read_language_rows(path, |row| {
            tally.add(row.language, &row.text, &detector.judge(&row.text, &Prior::none()));
        })?;
    }
    Ok(tally.finish(&detector.citation()))
}

/// Whether a detector is as good as one before on the same texts: no accuracy, of a language or of all, fell too far.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageGate {
    fallen: Vec<String>,
    compared: usize,
}

impl LanguageGate {
    /// Compares figures with those of before; `max_drop` is a share, 0..=1.
    #[must_use]
    pub fn new(current: &LanguageEvaluation, baseline: &LanguageEvaluation, max_drop: f64) -> Self {
        let accuracy = |figures: &LanguageEvaluation, language: &String| {
            figures.by_language.get(language).copied().and_then(Accuracy::share)
        };
        let mut pairs =
            vec![("all, languages counted alike".to_owned(), current.macro_accuracy, baseline.macro_accuracy)];
        pairs.extend(
            baseline
                .by_language
                .keys()
                .map(|language| (language.clone(), accuracy(current, language), accuracy(baseline, language))),
        );
        let mut gate = Self { fallen: Vec::new(), compared: 0 };
        for (what, now, before) in pairs {
            let (Some(now), Some(before)) = (now, before) else { continue };
            gate.compared += 1;
            if before - now > max_drop {
                gate.fallen.push(format!("{what}: {before:.4} before, {now:.4} now"));
            }
        }
        gate
    }

    /// Whether nothing fell too far, and there was anything to compare.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.fallen.is_empty() && self.compared > 0
    }

    /// What people read.
    #[must_use]
    pub fn describe(&self) -> String {
        if self.compared == 0 {
            return "gate: missed, the reports have no language in common\n".to_owned();
        }
        if self.fallen.is_empty() {
            return format!("gate: passed, {} figures compared\n", self.compared);
        }
        let mut text = format!("gate: missed, {} of {} figures fell too far\n", self.fallen.len(), self.compared);
        for line in &self.fallen {
            let _ = writeln!(text, "  {line}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Candidate, LanguageCode, LanguageVerdict, Script};

    fn figures(right: usize) -> LanguageEvaluation {
        let mut tally = LanguageTally::default();
        for at in 0..10 {
            let language = if at < right { LanguageCode::EN } else { LanguageCode::SR };
            let best = Candidate { language, probability: 1.0 };
            let verdict = LanguageVerdict::Known { best, script: Script::LATIN, candidates: vec![best] };
            tally.add(LanguageCode::EN, "words", &verdict);
        }
        tally.finish("demo")
    }

    #[test]
    fn what_fell_too_far_is_named() {
        let gate = LanguageGate::new(&figures(8), &figures(9), 0.05);
        assert!(!gate.passes());
        assert!(gate.describe().contains("en: 0.9000 before, 0.8000 now"), "{}", gate.describe());
        assert!(LanguageGate::new(&figures(9), &figures(8), 0.0).passes());
        assert!(!LanguageGate::new(&figures(9), &LanguageTally::default().finish("none"), 0.5).passes());
    }
}
