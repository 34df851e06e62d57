//! What can go wrong with a checkpoint.

use std::io;

/// Why a checkpoint cannot be made, or a run cannot go on from one.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// It cannot be read.
    #[error("{name}: cannot read the checkpoint")]
    Read {
        /// Its file, as the user named it.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{name}: is no checkpoint of this version of the program: {problem}\n  hint: choose another file, or take it away to begin anew"
    )]
    Malformed {
        /// Its file, as the user named it.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// It cannot be written.
    #[error("{name}: cannot write the checkpoint")]
    Write {
        /// Its file, as the user named it.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The input has ended before the place of the checkpoint.
    #[error(
        "{name}: cannot be resumed: the input ends before item {items}, where the checkpoint was made; nothing was changed\n  \
         hint: feed the same input from its beginning, or take the checkpoint away to begin anew"
    )]
    InputEnds {
        /// Its file, as the user named it.
        name: String,
        /// Items up to the checkpoint.
        items: u64,
    },
    /// The items up to the place of the checkpoint are others.
    #[error(
        "{name}: cannot be resumed: the first {items} items of the input are not those that were read before; nothing was \
         changed\n  hint: feed the same input from its beginning, or take the checkpoint away to begin anew"
    )]
    InputDiffers {
        /// Its file, as the user named it.
        name: String,
        /// Items up to the checkpoint.
        items: u64,
    },
    /// What was made again from the input is not what there was: our bug.
    #[error(
        "{name}: cannot be resumed: the threads could not be made again as they were ({what}); nothing was changed\n  \
         hint: take the checkpoint away to begin anew, and please report it as a bug"
    )]
    ThreadsDiffer {
        /// Its file, as the user named it.
        name: String,
        /// Which count differs.
        what: &'static str,
    },
}
