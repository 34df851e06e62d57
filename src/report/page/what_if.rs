//! What other thresholds would hold: a slider for each, over the scores of all comments.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::Parts;
use super::html::{count, json, short, text};
use crate::report::columns::ONE;
use crate::report::excerpt::{Cover, Excerpt};
use crate::report::rules::Slider;
use crate::report::survey::Row;

/// With more comments their scores would make the page too heavy.
const MAX_COMMENTS: usize = 400_000;
/// One step of a slider, in ten-thousandths.
const STEP: u16 = 50;

/// What the script works on.
#[derive(Serialize)]
struct Embedded<'a> {
    comments: usize,
    /// A bit for each comment that is held whatever the thresholds are, lowest first, in base 64.
    held_anyway: String,
    /// Scores by label, 16 bits each, lower byte first, in base 64.
    scores: Vec<EmbeddedScores<'a>>,
    sliders: Vec<EmbeddedSlider>,
    examples: Vec<EmbeddedExample<'a>>,
}

#[derive(Serialize)]
struct EmbeddedScores<'a> {
    label: &'a str,
    data: String,
}

#[derive(Serialize)]
struct EmbeddedSlider {
    /// Place in `scores`.
    scores: usize,
    least: u16,
    below: bool,
    /// A bit for each comment that the rule matched, where it asks for more than the score.
    matched: Option<String>,
}

#[derive(Serialize)]
struct EmbeddedExample<'a> {
    row: usize,
    thread: &'a str,
    id: &'a str,
    /// Pieces of the text: words, and 1 where they are covered. None without the text.
    text: Option<Vec<(&'a str, u8)>>,
    /// Whether the whole is covered.
    covered: bool,
    cut: bool,
}

/// The sliders, and what they work on.
pub(super) fn write(parts: Parts<'_>, page: &mut String) {
    let what_if = &parts.survey.what_if;
    if what_if.sliders.is_empty() {
        page.push_str("<p>No comment has a score, so there is no threshold to move.</p>\n");
        return;
    }
    if parts.survey.rows.len() > MAX_COMMENTS {
        let _ = writeln!(
            page,
            "<p>There are more than {} comments: the page would be too heavy with the scores of all. Make a report of a part of \
             them to try other thresholds.</p>",
            count(MAX_COMMENTS as u64)
        );
        return;
    }
    let held = parts.survey.count(Row::is_held);
    let _ = writeln!(
        page,
        "<p>Move a threshold to see which comments the policy would hold with it. The numbers are of all comments; texts are shown \
         of some of them. Nothing is changed by this.</p>\n\
         <noscript><p class=\"notice\">The sliders need JavaScript, which is switched off. All the rest works without it.</p></noscript>\n\
         <form id=\"sliders\" autocomplete=\"off\">"
    );
    let (with_rule, without): (Vec<_>, Vec<_>) =
        what_if.sliders.iter().enumerate().partition(|(_, slider)| slider.rule.is_some());
    for (place, slider) in with_rule {
        write_slider(parts, place, slider, page);
    }
    if !without.is_empty() {
        let _ = writeln!(
            page,
            "<details class=\"data\"><summary>{} by which no rule holds comments</summary>",
            without.len()
        );
        for (place, slider) in without {
            write_slider(parts, place, slider, page);
        }
        page.push_str("</details>\n");
    }
    let _ = writeln!(
        page,
        "<p class=\"result\" role=\"status\" id=\"result\">Held now: {} of {}.</p>\n\
         <p><button type=\"reset\" id=\"reset\" disabled>Put all back</button></p>\n</form>\n\
         <div id=\"changes\" hidden>\n<h3 id=\"more-h\">Would be held as well</h3>\n<p class=\"soft\" id=\"more-n\"></p>\n\
         <ol class=\"comments\" id=\"more\" aria-labelledby=\"more-h\"></ol>\n<h3 id=\"fewer-h\">Would no longer be held</h3>\n\
         <p class=\"soft\" id=\"fewer-n\"></p>\n<ol class=\"comments\" id=\"fewer\" aria-labelledby=\"fewer-h\"></ol>\n</div>",
        count(held),
        count(parts.survey.comments())
    );
    let _ = writeln!(page, "<script type=\"application/json\" id=\"what-if-data\">{}</script>", json(&embedded(parts)));
}

