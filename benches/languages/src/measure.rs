//! One system run over all rows: its answers, its figures and its speed.

use std::time::Instant;

use anyhow::Result;

use crate::figures::Figures;
use crate::rows::Row;
use crate::system::{Answer, System};

/// What came of it.
pub struct Measured {
    /// Name of the system.
    pub name: String,
    /// What it got right.
    pub figures: Figures,
    /// Texts a second, the best pass.
    pub texts_per_second: f64,
    /// Seconds until it was ready.
    pub load_seconds: f64,
    /// Languages of the rows that it has a name for.
    known: Vec<String>,
}

impl Measured {
    /// Whether the system has a name for a language of the rows.
    pub fn knows(&self, code: &str) -> bool {
        self.known.iter().any(|known| known == code)
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}

/// Loads a system and runs it `passes` times over all rows; the first pass gives the answers, the best the speed.
///
/// # Errors
///
/// The system cannot be loaded.
pub fn measure(load: impl FnOnce() -> Result<Box<dyn System>>, rows: &[Row], passes: usize) -> Result<Measured> {
    let begin = now();
    let system = load()?;
    let load_seconds = begin.elapsed().as_secs_f64();
    let mut best = f64::INFINITY;
    let mut first: Option<Vec<Answer>> = None;
    for _ in 0..passes.max(1) {
        let begin = now();
        let answers: Vec<Answer> = rows.iter().map(|row| system.judge(&row.text)).collect();
        best = best.min(begin.elapsed().as_secs_f64());
        first.get_or_insert(answers);
    }
    let figures = Figures::new(rows, &first.unwrap_or_default());
    let known = figures.by_language.keys().filter(|code| system.knows(code)).cloned().collect();
    Ok(Measured {
        name: system.name().to_owned(),
        figures,
        texts_per_second: rows.len() as f64 / best,
        load_seconds,
        known,
    })
}
