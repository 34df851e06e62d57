//! Any other JSON: with the names of our own lines, with names that `--map` gives, or what Facebook hands out.
//!
//! An array of comments or threads, one of them over several lines, or any number of them one after the other. The names of
//! fields, and what they mean, are those of JSON lines: see docs/input.md and `wire/input.rs`. `--map field=path` says where
//! else a field stands: names apart by points, arrays walked through; `comments=` names the list, and a path that begins with
//! `$.` starts at the document, whatever stands around a comment. Without a list each object of the document is a comment.
//!
//! A person's own comments as Facebook exports them, `comments_v2[].data[].comment.{comment,timestamp,author}`: text, time and author;
//! they name neither what they answer nor where. Its text is UTF-8 that was escaped as Latin-1, and mended. No documentation
//! of that export was found: the names are from programs that read it.

use super::Input;
use super::field_map::{FieldMap, MappedField};
use super::input::Defect;
use super::json_found::{Draft, Found, Headed, Header, Parent, ReadNode, Thread, words};
use super::json_node::{Node, Value};
use super::json_shape::{Field, Role, Shape, Target};
use super::words::Markup;
use crate::domain::{LanguageCode, ModeratorDecision, RejectKind};
use crate::text::mojibake::mended;

/// Reads comments and threads.
pub(super) struct AnyJson {
    map: FieldMap,
    headed: Headed,
}

/// The names of JSON lines.
const OWN: [(&str, Target); 23] = [
    ("type", Target::Take(Field::Kind)),
    ("thread_id", Target::Take(Field::ThreadId)),
    ("title", Target::Take(Field::Title)),
    ("article", Target::Take(Field::Article)),
    ("url", Target::Take(Field::Url)),
    ("language", Target::Take(Field::Language)),
    ("comments", Target::Nodes(Role::Comment)),
    ("id", Target::Take(Field::Id)),
    ("comment_id", Target::Take(Field::SecondId)),
    ("parent_id", Target::Take(Field::ParentId)),
    ("author", Target::Take(Field::Author)),
    ("created_at", Target::Take(Field::CreatedAt)),
    ("text", Target::Take(Field::Text)),
    ("comment_text", Target::Take(Field::SecondText)),
    ("body", Target::Take(Field::ThirdText)),
    ("comment", Target::Take(Field::FourthText)),
    ("replies", Target::Nodes(Role::Reply)),
    ("decision", Target::Take(Field::Decision)),
    ("status", Target::Take(Field::Status)),
    ("removal", Target::Take(Field::Removal)),
    ("comments_v2", Target::Nodes(Role::Entry)),
    ("data.comment", Target::Nodes(Role::Entry)),
    ("timestamp", Target::Take(Field::Seconds)),
];
const TEXTS: [Field; 4] = [Field::Text, Field::SecondText, Field::ThirdText, Field::FourthText];

impl AnyJson {
    pub(super) fn new(map: &FieldMap) -> Self {
        Self { map: map.clone(), headed: Headed::default() }
    }

    fn mapped_shape(&self) -> Shape {
        let (mut root, mut node) = (Vec::<(&str, Target)>::new(), Vec::new());
        let list = self.map.path(MappedField::Comments);
        let fields = [
            (MappedField::Text, Field::Text),
            (MappedField::Html, Field::Html),
            (MappedField::Id, Field::Id),
            (MappedField::ParentId, Field::ParentId),
            (MappedField::ThreadId, Field::ThreadId),
            (MappedField::Author, Field::Author),
            (MappedField::CreatedAt, Field::CreatedAt),
            (MappedField::Decision, Field::Decision),
            (MappedField::Title, Field::Title),
            (MappedField::Article, Field::Article),
            (MappedField::Url, Field::Url),
        ];
        for (mapped, field) in fields {
            let Some(path) = self.map.path(mapped) else { continue };
            match path.strip_prefix("$.") {
                Some(path) => root.push((path, Target::Take(field))),
                None => node.push((path, Target::Take(field))),
            }
        }
        node.push(("replies", Target::Nodes(Role::Reply)));
        match list
            .map(|path| path.strip_prefix("$.").unwrap_or(path))
            .filter(|path| !matches!(*path, "$" | "[]" | "$[]"))
        {
            Some(list) => root.push((list, Target::Nodes(Role::Comment))),
            None => root.extend(&node),
        }
        Shape::new(&root, &node)
    }
}

impl ReadNode for AnyJson {
    fn shape(&self) -> Shape {
        if self.map.is_empty() { Shape::alike(&OWN) } else { self.mapped_shape() }
    }

