//! `pipeline.toml`: read, checked as a whole, and turned into a plan.

mod cascade;
mod document;
mod limits;
mod plan;
mod problem;
mod rules;
mod serve;
mod statement;
mod translation;

pub use cascade::CascadePlan;
pub use document::render;
pub use limits::Limits;
pub use plan::{AuthorField, EvidenceLabels, KeySource, ModelPaths, OutputPlan, Plan, parse};
pub use problem::Problem;
pub use serve::{ScorePrior, ServePlan, TlsPlan};
pub use translation::{EnginePlan, Protocol, TranslationPlan, TranslatorPlan};

/// The configuration that is used where there is no `pipeline.toml`: the one that comes with the program.
pub const BUILT_IN: &str = include_str!("../../pipeline.toml");
