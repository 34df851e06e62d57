//! JSON as Google's interfaces take it: keys without quotation marks, single quotation marks, commas at the end.

use serde::de::DeserializeOwned;

use super::error::GoogleError;

/// Objects and lists in each other, at most; the reader of lenient JSON calls itself for each.
const MAX_DEPTH: usize = 64;
/// Longer texts are read strictly alone: the lenient reader takes many times as long.
const MAX_LENIENT_BYTES: usize = 1 << 20;

/// Reads a request. An empty body is an empty message, as in proto3, and so is `null`.
///
/// # Errors
/// Google's error for a body that is no JSON, or holds a field of the wrong type.
pub(super) fn read<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, GoogleError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        GoogleError::invalid_argument(format!("Invalid JSON payload received. The body is not UTF-8 at byte {at}."))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Ok(T::default());
    }
    let strict = match serde_json::from_str::<Option<T>>(text) {
        Ok(request) => return Ok(request.unwrap_or_default()),
        Err(error) => error,
    };
    if strict.is_syntax() && text.len() <= MAX_LENIENT_BYTES && depth(text) <= MAX_DEPTH {
        // Where neither reader takes it, what the strict one says fits what most clients send.
        if let Ok(request) = json5::from_str::<Option<T>>(text) {
            return Ok(request.unwrap_or_default());
        }
    }
    Err(GoogleError::invalid_argument(format!("Invalid JSON payload received. {strict}")))
}

/// How deep a text is nested, at least where the lenient reader takes it.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = text.bytes().peekable();
    while let Some(byte) = rest.next() {
        match (byte, rest.peek()) {
            (b'"' | b'\'', _) => {
                let within = |next: &u8| *next != byte;
                while let Some(next) = rest.next_if(within) {
                    if next == b'\\' {
                        rest.next();
                    }
                }
                rest.next();
            }
            (b'/', Some(b'/')) => while rest.next_if(|next| !matches!(next, b'\n' | b'\r')).is_some() {},
            (b'/', Some(b'*')) => {
                rest.next();
                while rest.next().is_some_and(|next| next != b'*' || rest.peek() != Some(&b'/')) {}
                rest.next();
            }
            (b'{' | b'[', _) => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (b'}' | b']', _) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_google_takes_is_taken() {
        let check = |body: &str, expected: &str| {
            let read: Value = read(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error:?}"));
            assert_eq!(read, serde_json::from_str::<Value>(expected).unwrap(), "{body}");
        };
        check("", "null");
        check(" \n", "null");
        check(
            "{comment: {text: \"what kind of idiot name is foo?\"},\n languages: [\"en\"], requestedAttributes: {TOXICITY:{}} }",
            r#"{"comment":{"text":"what kind of idiot name is foo?"},"languages":["en"],"requestedAttributes":{"TOXICITY":{}}}"#,
        );
        check("{'a': [1, 2,],}", r#"{"a":[1,2]}"#);
        check("\u{feff}{}", "{}");
    }

    #[test]
    fn no_bracket_hides_and_none_is_made_up() {
        for (text, expected) in [
            ("[{a: [1]}, {}]", 3),
            ("[']]]', [\"\\\"]]\", [1]]]", 3),
            ("[/* ' ] */ [ // ' ]\n [ '[[[[' ]]]", 3),
            ("['\\']]]', [1]]", 2),
            ("'", 0),
            ("/*", 0),
        ] {
            assert_eq!(depth(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_broken_is_told_and_does_not_overflow() {
        let check = |body: &[u8], expected: &str| {
            let error = read::<Value>(body).expect_err("broken");
            assert_eq!((error.code.as_u16(), error.status), (400, "INVALID_ARGUMENT"));
            assert!(error.message.starts_with("Invalid JSON payload received. "), "{}", error.message);
            assert!(error.message.contains(expected), "{}", error.message);
        };
        check(b"{", "EOF");
        check(b"{\"a\":\xff}", "not UTF-8 at byte 5");
        check("[".repeat(100_000).as_bytes(), "recursion limit");
        check("{a:".repeat(100_000).as_bytes(), "key must be a string");
        check("{a:[']',".repeat(100_000).as_bytes(), "key must be a string");
    }
}
