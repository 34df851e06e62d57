//! Why a comment is on or off topic: the passage that it is nearest to, the words in common, and what each context adds.

use rustc_hash::{FxHashMap, FxHashSet};

use super::TopicModel;
use super::article_vectors::{MAX_PASSAGES, passages};
use super::similarities::{FEATURE_NAMES, Similarities};
use super::terms::term_of;
use crate::classify::embedding::Embedding;
use crate::classify::static_encoder::EncoderSum;
use crate::domain::{Body, Span};
use crate::text::topic_words::for_each_topic_word_at;

/// From which cosine on two different words are near.
const MIN_NEAR_COSINE: f32 = 0.5;
/// Most words that are told to be near without being the same.
const MAX_NEAR_WORDS: usize = 5;
/// Most different words of a text that are looked at, the first.
const MAX_WORDS: usize = 512;
/// Of a text that is kept until it is answered, the first bytes that are kept.
const MAX_KEPT_BYTES: usize = 16 << 10;

/// A text with the parts of it that count: its writer's own words.
#[derive(Debug, Clone, PartialEq)]
pub struct PartedText {
    body: Body,
    parts: Vec<Span>,
}

impl PartedText {
    /// A text and its parts.
    #[must_use]
    pub fn new(body: Body, parts: Vec<Span>) -> Self {
        Self { body, parts }
    }

    /// A text of which all counts.
    #[must_use]
    pub fn whole(body: Body) -> Self {
        let all = Span::new(0, body.len_bytes());
        Self::new(body, vec![all])
    }

    /// What of it is kept for later: the first 16 KiB, without a word that is cut there.
    #[must_use]
    pub fn beginning(mut self) -> Self {
        if self.body.len_bytes() > MAX_KEPT_BYTES {
            let text = self.body.as_str();
            let boundary = (0..=MAX_KEPT_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let kept = text.get(..boundary).unwrap_or_default();
            let end = kept.rfind(char::is_whitespace).unwrap_or(boundary);
            self.body = Body::new(text.get(..end).unwrap_or_default());
            self.parts.retain_mut(|part| {
                part.end = part.end.min(end);
                part.begin < part.end
            });
        }
        self
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.body.as_str()
    }
}

/// Title and article of a thread, to be pointed into. Made once per thread.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleTexts {
    title: Option<(Body, Embedding)>,
    article: Body,
    passages: Vec<(Span, Embedding)>,
}

impl ArticleTexts {
    /// Cuts an article into the passages that [`super::ArticleVectors`] compares with.
    #[must_use]
    pub fn new(model: &TopicModel, title: Option<&str>, article: Option<&str>) -> Self {
        let embedding = |text: &str| {
            let vector = model.vectorise([text]);
            (!vector.is_empty()).then(|| vector.embedding().clone())
        };
        let title = title.and_then(|title| Some((Body::new(title), embedding(title)?)));
        let article = article.unwrap_or_default();
        let found = passages(article).into_iter().filter_map(|span| Some((span, embedding(span.of(article))?)));
        let found = found.take(MAX_PASSAGES - usize::from(title.is_some())).collect();
        Self { title, article: Body::new(article), passages: found }
    }

    /// The title; empty where there is none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_ref().map_or("", |title| title.0.as_str())
    }

    /// The article; empty where there is none.
    #[must_use]
    pub fn article(&self) -> &str {
        self.article.as_str()
    }
}

/// The texts that a comment is compared with, as far as there are any.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextsAround<'a> {
    /// Title and article.
    pub article: Option<&'a ArticleTexts>,
    /// The comment that it answers.
    pub parent: Option<&'a PartedText>,
}

/// Where a word stands that a comment has in common with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the title.
    Title,
    /// In the nearest passage.
    Passage,
    /// In the comment that it answers.
    Parent,
}

impl Place {
    /// The name that explanations use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Passage => "passage",
            Self::Parent => "parent",
        }
    }
}

/// A word of the comment, and one that it meets; first places of both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WordPair {
    /// In the comment, in bytes.
    pub comment: Span,
    /// In the other text as a whole, in bytes.
    pub other: Span,
    /// Which text that is.
    pub place: Place,
    /// How much the comment's word tells about a subject, above 0 ([`super::TermWeights::weight`]).
    pub weight: f32,
    /// The encoder's cosine of the two words; 1 for the same.
    pub cosine: f32,
}

