//! Finding words of an earlier text inside a later one: quotes, exact or with ellipses, and near-duplicates.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::domain::Span;

use super::anatomy::WordAt;
use super::words::mix;

/// Words that an index entry spans. Runs shorter than this are never found.
const SEED_WORDS: usize = 3;
/// A run of at least this many words is a quote wherever it stands.
const MIN_WORDS: usize = 8;
/// A whole quote between quotation marks, or on a line that begins with `>`, needs only this many.
const MIN_MARKED_WORDS: usize = 4;
/// A near-duplicate shares at least this part of its words, and of the other's, in runs.
const NEAR_DUPLICATE_SHARE: f64 = 0.8;
const MIN_NEAR_DUPLICATE_WORDS: usize = 3;

/// A text that can be quoted, in the order in which texts were added.
pub type TrailNumber = u32;

/// A run of words that stands in an earlier text as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// Words of the later text, half open.
    begin: usize,
    end: usize,
    trail: TrailNumber,
}

impl Run {
    fn words(self) -> usize {
        self.end - self.begin
    }
}

/// Runs of words that stand in earlier texts as well, in order, without overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs(Vec<Run>);

impl Runs {
    /// Where `text`, in whose `words` these were found, quotes a text of the index: spans that cover the words, their quotation
    /// marks and ellipses.
    ///
    /// A quotation mark alone makes no quote: the words must be found, and whole, so that putting abuse between
    /// quotation marks does not hide it. With `only_marked` words without quotation marks are none either, however many.
    #[must_use]
    pub fn quotes(&self, text: &str, words: &[WordAt], only_marked: bool) -> Vec<Span> {
        let Self(runs) = self;
        let mut spans: Vec<Span> = Vec::new();
        let mut group_begin = 0;
        let mut line = LineBegins::default();
        // Runs with no word between them are one quote with ellipses.
        while group_begin < runs.len() {
            let mut group_end = group_begin + 1;
            while group_end < runs.len() && runs[group_end].begin == runs[group_end - 1].end {
                group_end += 1;
            }
            let group = &runs[group_begin..group_end];
            group_begin = group_end;
            let (first, last) = (group[0], group[group.len() - 1]);
            let longest = group.iter().map(|run| run.words()).max().unwrap_or(0);
            let span = Span::new(words[first.begin].span.begin, words[last.end - 1].span.end);
            let line_begin = line.of(text, span.begin);
            let is_marked = longest >= MIN_MARKED_WORDS && is_marked(text, line_begin, span);
            if is_marked || !only_marked && longest >= MIN_WORDS {
                spans.push(with_marks(text, span));
            }
        }
        spans
    }
}

/// The texts of a thread that may be quoted: the article, and the comments so far.
///
/// Holds some 25 bytes a word. Texts leave in the order in which they came, except the article, which is kept in an
/// index of its own.
#[derive(Debug, Default)]
pub struct QuoteIndex {
    first_trail: TrailNumber,
    trails: VecDeque<Arc<[u32]>>,
    /// Where each run of `SEED_WORDS` words was seen first.
    seeds: FxHashMap<u32, (TrailNumber, u32)>,
}

impl QuoteIndex {
    /// Adds a text by the hashes of its words, and says under which number.
    pub fn add(&mut self, words: impl IntoIterator<Item = u32>) -> TrailNumber {
        let number = self.first_trail.wrapping_add(self.trails.len() as u32);
        let trail: Arc<[u32]> = words.into_iter().collect();
        for (position, window) in trail.windows(SEED_WORDS).enumerate() {
            self.seeds.entry(seed(window)).or_insert((number, position as u32));
        }
        self.trails.push_back(trail);
        number
    }

    /// Forgets the oldest text.
    pub fn forget_oldest(&mut self) {
        let Some(trail) = self.trails.pop_front() else { return };
        let number = self.first_trail;
        self.first_trail = self.first_trail.wrapping_add(1);
        for window in trail.windows(SEED_WORDS) {
            let key = seed(window);
            if self.seeds.get(&key).is_some_and(|(owner, _)| *owner == number) {
                self.seeds.remove(&key);
            }
        }
    }

    fn trail(&self, number: TrailNumber) -> Option<&Arc<[u32]>> {
        self.trails.get(number.wrapping_sub(self.first_trail) as usize)
    }

