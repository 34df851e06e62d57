//! Scores on the scale that Google's Perspective has: the share of people who would say so, where as many comments have
//! the label as have not.
//!
//! Thresholds such as 0.8 were chosen on that scale. How it was found is in decision 17.

use std::sync::Arc;

use super::ToneModel;
use super::even_mix_table::{
    HIGHEST_SENTENCE, MEANING, MEANING_ENCODER, MEANING_INTERCEPT, MEANING_WEIGHTS, SENTIMENT, SHIPPED,
    SHIPPED_CITATION, UPPER_HALF, WHOLE,
};
use super::even_mix_words::word_order;
use crate::classify::linear_model::LinearModel;
use crate::classify::static_encoder::StaticEncoder;
use crate::domain::{Probability, Tone};

/// The label that has an order of its own.
const TOXICITY: &str = "toxicity";
/// Log-odds further out are taken for these: probabilities of 0 and 1 have none.
const MOST_LOG_ODDS: f64 = 30.0;

/// How log-odds at the natural mix become log-odds at the even mix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) slope: f64,
    pub(super) offset: f64,
}

/// A label of the shipped abuse model, whose file states no rates.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShippedLabel {
    pub(super) label: &'static str,
    pub(super) natural_rate: f64,
    pub(super) scale: Scale,
}

/// Puts the scores of a [`ToneModel`] on Perspective's scale. Made once for a model.
///
/// Of each label of the abuse model, and of a site's own models, whose natural rate is known:
///
/// 1. the log-odds, at the natural mix; of `toxicity` a weighted sum of those of the whole text, of those of its most toxic
///    sentence, of what `negative` has more than `neutral`, of what its single words say, and of a small head on the
///    encoder's direction: it puts harmless comments in a smoother order;
/// 2. minus the log-odds of the natural rate: what they are where as many comments have the label as have not. For the
///    rarer labels of the shipped model a slope goes with it, since so far from their natural mix they are off;
/// 3. above even odds times 0.4: where a majority surely says yes, still not everybody does.
///
/// The scores of a label are in the same order as before, but for `toxicity`. Scores of sentiments, and of labels whose
/// natural rate is not known, stay as they are.
#[derive(Debug, Clone)]
pub struct EvenMix {
    /// The labels on the even scale, in the order of the models; all others keep their scores.
    scales: Vec<(Arc<str>, Scale)>,
    /// Whether `toxicity` is the abuse model's, and its natural rate known.
    orders_toxicity: bool,
    /// The encoder, where it is the one that the head is for.
    encoder: Option<Arc<StaticEncoder>>,
}

/// The share of the natural mix that has a label of a model: what its file states, or else what is known of the shipped
/// abuse model, which was made before files stated it.
#[must_use]
pub fn natural_rate(model: &LinearModel, label: &str) -> Option<f64> {
    let stated = model.labels().iter().find(|own| &*own.name == label)?.natural_rate;
    stated.or_else(|| shipped(model, label).map(|shipped| shipped.natural_rate))
}

fn shipped(model: &LinearModel, label: &str) -> Option<ShippedLabel> {
    let is_shipped = &**model.citation() == SHIPPED_CITATION;
    SHIPPED.into_iter().find(|shipped| is_shipped && shipped.label == label)
}

fn scale(model: &LinearModel, label: &str) -> Option<Scale> {
    let by_rate = || natural_rate(model, label).map(|rate| Scale { slope: 1.0, offset: -log_odds(rate) });
    shipped(model, label).map(|shipped| shipped.scale).or_else(by_rate)
}

impl EvenMix {
    /// For the scores of a model. The encoder may be any; one that the head on its directions is not for is left aside, and
    /// `toxicity` is then put in order without it.
    #[must_use]
    pub fn of(model: &ToneModel, encoder: Option<Arc<StaticEncoder>>) -> Self {
        let (abuse, sentiment) = (model.abuse.labels().len(), model.sentiment.labels().len());
        let names = model.score_labels();
        let own =
            model.custom.iter().flat_map(|custom| custom.model.labels().iter().map(|label| (&custom.model, label)));
        let of_abuse = model.abuse.labels().iter().map(|label| (&model.abuse, label));
        let on_the_scale = names.iter().take(abuse).chain(names.iter().skip(abuse + sentiment));
        let scales: Vec<(Arc<str>, Scale)> = on_the_scale
            .zip(of_abuse.chain(own))
            .filter_map(|(name, (model, label))| Some((Arc::clone(name), scale(model, &label.name)?)))
            .collect();
        Self {
            orders_toxicity: scale(&model.abuse, TOXICITY).is_some(),
            encoder: encoder.filter(|encoder| encoder.citation() == MEANING_ENCODER),
            scales,
        }
    }

