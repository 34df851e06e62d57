//! A progress bar on stderr.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;

use crate::telemetry::Counters;

use super::args::ProgressChoice;

const REFRESH: Duration = Duration::from_millis(100);

/// A bar that follows the counters until it is dropped.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    follower: JoinHandle<()>,
}

impl Progress {
    /// Shows a bar where it makes sense: the size of the input is known, and stderr is a terminal that does not also
    /// get the records.
    pub(super) fn start(
        choice: ProgressChoice,
        total: Option<u64>,
        counters: &Arc<Counters>,
        to_stdout: bool,
    ) -> Option<Self> {
        let total = total.filter(|_| choice == ProgressChoice::Auto && std::io::stderr().is_terminal())?;
        if to_stdout && std::io::stdout().is_terminal() {
            return None;
        }
        let style = ProgressStyle::with_template("{bar:20} {percent:>3} %  {bytes}/{total_bytes}  {msg}  {eta} left");
        let bar = ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let (follower_bar, counters) = (bar.clone(), Arc::clone(counters));
        let follower = tokio::spawn(async move {
            loop {
                follower_bar.set_position(counters.bytes_read());
                follower_bar.set_message(format!("{} records", counters.records_written()));
                tokio::time::sleep(REFRESH).await;
            }
        });
        Some(Self { bar, follower })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.follower.abort();
        self.bar.finish_and_clear();
    }
}
