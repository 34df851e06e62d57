//! Texts that are made to take a program long, of any size.

/// A kind of text.
pub struct Kind {
    /// What it is.
    pub name: &'static str,
    make: fn(usize) -> String,
}

impl Kind {
    /// A text of about so many bytes, and never more.
    pub fn text(&self, bytes: usize) -> String {
        let mut text = (self.make)(bytes);
        while text.len() > bytes {
            text.pop();
        }
        text
    }
}

fn repeated(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}

/// Words that are all different.
fn counted(bytes: usize, write: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(bytes + 64);
    let mut number = 0;
    while text.len() < bytes {
        text.push_str(&write(number));
        number += 1;
    }
    text
}

/// The letters of a text with so many marks on each.
fn stacked(bytes: usize, marks: usize) -> String {
    let all = ['\u{301}', '\u{337}', '\u{322}', '\u{348}'];
    counted(bytes, |number| {
        let letter = char::from(b'a' + (number % 26) as u8);
        let marks = (0..marks).map(|mark| all[mark % all.len()]);
        std::iter::once(letter).chain(marks).chain((number % 6 == 5).then_some(' ')).collect()
    })
}

/// The sentence of [`ARTICLE`] that quotes quote.
const QUOTED: &str = "the council will close the old bridge in may";
/// What comments are read under.
pub const ARTICLE: &str = "The council will close the old bridge in May. Nobody was asked about it.";

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "plain sentences",
        make: |bytes| counted(bytes, |n| format!("The bridge number {n} is old and fine. ")),
    },
    Kind { name: "no white space: one letter", make: |bytes| repeated("a", bytes) },
    Kind {
        name: "no white space: letters that change",
        make: |bytes| counted(bytes, |n| char::from(b'a' + (n * 7 % 26) as u8).to_string()),
    },
    Kind { name: "no white space: letters and hyphens", make: |bytes| repeated("a-", bytes) },
    Kind { name: "no white space: letters and digits", make: |bytes| repeated("a1b0", bytes) },
    Kind { name: "no white space: Chinese", make: |bytes| repeated("不明白", bytes) },
    Kind { name: "letters spelled apart", make: |bytes| repeated("i d i o t ", bytes) },
    Kind { name: "letters spelled apart by full stops", make: |bytes| repeated("i.", bytes) },
    Kind { name: "zalgo: four marks a letter", make: |bytes| stacked(bytes, 4) },
    Kind { name: "zalgo: all marks on one letter", make: |bytes| format!("a{}", repeated("\u{301}\u{337}", bytes)) },
    Kind { name: "right-to-left overrides", make: |bytes| repeated("\u{202e}toidi na\u{202c} ", bytes) },
    Kind { name: "right-to-left override, one", make: |bytes| format!("\u{202e}{}", repeated("toidi na ", bytes)) },
    Kind { name: "zero-width joiners", make: |bytes| repeated("i\u{200d}d\u{200d}i\u{200d}o\u{200d}t ", bytes) },
    Kind { name: "nothing but zero-width joiners", make: |bytes| format!("a{}b", repeated("\u{200d}", bytes - 2)) },
    Kind { name: "homoglyphs", make: |bytes| repeated("an іdіоt ", bytes) },
    Kind { name: "mathematical letters", make: |bytes| repeated("𝐢𝐝𝐢𝐨𝐭 ", bytes) },
    Kind { name: "quotation marks", make: |bytes| repeated("\"", bytes) },
    Kind { name: "quotation marks around words", make: |bytes| repeated("\"so\" ", bytes) },
    Kind { name: "quotes of the article on one line", make: |bytes| repeated(&format!("\"{QUOTED}\" so "), bytes) },
    Kind { name: "lines that begin with >", make: |bytes| repeated("> so\n", bytes) },
    Kind { name: "quotes of the article on lines", make: |bytes| repeated(&format!("> {QUOTED}\n"), bytes) },
    Kind { name: "line breaks between two words", make: |bytes| format!("jedan{}two", "\n".repeat(bytes - 8)) },
    Kind { name: "lines of one word", make: |bytes| repeated("so\n", bytes) },
    Kind { name: "separators", make: |bytes| repeated("a / b | ", bytes) },
    Kind { name: "links", make: |bytes| counted(bytes, |n| format!("http://a.b/{n} ")) },
    Kind { name: "a link of brackets", make: |bytes| format!("http://a.b/{}", ")".repeat(bytes - 11)) },
    Kind { name: "beginnings of links", make: |bytes| repeated("www.", bytes) },
    Kind { name: "backticks", make: |bytes| repeated("`a=1` ``b=", bytes) },
    Kind { name: "runs of backticks", make: |bytes| counted(bytes, |n| format!("{}=", "`".repeat(n % 200 + 1))) },
    Kind { name: "emoji", make: |bytes| repeated("😂", bytes) },
    Kind {
        name: "emoji with joiners and variations",
        make: |bytes| repeated("👨\u{200d}👩\u{200d}👧❤\u{fe0f}", bytes),
    },
    Kind { name: "flags", make: |bytes| repeated("🇷🇸", bytes) },
    Kind { name: "full stops", make: |bytes| format!("{}a", ".".repeat(bytes - 1)) },
    Kind { name: "full stops and brackets", make: |bytes| format!("{}a", repeated(".)", bytes - 1)) },
    Kind { name: "full stops apart", make: |bytes| repeated("a. ", bytes) },
    Kind { name: "white space", make: |bytes| format!("a{}b", " ".repeat(bytes - 2)) },
    Kind { name: "markers of translations", make: |bytes| repeated("(en ", bytes) },
    Kind { name: "markers of translations on lines", make: |bytes| repeated("EN: so\n", bytes) },
    Kind { name: "opening brackets", make: |bytes| format!("{}a", "(".repeat(bytes - 1)) },
    Kind { name: "mentions", make: |bytes| counted(bytes, |n| format!("@a{n} ")) },
    Kind { name: "exclamation marks", make: |bytes| format!("a{}", "!".repeat(bytes - 1)) },
    Kind { name: "words for you", make: |bytes| repeated("you not ", bytes) },
    Kind { name: "two scripts in turn", make: |bytes| repeated("so је ", bytes) },
    Kind { name: "small talk", make: |bytes| repeated("thanks ", bytes) },
    Kind { name: "control characters", make: |bytes| repeated("\u{1}\u{7f}", bytes) },
];

