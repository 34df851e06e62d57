//! JSON lines: a comment, a thread header or a whole thread on each.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::Arc;

use serde_json::error::Category;

use super::input::Defect;
use super::lines::{LineReader, Step};
use super::sniff::is_json_array;
use super::whole_thread::WholeThread;
use super::{Input, Source};
use crate::domain::{Body, Comment, CommentId, Item, LanguageCode, RejectKind, ThreadHeader, ThreadId};
use crate::wire::input::{FieldError, InputLine};

/// Reads JSON lines.
pub(super) struct JsonlSource<'r> {
    lines: LineReader<'r>,
    input: Input,
    /// Items of the current line that were not handed on yet.
    ready: VecDeque<Item>,
    /// The rest of the current line's comments.
    thread: Option<WholeThread>,
    /// Whether the first line looked like the beginning of JSON over several lines.
    begins_pretty: bool,
    is_first: bool,
    ended: bool,
}

impl<'r> JsonlSource<'r> {
    /// Reads from `reader`, whose byte order mark and compression are gone.
    pub(super) fn new(reader: Box<dyn BufRead + Send + 'r>, input: Input) -> Self {
        let lines = LineReader::new(reader, input.limits.max_line_bytes);
        Self { lines, input, ready: VecDeque::new(), thread: None, begins_pretty: false, is_first: true, ended: false }
    }

    fn read_line(&mut self) {
        let number = match self.lines.advance() {
            Step::Line => self.lines.number(),
            Step::TooLong { bytes } => {
                self.is_first = false;
                let defect = Defect::line_too_long(bytes, self.input.limits.max_line_bytes);
                self.ready.push_back(self.input.reject(self.lines.number(), defect, None));
                return;
            }
            Step::End => {
                self.ended = true;
                return;
            }
            Step::Failed(error) => {
                self.ended = true;
                self.ready.push_back(self.input.reject(self.lines.number(), Defect::unreadable(&error), None));
                return;
            }
        };
        let bytes = self.lines.bytes();
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        if self.begins_pretty && goes_on_pretty(bytes.trim_ascii()) {
            // The first line was rejected with the advice what to do; a reject for each line would only bury it.
            self.ended = true;
            return;
        }
        self.begins_pretty = false;
        let is_first = std::mem::replace(&mut self.is_first, false);
        let outcome = match std::str::from_utf8(bytes) {
            Ok(line) => read(line, number, &self.input, &mut self.ready),
            Err(error) => Err(Defect::invalid_utf8(error.valid_up_to())),
        };
        match outcome {
            Ok(thread) => self.thread = thread,
            Err(mut defect) => {
                if is_first && defect.kind == RejectKind::InvalidJson {
                    self.note_other_json(&mut defect);
                }
                let reject = self.input.reject(number, defect, Some(self.lines.bytes()));
                self.ready.push_back(reject);
            }
        }
    }

    /// Adds what to do where the first line begins a JSON array, or an object over several lines.
    fn note_other_json(&mut self, defect: &mut Defect) {
        let line = self.lines.bytes().trim_ascii();
        if is_json_array(line) {
            // The whole input is lost, not a line of it.
            defect.kind = RejectKind::Unreadable;
            defect.detail = String::from("a JSON array, not JSON lines; leave --format away, or name json");
            self.begins_pretty = true;
            self.ended = line.last() == Some(&b']');
        } else if matches!(line.last(), Some(b'{' | b',' | b'[')) {
            defect.detail = String::from("JSON over several lines, not JSON lines; leave --format away, or name json");
            self.begins_pretty = true;
        }
    }
}

impl Source for JsonlSource<'_> {
    fn next_item(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if let Some(thread) = &mut self.thread {
                if !thread.step(self.lines.bytes(), &self.input, &mut self.ready) {
                    self.thread = None;
                }
            } else if self.ended {
                return None;
            } else {
                self.read_line();
            }
        }
    }
}

/// Whether a line goes on with an array or object that the first line began: no line of JSON lines looks like that.
fn goes_on_pretty(line: &[u8]) -> bool {
    match line.first() {
        Some(b'"' | b'}' | b']') => true,
        Some(b'{') => matches!(line.last(), Some(b',' | b'{')),
        _ => false,
    }
}

