//! Coral's collections as `mongoexport` writes them, put together again as threads with moderators' decisions.
//!
//! Names of fields and collections are those of Coral's source, github.com/coralproject/talk, below
//! `server/src/core/server/`: `models/comment/comment.ts` and `revision.ts`, `models/story/story.ts`,
//! `models/action/moderation/comment.ts`; collections are named in `data/context.ts`. Why a comment was rejected does not
//! stand in the comment: `stacks/rejectComment.ts` hands `rejectionReason: {code, …}` on to a moderation action, which is
//! a document of the collection `commentModerationActions` (`archivedCommentModerationActions` once a story is archived).
//! Its interface called the code `reason` at first. Reasons came late in 2023, with the features for the Digital Services
//! Act, and a moderator is only asked for one where these are on (pull request 4372).

use std::collections::HashMap;
use std::time::UNIX_EPOCH;

use serde_json::Value;

use super::named_rows::{Complaint, Fields};
use crate::text::html::own_words;
use crate::wire::json_id::id_of;

/// The rejection reason that says off topic.
const IRRELEVANT: &str = "IRRELEVANT_CONTENT";
/// The longest chain of parents that is followed.
const MAX_DEPTH: u32 = 1_000;

/// Which collection a document belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoralKind {
    /// `comments`, `archivedComments`.
    Comments,
    /// `stories`.
    Stories,
    /// `commentModerationActions`, `archivedCommentModerationActions`: what moderators did and why.
    ModerationActions,
    /// `commentActions`: flags and reactions of readers, which say nothing of use here.
    ReaderActions,
}

impl CoralKind {
    /// Tells the collection by the fields that only its documents have; `None` for something else.
    #[must_use]
    pub fn of(document: &Fields) -> Option<Self> {
        let has = |name: &str| document.contains_key(name);
        if has("storyID") && has("revisions") {
            Some(Self::Comments)
        } else if has("commentID") && has("status") {
            Some(Self::ModerationActions)
        } else if has("commentID") && has("actionType") {
            Some(Self::ReaderActions)
        } else if has("id") && has("url") && (has("commentCounts") || has("metadata") || has("scrapedAt")) {
            Some(Self::Stories)
        } else {
            None
        }
    }

    /// The collection's name in Coral.
    #[must_use]
    pub fn collection(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::Stories => "stories",
            Self::ModerationActions => "commentModerationActions",
            Self::ReaderActions => "commentActions",
        }
    }
}

/// What moderators said of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoralLabel {
    /// Approved by a moderator.
    OnTopic,
    /// Rejected as irrelevant.
    OffTopic,
    /// Nothing of use: published without a look, waiting, or rejected for another reason.
    Unknown,
    /// Rejected, and nothing says why.
    RejectedWithoutReason,
}

/// A comment in its thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoralComment {
    /// What its writer wrote last, as text.
    pub text: String,
    /// Its parent by its place in the thread's comments; `None` for a comment on the story, and where the parent is not in
    /// the export or has no text.
    pub parent: Option<usize>,
    /// 1 for a comment on the story, 2 for an answer to one, and so on.
    pub depth: u32,
    /// What moderators said.
    pub label: CoralLabel,
}

/// The comments of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoralThread {
    /// The story's title.
    pub title: Option<String>,
    /// Its summary as the page states it; Coral does not keep the article itself.
    pub description: Option<String>,
    /// In the order in which they were written.
    pub comments: Vec<CoralComment>,
}

/// All threads of an export, by their first comments, and what could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoralThreads {
    /// The threads.
    pub threads: Vec<CoralThread>,
    /// Comments whose story is not in the export, or has neither title nor description. They are left out.
    pub without_story: u64,
    /// Comments without text: deleted, a picture, nothing but a quote. They are left out.
    pub without_text: u64,
    /// Comments that stand in the export a second time. They are left out.
    pub repeated: u64,
    /// Answers whose parent is not in the export or has no text. They are in their threads, without it.
    pub without_parent: u64,
}

