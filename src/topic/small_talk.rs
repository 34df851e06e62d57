//! Small talk: comments with too little about any subject to be judged on or off topic.

use std::collections::VecDeque;
use std::mem;

use super::small_talk_lexicon::{Lexicon, WordMeaning};
use super::small_talk_words::{Word, small_talk_words};

/// Fewest different subject words of a comment that is about something.
const MIN_SUBJECT_WORDS: usize = 2;
/// Fewest words of agreement, reaction or meta talk that outweigh one subject word (`Great movie` is about a movie).
const MIN_STOCK_WORDS: u32 = 2;
/// Most words after a greeting, thanks or a mention that may be the name of whom it is meant for, or of a place.
const MAX_NAME_WORDS: usize = 2;
/// Words that are looked at together, and the longest phrase of the table.
pub(super) const WINDOW_WORDS: usize = 12;

/// What a comment that is about nothing mainly consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SmallTalk {
    /// Greetings, farewells, wishes, condolences.
    Greeting,
    /// Thanks, and praise of what was written.
    Thanks,
    /// Agreement and disagreement without a reason.
    Agreement,
    /// An outcry, a feeling, an insult, applause.
    Reaction,
    /// Laughter, and jokes that everybody knows.
    Laughter,
    /// About the conversation itself: comments, votes, moderators, spelling, requests for a source.
    Meta,
    /// None of these, but no word that names a subject (`I think so too`, `Just got one`).
    Vague,
}

impl SmallTalk {
    /// All kinds but [`SmallTalk::Vague`], the first of which is taken where several have the same number of words.
    pub(super) const STOCK: [Self; 6] =
        [Self::Meta, Self::Thanks, Self::Greeting, Self::Laughter, Self::Agreement, Self::Reaction];

    /// Its name in the tables.
    pub(super) fn table_name(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Thanks => "thanks",
            Self::Agreement => "agreement",
            Self::Reaction => "reaction",
            Self::Laughter => "laughter",
            Self::Meta => "meta",
            Self::Vague => "plain",
        }
    }
}

/// Whether a comment is small talk, and of which kind; `None` where it names a subject. Reads English: words of other
/// languages count as subject words, so that text in them is never small talk.
///
/// `texts` are the parts of the comment that are its writer's own words, without quotes, links and code. Stock
/// phrases, words that name no subject, mentions (`@anna`), numbers, single letters and names that a greeting or
/// thanks are meant for are taken out. Small talk is what has no word left (emoji alone, too), and what has one left
/// beside a greeting, thanks or laughter, or beside two words of another stock kind; repeats of a word count once. A
/// comment of two is about something, whatever it begins with: `Hello, I sell flats in Doha`.
///
/// Time is linear in the length of the text up to the second subject word, where it ends; memory is a window of a few
/// words.
#[must_use]
pub fn small_talk<'text>(texts: impl IntoIterator<Item = &'text str>) -> Option<SmallTalk> {
    remains(texts)?.kind()
}

/// What is left of a comment; `None` as soon as that is enough to be judged.
fn remains<'text>(texts: impl IntoIterator<Item = &'text str>) -> Option<Remains> {
    let lexicon = Lexicon::shared();
    let mut remains = Remains::default();
    let mut window = VecDeque::with_capacity(WINDOW_WORDS);
    for text in texts {
        let mut words = small_talk_words(text, lexicon);
        // A name may follow: whoever is greeted or thanked, or the place that greetings come from.
        let mut expects_name = false;
        window.clear();
        loop {
            while window.len() < WINDOW_WORDS
                && let Some(word) = words.next_word()
            {
                window.push_back(word);
            }
            let Some(word) = window.front().copied() else { break };
            if let Some((kind, length)) = lexicon.longest_phrase(&window) {
                remains.add_stock(kind, length);
                expects_name = names_follow(kind);
                window.drain(..length);
                continue;
            }
            if mem::take(&mut expects_name) {
                let name = name_words(&window);
                if name > 0 {
                    window.drain(..name);
                    continue;
                }
            }
            window.pop_front();
            match word.meaning {
                WordMeaning::Stock(kind) => {
                    remains.add_stock(kind, 1);
                    expects_name = names_follow(kind);
                }
                WordMeaning::Mention => expects_name = true,
                WordMeaning::Plain => {}
                WordMeaning::Subject => {
                    if remains.add_subject(word.hash) {
                        return None;
                    }
                }
            }
        }
    }
    Some(remains)
}

