//! XML in pieces of bounded length, so that a parser which holds a piece as a whole holds no more than that.

use std::io::{self, BufRead, Read};

use super::input::Defect;
use crate::domain::RejectKind;

const CHUNK_BYTES: usize = 32 << 10;
/// A text is cut into pieces of about so many bytes.
const PIECE_BYTES: usize = 64 << 10;
/// No piece is longer than this, and neither is a tag.
const MAX_PIECE_BYTES: usize = 1 << 20;
/// So much of a processing instruction is passed on: the declaration of the encoding is one.
const MAX_INSTRUCTION_BYTES: usize = 1 << 10;
const CDATA: &[u8] = b"<![CDATA[";
const COMMENT: &[u8] = b"<!--";

/// Passes XML on with texts and sections of character data cut into pieces that say the same, and with comments emptied of
/// all but their line ends. A document type with declarations of its own is an error, and so is a tag of more than 1 MiB.
///
/// What comes in must be UTF-8.
pub(super) struct Pieces<R> {
    inner: R,
    chunk: Vec<u8>,
    out: Vec<u8>,
    served: usize,
    state: State,
    /// What came since a `<`, while it is open what it begins.
    opening: Vec<u8>,
    /// Bytes of the piece so far.
    piece_bytes: usize,
    line: u64,
    problem: Option<Defect>,
}

/// Where in the document the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// Behind a `<`.
    Opening,
    Tag {
        quote: Option<u8>,
    },
    /// `brackets` of them, two at most, stand before the next byte.
    CharacterData {
        brackets: u8,
    },
    Comment {
        dashes: u8,
    },
    Instruction {
        after_question_mark: bool,
    },
    DocumentType,
}

