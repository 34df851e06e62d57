//! Records in every format: what stands in which column, several outputs at once, and a file for each action.

use std::collections::BTreeSet;
use std::path::Path;

use parquet::basic::{Compression, ConvertedType, LogicalType, Type};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{
    SmallModel, Table, TableRow, Workspace, csv_table, interleaved_threads, parquet_table, parse_lines, rules, sample,
    sqlite_table, string, strings,
};

/// Columns of text, numbers and booleans, and where a record has what stands in them.
const COLUMNS: &[(&str, &str)] = &[
    ("schema", "/schema"),
    ("thread_id", "/thread_id"),
    ("id", "/id"),
    ("parent_id", "/parent_id"),
    ("author", "/author"),
    ("created_at", "/created_at"),
    ("text", "/text"),
    ("language", "/language/code"),
    ("language_status", "/language/status"),
    ("language_confidence", "/language/confidence"),
    ("script", "/language/script"),
    ("translation_flagged", "/translation/flagged"),
    ("translation_status", "/translation/status"),
    ("translation_from", "/translation/from"),
    ("translation_to", "/translation/to"),
    ("translation_untranslated", "/translation/untranslated"),
    ("translation_engine", "/translation/engine"),
    ("translation_text", "/translation/text"),
    ("translation_failure", "/translation/failure"),
    ("tone", "/tone/label"),
    ("tone_absent", "/tone/absent"),
    ("off_topic", "/topic/off_topic"),
    ("topic_basis", "/topic/basis"),
    ("topic_absent", "/topic/absent"),
    ("relevance_article", "/topic/relevance/article"),
    ("relevance_parent", "/topic/relevance/parent"),
    ("relevance_thread", "/topic/relevance/thread"),
    ("duplicate_of", "/duplicate_of"),
    ("action", "/decision/action"),
];

/// Columns of JSON.
const JSON_COLUMNS: &[(&str, &str)] =
    &[("reasons", "/decision/reasons"), ("segments", "/segments"), ("models", "/models")];

/// What a table should say of a record.
fn expected(record: &Value) -> TableRow {
    let at = |pointer: &str| record.pointer(pointer).cloned().unwrap_or(Value::Null);
    let mut row: TableRow = COLUMNS.iter().map(|(name, pointer)| ((*name).to_owned(), at(pointer))).collect();
    row.extend(JSON_COLUMNS.iter().map(|(name, pointer)| ((*name).to_owned(), at(pointer))));
    for (label, score) in record.pointer("/tone/scores").and_then(Value::as_object).into_iter().flatten() {
        row.insert(format!("score_{label}"), score.clone());
    }
    row.insert("flags".to_owned(), strings(record, "/flags").join(" ").into());
    row.insert("rules".to_owned(), rules(record).join(" ").into());
    row
}

/// Takes the columns of JSON apart, since they may be written in several ways.
fn with_json_parsed(mut row: TableRow) -> TableRow {
    for (name, _) in JSON_COLUMNS {
        let text = row[*name].as_str().unwrap_or_else(|| panic!("{name} is no text")).to_owned();
        row.insert((*name).to_owned(), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")));
    }
    row
}

/// Checks a table against the records; `as_cell` is how the format has a value that is not JSON.
fn check_table(name: &str, (columns, rows): Table, records: &[Value], as_cell: impl Fn(&Value) -> Value) {
    let unique: BTreeSet<&String> = columns.iter().collect();
    assert_eq!(unique.len(), columns.len(), "{name}: {columns:?}");
    assert_eq!(rows.len(), records.len(), "{name}");
    for (row, record) in rows.into_iter().zip(records) {
        let (row, mut expected) = (with_json_parsed(row), expected(record));
        for column in &columns {
            let value = expected.remove(column).unwrap_or(Value::Null);
            let is_json = JSON_COLUMNS.iter().any(|(name, _)| name == column);
            let value = if is_json { value } else { as_cell(&value) };
            assert_eq!(row[column], value, "{name}: {column} of {record}");
        }
        assert!(expected.is_empty(), "{name}: no columns for {expected:?}");
    }
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}

fn as_sqlite(value: &Value) -> Value {
    value.as_bool().map_or_else(|| value.clone(), |boolean| i64::from(boolean).into())
}

fn unpacked(name: &str, bytes: &[u8]) -> Vec<u8> {
    match Path::new(name).extension().and_then(|ending| ending.to_str()) {
        Some("gz") => {
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes), &mut text).expect("gzip");
            text
        }
        Some("zst") => zstd::decode_all(bytes).expect("zstd"),
        _ => bytes.to_vec(),
    }
}