/// Reads what is in a line, apart from comments within others, which are the answer.
fn read(line: &str, number: u64, input: &Input, ready: &mut VecDeque<Item>) -> Result<Option<WholeThread>, Defect> {
    if !line.trim_ascii_start().starts_with('{') {
        return Err(Defect::new(RejectKind::InvalidJson, "not a JSON object: the line does not begin with `{`"));
    }
    let fields: InputLine = serde_json::from_str(line).map_err(|error| json_defect(&error))?;
    let thread_id = fields.thread_id().map_err(field_defect)?.map_or_else(|| input.thread_id(), ThreadId::new);
    let comments = fields.comments();
    if fields.is_thread() || comments.is_some() {
        read_header(&fields, thread_id.clone(), number, input, ready)?;
        let Some(comments) = comments else { return Ok(None) };
        return Ok(Some(WholeThread::new("comments", offset(line, comments), number, thread_id, None)));
    }
    let id = fields.id().map_err(field_defect)?.map_or_else(|| input.comment_id(number), CommentId::new);
    let replies = fields.replies().map_err(field_defect)?;
    let replies = replies
        .map(|replies| WholeThread::new("replies", offset(line, replies), number, thread_id.clone(), Some(id.clone())));
    match comment_of(&fields, line, input, number, id, None, &thread_id) {
        Ok(comment) => ready.push_back(Item::Comment(comment)),
        Err(defect) if replies.is_some() => ready.push_back(input.reject(number, defect, Some(line.as_bytes()))),
        Err(defect) => return Err(defect),
    }
    Ok(replies)
}

/// Where in `line` a part of it begins.
fn offset(line: &str, part: &str) -> usize {
    part.as_ptr().addr() - line.as_ptr().addr()
}

fn read_header(
    fields: &InputLine,
    thread_id: ThreadId,
    line: u64,
    input: &Input,
    ready: &mut VecDeque<Item>,
) -> Result<(), Defect> {
    let language = match fields.language().map_err(field_defect)?.as_deref().map(str::parse::<LanguageCode>) {
        Some(Ok(code)) => Some(code),
        Some(Err(error)) => {
            // The rest of the header is as good as ever.
            let defect = Defect::new(RejectKind::InvalidField, format!("`language` is left out: {error}"));
            ready.push_back(input.reject(line, defect, None));
            None
        }
        None => None,
    };
    ready.push_back(Item::Thread(ThreadHeader {
        origin: input.origin(line),
        thread_id,
        title: fields.title().map_err(field_defect)?.map(Body::new),
        article: fields.article().map_err(field_defect)?.map(Body::new),
        url: fields.url().map_err(field_defect)?.map(Arc::from),
        language,
    }));
    Ok(())
}

/// The comment that an object describes; `raw` is its text, `above` the comment that it stands below, if any.
pub(super) fn comment_of(
    fields: &InputLine,
    raw: &str,
    input: &Input,
    line: u64,
    id: CommentId,
    above: Option<CommentId>,
    thread_id: &ThreadId,
) -> Result<Comment, Defect> {
    let Some(text) = fields.text().map_err(field_defect)? else {
        return Err(Defect::new(RejectKind::MissingText, "no `text`, nor `comment_text`, `body` or `comment`"));
    };
    if let Some(defect) = Defect::body_too_long(text.len(), &input.limits) {
        return Err(defect);
    }
    Ok(Comment {
        origin: input.origin(line),
        thread_id: thread_id.clone(),
        id,
        parent_id: fields.parent_id().map_err(field_defect)?.map(CommentId::new).or(above),
        author: fields.author().map_err(field_defect)?.map(Body::new),
        created_at: fields.created_at().map_err(field_defect)?.map(Arc::from),
        body: Body::new(text),
        marks: Vec::new(),
        moderation: fields.moderation(),
        stated: None,
        raw: input.kept(raw),
    })
}

pub(super) fn field_defect(error: FieldError) -> Defect {
    Defect::new(RejectKind::InvalidField, error.to_string())
}

