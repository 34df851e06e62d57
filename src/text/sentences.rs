//! Where sentences begin and end.

use crate::domain::Span;

/// The sentences of a text with their places, without white space at their ends: a line break, or a mark that ends a
/// sentence with white space, an end or a closing sign behind it. No end after a single letter or a short abbreviation
/// that is followed by a small letter or a digit (`e. g. this`, `str. 5`). The sentences cover all but white space.
pub fn sentences(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
            let length = sentence_length(rest);
            let (sentence, begin) = (&rest[..length], from);
            from += length;
            let trimmed = sentence.trim();
            if !trimmed.is_empty() {
                let begin = begin + (sentence.len() - sentence.trim_start().len());
                return Some(Span::new(begin, begin + trimmed.len()));
            }
        }
    })
}

/// How far the first sentence of a text goes, in bytes; all of it where no other follows.
fn sentence_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' | b'\r' if at > 0 => return at,
            b'.' | b'!' | b'?' | b';' => {
                let end = after_marks(text, at);
                let behind = text[end..].chars().next();
                if behind.is_none_or(char::is_whitespace) && !goes_on(text, at, end) {
                    return end;
                }
                at = end;
            }
            // … 。 ！ ？ ؟ । and other marks that are not ASCII.
            0x80.. => {
                let Some(character) = text[at..].chars().next() else { return text.len() };
                let end = at + character.len_utf8();
                if matches!(character, '。' | '！' | '？' | '｡' | '।' | '؟' | '۔') {
                    return after_marks(text, at);
                }
                if character == '…' && text[end..].chars().next().is_none_or(char::is_whitespace) && !goes_on(text, at, end) {
                    return end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    text.len()
}

/// Behind all marks, and what closes brackets and quotes, from there on.
fn after_marks(text: &str, from: usize) -> usize {
    let is_mark = |character: char| {
        matches!(
            character,
            '.' | '!' | '?' | ';' | '…' | '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '。' | '！' | '？' | '」' | '』' | '।' | '؟'
                | '۔' | '｡'
        )
    };
    text[from..].find(|character| !is_mark(character)).map_or(text.len(), |length| from + length)
}

/// Whether the sentence goes on behind a single full stop or an ellipsis.
fn goes_on(text: &str, mark: usize, end: usize) -> bool {
    let stop = &text[mark..end];
    let next = text[end..].trim_start_matches([' ', '\t', '\u{a0}']).chars().next();
    let is_ellipsis = stop.starts_with("..") || stop == "…";
    if is_ellipsis {
        return next.is_some_and(char::is_lowercase);
    }
    if stop != "." {
        return false;
    }
    let before = text[..mark].chars().rev().take_while(|character| character.is_alphanumeric()).count();
    next.is_some_and(|next| next.is_lowercase() || next.is_numeric()) && before <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = sentences(text).map(|span| span.of(text)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn marks_with_space_behind_and_line_breaks_end_sentences() {
        check("One. Two! Three?! Four", &["One.", "Two!", "Three?!", "Four"]);
        check("no mark\nnext line\r\n\r\n last ", &["no mark", "next line", "last"]);
        check("He said \"no.\" Then he left.", &["He said \"no.\"", "Then he left."]);
        check("version 2.5 at example.org is out. yes", &["version 2.5 at example.org is out.", "yes"]);
        check("Vidi str. 5, npr. ovo. Jasno?", &["Vidi str. 5, npr. ovo.", "Jasno?"]);
        check("well... maybe not... Or yes… Čudno", &["well... maybe not...", "Or yes…", "Čudno"]);
        check("これは文です。次の文！", &["これは文です。", "次の文！"]);
        check("यह है। वह था।", &["यह है।", "वह था।"]);
        check("🙂🙂", &["🙂🙂"]);
        check("...", &["..."]);
        check(" \n ", &[]);
        check("", &[]);
    }
}
