//! The table of diacritics, from sentences that have them.
//!
//! The table in the program (`diacritics_table.txt`) was made from the Serbian, Croatian and Bosnian sentences of the
//! language data (`data/README.md`): Cyrillic ones transliterated, subtitles only where a line has any diacritics.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::words::{fold, words};

use super::diacritics::{DiacriticsTable, has_diacritics, without_diacritics};

/// A form is put in for its bare form where it is this share of what is written so.
const CLEARLY_MORE_FREQUENT: f64 = 0.9;

/// The lines of a table, sorted: forms with diacritics that are clearly the most frequent of those that look the same
/// without, and words without that `diacritics::restore` would otherwise change. Words that begin with one of `left_out`
/// are not in it. The same sentences give the same bytes, in any order.
#[must_use]
pub fn derive_diacritics<'a>(sentences: impl IntoIterator<Item = &'a str>, left_out: &[&str]) -> String {
    let mut written: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
    for sentence in sentences {
        for word in words(sentence) {
            let form = fold(word.of(sentence));
            let is_word = form
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || has_diacritics(letter.encode_utf8(&mut [0; 4])));
            if !is_word || left_out.iter().any(|beginning| form.starts_with(beginning)) {
                continue;
            }
            let bare: BTreeSet<String> = ["dj", "d"].into_iter().map(|dj| without_diacritics(&form, dj)).collect();
            for bare in bare {
                *written.entry(bare).or_default().entry(form.clone()).or_default() += 1;
            }
        }
    }
    // What each bare form is to become; itself where no form is clearly the most frequent.
    let wanted: BTreeMap<&str, &str> = written
        .iter()
        .map(|(bare, forms)| {
            let total: u32 = forms.values().sum();
            let is_clear =
                |(_, count): &(&String, &u32)| f64::from(**count) >= CLEARLY_MORE_FREQUENT * f64::from(total);
            (bare.as_str(), forms.iter().find(is_clear).map_or(bare.as_str(), |(form, _)| form.as_str()))
        })
        .collect();
    let mut lines: BTreeSet<&str> = wanted.values().copied().filter(|form| !form.is_ascii()).collect();
    let table = DiacriticsTable::new(&lines.iter().copied().collect::<Vec<_>>());
    let is_changed = |bare: &&str| wanted.get(bare) == Some(bare) && table.restore(bare).is_some();
    let staying: Vec<&str> = wanted.keys().copied().filter(is_changed).collect();
    lines.extend(staying);
    lines.into_iter().flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_are_clearly_more_frequent_are_taken() {
        let sentences = [
            "Učesnik je rekao što misli, a učesnici su čekali.",
            "Reci mu. Moram reći ovo. Čekali smo, đače.",
            "Što? Što? Što? Što? Što? Što? Što? Što? Sto.",
        ];
        let table = derive_diacritics(sentences, &[]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines, ["učesnici", "učesnik", "čekali", "đače", "što"]);
        assert!(!derive_diacritics(sentences, &["ček"]).contains("čekali"));
        assert_eq!(derive_diacritics(sentences.into_iter().rev(), &[]), table);
        assert_eq!(derive_diacritics([], &[]), "");
    }

    #[test]
    fn words_that_a_guess_would_change_are_listed_to_stay() {
        let table = derive_diacritics(["Granični prelaz i granični sud", "granica i granice"], &[]);
        assert!(table.lines().any(|line| line == "granica"), "{table}");
    }
}
