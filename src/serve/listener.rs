//! Connections: accepted up to a number, each with its time limits, and let go of in peace.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::admission;
use super::app::App;
use super::stalling::Stalling;

/// After a connection could not be accepted, for want of file descriptors say, the next attempt waits so long.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// What a connection needs to be answered.
#[derive(Clone)]
struct Answering {
    app: Arc<App>,
    router: Router,
    builder: http1::Builder,
    /// Closed once the server is to stop.
    stopping: watch::Receiver<()>,
}

/// Answers connections until `stop` completes; then finishes what was taken, for at most the plan's time. Tells whether all
/// of it was finished.
pub(super) async fn listen(
    listener: TcpListener,
    router: Router,
    app: Arc<App>,
    stop: impl Future<Output = ()>,
) -> bool {
    let plan = &app.plan;
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(plan.header_timeout)
        .max_buf_size(plan.max_header_bytes)
        // Who says that no more will come may still be waiting for an answer.
        .half_close(true);
    let open = Arc::new(Semaphore::new(plan.max_connections.min(Semaphore::MAX_PERMITS)));
    let (running, stopping) = watch::channel(());
    let answering = Answering { app: Arc::clone(&app), router, builder, stopping };
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&open).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        let (stream, client) = match accepted {
            Ok((stream, client)) => (stream, client.ip()),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            }
        };
        // An answer is written at once: nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        let (answering, watcher) = (answering.clone(), graceful.watcher());
        tokio::spawn(async move {
            answering.answer(stream, client, watcher).await;
            drop(place);
        });
    }
    app.health.stop();
    drop((listener, running));
    if tokio::time::timeout(plan.shutdown_timeout, graceful.shutdown()).await.is_ok() {
        return true;
    }
    let cut_off = app.metrics.count_in_flight();
    if cut_off > 0 {
        tracing::warn!("{cut_off} requests took longer than `shutdown_timeout_ms`, and were cut off");
    }
    cut_off == 0
}

impl Answering {
    /// Answers all requests of a connection.
    async fn answer(mut self, stream: TcpStream, client: IpAddr, watcher: Watcher) {
        let _connection = self.app.metrics.connection();
        let stream = Stalling::new(stream, self.app.plan.request_timeout);
        let Some(tls) = &self.app.tls else { return self.serve(stream, client, watcher).await };
        let handshake = tokio::time::timeout(self.app.plan.header_timeout, tls.acceptor().accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            // Nothing was asked for yet.
            _ = self.stopping.changed() => return,
        };
        match shaken {
            Ok(Ok(stream)) => self.serve(stream, client, watcher).await,
            Ok(Err(error)) => {
                self.app.metrics.tls_failed();
                tracing::debug!(%error, "a TLS handshake failed");
            }
            Err(_) => {
                self.app.metrics.tls_failed();
                tracing::debug!("a TLS handshake took longer than `header_timeout_ms`");
            }
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self,
        stream: S,
        client: IpAddr,
        watcher: Watcher,
    ) {
        let Self { app, router, builder, .. } = self;
        let service = service_fn(move |request| {
            let answer = admission::answer(Arc::clone(&app), router.clone(), client, request);
            async move { Ok::<_, std::convert::Infallible>(answer.await) }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        // That a peer goes away or takes too long is its own affair.
        let _ = watcher.watch(connection).await;
    }
}
