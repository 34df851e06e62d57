//! A text that is asked about by itself: the thread that is made for it, and what can be said of it.

use std::sync::Arc;

use crate::config::ScorePrior;
use crate::domain::{
    Absence, Body, Candidate, Comment, CommentId, Item, LabelledScore, LanguageCode, LanguageVerdict, Origin, Reject,
    Span, Stage, ThreadHeader, ThreadId, Tone, Topic, Translation,
};
use crate::language::LanguageMix;
use crate::text::segments::text_of;
use crate::text::sentences::sentences;
use crate::tone::{EvenMix, ToneModel, ToneScratch};

use super::context::{CommentInContext, Context, InContext};
use super::guard::guarded;
use super::judge::{may_be_in, topic};
use super::models::Scorers;
use super::prepare::{Prepared, PreparedComment};
use super::run::{Site, prepare};
use super::tally::Tally;
use super::translation::settle;

/// A text that is asked about by itself, with what the asker knows of it.
#[derive(Debug, Clone)]
pub struct Question {
    /// The comment.
    pub text: Body,
    /// What it was written under.
    pub article: Option<Body>,
    /// Comments before it in its thread, the oldest first; the last one is what it answers where `is_reply`.
    pub earlier: Vec<Body>,
    /// Whether the last of the earlier comments is the one that it answers.
    pub is_reply: bool,
    /// The languages that the asker says it is in, which are taken as they are; none to have them told.
    pub languages: Vec<LanguageCode>,
    /// Whether each sentence is scored by itself too.
    pub with_sentences: bool,
    /// The mix of comments that scores are to be for.
    pub prior: ScorePrior,
}

impl Question {
    /// A question about a text of which nothing else is known, at the natural mix.
    #[must_use]
    pub fn new(text: Body) -> Self {
        Self {
            text,
            article: None,
            earlier: Vec::new(),
            is_reply: false,
            languages: Vec::new(),
            with_sentences: false,
            prior: ScorePrior::Natural,
        }
    }
}

/// What can be said about a text.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The language that the words show, whatever the asker says.
    pub language: LanguageVerdict,
    /// Its tone; scores are not rounded.
    pub tone: Result<Tone, Absence>,
    /// How far it is off topic.
    pub topic: Result<Topic, Absence>,
    /// The tone of each sentence, where that was asked for; spans in the text. None where a translation was scored.
    pub sentences: Vec<(Span, Result<Tone, Absence>)>,
    /// What is known of a translation.
    pub translation: Translation,
    /// Whether the scores are those of a machine's translation.
    pub is_scored_on_machine: bool,
}

/// A comment in the thread that was made for it.
pub(super) struct Placed {
    pub(super) item: InContext,
    /// The language that its words show, where the asker says one.
    pub(super) shown: Option<LanguageVerdict>,
}

/// A text in a thread that holds what the asker knows of it, and nothing else.
pub(super) fn placed(question: &Question, site: &Site) -> Placed {
    let source: Arc<str> = Arc::from("request");
    let thread = ThreadId::new("request");
    let mut context = Context::new(site);
    let mut place = |item| context.place(item, site);
    if let Some(article) = &question.article {
        let header = ThreadHeader {
            origin: Origin::new(Arc::clone(&source), 1),
            thread_id: thread.clone(),
            title: None,
            article: Some(article.clone()),
            url: None,
            language: None,
        };
        place(prepare(Item::Thread(header), site));
    }
    let comment = |number: usize, text: &Body| {
        let id = CommentId::new(number.to_string());
        Comment::new(Origin::new(Arc::clone(&source), 1), thread.clone(), id, text.clone())
    };
    for (number, text) in question.earlier.iter().enumerate() {
        place(prepare(Item::Comment(comment(number, text)), site));
    }
    let count = question.earlier.len();
    let mut asked = comment(count, &question.text);
    asked.parent_id = count.checked_sub(1).filter(|_| question.is_reply).map(|last| CommentId::new(last.to_string()));
    let mut prepared = prepare(Item::Comment(asked), site);
    let mut shown = None;
    if let (Prepared::Comment(prepared), Some(language)) = (&mut prepared, question.languages.first()) {
        let verdict = shown_by(prepared, site);
        prepared.told = told(*language, &verdict);
        shown = Some(verdict);
    }
    Placed { item: place(prepared), shown }
}

/// The language of a text about which nothing else is known.
pub(super) fn shown_language(text: &Body, site: &Site) -> Result<LanguageVerdict, Reject> {
    let origin = Origin::new("request".into(), 1);
    guarded(Stage::Prepare, origin.clone(), None, || {
        let comment = Comment::new(origin, ThreadId::new("request"), CommentId::new("0"), text.clone());
        match prepare(Item::Comment(comment), site) {
            Prepared::Comment(prepared) => shown_by(&prepared, site),
            _ => LanguageVerdict::NoText,
        }
    })
}

