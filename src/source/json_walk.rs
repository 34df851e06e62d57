//! The walk through a JSON document: without recursion, and holding no more than the wanted values of the open nodes.

use std::io::{self, Read};

use struson::reader::{
    JsonReader, JsonStreamReader, JsonSyntaxError, ReaderError, ReaderSettings, SyntaxErrorKind, ValueType,
};

use super::input::Defect;
use super::json_node::{Node, Value, max_bytes};
use super::json_shape::{Field, Member, Role, Shape};
use crate::config::Limits;
use crate::domain::RejectKind;

/// Brackets that may be open at a time. One costs a few bytes; what has more is no document of anybody's.
const MAX_OPEN_BRACKETS: u32 = 4_000_000;

/// What the walk came upon.
#[derive(Debug)]
pub(super) enum Step {
    /// A list of nodes begins within the innermost open node.
    List,
    /// A node is complete, and open no longer.
    Closed(Node),
    /// Something else stands where a node should; the line.
    Stray(u64),
    /// The end of the input.
    End,
    /// The end of what can be read; the line, and what is wrong.
    Failed(u64, Defect),
}

#[derive(Debug, Clone, Copy)]
enum Frame {
    Array(Member),
    Object { place: u32, is_node: bool },
}

/// Walks through documents that stand one after the other.
pub(super) struct Walk<R: Read> {
    reader: JsonStreamReader<Bounded<R>>,
    shape: Shape,
    limits: Limits,
    frames: Vec<Frame>,
    /// The open nodes, the outermost first.
    pub(super) nodes: Vec<Node>,
    /// A list of nodes whose beginning was told, and which is read next.
    announced: Option<Member>,
    began: bool,
    /// Nodes that have a number.
    numbered: u64,
    last_document_line: u64,
    /// Whether any object had a member.
    pub(super) has_members: bool,
    /// Whether a list of nodes was there, be it empty.
    pub(super) has_lists: bool,
}

impl<R: Read> Walk<R> {
    pub(super) fn new(reader: R, shape: Shape, limits: Limits) -> Self {
        let settings = ReaderSettings {
            allow_multiple_top_level: true,
            track_path: false,
            max_nesting_depth: Some(MAX_OPEN_BRACKETS),
            restrict_number_values: false,
            ..ReaderSettings::default()
        };
        Self {
            reader: JsonStreamReader::new_custom(Bounded { inner: reader, left: None, failure: None }, settings),
            shape,
            limits,
            frames: Vec::new(),
            nodes: Vec::new(),
            announced: None,
            began: false,
            numbered: 0,
            last_document_line: 0,
            has_members: false,
            has_lists: false,
        }
    }

    /// Goes on to the next thing to tell. Nothing is read beyond it. Not to be called again after the end or a failure.
    pub(super) fn step(&mut self) -> Step {
        match self.advance() {
            Ok(step) => step,
            Err(error) => {
                let line = self.line();
                Step::Failed(line, self.defect(&error))
            }
        }
    }

