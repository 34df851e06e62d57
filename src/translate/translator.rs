//! One translator: texts take turns, a process that died is started again, and one that never answers is given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, Semaphore};

use crate::config::{EnginePlan, TranslatorPlan};
use crate::domain::{LanguageCode, TranslationFailure};

use super::command::KeptCommand;
use super::give_up::{GiveUp, MAX_FAILURES_IN_A_ROW};
use super::libre_translate::LibreTranslate;
use super::problem::{TranslatorProblem, is_program};
use super::ready::ready;

/// A text whose process died over it is tried this often.
const TRIES: usize = 2;
/// A text that any translator can answer, to find out whether it is there at all.
const PROBE: &str = "1";

/// What went wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The process went away over it, or before it.
    Died,
    /// There was no answer in time.
    Timeout,
    /// The answer was not of the agreed form.
    OutOfStep,
    /// The program does not start, or the server does not answer.
    Unreachable,
    /// The server does not want this text.
    Refused,
}

impl Trouble {
    fn failure(self) -> TranslationFailure {
        match self {
            Self::Died | Self::Refused => TranslationFailure::Failed,
            Self::Timeout => TranslationFailure::Timeout,
            Self::OutOfStep => TranslationFailure::InvalidAnswer,
            Self::Unreachable => TranslationFailure::Unavailable,
        }
    }
}

#[derive(Debug)]
enum Engine {
    Command(KeptCommand),
    Server(LibreTranslate),
}

/// A translator at work.
#[derive(Debug)]
pub(super) struct Translator {
    name: Arc<str>,
    to: LanguageCode,
    wants_latin: bool,
    engine: Engine,
    turns: Semaphore,
    give_up: GiveUp,
    probing: Mutex<()>,
    has_told: AtomicBool,
}

impl Translator {
    /// Checks that a translator can be used, without starting or contacting it.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn open(plan: &TranslatorPlan) -> Result<Self, TranslatorProblem> {
        let name = Arc::clone(&plan.name);
        let engine = match &plan.engine {
            EnginePlan::Command { words, protocol } => {
                let program = words.first().map_or("", String::as_str);
                if !is_program(program) {
                    return Err(TranslatorProblem::NoProgram { name, program: program.to_owned() });
                }
                Engine::Command(KeptCommand::new(words.clone(), *protocol, plan.timeout))
            }
            EnginePlan::Url { url, api_key_env, codes } => {
                let key = match api_key_env {
                    None => None,
                    Some(variable) => match std::env::var(variable).ok().filter(|key| !key.trim().is_empty()) {
                        Some(key) => Some(key.trim().to_owned()),
                        None => return Err(TranslatorProblem::NoKey { name, variable: variable.clone() }),
                    },
                };
                match LibreTranslate::new(url, key, codes.clone(), plan.timeout) {
                    Some(server) => Engine::Server(server),
                    None => return Err(TranslatorProblem::NoAuthorities { name }),
                }
            }
        };
        Ok(Self {
            name,
            to: plan.to,
            wants_latin: plan.wants_latin,
            engine,
            turns: Semaphore::new(plan.parallel),
            give_up: GiveUp::default(),
            probing: Mutex::new(()),
            has_told: AtomicBool::new(false),
        })
    }

    /// A text as it is sent.
    pub(super) fn ready(&self, from: LanguageCode, text: &str) -> String {
        ready(from, text, self.wants_latin)
    }

    /// Translates a text that was made ready. Waits its turn; the time-out counts from when that has come.
    ///
    /// # Errors
    /// Why there is no translation.
    pub(super) async fn translate(&self, from: LanguageCode, text: &str) -> Result<String, TranslationFailure> {
        // Nobody closes it; were it closed, there would just be no bound.
        let _turn = self.turns.acquire().await.ok();
        let answer = self.try_hard(from, text).await;
        // An answer without a letter says nothing of a text that has some.
        let answer = answer.and_then(|answer| {
            let has_letters = answer.chars().any(char::is_alphabetic);
            has_letters.then_some(answer).ok_or(TranslationFailure::InvalidAnswer)
        });
        if let Err(failure) = answer
            && !self.has_told.swap(true, Ordering::Relaxed)
        {
            let (translator, failure) = (&*self.name, failure.name());
            tracing::warn!(translator, failure, "a comment waits untranslated; further failures are only counted");
        }
        answer
    }

    async fn try_hard(&self, from: LanguageCode, text: &str) -> Result<String, TranslationFailure> {
        for _ in 0..TRIES {
            if self.give_up.is_given_up() {
                return Err(TranslationFailure::Unavailable);
            }
            match self.ask(from, text).await {
                Ok(answer) => {
                    self.give_up.answered();
                    return Ok(answer);
                }
                Err(Trouble::Refused) => return Err(TranslationFailure::Failed),
                Err(trouble) => {
                    let translator = &*self.name;
                    tracing::debug!(translator, failure = trouble.failure().name(), "no answer");
                    if self.give_up.failed() {
                        self.find_out(from).await;
                    }
                    if trouble != Trouble::Died {
                        return Err(trouble.failure());
                    }
                }
            }
        }
        Err(TranslationFailure::Failed)
    }

    /// After many failures in a row: texts may be to blame, or the translator. A harmless text tells.
    async fn find_out(&self, from: LanguageCode) {
        let _one_at_a_time = self.probing.lock().await;
        if !self.give_up.is_in_doubt() {
            return;
        }
        if self.ask(from, PROBE).await.is_ok() {
            self.give_up.answered();
            return;
        }
        self.give_up.give_up();
        let translator = &*self.name;
        tracing::warn!(
            translator,
            failures = MAX_FAILURES_IN_A_ROW,
            "given up: it does not answer; further comments in its languages wait untranslated"
        );
    }

    async fn ask(&self, from: LanguageCode, text: &str) -> Result<String, Trouble> {
        match &self.engine {
            Engine::Command(command) if text == PROBE => command.ask(&[PROBE]).await.map(|answers| answers.join("\n")),
            Engine::Command(command) => command.translate(text).await,
            Engine::Server(server) => {
                let (server, to, text) = (server.clone(), self.to, text.to_owned());
                let asked = tokio::task::spawn_blocking(move || server.translate(&text, from, to));
                asked.await.unwrap_or(Err(Trouble::Refused))
            }
        }
    }
}

#[cfg(all(test, unix))]
#[path = "translator_tests.rs"]
mod tests;