/// Checks that an output, of the format of its name, says what the records say.
fn check_output(workspace: &Workspace, name: &str, records: &[Value]) {
    let inner = name.trim_end_matches(".gz").trim_end_matches(".zst");
    let bytes = unpacked(name, &workspace.read(name));
    match inner.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "csv" => check_table(name, csv_table(&bytes, b','), records, as_text),
        "tsv" => check_table(name, csv_table(&bytes, b'\t'), records, as_text),
        "parquet" => check_table(name, parquet_table(&workspace.path(name)), records, Value::clone),
        "sqlite" | "sqlite3" | "db" => check_table(name, sqlite_table(&workspace.path(name)), records, as_sqlite),
        _ => assert_eq!(parse_lines(&bytes), records, "{name}"),
    }
}

const EVERY_ENDING: &[&str] = &[
    "a.jsonl",
    "a.ndjson",
    "a.json",
    "a.jsonl.gz",
    "a.jsonl.zst",
    "a.csv",
    "a.csv.gz",
    "a.csv.zst",
    "a.tsv",
    "a.tsv.gz",
    "a.parquet",
    "a.sqlite",
    "b.sqlite3",
    "c.db",
    "plain",
    "plain.out",
    "plain.zst",
];

fn outputs<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names.iter().flat_map(|name| ["--output", name]).collect()
}

#[test]
fn the_ending_says_the_format_and_all_outputs_of_a_run_say_the_same() {
    let workspace = Workspace::new();
    let input = sample("thread.jsonl");
    let input = input.to_str().expect("UTF-8");
    let records = workspace.run(["run", input], b"").expect_code(0).records();
    let arguments = [vec!["run", input, "-o", "-"], outputs(EVERY_ENDING)].concat();
    let ran = workspace.run(arguments, b"").expect_code(0);
    assert_eq!(ran.records(), records);
    for name in EVERY_ENDING {
        check_output(&workspace, name, &records);
    }
    let ran = workspace.run(["run", input, "--output", "alone.parquet"], b"").expect_code(0);
    assert!(ran.stdout.is_empty(), "nothing on stdout where only files are named");
    check_output(&workspace, "alone.parquet", &records);
}

#[test]
fn the_option_says_the_format_where_the_ending_says_nothing() {
    let workspace = Workspace::new();
    let comment = b"{\"id\":\"a\",\"text\":\"The \\\"ferry\\\", late\\nagain.\"}\n";
    let records = workspace.run(["run"], comment).expect_code(0).records();
    for (format, name) in [("jsonl", "a"), ("csv", "b"), ("csv", "c.gz"), ("parquet", "d"), ("sqlite", "e.out")] {
        workspace.run(["run", "--output-format", format, "-o", name], comment).expect_code(0);
        let named = format!("{format}.{format}");
        let bytes = unpacked(name, &workspace.read(name));
        workspace.write(&named, bytes);
        check_output(&workspace, &named, &records);
    }
    let ran = workspace.run(["run", "--output-format", "csv"], comment).expect_code(0);
    check_table("stdout", csv_table(&ran.stdout, b','), &records, as_text);
}

#[test]
fn odd_texts_come_through_every_format() {
    let workspace = Workspace::new();
    let texts = [
        "=1+1",
        "+1",
        "-1",
        "@a",
        "a,b;c\td",
        "\"",
        "\"\"",
        "a\r\nb\rc\nd",
        "'; DROP TABLE records; --",
        "é 😀 \u{202e}x",
        "\u{0}nul",
        "",
        " ",
        "\\N",
        "NULL",
        "\u{feff}bom",
    ];
    let lines: Vec<String> = texts.iter().map(|text| json!({ "id": text, "text": text }).to_string()).collect();
    let names = ["a.csv", "a.tsv", "a.parquet", "a.db", "a.jsonl"];
    workspace.run([vec!["run"], outputs(&names)].concat(), lines.join("\n").as_bytes()).expect_code(0);
    let records = workspace.lines("a.jsonl");
    let written: Vec<&str> = records.iter().map(|record| string(record, "/text")).collect();
    assert_eq!(written, texts);
    for name in names {
        check_output(&workspace, name, &records);
    }
}

