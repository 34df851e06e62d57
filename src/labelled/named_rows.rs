//! Rows of named fields, from JSON lines or from CSV, read one by one.

use std::io::{BufRead, Read as _};
use std::path::Path;

use serde_json::{Map, Value};

use super::csv_columns::{TEXT_NAMES, plain_name};
use super::csv_rows::{CsvRows, RowStep};
use super::json_rows::RowsError;
use super::mapping::{Mapping, Target};
use super::reader::open_with_head;
use crate::config::Limits;

/// After so many bad rows of one file the rest is not read.
const MAX_BAD_ROWS: usize = 20;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Fields by their names.
pub type Fields = Map<String, Value>;

/// What is wrong with a row, and nothing of what it says.
pub type Complaint = String;

/// The first row of a file of JSON lines; `None` for a file of anything else.
///
/// # Errors
/// Where the file cannot be read.
pub fn first_fields(path: &Path) -> Result<Option<Fields>, RowsError> {
    let (head, _) = open_with_head(path).map_err(|source| RowsError::unreadable(path, source))?;
    Ok(serde_json::from_slice(&head).ok())
}

/// Reads files row by row, fields renamed as `--map` says, and remembers which entries of the mapping had a field.
#[derive(Debug, Clone)]
pub struct NamedRows {
    mapping: Mapping,
    used: Vec<bool>,
}

impl NamedRows {
    /// Begins with nothing read.
    #[must_use]
    pub fn new(mapping: Mapping) -> Self {
        Self { used: vec![false; mapping.entries.len()], mapping }
    }

    /// The names that the mapping gives to fields, with the field or column of each.
    pub fn mapped(&self) -> impl Iterator<Item = (&str, &str)> {
        self.mapping.entries.iter().map(|(column, target)| (name_of(target), column.as_str()))
    }

    /// The fields and columns of the mapping that no row had so far.
    pub fn unused_columns(&self) -> impl Iterator<Item = &str> {
        let entries = self.mapping.entries.iter().zip(&self.used);
        entries.filter(|(_, used)| !**used).map(|((column, _), _)| column.as_str())
    }

    /// Calls `each` with every row of a file, in order, and returns their number. Plain, gzip or zstd, told by the first
    /// bytes; JSON lines if the first one begins with `{`, else CSV whose first line names the columns, with commas,
    /// semicolons, tabs or bars between. A table must have the columns in `required`; `text` may also be called as in
    /// other labelled tables. Its values are strings, and an empty one is left out. One row is in memory at a time.
    ///
    /// # Errors
    /// Where the file cannot be read or a column is missing; and all rows that are none, are too long, or that `each`
    /// refuses, up to twenty.
    pub fn read(
        &mut self,
        path: &Path,
        required: &[&str],
        each: impl FnMut(Fields) -> Result<(), Complaint>,
    ) -> Result<u64, Vec<RowsError>> {
        let (head, input) = open_with_head(path).map_err(|source| vec![RowsError::unreadable(path, source)])?;
        let mut bad = BadRows::new(path);
        let read = match head.trim_ascii_start().first() {
            None | Some(b'{') => self.read_lines(input, &mut bad, each),
            Some(b'[') => {
                bad.add(
                    1,
                    "a JSON array; one object a line is needed\n  hint: export without --jsonArray, or convert it with \
                     jq -c '.[]'"
                        .to_owned(),
                );
                Ok(0)
            }
            Some(_) => self.read_table(&head, input, required, &mut bad, each),
        };
        let rows = read.map_err(|source| vec![RowsError::unreadable(path, source)])?;
        bad.into_result(rows)
    }

