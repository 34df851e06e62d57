//! Second stage, one item after the other: a comment meets its thread as it was before, then becomes part of it.

use std::sync::Arc;

use crate::classify::sentence_vectors::SentenceText;
use crate::domain::{
    Aside, Body, Comment, CommentId, Flag, LanguageCode, LanguageVerdict, Reject, RejectKind, Segment, SegmentKind,
    Span, Stage, Translation, TranslationStatus, round,
};
use crate::language::{OtherPart, Prior, has_foreign_word, is_same_family, may_be_one_of, reads, translation_need};
use crate::text::anatomy::WordAt;
use crate::text::quotes::Runs;
use crate::text::segments::{cut_out, place_of, text_of};
use crate::text::translation::untranslated_share;
use crate::text::words::hash_word;
use crate::topic::{
    ArticleTexts, Cascade, CascadeDecision, CommentVector, PartedText, SecondLook, Similarities, Surroundings,
};

use super::ancestry::Ancestry;
use super::guard::guarded;
use super::own_words::OwnWords;
use super::prepare::{Prepared, PreparedComment, beginning};
use super::run::Site;
use super::supplied::without_its_thread;
use super::thread_state::{Remembered, ThreadState};
use super::thread_table::ThreadTable;
use super::translation::Awaiting;

/// An item that has met its thread.
#[derive(Debug)]
pub(super) enum InContext {
    Comment(Box<CommentInContext>),
    Thread,
    Reject(Reject),
    Aside(Aside),
}

/// A comment with all that its score depends on; nothing of it changes with the thread any more.
#[derive(Debug)]
pub(super) struct CommentInContext {
    pub(super) comment: Comment,
    pub(super) segments: Vec<Segment>,
    /// The kind of segment that is scored.
    pub(super) scored: SegmentKind,
    pub(super) language: LanguageVerdict,
    pub(super) translation: Translation,
    /// Whether the text that is scored is, or may well be, in a language that the models read.
    pub(super) is_readable: bool,
    pub(super) similarities: Option<Similarities>,
    /// What a sentence encoder is to compare, where the cascade sends the comment on.
    pub(super) second_look: Option<Box<SecondLook>>,
    pub(super) flags: Vec<Flag>,
    pub(super) duplicate_of: Option<CommentId>,
    /// What a translation will be compared with, where a translator is to be asked.
    pub(super) awaiting: Option<Box<Awaiting>>,
    /// Whether the machine's translation is what is scored.
    pub(super) is_scored_on_machine: bool,
    /// The texts that it is compared with, where they are kept for explanations.
    pub(super) texts: Texts,
}

/// The texts behind [`Similarities`].
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) article: Option<Arc<ArticleTexts>>,
    pub(super) parent: Option<Arc<PartedText>>,
}

impl CommentInContext {
    /// The machine's translation, where that is what is scored.
    pub(super) fn scored_translation(&self) -> Option<&str> {
        self.translation.machine.as_ref().filter(|_| self.is_scored_on_machine).map(|machine| machine.text.as_str())
    }

    /// The comment with the parts of it that are scored, unless the machine's translation is.
    pub(super) fn own_text(&self) -> PartedText {
        let scored = self.segments.iter().filter(|segment| segment.kind == self.scored);
        PartedText::new(self.comment.body.clone(), scored.map(|segment| segment.span).collect())
    }
}

/// All threads of a run.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) ancestry: Ancestry,
    pub(super) threads: ThreadTable,
    /// Which comments a sentence encoder looks at too; `None` without one.
    pub(super) cascade: Option<Cascade>,
    keeps_texts: bool,
}

impl Context {
    /// A run that has seen nothing yet.
    pub(super) fn new(site: &Site) -> Self {
        let limits = &site.plan.limits;
        let cascade = site.plan.topic_cascade.as_ref().filter(|_| site.models.sentences.is_some());
        Self {
            ancestry: Ancestry::new(limits.max_ids),
            threads: ThreadTable::new(limits.clone()),
            cascade: cascade.map(|plan| Cascade::new(plan.options)),
            keeps_texts: false,
        }
    }

