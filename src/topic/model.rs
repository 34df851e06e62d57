//! The topic model: the encoder, term weights, the set of common words, and the head.

use std::sync::Arc;

use super::Situation;
use super::comment_vector::{CommentVector, WeightBounds, WordMemory};
use super::known_words::{KnownWords, MAX_BYTES};
use super::second_head::{SECOND_FEATURE_COUNT, SecondHead, SentenceSimilarities};
use super::similarities::{FEATURE_COUNT, FEATURE_NAMES, Similarities};
use super::terms::TermWeights;
use crate::classify::artifact::{Artifact, ArtifactBuilder, ArtifactError, Header};
use crate::classify::dense_head::DenseHead;
use crate::classify::scratch_pool::ScratchPool;
use crate::classify::static_encoder::StaticEncoder;
use crate::domain::{Absence, LanguageCode, Probability, Relevance, Topic, TopicBasis};

/// The kind of model file that is read here.
pub const KIND: &str = "topic-head";
/// The terms and features that the shipped model was trained on. Changes with any change of `terms`,
/// `comment_vector` or `similarities`.
pub const FEATURE_SPEC: &str = "topic-encoder-terms-18-light-stem@2";

const LABEL: &str = "off_topic";
/// Which encoder the head was trained with: the first 48 bits of its file's SHA-256, as a whole number.
const ENCODER_PARAMETER: &str = "encoder_sha256_48_bits";
/// Which sentence encoder the second head was trained with, in the same way.
const SENTENCE_ENCODER_PARAMETER: &str = "sentence_encoder_sha256_48_bits";
/// The second head's section, which need not be there, and its intercept.
const SECOND_HEAD: &str = "second_head";
const SECOND_HEAD_INTERCEPT: &str = "second_head_intercept";

/// What a topic model is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicModelParts {
    /// The weight of every term.
    pub term_weights: TermWeights,
    /// From which weight on a term is a content word.
    pub content_weight: f32,
    /// From which weight on a term is rare.
    pub rare_weight: f32,
    /// The commonest words of the training texts.
    pub known_words: KnownWords,
    /// Log-odds of off topic from [`Similarities::features`].
    pub head: DenseHead,
    /// What places texts by their subject.
    pub encoder: Arc<StaticEncoder>,
    /// The cascade's second score; a model without it works without a cascade.
    pub second_head: Option<SecondHead>,
}

/// Says how far a comment is off topic. Reads English.
///
/// The probability holds for a world where every other comment is off topic, as in its training data; where fewer
/// are, it is too high by a factor that is the same for all odds, and a threshold is the way to use it.
#[derive(Debug, Clone)]
pub struct TopicModel {
    parts: TopicModelParts,
    languages: Vec<LanguageCode>,
    citation: String,
    words: ScratchPool<WordMemory>,
}

impl TopicModel {
    /// Reads a model from a checked file, to work with an encoder.
    ///
    /// # Errors
    /// Where the file is another kind of model, was trained on other features or with another encoder, or holds numbers that
    /// make no sense.
    pub fn load(artifact: &Artifact, encoder: Arc<StaticEncoder>) -> Result<Self, ArtifactError> {
        artifact.expect(KIND, FEATURE_SPEC)?;
        let trained_with = artifact.parameter(ENCODER_PARAMETER)?;
        if (trained_with - number_of(encoder.checksum())).abs() > 0.5 {
            #[allow(clippy::cast_sign_loss, reason = "a number that makes no sense names no encoder either")]
            return Err(ArtifactError::Mismatch {
                what: "encoder",
                found: format!("sha256:{:012x}", trained_with as u64),
                expected: encoder.citation().to_owned(),
            });
        }
        Self::read(artifact, encoder)
    }

