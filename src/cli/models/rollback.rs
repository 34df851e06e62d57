//! `threadsieve models rollback`.

use clap::Args;

use super::{RegistryOption, now};
use crate::cli::failure::{Exit, Failure};
use crate::cli::print;
use crate::registry::roll_back;

/// What `models rollback` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct RollbackOptions {
    /// The model's name in the registry
    #[arg(value_name = "NAME")]
    name: String,

    /// The version to go to, by its name or how that begins; unless given, the one before the last promotion of the present
    /// one
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,

    #[command(flatten)]
    registry: RegistryOption,
}

/// Makes an earlier version current.
pub(super) fn rollback(options: &RollbackOptions) -> Result<Exit, Failure> {
    let registry = options.registry.open();
    let entry = registry.find(&options.name).map_err(Failure::one)?;
    let done = roll_back(registry.root(), &entry, options.to.as_deref(), now()).map_err(Failure::one)?;
    let name = &options.name;
    print(&match done {
        Some(line) => {
            format!("{name}: {} is current again, {} is not\n", line.to, line.from.as_deref().unwrap_or("none"))
        }
        None => format!("{name}: is current already, nothing was changed\n"),
    })
}
