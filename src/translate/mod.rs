//! Translators of the site's: a program that is kept running, or a server with the interface of `LibreTranslate`.
//!
//! Nothing is started or contacted but what the configuration names, and that only when the first text comes. A text goes
//! to its translator and to nobody else; neither it nor an answer is ever logged.

mod answer;
mod command;
mod give_up;
mod libre_translate;
mod problem;
mod process;
mod ready;
mod translator;
mod translators;

pub use problem::TranslatorProblem;
pub use translators::Translators;
