//! XML element by element: in bounded memory, without a stack of calls, with no entities but the five of XML itself.

use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{NamespaceResolver, ResolveResult};
use quick_xml::reader::Reader;
use quick_xml::{Error, XmlVersion};

use super::input::Defect;
use super::lossy_utf8::LossyUtf8;
use super::xml_pieces::{Pieces, document_type_refused};
use crate::config::Limits;
use crate::domain::RejectKind;

/// Elements further down have no namespace here: all that is read of an export stands above.
const MAX_NAMED_DEPTH: usize = 16;
const HINT: &str =
    "all that came before it was read; export the file again, or see the place with: xmllint --noout FILE";

/// What was come upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// An element began; see [`Xml::name`]. One that is empty ends next.
    Open,
    /// An element ended.
    Close,
    /// The document ended, and all its elements did.
    End,
}

/// A text, perhaps cut.
#[derive(Debug)]
pub(super) struct Text {
    /// Its beginning, no longer than it was allowed to be.
    pub(super) beginning: String,
    /// The length of the whole, in bytes.
    pub(super) bytes: usize,
    /// Whether more of it was there.
    pub(super) is_cut: bool,
    /// Whether bytes of it were not UTF-8.
    pub(super) is_broken: bool,
}

/// A document that is read from its beginning. Memory does not grow with it, but for the names of the elements that are
/// open, which may take `limits.max_line_bytes` together.
pub(super) struct Xml<'r> {
    reader: Reader<Pieces<LossyUtf8<Box<dyn BufRead + Send + 'r>>>>,
    had_bad_bytes: Arc<AtomicBool>,
    buffer: Vec<u8>,
    namespaces: NamespaceResolver,
    namespace: String,
    name: String,
    id: Option<String>,
    depth: usize,
    open_bytes: usize,
    max_open_bytes: usize,
    event_line: u64,
}

impl<'r> Xml<'r> {
    pub(super) fn new(reader: Box<dyn BufRead + Send + 'r>, limits: &Limits) -> Self {
        let (lossy, had_bad_bytes) = LossyUtf8::new(reader);
        let mut reader = Reader::from_reader(Pieces::new(lossy));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self {
            reader,
            had_bad_bytes,
            buffer: Vec::new(),
            namespaces: NamespaceResolver::default(),
            namespace: String::new(),
            name: String::new(),
            id: None,
            depth: 0,
            open_bytes: 0,
            max_open_bytes: limits.max_line_bytes,
            event_line: 1,
        }
    }

    /// Goes to the next beginning or end of an element, or to the end of the document. Text is passed over.
    ///
    /// # Errors
    /// Where the document breaks off or is refused: nothing can be read behind that.
    pub(super) fn advance(&mut self) -> Result<Step, Defect> {
        loop {
            if let Some(step) = self.event(None)? {
                return Ok(step);
            }
        }
    }

