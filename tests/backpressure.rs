//! A slow output holds the source, exactly where the configuration says.

use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use threadsieve::pipeline::{Outputs, read_ahead_bound};
use threadsieve::sink::LineSink;

use crate::support::in_memory::{Shared, run_to_the_end, settings, stream};
use crate::support::parse_lines;

/// Far more than any run takes; only a source that is held too early runs into it.
const GUARD: Duration = Duration::from_secs(120);

/// What source and output know of each other.
#[derive(Default)]
struct Flow {
    /// Items that the source has given.
    given: usize,
    /// Items whose records were written.
    written: usize,
    /// How often the output was written to.
    writes: usize,
}

/// A source that counts what it gives, and fails where it is asked for more than may be read ahead of the output; and an
/// output that takes nothing before the source has given all that it may.
#[derive(Clone)]
struct Valve {
    flow: Arc<(Mutex<Flow>, Condvar)>,
    chunk: Arc<[u8]>,
    items_in_a_chunk: usize,
    chunks: usize,
    /// Items that may have been given and not written.
    bound: usize,
}

impl Valve {
    fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.0.lock().expect("no panic in source or output")
    }
}

impl Read for Valve {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut flow = self.flow();
        if flow.given == self.chunks * self.items_in_a_chunk {
            return Ok(0);
        }
        let ahead = flow.given + self.items_in_a_chunk - flow.written;
        assert!(ahead <= self.bound, "{ahead} items ahead of the output, {} are allowed", self.bound);
        flow.given += self.items_in_a_chunk;
        drop(flow);
        self.flow.1.notify_all();
        buffer[..self.chunk.len()].copy_from_slice(&self.chunk);
        Ok(self.chunk.len())
    }
}

impl Write for Valve {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let flow = self.flow();
        let expected = (self.chunks * self.items_in_a_chunk).min(flow.written + self.bound);
        let waited = self.flow.1.wait_timeout_while(flow, GUARD, |flow| flow.given < expected);
        let (mut flow, timeout) = waited.expect("no panic in the source");
        if timeout.timed_out() {
            return Err(io::Error::other(format!("the source is held at {} items of {expected}", flow.given)));
        }
        assert_eq!(flow.given, expected, "the source is exactly so far ahead");
        flow.written += memchr::memchr_iter(b'\n', lines).count();
        flow.writes += 1;
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs on `chunks` times the same lines, which are read in one piece; `bound` is how many items of this kind may be ahead.
fn check(line: &str, items_in_a_chunk: usize, chunks: usize, bound: usize, workers: usize) {
    let what = format!("{chunks} × {items_in_a_chunk} items, {workers} workers");
    let valve = Valve {
        flow: Arc::default(),
        chunk: line.repeat(items_in_a_chunk).into_bytes().into(),
        items_in_a_chunk,
        chunks,
        bound,
    };
    assert!(chunks * items_in_a_chunk > bound, "{what}: all of the input may be read ahead");
    let config = "[tone]\nenabled = false\n[topic]\nenabled = false\n[policy]\n";
    let dead_letters = Shared::default();
    let outputs = Outputs {
        records: LineSink::new("records", Box::new(valve.clone())).into(),
        dead_letters: Some(dead_letters.sink("dead letters")),
    };
    let outcome = run_to_the_end(settings(config, vec![stream("stdin", valve.clone())], "jsonl", workers), outputs);
    let flow = valve.flow();
    assert_eq!(flow.written, chunks * items_in_a_chunk, "{what}: {:?}", parse_lines(&dead_letters.bytes()).first());
    assert_eq!(outcome.tally.records, flow.written as u64, "{what}");
    assert!(flow.writes > 1, "{what}");
}

#[test]
fn a_slow_output_holds_the_source_exactly_at_the_bound() {
    for workers in [1, 3] {
        let bound = read_ahead_bound(workers);
        check("{\"text\":\"a\"}\n", 256, bound.batches + 6, bound.items, workers);
    }
}

#[test]
fn where_items_come_one_by_one_the_bound_is_so_many_batches() {
    let batches = read_ahead_bound(2).batches;
    // The reader hands on what it has before it waits for more: a batch is a single item here.
    check("{\"text\":\"It was late.\"}\n", 1, batches + 20, batches + 1, 2);
}
