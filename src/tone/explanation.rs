//! A tone taken apart: what each label's score is made of.

use crate::classify::linear_model::LinearModel;
use crate::domain::{Absence, Evidence, LabelledScore, Tone};

use super::characters::CharacterWeights;
use super::evidence::{strongest, weighed_words};
use super::model::{ToneModel, ToneScratch};

/// Which of the models gives a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToneModelKind {
    /// Toxicity and its kinds.
    Abuse,
    /// Positive, negative, ambiguous, neutral.
    Sentiment,
    /// One of the site's own.
    Own,
}

impl ToneModelKind {
    /// All, in the order of the scores.
    pub const ALL: [Self; 3] = [Self::Abuse, Self::Sentiment, Self::Own];

    /// The name that options and output use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Abuse => "abuse",
            Self::Sentiment => "sentiment",
            Self::Own => "own",
        }
    }
}

/// Which labels are to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedLabels {
    /// Those that reach their threshold, and the one that the tone follows from.
    Notable,
    /// These, as places in [`ToneModel::score_labels`].
    These(Vec<usize>),
}

/// A label that no model gives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no model gives the label `{label}`{hint}", hint = hint(known))]
pub struct UnknownLabel {
    /// The label.
    pub label: String,
    /// The labels that there are.
    pub known: Vec<String>,
}

fn hint(known: &[String]) -> String {
    format!("\n  hint: the labels are: {}", known.join(", "))
}

impl WantedLabels {
    /// The labels of these names, of these models alone where any are named; all labels of these models where no names
    /// are given; the notable ones where nothing is.
    ///
    /// # Errors
    /// All names that no label of these models has.
    pub fn find(model: &ToneModel, names: &[String], models: &[ToneModelKind]) -> Result<Self, Vec<UnknownLabel>> {
        if names.is_empty() && models.is_empty() {
            return Ok(Self::Notable);
        }
        let all = model.score_labels().iter().zip(model.label_models()).enumerate();
        let candidates: Vec<(usize, &str)> = all
            .filter(|(_, (_, kind))| models.is_empty() || models.contains(kind))
            .map(|(at, (label, _))| (at, &**label))
            .collect();
        let known = || candidates.iter().map(|(_, label)| (*label).to_owned()).collect::<Vec<String>>();
        let is_known = |name: &String| candidates.iter().any(|(_, label)| label == name);
        let unknown: Vec<UnknownLabel> = names
            .iter()
            .filter(|name| !is_known(name))
            .map(|name| UnknownLabel { label: name.clone(), known: known() })
            .collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let is_wanted = |label: &str| names.is_empty() || names.iter().any(|name| name == label);
        Ok(Self::These(candidates.iter().filter(|(_, label)| is_wanted(label)).map(|(at, _)| *at).collect()))
    }
}

/// What the score of one label is made of, in log-odds where nothing else is said.
///
/// `intercept` and the weights of all `words` and `elsewhere` add up to `before_calibration`; with `calibration` that is
/// the log-odds of `probability`, but for the rounding of the scoring model's 32-bit sums.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelExplanation {
    /// The model that gives the label.
    pub model: ToneModelKind,
    /// The label and its probability, as [`ToneModel::score`] gives them.
    pub score: LabelledScore,
    /// Whether the tone follows from it.
    pub is_leading: bool,
    /// The score of a text without known features, before calibration.
    pub intercept: f64,
    /// All words that moved the score, in the order of the text.
    pub words: Vec<Evidence>,
    /// What features add that stand on no character.
    pub elsewhere: f64,
    /// What all words, and `elsewhere`, add.
    pub evidence: f64,
    /// The score before calibration.
    pub before_calibration: f64,
    /// What calibration adds.
    pub calibration: f64,
    /// Probability, 0..=1, from which on the label is said to apply.
    pub threshold: f64,
    /// Probability from which on the label makes the tone hostile, if it can.
    pub hostile_at: Option<f64>,
}

