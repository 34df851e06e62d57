//! Accuracy and speed of language detection: threadsieve, whatlang and lingua on the same texts, as tables of Markdown.

mod figures;
mod language;
mod lingua_system;
mod measure;
mod rows;
mod system;
mod tables;
mod threadsieve_system;
mod whatlang_system;

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};

use lingua_system::{Lingua, Mode};
use measure::{Measured, measure};
use rows::Row;
use system::System;
use tables::Layout;
use threadsieve_system::Threadsieve;
use whatlang_system::Whatlang;

/// Measures language detectors on a file of `{"lang": "sr", "text": "…"}`, one a line, plain or gzip.
///
/// The tables go to stdout. Everything runs on one thread; where the system may move it about, `taskset -c 1` holds it.
#[derive(Parser)]
struct Arguments {
    /// The rows.
    file: PathBuf,
    /// Only rows whose `source` begins with this.
    #[arg(long, default_value = "")]
    source: String,
    /// Systems to measure besides threadsieve.
    #[arg(long, value_delimiter = ',', default_value = "whatlang,lingua")]
    against: Vec<Peer>,
    /// Passes over all rows; the best counts as the speed.
    #[arg(long, default_value_t = 3)]
    passes: usize,
    /// A language with fewer rows is left out of means.
    #[arg(long, default_value_t = 30)]
    min_rows: usize,
    /// Pairs of languages in the table of confusions.
    #[arg(long, default_value_t = 20)]
    confusions: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Peer {
    Whatlang,
    Lingua,
    LinguaLow,
}

fn load(peer: Peer) -> Box<dyn System> {
    match peer {
        Peer::Whatlang => Box::new(Whatlang::new()),
        Peer::Lingua => Box::new(Lingua::new(Mode::HighAccuracy)),
        Peer::LinguaLow => Box::new(Lingua::new(Mode::LowAccuracy)),
    }
}

fn measure_all(arguments: &Arguments, rows: &[Row]) -> Result<Vec<Measured>> {
    let mut measured = vec![measure(|| Ok(Box::new(Threadsieve::new())), rows, arguments.passes)?];
    for peer in &arguments.against {
        let one = measure(|| Ok(load(*peer)), rows, arguments.passes)?;
        eprintln!("{}: done", one.name);
        measured.push(one);
    }
    Ok(measured)
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let rows = rows::read(&arguments.file, &arguments.source)?;
    // lingua shares its work out among rayon's threads; all of it runs in a pool of one, and so does the rest.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let measured = pool.install(|| measure_all(&arguments, &rows))?;
    let layout = Layout { min_rows: arguments.min_rows, confusions: arguments.confusions };
    let bytes: usize = rows.iter().map(|row| row.text.len()).sum();
    let languages = measured[0].figures.by_language.len();
    let head =
        format!("{} texts of {languages} languages, {} bytes each on average.\n", rows.len(), bytes / rows.len());
    let mut out = std::io::stdout().lock();
    let written = out.write_all((head + &tables::all(&measured, &layout)).as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => bail!("stdout: {error}"),
        _ => Ok(()),
    }
}
