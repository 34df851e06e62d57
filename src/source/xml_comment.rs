//! A comment of an export in XML while its elements are read.

use super::Input;
use super::input::Defect;
use super::xml::{Xml, beginning};
use crate::domain::{CommentId, RejectKind};

/// The longest id, name, date or the like, in bytes.
const MAX_FIELD_BYTES: usize = 64 << 10;

/// The fields of a comment as they are read.
#[derive(Debug, Default)]
pub(super) struct XmlComment {
    /// The line on which it begins.
    pub(super) line: u64,
    /// Its own text for a dead letter, where that is wanted.
    pub(super) raw: String,
    /// The first thing that is wrong with it.
    pub(super) defect: Option<Defect>,
}

impl XmlComment {
    pub(super) fn new(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// A short field; nothing where it is empty.
    pub(super) fn field(&mut self, xml: &mut Xml<'_>, input: &Input) -> Result<Option<String>, Defect> {
        let name = xml.name().to_owned();
        let field = xml.text(MAX_FIELD_BYTES)?;
        if field.is_cut {
            let detail = format!("a field of {} bytes, the limit is {MAX_FIELD_BYTES}", field.bytes);
            self.defect.get_or_insert(Defect::new(RejectKind::InvalidField, detail));
        }
        let text = field.beginning.trim();
        self.keep(&name, text, input);
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// The text of the comment.
    pub(super) fn body(&mut self, xml: &mut Xml<'_>, input: &Input) -> Result<Option<String>, Defect> {
        let name = xml.name().to_owned();
        let body = xml.text(input.limits.max_body_bytes)?;
        if let Some(defect) = Defect::body_too_long(body.bytes, &input.limits) {
            self.defect.get_or_insert(defect);
        }
        if body.is_broken {
            let detail = "bytes of the text are not UTF-8; convert the file with iconv, if it is in another encoding";
            self.defect.get_or_insert(Defect::new(RejectKind::InvalidUtf8, detail));
        }
        self.keep(&name, &body.beginning, input);
        Ok(Some(body.beginning))
    }

    fn keep(&mut self, name: &str, text: &str, input: &Input) {
        if input.keep_raw && !text.is_empty() {
            self.raw.extend([name, ": ", text, "\n"]);
            // Fields may come again and again.
            let most = input.limits.max_line_bytes;
            if self.raw.len() > most {
                self.raw.truncate(beginning(&self.raw, most).len());
            }
        }
    }
}

/// Ids for comments that have none: by their line, and by their place on it.
#[derive(Debug, Default)]
pub(super) struct MadeIds {
    line: u64,
    number: u64,
}

impl MadeIds {
    /// The id of a comment that begins on a line; to be asked for each comment, in order.
    pub(super) fn next(&mut self, line: u64, input: &Input) -> CommentId {
        if self.line != line {
            *self = Self { line, number: 0 };
        }
        self.number += 1;
        if self.number == 1 { input.comment_id(line) } else { input.numbered_comment_id(line, self.number) }
    }
}
