//! Outputs that are refused, and how files end where a run does not come to its end.

use serde_json::Value;

use crate::support::{Workspace, csv_table, interleaved_threads, parquet_table, parse_lines, sqlite_table};

const COMMENT: &str = "{\"id\":\"a\",\"text\":\"The ferry was late.\"}\n";

/// All of `expected` must be told, and nothing is made, emptied or written.
fn check_refused(arguments: &[&str], expected: &[&str]) {
    let workspace = Workspace::new();
    workspace.write("in.jsonl", COMMENT);
    workspace.write("r.review.csv", "kept");
    let before = workspace.names();
    let arguments = [&["run", "in.jsonl"], arguments].concat();
    let ran = workspace.run(&arguments, b"").expect_code(2);
    assert!(ran.stdout.is_empty(), "{arguments:?}");
    for expected in expected {
        assert!(ran.stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{}", ran.stderr);
    }
    assert_eq!(workspace.names(), before, "{arguments:?}: nothing is created");
    assert_eq!(workspace.read("in.jsonl"), COMMENT.as_bytes(), "{arguments:?}");
    assert_eq!(workspace.read("r.review.csv"), b"kept", "{arguments:?}");
}

#[test]
fn no_two_outputs_are_one_file() {
    let taken = "is read or written already";
    check_refused(&["-o", "a.csv", "-o", "a.csv"], &["a.csv: ", taken]);
    check_refused(&["-o", "a.csv", "-o", "./a.csv"], &["./a.csv: ", taken]);
    check_refused(&["-o", "in.jsonl", "-o", "a.csv"], &["in.jsonl: ", taken]);
    check_refused(&["-o", "a.sqlite", "--dead-letters", "a.sqlite"], &["a.sqlite: ", taken]);
    check_refused(&["--write-back", "disqus=a.csv", "-o", "a.csv"], &["a.csv: ", taken]);
    check_refused(&["--write-back", "coral=in.jsonl"], &["in.jsonl: ", taken]);
    check_refused(&["--write-back", "coral=x", "--write-back", "disqus=x"], &["x: ", taken]);
    check_refused(&["-o", "-", "-o", "-"], &["`-` (stdout) can be written only once"]);
    let split = ["--split-by", "action", "-o", "r.csv", "--summary", "r.review.csv"];
    check_refused(&split, &["r.review.csv: ", taken]);
    check_refused(&["--split-by", "action", "-o", "r.csv", "-o", "r.csv"], &["r.approve.csv: ", taken]);
}

#[test]
fn what_does_not_go_together_is_refused() {
    check_refused(
        &["--output-format", "csv", "-o", "a.parquet"],
        &["a.parquet: the ending says parquet, `--output-format` says csv", "hint: "],
    );
    check_refused(&["-o", "a.parquet.gz"], &["a.parquet.gz: parquet files are not compressed as a whole", "hint: "]);
    check_refused(&["--output-format", "sqlite", "-o", "a.zst"], &["a.zst: sqlite files are not compressed"]);
    check_refused(&["--output-format", "parquet"], &["stdout does not take parquet", "hint: name a file"]);
    check_refused(&["--output-format", "sqlite", "-o", "-"], &["stdout does not take sqlite"]);
    check_refused(&["--split-by", "action"], &["`--split-by` needs files, not stdout", "hint: "]);
    check_refused(&["--split-by", "action", "-o", "r.csv", "-o", "-"], &["`--split-by` needs files"]);
    check_refused(&["--split-by", "tone", "-o", "r.csv"], &["invalid value 'tone'"]);
    check_refused(&["--output-format", "xml"], &["invalid value 'xml'", "parquet"]);
    check_refused(&["--write-back", "coral=-"], &["`-`: stdout is for records"]);
    check_refused(&["--write-back", "drupal=x"], &["unknown comment system `drupal`; known: wordpress"]);
    check_refused(&["--write-back", "coral"], &["write it as SYSTEM=FILE"]);
    check_refused(&["--write-back", "coral="], &["write it as SYSTEM=FILE"]);
    check_refused(&["-o", "no/a.db", "-o", "b.csv.gz", "--output-format", "jsonl"], &["no/a.db: ", "b.csv.gz: "]);
}

#[test]
#[cfg(unix)]
fn a_database_needs_a_file() {
    check_refused(&["--output-format", "sqlite", "-o", "/dev/null"], &["/dev/null: is a pipe or a device", "hint: "]);
    check_refused(&["--split-by", "action", "-o", "/dev/null"], &["/dev/null: is a pipe or a device"]);
    let workspace = Workspace::new();
    workspace.run(["run", "--output-format", "parquet", "-o", "/dev/null"], COMMENT.as_bytes()).expect_code(0);
}

/// Outputs beside stdout, one of each format.
const FILES: &[&str] = &["r.jsonl.gz", "r.csv.zst", "r.parquet", "r.sqlite"];

/// The ids in each of [`FILES`]; every file has to be whole.
fn ids_of_files(workspace: &Workspace) -> Vec<Vec<String>> {
    let mut unpacked = Vec::new();
    let packed = workspace.read("r.jsonl.gz");
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*packed), &mut unpacked).expect("a whole file");
    let lines = parse_lines(&unpacked);
    let table = zstd::decode_all(&*workspace.read("r.csv.zst")).expect("a whole file");
    let tables = [
        csv_table(&table, b',').1,
        parquet_table(&workspace.path("r.parquet")).1,
        sqlite_table(&workspace.path("r.sqlite")).1,
    ];
    let text = |id: &Value| id.as_str().expect("an id").to_owned();
    let mut all: Vec<Vec<String>> = vec![lines.iter().map(|record| text(&record["id"])).collect()];
    all.extend(tables.iter().map(|rows| rows.iter().map(|row| text(&row["id"])).collect()));
    all
}

