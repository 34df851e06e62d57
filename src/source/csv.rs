//! Tables with a header row.

use std::io::BufRead;
use std::sync::Arc;

use super::csv_header::Header;
use super::csv_rows::{RowReader, RowStep};
use super::input::Defect;
use super::{Format, Input, Source};
use crate::domain::{Body, Comment, CommentId, Item, ModeratorDecision, RejectKind, ThreadId};

/// Reads a table.
pub(super) struct CsvSource<'r> {
    parser: csv::Reader<RowReader<'r>>,
    record: csv::ByteRecord,
    header: Option<Header>,
    input: Input,
    ended: bool,
}

impl<'r> CsvSource<'r> {
    /// Reads from `reader`, whose byte order mark and compression are gone.
    pub(super) fn new(reader: Box<dyn BufRead + Send + 'r>, delimiter: u8, format: Format, input: Input) -> Self {
        let _ = format;
        let rows = RowReader::new(reader, delimiter, input.limits.max_line_bytes);
        let parser = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(rows);
        Self { parser, record: csv::ByteRecord::new(), header: None, input, ended: false }
    }

    /// Reads the parsed row: the header, which yields nothing, or a comment.
    fn read(&mut self) -> Result<Option<Item>, Defect> {
        let line = self.parser.get_ref().line();
        let Some(header) = &self.header else {
            self.header = Some(self.find_header()?);
            return Ok(None);
        };
        if self.record.len() != header.columns {
            let detail = format!("{} fields, the header has {}", self.record.len(), header.columns);
            return Err(Defect::new(RejectKind::InvalidCsv, detail));
        }
        let text = self.field(Some(header.text))?.unwrap_or_default();
        if let Some(defect) = Defect::body_too_long(text.len(), &self.input.limits) {
            return Err(defect);
        }
        let named = |column| Ok(self.field(column)?.filter(|value| !value.is_empty()));
        Ok(Some(Item::Comment(Comment {
            origin: self.input.origin(line),
            thread_id: named(header.thread_id)?.map_or_else(|| self.input.thread_id(), ThreadId::new),
            id: named(header.id)?.map_or_else(|| self.input.comment_id(line), CommentId::new),
            parent_id: named(header.parent_id)?.map(CommentId::new),
            author: named(header.author)?.map(Body::new),
            created_at: named(header.created_at)?.map(Arc::from),
            body: Body::new(text),
            marks: Vec::new(),
            moderation: self.moderation(header),
            stated: None,
            raw: self.input.kept(&String::from_utf8_lossy(self.parser.get_ref().row_bytes())),
        })))
    }

    /// What a moderator did: the first of the columns that says so.
    fn moderation(&self, header: &Header) -> Option<ModeratorDecision> {
        let columns = header.moderation.iter().filter_map(|column| self.record.get(*column));
        let said = columns.filter_map(|field| ModeratorDecision::from_word(&String::from_utf8_lossy(field)));
        said.reduce(|first, next| if first == ModeratorDecision::Unclear { next } else { first })
    }

    fn field(&self, column: Option<usize>) -> Result<Option<&str>, Defect> {
        let Some(bytes) = column.and_then(|column| self.record.get(column)) else { return Ok(None) };
        std::str::from_utf8(bytes).map(Some).map_err(|_| {
            let row = self.parser.get_ref().row_bytes();
            Defect::invalid_utf8(std::str::from_utf8(row).map_or_else(|error| error.valid_up_to(), |_| 0))
        })
    }

    fn find_header(&self) -> Result<Header, Defect> {
        let names: Vec<_> = self.record.iter().map(String::from_utf8_lossy).collect();
        Header::find(names.iter().map(AsRef::as_ref)).ok_or_else(|| {
            let wanted = Header::text_names();
            // Where there is no header at all, what stands there are people's words: the columns are only counted.
            Defect::new(
                RejectKind::Unreadable,
                format!("no column with the text (one of {wanted}) among the {} of the first row", names.len()),
            )
        })
    }