    /// Whether a file is a sound topic model, for whichever encoder.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn check(artifact: &Artifact) -> Result<(), ArtifactError> {
        artifact.expect(KIND, FEATURE_SPEC)?;
        Self::read(artifact, Arc::new(StaticEncoder::blank())).map(|_| ())
    }

    fn read(artifact: &Artifact, encoder: Arc<StaticEncoder>) -> Result<Self, ArtifactError> {
        let header = artifact.header();
        if header.labels != [LABEL] {
            return Err(ArtifactError::Mismatch {
                what: "labels",
                found: header.labels.join(", "),
                expected: LABEL.to_owned(),
            });
        }
        let languages = header
            .languages
            .iter()
            .map(|code| code.parse().map_err(|_| broken(&format!("`{code}` is no language code"))))
            .collect::<Result<_, _>>()?;
        let weight = |name| {
            let weight = artifact.parameter(name)?;
            let in_range = (0.0..=100.0).contains(&weight);
            in_range.then_some(weight as f32).ok_or_else(|| broken(&format!("parameter `{name}` is not in 0..=100")))
        };
        let cells = artifact.unsigned_bytes("term_weights", TermWeights::CELLS)?;
        let term_weights = TermWeights::new(cells, weight("term_weight_step")?)
            .ok_or_else(|| broken("parameter `term_weight_step` is not above 0 and at most 1"))?;
        let known_bytes = header
            .sections
            .iter()
            .find(|section| section.name == "known_words")
            .and_then(|section| usize::try_from(section.count).ok())
            .filter(|count| *count <= MAX_BYTES)
            .ok_or_else(|| broken(&format!("section `known_words` is missing or has more than {MAX_BYTES} bytes")))?;
        let known_words = KnownWords::new(artifact.unsigned_bytes("known_words", known_bytes)?)
            .ok_or_else(|| broken("section `known_words` is empty"))?;
        let head = DenseHead::new(artifact.doubles("head", FEATURE_COUNT)?, artifact.parameter("head_intercept")?)
            .ok_or_else(|| broken("the weights of section `head` are too large"))?;
        let parts = TopicModelParts {
            term_weights,
            content_weight: weight("content_weight")?,
            rare_weight: weight("rare_weight")?,
            known_words,
            head,
            encoder,
            second_head: second_head(artifact)?,
        };
        Ok(Self { parts, languages, citation: artifact.citation(), words: ScratchPool::default() })
    }

    /// A model fresh from training, which no file holds yet.
    ///
    /// # Panics
    /// Never: `en` is a language code.
    #[must_use]
    pub fn from_parts(parts: TopicModelParts) -> Self {
        let english = "en".parse().expect("a language code");
        Self { parts, languages: vec![english], citation: "topic@unsaved".to_owned(), words: ScratchPool::default() }
    }

    /// The bytes of the model's file.
    #[must_use]
    pub fn to_bytes(&self, name: &str, version: &str) -> Vec<u8> {
        let parts = &self.parts;
        let mut parameters = vec![
            ("term_weight_step", f64::from(parts.term_weights.step())),
            ("content_weight", f64::from(parts.content_weight)),
            ("rare_weight", f64::from(parts.rare_weight)),
            ("head_intercept", parts.head.intercept()),
            (ENCODER_PARAMETER, number_of(parts.encoder.checksum())),
        ];
        if let Some(second) = &parts.second_head {
            parameters.push((SECOND_HEAD_INTERCEPT, second.head.intercept()));
            parameters.push((SENTENCE_ENCODER_PARAMETER, number_of(&second.encoder_checksum)));
        }
        let header = Header {
            name: name.to_owned(),
            version: version.to_owned(),
            kind: KIND.to_owned(),
            feature_spec: FEATURE_SPEC.to_owned(),
            labels: vec![LABEL.to_owned()],
            languages: self.languages.iter().map(ToString::to_string).collect(),
            parameters: parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            sections: Vec::new(),
        };
        let mut builder = ArtifactBuilder::new(header);
        builder.unsigned_bytes("term_weights", parts.term_weights.cells());
        builder.unsigned_bytes("known_words", parts.known_words.bits());
        builder.doubles("head", parts.head.weights());
        if let Some(second) = &parts.second_head {
            builder.doubles(SECOND_HEAD, second.head.weights());
        }
        builder.finish()
    }

    /// What the model is made of.
    #[must_use]
    pub fn parts(&self) -> &TopicModelParts {
        &self.parts
    }

    /// The languages that it reads.
    #[must_use]
    pub fn languages(&self) -> &[LanguageCode] {
        &self.languages
    }

    /// `name@version+sha256:…`, as records cite it.
    #[must_use]
    pub fn citation(&self) -> &str {
        &self.citation
    }

    /// What a comment is about, from the parts of it that are its writer's own words (no quotes, links or code).
    #[must_use]
    pub fn vectorise<'text>(&self, texts: impl IntoIterator<Item = &'text str> + Clone) -> CommentVector {
        let bounds = WeightBounds { content: self.parts.content_weight, rare: self.parts.rare_weight };
        let encoder = &self.parts.encoder;
        let memory = || WordMemory::new(encoder);
        self.words.lend(memory, |memory| CommentVector::of(texts, encoder, &self.parts.term_weights, bounds, memory))
    }

    /// How far off topic a comment is.
    ///
    /// # Errors
    /// [`Absence::TooLittleText`] or [`Absence::NoContext`]; see [`Similarities::basis`].
    pub fn score(&self, similarities: &Similarities) -> Result<Topic, Absence> {
        let basis = similarities.basis()?;
        let relevance = |basis| {
            similarities.has(basis).then(|| {
                let alone = similarities.seen_in(Situation::only(basis));
                Probability::from_log_odds(-self.log_odds(&alone)).rounded().get()
            })
        };
        let relevance = Relevance {
            article: relevance(TopicBasis::Article),
            parent: relevance(TopicBasis::Parent),
            thread: relevance(TopicBasis::Thread),
        };
        let off_topic = Probability::from_log_odds(self.log_odds(similarities));
        Ok(Topic { off_topic, basis, relevance, is_second_score: false })
    }

    /// What becomes of a comment's score once a sentence encoder has looked at it: the first one where there is no second
    /// head. What the contexts say alone stays.
    #[must_use]
    pub fn second_score(&self, first: Topic, similarities: &Similarities, sentences: &SentenceSimilarities) -> Topic {
        let Some(second) = &self.parts.second_head else { return first };
        Topic { off_topic: second.score(self.log_odds(similarities), sentences), is_second_score: true, ..first }
    }

    /// Log-odds of off topic, however little text there is.
    #[must_use]
    pub fn log_odds(&self, similarities: &Similarities) -> f64 {
        self.parts.head.log_odds(&similarities.features())
    }

    /// Whether a folded word is common English: it stands in enough of the training texts. About 1 % of all other
    /// words seem to be.
    #[must_use]
    pub fn knows_word(&self, folded: &str) -> bool {
        self.parts.known_words.contains(folded)
    }

    /// Names of the head's inputs with the weight of each.
    pub fn named_weights(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        FEATURE_NAMES.into_iter().zip(self.parts.head.weights().iter().copied())
    }
}