/// The words that a comment and another text have in common.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WordsInCommon {
    /// The same but for its ending, heaviest first.
    pub same: Vec<WordPair>,
    /// Not the same, but with a cosine of 0.5 or more, nearest first; at most five.
    pub near: Vec<WordPair>,
}

/// The passage of an article that a comment is nearest to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearestPassage {
    /// In the article, in bytes.
    pub span: Span,
    /// Its place among the passages, from 0.
    pub number: usize,
    /// The encoder's cosine, -1..=1.
    pub cosine: f32,
}

/// What each kind of context adds to the log-odds of off topic: weights of the head times its inputs, summed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Contributions {
    /// Where all inputs are 0.
    pub intercept: f64,
    /// Title and article, and how typical the nearness to them is of the thread.
    pub article: f64,
    /// The comment that it answers.
    pub parent: f64,
    /// The earlier comments.
    pub thread: f64,
    /// The author's earlier comments.
    pub author: f64,
    /// Length, link, quote, and that it is a reply.
    pub other: f64,
}

impl Contributions {
    fn of(model: &TopicModel, similarities: &Similarities) -> Self {
        let mut sums = Self { intercept: model.parts().head.intercept(), ..Self::default() };
        let features = similarities.features();
        for ((name, weight), feature) in model.named_weights().zip(features) {
            let sum = match name.split('_').next() {
                Some("article" | "title" | "typical") => &mut sums.article,
                Some("parent") => &mut sums.parent,
                Some("thread") => &mut sums.thread,
                Some("author") => &mut sums.author,
                _ => &mut sums.other,
            };
            *sum += weight * feature;
        }
        debug_assert_eq!(features.len(), FEATURE_NAMES.len());
        sums
    }

    /// Log-odds of off topic.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.intercept + self.article + self.parent + self.thread + self.author + self.other
    }
}

/// Why a comment has its topic score.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicExplanation {
    /// What the log-odds are made of.
    pub contributions: Contributions,
    /// The encoder's cosine to the title, -1..=1; `None` where there is no title with words.
    pub title: Option<f32>,
    /// The nearest passage; `None` where there is no article with words.
    pub passage: Option<NearestPassage>,
    /// Words in common with that passage and the title; `None` where there is neither.
    pub article: Option<WordsInCommon>,
    /// Words in common with the comment that it answers; `None` where there is none with words.
    pub parent: Option<WordsInCommon>,
}

impl TopicExplanation {
    /// Explains what `similarities` make of a comment; of the same words, at most `top` for each context.
    #[must_use]
    pub fn of(
        model: &TopicModel,
        similarities: &Similarities,
        comment: &PartedText,
        around: TextsAround<'_>,
        top: usize,
    ) -> Self {
        let embedding = model.vectorise(comment.parts.iter().map(|part| part.of(comment.text()))).embedding().clone();
        let own = words_of(model, comment.text(), &comment.parts, Place::Parent);
        let contributions = Contributions::of(model, similarities);
        let mut explanation = Self { contributions, ..Self::default() };
        if let Some(texts) = around.article.filter(|_| similarities.article.is_some()) {
            explanation.title = texts.title.as_ref().map(|title| title.1.cosine(&embedding));
            // Of equals the first.
            for (number, (span, passage)) in texts.passages.iter().enumerate() {
                let cosine = passage.cosine(&embedding);
                if explanation.passage.is_none_or(|nearest| cosine > nearest.cosine) {
                    explanation.passage = Some(NearestPassage { span: *span, number, cosine });
                }
            }
            let whole_title = Span::new(0, texts.title().len());
            let mut others = words_of(model, texts.title(), &[whole_title], Place::Title);
            if let Some(nearest) = explanation.passage {
                let in_passage = words_of(model, texts.article(), &[nearest.span], Place::Passage);
                let at = if explanation.title_is_nearer() { others.len() } else { 0 };
                others.splice(at..at, in_passage);
            }
            explanation.article = Some(in_common(model, &own, &others, top));
        }
        explanation.parent = around
            .parent
            .filter(|_| similarities.parent.is_some())
            .map(|parent| in_common(model, &own, &words_of(model, parent.text(), &parent.parts, Place::Parent), top));
        explanation
    }

