//! Stub.
use super::{Input, Source, unread::unread};
use std::io::BufRead;
pub(super) fn source<'r>(reader: Box<dyn BufRead + Send + 'r>, input: Input) -> impl Source + 'r {
    unread(reader, None, input)
}