    /// Passes over what is left of the element that began last.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub(super) fn skip(&mut self) -> Result<(), Defect> {
        self.read_to_end(None)
    }

    /// The text of the element that began last, and goes behind its end. Of a text over `max_bytes` only the beginning is
    /// kept. Elements inside of it are passed over, but not their text.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub(super) fn text(&mut self, max_bytes: usize) -> Result<Text, Defect> {
        let mut kept = Kept { text: String::new(), bytes: 0, max_bytes };
        self.read_to_end(Some(&mut kept))?;
        let is_cut = kept.bytes > kept.text.len();
        let mut text = kept.text;
        if text.contains('\r') {
            text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        let is_broken = text.contains('\u{fffd}') && self.had_bad_bytes.load(Ordering::Relaxed);
        Ok(Text { beginning: text, bytes: kept.bytes, is_cut, is_broken })
    }

    /// The name of the element that began last, without its prefix.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The namespace of the element that began last; the prefix itself where it was never declared, and nothing where the
    /// element has neither.
    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The attribute `id` in a namespace that the element which began last has.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The line on which what was read last begins, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.event_line
    }

    fn read_to_end(&mut self, mut kept: Option<&mut Kept>) -> Result<(), Defect> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.event(kept.as_deref_mut())?;
        }
        Ok(())
    }

    /// Reads on by one event; `None` where it is neither a beginning nor an end.
    fn event(&mut self, kept: Option<&mut Kept>) -> Result<Option<Step>, Defect> {
        self.buffer.clear();
        self.event_line = self.reader.get_ref().line();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error @ Error::Io(_)) => {
                return Err(self.reader.get_mut().take_problem().unwrap_or_else(|| defect_of(&error)));
            }
            // The pieces may be ahead, and have found something worse.
            Err(error) => return Err(defect_of(&error)),
        };
        match event {
            Event::Start(start) => {
                self.open_bytes += start.name().as_ref().len() + size_of::<usize>();
                if self.open_bytes > self.max_open_bytes {
                    let most = self.max_open_bytes;
                    let detail = format!(
                        "elements nested so deep that their names take more than {most} bytes (limits.max_line_bytes); \
                         all that came before it was read"
                    );
                    return Err(Defect::new(RejectKind::NestedTooDeep, detail));
                }
                self.depth += 1;
                self.name.clear();
                self.namespace.clear();
                self.id = None;
                if self.depth <= MAX_NAMED_DEPTH {
                    self.namespaces.push(&start).map_err(|_| {
                        Defect::new(RejectKind::Unreadable, format!("namespaces that cannot be read; {HINT}"))
                    })?;
                    let (namespace, name) = self.namespaces.resolve_element(start.name());
                    self.name.push_str(name.into_inner());
                    match namespace {
                        ResolveResult::Bound(namespace) => self.namespace.push_str(namespace.into_inner()),
                        ResolveResult::Unknown(prefix) => self.namespace.push_str(&prefix),
                        ResolveResult::Unbound => {}
                    }
                    self.id = id_of(&start);
                }
                Ok(Some(Step::Open))
            }
            Event::End(end) => {
                self.open_bytes = self.open_bytes.saturating_sub(end.name().as_ref().len() + size_of::<usize>());
                if self.depth <= MAX_NAMED_DEPTH {
                    self.namespaces.pop();
                }
                self.depth = self.depth.saturating_sub(1);
                Ok(Some(Step::Close))
            }
            Event::Eof if self.depth == 0 => Ok(Some(Step::End)),
            Event::Eof => {
                let detail = format!("the file ends in the middle of an element, so it is not complete; {HINT}");
                Err(Defect::new(RejectKind::Unreadable, detail))
            }
            Event::Text(text) => {
                if let Some(kept) = kept {
                    kept.push(&text);
                }
                Ok(None)
            }
            Event::CData(text) => {
                if let Some(kept) = kept {
                    kept.push(&text);
                }
                Ok(None)
            }
            Event::GeneralRef(reference) => {
                if let Some(kept) = kept {
                    kept.push_reference(&reference);
                }
                Ok(None)
            }
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(encoding)) if !is_utf8(&encoding) => Err(encoding_refused(&encoding)),
                _ => Ok(None),
            },
            Event::DocType(declared) if declared.contains('[') => Err(document_type_refused()),
            Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Empty(_) => Ok(None),
        }
    }
}

/// A text as it grows.
struct Kept {
    text: String,
    bytes: usize,
    max_bytes: usize,
}

impl Kept {
    fn push(&mut self, piece: &str) {
        // Once something was left out, nothing is put behind it.
        let is_whole = self.bytes == self.text.len();
        self.bytes += piece.len();
        if is_whole {
            self.text.push_str(beginning(piece, self.max_bytes - self.text.len()));
        }
    }

    fn push_reference(&mut self, reference: &BytesRef<'_>) {
        let name: &str = reference;
        match name {
            "amp" => self.push("&"),
            "lt" => self.push("<"),
            "gt" => self.push(">"),
            "quot" => self.push("\""),
            "apos" => self.push("'"),
            _ => {
                if let Ok(Some(character)) = reference.resolve_char_ref() {
                    self.push(character.encode_utf8(&mut [0; 4]));
                } else {
                    // Not declared: it stays as it is, and HTML knows what it means.
                    self.push("&");
                    self.push(name);
                    self.push(";");
                }
            }
        }
    }
}

/// The beginning of a text, of whole characters and at most so many bytes.
pub(super) fn beginning(text: &str, max_bytes: usize) -> &str {
    let mut end = max_bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The attribute `id` with a prefix, whatever that is called.
fn id_of(start: &BytesStart<'_>) -> Option<String> {
    for attribute in start.attributes().with_checks(false).flatten() {
        if attribute.key.local_name().into_inner() == "id" && attribute.key.prefix().is_some() {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.unwrap_or_else(|_| attribute.value.clone());
            return Some(value.trim().to_owned()).filter(|id| !id.is_empty());
        }
    }
    None
}

fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|known| known.eq_ignore_ascii_case(encoding.trim()))
}

fn encoding_refused(encoding: &str) -> Defect {
    // It is shown and meant to be typed: nothing but what names of encodings are made of.
    let name: String =
        encoding.chars().filter(|known| known.is_ascii_alphanumeric() || "-_.:".contains(*known)).take(40).collect();
    Defect::new(
        RejectKind::Unreadable,
        format!(
            "the file says that it is in the encoding {name}, and only UTF-8 is read; convert it, and change the name in \
             its first line: iconv -f {name} -t UTF-8 FILE | sed '1s/{name}/UTF-8/' | threadsieve run -"
        ),
    )
}

