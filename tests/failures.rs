//! What happens where something outside of the program fails: the outcomes of the table in docs/operations.md.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use threadsieve::pipeline::read_ahead_bound;

use crate::streaming::Conversation;
use crate::support::{Workspace, interleaved_threads, parse_lines, repository, string};

/// Far more than anything here takes.
const GUARD: Duration = Duration::from_secs(120);

fn line(number: usize) -> String {
    format!("{{\"id\":\"{number}\",\"text\":\"The ferry was late again.\"}}\n")
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().expect("a signal");
    assert!(sent.success());
}

/// Runs with files that may not grow beyond a bound which is smaller than the records.
fn check_out_of_room(name: &str, keeps_whole_lines: bool) {
    let workspace = Workspace::new();
    workspace.write("in.jsonl", interleaved_threads(3_000, 5));
    let whole = format!("whole.{name}");
    workspace.run(["run", "in.jsonl", "-o", &whole], b"").expect_code(0);
    let mut command = Command::new("sh");
    command
        .current_dir(workspace.path("."))
        .args(["-c", "ulimit -f 1000; exec \"$0\" run in.jsonl -o \"$1\" -o rest.jsonl.gz"]);
    let output = command.arg(workspace.std_command().get_program()).arg(name).output().expect("a shell");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{name}: {stderr}");
    assert!(stderr.contains(&format!("error: writing failed: {name}: ")), "{name}: {stderr}");
    let mut packed = Vec::new();
    let rest = workspace.read("rest.jsonl.gz");
    flate2::read::GzDecoder::new(&*rest).read_to_end(&mut packed).expect("the other file is whole");
    assert!(!parse_lines(&packed).is_empty(), "{name}");
    if keeps_whole_lines {
        let (written, whole) = (workspace.read(name), workspace.read(&whole));
        assert!(!written.is_empty() && written.len() < whole.len(), "{name}: {} bytes", written.len());
        assert!(whole.starts_with(&written) && written.ends_with(b"\n"), "{name}: no line is cut");
    }
}

#[test]
fn a_file_without_room_ends_the_run_with_whole_lines() {
    check_out_of_room("out.jsonl", true);
    check_out_of_room("out.csv", true);
    check_out_of_room("out.sqlite", false);
}

/// A file goes, or gets another name, after the first record and before the second.
fn check_elsewhere(arguments: &[&str], name: &str, change: fn(&Path), code: i32, told: &str) -> Workspace {
    let workspace = Workspace::new();
    // The file is written before stdout: once a record is heard it has that one too.
    let mut conversation = Conversation::begin(&workspace, &[arguments, &["-o", "-"]].concat());
    conversation.say("{\"id\":\"a\",\"text\":\"The ferry was late again.\"}\n{oops\n");
    assert_eq!(conversation.hear()["id"], "a");
    change(&workspace.path(name));
    conversation.say("{\"id\":\"b\",\"text\":\"It is always late.\"}\n{again\n");
    assert_eq!(conversation.hear()["id"], "b");
    let (found, rest, stderr) = conversation.end();
    assert_eq!((found, rest.len()), (Some(code), 0), "{arguments:?}: {stderr}");
    assert!(stderr.contains(&format!("{name}: {told}")), "{arguments:?}: {stderr}");
    workspace
}

fn remove(path: &Path) {
    fs::remove_file(path).expect("removed");
}

fn rename(path: &Path) {
    fs::rename(path, path.with_file_name("moved")).expect("renamed");
}

fn replace(path: &Path) {
    rename(path);
    fs::write(path, "somebody else's").expect("written");
}

#[test]
fn a_removed_output_is_a_failure() {
    let gone = "cannot write: the file was removed while it was being written";
    check_elsewhere(&["-o", "r.jsonl"], "r.jsonl", remove, 2, gone);
    check_elsewhere(&["-o", "r.csv"], "r.csv", remove, 2, gone);
    check_elsewhere(&["-o", "r.jsonl.gz"], "r.jsonl.gz", remove, 2, gone);
    check_elsewhere(&["-o", "r.parquet"], "r.parquet", remove, 2, gone);
    check_elsewhere(&["--dead-letters", "d.jsonl"], "d.jsonl", remove, 2, gone);
    check_elsewhere(&["--write-back", "coral=c.jsonl"], "c.jsonl", remove, 2, "");
    check_elsewhere(&["-o", "r.sqlite"], "r.sqlite", remove, 2, "");
    check_elsewhere(&["--summary", "s.json"], "s.json", remove, 2, gone);
}

