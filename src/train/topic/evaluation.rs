//! Measures a topic model on files.

use std::path::PathBuf;

use super::TrainingFile;
use super::report::TopicReport;
use super::row_files::{RowFileProblems, RowFiles};
use super::threads::{Thread, ThreadCollector};
use super::training_files;
use crate::labelled::Mapping;
use crate::topic::TopicModel;

/// Measures a model on files of the shapes that it is trained from. The same seed, files and model give the same figures,
/// those of `report.json` where the files were `--dev` in training.
///
/// `progress` is told what the files hold. All threads are in memory, as vectors.
///
/// # Errors
/// All that is wrong with the mapping, the files and their rows.
pub fn evaluate_topic(
    model: &TopicModel,
    files: &[PathBuf],
    mapping: &Mapping,
    seed: u64,
    progress: &mut dyn FnMut(&str),
) -> Result<TopicReport, RowFileProblems> {
    Ok(EvaluationSet::read(model, files, mapping, seed, false, progress)?.measure(model))
}

/// The threads of some files, for models that differ in nothing but their heads.
pub(super) struct EvaluationSet {
    threads: Vec<Thread>,
    files: Vec<TrainingFile>,
    seed: u64,
}

impl EvaluationSet {
    pub(super) fn read(
        model: &TopicModel,
        files: &[PathBuf],
        mapping: &Mapping,
        seed: u64,
        with_texts: bool,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Self, RowFileProblems> {
        let mut data = RowFiles::open(files, mapping.clone())?;
        let mut collector = ThreadCollector::new(model, false, with_texts);
        data.for_each(|row| collector.add(&row))?.describe().iter().for_each(|line| progress(line));
        let files = training_files(&data)?;
        Ok(Self { threads: collector.finish(), files, seed })
    }

    pub(super) fn threads(&self) -> &[Thread] {
        &self.threads
    }

    pub(super) fn measure(&self, model: &TopicModel) -> TopicReport {
        TopicReport::measure(&self.threads, model, self.seed, self.files.clone())
    }
}
