//! Bodies of requests, counted as they come.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};

use super::app::App;
use super::seen::Seen;

/// Of a body that nobody wants so much is read on: who sends before listening then hears the answer. Closing a connection
/// with bytes unread would take the answer away from them.
const MAX_DRAINED_BYTES: usize = 8 << 20;
/// For so long.
const MAX_DRAINED_FOR: Duration = Duration::from_secs(3);

/// A body that takes room for what comes of it.
pub(super) struct RequestBody {
    inner: Body,
    app: Arc<App>,
    seen: Arc<Seen>,
}

/// There is no room for the rest of a body.
#[derive(Debug, thiserror::Error)]
#[error("there is no room for the body")]
struct NoRoom;

impl RequestBody {
    pub(super) fn new(inner: Body, app: Arc<App>, seen: Arc<Seen>) -> Self {
        if inner.is_end_stream() {
            seen.set_read();
        }
        Self { inner, app, seen }
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.inner).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.seen.add_bytes(bytes);
                if bytes > 0 && !this.app.room.hold(bytes, &this.seen.held) {
                    this.seen.set_found_no_room();
                    // Nothing comes of it: others may have the room at once.
                    this.seen.held.let_go();
                    return Poll::Ready(Some(Err(axum::Error::new(NoRoom))));
                }
                if this.inner.is_end_stream() {
                    this.seen.set_read();
                }
            }
            Some(Err(_)) => {}
            None => this.seen.set_read(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if self.seen.is_read() || self.seen.is_given_up() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let body = std::mem::take(&mut self.inner);
            runtime.spawn(tokio::time::timeout(MAX_DRAINED_FOR, drain(body)));
        }
    }
}

async fn drain(mut body: Body) {
    let mut bytes = 0;
    while let Some(Ok(frame)) = body.frame().await {
        bytes += frame.data_ref().map_or(0, Bytes::len);
        if bytes > MAX_DRAINED_BYTES {
            return;
        }
    }
}
