//! New versions of the models of tone are taken into a run that goes on.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Plan;
use crate::registry::{current_text, locate};
use crate::tone::ToneModel;

use super::models::{ModelProblem, Models, Scorers};

/// Looks, before each batch, whether a registry has another current version, and hands out the models in force.
///
/// The stage that takes batches one by one does so: once it has seen a version, all later comments of the input are
/// scored by it, and none before. While a version is loaded, the batches before go on being judged.
#[derive(Debug)]
pub(super) struct Reload {
    watched: Vec<Watched>,
    in_force: Arc<Scorers>,
}

/// An entry of a registry that a model is read from.
#[derive(Debug)]
struct Watched {
    name: Arc<str>,
    folder: PathBuf,
    /// What stood in `current` when it was last looked at. The name of a version holds its checksum: another model has
    /// another name.
    seen: Option<Vec<u8>>,
}

impl Reload {
    /// Begins with the models as they were loaded. Folders that are no entries of a registry are not looked at again.
    pub(super) fn new(plan: &Plan, models: &Models) -> Self {
        let shipped = [("abuse", plan.models.abuse.as_ref()), ("sentiment", plan.models.sentiment.as_ref())];
        let own = plan.models.custom.iter().map(|(name, folder)| (name.as_str(), Some(folder)));
        let watched = shipped
            .into_iter()
            .chain(own)
            .filter_map(|(name, folder)| {
                let version = models.scorers().version(name)?;
                let seen = Some(version.as_str().as_bytes().to_vec());
                Some(Watched { name: name.into(), folder: folder?.clone(), seen })
            })
            .collect();
        Self { watched, in_force: Arc::clone(models.scorers()) }
    }

    /// The models for the next batch. A version that cannot be used is logged once, and what it would have taken the place
    /// of stays in force.
    pub(super) fn current(&mut self, plan: &Plan) -> Arc<Scorers> {
        for watched in &mut self.watched {
            let now = current_text(&watched.folder).ok().flatten().map(|text| text.trim_ascii().to_vec());
            if now == watched.seen {
                continue;
            }
            watched.seen = now;
            match load(&watched.name, &watched.folder, &self.in_force, plan) {
                Ok(None) => {}
                Ok(Some(scorers)) => {
                    let version = scorers.version(&watched.name).map(ToString::to_string);
                    tracing::info!(model = &*watched.name, version, "a new version is in force");
                    self.in_force = Arc::new(scorers);
                }
                Err(problems) => {
                    for problem in problems {
                        let model = &*watched.name;
                        tracing::warn!(model, problem, "its new version is not used, the one before stays in force");
                    }
                }
            }
        }
        Arc::clone(&self.in_force)
    }
}

/// The models with another version of one; `None` where its version is that in force.
fn load(
    name: &Arc<str>,
    folder: &std::path::Path,
    before: &Scorers,
    plan: &Plan,
) -> Result<Option<Scorers>, Vec<String>> {
    let broken = |source| vec![described(&ModelProblem::Registry { name: Arc::clone(name), source })];
    let place = locate(folder).map_err(broken)?;
    if place.version.is_none() {
        return Err(vec![format!("{}: `current` is gone", folder.display())]);
    }
    if place.version.as_ref() == before.version(name) {
        return Ok(None);
    }
    let after = before
        .with(name, place, plan)
        .map_err(|problems| problems.iter().map(|one| described(one)).collect::<Vec<_>>())?;
    // What is read, and which part of a comment is scored, was decided for all of the run when it began.
    let languages = |scorers: &Scorers| scorers.tone.iter().flat_map(ToneModel::languages).collect::<Vec<_>>();
    if languages(before) != languages(&after) {
        return Err(vec!["it reads other languages; a new run can use it".to_owned()]);
    }
    Ok(Some(after))
}

/// A problem with its causes, on one line.
fn described(problem: &dyn Error) -> String {
    let mut text = problem.to_string();
    let mut cause = problem.source();
    while let Some(error) = cause {
        let told = error.to_string();
        if !text.contains(&told) {
            text = format!("{text}: {told}");
        }
        cause = error.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
