//! A failure of ours in one item is that item's reject, not the run's end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::{Body, Origin, Reject, RejectKind, Stage};

/// Runs `work` on an item; a panic in it becomes the item's reject. What `work` was changing may be half changed after
/// that: callers change shared state last.
///
/// # Errors
/// The reject, where `work` panicked.
pub(super) fn guarded<T>(
    stage: Stage,
    origin: Origin,
    raw: Option<Body>,
    work: impl FnOnce() -> T,
) -> Result<T, Reject> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Reject {
        origin,
        stage,
        kind: RejectKind::ScoringFailed,
        detail: "the program failed on this item: please report it as a bug, with the line".into(),
        raw: raw.map(|raw| raw.as_str().as_bytes().into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_one_reject() {
        let origin = Origin::new("a.jsonl".into(), 7);
        assert_eq!(guarded(Stage::Score, origin.clone(), None, || 5), Ok(5));
        let reject = guarded(Stage::Score, origin, None, || [0][std::hint::black_box(1)]).unwrap_err();
        assert_eq!((reject.kind, reject.origin.line), (RejectKind::ScoringFailed, 7));
    }
}