/// An export as it is read, document by document, in any order; the whole of it is in memory.
#[derive(Debug, Default)]
pub struct CoralExport {
    comments: Vec<RawComment>,
    stories: HashMap<Key, RawStory>,
    actions: HashMap<Key, RawAction>,
}

/// Tenant and id: one database may serve several sites.
type Key = (String, String);

#[derive(Debug)]
struct RawComment {
    key: Key,
    story: String,
    parent: Option<String>,
    created: Option<u64>,
    text: String,
    status: Status,
    reason: Option<Reason>,
}

#[derive(Debug)]
struct RawStory {
    title: Option<String>,
    description: Option<String>,
}

/// The latest rejection of a comment.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RawAction {
    created: Option<u64>,
    id: String,
    reason: Option<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Approved,
    Rejected,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Irrelevant,
    Other,
}

impl CoralExport {
    /// Takes in a document of a collection.
    ///
    /// # Errors
    /// Where a field is missing without which the document belongs to nothing.
    pub fn add(&mut self, kind: CoralKind, document: &Fields) -> Result<(), Complaint> {
        let needed = |name: &str| {
            let hint = "hint: is this file a whole export of one collection?";
            id_of(document.get(name))
                .ok_or_else(|| format!("a document of {} without `{name}`\n  {hint}", kind.collection()))
        };
        let tenant = id_of(document.get("tenantID")).unwrap_or_default();
        match kind {
            CoralKind::Comments => {
                let revisions = document.get("revisions").and_then(Value::as_array);
                // The last revision is the most recent.
                let latest = revisions.and_then(|revisions| revisions.last());
                let body = latest.and_then(|revision| revision.get("body")).or_else(|| document.get("body"));
                self.comments.push(RawComment {
                    key: (tenant, needed("id")?),
                    story: needed("storyID")?,
                    parent: id_of(document.get("parentID")),
                    created: document.get("createdAt").and_then(milliseconds),
                    text: body.and_then(Value::as_str).map(own_words).unwrap_or_default(),
                    status: status_of(document.get("status")),
                    // Coral stores none here, but a join of the collections may.
                    reason: reason_of(document.get("rejectionReason"))
                        .or_else(|| reason_of(latest.and_then(|revision| revision.get("rejectionReason")))),
                });
            }
            CoralKind::Stories => {
                let text = |name: &str| {
                    let text = document.get("metadata").and_then(|metadata| metadata.get(name)).and_then(Value::as_str);
                    text.map(own_words).filter(|text| !text.is_empty())
                };
                let story = RawStory { title: text("title"), description: text("description") };
                self.stories.insert((tenant, needed("id")?), story);
            }
            CoralKind::ModerationActions => {
                let key = (tenant, needed("commentID")?);
                if status_of(document.get("status")) == Status::Rejected {
                    let created = document.get("createdAt").and_then(milliseconds);
                    let id = id_of(document.get("id")).unwrap_or_default();
                    let action = RawAction { created, id, reason: reason_of(document.get("rejectionReason")) };
                    match self.actions.get_mut(&key) {
                        Some(known) if *known > action => {}
                        Some(known) => *known = action,
                        None => {
                            self.actions.insert(key, action);
                        }
                    }
                }
            }
            CoralKind::ReaderActions => {}
        }
        Ok(())
    }

