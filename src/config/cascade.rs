//! `[topic.cascade]`: a sentence-transformer for comments whose off-topic score is undecided.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::topic::CascadeOptions;

use super::plan::Reader;

const DEFAULT_AT_LEAST: f64 = 0.2;
const DEFAULT_BELOW: f64 = 0.99;
const DEFAULT_MAX_SHARE: f64 = 0.25;

/// Which sentence-transformer looks at which comments, checked. Nothing of it has been opened yet.
#[derive(Debug, Clone, PartialEq)]
pub struct CascadePlan {
    /// The folder of the sentence-transformer.
    pub folder: PathBuf,
    /// Which scores are undecided, and how many comments may be sent on.
    pub options: CascadeOptions,
}

/// `[topic.cascade]` as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CascadeSection {
    folder: PathBuf,
    #[serde(default = "default_at_least")]
    at_least: f64,
    #[serde(default = "default_below")]
    below: f64,
    #[serde(default = "default_max_share")]
    max_share: f64,
}

fn default_at_least() -> f64 {
    DEFAULT_AT_LEAST
}

fn default_below() -> f64 {
    DEFAULT_BELOW
}

fn default_max_share() -> f64 {
    DEFAULT_MAX_SHARE
}

impl CascadeSection {
    /// As it would have to be written to make a plan.
    pub(super) fn of(plan: &CascadePlan) -> Self {
        let options = &plan.options;
        let folder = plan.folder.clone();
        Self { folder, at_least: options.at_least(), below: options.below(), max_share: options.max_share() }
    }
}

impl Reader<'_> {
    /// Checks the section, also against what this program was built with.
    pub(super) fn cascade(&mut self, section: Option<CascadeSection>) -> Option<CascadePlan> {
        let section = section?;
        if !cfg!(feature = "sentence-transformer") {
            let message = "[topic.cascade] this program was built without the feature `sentence-transformer`";
            let hint =
                "build it with `cargo install --path . --features sentence-transformer`, or leave the section out";
            self.problem_with_hint(message, hint);
        }
        if section.folder.as_os_str().is_empty() {
            self.problem("[topic.cascade] `folder`: name the folder of a sentence-transformer");
        }
        match CascadeOptions::new(section.at_least, section.below, section.max_share) {
            Ok(options) => Some(CascadePlan { folder: section.folder, options }),
            Err(errors) => {
                for error in errors {
                    self.problem(format!("[topic.cascade] {error}"));
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, render};

    /// Checks the problems of a section; where the feature is missing, that is one more.
    fn check(section: &str, expected: &[&str]) {
        let text = format!("[topic.cascade]\n{section}\n");
        let all: Vec<String> =
            parse("pipeline.toml", &text).err().unwrap_or_default().iter().map(ToString::to_string).collect();
        let is_about_feature = |problem: &&String| problem.contains("built without the feature");
        let others: Vec<&String> = all.iter().filter(|problem| !is_about_feature(problem)).collect();
        assert_eq!(others.len(), expected.len(), "{section}: {all:?}");
        for (found, expected) in others.iter().zip(expected) {
            assert!(found.contains(expected), "{section}: `{expected}` is not in `{found}`");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        check("folder = \"minilm\"", &[]);
        check("at_least = 0.1", &["missing field `folder`"]);
        check("folder = \"minilm\"\nshare = 0.1", &["unknown field `share`"]);
        check("folder = \"minilm\"\nmax_share = \"all\"", &["pipeline.toml:3"]);
        check(
            "folder = \"\"\nat_least = 2\nbelow = -1.0\nmax_share = 0",
            &["`folder`: name the folder", "`at_least` is not within", "`below` is not within", "`max_share` is not"],
        );
        check("folder = \"minilm\"\nat_least = 0.9\nbelow = 0.4", &["`at_least` is not less than `below`"]);
    }

    #[test]
    #[cfg(feature = "sentence-transformer")]
    fn a_cascade_survives_a_round_trip_and_has_defaults() {
        let plan = parse("pipeline.toml", "[topic.cascade]\nfolder = \"minilm\"\nmax_share = 0.1\n").unwrap();
        assert_eq!(parse("shown", &render(&plan).unwrap()).unwrap(), plan);
        let options = plan.topic_cascade.as_ref().unwrap().options;
        assert_eq!((options.at_least(), options.below(), options.max_share()), (0.2, 0.99, 0.1));
        assert_eq!(parse("pipeline.toml", "").unwrap().topic_cascade, None);
    }

    #[test]
    #[cfg(not(feature = "sentence-transformer"))]
    fn a_program_without_the_feature_says_how_to_build_one_with_it() {
        let plan = parse("pipeline.toml", "").unwrap();
        assert!(!render(&plan).unwrap().contains("cascade"));
        let text = "[topic.cascade]\nfolder = \"minilm\"\nmax_share = 7\n";
        let all: Vec<String> = parse("pipeline.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all[0].contains("built without the feature `sentence-transformer`\n  hint: build it with"), "{all:?}");
        assert!(all[1].contains("`max_share`"), "{all:?}");
    }
}
