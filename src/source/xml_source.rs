//! Exports in XML as a source of items.

use std::collections::VecDeque;
use std::io::BufRead;

use super::input::Defect;
use super::xml::Xml;
use super::{Input, Source};
use crate::domain::{Item, RejectKind};

/// What the elements of an export become.
pub(super) trait ReadElements: Send {
    /// Reads on and appends what that gave; `false` at the end. Little is read at a time, and nothing but what belongs to
    /// the item that is open is held.
    ///
    /// # Errors
    /// Where nothing can be read from there on.
    fn read(&mut self, xml: &mut Xml<'_>, input: &Input, items: &mut VecDeque<Item>) -> Result<bool, Defect>;
}

/// Reads a document to its end, or to where it cannot be read any more.
pub(super) struct XmlSource<'r, R> {
    xml: Xml<'r>,
    reader: R,
    input: Input,
    ready: VecDeque<Item>,
    ended: bool,
}

impl<'r, R: ReadElements> XmlSource<'r, R> {
    pub(super) fn new(bytes: Box<dyn BufRead + Send + 'r>, reader: R, input: Input) -> Self {
        let xml = Xml::new(bytes, &input.limits);
        Self { xml, reader, input, ready: VecDeque::new(), ended: false }
    }
}

impl<R: ReadElements> Source for XmlSource<'_, R> {
    fn next_item(&mut self) -> Option<Item> {
        while self.ready.is_empty() && !self.ended {
            match self.reader.read(&mut self.xml, &self.input, &mut self.ready) {
                Ok(goes_on) => self.ended = !goes_on,
                Err(defect) => {
                    self.ended = true;
                    self.ready.push_back(self.input.reject(self.xml.line(), defect, None));
                }
            }
        }
        self.ready.pop_front()
    }
}

/// A document that does not begin as it should.
pub(super) fn another_kind(system: &str, root: &str) -> Defect {
    Defect::new(
        RejectKind::Unreadable,
        format!("not the export of {system}: it does not begin with <{root}>; leave --format away, or name another"),
    )
}
