//! The tables of words and phrases that name no subject.

use std::collections::VecDeque;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::small_talk::SmallTalk;
use super::small_talk_words::{Word, bare_form_into};
use crate::text::words::hash_word;

const WORDS: &str = include_str!("small_talk_words.txt");
const PHRASES: &str = include_str!("small_talk_phrases.txt");

static SHARED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(WORDS, PHRASES));

/// What a word alone says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordMeaning {
    /// Nothing: words of grammar, and words that go with any subject.
    Plain,
    /// One kind of small talk.
    Stock(SmallTalk),
    /// Who is spoken to.
    Mention,
    /// What a comment may be about; any word that is not in the table.
    Subject,
}

impl WordMeaning {
    /// Laughter, which is known by its letters.
    pub(super) const LAUGHTER: Self = Self::Stock(SmallTalk::Laughter);
}

/// Words with their meaning, and phrases as a trie of word numbers.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: FxHashMap<u64, (u32, WordMeaning)>,
    edges: FxHashMap<(u32, u32), u32>,
    /// By node: the kind of the phrase that ends there. Node 0 is the root.
    ends: Vec<Option<SmallTalk>>,
    /// By word number: the node that it leads to from the root, 0 for none.
    first_nodes: Vec<u32>,
    next_word_id: u32,
}

/// The number of `*` in a phrase: any one word that is not in the table.
const ANY_WORD: u32 = 0;
const ROOT: u32 = 0;

impl Lexicon {
    /// The tables of the program.
    pub(super) fn shared() -> &'static Self {
        &SHARED
    }

    /// Reads the two tables; their notation stands at their top.
    fn parse(words: &str, phrases: &str) -> Self {
        let mut lexicon = Self { ends: vec![None], next_word_id: ANY_WORD + 1, ..Self::default() };
        for (kind, line) in sections(words) {
            let meaning = if kind == SmallTalk::Vague { WordMeaning::Plain } else { WordMeaning::Stock(kind) };
            for entry in line.split_whitespace() {
                let (word, spellings) = entry.split_once('=').unwrap_or((entry, ""));
                let id = lexicon.intern(word, meaning);
                for spelling in spellings.split(',').filter(|spelling| !spelling.is_empty()) {
                    lexicon.words.insert(bare_hash(spelling), (id, meaning));
                }
            }
        }
        for (kind, line) in sections(phrases) {
            lexicon.add_phrase(kind, line);
        }
        lexicon.first_nodes = vec![ROOT; lexicon.next_word_id as usize];
        for (&(from, word), &to) in &lexicon.edges {
            if from == ROOT {
                lexicon.first_nodes[word as usize] = to;
            }
        }
        lexicon
    }

    /// The number of a word, which is new to the lexicon or in it.
    fn intern(&mut self, word: &str, meaning: WordMeaning) -> u32 {
        let id = self.next_word_id;
        let entry = self.words.entry(bare_hash(word)).or_insert((id, meaning));
        if entry.0 == id {
            self.next_word_id += 1;
        }
        entry.0
    }

    /// Adds all ways through a phrase like `made my whole? day|week`.
    fn add_phrase(&mut self, kind: SmallTalk, line: &str) {
        let mut nodes = vec![ROOT];
        for slot in line.split_whitespace() {
            let (slot, is_optional) = slot.strip_suffix('?').map_or((slot, false), |slot| (slot, true));
            let mut after = if is_optional { nodes.clone() } else { Vec::new() };
            for word in slot.split('|') {
                let id = if word == "*" { ANY_WORD } else { self.intern(word, WordMeaning::Subject) };
                for node in &nodes {
                    let new_node = self.ends.len() as u32;
                    let child = *self.edges.entry((*node, id)).or_insert(new_node);
                    if child == new_node {
                        self.ends.push(None);
                    }
                    after.push(child);
                }
            }
            after.sort_unstable();
            after.dedup();
            nodes = after;
        }
        for node in nodes.into_iter().filter(|node| *node != ROOT) {
            self.ends[node as usize].get_or_insert(kind);
        }
    }

    /// Number and meaning of the word with a hash; `None` for one that is not in the tables.
    pub(super) fn word(&self, hash: u64) -> Option<(u32, WordMeaning)> {
        self.words.get(&hash).copied()
    }

    /// Kind and number of words of the longest phrase at the front of some words.
    pub(super) fn longest_phrase(&self, window: &VecDeque<Word>) -> Option<(SmallTalk, usize)> {
        let first = self.first_nodes[window.front()?.id? as usize];
        if first == ROOT { None } else { self.longest_from(first, window, 1) }
    }

    /// The longest way on from a node that stands for the first `length` words.
    fn longest_from(&self, node: u32, window: &VecDeque<Word>, length: usize) -> Option<(SmallTalk, usize)> {
        let step = |word: u32| self.edges.get(&(node, word));
        let longer = window.get(length).and_then(|word| {
            let exact = word.id.and_then(step).and_then(|next| self.longest_from(*next, window, length + 1));
            let any = || step(ANY_WORD).filter(|_| word.meaning == WordMeaning::Subject);
            exact.or_else(|| any().and_then(|next| self.longest_from(*next, window, length + 1)))
        });
        longer.or_else(|| self.ends[node as usize].map(|kind| (kind, length)))
    }
}

