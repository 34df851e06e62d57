//! Explaining tone: the same stages as a run, one item after the other, with the scores taken apart at the end.

use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::config::Plan;
use crate::domain::{
    Absence, Comment, Evidence, Item, LanguageVerdict, MachineTranslation, Reject, Stage, TranslationFailure,
};
use crate::tone::{LabelExplanation, ToneExplanation, ToneScratch, WantedLabels};
use crate::translate::Translators;

use super::authors::Authors;
use super::context::{CommentInContext, Context, InContext};
use super::guard::guarded;
use super::judge::{in_comment, text_for_tone};
use super::models::Models;
use super::run::{Site, prepare};
use super::translation::{make_one_ready, settle, translate};

/// The stages of a run up to scoring, for one item after the other.
#[derive(Debug)]
pub(super) struct Stages {
    site: Arc<Site>,
    /// Where translators work; without it nobody is asked.
    runtime: Option<Runtime>,
    context: Context,
}

impl Stages {
    /// Stages that have seen nothing yet.
    pub(super) fn new(
        plan: Plan,
        models: Models,
        translators: Option<(Translators, Runtime)>,
        context: impl FnOnce(&Site) -> Context,
    ) -> Self {
        let (translators, runtime) = translators.unzip();
        let translators = Arc::new(translators.unwrap_or_default());
        let site = Site { plan, models, translators, authors: Authors::Omit, rivals: None };
        Self { context: context(&site), site: Arc::new(site), runtime }
    }

    /// What the stages share.
    pub(super) fn site(&self) -> &Site {
        &self.site
    }

    /// The models that score.
    pub(super) fn models(&self) -> &Models {
        &self.site.models
    }

    /// Takes an item as far as it goes before it is scored; a translator's answer is there, but not settled.
    pub(super) fn place(&mut self, item: Item) -> InContext {
        let placed = self.context.place(prepare(item, &self.site), &self.site);
        self.translated(placed)
    }

    /// The item with its translation, where it waits for one.
    fn translated(&self, item: InContext) -> InContext {
        let item = make_one_ready(item, &self.site);
        match &self.runtime {
            Some(runtime) => {
                let mut items = runtime.block_on(translate(vec![item], &self.site));
                items.pop().unwrap_or(InContext::Thread)
            }
            None => item,
        }
    }
}

/// Explains the tone of comments. Threads are followed as in a run, so that quotes, links and translations are left out
/// of what is scored, and every probability is the one that a record would have, before it is rounded.
#[derive(Debug)]
pub struct Explainer {
    stages: Stages,
    scratch: ToneScratch,
    wanted: WantedLabels,
}

/// What became of an item.
#[derive(Debug)]
pub enum ExplainedItem<C> {
    /// A comment, explained.
    Comment(C),
    /// The header of a thread: nothing to explain.
    Thread,
    /// Neither comment nor thread: nothing to explain either.
    Aside,
    /// No comment.
    Reject(Reject),
}

impl<C> ExplainedItem<C> {
    /// The same with what is shown of a comment.
    ///
    /// # Errors
    /// Where showing fails.
    pub fn shown<T, E>(self, show: impl FnOnce(C) -> Result<T, E>) -> Result<ExplainedItem<T>, E> {
        Ok(match self {
            Self::Comment(comment) => ExplainedItem::Comment(show(comment)?),
            Self::Thread => ExplainedItem::Thread,
            Self::Aside => ExplainedItem::Aside,
            Self::Reject(reject) => ExplainedItem::Reject(reject),
        })
    }
}

/// A comment with the explanation of its tone.
#[derive(Debug)]
pub struct ExplainedComment {
    /// The comment as it was read.
    pub comment: Comment,
    /// What language it is in.
    pub language: LanguageVerdict,
    /// The translation that was scored instead of the comment's own words.
    pub machine: Option<MachineTranslation>,
    /// Why there is none, where a translator was asked in vain.
    pub failure: Option<TranslationFailure>,
    /// Its tone taken apart, spans in [`ExplainedComment::text`]; or why it has none.
    pub explanation: Result<ToneExplanation, Absence>,
}

impl ExplainedComment {
    /// The text that was taken apart: the comment's body, or the machine's translation of it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.machine.as_ref().map_or(self.comment.body.as_str(), |machine| machine.text.as_str())
    }
}

impl Explainer {
    /// An explainer that has seen no thread yet. `wanted` are places in the tone model's
    /// [`score_labels`](crate::tone::ToneModel::score_labels). Translators work on the runtime that comes with them.
    #[must_use]
    pub fn new(plan: Plan, models: Models, translators: Option<(Translators, Runtime)>, wanted: WantedLabels) -> Self {
        Self { stages: Stages::new(plan, models, translators, Context::new), scratch: ToneScratch::default(), wanted }
    }

    /// The models that score.
    #[must_use]
    pub fn models(&self) -> &Models {
        self.stages.models()
    }

    /// Explains the next item of the input. Never fails: a failure of ours is that item's reject.
    pub fn explain(&mut self, item: Item) -> ExplainedItem<ExplainedComment> {
        match self.stages.place(item) {
            InContext::Thread => ExplainedItem::Thread,
            InContext::Aside(_) => ExplainedItem::Aside,
            InContext::Reject(reject) => ExplainedItem::Reject(reject),
            InContext::Comment(mut comment) => {
                let (origin, raw) = (comment.comment.origin.clone(), comment.comment.raw.clone());
                let (site, wanted, scratch) = (self.stages.site(), &self.wanted, &mut self.scratch);
                let explained = guarded(Stage::Score, origin, raw, || {
                    settle(&mut comment, site);
                    explained(&comment, site, wanted, scratch)
                });
                match explained {
                    Err(reject) => ExplainedItem::Reject(reject),
                    Ok(explanation) => {
                        let CommentInContext { comment, language, translation, is_scored_on_machine, .. } = *comment;
                        let machine = translation.machine.filter(|_| is_scored_on_machine);
                        let failure = translation.failure;
                        ExplainedItem::Comment(ExplainedComment { comment, language, machine, failure, explanation })
                    }
                }
            }
        }
    }
}

fn explained(
    comment: &CommentInContext,
    site: &Site,
    wanted: &WantedLabels,
    scratch: &mut ToneScratch,
) -> Result<ToneExplanation, Absence> {
    let model = site.models.scorers().tone.as_ref().ok_or(Absence::SwitchedOff)?;
    let text = text_for_tone(comment)?;
    let mut explanation = model.explain(&text, wanted, scratch)?;
    for label in &mut explanation.labels {
        put_into_comment(label, comment);
    }
    Ok(explanation)
}

fn put_into_comment(label: &mut LabelExplanation, comment: &CommentInContext) {
    let mut elsewhere = label.elsewhere;
    let mut place = |evidence: Evidence| {
        let weight = evidence.weight;
        let placed = in_comment(evidence, comment);
        elsewhere += if placed.is_some() { 0.0 } else { weight };
        placed
    };
    label.words = std::mem::take(&mut label.words).into_iter().filter_map(&mut place).collect();
    label.elsewhere = elsewhere;
}
