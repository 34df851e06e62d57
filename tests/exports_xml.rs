//! Exports of `WordPress` and Disqus, as these systems write them, and what becomes of broken ones.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Ran, Workspace, repository, string};

fn fixture(name: &str) -> PathBuf {
    repository().join("tests/fixtures/exports").join(name)
}

/// What a run left: records, dead letters and the summary.
struct Outcome {
    records: Vec<Value>,
    dead_letters: Vec<Value>,
    summary: Value,
}

fn run(bytes: &[u8], more: &[&str]) -> Outcome {
    let workspace = Workspace::new();
    let arguments = [&["run", "--dead-letters", "dead.jsonl", "--summary", "summary.json"], more, &["-"]].concat();
    let ran = workspace.run(arguments, bytes);
    let (records, dead_letters) = (ran.records(), workspace.lines("dead.jsonl"));
    // Where an input breaks off, somebody should look.
    let breaks_off = dead_letters.iter().any(|letter| letter["kind"] == "unreadable");
    let _ = ran.expect_code(i32::from(breaks_off));
    let summary = serde_json::from_slice(&workspace.read("summary.json")).expect("a summary");
    Outcome { records, dead_letters, summary }
}

/// All of it in few words.
fn shown(outcome: &Outcome) -> String {
    let mut shown = String::new();
    for record in &outcome.records {
        let text: Vec<char> = string(record, "/text").chars().collect();
        let written = |name: &str| record[name].as_str().unwrap_or("-").to_owned();
        let _ = writeln!(
            shown,
            "{} {}<{} {}@{}: {:?}",
            written("thread_id"),
            written("id"),
            written("parent_id"),
            written("author"),
            written("created_at"),
            string(record, "/text"),
        );
        for segment in record["segments"].as_array().expect("segments") {
            let at = |name: &str| segment[name].as_u64().expect("an offset") as usize;
            let part: String = text[at("begin")..at("end")].iter().collect();
            let _ = writeln!(shown, "    {} {part:?}", string(segment, "/kind"));
        }
    }
    for letter in &outcome.dead_letters {
        let _ = writeln!(shown, "! {} {}: {}", letter["line"], string(letter, "/kind"), string(letter, "/detail"));
    }
    for name in ["read", "records", "dead_letters", "threads", "skipped"] {
        let _ = writeln!(shown, "{name} {}", outcome.summary[name]);
    }
    let _ = write!(shown, "format {}", outcome.summary["inputs"][0]["format"]);
    shown
}

fn check_golden(name: &str, outcome: &Outcome) {
    insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, shown(outcome));
    });
}

fn fixture_bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).expect("the fixture")
}

#[test]
fn fixtures_are_read_as_recorded() {
    check_golden("exports_wordpress", &run(&fixture_bytes("wordpress.wxr.xml"), &[]));
    check_golden("exports_disqus", &run(&fixture_bytes("disqus.xml"), &[]));
    check_golden("exports_disqus_escaped", &run(&fixture_bytes("disqus_escaped.xml"), &[]));
}

#[test]
fn packed_exports_are_the_same() {
    for name in ["wordpress.wxr.xml", "disqus.xml"] {
        let plain = fixture_bytes(name);
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&plain).expect("written");
        let packed = encoder.finish().expect("finished");
        assert_eq!(shown(&run(&packed, &[])), shown(&run(&plain, &[])), "{name}");
    }
}

/// The dead letters that there must be, each by its line, its kind and a piece of what it says; and how many records.
fn check(what: &str, bytes: &[u8], more: &[&str], records: usize, letters: &[(u64, &str, &str)]) {
    let outcome = run(bytes, more);
    assert_eq!(outcome.records.len(), records, "{what}");
    assert_eq!(outcome.dead_letters.len(), letters.len(), "{what}: {:?}", outcome.dead_letters);
    for (letter, (line, kind, says)) in outcome.dead_letters.iter().zip(letters) {
        assert_eq!((letter["line"].as_u64(), string(letter, "/kind")), (Some(*line), *kind), "{what}");
        assert!(string(letter, "/detail").contains(says), "{what}: {letter}");
    }
}

fn line_of(text: &str, at: usize) -> u64 {
    text[..at].lines().count() as u64
}

#[test]
fn of_a_truncated_export_all_whole_comments_are_kept() {
    let text = String::from_utf8(fixture_bytes("disqus.xml")).expect("UTF-8");
    let ends: Vec<usize> = text.match_indices("</post>").map(|(at, found)| at + found.len()).collect();
    for whole in [0, 2, ends.len() - 1] {
        let begin = if whole == 0 { text.find("<post").expect("a post") } else { ends[whole - 1] };
        let message = begin + text[begin..].find("<message>").expect("a message");
        let data = message + text[message..].find("CDATA[").expect("character data");
        for (cut, says) in
            [(message + 9, "ends in the middle"), (data + 8, "CDATA not closed"), (message + 3, "tag not closed")]
        {
            check("a cut export", &text.as_bytes()[..cut], &[], whole, &[(line_of(&text, cut), "unreadable", says)]);
        }
    }
}

