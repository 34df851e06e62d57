//! How well a topic model tells a comment of the thread from one of another.

use std::collections::BTreeMap;

use serde::Serialize;

use super::TrainingFile;
use super::examples::{Example, ExampleOptions, for_each_example};
use super::rows::Answer;
use super::second_head::CascadeReport;
use super::slices::{depth_bucket, length_bucket};
use super::threads::Thread;
use crate::classify::calibration_curve::{calibration_curve, expected_calibration_error};
use crate::classify::metrics::roc_auc;
use crate::domain::{Probability, TopicBasis};
use crate::topic::{Situation, TopicModel};
use crate::train::model_folder::report_json;

/// The share of on-topic comments that a suggested threshold may call off topic.
const TOLERATED_FALSE_ALARMS: f64 = 0.02;

/// Figures for some of the examples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoredSlice {
    /// Comments under their own context.
    pub on_topic: usize,
    /// Comments under another's, and those that a person called off topic.
    pub off_topic: usize,
    /// Area under the ROC curve of the score; absent where one of the two is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auc: Option<f64>,
}

/// A threshold and what it does on the examples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Threshold {
    /// Call a comment off topic from this score on.
    pub at_least: f64,
    /// Share of the on-topic comments that it calls off topic.
    pub false_alarms: f64,
    /// Share of the off-topic comments that it calls that.
    pub found: f64,
}

/// Figures for one situation: what there is to compare with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SituationReport {
    /// All comments with any term, also those that the model does not score for being too short.
    pub every_comment: ScoredSlice,
    /// The plain cosine on the same comments, the figure to beat; absent where there is more than one to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cosine_alone: Option<f64>,
    /// The comments that the model scores: three content words or more.
    pub scored: ScoredSlice,
    /// The scored ones by length in characters.
    pub by_length: BTreeMap<String, ScoredSlice>,
    /// The scored ones by the depth of the place.
    pub by_depth: BTreeMap<String, ScoredSlice>,
    /// Expected calibration error of the scored ones, in ten bins, where half are off topic; absent without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration_error: Option<f64>,
    /// The threshold at which at most 2 % of the scored on-topic comments are called off topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
}

/// What `report.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicReport {
    /// The files measured on.
    pub files: Vec<TrainingFile>,
    /// `article`: comments against a title. `parent`: replies against the comment that they answer.
    /// `thread`: comments against the earlier ones. `all`: against everything that the thread has. `long_article`:
    /// the same where the article is long, made up from other comments of the thread. `labelled`: the same for the comments
    /// of which a person said whether they are on topic, and no others; there only where some of them are not.
    pub situations: BTreeMap<String, SituationReport>,
    /// The greatest of the situations' thresholds: at most 2 % false alarms in each of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggested_threshold: Option<f64>,
    /// Good answers against bad ones to the same questions, by how much they are on topic for the question alone; missing
    /// where the files have no such answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good_answers: Option<f64>,
    /// What is left of the area of each situation, of scored comments, where the head is fitted without a family of its
    /// inputs; missing unless asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ablations: BTreeMap<String, BTreeMap<String, f64>>,
    /// The cascade's second score; missing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cascade: Option<CascadeReport>,
}

/// An example as it was scored.
struct Scored {
    score: f64,
    cosine: f64,
    off_topic: bool,
    long_enough: bool,
    length_chars: usize,
    depth: u32,
}

impl TopicReport {
    /// Measures a model on threads.
    pub(super) fn measure(threads: &[Thread], model: &TopicModel, seed: u64, files: Vec<TrainingFile>) -> Self {
        let mut groups: BTreeMap<&str, Vec<Scored>> = BTreeMap::new();
        let mut answers: Vec<(f64, bool)> = Vec::new();
        let kinds = [
            ("article", Situation::only(TopicBasis::Article)),
            ("parent", Situation::only(TopicBasis::Parent)),
            ("thread", Situation::only(TopicBasis::Thread)),
            ("all", Situation::ALL),
        ];
        for_each_example(
            threads,
            ExampleOptions { seed, made_up_articles: false, openings_as_articles: false, strangers: true },
            |group| {
                for example in group.iter().filter(|example| example.judged) {
                    for (name, situation) in kinds {
                        groups.entry(name).or_default().extend(score(model, example, situation));
                    }
                }
                for example in group {
                    let article = score(model, example, Situation::only(TopicBasis::Article));
                    let grade = example.answer.filter(|grade| *grade != Answer::PotentiallyUseful);
                    answers.extend(article.zip(grade).map(|(it, grade)| (1.0 - it.score, grade == Answer::Good)));
                }
            },
        );
        for_each_example(
            threads,
            ExampleOptions { seed, made_up_articles: true, openings_as_articles: false, strangers: true },
            |group| {
                let long = group.iter().filter(|example| example.judged && example.similarities.article_passages > 4);
                for example in long {
                    groups.entry("long_article").or_default().extend(score(model, example, Situation::ALL));
                }
            },
        );
        let mut labelled = Vec::new();
        for_each_example(
            threads,
            ExampleOptions { seed, made_up_articles: false, openings_as_articles: false, strangers: false },
            |group| {
                for example in group.iter().filter(|example| example.by_person) {
                    labelled.extend(score(model, example, Situation::ALL));
                }
            },
        );
        if labelled.iter().any(|scored| scored.off_topic) {
            groups.insert("labelled", labelled);
        }
        let situations: BTreeMap<String, SituationReport> =
            groups.iter().map(|(name, scored)| ((*name).to_owned(), SituationReport::of(scored))).collect();
        let thresholds = situations.values().filter_map(|report| report.threshold.map(|it| it.at_least));
        let suggested_threshold = thresholds.max_by(f64::total_cmp);
        let good_answers = roc_auc(&answers).map(four_digits);
        Self { files, situations, suggested_threshold, good_answers, ablations: BTreeMap::new(), cascade: None }
    }

