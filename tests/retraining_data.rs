//! The sample data of docs/retraining.md is fit to be trained and measured on.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::{parse_lines, repository, string};

fn rows(name: &str) -> Vec<Value> {
    parse_lines(&fs::read(repository().join("data/retraining").join(name)).expect("the sample data"))
}

#[test]
fn every_row_has_all_labels_and_a_decision_and_both_answers_occur() {
    for (name, at_least) in [("site_train.jsonl", 290), ("site_dev.jsonl", 140)] {
        let rows = rows(name);
        assert!(rows.len() >= at_least, "{name}: {}", rows.len());
        for label in ["spam", "constructive", "toxicity"] {
            let answers: BTreeSet<Option<u64>> = rows.iter().map(|row| row["labels"][label].as_u64()).collect();
            assert_eq!(answers, BTreeSet::from([Some(0), Some(1)]), "{name}: {label}");
        }
        let decisions: BTreeSet<&str> = rows.iter().map(|row| string(row, "/decision")).collect();
        assert_eq!(decisions, BTreeSet::from(["approve", "reject"]), "{name}");
    }
}

#[test]
fn no_text_or_id_stands_twice_in_the_two_files() {
    let rows = [rows("site_train.jsonl"), rows("site_dev.jsonl")].concat();
    let words = |row: &Value| -> Vec<String> {
        let lower = string(row, "/text").to_lowercase();
        lower
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (mut texts, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        assert!(ids.insert(string(row, "/id")), "{row}");
        assert!(
            texts.insert(if words(row).is_empty() { vec![string(row, "/text").to_owned()] } else { words(row) }),
            "{row}"
        );
    }
}

#[test]
fn the_dev_rows_are_no_rewordings_of_train_rows() {
    let word_set = |row: &Value| -> BTreeSet<String> {
        let lower = string(row, "/text").to_lowercase();
        lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.len() > 3).map(str::to_owned).collect()
    };
    let train: Vec<BTreeSet<String>> = rows("site_train.jsonl").iter().map(word_set).collect();
    for row in rows("site_dev.jsonl") {
        let words = word_set(&row);
        let shared = train.iter().map(|other| other.intersection(&words).count()).max().unwrap_or(0);
        assert!(words.len() < 4 || shared * 10 < words.len() * 7, "{row}");
    }
}
