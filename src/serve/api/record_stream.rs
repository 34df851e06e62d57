//! Answers that are written while the rest is still scored.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use futures::stream::{self, StreamExt as _};

use crate::domain::{Comment, Item, Stated};
use crate::pipeline::Tally;
use crate::source::{Inputs, Opened};
use crate::wire::summary::InputSummary;

use super::super::app::App;
use super::error::ApiError;
use super::lines::{lines, write_line, write_summary};
use super::scoring::{Memory, score, text_bytes};

/// So many items, or bytes of text, are scored together: few, so that the first records leave soon.
const MAX_BATCH_ITEMS: usize = 64;
const MAX_BATCH_BYTES: usize = 128 << 10;

const NDJSON: HeaderValue = HeaderValue::from_static("application/x-ndjson");

/// Where the items of a request come from.
pub(super) trait Items: Send + 'static {
    /// The next item; `None` at the end. Takes as long as reading it does.
    fn next_item(&mut self) -> Option<Item>;

    /// How the input was read.
    fn summaries(&self) -> Vec<InputSummary> {
        Vec::new()
    }
}

impl Items for Inputs {
    fn next_item(&mut self) -> Option<Item> {
        Self::next_item(self)
    }

    fn summaries(&self) -> Vec<InputSummary> {
        Self::summaries(self)
    }
}

/// JSON lines.
pub(super) struct Lines {
    pub(super) opened: Opened<'static>,
    /// Whether comments take the place of earlier ones with their ids.
    pub(super) are_edits: bool,
}

impl Items for Lines {
    fn next_item(&mut self) -> Option<Item> {
        let item = self.opened.source.next_item()?;
        Some(if self.are_edits { as_edit(item) } else { item })
    }
}

/// A comment as one that may have come before.
pub(super) fn as_edit(item: Item) -> Item {
    let Item::Comment(comment) = item else { return item };
    let stated = Stated { is_edit: true, ..comment.stated.as_deref().cloned().unwrap_or_default() };
    Item::Comment(Comment { stated: Some(Box::new(stated)), ..comment })
}

/// An answer on its way. Nothing of it is read, scored or written before the one who asked has taken what came before: a slow
/// reader holds the scoring, and one who goes away ends it.
pub(super) struct RecordStream {
    app: Arc<App>,
    items: Box<dyn Items>,
    memory: Memory,
    tally: Tally,
}

/// What comes behind some lines.
enum Rest {
    More(RecordStream),
    End(Tally),
}

impl RecordStream {
    /// Begins to answer.
    pub(super) fn new(app: Arc<App>, items: impl Items, memory: Memory) -> Self {
        Self { app, items: Box::new(items), memory, tally: Tally::default() }
    }