/// What is left of a comment, and what was taken out.
#[derive(Default)]
struct Remains {
    /// Hashes of the subject words so far.
    subjects: [u64; MIN_SUBJECT_WORDS],
    subject_count: usize,
    /// Words of each kind of stock.
    stock: [u32; SmallTalk::STOCK.len() + 1],
}

impl Remains {
    /// Counts a subject word, once however often it stands there; whether there are enough now.
    fn add_subject(&mut self, hash: u64) -> bool {
        let seen = &self.subjects[..self.subject_count];
        if !seen.contains(&hash) {
            self.subjects[self.subject_count] = hash;
            self.subject_count += 1;
        }
        self.subject_count == MIN_SUBJECT_WORDS
    }

    fn add_stock(&mut self, kind: SmallTalk, words: usize) {
        self.stock[kind as usize] += words as u32;
    }

    /// The kind with most words; `None` where there is a subject word that they do not outweigh.
    fn kind(&self) -> Option<SmallTalk> {
        let words = |kind: SmallTalk| self.stock[kind as usize];
        let is_sociable =
            [SmallTalk::Greeting, SmallTalk::Thanks, SmallTalk::Laughter].map(words).iter().any(|n| *n > 0);
        if self.subject_count > 0 && !is_sociable && self.stock.iter().sum::<u32>() < MIN_STOCK_WORDS {
            return None;
        }
        let mut best = (0, SmallTalk::Vague);
        for kind in SmallTalk::STOCK {
            if words(kind) > best.0 {
                best = (words(kind), kind);
            }
        }
        Some(best.1)
    }
}

fn names_follow(kind: SmallTalk) -> bool {
    matches!(kind, SmallTalk::Greeting | SmallTalk::Thanks)
}

