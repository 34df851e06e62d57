//! E-mail addresses and telephone numbers in a text, and the text without them.

mod email;
mod phone;

use std::borrow::Cow;

use crate::domain::Span;

/// What is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContactDetails {
    /// E-mail addresses.
    pub emails: bool,
    /// Telephone numbers.
    pub phones: bool,
}

impl ContactDetails {
    /// Whether nothing is to be found.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Where they stand, in order, without overlap.
    #[must_use]
    pub fn spans(self, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        if self.emails {
            email::find(text, &mut spans);
        }
        if self.phones {
            phone::find(text, &mut spans);
        }
        spans.sort_unstable();
        // An address may hold a number.
        spans.dedup_by(|later, earlier| {
            let overlaps = later.begin < earlier.end;
            if overlaps {
                earlier.end = earlier.end.max(later.end);
            }
            overlaps
        });
        spans
    }

    /// The text with a sign in place of each letter and digit of what was found. Every sign has as many bytes as what it
    /// stands for, so that all spans of the text hold in it, and so do offsets in scalar values.
    #[must_use]
    pub fn masked(self, text: &str) -> Cow<'_, str> {
        let spans = if self.is_empty() { Vec::new() } else { self.spans(text) };
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for span in spans {
            masked.push_str(text.get(done..span.begin).unwrap_or_default());
            masked.extend(span.of(text).chars().map(sign_for));
            done = span.end;
        }
        masked.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(masked)
    }

    /// The same for a raw line, where a backslash and what follows it stand for one character: that is kept as it is, or
    /// the line would no longer be what it was.
    #[must_use]
    pub fn masked_raw(self, raw: &str) -> Cow<'_, str> {
        if self.is_empty() {
            return Cow::Borrowed(raw);
        }
        let mut masked = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('\\') {
            masked.push_str(&self.masked(before));
            masked.push('\\');
            let escape = if after.starts_with('u') { 5 } else { 1 };
            let end = after.char_indices().nth(escape).map_or(after.len(), |(end, _)| end);
            masked.push_str(after.get(..end).unwrap_or_default());
            rest = after.get(end..).unwrap_or_default();
        }
        masked.push_str(&self.masked(rest));
        Cow::Owned(masked)
    }
}

/// A sign of as many bytes.
fn sign_for(character: char) -> char {
    match (character.is_alphanumeric(), character.len_utf8()) {
        (false, _) => character,
        (true, 1) => '*',
        (true, 2) => '\u{b7}',
        (true, 3) => '\u{2022}',
        (true, _) => '\u{1f784}',
    }
}

/// Checks what one of the finders finds in a text.
#[cfg(test)]
fn check_found(find: fn(&str, &mut Vec<Span>), text: &str, expected: &[&str]) {
    let mut spans = Vec::new();
    find(text, &mut spans);
    let found: Vec<&str> = spans.iter().map(|span| span.of(text)).collect();
    assert_eq!(found, expected, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: ContactDetails = ContactDetails { emails: true, phones: true };

    fn check(text: &str, expected: &str) {
        let masked = ALL.masked(text);
        assert_eq!(masked, expected);
        let widths = |text: &str| text.chars().map(char::len_utf8).collect::<Vec<_>>();
        assert_eq!(widths(&masked), widths(text), "offsets hold: {text}");
    }

    #[test]
    fn letters_and_digits_are_masked_and_nothing_moves() {
        check("Write to ann.other@example.org, please.", "Write to ***.*****@*******.***, please.");
        check("Or call +44 20 7946 0958!", "Or call +** ** **** ****!");
        check("jürgen@müller.example 🙂", "*·****@*·****.******* 🙂");
        check("nobody here", "nobody here");
        check("020 7946 0958 or 0209460958@example.org", "*** **** **** or **********@*******.***");
    }

    #[test]
    fn only_what_is_asked_for_is_masked() {
        let text = "ann@example.org, +44 20 7946 0958";
        let masked = |emails, phones| ContactDetails { emails, phones }.masked(text).into_owned();
        assert_eq!(masked(false, false), text);
        assert_eq!(masked(true, false), "***@*******.***, +44 20 7946 0958");
        assert_eq!(masked(false, true), "ann@example.org, +** ** **** ****");
    }

    #[test]
    fn escapes_of_a_raw_line_stay() {
        let raw = |text: &str| ALL.masked_raw(text).into_owned();
        assert_eq!(raw(r#"{"text":"a\nann@example.org\n"}"#), r#"{"text":"a\n***@*******.***\n"}"#);
        assert_eq!(raw(r#"{"text":"\u00fcann@example.org\\"}"#), r#"{"text":"\u00fc***@*******.***\\"}"#);
        assert_eq!(raw(r"ann@example.org\"), r"***@*******.***\");
        assert_eq!(raw(r"a\ž+44 20 7946 0958\u12"), r"a\ž+** ** **** ****\u12");
    }
}