    /// The answer. Where not one record can be made, and the input is short enough to know it at once, its status is 422.
    pub(super) async fn respond(self) -> Result<Response<Body>, ApiError> {
        let (first, rest) = self.step().await?;
        let (status, rest) = match rest {
            Rest::End(tally) if tally.records == 0 && tally.rejects > 0 => (StatusCode::UNPROCESSABLE_ENTITY, None),
            Rest::End(_) => (StatusCode::OK, None),
            Rest::More(rest) => (StatusCode::OK, Some(rest)),
        };
        let body = match rest {
            None => Body::from(first),
            Some(rest) => {
                let rest = stream::unfold(Some(rest), async |stream| Some(stream?.next().await));
                let first = stream::once(async { first });
                Body::from_stream(first.chain(rest).map(Ok::<Bytes, std::convert::Infallible>))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, NDJSON);
        Ok(response)
    }

    /// The next lines. After a failure of ours the last one says so, where the summary would be.
    async fn next(self) -> (Bytes, Option<Self>) {
        match self.step().await {
            Ok((bytes, Rest::More(rest))) => (bytes, Some(rest)),
            Ok((bytes, Rest::End(_))) => (bytes, None),
            Err(error) => {
                let mut line = Vec::new();
                write_line(&mut line, &error.body());
                (line.into(), None)
            }
        }
    }

    async fn step(self) -> Result<(Bytes, Rest), ApiError> {
        let Self { app, mut items, memory, mut tally } = self;
        // Reading may take long, and may read files: archives are unpacked there.
        let pull = move || {
            let (mut batch, mut bytes, mut is_end) = (Vec::new(), 0, false);
            while batch.len() < MAX_BATCH_ITEMS && bytes < MAX_BATCH_BYTES && !is_end {
                match items.next_item() {
                    Some(item) => {
                        bytes += text_bytes(&item);
                        batch.push(item);
                    }
                    None => is_end = true,
                }
            }
            (batch, is_end, items)
        };
        let pulled = tokio::task::spawn_blocking(pull).await;
        let (batch, is_end, items) = pulled.map_err(|_| ApiError::internal())?;
        let answers = score(&app, batch, &memory).await?;
        let mut written = lines(&answers);
        tally.merge(answers.tally);
        if is_end {
            write_summary(&mut written, &tally, &items.summaries());
            return Ok((written.into(), Rest::End(tally)));
        }
        Ok((written.into(), Rest::More(Self { app, items, memory, tally })))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::super::clock::Clock;
    use super::super::super::files::Files;
    use super::*;
    use crate::config::parse;
    use crate::domain::{self, CommentId, Origin, ThreadId};
    use crate::pipeline::{Authors, Live, Models};
    use crate::translate::Translators;

    /// Comments that are counted as they are read.
    struct Counted {
        left: usize,
        read: Arc<AtomicUsize>,
    }

    impl Items for Counted {
        fn next_item(&mut self) -> Option<Item> {
            self.left = self.left.checked_sub(1)?;
            let number = self.read.fetch_add(1, Ordering::Relaxed);
            let id = CommentId::new(number.to_string());
            let origin = Origin::new("test".into(), number as u64 + 1);
            let body = domain::Body::new("The ferry was late again.");
            Some(Item::Comment(Comment::new(origin, ThreadId::new("t"), id, body)))
        }
    }

    #[allow(clippy::disallowed_methods, reason = "nothing looks at the clock here")]
    fn app() -> Arc<App> {
        let plan = parse("test", "").unwrap();
        let (models, translators) = (Models::load(&plan).unwrap(), Translators::open(&plan.translation).unwrap());
        let serve = plan.serve.clone();
        let clock = Clock { monotonic: std::time::Instant::now, wall: std::time::SystemTime::now };
        let live = Live::new(plan, models, translators, Authors::Keep, 1);
        Arc::new(App::new(serve, live, None, Files::default(), clock))
    }

    fn wait<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn nothing_is_read_before_what_came_before_it_is_taken() {
        const COMMENTS: usize = 10 * MAX_BATCH_ITEMS;
        wait(async {
            let (app, read) = (app(), Arc::new(AtomicUsize::new(0)));
            let memory = Memory::OfRequest(app.live.whole_threads());
            let items = Counted { left: COMMENTS, read: Arc::clone(&read) };
            let response = RecordStream::new(app, items, memory).respond().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            let mut stream = response.into_body().into_data_stream();
            let mut lines = 0;
            for batch in 1..=COMMENTS / MAX_BATCH_ITEMS {
                let bytes = stream.next().await.unwrap().unwrap();
                lines += memchr::memchr_iter(b'\n', &bytes).count();
                assert_eq!((lines, read.load(Ordering::Relaxed)), (batch * MAX_BATCH_ITEMS, batch * MAX_BATCH_ITEMS));
            }
            let last = stream.next().await.unwrap().unwrap();
            assert!(last.starts_with(b"{\"summary\":"), "{last:?}");
            assert!(stream.next().await.is_none());
        });
    }

    #[test]
    fn who_goes_away_ends_the_work() {
        wait(async {
            let (app, read) = (app(), Arc::new(AtomicUsize::new(0)));
            let memory = Memory::OfRequest(app.live.whole_threads());
            let items = Counted { left: usize::MAX, read: Arc::clone(&read) };
            let response = RecordStream::new(app, items, memory).respond().await.unwrap();
            drop(response);
            assert_eq!(Arc::strong_count(&read), 1, "the source is gone");
            assert_eq!(read.load(Ordering::Relaxed), MAX_BATCH_ITEMS);
        });
    }
}
