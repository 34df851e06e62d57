//! Connections: accepted up to a number, each with its time limits, and let go of in peace.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::config::ServePlan;

/// After a connection could not be accepted, for want of file descriptors say, the next attempt waits so long.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Answers connections until `stop` completes; then finishes what was taken, for at most the plan's time. Tells whether all
/// of it was finished.
pub(super) async fn listen(
    listener: TcpListener,
    router: Router,
    plan: &ServePlan,
    stop: impl Future<Output = ()>,
) -> bool {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(plan.header_timeout)
        .max_buf_size(plan.max_header_bytes)
        // Who says that no more will come may still be waiting for an answer.
        .half_close(true);
    let open = Arc::new(Semaphore::new(plan.max_connections.min(Semaphore::MAX_PERMITS)));
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
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            }
        };
        // An answer is written at once: nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // That a peer goes away or takes too long is its own affair.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    tokio::time::timeout(plan.shutdown_timeout, graceful.shutdown()).await.is_ok()
}