#[test]
fn a_removed_output_ends_the_run_before_its_input_does() {
    let workspace = Workspace::new();
    let mut conversation = Conversation::begin(&workspace, &["-o", "r.jsonl", "-o", "-"]);
    conversation.say(&line(0));
    assert_eq!(conversation.hear()["id"], "0");
    remove(&workspace.path("r.jsonl"));
    conversation.say(&line(1));
    // The pipe stays open.
    let (code, _, stderr) = conversation.wait();
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("r.jsonl: cannot write: the file was removed"), "{stderr}");
}

#[test]
fn a_renamed_output_has_all_records_and_is_told() {
    for change in [rename as fn(&Path), replace] {
        let workspace = check_elsewhere(&["-o", "r.jsonl"], "r.jsonl", change, 1, "is not the file that was opened");
        assert_eq!(workspace.lines("moved").len(), 2);
    }
    let workspace = check_elsewhere(&["--dead-letters", "d.jsonl"], "d.jsonl", rename, 1, "is not the file");
    assert_eq!(workspace.lines("moved").len(), 2);
}

/// How many lines the program has taken.
type Taken = Arc<(Mutex<usize>, Condvar)>;

/// Starts the program with one worker, and a thread that writes so many lines to it for as long as it takes them.
fn fed(workspace: &Workspace, lines: usize) -> (Child, Taken) {
    let mut command = workspace.std_command();
    command.args(["run", "--workers", "1"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let taken = Taken::default();
    let count = Arc::clone(&taken);
    std::thread::spawn(move || {
        for number in 0..lines {
            if stdin.write_all(line(number).as_bytes()).is_err() {
                break;
            }
            *count.0.lock().expect("no panic") += 1;
            count.1.notify_all();
        }
    });
    (child, taken)
}

/// Waits until so many lines were taken.
fn wait_for(taken: &Taken, lines: usize) {
    let guard = taken.0.lock().expect("no panic");
    let (_guard, timeout) = taken.1.wait_timeout_while(guard, GUARD, |taken| *taken < lines).expect("no panic");
    assert!(!timeout.timed_out(), "the program takes no lines");
}

#[test]
fn a_reader_that_pauses_holds_the_source_and_gets_every_record() {
    const LINES: usize = 12_000;
    /// Of a pipe, and of the buffer that input is read through.
    const BUFFER_BYTES: usize = 64 << 10;
    let workspace = Workspace::new();
    let (mut child, taken) = fed(&workspace, LINES);
    // Surely taken while no record is: less than a pipe holds.
    wait_for(&taken, 1_000);
    let shortest = line(0).len();
    // In the pipe to the program, in its buffer, read ahead, and as records in the pipe from it and in this test's buffer.
    let waiting = 2 * BUFFER_BYTES / shortest + read_ahead_bound(1).items + BUFFER_BYTES / 200;
    assert!(waiting < LINES * 2 / 3, "the bound says nothing of so few lines");
    let records = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut read = 0;
    for record in records.lines() {
        let ahead = *taken.0.lock().expect("no panic") - read;
        assert!(ahead <= waiting, "{ahead} lines were taken that are not records yet");
        let record: serde_json::Value = serde_json::from_str(&record.expect("a line")).expect("a whole record");
        assert_eq!(string(&record, "/id"), read.to_string());
        read += 1;
    }
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!((output.status.code(), read), (Some(0), LINES), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The output takes nothing, so that the first signal cannot end the run.
fn check_second_signal(first: &str, second: &str) {
    let workspace = Workspace::new();
    let (mut child, taken) = fed(&workspace, 12_000);
    wait_for(&taken, 1_000);
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    // The run goes on: signals are heard.
    let mut record = String::new();
    stdout.read_line(&mut record).expect("a record");
    signal(&child, first);
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut told = String::new();
    stderr.read_line(&mut told).expect("a line");
    assert!(told.contains("interrupted"), "{told}");
    signal(&child, second);
    // Nobody reads stdout.
    let status = child.wait().expect("the program ends");
    assert_eq!(status.code(), Some(130), "{first} {second}");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("what was written");
    let whole = rest.rsplit_once('\n').map_or("", |(whole, _)| whole);
    for (place, line) in whole.lines().enumerate() {
        let record: serde_json::Value = serde_json::from_str(line).expect("whole records but for the last");
        assert_eq!(string(&record, "/id"), (place + 1).to_string());
    }
}

#[test]
fn the_second_signal_ends_a_run_whose_output_takes_nothing() {
    check_second_signal("-INT", "-INT");
    check_second_signal("-TERM", "-TERM");
    check_second_signal("-INT", "-TERM");
}

#[test]
fn a_source_that_stalls_holds_nothing_back() {
    let workspace = Workspace::new();
    let mut conversation = Conversation::begin(&workspace, &["-o", "r.jsonl", "-o", "-", "--dead-letters", "d.jsonl"]);
    conversation.say("{oops\n");
    for number in 0..300 {
        conversation.say(&line(number));
    }
    conversation.say("{\"id\":\"half\",\"te");
    for number in 0..300 {
        assert_eq!(conversation.hear()["id"], number.to_string());
    }
    // What stands on stdout stands in the files before it, while the source is silent.
    assert_eq!(workspace.lines("r.jsonl").len(), 300);
    assert_eq!(workspace.lines("d.jsonl").len(), 1);
    let (code, rest, stderr) = conversation.end();
    assert_eq!((code, rest.len()), (Some(0), 0), "{stderr}");
    assert_eq!(workspace.lines("d.jsonl").len(), 2, "the half line");
}

#[test]
fn dead_letters_that_nobody_takes_are_a_failure() {
    let workspace = Workspace::new();
    workspace.write("in.jsonl", "{oops\n".repeat(50));
    let mut command = workspace.std_command();
    command.args(["run", "in.jsonl", "-o", "r.jsonl", "--dead-letters", "/dev/stdout"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("/dev/stdout: cannot write"), "{stderr}");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}

#[test]
fn models_are_read_before_the_first_comment_and_never_again() {
    const MODELS: [&str; 5] = ["abuse", "sentiment", "language", "encoder", "topic"];
    let workspace = Workspace::new();
    let mut config = "[models]\n".to_owned();
    for model in MODELS {
        copy_folder(&repository().join("models").join(model), &workspace.path(model));
        config.extend([model, " = \"", model, "\"\n"]);
    }
    workspace.write("pipeline.toml", config);
    let lines: Vec<String> = interleaved_threads(40, 2).lines().map(|line| format!("{line}\n")).collect();
    let expected = workspace.run(["run"], lines.concat().as_bytes()).expect_code(0);
    let mut conversation = Conversation::begin(&workspace, &[]);
    let (first, rest) = lines.split_at(15);
    conversation.say(&first.concat());
    let mut records = vec![conversation.hear()];
    let weights = MODELS.map(|model| workspace.path(model).join("weights.bin"));
    // Truncated in place: who had mapped the file would be killed for looking at it.
    for file in &weights {
        fs::OpenOptions::new().write(true).open(file).and_then(|file| file.set_len(0)).expect("truncated");
    }
    conversation.say(&rest[..10].concat());
    for file in &weights {
        fs::write(file, "something else").expect("written");
    }
    conversation.say(&rest[10..20].concat());
    for model in MODELS {
        fs::remove_dir_all(workspace.path(model)).expect("removed");
    }
    conversation.say(&rest[20..].concat());
    let (code, more, stderr) = conversation.end();
    assert_eq!(code, Some(0), "{stderr}");
    records.extend(parse_lines((more.join("\n") + "\n").as_bytes()));
    assert_eq!(records, expected.records());
}
