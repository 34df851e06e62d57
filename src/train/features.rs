//! Texts as rows to learn from: bags of features with answers and weights.

use std::sync::Arc;

use super::recipe::Recipe;
use crate::bias;
use crate::classify::bags::Bags;
use crate::classify::in_parallel::in_parallel;
use crate::classify::inverse_frequency::{FrequencyCounter, InverseFrequencies};
use crate::classify::labelled::LabelledSet;
use crate::classify::logistic::{Shrinkage, Targets};
use crate::text::features::{Featuriser, HashedText};

/// How many texts a thread takes at a time.
const TEXTS_A_PIECE: usize = 2_000;

/// The rows of a set. A text on which people were divided stands twice: once with their yeses, once with their noes, each
/// weighted by its share.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) bags: Bags,
    pub(super) targets: Targets,
    /// What an error on each row costs.
    pub(super) weights: Vec<f32>,
    /// The text behind each row.
    pub(super) text_of_row: Vec<u32>,
    /// The first row of each text.
    pub(super) row_of_text: Vec<u32>,
}

/// Document frequencies of the home rows. `None` where the number of buckets is no power of two that fits.
pub(super) fn count_frequencies(set: &LabelledSet, recipe: &Recipe, threads: usize) -> Option<InverseFrequencies> {
    let mut counter = FrequencyCounter::new(recipe.buckets)?;
    for_each_hashed(set, threads, |at, hashed| counter.add(hashed, recipe.is_home(&set.rows[at].source)));
    Some(counter.finish())
}

/// The rows of a set for the given frequencies.
pub(super) fn vectorise(set: &LabelledSet, recipe: &Recipe, frequencies: InverseFrequencies, threads: usize) -> Rows {
    let mut rows = Rows {
        bags: Bags::new(frequencies),
        targets: Targets::new(set.labels.clone()),
        weights: Vec::new(),
        text_of_row: Vec::new(),
        row_of_text: Vec::with_capacity(set.rows.len()),
    };
    let label_weights: Vec<f32> =
        set.labels.iter().map(|label| recipe.label_source_weights.get(label).copied().unwrap_or(1.0) as f32).collect();
    let implied_label = set.labels.iter().position(|label| *label == recipe.implied_label);
    let mut answers = Vec::new();
    for_each_hashed(set, threads, |at, hashed| {
        let text = &set.rows[at];
        let (is_home, is_template) = (recipe.is_home(&text.source), text.source.as_ref() == bias::SOURCE);
        let is_denied = implied_label.is_some_and(|label| text.answer(label) == Some(false));
        let implied = (!is_home && is_denied).then_some(0.0);
        rows.row_of_text.push(rows.text_of_row.len() as u32);
        for yes in [true, false] {
            answers.clear();
            answers.extend(text.answers.iter().zip(&label_weights).map(|(answer, weight)| {
                let Some(share) = answer.or(implied) else { return 0.0 };
                // Sentences about groups of people are sure of all their labels.
                let weight = if is_home || is_template { 1.0 } else { *weight };
                if yes { weight * share } else { weight * (share - 1.0) }
            }));
            // A text that answers nothing has one row all the same, so that each text has a first row.
            let says_nothing = answers.iter().all(|answer| answer.abs() <= 0.0);
            if says_nothing && (!yes || text.answers.iter().any(Option::is_some)) {
                continue;
            }
            rows.bags.push(hashed);
            rows.targets.push_row(&answers);
            rows.weights.push(recipe.weight_of(&text.source) as f32);
            rows.text_of_row.push(at as u32);
        }
    });
    rows
}

/// Extracts the features of all texts, on several threads, and hands them on in order.
fn for_each_hashed(set: &LabelledSet, threads: usize, mut sink: impl FnMut(usize, &HashedText)) {
    let starts: Vec<usize> = (0..set.rows.len()).step_by(TEXTS_A_PIECE).collect();
    // A few pieces at a time, so that the features of all texts are never in memory at once.
    for some in starts.chunks(threads.max(1) * 4) {
        let extracted = in_parallel(some, threads, |start| {
            let mut featuriser = Featuriser::new();
            let end = (start + TEXTS_A_PIECE).min(set.rows.len());
            let extract = |row: &crate::classify::labelled::LabelledText| {
                let mut hashed = HashedText::default();
                featuriser.extract(&row.text, &mut hashed);
                hashed
            };
            set.rows[*start..end].iter().map(extract).collect::<Vec<HashedText>>()
        });
        for (start, texts) in some.iter().zip(extracted) {
            texts.iter().enumerate().for_each(|(at, hashed)| sink(start + at, hashed));
        }
    }
}