    /// Longest runs of words that stand in a text of the index, in order, without overlap; to be asked about with
    /// [`Runs::quotes`] and [`Self::near_duplicate`].
    #[must_use]
    pub fn find(&self, words: &[WordAt]) -> Runs {
        let mut runs: Vec<Run> = Vec::new();
        if self.seeds.is_empty() {
            return Runs(runs);
        }
        let hashes: Vec<u32> = words.iter().map(|word| word.hash).collect();
        let mut at = 0;
        let mut free_from = 0;
        while at + SEED_WORDS <= hashes.len() {
            let found = self.seeds.get(&seed(&hashes[at..at + SEED_WORDS])).copied();
            let Some((number, position)) = found else {
                at += 1;
                continue;
            };
            let Some(trail) = self.trail(number) else {
                at += 1;
                continue;
            };
            let position = position as usize;
            let back = (0..at - free_from)
                .take_while(|back| *back < position && hashes[at - back - 1] == trail[position - back - 1])
                .count();
            let forward = hashes[at..].iter().zip(&trail[position..]).take_while(|(own, other)| own == other).count();
            // Two seeds may share a hash by chance: then nothing of the run is equal.
            if forward < SEED_WORDS {
                at += 1;
                continue;
            }
            let run = Run { begin: at - back, end: at + forward, trail: number };
            at = run.end;
            free_from = run.end;
            runs.push(run);
        }
        Runs(runs)
    }

    /// The earlier text that `words`, in which the runs were found, repeat but for a few words, if any: the oldest that shares
    /// enough.
    #[must_use]
    pub fn near_duplicate(&self, Runs(runs): &Runs, words: &[WordAt]) -> Option<TrailNumber> {
        if words.len() < MIN_NEAR_DUPLICATE_WORDS {
            return None;
        }
        let mut runs = runs.clone();
        // The oldest first.
        runs.sort_unstable_by_key(|run| run.trail.wrapping_sub(self.first_trail));
        let is_near = |shared: &[Run]| {
            let other = shared.first().and_then(|run| self.trail(run.trail)).map_or(usize::MAX, |trail| trail.len());
            let count: usize = shared.iter().map(|run| run.words()).sum();
            count as f64 >= NEAR_DUPLICATE_SHARE * words.len().max(other) as f64
        };
        let near = runs.chunk_by(|left, right| left.trail == right.trail).find(|shared| is_near(shared))?;
        near.first().map(|run| run.trail)
    }
}

fn seed(words: &[u32]) -> u32 {
    words.iter().fold(0_u64, |hash, word| mix(hash ^ u64::from(*word))) as u32
}

fn is_quotation_mark(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '‘' | '’' | '\'' | '‚')
}

fn is_around_quotes(character: char) -> bool {
    is_quotation_mark(character) || matches!(character, '…' | '.' | '@' | '>' | '[' | ']' | '(' | ')' | ' ' | '\t')
}

/// Whether the span is a quote as people write them: the whole of what stands between quotation marks, or on a line that
/// begins with `>`. Where a mark is missing, a line's end or an ellipsis will do on that side, but not on both.
fn is_marked(text: &str, line_begin: usize, span: Span) -> bool {
    let line_begin = text.get(line_begin..span.begin).unwrap_or_default();
    let behind = text.get(span.end..).unwrap_or_default();
    let before_run: String = line_begin.chars().rev().take_while(|character| is_around_quotes(*character)).collect();
    let behind_run: String = behind
        .chars()
        .take_while(|character| is_around_quotes(*character) || is_closing_punctuation(*character))
        .collect();
    let is_line_end = behind.get(behind_run.len()..).is_none_or(|rest| rest.is_empty() || rest.starts_with('\n'));
    let has_ellipsis = |run: &str| run.contains('…') || run.contains("..");
    let (opens, closes) = (before_run.contains(is_quotation_mark), behind_run.contains(is_quotation_mark));
    let begins = opens || before_run.len() == line_begin.len() || has_ellipsis(&before_run);
    let ends = closes || is_line_end || has_ellipsis(&behind_run);
    begins && ends && (opens || closes || line_begin.trim_start().starts_with('>'))
}

/// Where the lines of places begin, which are asked for in order: the text is looked through once for all of them.
#[derive(Debug, Default)]
struct LineBegins {
    begin: usize,
    seen: usize,
}

impl LineBegins {
    fn of(&mut self, text: &str, place: usize) -> usize {
        let since = text.get(self.seen..place).unwrap_or_default();
        if let Some(at) = since.rfind('\n') {
            self.begin = self.seen + at + 1;
        }
        self.seen = self.seen.max(place);
        self.begin
    }
}

fn is_closing_punctuation(character: char) -> bool {
    matches!(character, ',' | '!' | '?' | ';' | ':')
}

