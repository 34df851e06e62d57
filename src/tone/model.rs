//! The models behind a tone, a site's own among them, and the rule that puts the first two into one word.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::classify::artifact::{Artifact, ArtifactError};
use crate::classify::linear_model::{LabelParameters, LinearModel};
use crate::classify::score_table::{ScoreTable, Sums};
use crate::domain::{Absence, LabelledScore, LanguageCode, Probability, Tone, ToneLabel};
use crate::text::features::{Featuriser, HashedText};

/// Sentiment labels in the order in which a tie between them is broken, with their tones.
const SENTIMENTS: [(&str, ToneLabel); 4] = [
    ("negative", ToneLabel::Negative),
    ("positive", ToneLabel::Positive),
    ("ambiguous", ToneLabel::Ambiguous),
    ("neutral", ToneLabel::Neutral),
];

/// The places of the models in the score table.
const ABUSE: usize = 0;
const SENTIMENT: usize = 1;
const FIRST_CUSTOM: usize = 2;

/// Scores the tone of texts. Shared between threads; each has its own [`ToneScratch`].
#[derive(Debug, Clone)]
pub struct ToneModel {
    pub(super) abuse: LinearModel,
    pub(super) sentiment: LinearModel,
    /// Index of an abuse label and the probability from which on the tone is hostile.
    pub(super) hostile_at: Vec<(usize, f64)>,
    /// Index of a sentiment label and its tone, in the order of [`SENTIMENTS`].
    sentiments: Vec<(usize, ToneLabel)>,
    /// A site's own, in the order of their names.
    pub(super) custom: Vec<CustomModel>,
    /// The weights of all of them.
    table: ScoreTable,
    /// The names of all scores: of abuse, of sentiment, of the site's own models.
    score_labels: Vec<Arc<str>>,
}

/// A model of the site's own, such as `spam`.
#[derive(Debug, Clone)]
pub struct CustomModel {
    /// The name that the configuration gives it.
    pub name: Arc<str>,
    /// The model, with any labels.
    pub model: LinearModel,
}

/// One of the models behind a tone.
#[derive(Debug, Clone, Copy)]
pub struct ToneModelPart<'m> {
    /// The name under which records cite it.
    pub name: &'m str,
    /// The names of its scores in records.
    pub labels: &'m [Arc<str>],
    /// The languages that it reads.
    pub languages: &'m [LanguageCode],
}

/// Memory that is used again from text to text.
#[derive(Debug, Default)]
pub struct ToneScratch {
    pub(super) featuriser: Featuriser,
    hashed: HashedText,
    sums: Sums,
    pub(super) abuse: Vec<f64>,
    pub(super) sentiment: Vec<f64>,
    custom: Vec<f64>,
}

impl ToneModel {
    /// Puts the models together; those of the site in the order of their names.
    ///
    /// The abuse model's file states in parameters `hostile_at.<label>` from which probability of a label on a comment is
    /// hostile; the sentiment model's labels are `positive`, `negative`, `ambiguous` and `neutral`. A site's own models may
    /// have any labels. Each gives a score of the label's name where no other model has a label of that name, and else of `model.label`.
    ///
    /// # Errors
    /// Where a file is no sparse logistic model for this program, states no `hostile_at.` of one of its own labels, the
    /// sentiment model has other labels than these four, or two scores would have the same name all the same.
    pub fn new(abuse: &Artifact, sentiment: &Artifact, mut custom: Vec<CustomModel>) -> Result<Self, ArtifactError> {
        let abuse_model = LinearModel::from_artifact(abuse)?;
        let sentiment_model = LinearModel::from_artifact(sentiment)?;
        let hostile_at = hostile_thresholds(abuse, &abuse_model)?;
        let labels_differ = || ArtifactError::Mismatch {
            what: "labels",
            found: sentiment.header().labels.join(", "),
            expected: SENTIMENTS.map(|(name, _)| name).join(", "),
        };
        let index_of = |name: &str| sentiment_model.labels().iter().position(|label| label.name.as_ref() == name);
        let sentiments: Vec<(usize, ToneLabel)> = SENTIMENTS
            .iter()
            .map(|(name, tone)| index_of(name).map(|at| (at, *tone)).ok_or_else(labels_differ))
            .collect::<Result<_, _>>()?;
        if sentiment_model.labels().len() != SENTIMENTS.len() {
            return Err(labels_differ());
        }
        custom.sort_by(|left, right| left.name.cmp(&right.name));
        let score_labels = score_labels([&abuse_model, &sentiment_model], &custom)?;
        let own = custom.iter().map(|custom| &custom.model);
        let table = ScoreTable::new(&[&abuse_model, &sentiment_model].into_iter().chain(own).collect::<Vec<_>>());
        Ok(Self { abuse: abuse_model, sentiment: sentiment_model, hostile_at, sentiments, custom, table, score_labels })
    }