/// The language that a comment's words show, in a thread of which nothing is known.
fn shown_by(prepared: &PreparedComment, site: &Site) -> LanguageVerdict {
    site.models.detector.weigh(&prepared.own.evidence, &LanguageMix::default().prior(&site.plan.read))
}

/// What the asker says of a text with words.
fn told(language: LanguageCode, shown: &LanguageVerdict) -> Option<LanguageVerdict> {
    let best = Candidate { language, probability: 1.0 };
    let script = shown.script()?;
    Some(LanguageVerdict::Known { best, script, candidates: vec![best] })
}

/// How a text is scored.
pub(super) struct Scoring {
    pub(super) scorers: Arc<Scorers>,
    /// What puts scores at the even mix, where that is asked for.
    pub(super) even_mix: Option<Arc<EvenMix>>,
    pub(super) with_sentences: bool,
}

pub(super) fn answered(
    mut comment: CommentInContext,
    shown: Option<LanguageVerdict>,
    site: &Site,
    scoring: &Scoring,
) -> Result<Answer, Reject> {
    guarded(Stage::Score, comment.comment.origin.clone(), None, || {
        settle(&mut comment, site);
        let mut scratch = ToneScratch::default();
        let tone = scoring.tone(&comment, &mut scratch);
        let topic = topic(&comment, site, &mut Tally::default());
        let sentences = if scoring.with_sentences && !comment.is_scored_on_machine {
            scoring.tones_of_sentences(&comment, &mut scratch)
        } else {
            Vec::new()
        };
        let CommentInContext { language, translation, is_scored_on_machine, .. } = comment;
        let language = shown.unwrap_or(language);
        Answer { language, tone, topic, sentences, translation, is_scored_on_machine }
    })
}

impl Scoring {
    /// The tone of what the commenter wrote; of all of the text where nothing in it is their own, such as a quote alone: who
    /// asks about a text by itself wants to know about it.
    fn tone(&self, comment: &CommentInContext, scratch: &mut ToneScratch) -> Result<Tone, Absence> {
        let model = self.scorers.tone.as_ref().ok_or(Absence::SwitchedOff)?;
        let whole = comment.comment.body.as_str();
        let own = match comment.scored_translation() {
            Some(translation) => translation.into(),
            None => text_of(whole, &comment.segments, comment.scored),
        };
        let text = if own.chars().any(char::is_alphabetic) { own } else { whole.into() };
        let mut tone = score(model, &text, comment, scratch)?;
        if let Some(even_mix) = &self.even_mix {
            let parts = sentences(&text, Span::new(0, text.len()));
            // One sentence is the text.
            let parts = if parts.len() > 1 { parts.as_slice() } else { &[] };
            let tones = parts.iter().filter_map(|part| score(model, part.of(&text), comment, scratch).ok());
            put_at_even_mix(&mut tone, &text, &tones.collect::<Vec<_>>(), even_mix);
        }
        Ok(tone)
    }

    /// The tone of each sentence of the whole text.
    fn tones_of_sentences(
        &self,
        comment: &CommentInContext,
        scratch: &mut ToneScratch,
    ) -> Vec<(Span, Result<Tone, Absence>)> {
        let text = comment.comment.body.as_str();
        let Some(model) = self.scorers.tone.as_ref() else { return Vec::new() };
        let mut tone_of = |span: Span| {
            let mut tone = score(model, span.of(text), comment, scratch)?;
            if let Some(even_mix) = &self.even_mix {
                put_at_even_mix(&mut tone, span.of(text), &[], even_mix);
            }
            Ok(tone)
        };
        sentences(text, Span::new(0, text.len())).into_iter().map(|span| (span, tone_of(span))).collect()
    }
}

/// The tone of a part of what a comment says, at the natural mix.
fn score(
    model: &ToneModel,
    text: &str,
    comment: &CommentInContext,
    scratch: &mut ToneScratch,
) -> Result<Tone, Absence> {
    // Signs without words are in no language, and are scored all the same.
    let is_wordless = comment.language == LanguageVerdict::NoText;
    model.score_where(text, |languages| is_wordless || may_be_in(comment, languages), 0, scratch)
}

/// Puts scores that are for the natural mix at the even mix.
fn put_at_even_mix(tone: &mut Tone, text: &str, sentences: &[Tone], even_mix: &EvenMix) {
    let even = |score: &LabelledScore| even_mix.score(text, tone, sentences, &score.label);
    let scores: Vec<_> = tone.scores.iter().map(even).collect();
    for (score, even) in tone.scores.iter_mut().zip(scores) {
        score.probability = even.unwrap_or(score.probability);
    }
}
