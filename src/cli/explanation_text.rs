//! How an explanation looks to people: the text with what carried a score marked in it, and the sum beside it.

use std::fmt::Write as _;

use anstyle::{Ansi256Color, Style};

use crate::domain::{Absence, Evidence, LanguageCode, LanguageVerdict, Span, ToneLabel, TranslationFailure};
use crate::pipeline::ExplainedComment;
use crate::tone::{LabelExplanation, strongest};

/// How it is to look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Whether words are coloured; else they stand in brackets with their weights.
    pub(super) is_coloured: bool,
    pub(super) detail: Detail,
    /// So many words are listed, and without colours marked, for a label.
    pub(super) top: usize,
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// A table for each label.
    Full,
    /// A line for each label, and the text.
    Compact,
}

/// Backgrounds of what raises a score, faint to strong; the letters on them are black.
const WARM: [u8; 4] = [224, 217, 210, 203];
/// Backgrounds of what lowers it.
const COOL: [u8; 4] = [195, 153, 117, 75];
const BLACK: u8 = 16;
/// From which share of the strongest mark on a mark gets which background.
const LEVELS: [f64; 4] = [0.1, 0.25, 0.5, 0.75];

/// The explanation of a comment, for a terminal or a file. Control characters of the text do not get through.
pub(super) fn render(explained: &ExplainedComment, look: &Look, read: &[LanguageCode]) -> String {
    let mut out = String::new();
    let head = match look.detail {
        Detail::Full => "tone".to_owned(),
        Detail::Compact => sanitised(explained.comment.id.as_str(), ""),
    };
    let text = explained.text();
    match &explained.explanation {
        Err(absence) => {
            let _ = writeln!(out, "{head}: not scored ({}): {}", absence.name(), why(*absence, explained, read));
        }
        Ok(explanation) => {
            let engine = explained.machine.as_ref().map(|machine| sanitised(&machine.engine, ""));
            let of = engine.map(|engine| format!(", of the translation by {engine}")).unwrap_or_default();
            let _ = writeln!(out, "{head}: {}{of}", explanation.tone.label.name());
            for label in &explanation.labels {
                match look.detail {
                    Detail::Full => full(label, text, look, &mut out),
                    Detail::Compact => compact(label, text, look, &mut out),
                }
            }
        }
    }
    out
}

fn why(absence: Absence, explained: &ExplainedComment, read: &[LanguageCode]) -> String {
    match absence {
        Absence::LanguageUnsupported => language_unsupported(&explained.language, explained.failure, read),
        Absence::NoText => "no words of the commenter's own, quotes, links, mentions and code aside".to_owned(),
        Absence::TooLittleText => "fewer than two letters".to_owned(),
        Absence::NoContext => "nothing to compare with".to_owned(),
        Absence::SwitchedOff => "switched off in the configuration".to_owned(),
    }
}

/// Why a comment in a language is not scored.
pub(super) fn language_unsupported(
    language: &LanguageVerdict,
    failure: Option<TranslationFailure>,
    read: &[LanguageCode],
) -> String {
    let read: Vec<String> = read.iter().map(ToString::to_string).collect();
    let best = language.best().map(|best| format!("most probably `{}`; ", best.language));
    let failure = failure.map(|failure| format!("; its translator gave nothing ({})", failure.name()));
    format!("{}the models read {}{}", best.unwrap_or_default(), read.join(", "), failure.unwrap_or_default())
}

fn full(label: &LabelExplanation, text: &str, look: &Look, out: &mut String) {
    let leads = if label.is_leading { ": the tone follows from it" } else { "" };
    let _ = writeln!(out, "\n{} {:.4}{leads}", label.score.label, label.score.probability.get());
    let _ = writeln!(out, "  {}\n", marked(label, text, look));
    let listed = strongest(label.words.clone(), look.top);
    let widest = listed.iter().map(|word| word.span.of(text).chars().count().min(MAX_SHOWN)).max().unwrap_or(0);
    let width = widest.max("score before calibration".len());
    let mut row = |name: &str, value: String, note: &str| {
        let padding = width.saturating_sub(name.chars().count());
        let line = format!("  {name}{} {value:>9}  {note}", " ".repeat(padding));
        let _ = writeln!(out, "{}", line.trim_end());
    };
    for word in &listed {
        row(&shown_word(word.span, text), signed(word.weight), &runs(word, text));
    }
    let words: f64 = listed.iter().map(|word| word.weight).sum();
    let others = label.words.len() - listed.len();
    if others > 0 {
        let name = format!("{others} other {}", if others == 1 { "word" } else { "words" });
        row(&name, signed(label.evidence - label.elsewhere - words), "");
    }
    if label.elsewhere != 0.0 {
        row("the text as a whole", signed(label.elsewhere), "");
    }
    row("sum of evidence", signed(label.evidence), "");
    row("intercept", signed(label.intercept), "");
    row("score before calibration", signed(label.before_calibration), "log-odds: evidence and intercept");
    row("calibration", signed(label.calibration), "to the natural rate of the label");
    row("probability", format!("{:.4}", label.score.probability.get()), "");
    row("threshold", format!("{:.4}", label.threshold), &reached(label));
}