    /// The languages that the models of abuse and sentiment both read; without both there is no tone.
    pub fn languages(&self) -> impl Iterator<Item = LanguageCode> + '_ {
        let abuse = self.abuse.languages().iter().copied();
        abuse.filter(|language| self.sentiment.languages().contains(language))
    }

    /// Whether the models of abuse and sentiment both read a language.
    #[must_use]
    pub fn supports(&self, language: LanguageCode) -> bool {
        self.abuse.languages().contains(&language) && self.sentiment.languages().contains(&language)
    }

    /// Whether the model that gives a score reads a language.
    #[must_use]
    pub fn label_reads(&self, label: &str, language: LanguageCode) -> bool {
        self.model_for(label).is_some_and(|model| model.languages().contains(&language))
    }

    /// What records cite of the model that gives a score.
    #[must_use]
    pub fn label_citation(&self, label: &str) -> Option<&Arc<str>> {
        self.model_for(label).map(LinearModel::citation)
    }

    /// The model that gives a score.
    fn model_for(&self, label: &str) -> Option<&LinearModel> {
        let place = self.score_labels.iter().position(|name| &**name == label)?;
        Some(self.model_of(place).1)
    }

    /// What records cite: the abuse model, then the sentiment model.
    #[must_use]
    pub fn citations(&self) -> [&Arc<str>; 2] {
        [self.abuse.citation(), self.sentiment.citation()]
    }

    /// The site's own models, in the order of their names.
    #[must_use]
    pub fn custom(&self) -> &[CustomModel] {
        &self.custom
    }

    /// What each model scores: that of abuse, that of sentiment, the site's own.
    pub fn parts(&self) -> impl Iterator<Item = ToneModelPart<'_>> {
        let own = self.custom.iter().map(|custom| (&*custom.name, &custom.model));
        let mut labels = self.score_labels.as_slice();
        [("tone", &self.abuse), ("sentiment", &self.sentiment)].into_iter().chain(own).map(move |(name, model)| {
            let own = labels.split_off(..model.labels().len()).unwrap_or_default();
            ToneModelPart { name, labels: own, languages: model.languages() }
        })
    }

    /// From which probability of an abuse label on a tone is hostile.
    pub fn hostile_thresholds(&self) -> impl Iterator<Item = (&Arc<str>, f64)> {
        let named = |(label, at): &(usize, f64)| Some((self.score_labels.get(*label)?, *at));
        self.hostile_at.iter().filter_map(named)
    }

    /// The names of all scores, in their order: the abuse model's, the sentiment model's, those of the site's own.
    #[must_use]
    pub fn score_labels(&self) -> &[Arc<str>] {
        &self.score_labels
    }

    /// The tone of a commenter's own words, that is, without quotes and links.
    ///
    /// The label is `hostile` where an abuse score reaches its `hostile_at` threshold. Else it is the sentiment whose
    /// probability stands highest above its threshold, as a multiple of it; `neutral` where none reaches its own.
    ///
    /// With `evidence_count` above 0, that many words are named which moved the leading score most: of the abuse label
    /// that stands highest against its threshold if the tone is hostile, else of the sentiment behind the tone. Their
    /// spans are those of `own_words`.
    ///
    /// A site's own model that does not read the language gives no scores; the others are given all the same.
    ///
    /// # Errors
    /// [`Absence::LanguageUnsupported`] where the model of abuse or sentiment does not read the language,
    /// [`Absence::NoText`] where there are no words or signs at all. `None` for a language that is unsure: the text is
    /// then scored by all.
    pub fn score(
        &self,
        own_words: &str,
        language: Option<LanguageCode>,
        evidence_count: usize,
        scratch: &mut ToneScratch,
    ) -> Result<Tone, Absence> {
        let reads = |languages: &[LanguageCode]| language.is_none_or(|language| languages.contains(&language));
        self.score_where(own_words, reads, evidence_count, scratch)
    }

    /// As [`Self::score`], for a text whose language may not be sure: `may_be_in` says whether it is, or may well be,
    /// in one of a model's languages.
    ///
    /// # Errors
    /// As [`Self::score`].
    pub fn score_where(
        &self,
        own_words: &str,
        may_be_in: impl Fn(&[LanguageCode]) -> bool,
        evidence_count: usize,
        scratch: &mut ToneScratch,
    ) -> Result<Tone, Absence> {
        let ToneScratch { featuriser, hashed, sums, abuse, sentiment, custom } = scratch;
        featuriser.extract(own_words, hashed);
        if hashed.is_empty() {
            return Err(Absence::NoText);
        }
        if !may_be_in(self.abuse.languages()) || !may_be_in(self.sentiment.languages()) {
            return Err(Absence::LanguageUnsupported);
        }
        self.table.add_up(hashed, sums);
        self.table.log_odds(ABUSE, &self.abuse, sums, abuse);
        self.table.log_odds(SENTIMENT, &self.sentiment, sums, sentiment);
        let (label, leading) = self.leading(abuse, sentiment);
        let mut scores = Vec::with_capacity(self.score_labels.len());
        let mut names = self.score_labels.as_slice();
        let mut add = |log_odds: Option<&[f64]>, count: usize| {
            let (these, rest) = names.split_at(count);
            names = rest;
            scores.extend(these.iter().zip(log_odds.unwrap_or_default()).map(|(label, log_odds)| LabelledScore {
                label: Arc::clone(label),
                probability: Probability::from_log_odds(*log_odds),
            }));
        };
        add(Some(abuse.as_slice()), abuse.len());
        add(Some(sentiment.as_slice()), sentiment.len());
        for (at, CustomModel { model, .. }) in self.custom.iter().enumerate() {
            let reads = may_be_in(model.languages());
            if reads {
                self.table.log_odds(FIRST_CUSTOM + at, model, sums, custom);
            }
            add(reads.then_some(custom.as_slice()), model.labels().len());
        }
        let evidence = if evidence_count == 0 {
            Vec::new()
        } else {
            self.strongest_words(own_words, leading, evidence_count, scratch)
        };
        Ok(Tone { label, scores, evidence })
    }

    /// The tone that follows from the log-odds of all labels, and the place of the label that it follows from in
    /// [`ToneModel::score_labels`].
    pub(super) fn leading(&self, abuse: &[f64], sentiment: &[f64]) -> (ToneLabel, usize) {
        let multiple = |log_odds: f64, threshold: f64| {
            Probability::from_log_odds(log_odds).get() / threshold.max(f64::MIN_POSITIVE)
        };
        let hostile = highest(self.hostile_at.iter().map(|(at, threshold)| (*at, multiple(abuse[*at], *threshold))));
        if let Some((at, _)) = hostile.filter(|(_, multiple)| *multiple >= 1.0) {
            return (ToneLabel::Hostile, at);
        }
        let thresholds = self.sentiment.labels();
        let standing = |at: usize| multiple(sentiment[at], thresholds[at].threshold);
        let best = highest(self.sentiments.iter().enumerate().map(|(rank, (at, _))| (rank, standing(*at))));
        // The last of the list is `neutral`.
        let rank = best.filter(|(_, multiple)| *multiple >= 1.0).map_or(SENTIMENTS.len() - 1, |(rank, _)| rank);
        let (at, tone) = self.sentiments[rank];
        (tone, abuse.len() + at)
    }
}