/// The span with the quotation marks, ellipses and closing punctuation around it.
fn with_marks(text: &str, span: Span) -> Span {
    let before = text.get(..span.begin).unwrap_or_default();
    let behind = text.get(span.end..).unwrap_or_default();
    let left: usize =
        before.chars().rev().take_while(|character| is_around_quotes(*character)).map(char::len_utf8).sum();
    let right: usize = behind
        .chars()
        .take_while(|character| is_around_quotes(*character) || is_closing_punctuation(*character))
        .map(char::len_utf8)
        .sum();
    let begin = span.begin - left;
    let end = span.end + right;
    let whole = Span::new(begin, end).of(text);
    // White space at the ends belongs to nobody.
    let trimmed_left = whole.len() - whole.trim_start().len();
    let trimmed_right = whole.len() - whole.trim_end().len();
    Span::new(begin + trimmed_left, end - trimmed_right)
}

#[cfg(test)]
mod tests {
    use super::super::anatomy::word_hashes;
    use super::*;

    const ARTICLE: &str = "The council will close the old bridge in May. Nobody was asked about it. The mayor said that \
                           “real men do what they promise, at the very least, in public”.";

    fn quotes_in(index: &QuoteIndex, text: &str, only_marked: bool) -> Vec<Span> {
        let words = word_hashes(text);
        index.find(&words).quotes(text, &words, only_marked)
    }

    fn near_in(index: &QuoteIndex, text: &str) -> Option<TrailNumber> {
        let words = word_hashes(text);
        index.near_duplicate(&index.find(&words), &words)
    }

    fn index(texts: &[&str]) -> QuoteIndex {
        let mut index = QuoteIndex::default();
        for text in texts {
            index.add(word_hashes(text).iter().map(|word| word.hash));
        }
        index
    }

    fn check(text: &str, expected: &[&str]) {
        let found = quotes_in(&index(&[ARTICLE]), text, false);
        assert_eq!(found.iter().map(|span| span.of(text)).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn quotes_of_the_article_are_found_whatever_their_typography() {
        check("\"the council will close the OLD bridge\" - really?", &["\"the council will close the OLD bridge\""]);
        check(
            "“…Nobody was asked about it…Real men do what they promise…” Ha.",
            &["“…Nobody was asked about it…Real men do what they promise…”"],
        );
        check("\"Nobody was asked about it... Ha", &["\"Nobody was asked about it..."]);
        check("> Nobody was asked about it.\nI was.", &["> Nobody was asked about it."]);
        check(
            "the council will close the old bridge in May, they say",
            &["the council will close the old bridge in May,"],
        );
    }

    #[test]
    fn short_or_unmarked_echoes_are_prose() {
        check("Stop calling it the “old bridge”.", &[]);
        check("They will close the old bridge and that is that", &[]);
        check("“You are all fools and should be ashamed of yourselves”", &[]);
        check("", &[]);
        // Only part of what stands between the marks is the article's.
        check("“Nobody was asked about it and you are a liar” is what I say", &[]);
        check("“You liar, nobody was asked about it”", &[]);
    }

    #[test]
    fn what_a_comment_said_is_quoted_only_between_marks() {
        let said = "I think that you are all quite wrong about this bridge";
        let index = index(&[said]);
        let quotes = |text: &str| quotes_in(&index, text, true).len();
        assert_eq!(quotes(&format!("“{said}” – so do I")), 1);
        assert_eq!(quotes(&format!("> {said}\nSo do I")), 1);
        assert_eq!(quotes(&format!("{said}, and so does she")), 0);
    }

    #[test]
    fn near_duplicates_share_most_words_both_ways() {
        let first = "This bridge has stood there for two hundred years and it will stand for another two hundred.";
        let index = index(&["Something else entirely was said here.", first]);
        let near = |text: &str| near_in(&index, text);
        assert_eq!(near(first), Some(1));
        assert_eq!(
            near("this bridge HAS stood there for 200 years, and it will stand for another two hundred!"),
            Some(1)
        );
        assert_eq!(near("This bridge has stood there for two hundred years"), None);
        assert_eq!(
            near(&format!("{first} And I say so because my father built half of it with his own two hands.")),
            None
        );
        assert_eq!(near("lol"), None);
    }

    #[test]
    fn what_is_forgotten_is_not_found() {
        let mut index = index(&["one two three four five six seven eight nine", "alpha beta gamma delta epsilon"]);
        let text = "one two three four five six seven eight nine";
        assert_eq!(quotes_in(&index, text, false).len(), 1);
        index.forget_oldest();
        assert_eq!(quotes_in(&index, text, false).len(), 0);
        assert_eq!(near_in(&index, "alpha beta gamma delta epsilon"), Some(1));
        index.forget_oldest();
        index.forget_oldest();
        assert!(index.seeds.is_empty() && index.trails.is_empty());
    }
}
