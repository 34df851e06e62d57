//! The pipeline for a program that is asked: comments that come one request at a time, with a state of threads that stays.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::config::{Plan, ScorePrior};
use crate::domain::{Body, Item, LanguageCode, LanguageVerdict, Reject};
use crate::source::{FieldMap, ReadSettings, RequestedFormat};
use crate::tone::EvenMix;
use crate::translate::Translators;

use super::authors::Authors;
use super::context::{Context, InContext};
use super::judge::{Judged, judge_batch};
use super::models::{ModelProblem, Models, Scorers};
use super::prepare::Prepared;
use super::question::{Answer, Placed, Question, Scoring, answered, placed, shown_language};
use super::reload::Reload;
use super::run::{RunError, Site, prepare};
use super::tally::Tally;
use super::translation::{make_ready, translate};
use super::workers::Workers;

/// Texts up to so many bytes are looked at where they came in: that takes less than handing them to another thread and
/// back. Longer ones would keep others waiting.
const SHORT_BYTES: usize = 4 << 10;

/// Jobs that may wait at a time. Each request has at most one, and a server takes fewer of them at a time.
const MOST_JOBS: usize = 1 << 16;

/// The pipeline as a server uses it. Shared by all requests.
#[derive(Debug)]
pub struct Live {
    now: RwLock<Now>,
    reload: Mutex<Reload>,
    /// Threads whose comments came in several requests.
    threads: Mutex<Context>,
    workers: Workers,
}

/// What is in force.
#[derive(Debug, Clone)]
struct Now {
    site: Arc<Site>,
    scorers: Arc<Scorers>,
    even_mix: Option<Arc<EvenMix>>,
}

impl Now {
    fn new(site: Arc<Site>, scorers: Arc<Scorers>) -> Self {
        let encoder = site.models.topic.as_ref().map(|topic| Arc::clone(&topic.parts().encoder));
        let even_mix = scorers.tone.as_ref().map(|tone| Arc::new(EvenMix::of(tone, encoder)));
        Self { site, scorers, even_mix }
    }
}

/// What some items have become.
#[derive(Debug, Default)]
pub struct Answers {
    /// Records, one a line, in the order of the comments.
    pub lines: Vec<u8>,
    /// Items that became none.
    pub rejects: Vec<Reject>,
    /// Before which byte of the lines each of them would stand, were it one.
    pub reject_places: Vec<usize>,
    /// The count.
    pub tally: Tally,
}

impl Answers {
    /// Adds what came of the items behind these.
    pub fn append(&mut self, next: Self) {
        let before = self.lines.len();
        self.lines.extend(next.lines);
        self.rejects.extend(next.rejects);
        self.reject_places.extend(next.reject_places.into_iter().map(|place| before + place));
        self.tally.merge(next.tally);
    }
}

impl Live {
    /// A pipeline that has seen nothing yet; `workers` threads look at texts that are long.
    #[must_use]
    pub fn new(plan: Plan, models: Models, translators: Translators, authors: Authors, workers: usize) -> Self {
        let reload = Reload::new(&plan, &models);
        let site = Site { plan, models, translators: Arc::new(translators), authors, rivals: None };
        let scorers = Arc::clone(site.models.scorers());
        Self {
            threads: Mutex::new(Context::new(&site)),
            reload: Mutex::new(reload),
            now: RwLock::new(Now::new(Arc::new(site), scorers)),
            workers: Workers::start(workers, MOST_JOBS),
        }
    }

    fn now(&self) -> Now {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The models of tone that are in force.
    #[must_use]
    pub fn scorers(&self) -> Arc<Scorers> {
        self.now().scorers
    }

    /// What scores comments, by stage, as records cite it.
    #[must_use]
    pub fn citations(&self) -> BTreeMap<Arc<str>, Arc<str>> {
        self.scorers().citations().clone()
    }

    /// Does some work on one of the threads that look at long texts.
    ///
    /// # Errors
    /// Where the work panics.
    pub async fn apart<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, RunError> {
        self.workers.run("apart", work).await
    }

    /// Texts that wait for a thread to look at them.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.workers.waiting()
    }

    /// Looks into the configuration that is in force.
    pub fn with_plan<T>(&self, look: impl FnOnce(&Plan) -> T) -> T {
        look(&self.now().site.plan)
    }

