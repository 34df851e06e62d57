//! The words of a piece of HTML, with what its markup says of them.

use std::collections::BTreeMap;

use html5gum::emitters::default::{DefaultEmitter, Token};
use html5gum::{HtmlString, Spanned, Tokenizer};

use crate::domain::{Mark, SegmentKind, Span};

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 29] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];
/// Elements whose text is not shown.
const NOT_SHOWN: [&str; 8] = ["script", "style", "iframe", "noembed", "noframes", "template", "title", "head"];

/// A text with the parts that its markup names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarkedText {
    /// The text.
    pub text: String,
    /// Quotes, code and paragraphs, in order of their beginnings. A paragraph is a mark of prose, whatever stands in it.
    pub marks: Vec<Mark>,
}

/// The text of a comment in HTML: blocks and `br` on lines of their own, character references resolved, white space runs
/// as one space, also outside of `pre`. A link is followed by its address in brackets, unless it shows the address or is a
/// mention, a hash tag or a number. `blockquote` and `q` are marked as quotes, `pre` and `code` as code, blocks and what
/// stands between empty lines as paragraphs, where there are two or more.
///
/// Text without tags comes out with its line ends; broken markup is text where it cannot be a tag; an element that is never
/// closed ends with the text. Work grows with the length of the text, whatever its nesting.
#[must_use]
pub fn marked_text(html: &str) -> MarkedText {
    read(html, Kept { quotes: true, addresses: true })
}

/// The text of an article in HTML: as [`marked_text`], without the addresses of links.
#[must_use]
pub fn article_text(html: &str) -> String {
    read(html, Kept { quotes: true, addresses: false }).text
}

/// The writer's own words in the HTML of a comment: as [`article_text`], without what stands in `blockquote` or `q`.
#[must_use]
pub fn own_words(html: &str) -> String {
    read(html, Kept { quotes: false, addresses: false }).text
}

/// What is kept of a text.
#[derive(Debug, Clone, Copy)]
struct Kept {
    quotes: bool,
    addresses: bool,
}

