//! What a node of a JSON document is, and the trait of those who tell.

use std::sync::Arc;

use super::Input;
use super::input::Defect;
use super::json_node::Node;
use super::json_shape::{Field, Shape};
use super::words::Markup;
use crate::domain::{Body, LanguageCode, ModeratorDecision};

/// Tells what the nodes of a format are.
pub(super) trait ReadNode: Send {
    /// Where nodes and their values stand.
    fn shape(&self) -> Shape;

    /// Appends what a node is to `found`; `above` are the nodes around it, the outermost first. It may not be complete yet:
    /// then values may be missing that come later, and what is found is handed on at once.
    ///
    /// # Errors
    /// Where it should be a comment and is none.
    fn read(&mut self, node: &Node, above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect>;

    /// What a document must have to be of this format, for a message.
    fn expected(&self) -> &'static str;

    /// Whether a document without a list of comments is none of this format, whatever else stands in it: other systems name a
    /// title and an id as well.
    fn needs_list(&self) -> bool {
        false
    }

    /// Whether the format writes a node's own values before the nodes below it, and they are all there: such a node is
    /// handed on before those below it.
    fn is_whole_before_lists(&self, _node: &Node) -> bool {
        false
    }

    /// The id of a comment, as far as it is known.
    fn id_of<'n>(&self, node: &'n Node, input: &Input) -> Option<&'n str> {
        node.id(Field::Id, &input.limits).ok().flatten()
    }

    /// The field of the outermost node with the id of the thread.
    fn thread_field(&self) -> Field {
        Field::ThreadId
    }

    /// Whether everything that is neither object nor array in a list of nodes is a fault worth telling.
    fn tells_strays(&self) -> bool {
        false
    }
}

/// What a node is.
pub(super) enum Found {
    Comment(Draft),
    Thread(Header),
    Skipped(&'static str, u64),
    /// A part of it that cannot be read; the rest can.
    Defect(Defect),
}

/// A comment before its place is known.
pub(super) struct Draft {
    pub(super) id: Option<String>,
    pub(super) parent: Parent,
    pub(super) thread: Thread,
    pub(super) text: String,
    pub(super) markup: Markup,
    pub(super) author: Option<String>,
    pub(super) created_at: Option<String>,
    pub(super) moderation: Option<ModeratorDecision>,
    pub(super) reasons: Vec<Arc<str>>,
}

impl Draft {
    pub(super) fn new(thread: Thread, text: impl Into<String>, markup: Markup) -> Self {
        Self {
            id: None,
            parent: Parent::None,
            thread,
            text: text.into(),
            markup,
            author: None,
            created_at: None,
            moderation: None,
            reasons: Vec::new(),
        }
    }
}

/// What a comment answers.
pub(super) enum Parent {
    None,
    Id(String),
    /// The node around it.
    Above,
}

/// The thread of a comment.
pub(super) enum Thread {
    Id(String),
    /// That of the outermost node, which may name it later.
    Root,
    /// That of comments which name none.
    Input,
}

/// What is known of a thread.
pub(super) struct Header {
    pub(super) thread: Thread,
    pub(super) title: Option<Body>,
    pub(super) article: Option<Body>,
    pub(super) url: Option<Arc<str>>,
    pub(super) language: Option<LanguageCode>,
}

impl Header {
    pub(super) fn new(thread: Thread) -> Self {
        Self { thread, title: None, article: None, url: None, language: None }
    }
}

/// A text of a header, where it is not blank.
pub(super) fn words(text: Option<&str>) -> Option<Body> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(Body::new)
}

/// A text of a header in HTML.
pub(super) fn html_words(text: Option<&str>) -> Option<Body> {
    words(text.map(crate::text::html::article_text).as_deref())
}

/// The last of the threads whose headers were handed on, so that each is handed on once.
#[derive(Default)]
pub(super) struct Headed {
    known: super::Newest<String, ()>,
}

impl Headed {
    /// Whether a thread is new. At most `max` are known at a time.
    pub(super) fn is_new(&mut self, thread: &str, max: usize) -> bool {
        self.known.insert(thread.to_owned(), (), max)
    }
}