fn outputs() -> Vec<&'static str> {
    FILES.iter().flat_map(|name| ["-o", name]).collect()
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_leaves_whole_files() {
    let workspace = Workspace::new();
    let arguments =
        [vec!["-o", "-", "--write-back", "wordpress=hold.sh", "--dead-letters", "d.zst"], outputs()].concat();
    let mut conversation = crate::streaming::Conversation::begin(&workspace, &arguments);
    conversation.say("{\"id\":\"1\",\"text\":\"The ferry was late again.\"}\n{oops\n");
    assert_eq!(conversation.hear()["id"], "1");
    let sent = std::process::Command::new("kill").args(["-INT", &conversation.child.id().to_string()]).status();
    assert!(sent.expect("a signal").success());
    let (code, rest, stderr) = conversation.wait();
    assert_eq!((code, rest.len()), (Some(130), 0), "{stderr}");
    for ids in ids_of_files(&workspace) {
        assert_eq!(ids, ["1"]);
    }
    assert!(String::from_utf8(workspace.read("hold.sh")).expect("UTF-8").contains("# comments to hold: "));
    let letters = zstd::decode_all(&*workspace.read("d.zst")).expect("a whole file");
    assert_eq!(parse_lines(&letters).len(), 1);
}

#[test]
fn a_reader_that_leaves_does_not_spoil_the_files() {
    let workspace = Workspace::new();
    workspace.write("in.jsonl", interleaved_threads(3_000, 5));
    let arguments = [vec!["run", "in.jsonl", "-o", "-"], outputs()].concat();
    workspace.run_for_a_reader_that_leaves(&arguments);
    let all = ids_of_files(&workspace);
    assert!(!all[0].is_empty() && all[0].len() < 3_000, "{}", all[0].len());
    assert!(all.iter().all(|ids| *ids == all[0]), "{:?}", all.iter().map(Vec::len).collect::<Vec<_>>());
    workspace.run_for_a_reader_that_leaves(&["run", "in.jsonl", "--output-format", "csv"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_ends_the_run_and_does_not_spoil_the_other_files() {
    let workspace = Workspace::new();
    workspace.write("in.jsonl", interleaved_threads(300, 3));
    for format in ["jsonl", "csv", "parquet"] {
        let arguments = ["run", "in.jsonl", "--output-format", format, "-o", "/dev/full"];
        let ran = workspace.run(arguments, b"").expect_code(2);
        assert!(ran.stderr.contains("/dev/full: cannot write"), "{format}: {}", ran.stderr);
        assert!(ran.stderr.contains("No space left"), "{format}: {}", ran.stderr);
    }
    let arguments = [vec!["run", "in.jsonl", "-o", "/dev/full"], outputs()].concat();
    let ran = workspace.run(arguments, b"").expect_code(2);
    assert!(ran.stderr.contains("/dev/full: cannot write"), "{}", ran.stderr);
    let all = ids_of_files(&workspace);
    assert!(all.iter().all(|ids| *ids == all[0] && !ids.is_empty()), "{:?}", all[0].len());
}

#[test]
fn dead_letters_are_compressed_as_their_ending_says() {
    let workspace = Workspace::new();
    workspace.run(["run", "--dead-letters", "d.jsonl.zst"], b"{oops\n").expect_code(0);
    let letters = parse_lines(&zstd::decode_all(&*workspace.read("d.jsonl.zst")).expect("zstd"));
    assert_eq!(letters[0]["kind"], "invalid_json");
}