    fn read_lines(
        &mut self,
        mut input: impl BufRead,
        bad: &mut BadRows<'_>,
        mut each: impl FnMut(Fields) -> Result<(), Complaint>,
    ) -> std::io::Result<u64> {
        let max_line_bytes = Limits::default().max_line_bytes;
        let (mut line, mut rows) = (Vec::new(), 0);
        for number in 1.. {
            line.clear();
            let read = (&mut input).take(max_line_bytes as u64 + 1).read_until(b'\n', &mut line)?;
            if read == 0 || bad.is_full() {
                break;
            }
            if line.len() > max_line_bytes {
                bad.add(number, format!("longer than {max_line_bytes} bytes"));
                if line.last() != Some(&b'\n') {
                    input.skip_until(b'\n')?;
                }
                continue;
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            // The parser's own message may hold words of the row.
            let fields = serde_json::from_slice(&line).map_err(|_| "no JSON object".to_owned());
            match fields.and_then(|fields| each(self.rename(fields))) {
                Ok(()) => rows += 1,
                Err(what) => bad.add(number, what),
            }
        }
        Ok(rows)
    }

    fn read_table(
        &mut self,
        head: &[u8],
        input: impl BufRead,
        required: &[&str],
        bad: &mut BadRows<'_>,
        mut each: impl FnMut(Fields) -> Result<(), Complaint>,
    ) -> std::io::Result<u64> {
        let mut table = CsvRows::new(input, self.delimiter(&String::from_utf8_lossy(head.trim_ascii()), required));
        table.advance()?;
        let columns: Vec<String> = table.fields().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        let names = self.names(&columns);
        let missing: Vec<&str> =
            required.iter().copied().filter(|wanted| !names.iter().any(|name| name == wanted)).collect();
        if !missing.is_empty() {
            // What stands there is not repeated: it may be somebody's words.
            bad.add(
                table.line(),
                format!(
                    "neither a JSON object nor the header of a CSV file with a column `{}` ({} columns)\n  hint: name it \
                     with --map COLUMN={}",
                    missing.join("`, `"),
                    columns.len(),
                    missing[0]
                ),
            );
            return Ok(0);
        }
        for (entry, used) in self.mapping.entries.iter().zip(&mut self.used) {
            *used |= columns.iter().any(|column| plain_name(column) == plain_name(&entry.0));
        }
        let mut rows = 0;
        while !bad.is_full() {
            match table.advance()? {
                RowStep::End => break,
                RowStep::TooLong => bad.add(table.line(), "longer than 16 MiB, or a quote that never ends".to_owned()),
                RowStep::Row => match fields_of(&names, &table).and_then(&mut each) {
                    Ok(()) => rows += 1,
                    Err(what) => bad.add(table.line(), what),
                },
            }
        }
        Ok(rows)
    }

    /// What each column is called here: as the mapping says, else by its own name.
    fn names(&self, columns: &[String]) -> Vec<String> {
        let mapped = |column: &str| {
            let entry = self.mapping.entries.iter().find(|(own, _)| plain_name(own) == plain_name(column));
            entry.map(|(_, target)| name_of(target).to_owned())
        };
        let taken: Vec<&str> = columns.iter().filter_map(|column| mapped(column).map(|_| column.as_str())).collect();
        let given: Vec<Option<String>> = columns.iter().map(|column| mapped(column)).collect();
        let is_given = |name: &str| given.iter().flatten().any(|other| other == name);
        let text = TEXT_NAMES.into_iter().find(|name| {
            !is_given("text") && columns.iter().any(|own| plain_name(own) == *name && !taken.contains(&own.as_str()))
        });
        let name = |(column, given): (&String, &Option<String>)| match given {
            Some(name) => name.clone(),
            None => match plain_name(column) {
                own if Some(own.as_str()) == text => "text".to_owned(),
                // A column that lost its name to another.
                own if is_given(&own) || own == "text" => String::new(),
                own => own,
            },
        };
        columns.iter().zip(&given).map(name).collect()
    }

    /// The delimiter with which most of the required columns are there, then the one with the most columns.
    fn delimiter(&self, header: &str, required: &[&str]) -> u8 {
        let rank = |delimiter: u8| {
            let columns: Vec<String> =
                header.split(char::from(delimiter)).map(|name| name.trim_matches('"').to_owned()).collect();
            let names = self.names(&columns);
            (names.iter().filter(|name| required.contains(&name.as_str())).count(), columns.len())
        };
        DELIMITERS.into_iter().rev().max_by_key(|delimiter| rank(*delimiter)).unwrap_or(b',')
    }

    /// Puts mapped fields under the names that they are given; `a.b` is `b` inside `a`, unless a field is called that.
    fn rename(&mut self, mut fields: Fields) -> Fields {
        for ((column, target), used) in self.mapping.entries.iter().zip(&mut self.used) {
            if let Some(value) = take(&mut fields, column) {
                *used = true;
                fields.insert(name_of(target).to_owned(), value);
            }
        }
        fields
    }
}

fn take(fields: &mut Fields, path: &str) -> Option<Value> {
    if let Some(value) = fields.remove(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    take(fields.get_mut(first)?.as_object_mut()?, rest)
}

fn name_of(target: &Target) -> &str {
    match target {
        Target::Text => "text",
        Target::Source => "source",
        Target::Id => "id",
        Target::Language => "language",
        Target::Decision => "decision",
        Target::Label(name) => name,
    }
}

fn fields_of<R: BufRead>(names: &[String], table: &CsvRows<R>) -> Result<Fields, Complaint> {
    let count = table.fields().len();
    if count != names.len() {
        return Err(format!(
            "{count} fields, where the header has {}\n  hint: a field with the delimiter or a line end in it needs quotes",
            names.len()
        ));
    }
    let mut fields = Fields::new();
    for (name, field) in names.iter().zip(table.fields()).filter(|(name, _)| !name.is_empty()) {
        let text = std::str::from_utf8(field).map_err(|_| "not UTF-8\n  hint: save the table as UTF-8".to_owned())?;
        if !text.trim().is_empty() {
            fields.insert(name.clone(), Value::String(text.to_owned()));
        }
    }
    Ok(fields)
}

/// Bad rows of one file.
struct BadRows<'path> {
    path: &'path Path,
    found: Vec<RowsError>,
}

impl<'path> BadRows<'path> {
    fn new(path: &'path Path) -> Self {
        Self { path, found: Vec::new() }
    }

    fn is_full(&self) -> bool {
        self.found.len() >= MAX_BAD_ROWS
    }

