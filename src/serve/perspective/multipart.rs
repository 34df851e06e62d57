//! `multipart/mixed` as clients of batches write it (RFC 2046), and as they read it. Libraries that read forms want lines to
//! end in CRLF, and those of Python's client end in LF.

use std::ops::Range;

use axum::body::Bytes;
use memchr::memchr;

/// What stands before the first part is passed over, up to so many bytes.
const MAX_PREAMBLE_BYTES: usize = 8 << 10;
/// The longest boundary that the standard allows.
const MAX_BOUNDARY_BYTES: usize = 70;
/// Headers of a part, at most.
const MAX_PART_HEADERS: usize = 32;

/// A part of a body.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// What the answer to it is known by.
    pub(super) content_id: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) transfer_encoding: Option<String>,
    pub(super) content: Bytes,
}

/// The boundary that a `Content-Type` states.
///
/// # Errors
/// What is wrong with it.
pub(super) fn boundary(content_type: &str) -> Result<String, String> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/mixed") {
        return Err("the Content-Type is not multipart/mixed".to_owned());
    }
    let found = parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty());
    let boundary = found.ok_or("the Content-Type states no boundary")?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    if boundary.len() > MAX_BOUNDARY_BYTES || boundary.ends_with(' ') || !boundary.bytes().all(is_allowed) {
        return Err(format!(
            "the boundary is none: it has at most {MAX_BOUNDARY_BYTES} letters, digits and signs of RFC 2046"
        ));
    }
    Ok(boundary)
}

/// The value of a parameter in `; name=value; name="value"`.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text.chars().peekable();
    loop {
        let mut name = String::new();
        while let Some(next) = rest.next_if(|next| !matches!(next, '=' | ';')) {
            name.push(next);
        }
        let mut value = String::new();
        if rest.next_if_eq(&'=').is_some() {
            while rest.next_if(char::is_ascii_whitespace).is_some() {}
            if rest.next_if_eq(&'"').is_some() {
                while let Some(next) = rest.next().filter(|next| *next != '"') {
                    value.extend(if next == '\\' { rest.next() } else { Some(next) });
                }
            }
            while let Some(next) = rest.next_if(|next| *next != ';') {
                value.push(next);
            }
        }
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value.trim_end().to_owned());
        }
        rest.next()?;
    }
}

/// Cuts a body into its parts, at most so many.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parts(body: &Bytes, boundary: &str, max_parts: usize) -> Result<Vec<Part>, String> {
    let delimiter = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut begin: Option<usize> = None;
    for line in (Lines { bytes: body, at: 0 }) {
        let Some(is_last) = delimits(body.get(line.clone()).unwrap_or_default(), &delimiter) else {
            if begin.is_none() && line.end > MAX_PREAMBLE_BYTES {
                return Err(format!("no part begins within the first {MAX_PREAMBLE_BYTES} bytes"));
            }
            continue;
        };
        if let Some(begin) = begin {
            if parts.len() == max_parts {
                return Err(format!("it has more than {max_parts} parts"));
            }
            parts.push(part(body, begin..line.start, parts.len() + 1)?);
        }
        if is_last {
            return Ok(parts);
        }
        begin = Some(line.end);
    }
    match begin {
        None => Err("no part of it begins with the boundary".to_owned()),
        Some(_) => Err(format!("it breaks off in part {}: no boundary ends it", parts.len() + 1)),
    }
}

/// Whether a line delimits parts, and whether it is the one that ends the last.
fn delimits(line: &[u8], delimiter: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(delimiter)?;
    let (rest, is_last) = rest.strip_prefix(b"--").map_or((rest, false), |rest| (rest, true));
    rest.trim_ascii().is_empty().then_some(is_last)
}

fn part(body: &Bytes, range: Range<usize>, number: usize) -> Result<Part, String> {
    // The end of the line before a delimiter belongs to the delimiter.
    let whole = body.get(range.clone()).unwrap_or_default();
    let content = whole.strip_suffix(b"\n").unwrap_or(whole);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    let end = range.start + content.len();
    let mut headers = [httparse::EMPTY_HEADER; MAX_PART_HEADERS];
    let parsed = httparse::parse_headers(content, &mut headers);
    let Ok(httparse::Status::Complete((length, headers))) = parsed else {
        return Err(format!("the headers of part {number} cannot be read"));
    };
    let header = |name: &str| {
        let found = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok().map(|value| value.trim().to_owned())
    };
    Ok(Part {
        content_id: header("content-id"),
        content_type: header("content-type"),
        transfer_encoding: header("content-transfer-encoding"),
        content: body.slice(range.start + length..end),
    })
}

