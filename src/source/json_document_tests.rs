//! Documents of all formats, whole and broken.

use std::fmt::Write as _;
use std::io::Read;

use super::testing::{check, check_input, input, read_all, show};
use super::{Format, Input, RequestedFormat, Source, json_document};
use crate::config::Limits;
use crate::domain::Item;
use crate::source::field_map::FieldMap;

const JSON: Format = Format::Json;

#[test]
fn our_own_fields_are_read_from_any_json() {
    check(
        JSON,
        "[\n {\"thread_id\":\"t\",\"id\":\"a\",\"parent_id\":\"p\",\"author\":\"Ann\",\"created_at\":\"2024\",\"text\":\"Hm\\nyes\"},\n {\"comment\":\"b\"}]",
        &["2 t a<p Ann@2024: Hm⏎yes", "3 1 1:3.2: b"],
    );
    // Objects one after the other, also over several lines.
    check(
        JSON,
        "{\"text\":\"a\",\n\"id\":12.0}\n\n{\"body\":\"b\"} {\"body\":\"c\"}",
        &["1 1 12: a", "4 1 1:4: b", "4 1 1:4.1: c"],
    );
    check(JSON, r#"{"created_at":1.5e9,"text":"","status":"spam"}"#, &["1 1 1:1@1.5e9 [rejected]: "]);
    check(JSON, r#"{"text":"a","removal":false}"#, &["1 1 1:1 [approved]: a"]);
    check(JSON, r#"{"text":"a","decision":{"action":"reject"}}"#, &["1 1 1:1: a"]);
    check(JSON, r#"{"text":"a","status":7}"#, &["1 1 1:1 [unclear]: a"]);
    for empty in ["", " \n", "[]", "{}", "[[], []]", r#"{"comments":[]}"#] {
        check(JSON, empty, if empty == "{}" { &["1 missing_text: no `text`…"] } else { &[] });
    }
}

#[test]
fn a_thread_may_name_itself_behind_its_comments() {
    let comments = r#""comments":[{"id":1,"text":"a","replies":[{"text":"b"}]},{"id":2,"parent_id":1,"text":"c"}]"#;
    let header = r#""thread_id":"t","title":"T","language":"sr-Latn""#;
    let expected = ["1 thread t [T] sr", "1 t 1:1.2<1: b", "1 t 1: a", "1 t 2<1: c"];
    check(JSON, &format!("{{{header},{comments}}}"), &expected);
    let [first, rest @ ..] = expected;
    let behind: Vec<&str> = std::iter::once(first).chain(rest).collect();
    check(JSON, &format!("{{{comments},{header}}}"), &behind);
    // More of the header comes later: it is told again.
    check(
        JSON,
        r#"{"thread_id":"t","title":"T","comments":[{"id":1,"text":"a"}],"url":"u"}"#,
        &["1 thread t [T]", "1 t 1: a", "1 thread t [T] u"],
    );
    check(JSON, r#"[{"replies":[{"text":"b"}],"text":"a","comment_id":"x"}]"#, &["1 1 1:1.2<x: b", "1 1 x: a"]);
    check(JSON, r#"{"comments":[{"text":"a"}]}"#, &["1 1 1:1.1: a"]);
    check(JSON, r#"{"replies":[{"text":"b"}],"text":"a","id":"x","thread_id":"t"}"#, &["1 t 1:1.1<x: b", "1 t x: a"]);
}

#[test]
fn bad_comments_leave_the_others() {
    check(
        JSON,
        r#"[{"text":1},5,{"id":[],"text":"b"},{},{"text":"c","replies":{"text":"d"}},null,{"text":null,"body":"e"}]"#,
        &[
            "1 invalid_field: the text is a number, expected a string",
            "1 invalid_field: not an object",
            "1 invalid_field: the id is an array, expected a string or a whole number",
            "1 missing_text: no `text`…",
            "1 1 1:1.5<1:1.4: d",
            "1 1 1:1.4: c",
            "1 invalid_field: not an object",
            "1 1 1:1.6: e",
        ],
    );
    let long = "x".repeat((1 << 16) + 1);
    check(
        JSON,
        &format!(r#"[{{"text":"{long}"}},{{"text":"a"}}]"#),
        &["1 body_too_long: a text of 65537 bytes…", "1 1 1:1.2: a"],
    );
    check(JSON, &format!(r#"[{{"id":"{long}","text":"a"}}]"#), &["1 line_too_long: the id has 65537 bytes…"]);
    let name = "x".repeat(2 << 20);
    check(
        JSON,
        &format!(r#"[{{"text":"a"}},{{"{name}":1}}]"#),
        &["1 1 1:1.1: a", "1 unreadable: the input broke off: a name…"],
    );
    // The last of two members counts.
    check(JSON, r#"{"text":"a","text":"b","id":1,"id":null}"#, &["1 1 1:1: b"]);
}

#[test]
fn what_is_complete_before_a_fault_is_kept() {
    let cut = "unreadable: the JSON breaks off at column…";
    let cut_at = |line: u64| format!("{line} {cut}");
    check(
        JSON,
        "[{\"text\":\"a\"},\n{\"text\":\"b\",\"replies\":[{\"text\":\"c\"",
        &["1 1 1:1.1: a", "2 1 1:2.2: b", "2 1 1:2.3<1:2.2: c", &cut_at(2)],
    );
    check(JSON, "[{\"text\":\"a\"},{\"text\":\"b", &["1 1 1:1.1: a", &cut_at(1)]);
    check(JSON, "[{\"text\":\"a\"}", &["1 1 1:1.1: a", &cut_at(1)]);
    check(JSON, "{\"text\":\"a\"", &["1 1 1:1: a", &cut_at(1)]);
    check(
        JSON,
        "[{\"text\":\"a\"}{\"text\":\"b\"}]",
        &["1 1 1:1.1: a", "1 invalid_json: not JSON at column 14: missing comma…"],
    );
    check(
        JSON,
        r#"[{"text":"a"},{"text":"\ud800"},{"text":"b \ud83d\ude00"}]"#,
        &["1 1 1:1.1: a", "1 invalid_field: a broken escape…", "1 1 1:1.3: b 😀"],
    );
    check(JSON, "words", &["1 invalid_json: not JSON at column 1…"]);
    check(JSON, "5 \"x\"", &["1 invalid_field: not an object", "1 invalid_field: not an object"]);
}

#[test]
fn bytes_that_are_no_utf8_cost_the_comment_they_are_in() {
    let bytes = b"[{\"text\":\"a \xff\"},{\"text\":\"b\"},{\"author\":\"\xe9\",\"text\":\"c\"}]";
    check_input(
        &input(RequestedFormat::Fixed(JSON)),
        bytes,
        &["1 invalid_utf8: not UTF-8 within this comment…", "1 1 1:1.2: b", "1 1 1:1.3 \u{fffd}: c"],
    );
    check(JSON, "[{\"text\":\"\u{fffd}\"}]", &["1 1 1:1.1: \u{fffd}"]);
}

#[test]
fn a_map_says_where_fields_stand() {
    let mapped = |entries: &[&str], text: &str, expected: &[&str]| {
        let map = FieldMap::parse(entries.iter().copied()).unwrap();
        check_input(&Input { map, ..input(RequestedFormat::Auto) }, text.as_bytes(), expected);
    };
    mapped(
        &["comments=data.items[]", "html=c.html", "id=_id", "thread_id=$.page", "title=$.head.line"],
        r#"{"page":"p","data":{"items":[{"_id":1,"c":{"html":"<p>a<br>b"},"replies":[{"_id":2,"c":[{"html":"c"}]}]}]},"head":{"line":"T"}}"#,
        &["1 p 2<1: c", "1 p 1: a⏎b", "1 thread p [T]"],
    );
    // Without a list each object is a comment.
    mapped(
        &["text=words", "author=by.name", "thread_id=on", "title=about"],
        "{\"words\":\"a\",\"by\":{\"name\":\"Ann\"},\"on\":7,\"about\":\"T\"}\n{\"words\":\"b\",\"on\":7,\"about\":\"T\"}\n{\"text\":\"c\"}",
        &["1 thread 7 [T]", "1 7 1:1 Ann: a", "2 7 1:2: b", "3 missing_text: no text at the path…"],
    );
    mapped(&["text=t"], r#"[{"t":"a"},{"t":"b"}]"#, &["1 1 1:1.1: a", "1 1 1:1.2: b"]);
}

#[test]
fn formats_tell_what_they_expect() {
    for (format, other, expected) in [
        (Format::RedditThread, r#"{"a":1}"#, "1 unreadable: no `data.children`…"),
        (Format::YtDlp, r#"{"a":1}"#, "1 unreadable: no `comments`…"),
        (Format::Youtube, r#"{"error":{"code":403}}"#, "1 unreadable: no `items`…"),
        (Format::HackerNews, r#"{"status":404,"error":"Not Found"}"#, "1 unreadable: no `children`…"),
        (Format::Lemmy, r#"{"error":"not_logged_in"}"#, "1 unreadable: neither `comments` nor…"),
        (Format::Mastodon, r#"{"error":"Record not found"}"#, "1 unreadable: neither `ancestors`…"),
        (Format::Discourse, r#"{"errors":["x"]}"#, "1 unreadable: no `post_stream`…"),
    ] {
        check(format, other, &[expected]);
        check(format, "", &[]);
        check(format, "[]", &[]);
        check(format, "[{}]", &[]);
        check(format, "<html>", &["1 invalid_json: not JSON at column 1…"]);
        check(format, "[", &["1 unreadable: the JSON breaks off…"]);
    }
    check(Format::Lemmy, r#"{"comments":[]}"#, &[]);
    check(Format::Mastodon, r#"{"ancestors":[],"descendants":[]}"#, &[]);
    check(Format::Youtube, r#"{"kind":"youtube#commentThreadListResponse","items":[]}"#, &[]);
}

#[test]
fn a_title_and_an_id_are_no_topic_yet() {
    let video = r#"{"id":"v","title":"T","duration":9}"#;
    check(Format::Discourse, video, &["1 thread v [T]", "1 unreadable: no `post_stream`…"]);
    check(Format::YtDlp, video, &["1 thread v [T]", "1 unreadable: no `comments`…"]);
    check(Format::YtDlp, r#"{"id":"v","title":"T","comments":[]}"#, &["1 thread v [T]"]);
}

#[test]
fn threads_of_mastodon_are_found() {
    let status = |id: u64, answers: &str| {
        format!(r#"{{"id":"{id}","in_reply_to_id":{answers},"content":"<p>s{id}</p>","account":{{"acct":"a"}}}}"#)
    };
    let (root, first, second) = (status(1, "null"), status(2, "\"1\""), status(3, "\"2\""));
    check(
        Format::Mastodon,
        &format!(r#"{{"ancestors":[{root},{first}],"descendants":[{}]}}"#, status(9, "\"8\"")),
        &["1 thread 1 [s1]", "1 1 2 a: s2", "1 1 9<8 a: s9"],
    );
    check(
        Format::Mastodon,
        &format!(r#"{{"ancestors":[],"descendants":[{first},{second}]}}"#),
        &["1 1 2 a: s2", "1 1 3<2 a: s3"],
    );
    check(Format::Mastodon, &format!("[{root},{second},{first}]"), &["1 thread 1 [s1]", "1 2 3 a: s3", "1 1 2 a: s2"]);
    check(
        Format::Mastodon,
        &format!(r#"{{"status":{root},"context":{{"ancestors":[],"descendants":[{first}]}}}}"#),
        &["1 thread 1 [s1]", "1 1 2 a: s2"],
    );
    check(Format::Mastodon, &format!("[{}]", root.replace("\"content\"", "\"x\"")), &["1 unreadable…"]);
}

/// The depth of the deepest comment, and how many there are, of what comes out in any order.
fn depth_of(format: Format, text: &str) -> (usize, usize) {
    let mut source = json_document::source(Box::new(text.as_bytes()), format, input(RequestedFormat::Fixed(format)));
    let mut parents = rustc_hash::FxHashMap::default();
    while let Some(item) = source.next_item() {
        match item {
            Item::Comment(comment) => {
                parents.insert(comment.id, comment.parent_id);
            }
            Item::Thread(_) => {}
            other => panic!("{}", show(&other)),
        }
    }
    let (mut depth, mut at) = (1, parents.keys().max_by_key(|id| id.as_str().parse::<u64>().unwrap()));
    while let Some(Some(parent)) = at.and_then(|id| parents.get(id)) {
        depth += 1;
        at = Some(parent);
    }
    (depth, parents.len())
}

#[test]
fn depth_takes_neither_stack_nor_order() {
    const DEPTH: usize = 100_000;
    let mut nested = String::from(r#"{"id":1,"type":"story","title":"T","children":["#);
    for id in 2..DEPTH + 2 {
        let _ = write!(nested, r#"{{"id":{id},"text":"a","children":["#);
    }
    nested.push_str(&"]}".repeat(DEPTH + 1));
    assert_eq!(depth_of(Format::HackerNews, &nested), (DEPTH, DEPTH));
    // In the order of the alphabet, and ids that come after those who need them.
    let mut nested = r#"{"children":["#.repeat(DEPTH + 1);
    for id in (1..DEPTH + 2).rev() {
        let _ = write!(nested, r#"],"id":{id},"text":"a"{}}}"#, if id == 1 { r#","type":"story""# } else { "" });
    }
    assert_eq!(depth_of(Format::HackerNews, &nested), (DEPTH, DEPTH));
    let mut nested = String::new();
    for _ in 0..DEPTH {
        nested.push_str(r#"{"kind":"Listing","data":{"children":[{"kind":"t1","data":{"replies":"#);
    }
    nested.push_str("\"\"");
    for id in (1..=DEPTH).rev() {
        let parent = if id == 1 { String::from("t3_s") } else { format!("t1_{}", id - 1) };
        let _ = write!(nested, r#","id":"{id}","parent_id":"{parent}","link_id":"t3_s","body":"a"}}}}]}}}}"#);
    }
    assert_eq!(depth_of(Format::RedditThread, &nested), (DEPTH, DEPTH));
}

/// Serves `count` times the same piece between a beginning and an end, without holding it.
struct Repeated {
    pieces: std::iter::Chain<
        std::iter::Chain<std::iter::Once<&'static str>, std::iter::RepeatN<&'static str>>,
        std::iter::Once<&'static str>,
    >,
    current: &'static [u8],
}

impl Repeated {
    fn new(begin: &'static str, piece: &'static str, count: usize, end: &'static str) -> std::io::BufReader<Self> {
        let pieces = std::iter::once(begin).chain(std::iter::repeat_n(piece, count)).chain(std::iter::once(end));
        std::io::BufReader::with_capacity(1 << 16, Self { pieces, current: &[] })
    }
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            if self.current.is_empty() {
                match self.pieces.next() {
                    Some(piece) => self.current = piece.as_bytes(),
                    None => break,
                }
            }
            filled += self.current.read(buffer.get_mut(filled..).unwrap())?;
        }
        Ok(filled)
    }
}

#[test]
fn size_takes_no_memory() {
    let count = |begin, piece, count, end, limits: &Limits| {
        let input = Input { limits: limits.clone(), ..input(RequestedFormat::Fixed(JSON)) };
        let mut source = json_document::source(Box::new(Repeated::new(begin, piece, count, end)), JSON, input);
        let (mut comments, mut others) = (0, Vec::new());
        while let Some(item) = source.next_item() {
            match item {
                Item::Comment(_) => comments += 1,
                other => others.push(show(&other)),
            }
        }
        (comments, others)
    };
    let limits = Limits { max_held_comments: 100, ..Limits::default() };
    // The thread is named at the end: a hundred comments wait, the others are of the thread of those that name none.
    let comment = "{\"id\":null,\"text\":\"words\",\"x\":[1,{\"y\":\"z\"}]},";
    let (comments, others) =
        count("{\"comments\":[", comment, 200_000, "{\"text\":\"\"}],\"thread_id\":\"t\"}", &limits);
    assert_eq!((comments, others), (200_001, vec![]));
    // 50 MB in a string, a field that nobody wants, and a number.
    let (comments, others) = count("[{\"text\":\"", "0123456789", 5_000_000, "\"},{\"text\":\"b\"}]", &limits);
    assert_eq!(comments, 1);
    assert!(others[0].starts_with("1 body_too_long: a text of 50000000 bytes"), "{others:?}");
    assert_eq!(count("[{\"x\":[", "0,1,2,3,4,", 1_000_000, "5],\"text\":\"b\"}]", &limits), (1, vec![]));
    let (comments, others) = count("[{\"text\":\"a\"},{\"id\":", "1234567890", 1_000_000, "}]", &limits);
    assert_eq!(comments, 1);
    assert!(others[0].starts_with("1 unreadable: the input broke off: a name or number"), "{others:?}");
}

#[test]
fn what_is_complete_is_handed_on_without_more_input() {
    /// Fails the test when it is read beyond its bytes.
    struct NoMore<'b>(&'b [u8]);
    impl Read for NoMore<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            assert!(!self.0.is_empty(), "more was asked for");
            self.0.read(buffer)
        }
    }
    let check = |format, text: &str, expected: &str| {
        let reader = std::io::BufReader::new(NoMore(text.as_bytes()));
        let mut source = json_document::source(Box::new(reader), format, input(RequestedFormat::Fixed(format)));
        assert_eq!(source.next_item().map(|item| show(&item)).as_deref(), Some(expected), "{text}");
    };
    check(JSON, "[{\"text\":\"a\"}", "1 1 1:1.1: a");
    check(JSON, "{\"text\":\"a\"}", "1 1 1:1: a");
    check(JSON, "{\"thread_id\":1,\"comments\":[{\"text\":\"a\"}", "1 1 1:1.1: a");
    check(Format::YtDlp, "{\"id\":\"v\",\"title\":\"T\",\"comments\":[", "1 thread v [T]");
    check(
        Format::HackerNews,
        r#"{"id":1,"created_at":"x","type":"comment","author":"a","title":null,"text":"t","parent_id":0,"story_id":9,"children":["#,
        "1 9 1<0 a@x: t",
    );
}

#[test]
fn formats_are_told_from_the_beginning() {
    let check = |beginning: &str, expected: Option<Format>| {
        assert_eq!(json_document::format_of(beginning.as_bytes()), expected, "{beginning}");
    };
    check(r#"[{"kind":"Listing","data":{"modh"#, Some(Format::RedditThread));
    check(r#"{"kind": "Listing", "data": {"#, Some(Format::RedditThread));
    check(r#"{"id":"x","title":"T","formats":[{"format_id":"1"#, Some(Format::YtDlp));
    check(r#"{"id":"x","title":"T","comments":[{"id":"1","parent":"root","author_id":"a""#, Some(Format::YtDlp));
    check(r#"{"kind":"youtube#commentThreadListResponse""#, Some(Format::Youtube));
    check(
        r#"{"author":"a","children":[{"author":"b","children":[],"created_at":"","created_at_i":1"#,
        Some(Format::HackerNews),
    );
    check(r#"{"id":1,"created_at":"","created_at_i":1,"type":"story","children":["#, Some(Format::HackerNews));
    check(r#"{"comments":[{"comment":{"id":1,"creator_id":2,"post_id":3,"#, Some(Format::Lemmy));
    check(r#"{"ancestors":[],"descendants":["#, Some(Format::Mastodon));
    check(r#"[{"id":"1","in_reply_to_id":null,"content":"","account":{"id":"1","acct":"a"#, Some(Format::Mastodon));
    check(r#"{"post_stream":{"posts":[{"id""#, Some(Format::Discourse));
    check(r#"{"comments_v2":["#, Some(Format::Json));
    for own in [
        r#"{"text":"a","id":1,"replies":[]}"#,
        r#"{"thread_id":"t","title":"T","comments":[{"id":"1","parent_id":"2","text":"a","replies":[{"text":"b"}]}]}"#,
        r#"{"type":"thread","url":"u"}"#,
        r#"[{"text":"#,
        "",
        "words",
        "{",
    ] {
        check(own, None);
    }
}

#[test]
fn arrays_are_read_from_stdin_whatever_their_lines() {
    let input = input(RequestedFormat::Auto);
    for text in [
        "[{\"text\":\"a\"},{\"text\":\"b\"}]",
        "[\n{\"text\":\"a\"},\n{\"text\":\"b\"}\n]\n",
        "[\n  {\n    \"text\": \"a\"\n  }\n]",
    ] {
        let (format, items) = read_all(text.as_bytes(), &input);
        assert_eq!(format, Some(JSON), "{text}");
        assert!(items.iter().all(|item| !item.contains("invalid")), "{items:?}");
    }
    let (format, items) = read_all(b"{\n  \"text\": \"a\"\n}\n{\n  \"text\": \"b\"\n}\n", &input);
    assert_eq!((format, items), (Some(JSON), vec![String::from("1 1 1:1: a"), String::from("4 1 1:4: b")]));
}

#[test]
fn headers_and_decisions_of_the_systems_are_read() {
    let check = |format: Format, text: &str, expected: &[&str]| {
        let (found, items) = read_all(text.as_bytes(), &input(RequestedFormat::Auto));
        assert_eq!(found, Some(format));
        let is_told = |item: &&String| item.contains(" thread ") || item.contains("ed]: ");
        assert_eq!(items.iter().filter(is_told).collect::<Vec<_>>(), expected);
    };
    macro_rules! fixture {
        ($name:literal) => {
            include_str!(concat!("../../tests/fixtures/exports/", $name))
        };
    }
    check(
        Format::RedditThread,
        fixture!("reddit_thread.json"),
        &[
            "1 thread 1abcde [Old bridge to close for two years] [The council wants to close the old bridge for two years & open a ferry.⏎⏎What do you think of the **plan**?] https://www.reddit.com/r/examplefen/comments/1abcde/old_bridge_to_close/",
            "1 1abcde kcc0003<kcc0001@2026-01-01T10:20:00Z [rejected]: ",
        ],
    );
    check(
        Format::YtDlp,
        fixture!("youtube.info.json"),
        &[
            "1 thread aBcDeFgHiJk [A walk over the old bridge] [We walk over the old bridge before it closes.⏎⏎0:00 The gate⏎2:10 The river] https://www.youtube.com/watch?v=aBcDeFgHiJk",
        ],
    );
    check(
        Format::Youtube,
        fixture!("youtube_comment_threads.json"),
        &[
            "43 aBcDeFgHiJk UgwAAA.9j-1<UgwAAA @ben-example@2026-01-01T11:00:00Z [approved]: I'd take the ferry.",
            "95 aBcDeFgHiJk UgwAAA.9j-2<UgwAAA @eve-example@2026-01-01T12:00:00Z [rejected]: Nobody asked you.",
        ],
    );
    check(
        Format::HackerNews,
        fixture!("hacker_news_algolia.json"),
        &[
            "1 thread 40000001 [Show HN: A controller for water mills] [I wrote a controller for a water mill.⏎Ask me anything.]",
        ],
    );
    check(
        Format::Lemmy,
        fixture!("lemmy_comments.json"),
        &[
            "1 thread 7 [Old bridge to close] [The council has decided.⏎⏎Work begins in May.] https://lemmy.example/post/7",
            "1 7 35<12 shop@2026-01-01T10:20:00Z [rejected]: Buy cheap boats here",
        ],
    );
    check(Format::Mastodon, fixture!("mastodon_context.json"), &[]);
    check(
        Format::Discourse,
        fixture!("discourse_topic.json"),
        &[
            "1 thread 77 [The council wants to close the old bridge.⏎Here is the plan.]",
            "1 77 4 eve@2026-01-01T09:30:00.000Z [rejected]: You are all wrong and I will not say why.",
            "1 thread 77 [Old bridge to close] [The council wants to close the old bridge.⏎Here is the plan.]",
        ],
    );
    check(JSON, fixture!("array.json"), &["2 bridge 1 ana@2026-01-01T10:00:00Z [approved]: The ferry is fine by me."]);
}

mod properties {
    use proptest::prelude::*;

    use super::super::testing::{input, read_all};
    use super::super::{Format, RequestedFormat};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        /// `read_all` itself compares the items for several sizes of pieces.
        #[test]
        fn documents_do_not_depend_on_the_pieces(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", ",", "{\"", "\":", "\"id\":1,", "\"text\":\"a\",", "\"children\":[{", "\"data\":{",
                    "\"replies\":[{", "\"comments\":[{", "\"kind\":\"t1\",", "\"body\":\"b\",", "\"snippet\":{", "\"parent_id\":2,",
                    "\"content\":\"<p>\",", "\"in_reply_to_id\":null,", "\"post_stream\":{\"posts\":[{", "\"comment\":{",
                    "\"cooked\":\"c\",", "\"post_number\":1,", "\"title\":\"T\",", "\"x\":null}", "\"x\":1}]", "\n", "\"\\ud83d\"",
                ]),
                0..32,
            ),
            format in prop::sample::select(vec![
                Format::Json,
                Format::RedditThread,
                Format::YtDlp,
                Format::Youtube,
                Format::HackerNews,
                Format::Lemmy,
                Format::Mastodon,
                Format::Discourse,
            ]),
        ) {
            read_all(pieces.concat().as_bytes(), &input(RequestedFormat::Fixed(format)));
        }
    }
}
