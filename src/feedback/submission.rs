//! What somebody says of one comment at one time.

use std::fmt;

use crate::domain::{Body, Probability};

/// What a client says of one comment: the text, what is known of it, and a judgement for each label.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The comment.
    pub text: Body,
    /// Whose moderators judged it; empty where the client does not say.
    pub community: String,
    /// What the client calls the comment. A later judgement with the same community, token and label takes the place of the
    /// earlier one; without a token each stands for itself.
    pub client_token: Option<String>,
    /// What the client calls the session.
    pub session_id: Option<String>,
    /// Who wrote the comment.
    pub author: Option<String>,
    /// Where the comment stands.
    pub url: Option<String>,
    /// The context as the client gave it.
    pub context: Option<Body>,
    /// Codes of the text's languages.
    pub languages: Vec<String>,
    /// When it came, in seconds since 1970.
    pub unix_seconds: u64,
    /// The labels.
    pub judgements: Vec<Judgement>,
}

impl Submission {
    /// A text of which nothing else is known.
    #[must_use]
    pub fn new(text: Body, unix_seconds: u64, judgements: Vec<Judgement>) -> Self {
        Self {
            text,
            community: String::new(),
            client_token: None,
            session_id: None,
            author: None,
            url: None,
            context: None,
            languages: Vec::new(),
            unix_seconds,
            judgements,
        }
    }
}

/// How far a label holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The label, as models name it.
    pub label: String,
    /// How far it holds: 0, not at all, to 1.
    pub value: Probability,
    /// The part that is judged; the whole text where there is none.
    pub span: Option<JudgedSpan>,
    /// Name, version and checksum of the model that scored this label at the time.
    pub model: Option<String>,
}

impl Judgement {
    /// A judgement of the whole text.
    #[must_use]
    pub fn of_whole_text(label: impl Into<String>, value: Probability) -> Self {
        Self { label: label.into(), value, span: None, model: None }
    }
}

/// A part of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct JudgedSpan {
    /// Where it begins, in code units of UTF-16, as the client counts.
    pub begin: u32,
    /// Where it ends.
    pub end: u32,
    /// Its words.
    pub text: String,
}

impl fmt::Debug for JudgedSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JudgedSpan({}..{})", self.begin, self.end)
    }
}