fn write_slider(parts: Parts<'_>, place: usize, slider: &Slider, page: &mut String) {
    let name = text(&slider.label.replace('_', " "));
    let value = (u32::from(slider.least) + u32::from(STEP) / 2) / u32::from(STEP) * u32::from(STEP);
    let (at, said) = match &slider.rule {
        Some(rule) => {
            let at = rule.compares.as_ref().map_or_else(String::new, |(_, threshold)| short(*threshold));
            let side = if slider.is_below { "below" } else { "from" };
            let more = if rule.asks_for_more {
                "; asks for more than this score, or was not in force for all, so that what it would hold beside is the most that it could"
            } else {
                ""
            };
            let said = format!("rule <code>{}</code> holds {side} {at}{more}", text(&rule.id));
            (at, said)
        }
        None => ("never".to_owned(), "no rule".to_owned()),
    };
    let matched =
        (0..parts.survey.rows.len()).filter(|row| slider.matches(&parts.survey.columns, *row, slider.least)).count();
    let _ = writeln!(
        page,
        "<div class=\"slider\"><label for=\"s{place}\"><strong>{name}</strong> <span class=\"soft\">{said}; <span id=\"n{place}\">matches {}</span></span></label>\
         <span class=\"slide\"><input type=\"range\" id=\"s{place}\" min=\"0\" max=\"{}\" step=\"{STEP}\" value=\"{value}\" \
         aria-valuetext=\"{at}\" disabled> <output for=\"s{place}\" id=\"o{place}\">{at}</output></span></div>",
        count(matched as u64),
        ONE + STEP
    );
}

fn embedded(parts: Parts<'_>) -> Embedded<'_> {
    let survey = parts.survey;
    let mut scores: Vec<EmbeddedScores<'_>> = Vec::new();
    let mut sliders = Vec::new();
    for slider in &survey.what_if.sliders {
        let known = scores.iter().position(|scores| scores.label == slider.label);
        let place = known.unwrap_or_else(|| {
            let values = survey.columns.of(&slider.label).map(|column| column.scores.as_slice()).unwrap_or_default();
            let bytes: Vec<u8> = values.iter().flat_map(|score| score.to_le_bytes()).collect();
            scores.push(EmbeddedScores { label: &slider.label, data: STANDARD.encode(bytes) });
            scores.len() - 1
        });
        let matched = slider.matched.as_deref().map(bits);
        sliders.push(EmbeddedSlider { scores: place, least: slider.least, below: slider.is_below, matched });
    }
    let example = |row: &usize| parts.excerpts.by_row.get(row).map(|excerpt| example(parts, *row, excerpt));
    Embedded {
        comments: survey.rows.len(),
        held_anyway: bits(&survey.what_if.held_anyway),
        scores,
        sliders,
        examples: parts.excerpts.choice.examples.iter().filter_map(example).collect(),
    }
}

fn example<'a>(parts: Parts<'a>, row: usize, excerpt: &'a Excerpt) -> EmbeddedExample<'a> {
    let shown = excerpt.text.as_ref();
    let known = parts.background.titles.get(&excerpt.thread_id).and_then(|known| known.title.as_deref());
    EmbeddedExample {
        row,
        thread: known.filter(|title| !title.trim().is_empty()).unwrap_or(&excerpt.thread_id),
        id: &excerpt.id,
        text: shown
            .map(|shown| shown.pieces.iter().map(|piece| (piece.text.as_str(), u8::from(piece.is_covered))).collect()),
        covered: shown.is_some_and(|shown| shown.cover != Cover::No),
        cut: shown.is_some_and(|shown| shown.is_cut),
    }
}

/// A bit for each, lowest first, in base 64.
fn bits(flags: &[bool]) -> String {
    let byte =
        |flags: &[bool]| flags.iter().enumerate().fold(0_u8, |byte, (place, flag)| byte | (u8::from(*flag) << place));
    STANDARD.encode(flags.chunks(8).map(byte).collect::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_packed_lowest_first() {
        let flags = [true, false, false, false, false, false, false, true, true];
        assert_eq!(STANDARD.decode(bits(&flags)).unwrap(), [0b1000_0001, 1]);
        assert_eq!(bits(&[]), "");
    }
}
