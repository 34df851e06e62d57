//! How much a server works on at a time: so many requests, and so many bytes of their bodies. What is more is turned away at
//! once, before memory grows.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::ServePlan;

/// What there is room for.
#[derive(Debug)]
pub(super) struct Room {
    requests: Arc<Semaphore>,
    body_bytes: Arc<Semaphore>,
}

/// The place of a request, until it is dropped.
#[derive(Debug)]
pub(super) struct Place(#[allow(dead_code, reason = "held, and let go of")] OwnedSemaphorePermit);

/// The bytes of a request's body, until it is dropped.
#[derive(Debug, Default)]
pub(super) struct HeldBytes(Mutex<Option<OwnedSemaphorePermit>>);

impl HeldBytes {
    /// Lets go of all of them.
    pub(super) fn let_go(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Room {
    pub(super) fn new(plan: &ServePlan) -> Self {
        let room = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        Self { requests: room(plan.max_in_flight), body_bytes: room(plan.max_bodies_bytes) }
    }

    /// A place for one more request, if there is one.
    pub(super) fn place(&self) -> Option<Place> {
        Arc::clone(&self.requests).try_acquire_owned().ok().map(Place)
    }

    /// Adds room for some bytes to what a request holds. Whether there was any.
    pub(super) fn hold(&self, bytes: usize, held: &HeldBytes) -> bool {
        let Ok(bytes) = u32::try_from(bytes) else { return false };
        let Ok(more) = Arc::clone(&self.body_bytes).try_acquire_many_owned(bytes) else { return false };
        let mut held = held.0.lock().unwrap_or_else(PoisonError::into_inner);
        match held.as_mut() {
            Some(held) => held.merge(more),
            None => *held = Some(more),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BUILT_IN, parse};

    #[test]
    fn what_is_let_go_of_can_be_taken_again() {
        let plan = ServePlan { max_in_flight: 1, max_bodies_bytes: 10, ..parse("test", BUILT_IN).unwrap().serve };
        let room = Room::new(&plan);
        let place = room.place();
        assert!(place.is_some() && room.place().is_none());
        drop(place);
        assert!(room.place().is_some());
        let (first, second) = (HeldBytes::default(), HeldBytes::default());
        assert!(room.hold(4, &first) && room.hold(6, &first) && !room.hold(1, &second));
        first.let_go();
        assert!(room.hold(10, &second) && !room.hold(1, &second));
    }
}
