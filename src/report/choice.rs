//! Which comments are shown, out of all of them.

use std::collections::BTreeSet;

use super::columns::{ABSENT, BINS, Columns, bin_of, least_reaching};
use super::survey::{Row, Survey};

/// Comments with the highest scores of abuse.
const MAX_WORST: usize = 50;
/// Comments that are put forward as good ones.
const MAX_BEST: usize = 20;
/// Comments that wait for a translation.
const MAX_QUEUE: usize = 30;
/// Threads whose off-topic comments are shown …
const MAX_OFF_TOPIC_THREADS: usize = 10;
/// … and comments of each.
const MAX_OFF_TOPIC_COMMENTS: usize = 3;
/// For each slider and each twentieth of the scores, comments that are shown when they change sides.
const MAX_EXAMPLES_EACH: usize = 10;
/// Comments that were repeated most.
pub(super) const MAX_REPEATED: usize = 20;
/// Labels that say that a comment is abusive. Attacks on identity are none of them: their score follows words for groups
/// of people too closely to accuse anybody of it alone.
pub(super) const ABUSE: [&str; 4] = ["toxicity", "severe_toxicity", "threat", "insult"];
/// Below it a comment is not among the worst, in ten-thousandths.
pub(super) const WORST_FROM: u16 = 3_000;
/// Below this score of `positive` a comment is not put forward as a good one.
pub(super) const GOOD_FROM: u16 = 3_000;
/// A comment that is put forward as a good one has no more of abuse.
const MAX_ABUSE_OF_GOOD: u16 = 1_000;
/// Nor is it more off topic.
const MAX_OFF_TOPIC_OF_GOOD: u16 = 5_000;

/// The comments that are shown, by their number among all.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Choice {
    pub(super) worst: Vec<usize>,
    pub(super) best: Vec<usize>,
    pub(super) queue: Vec<usize>,
    /// By the place of the thread, most off-topic comments first.
    pub(super) off_topic: Vec<(u32, Vec<usize>)>,
    /// Comments that sliders may move, in the order of the input.
    pub(super) examples: Vec<usize>,
    /// Comments that were repeated: place of the thread and id.
    pub(super) originals: BTreeSet<(u32, String)>,
}

impl Choice {
    /// Chooses.
    pub(super) fn of(survey: &Survey) -> Self {
        let columns = &survey.columns;
        let rows = || survey.rows.iter().enumerate();
        let abuse = |row: usize| abuse(columns, row);
        let is_abusive = |score: &u16| *score >= WORST_FROM;
        let worst = top(
            rows()
                .filter(|(_, row)| !row.is_duplicate)
                .filter_map(|(number, _)| Some((abuse(number).filter(is_abusive)?, number))),
            MAX_WORST,
        );
        let is_good = |number: usize, row: &Row| {
            row.is_good_length
                && !row.is_held()
                && abuse(number).is_some_and(|score| score <= MAX_ABUSE_OF_GOOD)
                && columns.score("off_topic", number).is_none_or(|score| score <= MAX_OFF_TOPIC_OF_GOOD)
        };
        let best = top(
            rows().filter(|(number, row)| is_good(*number, row)).filter_map(|(number, _)| {
                Some((columns.score("positive", number).filter(|score| *score >= GOOD_FROM)?, number))
            }),
            MAX_BEST,
        );
        let queue =
            rows().filter(|(_, row)| row.waits_for_translation).map(|(number, _)| number).take(MAX_QUEUE).collect();
        let originals = survey.repeats.most_repeated(MAX_REPEATED);
        Self {
            worst,
            best,
            queue,
            off_topic: off_topic(survey),
            examples: examples(survey),
            originals: originals.into_iter().map(|(thread, id, _)| (thread, id.to_owned())).collect(),
        }
    }

    /// All of them together.
    pub(super) fn rows(&self) -> BTreeSet<usize> {
        let lists = [&self.worst, &self.best, &self.queue, &self.examples];
        lists.into_iter().flatten().chain(self.off_topic.iter().flat_map(|(_, rows)| rows)).copied().collect()
    }
}