fn bare_hash(word: &str) -> u64 {
    let mut bare = String::new();
    bare_form_into(word, &mut bare);
    hash_word(&bare)
}

/// The lines of a table that are no remark, each with the kind of its section.
fn sections(table: &str) -> impl Iterator<Item = (SmallTalk, &str)> {
    let mut kind = SmallTalk::Vague;
    table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(move |line| {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            kind = SmallTalk::STOCK.into_iter().find(|kind| kind.table_name() == name).unwrap_or(SmallTalk::Vague);
            return None;
        }
        Some((kind, line))
    })
}

#[cfg(test)]
mod tests {
    use super::super::small_talk::WINDOW_WORDS;
    use super::super::small_talk_words::small_talk_words;
    use super::*;

    #[test]
    fn tables_have_known_sections_and_no_word_twice() {
        for (name, table) in [("words", WORDS), ("phrases", PHRASES)] {
            for line in table.lines().filter(|line| line.starts_with('[')) {
                let known =
                    line == "[plain]" || SmallTalk::STOCK.iter().any(|kind| line == format!("[{}]", kind.table_name()));
                assert!(known, "{name}: {line}");
            }
        }
        let mut seen = FxHashMap::default();
        for (_, line) in sections(WORDS) {
            for word in line.split(|character: char| character.is_whitespace() || "=,".contains(character)) {
                assert!(!word.is_empty(), "an empty spelling in: {line}");
                assert!(seen.insert(bare_hash(word), word).is_none(), "twice: {word}");
            }
        }
        assert!(seen.len() > 2_000, "{} words", seen.len());
    }

    #[test]
    fn phrases_fit_the_window_and_every_one_is_found() {
        for (kind, line) in sections(PHRASES) {
            let slots: Vec<&str> = line.split_whitespace().collect();
            assert!(slots.len() <= WINDOW_WORDS, "{line}");
            assert_ne!(kind, SmallTalk::Vague, "{line}");
            let first: Vec<&str> =
                slots.iter().map(|slot| slot.trim_end_matches('?').split('|').next().unwrap()).collect();
            let text = first.join(" ").replace('*', "xyzzy");
            let lexicon = Lexicon::shared();
            let mut words = small_talk_words(&text, lexicon);
            let window: VecDeque<Word> = std::iter::from_fn(|| words.next_word()).collect();
            assert_eq!(lexicon.longest_phrase(&window).map(|found| found.1), Some(window.len()), "{line}");
        }
    }

    #[test]
    fn optional_words_alternatives_and_any_word() {
        let lexicon = Lexicon::parse("[plain]\nmy the", "[thanks]\nmade my whole? day|week\nhats off to *");
        let found = |text: &str| {
            let mut words = small_talk_words(text, &lexicon);
            let window: VecDeque<Word> = std::iter::from_fn(|| words.next_word()).collect();
            lexicon.longest_phrase(&window).map(|found| found.1)
        };
        for (text, expected) in [
            ("made my day", Some(3)),
            ("made my whole week again", Some(4)),
            ("made my whole", None),
            ("hats off to Anna", Some(4)),
            ("hats off to the", None),
            ("the day", None),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
