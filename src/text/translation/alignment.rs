//! How many paragraphs are the translation of those before.

use std::collections::BTreeSet;

use crate::text::words::{fold, words};

/// Most paragraphs on either side that are aligned.
const MAX_PARAGRAPHS: usize = 64;
/// Variance of a translation's length for each letter of the source (Gale and Church, 1993).
const VARIANCE_PER_LETTER: f64 = 6.8;
/// Cost of each paragraph more than one on a side, as Gale and Church's prior of two for one against one for one.
const MERGE_COST: f64 = 2.3;
/// What a word, name or number that stands on both sides is worth, and at most for a pair.
const CARRIED_OVER_WORTH: f64 = 0.7;
const MAX_CARRIED_OVER: usize = 4;

/// How many of the paragraphs that follow a marker are the translation of the paragraphs before it: at least one where
/// there is any.
///
/// Paragraphs are aligned in order by their lengths (Gale and Church, "A program for aligning sentences in bilingual
/// corpora", 1993), one to one or several to one, and by the words that both sides share: names, numbers, words
/// close to each other. The number at which all of the source is aligned at the least cost wins, the smaller where
/// two are as good: a last paragraph of a few words that has none of its own in the source is left out.
#[must_use]
pub fn translated_paragraphs(source: &[&str], following: &[&str]) -> usize {
    let source: Vec<Side> = source.iter().take(MAX_PARAGRAPHS).map(|text| Side::new(text)).collect();
    let following: Vec<Side> = following.iter().take(MAX_PARAGRAPHS).map(|text| Side::new(text)).collect();
    let columns = following.len() + 1;
    // costs[s * columns + f]: the least cost of aligning the first s paragraphs with the first f.
    let mut costs = vec![f64::INFINITY; (source.len() + 1) * columns];
    if let Some(start) = costs.first_mut() {
        *start = 0.0;
    }
    for from in 1..=source.len() {
        for to in 1..columns {
            let mut best = f64::INFINITY;
            for (rows, width) in (1..=from).map(|rows| (rows, 1)).chain((2..=to).map(|width| (1, width))) {
                let before = costs.get((from - rows) * columns + to - width).copied().unwrap_or(f64::INFINITY);
                if before.is_finite() {
                    let source = source.get(from - rows..from).unwrap_or_default();
                    let translation = following.get(to - width..to).unwrap_or_default();
                    best = best.min(before + cost(source, translation));
                }
            }
            if let Some(cell) = costs.get_mut(from * columns + to) {
                *cell = best;
            }
        }
    }
    let last_row = costs.get(source.len() * columns + 1..).unwrap_or_default();
    let mut best = (f64::INFINITY, usize::from(!following.is_empty()));
    for (place, &cost) in last_row.iter().enumerate() {
        if cost < best.0 {
            best = (cost, place + 1);
        }
    }
    best.1
}

/// A paragraph as the alignment sees it.
struct Side {
    letters: f64,
    /// What may be carried over: numbers, and words of four letters or more in Latin letters, cut to their beginning.
    anchors: BTreeSet<String>,
}

impl Side {
    fn new(text: &str) -> Self {
        let mut anchors = BTreeSet::new();
        for span in words(text) {
            let word: String = fold(span.of(text)).chars().map(latin).collect();
            let letters = word.chars().count();
            if word.chars().any(|character| character.is_ascii_digit()) {
                anchors.insert(word);
            } else if letters >= 4 {
                // Endings differ from language to language: Srbija, Srbije; Putin, Putinom.
                anchors.insert(word.chars().take(5.min(letters - letters / 4)).collect());
            }
        }
        Self { letters: text.chars().map(width).sum(), anchors }
    }
}

fn cost(source: &[Side], translation: &[Side]) -> f64 {
    let (before, after) = (letters(source), letters(translation));
    let mean = f64::midpoint(before, after).max(1.0);
    let deviation = (after - before) / (mean * VARIANCE_PER_LETTER).sqrt();
    let merges = source.len() + translation.len() - 2;
    let shared = source
        .iter()
        .flat_map(|side| &side.anchors)
        .filter(|anchor| translation.iter().any(|side| side.anchors.contains(*anchor)))
        .count();
    // A share of the pair's worth, so that more pairs do not earn more than better ones.
    let carried_over = shared.min(MAX_CARRIED_OVER * source.len().max(translation.len())) as f64;
    deviation * deviation / 2.0 + MERGE_COST * merges as f64 - CARRIED_OVER_WORTH * carried_over
}