#[test]
fn an_empty_input_gives_empty_files_that_can_be_read() {
    let workspace = Workspace::new();
    workspace.run([vec!["run"], outputs(EVERY_ENDING)].concat(), b"").expect_code(0);
    for name in EVERY_ENDING {
        check_output(&workspace, name, &[]);
    }
    let (columns, _) = csv_table(&workspace.read("a.csv"), b',');
    assert!(columns.len() > 40 && columns.contains(&"score_toxicity".to_owned()), "{columns:?}");
    let other_columns = [parquet_table(&workspace.path("a.parquet")).0, sqlite_table(&workspace.path("a.sqlite")).0];
    assert_eq!(other_columns, [columns.clone(), columns]);
}

#[test]
fn the_same_bytes_for_any_number_of_workers() {
    let workspace = Workspace::new();
    workspace.write("in.jsonl", interleaved_threads(2_500, 7));
    workspace.write("pipeline.toml", RULES);
    let names = ["a.jsonl.gz", "a.jsonl.zst", "a.csv", "a.parquet", "a.sqlite", "w=wordpress", "c=coral"];
    let run = |workers: &str| {
        let files = names.iter().filter(|name| !name.contains('=')).copied().collect::<Vec<_>>();
        let back = ["--write-back", "wordpress=w=wordpress", "--write-back", "coral=c=coral"];
        let arguments = [vec!["run", "in.jsonl", "--workers", workers], outputs(&files), back.to_vec()].concat();
        workspace.run(arguments, b"").expect_code(0);
        names.map(|name| workspace.read(name))
    };
    let (one, four) = (run("1"), run("4"));
    for ((name, one), four) in names.iter().zip(one).zip(four) {
        assert!(one == four, "{name}: the bytes differ");
        assert!(one.len() > 300, "{name}");
    }
}

#[test]
fn parquet_has_proper_types() {
    let workspace = Workspace::new();
    workspace.run(["run", "-o", "a.parquet"], b"{\"text\":\"The ferry was late again.\"}\n").expect_code(0);
    let file = std::fs::File::open(workspace.path("a.parquet")).expect("a file");
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    let metadata = reader.metadata();
    assert_eq!(metadata.file_metadata().created_by(), Some(concat!("threadsieve version ", env!("CARGO_PKG_VERSION"))));
    let schema = metadata.file_metadata().schema_descr();
    for column in schema.columns() {
        let name = column.name();
        assert_eq!(column.max_def_level(), 1, "{name}: may be null");
        let is_number = name.starts_with("score_")
            || name.starts_with("relevance_")
            || matches!(name, "off_topic" | "language_confidence" | "translation_untranslated");
        let found = (column.physical_type(), column.logical_type_ref().cloned(), column.converted_type());
        let expected = match name {
            "translation_flagged" => (Type::BOOLEAN, None, ConvertedType::NONE),
            _ if is_number => (Type::DOUBLE, None, ConvertedType::NONE),
            _ => (Type::BYTE_ARRAY, Some(LogicalType::String), ConvertedType::UTF8),
        };
        assert_eq!(found, expected, "{name}");
    }
    let group = metadata.row_group(0);
    assert!(group.columns().iter().all(|column| matches!(column.compression(), Compression::ZSTD(_))));
}

#[test]
fn sqlite_has_types_indexes_and_a_version() {
    let workspace = Workspace::new();
    workspace.write("a.sqlite", "what was here before goes");
    workspace.write("a.sqlite-journal", "and what a run that broke off has left");
    for _ in 0..2 {
        workspace.run(["run", "-o", "a.sqlite"], b"{\"text\":\"The ferry was late again.\"}\n").expect_code(0);
    }
    assert_eq!(workspace.names(), ["a.sqlite"], "no file of SQLite's own is left behind");
    let database = Connection::open(workspace.path("a.sqlite")).expect("a database");
    let ask = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).expect(sql);
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect(sql);
        rows.map(|row| row.expect("a row")).collect()
    };
    assert_eq!(ask("PRAGMA integrity_check"), ["ok"]);
    assert_eq!(ask("SELECT name FROM sqlite_master WHERE type = 'table'"), ["records"]);
    assert_eq!(
        ask("SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name"),
        ["records_by_action", "records_by_comment"]
    );
    assert_eq!(ask("SELECT CAST(user_version AS TEXT) FROM pragma_user_version"), ["1"]);
    assert_eq!(ask("SELECT CAST(count(*) AS TEXT) FROM records"), ["1"]);
    let kinds = ask("SELECT name || ' ' || type FROM pragma_table_info('records') WHERE name IN \
                     ('id', 'score_toxicity', 'translation_flagged') ORDER BY cid");
    assert_eq!(kinds, ["id TEXT", "translation_flagged INTEGER", "score_toxicity REAL"]);
}

