//! Where comments come from: one reader per format, all behind one trait.

mod article_lines;
mod csv;
mod csv_header;
mod csv_rows;
mod decode;
mod idle;
mod input;
mod jsonl;
mod lines;
mod open;
mod page;
mod paragraphs;
mod peek;
mod reply_tree;
mod sniff;
#[cfg(test)]
mod testing;
mod whole_thread;

pub use idle::IdleRead;
pub use input::{Format, Input, RequestedFormat, RequestedFormatError};
pub use open::{Opened, open};

use crate::domain::Item;

/// Something that yields comments, thread headers and rejects, in the order of the input.
pub trait Source: Send {
    /// The next item; `None` at the end of the input. Blocks where the input does.
    ///
    /// Nothing is an error: what cannot be read is an [`Item::Reject`], after which the source goes on. All items of
    /// complete lines are yielded before the input is read again, but for [`Format::Page`], which needs the whole page.
    fn next_item(&mut self) -> Option<Item>;
}