fn read(html: &str, kept: Kept) -> MarkedText {
    let mut builder = Builder::new(kept);
    if !html.contains(['<', '&']) {
        builder.push(html);
        return builder.finish();
    }
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => builder.open(&name(&tag.name), &tag.attributes),
            Token::EndTag(tag) => builder.close(&name(&tag.name)),
            Token::String(text) => builder.push(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    builder.finish()
}

fn name(name: &HtmlString) -> String {
    String::from_utf8_lossy(name).into_owned()
}

type Attributes = BTreeMap<HtmlString, Spanned<HtmlString, ()>>;

/// A text as it grows. White space waits until something follows it, so that no span ends with it.
struct Builder {
    kept: Kept,
    text: String,
    /// The white space before the next character.
    gap: String,
    marks: Vec<Mark>,
    paragraphs: Vec<Mark>,
    /// Open elements of each kind.
    quotes: usize,
    codes: usize,
    preformatted: usize,
    not_shown: Option<String>,
    /// Where the open quote, code, paragraph and link begin, once they have a character.
    quote_begin: Option<usize>,
    code_begin: Option<usize>,
    paragraph_begin: Option<usize>,
    link: Option<Link>,
}

/// An open link.
struct Link {
    address: String,
    begin: Option<usize>,
}

impl Builder {
    fn new(kept: Kept) -> Self {
        Self {
            kept,
            text: String::new(),
            gap: String::new(),
            marks: Vec::new(),
            paragraphs: Vec::new(),
            quotes: 0,
            codes: 0,
            preformatted: 0,
            not_shown: None,
            quote_begin: None,
            code_begin: None,
            paragraph_begin: None,
            link: None,
        }
    }

    fn push(&mut self, piece: &str) {
        if self.not_shown.is_some() || (self.quotes > 0 && !self.kept.quotes) {
            return;
        }
        for character in piece.chars() {
            match character {
                '\n' if self.preformatted == 0 => self.end_line(),
                space if space.is_whitespace() => {
                    if self.preformatted > 0 {
                        self.gap.push(space);
                    } else if self.gap.is_empty() {
                        self.gap.push(' ');
                    }
                }
                other => self.push_character(other),
            }
        }
    }

    fn push_character(&mut self, character: char) {
        if !self.text.is_empty() {
            self.text.push_str(&self.gap);
        }
        self.gap.clear();
        let at = self.text.len();
        if self.quotes > 0 {
            self.quote_begin.get_or_insert(at);
        }
        if self.codes > 0 {
            self.code_begin.get_or_insert(at);
        }
        self.paragraph_begin.get_or_insert(at);
        if let Some(link) = &mut self.link {
            link.begin.get_or_insert(at);
        }
        self.text.push(character);
    }

    /// The next character begins a line; the second call in a row ends a paragraph.
    fn end_line(&mut self) {
        if self.gap.contains('\n') {
            self.end_paragraph();
        }
        self.gap.clear();
        self.gap.push('\n');
    }

    fn end_paragraph(&mut self) {
        if let Some(span) = self.closed(self.paragraph_begin) {
            self.paragraphs.push(Mark { kind: SegmentKind::Prose, span });
        }
        self.paragraph_begin = None;
        self.gap.clear();
        self.gap.push('\n');
    }

    fn closed(&self, begin: Option<usize>) -> Option<Span> {
        begin.filter(|begin| *begin < self.text.len()).map(|begin| Span::new(begin, self.text.len()))
    }

    fn open(&mut self, element: &str, attributes: &Attributes) {
        if self.not_shown.is_some() {
            return;
        }
        if BLOCKS.contains(&element) {
            self.end_paragraph();
        }
        let attribute = |name: &str| {
            let value = attributes.iter().find(|(found, _)| ***found == *name.as_bytes());
            value.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
        };
        match element {
            "br" => self.end_line(),
            "blockquote" | "q" => self.quotes += 1,
            "pre" => {
                self.preformatted += 1;
                self.codes += 1;
            }
            "code" => self.codes += 1,
            "a" => {
                self.close_link();
                let address = attribute("href").filter(|_| self.kept.addresses && self.quotes == 0);
                let is_web = |address: &String| address.starts_with("http://") || address.starts_with("https://");
                let address = address.filter(is_web).filter(|address| !address.contains(char::is_whitespace));
                self.link = address.map(|address| Link { address, begin: None });
            }
            // Pictures of faces are words of a kind.
            "img" => {
                let is_face = |class: &String| ["emoji", "smiley"].iter().any(|known| class.contains(known));
                if let Some(face) = attribute("class").filter(is_face).and_then(|_| attribute("alt")) {
                    self.push(&face);
                }
            }
            hidden if NOT_SHOWN.contains(&hidden) => self.not_shown = Some(hidden.to_owned()),
            _ => {}
        }
    }

    fn close(&mut self, element: &str) {
        if let Some(hidden) = &self.not_shown {
            if hidden == element {
                self.not_shown = None;
            }
            return;
        }
        match element {
            "a" => self.close_link(),
            "blockquote" => {
                self.close_link();
                self.quotes = self.quotes.saturating_sub(1);
            }
            "q" => self.quotes = self.quotes.saturating_sub(1),
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.codes = self.codes.saturating_sub(1);
            }
            "code" => self.codes = self.codes.saturating_sub(1),
            _ => {}
        }
        self.close_marks();
        if BLOCKS.contains(&element) {
            self.end_paragraph();
        }
    }

    /// Ends the quote and the code that no open element holds any more.
    fn close_marks(&mut self) {
        if self.quotes == 0 {
            let span = self.closed(self.quote_begin);
            self.marks.extend(span.map(|span| Mark { kind: SegmentKind::Quote, span }));
            self.quote_begin = None;
        }
        if self.codes == 0 {
            let span = self.closed(self.code_begin);
            self.marks.extend(span.map(|span| Mark { kind: SegmentKind::Code, span }));
            self.code_begin = None;
        }
    }

    /// Writes the address behind a link that does not show it.
    fn close_link(&mut self) {
        let Some(Link { address, begin }) = self.link.take() else { return };
        let shown = self.closed(begin).map(|span| span.of(&self.text)).unwrap_or_default();
        let bare = |text: &str| {
            let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
            text.trim_end_matches(['…', '.', '/']).to_owned()
        };
        if shown.is_empty() {
            // A picture, say.
            let text = std::mem::take(&mut self.gap);
            if !text.is_empty() || !self.text.is_empty() {
                self.gap.push_str(if text.is_empty() { " " } else { &text });
            }
            address.chars().for_each(|character| self.push_character(character));
        } else if bare(&address).starts_with(&bare(shown)) && shown.contains(['.', '/']) {
            // The address itself, perhaps shortened.
            let begin = begin.unwrap_or_default();
            self.text.truncate(begin);
            self.marks.retain(|mark| mark.span.end <= begin);
            // Paragraphs that ended within the link did not, and nothing begins behind what is left.
            let reopened = self.paragraphs.iter().find(|mark| mark.span.end > begin).map(|mark| mark.span.begin);
            self.paragraphs.retain(|mark| mark.span.end <= begin);
            self.paragraph_begin = reopened.or(self.paragraph_begin);
            for open in [&mut self.paragraph_begin, &mut self.quote_begin, &mut self.code_begin].into_iter().flatten() {
                *open = begin.min(*open);
            }
            address.chars().for_each(|character| self.push_character(character));
        } else if !shown.starts_with(['@', '#']) && shown.chars().any(char::is_alphabetic) {
            let gap = std::mem::replace(&mut self.gap, " ".to_owned());
            format!("({address})").chars().for_each(|character| self.push_character(character));
            self.gap = gap;
        }
    }

    fn finish(mut self) -> MarkedText {
        self.close_link();
        (self.quotes, self.codes) = (0, 0);
        self.close_marks();
        self.end_paragraph();
        if self.paragraphs.len() > 1 {
            self.marks.append(&mut self.paragraphs);
        }
        self.marks.sort_by_key(|mark| (mark.span, mark.kind));
        MarkedText { text: self.text, marks: self.marks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_a_kind_do_not_overlap_where_a_link_goes_over_paragraphs() {
        for html in [
            "<p>See <a href=\"https://example.org/minutes\">https://exam<p>ple</p>.org/min</a> now</p><p>b</p>",
            "<p>a</p><a href=\"https://example.org/x\"><p>https:</p><p>//example.org/x</p></a><blockquote>b</blockquote>c",
            "<blockquote>a<a href=\"https://b.org/\">b<pre>.org</pre></a></blockquote><p>c</p><p>d</p>",
        ] {
            let MarkedText { text, marks } = marked_text(html);
            for (at, mark) in marks.iter().enumerate() {
                assert!(mark.span.begin < mark.span.end && mark.span.end <= text.len(), "{html}: {marks:?}");
                let next = marks.iter().skip(at + 1).find(|next| next.kind == mark.kind);
                assert!(next.is_none_or(|next| next.span.begin >= mark.span.end), "{html}: {marks:?}");
            }
        }
    }

    #[test]
    fn own_words_are_what_the_writer_wrote() {
        for (html, expected) in [
            ("", ""),
            ("plain\nlines", "plain\nlines"),
            (
                "<div>One <b>bold</b> word.</div><div>Two&nbsp;&amp; three.<br/>Four.</div>",
                "One bold word.\nTwo & three.\nFour.",
            ),
            ("<p>see <a href=\"https://example.org/?a>b\">the map</a>!</p>", "see the map!"),
            ("<blockquote><p>Old words</p><blockquote>older</blockquote> end</blockquote>My answer", "My answer"),
            ("<BLOCKQUOTE>Old</BLOCKQUOTE> <P CLASS=x>mine", "mine"),
            ("I <3 it & a < b, &lt;b&gt; too", "I <3 it & a < b, <b> too"),
            ("a<!-- <p>hidden</p> -->b<script>if (a<b) {}</script>c<style>p{}</style>", "abc"),
            ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
            ("&#39;quoted&#x27; &eacute;&unknown;", "'quoted' é&unknown;"),
            ("stray </blockquote> end", "stray\nend"),
            ("never <blockquote>closed", "never"),
            ("never <a href=\"closed", "never"),
            ("tail <", "tail <"),
            ("   \n <p> </p>", ""),
        ] {
            assert_eq!(own_words(html), expected, "{html}");
        }
    }

    /// Shows a marked text as `text | kind:part | …`.
    fn check(html: &str, expected: &str) {
        let MarkedText { text, marks } = marked_text(html);
        let mut shown = text.replace('\n', "⏎");
        for mark in &marks {
            shown.extend([format!(" | {}:{}", mark.kind.name(), mark.span.of(&text).replace('\n', "⏎"))]);
        }
        assert_eq!(shown, expected, "{html}");
    }

    #[test]
    fn markup_becomes_marks() {
        check("plain", "plain");
        check("<p>One.</p>\n<p>Two.</p>", "One.⏎Two. | prose:One. | prose:Two.");
        check("one\r\ntwo\n\nthree", "one⏎two⏎three | prose:one⏎two | prose:three");
        check("a<br>b<br><br>c", "a⏎b⏎c | prose:a⏎b | prose:c");
        check("<blockquote>Old</blockquote>New", "Old⏎New | prose:Old | quote:Old | prose:New");
        check("He said <q>no</q>.", "He said no. | quote:no");
        check("Run <code>a = 1;</code>!", "Run a = 1;! | code:a = 1;");
        check("<pre><code>if x:\n    y()\n</code></pre>", "if x:⏎    y() | code:if x:⏎    y()");
        check("never <blockquote>closed", "never⏎closed | prose:never | prose:closed | quote:closed");
    }

    #[test]
    fn links_show_where_they_lead() {
        check("see <a href='https://example.org/m'>the map</a>!", "see the map (https://example.org/m)!");
        check("<a href=\"https://example.org/long/way\">example.org/lon…</a> yes", "https://example.org/long/way yes");
        check("<a href=\"https://example.org/a\">https://example.org/a</a>", "https://example.org/a");
        check(
            "<a href=\"https://example.org/a/b\"><span class=\"invisible\">https://</span><span>example.org/a</span></a>",
            "https://example.org/a/b",
        );
        check("<a href=\"https://example.org/@ana\">@<span>ana</span></a> hi", "@ana hi");
        check("<a href=\"https://example.org/watch?t=83\">1:23</a> wow", "1:23 wow");
        check("<a href=\"javascript:x()\">click</a> <a href=\"/local\">here</a>", "click here");
        check("look <a href=\"https://example.org/\"><img src=x></a> there", "look https://example.org/ there");
        check("fine <img class=\"wp-smiley\" alt=\"🙂\"> <img alt=\"no\">", "fine 🙂");
        check("a <a href=\"https://e.org\">b <a href=\"https://f.org\">c</a>", "a b (https://e.org) c (https://f.org)");
    }

    #[test]
    fn many_open_tags_take_linear_time() {
        for piece in ["<", "<a", "<b>", "<blockquote>", "</", "<!--", "&", "<a href=https://e.org>", "<code>"] {
            let text = marked_text(&piece.repeat(100_000)).text;
            assert!(text.len() <= piece.len() * 100_000);
        }
    }
}