/// The first of the highest.
fn highest(candidates: impl Iterator<Item = (usize, f64)>) -> Option<(usize, f64)> {
    candidates.fold(None, |best: Option<(usize, f64)>, candidate| match best {
        Some(best) if best.1 >= candidate.1 => Some(best),
        _ => Some(candidate),
    })
}

/// The names of all scores. A site's own model gives way: its label has the model's name before it where any other model
/// has a label of that name, or rules mean something else by it.
fn score_labels(shipped: [&LinearModel; 2], custom: &[CustomModel]) -> Result<Vec<Arc<str>>, ArtifactError> {
    const TAKEN: [&str; 2] = ["off_topic", "untranslated"];
    let names = |model: &LinearModel| model.labels().iter().map(|label| Arc::clone(&label.name)).collect::<Vec<_>>();
    let mut all: Vec<Arc<str>> = shipped.into_iter().flat_map(names).collect();
    let own: Vec<(&CustomModel, Arc<str>)> =
        custom.iter().flat_map(|custom| names(&custom.model).into_iter().map(move |label| (custom, label))).collect();
    let shared = |label: &Arc<str>| own.iter().filter(|(_, other)| other == label).count() > 1;
    let is_free = |label: &Arc<str>| !TAKEN.contains(&label.as_ref()) && !all.contains(label) && !shared(label);
    let qualified: Vec<Arc<str>> = own
        .iter()
        .map(
            |(custom, label)| {
                if is_free(label) { Arc::clone(label) } else { format!("{}.{label}", custom.name).into() }
            },
        )
        .collect();
    all.extend(qualified);
    let mut seen = BTreeSet::new();
    match all.iter().find(|label| !seen.insert(Arc::clone(label))) {
        Some(twice) => Err(ArtifactError::BrokenHeader(format!("two models have a label `{twice}`"))),
        None => Ok(all),
    }
}

