//! Which files a run writes records to, in which form.

use std::io;
use std::path::PathBuf;

use anyhow::anyhow;

use crate::domain::Action;
use crate::sink::{
    CsvSink, JsonLinesSink, LineSink, OutputForm, ParquetSink, RecordFormat, RecordOutputs, RecordSink, SqliteSink,
    WriteBackSink, with_word,
};
use crate::wire::row::Column;

use super::args::{RunOptions, WriteBack};
use super::inputs::{Problems, is_dash};
use super::outputs::{Opening, emptied, is_pipe_or_device, line_output};
use super::watched_file::WatchedFile;

/// A file of records, not yet opened; `-` is stdout.
#[derive(Debug)]
pub(super) struct RecordFile {
    pub(super) path: PathBuf,
    pub(super) form: OutputForm,
    /// The action whose records it gets; all of them where there is none.
    only: Option<Action>,
}

/// The files of records that are asked for; stdout where none is.
pub(super) fn files(options: &RunOptions, problems: &mut Problems) -> Vec<RecordFile> {
    let asked = options.output_format.as_deref().and_then(RecordFormat::named);
    let stdout = [PathBuf::from("-")];
    let paths: &[PathBuf] = if options.outputs.is_empty() { &stdout } else { &options.outputs };
    if paths.iter().filter(|path| is_dash(path)).count() > 1 {
        problems.push(anyhow!("`-` (stdout) can be written only once"));
    }
    let is_split = options.split_by.is_some();
    let mut files = Vec::new();
    for path in paths {
        let name = path.display();
        let form = match OutputForm::of(path, asked) {
            Ok(form) => form,
            Err(problem) => {
                problems.push(anyhow!("{name}: {problem}"));
                continue;
            }
        };
        if is_dash(path) && is_split {
            problems.push(anyhow!("`--split-by` needs files, not stdout\n  hint: name one with `--output`"));
            continue;
        } else if is_dash(path) && !form.format.is_text() {
            let format = form.format.name();
            problems.push(anyhow!("stdout does not take {format}\n  hint: name a file with `--output`"));
        } else if (is_split || form.format == RecordFormat::Sqlite) && is_pipe_or_device(path) {
            problems.push(anyhow!("{name}: is a pipe or a device\n  hint: name a file"));
        }
        if is_split {
            let of = |action: Action| RecordFile { path: with_word(path, action.name()), form, only: Some(action) };
            files.extend(Action::ALL.map(of));
        } else {
            files.push(RecordFile { path: path.clone(), form, only: None });
        }
    }
    files
}

/// Opens files that were checked. The columns are those of formats that are tables.
pub(super) fn open(
    files: &[RecordFile],
    write_back: &[WriteBack],
    columns: &[Column],
    opening: Opening,
    problems: &mut Problems,
) -> RecordOutputs {
    let mut outputs = RecordOutputs::default();
    for file in files {
        match open_file(file, columns, opening) {
            Ok(sink) => outputs.add(sink, file.only.map(Action::name)),
            Err(problem) => problems.push(problem),
        }
    }
    for WriteBack { system, file } in write_back {
        match line_output(file, opening) {
            Ok(lines) => outputs.add(Box::new(WriteBackSink::new(*system, lines)), None),
            Err(error) => problems.push(error),
        }
    }
    outputs
}

fn open_file(file: &RecordFile, columns: &[Column], opening: Opening) -> anyhow::Result<Box<dyn RecordSink>> {
    let (path, columns) = (&file.path, columns.to_vec());
    let name = path.display().to_string();
    let lines = || -> anyhow::Result<LineSink> {
        if is_dash(path) {
            return Ok(LineSink::new("stdout", Box::new(io::stdout())));
        }
        line_output(path, opening)
    };
    Ok(match file.form.format {
        RecordFormat::JsonLines => Box::new(JsonLinesSink::new(lines()?)),
        RecordFormat::Csv => Box::new(CsvSink::with_commas(lines()?, columns)),
        RecordFormat::Tsv => Box::new(CsvSink::with_tabs(lines()?, columns)),
        RecordFormat::Parquet => {
            Box::new(ParquetSink::new(&*name, Box::new(WatchedFile::new(emptied(path)?)), columns)?)
        }
        RecordFormat::Sqlite => {
            emptied(path)?;
            Box::new(SqliteSink::new(&*name, path, columns)?)
        }
    })
}