    /// Takes over the areas of a head that was fitted without a family of its inputs.
    pub(super) fn add_ablation(&mut self, family: &str, without: &Self) {
        let areas = without.situations.iter();
        let areas = areas.filter_map(|(name, situation)| Some((name.clone(), situation.scored.auc?))).collect();
        self.ablations.insert(family.to_owned(), areas);
    }

    /// The report as indented JSON with a line break at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        report_json(self)
    }
}

fn score(model: &TopicModel, example: &Example, situation: Situation) -> Option<Scored> {
    let seen = example.similarities.seen_in(situation);
    let contexts = [seen.article, seen.parent, seen.thread];
    let mut cosines = contexts.into_iter().flatten().map(|closeness| f64::from(closeness.cosine));
    let cosine = cosines.next()?;
    let log_odds = model.log_odds(&seen);
    Some(Scored {
        score: Probability::from_log_odds(log_odds).get(),
        cosine: if cosines.next().is_some() { f64::NAN } else { cosine },
        off_topic: example.off_topic,
        long_enough: seen.basis().is_ok(),
        length_chars: example.length_chars,
        depth: example.depth,
    })
}

impl ScoredSlice {
    fn of<'a>(scored: impl Iterator<Item = &'a Scored>) -> Self {
        let pairs: Vec<(f64, bool)> = scored.map(|it| (it.score, it.off_topic)).collect();
        let off_topic = pairs.iter().filter(|pair| pair.1).count();
        Self { on_topic: pairs.len() - off_topic, off_topic, auc: roc_auc(&pairs).map(four_digits) }
    }
}

impl SituationReport {
    fn of(all: &[Scored]) -> Self {
        let scored = || all.iter().filter(|it| it.long_enough);
        let single = all.iter().all(|it| !it.cosine.is_nan());
        let cosines: Vec<(f64, bool)> = all.iter().map(|it| (-it.cosine, it.off_topic)).collect();
        Self {
            every_comment: ScoredSlice::of(all.iter()),
            cosine_alone: single.then(|| roc_auc(&cosines)).flatten().map(four_digits),
            scored: ScoredSlice::of(scored()),
            by_length: slices(scored(), |it| length_bucket(it.length_chars)),
            by_depth: slices(scored(), |it| depth_bucket(it.depth)),
            calibration_error: {
                let pairs: Vec<(f64, bool)> = scored().map(|it| (it.score, it.off_topic)).collect();
                expected_calibration_error(&calibration_curve(&pairs)).map(four_digits)
            },
            threshold: Threshold::of(scored()),
        }
    }
}

impl Threshold {
    /// The lowest threshold, in whole thousandths, with at most 2 % false alarms; `None` without on-topic comments.
    fn of<'a>(scored: impl Iterator<Item = &'a Scored>) -> Option<Self> {
        let (off, on): (Vec<&Scored>, Vec<&Scored>) = scored.partition(|it| it.off_topic);
        let share = |of: &[&Scored], at_least: f64| {
            of.iter().filter(|it| it.score >= at_least).count() as f64 / of.len().max(1) as f64
        };
        let at_least = (0..=1000).map(|step| f64::from(step) / 1000.0);
        let lowest = at_least.into_iter().find(|at_least| share(&on, *at_least) <= TOLERATED_FALSE_ALARMS)?;
        let [false_alarms, found] = [share(&on, lowest), share(&off, lowest)].map(four_digits);
        (!on.is_empty()).then_some(Self { at_least: lowest, false_alarms, found })
    }
}

fn slices<'a>(
    scored: impl Iterator<Item = &'a Scored>,
    bucket: impl Fn(&Scored) -> &'static str,
) -> BTreeMap<String, ScoredSlice> {
    let mut groups: BTreeMap<&str, Vec<&Scored>> = BTreeMap::new();
    for it in scored {
        groups.entry(bucket(it)).or_default().push(it);
    }
    groups.into_iter().map(|(name, group)| (name.to_owned(), ScoredSlice::of(group.into_iter()))).collect()
}

/// A figure as reports give it.
pub(in crate::train) fn four_digits(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(score: f64, off_topic: bool) -> Scored {
        Scored { score, cosine: score, off_topic, long_enough: true, length_chars: 30, depth: 1 }
    }

    #[test]
    fn a_threshold_keeps_false_alarms_below_two_in_a_hundred() {
        let mut all: Vec<Scored> = (0..100).map(|number| scored(f64::from(number) / 100.0, false)).collect();
        all.extend((0..10).map(|_| scored(0.985, true)));
        let threshold = Threshold::of(all.iter()).unwrap();
        assert!((threshold.at_least - 0.971).abs() < 1e-9, "{threshold:?}");
        assert!((threshold.false_alarms - 0.02).abs() < 1e-9 && (threshold.found - 1.0).abs() < 1e-9);
        assert_eq!(Threshold::of([scored(0.5, true)].iter()), None);
    }
}