impl LabelExplanation {
    /// Whether the label is said to apply.
    #[must_use]
    pub fn reaches_threshold(&self) -> bool {
        self.score.probability.get() >= self.threshold
    }
}

/// A tone, and what its scores are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct ToneExplanation {
    /// The tone, as [`ToneModel::score`] gives it.
    pub tone: Tone,
    /// The labels that were asked for: the leading one first, the others in the order of the scores.
    pub labels: Vec<LabelExplanation>,
}

impl ToneModel {
    /// The tone of a commenter's own words, and what the wanted labels' scores are made of. Spans are those of
    /// `own_words`. Places of labels that do not exist are passed over.
    ///
    /// # Errors
    /// As for [`ToneModel::score`].
    pub fn explain(
        &self,
        own_words: &str,
        wanted: &WantedLabels,
        scratch: &mut ToneScratch,
    ) -> Result<ToneExplanation, Absence> {
        let tone = self.score(own_words, None, 0, scratch)?;
        let leading = self.leading(&scratch.abuse, &scratch.sentiment).1;
        let is_wanted = |at: usize| match wanted {
            WantedLabels::These(places) => places.contains(&at),
            WantedLabels::Notable => {
                let (_, model, label) = self.model_of(at);
                at == leading || tone.scores[at].probability.get() >= model.labels()[label].threshold
            }
        };
        let others = (0..tone.scores.len()).filter(|at| *at != leading);
        let places: Vec<usize> = [leading].into_iter().chain(others).filter(|at| is_wanted(*at)).collect();
        let labels = places
            .into_iter()
            .map(|at| {
                let explanation = self.explain_label(own_words, at, tone.scores[at].clone(), scratch);
                LabelExplanation { is_leading: at == leading, ..explanation }
            })
            .collect();
        Ok(ToneExplanation { tone, labels })
    }

    /// Of each label the `count` words that moved its score most, strongest first; labels in the order of the scores.
    #[must_use]
    pub fn evidence_of_all_labels(&self, own_words: &str, count: usize, scratch: &mut ToneScratch) -> Vec<Evidence> {
        let all = (0..self.score_labels().len()).flat_map(|at| self.strongest_words(own_words, at, count, scratch));
        all.collect()
    }

    fn explain_label(
        &self,
        own_words: &str,
        at: usize,
        score: LabelledScore,
        scratch: &mut ToneScratch,
    ) -> LabelExplanation {
        let (kind, model, label) = self.model_of(at);
        let parameters = &model.labels()[label];
        let weights = CharacterWeights::of(model, own_words, &mut scratch.featuriser, label);
        let words = weighed_words(&weights, own_words, &score.label);
        let evidence = weights.sum();
        let hostile = self.hostile_at.iter().find(|(abuse, _)| kind == ToneModelKind::Abuse && *abuse == label);
        LabelExplanation {
            model: kind,
            score,
            is_leading: false,
            intercept: parameters.intercept,
            words,
            elsewhere: weights.elsewhere(),
            evidence,
            before_calibration: parameters.intercept + evidence,
            calibration: parameters.offset,
            threshold: parameters.threshold,
            hostile_at: hostile.map(|(_, threshold)| *threshold),
        }
    }

    /// The model behind a place in [`ToneModel::score_labels`], and the label's place in it.
    pub(super) fn model_of(&self, at: usize) -> (ToneModelKind, &LinearModel, usize) {
        let shipped = [(ToneModelKind::Abuse, &self.abuse), (ToneModelKind::Sentiment, &self.sentiment)];
        let own = self.custom.iter().map(|custom| (ToneModelKind::Own, &custom.model));
        let mut rest = at;
        for (kind, model) in shipped.into_iter().chain(own) {
            match rest.checked_sub(model.labels().len()) {
                None => return (kind, model, rest),
                Some(beyond) => rest = beyond,
            }
        }
        (ToneModelKind::Sentiment, &self.sentiment, 0)
    }