fn reached(label: &LabelExplanation) -> String {
    let mut note = if label.reaches_threshold() { "reached" } else { "not reached" }.to_owned();
    if let Some(hostile_at) = label.hostile_at {
        let _ = write!(note, "; {} from {hostile_at:.4} on", ToneLabel::Hostile.name());
    }
    note
}

fn compact(label: &LabelExplanation, text: &str, look: &Look, out: &mut String) {
    let _ = writeln!(
        out,
        "  {} {:.4} (threshold {:.4}): evidence {}, intercept {}, calibration {}",
        label.score.label,
        label.score.probability.get(),
        label.threshold,
        signed(label.evidence),
        signed(label.intercept),
        signed(label.calibration)
    );
    let _ = writeln!(out, "    {}", marked(label, text, &Look { detail: Detail::Compact, ..*look }));
    if look.is_coloured {
        let listed = strongest(label.words.clone(), look.top);
        let words: Vec<String> =
            listed.iter().map(|word| format!("{} {}", shown_word(word.span, text), signed(word.weight))).collect();
        let _ = writeln!(out, "    {}", words.join(", "));
    }
}

/// A part of the text that is marked.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mark {
    span: Span,
    weight: f64,
}

/// The marks of some words: the runs that carry them, else the words themselves.
fn marks(words: &[Evidence]) -> Vec<Mark> {
    let mut marks = Vec::new();
    for word in words {
        if word.runs.is_empty() {
            marks.push(Mark { span: word.span, weight: word.weight });
        }
        marks.extend(word.runs.iter().map(|run| Mark { span: run.span, weight: run.weight }));
    }
    marks
}

/// The text with what carried the score of a label marked in it: in colours all words, in brackets the strongest.
fn marked(label: &LabelExplanation, text: &str, look: &Look) -> String {
    let indent = if look.detail == Detail::Full { "  " } else { "    " };
    let mut marks = if look.is_coloured {
        marks(&label.words)
    } else {
        let mut listed = strongest(label.words.clone(), look.top);
        listed.sort_by_key(|word| word.span);
        marks(&listed)
    };
    let highest = marks.iter().map(|mark| mark.weight.abs()).fold(0.0, f64::max);
    marks.retain(|mark| mark.weight.abs() >= LEVELS[0] * highest);
    let mut out = String::new();
    let mut from = 0;
    for mark in marks {
        out.push_str(&sanitised(Span::new(from, mark.span.begin.max(from)).of(text), indent));
        let part = sanitised(mark.span.of(text), indent);
        if look.is_coloured {
            let style = style(mark.weight, highest);
            let _ = write!(out, "{}{part}{}", style.render(), style.render_reset());
        } else {
            let _ = write!(out, "[{part} {}]", signed(mark.weight));
        }
        from = mark.span.end;
    }
    out.push_str(&sanitised(text.get(from..).unwrap_or_default(), indent));
    out
}

fn style(weight: f64, highest: f64) -> Style {
    let level = LEVELS.iter().filter(|share| weight.abs() >= **share * highest).count().max(1) - 1;
    let background = if weight > 0.0 { WARM[level] } else { COOL[level] };
    Style::new().fg_color(Some(Ansi256Color(BLACK).into())).bg_color(Some(Ansi256Color(background).into()))
}

/// The runs that carry a word, with their weights.
fn runs(word: &Evidence, text: &str) -> String {
    let runs: Vec<String> =
        word.runs.iter().map(|run| format!("[{} {}]", shown_word(run.span, text), signed(run.weight))).collect();
    runs.join(" ")
}

/// Longest piece of a word that is shown in a table, in characters.
const MAX_SHOWN: usize = 40;

pub(super) fn shown_word(span: Span, text: &str) -> String {
    let word = sanitised(span.of(text), "");
    if word.chars().count() <= MAX_SHOWN {
        return word;
    }
    word.chars().take(MAX_SHOWN - 1).chain(['…']).collect()
}

/// With its sign and two decimals, and none before a zero.
pub(super) fn signed(number: f64) -> String {
    let rounded = (number * 100.0).round() / 100.0;
    if rounded == 0.0 { "0.00".to_owned() } else { format!("{rounded:+.2}") }
}

