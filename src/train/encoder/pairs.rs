//! Pairs of texts that belong together, from rows of threads.

use rustc_hash::FxHashMap;

use crate::classify::contrastive::{EncoderTexts, TextPair};
use crate::classify::static_encoder::EncoderShape;
use crate::text::topic_words::for_each_topic_word;
use crate::text::words::{hash_word, mix};
use crate::train::topic::rows::{Judgement, Row};

/// Words of a text, from its beginning, that are learnt from.
const MAX_WORDS: usize = 200;
/// Of 100 replies below an opening that may be no more than a first comment, so many are paired with it.
const OPENINGS_IN_100: u64 = 30;

/// Collects texts and pairs row by row. Every text is kept once, as numbers of its words.
pub(super) struct PairCollector {
    shape: EncoderShape,
    seed: u64,
    texts: EncoderTexts,
    text_numbers: FxHashMap<u128, u32>,
    word_numbers: FxHashMap<u64, u32>,
    training: Vec<TextPair>,
    held_out: Vec<TextPair>,
    words: Vec<u32>,
    rows: Vec<u32>,
}

/// What was collected.
pub(super) struct Pairs {
    pub(super) texts: EncoderTexts,
    pub(super) training: Vec<TextPair>,
    pub(super) held_out: Vec<TextPair>,
}

impl PairCollector {
    pub(super) fn new(shape: EncoderShape, seed: u64) -> Self {
        Self {
            shape,
            seed,
            texts: EncoderTexts::default(),
            text_numbers: FxHashMap::default(),
            word_numbers: FxHashMap::default(),
            training: Vec::new(),
            held_out: Vec::new(),
            words: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Takes a row: the comment with what it answers, and a reply also with what its thread is about. Comments that a person
    /// called off topic, or nobody called on topic, make no pair.
    pub(super) fn add(&mut self, row: &Row) {
        if row.judgement != Judgement::OnTopic {
            return;
        }
        let Some(comment) = self.text(&row.text) else { return };
        let subject = &row.subject;
        let thread = subject.hash(self.seed);
        let is_held_out = subject.is_left_for_the_head();
        // A reply says less about an opening that is no title; which ones are taken follows from the text alone.
        let takes_opening =
            row.parent.is_none() || mix(self.seed ^ hash_word(&row.text) ^ thread) % 100 < OPENINGS_IN_100;
        let opening = subject.opening.as_ref().filter(|_| takes_opening);
        let answered = [row.parent.as_ref(), subject.title.as_ref(), subject.article.as_ref(), opening];
        for text in answered.into_iter().flatten() {
            if let Some(left) = self.text(text).filter(|left| *left != comment) {
                let pairs = if is_held_out { &mut self.held_out } else { &mut self.training };
                pairs.push(TextPair { left, right: comment });
            }
        }
    }

    /// The number of a text; `None` for one without words.
    fn text(&mut self, text: &str) -> Option<u32> {
        // Two hashes: among a million texts, one pair in 10^26 would be taken for the same.
        let key =
            u128::from(hash_word(text)) << 64 | u128::from(mix(hash_word(text).rotate_left(17) ^ text.len() as u64));
        if let Some(number) = self.text_numbers.get(&key) {
            return Some(*number);
        }
        self.words.clear();
        let (texts, numbers, words) = (&mut self.texts, &mut self.word_numbers, &mut self.words);
        for_each_topic_word(text, |word| {
            if words.len() >= MAX_WORDS {
                return;
            }
            let next = texts.texts_by_word.len() as u32;
            let number = *numbers.entry(hash_word(word)).or_insert_with(|| {
                self.rows.clear();
                self.shape.for_each_row(word, |row| self.rows.push(row as u32));
                texts.word_rows.push(&self.rows);
                texts.texts_by_word.push(0);
                next
            });
            words.push(number);
        });
        if self.words.is_empty() {
            return None;
        }
        let number = self.texts.texts.rows() as u32;
        self.texts.texts.push(&self.words);
        self.words.sort_unstable();
        self.words.dedup();
        for word in &self.words {
            self.texts.texts_by_word[*word as usize] += 1;
        }
        self.text_numbers.insert(key, number);
        Some(number)
    }

    pub(super) fn finish(self) -> Pairs {
        Pairs { texts: self.texts, training: self.training, held_out: self.held_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::topic::rows::{Extras, Subject};

    const SHAPE: EncoderShape = EncoderShape { dimensions: 4, word_rows: 100, piece_rows: 100 };

    fn row(subject: Subject, parent: Option<&str>, text: &str) -> Row {
        let depth = if parent.is_some() { 2 } else { 1 };
        Row {
            subject,
            parent: parent.map(str::to_owned),
            depth,
            text: text.to_owned(),
            judgement: Judgement::OnTopic,
            by_person: false,
            answer: None,
            extras: Extras::default(),
            is_pair: true,
        }
    }

    #[test]
    fn comments_are_paired_with_what_they_answer_and_with_the_title() {
        let titled = |title: &str| Subject { title: Some(title.to_owned()), ..Subject::default() };
        let mut collector = PairCollector::new(SHAPE, 1);
        collector.add(&row(titled("Bridge closed"), None, "Which bridge?"));
        collector.add(&row(titled("Bridge closed"), Some("Which bridge?"), "The old one, of course"));
        collector.add(&row(titled("Bridge closed"), Some("Which bridge?"), "!!!"));
        collector.add(&row(titled("Bridge closed"), Some("Same"), "Same"));
        let unknown = Row { judgement: Judgement::Unknown, ..row(titled("Bridge closed"), None, "Nobody knows") };
        collector.add(&unknown);
        let pairs = collector.finish();
        let mut all = [pairs.training, pairs.held_out].concat();
        all.sort_unstable_by_key(|pair| (pair.right, pair.left));
        // Comment 0, title 1; comment 2; comment 3, which is not its own partner.
        let expected = [(1, 0), (0, 2), (1, 2), (1, 3)];
        assert_eq!(all, expected.map(|(left, right)| TextPair { left, right }));
        assert_eq!(pairs.texts.texts_by_word[0], 1, "`which`, in one text of four");
        assert_eq!(pairs.texts.texts.rows(), 4);
    }

    #[test]
    fn a_thread_is_held_out_as_a_whole() {
        let mut collector = PairCollector::new(SHAPE, 7);
        for thread in 0..500 {
            let subject = Subject { title: Some(format!("title {thread}")), ..Subject::default() };
            for comment in 0..3 {
                collector.add(&row(subject.clone(), None, &format!("comment {comment} below {thread}")));
            }
        }
        let pairs = collector.finish();
        assert!((30..=70).contains(&(pairs.held_out.len() / 3)), "{}", pairs.held_out.len());
        assert!(pairs.training.iter().all(|pair| pairs.held_out.iter().all(|held_out| held_out.left != pair.left)));
    }
}