    /// A run that also keeps articles, and comments as long as it remembers them, to explain scores with: of each what it
    /// is compared with, and of a comment at most 16 KiB.
    pub(super) fn keeping_texts(site: &Site) -> Self {
        Self { keeps_texts: true, ..Self::new(site) }
    }

    /// Threads and comments forgotten so far.
    pub(super) fn forgotten(&self) -> (u64, u64) {
        self.threads.forgotten()
    }

    /// Places an item in its thread.
    pub(super) fn place(&mut self, item: Prepared, site: &Site) -> InContext {
        match item {
            Prepared::Reject(reject) => InContext::Reject(reject),
            Prepared::Aside(aside) => InContext::Aside(aside),
            Prepared::Thread(thread) => {
                let id = thread.header.thread_id.clone();
                let texts = site.models.topic.as_ref().filter(|_| self.keeps_texts).map(|topic| {
                    let title = thread.header.title.as_ref().map(Body::as_str);
                    let article = thread.header.article.as_ref().map(|article| beginning(article.as_str()));
                    Arc::new(ArticleTexts::new(topic, title, article))
                });
                self.threads.with_thread(&id, |state| {
                    state.set_header(*thread);
                    state.article_texts = texts;
                });
                InContext::Thread
            }
            Prepared::Comment(prepared) => {
                let Comment { thread_id, id, parent_id, .. } = &prepared.comment;
                if let Err(kind) = self.ancestry.add(thread_id, id, parent_id.as_ref())
                    && !(kind == RejectKind::DuplicateId && is_edit(&prepared.comment))
                {
                    return InContext::Reject(reject(&prepared.comment, kind));
                }
                let thread_id = thread_id.clone();
                let (origin, raw) = (prepared.comment.origin.clone(), prepared.comment.raw.clone());
                let cascade = self.cascade.as_mut();
                let keeps_texts = self.keeps_texts;
                let placed = self.threads.with_thread(&thread_id, |state| {
                    guarded(Stage::Context, origin, raw, || {
                        let placed = place(*prepared, state, cascade, site);
                        if keeps_texts { with_texts(placed, state) } else { placed }
                    })
                });
                placed.map_or_else(InContext::Reject, |placed| InContext::Comment(Box::new(placed)))
            }
        }
    }
}

/// Whether a comment takes the place of what it said before.
fn is_edit(comment: &Comment) -> bool {
    comment.stated.as_ref().is_some_and(|stated| stated.is_edit)
}

fn reject(comment: &Comment, kind: RejectKind) -> Reject {
    let detail = match kind {
        RejectKind::DuplicateId => "the thread has a comment of this id already",
        _ => "its parent is the comment itself or one of its own answers",
    };
    let raw = comment.raw.as_ref().map(|raw| raw.as_str().as_bytes().into());
    Reject { origin: comment.origin.clone(), stage: Stage::Context, kind, detail: detail.into(), raw }
}