    /// Whether a label's scores are on the even scale; those of others stay as they are.
    #[must_use]
    pub fn knows(&self, label: &str) -> bool {
        self.scale_of(label).is_some()
    }

    /// The score of a label on the even scale; that of the natural mix where [`Self::knows`] says no; `None` where the tone
    /// has no such score.
    ///
    /// `text` is what `whole` is the tone of, `sentences` are the tones of its sentences, those without words left out. Where
    /// there are none, the text counts as one sentence: so the score of a sentence by itself is asked for.
    #[must_use]
    pub fn score<'tone>(
        &self,
        text: &str,
        whole: &Tone,
        sentences: impl IntoIterator<Item = &'tone Tone>,
        label: &str,
    ) -> Option<Probability> {
        let natural = probability(whole, label)?;
        let Some(scale) = self.scale_of(label) else { return Some(natural) };
        let mut place = log_odds(natural.get());
        if label == TOXICITY && self.orders_toxicity {
            let each = sentences.into_iter().filter_map(|tone| probability(tone, label));
            let highest = each.map(|found| log_odds(found.get())).reduce(f64::max).unwrap_or(place);
            let sentiment = |label: &str| probability(whole, label).map_or(0.0, |found| log_odds(found.get()));
            place = WHOLE * place
                + HIGHEST_SENTENCE * highest
                + SENTIMENT * (sentiment("negative") - sentiment("neutral"))
                + word_order(text)
                + MEANING * self.meaning(text);
        }
        Some(Probability::from_log_odds(upper_half(scale.slope * place + scale.offset)))
    }

    fn scale_of(&self, label: &str) -> Option<Scale> {
        self.scales.iter().find(|(name, _)| &**name == label).map(|(_, scale)| *scale)
    }

    /// What the encoder's direction says of toxicity, in log-odds; 0 without the encoder.
    fn meaning(&self, text: &str) -> f64 {
        self.encoder
            .as_ref()
            .map_or(0.0, |encoder| f64::from(encoder.encode([text]).weighted_sum(&MEANING_WEIGHTS)) + MEANING_INTERCEPT)
    }
}

fn probability(tone: &Tone, label: &str) -> Option<Probability> {
    tone.scores.iter().find(|score| &*score.label == label).map(|score| score.probability)
}

fn log_odds(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln().clamp(-MOST_LOG_ODDS, MOST_LOG_ODDS)
}

