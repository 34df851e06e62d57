//! Items of `WordPress` exports, sound and broken.

use crate::config::Limits;
use crate::domain::{Item, ModeratorDecision};
use crate::source::testing::{check, check_input, input, read_all};
use crate::source::{Format, Input, RequestedFormat};

const WXR: Format = Format::Wxr;
const HEAD: &str = r#"<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Blog</title>"#;
const TAIL: &str = "</channel></rss>";

fn item(inner: &str) -> String {
    format!("{HEAD}\n<item><title>T &amp;amp; U</title><link>https://example.org/a</link>\n{inner}\n</item>\n{TAIL}")
}

fn comment(fields: &str) -> String {
    item(&format!(
        "<content:encoded><![CDATA[<p>One.</p>Two.]]></content:encoded>\
         <excerpt:encoded><![CDATA[No.]]></excerpt:encoded><wp:post_id>7</wp:post_id>\n<wp:comment>{fields}</wp:comment>"
    ))
}

const THREAD: &str = "2 thread 7 [T & U] [One.⏎Two.] https://example.org/a";

fn check_comment(fields: &str, expected: &str) {
    check(WXR, &comment(fields), &[THREAD, expected]);
}

#[test]
fn comments_are_read() {
    check_comment(
        "<wp:comment_id>5</wp:comment_id><wp:comment_author><![CDATA[Ana]]></wp:comment_author>\
         <wp:comment_author_email><![CDATA[a@example.org]]></wp:comment_author_email>\
         <wp:comment_date><![CDATA[2024-03-01 11:00:00]]></wp:comment_date>\
         <wp:comment_date_gmt><![CDATA[2024-03-01 10:00:00]]></wp:comment_date_gmt>\
         <wp:comment_content><![CDATA[Line one\nline <b>two</b> &amp; &lt;3]]></wp:comment_content>\
         <wp:comment_approved><![CDATA[1]]></wp:comment_approved><wp:comment_type><![CDATA[comment]]></wp:comment_type>\
         <wp:comment_parent>4</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id>",
        "4 7 5<4 Ana@2024-03-01T10:00:00Z [approved]: Line one⏎line two & <3",
    );
    // Any order, and nothing that is not needed.
    check_comment(
        "<wp:comment_parent>0</wp:comment_parent><wp:comment_content>&lt;p&gt;a&lt;/p&gt;</wp:comment_content>\
         <wp:comment_date>2024-03-01 11:00:00</wp:comment_date>\
         <wp:comment_date_gmt>0000-00-00 00:00:00</wp:comment_date_gmt><wp:comment_user_id>3</wp:comment_user_id>",
        "4 7 1:4 3@2024-03-01 11:00:00: a",
    );
    check_comment(
        "<wp:comment_id>5</wp:comment_id><wp:comment_content/><wp:comment_date>0000-00-00 00:00:00</wp:comment_date>",
        "4 7 5: ",
    );
    check_comment("<wp:comment_id>5</wp:comment_id>", "4 missing_text: no `wp:comment_content`");
}

#[test]
fn what_moderators_did_is_read() {
    for (approved, expected) in [
        ("1", " [approved]"),
        ("0", ""),
        ("", ""),
        ("post-trashed", ""),
        ("spam", " [rejected]"),
        ("trash", " [rejected]"),
        ("hold", ""),
        ("what", " [unclear]"),
    ] {
        check_comment(
            &format!(
                "<wp:comment_id>5</wp:comment_id><wp:comment_content>a</wp:comment_content>\
                 <wp:comment_approved>{approved}</wp:comment_approved>"
            ),
            &format!("4 7 5{expected}: a"),
        );
    }
}

#[test]
fn reasons_are_those_of_the_export() {
    for (approved, akismet, expected) in [
        ("spam", "true", &["spam", "akismet"][..]),
        ("trash", "false", &["trash"]),
        ("1", "true", &[]),
        ("0", "true", &[]),
    ] {
        let text = comment(&format!(
            "<wp:comment_content>a</wp:comment_content><wp:comment_approved>{approved}</wp:comment_approved>\
             <wp:commentmeta><wp:meta_key><![CDATA[akismet_result]]></wp:meta_key>\
             <wp:meta_value><![CDATA[{akismet}]]></wp:meta_value></wp:commentmeta>"
        ));
        let mut opened = crate::source::open(text.as_bytes(), input(RequestedFormat::Auto));
        let items: Vec<Item> = std::iter::from_fn(|| opened.source.next_item()).collect();
        let [_, Item::Comment(comment)] = items.as_slice() else { panic!("{items:?}") };
        let reasons = comment.stated.as_ref().map_or(&[][..], |stated| &stated.reasons);
        assert_eq!(reasons.iter().map(|reason| &**reason).collect::<Vec<_>>(), expected, "{approved} {akismet}");
        assert_eq!(comment.moderation == Some(ModeratorDecision::Rejected), !expected.is_empty());
    }
}

#[test]
fn what_is_no_comment_is_counted() {
    let ping = |kind: &str| {
        format!(
            "<wp:comment><wp:comment_type>{kind}</wp:comment_type><wp:comment_content>a</wp:comment_content></wp:comment>"
        )
    };
    let skipped = |what: &str| format!("Skipped {{ what: \"{what}\", count: 1 }}");
    check(WXR, &item(""), &[&skipped("post without comments")]);
    check(
        WXR,
        &item(&format!("{}{}", ping("pingback"), ping("trackback"))),
        &[&skipped("pingback"), &skipped("trackback"), &skipped("post without comments")],
    );
    // Kinds of other programs are comments; and the thread's header goes before them.
    check(
        WXR,
        &item(&format!("{}{}{}", ping("note"), ping("review"), ping(""))),
        &[&skipped("editors' note"), "2 thread 1:2 [T & U] https://example.org/a", "3 1:2 1:3.2: a", "3 1:2 1:3.3: a"],
    );
    check(WXR, &format!("{HEAD}{TAIL}"), &[]);
}