/// The lines of a body, each with its end.
struct Lines<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let begin = self.at;
        self.at += memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        Some(begin..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_are_read() {
        let check = |content_type: &str, expected: Result<&str, &str>| match (boundary(content_type), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{content_type}"),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{content_type}: {found}"),
            (found, _) => panic!("{content_type}: {found:?}"),
        };
        check("multipart/mixed; boundary=abc", Ok("abc"));
        check("Multipart/Mixed;BOUNDARY=\"===============12==\"", Ok("===============12=="));
        check("multipart/mixed; charset=utf-8; boundary=\"a b\"; x", Ok("a b"));
        check("multipart/mixed; x=\";boundary=no\"; boundary=yes", Ok("yes"));
        check("multipart/mixed; boundary=\"a\\'b\"", Ok("a'b"));
        check("multipart/mixed; boundary=abc ", Ok("abc"));
        check("multipart/form-data; boundary=abc", Err("not multipart/mixed"));
        check("application/json", Err("not multipart/mixed"));
        check("", Err("not multipart/mixed"));
        check("multipart/mixed", Err("states no boundary"));
        check("multipart/mixed; boundary=", Err("states no boundary"));
        check("multipart/mixed; boundary=\"", Err("states no boundary"));
        check("multipart/mixed; boundary=\"a\nb\"", Err("the boundary is none"));
        check(&format!("multipart/mixed; boundary={}", "a".repeat(71)), Err("at most 70"));
    }

    #[test]
    fn parts_are_cut_out() {
        let check = |body: &str, expected: &[(Option<&str>, &str)]| {
            for body in [body.to_owned(), body.replace('\n', "\r\n")] {
                let found = parts(&Bytes::from(body.clone()), "b", 3).unwrap_or_else(|error| panic!("{body}: {error}"));
                let found: Vec<(Option<&str>, String)> = found
                    .iter()
                    .map(|part| {
                        (part.content_id.as_deref(), String::from_utf8_lossy(&part.content).replace("\r\n", "\n"))
                    })
                    .collect();
                let expected: Vec<_> = expected.iter().map(|(id, text)| (*id, (*text).to_owned())).collect();
                assert_eq!(found, expected, "{body}");
            }
        };
        check("--b--\n", &[]);
        check("--b\n\none\n--b--", &[(None, "one")]);
        check(
            "before\n\n--b\nContent-ID: <x + 1>\n\none\n\n--b  \n\ntwo\n--b--\nbehind",
            &[(Some("<x + 1>"), "one\n"), (None, "two")],
        );
        check("--b\n\n--bc\n--b --\n --b\n--b--", &[(None, "--bc\n--b --\n --b")]);
        check("--b\n\n\n--b--", &[(None, "")]);
    }

    #[test]
    fn what_is_no_multipart_is_told() {
        let check = |body: &str, expected: &str| {
            let error = parts(&Bytes::from(body.to_owned()), "b", 3).expect_err(expected);
            assert!(error.contains(expected), "{body}: {error}");
        };
        check("", "no part of it begins");
        check("--c\n\none\n--c--", "no part of it begins");
        check("--b\n\none", "breaks off in part 1");
        check("--b\n\none\n--b\n\ntwo", "breaks off in part 2");
        check("--b\none two\n--b--", "headers of part 1");
        check("--b\n--b--", "headers of part 1");
        check(&format!("--b\n{}\n\none\n--b--", "a: b\n".repeat(33)), "headers of part 1");
        check(&format!("{}--b--", "--b\n\n1\n".repeat(4)), "more than 3 parts");
        check(&"x".repeat(MAX_PREAMBLE_BYTES + 1), "no part begins within the first");
        check(&"x\n".repeat(MAX_PREAMBLE_BYTES), "no part begins within the first");
    }

    #[test]
    fn a_body_that_is_cut_or_changed_anywhere_is_told_or_read() {
        let body = b"a\r\n--b\r\nContent-ID: <1>\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n";
        for at in 0..body.len() {
            let cut = Bytes::copy_from_slice(&body[..at]);
            // The last delimiter is whole before its line ends.
            assert_eq!(parts(&cut, "b", 3).is_ok(), at >= body.len() - 2, "{at}");
            for byte in 0..=255 {
                let mut changed = body.to_vec();
                changed[at] = byte;
                if let Ok(found) = parts(&Bytes::from(changed), "b", 3) {
                    assert!((1..=2).contains(&found.len()), "{at} {byte}: {found:?}");
                }
            }
        }
    }
}
