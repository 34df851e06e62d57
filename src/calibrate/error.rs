//! Why no thresholds were fitted.

use crate::classify::artifact::ArtifactError;
use crate::labelled::LabelledError;

/// Why no thresholds were fitted.
#[derive(Debug, thiserror::Error)]
pub enum CalibrateError {
    /// The model's file is not sound, or no linear model.
    #[error("{place}: {source}\n  hint: name the folder of an abuse, sentiment or custom model")]
    Model {
        /// The file.
        place: String,
        /// What is wrong.
        source: ArtifactError,
    },
    /// The model does not give a label.
    #[error("label `{label}`: the model does not give it\n  hint: name one of its labels with --label: {known}")]
    UnknownLabel {
        /// The label.
        label: String,
        /// Those that it gives.
        known: String,
    },
    /// The decisions cannot be read.
    #[error(transparent)]
    Data(#[from] LabelledError),
    /// Nothing that could be learnt from.
    #[error(
        "not one usable decision in {rows} rows\n  hint: rows need `labels`, or `decision` with approve or reject; --map COLUMN=decision names it"
    )]
    Nothing {
        /// Rows that were used.
        rows: usize,
    },
    /// Too few rejected comments.
    #[error(
        "label `{label}`: {rejected} rejected decisions; at least {needed} are needed to hold precision {wanted} with {certainty} % \
         certainty: {missing} more\n  hint: gather more, ask for less precision, or leave the label out with --label",
        missing = needed - rejected
    )]
    TooFewRejected {
        /// The label.
        label: String,
        /// Rejected comments.
        rejected: u64,
        /// How many are needed.
        needed: u64,
        /// The precision wanted.
        wanted: f64,
        /// Percent.
        certainty: f64,
    },
    /// No approved comments.
    #[error(
        "label `{label}`: {rejected} rejected decisions and none approved: any threshold would look right\n  hint: add the comments \
         that moderators approved, as many as there really were"
    )]
    NothingApproved {
        /// The label.
        label: String,
        /// Rejected comments.
        rejected: u64,
    },
    /// No threshold holds the precision.
    #[error(
        "label `{label}`: no threshold holds precision {wanted} with {certainty} % certainty\n  hint: the best that can be held is \
         {at_least:.3} at threshold {threshold:.4}, where {held_rejected} of {held} held comments were rejected; {advice}"
    )]
    OutOfReach {
        /// The label.
        label: String,
        /// The precision wanted.
        wanted: f64,
        /// Percent.
        certainty: f64,
        /// The precision that can be held.
        at_least: f64,
        /// There.
        threshold: f64,
        /// Comments held there.
        held: u64,
        /// … that were rejected.
        held_rejected: u64,
        /// What more decisions would do.
        advice: String,
    },
    /// Too few comments for a load.
    #[error(
        "{comments} comments; at least {needed} are needed to fit a review load of {wanted}: {missing} more",
        missing = needed.saturating_sub(*comments)
    )]
    TooFewComments {
        /// Comments.
        comments: u64,
        /// How many are needed.
        needed: u64,
        /// The load wanted.
        wanted: f64,
    },
    /// Too many comments of one score.
    #[error(
        "{tied} comments share the highest score, more than a review load of {wanted} may hold\n  hint: ask for a higher load"
    )]
    Ties {
        /// As many.
        tied: u64,
        /// The load wanted.
        wanted: f64,
    },
}