/// How many words at the front of the window are the name of whom a greeting is meant for, or of where it comes from: one
/// or two words in capitals, followed by nothing, by punctuation, or by a word in small letters that names no subject.
fn name_words(window: &VecDeque<Word>) -> usize {
    let mut length = 0;
    for word in window.iter().take_while(|word| word.is_capitalised && word.meaning == WordMeaning::Subject) {
        length += 1;
        if word.ends_clause || length > MAX_NAME_WORDS {
            break;
        }
    }
    let Some(last) = length.checked_sub(1).and_then(|last| window.get(last)) else { return 0 };
    let is_alone = last.ends_clause
        || window.get(length).is_none_or(|next| !next.is_capitalised && next.meaning != WordMeaning::Subject);
    if length <= MAX_NAME_WORDS && is_alone { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: SmallTalk, texts: &[&str]) {
        let wrong: Vec<_> = texts.iter().filter(|text| small_talk([**text]) != Some(kind)).collect();
        assert!(wrong.is_empty(), "not {kind:?}: {wrong:?}");
    }

    #[test]
    fn greetings_and_wishes_are_small_talk() {
        check(
            SmallTalk::Greeting,
            &[
                "Good morning everyone!",
                "Hellooo",
                "hello from Norway",
                "Hello from sunny Bristol",
                "Hi Maria Lopez, how are you?",
                "Happy birthday!",
                "Have a great weekend everyone",
                "Happy New Year to all of you",
                "Rest in peace, my condolences to the family",
                "Congratulations to the winners!",
                "good night, see you tomorrow",
            ],
        );
    }

    #[test]
    fn thanks_and_praise_are_small_talk() {
        check(
            SmallTalk::Thanks,
            &[
                "Thanks for sharing this, great read",
                "Well written article!",
                "thank you so much @anna",
                "Thank you so much Maria Lopez!",
                "Thanks Obama",
                "thaaanks",
                "thx",
                "ty, gr8 stuff",
                "thanks for the info",
                "Keep up the good work",
            ],
        );
    }

    #[test]
    fn agreement_and_its_opposite_are_small_talk() {
        check(
            SmallTalk::Agreement,
            &[
                "I could not agree more with you",
                "I couldn't agree more",
                "This is sooo true",
                "a load of nonsense",
                "I completely disagree with everything you just said",
                "Exactly, my thoughts too",
                "You took the words right out of my mouth",
            ],
        );
    }

    #[test]
    fn reactions_are_small_talk() {
        check(
            SmallTalk::Reaction,
            &[
                "wow just wow",
                "OMG, that is awesome",
                "So sad, my heart breaks for them",
                "Ugh. Disgusting!",
                "oh my god I can't even",
                "what a load of nonsense",
                "it brought tears to my eyes",
                "What a beautiful thing to do",
                "Grow up and stop being so childish",
            ],
        );
        check(SmallTalk::Vague, &["I think so too", "just got one", "first!", "😂😂", "", "…"]);
    }

    #[test]
    fn laughter_and_known_jokes_are_small_talk() {
        check(
            SmallTalk::Laughter,
            &[
                "lol",
                "Hahahahaha",
                "I see what you did there",
                "that's what she said",
                "I laughed so hard I cried",
                "xDDD",
            ],
        );
        assert!(small_talk(["haha you made my day"]).is_some());
        assert!(small_talk(["lol, plumber"]).is_some());
    }

    #[test]
    fn talk_about_the_conversation_is_small_talk() {
        check(
            SmallTalk::Meta,
            &[
                "please stop calling them that",
                "why was my comment removed?",
                "mods please lock this thread",
                "did you even read the article?",
                "source?",
                "came here to say this",
                "why is this being downvoted",
                "edit: typo",
                "[deleted]",
                "Pics or it didn't happen",
                "Don't feed the trolls",
                "My two cents",
                "Could you please post a link to the original source?",
            ],
        );
        assert!(small_talk(["happy cake day"]).is_some());
        assert!(small_talk(["underrated comment"]).is_some());
    }

    #[test]
    fn comments_about_something_are_not() {
        for text in [
            "Thanks to the new bridge my commute is shorter",
            "Buy cheap watches at our shop, thanks!",
            "Hello, I sell real estate in Doha",
            "lol the council spent 3 million on a statue",
            "cheap watches here",
            "Commercial bank/IBQ",
            "Great article but the railway should have been funded years ago",
            "Good morning, is the library open on Sunday?",
            "Happy birthday to our hospital, 50 years of nurses",
            "Check out my channel, please subscribe",
            "Visit my profile for free crypto tips",
            "Great movie",
            "Onions!",
            "The best part was the cetology",
            "Hi Cheap Watches From China",
            "Добро јутро свима",
            "Guten Morgen zusammen",
        ] {
            assert_eq!(small_talk([text]), None, "{text}");
        }
    }

    #[test]
    fn a_greeting_before_a_long_comment_takes_nothing_away() {
        let rest = "the council closed the old bridge over the river";
        assert_eq!(small_talk(["Good morning everyone! Thanks for sharing.", rest]), None);
        assert_eq!(small_talk([format!("{}{rest}", "lol ".repeat(10_000)).as_str()]), None);
        assert_eq!(small_talk(["Thanks.", "Great read!"]), Some(SmallTalk::Thanks));
    }

    #[test]
    fn a_repeated_word_counts_once() {
        assert_eq!(small_talk(["haha bananas bananas BANANAS"]), Some(SmallTalk::Laughter));
        assert_eq!(small_talk(["haha bananas and onions"]), None);
    }
}
