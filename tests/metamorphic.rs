//! Changes to an input that must not change what comes out, or only so much as is said here.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::in_memory::{Written, cases, run_on};
use crate::support::string;

const CONFIG: &str = "[tone]\nevidence = 3\n[output]\nraw_dead_letters = false\n";

/// A comment of a made-up input.
#[derive(Debug, Clone)]
struct Comment {
    id: String,
    thread: usize,
    parent: Option<String>,
    author: Option<String>,
    text: String,
}

impl Comment {
    /// Its fields as they stand in a line of JSON.
    fn fields(&self, thread: &str) -> Vec<(&'static str, Value)> {
        vec![
            ("id", json!(self.id)),
            ("thread_id", json!(thread)),
            ("parent_id", json!(self.parent)),
            ("author", json!(self.author)),
            ("text", json!(self.text)),
        ]
    }

    fn line(&self) -> String {
        self.line_in(&format!("t{}", self.thread))
    }

    fn line_in(&self, thread: &str) -> String {
        object(&self.fields(thread), &Value::to_string)
    }
}

/// A line with fields in this order.
fn object(fields: &[(&str, Value)], write: &dyn Fn(&Value) -> String) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}:{}", write(&json!(name)), write(value))).collect();
    format!("{{{}}}\n", fields.join(","))
}

fn texts() -> impl Strategy<Value = String> {
    let fixed = proptest::sample::select(vec![
        "The ferry was late again, and nobody at the pier could tell us why.",
        "You are a stupid idiot and a liar.",
        "Kod nas ulica nije osvetljena već dve godine, i niko ne dolazi.",
        "Ко год је био на мосту зна колико је горе хладно.",
        "“The ferry was late again, and nobody at the pier could tell us why.” So what?",
        "> The ferry was late again, and nobody at the pier could tell us why.\n\nIndeed.",
        "Kod nas ulica nije osvetljena.\nMachine Translation:\nOur street is not lit.",
        "See https://example.org/a?b=c and `let x = 5;` there.",
        "```\nfn main() {}\n```",
        "Yes",
        "👍🏽👍",
        "WHY are you SHOUTING!!! You f00l",
    ]);
    prop_oneof![
        5 => fixed.prop_map(str::to_owned),
        2 => "\\PC{0,60}",
        1 => "[a-z \\n“”\"'.,…>`*]{0,60}",
        1 => ".{0,30}",
    ]
}

/// Comments with ids of their own in a few threads; some answer earlier ones, or none that is there.
fn comments() -> impl Strategy<Value = Vec<Comment>> {
    let one = (0_usize..3, proptest::option::of(0_usize..10), proptest::option::of("[a-c]"), texts());
    proptest::collection::vec(one, 1..10).prop_map(|comments| {
        let made = comments.into_iter().enumerate().map(|(place, (thread, parent, author, text))| Comment {
            id: format!("c{place}"),
            thread,
            parent: parent.map(|parent| format!("c{parent}")),
            author,
            text,
        });
        made.collect()
    })
}

fn lines(comments: &[Comment]) -> String {
    let header = json!({ "type": "thread", "thread_id": "t0", "title": "The ferry",
        "article": "The ferry was late again. Nobody knows why." });
    comments.iter().fold(format!("{header}\n"), |lines, comment| lines + &comment.line())
}

fn run(bytes: &[u8]) -> Written {
    run_on(CONFIG, &[("one", bytes)], "jsonl", 2)
}

/// Records with some fields set to null.
fn without(written: &Written, fields: &[&str]) -> Vec<Value> {
    let mut records = written.records();
    for record in &mut records {
        for field in fields {
            record[*field] = Value::Null;
        }
    }
    records
}

#[track_caller]
fn check_same(one: &Written, other: &Written, what: &str) {
    let (records, others) = (one.records(), other.records());
    for (record, other) in records.iter().zip(&others) {
        assert_eq!(record, other, "{what}");
    }
    assert!(one.records == other.records, "{what}: {} and {} records", records.len(), others.len());
    assert_eq!(one.letters(), other.letters(), "{what}");
    assert_eq!(one.outcome.tally, other.outcome.tally, "{what}");
}

