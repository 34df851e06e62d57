//! `threadsieve serve`.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use crate::config::ServePlan;
use crate::feedback::{LabelStore, StoreBounds};
use crate::pipeline::Live;
use crate::serve::{Clock, Server, Stop};

use super::failure::{Exit, Failure};
use super::inputs::Problems;
use super::run::{default_workers, start_runtime};
use super::signals::interrupted;
use super::{config, inputs};

/// What `serve` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Speaks the protocol of Perspective's API (docs/perspective.md) and one of its own (docs/serve.md). [serve] of the \
    configuration says where it listens and what it lets in.\n\n\
    Examples:\n  \
    threadsieve serve\n  \
    threadsieve serve --config site/pipeline.toml --check\n  \
    curl -d '{\"comment\":{\"text\":\"Thanks!\"},\"requestedAttributes\":{\"TOXICITY\":{}}}' http://127.0.0.1:8080/v1alpha1/comments:analyze\n\n\
    Exit codes: 0 stopped, all that was taken was answered; 1 some of it was cut off by `shutdown_timeout_ms`; 2 could not run."
)]
pub(super) struct ServeOptions {
    /// The configuration; ./pipeline.toml where there is one, else the built-in one
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where to listen, instead of the configuration's `listen`; port 0 for any that is free
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<std::net::SocketAddr>,

    /// Check the configuration, the models and all files that the server would open, then end
    #[arg(long)]
    check: bool,
}

/// Checks and opens everything, then serves until it is told to stop.
pub(super) fn serve(options: &ServeOptions) -> Result<Exit, Failure> {
    let mut problems = Problems::new();
    let plan = config::load(options.config.as_deref()).map_err(|found| problems.extend(found)).ok();
    let models = plan.as_ref().and_then(|plan| config::models(plan).map_err(|found| problems.extend(found)).ok());
    let translators = plan.as_ref().and_then(|plan| config::translators(plan, &mut problems));
    let authors = plan.as_ref().map(|plan| inputs::authors(&plan.output.author, &mut problems));
    let store = plan.as_ref().and_then(|plan| label_store(&plan.serve, options.check, &mut problems));
    let (Some(plan), Some(models), Some(translators), Some(authors), true) =
        (plan, models, translators, authors, problems.is_empty())
    else {
        return Err(Failure::all(problems));
    };
    let mut serve_plan = plan.serve.clone();
    if let Some(listen) = options.listen {
        serve_plan = serve_plan.listening_on(listen).map_err(|problem| Failure::one(anyhow!(problem)))?;
    }
    let live = Live::new(plan, models, translators, authors, default_workers());
    let runtime = start_runtime()?;
    runtime.block_on(async {
        let server = Server::open(serve_plan, live, store, clock()).await.map_err(Failure::one)?;
        if options.check {
            return super::print(&format!("The server would listen on {}.\n", server.address()));
        }
        let told = format!("listening on http://{}\n", server.address());
        let _ = std::io::stderr().lock().write_all(told.as_bytes());
        let stopped = server.run(interrupted()).await;
        Ok(if stopped == Stop::Finished { Exit::Done } else { Exit::NeedsALook })
    })
}

/// The label store that the configuration names, made where there is none; only looked at for a check, which makes no files
/// that the server might not be allowed to write.
fn label_store(plan: &ServePlan, is_check: bool, problems: &mut Problems) -> Option<LabelStore> {
    let path = plan.label_store.as_deref()?;
    let opened = if is_check {
        LabelStore::check(path).map(|()| None)
    } else {
        LabelStore::open(path, StoreBounds::default()).map(Some)
    };
    opened.unwrap_or_else(|error| {
        problems.push(anyhow::Error::new(error).context("[serve] `label_store`"));
        None
    })
}

/// The clocks that the server reads.
#[allow(clippy::disallowed_methods, reason = "the server is told the time by the command line")]
fn clock() -> Clock {
    Clock { monotonic: std::time::Instant::now, wall: std::time::SystemTime::now }
}
