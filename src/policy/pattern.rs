//! A regular expression that a rule looks for in the words of a comment.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};

/// The largest program that an expression may become, in bytes. Looking through a text takes time in proportion to its length
/// times this, at the very worst.
const MOST_BYTES: usize = 1 << 17;
/// How deep groups may be nested.
const MOST_NESTED: u32 = 50;
/// The longest expression that is read, in bytes.
const MOST_EXPRESSION_BYTES: usize = 1_000;

/// A regular expression, compiled. It has no back-references and no look-around, so that it takes time in proportion to the
/// length of a text, whatever the text is. Case makes no difference.
#[derive(Debug, Clone)]
pub struct Pattern {
    expression: Arc<str>,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.expression == other.expression
    }
}

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it, with a hint: it is none, too long, becomes too large, or matches the empty text, and so every
    /// comment.
    pub fn new(expression: &str) -> Result<Self, String> {
        if expression.len() > MOST_EXPRESSION_BYTES {
            return Err(format!(
                "it is longer than {MOST_EXPRESSION_BYTES} bytes\n  hint: make several of it; one that matches is enough"
            ));
        }
        let mut builder = RegexBuilder::new(expression);
        builder.case_insensitive(true).size_limit(MOST_BYTES).dfa_size_limit(4 * MOST_BYTES).nest_limit(MOST_NESTED);
        let regex = builder.build().map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => format!(
                "it becomes larger than {MOST_BYTES} bytes\n  hint: repeat fewer times (`a{{1000}}{{1000}}` is a million), or \
                 write `[a-z0-9]` for `\\w`"
            ),
            other => format!(
                "{}\n  hint: the syntax is that of https://docs.rs/regex, without look-around and back-references; in TOML \
                 write it between single quotation marks",
                in_one_line(&other.to_string())
            ),
        })?;
        if regex.is_match("") {
            return Err(
                "it matches a text without words, and so every comment\n  hint: ask for one letter or sign at \
                        the least, with `+` instead of `*`"
                    .to_owned(),
            );
        }
        Ok(Self { expression: expression.into(), regex })
    }

    /// The expression as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.expression
    }

    /// Whether it matches somewhere in a text.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// The last line of a message of several, which says what is wrong; the others show where.
fn in_one_line(message: &str) -> String {
    let last = message.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, text: &str, expected: bool) {
        assert_eq!(Pattern::new(expression).unwrap().is_in(text), expected, "{expression} in {text}");
    }

    #[test]
    fn patterns_are_found_anywhere_in_any_case() {
        check(r"\bbuy now\b", "you can buy now, they say", true);
        check(r"\bBUY NOW\b", "you can buy now", true);
        check(r"\bbuy now\b", "do not buy nowhere", false);
        check(r"\bмост\b", "стари мост", true);
        check(r"^first", "not the first", false);
        check(r"(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false);
    }

    #[test]
    fn what_takes_its_time_elsewhere_takes_none_here() {
        // Were this not linear, the test would not end.
        let text = "a".repeat(1 << 20) + "!";
        for expression in [r"(a+)+b", r"(a|aa)+b", r"(a|a?)+b", r"(.*)(.*)(.*)(.*)b", r"([a-z]+)*\d"] {
            check(expression, &text, false);
        }
    }

    #[test]
    fn expressions_that_are_none_are_refused_with_a_hint() {
        for (expression, expected) in [
            ("(", "unclosed group"),
            (r"(a)\1", "backreferences are not supported"),
            (r"(?=a)b", "look-around"),
            ("(a{1000}){1000}", "larger than"),
            (r"(\w{100}){100}", "larger than"),
            ("(a*)*", "every comment"),
            ("", "every comment"),
            (&format!("{}a{}", "(".repeat(60), ")".repeat(60)), "nest"),
            (&"a".repeat(1_001), "longer than"),
        ] {
            let error = Pattern::new(expression).unwrap_err();
            assert!(error.contains(expected) && error.contains("hint: "), "{expression}: {error}");
        }
    }
}
