//! Which lines of a page are its article.

/// Shortest line, in folded bytes, that can be found in an article by itself. Shorter ones are article only where they
/// stand right between, before or behind lines that are.
const MIN_ANCHOR_BYTES: usize = 24;
/// How many places in the article are tried for a line.
const MAX_PLACES: usize = 8;
/// Most lines that are no article between two that are: captions, advertisements.
const MAX_LINE_GAP: usize = 8;
/// Most of the article, in folded bytes, that is missing between two lines with others between.
const MAX_TEXT_GAP_BYTES: usize = 40;
/// A run that covers this share of the article is the article, wherever on the page it stands.
const SURE_SHARE: f64 = 0.5;
/// A run at the top of the page needs less: two lines with this share, or more lines. One line alone may be a quote.
const TOP_SHARE: f64 = 0.15;
const TOP_LINES: usize = 3;
/// Lines of a page before the article: address, title, name, date.
const MAX_LINES_ABOVE: usize = 12;
/// Bytes of the windows that tell most lines of comments from the article without a search.
const WINDOW_BYTES: usize = 8;

/// Tells for each line whether it is the article's.
///
/// White space, punctuation and case make no difference, and neither does how the article is cut into lines. The
/// article is one run of lines near each other that go through its text from front to back; of all such runs the one
/// that covers most of it. So a comment that quotes the article, which goes back in it or covers little, is none of
/// its lines.
pub(super) fn article_lines(article: &str, lines: &[&str]) -> Vec<bool> {
    let mut is_article = vec![false; lines.len()];
    let folded_lines: Vec<String> = lines.iter().map(|line| fold(line)).collect();
    let mut folded = String::with_capacity(article.len());
    let mut paragraph_begins = Vec::new();
    for paragraph in article.lines() {
        paragraph_begins.push(folded.len());
        folded.push_str(&fold(paragraph));
    }
    let anchors = anchors(&folded, &folded_lines);
    let run = best_run(&anchors, &paragraph_begins);
    let (Some(first), Some(last)) = (run.first().copied(), run.last().copied()) else { return is_article };
    let covered: usize = run.iter().map(|anchor| anchor.end - anchor.begin).sum();
    let share = covered as f64 / folded.len().max(1) as f64;
    let is_at_top = first.line <= MAX_LINES_ABOVE && (run.len() >= TOP_LINES || run.len() > 1 && share >= TOP_SHARE);
    if share < SURE_SHARE && !is_at_top {
        return is_article;
    }
    for anchor in &run {
        mark(&mut is_article, anchor.line);
    }
    // Short lines between two that were found.
    for pair in run.windows(2) {
        let [one, next] = pair else { continue };
        let mut at = one.end;
        for line in one.line + 1..next.line {
            let Some(text) = folded_lines.get(line).filter(|text| !text.is_empty()) else { continue };
            let between = folded.get(at..next.begin).unwrap_or_default();
            if let Some(offset) = between.find(text.as_str()) {
                at += offset + text.len();
                mark(&mut is_article, line);
            }
        }
    }
    // And those that go on exactly where the run begins or ends.
    let mut at = last.end;
    for (line, text) in folded_lines.iter().enumerate().skip(last.line + 1) {
        let rest = folded.get(at..).unwrap_or_default();
        if rest.is_empty() || !rest.starts_with(text.as_str()) {
            break;
        }
        at += text.len();
        mark_unless_blank(&mut is_article, line, text);
    }
    let mut at = first.begin;
    for (line, text) in folded_lines.iter().enumerate().take(first.line).rev() {
        let rest = folded.get(..at).unwrap_or_default();
        if rest.is_empty() || !rest.ends_with(text.as_str()) {
            break;
        }
        at -= text.len();
        mark_unless_blank(&mut is_article, line, text);
    }
    is_article
}

fn mark(is_article: &mut [bool], line: usize) {
    if let Some(mark) = is_article.get_mut(line) {
        *mark = true;
    }
}

fn mark_unless_blank(is_article: &mut [bool], line: usize, folded: &str) {
    if !folded.is_empty() {
        mark(is_article, line);
    }
}

/// A line that stands in the article, at one of its places there.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    line: usize,
    begin: usize,
    end: usize,
}

/// The lines that are long enough to be found, with all their places, in the order of lines and places.
fn anchors(article: &str, lines: &[String]) -> Vec<Anchor> {
    // A Bloom filter of one hash: most lines of comments are not in the article, and need no search.
    let bits = (article.len() * 16).next_power_of_two().max(64);
    let slot = |window: &[u8]| {
        let bytes = <[u8; WINDOW_BYTES]>::try_from(window).unwrap_or_default();
        let hash = crate::text::words::mix(u64::from_le_bytes(bytes)) as usize & (bits - 1);
        (hash / 64, 1_u64 << (hash % 64))
    };
    let mut windows = vec![0_u64; bits / 64];
    for window in article.as_bytes().windows(WINDOW_BYTES) {
        let (word, bit) = slot(window);
        if let Some(word) = windows.get_mut(word) {
            *word |= bit;
        }
    }
    let may_hold = |window: &[u8]| {
        let (word, bit) = slot(window);
        windows.get(word).is_some_and(|word| word & bit != 0)
    };
    let mut anchors = Vec::new();
    for (line, text) in lines.iter().enumerate() {
        if text.len() < MIN_ANCHOR_BYTES || !text.as_bytes().chunks_exact(WINDOW_BYTES).all(may_hold) {
            continue;
        }
        let places = memchr::memmem::find_iter(article.as_bytes(), text.as_bytes()).take(MAX_PLACES);
        anchors.extend(places.map(|begin| Anchor { line, begin, end: begin + text.len() }));
    }
    anchors
}