fn letters(sides: &[Side]) -> f64 {
    sides.iter().map(|side| side.letters).sum()
}

/// How much a character counts towards length: Chinese, Japanese and Korean say in one what others say in three.
pub(super) fn width(character: char) -> f64 {
    match character {
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{3ffff}' => 3.0,
        _ => 1.0,
    }
}

/// A letter without its diacritics, and Cyrillic in Latin letters: near enough to know names again.
pub(super) fn latin(character: char) -> char {
    match character {
        'а' | 'á' | 'à' | 'ä' | 'â' | 'ã' => 'a',
        'б' => 'b',
        'в' => 'v',
        'г' | 'ґ' => 'g',
        'д' | 'ђ' | 'đ' => 'd',
        'е' | 'э' | 'є' | 'é' | 'è' | 'ë' | 'ê' | 'ё' => 'e',
        'з' | 'ж' | 'ž' => 'z',
        'и' | 'й' | 'ј' | 'ы' | 'і' | 'ї' | 'í' | 'î' | 'ï' | 'j' | 'y' => 'i',
        'к' | 'c' | 'ц' | 'ч' | 'č' => 'k',
        'л' | 'љ' | 'ł' => 'l',
        'м' => 'm',
        'н' | 'њ' | 'ñ' => 'n',
        'о' | 'ó' | 'ö' | 'ô' => 'o',
        'п' => 'p',
        'р' => 'r',
        'с' | 'ш' | 'щ' | 'š' => 's',
        'т' | 'ћ' | 'ć' => 't',
        'у' | 'ü' | 'ú' | 'û' => 'u',
        'ф' => 'f',
        'х' => 'h',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: [&str; 3] = [
        "Marko je juce ukratko objasnio kako se gradio most na reci Savi i ko ga je platio.",
        "Posle toga su 1999. godine svi otisli kuci, i niko vise nije govorio o mostu.",
        "Zamislite, mali grad sam protiv svih.",
    ];
    const TRANSLATION: [&str; 3] = [
        "Marko yesterday briefly explained how the bridge on the river Sava was built and who paid.",
        "After that in 1999 everybody went home, and nobody spoke about the bridge any more.",
        "Imagine, a small town alone against all.",
    ];
    const NEXT: [&str; 2] = [
        "It seems the town hall is still throwing money at bridges, which is a different matter altogether, if you ask me.",
        "Well said!",
    ];

    fn check(source: &[&str], translation: &[&str], next: &[&str]) {
        let following: Vec<&str> = translation.iter().chain(next).copied().collect();
        assert_eq!(translated_paragraphs(source, &following), translation.len(), "{following:?}");
    }

    #[test]
    fn the_translation_ends_before_the_next_comment() {
        check(&SOURCE, &TRANSLATION, &NEXT);
        check(&SOURCE, &TRANSLATION, &[]);
        check(&SOURCE, &TRANSLATION, &[NEXT[1], NEXT[0]]);
        check(&SOURCE[..1], &TRANSLATION[..1], &NEXT);
        check(&SOURCE[2..], &TRANSLATION[2..], &NEXT);
        check(&[], &[], &[]);
    }

    #[test]
    fn paragraphs_may_be_cut_otherwise() {
        let joined = TRANSLATION.join(" ");
        check(&SOURCE, &[joined.as_str()], &NEXT);
        let source = format!("{} {}", SOURCE[0], SOURCE[1]);
        check(&[source.as_str()], &TRANSLATION[..2], &NEXT);
        check(&[source.as_str(), SOURCE[2]], &TRANSLATION, &NEXT);
        let second = format!("{} {}", TRANSLATION[1], TRANSLATION[2]);
        check(&SOURCE, &[TRANSLATION[0], &second], &NEXT);
    }

    #[test]
    fn cyrillic_names_are_known_again() {
        check(
            &["Марко и Јелена су у Београду.", "Петар је у Нишу, а Милан у Суботици."],
            &["Marko and Jelena are in Belgrade.", "Petar is in Nis, and Milan is in Subotica."],
            &["And who are all of these people?", "No idea."],
        );
    }
}
