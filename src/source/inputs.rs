//! All inputs of a run as one stream of items.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::archive::{self, Entry};
use super::arrange::Arranger;
use super::field_map::FieldMap;
use super::format::Order;
use super::input::Defect;
use super::open::{Opened, open, open_parquet};
use super::peek::Peek;
use super::raw::{Container, RawInput, container_of, spooled};
use super::side_file::is_side_file;
use super::{Format, Input, RequestedFormat};
use crate::config::Limits;
use crate::domain::{Aside, Body, Item, RejectKind};
use crate::wire::summary::InputSummary;

/// Opens an input; may be called more than once where the input can be read more than once.
type Opener = Box<dyn Fn() -> io::Result<RawInput> + Send>;

/// An input, not yet opened.
pub struct InputSpec {
    /// The file as the user named it, or `stdin`.
    pub name: String,
    /// Opens it; called when its turn comes.
    pub open: Opener,
    /// Whether it may be opened more than once.
    pub can_reopen: bool,
}

impl std::fmt::Debug for InputSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InputSpec({})", self.name)
    }
}

/// What all inputs of a run have in common.
#[derive(Debug, Clone)]
pub struct ReadSettings {
    /// The format that the user asked for.
    pub format: RequestedFormat,
    /// Which field is what, where the user says so.
    pub map: FieldMap,
    /// The text of the article that the comments belong to.
    pub article: Option<Body>,
    /// Bounds on what is read and held.
    pub limits: Limits,
    /// Whether rejects carry the raw line.
    pub keep_raw: bool,
}

/// Put around the raw bytes of each input, below all buffers.
pub type Wrap = Box<dyn FnMut(Box<dyn Read + Send>) -> Box<dyn Read + Send> + Send>;

/// All inputs of a run, one after the other: archives unpacked, files of stories and submissions first, and exports put in
/// order ([`Order`]).
pub struct Inputs {
    waiting: VecDeque<Waiting>,
    settings: ReadSettings,
    wrap: Wrap,
    current: Option<(Opened<'static>, Order)>,
    arranger: Arranger,
    summaries: Vec<(Place, InputSummary)>,
    formats: FxHashMap<String, Format>,
    ended: bool,
}

/// Number of the input, and of the file in its archive.
type Place = (usize, usize);

struct Waiting {
    name: Arc<str>,
    place: Place,
    bytes: Bytes,
}

enum Bytes {
    Spec(Opener),
    Entry(Arc<File>, Entry),
}

impl std::fmt::Debug for Inputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Inputs({} waiting)", self.waiting.len())
    }
}

impl Inputs {
    /// Inputs that are read as they are.
    #[must_use]
    pub fn new(specs: Vec<InputSpec>, settings: ReadSettings) -> Self {
        Self::wrapped(specs, settings, Box::new(|raw| raw))
    }

    /// Inputs with something around their raw bytes.
    #[must_use]
    pub fn wrapped(specs: Vec<InputSpec>, settings: ReadSettings, wrap: Wrap) -> Self {
        let arranger = Arranger::new(&settings.limits);
        // What comments are joined with is read before them. The sort is stable, and a pipe is not looked into.
        let looks = specs.len() > 1 && settings.format != RequestedFormat::Fixed(Format::Page);
        let is_side = |spec: &InputSpec| looks && spec.can_reopen && (spec.open)().is_ok_and(is_side_file);
        let mut sorted: Vec<(bool, Waiting)> = Vec::with_capacity(specs.len());
        for (at, spec) in specs.into_iter().enumerate() {
            let is_side = is_side(&spec);
            sorted
                .push((is_side, Waiting { name: spec.name.into(), place: (at + 1, 0), bytes: Bytes::Spec(spec.open) }));
        }
        let waiting = side_files_first(sorted).collect();
        Self {
            waiting,
            settings,
            wrap,
            current: None,
            arranger,
            summaries: Vec::new(),
            formats: FxHashMap::default(),
            ended: false,
        }
    }

