//! What the process is told by signals.

/// Completes at the first Ctrl-C or SIGTERM; the second ends the process at once. Signals are waited for on a task of
/// their own, so that one is heard also while an output takes nothing. They are listened for from now on.
pub(super) fn interrupted() -> impl Future<Output = ()> + Send + 'static {
    told_to_end("interrupted: finishing what was read; the second signal ends the run at once")
}

/// The same, with other words for whoever sent the signal.
pub(super) fn told_to_end(message: &'static str) -> impl Future<Output = ()> + Send + 'static {
    let (first, heard) = tokio::sync::oneshot::channel();
    let mut signals = Signals::listen();
    tokio::spawn(async move {
        signals.next().await;
        // Told here: the run may not notice before its output takes something.
        tracing::warn!("{message}");
        let _ = first.send(());
        signals.next().await;
        std::process::exit(130);
    });
    async move {
        // The task above lives as long as the runtime.
        let _ = heard.await;
    }
}

/// Completes at a SIGHUP. They are listened for from now on.
#[cfg(unix)]
pub(super) struct Hangups(Option<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Hangups {
    pub(super) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self(signal(SignalKind::hangup()).ok())
    }

    pub(super) async fn next(&mut self) {
        heard(self.0.as_mut()).await;
    }
}

/// Elsewhere there is no such signal.
#[cfg(not(unix))]
pub(super) struct Hangups;

#[cfg(not(unix))]
impl Hangups {
    pub(super) fn listen() -> Self {
        Self
    }

    pub(super) async fn next(&mut self) {
        std::future::pending().await
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // A file that may not grow any more is a failed write, which is told, and not the end of the process. What is
        // listened for once is so for good.
        drop(signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())));
        Self { interrupt: signal(SignalKind::interrupt()).ok(), terminate: signal(SignalKind::terminate()).ok() }
    }

    async fn next(&mut self) {
        tokio::select! {
            () = heard(self.interrupt.as_mut()) => {}
            () = heard(self.terminate.as_mut()) => {}
        }
    }
}

#[cfg(unix)]
async fn heard(signal: Option<&mut tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        // It cannot be listened for: then it does what it does by itself.
        None => std::future::pending().await,
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