    fn add(&mut self, line: u64, mut what: Complaint) {
        if self.found.len() + 1 == MAX_BAD_ROWS {
            what.push_str(" (the last one that is told; the rest of the file was not read)");
        }
        self.found.push(RowsError::BadRow { path: self.path.display().to_string(), line, what });
    }

    fn into_result(self, rows: u64) -> Result<u64, Vec<RowsError>> {
        if self.found.is_empty() { Ok(rows) } else { Err(self.found) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8], mapping: &[&str]) -> Result<(Vec<String>, Vec<String>), String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut rows = NamedRows::new(Mapping::parse(mapping.iter().copied()).unwrap());
        let mut seen = Vec::new();
        let count = rows.read(file.path(), &["text", "off_topic"], |fields| {
            seen.push(Value::Object(fields).to_string());
            Ok(())
        });
        let name = file.path().display().to_string();
        match count {
            Ok(count) => assert_eq!(count as usize, seen.len()),
            Err(problems) => {
                let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
                return Err(told.join("\n").replace(&name, "F"));
            }
        }
        Ok((seen, rows.unused_columns().map(str::to_owned).collect()))
    }

    fn check(bytes: &str, mapping: &[&str], expected: &[&str]) {
        assert_eq!(read(bytes.as_bytes(), mapping).unwrap().0, expected, "{bytes}");
    }

    #[test]
    fn tables_and_lines_give_the_same_rows() {
        let expected = [r#"{"off_topic":"1","text":"a, b"}"#, r#"{"article":"x","off_topic":"0","text":"c"}"#];
        check("article,text,off_topic\n,\"a, b\",1\n\nx,c,0\n", &[], &expected);
        check("\u{feff}article;Comment_Text;off topic\n;\"a, b\";1\nx;c;0\n", &[], &expected);
        check("article\twords\tirrelevant\n\ta, b\t1\nx\tc\t0\n", &["words=text", "irrelevant=off_topic"], &expected);
        check("\n{\"off_topic\":\"1\",\"text\":\"a, b\"}\n", &[], &expected[..1]);
        let nested = r#"{"c":{"body":"a, b","n":1},"text":"other","flag":"1"}"#;
        let expected = r#"{"c":{"n":1},"off_topic":"1","text":"a, b"}"#;
        check(nested, &["c.body=text", "flag=off_topic"], &[expected]);
        check("", &[], &[]);
    }

    #[test]
    fn a_mapped_column_takes_the_name_from_one_that_has_it() {
        check("text,words,off_topic\nold,new,1\n", &["words=text"], &[r#"{"off_topic":"1","text":"new"}"#]);
        check("body,text,off_topic\nother,own,1\n", &[], &[r#"{"body":"other","off_topic":"1","text":"own"}"#]);
    }

    #[test]
    fn columns_that_no_file_has_are_known() {
        let (_, unused) = read(b"{\"text\":\"a\"}\n", &["gone=title", "text=text"]).unwrap();
        assert_eq!(unused, ["gone"]);
        let (_, unused) = read(b"text,Off Topic\na,1\n", &["gone=title", "off_topic=off_topic"]).unwrap();
        assert_eq!(unused, ["gone"]);
    }

    #[test]
    fn bad_rows_are_all_told_without_their_words() {
        for (bytes, expected) in [
            ("{\"text\":\"secret\"\n{}\nsecret\n", "F:1: no JSON object\nF:3: no JSON object"),
            ("[{\"text\":\"secret\"}]", "F:1: a JSON array; one object a line"),
            (
                "secret words here\nsecret",
                "F:1: neither a JSON object nor the header of a CSV file with a column `text`, `off_topic` (1 columns)\n  hint: name it with --map COLUMN=text",
            ),
            ("text,other\nsecret,1\n", "with a column `off_topic` (2 columns)"),
            ("text,off_topic\nsecret\na,1\nsecret,1,2\n", "F:2: 1 fields, where the header has 2"),
        ] {
            let told = read(bytes.as_bytes(), &[]).unwrap_err();
            assert!(told.contains(expected) && !told.contains("secret"), "{bytes}: {told}");
        }
        let told = read(b"text,off_topic\n\xff,1\n", &[]).unwrap_err();
        assert!(told.contains("F:2: not UTF-8"), "{told}");
        let told = read(&b"{\"text\n".repeat(30), &[]).unwrap_err();
        assert_eq!(told.lines().count(), MAX_BAD_ROWS);
        assert!(told.ends_with("the rest of the file was not read)"), "{told}");
        let huge = [b"{\"text\":\"".as_slice(), &vec![b'x'; Limits::default().max_line_bytes], b"\"}\n{\n"].concat();
        let told = read(&huge, &[]).unwrap_err();
        assert!(told.starts_with("F:1: longer than") && told.contains("F:2: no JSON object"), "{told}");
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let mut rows = NamedRows::new(Mapping::default());
        let problems = rows.read(Path::new("nowhere.csv"), &[], |_| Ok(())).unwrap_err();
        assert!(problems[0].to_string().starts_with("nowhere.csv: cannot read"), "{problems:?}");
    }
}