/// Kinds of HTML, for what turns it into text.
pub const HTML_KINDS: &[Kind] = &[
    Kind { name: "elements within elements", make: |bytes| repeated("<div>so", bytes) },
    Kind { name: "quotes within quotes", make: |bytes| repeated("<blockquote>so", bytes) },
    Kind {
        name: "quotes within quotes, closed",
        make: |bytes| {
            let half = bytes / 2;
            repeated("<blockquote>a", half) + &repeated("</blockquote>b", half)
        },
    },
    Kind { name: "links that are never closed", make: |bytes| repeated("<a href='http://a.b/c'>so", bytes) },
    Kind { name: "preformatted text and code", make: |bytes| repeated("<pre><code>a = b\n", bytes) },
    Kind { name: "attributes", make: |bytes| format!("<a {}>so", counted(bytes - 16, |n| format!("a{n}='b' "))) },
    Kind { name: "one attribute again and again", make: |bytes| format!("<a {}>so", repeated("href=b ", bytes - 16)) },
    Kind { name: "ends of elements", make: |bytes| repeated("</div></blockquote></a>", bytes) },
    Kind { name: "openings of tags", make: |bytes| repeated("<", bytes) },
    Kind { name: "openings of comments", make: |bytes| repeated("<!--", bytes) },
    Kind { name: "character references", make: |bytes| repeated("&amp;&#x41;&notit;", bytes) },
    Kind { name: "ampersands", make: |bytes| repeated("&", bytes) },
    Kind { name: "text that is not shown", make: |bytes| repeated("<script></scrip", bytes) },
    Kind { name: "line breaks", make: |bytes| repeated("<br>", bytes) },
];
