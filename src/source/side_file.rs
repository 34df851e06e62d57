//! Telling files that comments are joined with from those that hold comments.

use std::io::Read;

use super::decode::{Decode, MAX_MAGIC_BYTES, Magic, magic};
use super::peek::Peek;
use super::raw::RawInput;

/// How much of the first line is looked at.
const MAX_BYTES: usize = 256 << 10;

/// Whether an input holds stories, submissions, articles or what moderators did, but no comments: told by its first line.
pub(super) fn is_side_file(raw: RawInput) -> bool {
    let reader: Box<dyn Read + Send> = match raw {
        RawInput::File(file) => Box::new(file),
        RawInput::Stream(stream) => stream,
    };
    let mut raw = Peek::new(reader);
    let found = magic(raw.look(MAX_MAGIC_BYTES, |bytes| magic(bytes).is_some())).unwrap_or(Magic::Plain);
    let Ok(plain) = Decode::new(raw, found, usize::MAX) else { return false };
    let mut plain = Peek::new(plain);
    let seen = plain.look(MAX_BYTES, |seen| memchr::memchr(b'\n', seen).is_some());
    let line = seen.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.trim_ascii_start().first() == Some(&b'{') {
        // A longer line is no story's; and what is not an object tells nothing.
        serde_json::from_slice(line).is_ok_and(|object: serde_json::Map<String, serde_json::Value>| {
            let has = |name: &str| object.contains_key(name);
            let is_submission = has("selftext") && has("title") && has("subreddit");
            let is_story = has("id") && has("url") && (has("commentCounts") || has("metadata") || has("scrapedAt"));
            let is_action = has("commentID") && (has("status") || has("actionType"));
            (is_submission || is_story || is_action) && !has("body") && !has("revisions")
        })
    } else {
        // The articles of SOCC.
        let header = String::from_utf8_lossy(line).to_lowercase();
        header.contains("article_id") && header.contains("article_text") && !header.contains("comment_text")
    }
}
