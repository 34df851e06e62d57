//! Logs on stderr.

use tracing_subscriber::filter::LevelFilter;

use super::args::LogFormat;

/// Starts logging: warnings by default, more with each `-v`. Never holds any of a comment's words.
pub(super) fn start(verbose: u8, format: LogFormat) {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    // A second start, in a test, finds the first one's subscriber.
    let _ = match format {
        LogFormat::Text => subscriber.without_time().with_ansi(false).try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
}
