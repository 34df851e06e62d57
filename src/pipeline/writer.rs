//! The end of the line: what was judged goes to the outputs, one batch after the other.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::sink::{LineSink, RecordOutputs, SinkError};
use crate::telemetry::Counters;
use crate::wire::dead_letter::DeadLetter;

use super::checkpoint::{Mark, Recorder};
use super::judge::Judged;
use super::read_ahead::PlacesBack;
use super::run::{Outputs, RunError};
use super::tally::Tally;
use super::verdict::Verdict;

/// Without a file for dead letters, this many are reported one by one; the others are only counted.
const REPORTED_DEAD_LETTERS: u64 = 20;

/// Where results go, of either kind.
pub(super) enum Results {
    Records(RecordOutputs),
    Verdicts(Box<dyn FnMut(Vec<Verdict>) -> Result<(), SinkError> + Send>),
}

/// Where all results go.
pub(super) struct Ends {
    pub(super) results: Results,
    pub(super) dead_letters: Option<LineSink>,
    /// Makes checkpoints, where that is asked for.
    pub(super) recorder: Option<Recorder>,
}

impl Ends {
    pub(super) fn of(outputs: Outputs) -> Self {
        Self { results: Results::Records(outputs.records), dead_letters: outputs.dead_letters, recorder: None }
    }
}

/// The end of the line: hands results to the outputs, one batch at a time.
pub(super) struct Writer {
    /// Away while a batch is being written.
    outputs: Option<Ends>,
    counters: Arc<Counters>,
    places_back: PlacesBack,
    dead_letters: u64,
    is_closed: bool,
}

impl Writer {
    /// Writes to outputs that have, or had in an earlier run, so many dead letters.
    pub(super) fn new(outputs: Ends, counters: Arc<Counters>, places_back: PlacesBack, dead_letters: u64) -> Self {
        Self { outputs: Some(outputs), counters, places_back, dead_letters, is_closed: false }
    }

    /// Whether the reader of an output went away.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Writes batches until there are no more, or nobody takes them; gives their count.
    pub(super) async fn write_all(
        &mut self,
        finished: &mut mpsc::Receiver<Result<Judged, RunError>>,
        mut tally: Tally,
    ) -> Result<Tally, RunError> {
        while let Some(batch) = finished.recv().await {
            let batch = batch?;
            tally.merge(batch.tally.clone());
            self.write(batch, &tally).await?;
            if self.is_closed {
                break;
            }
        }
        Ok(tally)
    }

