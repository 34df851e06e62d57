//! How the explanation of a topic score looks to people.

use std::fmt::Write as _;

use crate::domain::{Absence, Span, Topic, TopicBasis};
use crate::pipeline::TopicExplained;
use crate::topic::{Place, TopicExplanation, WordPair, WordsInCommon};

use super::explanation_text::{language_unsupported, sanitised, shown_word, signed};
use crate::domain::LanguageCode;

/// Longest beginning of a passage that is shown, in characters.
const MAX_PASSAGE: usize = 70;

/// The explanation of a comment; without texts, words are told by their places. Control characters do not get through.
pub(super) fn render(explained: &TopicExplained, with_text: bool, read: &[LanguageCode]) -> String {
    let id = sanitised(explained.comment.id.as_str(), "");
    let (topic, explanation) = match &explained.topic {
        Err(absence) => return format!("{id}: not scored ({}): {}\n", absence.name(), why(*absence, explained, read)),
        Ok(scored) => (&scored.0, &scored.1),
    };
    let mut out = String::new();
    let engine = explained.machine.as_ref().map(|machine| sanitised(&machine.engine, ""));
    let of = engine.map(|engine| format!(", of the translation by {engine}")).unwrap_or_default();
    let _ = writeln!(out, "{id}: off_topic {:.4}, basis {}{of}", topic.off_topic.get(), topic.basis.name());
    let _ = writeln!(out, "  relevance alone: {}", relevance(topic));
    let sums = &explanation.contributions;
    let _ = writeln!(
        out,
        "  log-odds {} = intercept {}, article {}, parent {}, thread {}, author {}, other {}",
        signed(sums.sum()),
        signed(sums.intercept),
        signed(sums.article),
        signed(sums.parent),
        signed(sums.thread),
        signed(sums.author),
        signed(sums.other)
    );
    let shown = Shown { explained, with_text };
    if let Some(words) = &explanation.article {
        let _ = writeln!(out, "  nearest: {}", shown.nearest(explanation));
        shown.words("article", words, &mut out);
    }
    if let Some(words) = &explanation.parent {
        let parent = explained.comment.parent_id.as_ref().map(|id| sanitised(id.as_str(), "")).unwrap_or_default();
        shown.words(&format!("parent {parent}"), words, &mut out);
    }
    out
}

fn why(absence: Absence, explained: &TopicExplained, read: &[LanguageCode]) -> String {
    match absence {
        Absence::LanguageUnsupported => language_unsupported(&explained.language, explained.failure, read),
        Absence::NoText => "no words of the commenter's own, quotes, links, mentions and code aside".to_owned(),
        Absence::TooLittleText if explained.is_small_talk => "a greeting, thanks, a reaction or the like".to_owned(),
        Absence::TooLittleText => "fewer than three words that tell a subject".to_owned(),
        Absence::NoContext => "no article, no title, no known parent, and fewer than three earlier comments".to_owned(),
        Absence::SwitchedOff => "switched off in the configuration".to_owned(),
    }
}

fn relevance(topic: &Topic) -> String {
    let told = TopicBasis::ALL.into_iter().filter_map(|basis| {
        let relevance = topic.relevance.of(basis)?;
        Some(format!("{} {relevance:.4}", basis.name()))
    });
    told.collect::<Vec<_>>().join(", ")
}

struct Shown<'a> {
    explained: &'a TopicExplained,
    with_text: bool,
}

impl Shown<'_> {
    fn nearest(&self, explanation: &TopicExplanation) -> String {
        let title = explanation.title.map(|cosine| format!("the title, cosine {cosine:.2}"));
        let article = self.explained.article.as_ref().map_or("", |texts| texts.article());
        let passage = explanation.passage.map(|passage| {
            let line = sanitised(passage.span.of(article), " ").replace('\n', " ");
            let mut beginning: String = line.chars().take(MAX_PASSAGE).collect();
            if beginning.len() < line.len() {
                beginning.push('…');
            }
            let said = if self.with_text { format!(": {beginning}") } else { String::new() };
            format!("passage {}, cosine {:.2}{said}", passage.number + 1, passage.cosine)
        });
        match (title, passage) {
            (Some(title), Some(passage)) if explanation.title_is_nearer() => format!("{title}; then {passage}"),
            (Some(title), Some(passage)) => format!("{passage}\n  then {title}"),
            (title, passage) => title.or(passage).unwrap_or_default(),
        }
    }

    fn words(&self, with: &str, words: &WordsInCommon, out: &mut String) {
        let list = |pairs: &[WordPair], number: &dyn Fn(&WordPair) -> f32| {
            let told = pairs.iter().map(|pair| format!("{} {:.2}", self.pair(pair), number(pair)));
            told.collect::<Vec<_>>().join(", ")
        };
        let same = list(&words.same, &|pair| pair.weight);
        let _ = writeln!(out, "  words of the {with}: {}", if same.is_empty() { "none" } else { &same });
        if !words.near.is_empty() {
            let _ = writeln!(out, "    near: {}", list(&words.near, &|pair| pair.cosine));
        }
    }

    /// `word`, or `word~other` where the other is not spelt the same.
    fn pair(&self, pair: &WordPair) -> String {
        let place = |span: Span| format!("{}..{}", span.begin, span.end);
        if !self.with_text {
            return format!("{}~{}", place(pair.comment), place(pair.other));
        }
        let article = self.explained.article.as_ref();
        let other = match pair.place {
            Place::Title => article.map_or("", |texts| texts.title()),
            Place::Passage => article.map_or("", |texts| texts.article()),
            Place::Parent => self.explained.parent.as_ref().map_or("", |parent| parent.text()),
        };
        let (own, other) = (shown_word(pair.comment, self.explained.text()), shown_word(pair.other, other));
        if own.to_lowercase() == other.to_lowercase() { own } else { format!("{own}~{other}") }
    }
}
