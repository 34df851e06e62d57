//! A program that is kept running: a text in, an answer out.

use std::process::Stdio;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::config::Protocol;

use super::answer::{end_of_answer, is_whole, put_line, read_answer};

/// An answer may be this many times as long as its text …
const MAX_GROWTH: usize = 16;
/// … and so much longer, in bytes.
const MAX_SURPLUS_BYTES: usize = 64 << 10;

/// Most bytes of the answer to a text of so many bytes.
pub(super) fn max_answer_bytes(text_bytes: usize) -> usize {
    text_bytes.saturating_mul(MAX_GROWTH).saturating_add(MAX_SURPLUS_BYTES)
}

/// A program that says more than it was asked does so at once, as a rule.
const MORE_TO_SAY: Duration = Duration::from_millis(50);

/// Why there is no answer. After either the process is of no more use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// It is gone, or takes or gives no more.
    Died,
    /// It says what it should not: too much, or bytes that are no text. Whose answer would come next is anybody's guess.
    OutOfStep,
}

/// A running program with its pipes. It ends, and on Unix all that it started ends, when this is dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    protocol: Protocol,
}

impl Process {
    /// Starts a program. What it says on stderr is thrown away: it may be words of a comment.
    ///
    /// # Errors
    /// [`Lost::Died`] where it cannot be started.
    pub(super) fn start(words: &[String], protocol: Protocol) -> Result<Self, Lost> {
        let (program, arguments) = words.split_first().ok_or(Lost::Died)?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        // A group of its own: Ctrl-C on a terminal is for us, who still need it to finish what was read; and all programs
        // of a shell's pipeline can be ended together.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| {
            tracing::debug!(program, %error, "cannot be started");
            Lost::Died
        })?;
        let stdin = child.stdin.take().ok_or(Lost::Died)?;
        let stdout = BufReader::new(child.stdout.take().ok_or(Lost::Died)?);
        Ok(Self { child, stdin, stdout, protocol })
    }

    /// Whether it can be asked, as far as can be seen: it is there, and has nothing to say before it is asked, or answers
    /// would go to the wrong texts.
    pub(super) fn is_fit(&mut self) -> bool {
        self.stdout.fill_buf().now_or_never().is_none()
    }

    /// Whether it goes on to speak after it has answered: a greeting was taken for the answer then, or each text has several.
    /// Waits a moment, and so is asked once, after the first answer.
    pub(super) async fn has_more_to_say(&mut self) -> bool {
        let more = tokio::time::timeout(MORE_TO_SAY, self.stdout.fill_buf()).await;
        more.is_ok_and(|more| more.is_ok_and(|bytes| !bytes.is_empty()))
    }

    /// Sends lines, and waits for as many answers.
    ///
    /// # Errors
    /// Where it does not answer each line once.
    pub(super) async fn ask(&mut self, lines: &[&str]) -> Result<Vec<String>, Lost> {
        let mut request = Vec::new();
        for line in lines {
            put_line(self.protocol, line, &mut request);
        }
        let mut room = max_answer_bytes(request.len());
        let (stdin, stdout, protocol) = (&mut self.stdin, &mut self.stdout, self.protocol);
        let write = async {
            stdin.write_all(&request).await.map_err(|_| Lost::Died)?;
            stdin.flush().await.map_err(|_| Lost::Died)
        };
        let read = async {
            let mut answers = Vec::with_capacity(lines.len());
            for _ in lines {
                let answer = answer_of(stdout, protocol, &mut room).await?;
                answers.push(read_answer(protocol, answer).ok_or(Lost::OutOfStep)?);
            }
            Ok(answers)
        };
        // Together: a program may answer before it has read everything, and wait until that is taken.
        let ((), answers) = tokio::try_join!(write, read)?;
        if self.stdout.buffer().is_empty() { Ok(answers) } else { Err(Lost::OutOfStep) }
    }
}

async fn answer_of(stdout: &mut BufReader<ChildStdout>, protocol: Protocol, room: &mut usize) -> Result<Vec<u8>, Lost> {
    let end = end_of_answer(protocol);
    let mut answer = Vec::new();
    let read = stdout.take(*room as u64).read_until(end, &mut answer).await.map_err(|_| Lost::Died)?;
    *room -= read;
    match answer.pop() {
        Some(last) if last == end && is_whole(protocol, &answer) => Ok(answer),
        Some(last) if last != end && *room == 0 => Err(Lost::OutOfStep),
        _ => Err(Lost::Died),
    }
}

#[cfg(unix)]
impl Drop for Process {
    fn drop(&mut self) {
        // Its number is its own as long as nobody has waited for it, and nobody does before this.
        let group = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}
