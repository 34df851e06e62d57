//! A command that translates: as many processes as may work at a time, kept for the next text.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use crate::config::Protocol;

use super::process::{Lost, Process};
use super::translator::Trouble;

/// A command with its processes that have nothing to do.
#[derive(Debug)]
pub(super) struct KeptCommand {
    words: Vec<String>,
    protocol: Protocol,
    timeout: Duration,
    idle: Mutex<Vec<Process>>,
}

impl KeptCommand {
    /// A command of which nothing has been started yet.
    pub(super) fn new(words: Vec<String>, protocol: Protocol, timeout: Duration) -> Self {
        Self { words, protocol, timeout, idle: Mutex::default() }
    }

    /// Translates a text line by line, so that its line breaks stay. Lines without letters are not sent.
    ///
    /// # Errors
    /// Where its process is gone, out of step or too slow. That process is ended, and another is started for the next text.
    pub(super) async fn translate(&self, text: &str) -> Result<String, Trouble> {
        let mut lines: Vec<&str> = text.split('\n').map(str::trim).collect();
        let has_letters = |line: &&str| line.chars().any(char::is_alphabetic);
        let sent: Vec<&str> = lines.iter().copied().filter(has_letters).collect();
        let answers = self.ask(&sent).await?;
        let mut translated = answers.iter();
        for line in lines.iter_mut().filter(|line| has_letters(line)) {
            *line = translated.next().map_or("", String::as_str);
        }
        Ok(lines.join("\n"))
    }

    /// Asks for each line; a process that answers is kept.
    ///
    /// # Errors
    /// As for [`Self::translate`].
    pub(super) async fn ask(&self, lines: &[&str]) -> Result<Vec<String>, Trouble> {
        let (mut process, is_new) = match self.idle() {
            Some(process) => (process, false),
            None => (Process::start(&self.words, self.protocol).map_err(|_| Trouble::Unreachable)?, true),
        };
        // Whichever way this ends but the last, and also where nobody waits for it any more, the process ends with it.
        let answers = timeout(self.timeout, process.ask(lines)).await.map_err(|_| Trouble::Timeout)?;
        let answers = answers.map_err(|lost| match lost {
            Lost::Died => Trouble::Died,
            Lost::OutOfStep => Trouble::OutOfStep,
        })?;
        if is_new && process.has_more_to_say().await {
            return Err(Trouble::OutOfStep);
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        Ok(answers)
    }

    /// A process that can be asked; those that died meanwhile are dropped.
    fn idle(&self) -> Option<Process> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut process) = idle.pop() {
            if process.is_fit() {
                return Some(process);
            }
        }
        None
    }
}
