//! A table of ids and what to do, for Disqus and whatever else reads tables.

use csv::{Terminator, WriterBuilder};

use crate::wire::row::Row;

use super::{Held, Script};

const HEADER: [&str; 5] = ["id", "thread_id", "action", "decision", "rules"];

#[derive(Debug)]
pub(super) struct Disqus;

/// A row of CSV (RFC 4180).
fn csv_row(fields: [&str; 5]) -> Vec<u8> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    // Memory takes all that is written.
    let _ = writer.write_record(fields);
    writer.into_inner().unwrap_or_default()
}

impl Script for Disqus {
    fn begin(&self) -> Vec<u8> {
        csv_row(HEADER)
    }

    fn add(&mut self, row: &Row<'_>, held: Held, lines: &mut Vec<u8>) {
        // Spam and deleted are for a person to say.
        lines.extend(csv_row([row.id(), row.thread_id(), "pending", held.name(), row.rules()]));
    }

    fn end(&self) -> Vec<u8> {
        Vec::new()
    }
}
