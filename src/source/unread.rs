//! A format whose reader is not there yet.

use std::io::BufRead;

use super::{Format, Input, Source};
use crate::domain::Item;

pub(super) struct Unread;

impl Source for Unread {
    fn next_item(&mut self) -> Option<Item> {
        None
    }
}

pub(super) fn unread<'r>(_: Box<dyn BufRead + Send + 'r>, _: Option<Format>, _: Input) -> Unread {
    Unread
}