/// The run that covers most of the article; of two that cover as much, the one that begins first.
fn best_run(anchors: &[Anchor], paragraph_begins: &[usize]) -> Vec<Anchor> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(anchors.len());
    for (place, anchor) in anchors.iter().enumerate() {
        let mut covered = 0;
        let mut before = None;
        for (earlier, candidate) in anchors.iter().enumerate().take(place).rev() {
            let line_gap = anchor.line - candidate.line;
            if line_gap > MAX_LINE_GAP + 1 {
                break;
            }
            if line_gap == 0 || candidate.end > anchor.begin {
                continue;
            }
            // A page may leave out paragraphs, and have lines of its own between two, but hardly both.
            let text_gap = anchor.begin - candidate.end;
            let begins_paragraph = paragraph_begins.binary_search(&anchor.begin).is_ok();
            if text_gap > MAX_TEXT_GAP_BYTES && (line_gap > 1 || !begins_paragraph) {
                continue;
            }
            let so_far = best.get(earlier).map_or(0, |&(covered, _)| covered);
            if so_far >= covered {
                covered = so_far;
                before = Some(earlier);
            }
        }
        best.push((covered + anchor.end - anchor.begin, before));
    }
    let mut last: Option<(usize, usize)> = None;
    for (place, &(covered, _)) in best.iter().enumerate() {
        if last.is_none_or(|(most, _)| covered > most) {
            last = Some((covered, place));
        }
    }
    let mut run = Vec::new();
    let mut next = last.map(|(_, place)| place);
    while let Some(place) = next {
        run.extend(anchors.get(place));
        next = best.get(place).and_then(|&(_, before)| before);
    }
    run.reverse();
    run
}

/// Letters and digits only, in lower case.
fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;

    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    }
    text.nfkc().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTICLE: &str = "The town council voted on Monday to close the old bridge.\n\n“It is not safe,” said the mayor. Why \
        not repair it?\n\nMoney is short.\n\nA new bridge would cost nine million, and would take three years to build.\n\n\
        The ferry will run every hour until then, she said – weather permitting.";

    /// `page` has `+` before the lines that are the article's.
    fn check(article: &str, page: &str) {
        let lines: Vec<&str> = page.lines().map(|line| line.trim_start_matches(['+', ' '])).collect();
        let expected: Vec<bool> = page.lines().map(|line| line.starts_with('+')).collect();
        assert_eq!(article_lines(article, &lines), expected, "{page}");
    }

    #[test]
    fn the_article_is_found_whatever_its_typography() {
        check(
            ARTICLE,
            "https://example.org/a
             +The town  council voted on Monday to close the old bridge.
             +\"It is not safe,\" said the mayor. WHY NOT REPAIR IT?
             +Money is short.
             +A new bridge would cost nine million, and would take three years to build.
             +The ferry will run every hour until then, she said -- weather permitting.
             I will miss it."
                .replace("\n             ", "\n")
                .as_str(),
        );
    }

    #[test]
    fn paragraphs_may_be_glued_or_spread() {
        check(
            ARTICLE,
            &[
                "+The town council voted on Monday to close the old bridge.“It is not safe,” said the mayor. Why not repair it?",
                "+Money is short.",
                "+A new bridge would cost nine",
                "+million,",
                "+and would take three years to build.",
                "+The ferry will run every hour until then, she said – weather permitting.",
                "Money is short.",
            ]
            .join("\n"),
        );
    }

    #[test]
    fn quotes_stay_comments() {
        check(
            ARTICLE,
            &[
                "+The town council voted on Monday to close the old bridge.",
                "+“It is not safe,” said the mayor. Why not repair it?",
                "Advertisement",
                "+Money is short.",
                "+A new bridge would cost nine million, and would take three years to build.",
                "+The ferry will run every hour until then, she said – weather permitting.",
                "“It is not safe,” said the mayor. Why not repair it?",
                "Yes, why not?",
                "A new bridge would cost nine million, and would take three years to build.",
                "The ferry will run every hour until then, she said – weather permitting.",
            ]
            .join("\n"),
        );
        // The page has the beginning of the article alone, and a comment quotes what is missing.
        check(
            ARTICLE,
            &[
                "+The town council voted on Monday to close the old bridge.",
                "+“It is not safe,” said the mayor. Why not repair it?",
                "Read more",
                "I read it.",
                "The ferry will run every hour until then, she said – weather permitting.",
            ]
            .join("\n"),
        );
    }

    #[test]
    fn a_page_without_the_article_has_no_lines_of_it() {
        check(ARTICLE, "First!\nMoney is short.\nThe town council voted on Monday to close the old bridge.\nSo what?");
        check(ARTICLE, "");
        check("", "Hello\nthere");
        check("…", "…\nthere");
    }

    #[test]
    fn an_article_of_one_paragraph_is_its_first_line() {
        let article = "The town council voted on Monday to close the old bridge.";
        check(article, &format!("+{article}\nNo!\n{article}"));
    }
}
