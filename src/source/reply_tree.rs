//! The comments of a whole thread on one line: where each stands, found without recursion in one pass.

use crate::domain::Span;

/// One element of a list of comments, or of the `replies` below one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// The element that it is a reply to, by its place in the tree.
    pub(super) parent: Option<usize>,
    /// Its place among its siblings, counted from 0.
    pub(super) index: usize,
    /// 0 for an element of the outermost list.
    pub(super) depth: usize,
    /// Where it stands, replies and all.
    pub(super) span: Span,
    /// The list of replies within; `None` where there is none.
    pub(super) replies: Option<Span>,
    children: usize,
}

/// Takes the elements of a JSON array apart, one by one with the replies below each.
///
/// The text must be JSON: it was checked when the line was read. Work and memory grow with the length of the text,
/// whatever the depth.
pub(super) struct Elements {
    /// Where the next element, or the white space before it, begins.
    at: usize,
    next_index: usize,
}

impl Elements {
    /// The elements of the array that begins at `begin`.
    pub(super) fn new(begin: usize) -> Self {
        Self { at: begin + 1, next_index: 0 }
    }

    /// The next element and all replies below it, depth first; empty at the end of the array.
    pub(super) fn next_tree(&mut self, text: &[u8], nodes: &mut Vec<Node>) {
        nodes.clear();
        let at = skip_separators(text, self.at);
        if matches!(text.get(at), None | Some(b']')) {
            return;
        }
        self.at = walk(text, at, self.next_index, nodes);
        self.next_index += 1;
    }
}

/// Where the walk stands.
enum Place {
    /// In a list of replies to the node.
    List(usize),
    /// In the node's own object.
    Object(usize),
}

fn walk(text: &[u8], begin: usize, index: usize, nodes: &mut Vec<Node>) -> usize {
    let node = |parent, index, depth, begin| Node {
        parent,
        index,
        depth,
        span: Span::new(begin, begin),
        replies: None,
        children: 0,
    };
    nodes.push(node(None, index, 0, begin));
    if text.get(begin) != Some(&b'{') {
        let end = skip_value(text, begin);
        set_end(nodes, 0, end);
        return end;
    }
    let mut at = begin + 1;
    let mut place = Place::Object(0);
    loop {
        at = skip_separators(text, at);
        let Some(&byte) = text.get(at) else { return at };
        match place {
            Place::List(owner) => {
                if byte == b']' {
                    at += 1;
                    if let Some(replies) = nodes.get_mut(owner).and_then(|node| node.replies.as_mut()) {
                        replies.end = at;
                    }
                    place = Place::Object(owner);
                    continue;
                }
                let Some(parent) = nodes.get_mut(owner) else { return at };
                let (index, depth) = (parent.children, parent.depth + 1);
                parent.children += 1;
                nodes.push(node(Some(owner), index, depth, at));
                let current = nodes.len() - 1;
                if byte == b'{' {
                    at += 1;
                    place = Place::Object(current);
                } else {
                    at = skip_value(text, at);
                    set_end(nodes, current, at);
                }
            }
            Place::Object(current) => {
                if byte == b'}' {
                    at += 1;
                    set_end(nodes, current, at);
                    match nodes.get(current).and_then(|node| node.parent) {
                        Some(owner) => place = Place::List(owner),
                        None => return at,
                    }
                    continue;
                }
                let key_end = skip_value(text, at);
                let is_replies = text.get(at..key_end) == Some(b"\"replies\"".as_slice());
                at = skip_separators(text, key_end);
                match nodes.get_mut(current) {
                    Some(node) if is_replies && node.replies.is_none() && text.get(at) == Some(&b'[') => {
                        node.replies = Some(Span::new(at, at));
                        at += 1;
                        place = Place::List(current);
                    }
                    _ => at = skip_value(text, at),
                }
            }
        }
    }
}

fn set_end(nodes: &mut [Node], node: usize, end: usize) {
    if let Some(node) = nodes.get_mut(node) {
        node.span.end = end;
    }
}

fn skip_separators(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':')) {
        at += 1;
    }
    at
}

/// The end of the value that begins at `at`; always beyond `at`, so that a walk comes to its end.
fn skip_value(text: &[u8], at: usize) -> usize {
    let mut open = 0_usize;
    let mut end = at;
    while let Some(byte) = text.get(end) {
        match byte {
            b'"' => end = skip_string(text, end),
            b'{' | b'[' => {
                open += 1;
                end += 1;
            }
            b'}' | b']' if open > 0 => {
                open -= 1;
                end += 1;
            }
            b'}' | b']' => break,
            b',' | b':' if open == 0 => break,
            _ => {
                end += 1;
                if open > 0 || !text.get(end).is_none_or(u8::is_ascii_whitespace) {
                    continue;
                }
            }
        }
        if open == 0 {
            break;
        }
    }
    end.max(at + 1)
}

fn skip_string(text: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while let Some(offset) = text.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += offset;
        if text.get(at) == Some(&b'"') {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each node as `depth.index` with its text, replies left out.
    fn check(text: &str, expected: &[&str]) {
        serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        let mut elements = Elements::new(0);
        let mut nodes = Vec::new();
        let mut seen = Vec::new();
        loop {
            elements.next_tree(text.as_bytes(), &mut nodes);
            if nodes.is_empty() {
                break;
            }
            for node in &nodes {
                let own = match node.replies {
                    Some(replies) => format!(
                        "{}…{}",
                        Span::new(node.span.begin, replies.begin).of(text),
                        Span::new(replies.end, node.span.end).of(text)
                    ),
                    None => node.span.of(text).to_owned(),
                };
                seen.push(format!("{}.{} {own}", node.depth, node.index));
            }
        }
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn elements_are_found_with_their_replies() {
        check("[]", &[]);
        check("[ ]", &[]);
        check("[{}]", &["0.0 {}"]);
        check("[1 , \"a,]\" ,null,[[{}]], {} ]", &["0.0 1", "0.1 \"a,]\"", "0.2 null", "0.3 [[{}]]", "0.4 {}"]);
        check(
            r#"[{"replies":[{"id":1},{"replies":[{"id":"}]"}], "id":2}],"id":0},{"id":3}]"#,
            &[r#"0.0 {"replies":…,"id":0}"#, r#"1.0 {"id":1}"#, r#"1.1 {"replies":…, "id":2}"#, r#"2.0 {"id":"}]"}"#]
                .iter()
                .chain(&[r#"0.1 {"id":3}"#])
                .copied()
                .collect::<Vec<_>>(),
        );
        check(r#"[{"a":{"replies":[{}]},"replies":"none"}]"#, &[r#"0.0 {"a":{"replies":[{}]},"replies":"none"}"#]);
        check(
            r#"[{"a\"":"\\","replies" : [ 5 , true ] }]"#,
            &[r#"0.0 {"a\"":"\\","replies" : … }"#, "1.0 5", "1.1 true"],
        );
    }

    #[test]
    fn depth_takes_neither_stack_nor_time() {
        let depth = 100_000;
        let text = format!("[{}{}]", r#"{"replies":["#.repeat(depth), "]}".repeat(depth));
        let mut nodes = Vec::new();
        Elements::new(0).next_tree(text.as_bytes(), &mut nodes);
        assert_eq!(nodes.len(), depth);
        assert_eq!(nodes.last().map(|node| node.depth), Some(depth - 1));
    }
}