/// A majority that is sure is not everybody: log-odds above even ones are brought nearer to them.
fn upper_half(log_odds: f64) -> f64 {
    if log_odds > 0.0 { UPPER_HALF * log_odds } else { log_odds }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::artifact::Artifact;
    use crate::classify::inverse_frequency::FrequencyCounter;
    use crate::classify::linear_model_file::{LabelToWrite, LinearModelFile};
    use crate::domain::{LabelledScore, LanguageCode, Span, ToneLabel};
    use crate::text::features::{Featuriser, HashedText};
    use crate::text::sentences::sentences;
    use crate::tone::{CustomModel, ToneScratch};

    const BUCKETS: usize = 1 << 10;
    const SENTIMENTS: [&str; 4] = ["positive", "negative", "ambiguous", "neutral"];

    /// A model that knows nothing but what its file states.
    fn artifact(labels: &[&str], parameters: &[(&str, f64)]) -> Artifact {
        let mut counter = FrequencyCounter::new(BUCKETS).unwrap();
        let mut hashed = HashedText::default();
        Featuriser::new().extract("words", &mut hashed);
        counter.add(&hashed, true);
        let label = |name: &&str| LabelToWrite {
            name: (*name).to_owned(),
            products: vec![0.0; BUCKETS],
            intercept: 0.0,
            offset: 0.0,
            threshold: 0.5,
        };
        let file = LinearModelFile {
            name: "demo".into(),
            version: "1".into(),
            languages: vec!["en".into()],
            parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
            inverse_frequencies: &counter.finish(),
            labels: &labels.iter().map(label).collect::<Vec<_>>(),
        };
        Artifact::parse(file.encode()).unwrap()
    }

    fn model(rates: &[(&str, f64)], own_rates: &[(&str, f64)]) -> ToneModel {
        let mut parameters = vec![("hostile_at.toxicity", 0.5)];
        parameters.extend(rates);
        let own = LinearModel::from_artifact(&artifact(&["insult", "spam"], own_rates)).unwrap();
        let own = vec![CustomModel { name: "own".into(), model: own }];
        ToneModel::new(&artifact(&["insult", "toxicity"], &parameters), &artifact(&SENTIMENTS, &[]), own).unwrap()
    }

    fn tone(scores: &[(&str, f64)]) -> Tone {
        let scores = scores.iter().map(|(label, probability)| LabelledScore {
            label: (*label).into(),
            probability: Probability::new(*probability).unwrap(),
        });
        Tone { label: ToneLabel::Neutral, scores: scores.collect(), evidence: vec![] }
    }

    fn get(score: Option<Probability>) -> Option<f64> {
        score.map(|score| (score.get() * 1e4).round() / 1e4)
    }

    #[test]
    fn the_rate_that_a_file_states_becomes_even_odds() {
        let even = EvenMix::of(&model(&[("natural_rate.insult", 0.2)], &[("natural_rate.spam", 0.01)]), None);
        let check = |label: &str, natural: f64, expected: f64| {
            let found = get(even.score("words", &tone(&[(label, natural)]), &[], label)).unwrap();
            assert!((found - expected).abs() < 1e-4, "{label} {natural}: {found}");
        };
        check("insult", 0.2, 0.5);
        // 1/19 instead of 1/4 is the odds of one in five: below even odds nothing else is done.
        check("insult", 0.05, 4.0 / 23.0);
        // Four to one is sixteen to one at the even mix; 16 ^ 0.4 is 3.0314.
        check("insult", 0.8, 3.0314 / 4.0314);
        check("spam", 0.01, 0.5);
        for (natural, expected) in [(0.0, 0.0), (1.0, 1.0)] {
            check("insult", natural, expected);
        }
        let steps = (0..=1000).map(|step| f64::from(step) / 1000.0);
        let scores: Vec<f64> =
            steps.map(|step| even.score("", &tone(&[("insult", step)]), &[], "insult").unwrap().get()).collect();
        assert!(scores.windows(2).all(|pair| pair[0] < pair[1]), "the order is kept");
    }

    #[test]
    fn scores_whose_rate_is_not_known_stay_as_they_are() {
        let check = |rates: &[(&str, f64)], own_rates: &[(&str, f64)], known: &[&str]| {
            let even = EvenMix::of(&model(rates, own_rates), None);
            for label in ["toxicity", "insult", "own.insult", "spam", "negative", "neutral"] {
                assert_eq!(even.knows(label), known.contains(&label), "{label}");
                let found = get(even.score("words", &tone(&[(label, 0.3)]), &[], label));
                assert_eq!(found != Some(0.3), known.contains(&label), "{label}: {found:?}");
            }
            assert_eq!(even.score("words", &tone(&[("toxicity", 0.3)]), &[], "other"), None);
            assert_eq!(
                even.score("words", &tone(&[("insult", 0.3)]), &[], "spam"),
                None,
                "a language it does not read"
            );
        };
        check(&[], &[], &[]);
        check(&[("natural_rate.toxicity", 0.1)], &[], &["toxicity"]);
        check(&[("natural_rate.insult", 0.1)], &[("natural_rate.insult", 0.2)], &["insult", "own.insult"]);
        check(&[], &[("natural_rate.spam", 0.2)], &["spam"]);
        for rate in [0.0, 1.0, -0.1] {
            assert!(LinearModel::from_artifact(&artifact(&["a"], &[("natural_rate.a", rate)])).is_err(), "{rate}");
        }
    }

    #[test]
    fn toxicity_listens_to_the_most_toxic_sentence_and_to_sentiment() {
        // A text without words, so that these say nothing.
        let even = EvenMix::of(&model(&[("natural_rate.toxicity", 0.1)], &[]), None);
        let toxic = |probability: f64| tone(&[("toxicity", probability), ("negative", 0.5), ("neutral", 0.5)]);
        let score = |whole: &Tone, parts: &[Tone]| even.score("", whole, parts, "toxicity").unwrap().get();
        assert!((score(&toxic(0.1), &[]) - 0.5).abs() < 1e-9);
        assert!((score(&toxic(0.1), &[toxic(0.1), toxic(0.01)]) - 0.5).abs() < 1e-9, "the highest, in any order");
        assert!((score(&toxic(0.1), &[toxic(0.01), toxic(0.1)]) - 0.5).abs() < 1e-9, "the highest, in any order");
        assert!(score(&toxic(0.1), &[toxic(0.9), toxic(0.1)]) > 0.6);
        assert!(score(&toxic(0.1), &[toxic(0.05)]) < 0.45);
        let with = |negative: f64, neutral: f64| {
            score(&tone(&[("toxicity", 0.1), ("negative", negative), ("neutral", neutral)]), &[])
        };
        assert!(with(0.8, 0.5) > 0.5 && with(0.5, 0.8) < 0.5);
        assert!((0.0..=1.0).contains(&with(1.0, 0.0)) && (0.0..=1.0).contains(&with(0.0, 1.0)));
    }

    fn shipped_model() -> ToneModel {
        let abuse = Artifact::parse(include_bytes!("../../models/abuse/weights.bin").to_vec()).unwrap();
        let sentiment = Artifact::parse(include_bytes!("../../models/sentiment/weights.bin").to_vec()).unwrap();
        ToneModel::new(&abuse, &sentiment, vec![]).unwrap()
    }

    fn shipped_encoder() -> Arc<StaticEncoder> {
        let encoder = Artifact::parse(include_bytes!("../../models/encoder/weights.bin").to_vec()).unwrap();
        Arc::new(StaticEncoder::from_artifact(&encoder).unwrap())
    }

    #[test]
    fn the_table_is_that_of_the_shipped_models() {
        let (model, encoder) = (shipped_model(), shipped_encoder());
        assert_eq!(
            &**model.citations()[0],
            SHIPPED_CITATION,
            "make the table anew: benches/perspective_scale/README.md"
        );
        assert_eq!(encoder.citation(), MEANING_ENCODER, "make the table anew: benches/perspective_scale/README.md");
        assert_eq!(encoder.shape().dimensions, MEANING_WEIGHTS.len());
        let even = EvenMix::of(&model, Some(encoder));
        for (at, label) in model.score_labels().iter().enumerate() {
            assert_eq!(even.knows(label), at < SHIPPED.len(), "{label}");
        }
        for label in SHIPPED {
            assert_eq!(natural_rate(&model.abuse, label.label), Some(label.natural_rate));
        }
    }

    #[test]
    fn the_shipped_models_give_scores_of_perspectives_scale() {
        let model = shipped_model();
        let check = |text: &str, label: &str, low: f64, high: f64| {
            let mut scratch = ToneScratch::default();
            let mut of = |part: &str| model.score(part, Some(LanguageCode::EN), 0, &mut scratch).unwrap();
            let whole = of(text);
            let parts: Vec<Tone> =
                sentences(text, Span::new(0, text.len())).iter().map(|span| of(span.of(text))).collect();
            for encoder in [None, Some(shipped_encoder())] {
                let has_encoder = encoder.is_some();
                let score = EvenMix::of(&model, encoder).score(text, &whole, &parts, label).unwrap().get();
                assert!((low..=high).contains(&score), "{text}: {label} {score}, encoder: {has_encoder}");
            }
        };
        check("You are an idiot and a liar.", "toxicity", 0.8, 0.999);
        check("You are an idiot and a liar.", "insult", 0.8, 0.999);
        check("You are an idiot and a liar.", "threat", 0.0, 0.1);
        check("I will find you and kill you", "threat", 0.8, 1.0);
        check("Thank you, this is a lovely article!", "toxicity", 0.0, 0.2);
        check("The bridge opens on Monday.", "toxicity", 0.0, 0.2);
        check("The bridge opens on Monday.", "identity_attack", 0.0, 0.1);
        check("I am a gay man.", "toxicity", 0.0, 0.5);
        let long = "The bridge opens on Monday, and the ferry goes on until the end of the month. Trains stop at the old \
                    station, where the timetable hangs beside the door. ";
        check(long, "toxicity", 0.0, 0.2);
        check(&format!("{long}You are an idiot."), "toxicity", 0.6, 0.99);
    }
}
