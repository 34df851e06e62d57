//! Explaining tone: the same stages as a run, one item after the other, with the scores taken apart at the end.

use crate::config::Plan;
use crate::domain::{Absence, Comment, Evidence, Item, LanguageVerdict, Reject, Stage};
use crate::tone::{LabelExplanation, ToneExplanation, ToneScratch, WantedLabels};

use super::authors::Authors;
use super::context::{CommentInContext, Context, InContext};
use super::guard::guarded;
use super::judge::{in_comment, text_for_tone};
use super::models::Models;
use super::run::{Site, prepare};

/// Explains the tone of comments. Threads are followed as in a run, so that quotes, links and translations are left out
/// of what is scored, and every probability is the one that a record would have, before it is rounded.
#[derive(Debug)]
pub struct Explainer {
    site: Site,
    context: Context,
    scratch: ToneScratch,
    wanted: WantedLabels,
}

/// What became of an item.
#[derive(Debug)]
pub enum ExplainedItem {
    /// A comment.
    Comment(Box<ExplainedComment>),
    /// The header of a thread: nothing to explain.
    Thread,
    /// No comment.
    Reject(Reject),
}

/// A comment with the explanation of its tone.
#[derive(Debug)]
pub struct ExplainedComment {
    /// The comment as it was read.
    pub comment: Comment,
    /// What language it is in.
    pub language: LanguageVerdict,
    /// Its tone taken apart, spans in the comment's body; or why it has none.
    pub explanation: Result<ToneExplanation, Absence>,
}

impl Explainer {
    /// An explainer that has seen no thread yet. `wanted` are places in the tone model's
    /// [`score_labels`](crate::tone::ToneModel::score_labels).
    #[must_use]
    pub fn new(plan: Plan, models: Models, wanted: WantedLabels) -> Self {
        let site = Site { plan, models, authors: Authors::Omit, rivals: None };
        Self { context: Context::new(&site), site, scratch: ToneScratch::default(), wanted }
    }

    /// The models that score.
    #[must_use]
    pub fn models(&self) -> &Models {
        &self.site.models
    }

    /// Explains the next item of the input. Never fails: a failure of ours is that item's reject.
    pub fn explain(&mut self, item: Item) -> ExplainedItem {
        match self.context.place(prepare(item, &self.site), &self.site) {
            InContext::Thread => ExplainedItem::Thread,
            InContext::Reject(reject) => ExplainedItem::Reject(reject),
            InContext::Comment(comment) => {
                let (origin, raw) = (comment.comment.origin.clone(), comment.comment.raw.clone());
                let (site, wanted, scratch) = (&self.site, &self.wanted, &mut self.scratch);
                match guarded(Stage::Score, origin, raw, || explained(&comment, site, wanted, scratch)) {
                    Err(reject) => ExplainedItem::Reject(reject),
                    Ok(explanation) => {
                        let CommentInContext { comment, language, .. } = *comment;
                        ExplainedItem::Comment(Box::new(ExplainedComment { comment, language, explanation }))
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