/// What is wrong, without the words that stand there.
fn defect_of(error: &Error) -> Defect {
    let what = match error {
        Error::Io(error) => return Defect::unreadable(error),
        Error::Syntax(error) => error.to_string(),
        Error::IllFormed(_) => "a closing tag does not fit the element that is open, or a tag has no name".to_owned(),
        _ => "this is not well-formed XML".to_owned(),
    };
    Defect::new(RejectKind::Unreadable, format!("{what}; {HINT}"))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The document as `<name text>` for elements whose names begin with `t`, and `name>` and `<` for others.
    fn read(bytes: &[u8], max_bytes: usize) -> (String, Option<String>) {
        let mut xml = Xml::new(Box::new(bytes), &Limits::default());
        let mut shown = String::new();
        loop {
            let step = xml.advance().and_then(|step| {
                if step == Step::Open && xml.name().starts_with('t') {
                    let name = xml.name().to_owned();
                    xml.text(max_bytes).map(|text| {
                        let _ = write!(shown, "<{name} {}", text.beginning);
                        shown.push_str(if text.is_cut { "…" } else { "" });
                        shown.push_str(if text.is_broken { "!>" } else { ">" });
                        None
                    })
                } else {
                    Ok(Some(step))
                }
            });
            match step {
                Ok(None) => {}
                Ok(Some(Step::Open)) => {
                    let _ = write!(shown, "{}>", xml.name());
                }
                Ok(Some(Step::Close)) => shown.push('<'),
                Ok(Some(Step::End)) => return (shown, None),
                Err(defect) => return (shown, Some(format!("{} {}", xml.line(), defect.detail))),
            }
        }
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(read(text.as_bytes(), 12), (expected.to_owned(), None), "{text}");
    }

    #[test]
    fn texts_are_read() {
        check("<a><t>x</t></a>", "a><t x><");
        check("<a><t/><t></t></a>", "a><t ><t ><");
        check("<t>a<![CDATA[<b>&amp;]]]]><![CDATA[>]]></t>", "<t a<b>&amp;]]>>");
        check("<t>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;</t>", "<t <>&\"'AB>");
        check("<t>&nbsp;&#0;</t>", "<t &nbsp;&#0;>");
        check("<t>a & b &c</t>", "<t a & b &c>");
        check("<t>a\r\nb\rc</t>", "<t a\nb\nc>");
        check("<t>a<b>b<c/></b><!-- c -->d</t>", "<t abd>");
        check("<t>0123456789ab</t><t>0123456789abc</t>", "<t 0123456789ab><t 0123456789ab…>");
        check("<t>0123456789aćde</t>", "<t 0123456789a…>");
        check("<t>\u{1}\u{b}x</t>", "<t \u{1}\u{b}x>");
        check("<?xml version='1.0' encoding='utf-8' ?>\n<!DOCTYPE a SYSTEM 'http://x.invalid/a'><a/>", "a><");
        let bad = read(b"<a><t>b\xff</t><t>c</t></a>", 12);
        assert_eq!(bad, ("a><t b\u{fffd}!><t c><".to_owned(), None));
        check("<t>\u{fffd}</t>", "<t \u{fffd}>");
    }

    fn check_stop(text: &str, before: &str, expected: &str) {
        let (shown, stopped) = read(text.as_bytes(), 12);
        assert_eq!(shown, before, "{text}");
        assert!(stopped.as_ref().is_some_and(|stopped| stopped.starts_with(expected)), "{text}: {stopped:?}");
    }

    #[test]
    fn what_cannot_be_read_stops_it() {
        check_stop("<a>\n<t>x</t>\n", "a><t x>", "3 the file ends in the middle");
        check_stop("<a>\n<t>x</t>\n</b>", "a><t x>", "3 a closing tag does not fit");
        check_stop("</b>", "", "1 a closing tag does not fit");
        check_stop("<a>\n<t><![CDATA[x", "a>", "2 CDATA not closed");
        check_stop("<a>\n<t><!-- x", "a>", "2 comment not closed");
        check_stop("<a><b ", "a>", "1 tag not closed");
        check_stop("<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;</a>", "", "1 a document type with declarations");
        check_stop(
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "",
            "1 the file says that it is in the encoding ISO-8",
        );
        check_stop("<a><!x></a>", "a>", "1 unknown or missed symbol");
    }

    #[test]
    fn depth_takes_no_stack_and_little_memory() {
        let deep = format!("<a><t>{}x{}</t><t>y</t></a>", "<b>".repeat(100_000), "</b>".repeat(100_000));
        check(&deep, "a><t x><t y><");
        let (_, stopped) = read("<a>".repeat(3_000_000).as_bytes(), 12);
        assert!(stopped.is_some_and(|stopped| stopped.starts_with("1 elements nested so deep")));
    }
}