    fn reject(&self, defect: Defect) -> Item {
        let rows = self.parser.get_ref();
        self.input.reject(rows.line(), defect, Some(rows.row_bytes()))
    }
}

impl Source for CsvSource<'_> {
    fn next_item(&mut self) -> Option<Item> {
        while !self.ended {
            let defect = match self.parser.get_mut().advance() {
                RowStep::Row => match self.parser.read_byte_record(&mut self.record) {
                    Ok(_) => match self.read() {
                        Ok(Some(item)) => return Some(item),
                        Ok(None) => continue,
                        Err(defect) => defect,
                    },
                    Err(error) => Defect::new(RejectKind::InvalidCsv, format!("not CSV: {error}")),
                },
                RowStep::TooLong { bytes } => Defect::line_too_long(bytes, self.input.limits.max_line_bytes),
                RowStep::Unclosed => Defect::new(
                    RejectKind::InvalidCsv,
                    "a quote opens here and is never closed; double it to mean itself",
                ),
                RowStep::Failed(error) => {
                    self.ended = true;
                    Defect::unreadable(&error)
                }
                RowStep::End => {
                    self.ended = true;
                    return None;
                }
            };
            // Without a header row, no row can be understood.
            self.ended |= self.header.is_none();
            return Some(self.reject(defect));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::testing::check;

    const CSV: Format = Format::Csv;

    #[test]
    fn rows_are_comments() {
        check(
            CSV,
            "id,thread_id,parent_id,author,created_at,text\na,t,p,Ann,2024,\"Hm, \"\"yes\"\"\nno\"\r\nb,t,,,,\n",
            &["2 t a<p Ann@2024: Hm, \"yes\"⏎no", "4 t b: "],
        );
        check(CSV, "Comment Text;Other\n\na;1\n b ;2", &["3 1 1:3: a", "4 1 1:4:  b "]);
        check(CSV, "comment_id\tbody\n1\tsaid \"so\"\n", &["2 1 1: said \"so\""]);
        check(CSV, "article_id|parent|user|timestamp|content\n1|2|3|4|5\n", &["2 1 1:2<2 3@4: 5"]);
        check(CSV, "\u{feff}text\na\n", &["2 1 1:2: a"]);
        check(
            CSV,
            "text,removal,Status,decision\na,,approved,spam\nb,trash,?,\nc,,?,pending\nd,,,\n",
            &["2 1 1:2 [rejected]: a", "3 1 1:3 [rejected]: b", "4 1 1:4 [unclear]: c", "5 1 1:5: d"],
        );
        check(CSV, "text\n", &[]);
        check(CSV, "", &[]);
    }

    #[test]
    fn bad_rows_are_rejects() {
        check(
            CSV,
            "id,text\n1\n2,a,b\n3,c\n",
            &["2 invalid_csv: 1 fields, the header has 2", "3 invalid_csv: 3 fields, the header has 2", "4 1 3: c"],
        );
        check(CSV, "id,text\n1,\"a\n2,b\n", &["2 invalid_csv: a quote opens here…", "3 1 2: b"]);
        check(CSV, &format!("id,text\n1,{}\n2,b\n", "x".repeat(1 << 20)), &["2 line_too_long…", "3 1 2: b"]);
        check(CSV, &format!("id,text\n1,{}\n2,b\n", "x".repeat(1 << 17)), &["2 body_too_long…", "3 1 2: b"]);
    }

    #[test]
    fn a_table_without_texts_is_one_reject() {
        check(
            CSV,
            "id,author\n1,a\n2,b\n",
            &[
                "1 unreadable: no column with the text (one of text, comment_text, body, comment, content) among the 2 of the \
               first row",
            ],
        );
        check(CSV, "\"id\n1\n2\n", &["1 invalid_csv: a quote opens here…"]);
    }
}