    /// Whether the title is nearer than every passage.
    #[must_use]
    pub fn title_is_nearer(&self) -> bool {
        self.title.is_some_and(|title| self.passage.is_none_or(|passage| title > passage.cosine))
    }
}

/// A word that tells something about the subject.
struct WordAt {
    span: Span,
    place: Place,
    folded: String,
    term: u64,
    weight: f32,
}

/// The words of a text's parts that weigh something, in order, each term once.
fn words_of(model: &TopicModel, text: &str, parts: &[Span], place: Place) -> Vec<WordAt> {
    let mut found: Vec<WordAt> = Vec::new();
    let mut seen = FxHashSet::default();
    for part in parts {
        for_each_topic_word_at(part.of(text), |span, word| {
            let term = term_of(word);
            let weight = model.parts().term_weights.weight(term);
            if weight > 0.0 && found.len() < MAX_WORDS && seen.insert(term) {
                let span = Span::new(part.begin + span.begin, part.begin + span.end);
                found.push(WordAt { span, place, folded: word.to_owned(), term, weight });
            }
        });
    }
    found
}

/// What two texts' words have in common. Of a term that stands in `others` twice the first counts.
fn in_common(model: &TopicModel, own: &[WordAt], others: &[WordAt], top: usize) -> WordsInCommon {
    let mut by_term: FxHashMap<u64, &WordAt> = FxHashMap::default();
    for other in others {
        by_term.entry(other.term).or_insert(other);
    }
    let pair = |word: &WordAt, other: &WordAt, cosine| WordPair {
        comment: word.span,
        other: other.span,
        place: other.place,
        weight: word.weight,
        cosine,
    };
    let mut same: Vec<WordPair> =
        own.iter().filter_map(|word| Some(pair(word, by_term.get(&word.term)?, 1.0))).collect();
    same.sort_by(|left, right| right.weight.total_cmp(&left.weight).then(left.comment.cmp(&right.comment)));
    same.truncate(top);

    // What tells little is near to much.
    let placed = |word: &WordAt| {
        let mut sum = EncoderSum::new(&model.parts().encoder);
        sum.add(&word.folded);
        sum.embedding()
    };
    let tells = |word: &&WordAt| word.weight >= model.parts().content_weight;
    let others: Vec<(&WordAt, Embedding)> = others.iter().filter(tells).map(|word| (word, placed(word))).collect();
    let mut near: Vec<WordPair> = Vec::new();
    for word in own.iter().filter(tells).filter(|word| !by_term.contains_key(&word.term)) {
        let embedding = placed(word);
        let mut nearest: Option<WordPair> = None;
        for (other, placed) in &others {
            let cosine = placed.cosine(&embedding);
            if cosine >= MIN_NEAR_COSINE && nearest.is_none_or(|nearest| cosine > nearest.cosine) {
                nearest = Some(pair(word, other, cosine));
            }
        }
        near.extend(nearest);
    }
    near.sort_by(|left, right| right.cosine.total_cmp(&left.cosine).then(left.comment.cmp(&right.comment)));
    near.truncate(MAX_NEAR_WORDS);
    WordsInCommon { same, near }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::classify::dense_head::DenseHead;
    use crate::classify::static_encoder::{EncoderShape, StaticEncoder};
    use crate::topic::{ArticleVectors, FEATURE_COUNT, KnownWords, Surroundings, TermWeights, TopicModelParts};

    /// All words weigh the same, their vectors look random, and all inputs of the head count.
    fn model() -> TopicModel {
        let shape = EncoderShape { dimensions: 64, word_rows: 4_096, piece_rows: 4_096 };
        let rows: Vec<f32> = (0..shape.rows() * shape.dimensions)
            .map(|number| f32::from(crate::text::words::mix(number as u64 + 1) as i8))
            .collect();
        TopicModel::from_parts(TopicModelParts {
            term_weights: TermWeights::new(vec![100; TermWeights::CELLS], 0.03).unwrap(),
            content_weight: 1.0,
            rare_weight: 2.0,
            known_words: KnownWords::from_hashes(&[crate::text::words::hash_word("bridge")]),
            head: DenseHead::new((0..FEATURE_COUNT).map(|number| number as f64 / 10.0 - 1.0).collect(), 2.0).unwrap(),
            second_head: None,
            encoder: Arc::new(StaticEncoder::from_rows(shape, &rows, 128.0)),
        })
    }

    const TITLE: &str = "Ferry fares";

    fn article() -> String {
        let filler = |word: &str| (0..45).fold(String::new(), |text, number| text + &format!("{word}{number} "));
        format!("{}\n{}the council repairs an old bridge\n{}", filler("x"), filler("y"), filler("z"))
    }

    fn explained(text: &str, parent: Option<&str>) -> TopicExplanation {
        let model = model();
        let article = article();
        let texts = ArticleTexts::new(&model, Some(TITLE), Some(&article));
        let vectors = ArticleVectors::new(&model, Some(TITLE), Some(&article));
        let parent_vector = parent.map(|parent| model.vectorise([parent]));
        let around =
            Surroundings { article: vectors.as_ref(), parent: parent_vector.as_ref(), ..Surroundings::default() };
        let similarities = Similarities::between(&model.vectorise([text]), &around);
        let parent = parent.map(|parent| PartedText::whole(Body::new(parent)));
        let around = TextsAround { article: Some(&texts), parent: parent.as_ref() };
        let comment = PartedText::whole(Body::new(text));
        let explanation = TopicExplanation::of(&model, &similarities, &comment, around, 3);
        assert!((explanation.contributions.sum() - model.log_odds(&similarities)).abs() < 1e-9);
        let nearest = explanation.title.unwrap().max(explanation.passage.unwrap().cosine);
        assert!((nearest - similarities.article.unwrap().encoder).abs() < 1e-6, "what the head was told");
        explanation
    }

    #[test]
    fn the_nearest_passage_and_the_words_in_it_are_found() {
        let text = "Repairs of bridges, ferry and council: old bridgey!";
        let explanation = explained(text, None);
        let article = article();
        let passage = explanation.passage.unwrap();
        assert_eq!(passage.number, 1);
        assert!(passage.span.of(&article).contains("old bridge") && !passage.span.of(&article).contains("x1 "));
        let words = explanation.article.unwrap();
        let pairs = |pairs: &[WordPair]| {
            let other = |pair: &WordPair| if pair.place == Place::Title { TITLE } else { &article }.to_owned();
            let pairs = pairs.iter().map(|pair| format!("{}~{}", pair.comment.of(text), pair.other.of(&other(pair))));
            pairs.collect::<Vec<_>>()
        };
        assert_eq!(pairs(&words.same), ["Repairs~repairs", "bridges~bridge", "ferry~Ferry"], "three are asked for");
        assert_eq!(words.same[2].place, Place::Title);
        assert_eq!(pairs(&words.near), ["bridgey~bridge"]);
        assert_eq!(explanation.parent, None);
    }

    #[test]
    fn nothing_in_common_is_nothing() {
        let explanation = explained("onions want butter", Some("salt and time"));
        assert_eq!(explanation.article, Some(WordsInCommon::default()));
        assert_eq!(explanation.parent, Some(WordsInCommon::default()));
        let explanation = explained("ferry fares", Some("my fare: fares"));
        assert!(explanation.title_is_nearer());
        assert_eq!(explanation.parent.unwrap().same.len(), 1, "a term once");
    }

    #[test]
    fn what_is_kept_is_bounded_and_ends_with_a_word() {
        let long = "naïve ".repeat(10_000);
        let kept = PartedText::new(Body::new(long.as_str()), vec![Span::new(3, 20), Span::new(30, 60_000)]).beginning();
        assert!(kept.text().len() <= MAX_KEPT_BYTES && kept.text().ends_with("naïve"));
        assert_eq!(kept.parts, [Span::new(3, 20), Span::new(30, kept.text().len())]);
        let endless = "ž".repeat(MAX_KEPT_BYTES);
        assert_eq!(PartedText::whole(Body::new(endless.as_str())).beginning().text().len(), MAX_KEPT_BYTES);
        assert_eq!(PartedText::whole(Body::new("short one")).beginning().text(), "short one");
    }
}