    async fn write(&mut self, mut judged: Judged, tally: &Tally) -> Result<(), RunError> {
        let Some(mut outputs) = self.outputs.take() else { return Ok(()) };
        let so_far = judged.mark.is_some().then(|| tally.clone());
        let records = judged.tally.records;
        let first = self.dead_letters;
        self.dead_letters += judged.rejects.len() as u64;
        let (outputs, result) = spawn_blocking(move || {
            let result = if outputs.recorder.as_ref().is_some_and(Recorder::is_catching_up) {
                catch_up(&mut outputs, judged.mark.as_ref())
            } else {
                write_batch(&mut outputs, &mut judged, first)
                    .map_err(RunError::from)
                    .and_then(|()| record_checkpoint(&mut outputs, judged.mark, so_far))
            };
            (outputs, result)
        })
        .await
        .map_err(|_| RunError::Stage { stage: "write" })?;
        self.outputs = Some(outputs);
        self.places_back.give_back();
        match result {
            Ok(()) => self.counters.add_records_written(records),
            Err(RunError::Sink(SinkError::Closed { .. })) => self.is_closed = true,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Ends all outputs, so that what was written is whole; gives back who makes checkpoints.
    pub(super) async fn finish(&mut self) -> Result<Option<Recorder>, RunError> {
        let Some(mut outputs) = self.outputs.take() else { return Ok(None) };
        let finished = spawn_blocking(move || (finish_outputs(&mut outputs), outputs.recorder));
        let (result, recorder) = finished.await.map_err(|_| RunError::Stage { stage: "write" })?;
        match result {
            Ok(()) => Ok(recorder),
            Err(SinkError::Closed { .. }) => {
                self.is_closed = true;
                Ok(recorder)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Lets a batch pass that an earlier run has written. At the last of them the outputs are taken up where that run left them.
fn catch_up(outputs: &mut Ends, mark: Option<&Mark>) -> Result<(), RunError> {
    let (Some(mark), Some(recorder)) = (mark, &mut outputs.recorder) else { return Ok(()) };
    let Some(position) = recorder.check(mark)? else { return Ok(()) };
    if let Results::Records(records) = &mut outputs.results {
        records.go_on_at(&position.records)?;
    }
    if let Some((sink, position)) = outputs.dead_letters.as_mut().zip(position.dead_letters.as_ref()) {
        sink.go_on_at(position)?;
    }
    // Not before: where one could not be taken up, none of them may get the lines that end it.
    recorder.go_on();
    Ok(())
}

/// Makes a checkpoint where one is due. What was written goes to the disk first: a checkpoint that knows of more than the
/// disk would lose it.
fn record_checkpoint(outputs: &mut Ends, mark: Option<Mark>, so_far: Option<Tally>) -> Result<(), RunError> {
    let (Some(recorder), Some(mark), Some(so_far)) = (&mut outputs.recorder, mark, so_far) else { return Ok(()) };
    let Results::Records(records) = &mut outputs.results else { return Ok(()) };
    let records = records.checkpoint()?;
    let dead_letters = outputs.dead_letters.as_mut().map(LineSink::checkpoint).transpose()?;
    Ok(recorder.record(mark, so_far, records, dead_letters)?)
}

fn finish_outputs(outputs: &mut Ends) -> Result<(), SinkError> {
    if outputs.recorder.as_ref().is_some_and(Recorder::is_catching_up) {
        // They are as an earlier run left them, and that is how they stay.
        return Ok(());
    }
    let records = match &mut outputs.results {
        Results::Records(records) => records.finish(),
        Results::Verdicts(_) => Ok(()),
    };
    let dead_letters = outputs.dead_letters.as_mut().map_or(Ok(()), LineSink::finish).map_err(SinkError::not_closed);
    records.and(dead_letters)
}

fn write_batch(outputs: &mut Ends, judged: &mut Judged, dead_letters_before: u64) -> Result<(), SinkError> {
    let dead_letters = write_dead_letters(outputs.dead_letters.as_mut(), judged, dead_letters_before);
    // Where one output fails, the others get the batch all the same.
    let results = match &mut outputs.results {
        Results::Records(records) => records.write(&judged.lines),
        Results::Verdicts(take) => take(std::mem::take(&mut judged.verdicts)),
    };
    dead_letters.and(results)
}

fn write_dead_letters(sink: Option<&mut LineSink>, judged: &Judged, before: u64) -> Result<(), SinkError> {
    if let Some(sink) = sink {
        let mut lines = Vec::new();
        for reject in &judged.rejects {
            // Strings and numbers always serialise.
            if serde_json::to_writer(&mut lines, &DeadLetter::from(reject)).is_ok() {
                lines.push(b'\n');
            }
        }
        // A reader of records may have seen enough and leave, but dead letters would be lost.
        return sink.write(&lines).map_err(SinkError::not_closed);
    }
    for (number, reject) in (before..).zip(&judged.rejects) {
        if number < REPORTED_DEAD_LETTERS {
            let (at, kind) = (reject.origin.to_string(), reject.kind.name());
            tracing::warn!(at, kind, detail = &*reject.detail, "dead letter");
        } else if number == REPORTED_DEAD_LETTERS {
            tracing::warn!("further dead letters are only counted; --dead-letters FILE keeps all");
        }
    }
    Ok(())
}
