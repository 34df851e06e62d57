//! GraphQL requests for Coral, one a line.

use serde::Serialize;

use crate::wire::row::Row;

use super::{Held, Script};

/// Reports a comment to the moderators: Coral has no request that holds one back until somebody has looked.
const REPORT: &str =
    "mutation($input: CreateCommentFlagInput!) { createCommentFlag(input: $input) { comment { id status } } }";
/// Hides a comment; it stays in the queue of rejected ones, where it can be approved.
const REJECT: &str = "mutation($input: RejectCommentInput!) { rejectComment(input: $input) { comment { id status } } }";

#[derive(Serialize)]
struct Request<'a> {
    query: &'static str,
    variables: Variables<'a>,
}

#[derive(Serialize)]
struct Variables<'a> {
    input: Input<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Input<'a> {
    #[serde(rename = "commentID")]
    comment_id: &'a str,
    /// Coral wants the revision that was looked at, which no record holds: whoever sends the request fills it in.
    #[serde(rename = "commentRevisionID")]
    comment_revision_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_details: Option<String>,
    client_mutation_id: &'a str,
}

#[derive(Debug)]
pub(super) struct Coral;

impl Script for Coral {
    fn begin(&self) -> Vec<u8> {
        Vec::new()
    }

    fn add(&mut self, row: &Row<'_>, held: Held, lines: &mut Vec<u8>) {
        let (query, reason, additional_details) = match held {
            Held::Review => {
                let details = format!("threadsieve: {}", row.rules());
                (REPORT, Some("COMMENT_REPORTED_OTHER"), Some(details))
            }
            Held::Reject => (REJECT, None, None),
        };
        let input = Input {
            comment_id: row.id(),
            comment_revision_id: None,
            reason,
            additional_details,
            client_mutation_id: row.id(),
        };
        // Strings always serialise.
        if serde_json::to_writer(&mut *lines, &Request { query, variables: Variables { input } }).is_ok() {
            lines.push(b'\n');
        }
    }

    fn end(&self) -> Vec<u8> {
        Vec::new()
    }
}
