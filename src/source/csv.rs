//! Tables with a header row.

use std::io::BufRead;

use super::csv_header::Header;
use super::csv_rows::{RowReader, RowStep};
use super::input::Defect;
use super::table::{Fields, RowPlace, Table};
use super::{Format, Input, Source};
use crate::domain::{Body, Item, RejectKind};

/// Reads a table.
pub(super) struct CsvSource<'r> {
    parser: csv::Reader<RowReader<'r>>,
    record: csv::ByteRecord,
    table: Option<Table>,
    /// The table that the user asked for, or that the header row looked like.
    format: Format,
    input: Input,
    /// A comment whose thread's header goes before it.
    next: Option<Item>,
    ended: bool,
}

impl<'r> CsvSource<'r> {
    /// Reads from `reader`, whose byte order mark and compression are gone.
    pub(super) fn new(reader: Box<dyn BufRead + Send + 'r>, delimiter: u8, format: Format, input: Input) -> Self {
        let rows = RowReader::new(reader, delimiter, input.limits.max_line_bytes);
        let parser = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(rows);
        let record = csv::ByteRecord::new();
        Self { parser, record, table: None, format, input, next: None, ended: false }
    }

    /// Reads the parsed row: the header, which yields nothing, a comment, or what is known of its thread before it.
    fn read(&mut self) -> Result<Option<Item>, Defect> {
        let Some(table) = &mut self.table else {
            self.table = Some(Table::new(self.find_header()?));
            return Ok(None);
        };
        if self.record.len() != table.header.columns {
            let detail = format!("{} fields, the header has {}", self.record.len(), table.header.columns);
            return Err(Defect::new(RejectKind::InvalidCsv, detail));
        }
        let rows = self.parser.get_ref();
        let raw = self.input.keep_raw.then(|| Body::new(String::from_utf8_lossy(rows.row_bytes())));
        let row = CsvRow { record: &self.record, bytes: rows.row_bytes() };
        let (thread, comment) = table.read(&row, RowPlace { input: &self.input, line: rows.line(), raw })?;
        if thread.is_none() {
            return Ok(comment);
        }
        self.next = comment;
        Ok(thread)
    }

    fn find_header(&self) -> Result<Header, Defect> {
        let names: Vec<_> = self.record.iter().map(String::from_utf8_lossy).collect();
        let found = Header::find(names.iter().map(AsRef::as_ref), &self.input.map);
        if let Some(found) = &found
            && !matches!(self.format, Format::Csv)
            && found.format != self.format
        {
            let detail = format!("the columns are not those of {}; leave --format away", self.format.name());
            return Err(Defect::new(RejectKind::Unreadable, detail));
        }
        found.ok_or_else(|| {
            let wanted = Header::text_names();
            // Where there is no header at all, what stands there are people's words: the columns are only counted.
            Defect::new(
                RejectKind::Unreadable,
                format!(
                    "no column with the text (one of {wanted}) among the {} of the first row; name it with --map text=COLUMN",
                    names.len()
                ),
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
        if let Some(next) = self.next.take() {
            return Some(next);
        }
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
            self.ended |= self.table.is_none();
            return Some(self.reject(defect));
        }
        None
    }
}

/// A row of CSV.
struct CsvRow<'a> {
    record: &'a csv::ByteRecord,
    bytes: &'a [u8],
}

impl Fields for CsvRow<'_> {
    fn field(&self, column: usize) -> Result<Option<&str>, Defect> {
        let Some(field) = self.record.get(column) else { return Ok(None) };
        std::str::from_utf8(field).map(Some).map_err(|_| {
            Defect::invalid_utf8(std::str::from_utf8(self.bytes).map_or_else(|error| error.valid_up_to(), |_| 0))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_input, input};
    use super::super::{FieldMap, RequestedFormat, open};
    use super::*;

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
    fn known_tables_are_read() {
        check(
            Format::CivilComments,
            "id,target,comment_text,severe_toxicity,obscene,parent_id,article_id,rating,created_date\n\
             7,0.5,Well.,0.0,0.1,6.0,12,rejected,2016-01-01\n",
            &["2 12 7<6@2016-01-01 [rejected]: Well."],
        );
        check(
            Format::Socc,
            "article_id,title,article_url,author,published_date,ncomments,ntop_level_comments,article_text\n\
             12,T,https://example.org/,A,2016,2,1,The town.\n",
            &["2 thread 12 [T] [The town.] https://example.org/"],
        );
        check(
            Format::Socc,
            "article_id,comment_counter,comment_author,timestamp,comment_text\n\
             12,source1_12_0,ana,2016,One.\n12,source1_12_0_1,ben,2017,Two.\n",
            &["2 12 source1_12_0 ana@2016: One.", "3 12 source1_12_0_1<source1_12_0 ben@2017: Two."],
        );
        check(Format::Jigsaw, "id,comment_text,toxic\n1,Hm.,-1\n", &["2 1 1: Hm."]);
        check(Format::Jigsaw, "id,text\n1,Hm.\n", &["1 unreadable: the columns are not those of jigsaw…"]);
    }

    #[test]
    fn labels_become_shares() {
        let labels = |format, text: &str| {
            let mut opened = open(text.as_bytes(), input(RequestedFormat::Fixed(format)));
            let Some(Item::Comment(comment)) = opened.source.next_item() else { panic!("no comment") };
            let labels = comment.stated.map(|stated| stated.labels).unwrap_or_default();
            labels.iter().map(|(label, share)| format!("{label} {share:.2}")).collect::<Vec<_>>().join(", ")
        };
        let jigsaw = "id,comment_text,toxic,obscene,insult\n1,Hm.,1,0,-1\n";
        assert_eq!(labels(Format::Jigsaw, jigsaw), "toxicity 1.00, profanity 0.00");
        let socc = "article_id,comment_counter,comment_text,is_constructive,toxicity_level\n1,source1_1_0,Hm.,yes,2\n";
        assert_eq!(labels(Format::Socc, socc), "constructive 1.00, toxicity 0.33");
    }

    #[test]
    fn columns_may_be_named_by_a_map() {
        let map = FieldMap::parse(["html=Beitrag", "title=Thema", "thread_id=Nr", "decision=weg"]).unwrap();
        let input = Input { map, ..input(RequestedFormat::Auto) };
        check_input(
            &input,
            b"Nr;Thema;Beitrag;weg\n1;A;\"<p>a &amp; b</p>\";spam\n1;A;c;\n2;B;d;\n",
            &["2 thread 1 [A]", "2 1 1:2 [rejected]: a & b", "3 1 1:3: c", "4 thread 2 [B]", "4 2 1:4: d"],
        );
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
               first row; name it with --map text=COLUMN",
            ],
        );
        check(CSV, "\"id\n1\n2\n", &["1 invalid_csv: a quote opens here…"]);
    }
}
