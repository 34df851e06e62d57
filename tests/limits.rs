//! Memory is bounded: what is forgotten is told in the record, and nothing fails.

use serde_json::{Value, json};

use crate::support::{Workspace, by_id, interleaved_threads, parse_lines, strings};

fn run_with(limits: &str, workers: &str, input: &str) -> Vec<u8> {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", format!("[limits]\n{limits}"));
    workspace.run(["run", "--workers", workers], input.as_bytes()).expect_code(0).stdout
}

fn flags<'a>(records: &'a [Value], id: &str) -> Vec<&'a str> {
    strings(by_id(records, id), "/flags")
}

/// Comments as `(thread, id, parent, text)`.
fn lines(comments: &[(&str, &str, &str, &str)]) -> String {
    let line = |(thread, id, parent, text): &(&str, &str, &str, &str)| {
        format!("{}\n", json!({ "thread_id": thread, "id": id, "parent_id": parent, "text": text }))
    };
    comments.iter().map(line).collect()
}

#[test]
fn a_thread_that_is_longer_than_remembered_says_so() {
    let input = lines(&[
        ("t", "a", "", "The lamps in our street are dark again."),
        ("t", "b", "", "I saw a heron by the mill this morning."),
        ("t", "c", "a", "They went out when the storm came over."),
        ("t", "d", "a", "Nobody has been round to mend them yet."),
        ("t", "e", "d", "The lamps in our street are dark again."),
        ("t", "f", "e", "Nobody has been round to mend them yet."),
    ]);
    let records = parse_lines(&run_with("max_comments_per_thread = 2\n", "2", &input));
    assert_eq!(records.len(), 6);
    assert_eq!(flags(&records, "c"), [""; 0], "all that was said so far is remembered");
    assert_eq!(flags(&records, "d"), ["parent_unknown", "thread_truncated"], "`a` is forgotten");
    assert_eq!(flags(&records, "e"), ["thread_truncated"], "what it repeats is forgotten");
    assert_eq!(flags(&records, "f"), ["duplicate", "thread_truncated"], "`d` is remembered");
    let unlimited = parse_lines(&run_with("", "2", &input));
    assert_eq!(flags(&unlimited, "e"), ["duplicate"]);
    assert_eq!(flags(&unlimited, "d"), [""; 0]);
}

#[test]
fn a_thread_that_was_forgotten_says_so_when_it_comes_back() {
    let input = lines(&[
        ("one", "a", "", "The lamps in our street are dark again."),
        ("two", "b", "", "I saw a heron by the mill this morning."),
        ("one", "c", "a", "They went out when the storm came over."),
        ("three", "d", "", "Nobody has been round to mend them yet."),
    ]);
    for limits in ["max_threads = 1\n", "max_comments = 1\n"] {
        let records = parse_lines(&run_with(limits, "1", &input));
        assert_eq!(flags(&records, "c"), ["parent_unknown", "thread_truncated"], "{limits}");
        assert_eq!(flags(&records, "b"), [""; 0], "{limits}: a thread that is new");
        assert_eq!(flags(&records, "d"), [""; 0], "{limits}: a thread that is new");
    }
}

#[test]
fn tiny_limits_give_the_same_bytes_for_any_number_of_workers() {
    let input = interleaved_threads(1_500, 9);
    for limits in [
        "max_threads = 1\n",
        "max_threads = 3\nmax_comments_per_thread = 2\n",
        "max_comments = 5\n",
        "max_comments = 1\nmax_threads = 1\nmax_comments_per_thread = 1\n",
        "max_comments = 1\nmax_threads = 1\nmax_comments_per_thread = 1\nmax_ids = 1\n",
        "max_ids = 10\n",
    ] {
        let first = run_with(limits, "1", &input);
        for workers in ["2", "8"] {
            assert!(run_with(limits, workers, &input) == first, "{limits} with {workers} workers");
        }
        let records = parse_lines(&first);
        let truncated = records.iter().filter(|record| strings(record, "/flags").contains(&"thread_truncated"));
        // Which threads were forgotten is itself remembered only as far as `max_ids` goes.
        if limits.contains("max_ids") {
            continue;
        }
        assert!(truncated.count() > 1_000, "{limits}");
    }
}