    fn advance(&mut self) -> Result<Step, ReaderError> {
        loop {
            let step = if let Some(member) = self.announced.take() {
                self.value(member)?
            } else {
                match self.frames.last().copied() {
                    None => {
                        if !self.has_more()? {
                            return Ok(Step::End);
                        }
                        self.value(Member { nodes: Some(Role::Root), ..Member::default() })?
                    }
                    Some(Frame::Array(member)) => {
                        if self.reader.has_next()? {
                            self.value(member)?
                        } else {
                            self.reader.end_array()?;
                            self.frames.pop();
                            None
                        }
                    }
                    Some(Frame::Object { place, is_node }) => {
                        if self.reader.has_next()? {
                            self.member(place)?
                        } else {
                            self.reader.end_object()?;
                            self.frames.pop();
                            if is_node { self.nodes.pop().map(Step::Closed) } else { None }
                        }
                    }
                }
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Whether another document follows; an input of nothing but white space has none.
    fn has_more(&mut self) -> Result<bool, ReaderError> {
        if self.began {
            return self.reader.has_next();
        }
        match self.reader.peek() {
            Ok(_) => {
                self.began = true;
                Ok(true)
            }
            Err(ReaderError::SyntaxError(JsonSyntaxError { kind: SyntaxErrorKind::IncompleteDocument, .. })) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn member(&mut self, place: u32) -> Result<Option<Step>, ReaderError> {
        self.has_members = true;
        // A name is held as a whole.
        self.reader.reader_mut().left = Some(self.limits.max_line_bytes);
        let member = self.shape.member(place, self.reader.next_name()?);
        self.reader.reader_mut().left = None;
        let Some(member) = member else {
            self.reader.skip_value()?;
            return Ok(None);
        };
        if member.nodes.is_some() && matches!(self.reader.peek()?, ValueType::Array | ValueType::Object) {
            self.has_lists = true;
            let node = self.nodes.last_mut();
            if node.is_some_and(|node| !std::mem::replace(&mut node.has_list, true)) {
                self.announced = Some(member);
                return Ok(Some(Step::List));
            }
        }
        self.value(member)
    }

    fn value(&mut self, member: Member) -> Result<Option<Step>, ReaderError> {
        let kind = self.reader.peek()?;
        match kind {
            ValueType::Object => {
                if let Some(role) = member.nodes {
                    let line = self.line();
                    let node = Node::new(role, line, self.next_number(line));
                    self.reader.begin_object()?;
                    self.frames.push(Frame::Object { place: self.shape.place_of(role), is_node: true });
                    self.nodes.push(node);
                } else if let Some(place) = member.below {
                    self.reader.begin_object()?;
                    self.frames.push(Frame::Object { place, is_node: false });
                } else {
                    self.take_other(member, "an object")?;
                }
            }
            ValueType::Array => {
                if member.nodes.is_some() || member.below.is_some() {
                    self.reader.begin_array()?;
                    self.frames.push(Frame::Array(member));
                } else {
                    self.take_other(member, "an array")?;
                }
            }
            _ => {
                let is_element = !matches!(self.frames.last(), Some(Frame::Object { .. }));
                if let Some(field) = member.field {
                    let value = self.scalar(kind, field)?;
                    if let Some(node) = self.nodes.last_mut() {
                        node.set(field, value);
                    }
                } else {
                    let line = self.line();
                    self.reader.skip_value()?;
                    return Ok((is_element && member.nodes.is_some()).then_some(Step::Stray(line)));
                }
            }
        }
        Ok(None)
    }

    fn next_number(&mut self, line: u64) -> u64 {
        if self.frames.is_empty() && std::mem::replace(&mut self.last_document_line, line) != line {
            return 0;
        }
        self.numbered += 1;
        self.numbered
    }

    fn take_other(&mut self, member: Member, what: &'static str) -> Result<(), ReaderError> {
        self.reader.skip_value()?;
        if let (Some(field), Some(node)) = (member.field, self.nodes.last_mut()) {
            node.set(field, Value::Other(what));
        }
        Ok(())
    }

    fn scalar(&mut self, kind: ValueType, field: Field) -> Result<Value, ReaderError> {
        match kind {
            ValueType::String => self.string(max_bytes(field, &self.limits)),
            ValueType::Number => {
                self.reader.reader_mut().left = Some(super::json_node::MAX_SHORT_BYTES);
                let number = self.reader.next_number_as_str()?.into();
                self.reader.reader_mut().left = None;
                Ok(Value::Number(number))
            }
            ValueType::Boolean => Ok(Value::Truth(self.reader.next_bool()?)),
            _ => {
                self.reader.next_null()?;
                Ok(Value::Null)
            }
        }
    }

    /// A string of at most `max_bytes`; of a longer one no more than the length.
    fn string(&mut self, max_bytes: usize) -> Result<Value, ReaderError> {
        let mut text = Vec::new();
        let read = {
            let mut string = self.reader.next_string_reader()?;
            let read = (&mut string).take(max_bytes as u64 + 1).read_to_end(&mut text);
            if text.len() > max_bytes {
                read.and_then(|_| io::copy(&mut string, &mut io::sink()))
            } else {
                read.map(|_| 0)
            }
        };
        let more = match read {
            Ok(more) => more,
            Err(error) => {
                let location = self.reader.current_position(false);
                // The reader hides its own errors in those of reading.
                return Err(match error.get_ref().and_then(|inner| inner.downcast_ref::<JsonSyntaxError>()) {
                    Some(syntax) => ReaderError::SyntaxError(syntax.clone()),
                    None => ReaderError::IoError { error, location },
                });
            }
        };
        if text.len() > max_bytes {
            return Ok(Value::TooLong(text.len() as u64 + more));
        }
        // It is UTF-8: the reader checks that.
        Ok(Value::Text(String::from_utf8(text).unwrap_or_default().into_boxed_str()))
    }

    /// The line on which the walk stands, counted from 1.
    fn line(&self) -> u64 {
        self.reader.current_position(false).line_pos.map_or(0, |position| position.line) + 1
    }

    fn defect(&mut self, error: &ReaderError) -> Defect {
        let position = self.reader.current_position(false).line_pos;
        let column = position.map_or(0, |position| position.column) + 1;
        if let Some(failure) = self.reader.reader_mut().failure.take() {
            return Defect::new(
                RejectKind::Unreadable,
                format!("the input broke off: {failure}; all that came before it was read"),
            );
        }
        match error {
            ReaderError::SyntaxError(JsonSyntaxError { kind: SyntaxErrorKind::IncompleteDocument, .. }) => Defect::new(
                RejectKind::Unreadable,
                format!(
                    "the JSON breaks off at column {column}; what was complete was read: fetch the rest of the file"
                ),
            ),
            ReaderError::SyntaxError(JsonSyntaxError { kind, .. }) => Defect::new(
                RejectKind::InvalidJson,
                format!(
                    "not JSON at column {column}: {}; what came before was read, and nothing behind it",
                    in_words(&kind.to_string())
                ),
            ),
            ReaderError::MaxNestingDepthExceeded { .. } => Defect::new(
                RejectKind::NestedTooDeep,
                format!("more than {MAX_OPEN_BRACKETS} brackets are open at column {column}; nothing behind is read"),
            ),
            _ => Defect::new(RejectKind::Unreadable, format!("the JSON cannot be read beyond column {column}")),
        }
    }
}

/// `MissingComma` as `missing comma`.
fn in_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 8);
    for character in name.chars() {
        if character.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(character.to_ascii_lowercase());
    }
    words
}

/// A reader that keeps what went wrong below it, and serves no more of a name or number than may be held.
struct Bounded<R> {
    inner: R,
    left: Option<usize>,
    failure: Option<String>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == Some(0) {
            self.failure = Some("a name or number is longer than a line may be (limits.max_line_bytes)".to_owned());
            return Err(io::Error::other("a name or number is too long"));
        }
        let count = match self.inner.read(buffer) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.failure = Some(error.to_string());
                return Err(error);
            }
            read => read?,
        };
        self.left = self.left.map(|left| left.saturating_sub(count));
        Ok(count)
    }
}
