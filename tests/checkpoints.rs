//! What a checkpoint is refused for, and that then nothing is touched; and ends that are no kills.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::process::{Child, ChildStdin, Command};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::support::{CHECKPOINT, CheckpointedRun, SmallModel, Workspace, mixed_input};

/// Reads a file and then stdin: as long as that is open, the run has not come to its end.
const ARGUMENTS: [&str; 10] = [
    "comments.jsonl",
    "-",
    "-o",
    "records.jsonl",
    "-o",
    "table.csv.gz",
    "--dead-letters",
    "dead.jsonl",
    "--checkpoint-every",
    "40",
];
const CONFIGURATION: &str =
    "[models.custom]\nspam = \"spam\"\n[output]\nauthor = \"hash\"\nauthor_key_file = \"key\"\n";
const REST: &str = "{\"thread_id\":\"t1\",\"id\":\"last\",\"text\":\"The lamps are dark again.\"}\n";

fn new_run() -> CheckpointedRun {
    let run = CheckpointedRun::new(CONFIGURATION, &ARGUMENTS);
    SmallModel::default().write(&run.workspace.path("spam"));
    run.workspace.write("key", "a key of more than sixteen characters");
    run.workspace.write("comments.jsonl", mixed_input(150, 4));
    run
}

/// Waits until a checkpoint was made after so many items; the run waits for more then.
fn wait_for_checkpoint(run: &CheckpointedRun, child: &mut Child, items: u64) {
    while run.items().is_none_or(|there| there < items) {
        assert!(child.try_wait().expect("a child").is_none(), "the run has ended");
        std::thread::yield_now();
    }
}

/// Starts a run whose input stays open behind what it is given.
fn begin(run: &CheckpointedRun, stdin: &str, items: u64) -> (Child, ChildStdin) {
    let mut child = run.start(2);
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(stdin.as_bytes()).expect("the program listens");
    wait_for_checkpoint(run, &mut child, items);
    (child, pipe)
}

fn kill(mut child: Child) {
    child.kill().expect("killed");
    child.wait().expect("ended");
}

/// All files, to see that nothing was touched.
fn content(workspace: &Workspace) -> Vec<(String, Vec<u8>)> {
    let names = workspace.names().into_iter().filter(|name| workspace.path(name).is_file());
    names.map(|name| (name.clone(), workspace.read(&name))).collect()
}

#[track_caller]
fn check_refused(run: &CheckpointedRun, command: &mut Command, code: i32, expected: &[&str]) {
    let before = content(&run.workspace);
    let output = command.output().expect("the program runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{expected:?}: {stderr}");
    for expected in expected {
        assert!(stderr.contains(expected), "`{expected}` is not in\n{stderr}");
    }
    assert!(content(&run.workspace) == before, "{expected:?}: something was touched");
}

/// Changes a file for as long as `check` takes; also the time of its last change is put back.
fn with_file(run: &CheckpointedRun, name: &str, bytes: &[u8], check: impl FnOnce(&mut Command)) {
    let path = run.workspace.path(name);
    let before = fs::read(&path).expect("a file");
    let modified = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
    fs::write(&path, bytes).expect("written");
    check(&mut run.command(1));
    fs::write(&path, before).expect("written");
    File::options().write(true).open(&path).and_then(|file| file.set_modified(modified)).expect("a time");
}

/// Changes the checkpoint for as long as it takes to be refused.
fn check_changed(run: &CheckpointedRun, pointer: &str, value: Value, code: i32, expected: &[&str]) {
    let mut checkpoint = run.workspace.lines(CHECKPOINT).remove(0);
    *checkpoint.pointer_mut(pointer).expect("a value") = value;
    let bytes = format!("{checkpoint}\n");
    with_file(run, CHECKPOINT, bytes.as_bytes(), |command| check_refused(run, command, code, expected));
}

