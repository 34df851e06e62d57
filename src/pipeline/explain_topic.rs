//! Explaining topic: the same stages as a run, one item after the other, with the texts kept that comments are compared
//! with.

use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::config::Plan;
use crate::domain::{Absence, Comment, Item, LanguageVerdict, MachineTranslation, Stage, Topic, TranslationFailure};
use crate::topic::{ArticleTexts, PartedText, TextsAround, TopicExplanation};
use crate::translate::Translators;

use super::context::{CommentInContext, Context, InContext};
use super::explain::{ExplainedItem, Stages};
use super::guard::guarded;
use super::judge::topic;
use super::models::Models;
use super::run::Site;
use super::tally::Tally;
use super::translation::settle;

/// Explains how far comments are off topic in their threads. What it explains are the scores of a run's records.
#[derive(Debug)]
pub struct TopicExplainer {
    stages: Stages,
    top: usize,
}

/// A comment with the explanation of its topic score.
#[derive(Debug)]
pub struct TopicExplained {
    /// The comment as it was read.
    pub comment: Comment,
    /// What language it is in.
    pub language: LanguageVerdict,
    /// The translation that was scored instead of the comment's own words.
    pub machine: Option<MachineTranslation>,
    /// Why there is none, where a translator was asked in vain.
    pub failure: Option<TranslationFailure>,
    /// Whether it is a greeting, thanks, a reaction or the like, which is why it has no score.
    pub is_small_talk: bool,
    /// The score and what it is made of, spans in [`TopicExplained::text`]; or why it has none.
    pub topic: Result<(Topic, TopicExplanation), Absence>,
    /// The title and the article of its thread.
    pub article: Option<Arc<ArticleTexts>>,
    /// The comment that it answers, where that is one to compare with.
    pub parent: Option<Arc<PartedText>>,
}

impl TopicExplained {
    /// The text that was compared: the comment's body, or the machine's translation of it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.machine.as_ref().map_or(self.comment.body.as_str(), |machine| machine.text.as_str())
    }
}

impl TopicExplainer {
    /// An explainer that has seen no thread yet, and tells at most `top` of the words that a comment shares with a text.
    /// Translators work on the runtime that comes with them.
    #[must_use]
    pub fn new(plan: Plan, models: Models, translators: Option<(Translators, Runtime)>, top: usize) -> Self {
        Self { stages: Stages::new(plan, models, translators, Context::keeping_texts), top }
    }

    /// The models that score.
    #[must_use]
    pub fn models(&self) -> &Models {
        self.stages.models()
    }

    /// Takes the next item of the input into its thread without explaining it.
    pub fn follow(&mut self, item: Item) {
        drop(self.stages.place(item));
    }

    /// Explains the next item of the input. Never fails: a failure of ours is that item's reject.
    pub fn explain(&mut self, item: Item) -> ExplainedItem<TopicExplained> {
        let mut comment = match self.stages.place(item) {
            InContext::Thread => return ExplainedItem::Thread,
            InContext::Aside(_) => return ExplainedItem::Aside,
            InContext::Reject(reject) => return ExplainedItem::Reject(reject),
            InContext::Comment(comment) => comment,
        };
        let (origin, raw) = (comment.comment.origin.clone(), comment.comment.raw.clone());
        let explained = guarded(Stage::Score, origin, raw, || {
            settle(&mut comment, self.stages.site());
            explained(*comment, self.stages.site(), self.top)
        });
        explained.map_or_else(ExplainedItem::Reject, ExplainedItem::Comment)
    }
}

fn explained(mut comment: CommentInContext, site: &Site, top: usize) -> TopicExplained {
    // The first score is what its inputs explain; a sentence encoder gives no words to point at.
    comment.second_look = None;
    let topic = topic(&comment, site, &mut Tally::default()).and_then(|topic| {
        let (model, similarities) =
            site.models.topic.as_ref().zip(comment.similarities.as_ref()).ok_or(Absence::SwitchedOff)?;
        let machine = comment.translation.machine.as_ref().filter(|_| comment.is_scored_on_machine);
        let text = machine.map_or_else(|| comment.own_text(), |machine| PartedText::whole(machine.text.clone()));
        let around = TextsAround { article: comment.texts.article.as_deref(), parent: comment.texts.parent.as_deref() };
        Ok((topic, TopicExplanation::of(model, similarities, &text, around, top)))
    });
    let CommentInContext { comment, language, translation, similarities, is_scored_on_machine, texts, .. } = comment;
    TopicExplained {
        comment,
        language,
        machine: translation.machine.filter(|_| is_scored_on_machine),
        failure: translation.failure,
        is_small_talk: similarities.is_some_and(|similarities| similarities.is_small_talk),
        topic,
        article: texts.article,
        parent: texts.parent,
    }
}
