//! A shell script of WP-CLI commands.

use std::io::Write as _;

use crate::wire::row::Row;

use super::{Held, Script};

/// A comment that is gone by now must not keep the others from being held: hence no `set -e`, but a count.
const BEGIN: &str = "\
#!/bin/sh
# Holds comments for a moderator. Look through it, then run it in the folder of the WordPress site: sh FILE
# `wp comment unapprove` makes a comment pending. All held comments are, also those whose action is reject: whether one is
# spam or goes to the bin is for a person to say. Nothing is approved, and nothing is deleted.
failed=0
";

/// Counts what it has written.
#[derive(Debug, Default)]
pub(super) struct WordPress {
    held: u64,
    skipped: u64,
}

/// `WordPress` numbers its comments from 1. Whatever else an id holds never reaches the shell.
fn is_number(id: &str) -> bool {
    id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit()) && id.bytes().any(|byte| byte != b'0')
}

impl Script for WordPress {
    fn begin(&self) -> Vec<u8> {
        BEGIN.into()
    }

    fn add(&mut self, row: &Row<'_>, held: Held, lines: &mut Vec<u8>) {
        if is_number(row.id()) {
            self.held += 1;
            let (id, held) = (row.id(), held.name());
            // Memory takes all that is written.
            let _ = writeln!(lines, "wp comment unapprove {id} || failed=$((failed + 1)) # {held}");
        } else {
            self.skipped += 1;
        }
    }

    fn end(&self) -> Vec<u8> {
        let Self { held, skipped } = self;
        format!(
            "# comments to hold: {held}; left out, since their ids are no numbers: {skipped}\n\
             echo \"could not be held: $failed\" >&2\n\
             [ \"$failed\" -eq 0 ]\n"
        )
        .into()
    }

    fn counts(&self) -> Vec<u64> {
        vec![self.held, self.skipped]
    }

    fn count_on(&mut self, counts: &[u64]) {
        if let [held, skipped] = *counts {
            *self = Self { held, skipped };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_ids() {
        for id in ["1", "42", "00042", "18446744073709551615"] {
            assert!(is_number(id), "{id}");
        }
        for id in
            ["", "0", "000", "-1", "1 2", "1; rm -rf x", "$(id)", "1\n2", "\u{661}", "1:23", "123456789012345678901"]
        {
            assert!(!is_number(id), "{id:?}");
        }
    }
}