#[test]
fn whatever_has_changed_is_refused_and_told_with_nothing_touched() {
    let run = new_run();
    let (child, pipe) = begin(&run, "", 160);
    // Everything that it has read is written, but for the two headers.
    let lines = |name: &str| memchr::memchr_iter(b'\n', &run.workspace.read(name)).count();
    while lines("records.jsonl") + lines("dead.jsonl") + 2 < lines("comments.jsonl") {
        std::thread::yield_now();
    }
    let twice = ["records.jsonl: cannot write: another run writes it"];
    check_refused(&run, &mut run.command(1), 2, &twice);
    kill(child);
    drop(pipe);

    let input = run.workspace.read("comments.jsonl");
    let longer = [input.as_slice(), b"{}\n"].concat();
    let sizes = format!("the input comments.jsonl had {} bytes and has {} bytes", input.len(), longer.len());
    with_file(&run, "comments.jsonl", &longer, |command| {
        check_refused(&run, command, 2, &[&sizes, "nothing was changed"]);
    });
    with_file(&run, "comments.jsonl", &input, |command| {
        let file = File::options().write(true).open(run.workspace.path("comments.jsonl")).expect("a file");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1)).expect("a time");
        check_refused(&run, command, 2, &["was last changed at 2", "and now is at 1970-01-01T00:00:01"]);
    });
    let configuration = format!("{CONFIGURATION}[limits]\nmax_ids = 7\n");
    with_file(&run, "pipeline.toml", configuration.as_bytes(), |command| {
        command.args(["--format", "jsonl", "--split-by", "action", "more.jsonl"]);
        run.workspace.write("more.jsonl", "");
        let expected = [
            "--format was `auto` and is `jsonl`",
            "--split-by was not given and is `action`",
            "there were 2 inputs and are 3",
            "the configuration has other values: `limits.max_ids`",
        ];
        check_refused(&run, command, 2, &expected);
        fs::remove_file(run.workspace.path("more.jsonl")).expect("removed");
    });
    with_file(&run, "key", b"another key of more than sixteen characters", |command| {
        check_refused(&run, command, 2, &["other values: `the key for authors`"]);
    });
    let other = SmallModel { weight: 0.5, ..SmallModel::default() };
    with_file(&run, "spam/weights.bin", &other.weights(), |command| {
        let was = SmallModel::default().citation();
        let expected = format!("the model `spam` was {was} and is {}", other.citation());
        check_refused(&run, command, 2, &[&expected]);
    });
    check_changed(&run, "/identity/program", "0.0.9".into(), 2, &["the program was version 0.0.9 and is"]);
    check_changed(
        &run,
        "/schema",
        "threadsieve.checkpoint/9".into(),
        2,
        &["it says `threadsieve.checkpoint/9`", "hint: choose another file"],
    );
    let differ = ["the threads could not be made again as they were (comments remembered)", "report it as a bug"];
    check_changed(&run, "/progress/at/threads/comments", 3.into(), 70, &differ);
    with_file(&run, CHECKPOINT, b"{\"sch", |command| check_refused(&run, command, 2, &["is no checkpoint"]));
    with_file(&run, "records.jsonl", b"short\n", |command| {
        check_refused(&run, command, 2, &["records.jsonl: has 6 bytes, and had", "hint: put the file back"]);
    });
    let dead = run.workspace.path("dead.jsonl");
    fs::rename(&dead, run.workspace.path("elsewhere")).expect("renamed");
    check_refused(&run, &mut run.command(1), 2, &["dead.jsonl: is gone, and had"]);
    fs::rename(run.workspace.path("elsewhere"), &dead).expect("renamed");
    let mut anew = run.workspace.std_command();
    anew.args(["run", "--checkpoint", CHECKPOINT]).args(ARGUMENTS);
    check_refused(&run, &mut anew, 2, &["a checkpoint of a run is there", "hint: `--resume` goes on from it"]);

    // And after all that it goes on.
    let said = run.end(3, REST.as_bytes());
    assert!(said.contains("going on behind item 160"), "{said}");
    assert!(said.contains("resumed       after"), "{said}");
    let unbroken = new_run();
    unbroken.end(1, REST.as_bytes());
    run.left().expect(&unbroken.left(), "resumed");
}

#[test]
fn a_stream_has_to_be_the_same_from_its_beginning() {
    let input = mixed_input(100, 3);
    let new = || CheckpointedRun::new("", &["-o", "records.jsonl.zst", "--checkpoint-every", "40"]);
    let run = new();
    let (child, pipe) = begin(&run, &input[..input.len() / 5 * 4], 80);
    kill(child);
    drop(pipe);
    let fed = |stdin: &str| {
        let file = run.workspace.write("fed", stdin);
        let mut command = run.command(2);
        command.stdin(File::open(file).expect("a file"));
        command
    };
    let mut other = fed(&input.replacen("again", "later", 1));
    check_refused(&run, &mut other, 2, &["the first 80 items of the input are not those that were read before"]);
    let mut half = fed(&input[..input.len() / 2]);
    check_refused(
        &run,
        &mut half,
        2,
        &["the input ends before item 80", "hint: feed the same input from its beginning"],
    );
    fs::remove_file(run.workspace.path("fed")).expect("removed");
    run.end(1, input.as_bytes());
    let unbroken = new();
    unbroken.end(1, input.as_bytes());
    run.left().expect(&unbroken.left(), "resumed");
}

