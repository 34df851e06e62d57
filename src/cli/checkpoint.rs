//! `--checkpoint` and `--resume`: whether a run can make checkpoints, and whether it may go on from one.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};

use crate::config::Plan;
use crate::domain::{Body, RejectKind};
use crate::pipeline::{
    Authors, Checkpoint, CheckpointFile, Checkpointing, Identity, InputIdentity, Models, Tally, configuration_digests,
    digest,
};
use crate::sink::OutputPosition;
use crate::text::contact_details::ContactDetails;

use super::args::{RunOptions, WriteBack};
use super::failure::Exit;
use super::inputs::{Problems, is_dash};
use super::outputs::is_pipe_or_device;
use super::record_outputs::RecordFile;

/// What to do about checkpoints.
#[derive(Debug)]
pub(super) enum Plans {
    /// Nothing: none are asked for.
    None,
    /// To make some; also to go on from one, where one is there.
    Make(Box<Checkpointing>),
    /// Nothing: the run is complete, and this became of it.
    Complete(Box<Tally>),
}

/// Everything that the checks look at.
pub(super) struct Run<'r> {
    pub(super) options: &'r RunOptions,
    pub(super) files: &'r [RecordFile],
    pub(super) plan: Option<&'r Plan>,
    pub(super) models: Option<&'r Models>,
    pub(super) authors: Option<&'r Authors>,
    pub(super) article: Option<&'r Body>,
}

/// The files that checkpoints are written to; none without `--checkpoint`.
pub(super) fn written(options: &RunOptions) -> Vec<PathBuf> {
    let of = |path: &PathBuf| [path.clone(), CheckpointFile::new(path).partial()];
    options.checkpoint.iter().flat_map(of).collect()
}

/// Checks that checkpoints can be made, and reads the one that is there. Nothing is written.
pub(super) fn plans(run: &Run<'_>, problems: &mut Problems) -> Plans {
    let Some(path) = &run.options.checkpoint else { return Plans::None };
    let file = CheckpointFile::new(path);
    let name = file.name();
    check_outputs(run, problems);
    if is_dash(path) || is_pipe_or_device(path) {
        problems.push(anyhow!("{name}: a checkpoint needs a file\n  hint: name one"));
        return Plans::None;
    }
    let found = match file.read() {
        Ok(found) => found,
        Err(error) => {
            problems.push(error.into());
            return Plans::None;
        }
    };
    if found.is_some() && !run.options.resume {
        problems.push(anyhow!(
            "{name}: a checkpoint of a run is there\n  hint: `--resume` goes on from it; take it away to begin anew"
        ));
        return Plans::None;
    }
    let Some(identity) = identity(run, problems) else { return Plans::None };
    let Some(checkpoint) = found else {
        if run.options.resume {
            tell(&format!("{name}: no checkpoint is there: beginning at the beginning"));
        }
        return make(file, identity, None, run.options);
    };
    let changes = checkpoint.identity.changes(&identity);
    if !changes.is_empty() {
        let changes = changes.join("; ");
        problems.push(anyhow!(
            "{name}: cannot be resumed: {changes}; nothing was changed\n  hint: give the run what it had, or take the \
             checkpoint away to begin anew"
        ));
        return Plans::None;
    }
    let Some(position) = checkpoint.position() else {
        return Plans::Complete(Box::new(checkpoint.tally));
    };
    let write_back = run.options.write_back.iter().map(|write_back| write_back.file.as_path());
    let records = run.files.iter().map(|file| file.path.as_path()).chain(write_back);
    let dead_letters = run.options.dead_letters.as_deref().zip(position.dead_letters.as_ref());
    for (path, position) in records.zip(&position.records).chain(dead_letters) {
        problems.extend(too_short(path, position, &name));
    }
    make(file, identity, Some(checkpoint), run.options)
}

fn make(file: CheckpointFile, identity: Identity, resumed: Option<Checkpoint>, options: &RunOptions) -> Plans {
    let every = NonZeroU64::new(options.checkpoint_every).unwrap_or(NonZeroU64::MIN);
    Plans::Make(Box::new(Checkpointing { file, identity, every, resumed }))
}

/// Outputs that cannot be taken up again where they were broken off.
fn check_outputs(run: &Run<'_>, problems: &mut Problems) {
    let why = "it cannot be written on from a checkpoint";
    for RecordFile { path, form, .. } in run.files {
        let name = path.display();
        if is_dash(path) {
            problems.push(anyhow!("stdout: {why}\n  hint: name a file with `--output`"));
        } else if !form.format.is_text() {
            let format = form.format.name();
            problems.push(anyhow!(
                "{name}: a file of {format} is whole only at its end: {why}\n  hint: write .jsonl or .csv, compressed or \
                 not, and turn it into {format} later"
            ));
        }
    }
    let write_back = run.options.write_back.iter().map(|write_back| &write_back.file);
    let beside = write_back.chain(&run.options.dead_letters).chain(&run.options.summary);
    for path in run.files.iter().map(|file| &file.path).chain(beside) {
        if !is_dash(path) && is_pipe_or_device(path) {
            problems.push(anyhow!("{}: is a pipe or a device: {why}\n  hint: name a file", path.display()));
        }
    }
}