/// A text that can do a terminal no harm: control characters, and those that turn the direction of writing, become
/// U+FFFD; lines after the first are indented.
pub(super) fn sanitised(text: &str, indent: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => {
                out.push('\n');
                out.push_str(indent);
            }
            '\t' => out.push(' '),
            '\r' => {}
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            _ if character.is_control() => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EvidenceRun, LabelledScore, Probability};
    use crate::tone::ToneModelKind;

    fn word(text: &str, part: &str, weight: f64) -> Evidence {
        let begin = text.find(part).unwrap();
        Evidence { span: Span::new(begin, begin + part.len()), label: "toxicity".into(), weight, runs: vec![] }
    }

    fn label(words: Vec<Evidence>) -> LabelExplanation {
        let evidence: f64 = words.iter().map(|word| word.weight).sum();
        LabelExplanation {
            model: ToneModelKind::Abuse,
            score: LabelledScore { label: "toxicity".into(), probability: Probability::from_log_odds(evidence - 4.0) },
            is_leading: true,
            intercept: -3.0,
            words,
            elsewhere: 0.0,
            evidence,
            before_calibration: evidence - 3.0,
            calibration: -1.0,
            threshold: 0.5,
            hostile_at: Some(0.5),
        }
    }

    const TEXT: &str = "a you-fool!! b\nthanks";

    fn example() -> LabelExplanation {
        let mut fool = word(TEXT, "you-fool", 5.0);
        fool.runs = vec![EvidenceRun { span: word(TEXT, "fool", 0.0).span, weight: 4.5 }];
        label(vec![word(TEXT, "a", 0.1), fool, word(TEXT, "b", 0.6), word(TEXT, "thanks", -2.0)])
    }

    fn look(is_coloured: bool, top: usize) -> Look {
        Look { is_coloured, detail: Detail::Full, top }
    }

    #[test]
    fn without_colours_the_strongest_stand_in_brackets_with_their_weights() {
        assert_eq!(
            marked(&example(), TEXT, &look(false, 9)),
            "a you-[fool +4.50]!! [b +0.60]\n  [thanks -2.00]",
            "`a` is below a tenth of the strongest"
        );
        assert_eq!(marked(&example(), TEXT, &look(false, 1)), "a you-[fool +4.50]!! b\n  thanks");
        assert_eq!(marked(&example(), TEXT, &look(false, 0)), "a you-fool!! b\n  thanks");
    }

    #[test]
    fn colours_are_warm_and_cool_and_stronger_for_more() {
        let shown = marked(&example(), TEXT, &look(true, 0));
        for (part, background) in [("fool", WARM[3]), ("b", WARM[0]), ("thanks", COOL[1])] {
            let expected = format!("\u{1b}[38;5;16m\u{1b}[48;5;{background}m{part}\u{1b}[0m");
            assert!(shown.contains(&expected), "{part}: {shown:?}");
        }
    }

    #[test]
    fn the_table_adds_up() {
        let mut out = String::new();
        full(&example(), TEXT, &look(false, 2), &mut out);
        for line in [
            "toxicity 0.4256: the tone follows from it",
            "  you-fool                     +5.00  [fool +4.50]",
            "  thanks                       -2.00",
            "  2 other words                +0.70",
            "  sum of evidence              +3.70",
            "  intercept                    -3.00",
            "  score before calibration     +0.70  log-odds: evidence and intercept",
            "  calibration                  -1.00  to the natural rate of the label",
            "  probability                 0.4256",
            "  threshold                   0.5000  not reached; hostile from 0.5000 on",
        ] {
            assert!(out.lines().any(|found| found == line), "`{line}` is missing in\n{out}");
        }
    }

    #[test]
    fn nothing_of_a_text_steers_the_terminal() {
        let text = "\u{1b}[31mred\u{7} \u{202e}turned\r\nnext\tword \u{9b}x";
        assert_eq!(sanitised(text, "> "), "\u{fffd}[31mred\u{fffd} \u{fffd}turned\n> next word \u{fffd}x");
        let shown = marked(&label(vec![word(text, "red", 1.0)]), text, &look(false, 1));
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{shown:?}");
    }

    #[test]
    fn long_words_are_cut_in_tables() {
        let text = "x".repeat(50);
        let shown = shown_word(Span::new(0, 50), &text);
        assert_eq!((shown.chars().count(), shown.chars().last()), (MAX_SHOWN, Some('…')));
    }

    #[test]
    fn numbers_have_their_sign() {
        for (number, expected) in [(1.0, "+1.00"), (-0.126, "-0.13"), (0.001, "0.00"), (-0.001, "0.00")] {
            assert_eq!(signed(number), expected);
        }
    }
}