#[test]
fn outputs_that_cannot_be_written_on_are_refused_at_once() {
    let workspace = Workspace::new();
    let check = |arguments: &[&str], expected: &[&str]| {
        let all = ["run", "--checkpoint", "run.checkpoint"].iter().chain(arguments);
        let ran = workspace.run(all, b"{\"text\":\"The lamps are dark.\"}\n").expect_code(2);
        for expected in expected {
            assert!(ran.stderr.contains(expected), "`{expected}` is not in\n{}", ran.stderr);
        }
        assert_eq!(workspace.names(), [""; 0], "{arguments:?}");
    };
    let stdout = "stdout: it cannot be written on from a checkpoint\n  hint: name a file with `--output`";
    check(&[], &[stdout]);
    check(&["-o", "records.jsonl", "-o", "-"], &[stdout]);
    check(
        &["-o", "a.parquet", "-o", "b.sqlite"],
        &["a.parquet: a file of parquet is whole only", "b.sqlite: a file of sqlite"],
    );
    if cfg!(unix) {
        check(&["-o", "/dev/null"], &["/dev/null: is a pipe or a device"]);
        check(&["-o", "a.jsonl", "--dead-letters", "/dev/null"], &["/dev/null: is a pipe or a device"]);
        let device = ["run", "-o", "a.jsonl", "--checkpoint", "/dev/null"];
        let ran = workspace.run(device, b"").expect_code(2);
        assert!(ran.stderr.contains("/dev/null: a checkpoint needs a file"), "{}", ran.stderr);
    }
    check(&["-o", "run.checkpoint"], &["run.checkpoint: is read or written already"]);
    check(&["-o", "run.checkpoint.partial"], &["run.checkpoint.partial: is read or written already"]);
    check(&["-o", "a.jsonl", "--checkpoint-every", "0"], &["0 is not in 1.."]);
    let ran = workspace.run(["run", "--resume"], b"").expect_code(2);
    assert!(ran.stderr.contains("--checkpoint <FILE>"), "{}", ran.stderr);
}

/// The exit code of a complete run is that of the run, so that a supervisor sees it also the second time.
#[test]
fn a_complete_run_does_nothing_and_still_needs_a_look() {
    let workspace = Workspace::new();
    workspace.write("comments.jsonl", "{\"text\":\"The lamps are dark.\"}\n{oops\n");
    let arguments =
        ["run", "comments.jsonl", "-o", "records.jsonl", "--strict", "--checkpoint", CHECKPOINT, "--resume"];
    workspace.run(arguments, b"").expect_code(1);
    fs::remove_file(workspace.path("records.jsonl")).expect("moved away by whoever reads it");
    let ran = workspace.run(arguments, b"").expect_code(1);
    assert!(ran.stderr.contains("the run is complete: 1 records, 1 dead letters; nothing was done"), "{}", ran.stderr);
    assert!(!workspace.path("records.jsonl").exists());
    workspace.write("comments.jsonl", "{\"text\":\"The lamps are lit.\"}\n");
    let ran = workspace.run(arguments, b"").expect_code(2);
    assert!(ran.stderr.contains("the input comments.jsonl had"), "{}", ran.stderr);
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_goes_on_from_its_last_checkpoint() {
    for signal in ["-INT", "-TERM"] {
        let run = new_run();
        let (child, pipe) = begin(&run, "{\"thread_id\":\"t1\",\"te", 160);
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("a signal");
        assert!(sent.success());
        let output = child.wait_with_output().expect("ended");
        drop(pipe);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{stderr}");
        assert!(stderr.contains("the same command with `--resume` goes on from run.checkpoint"), "{stderr}");
        assert_eq!(run.items(), Some(160));
        assert!(run.left().summary["interrupted"] == true && !run.workspace.lines("records.jsonl").is_empty());
        run.end(2, REST.as_bytes());
        let unbroken = new_run();
        unbroken.end(2, REST.as_bytes());
        run.left().expect(&unbroken.left(), signal);
    }
}

#[test]
fn every_format_and_compression_goes_on() {
    const COMMENTS: usize = 900;
    let text = mixed_input(COMMENTS, 3);
    let (mut table, mut export) = ("thread_id,id,text\n".to_owned(), String::new());
    for place in 0..COMMENTS {
        let _ = writeln!(table, "t{},{place},The ferry number {place} was late.", place % 7);
        // Answers stand before what they answer: an export is put in order.
        let parent = if place % 3 == 0 { "t3_a".to_owned() } else { format!("t1_c{}", place + 2) };
        let comment = json!({ "id": format!("c{place}"), "link_id": "t3_a", "parent_id": parent, "author": "ann",
            "body": format!("The lamp number {place} is dark."), "subreddit": "x", "created_utc": 1 });
        let _ = writeln!(export, "{comment}");
    }
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("memory");
        encoder.finish().expect("memory")
    };
    for (name, bytes) in [
        ("comments.jsonl.gz", gzip),
        ("comments.zst", zstd::encode_all(text.as_bytes(), 1).expect("packed")),
        ("comments.csv", table.into_bytes()),
        ("reddit.jsonl", export.into_bytes()),
    ] {
        let new = || {
            let run = CheckpointedRun::new("", &[name, "-o", "records.jsonl.gz", "--checkpoint-every", "50"]);
            run.workspace.write(name, &bytes);
            run
        };
        let run = new();
        let (child, pipe) = begin(&run, "", 100);
        kill(child);
        drop(pipe);
        assert!(run.items().is_some(), "{name}: it was complete before it was killed");
        run.end(2, b"");
        let unbroken = new();
        unbroken.end(1, b"");
        run.left().expect(&unbroken.left(), name);
    }
}
