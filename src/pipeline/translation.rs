//! Comments that a translator is asked for: what they wait with, and what the answer makes of them.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::domain::{
    Body, LanguageCode, MachineTranslation, SegmentKind, Stage, Translation, TranslationFailure, TranslationStatus,
    round,
};
use crate::text::segments::text_of;
use crate::text::translation::untranslated_share;
use crate::topic::{ArticleVectors, CommentVector, Similarities, Surroundings, ThreadCentroid};

use super::context::{CommentInContext, InContext};
use super::guard::guarded;
use super::run::Site;

/// What a comment waits for its translation with: whom to ask, and all that the topic of the answer will be compared with,
/// as it was when the comment came.
#[derive(Debug)]
pub(super) struct Awaiting {
    /// The translator's place in the configuration.
    translator: usize,
    from: LanguageCode,
    article: Option<Arc<ArticleVectors>>,
    parent: Option<Arc<CommentVector>>,
    earlier: Arc<ThreadCentroid>,
    /// The text as it is sent.
    sent: Option<Body>,
    answer: Option<Result<Body, TranslationFailure>>,
}

impl Awaiting {
    /// What a comment in a language waits with.
    pub(super) fn new(
        translator: usize,
        from: LanguageCode,
        article: Option<Arc<ArticleVectors>>,
        parent: Option<Arc<CommentVector>>,
        earlier: Arc<ThreadCentroid>,
    ) -> Self {
        Self { translator, from, article, parent, earlier, sent: None, answer: None }
    }
}

/// How many comments of a batch wait for a translation.
fn waiting(items: &[InContext]) -> usize {
    items.iter().filter(|item| matches!(item, InContext::Comment(comment) if comment.awaiting.is_some())).count()
}

/// Waits until a batch's comments have room among those that wait for translations; `None` where none of them does. A batch
/// with more of them than there is room for has all of it to itself.
pub(super) async fn room(queue: &Arc<Semaphore>, bound: usize, items: &[InContext]) -> Option<OwnedSemaphorePermit> {
    let places = u32::try_from(waiting(items).min(bound)).unwrap_or(u32::MAX);
    // The queue is never closed; were it, there would just be no bound.
    if places == 0 { None } else { Arc::clone(queue).acquire_many_owned(places).await.ok() }
}

/// Makes the texts of a batch ready for their translators.
pub(super) fn make_ready(items: Vec<InContext>, site: &Site) -> Vec<InContext> {
    items.into_iter().map(|item| make_one_ready(item, site)).collect()
}

/// Makes a comment ready for its translator, where it has one; a failure of ours is its reject.
pub(super) fn make_one_ready(item: InContext, site: &Site) -> InContext {
    let InContext::Comment(mut comment) = item else { return item };
    let Some(mut awaiting) = comment.awaiting.take() else { return InContext::Comment(comment) };
    let (origin, raw) = (comment.comment.origin.clone(), comment.comment.raw.clone());
    guarded(Stage::Score, origin, raw, || {
        let prose = text_of(comment.comment.body.as_str(), &comment.segments, SegmentKind::Prose);
        awaiting.sent = Some(Body::new(site.translators.ready(awaiting.translator, awaiting.from, &prose)));
        comment.awaiting = Some(awaiting);
        comment
    })
    .map_or_else(InContext::Reject, InContext::Comment)
}

/// Has all comments of a batch translated that wait for it, as many at a time as their translators allow. Each text is on
/// a task of its own, which ends where nobody waits for it any more.
pub(super) async fn translate(mut items: Vec<InContext>, site: &Arc<Site>) -> Vec<InContext> {
    let mut tasks = JoinSet::new();
    for (place, item) in items.iter().enumerate() {
        let InContext::Comment(comment) = item else { continue };
        let Some(Awaiting { translator, from, sent: Some(sent), .. }) = comment.awaiting.as_deref() else { continue };
        let (translator, from, sent, site) = (*translator, *from, sent.clone(), Arc::clone(site));
        tasks.spawn(async move { (place, site.translators.translate(translator, from, sent.as_str()).await) });
    }
    // One that ended with a panic leaves its comment without an answer, which is a failure as well.
    while let Some(done) = tasks.join_next().await {
        if let Ok((place, answer)) = done
            && let Some(InContext::Comment(comment)) = items.get_mut(place)
            && let Some(awaiting) = &mut comment.awaiting
        {
            awaiting.answer = Some(answer.map(Body::new));
        }
    }
    items
}

