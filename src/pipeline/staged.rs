//! The stages of a run one after the other on one thread, so that whoever holds a clock can time each.

use std::mem::take;
use std::sync::Arc;

use crate::domain::{Body, Item, Origin, Reject, Stage};
use crate::source::{Inputs, ReadSettings};
use crate::tone::ToneScratch;
use crate::translate::Translators;
use crate::wire::dead_letter::DeadLetter;

use super::batch::{CommentsLeft, MAX_BATCH_BYTES, MAX_BATCH_ITEMS, text_bytes};
use super::context::{CommentInContext, Context, InContext};
use super::guard::guarded;
use super::judge::{Outcome, facts, tone, topic, write_record};
use super::matched_words::matched_words;
use super::prepare::Prepared;
use super::run::{Settings, Site, prepare};
use super::tally::Tally;
use super::translation::settle;

/// A stage of a run, as it is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimedStage {
    /// Bytes to items, items to batches.
    Read,
    /// All that follows from one comment alone: words, links, segments, language evidence, topic vector.
    Prepare,
    /// The comment meets its thread: repeats, quotes, language, similarities, flags.
    Context,
    /// Features, abuse and sentiment, and evidence where the configuration asks for it.
    Tone,
    /// The off-topic score.
    Topic,
    /// The decision.
    Policy,
    /// The record, or the dead letter, as bytes of JSON; not what an output does with them.
    Write,
}

impl TimedStage {
    /// All stages, in the order of a run.
    pub const ALL: [Self; 7] =
        [Self::Read, Self::Prepare, Self::Context, Self::Tone, Self::Topic, Self::Policy, Self::Write];

    /// The name that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Prepare => "prepare",
            Self::Context => "context",
            Self::Tone => "tone",
            Self::Topic => "topic",
            Self::Policy => "policy",
            Self::Write => "write",
        }
    }
}

/// A run whose stages take one batch after the other. It does the same work as [`run`](super::run) with one worker, but
/// for three things: no translator is asked, models are not looked for anew, and records go nowhere. It holds no more
/// than one batch.
#[derive(Debug)]
pub struct StagedRun {
    site: Site,
    inputs: Inputs,
    left: CommentsLeft,
    context: Context,
    scratch: ToneScratch,
    /// What the batch became, as lines; emptied with each.
    lines: Vec<u8>,
    written_bytes: u64,
    text_bytes: u64,
    tally: Tally,
}

/// A comment on its way through the stages of scoring, with what they have found so far.
struct Scoring<T> {
    comment: Box<CommentInContext>,
    found: T,
}

