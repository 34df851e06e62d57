//! Logs on stderr.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::args::LogFormat;
use crate::telemetry;

/// What logs of requests go by; they are shown where the server makes them, at any level.
const ACCESS: &str = "access";
/// Lines that may wait for whoever takes the log.
const WAITING_LINES: usize = 8_192;
/// Bytes of lines that are written together, at most, but for the last of them.
const WRITTEN_AT_ONCE: usize = 64 << 10;
/// So long the end of the program waits for the rest of the log to be taken.
const LAST_LINES: Duration = Duration::from_secs(1);

/// How log lines reach stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// At once; whoever logs waits until it is taken.
    Direct,
    /// By a thread of its own. Who logs never waits: what is not taken in time is lost, and counted.
    Apart,
}

/// Writes the rest of the log when it is dropped.
#[derive(Debug)]
pub(super) struct Logging {
    ended: Option<(SyncSender<Line>, Receiver<()>)>,
}

#[derive(Debug)]
enum Line {
    Text(Vec<u8>),
    End,
}

/// Starts logging: warnings by default, more with each `-v`. Never holds any of a comment's words.
pub(super) fn start(verbose: u8, format: LogFormat, manner: Manner) -> Logging {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let filter = Targets::new().with_default(level).with_target(ACCESS, level.max(LevelFilter::INFO));
    let (logging, lines) = match manner {
        Manner::Direct => (Logging { ended: None }, None),
        Manner::Apart => {
            let (lines, taken) = sync_channel(WAITING_LINES);
            let (end, ended) = sync_channel(1);
            std::thread::spawn(move || {
                write_all(&taken);
                let _ = end.send(());
            });
            (Logging { ended: Some((lines.clone(), ended)) }, Some(lines))
        }
    };
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(Stderr { lines })
        .with_target(false)
        // It would tell on stderr that stderr cannot be written, and panic.
        .log_internal_errors(false);
    let registry = tracing_subscriber::registry().with(filter);
    // A second start, in a test, finds the first one's subscriber.
    let _ = match format {
        LogFormat::Text => registry.with(layer.without_time().with_ansi(false)).try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    };
    logging
}

fn write_all(lines: &Receiver<Line>) {
    let mut is_ended = false;
    while !is_ended {
        let Ok(Line::Text(mut text)) = lines.recv() else { return };
        // What has come meanwhile is written with it.
        while text.len() < WRITTEN_AT_ONCE {
            match lines.try_recv() {
                Ok(Line::Text(line)) => text.extend_from_slice(&line),
                Ok(Line::End) => is_ended = true,
                Err(_) => break,
            }
        }
        // That nobody takes the log any more is no reason to do less.
        let _ = io::stderr().lock().write_all(&text);
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        if let Some((lines, ended)) = self.ended.take() {
            let _ = lines.try_send(Line::End);
            let _ = ended.recv_timeout(LAST_LINES);
        }
    }
}

/// Where log lines go.
#[derive(Debug, Clone)]
struct Stderr {
    lines: Option<SyncSender<Line>>,
}

impl<'w> MakeWriter<'w> for Stderr {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

impl Write for Stderr {
    /// Takes a whole line, as loggers give it.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(lines) = &self.lines else { return io::stderr().lock().write(bytes) };
        if lines.try_send(Line::Text(bytes.to_vec())).is_err() {
            telemetry::lose_log_line();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