/// What is wrong with JSON. Messages of the data category may hold values, and are not repeated.
pub(super) fn json_defect(error: &serde_json::Error) -> Defect {
    match error.classify() {
        Category::Data => Defect::new(RejectKind::InvalidField, "a field is there twice"),
        _ => {
            Defect::new(RejectKind::InvalidJson, format!("not JSON: {error}").replace(" at line 1 column", " at byte"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_input, input, read_all};
    use super::super::{Format, RequestedFormat};
    use super::*;

    const JSONL: Format = Format::Jsonl;

    #[test]
    fn comments_are_read() {
        check(
            JSONL,
            r#"{"thread_id":"t","id":"a","parent_id":"p","author":"Ann","created_at":"2024","text":"Hm\nyes"}"#,
            &["1 t a<p Ann@2024: Hm⏎yes"],
        );
        check(JSONL, r#"{"thread_id":7,"id":8,"parent_id":9,"created_at":1.5e9,"text":""}"#, &["1 7 8<9@1.5e9: "]);
        check(JSONL, "\n \r\n{\"text\":\"a\"}\r\n\n{\"body\":\"b\"}", &["3 1 1:3: a", "5 1 1:5: b"]);
        check(JSONL, r#"{"thread_id":"","id":null,"parent_id":"","text":"a\u0000b","x":{}}"#, &["1 1 1:1: a\0b"]);
        check(JSONL, r#"{"type":"comment","comment_id":"c","comment_text":"a"}"#, &["1 1 c: a"]);
        check(JSONL, r#"{"comments":5,"text":"a","replies":""}"#, &["1 1 1:1: a"]);
        check(JSONL, r#"{"text":"a","status":"Approved"}"#, &["1 1 1:1 [approved]: a"]);
        check(
            JSONL,
            r#"{"id":1,"text":"a","replies":[{"id":2,"text":"b","decision":"spam"}]}"#,
            &["1 1 1: a", "1 1 2<1 [rejected]: b"],
        );
        check(JSONL, "", &[]);
        check(JSONL, "\n", &[]);
    }

    #[test]
    fn bad_lines_are_rejects_and_the_run_goes_on() {
        let good = r#"{"text":"good"}"#;
        for (line, expected) in [
            ("{", "1 invalid_json: JSON over several lines…"),
            ("{\"text\":\"a\"", "1 invalid_json: not JSON: EOF while parsing an object at byte 11"),
            ("{\"text\":\"a\"}}", "1 invalid_json: not JSON: trailing characters at byte 13"),
            ("words", "1 invalid_json: not a JSON object…"),
            ("5", "1 invalid_json: not a JSON object…"),
            ("[deleted]", "1 invalid_json: not a JSON object…"),
            (r#"{"text":5}"#, "1 invalid_field: `text` is a number, expected a string"),
            (r#"{"text":"a","id":{}}"#, "1 invalid_field: `id` is an object, expected a string or an integer"),
            (r#"{"text":"a","text":"b"}"#, "1 invalid_field: a field is there twice"),
            (r#"{"text":"a","replies":{}}"#, "1 invalid_field: `replies` is an object, expected an array"),
            (r#"{"text":null}"#, "1 missing_text: no `text`…"),
            ("{}", "1 missing_text: no `text`…"),
        ] {
            check(JSONL, &format!("{line}\n{good}"), &[expected, "2 1 1:2: good"]);
        }
        let mut line = b"{\"text\":\"".to_vec();
        line.extend(b"\xff\"}\n{\"text\":\"good\"}");
        let input = input(RequestedFormat::Auto);
        check_input(&input, &line, &["1 invalid_utf8: not UTF-8 at byte 9…", "2 1 1:2: good"]);
    }

    #[test]
    fn long_lines_and_texts_are_rejects() {
        let body = "x".repeat((1 << 16) + 1);
        check(JSONL, &format!(r#"{{"text":"{body}"}}"#), &["1 body_too_long: a text of 65537 bytes…"]);
        let line = "x".repeat(1 << 20);
        check(
            JSONL,
            &format!("{{\"text\":\"{line}\"}}\n{{\"text\":\"a\"}}"),
            &["1 line_too_long: 1048587 bytes, the limit is 1048576…", "2 1 1:2: a"],
        );
    }

    #[test]
    fn other_json_is_one_reject_with_advice() {
        let array = "1 unreadable: a JSON array, not JSON lines; leave --format away, or name json";
        check(JSONL, r#"[{"text":"a"},{"text":"b"}]"#, &[array]);
        check(JSONL, "[\n{\"text\":\"a\"},\n{\"text\":\"b\"}\n]\n", &[array]);
        check(JSONL, "[\n  {\n    \"text\": \"a\"\n  }\n]\n", &[array]);
        let pretty = "1 invalid_json: JSON over several lines, not JSON lines; leave --format away, or name json";
        check(JSONL, "{\n  \"text\": \"a\"\n}\n", &[pretty]);
        check(JSONL, "{ \"id\": 1,\n  \"text\": \"a\" }\n", &[pretty]);
        check(JSONL, "{\"id\":1,\n{\"text\":\"b\"}\n", &[pretty, "2 1 1:2: b"]);
    }

    #[test]
    fn headers_are_read() {
        check(
            JSONL,
            r#"{"type":"thread","thread_id":"t","title":"T","article":"A\nB","url":"u","language":"sr-Latn"}"#,
            &["1 thread t [T] [A⏎B] u sr"],
        );
        check(JSONL, r#"{"type":"thread"}"#, &["1 thread 1"]);
        check(JSONL, r#"{"type":"thread","title":[]}"#, &["1 invalid_field: `title` is an array, expected a string"]);
        check(
            JSONL,
            r#"{"type":"thread","title":"T","language":"English"}"#,
            &["1 invalid_field: `language` is left out…", "1 thread 1 [T]"],
        );
    }

    #[test]
    fn whole_threads_are_read_depth_first() {
        check(
            JSONL,
            r#"{"thread_id":"t","title":"T","comments":[{"id":"a","text":"1","replies":[{"text":"2","replies":[{"id":"c","text":"3","replies":[]}]},{"id":"d","parent_id":"c","text":"4","replies":""}]},{"text":"5","parent_id":"d"}]}
{"text":"next"}"#,
            &["1 thread t [T]", "1 t a: 1", "1 t 1:1.2<a: 2", "1 t c<1:1.2: 3", "1 t d<c: 4", "1 t 1:1.5<d: 5"]
                .iter()
                .chain(&["2 1 1:2: next"])
                .copied()
                .collect::<Vec<_>>(),
        );
        check(JSONL, r#"{"comments":[]}"#, &["1 thread 1"]);
        check(JSONL, r#"{"id":"a","replies":[{"text":"2"}],"text":"1"}"#, &["1 1 a: 1", "1 1 1:1.1<a: 2"]);
    }

    #[test]
    fn a_bad_comment_leaves_the_others() {
        check(
            JSONL,
            r#"{"comments":[{"text":1,"replies":[{"text":"a"}]},5,{"id":"x","text":"b","replies":{}},{"text":"\ud800"},{},{"text":"c"}]}"#,
            &[
                "1 thread 1",
                "1 invalid_field: comments[0]: `text` is a number, expected a string",
                "1 1 1:1.2<1:1.1: a",
                "1 invalid_field: comments[1]: not an object",
                "1 1 x: b",
                "1 invalid_field: comments[2]: `replies` is an object, expected an array",
                "1 invalid_field: comments[3]: `text` is a string with a broken escape, expected a string",
                "1 missing_text: comments[4]: no `text`…",
                "1 1 1:1.7: c",
            ],
        );
    }

    #[test]
    fn deep_replies_are_counted() {
        let nested = |depth: usize| {
            let below = r#","replies":[{"text":"x""#.repeat(depth);
            format!(r#"{{"comments":[{{"text":"x"{below}{}}}]}}"#, "}]".repeat(depth))
        };
        let kept = ["1 thread 1", "1 1 1:1.1: x", "1 1 1:1.2<1:1.1: x", "1 1 1:1.3<1:1.2: x", "1 1 1:1.4<1:1.3: x"];
        check(JSONL, &nested(3), &kept);
        for (depth, lost) in [(4, 1), (10, 7), (40_000, 39_997)] {
            let reject = format!(
                "1 nested_too_deep: comments[0].replies[0].replies[0].replies[0].replies[0]: {lost} replies nested deeper \
                 than 3 (limits.max_reply_depth)"
            );
            let expected: Vec<&str> = kept.into_iter().chain([reject.as_str()]).collect();
            check(JSONL, &nested(depth), &expected);
        }
        let array = format!("{{\"text\":\"a\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        check(JSONL, &array, &["1 1 1:1: a"]);
    }

    #[test]
    fn every_line_is_an_item() {
        let broken = ["{", "x", "{\"text\":3}", "{\"id\":1}", "{\"text\":\"a\",\"id\":[]}"];
        let text: String = (0..1_000)
            .map(|line| match line % 100 {
                50 => format!("{}\n", broken.get(line / 100 % broken.len()).unwrap_or(&"")),
                _ => format!("{{\"id\":{line},\"text\":\"a\"}}\n"),
            })
            .collect();
        let (_, items) = read_all(text.as_bytes(), &input(RequestedFormat::Auto));
        assert_eq!(items.len(), 1_000);
        assert_eq!(items.iter().filter(|item| item.contains(" invalid_") || item.contains(" missing_")).count(), 10);
    }

    #[test]
    fn raw_lines_are_kept_on_request() {
        for (keep_raw, expected) in [(true, Some(b"{oops".as_slice())), (false, None)] {
            let input = Input { keep_raw, ..input(RequestedFormat::Fixed(JSONL)) };
            let mut source = JsonlSource::new(Box::new(b"{oops\n".as_slice()), input);
            match source.next_item() {
                Some(Item::Reject(reject)) => assert_eq!(reject.raw.as_deref(), expected),
                other => panic!("{other:?}"),
            }
        }
    }
}