#[test]
fn prefixes_are_the_files_own() {
    let text = r#"<?xml version="1.0" encoding="UTF-8" ?>
<rss xmlns:w="http://wordpress.org/export/1.0/" xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel>
<item><c:encoded>Art.</c:encoded><w:post_id>1</w:post_id><w:comment><w:comment_id>2</w:comment_id><w:comment_content>b</w:comment_content></w:comment></item>
</channel></rss>"#;
    check(WXR, text, &["3 thread 1 [Art.]", "3 1 2: b"]);
    // Never declared, as in files that were cut by hand.
    let text = "<rss><channel><item><wp:post_id>1</wp:post_id><wp:comment><wp:comment_id>2</wp:comment_id>\
                <wp:comment_content>b</wp:comment_content></wp:comment></item></channel></rss>";
    check(WXR, text, &["1 thread 1", "1 1 2: b"]);
    // Of another namespace: no comment.
    let text = r#"<rss xmlns:wp="http://example.org/"><channel><item><wp:comment><wp:comment_content>b</wp:comment_content></wp:comment></item></channel></rss>"#;
    check(WXR, text, &["Skipped { what: \"post without comments\", count: 1 }"]);
}

#[test]
fn what_came_before_a_break_is_kept() {
    let whole = comment("<wp:comment_id>5</wp:comment_id><wp:comment_content>a</wp:comment_content>");
    let (kept, _) = whole.split_once("\n</item>").unwrap();
    check(WXR, kept, &[THREAD, "4 7 5: a", "4 unreadable: the file ends in the middle…"]);
    let more = format!("{kept}\n<wp:comment><wp:comment_content><![CDATA[b");
    check(WXR, &more, &[THREAD, "4 7 5: a", "5 unreadable: CDATA not closed…"]);
    let more = format!("{kept}\n<wp:comment><wp:comment_content>b</wp:comment>");
    check(WXR, &more, &[THREAD, "4 7 5: a", "5 unreadable: a closing tag…"]);
}

#[test]
fn other_files_are_told() {
    let another = "not the export of WordPress (WXR)";
    for text in ["", " ", "{\"a\":1}", "just words", "<html><body/></html>", "<disqus/>"] {
        check(WXR, text, &[&format!("1 unreadable: {another}…")]);
    }
    let rss = "<rss><channel><item><title>a</title></item></channel></rss>";
    check(WXR, rss, &["Skipped…"]);
}

#[test]
fn texts_are_bounded() {
    let small = Input {
        limits: Limits { max_body_bytes: 20, max_page_bytes: 30, ..Limits::default() },
        ..input(RequestedFormat::Fixed(WXR))
    };
    let article = "word ".repeat(10);
    let text = item(&format!(
        "<content:encoded>{article}</content:encoded><wp:post_id>7</wp:post_id>\n\
         <wp:comment><wp:comment_content>{article}</wp:comment_content></wp:comment>\n\
         <wp:comment><wp:comment_id>9</wp:comment_id><wp:comment_content>b</wp:comment_content></wp:comment>\n\
         <wp:comment><wp:comment_id>{}</wp:comment_id><wp:comment_content>b</wp:comment_content></wp:comment>",
        "1".repeat(70_000)
    ));
    check_input(
        &small,
        text.as_bytes(),
        &[
            "3 body_too_long: an article of 50 bytes: its first 30 were read…",
            "2 thread 7 [T & U] [word word word word word word] https://example.org/a",
            "4 body_too_long: a text of 50 bytes, the limit is 20…",
            "5 7 9: b",
            "6 invalid_field: a field of 70000 bytes…",
        ],
    );
}

#[test]
fn bytes_that_are_no_text_cost_one_comment() {
    let text = comment(
        "<wp:comment_id>5</wp:comment_id><wp:comment_content>caf?</wp:comment_content></wp:comment>\n\
         <wp:comment><wp:comment_id>6</wp:comment_id><wp:comment_content>b</wp:comment_content>",
    );
    let bytes: Vec<u8> = text.bytes().map(|byte| if byte == b'?' { 0xe9 } else { byte }).collect();
    check_input(&input(RequestedFormat::Auto), &bytes, &[THREAD, "4 invalid_utf8: bytes of the text…", "5 7 6: b"]);
}

#[test]
fn a_dead_letter_has_the_comments_own_text() {
    let with_raw = Input { keep_raw: true, ..input(RequestedFormat::Auto) };
    let text = comment(
        "<wp:comment_id>5</wp:comment_id><wp:comment_author_email>a@example.org</wp:comment_author_email>\
         <wp:comment_content>a</wp:comment_content>",
    );
    let mut opened = crate::source::open(text.as_bytes(), with_raw);
    let items: Vec<Item> = std::iter::from_fn(|| opened.source.next_item()).collect();
    let [_, Item::Comment(comment)] = items.as_slice() else { panic!("{items:?}") };
    let raw = comment.raw.as_ref().map(|raw| raw.as_str().to_owned());
    assert_eq!(raw.as_deref(), Some("comment_id: 5\ncomment_content: a\n"));
}

#[test]
fn formats_are_recognised() {
    assert_eq!(read_all(item("").as_bytes(), &input(RequestedFormat::Auto)).0, Some(WXR));
}
