//! `threadsieve serve`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use crate::config::ServePlan;
use crate::feedback::{LabelStore, StoreBounds};
use crate::pipeline::Live;
use crate::serve::{Clock, Files, NewKey, Server, Stop};

use super::failure::{Exit, Failure};
use super::inputs::Problems;
use super::open_files::raise_open_files;
use super::run::{default_workers, start_runtime};
use super::signals::{Hangups, told_to_end};
use super::{config, inputs};

/// What `serve` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Speaks the protocol of Perspective's API (docs/perspective.md) and one of its own (docs/serve.md). [serve] of the \
    configuration says where it listens and what it lets in.\n\n\
    Examples:\n  \
    threadsieve serve\n  \
    threadsieve serve --config site/pipeline.toml --check\n  \
    threadsieve serve --new-key forum\n  \
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

    /// Check the configuration, the models, the address and all files that the server would open, then end
    #[arg(long)]
    check: bool,

    /// Make an API key, print it and its entry for the file of keys, then end
    #[arg(long, value_name = "NAME", conflicts_with_all = ["check", "listen", "config"])]
    new_key: Option<String>,
}

/// Files that are open beside connections, with some to spare.
const OTHER_FILES: u64 = 128;
/// What is said at the first signal to end.
const STOPPING: &str = "stopping: finishing what was taken; the second signal ends the server at once";

/// Checks and opens everything, then serves until it is told to stop.
pub(super) fn serve(options: &ServeOptions) -> Result<Exit, Failure> {
    if let Some(name) = &options.new_key {
        return new_key(name);
    }
    let mut problems = Problems::new();
    let plan = config::load(options.config.as_deref()).map_err(|found| problems.extend(found)).ok();
    let models = plan.as_ref().and_then(|plan| config::models(plan).map_err(|found| problems.extend(found)).ok());
    let translators = plan.as_ref().and_then(|plan| config::translators(plan, &mut problems));
    let authors = plan.as_ref().map(|plan| inputs::authors(&plan.output.author, &mut problems));
    let serve_plan = plan.as_ref().and_then(|plan| match options.listen {
        None => Some(plan.serve.clone()),
        Some(listen) => plan.serve.clone().listening_on(listen).map_err(|problem| problems.push(anyhow!(problem))).ok(),
    });
    let files = serve_plan.as_ref().and_then(|plan| {
        Files::open(plan).map_err(|found| problems.extend(found.into_iter().map(anyhow::Error::new))).ok()
    });
    let store = plan.as_ref().and_then(|plan| label_store(&plan.serve, options.check, &mut problems));
    let (Some(plan), Some(mut serve_plan), Some(models), Some(translators), Some(authors), Some(files), true) =
        (plan, serve_plan, models, translators, authors, files, problems.is_empty())
    else {
        return Err(Failure::all(problems));
    };
    fit_connections(&mut serve_plan);
    let told = described(&serve_plan, &files);
    let scheme = if serve_plan.tls.is_some() { "https" } else { "http" };
    let live = Live::new(plan, models, translators, authors, default_workers());
    let citations = live.citations();
    let runtime = start_runtime()?;
    let ended = runtime.block_on(async {
        // Before anybody can know that there is a server: a signal that is not listened for ends the process.
        let (stop, mut hangups) = (told_to_end(STOPPING), Hangups::listen());
        let server = Server::open(serve_plan, live, store, files, clock()).map_err(Failure::one)?;
        let address = server.address();
        if options.check {
            let mut text = format!("The server would listen on {scheme}://{address}.\n{told}");
            for (stage, citation) in citations {
                let _ = writeln!(text, "  {stage}: {citation}");
            }
            return super::print(&text);
        }
        let told = format!("listening on {scheme}://{address}\n");
        let _ = std::io::stderr().lock().write_all(told.as_bytes());
        let reloader = server.reloader();
        tokio::spawn(async move {
            loop {
                hangups.next().await;
                reloader.reload().await;
            }
        });
        let stopped = server.run(stop).await;
        Ok(if stopped == Stop::Finished { Exit::Done } else { Exit::NeedsALook })
    });
    // What takes longer than it may is not waited for.
    runtime.shutdown_background();
    ended
}

/// Makes an API key.
fn new_key(name: &str) -> Result<Exit, Failure> {
    let NewKey { key, entry } = NewKey::make(name).map_err(|problem| Failure::one(anyhow!(problem)))?;
    super::print(&format!("{key}\n\n# The key is above, and nowhere else. This goes into the file of keys:\n{entry}"))
}

/// Takes no more connections than there can be open files.
fn fit_connections(plan: &mut ServePlan) {
    let Some(files) = raise_open_files() else { return };
    let most = usize::try_from(files.saturating_sub(OTHER_FILES).max(1)).unwrap_or(usize::MAX);
    if plan.max_connections > most {
        let wanted = plan.max_connections;
        tracing::warn!(
            "[serve] `max_connections`: the process may open {files} files: {most} connections, and not {wanted} (ulimit -n)"
        );
        plan.max_connections = most;
    }
}

/// What would be served to whom.
fn described(plan: &ServePlan, files: &Files) -> String {
    let mut text = match files.key_count() {
        Some(count) => format!("  API keys: {count}\n"),
        None => "  API keys: none are asked for\n".to_owned(),
    };
    let tls = if plan.tls.is_some() { "by the server itself" } else { "none" };
    let store = plan.label_store.as_ref().map_or("none".to_owned(), |store| store.display().to_string());
    let (requests, connections) = (plan.max_in_flight, plan.max_connections);
    let _ = writeln!(text, "  TLS: {tls}\n  label store: {store}");
    let _ = writeln!(text, "  at a time: {requests} requests, {connections} connections");
    text
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
