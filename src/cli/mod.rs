//! The command line: what can be asked for, and how answers look.

mod args;
mod bench;
mod bench_figures;
mod bias;
mod calibrate;
mod checkpoint;
mod config;
mod evaluate;
mod evaluate_language;
mod evaluate_topic;
mod explain;
mod explain_topic_text;
mod explanation_text;
mod failure;
mod inputs;
mod inspect;
mod label_store;
mod labels;
mod logging;
mod models;
mod open_files;
mod outputs;
mod peak_memory;
mod policy;
mod progress;
mod record_outputs;
mod report;
mod report_input;
mod run;
mod serve;
mod signals;
mod summary;
mod train;
mod watched_file;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use args::{Arguments, Command, ConfigCommand};
use failure::{Exit, Failure};

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to stdout and are no failure; a closed pipe is nobody's problem.
            let _ = error.print();
            return if error.use_stderr() { Exit::CouldNotRun.into() } else { Exit::Done.into() };
        }
    };
    // A server must not wait for whoever takes its log.
    let serves = matches!(arguments.command, Command::Serve(_));
    let manner = if serves { logging::Manner::Apart } else { logging::Manner::Direct };
    let _logging = logging::start(arguments.verbose, arguments.log_format, manner);
    failure::keep_words_out_of_panics();
    let result = match arguments.command {
        Command::Run(options) => run::run(&options),
        Command::Schema => print(&schema()),
        Command::Config(command) => match command {
            ConfigCommand::Check { config } => config::check(config.as_deref()),
            ConfigCommand::Show { config } => config::show(config.as_deref()).and_then(|shown| print(&shown)),
        },
        Command::Bench(options) => bench::bench(&options),
        Command::Inspect(options) => inspect::inspect(&options),
        Command::Labels(options) => labels::labels(&options),
        Command::Train(command) => train::train(&command),
        Command::Bias(options) => bias::bias(&options),
        Command::Evaluate(options) => evaluate::evaluate(&options),
        Command::Models(command) => models::models(&command),
        Command::Explain(options) => explain::explain(&options),
        Command::Calibrate(options) => calibrate::run(&options),
        Command::Policy(policy::PolicyCommand::Test(options)) => policy::test(&options),
        Command::Report(options) => report::report(&options),
        Command::Serve(options) => serve::serve(&options),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "threadsieve", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}

fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&crate::wire::record::schema()).unwrap_or_default();
    text.push('\n');
    text
}

/// Prints to stdout; that its reader has seen enough is no failure.
fn print(text: &str) -> Result<Exit, Failure> {
    use std::io::Write as _;
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::one(anyhow::Error::new(error).context("stdout: cannot write")))
        }
        _ => Ok(Exit::Done),
    }
}
