//! Exit codes, and how a failure is told.

use std::io::Write as _;
use std::process::ExitCode;

/// The verdict of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// All went well.
    Done,
    /// Done, but somebody should look: dead letters with `--strict`, or an input that broke off.
    NeedsALook,
    /// Could not run: wrong arguments, configuration, files.
    CouldNotRun,
    /// Our bug.
    Bug,
    /// Interrupted by the user.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::NeedsALook => 1,
            Exit::CouldNotRun => 2,
            Exit::Bug => 70,
            Exit::Interrupted => 130,
        })
    }
}

/// Has panics tell where they happened, and nothing else: their messages may hold words of a comment.
pub(super) fn keep_words_out_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let _ = writeln!(std::io::stderr().lock(), "internal error at {place}: please report it as a bug");
    }));
}

/// Why there is no result: all problems at once.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) problems: Vec<anyhow::Error>,
    pub(super) exit: Exit,
}

impl Failure {
    /// A single problem that kept the command from running.
    pub(super) fn one(problem: impl Into<anyhow::Error>) -> Self {
        Self { problems: vec![problem.into()], exit: Exit::CouldNotRun }
    }

    /// Several problems that kept the command from running.
    pub(super) fn all(problems: Vec<anyhow::Error>) -> Self {
        Self { problems, exit: Exit::CouldNotRun }
    }

    /// Several problems of one kind that kept the command from running.
    pub(super) fn each(problems: Vec<impl std::error::Error + Send + Sync + 'static>) -> Self {
        Self::all(problems.into_iter().map(anyhow::Error::new).collect())
    }

    /// Tells all problems on stderr.
    pub(super) fn report(self) -> ExitCode {
        let mut stderr = std::io::stderr().lock();
        for problem in &self.problems {
            let mut text = String::new();
            for (depth, cause) in problem.chain().enumerate() {
                // A message that repeats its cause says it once.
                let cause = cause.to_string();
                if depth > 0 && text.contains(&cause) {
                    continue;
                }
                if depth > 0 {
                    text.push_str(": ");
                }
                text.push_str(&cause);
            }
            let _ = writeln!(stderr, "error: {text}");
        }
        if self.problems.len() > 1 && self.exit == Exit::CouldNotRun {
            let _ = writeln!(stderr, "{} problems; nothing was read", self.problems.len());
        }
        self.exit.into()
    }
}
