//! Which format a JSON document has, told from the keys at its beginning.

use std::collections::BTreeSet;

use struson::reader::{JsonReader, JsonStreamReader, ReaderError, ReaderSettings, ValueType};

use super::Format;

/// Paths are looked at as far as this.
const MAX_LEVELS: usize = 6;

/// The format of a JSON document, told from its beginning, which may be cut anywhere; nothing where it is any other JSON, our
/// own lines among it.
pub(super) fn format_of(beginning: &[u8]) -> Option<Format> {
    let mut seen = Seen::default();
    // The beginning may be cut within a value: what was seen until then counts.
    let _ = look(beginning, &mut seen);
    seen.format()
}

/// Where the first element of an array ends, if `beginning` is an array and goes that far. What stands there tells the format
/// as well as all that follows.
pub(super) fn first_element_end(beginning: &[u8]) -> Option<usize> {
    let mut reader = reader(beginning);
    if reader.peek().ok()? != ValueType::Array {
        return None;
    }
    reader.begin_array().ok()?;
    if reader.has_next().ok()? {
        reader.skip_value().ok()?;
    } else {
        reader.end_array().ok()?;
    }
    reader.current_position(false).data_pos.map(|bytes| bytes as usize)
}

fn reader(bytes: &[u8]) -> JsonStreamReader<&[u8]> {
    let settings = ReaderSettings {
        allow_multiple_top_level: true,
        track_path: false,
        max_nesting_depth: None,
        restrict_number_values: false,
        ..ReaderSettings::default()
    };
    JsonStreamReader::new_custom(bytes, settings)
}

/// Paths that were seen, without arrays, a name that repeats itself (`children.children`) once; and the value of `kind`.
#[derive(Default)]
struct Seen {
    paths: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

fn look(bytes: &[u8], seen: &mut Seen) -> Result<(), ReaderError> {
    let mut reader = reader(bytes);
    // Open brackets, each with the length of the path outside, and whether it is an object.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut is_first = true;
    loop {
        if let Some(&(outside, is_object)) = open.last() {
            path.truncate(outside);
            if !reader.has_next()? {
                if is_object {
                    reader.end_object()?;
                } else {
                    reader.end_array()?;
                }
                open.pop();
                continue;
            }
            if is_object {
                let name = reader.next_name_owned()?;
                if path.last() != Some(&name) {
                    path.push(name);
                }
                seen.paths.insert(path.join("."));
            }
        } else if !std::mem::replace(&mut is_first, false) && !reader.has_next()? {
            return Ok(());
        }
        match reader.peek()? {
            ValueType::Object if path.len() <= MAX_LEVELS => {
                reader.begin_object()?;
                open.push((path.len(), true));
            }
            ValueType::Array if path.len() <= MAX_LEVELS => {
                reader.begin_array()?;
                open.push((path.len(), false));
            }
            ValueType::String if path.last().is_some_and(|name| name == "kind") => {
                seen.kinds.insert(reader.next_string()?);
            }
            _ => reader.skip_value()?,
        }
    }
}

impl Seen {
    fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    fn format(&self) -> Option<Format> {
        let has_all = |paths: &[&str]| paths.iter().all(|path| self.has(path));
        let has_any = |paths: &[&str]| paths.iter().any(|path| self.has(path));
        let is_kind = |start: &str| self.kinds.iter().any(|kind| kind.starts_with(start));
        if self.has("post_stream") {
            Some(Format::Discourse)
        } else if has_all(&["kind", "data"]) && (is_kind("Listing") || has_any(&["data.children", "data.modhash"])) {
            Some(Format::RedditThread)
        } else if is_kind("youtube#comment")
            || has_any(&["snippet.topLevelComment", "items.snippet.topLevelComment", "snippet.textOriginal"])
        {
            Some(Format::Youtube)
        } else if has_any(&["comments.comment.path", "comments.comment.ap_id", "comment.path", "comment.ap_id"])
            || has_any(&["comment_view.comment", "comments.comment.post_id", "comment.post_id"])
        {
            Some(Format::Lemmy)
        } else if has_all(&["ancestors", "descendants"])
            || has_any(&[
                "ancestors.in_reply_to_id",
                "context.ancestors",
                "context.descendants",
                "descendants.in_reply_to_id",
            ])
            || has_all(&["in_reply_to_id", "account.acct"])
            || has_all(&["status.in_reply_to_id", "status.account.acct"])
        {
            Some(Format::Mastodon)
        } else if has_any(&["formats.format_id", "comments.author_is_uploader", "comments._time_text"])
            || has_all(&["webpage_url", "extractor"])
            || has_all(&["comments.parent", "comments.author_id"])
        {
            Some(Format::YtDlp)
        } else if self.has("children")
            && has_any(&["created_at_i", "children.created_at_i", "children.story_id", "story_id"])
        {
            Some(Format::HackerNews)
        } else if self.has("comments_v2") {
            Some(Format::Json)
        } else {
            None
        }
    }
}
