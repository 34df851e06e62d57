//! The page itself: one file of HTML with everything in it, which loads nothing.

mod chart;
mod comments;
mod html;
mod languages;
mod over_time;
mod overview;
mod rules;
mod scores;
mod threads;
mod what_if;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::background::Background;
use super::excerpt::Excerpts;
use super::options::Options;
use super::survey::Survey;

const STYLE: &str = include_str!("../report.css");
const SCRIPT: &str = include_str!("../report.js");

/// What sections are made of.
#[derive(Debug, Clone, Copy)]
struct Parts<'a> {
    survey: &'a Survey,
    excerpts: &'a Excerpts,
    background: &'a Background,
    options: &'a Options,
}

/// A section: its anchor, its heading, and what stands in it.
struct Section {
    anchor: &'static str,
    heading: &'static str,
    body: String,
}

/// The report as HTML. Same records, same bytes.
#[must_use]
pub fn page(survey: &Survey, excerpts: &Excerpts, background: &Background, options: &Options) -> String {
    let parts = Parts { survey, excerpts, background, options };
    let title = html::text(options.title.as_deref().unwrap_or("Comments: a report"));
    let sections = if survey.rows.is_empty() { Vec::new() } else { sections(parts) };
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">Skip to the report</a>\n<header>\n<h1>{title}</h1>\n",
        policy_of_the_page()
    );
    overview::write_head(parts, &mut page);
    page.push_str("</header>\n");
    if !sections.is_empty() {
        page.push_str("<nav aria-label=\"Parts of the report\"><ul>\n");
        for Section { anchor, heading, .. } in &sections {
            let _ = writeln!(page, "<li><a href=\"#{anchor}\">{heading}</a></li>");
        }
        page.push_str("</ul></nav>\n");
    }
    page.push_str("<main id=\"content\">\n");
    if sections.is_empty() {
        page.push_str(
            "<p class=\"empty\">There are no comments in what was read, so there is nothing to report.</p>\n",
        );
    }
    for Section { anchor, heading, body } in &sections {
        let _ = write!(
            page,
            "<section id=\"{anchor}\" aria-labelledby=\"{anchor}-h\">\n<h2 id=\"{anchor}-h\">{heading}</h2>\n{body}</section>\n"
        );
    }
    page.push_str("</main>\n<footer>\n");
    overview::write_foot(parts, &mut page);
    let _ = write!(page, "</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
    page
}

/// Nothing is loaded, and nothing runs but the one script of the page.
fn policy_of_the_page() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn sections(parts: Parts<'_>) -> Vec<Section> {
    let section = |anchor, heading, write: fn(Parts<'_>, &mut String)| {
        let mut body = String::new();
        write(parts, &mut body);
        Section { anchor, heading, body }
    };
    vec![
        section("summary", "In figures", overview::write_figures),
        section("threads", "Threads by trouble", threads::write_trouble),
        section("time", "Tone over time", over_time::write),
        section("languages", "Languages and translations", languages::write),
        section("off-topic", "Off topic", threads::write_off_topic),
        section("rules", "What holds comments", rules::write_rules),
        section("worst", "Worst comments", comments::write_worst),
        section("best", "Good comments", comments::write_best),
        section("scores", "How scores are spread", scores::write),
        section("what-if", "Other thresholds", what_if::write),
        section("repeats", "Repeated comments", rules::write_repeats),
        section("models", "Models", overview::write_models),
        section("reading", "How to read this page", overview::write_reading),
    ]
}

impl Parts<'_> {
    /// What a thread is called, as HTML: its title, with a link where its address is known, else its id.
    fn thread_name(&self, id: &str) -> String {
        let known = self.background.titles.get(id);
        let title = known.and_then(|known| known.title.as_deref()).filter(|title| !title.trim().is_empty());
        let name = html::text(title.unwrap_or(id));
        let url = known.and_then(|known| known.url.as_deref()).filter(|url| is_web_address(url));
        match url {
            Some(url) => format!("<a href=\"{}\" rel=\"noreferrer noopener nofollow\">{name}</a>", html::text(url)),
            None => name,
        }
    }

    /// What a thread is called, in words only.
    fn thread_title<'s>(&'s self, id: &'s str) -> &'s str {
        let known = self.background.titles.get(id).and_then(|known| known.title.as_deref());
        known.filter(|title| !title.trim().is_empty()).unwrap_or(id)
    }
}

/// Whether an address leads to the web: others might run something.
fn is_web_address(url: &str) -> bool {
    let lower = url.trim_start().to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        for (url, expected) in [
            ("https://example.org/a", true),
            ("HTTP://example.org", true),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("/a", false),
        ] {
            assert_eq!(is_web_address(url), expected, "{url}");
        }
    }

    #[test]
    fn the_policy_names_style_and_script_by_their_bytes() {
        let policy = policy_of_the_page();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.matches("sha256-").count() == 2);
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }
}
