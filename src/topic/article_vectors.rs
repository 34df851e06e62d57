//! What a thread is about: its title and article, passage by passage.

use super::TopicModel;
use super::comment_vector::CommentVector;
use super::similarities::Closeness;
use crate::classify::embedding::Embedding;
use crate::domain::Span;
use crate::text::words::words;

/// A paragraph shorter than this is joined with the next, in words.
const MIN_PASSAGE_WORDS: usize = 40;
/// A passage is cut after this many words.
const MAX_PASSAGE_WORDS: usize = 80;
/// Most passages kept of one article; the rest of a longer one is not compared with.
pub(super) const MAX_PASSAGES: usize = 256;

/// The title and the passages of an article. Made once per thread.
///
/// A comment answers a point of an article rather than all of it, so that its nearest passage counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArticleVectors {
    /// The title, if there is one, then the passages.
    passages: Vec<CommentVector>,
    /// Whether the first of them is the title.
    has_title: bool,
    /// Term id, number of the passage, share in it; ascending. A comment finds its terms here in all passages at once.
    postings: Vec<(u32, u32, f32)>,
    term_count: u32,
    /// Ids of all rare terms, ascending.
    rare: Vec<u32>,
}

impl ArticleVectors {
    /// Reads a title and an article; `None` where neither has a word to compare with.
    #[must_use]
    pub fn new(model: &TopicModel, title: Option<&str>, article: Option<&str>) -> Option<Self> {
        Self::with_places(model, title, article).map(|(vectors, _)| vectors)
    }

    /// The same, with the place of each passage in the article; the title's is `None`.
    pub(super) fn with_places(
        model: &TopicModel,
        title: Option<&str>,
        article: Option<&str>,
    ) -> Option<(Self, Vec<Option<Span>>)> {
        let title = title.map(|title| model.vectorise([title]));
        let article = article.unwrap_or_default();
        let passages = passages(article).into_iter().map(|place| (place, model.vectorise([place.of(article)])));
        // Those without a term are not kept.
        let (places, passages): (Vec<Span>, Vec<CommentVector>) = passages.filter(|(_, it)| !it.is_empty()).unzip();
        let vectors = Self::from_passages(title, passages)?;
        let title = vectors.title().map(|_| None);
        let places = title.into_iter().chain(places.into_iter().map(Some)).take(vectors.passages.len()).collect();
        Some((vectors, places))
    }

    /// Puts vectors of a title and of passages together; `None` where none of them has a term.
    #[must_use]
    pub fn from_passages(
        title: Option<CommentVector>,
        passages: impl IntoIterator<Item = CommentVector>,
    ) -> Option<Self> {
        let title = title.filter(|title| !title.is_empty());
        let has_title = title.is_some();
        let passages = title.into_iter().chain(passages);
        let passages: Vec<_> = passages.into_iter().filter(|passage| !passage.is_empty()).take(MAX_PASSAGES).collect();
        let mut postings: Vec<(u32, u32, f32)> = Vec::new();
        for (number, passage) in (0_u32..).zip(&passages) {
            postings.extend(passage.entries().iter().map(|(id, value)| (*id, number, *value)));
        }
        postings.sort_unstable_by_key(|posting| (posting.0, posting.1));
        let term_count = postings.chunk_by(|left, right| left.0 == right.0).count() as u32;
        let mut rare: Vec<u32> = passages.iter().flat_map(|passage| passage.rare().iter().copied()).collect();
        rare.sort_unstable();
        rare.dedup();
        (!passages.is_empty()).then_some(Self { passages, has_title, postings, term_count, rare })
    }

    /// The passages, the title first where there is one.
    #[must_use]
    pub fn passages(&self) -> &[CommentVector] {
        &self.passages
    }

    /// Number of passages, the title among them; at least 1.
    #[must_use]
    pub fn passage_count(&self) -> u32 {
        self.passages.len() as u32
    }

    /// Number of different terms.
    #[must_use]
    pub fn term_count(&self) -> u32 {
        self.term_count
    }

