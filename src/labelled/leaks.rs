//! Texts that stand both in the data to learn from and in the data to measure on.

use std::collections::HashMap;

use super::fingerprint::fingerprint;
use super::repeats::{NAMED_PLACES, listed};
use crate::classify::labelled::LabelledSet;
use crate::domain::Origin;

/// A row of the training data whose text stands in the data to measure on as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// Index of the row in the training data.
    pub row: usize,
    /// Where it stood.
    pub training: Origin,
    /// Where its text stands first in the data to measure on.
    pub dev: Origin,
}

/// All such rows, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leaks {
    /// The rows.
    pub rows: Vec<Leak>,
}

impl Leaks {
    /// In words; `None` where there are none. `handled` says what was done with them, such as `they were left out`.
    #[must_use]
    pub fn describe(&self, handled: &str) -> Option<String> {
        let named = self.rows.iter().take(NAMED_PLACES);
        let places: Vec<String> = named.map(|leak| format!("{} as {}", leak.training, leak.dev)).collect();
        let count = self.rows.len();
        (count > 0).then(|| {
            format!(
                "{count} training rows have a text that is also in the data to measure on; {handled}: {}",
                listed(places, count)
            )
        })
    }
}

/// Finds the rows of `training` whose text stands in `dev` too, but for case, white space and punctuation.
#[must_use]
pub fn find_leaks(training: &LabelledSet, dev: &LabelledSet) -> Leaks {
    let mut texts: HashMap<u64, &Origin> = HashMap::with_capacity(dev.rows.len());
    for row in &dev.rows {
        texts.entry(fingerprint(&row.text)).or_insert(&row.origin);
    }
    let rows = training.rows.iter().enumerate().filter_map(|(at, row)| {
        let dev = *texts.get(&fingerprint(&row.text))?;
        Some(Leak { row: at, training: row.origin.clone(), dev: dev.clone() })
    });
    Leaks { rows: rows.collect() }
}

/// Takes the rows out of `training` whose text stands in `dev` too, and says which they were.
#[must_use]
pub fn drop_leaking_rows(training: &mut LabelledSet, dev: &LabelledSet) -> Leaks {
    let leaks = find_leaks(training, dev);
    let mut leaking = leaks.rows.iter().map(|leak| leak.row).peekable();
    let mut at = 0;
    training.rows.retain(|_| {
        let keeps = leaking.next_if_eq(&at).is_none();
        at += 1;
        keeps
    });
    leaks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::labelled::LabelledText;

    fn set(file: &str, texts: &[&str]) -> LabelledSet {
        let mut set = LabelledSet::new(vec!["a".into()]);
        for (at, text) in texts.iter().enumerate() {
            let origin = Origin::new(file.into(), at as u64 + 1);
            set.rows.push(LabelledText { origin, ..LabelledText::new(*text, "", &[Some(true)]) });
        }
        set
    }

    #[test]
    fn leaking_rows_are_named_and_can_be_dropped() {
        let mut training = set("train", &["one", "Two!", "three", "two"]);
        let dev = set("dev", &["zero", "two", "TWO", "Three"]);
        let leaks = drop_leaking_rows(&mut training, &dev);
        let text = leaks.describe("they were left out").unwrap();
        assert!(text.starts_with("3 training rows"), "{text}");
        assert!(text.ends_with("they were left out: train:2 as dev:2, train:3 as dev:4, train:4 as dev:2"), "{text}");
        assert_eq!(training.rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["one"]);
        assert_eq!(find_leaks(&training, &dev).describe("x"), None);
    }
}