    /// The next item; `None` at the end of the last input. Blocks where an input does.
    pub fn next_item(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.arranger.pop() {
                return Some(item);
            }
            if let Some((opened, order)) = &mut self.current {
                match opened.source.next_item() {
                    Some(item) => self.arranger.push(item, *order),
                    None => self.current = None,
                }
            } else if let Some(next) = self.waiting.pop_front() {
                self.begin(next);
            } else if self.ended {
                return None;
            } else {
                self.ended = true;
                self.arranger.finish();
                if self.arranger.released_early() > 0 {
                    let comments = self.arranger.released_early();
                    tracing::warn!(
                        comments,
                        "were let go before what they answer or belong to (limits.max_held_comments)"
                    );
                }
            }
        }
    }

    /// What was read so far, in the order in which it was named.
    #[must_use]
    pub fn summaries(&self) -> Vec<InputSummary> {
        let mut sorted: Vec<&(Place, InputSummary)> = self.summaries.iter().collect();
        sorted.sort_by_key(|(place, _)| *place);
        sorted.into_iter().map(|(_, summary)| summary.clone()).collect()
    }

    /// The format of the input of a name, once it was begun.
    #[must_use]
    pub fn format_of(&self, name: &str) -> Option<Format> {
        self.formats.get(name).copied()
    }

    fn begin(&mut self, next: Waiting) {
        let (name, place) = (next.name, next.place);
        let number = if place.1 == 0 { place.0.to_string() } else { format!("{}.{}", place.0, place.1) };
        let input = Input {
            name: Arc::clone(&name),
            number: number.into(),
            article: self.settings.article.clone(),
            format: self.settings.format,
            map: self.settings.map.clone(),
            limits: self.settings.limits.clone(),
            keep_raw: self.settings.keep_raw,
        };
        let opened = match next.bytes {
            Bytes::Entry(archive, entry) => match archive::open(&archive, &entry) {
                Ok(plain) => Ok(open((self.wrap)(plain), input)),
                Err(error) => Err(Defect::unreadable(&error)),
            },
            Bytes::Spec(open_raw) => match open_raw() {
                Ok(raw) => match self.open_raw(raw, input, place) {
                    Ok(Some(opened)) => Ok(opened),
                    // An archive: its files wait now.
                    Ok(None) => return,
                    Err(error) => Err(Defect::unreadable(&error)),
                },
                Err(error) => Err(Defect::new(RejectKind::Unreadable, format!("cannot open the file: {error}"))),
            },
        };
        match opened {
            Ok(opened) => self.take(&name, place, opened),
            Err(defect) => {
                self.summarise(&name, place, "unreadable");
                let input = Input::named(name, &self.settings);
                self.arranger.push(input.reject(1, defect, None), Order::AsItComes);
            }
        }
    }

    /// Opens an input of any kind; `None` where it is an archive, whose files are to be read next.
    fn open_raw(&mut self, raw: RawInput, input: Input, place: Place) -> io::Result<Option<Opened<'static>>> {
        let (file, container) = match raw {
            RawInput::File(mut file) => match container_of(&mut file)? {
                Some(container) => (file, container),
                None => return Ok(Some(open((self.wrap)(Box::new(file)), input))),
            },
            RawInput::Stream(stream) => {
                let mut stream = Peek::new((self.wrap)(stream));
                let start = stream.look(4, |seen| !Container::may_be(seen));
                match Container::of(start) {
                    Some(container) => (spooled(stream)?, container),
                    None => return Ok(Some(open(stream, input))),
                }
            }
        };
        match container {
            Container::Parquet => Ok(Some(open_parquet(file, &input))),
            Container::Zip => {
                self.unpack(file, &input.name, place)?;
                Ok(None)
            }
        }
    }

    /// Has the files of an archive read next; those that comments are joined with go first.
    fn unpack(&mut self, archive: File, name: &str, place: Place) -> io::Result<()> {
        let (others, entries): (Vec<Entry>, Vec<Entry>) =
            archive::entries(&archive)?.into_iter().partition(Entry::is_other);
        let archive = Arc::new(archive);
        if entries.is_empty() {
            self.summarise(name, place, "archive without comments");
        }
        if !others.is_empty() {
            let skipped = Aside::Skipped { what: "other file of an archive", count: others.len() as u64 };
            self.arranger.push(Item::Aside(skipped), Order::AsItComes);
        }
        let mut sorted: Vec<(bool, Waiting)> = Vec::with_capacity(entries.len());
        for (at, entry) in entries.into_iter().enumerate() {
            let is_side = archive::open(&archive, &entry).is_ok_and(|plain| is_side_file(RawInput::Stream(plain)));
            let name: Arc<str> = format!("{name}/{}", entry.name).into();
            let place = (place.0, at + 1);
            sorted.push((is_side, Waiting { name, place, bytes: Bytes::Entry(Arc::clone(&archive), entry) }));
        }
        for waiting in side_files_first(sorted).rev() {
            self.waiting.push_front(waiting);
        }
        Ok(())
    }

    fn take(&mut self, name: &str, place: Place, opened: Opened<'static>) {
        let format = opened.format.map_or("unreadable", Format::name);
        tracing::info!(source = name, format, "reading");
        if self.settings.article.is_some() && opened.format != Some(Format::Page) {
            tracing::warn!(source = name, format, "the article is that of comments which name no thread");
        }
        self.summarise(name, place, format);
        self.formats.extend(opened.format.map(|format| (name.to_owned(), format)));
        let order = opened.format.map_or(Order::AsItComes, Format::order);
        self.current = Some((opened, order));
    }

    fn summarise(&mut self, name: &str, place: Place, format: &str) {
        let summary = InputSummary { source: name.to_owned(), format: format.to_owned() };
        self.summaries.push((place, summary));
    }
}

/// Inputs with whether comments are joined with them: those first, and otherwise in their order.
fn side_files_first(mut inputs: Vec<(bool, Waiting)>) -> impl DoubleEndedIterator<Item = Waiting> {
    inputs.sort_by_key(|(is_side, _)| !is_side);
    inputs.into_iter().map(|(_, waiting)| waiting)
}