/// A string with each character outside of ASCII, and some within, as `\uXXXX`.
fn escaped(value: &Value) -> String {
    let Value::String(text) = value else { return value.to_string() };
    let mut written = "\"".to_owned();
    for (place, character) in text.chars().enumerate() {
        if character.is_ascii_alphanumeric() && place % 3 != 0 {
            written.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(written, "\\u{unit:04x}");
            }
        }
    }
    written + "\""
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(24), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn white_space_behind_a_comment_changes_nothing_but_its_text(
        comments in comments(),
        space in proptest::collection::vec("[ \t\n\r\u{a0}\u{2003}]{0,4}", 10),
    ) {
        let plain = run(lines(&comments).as_bytes());
        let mut padded = comments;
        for (comment, space) in padded.iter_mut().zip(&space) {
            comment.text += space;
        }
        let padded = run(lines(&padded).as_bytes());
        for (record, padded) in without(&plain, &["text"]).iter().zip(&without(&padded, &["text"])) {
            prop_assert_eq!(record, padded);
        }
        prop_assert_eq!(&plain.outcome.tally, &padded.outcome.tally);
    }

    #[test]
    fn another_name_for_a_thread_changes_only_that_name(comments in comments(), renamed in "[A-Za-zž ]{1,8}") {
        let plain = run(lines(&comments).as_bytes());
        for rename in [&str::to_uppercase as &dyn Fn(&str) -> String, &|name| format!("{name} {renamed}")] {
            let mut text = lines(&[]).replace("\"t0\"", &json!(rename("t0")).to_string());
            for comment in &comments {
                text += &comment.line_in(&rename(&format!("t{}", comment.thread)));
            }
            let other = run(text.as_bytes());
            let mut expected = plain.records();
            for record in &mut expected {
                record["thread_id"] = json!(rename(string(record, "/thread_id")));
            }
            prop_assert_eq!(other.records(), expected);
            prop_assert_eq!(plain.letters(), other.letters());
        }
    }

    /// But for where a dead letter stood: the name of the input, and the line in it.
    #[test]
    fn an_input_in_two_pieces_is_the_same_where_comments_have_ids(
        comments in comments(),
        at in 0_usize..12,
        junk in proptest::option::of("[a-z]{1,5}"),
    ) {
        let mut all: Vec<String> = lines(&comments).lines().map(|line| format!("{line}\n")).collect();
        if let Some(junk) = junk {
            all.insert(at % all.len(), junk + "\n");
        }
        let (head, tail) = all.split_at(at % (all.len() + 1));
        let whole = run(all.concat().as_bytes());
        let two = run_on(CONFIG, &[("one", head.concat().as_bytes()), ("two", tail.concat().as_bytes())], "jsonl", 2);
        prop_assert!(whole.records == two.records);
        prop_assert_eq!(&whole.outcome.tally, &two.outcome.tally);
        let (letters, parts) = (whole.letters(), two.letters());
        prop_assert_eq!(letters.len(), parts.len());
        for (letter, mut part) in letters.into_iter().zip(parts) {
            let line = letter["line"].as_u64().unwrap_or_default();
            let first = head.len() as u64;
            let (source, expected) = if line > first { ("two", line - first) } else { ("one", line) };
            prop_assert_eq!((&part["source"], &part["line"]), (&json!(source), &json!(expected)));
            part["source"] = letter["source"].clone();
            part["line"] = letter["line"].clone();
            prop_assert_eq!(letter, part);
        }
    }

    #[test]
    fn line_ends_a_byte_order_mark_and_blank_lines_change_nothing(comments in comments()) {
        let text = lines(&comments);
        let plain = run(text.as_bytes());
        check_same(&plain, &run(text.replace('\n', "\r\n").as_bytes()), "CRLF");
        check_same(&plain, &run(format!("\u{feff}{text}").as_bytes()), "a byte order mark");
        check_same(&plain, &run(text.trim_end().as_bytes()), "no line break at the end");
        let blank = run(text.replace('\n', "\n\n \n").as_bytes());
        prop_assert!(plain.records == blank.records, "blank lines");
    }

    #[test]
    fn the_order_of_keys_and_how_characters_are_written_change_nothing(
        comments in comments(),
        order in Just([0_usize, 1, 2, 3, 4]).prop_shuffle(),
    ) {
        let plain = run(lines(&comments).as_bytes());
        let written = |write: &dyn Fn(&Value) -> String, order: [usize; 5]| {
            comments.iter().fold(lines(&[]), |lines, comment| {
                let fields = comment.fields(&format!("t{}", comment.thread));
                lines + &object(&order.map(|place| fields[place].clone()), write)
            })
        };
        check_same(&plain, &run(written(&Value::to_string, order).as_bytes()), "another order");
        check_same(&plain, &run(written(&escaped, [0, 1, 2, 3, 4]).as_bytes()), "escapes");
        check_same(&plain, &run(written(&escaped, order).as_bytes()), "both");
        let spaced = comments.iter().fold(lines(&[]), |lines, comment| {
            let fields = comment.fields(&format!("t{}", comment.thread));
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\t\"{name}\" : {value} ")).collect();
            lines + " {" + &fields.join(",") + "}  \n"
        });
        check_same(&plain, &run(spaced.as_bytes()), "white space between tokens");
    }

    #[test]
    fn tables_are_the_same_with_either_line_end_and_any_order_of_columns(
        comments in comments(),
        order in Just([0_usize, 1, 2, 3, 4]).prop_shuffle(),
    ) {
        let table = |order: [usize; 5], end: &str| {
            let quoted = |value: &Value| format!("\"{}\"", value.as_str().unwrap_or_default().replace('"', "\"\""));
            let fields = |fields: Vec<(&'static str, Value)>| order.map(|place| quoted(&fields[place].1)).join(",");
            let header = order.map(|place| ["id", "thread_id", "parent_id", "author", "text"][place]).join(",");
            comments.iter().fold(format!("{header}{end}"), |table, comment| {
                table + &fields(comment.fields(&format!("t{}", comment.thread))) + end
            })
        };
        let run = |text: String| run_on(CONFIG, &[("one", text.as_bytes())], "csv", 2);
        let plain = run(table([0, 1, 2, 3, 4], "\n"));
        check_same(&plain, &run(table([0, 1, 2, 3, 4], "\r\n")), "CRLF");
        check_same(&plain, &run(table(order, "\n")), "another order");
        check_same(&plain, &run(format!("\u{feff}{}", table(order, "\r\n"))), "a byte order mark");
    }
}