fn too_short(path: &Path, position: &OutputPosition, checkpoint: &str) -> Option<anyhow::Error> {
    let there = path.metadata().map_or(0, |metadata| metadata.len());
    let (name, bytes) = (path.display(), position.bytes);
    let hint = "put the file back, or take the checkpoint away to begin anew";
    let told = if path.exists() { format!("has {there} bytes") } else { "is gone".to_owned() };
    (there < bytes).then(|| {
        anyhow!("{name}: {told}, and had {bytes} when {checkpoint} was made; nothing was changed\n  hint: {hint}")
    })
}

/// What this run is asked to do; `None` where that is not known for want of something that is reported elsewhere.
fn identity(run: &Run<'_>, problems: &mut Problems) -> Option<Identity> {
    let (plan, models, authors) = (run.plan?, run.models?, run.authors?);
    let mut configuration = configuration_digests(plan)
        .context("cannot write down the configuration")
        .map_err(|error| problems.push(error))
        .ok()?;
    // A name's hash says whether it is the same key, and no more than records do.
    if let Some(sign) = matches!(authors, Authors::Hash(_))
        .then(|| authors.shown("threadsieve checkpoint", ContactDetails::default()))
        .flatten()
    {
        configuration.insert("the key for authors".to_owned(), digest(sign.as_bytes()));
    }
    let models = models.citations().iter().map(|(stage, cited)| (stage.to_string(), cited.to_string())).collect();
    let inputs: Vec<InputIdentity> = match run.options.inputs.as_slice() {
        [] => vec![stream("stdin".to_owned())],
        paths => paths.iter().map(|path| input(path)).collect(),
    };
    let program = env!("CARGO_PKG_VERSION").to_owned();
    Some(Identity { program, options: given(run), inputs, configuration, models })
}

fn stream(name: String) -> InputIdentity {
    InputIdentity { name, bytes: None, modified: None }
}

/// Of a pipe or stdin only the name is known beforehand; what is read tells whether it is the same.
fn input(path: &Path) -> InputIdentity {
    let name = path.display().to_string();
    match path.metadata() {
        _ if is_dash(path) => stream("stdin".to_owned()),
        Ok(metadata) if metadata.is_file() => {
            let modified = metadata.modified().ok().map(|time| humantime::format_rfc3339_nanos(time).to_string());
            InputIdentity { name, bytes: Some(metadata.len()), modified }
        }
        _ => stream(name),
    }
}

/// The options that decide what is written, by name.
fn given(run: &Run<'_>) -> BTreeMap<String, String> {
    let options = run.options;
    let list = |entries: Vec<String>| (!entries.is_empty()).then(|| entries.join(", "));
    let shown = |path: &PathBuf| path.display().to_string();
    let write_back = |entry: &WriteBack| format!("{}={}", entry.system.name(), entry.file.display());
    let all = [
        ("--format", Some(options.format.clone())),
        ("--map", list(options.map.clone())),
        ("--article", run.article.map(|article| format!("a text of digest {}", digest(article.as_str().as_bytes())))),
        ("--output", list(options.outputs.iter().map(shown).collect())),
        ("--output-format", options.output_format.clone()),
        ("--split-by", options.split_by.clone()),
        ("--write-back", list(options.write_back.iter().map(write_back).collect())),
        ("--dead-letters", options.dead_letters.as_ref().map(shown)),
        ("--checkpoint-every", Some(options.checkpoint_every.to_string())),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Says on stderr from where on a run goes on.
pub(super) fn tell_plans(checkpointing: &Checkpointing) {
    if let Some(position) = checkpointing.resumed.as_ref().and_then(Checkpoint::position) {
        let (name, items) = (checkpointing.file.name(), position.items);
        tell(&format!("{name}: going on behind item {items}; what stands before it is read again, and not scored"));
    }
}

/// Says on stderr what an interrupted run can do.
pub(super) fn tell_interrupted(path: &Path) {
    tell(&format!("hint: the same command with `--resume` goes on from {}", path.display()));
}

/// Says on stderr that there is nothing to do; whether it needs a look is as it was.
pub(super) fn tell_complete(options: &RunOptions, tally: &Tally) -> Exit {
    let name = options.checkpoint.as_deref().unwrap_or(Path::new("")).display().to_string();
    let (records, rejects) = (tally.records, tally.rejects);
    tell(&format!(
        "{name}: the run is complete: {records} records, {rejects} dead letters; nothing was done\n  hint: take it away to \
         begin anew"
    ));
    let broke_off = tally.by_kind.contains_key(RejectKind::Unreadable.name());
    if broke_off || (options.strict && rejects > 0) { Exit::NeedsALook } else { Exit::Done }
}

fn tell(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
