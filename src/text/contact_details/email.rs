//! E-mail addresses, also where they are written out to hide them from programs.

use crate::domain::Span;

/// Providers whose name after a plain "at" makes an address of what stands around it.
const PROVIDERS: [&str; 14] = [
    "aol",
    "fastmail",
    "gmail",
    "gmx",
    "googlemail",
    "hotmail",
    "icloud",
    "mail",
    "outlook",
    "proton",
    "protonmail",
    "web",
    "yahoo",
    "yandex",
];

/// Adds the addresses of a text.
pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        spans.extend(address(text, at, at + 1, Dots::Plain));
    }
    for open in memchr::memchr3_iter(b'(', b'[', b'{', text.as_bytes()) {
        let Some(length) = bracketed(text.get(open..).unwrap_or_default(), &["at", "@", "ät"]) else { continue };
        let (before, after) = (trimmed_end(text, open), trimmed_begin(text, open + length));
        spans.extend(address(text, before, after, Dots::PlainOrWritten));
    }
    let small = text.to_ascii_lowercase();
    for (place, found) in small.match_indices(" at ") {
        let after = place + found.len();
        let rest = small.get(after..).unwrap_or_default();
        let first = rest.split(|character: char| !is_letter_or_digit(character)).next().unwrap_or_default();
        if PROVIDERS.contains(&first) {
            spans.extend(address(text, place, after, Dots::Written));
        }
    }
}

/// How dots are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dots {
    Plain,
    /// Also as "(dot)" or " dot ".
    PlainOrWritten,
    Written,
}

/// The address whose name ends at `before`, and whose domain begins at `after`.
fn address(text: &str, before: usize, after: usize, dots: Dots) -> Option<Span> {
    let left = text.get(..before)?;
    let is_name = |character: char| is_letter_or_digit(character) || matches!(character, '.' | '_' | '%' | '+' | '-');
    let name = left.get(left.trim_end_matches(is_name).len()..)?;
    let name = name.trim_start_matches(|character: char| !is_letter_or_digit(character));
    // `@name@server` is a name in a network, which shows it to everybody.
    if name.is_empty() || left.get(..before - name.len())?.ends_with('@') {
        return None;
    }
    let length = domain(text.get(after..)?, dots)?;
    Some(Span::new(before - name.len(), after + length))
}

/// The length of the domain that a text begins with.
fn domain(text: &str, dots: Dots) -> Option<usize> {
    let (mut end, mut found, mut labels) = (0, None, 0);
    loop {
        let rest = text.get(end..)?;
        let label = rest.get(..rest.find(|one: char| !is_letter_or_digit(one) && one != '-').unwrap_or(rest.len()))?;
        let label = label.trim_end_matches('-');
        if label.is_empty() || label.starts_with('-') {
            return found;
        }
        end += label.len();
        labels += 1;
        let is_top = label.chars().count() >= 2 && label.chars().all(char::is_alphabetic) || label.starts_with("xn--");
        if labels > 1 && is_top {
            found = Some(end);
        }
        let Some(length) = dot(text.get(end..)?, dots) else { return found };
        end += length;
    }
}

/// The length of the dot that a text begins with, white space around it included.
fn dot(text: &str, dots: Dots) -> Option<usize> {
    if text.starts_with('.') && dots != Dots::Written {
        return Some(1);
    }
    if dots == Dots::Plain {
        return None;
    }
    let inner = text.trim_start_matches(' ');
    let spaces = text.len() - inner.len();
    let length = if let Some(length) = bracketed(inner, &["dot", ".", "punkt"]) {
        length
    } else {
        let word = inner.get(..3).filter(|word| spaces > 0 && word.eq_ignore_ascii_case("dot"))?;
        inner.get(word.len()..)?.strip_prefix(' ')?;
        word.len()
    };
    Some(trimmed_begin(text, spaces + length))
}

/// The length of a word in brackets that a text begins with, if it is one of these.
fn bracketed(text: &str, words: &[&str]) -> Option<usize> {
    let close = match text.chars().next()? {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        _ => return None,
    };
    let end = text.char_indices().take(12).find(|(_, character)| *character == close)?.0;
    let inner = text.get(1..end)?.trim().to_lowercase();
    words.contains(&inner.as_str()).then_some(end + 1)
}

/// The place before the one or two spaces that end there.
fn trimmed_end(text: &str, end: usize) -> usize {
    text.get(..end).map_or(end, |before| before.trim_end_matches(' ').len())
}

/// The place after the spaces that begin there.
fn trimmed_begin(text: &str, begin: usize) -> usize {
    text.get(begin..).map_or(begin, |rest| begin + rest.len() - rest.trim_start_matches(' ').len())
}

/// Of a script that separates words with spaces: elsewhere a sentence would run into the address.
fn is_letter_or_digit(character: char) -> bool {
    character.is_ascii_alphanumeric() || (character < '\u{e00}' && character.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::contact_details::check_found;

    fn check(text: &str, expected: &[&str]) {
        check_found(find, text, expected);
    }

    #[test]
    fn addresses_are_found() {
        check("ann@example.org", &["ann@example.org"]);
        check("(ann.other+tag@mail.example.co.uk)", &["ann.other+tag@mail.example.co.uk"]);
        check("mailto:ann_o@example.org?subject=x", &["ann_o@example.org"]);
        check("<ann-o@ex-ample.org>, bo%x@example.info.", &["ann-o@ex-ample.org", "bo%x@example.info"]);
        check("...ann@example.org...", &["ann@example.org"]);
        check("ана@пример.срб је моја", &["ана@пример.срб"]);
        check("请写ann@example.org谢谢", &["ann@example.org"]);
        check("a@xn--e1afmkfd.xn--90a3ac", &["a@xn--e1afmkfd.xn--90a3ac"]);
        check("ann@example.org.5", &["ann@example.org"]);
        check("https://example.org/?mail=ann@example.org", &["ann@example.org"]);
    }

    #[test]
    fn addresses_that_are_written_out_are_found() {
        check("ann (at) example.org", &["ann (at) example.org"]);
        check("ann[at]example[dot]org now", &["ann[at]example[dot]org"]);
        check("ann {AT} mail (dot) example ( Dot ) org", &["ann {AT} mail (dot) example ( Dot ) org"]);
        check("ann (at) example dot org is mine", &["ann (at) example dot org"]);
        check("ann.other at gmail dot com", &["ann.other at gmail dot com"]);
        check("Ann AT Gmail DOT com", &["Ann AT Gmail DOT com"]);
        check("ann (ät) beispiel (punkt) de", &["ann (ät) beispiel (punkt) de"]);
    }

    #[test]
    fn what_is_none_is_left() {
        for text in [
            "",
            "@",
            "@ann and @bo",
            "@ann@example.social",
            "ann@home",
            "ann @ example.org",
            "5 pieces @ 3.50 each",
            "3@4.5",
            "a@b.c",
            "ann@.org",
            "ann@-x.org",
            "@example.org",
            "ann@@example.org",
            "https://example.org/@ann",
            "https://example.social/@ann@example.org",
            "meet (at) the station",
            "(at) example.org",
            "look at gmail.com",
            "look at example dot com",
            "at gmail dot com",
            "we met at a dot com firm",
            "ann (that) example.org",
            "ann (at) example",
            "((((((((at",
            "a (at)",
        ] {
            check(text, &[]);
        }
    }
}
