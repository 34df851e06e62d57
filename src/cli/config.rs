//! Finding, checking and showing the configuration.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};

use crate::config::{BUILT_IN, Plan, TranslatorPlan, parse, render};
use crate::pipeline::Models;
use crate::translate::Translators;

use super::failure::{Exit, Failure};
use super::inputs::Problems;

/// Where the configuration is looked for unless one is named.
const DEFAULT_PATH: &str = "pipeline.toml";

/// The file of the configuration: the one named, else `./pipeline.toml` where there is one.
pub(super) fn file(path: Option<&Path>) -> Option<&Path> {
    path.or_else(|| Some(Path::new(DEFAULT_PATH)).filter(|path| path.exists()))
}

/// Reads and checks the configuration: the one named, else `./pipeline.toml`, else the built-in one.
pub(super) fn load(path: Option<&Path>) -> Result<Plan, Vec<anyhow::Error>> {
    let (name, text) = match file(path) {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).with_context(|| format!("{name}: cannot read the configuration"));
            (name, text.map_err(|error| vec![error])?)
        }
        None => ("built-in".to_owned(), BUILT_IN.to_owned()),
    };
    parse(&name, &text).map_err(|problems| problems.into_iter().map(|problem| anyhow!("{problem}")).collect())
}

/// Loads the models that a plan asks for.
pub(super) fn models(plan: &Plan) -> Result<Models, Vec<anyhow::Error>> {
    Models::load(plan).map_err(|problems| problems.into_iter().map(anyhow::Error::new).collect())
}

/// Checks that the translators that a plan names can be used; none is started or contacted.
pub(super) fn translators(plan: &Plan, problems: &mut Problems) -> Option<Translators> {
    Translators::open(&plan.translation)
        .map_err(|found| problems.extend(found.into_iter().map(anyhow::Error::new)))
        .ok()
}

/// Reports everything that is wrong.
pub(super) fn check(path: Option<&Path>) -> Result<Exit, Failure> {
    let plan = load(path).map_err(Failure::all)?;
    let mut problems = Problems::new();
    let models = models(&plan).map_err(|found| problems.extend(found)).ok();
    let translators = translators(&plan, &mut problems);
    let (Some(models), Some(_)) = (models, translators) else { return Err(Failure::all(problems)) };
    let mut text = format!("The configuration is sound: {} rules.\n", plan.policy.rules.len());
    for (stage, citation) in models.citations() {
        let _ = writeln!(text, "  {stage}: {citation}");
    }
    for TranslatorPlan { name, from, to, .. } in &plan.translation.translators {
        let from: Vec<String> = from.iter().map(ToString::to_string).collect();
        let from = if from.is_empty() { "any language".to_owned() } else { from.join(", ") };
        let _ = writeln!(text, "  translator {name}: {from} to {to}");
    }
    super::print(&text)
}

/// The configuration in force.
pub(super) fn show(path: Option<&Path>) -> Result<String, Failure> {
    let plan = load(path).map_err(Failure::all)?;
    render(&plan).map_err(|error| Failure::one(anyhow::Error::new(error).context("cannot write the configuration")))
}
