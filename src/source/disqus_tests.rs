//! Items of Disqus exports, sound and broken.

use crate::source::testing::{check, check_input, input};
use crate::source::{Format, RequestedFormat};

const DISQUS: Format = Format::Disqus;

fn export(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<disqus xmlns=\"http://disqus.com\" \
         xmlns:dsq=\"http://disqus.com/disqus-internals\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n{inner}\n</disqus>"
    )
}

fn check_post(fields: &str, expected: &str) {
    check(DISQUS, &export(&format!("<post dsq:id=\"9\">{fields}<thread dsq:id=\"1\" /></post>")), &[expected]);
}

#[test]
fn threads_and_posts_are_read() {
    let text = export(
        "<category dsq:id=\"3\"><forum>f</forum><title>General</title></category>\n\
         <thread dsq:id=\"1\">\n<id>a-slug</id>\n<forum>f</forum>\n<category dsq:id=\"3\" />\n\
         <link>https://example.org/a</link>\n<title>A &amp; B</title>\n<message />\n<createdAt>2014-01-02T03:04:05Z</createdAt>\n\
         <author><name>Ana</name><isAnonymous>false</isAnonymous><username>ana</username></author>\n\
         <isClosed>false</isClosed>\n<isDeleted>false</isDeleted>\n</thread>\n\
         <post dsq:id=\"9\">\n<id>wp_id=528</id>\n<message><![CDATA[<p>Hello <a href=\"https://example.org/b\">there</a></p>]]></message>\n\
         <createdAt>2014-01-02T03:04:06Z</createdAt>\n<isDeleted>false</isDeleted>\n<isSpam>false</isSpam>\n\
         <author><email>b@example.org</email><name>Ben</name><isAnonymous>true</isAnonymous></author>\n\
         <ipAddress>127.0.0.1</ipAddress>\n<thread dsq:id=\"1\" />\n</post>\n\
         <post dsq:id=\"10\"><id />\n<message>&lt;p&gt;Yes &amp;amp; no&lt;/p&gt;</message><author><username>u</username></author>\
         <thread dsq:id=\"2\"/><parent dsq:id=\"9\"/></post>",
    );
    check(
        DISQUS,
        &text,
        &[
            "4 thread 1 [A & B] https://example.org/a",
            "16 1 9 Ben@2014-01-02T03:04:06Z [approved]: Hello there (https://example.org/b)",
            "26 2 10<9 u: Yes & no",
        ],
    );
}

#[test]
fn flags_are_read_and_may_be_missing() {
    for (flags, expected) in [
        ("", "3 1 9: a"),
        ("<isSpam>true</isSpam>", "3 1 9 [rejected]: a"),
        ("<isSpam>false</isSpam>", "3 1 9: a"),
        ("<isSpam>true</isSpam><isDeleted>true</isDeleted>", "3 1 9 [rejected]: a"),
        ("<isDeleted>true</isDeleted>", "3 1 9 [unclear]: a"),
        ("<isSpam>false</isSpam><isDeleted>false</isDeleted>", "3 1 9 [approved]: a"),
        ("<isSpam>false</isSpam><isDeleted>false</isDeleted><isApproved>false</isApproved>", "3 1 9: a"),
        ("<isApproved>true</isApproved>", "3 1 9 [approved]: a"),
    ] {
        check_post(&format!("<message>a</message>{flags}"), expected);
    }
    check_post("<isDeleted>true</isDeleted>", "3 1 9 [unclear]: ");
    check_post("", "3 missing_text: no `message`");
}

#[test]
fn ids_are_made_where_there_are_none() {
    check(
        DISQUS,
        &export("<post><message>a</message></post><post><message>b</message></post>"),
        &["3 1 1:3: a", "3 1 1:3.2: b"],
    );
    check(DISQUS, &export("<thread><title>a</title></thread>"), &["3 thread 1:3 [a]"]);
    check(DISQUS, &export(""), &[]);
}

#[test]
fn what_came_before_a_break_is_kept() {
    let text = export("<post dsq:id=\"9\"><message>a</message></post>\n<post dsq:id=\"10\"><message>b");
    let cut = text.strip_suffix("\n</disqus>").unwrap();
    check(DISQUS, cut, &["3 1 9: a", "4 unreadable: the file ends in the middle…"]);
    check(DISQUS, "<rss/>", &["1 unreadable: not the export of Disqus…"]);
    let declared = format!("<!DOCTYPE disqus [<!ENTITY a SYSTEM \"file:///etc/hostname\">]>{}", "<disqus>&a;</disqus>");
    check(DISQUS, &declared, &["1 unreadable: a document type with declarations…"]);
    let latin = export("").replace("utf-8", "windows-1252");
    check_input(
        &input(RequestedFormat::Auto),
        latin.as_bytes(),
        &["1 unreadable: the file says that it is in the encoding windows-1252…"],
    );
}