const POST: &str = "<post dsq:id=\"1\"><message>words that nobody may repeat</message><thread dsq:id=\"1\"/></post>\n";

#[test]
fn entities_are_not_expanded_and_nothing_is_fetched() {
    let secret = Workspace::new();
    let path = secret.write("secret.txt", "the secret");
    let declared = [
        "<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">".to_owned(),
        format!("<!ENTITY c SYSTEM \"file://{}\">", path.display()),
        format!("<!ENTITY % p SYSTEM \"file://{}\"> %p;", path.display()),
        "<!ENTITY c PUBLIC \"x\" \"http://127.0.0.1:9/x\">".to_owned(),
    ];
    for entities in declared {
        let text = format!("<?xml version=\"1.0\"?>\n<!DOCTYPE disqus [{entities}]>\n<disqus>{POST}&c;</disqus>");
        let expected = [(2, "unreadable", "nothing of it is expanded")];
        check(&entities, text.as_bytes(), &["--format", "disqus"], 0, &expected);
    }
    // No declarations of its own: nothing to refuse, nothing to fetch, and references stay as they are.
    let text = format!(
        "<!DOCTYPE disqus SYSTEM \"file://{}\">\n<disqus><post><message>&amp;lt;3 &unknown; &#8212; &nbsp;x</message></post></disqus>",
        path.display()
    );
    let outcome = run(text.as_bytes(), &["--format", "disqus"]);
    assert_eq!(outcome.records[0]["text"], "<3 &unknown; — x");
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let disqus = ["--format", "disqus"];
    let wxr = ["--format", "wxr"];
    let latin = format!("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<disqus>{POST}</disqus>");
    check("encoding", latin.as_bytes(), &disqus, 0, &[(1, "unreadable", "iconv -f iso-8859-1 -t UTF-8")]);
    check(
        "mismatch",
        format!("<disqus>\n{POST}</post></disqus>").as_bytes(),
        &disqus,
        1,
        &[(3, "unreadable", "closing tag")],
    );
    let other = [(1, "unreadable", "not the export of WordPress")];
    check("another kind", b"{\"text\":\"a\"}", &wxr, 0, &other);
    check("another kind", format!("<disqus>{POST}</disqus>").as_bytes(), &wxr, 0, &other);
    check("nothing", b"", &wxr, 0, &other);
    check("no items", b"<rss><channel><title>a</title></channel></rss>", &wxr, 0, &[]);
    let bad = format!("<disqus>\n{}{POST}</disqus>", POST.replace("nobody", "n?body").replace("\"1\"><m", "\"2\"><m"));
    let bad: Vec<u8> = bad.bytes().map(|byte| if byte == b'?' { 0xf8 } else { byte }).collect();
    check("bad bytes", &bad, &disqus, 1, &[(2, "invalid_utf8", "iconv")]);
}

#[test]
fn a_text_of_any_length_and_elements_of_any_depth_cost_one_comment() {
    let long = "word ".repeat(6 << 20);
    let deep = format!("{}{}", "<b>".repeat(100_000), "</b>".repeat(100_000));
    let text = format!(
        "<disqus>\n<post><message><![CDATA[{long}]]></message></post>\n<post><message>{long}</message></post>\n\
         <!-- {long} -->\n<post><message>a{deep}b</message></post>\n{POST}</disqus>"
    );
    let too_long = "a text of 31457280 bytes, the limit is 1048576";
    let letters = [(2, "body_too_long", too_long), (3, "body_too_long", too_long)];
    check("long texts", text.as_bytes(), &["--format", "disqus"], 2, &letters);
}

#[test]
fn no_words_of_people_get_into_messages() {
    let cut = format!("<disqus><post><message>words that <nobody may repeat></message></post>{POST}");
    let workspace = Workspace::new();
    let Ran { stdout, stderr, .. } =
        workspace.run(["run", "--format", "disqus", "--dead-letters", "dead.jsonl", "-v"], cut.as_bytes());
    let letters = String::from_utf8(workspace.read("dead.jsonl")).expect("UTF-8");
    assert!(!letters.contains("nobody") && !stderr.contains("nobody"), "{letters}{stderr}");
    assert!(stdout.is_empty() && letters.contains("unreadable"));
}