fn place(
    prepared: PreparedComment,
    thread: &mut ThreadState,
    cascade: Option<&mut Cascade>,
    site: &Site,
) -> CommentInContext {
    let PreparedComment { comment, anatomy, mut own, exact, told } = prepared;
    let text = comment.body.as_str();
    let mut flags = Vec::new();

    let runs = thread.comment_words.find(&anatomy.words);
    let author = comment.author.as_ref().map(|author| hash_word(author.as_str()));
    let found = repeated(text, exact, &runs, &anatomy.words, thread);
    let (flag, duplicate_of, is_quotable) = not_of_itself(found, &comment, author, thread);
    flags.extend(flag);
    // A comment that is said again is not a quote of itself: it is scored as it was the first time.
    let quotes = quotes(text, &anatomy.words, thread, Some(&runs).filter(|_| is_quotable));
    if !quotes.is_empty() {
        // A translation without a marker is one of the commenter's own words, or none.
        let translation = own.translation.filter(|supplied| supplied.is_marked);
        own = OwnWords::of(text, &anatomy, translation, &quotes, &site.models);
    }

    let prior = thread.mix.prior(&site.plan.read);
    let mut language = told.unwrap_or_else(|| site.models.detector.weigh(&own.evidence, &prior));
    let mut status = need(text, &own, &language, site);
    if let Some(supplied) = own.translation {
        let is_for_the_site = reads(&site.plan.read, supplied.language);
        if status == TranslationStatus::Undetermined && is_for_the_site {
            // The translation says that what it translates is in another language: the thread has no say then.
            let alone = site.models.detector.weigh(&own.evidence, &Prior::none());
            if let Some(alone) = without_its_thread(alone, &site.plan.read) {
                (language, status) = (alone, TranslationStatus::Needed);
            }
        }
        if status == TranslationStatus::Needed && is_for_the_site {
            status = TranslationStatus::Supplied;
        } else if language.best().is_none_or(|best| is_same_family(best.language, supplied.language)) {
            // In this thread what stands before the marker is no other language after all: the marker is just words.
            own = OwnWords::of(text, &anatomy, None, &quotes, &site.models);
            language = site.models.detector.weigh(&own.evidence, &prior);
            status = need(text, &own, &language, site);
        }
    }
    let translation = translation(text, &own, status, &language, site);
    let is_readable = own.scored == SegmentKind::Translation || may_be_one_of(&language, site.models.languages());

    let parent = comment.parent_id.as_ref().and_then(|id| thread.comment(id));
    if comment.parent_id.is_some() && parent.is_none() {
        flags.push(Flag::ParentUnknown);
    }
    let vector = own.vector.take().map(Arc::new);
    // A comment that is said again would be compared with itself.
    let earlier = if duplicate_of.is_some() { Arc::default() } else { Arc::clone(&thread.centroid) };
    let similarities = vector.as_ref().filter(|_| is_readable && site.models.topic.is_some()).map(|vector| {
        let surroundings = Surroundings {
            article: thread.article.as_deref(),
            parent: parent.and_then(|parent| parent.vector.as_deref()),
            thread: Some(&earlier),
            author: author.and_then(|author| thread.authors.so_far(author)).filter(|_| duplicate_of.is_none()),
            spread: Some(&thread.spread),
            is_reply: comment.parent_id.is_some(),
            has_link: !anatomy.links.is_empty(),
            has_quote: own.segments.iter().any(|segment| segment.kind == SegmentKind::Quote),
        };
        Similarities::between(vector, &surroundings)
    });
    let translator = translator(status, &language, site);
    // As the thread is now. That the translation will not become part of it is on purpose: later comments do not have to
    // wait for it, and what they score does not depend on whether the translator is well.
    let awaiting = translator.map(|(place, from)| {
        let parent = parent.and_then(|parent| parent.vector.clone());
        Box::new(Awaiting::new(place, from, thread.article.clone(), parent, Arc::clone(&earlier)))
    });
    let keeps_text = site.models.sentences.is_some() && similarities.is_some();
    let sentence_text = if keeps_text { SentenceText::new(&text_of(text, &own.segments, own.scored)) } else { None };
    // A comment that waits for its translation is scored on that, which nobody has seen yet.
    let second_look = cascade.filter(|_| awaiting.is_none()).and_then(|cascade| {
        let first = site.models.topic.as_ref()?.score(similarities.as_ref()?).ok()?.off_topic;
        let look = look(thread, sentence_text.clone()?, vector.as_deref()?, parent);
        let is_sent_on = look.has_context() && cascade.decide(first) == CascadeDecision::SentOn;
        is_sent_on.then(|| Box::new(look))
    });
    flag_what_it_is(text, &own.segments, &mut flags);
    if thread.is_truncated {
        flags.push(Flag::ThreadTruncated);
    }
    flags.sort_unstable();

    // From here on the thread changes: nothing below may look at it. No copy of it is held, or it would be copied.
    drop(earlier);
    thread.mix.add(&language);
    if let Some(vector) = vector.as_ref().filter(|_| is_readable && duplicate_of.is_none()) {
        Arc::make_mut(&mut thread.centroid).add(vector);
        if let Some(article) = similarities.as_ref().and_then(|similarities| similarities.article) {
            thread.spread.add(article.encoder);
        }
    }
    thread.remember(&comment.id, author, exact, &anatomy.words, vector.filter(|_| is_readable), sentence_text);

    let scored = own.scored;
    let translated_to = own.translation.map(|supplied| supplied.language);
    let others = other_languages(&own, &language, &prior, site);
    let segments = with_languages(own.segments, &language, translated_to, thread.mix.stated());
    let segments = cut_out(text, segments, &others);
    CommentInContext {
        comment,
        segments,
        scored,
        language,
        translation,
        is_readable,
        similarities,
        second_look,
        flags,
        duplicate_of,
        awaiting,
        is_scored_on_machine: false,
        texts: Texts::default(),
    }
}

