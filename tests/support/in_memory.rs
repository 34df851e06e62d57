//! Runs of the pipeline as a library: inputs and outputs in memory, or whatever a test puts in their place.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use threadsieve::config::parse;
use threadsieve::pipeline::{Authors, Models, Outcome, Outputs, Settings, run};
use threadsieve::sink::LineSink;
use threadsieve::source::{FieldMap, InputSpec, RawInput, RequestedFormat};
use threadsieve::telemetry::Counters;
use threadsieve::translate::Translators;

use super::parse_lines;

/// A file in memory.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub fn sink(&self, name: &str) -> LineSink {
        LineSink::new(name, Box::new(self.clone()))
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("no panic while writing").clone()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic while writing").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An input that is read once, as a pipe is.
pub fn stream(name: &str, input: impl Read + Send + Clone + Sync + 'static) -> InputSpec {
    InputSpec {
        name: name.to_owned(),
        open: Box::new(move || Ok(RawInput::Stream(Box::new(input.clone())))),
        can_reopen: false,
    }
}

/// What a run needs to know, beside its outputs.
pub fn settings(config: &str, inputs: Vec<InputSpec>, format: &str, workers: usize) -> Settings {
    let plan = parse("test", config).expect("a sound configuration");
    Settings {
        models: Models::load(&plan).expect("models"),
        translators: Translators::default(),
        plan,
        authors: Authors::Keep,
        inputs,
        map: FieldMap::default(),
        format: format.parse::<RequestedFormat>().expect("a format"),
        article: None,
        workers,
        max_comments: None,
    }
}

/// Runs to the end of the inputs.
pub fn run_to_the_end(settings: Settings, outputs: Outputs) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
    runtime
        .block_on(run(settings, outputs, Arc::new(Counters::default()), std::future::pending()))
        .expect("nothing that is read ends a run")
}

/// What a run wrote.
pub struct Written {
    pub outcome: Outcome,
    pub records: Vec<u8>,
    pub dead_letters: Vec<u8>,
}

impl Written {
    pub fn records(&self) -> Vec<Value> {
        parse_lines(&self.records)
    }

    pub fn letters(&self) -> Vec<Value> {
        parse_lines(&self.dead_letters)
    }
}

/// Runs on inputs of these names and bytes.
pub fn run_on(config: &str, inputs: &[(&str, &[u8])], format: &str, workers: usize) -> Written {
    let inputs = inputs.iter().map(|(name, bytes)| stream(name, io::Cursor::new(bytes.to_vec()))).collect();
    let (records, dead_letters) = (Shared::default(), Shared::default());
    let outputs =
        Outputs { records: records.sink("records").into(), dead_letters: Some(dead_letters.sink("dead letters")) };
    let outcome = run_to_the_end(settings(config, inputs, format, workers), outputs);
    Written { outcome, records: records.bytes(), dead_letters: dead_letters.bytes() }
}

/// How many cases a property is tried on: so many, unless the environment names another number.
pub fn cases(usual: u32) -> u32 {
    let named = std::env::var("PROPTEST_CASES").ok();
    named.map_or(usual, |number| number.parse().expect("a number of cases"))
}