    /// How near a comment is: cosine to the nearest passage, the rest to title and article as a whole.
    pub(super) fn compare(&self, comment: &CommentVector) -> Closeness {
        let mut cosines = vec![0.0_f32; self.passages.len()];
        let mut coverage = 0.0_f32;
        let mut rest = self.postings.as_slice();
        for &(id, value) in comment.entries() {
            rest = &rest[rest.partition_point(|posting| posting.0 < id)..];
            let found = rest.iter().take_while(|posting| posting.0 == id);
            let mut passages_with_it = 0;
            for (_, passage, weight) in found {
                cosines[*passage as usize] += value * weight;
                passages_with_it += 1;
            }
            if passages_with_it > 0 {
                coverage += value * value;
            }
            rest = &rest[passages_with_it..];
        }
        let shared_rare_words = comment.rare().iter().filter(|id| self.rare.binary_search(id).is_ok()).count() as u32;
        Closeness {
            cosine: cosines.into_iter().fold(0.0, f32::max).clamp(0.0, 1.0),
            coverage: coverage.clamp(0.0, 1.0),
            shared_rare_words,
            terms: self.term_count,
            encoder: self.nearest(comment.embedding()),
        }
    }

    /// The title, where there is one.
    #[must_use]
    pub fn title(&self) -> Option<&CommentVector> {
        self.passages.first().filter(|_| self.has_title)
    }

    /// The number of the passage that the encoder finds nearest, the title left out; `None` where there is only that.
    #[must_use]
    pub fn nearest_passage(&self, comment: &Embedding) -> Option<usize> {
        let after_title = usize::from(self.has_title);
        let cosines = self.passages.iter().enumerate().skip(after_title);
        // The first of several that are as near: `max_by` takes the last.
        let cosines = cosines.map(|(number, passage)| (number, passage.embedding().cosine(comment))).rev();
        cosines.max_by(|one, other| one.1.total_cmp(&other.1)).map(|(number, _)| number)
    }

    /// The encoder's cosine to the nearest of title and passages, -1..=1.
    #[must_use]
    pub fn nearest(&self, comment: &Embedding) -> f32 {
        self.passages.iter().map(|passage| passage.embedding().cosine(comment)).fold(-1.0, f32::max)
    }
}

/// Cuts an article into passages: short paragraphs are joined, long ones are cut.
pub(super) fn passages(article: &str) -> Vec<Span> {
    let mut passages: Vec<Span> = Vec::new();
    // Where the open passage begins and ends, and how many words are in it.
    let (mut begin, mut end, mut open_words) = (0, 0, 0);
    let mut line_begin = 0;
    for line in article.split_inclusive('\n') {
        for word in words(line) {
            if open_words == 0 {
                begin = line_begin + word.begin;
            }
            (end, open_words) = (line_begin + word.end, open_words + 1);
            if open_words == MAX_PASSAGE_WORDS {
                passages.push(Span::new(begin, end));
                open_words = 0;
            }
        }
        line_begin += line.len();
        if open_words >= MIN_PASSAGE_WORDS {
            passages.push(Span::new(begin, end));
            open_words = 0;
        }
        if passages.len() >= MAX_PASSAGES {
            return passages;
        }
    }
    if open_words > 0 {
        // A short end belongs to what stands before it.
        match passages.last_mut() {
            Some(last) if open_words < MIN_PASSAGE_WORDS / 2 => last.end = end,
            _ => passages.push(Span::new(begin, end)),
        }
    }
    passages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word_counts(article: &str) -> Vec<usize> {
        passages(article).iter().map(|passage| words(passage.of(article)).count()).collect()
    }

    #[test]
    fn passages_join_short_paragraphs_and_cut_long_ones() {
        let line = |count: usize| "word ".repeat(count);
        for (paragraphs, expected) in [
            (vec![10], vec![10]),
            (vec![25, 25, 50], vec![50, 50]),
            (vec![200], vec![80, 80, 40]),
            (vec![170], vec![80, 90]),
            (vec![30, 100], vec![80, 50]),
            (vec![0, 60, 0, 5], vec![65]),
            (vec![0], vec![]),
        ] {
            let article = paragraphs.iter().map(|count| line(*count) + "\n").collect::<String>();
            assert_eq!(word_counts(&article), expected, "{paragraphs:?}");
        }
    }

    #[test]
    fn no_word_of_an_article_is_lost() {
        let article = (0..333).map(|number| format!("w{number}{}", if number % 37 == 0 { "\n" } else { " " }));
        let article: String = article.collect();
        let kept: Vec<String> = passages(&article)
            .iter()
            .map(|passage| passage.of(&article))
            .flat_map(|passage| words(passage).map(|word| word.of(passage).to_owned()))
            .collect();
        assert_eq!(kept, (0..333).map(|number| format!("w{number}")).collect::<Vec<_>>());
    }

    #[test]
    fn an_endless_article_gives_a_bounded_number_of_passages() {
        assert_eq!(passages(&"word ".repeat(100_000)).len(), 1_250);
        assert!(passages(&("word ".repeat(60) + "\n").repeat(1_000)).len() <= MAX_PASSAGES);
    }
}