/// A checksum of 48 bits as a number; 0 for that of an encoder that no file holds.
fn number_of(checksum: &str) -> f64 {
    u64::from_str_radix(checksum, 16).map_or(0.0, |number| number as f64)
}

/// The second head, where the file holds one.
fn second_head(artifact: &Artifact) -> Result<Option<SecondHead>, ArtifactError> {
    if !artifact.header().sections.iter().any(|section| section.name == SECOND_HEAD) {
        return Ok(None);
    }
    let weights = artifact.doubles(SECOND_HEAD, SECOND_FEATURE_COUNT)?;
    let head = DenseHead::new(weights, artifact.parameter(SECOND_HEAD_INTERCEPT)?)
        .ok_or_else(|| broken("the weights of section `second_head` are too large"))?;
    let number = artifact.parameter(SENTENCE_ENCODER_PARAMETER)?;
    if !(0.0..2_f64.powi(48)).contains(&number) || number.fract() != 0.0 {
        return Err(broken("parameter `sentence_encoder_sha256_48_bits` is no checksum"));
    }
    #[allow(clippy::cast_sign_loss, reason = "checked just now")]
    let encoder_checksum = format!("{:012x}", number as u64);
    Ok(Some(SecondHead { head, encoder_checksum }))
}

fn broken(what: &str) -> ArtifactError {
    ArtifactError::BrokenHeader(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::{ArticleVectors, Surroundings, ThreadCentroid};

    /// All terms weigh the same, and only the article's and the parent's cosine count.
    fn model() -> TopicModel {
        let mut weights = vec![0.0; FEATURE_COUNT];
        (weights[1], weights[10]) = (-6.0, -2.0);
        TopicModel::from_parts(TopicModelParts {
            term_weights: TermWeights::new(vec![100; TermWeights::CELLS], 0.03).unwrap(),
            content_weight: 1.0,
            rare_weight: 2.0,
            known_words: KnownWords::from_hashes(&[crate::text::words::hash_word("bridge")]),
            head: DenseHead::new(weights, 2.0).unwrap(),
            encoder: Arc::new(StaticEncoder::blank()),
            second_head: None,
        })
    }

    fn header(bytes: &[u8]) -> Header {
        Artifact::parse(bytes.to_vec()).unwrap().header().clone()
    }

    #[test]
    fn what_is_written_scores_the_same_when_read() {
        let fresh = model();
        let read =
            TopicModel::load(&Artifact::parse(fresh.to_bytes("topic", "1")).unwrap(), Arc::new(StaticEncoder::blank()))
                .unwrap();
        assert_eq!(read.parts(), fresh.parts());
        assert!(read.citation().starts_with("topic@1+sha256:"));
        assert!(read.knows_word("bridge") && !read.knows_word("brudge"));
    }

    #[test]
    fn the_nearest_passage_and_the_context_at_hand_decide() {
        let model = model();
        let filler = "alpha beta gamma delta epsilon zeta eta theta iota kappa ".repeat(8);
        let text = format!("{filler}\nThe council closed the old bridge over the river\n");
        let article = ArticleVectors::new(&model, Some("Council news"), Some(&text));
        let none = ThreadCentroid::default();
        let [near, far] = ["when did the council close the bridge", "onions want butter, salt and time"]
            .map(|text| model.vectorise([text]));
        let score = |comment: &CommentVector,
                     article: Option<&ArticleVectors>,
                     parent: Option<&CommentVector>,
                     thread: &ThreadCentroid| {
            let around = Surroundings { article, parent, thread: Some(thread), ..Surroundings::default() };
            model.score(&Similarities::between(comment, &around))
        };
        let [on, off] = [&near, &far].map(|comment| score(comment, article.as_ref(), None, &none).unwrap());
        assert!(on.off_topic.get() < 0.5 && off.off_topic.get() > 0.8, "{on:?} {off:?}");
        assert_eq!((on.basis, off.relevance.parent), (TopicBasis::Article, None));
        assert!(on.relevance.article.unwrap() > 0.5 && off.relevance.article.unwrap() < 0.2);

        let reply = score(&far, None, Some(&far), &none).unwrap();
        assert_eq!((reply.basis, reply.relevance.article), (TopicBasis::Parent, None));
        assert!((reply.relevance.parent.unwrap() - 0.5).abs() < 1e-3, "{reply:?}");

        let mut thread = none.clone();
        for earlier in 0..3 {
            assert_eq!(score(&near, None, None, &thread), Err(Absence::NoContext), "{earlier} earlier comments");
            thread.add(&near);
        }
        assert_eq!(score(&near, None, None, &thread).unwrap().basis, TopicBasis::Thread);
        assert_eq!(score(&near, None, Some(&CommentVector::default()), &none), Err(Absence::NoContext));
        let short = model.vectorise(["old bridge"]);
        assert_eq!(score(&short, article.as_ref(), None, &none), Err(Absence::TooLittleText));
    }

    #[test]
    fn files_that_make_no_sense_are_refused() {
        let sound = model().to_bytes("topic", "1");
        let rebuild = |change: &dyn Fn(&mut Header), cells: usize, known: usize, head: &[f64]| {
            let mut header = header(&sound);
            change(&mut header);
            let mut builder = ArtifactBuilder::new(header);
            builder.unsigned_bytes("term_weights", &vec![1; cells]);
            builder.unsigned_bytes("known_words", &vec![1; known]);
            let artifact = Artifact::parse(builder.doubles("head", head).finish()).unwrap();
            TopicModel::load(&artifact, Arc::new(StaticEncoder::blank()))
        };
        let (cells, zeros) = (TermWeights::CELLS, [0.0; FEATURE_COUNT]);
        let parameter = |name: &'static str, value: f64| {
            move |header: &mut Header| {
                header.parameters.insert(name.to_owned(), value);
            }
        };
        assert!(rebuild(&|_| {}, cells, 8, &zeros).is_ok());
        assert!(rebuild(&|_| {}, cells - 1, 8, &zeros).is_err());
        assert!(rebuild(&|_| {}, cells, 0, &zeros).is_err());
        assert!(rebuild(&|_| {}, cells, MAX_BYTES + 1, &zeros).is_err());
        assert!(rebuild(&|_| {}, cells, 8, &zeros[1..]).is_err());
        for bad in [f64::NAN, f64::INFINITY, 1e300] {
            assert!(rebuild(&|_| {}, cells, 8, &[bad; FEATURE_COUNT]).is_err(), "{bad}");
        }
        for (name, value) in [
            ("term_weight_step", 0.0),
            ("term_weight_step", 2.0),
            ("content_weight", -1.0),
            ("rare_weight", 1e9),
            ("head_intercept", 1e300),
            (ENCODER_PARAMETER, 77.0),
        ] {
            assert!(rebuild(&parameter(name, value), cells, 8, &zeros).is_err(), "{name} {value}");
        }
        assert!(rebuild(&|header| header.parameters.clear(), cells, 8, &zeros).is_err());
        assert!(rebuild(&|header| header.kind = "other".to_owned(), cells, 8, &zeros).is_err());
        assert!(rebuild(&|header| header.feature_spec = "other".to_owned(), cells, 8, &zeros).is_err());
        assert!(rebuild(&|header| header.labels.clear(), cells, 8, &zeros).is_err());
        assert!(rebuild(&|header| header.languages = vec!["???".to_owned()], cells, 8, &zeros).is_err());
    }
}
