//! `threadsieve models`: what there is, whether it is sound, and which version is in force.

mod chosen;
mod list;
mod measure;
mod promote;
mod rollback;
mod show;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::registry::Registry;

use super::failure::{Exit, Failure};

/// Where models are looked for unless told otherwise.
const DEFAULT_REGISTRY: &str = "registry";

#[derive(Debug, Subcommand)]
pub(super) enum ModelsCommand {
    /// Lists all versions in a registry, and the models inside the program
    #[command(after_help = "Example:\n  threadsieve models list --registry /srv/registry")]
    List(list::ListOptions),
    /// Shows what a model is: labels and thresholds, features, training data, figures
    #[command(
        after_help = "Examples:\n  threadsieve models show abuse\n  threadsieve models show abuse@built-in --json | jq .report.all"
    )]
    Show(show::ShowOptions),
    /// Finds everything that is wrong with models: checksums, contents, missing files
    #[command(after_help = "Examples:\n  threadsieve models verify\n  threadsieve models verify my-models/spam\n\n\
        Exit codes: 0 all sound; 1 something is wrong with one; 2 there is no such model.")]
    Verify(verify::VerifyOptions),
    /// Brings a trained model into a registry, and makes it current if it is no worse than the one before
    #[command(
        after_help = "It is compared with the current version, or, before there is one, with the model of that name inside the program.\n\n\
        Examples:\n  threadsieve models promote my-models/abuse\n  threadsieve models promote my-models/abuse --data ours.jsonl --max-drop 0.005\n\n\
        Exit codes: 0 promoted, or current already; 1 it is worse, and nothing was changed; 2 could not be compared or copied."
    )]
    Promote(promote::PromoteOptions),
    /// Makes an earlier version current again
    #[command(
        after_help = "Examples:\n  threadsieve models rollback abuse\n  threadsieve models rollback abuse --to 1-c0ec11ed5177"
    )]
    Rollback(rollback::RollbackOptions),
}

/// Which registry.
#[derive(Debug, Args)]
pub(super) struct RegistryOption {
    /// The folder of the registry; ./registry unless given
    #[arg(long, value_name = "DIR")]
    registry: Option<PathBuf>,
}

impl RegistryOption {
    fn open(&self) -> Registry {
        Registry::at(self.registry.clone().unwrap_or_else(|| DEFAULT_REGISTRY.into()))
    }

    /// The registry, where there is one. One that was named must be there.
    fn open_if_there(&self) -> Result<Option<Registry>, Failure> {
        let registry = self.open();
        if registry.root().is_dir() {
            return Ok(Some(registry));
        }
        if self.registry.is_none() {
            return Ok(None);
        }
        let root = registry.root().display();
        Err(Failure::one(anyhow::anyhow!(
            "registry {root}: no such folder\n  hint: `threadsieve models promote` makes it"
        )))
    }
}

/// Does what is asked for.
pub(super) fn models(command: &ModelsCommand) -> Result<Exit, Failure> {
    match command {
        ModelsCommand::List(options) => list::list(options),
        ModelsCommand::Show(options) => show::show(options),
        ModelsCommand::Verify(options) => verify::verify(options),
        ModelsCommand::Promote(options) => promote::promote(options),
        ModelsCommand::Rollback(options) => rollback::rollback(options),
    }
}

/// The time now, as RFC 3339 in UTC, for the history.
fn now() -> String {
    #[allow(clippy::disallowed_methods, reason = "the history of a registry says when; nothing is worked out from it")]
    let now = std::time::SystemTime::now();
    humantime::format_rfc3339_seconds(now).to_string()
}