    /// Puts comments, stories and decisions together. The result does not depend on the order of the documents, but for
    /// comments that stand there twice.
    #[must_use]
    pub fn into_threads(mut self) -> CoralThreads {
        let mut joined = CoralThreads::default();
        let mut places: HashMap<Key, usize> = HashMap::with_capacity(self.comments.len());
        self.comments.sort_by(|one, other| (one.created, &one.key).cmp(&(other.created, &other.key)));
        self.comments.retain(|comment| {
            let place = places.len();
            let is_new = *places.entry(comment.key.clone()).or_insert(place) == place;
            joined.repeated += u64::from(!is_new);
            is_new
        });
        let parent_of = |comment: &RawComment| {
            let parent = comment.parent.as_ref()?;
            places.get(&(comment.key.0.clone(), parent.clone())).copied()
        };
        let parents: Vec<Option<usize>> = self.comments.iter().map(parent_of).collect();
        // A reply may have been written before its parent if clocks differ, so threads get their places first.
        let mut thread_of_story: HashMap<Key, usize> = HashMap::new();
        let mut place_in_thread: Vec<Option<(usize, usize)>> = Vec::with_capacity(self.comments.len());
        let mut sizes: Vec<usize> = Vec::new();
        for comment in &self.comments {
            let key = (comment.key.0.clone(), comment.story.clone());
            let story = self.stories.get(&key).filter(|story| story.title.is_some() || story.description.is_some());
            let place = match story {
                _ if comment.text.is_empty() => {
                    joined.without_text += 1;
                    None
                }
                None => {
                    joined.without_story += 1;
                    None
                }
                Some(story) => {
                    let thread = *thread_of_story.entry(key).or_insert_with(|| {
                        let (title, description) = (story.title.clone(), story.description.clone());
                        joined.threads.push(CoralThread { title, description, comments: Vec::new() });
                        sizes.push(0);
                        sizes.len() - 1
                    });
                    sizes[thread] += 1;
                    Some((thread, sizes[thread] - 1))
                }
            };
            place_in_thread.push(place);
        }
        for (at, comment) in self.comments.iter_mut().enumerate() {
            let Some((thread, _)) = place_in_thread[at] else { continue };
            let parent = parents[at].and_then(|parent| place_in_thread[parent]);
            let parent = parent.filter(|(other, _)| *other == thread).map(|(_, place)| place);
            joined.without_parent += u64::from(comment.parent.is_some() && parent.is_none());
            let label = match comment.status {
                Status::Approved => CoralLabel::OnTopic,
                Status::Other => CoralLabel::Unknown,
                Status::Rejected => match self.actions.get(&comment.key).and_then(|it| it.reason).or(comment.reason) {
                    Some(Reason::Irrelevant) => CoralLabel::OffTopic,
                    Some(Reason::Other) => CoralLabel::Unknown,
                    None => CoralLabel::RejectedWithoutReason,
                },
            };
            let depth = depth_of(at, comment.parent.is_some(), &parents);
            let text = std::mem::take(&mut comment.text);
            joined.threads[thread].comments.push(CoralComment { text, parent, depth, label });
        }
        joined
    }
}

fn depth_of(at: usize, is_reply: bool, parents: &[Option<usize>]) -> u32 {
    let mut depth = 1;
    let mut above = parents[at];
    while let Some(parent) = above
        && depth < MAX_DEPTH
    {
        depth += 1;
        above = parents[parent];
    }
    depth.max(1 + u32::from(is_reply))
}

fn status_of(value: Option<&Value>) -> Status {
    match value.and_then(Value::as_str) {
        Some("APPROVED") => Status::Approved,
        Some("REJECTED") => Status::Rejected,
        _ => Status::Other,
    }
}

fn reason_of(value: Option<&Value>) -> Option<Reason> {
    let code = match value? {
        Value::String(code) => code.as_str(),
        reason => reason.get("code").or_else(|| reason.get("reason"))?.as_str()?,
    };
    Some(if code == IRRELEVANT { Reason::Irrelevant } else { Reason::Other })
}

/// A date of extended JSON, relaxed or canonical, in milliseconds since 1970; `None` for what is no date, or
/// one before that.
fn milliseconds(date: &Value) -> Option<u64> {
    match date {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => match humantime::parse_rfc3339_weak(text) {
            Ok(time) => u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok(),
            Err(_) => text.parse().ok(),
        },
        Value::Object(extended) => milliseconds(extended.get("$date").or_else(|| extended.get("$numberLong"))?),
        _ => None,
    }
}

#[cfg(test)]
#[path = "coral_rows_tests.rs"]
mod tests;
