//! The models of a run: those in the program, or those that the configuration names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::classify::artifact::{Artifact, ArtifactError};
use crate::classify::linear_model::LinearModel;
use crate::classify::sentence_vectors::SentenceVectors;
use crate::classify::static_encoder::StaticEncoder;
use crate::config::Plan;
use crate::domain::LanguageCode;
use crate::language::Detector;
use crate::language::model::LanguageModel;
use crate::policy::{Condition, ScoreName};
use crate::registry::{Located, PlainName, RegistryError, WEIGHTS, embedded, locate};
use crate::tone::{CustomModel, ToneModel};
use crate::topic::TopicModel;

/// Why the models cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelProblem {
    /// The model's file is not sound, or not of the kind that it should be.
    #[error("model `{name}` ({place}): {source}")]
    Broken {
        /// `abuse`, `sentiment`, `topic`, or the name of a site's own model.
        name: Arc<str>,
        /// The file, or `built-in`.
        place: String,
        /// What is wrong.
        source: ArtifactError,
    },
    /// The entry of a registry leads to no version.
    #[error("model `{name}`: {source}")]
    Registry {
        /// `abuse`, `sentiment`, `topic`, or the name of a site's own model.
        name: Arc<str>,
        /// What is wrong.
        source: RegistryError,
    },
    /// The program was built without models, and the configuration names none.
    #[error(
        "model `{name}`: this program holds none\n  hint: name its folder in [models], or build with the feature `embedded-models`"
    )]
    Missing {
        /// `abuse`, `sentiment` or `topic`.
        name: Arc<str>,
    },
    /// The sentence-transformer cannot be used.
    #[error("{0}")]
    SentenceEncoder(String),
    /// The topic model has no second head for the sentence-transformer that the configuration names.
    #[error(
        "model `topic`: [topic.cascade] names the sentence-transformer {cited}, but the model has {found}\n  hint: train \
         one with `threadsieve train topic DATA --sentence-encoder {folder} --out FOLDER` and name its folder in \
         [models], or leave [topic.cascade] out"
    )]
    NoSecondHead {
        /// The sentence-transformer, as records would cite it.
        cited: String,
        /// What the model has instead.
        found: String,
        /// The folder of the sentence-transformer.
        folder: String,
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

/// Everything that looks at comments. Shared by all threads, never changed; the models of tone may be followed by others
/// while a run lasts.
#[derive(Debug)]
pub struct Models {
    /// Tells languages apart.
    pub detector: Detector,
    /// Off-topic, unless switched off.
    pub topic: Option<TopicModel>,
    /// The sentence encoder of the cascade, where there is one; the topic model has a second head for it.
    pub sentences: Option<Arc<dyn SentenceVectors>>,
    scorers: Arc<Scorers>,
    languages: Vec<LanguageCode>,
}

/// The models of tone that score a comment, and what its record cites of all models.
#[derive(Debug)]
pub struct Scorers {
    /// Tone, unless switched off.
    pub tone: Option<ToneModel>,
    citations: BTreeMap<Arc<str>, Arc<str>>,
    places: Places,
}

/// Where each model of tone is read from, by its name; `None` is the one in the program.
pub(super) type Places = BTreeMap<Arc<str>, Option<Located>>;

impl Models {
    /// Loads and checks all models that a plan asks for, and that its rules ask only for what these give.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(plan: &Plan) -> Result<Self, Vec<ModelProblem>> {
        let mut problems = Vec::new();
        let detector = load_detector(plan, &mut problems);
        let mut citations = BTreeMap::from([(Arc::from("language"), detector.citation())]);
        let tone = plan.tone_enabled.then(|| {
            let places = places(plan, &mut problems);
            let tone = load_tone(&places, &mut citations, &mut problems)?;
            Some((tone, places))
        });
        let topic = plan.topic_enabled.then(|| {
            let name: Arc<str> = "topic".into();
            let place = located(&name, plan.models.topic.as_deref(), &mut problems)?;
            let found = artifact(&name, place.as_ref(), &mut problems);
            let encoder = load_encoder(plan.models.encoder.as_deref(), &mut problems)?;
            let artifact = found?;
            citations.insert(Arc::from("encoder"), encoder.citation().into());
            citations.insert(Arc::clone(&name), artifact.citation().into());
            sound(&name, place.as_ref(), TopicModel::load(&artifact, encoder), &mut problems)
        });
        let (tone, topic) = (tone.flatten(), topic.flatten());
        let cascade = plan.topic_cascade.as_ref().filter(|_| plan.topic_enabled);
        let sentences = cascade.and_then(|cascade| {
            let found = sentence_encoder(&cascade.folder).map_err(|found| problems.extend(found)).ok()?;
            problems.extend(second_head_problem(topic.as_ref()?, &*found, &cascade.folder));
            citations.insert(Arc::from("sentence_encoder"), found.citation().into());
            Some(found)
        });
        if problems.is_empty() {
            check_labels(plan, tone.as_ref().map(|(tone, _)| tone), &mut problems);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut languages: BTreeSet<LanguageCode> = topic.iter().flat_map(TopicModel::languages).copied().collect();
        let (tone, places) = tone.unzip();
        languages.extend(tone.iter().flat_map(ToneModel::languages));
        let scorers = Arc::new(Scorers { tone, citations, places: places.unwrap_or_default() });
        Ok(Self { detector, topic, sentences, scorers, languages: languages.into_iter().collect() })
    }

    /// The models of tone as they were loaded.
    #[must_use]
    pub fn scorers(&self) -> &Arc<Scorers> {
        &self.scorers
    }

    /// The labels that the models of tone give scores for, in the order of records; none where tone is switched off.
    #[must_use]
    pub fn score_labels(&self) -> &[Arc<str>] {
        self.scorers.tone.as_ref().map_or(&[], ToneModel::score_labels)
    }

    /// Checks that the rules of another plan, for which nothing else would be loaded, ask only for what these models give.
    ///
    /// # Errors
    /// Every label that no model gives.
    pub fn check_rules(&self, plan: &Plan) -> Result<(), Vec<ModelProblem>> {
        let mut problems = Vec::new();
        check_labels(plan, self.scorers.tone.as_ref(), &mut problems);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What scores comments, by stage, as records cite it.
    #[must_use]
    pub fn citations(&self) -> &BTreeMap<Arc<str>, Arc<str>> {
        self.scorers.citations()
    }

    /// The languages that the models read.
    #[must_use]
    pub fn languages(&self) -> &[LanguageCode] {
        &self.languages
    }
}

impl Scorers {
    /// What scores comments, by stage, as records cite it.
    #[must_use]
    pub fn citations(&self) -> &BTreeMap<Arc<str>, Arc<str>> {
        &self.citations
    }

    /// The version of a model, where it is one of a registry.
    pub(super) fn version(&self, name: &str) -> Option<&PlainName> {
        self.places.get(name)?.as_ref()?.version.as_ref()
    }

    /// These models with one of them read from another place.
    ///
    /// # Errors
    /// Everything that is wrong with it, also where the rules ask for a label that it no longer gives.
    pub(super) fn with(&self, name: &Arc<str>, place: Located, plan: &Plan) -> Result<Self, Vec<ModelProblem>> {
        let mut places = self.places.clone();
        places.insert(Arc::clone(name), Some(place));
        let (mut citations, mut problems) = (self.citations.clone(), Vec::new());
        let tone = load_tone(&places, &mut citations, &mut problems);
        if problems.is_empty() {
            check_labels(plan, tone.as_ref(), &mut problems);
        }
        if problems.is_empty() { Ok(Self { tone, citations, places }) } else { Err(problems) }
    }
}

/// The encoder of a folder, or else the one in the program.
fn load_encoder(folder: Option<&Path>, problems: &mut Vec<ModelProblem>) -> Option<Arc<StaticEncoder>> {
    let name: Arc<str> = "encoder".into();
    let place = located(&name, folder, problems)?;
    let artifact = artifact(&name, place.as_ref(), problems)?;
    sound(&name, place.as_ref(), StaticEncoder::from_artifact(&artifact), problems).map(Arc::new)
}

/// The encoder that a topic model is trained with: that of a folder, or else the one in the program.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn encoder(folder: Option<&Path>) -> Result<Arc<StaticEncoder>, Vec<ModelProblem>> {
    let mut problems = Vec::new();
    load_encoder(folder, &mut problems).ok_or(problems)
}

/// The sentence-transformer of a folder.
///
/// # Errors
/// Everything that is wrong, at once; also that the program was built without the feature `sentence-transformer`.
#[cfg(feature = "sentence-transformer")]
pub fn sentence_encoder(folder: &Path) -> Result<Arc<dyn SentenceVectors>, Vec<ModelProblem>> {
    match super::load_sentence_encoder(folder) {
        Ok(encoder) => Ok(Arc::new(encoder)),
        Err(problems) => {
            Err(problems.into_iter().map(|problem| ModelProblem::SentenceEncoder(problem.to_string())).collect())
        }
    }
}

/// The sentence-transformer of a folder.
///
/// # Errors
/// Always: the program was built without the feature `sentence-transformer`.
#[cfg(not(feature = "sentence-transformer"))]
pub fn sentence_encoder(folder: &Path) -> Result<Arc<dyn SentenceVectors>, Vec<ModelProblem>> {
    Err(vec![ModelProblem::SentenceEncoder(format!(
        "{}: this program was built without the feature `sentence-transformer`\n  hint: build it with `cargo install \
         --path . --features sentence-transformer`",
        folder.display()
    ))])
}

/// What is wrong where a topic model does not work with a sentence encoder.
fn second_head_problem(topic: &TopicModel, sentences: &dyn SentenceVectors, folder: &Path) -> Option<ModelProblem> {
    let found = match &topic.parts().second_head {
        None => "no second head".to_owned(),
        Some(second) if second.encoder_checksum == sentences.checksum() => return None,
        Some(second) => format!("a second head for another, sha256:{}", second.encoder_checksum),
    };
    let (cited, folder) = (sentences.citation().to_owned(), folder.display().to_string());
    Some(ModelProblem::NoSecondHead { cited, found, folder })
}

/// The detector with the model that the plan names, or else with the one in the program, if that holds one.
fn load_detector(plan: &Plan, problems: &mut Vec<ModelProblem>) -> Detector {
    let Some(folder) = plan.models.language.as_deref() else { return Detector::shipped() };
    let name: Arc<str> = "language".into();
    let model = located(&name, Some(folder), problems).and_then(|place| {
        let artifact = artifact(&name, place.as_ref(), problems)?;
        sound(&name, place.as_ref(), LanguageModel::from_artifact(&artifact), problems)
    });
    Detector::new(model.map(Arc::new))
}

/// Where the models of tone are, as far as they can be found.
fn places(plan: &Plan, problems: &mut Vec<ModelProblem>) -> Places {
    let shipped = [("abuse", plan.models.abuse.as_deref()), ("sentiment", plan.models.sentiment.as_deref())];
    let own = plan.models.custom.iter().map(|(name, folder)| (name.as_str(), Some(folder.as_path())));
    let found = shipped.into_iter().chain(own).filter_map(|(name, folder)| {
        let name: Arc<str> = name.into();
        let place = located(&name, folder, problems)?;
        Some((name, place))
    });
    found.collect()
}

/// Loads all models of tone, and says what records cite.
fn load_tone(
    places: &Places,
    citations: &mut BTreeMap<Arc<str>, Arc<str>>,
    problems: &mut Vec<ModelProblem>,
) -> Option<ToneModel> {
    let (mut shipped, mut custom) = (BTreeMap::new(), Vec::new());
    for (name, place) in places {
        let place = place.as_ref();
        let Some(artifact) = artifact(name, place, problems) else { continue };
        // Records have always called the model of abuse by what it is there for.
        let cited: Arc<str> = if &**name == "abuse" { "tone".into() } else { Arc::clone(name) };
        citations.insert(cited, artifact.citation().into());
        if matches!(&**name, "abuse" | "sentiment") {
            shipped.insert(&**name, (artifact, place));
        } else if let Some(model) = sound(name, place, LinearModel::from_artifact(&artifact), problems) {
            custom.push(CustomModel { name: Arc::clone(name), model });
        }
    }
    let ((abuse, abuse_place), (sentiment, sentiment_place)) =
        shipped.remove("abuse").zip(shipped.remove("sentiment"))?;
    let place = abuse_place.or(sentiment_place);
    sound(&"abuse".into(), place, ToneModel::new(&abuse, &sentiment, custom), problems)
}

/// Where a model is; `Some(None)` is inside the program.
#[allow(clippy::option_option, reason = "that there is a problem is not that there is no folder")]
fn located(name: &Arc<str>, folder: Option<&Path>, problems: &mut Vec<ModelProblem>) -> Option<Option<Located>> {
    let Some(folder) = folder else { return Some(None) };
    match locate(folder) {
        Ok(located) => Some(Some(located)),
        Err(source) => {
            problems.push(ModelProblem::Registry { name: Arc::clone(name), source });
            None
        }
    }
}

fn artifact(name: &Arc<str>, place: Option<&Located>, problems: &mut Vec<ModelProblem>) -> Option<Artifact> {
    let found = match (place, embedded(name)) {
        (Some(place), _) => Artifact::read(&place.folder.join(WEIGHTS)),
        (None, Some(model)) => Artifact::parse(model.weights),
        (None, None) => {
            problems.push(ModelProblem::Missing { name: Arc::clone(name) });
            return None;
        }
    };
    sound(name, place, found, problems)
}

fn sound<T>(
    name: &Arc<str>,
    place: Option<&Located>,
    found: Result<T, ArtifactError>,
    problems: &mut Vec<ModelProblem>,
) -> Option<T> {
    let place = || place.map_or_else(|| "built-in".to_owned(), |place| place.folder.display().to_string());
    found.map_err(|source| problems.push(ModelProblem::Broken { name: Arc::clone(name), place: place(), source })).ok()
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
