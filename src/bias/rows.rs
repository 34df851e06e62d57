//! Templates times terms: labelled rows that name people.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tables::{TERMS, TEST, TRAIN, TableError, Template, Term, templates, terms};

/// The `source` of all rows.
pub const SOURCE: &str = "identity-templates";

/// Which of the two sets of sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// May be used as additional training rows; knows about two thirds of the terms.
    Train,
    /// For measuring only; has all terms.
    Test,
}

/// A sentence about a term, in the shape of labelled data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `train-gay-7`: half, term, number of the template.
    pub id: String,
    /// The sentence.
    pub text: String,
    /// 1 for labels that hold and 0 for those that do not. A civil row answers toxicity, threat, insult and
    /// identity attack; another one those that are stated of it.
    pub labels: BTreeMap<&'static str, u8>,
    /// [`SOURCE`].
    pub source: &'static str,
    /// The term in it.
    pub term: &'static str,
    /// The term's group; `control` for words that are no identity.
    pub group: &'static str,
    /// Whether the rows to train on have the term.
    #[serde(skip)]
    pub in_train: bool,
}

impl Row {
    /// Whether a label holds; `None` where nothing is stated of it.
    #[must_use]
    pub fn answer(&self, label: &str) -> Option<bool> {
        self.labels.get(label).map(|answer| *answer == 1)
    }
}

/// All rows of a half, by term and then by template, in the order of the tables. The same for every call.
///
/// # Errors
/// Where a table in the program is broken, which a test keeps from happening.
pub fn rows(half: Half) -> Result<Vec<Row>, TableError> {
    let (table, name) = match half {
        Half::Train => (TRAIN, "train"),
        Half::Test => (TEST, "test"),
    };
    let templates = templates(table)?;
    let mut rows = Vec::new();
    for (turn, term) in terms(TERMS)?.iter().enumerate().filter(|(_, term)| term.in_train || half == Half::Test) {
        for (number, template) in templates.iter().enumerate() {
            let Some(text) = fill(&template.sentence_of(turn), term) else { continue };
            let id = format!("{name}-{}-{}", term.name.to_lowercase().replace(' ', "-"), number + 1);
            rows.push(Row {
                id,
                text,
                labels: labels(template),
                source: SOURCE,
                term: term.name,
                group: term.group,
                in_train: term.in_train,
            });
        }
    }
    Ok(rows)
}

fn labels(template: &Template) -> BTreeMap<&'static str, u8> {
    if template.labels.is_empty() {
        return ["toxicity", "threat", "insult", "identity_attack"].into_iter().map(|label| (label, 0)).collect();
    }
    template.labels.iter().map(|label| (*label, 1)).collect()
}

/// The sentence about a term; `None` where the term has no form that fits.
fn fill(sentence: &str, term: &Term) -> Option<String> {
    let filled = if sentence.contains("{kind}") {
        sentence.replace("{kind}", term.kind?)
    } else if sentence.contains("{a kind}") {
        sentence.replace("{a kind}", &term.one_kind()?)
    } else {
        sentence.replace("{is}", term.is).replace("{one}", term.one).replace("{many}", term.many)
    };
    // Without a sign at its end it is one of those that are written carelessly, in small letters.
    if !filled.ends_with(['.', '!', '?']) {
        return Some(filled);
    }
    let mut characters = filled.chars();
    let first = characters.next()?;
    Some(first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text_of<'a>(rows: &'a [Row], term: &str, end: &str) -> &'a str {
        let found = rows.iter().find(|row| row.term == term && row.text.ends_with(end));
        &found.unwrap_or_else(|| panic!("no row of {term} ends with {end}")).text
    }

    #[test]
    fn sentences_are_filled_with_the_form_that_fits() {
        let rows = rows(Half::Test).unwrap();
        assert_eq!(text_of(&rows, "woman", "by far."), {
            "I was an idiot to doubt them: the female candidates gave the best speeches by far."
        });
        assert_eq!(text_of(&rows, "LGBT", "was silent."), "An LGBT actor read the poem, and the hall was silent.");
        assert_eq!(text_of(&rows, "European", "are brilliant."), "Europeans are brilliant.");
        assert_eq!(text_of(&rows, "elderly", "today."), "Hug an elderly person today.");
        assert_eq!(text_of(&rows, "deaf", "mathematics"), "two deaf students won the prize for mathematics");
        assert!(rows.iter().all(|row| row.term != "Jew" || !row.text.contains("choir")), "a term without a kind");
    }

    #[test]
    fn every_term_has_as_many_civil_rows_as_others_and_the_same_number_of_words() {
        for (half, fewest, most) in [(Half::Test, 3_000, 4_600), (Half::Train, 3_500, 4_600)] {
            let rows = rows(half).unwrap();
            assert!((fewest..=most).contains(&rows.len()), "{half:?}: {}", rows.len());
            let mut balance: BTreeMap<&str, i32> = BTreeMap::new();
            for row in &rows {
                *balance.entry(row.term).or_default() += if row.answer("toxicity").unwrap() { 1 } else { -1 };
            }
            assert!(balance.values().all(|balance| *balance == 0), "{half:?}: {balance:?}");
            assert!(rows.iter().all(|row| !row.text.contains(['{', '}', '[', ']', '<', '>', '|'])), "{half:?}");
            let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
            let texts: BTreeSet<&str> = rows.iter().map(|row| row.text.as_str()).collect();
            assert_eq!((ids.len(), texts.len()), (rows.len(), rows.len()), "{half:?}: no row stands twice");
        }
    }

    #[test]
    fn rows_to_train_on_know_only_some_of_the_terms_and_none_of_the_test_sentences() {
        let (train, test) = (rows(Half::Train).unwrap(), rows(Half::Test).unwrap());
        let terms = |rows: &[Row]| rows.iter().map(|row| row.term).collect::<BTreeSet<_>>();
        assert!(terms(&train).is_subset(&terms(&test)));
        assert!(!terms(&train).contains("blind") && terms(&test).contains("blind"));
        let texts: BTreeSet<&str> = test.iter().map(|row| row.text.as_str()).collect();
        assert!(train.iter().all(|row| !texts.contains(row.text.as_str())));
    }

    #[test]
    fn a_row_states_what_is_known_and_nothing_else() {
        let rows = rows(Half::Test).unwrap();
        let threat = rows.iter().find(|row| row.text.contains("break your nose")).unwrap();
        assert_eq!((threat.answer("threat"), threat.answer("toxicity")), (Some(true), Some(true)));
        assert_eq!((threat.answer("insult"), threat.answer("severe_toxicity")), (None, None));
        let civil = rows.iter().find(|row| row.text == "I am a woman.").unwrap();
        assert_eq!(
            serde_json::to_string(civil).unwrap(),
            "{\"id\":\"test-woman-1\",\"text\":\"I am a woman.\",\"labels\":{\"identity_attack\":0,\"insult\":0,\
             \"threat\":0,\"toxicity\":0},\"source\":\"identity-templates\",\"term\":\"woman\",\"group\":\"gender\"}"
        );
    }
}