impl<R: Read> Pieces<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            chunk: vec![0; CHUNK_BYTES],
            out: Vec::new(),
            served: 0,
            state: State::Text,
            opening: Vec::new(),
            piece_bytes: 0,
            line: 1,
            problem: None,
        }
    }

    /// The line of the next byte that is read, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// What the reader failed at, where it was no failure of the input.
    pub(super) fn take_problem(&mut self) -> Option<Defect> {
        self.problem.take()
    }

    fn fill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.served = 0;
        while self.out.is_empty() && self.problem.is_none() {
            let count = self.inner.read(&mut self.chunk)?;
            if count == 0 {
                // What was begun is passed on, so that it is seen not to be whole.
                self.out.append(&mut self.opening);
                return Ok(());
            }
            for at in 0..count {
                let Some(&byte) = self.chunk.get(at) else { break };
                if let Err(defect) = self.take(byte) {
                    self.problem = Some(defect);
                    break;
                }
            }
        }
        // All that came before is passed on first.
        if self.out.is_empty() && self.problem.is_some() {
            return Err(io::Error::other("the XML is refused"));
        }
        Ok(())
    }

    fn take(&mut self, byte: u8) -> Result<(), Defect> {
        match self.state {
            State::Text if byte == b'<' => {
                self.opening.push(byte);
                self.state = State::Opening;
            }
            State::Text => {
                // A reference must stay whole; none is longer than the longest piece.
                let may_cut = byte.is_ascii_whitespace() || (self.piece_bytes >= MAX_PIECE_BYTES && is_begin(byte));
                self.push(byte, may_cut, b"<![CDATA[]]>");
            }
            State::Opening => {
                self.opening.push(byte);
                return self.tell();
            }
            State::Tag { quote } => {
                self.push(byte, false, b"");
                match (quote, byte) {
                    (None, b'>') => self.begin(State::Text),
                    (None, b'"' | b'\'') => self.state = State::Tag { quote: Some(byte) },
                    (Some(open), closing) if open == closing => self.state = State::Tag { quote: None },
                    _ => {}
                }
            }
            State::CharacterData { brackets } => {
                let is_end = byte == b'>' && brackets == 2;
                let may_cut = is_begin(byte) && !matches!(byte, b']' | b'>');
                self.push(byte, may_cut, b"]]><![CDATA[");
                match byte {
                    _ if is_end => self.begin(State::Text),
                    b']' => self.state = State::CharacterData { brackets: (brackets + 1).min(2) },
                    _ => self.state = State::CharacterData { brackets: 0 },
                }
            }
            State::Comment { dashes } => match byte {
                b'>' if dashes == 2 => {
                    self.out.extend_from_slice(b"-->");
                    self.begin(State::Text);
                }
                b'-' => self.state = State::Comment { dashes: (dashes + 1).min(2) },
                _ => {
                    if byte == b'\n' {
                        self.push(byte, true, b"--><!--");
                    }
                    self.state = State::Comment { dashes: 0 };
                }
            },
            State::Instruction { after_question_mark } => {
                if byte == b'>' && after_question_mark {
                    self.out.extend_from_slice(b"?>");
                    self.begin(State::Text);
                    return Ok(());
                }
                if after_question_mark {
                    self.push_instruction(b'?');
                }
                if byte != b'?' {
                    self.push_instruction(byte);
                }
                self.state = State::Instruction { after_question_mark: byte == b'?' };
            }
            State::DocumentType => return self.take_document_type(byte),
        }
        if self.piece_bytes > MAX_PIECE_BYTES + 3 {
            return Err(Defect::new(
                RejectKind::LineTooLong,
                format!(
                    "a tag, or a run of brackets, of more than {MAX_PIECE_BYTES} bytes; all that came before it was read"
                ),
            ));
        }
        Ok(())
    }

    /// Tells what a `<` begins.
    fn tell(&mut self) -> Result<(), Defect> {
        let last = self.opening.last().copied().unwrap_or_default();
        let next = match self.opening.as_slice() {
            COMMENT => State::Comment { dashes: 0 },
            CDATA => State::CharacterData { brackets: 0 },
            [_, b'?'] => State::Instruction { after_question_mark: false },
            [_, b'!', ..] if COMMENT.starts_with(&self.opening) || CDATA.starts_with(&self.opening) => return Ok(()),
            [_, b'!', ..] => State::DocumentType,
            _ => State::Tag { quote: None },
        };
        match next {
            State::DocumentType | State::Tag { .. } => {
                self.opening.pop();
                self.out.append(&mut self.opening);
                self.begin(next);
                self.take(last)
            }
            _ => {
                self.out.append(&mut self.opening);
                self.begin(next);
                Ok(())
            }
        }
    }

    fn take_document_type(&mut self, byte: u8) -> Result<(), Defect> {
        if byte == b'[' {
            return Err(document_type_refused());
        }
        self.push(byte, false, b"");
        if byte == b'>' {
            self.begin(State::Text);
        }
        if self.piece_bytes > PIECE_BYTES {
            return Err(document_type_refused());
        }
        Ok(())
    }

    fn push_instruction(&mut self, byte: u8) {
        if self.piece_bytes < MAX_INSTRUCTION_BYTES {
            self.push(byte, false, b"");
        } else if byte == b'\n' {
            self.push(byte, true, b"?><?x ");
        }
    }

    fn begin(&mut self, state: State) {
        self.state = state;
        self.piece_bytes = 0;
    }

    /// Passes a byte on; before it the piece is cut with `cut`, where it may be and is long enough.
    fn push(&mut self, byte: u8, may_cut: bool, cut: &[u8]) {
        if may_cut && self.piece_bytes >= PIECE_BYTES {
            self.out.extend_from_slice(cut);
            self.piece_bytes = 0;
        }
        self.out.push(byte);
        self.piece_bytes += 1;
    }
}

