//! `threadsieve models verify`.

use std::fmt::Write as _;

use clap::Args;

use super::RegistryOption;
use super::chosen::{Chosen, Meant, built_in, meant, versions};
use crate::cli::failure::{Exit, Failure};
use crate::cli::print;
use crate::registry::{Entry, HISTORY, Inspection, ModelSource, history};

/// What `models verify` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyOptions {
    /// A name, of which all versions are looked at; or `NAME@VERSION`, `NAME@built-in`, or the folder of a model; all in the
    /// registry and in the program unless given
    #[arg(value_name = "NAME[@VERSION]|FOLDER")]
    models: Vec<String>,

    #[command(flatten)]
    registry: RegistryOption,
}

/// What was looked at, and what is wrong with it.
struct Verdict {
    place: String,
    problems: Vec<String>,
}

/// Reports everything that is wrong.
pub(super) fn verify(options: &VerifyOptions) -> Result<Exit, Failure> {
    let mut verdicts = Vec::new();
    if options.models.is_empty() {
        if let Some(registry) = options.registry.open_if_there()? {
            for (name, entry) in registry.entries().map_err(Failure::one)? {
                of_entry(name.as_str(), &entry, &mut verdicts)?;
            }
        }
        verdicts.extend(built_in().iter().map(of_model));
    }
    let mut unknown = Vec::new();
    for wanted in &options.models {
        match meant(wanted, &options.registry) {
            Ok(Meant::Entry(name, entry)) => of_entry(&name, &entry, &mut verdicts)?,
            Ok(Meant::Model(chosen)) => match &chosen.source {
                ModelSource::Folder(folder) if !folder.is_dir() => {
                    unknown.push(anyhow::anyhow!("{}: no such folder", folder.display()));
                }
                _ => verdicts.push(of_model(&chosen)),
            },
            Err(failure) => unknown.extend(failure.problems),
        }
    }
    let mut text = String::new();
    for Verdict { place, problems } in &verdicts {
        let _ = match problems.len() {
            0 => writeln!(text, "{place}: sound"),
            1 => writeln!(text, "{place}: 1 problem"),
            count => writeln!(text, "{place}: {count} problems"),
        };
        for problem in problems {
            let _ = writeln!(text, "  {problem}");
        }
    }
    print(&text)?;
    if !unknown.is_empty() {
        return Err(Failure::all(unknown));
    }
    let is_sound = verdicts.iter().all(|verdict| verdict.problems.is_empty());
    Ok(if is_sound { Exit::Done } else { Exit::NeedsALook })
}

fn of_model(chosen: &Chosen) -> Verdict {
    let found = Inspection::of(&chosen.source);
    let mut problems: Vec<String> = found.findings.iter().map(|one| format!("{}: {}", one.file, one.what)).collect();
    // In a registry the folders say what is in them.
    if let (Some(artifact), false) = (&found.artifact, matches!(chosen.version.as_str(), "" | super::chosen::BUILT_IN))
    {
        let header = artifact.header();
        let expected = format!("{}-{}", header.version, artifact.short_checksum());
        if chosen.name != header.name || chosen.version != expected {
            problems.push(format!("its folder: it is `{}`, version `{expected}`", header.name));
        }
    }
    Verdict { place: found.place, problems }
}

fn of_entry(name: &str, entry: &Entry, verdicts: &mut Vec<Verdict>) -> Result<(), Failure> {
    let mut problems = Vec::new();
    match entry.current() {
        Ok(None) => problems.push("current: is missing: no version is in force".to_owned()),
        Ok(Some(current)) if !entry.folder_of(&current).is_dir() => {
            problems.push(format!("current: names the version `{current}`, which is not there"));
        }
        Ok(Some(_)) => {}
        Err(error) => problems.push(error.to_string()),
    }
    let (_, broken) = history(entry).map_err(Failure::one)?;
    problems.extend(broken.iter().map(|line| format!("{HISTORY}: line {line} is not one of a history")));
    if !problems.is_empty() {
        verdicts.push(Verdict { place: entry.folder().display().to_string(), problems });
    }
    verdicts.extend(versions(name, entry)?.iter().map(of_model));
    Ok(())
}