/// The highest score of abuse of a comment.
pub(super) fn abuse(columns: &Columns, row: usize) -> Option<u16> {
    ABUSE.iter().filter_map(|label| columns.score(label, row)).max()
}

/// The comments with the highest scores, of equals the first.
fn top(scored: impl Iterator<Item = (u16, usize)>, most: usize) -> Vec<usize> {
    let mut scored: Vec<(u16, usize)> = scored.filter(|(score, _)| *score > 0).collect();
    scored.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
    scored.into_iter().take(most).map(|(_, number)| number).collect()
}

/// What is counted of a thread's comments that were compared with its subject.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct OffTopicFigures {
    pub(super) scored: u64,
    pub(super) off_topic: u64,
}

/// For each thread, how many comments are off topic.
pub(super) fn off_topic_figures(survey: &Survey) -> Vec<OffTopicFigures> {
    let mut figures = vec![OffTopicFigures::default(); survey.threads.all.len()];
    let least = least_reaching(survey.off_topic_threshold().0);
    let scores = survey.columns.of("off_topic").map(|column| column.scores.as_slice()).unwrap_or_default();
    for (row, score) in survey.rows.iter().zip(scores).filter(|(_, score)| **score != ABSENT) {
        if let Some(figures) = figures.get_mut(row.thread as usize) {
            figures.scored += 1;
            figures.off_topic += u64::from(*score >= least);
        }
    }
    figures
}

fn off_topic(survey: &Survey) -> Vec<(u32, Vec<usize>)> {
    let mut threads: Vec<(u64, u32)> = off_topic_figures(survey)
        .into_iter()
        .enumerate()
        .filter(|(_, figures)| figures.off_topic > 0)
        .map(|(place, figures)| (figures.off_topic, place as u32))
        .collect();
    threads.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
    threads.truncate(MAX_OFF_TOPIC_THREADS);
    let least = least_reaching(survey.off_topic_threshold().0);
    let of = |thread: u32| {
        let rows = survey.rows.iter().enumerate().filter(|(_, row)| row.thread == thread && !row.is_duplicate);
        let scored = rows.filter_map(|(number, _)| Some((survey.columns.score("off_topic", number)?, number)));
        top(scored.filter(|(score, _)| *score >= least), MAX_OFF_TOPIC_COMMENTS)
    };
    threads.into_iter().map(|(_, thread)| (thread, of(thread))).collect()
}

/// For each slider, some comments in each twentieth of its scores, spread over the input.
fn examples(survey: &Survey) -> Vec<usize> {
    let mut chosen = BTreeSet::new();
    for slider in &survey.what_if.sliders {
        let Some(column) = survey.columns.of(&slider.label) else { continue };
        let mut bins: [Vec<usize>; BINS] = std::array::from_fn(|_| Vec::new());
        for (number, score) in column.scores.iter().enumerate().filter(|(_, score)| **score != ABSENT) {
            if let Some(bin) = bins.get_mut(bin_of(*score)) {
                bin.push(number);
            }
        }
        for bin in bins {
            chosen.extend(spread(&bin, MAX_EXAMPLES_EACH));
        }
    }
    chosen.into_iter().collect()
}

/// At most so many of a list, at equal distances.
fn spread(list: &[usize], most: usize) -> impl Iterator<Item = usize> {
    let count = list.len().min(most);
    (0..count).filter_map(move |number| list.get(number * list.len() / count).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_spread() {
        let list: Vec<usize> = (100..200).collect();
        assert_eq!(spread(&list, 4).collect::<Vec<_>>(), [100, 125, 150, 175]);
        assert_eq!(spread(&list[..3], 4).collect::<Vec<_>>(), [100, 101, 102]);
        assert_eq!(spread(&[], 4).count(), 0);
    }

    #[test]
    fn the_highest_come_first_and_of_equals_the_first() {
        let scores = [(5, 0), (9, 1), (5, 2), (0, 3), (9, 4)];
        assert_eq!(top(scores.into_iter(), 3), [1, 4, 0]);
        assert_eq!(top(scores.into_iter(), 9), [1, 4, 0, 2], "0 is no score to show");
    }
}