    fn read(&mut self, node: &Node, above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
        if node.role == Role::Entry {
            return entry(node, above, input, found);
        }
        let limits = &input.limits;
        let text = text_of(node, input)?;
        let is_list = node.has_list && text.is_none() && node.id(Field::ParentId, limits)?.is_none();
        let is_thread = above.is_empty() && (node.written(Field::Kind) == Some("thread") || is_list);
        if is_thread {
            let header = header(node, Thread::Root, input, found)?;
            if is_worth_telling(&header) {
                found.push(Found::Thread(header));
            }
            return Ok(());
        }
        let Some((text, markup)) = text else {
            let detail = if self.map.is_empty() {
                "no `text`, nor `comment_text`, `body` or `comment`; `--map text=…` names another field"
            } else {
                "no text at the path of `--map text=…` or `html=…`"
            };
            return Err(Defect::new(RejectKind::MissingText, detail));
        };
        let own_thread = node.id(Field::ThreadId, limits)?.map(str::to_owned);
        // As in JSON lines all comments of a thread are its own, whatever they say; a mapped field is meant.
        let thread = match own_thread {
            Some(thread) if above.is_empty() || !self.map.is_empty() => Thread::Id(thread),
            _ if above.is_empty() => Thread::Input,
            _ => Thread::Root,
        };
        if !self.map.is_empty()
            && let Thread::Id(id) = &thread
            && !above.is_empty() | node.is_set(Field::Title) | node.is_set(Field::Article) | node.is_set(Field::Url)
        {
            let header = header(node, Thread::Id(id.clone()), input, found)?;
            if is_worth_telling(&header) && self.headed.is_new(id, limits.max_threads) {
                found.push(Found::Thread(header));
            }
        }
        let id = match node.id(Field::Id, limits)? {
            Some(id) => Some(id),
            None => node.id(Field::SecondId, limits)?,
        };
        found.push(Found::Comment(Draft {
            id: id.map(str::to_owned),
            parent: match (node.id(Field::ParentId, limits)?, node.role) {
                (Some(parent), _) => Parent::Id(parent.to_owned()),
                (None, Role::Reply) => Parent::Above,
                (None, _) => Parent::None,
            },
            author: node.id(Field::Author, limits)?.map(str::to_owned),
            created_at: node.written(Field::CreatedAt).map(str::to_owned),
            moderation: moderation(node),
            ..Draft::new(thread, text, markup)
        }));
        Ok(())
    }

    fn id_of<'n>(&self, node: &'n Node, input: &Input) -> Option<&'n str> {
        let id = |field: Field| node.id(field, &input.limits).ok().flatten();
        id(Field::Id).or_else(|| id(Field::SecondId))
    }

    fn expected(&self) -> &'static str {
        "neither comments nor a thread; `--map` names the fields of other JSON"
    }

    fn tells_strays(&self) -> bool {
        true
    }
}

fn text_of<'n>(node: &'n Node, input: &Input) -> Result<Option<(&'n str, Markup)>, Defect> {
    if let Some(html) = node.text(Field::Html, &input.limits)? {
        return Ok(Some((html, Markup::Html)));
    }
    for field in TEXTS {
        if let Some(text) = node.text(field, &input.limits)? {
            return Ok(Some((text, Markup::Plain)));
        }
    }
    Ok(None)
}

/// What a node says of its thread. A language that is none is told and left out.
fn header(node: &Node, thread: Thread, input: &Input, found: &mut Vec<Found>) -> Result<Header, Defect> {
    let limits = &input.limits;
    let language = match node.text(Field::Language, limits)?.map(str::parse::<LanguageCode>) {
        Some(Ok(code)) => Some(code),
        Some(Err(error)) => {
            let detail = format!("`language` is left out: {error}");
            found.push(Found::Defect(Defect::new(RejectKind::InvalidField, detail)));
            None
        }
        None => None,
    };
    Ok(Header {
        title: words(node.text(Field::Title, limits)?),
        article: words(node.text(Field::Article, limits)?),
        url: node.written(Field::Url).map(Into::into),
        language,
        ..Header::new(thread)
    })
}

fn is_worth_telling(header: &Header) -> bool {
    header.title.is_some() || header.article.is_some() || header.url.is_some() || header.language.is_some()
}

/// What a moderator did: the first of three fields that says so.
fn moderation(node: &Node) -> Option<ModeratorDecision> {
    let mut unclear = None;
    for field in [Field::Decision, Field::Status, Field::Removal] {
        let said = match node.get(field) {
            Some(Value::Text(word)) => ModeratorDecision::from_word(word),
            Some(Value::Truth(true)) if field == Field::Removal => Some(ModeratorDecision::Rejected),
            Some(Value::Truth(false)) if field == Field::Removal => Some(ModeratorDecision::Approved),
            // An object is the decision of a program, as in our own records.
            None | Some(Value::Null | Value::Other("an object")) => None,
            Some(_) => Some(ModeratorDecision::Unclear),
        };
        match said {
            Some(ModeratorDecision::Unclear) => unclear = said,
            Some(said) => return Some(said),
            None => {}
        }
    }
    unclear
}

/// A comment of Facebook's export; what stands around one has no text.
fn entry(node: &Node, above: &[Node], input: &Input, found: &mut Vec<Found>) -> Result<(), Defect> {
    let Some(around) = above.last().filter(|around| around.role == Role::Entry) else { return Ok(()) };
    let Some(text) = node.text(Field::FourthText, &input.limits)? else { return Ok(()) };
    found.push(Found::Comment(Draft {
        author: node.written(Field::Author).map(|author| mended(author).into_owned()),
        created_at: node.time(Field::Seconds).or_else(|| around.time(Field::Seconds)),
        ..Draft::new(Thread::Input, text, Markup::Plain)
    }));
    Ok(())
}