/// Whether a byte begins a character.
fn is_begin(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// A document type with declarations: entities may grow without bound, or name files and addresses.
pub(super) fn document_type_refused() -> Defect {
    Defect::new(
        RejectKind::Unreadable,
        "a document type with declarations of its own (<!DOCTYPE … [), which no export has: nothing of it is expanded or \
         fetched, and the rest is not read; take the declarations out",
    )
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Pieces<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.served >= self.out.len() {
            self.fill()?;
        }
        Ok(self.out.get(self.served..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        let end = (self.served + count).min(self.out.len());
        let taken = self.out.get(self.served..end).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', taken).count() as u64;
        self.served = end;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn passed(bytes: &[u8], max_bytes: usize) -> Result<String, String> {
        let mut pieces = Pieces::new(testing::Pieces { bytes, max_bytes });
        let mut out = String::new();
        match pieces.read_to_string(&mut out) {
            Ok(_) => Ok(out),
            Err(_) => Err(pieces.take_problem().expect("a problem").detail),
        }
    }

    fn check(text: &str, expected: &str) {
        for max_bytes in [1, 3, usize::MAX] {
            assert_eq!(passed(text.as_bytes(), max_bytes).as_deref(), Ok(expected), "{text} in pieces of {max_bytes}");
        }
    }

    #[test]
    fn short_documents_stay_as_they_are() {
        for text in [
            "",
            "no markup",
            "<a b='>' c=\"'>\">x</a><b/>",
            "<![CDATA[]]><![CDATA[a]]]]><![CDATA[>]]>",
            "<!DOCTYPE rss PUBLIC \"a\" \"b\"><rss/>",
            "<?xml version=\"1.0\"?><a/>",
            "<?a ??>",
            "<",
            "<!",
            "<![CDATA",
            "<![x>",
            "<!x>",
            "<a",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn comments_are_emptied_and_declarations_refused() {
        check("a<!-- b > \n - -- c -->d", "a<!--\n-->d");
        check("<!--a--->b<!---->", "<!---->b<!---->");
        for text in [
            "<!DOCTYPE lolz [<!ENTITY a \"b\">]><a/>",
            "<!DOCTYPE a SYSTEM 'x' [",
            "<!doctype a[",
            "<![INCLUDE[x]]>",
            "<![[",
        ] {
            let refused = passed(text.as_bytes(), 1);
            assert!(refused.is_err_and(|detail| detail.contains("document type")), "{text}");
        }
        let mut pieces = Pieces::new(&b"<a>b</a><!DOCTYPE c [<d/>"[..]);
        let mut before = Vec::new();
        assert!(pieces.read_to_end(&mut before).is_err());
        assert_eq!(before, b"<a>b</a><!DOCTYPE c ", "what came before is passed on");
    }

    /// Cut apart and put together by a parser that knows of no bounds, a text must be the same.
    #[test]
    fn long_pieces_are_cut_and_say_the_same() {
        let words = "žuti cvet &amp; ]] > ".repeat(20_000);
        let brackets = "]]ć".repeat(60_000);
        for (before, text, after, cut) in [
            ("<a>", words.as_str(), "</a>", "<![CDATA[]]>"),
            ("<![CDATA[", words.as_str(), "]]>", "]]><![CDATA["),
            ("<![CDATA[", brackets.as_str(), "]]]]>", "]]><![CDATA["),
        ] {
            let whole = format!("{before}{text}{after}");
            let out = passed(whole.as_bytes(), usize::MAX).expect("no problem");
            assert_eq!(passed(whole.as_bytes(), 4_099).as_ref(), Ok(&out), "however it comes in");
            let pieces: Vec<&str> = out.split(cut).collect();
            assert!(pieces.len() >= 4, "{}", pieces.len());
            assert!(pieces.iter().all(|piece| piece.len() <= PIECE_BYTES + 40));
            assert_eq!(pieces.concat(), whole);
        }
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        for text in [
            format!("<a {}", "b".repeat(MAX_PIECE_BYTES + 10)),
            format!("<![CDATA[{}", "]".repeat(MAX_PIECE_BYTES + 10)),
            format!("<a b='{}", ">".repeat(MAX_PIECE_BYTES + 10)),
        ] {
            assert!(passed(text.as_bytes(), 5_000).is_err_and(|detail| detail.starts_with("a tag, or a run")));
        }
        let emptied = passed(format!("<!--{}-->", "x".repeat(3 << 20)).as_bytes(), 5_000);
        assert_eq!(emptied.as_deref(), Ok("<!---->"));
        let cut = passed(format!("<?x {}?>", "y".repeat(3 << 20)).as_bytes(), 5_000);
        assert!(cut.is_ok_and(|cut| cut.len() < 2_000 && cut.ends_with("?>")));
    }

    #[test]
    fn lines_are_counted_as_they_are_read() {
        let text = "a\n<!-- \n \n -->\n<![CDATA[\n]]><b\n>";
        let mut pieces = Pieces::new(text.as_bytes());
        let mut out = String::new();
        pieces.read_to_string(&mut out).expect("read");
        assert_eq!(pieces.line(), 7);
    }
}
