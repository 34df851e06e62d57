//! Finding, checking and showing the configuration.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};

use crate::config::{BUILT_IN, Plan, parse, render};
use crate::pipeline::Models;

use super::failure::{Exit, Failure};

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

/// Reports everything that is wrong.
pub(super) fn check(path: Option<&Path>) -> Result<Exit, Failure> {
    let plan = load(path).map_err(Failure::all)?;
    let models = models(&plan).map_err(Failure::all)?;
    let mut text = format!("The configuration is sound: {} rules.\n", plan.policy.rules.len());
    for (stage, citation) in models.citations() {
        let _ = writeln!(text, "  {stage}: {citation}");
    }
    super::print(&text)
}

/// The configuration in force.
pub(super) fn show(path: Option<&Path>) -> Result<String, Failure> {
    let plan = load(path).map_err(Failure::all)?;
    render(&plan).map_err(|error| Failure::one(anyhow::Error::new(error).context("cannot write the configuration")))
}
