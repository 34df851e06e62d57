//! Where comments come from: one reader per format, all behind one trait.

mod any_json;
mod archive;
mod arrange;
mod article_lines;
mod coral;
mod coral_request;
mod csv;
mod csv_header;
mod csv_rows;
mod decode;
mod discourse;
mod disqus;
mod field_map;
mod format;
mod hacker_news;
mod hacker_news_items;
mod idle;
mod input;
mod inputs;
mod json_document;
#[cfg(test)]
mod json_document_tests;
mod json_formats;
mod json_found;
mod json_node;
mod json_shape;
mod json_sniff;
mod json_walk;
mod jsonl;
mod lemmy;
mod lines;
mod lossy_utf8;
mod mastodon;
mod newest;
mod object_lines;
mod open;
mod page;
mod paragraphs;
mod parquet_rows;
mod peek;
mod raw;
mod reddit;
mod reddit_thread;
mod reply_tree;
mod rewrite;
mod side_file;
mod sniff;
mod table;
#[cfg(test)]
mod testing;
mod whole_surrogates;
mod whole_thread;
mod words;
mod wxr;
mod xml;
mod xml_comment;
mod xml_pieces;
mod xml_source;
mod youtube;
mod yt_dlp;

pub use coral_request::{CoralBody, coral_request};
pub use field_map::{FieldMap, FieldMapError, MappedField};
pub use format::{Format, Order, RequestedFormat, RequestedFormatError};
pub use idle::IdleRead;
pub use input::Input;
pub use inputs::{InputSpec, Inputs, ReadSettings, Wrap};
pub use newest::Newest;
pub use open::{Opened, open};
pub use raw::RawInput;

use crate::domain::Item;

/// Something that yields comments, thread headers and rejects, in the order of the input.
pub trait Source: Send {
    /// The next item; `None` at the end of the input. Blocks where the input does.
    ///
    /// Nothing is an error: what cannot be read is an [`Item::Reject`], after which the source goes on. All items of
    /// complete lines are yielded before the input is read again, but for [`Format::Page`], which needs the whole page.
    fn next_item(&mut self) -> Option<Item>;
}
