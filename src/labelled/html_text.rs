//! The writer's own words in the HTML of a comment.

use std::borrow::Cow;

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 18] = [
    "address", "article", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "tr",
    "ul",
];
/// Elements whose text is somebody else's.
const QUOTES: [&str; 2] = ["blockquote", "q"];
/// Elements whose text is not shown, and has no tags in it.
const NOT_SHOWN: [&str; 2] = ["script", "style"];

/// The text of a piece of HTML: blocks on lines of their own, the text of links without the address, character
/// references resolved, what stands in a `blockquote` or `q` left out. White space runs become one space. Text without
/// tags comes out with its line ends. Broken markup is text where it cannot be a tag; an element that is left out and
/// never closed ends with the text. Linear time.
#[must_use]
pub fn html_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    // How many quotes of each kind are open.
    let (mut rest, mut open) = (html, [0_usize; QUOTES.len()]);
    while !rest.is_empty() {
        let is_quoted = open.iter().any(|count| *count > 0);
        let (before, tag_on) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if !is_quoted {
            push_text(&mut text, before);
        }
        let Some((tag, after)) = tag_at(tag_on) else {
            // A lone `<`, as in `<3`, or the end.
            let (sign, after) = tag_on.split_at(tag_on.len().min(1));
            if !is_quoted {
                push_text(&mut text, sign);
            }
            rest = after;
            continue;
        };
        rest = after;
        let (is_end, name) = tag.strip_prefix('/').map_or((false, tag), |name| (true, name));
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if let Some(kind) = QUOTES.iter().position(|known| is(known)) {
            open[kind] = if is_end { open[kind].saturating_sub(1) } else { open[kind] + 1 };
            if kind == 0 && is_end && open[0] == 0 {
                // What was opened in it is closed with it.
                open = [0; QUOTES.len()];
            }
            end_line(&mut text);
        } else if NOT_SHOWN.iter().any(|known| is(known)) && !is_end {
            rest = behind_end_tag(rest, name);
        } else if BLOCKS.iter().any(|known| is(known)) && !is_quoted {
            end_line(&mut text);
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// The name of the tag at the start of `from`, with a `/` before it for an end tag, and what follows the tag; an empty
/// name for a comment or declaration. `None`: no tag.
fn tag_at(from: &str) -> Option<(&str, &str)> {
    let inner = from.strip_prefix('<')?;
    if let Some(comment) = inner.strip_prefix("!--") {
        return Some(("", comment.split_once("-->").map_or("", |(_, after)| after)));
    }
    if inner.starts_with(['!', '?']) {
        return Some(("", inner.split_once('>').map_or("", |(_, after)| after)));
    }
    let begin = usize::from(inner.starts_with('/'));
    if !inner.as_bytes().get(begin)?.is_ascii_alphabetic() {
        return None;
    }
    let name = inner.find(|character: char| character.is_whitespace() || character == '>');
    let name = name.or(inner.len().into()).and_then(|end| inner.get(..end))?;
    let name = name.trim_end_matches('/');
    let mut quote = None;
    for (at, byte) in inner.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some((name, inner.get(at + 1..)?)),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    // A tag that never ends hides what follows, as in browsers.
    Some((name, ""))
}

/// What follows the end tag of an element, whatever its case; nothing where there is none.
fn behind_end_tag<'html>(from: &'html str, name: &str) -> &'html str {
    let mut rest = from;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, after)| after);
        }
        rest = after;
    }
    ""
}

fn push_text(text: &mut String, piece: &str) {
    let plain: Cow<'_, str> = html_escape::decode_html_entities(piece);
    for character in plain.chars() {
        match character {
            '\n' => end_line(text),
            space if space.is_whitespace() => {
                if !text.is_empty() && !text.ends_with([' ', '\n']) {
                    text.push(' ');
                }
            }
            other => text.push(other),
        }
    }
}

fn end_line(text: &mut String) {
    text.truncate(text.trim_end_matches(' ').len());
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_the_writer_wrote() {
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
            assert_eq!(html_text(html), expected, "{html}");
        }
    }

    #[test]
    fn many_open_tags_take_linear_time() {
        for piece in ["<", "<a", "<b>", "<blockquote>", "</", "<!--", "&"] {
            let text = html_text(&piece.repeat(200_000));
            assert!(text.len() <= piece.len() * 200_000);
        }
    }
}
