//! Items on their way through the pipeline, and whose threads are remembered for how long.

use std::sync::Arc;

use crate::domain::{Comment, Item, Reject, ThreadHeader, ThreadId};
use crate::pipeline::{Answers, WholeThreads};

use super::super::app::App;
use super::error::ApiError;

/// Where the threads of a request are remembered.
#[derive(Debug)]
pub(super) enum Memory {
    /// With the request.
    OfRequest(WholeThreads),
    /// With the server, within the bounds of `[limits]`. Comments that name no thread are in one of the request's own, which
    /// goes with it: they must not push out threads that will go on.
    OfServer {
        /// The thread of comments that name none.
        unnamed: ThreadId,
        /// Remembers it.
        own: WholeThreads,
    },
}

impl Memory {
    /// What the server remembers, beside a thread of a request's own.
    pub(super) fn of_server(app: &App, unnamed: &Arc<str>) -> Self {
        Self::OfServer { unnamed: ThreadId::new(Arc::clone(unnamed)), own: app.live.whole_threads() }
    }

    /// Whether an item is remembered with the request alone; `None` where it is nothing that is remembered.
    fn is_own(&self, item: &Item) -> Option<bool> {
        match (self, item) {
            (_, Item::Reject(_) | Item::Aside(_)) => None,
            (Self::OfRequest(_), _) => Some(true),
            (
                Self::OfServer { unnamed, .. },
                Item::Comment(Comment { thread_id, .. }) | Item::Thread(ThreadHeader { thread_id, .. }),
            ) => Some(thread_id == unnamed),
        }
    }

    fn own(&self) -> &WholeThreads {
        match self {
            Self::OfRequest(own) | Self::OfServer { own, .. } => own,
        }
    }
}

/// What some items become, in their order.
pub(super) async fn score(app: &App, items: Vec<Item>, memory: &Memory) -> Result<Answers, ApiError> {
    let mut answers = Answers::default();
    for (is_own, run) in runs(items, memory) {
        let found = if is_own {
            app.live.records_of_whole_threads(run, memory.own()).await
        } else {
            app.live.records(run).await
        };
        let found = found.map_err(|_| ApiError::internal())?;
        app.metrics.recorded(&found.tally);
        answers.append(found);
    }
    Ok(answers)
}

/// Items that are remembered in one place, as long as they stand behind each other.
fn runs(items: Vec<Item>, memory: &Memory) -> Vec<(bool, Vec<Item>)> {
    let mut runs: Vec<(bool, Vec<Item>)> = Vec::new();
    for item in items {
        let is_own = memory.is_own(&item);
        match runs.last_mut() {
            Some((last, run)) if is_own.is_none_or(|is_own| is_own == *last) => run.push(item),
            _ => runs.push((is_own.unwrap_or(true), vec![item])),
        }
    }
    runs
}

/// Bytes of text of an item.
pub(super) fn text_bytes(item: &Item) -> usize {
    match item {
        Item::Comment(comment) => comment.body.len_bytes(),
        Item::Thread(header) => header.article.as_ref().map_or(0, |article| article.as_str().len()),
        Item::Reject(Reject { detail, .. }) => detail.len(),
        Item::Aside(_) => 0,
    }
}
