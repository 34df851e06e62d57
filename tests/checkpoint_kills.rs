//! A run that is killed at any moment goes on, and leaves the bytes of one that was not.

use std::io::Write as _;
use std::process::Child;

use crate::support::{CheckpointedRun, mixed_input};

/// Numbers that look random and are the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// Waits for a moment, or for the end of the run if that comes first. Looks again and again instead of sleeping: the moments
/// between two writes are short.
fn wait_for(child: &mut Child, mut has_come: impl FnMut() -> bool) {
    while !has_come() && child.try_wait().expect("a child").is_none() {
        std::thread::yield_now();
    }
}

/// Kills a run (SIGKILL); whether there was anything left to kill.
fn kill(mut child: Child) -> bool {
    let was_running = child.try_wait().expect("a child").is_none();
    let _ = child.kill();
    let output = child.wait_with_output().expect("the program ends");
    if !was_running {
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
    }
    was_running
}

/// Kills a run that reads a file, at a moment that is thrown for.
fn kill_at_a_file(run: &CheckpointedRun, output: &str, longest: u64, dice: &mut Dice) -> bool {
    let mut child = run.start(1 + dice.roll(4) as usize);
    drop(child.stdin.take());
    match dice.roll(3) {
        // While it catches up, or between two checkpoints.
        0 => {
            let length = dice.roll(longest) + 1;
            wait_for(&mut child, || run.length(output) >= length);
        }
        // While a checkpoint is made.
        1 => {
            let partial = run.workspace.path("run.checkpoint.partial");
            wait_for(&mut child, || partial.exists());
        }
        // Right after one.
        _ => {
            let before = run.items();
            wait_for(&mut child, || run.items() != before);
        }
    }
    kill(child)
}

/// Kills a run that was fed with a beginning of its input, of which the pipe stays open: while it starts or catches up, or
/// right after one of the checkpoints that it can make of that.
fn kill_at_a_pipe(run: &CheckpointedRun, input: &str, every: u64, dice: &mut Dice) -> bool {
    let mut child = run.start(1 + dice.roll(4) as usize);
    let mut stdin = child.stdin.take().expect("a pipe");
    let bytes = input.as_bytes()[..dice.roll(input.len() as u64 + 1) as usize].to_vec();
    let items = memchr::memchr_iter(b'\n', &bytes).count() as u64;
    let before = run.items().unwrap_or(0);
    let new_checkpoints = (items / every).saturating_sub(before / every);
    let awaited = (new_checkpoints > 0 && dice.roll(4) > 0).then(|| before + every * (1 + dice.roll(new_checkpoints)));
    let feeder = std::thread::spawn(move || {
        // It may be killed before it has taken all.
        let _ = stdin.write_all(&bytes);
        stdin
    });
    match awaited {
        Some(awaited) => wait_for(&mut child, || run.items().is_some_and(|items| items >= awaited)),
        None => wait_for(&mut child, || feeder.is_finished()),
    }
    let was_running = kill(child);
    drop(feeder.join().expect("no panic"));
    was_running
}

fn check(configuration: &str, arguments: &[&str], output: &str, kills: usize, pipe_every: Option<u64>) {
    let input = mixed_input(700, 9);
    let new = || {
        let run = CheckpointedRun::new(configuration, arguments);
        if pipe_every.is_none() {
            run.workspace.write("comments.jsonl", &input);
        }
        run
    };
    let stdin = if pipe_every.is_some() { input.as_bytes() } else { b"" };
    let reference = new();
    let said = reference.end(2, stdin);
    assert!(said.contains("no checkpoint is there"), "{said}");
    let unbroken = reference.left();
    assert!(unbroken.outputs.iter().any(|(_, bytes)| !bytes.is_empty()));

    let run = new();
    let mut dice = Dice(kills as u64);
    let longest = reference.length(output);
    let (mut killed, mut resumed, mut before) = (0, 0, None);
    for _ in 0..kills {
        let was_running = match pipe_every {
            Some(every) => kill_at_a_pipe(&run, &input, every, &mut dice),
            None => kill_at_a_file(&run, output, longest, &mut dice),
        };
        killed += usize::from(was_running);
        let items = run.items();
        assert!(items.is_none() || items >= before, "a checkpoint went back from {before:?} to {items:?}");
        resumed += usize::from(before.is_some() && was_running);
        before = items;
        if !was_running {
            break;
        }
    }
    assert!(
        killed >= 2 && resumed >= 1,
        "killed {killed} times, of these {resumed} after a checkpoint: too few to tell"
    );
    run.end(3, stdin);
    run.left().expect(&unbroken, &format!("{arguments:?} after {killed} kills"));
    let again = run.end(1, stdin);
    assert!(again.contains("the run is complete"), "{again}");
    run.left().expect(&unbroken, "after a run that had nothing to do");
}

const TINY: &str = "[limits]\nmax_threads = 3\nmax_comments_per_thread = 5\nmax_comments = 12\nmax_ids = 40\n";

#[test]
fn several_outputs_of_a_file() {
    let arguments = [
        "comments.jsonl",
        "-o",
        "records.jsonl",
        "-o",
        "table.csv.gz",
        "-o",
        "packed.jsonl.zst",
        "-o",
        "tabs.tsv",
        "--dead-letters",
        "dead.jsonl.gz",
        "--write-back",
        "wordpress=hold.sh",
        "--write-back",
        "coral=hold.jsonl.zst",
        "--checkpoint-every",
        "50",
    ];
    check("", &arguments, "records.jsonl", 9, None);
}

#[test]
fn stdin_that_is_fed_again() {
    let arguments = ["-o", "records.jsonl", "--dead-letters", "dead.jsonl", "--checkpoint-every", "30"];
    check("", &arguments, "records.jsonl", 8, Some(30));
}

#[test]
fn threads_that_are_forgotten_and_come_back() {
    let arguments = ["comments.jsonl", "-o", "queue.csv", "--split-by", "action", "--checkpoint-every", "37"];
    check(TINY, &arguments, "queue.approve.csv", 8, None);
}
