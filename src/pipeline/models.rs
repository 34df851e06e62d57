//! The models of a run: those in the program, or those that the configuration names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::classify::artifact::{Artifact, ArtifactError};
use crate::config::Plan;
use crate::domain::LanguageCode;
use crate::language::{self, Detector};
use crate::policy::{Condition, ScoreName};
use crate::tone::ToneModel;
use crate::topic::TopicModel;

use super::embedded::embedded;

/// Why the models cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelProblem {
    /// The model's file is not sound, or not of the kind that it should be.
    #[error("model `{name}` ({place}): {source}")]
    Broken {
        /// `abuse`, `sentiment` or `topic`.
        name: &'static str,
        /// The file, or `built-in`.
        place: String,
        /// What is wrong.
        source: ArtifactError,
    },
    /// The program was built without models, and the configuration names none.
    #[error(
        "model `{name}`: this program holds none\n  hint: name its folder in [models], or build with the feature `embedded-models`"
    )]
    Missing {
        /// `abuse`, `sentiment` or `topic`.
        name: &'static str,
    },
    /// A rule asks for a label that no model gives.
    #[error("rule `{rule}`: no model gives the label `{label}`\n  hint: the labels are: {known}")]
    UnknownLabel {
        /// The rule.
        rule: String,
        /// The label.
        label: String,
        /// The labels that there are.
        known: String,
    },
}

/// Everything that scores comments. Shared by all threads, never changed.
#[derive(Debug)]
pub struct Models {
    /// Tells languages apart.
    pub detector: Detector,
    /// Tone, unless switched off.
    pub tone: Option<ToneModel>,
    /// Off-topic, unless switched off.
    pub topic: Option<TopicModel>,
    citations: BTreeMap<&'static str, String>,
    languages: Vec<LanguageCode>,
}

impl Models {
    /// Loads and checks all models that a plan asks for, and that its rules ask only for what these give.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(plan: &Plan) -> Result<Self, Vec<ModelProblem>> {
        let mut problems = Vec::new();
        let mut citations = BTreeMap::from([("language", language::CITATION.to_owned())]);
        let tone = plan.tone_enabled.then(|| {
            let abuse = artifact("abuse", plan.models.abuse.as_deref(), &mut problems);
            let sentiment = artifact("sentiment", plan.models.sentiment.as_deref(), &mut problems);
            let (abuse, sentiment) = abuse.zip(sentiment)?;
            citations.insert("tone", abuse.citation());
            citations.insert("sentiment", sentiment.citation());
            let place = plan.models.abuse.as_deref().or(plan.models.sentiment.as_deref());
            sound("abuse", place, ToneModel::new(&abuse, &sentiment), &mut problems)
        });
        let topic = plan.topic_enabled.then(|| {
            let artifact = artifact("topic", plan.models.topic.as_deref(), &mut problems)?;
            citations.insert("topic", artifact.citation());
            sound("topic", plan.models.topic.as_deref(), TopicModel::load(&artifact), &mut problems)
        });
        let (tone, topic) = (tone.flatten(), topic.flatten());
        if problems.is_empty() {
            check_labels(plan, tone.as_ref(), &mut problems);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut languages: BTreeSet<LanguageCode> = topic.iter().flat_map(TopicModel::languages).copied().collect();
        languages.extend(tone.iter().flat_map(ToneModel::languages));
        Ok(Self { detector: Detector::new(), tone, topic, citations, languages: languages.into_iter().collect() })
    }

    /// Checks that the rules of another plan, for which nothing else would be loaded, ask only for what these models give.
    ///
    /// # Errors
    /// Every label that no model gives.
    pub fn check_rules(&self, plan: &Plan) -> Result<(), Vec<ModelProblem>> {
        let mut problems = Vec::new();
        check_labels(plan, self.tone.as_ref(), &mut problems);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What scores comments, by stage, as records cite it.
    #[must_use]
    pub fn citations(&self) -> &BTreeMap<&'static str, String> {
        &self.citations
    }

    /// The languages that the models read.
    #[must_use]
    pub fn languages(&self) -> &[LanguageCode] {
        &self.languages
    }
}

fn place(path: Option<&Path>) -> String {
    path.map_or_else(|| "built-in".to_owned(), |path| path.display().to_string())
}

fn artifact(name: &'static str, folder: Option<&Path>, problems: &mut Vec<ModelProblem>) -> Option<Artifact> {
    let found = match (folder, embedded(name)) {
        (Some(folder), _) => Artifact::read(&folder.join("weights.bin")),
        (None, Some(bytes)) => Artifact::parse(bytes),
        (None, None) => {
            problems.push(ModelProblem::Missing { name });
            return None;
        }
    };
    sound(name, folder, found, problems)
}

fn sound<T>(
    name: &'static str,
    folder: Option<&Path>,
    found: Result<T, ArtifactError>,
    problems: &mut Vec<ModelProblem>,
) -> Option<T> {
    found.map_err(|source| problems.push(ModelProblem::Broken { name, place: place(folder), source })).ok()
}

fn check_labels(plan: &Plan, tone: Option<&ToneModel>, problems: &mut Vec<ModelProblem>) {
    // Where tone is switched off, its rules are asleep.
    let Some(tone) = tone else { return };
    let known: Vec<&str> = tone.score_labels().iter().map(|label| &**label).collect();
    for rule in &plan.policy.rules {
        for condition in &rule.conditions {
            if let Condition::Score(ScoreName::Label(label), _) = condition
                && !known.contains(&&**label)
            {
                problems.push(ModelProblem::UnknownLabel {
                    rule: rule.id.to_string(),
                    label: label.to_string(),
                    known: known.join(", "),
                });
            }
        }
    }
}