impl StagedRun {
    /// A run that has read nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { plan, models, authors, inputs, format, map, article, max_comments, .. } = settings;
        let reading =
            ReadSettings { format, map, article, limits: plan.limits.clone(), keep_raw: plan.output.raw_dead_letters };
        let site = Site { plan, models, translators: Arc::new(Translators::default()), authors, rivals: None };
        Self {
            inputs: Inputs::new(inputs, reading),
            left: CommentsLeft::new(max_comments),
            context: Context::new(&site),
            scratch: ToneScratch::default(),
            lines: Vec::new(),
            written_bytes: 0,
            text_bytes: 0,
            tally: Tally::default(),
            site,
        }
    }

    /// Takes the next batch through all stages, and tells when each of them has ended; `false` where there is no more.
    /// Reading is told of also where it found nothing.
    pub fn next_batch(&mut self, mut ended: impl FnMut(TimedStage)) -> bool {
        let items = self.read();
        ended(TimedStage::Read);
        if items.is_empty() {
            return false;
        }
        let prepared: Vec<Prepared> = items.into_iter().map(|item| prepare(item, &self.site)).collect();
        ended(TimedStage::Prepare);
        let placed: Vec<InContext> = prepared.into_iter().map(|item| self.context.place(item, &self.site)).collect();
        ended(TimedStage::Context);

        let mut rejects = Vec::new();
        let mut tally = take(&mut self.tally);
        let comments = comments(placed, &mut tally, &mut rejects);
        let (site, scratch) = (&self.site, &mut self.scratch);
        let scorers = site.models.scorers();
        let scored = stage(comments, &mut rejects, |comment, ()| {
            settle(comment, site);
            tone(comment, site, scorers, scratch)
        });
        ended(TimedStage::Tone);
        let scored = stage(scored, &mut rejects, |comment, tone| (tone, topic(comment, site, &mut tally)));
        ended(TimedStage::Topic);
        let decided = stage(scored, &mut rejects, |comment, (tone, topic)| {
            let decision = site.plan.policy.decide(facts(comment, &matched_words(comment, site), &tone, &topic));
            (tone, topic, decision)
        });
        ended(TimedStage::Policy);
        let lines = &mut self.lines;
        lines.clear();
        let written = stage(decided, &mut rejects, |comment, (tone, topic, decision)| {
            let outcome = Outcome { tone: &tone, topic: &topic, decision: &decision };
            write_record(comment, site, scorers, &outcome, lines);
            (tone, decision)
        });
        for reject in &rejects {
            // Strings and numbers always serialise.
            let _ = serde_json::to_writer(&mut *lines, &DeadLetter::from(reject));
            lines.push(b'\n');
        }
        self.written_bytes += lines.len() as u64;
        ended(TimedStage::Write);

        for Scoring { comment, found: (tone, decision) } in &written {
            tally.add_record(decision.action, &comment.language, &comment.translation, tone);
        }
        for reject in &rejects {
            tally.add_reject(reject);
        }
        self.tally = tally;
        true
    }

    /// What became of all items so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Bytes of text that comments and articles had so far.
    #[must_use]
    pub fn text_bytes(&self) -> u64 {
        self.text_bytes
    }

    /// Bytes of the records and dead letters so far.
    #[must_use]
    pub fn written_bytes(&self) -> u64 {
        self.written_bytes
    }

    /// Whether there are more comments than were asked for; reads on up to the next one.
    #[must_use]
    pub fn is_cut(&mut self) -> bool {
        while let Some(item) = self.inputs.next_item() {
            if matches!(item, Item::Comment(_) | Item::Reject(_)) {
                return true;
            }
        }
        false
    }

    /// The next batch, of the size that a run makes of an input that is never waited for.
    fn read(&mut self) -> Vec<Item> {
        let (mut items, mut bytes) = (Vec::new(), 0);
        while items.len() < MAX_BATCH_ITEMS
            && bytes < MAX_BATCH_BYTES
            && !self.left.is_none()
            && let Some(item) = self.inputs.next_item()
        {
            self.left.count(&item);
            bytes += text_bytes(&item);
            items.push(item);
        }
        self.text_bytes += bytes as u64;
        items
    }
}

/// The comments of a batch; all else is counted.
fn comments(placed: Vec<InContext>, tally: &mut Tally, rejects: &mut Vec<Reject>) -> Vec<Scoring<()>> {
    let mut comments = Vec::with_capacity(placed.len());
    for item in placed {
        match item {
            InContext::Comment(comment) => comments.push(Scoring { comment, found: () }),
            InContext::Thread => tally.threads += 1,
            InContext::Aside(aside) => tally.add_aside(&aside),
            InContext::Reject(reject) => rejects.push(reject),
        }
    }
    comments
}

/// Takes all comments through a stage; a failure of ours in one is its reject.
fn stage<A, B>(
    batch: Vec<Scoring<A>>,
    rejects: &mut Vec<Reject>,
    mut work: impl FnMut(&mut CommentInContext, A) -> B,
) -> Vec<Scoring<B>> {
    let mut done = Vec::with_capacity(batch.len());
    for Scoring { mut comment, found } in batch {
        let (origin, raw): (Origin, Option<Body>) = (comment.comment.origin.clone(), comment.comment.raw.clone());
        match guarded(Stage::Score, origin, raw, || work(&mut comment, found)) {
            Ok(found) => done.push(Scoring { comment, found }),
            Err(reject) => rejects.push(reject),
        }
    }
    done
}