/// Makes of a comment what the answer makes of it: its translation, or why there is none; and what is scored.
pub(super) fn settle(comment: &mut CommentInContext, site: &Site) {
    let Some(awaiting) = comment.awaiting.take() else { return };
    let Awaiting { translator, article, parent, earlier, sent, answer, .. } = *awaiting;
    let translator = site.plan.translation.translators.get(translator);
    let (text, sent, translator) = match (answer, sent, translator) {
        (Some(Ok(text)), Some(sent), Some(translator)) => (text, sent, translator),
        (answer, ..) => {
            let failure = answer.and_then(Result::err).unwrap_or(TranslationFailure::Failed);
            comment.translation.failure = Some(failure);
            return;
        }
    };
    let topic = site.models.topic.as_ref();
    let knows_word = |word: &str| topic.is_some_and(|topic| topic.knows_word(word));
    let untranslated = round(untranslated_share(sent.as_str(), text.as_str(), &knows_word));
    // A translation that no model reads is there for people; the comment's own words may still be scored.
    if site.models.languages().contains(&translator.to) {
        comment.is_scored_on_machine = true;
        comment.is_readable = true;
        comment.similarities = topic.map(|topic| {
            let vector = topic.vectorise([text.as_str()]);
            let surroundings = Surroundings {
                article: article.as_deref(),
                parent: parent.as_deref(),
                thread: Some(&earlier),
                is_reply: comment.comment.parent_id.is_some(),
                ..Surroundings::default()
            };
            Similarities::between(&vector, &surroundings)
        });
    }
    comment.translation = Translation {
        status: TranslationStatus::Machine,
        to: Some(translator.to),
        untranslated: Some(untranslated),
        machine: Some(MachineTranslation { engine: Arc::clone(&translator.name), text }),
        ..comment.translation.clone()
    };
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;
    use crate::config::parse;
    use crate::domain::{Comment, CommentId, Item, Origin, ThreadId};
    use crate::pipeline::authors::Authors;
    use crate::pipeline::context::Context;
    use crate::pipeline::models::Models;
    use crate::pipeline::run::prepare;
    use crate::translate::Translators;

    const BOUND: usize = 5;

    fn site() -> Site {
        let text = "[[translation.translators]]\nname = \"t\"\nfrom = [\"hbs\"]\nurl = \"http://localhost:1\"\n";
        let plan = parse("test", text).unwrap();
        let models = Models::load(&plan).unwrap();
        let translators = Arc::new(Translators::open(&plan.translation).unwrap());
        Site { plan, models, translators, authors: Authors::Omit, rivals: None }
    }

    fn placed(threads: &mut Context, id: usize, text: &str, site: &Site) -> InContext {
        let id = CommentId::new(id.to_string());
        let comment = Comment::new(Origin::new("test".into(), 1), ThreadId::new("t"), id, Body::new(text));
        threads.place(prepare(Item::Comment(comment), site), site)
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let site = site();
        let mut threads = Context::new(&site);
        let mut batch = |serbian: usize| -> Vec<InContext> {
            let texts = ["Nobody repairs the bridge.", "Danas je opet bila velika gužva na putu, a policija ćuti."];
            let count = serbian * 2;
            (0..count).map(|place| placed(&mut threads, count * 100 + place, texts[place % 2], &site)).collect()
        };
        let [english, few, many] = [0, 3, 9].map(&mut batch);
        assert_eq!([waiting(&english), waiting(&few), waiting(&many)], [0, 3, 9]);
        let queue = Arc::new(Semaphore::new(BOUND));
        let ask = |items: &[InContext]| room(&queue, BOUND, items).now_or_never();
        let first = ask(&few).expect("room at once");
        assert_eq!(queue.available_permits(), BOUND - 3);
        assert!(ask(&english).expect("nothing to wait for").is_none());
        assert!(ask(&few).is_none(), "3 + 3 are more than {BOUND}");
        drop(first);
        let all = ask(&many).expect("a batch that is larger than the queue has it to itself");
        assert!(all.is_some() && queue.available_permits() == 0);
    }
}