#[test]
fn labels_of_a_sites_own_models_have_columns() {
    let workspace = Workspace::new();
    let labels = [("spam", "offer"), ("Spam", "bargain"), ("odd \"name\", of a label", "ferry")];
    SmallModel { labels: &labels, ..SmallModel::default() }.write(&workspace.path("own"));
    workspace.write("own.toml", "[models.custom]\nown = \"own\"\n");
    let names = ["a.csv", "a.parquet", "a.db"];
    let arguments = [vec!["run", "--config", "own.toml"], outputs(&names)].concat();
    workspace.run(arguments, b"{\"text\":\"The ferry was late again.\"}\n").expect_code(0);
    let tables = [
        csv_table(&workspace.read("a.csv"), b','),
        parquet_table(&workspace.path("a.parquet")),
        sqlite_table(&workspace.path("a.db")),
    ];
    for (columns, rows) in tables {
        for column in ["score_spam", "score_Spam_2", "score_odd \"name\", of a label"] {
            assert!(columns.iter().any(|name| name == column), "{column}: {columns:?}");
            assert_ne!(rows[0][column], Value::Null, "{column}");
        }
    }
}

#[test]
fn where_texts_authors_and_scores_are_left_out_the_columns_are_empty() {
    let workspace = Workspace::new();
    let config = "[output]\ntext = false\nauthor = \"omit\"\n[tone]\nenabled = false\n[topic]\nenabled = false\n";
    workspace.write("silent.toml", config);
    let arguments = ["run", "--config", "silent.toml", "-o", "a.jsonl", "-o", "a.csv", "-o", "a.parquet", "-o", "a.db"];
    workspace.run(arguments, b"{\"text\":\"Zanzibar is far.\",\"author\":\"Anneliese\"}\n").expect_code(0);
    let records = workspace.lines("a.jsonl");
    for name in ["a.csv", "a.parquet", "a.db"] {
        check_output(&workspace, name, &records);
        let bytes = workspace.read(name);
        for word in ["Zanzibar", "Anneliese"] {
            assert!(!bytes.windows(word.len()).any(|found| found == word.as_bytes()), "{name} has {word}");
        }
    }
    assert!(!csv_table(&workspace.read("a.csv"), b',').0.iter().any(|column| column.starts_with("score_")));
}

const RULES: &str = "[language]\nread = [\"en\"]\n\
    [[policy.rules]]\nid = \"late\"\nwhen = { flag = \"link_only\" }\naction = \"reject\"\n\
    [[policy.rules]]\nid = \"repeat\"\nwhen = { flag = \"duplicate\" }\naction = \"review\"\n\
    [[policy.rules]]\nid = \"foreign\"\nwhen = { translation = \"needed\" }\naction = \"translate\"\n";

#[test]
fn a_file_for_each_action() {
    let workspace = Workspace::new();
    workspace.write("rules.toml", RULES);
    workspace.write("in.jsonl", interleaved_threads(600, 3));
    let records = workspace.run(["run", "in.jsonl", "--config", "rules.toml"], b"").expect_code(0).records();
    let names = ["r.jsonl", "r.csv.gz", "r.parquet", "r.sqlite"];
    let arguments =
        [vec!["run", "in.jsonl", "--config", "rules.toml", "--split-by", "action"], outputs(&names)].concat();
    let ran = workspace.run(arguments, b"").expect_code(0);
    assert!(ran.stdout.is_empty());
    for action in ["approve", "translate", "review", "reject"] {
        let of_action: Vec<Value> =
            records.iter().filter(|record| record["decision"]["action"] == action).cloned().collect();
        assert!(!of_action.is_empty(), "{action}");
        for ending in ["jsonl", "csv.gz", "parquet", "sqlite"] {
            check_output(&workspace, &format!("r.{action}.{ending}"), &of_action);
        }
    }
    assert_eq!(workspace.names().iter().filter(|name| name.starts_with("r.")).count(), 16, "{:?}", workspace.names());
}

#[test]
fn a_file_is_made_also_for_an_action_that_no_comment_has() {
    let workspace = Workspace::new();
    let arguments = ["run", "--split-by", "action", "-o", "r", "-o", "r.parquet"];
    workspace.run(arguments, b"{\"text\":\"The ferry was late again.\"}\n").expect_code(0);
    for (action, count) in [("approve", 1), ("translate", 0), ("review", 0), ("reject", 0)] {
        assert_eq!(workspace.lines(&format!("r.{action}")).len(), count, "{action}");
        assert_eq!(parquet_table(&workspace.path(&format!("r.{action}.parquet"))).1.len(), count, "{action}");
    }
}
