//! Reads back the tables that the program writes.

use std::collections::BTreeMap;
use std::path::Path;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// A row by the names of its columns. A boolean of a database is a number.
pub type TableRow = BTreeMap<String, Value>;

/// The names of the columns in order, and the rows in order.
pub type Table = (Vec<String>, Vec<TableRow>);

/// A Parquet file.
pub fn parquet_table(path: &Path) -> Table {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let reader = SerializedFileReader::new(file).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema = reader.metadata().file_metadata().schema_descr();
    let names = schema.columns().iter().map(|column| column.name().to_owned()).collect();
    let rows = reader.get_row_iter(None).expect("rows").map(|row| {
        let row = row.expect("a row");
        let cells = row.get_column_iter().map(|(name, field)| {
            let value = match field {
                Field::Null => Value::Null,
                Field::Str(text) => text.as_str().into(),
                Field::Double(number) => (*number).into(),
                Field::Bool(boolean) => (*boolean).into(),
                other => panic!("{name}: {other:?}"),
            };
            (name.clone(), value)
        });
        cells.collect()
    });
    (names, rows.collect())
}

/// The table `records` of a database, opened so that nothing of it can change.
pub fn sqlite_table(path: &Path) -> Table {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
    let mut select = database.prepare("SELECT * FROM records ORDER BY rowid").expect("a table");
    let names: Vec<String> = select.column_names().map(ToOwned::to_owned).collect();
    let mut found = select.query([]).expect("rows");
    let mut rows = Vec::new();
    while let Some(row) = found.next().expect("a row") {
        let cells = names.iter().enumerate().map(|(place, name)| {
            let value = match row.get_ref(place).expect("a cell") {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => number.into(),
                ValueRef::Real(number) => number.into(),
                ValueRef::Text(text) => std::str::from_utf8(text).expect("UTF-8").into(),
                ValueRef::Blob(_) => panic!("{name}: bytes"),
            };
            (name.clone(), value)
        });
        rows.push(cells.collect());
    }
    (names, rows)
}

/// A table of text with a header; every cell is text.
pub fn csv_table(bytes: &[u8], delimiter: u8) -> Table {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
    let names: Vec<String> = reader.headers().expect("a header").iter().map(ToOwned::to_owned).collect();
    let rows = reader.records().map(|row| {
        let row = row.expect("a row");
        assert_eq!(row.len(), names.len(), "{row:?}");
        names.iter().cloned().zip(row.iter().map(Value::from)).collect()
    });
    let rows = rows.collect();
    (names, rows)
}