/// Who is asked for a translation, by place in the configuration, and from which language; `None` where nobody is.
fn translator(status: TranslationStatus, language: &LanguageVerdict, site: &Site) -> Option<(usize, LanguageCode)> {
    let is_asked = status == TranslationStatus::Needed && !site.translators.is_empty();
    let best = language.best().filter(|_| is_asked)?;
    Some((site.plan.translation.translator_from(best.language)?, best.language))
}

/// Whether a comment says what an earlier one said, and which.
fn repeated(
    text: &str,
    exact: u64,
    runs: &Runs,
    words: &[WordAt],
    thread: &ThreadState,
) -> Option<(Flag, Option<CommentId>)> {
    let exact = if text.trim().is_empty() { None } else { thread.exact_duplicate(exact) };
    if let Some(id) = exact {
        return Some((Flag::Duplicate, Some(id)));
    }
    thread.comment_words.near_duplicate(runs, words).map(|number| (Flag::NearDuplicate, thread.id(number)))
}

/// What a comment repeats, unless it is an edited one and repeats itself as it was before: under its id, or by its author.
/// Also whether it may quote earlier comments.
fn not_of_itself(
    found: Option<(Flag, Option<CommentId>)>,
    comment: &Comment,
    author: Option<u64>,
    thread: &ThreadState,
) -> (Option<Flag>, Option<CommentId>, bool) {
    let Some((flag, earlier)) = found else { return (None, None, true) };
    let is_by = |id: &CommentId| author.is_some_and(|author| thread.is_by(id, author));
    let is_former = |id: &CommentId| *id == comment.id || is_by(id);
    if is_edit(comment) && earlier.as_ref().is_some_and(is_former) {
        return (None, None, false);
    }
    let is_quotable = earlier.is_none();
    (Some(flag), earlier, is_quotable)
}

/// Quotes of the article, and also of earlier comments where what they share with this one is given; none overlaps another.
fn quotes(text: &str, words: &[WordAt], thread: &ThreadState, of_comments: Option<&Runs>) -> Vec<Span> {
    let mut quotes = thread.article_words.find(words).quotes(text, words, false);
    if let Some(runs) = of_comments {
        quotes.extend(runs.quotes(text, words, true));
        quotes.sort_unstable();
        // The article's quotes and the comments' may overlap: what was found first stays.
        let mut end = 0;
        quotes.retain(|span| {
            let is_free = span.begin >= end;
            end = if is_free { span.end } else { end };
            is_free
        });
    }
    quotes
}

/// What a sentence encoder would compare a comment with.
fn look(
    thread: &ThreadState,
    comment: Arc<SentenceText>,
    vector: &CommentVector,
    parent: Option<&Remembered>,
) -> SecondLook {
    let parent = parent.and_then(|parent| parent.sentence_text.clone());
    match thread.article_sentences.as_ref().zip(thread.article.as_deref()) {
        Some((sentences, vectors)) => sentences.look(vectors, comment, vector.embedding(), parent),
        None => SecondLook { comment, title: None, passage: None, parent },
    }
}