    /// The languages that the off-topic model reads; none where topic is switched off.
    #[must_use]
    pub fn topic_languages(&self) -> Vec<LanguageCode> {
        self.now().site.models.topic.as_ref().map(|topic| topic.languages().to_vec()).unwrap_or_default()
    }

    /// How inputs are read, in a format that is asked for or told by itself.
    #[must_use]
    pub fn read_settings(&self, format: RequestedFormat) -> ReadSettings {
        self.with_plan(|plan| ReadSettings {
            format,
            map: FieldMap::default(),
            article: None,
            limits: plan.limits.clone(),
            keep_raw: plan.output.raw_dead_letters,
        })
    }

    /// Whether off-topic scores are given.
    #[must_use]
    pub fn has_topic(&self) -> bool {
        self.now().site.models.topic.is_some()
    }

    /// Whether the topic model reads a language.
    #[must_use]
    pub fn topic_reads(&self, language: LanguageCode) -> bool {
        self.now().site.models.topic.as_ref().is_some_and(|topic| topic.languages().contains(&language))
    }

    /// Looks whether registries have other current versions of the models of tone; what is asked from now on is answered
    /// by them. May read files.
    pub fn look_for_new_versions(&self) {
        // Held to the end: what is found now must not take the place of what a reload puts in force meanwhile.
        let mut reload = self.reload.lock().unwrap_or_else(PoisonError::into_inner);
        let scorers = reload.current(&self.now().site.plan);
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&now.scorers, &scorers) {
            *now = Now::new(Arc::clone(&now.site), scorers);
        }
    }

    /// Loads all models again; what is asked from now on is answered by them. Where the models of topic are others than
    /// before, the state of threads begins anew, which was made of their vectors.
    ///
    /// # Errors
    /// All that is wrong; then those before stay in force.
    pub fn reload(&self) -> Result<(), Vec<ModelProblem>> {
        let before = self.now().site;
        let models = Models::load(&before.plan)?;
        let cites = |models: &Models, name: &str| models.citations().get(name).cloned();
        let is_same = ["encoder", "topic", "sentence_encoder", "language"]
            .iter()
            .all(|name| cites(&before.models, name) == cites(&models, name));
        let versions = Reload::new(&before.plan, &models);
        let scorers = Arc::clone(models.scorers());
        let site = Arc::new(Site {
            plan: before.plan.clone(),
            models,
            translators: Arc::clone(&before.translators),
            authors: before.authors.clone(),
            rivals: None,
        });
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_same {
            *threads = Context::new(&site);
        }
        let mut reload = self.reload.lock().unwrap_or_else(PoisonError::into_inner);
        *reload = versions;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Now::new(site, scorers);
        Ok(())
    }

    /// Answers a question by itself: no thread is remembered.
    ///
    /// # Errors
    /// Where the program fails on it: our bug.
    pub async fn answer(&self, question: Question) -> Result<Answer, RunError> {
        let Now { site, scorers, even_mix } = self.now();
        let bytes = question.text.len_bytes()
            + question.article.as_ref().map_or(0, Body::len_bytes)
            + question.earlier.iter().map(Body::len_bytes).sum::<usize>();
        let is_short = bytes <= SHORT_BYTES;
        let placed = if is_short {
            placed(&question, &site)
        } else {
            let (question, site) = (question.clone(), Arc::clone(&site));
            self.workers.run("prepare", move || placed(&question, &site)).await?
        };
        let Placed { item, shown } = placed;
        let InContext::Comment(comment) = self.translated(vec![item], &site).await.pop().ok_or_else(failed)? else {
            return Err(failed());
        };
        let with_sentences = question.with_sentences;
        let even_mix = even_mix.filter(|_| question.prior == ScorePrior::Even);
        let scoring = Scoring { scorers, even_mix, with_sentences };
        let answer = move || answered(*comment, shown, &site, &scoring).map_err(|_| failed());
        if is_short {
            return answer();
        }
        self.workers.run("judge", answer).await?
    }

    /// The language that the words of a text show; nothing is scored.
    ///
    /// # Errors
    /// Where the program fails on it: our bug.
    pub async fn language(&self, text: &Body) -> Result<LanguageVerdict, RunError> {
        let site = self.now().site;
        if text.len_bytes() <= SHORT_BYTES {
            return shown_language(text, &site).map_err(|_| failed());
        }
        let text = text.clone();
        self.workers.run("prepare", move || shown_language(&text, &site)).await?.map_err(|_| failed())
    }

    /// Makes records of comments that belong to threads which are remembered, within the bounds of `[limits]`.
    ///
    /// # Errors
    /// Where the program fails on it as a whole: our bug.
    pub async fn records(&self, items: Vec<Item>) -> Result<Answers, RunError> {
        self.records_in(items, None).await
    }

    /// Makes records of comments whose threads are forgotten with this call.
    ///
    /// # Errors
    /// As [`Self::records`].
    pub async fn records_of_whole_threads(&self, items: Vec<Item>, state: &WholeThreads) -> Result<Answers, RunError> {
        self.records_in(items, Some(state)).await
    }

    /// A state of threads of a request's own.
    #[must_use]
    pub fn whole_threads(&self) -> WholeThreads {
        let now = self.now();
        WholeThreads { context: Arc::new(Mutex::new(Context::new(&now.site))), now }
    }

    async fn records_in(&self, items: Vec<Item>, own: Option<&WholeThreads>) -> Result<Answers, RunError> {
        let Now { site, scorers, .. } = own.map_or_else(|| self.now(), |own| own.now.clone());
        let prepare_site = Arc::clone(&site);
        let prepare_all = move || items.into_iter().map(|item| prepare(item, &prepare_site)).collect::<Vec<_>>();
        let prepared: Vec<Prepared> = self.workers.run("prepare", prepare_all).await?;
        let place = |context: &Mutex<Context>| {
            let mut context = context.lock().unwrap_or_else(PoisonError::into_inner);
            prepared.into_iter().map(|item| context.place(item, &site)).collect::<Vec<_>>()
        };
        let placed = place(own.map_or(&self.threads, |own| own.context.as_ref()));
        let placed = self.translated(placed, &site).await;
        let judged = self.workers.run("judge", move || judge_batch(placed, &site, &scorers)).await?;
        let Judged { lines, rejects, reject_places, tally, .. } = judged;
        Ok(Answers { lines, rejects, reject_places, tally })
    }

    /// The items with their translations, where they wait for one.
    async fn translated(&self, items: Vec<InContext>, site: &Arc<Site>) -> Vec<InContext> {
        let waits = |item: &InContext| matches!(item, InContext::Comment(comment) if comment.awaiting.is_some());
        if items.iter().any(waits) { translate(make_ready(items, site), site).await } else { items }
    }
}