fn hostile_thresholds(artifact: &Artifact, model: &LinearModel) -> Result<Vec<(usize, f64)>, ArtifactError> {
    const PREFIX: &str = "hostile_at.";
    let mut thresholds = Vec::new();
    for name in artifact.header().parameters.keys().filter_map(|key| key.strip_prefix(PREFIX)) {
        let threshold = artifact.parameter(&format!("{PREFIX}{name}"))?;
        let is_it = |label: &LabelParameters| label.name.as_ref() == name;
        match model.labels().iter().position(is_it) {
            Some(at) if threshold > 0.0 && threshold <= 1.0 => thresholds.push((at, threshold)),
            _ => {
                let what = format!("parameter `{PREFIX}{name}` = {threshold} is no threshold of one of its labels");
                return Err(ArtifactError::BrokenHeader(what));
            }
        }
    }
    if thresholds.is_empty() {
        return Err(ArtifactError::BrokenHeader(format!("no parameter `{PREFIX}<label>`")));
    }
    Ok(thresholds)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::classify::inverse_frequency::FrequencyCounter;
    use crate::classify::linear_model_file::{LabelToWrite, LinearModelFile};
    use crate::domain::Evidence;

    const BUCKETS: usize = 1 << 14;

    fn hashed(text: &str) -> HashedText {
        let mut out = HashedText::default();
        Featuriser::new().extract(text, &mut out);
        out
    }

    /// A model in which each label likes the features of one word.
    fn artifact(labels: &[(&str, &str)], parameters: &[(&str, f64)], language: &str) -> Artifact {
        let mut counter = FrequencyCounter::new(BUCKETS).unwrap();
        counter.add(&hashed("rotten lovely puzzling plain words here and there"), true);
        let frequencies = counter.finish();
        let labels: Vec<LabelToWrite> = labels
            .iter()
            .map(|(name, word)| {
                let mut products = vec![0.0; BUCKETS];
                let hashed = hashed(word);
                hashed.features().iter().for_each(|feature| products[*feature as usize & (BUCKETS - 1)] = 9.0);
                LabelToWrite { name: (*name).to_owned(), products, intercept: -3.0, offset: 0.0, threshold: 0.4 }
            })
            .collect();
        let file = LinearModelFile {
            name: "demo".into(),
            version: "1".into(),
            languages: vec![language.into()],
            parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect::<BTreeMap<_, _>>(),
            inverse_frequencies: &frequencies,
            labels: &labels,
        };
        Artifact::parse(file.encode()).unwrap()
    }

    const SENTIMENT: [(&str, &str); 4] =
        [("positive", "lovely"), ("negative", "rotten"), ("ambiguous", "puzzling"), ("neutral", "plain")];

    fn abuse() -> Artifact {
        artifact(&[("profanity", "here"), ("toxicity", "rotten")], &[("hostile_at.toxicity", 0.6)], "en")
    }

    fn model() -> ToneModel {
        ToneModel::new(&abuse(), &artifact(&SENTIMENT, &[], "en"), vec![]).unwrap()
    }

    fn tone(text: &str) -> Tone {
        model().score(text, Some(LanguageCode::EN), 2, &mut ToneScratch::default()).unwrap()
    }

    #[test]
    fn hostile_goes_first_then_the_sentiment_that_stands_highest() {
        for (text, expected) in [
            ("rotten", ToneLabel::Hostile),
            ("lovely", ToneLabel::Positive),
            ("puzzling", ToneLabel::Ambiguous),
            ("plain", ToneLabel::Neutral),
            ("here and there", ToneLabel::Neutral),
            ("unheard of", ToneLabel::Neutral),
        ] {
            assert_eq!(tone(text).label, expected, "{text}");
        }
        // Below the hostile threshold, above that of `negative`.
        let lenient = artifact(&[("toxicity", "here")], &[("hostile_at.toxicity", 0.6)], "en");
        let model = ToneModel::new(&lenient, &artifact(&SENTIMENT, &[], "en"), vec![]).unwrap();
        let tone = model.score("rotten", None, 0, &mut ToneScratch::default()).unwrap();
        assert_eq!((tone.label, tone.evidence), (ToneLabel::Negative, vec![]));
    }

    #[test]
    fn scores_come_in_the_models_order() {
        let tone = tone("lovely words");
        let labels: Vec<&str> = tone.scores.iter().map(|score| score.label.as_ref()).collect();
        assert_eq!(labels, ["profanity", "toxicity", "positive", "negative", "ambiguous", "neutral"]);
        let highest = tone.scores.iter().max_by(|a, b| a.probability.get().total_cmp(&b.probability.get())).unwrap();
        assert_eq!(highest.label.as_ref(), "positive");
    }

    #[test]
    fn evidence_points_at_the_words() {
        let text = "You “Rotten”, words";
        let tone = tone(text);
        let Evidence { span, label, weight, .. } = &tone.evidence[0];
        assert_eq!((span.of(text), label.as_ref()), ("Rotten", "toxicity"));
        assert!(*weight > 3.0 && tone.evidence.len() <= 2, "{:?}", tone.evidence);
    }

    #[test]
    fn absences_have_their_reason() {
        let (model, mut scratch) = (model(), ToneScratch::default());
        assert_eq!(model.score(" \n", Some(LanguageCode::EN), 0, &mut scratch), Err(Absence::NoText));
        assert_eq!(model.score("rotten", Some(LanguageCode::SR), 0, &mut scratch), Err(Absence::LanguageUnsupported));
        assert!(model.score("rotten", None, 0, &mut scratch).is_ok());
        assert!(model.supports(LanguageCode::EN) && !model.supports(LanguageCode::HBS));
        let serbian = ToneModel::new(&abuse(), &artifact(&SENTIMENT, &[], "sr"), vec![]).unwrap();
        assert!(!serbian.supports(LanguageCode::EN), "one of the two does not read it");
    }

    fn custom(name: &str, labels: &[(&str, &str)], language: &str) -> CustomModel {
        let model = LinearModel::from_artifact(&artifact(labels, &[], language)).unwrap();
        CustomModel { name: name.into(), model }
    }

    fn names(tone: &Tone) -> Vec<&str> {
        tone.scores.iter().map(|score| score.label.as_ref()).collect()
    }

    #[test]
    fn a_sites_own_models_come_last_under_names_that_are_theirs_alone() {
        let own = vec![
            custom("zeal", &[("constructive", "plain"), ("shared", "here")], "en"),
            custom("spam", &[("offer", "lovely"), ("toxicity", "rotten"), ("shared", "here")], "en"),
            custom("asides", &[("off_topic", "there")], "en"),
        ];
        let model = ToneModel::new(&abuse(), &artifact(&SENTIMENT, &[], "en"), own).unwrap();
        let tone = model.score("lovely", Some(LanguageCode::EN), 0, &mut ToneScratch::default()).unwrap();
        let own = ["asides.off_topic", "offer", "spam.toxicity", "spam.shared", "constructive", "zeal.shared"];
        assert_eq!(names(&tone)[6..], own);
        assert_eq!(model.score_labels().iter().map(AsRef::as_ref).collect::<Vec<&str>>(), names(&tone));
        let of = |label: &str| tone.scores.iter().find(|score| &*score.label == label).unwrap().probability.get();
        assert!(of("offer") > 0.9 && of("spam.shared") < 0.5 && of("constructive") < 0.5, "{:?}", tone.scores);
        assert_eq!(tone.label, ToneLabel::Positive, "a site's own models do not change the tone in one word");
        let twice = vec![custom("a", &[("b.c", "here"), ("toxicity", "here")], "en"), custom("b", &[("c", "x")], "en")];
        assert!(ToneModel::new(&abuse(), &artifact(&SENTIMENT, &[], "en"), twice).is_ok());
        let clash = vec![custom("a", &[("toxicity", "here")], "en"), custom("b", &[("a.toxicity", "x")], "en")];
        let error = ToneModel::new(&abuse(), &artifact(&SENTIMENT, &[], "en"), clash).unwrap_err().to_string();
        assert!(error.contains("`a.toxicity`"), "{error}");
    }

    #[test]
    fn a_sites_own_model_is_silent_in_a_language_that_it_does_not_read() {
        let own = vec![custom("a", &[("one", "here")], "sr"), custom("b", &[("two", "lovely")], "en")];
        let model = ToneModel::new(&abuse(), &artifact(&SENTIMENT, &[], "en"), own).unwrap();
        let mut scratch = ToneScratch::default();
        let tone = model.score("lovely", Some(LanguageCode::EN), 0, &mut scratch).unwrap();
        assert_eq!(names(&tone)[6..], ["two"]);
        assert!(tone.scores[6].probability.get() > 0.9, "a score under the name of its own label");
        let tone = model.score("lovely", None, 0, &mut scratch).unwrap();
        assert_eq!(names(&tone)[6..], ["one", "two"]);
        assert_eq!(model.score("lovely", Some(LanguageCode::SR), 0, &mut scratch), Err(Absence::LanguageUnsupported));
        assert_eq!(model.languages().collect::<Vec<_>>(), [LanguageCode::EN]);
    }

    #[test]
    fn models_that_do_not_fit_are_refused() {
        let sentiment = artifact(&SENTIMENT, &[], "en");
        for parameters in [vec![], vec![("hostile_at.other", 0.5)], vec![("hostile_at.toxicity", 0.0)]] {
            let abuse = artifact(&[("toxicity", "rotten")], &parameters, "en");
            assert!(ToneModel::new(&abuse, &sentiment, vec![]).is_err(), "{parameters:?}");
        }
        let error = ToneModel::new(&abuse(), &abuse(), vec![]).unwrap_err().to_string();
        assert!(error.contains("profanity, toxicity") && error.contains("negative, positive"), "{error}");
        let five: Vec<_> = SENTIMENT.iter().copied().chain([("bored", "words")]).collect();
        assert!(ToneModel::new(&abuse(), &artifact(&five, &[], "en"), vec![]).is_err());
    }

    #[test]
    fn the_shipped_models_tell_abuse_from_praise_and_complaint() {
        let abuse: &[u8] = include_bytes!("../../models/abuse/weights.bin");
        let sentiment: &[u8] = include_bytes!("../../models/sentiment/weights.bin");
        assert!(abuse.len() + sentiment.len() <= 7 << 19, "more than 3.5 MiB");
        let load = |bytes: &[u8]| Artifact::parse(bytes.to_vec()).unwrap();
        let model = ToneModel::new(&load(abuse), &load(sentiment), vec![]).unwrap();
        let mut scratch = ToneScratch::default();
        for (text, expected) in [
            ("You are an idiot and a liar.", ToneLabel::Hostile),
            ("I will find you and kill you", ToneLabel::Hostile),
            ("Thank you, this is a lovely article!", ToneLabel::Positive),
            ("Why would they do that?", ToneLabel::Ambiguous),
            ("The bridge opens on Monday.", ToneLabel::Neutral),
            ("I am so sad and disappointed that the library closes.", ToneLabel::Negative),
            ("I am a gay man.", ToneLabel::Neutral),
        ] {
            let tone = model.score(text, Some(LanguageCode::EN), 1, &mut scratch).unwrap();
            assert_eq!(tone.label, expected, "{text}: {:?}", tone.scores);
        }
        let insult = "He is, to put it mildly, an idiot.";
        let tone = model.score(insult, Some(LanguageCode::EN), 1, &mut scratch).unwrap();
        assert_eq!(tone.evidence[0].span.of(insult), "idiot");
    }
}