    /// The models of all labels, in the order of [`ToneModel::score_labels`].
    pub fn label_models(&self) -> impl Iterator<Item = ToneModelKind> + '_ {
        (0..self.score_labels().len()).map(|at| self.model_of(at).0)
    }

    /// The `count` words that moved the score of a label most, strongest first; `at` is its place in
    /// [`ToneModel::score_labels`].
    pub(super) fn strongest_words(
        &self,
        own_words: &str,
        at: usize,
        count: usize,
        scratch: &mut ToneScratch,
    ) -> Vec<Evidence> {
        let (_, model, label) = self.model_of(at);
        let weights = CharacterWeights::of(model, own_words, &mut scratch.featuriser, label);
        strongest(weighed_words(&weights, own_words, &self.score_labels()[at]), count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::classify::artifact::Artifact;
    use crate::domain::ToneLabel;

    fn shipped() -> ToneModel {
        let load = |bytes: &[u8]| Artifact::parse(bytes.to_vec()).unwrap();
        let abuse = load(include_bytes!("../../models/abuse/weights.bin"));
        ToneModel::new(&abuse, &load(include_bytes!("../../models/sentiment/weights.bin")), vec![]).unwrap()
    }

    fn all_of(model: &ToneModel) -> WantedLabels {
        WantedLabels::These((0..model.score_labels().len()).collect())
    }

    /// Words, what stands elsewhere and the intercept are the score before calibration, and with the calibration that of
    /// the probability.
    fn check_that_it_adds_up(model: &ToneModel, text: &str, scratch: &mut ToneScratch) {
        let Ok(explanation) = model.explain(text, &all_of(model), scratch) else { return };
        assert_eq!(explanation.labels.len(), model.score_labels().len());
        for label in &explanation.labels {
            let words: f64 = label.words.iter().map(|word| word.weight).sum();
            let before = label.intercept + words + label.elsewhere;
            let close = |left: f64, right: f64| (left - right).abs() <= 1e-9 * (1.0 + right.abs());
            assert!(close(words + label.elsewhere, label.evidence), "{text:?}: {label:?}");
            assert!(close(before, label.before_calibration), "{text:?}: {label:?}");
            // The scoring model adds in 32 bits.
            let probability = crate::domain::Probability::from_log_odds(before + label.calibration);
            let error = probability.get() - label.score.probability.get();
            assert!(error.abs() <= 1e-4, "{text:?}: {} is off by {error}", label.score.label);
            for word in &label.words {
                assert!(!word.span.of(text).is_empty());
                let inside = word.runs.iter().all(|run| !run.span.of(text).is_empty());
                let in_order = word.runs.windows(2).all(|pair| pair[0].span.end <= pair[1].span.begin);
                assert!(inside && in_order, "{text:?}: {word:?}");
            }
            assert!(label.words.windows(2).all(|pair| pair[0].span.end <= pair[1].span.begin), "{text:?}");
        }
    }

    #[test]
    fn the_evidence_of_ordinary_comments_adds_up() {
        let (model, mut scratch) = (shipped(), ToneScratch::default());
        for text in [
            "You are an idiot and a liar.",
            "you-idiot!!",
            "Thank you, this is a lovely article!",
            "…",
            "a",
            "It’s\u{a0}FINE — really…\n\nIs it not?  Ｎｏ, İstanbul",
            "Не знам зашто, али мост је леп 🙂",
            "so so so so so so so so",
            "x\u{200b}y \u{0}\u{1} z",
        ] {
            check_that_it_adds_up(&model, text, &mut scratch);
        }
        check_that_it_adds_up(&model, &"One long comment about the bridge, and again. ".repeat(200), &mut scratch);
        check_that_it_adds_up(&model, &"w".repeat(5_000), &mut scratch);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn the_evidence_of_any_text_adds_up(text in "\\PC{0,60}|[a-e '’…\\n\\-!🙂\u{200b}]{0,60}|(you|are|a|fool|idiot|not|thanks|[.,!?-]| ){0,30}") {
            let (model, mut scratch) = (shipped(), ToneScratch::default());
            check_that_it_adds_up(&model, &text, &mut scratch);
        }
    }

    #[test]
    fn the_characters_that_carry_a_word_are_found_inside_of_it() {
        let (model, mut scratch) = (shipped(), ToneScratch::default());
        let text = "you-idiot!!";
        let explanation = model.explain(text, &WantedLabels::Notable, &mut scratch).unwrap();
        let leading = &explanation.labels[0];
        assert_eq!(explanation.tone.label, ToneLabel::Hostile);
        let [word] = leading.words.as_slice() else { panic!("{:?}", leading.words) };
        assert_eq!(word.span.of(text), "you-idiot");
        let runs: Vec<&str> = word.runs.iter().map(|run| run.span.of(text)).collect();
        // To the letter it depends on the model.
        assert!(runs.len() == 1 && runs[0].len() >= 4 && "idiot".contains(runs[0]), "{runs:?}");
        assert!(word.runs[0].weight > word.weight / 2.0 && word.runs[0].weight < word.weight, "{word:?}");
    }

    #[test]
    fn notable_labels_reach_their_threshold_or_lead() {
        let (model, mut scratch) = (shipped(), ToneScratch::default());
        for text in ["You are an idiot and a liar.", "The bridge opens on Monday.", "Thank you!", "b"] {
            let explanation = model.explain(text, &WantedLabels::Notable, &mut scratch).unwrap();
            assert!(explanation.labels[0].is_leading, "{text}");
            assert_eq!(explanation.labels.iter().filter(|label| label.is_leading).count(), 1, "{text}");
            assert!(explanation.labels[1..].iter().all(LabelExplanation::reaches_threshold), "{text}");
            let all = model.explain(text, &all_of(&model), &mut scratch).unwrap();
            let reached = all.labels.iter().filter(|label| label.is_leading || label.reaches_threshold()).count();
            assert_eq!(explanation.labels.len(), reached, "{text}");
        }
    }

    #[test]
    fn labels_are_found_by_name_and_model() {
        let model = shipped();
        let names = |wanted: &WantedLabels| match wanted {
            WantedLabels::Notable => vec!["notable"],
            WantedLabels::These(places) => places.iter().map(|at| &*model.score_labels()[*at]).collect(),
        };
        let find = |labels: &[&str], models: &[ToneModelKind]| {
            let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
            WantedLabels::find(&model, &labels, models)
        };
        assert_eq!(names(&find(&[], &[]).unwrap()), ["notable"]);
        assert_eq!(names(&find(&["insult", "negative"], &[]).unwrap()), ["insult", "negative"]);
        assert_eq!(
            names(&find(&[], &[ToneModelKind::Sentiment]).unwrap())[0],
            model.sentiment.labels()[0].name.as_ref()
        );
        assert_eq!(find(&[], &ToneModelKind::ALL).unwrap(), all_of(&model));
        let unknown = find(&["insult", "rude", "negative"], &[ToneModelKind::Abuse]).unwrap_err();
        assert_eq!(unknown.iter().map(|one| one.label.as_str()).collect::<Vec<_>>(), ["rude", "negative"]);
        assert!(
            unknown[0].to_string().contains("the labels are: toxicity, ")
                && !unknown[0].known.contains(&"negative".to_owned())
        );
    }

    #[test]
    fn the_evidence_of_all_labels_is_that_of_each() {
        let (model, mut scratch) = (shipped(), ToneScratch::default());
        let text = "You are an idiot and a liar.";
        let all = model.evidence_of_all_labels(text, 2, &mut scratch);
        let labels: Vec<&str> = all.iter().map(|evidence| &*evidence.label).collect();
        let expected: Vec<&str> = model.score_labels().iter().flat_map(|label| [&**label; 2]).collect();
        assert_eq!(labels, expected);
        let leading = model.score(text, None, 2, &mut scratch).unwrap().evidence;
        let same: Vec<&Evidence> = all.iter().filter(|evidence| evidence.label == leading[0].label).collect();
        assert_eq!(same, leading.iter().collect::<Vec<_>>());
    }
}