/// The state of threads that came as a whole, and the models that score all of them.
#[derive(Debug, Clone)]
pub struct WholeThreads {
    context: Arc<Mutex<Context>>,
    now: Now,
}

fn failed() -> RunError {
    RunError::Stage { stage: "answer" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use crate::domain::{Absence, Comment, CommentId, Origin, ThreadId, Tone};

    fn live(configuration: &str) -> Live {
        let plan = parse("test", configuration).unwrap();
        let models = Models::load(&plan).unwrap();
        let translators = Translators::open(&plan.translation).unwrap();
        Live::new(plan, models, translators, Authors::Keep, 1)
    }

    fn wait<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    fn answer(live: &Live, change: impl FnOnce(&mut Question), text: &str) -> Answer {
        let mut question = Question::new(Body::new(text));
        change(&mut question);
        wait(live.answer(question)).unwrap()
    }

    fn toxicity(tone: &Result<Tone, Absence>) -> Option<f64> {
        Some(tone.as_ref().ok()?.scores.iter().find(|score| &*score.label == "toxicity")?.probability.get())
    }

    #[test]
    fn a_text_is_answered_by_itself() {
        let live = live("");
        let plain = answer(&live, |_| (), "You are all idiots. The bridge is fine.");
        assert_eq!(plain.language.known(), Some(LanguageCode::EN));
        assert!(toxicity(&plain.tone).unwrap() > 0.5 && plain.sentences.is_empty());
        assert_eq!(plain.topic.unwrap_err(), Absence::NoContext);
        let again = answer(&live, |_| (), "You are all idiots. The bridge is fine.");
        assert_eq!(toxicity(&again.tone), toxicity(&plain.tone), "nothing is remembered");
        let long = "The bridge is fine. ".repeat(SHORT_BYTES / 10);
        assert!(toxicity(&answer(&live, |_| (), &long).tone).unwrap() < 0.5, "on another thread");
    }

    #[test]
    fn scores_are_for_the_mix_that_is_asked_for() {
        let live = live("");
        let check = |text: &str| {
            let [natural, even] = [ScorePrior::Natural, ScorePrior::Even]
                .map(|prior| toxicity(&answer(&live, |question| question.prior = prior, text).tone).unwrap());
            (natural, even)
        };
        let (natural, even) = check("I do not believe a word of this silly report. Who pays for it?");
        assert!(natural < even && even < 0.8, "{natural} {even}");
        let (natural, even) = check("You are all idiots.");
        assert!(0.8 < even && even < natural, "a majority is not everybody: {natural} {even}");
    }

    #[test]
    fn sentences_have_scores_of_their_own() {
        let text = "> You idiot!\nThe bridge is fine. You are a fool.";
        let found = answer(&live(""), |question| question.with_sentences = true, text);
        let scores: Vec<(&str, f64)> =
            found.sentences.iter().map(|(span, tone)| (span.of(text), toxicity(tone).unwrap())).collect();
        assert_eq!(scores.len(), 3, "{scores:?}");
        assert!(scores[1].1 < 0.1 && scores[2].1 > 0.5, "{scores:?}");
    }

    #[test]
    fn a_quote_alone_is_scored_where_it_is_asked_about() {
        assert!(toxicity(&answer(&live(""), |_| (), "> You idiot!").tone).unwrap() > 0.5);
    }

    #[test]
    fn who_knows_the_language_is_believed() {
        let (live, serbian) = (live(""), "Danas je opet bila velika gužva na putu, a policija ćuti.");
        let by_itself = answer(&live, |_| (), serbian);
        assert_eq!(by_itself.tone.as_ref().unwrap_err(), &Absence::LanguageUnsupported);
        let told = answer(&live, |question| question.languages = vec![LanguageCode::EN], serbian);
        assert!(told.tone.is_ok());
        assert_eq!(told.language, by_itself.language, "what the words show is told all the same");
    }

    #[test]
    fn a_comment_is_compared_with_what_comes_with_it() {
        let live = live("");
        let article =
            "The old bridge over the river gets new cables. Engineers found rust in the main cables last spring.";
        let off_topic = |text: &str| {
            let found = answer(&live, |question| question.article = Some(Body::new(article)), text);
            found.topic.unwrap().off_topic.get()
        };
        let (on, off) =
            (off_topic("Rust in the cables was known for years."), off_topic("My cat prefers fish to chicken."));
        assert!(on < 0.5 && off > 0.5, "{on} {off}");
    }

    #[test]
    fn threads_are_remembered_from_request_to_request_or_not() {
        let live = live("");
        let comment = |id: &str| {
            let origin = Origin::new("request".into(), 1);
            let text = Body::new("Nobody has repaired the bridge for years.");
            Item::Comment(Comment::new(origin, ThreadId::new("t"), CommentId::new(id), text))
        };
        let is_duplicate =
            |answers: &Answers| String::from_utf8_lossy(&answers.lines).contains("\"duplicate_of\":\"1\"");
        let first = wait(live.records(vec![comment("1")])).unwrap();
        let second = wait(live.records(vec![comment("2")])).unwrap();
        assert_eq!((is_duplicate(&first), is_duplicate(&second)), (false, true));
        let state = live.whole_threads();
        let own = wait(live.records_of_whole_threads(vec![comment("2")], &state)).unwrap();
        assert_eq!((is_duplicate(&own), own.rejects.len()), (false, 0));
        let repeated = wait(live.records(vec![comment("2")])).unwrap();
        assert_eq!((repeated.rejects.len(), repeated.tally.rejects), (1, 1));
        live.reload().unwrap();
        let after = wait(live.records(vec![comment("3")])).unwrap();
        assert!(is_duplicate(&after), "the same models leave the threads as they are");
    }
}