/// The texts that a comment was compared with. The comment, which has just become part of its thread, leaves its own there.
fn with_texts(mut placed: CommentInContext, thread: &mut ThreadState) -> CommentInContext {
    let parent = placed.comment.parent_id.as_ref().and_then(|id| thread.comment(id));
    placed.texts =
        Texts { article: thread.article_texts.clone(), parent: parent.and_then(|parent| parent.text.clone()) };
    thread.keep_text(Arc::new(placed.own_text().beginning()));
    placed
}

/// Whether the commenter's own prose needs translating.
fn need(text: &str, own: &OwnWords, language: &LanguageVerdict, site: &Site) -> TranslationStatus {
    let status = translation_need(language, &site.plan.read);
    let is_false_alarm = || !has_foreign_word(&text_of(text, &own.segments, SegmentKind::Prose));
    if status == TranslationStatus::Needed && is_false_alarm() { TranslationStatus::Undetermined } else { status }
}

fn translation(
    text: &str,
    own: &OwnWords,
    status: TranslationStatus,
    language: &LanguageVerdict,
    site: &Site,
) -> Translation {
    let mut translation = Translation::plain(status);
    if translation.is_flagged() {
        translation.from = language.best().map(|best| best.language);
        translation.to = Some(site.plan.translate_to);
    }
    // A translation is there to be read, also where the site reads the original, or neither.
    if let Some(supplied) = own.translation {
        let knows_word = |word: &str| site.models.topic.as_ref().is_some_and(|topic| topic.knows_word(word));
        let original = text_of(text, &own.segments, SegmentKind::Prose);
        translation.span = Some(supplied.body);
        translation.untranslated = Some(round(untranslated_share(&original, supplied.body.of(text), &knows_word)));
    }
    translation
}

fn flag_what_it_is(text: &str, segments: &[Segment], flags: &mut Vec<Flag>) {
    let has = |kind| segments.iter().any(|segment| segment.kind == kind);
    let has_words = |segment: &Segment| {
        segment.kind == SegmentKind::Prose && segment.span.of(text).chars().any(char::is_alphabetic)
    };
    if segments.iter().any(has_words) || has(SegmentKind::Translation) {
        return;
    }
    flags.push(match (has(SegmentKind::Quote), has(SegmentKind::Link), has(SegmentKind::Code)) {
        (true, _, _) => Flag::QuoteOnly,
        (false, true, _) => Flag::LinkOnly,
        (false, false, true) => Flag::CodeOnly,
        (false, false, false) => Flag::NoText,
    });
}

/// Sentences of the prose that are surely in another language than the comment, where they stand in it.
fn other_languages(
    own: &OwnWords,
    language: &LanguageVerdict,
    prior: &Prior,
    site: &Site,
) -> Vec<(Span, LanguageCode)> {
    let of_part = |part: &OtherPart| {
        let other = site.models.detector.weigh(&part.evidence, prior).known()?;
        let is_other = language.best().is_none_or(|best| !is_same_family(best.language, other));
        let place = place_of(part.span, &own.segments, SegmentKind::Prose)?;
        is_other.then_some((place, other))
    };
    own.evidence.others().iter().filter_map(of_part).collect()
}

fn with_languages(
    mut segments: Vec<Segment>,
    language: &LanguageVerdict,
    translated_to: Option<LanguageCode>,
    thread_language: Option<LanguageCode>,
) -> Vec<Segment> {
    for segment in &mut segments {
        segment.language = match segment.kind {
            SegmentKind::Prose => language.known(),
            SegmentKind::Translation => translated_to,
            SegmentKind::Quote => thread_language,
            SegmentKind::Link | SegmentKind::Code => None,
        };
    }
    segments
}