/// The buckets of all features of words for groups of people, for the labels that are to hold them back.
pub(super) fn identity_shrinkage(recipe: &Recipe, labels: &[String]) -> Option<Shrinkage> {
    let wanted = recipe.identity_shrinkage.as_ref()?;
    let mut buckets = vec![false; recipe.buckets];
    let mut featuriser = Featuriser::new();
    let mut hashed = HashedText::default();
    for word in bias::words() {
        featuriser.extract(word, &mut hashed);
        hashed.features().iter().for_each(|feature| buckets[*feature as usize & (recipe.buckets - 1)] = true);
    }
    let labels = labels.iter().map(|label| !wanted.except.contains(label)).collect();
    Some(Shrinkage { buckets: Arc::from(buckets), factor: wanted.factor, labels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::labelled::LabelledText;

    #[test]
    fn divided_answers_make_two_rows_and_other_sources_weigh_less() {
        let mut set = LabelledSet::new(vec!["a".into(), "b".into()]);
        set.rows = vec![
            LabelledText::new("one", "home", &[Some(true), None]),
            LabelledText::new("two", "away", &[Some(false), Some(true)]),
            LabelledText::new("three", "home", &[Some(false), None]),
        ];
        set.rows[0].answers[1] = Some(0.25);
        let recipe = Recipe {
            home_source: "home".into(),
            other_source_weight: 0.5,
            label_source_weights: [("b".to_owned(), 0.1)].into(),
            buckets: 1 << 12,
            ..Recipe::default()
        };
        let frequencies = count_frequencies(&set, &recipe, 2).unwrap();
        let rows = vectorise(&set, &recipe, frequencies, 2);
        let answers: Vec<[f32; 2]> =
            (0..rows.targets.row_count()).map(|row| [0, 1].map(|label| rows.targets.answer(row, label))).collect();
        assert_eq!(answers, [[1.0, 0.25], [0.0, -0.75], [0.0, 0.1], [-1.0, 0.0], [-1.0, 0.0]]);
        assert_eq!(rows.weights, [1.0, 1.0, 0.5, 0.5, 1.0]);
        assert_eq!(rows.text_of_row, [0, 0, 1, 1, 2]);
        assert_eq!(rows.row_of_text, [0, 2, 4]);
    }

    #[test]
    fn what_a_text_elsewhere_denies_it_denies_with_all_that_implies_it() {
        let mut set = LabelledSet::new(vec!["rude".into(), "threat".into()]);
        set.rows = vec![
            LabelledText::new("one", "home", &[Some(false), None]),
            LabelledText::new("two", "away", &[Some(false), None]),
            LabelledText::new("three", "away", &[Some(true), None]),
        ];
        let recipe =
            Recipe { home_source: "home".into(), implied_label: "rude".into(), buckets: 1 << 12, ..Recipe::default() };
        let frequencies = count_frequencies(&set, &recipe, 1).unwrap();
        let rows = vectorise(&set, &recipe, frequencies, 1);
        let answers: Vec<[f32; 2]> =
            (0..rows.targets.row_count()).map(|row| [0, 1].map(|label| rows.targets.answer(row, label))).collect();
        assert_eq!(answers, [[-1.0, 0.0], [-1.0, -1.0], [1.0, 0.0]]);
    }

    #[test]
    fn words_for_groups_are_held_back_where_the_recipe_says_so() {
        let labels = ["toxicity".to_owned(), "identity_attack".to_owned()];
        assert!(identity_shrinkage(&Recipe::default(), &labels).is_none());
        let wanted = super::super::recipe::IdentityShrinkage { factor: 0.1, except: vec![labels[1].clone()] };
        let recipe = Recipe { identity_shrinkage: Some(wanted), ..Recipe::default() };
        let shrinkage = identity_shrinkage(&recipe, &labels).unwrap();
        assert_eq!(shrinkage.labels, [true, false]);
        let held = shrinkage.buckets.iter().filter(|held| **held).count();
        assert!((500..4_000).contains(&held), "{held}");
    }
}
