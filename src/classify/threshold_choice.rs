//! Chooses thresholds from decisions: for a precision that is to hold with certainty, or for a share of comments to hold.
//!
//! A threshold for a precision is chosen by tests that are put in order beforehand (fixed sequence testing from several
//! starts; Angelopoulos et al., Learn then Test, 2021, section 3). Of each threshold the null hypothesis is that its
//! precision is below the one wanted; the test is the exact binomial one. Which thresholds are tested, and in which order,
//! depends on the scores alone, never on the decisions. The starts hold a number of comments, twice it, four times it and
//! so on; each gets an equal part of the error that is allowed, and from each the tests go on to lower thresholds until one
//! fails. So the chance that any threshold passes whose precision is below the one wanted is at most 1 - certainty, and the
//! lowest that passes may be taken, although all of them were looked at.

use super::intervals::{lower_bound, upper_tail};

/// As few comments as a threshold for a load may hold to mean something.
pub const MIN_HELD_FOR_LOAD: u64 = 10;

/// A threshold with what it held of the decisions that it was chosen from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Comments of this score or more are held.
    pub threshold: f64,
    /// Comments held.
    pub held: u64,
    /// … that moderators rejected.
    pub held_rejected: u64,
}

impl Cut {
    /// The share of held comments that moderators rejected.
    #[must_use]
    pub fn precision(&self) -> f64 {
        if self.held == 0 { 0.0 } else { self.held_rejected as f64 / self.held as f64 }
    }
}

/// Why there is no threshold for a precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NoThreshold {
    /// Fewer rejected comments than any threshold would need, were it never wrong.
    TooFewRejected {
        /// Comments that moderators rejected.
        rejected: u64,
        /// How many are needed at least.
        needed: u64,
    },
    /// Nothing was approved, so that any threshold would look right.
    NothingApproved,
    /// No threshold passed.
    OutOfReach {
        /// The one whose precision is highest with the certainty wanted.
        best: Cut,
        /// That precision.
        at_least: f64,
        /// How many comments it would have to hold, where its precision stays as observed; `None` where that is too low.
        needed_held: Option<u64>,
    },
}

/// The lowest threshold whose precision is at least `wanted` with the certainty given, from scores with whether moderators
/// rejected; both numbers are within 0 and 1, and neither of them.
///
/// # Errors
/// Where there are too few decisions, or no threshold passes.
pub fn choose_for_precision(decided: &[(f64, bool)], wanted: f64, certainty: f64) -> Result<Cut, NoThreshold> {
    let total = decided.len() as u64;
    let rejected = decided.iter().filter(|(_, rejected)| *rejected).count() as u64;
    let starts = starts_within(total, wanted, certainty);
    let error = (1.0 - certainty) / f64::from(starts);
    let first_held = least_held(wanted, error);
    if rejected < first_held {
        return Err(NoThreshold::TooFewRejected { rejected, needed: first_held });
    }
    if rejected == total {
        return Err(NoThreshold::NothingApproved);
    }
    let cuts = cuts(decided);
    let passes = |cut: &Cut| upper_tail(cut.held_rejected, cut.held, wanted) <= error;
    let mut lowest: Option<usize> = None;
    let mut begun = Vec::new();
    for start in 0..starts {
        let Some(first) = cuts.iter().position(|cut| cut.held >= first_held << start) else { break };
        begun.push(cuts[first]);
        let length = cuts[first..].iter().take_while(|cut| passes(cut)).count();
        if length > 0 {
            lowest = lowest.max(Some(first + length - 1));
        }
    }
    if let Some(at) = lowest {
        return Ok(cuts[at]);
    }
    let bounded = begun.into_iter().map(|cut| (cut, lower_bound(cut.held_rejected, cut.held, 1.0 - error)));
    // The first of the highest, so that the same decisions give the same answer.
    let best = bounded.reduce(|best, next| if next.1 > best.1 { next } else { best });
    // There is a cut that holds all comments, and these are at least as many as the first start needs.
    let (best, at_least) = best.unwrap_or((cuts[cuts.len() - 1], 0.0));
    Err(NoThreshold::OutOfReach { best, at_least, needed_held: needed_held(best.precision(), wanted, error) })
}

#[allow(clippy::cast_sign_loss, reason = "counts are not negative")]
fn whole(number: f64) -> u64 {
    number as u64
}

/// Comments that a threshold has to hold to pass, were all of them rejected.
#[must_use]
fn least_held(wanted: f64, error: f64) -> u64 {
    whole((error.ln() / wanted.ln()).ceil().max(1.0))
}

/// As many starts as fit into a number of comments, each holding twice as many as the one before; at least one.
fn starts_within(total: u64, wanted: f64, certainty: f64) -> u32 {
    let fits = |starts: &u32| {
        let first = least_held(wanted, (1.0 - certainty) / f64::from(*starts));
        first.checked_shl(starts - 1).is_some_and(|last| last <= total && last >> (starts - 1) == first)
    };
    (1..=40).rev().find(fits).unwrap_or(1)
}

/// Comments that a threshold of this precision has to hold to pass.
fn needed_held(precision: f64, wanted: f64, error: f64) -> Option<u64> {
    const MOST: u64 = 10_000_000;
    let passes = |held: u64| upper_tail(whole((precision * held as f64).floor()), held, wanted) <= error;
    if precision <= wanted || !passes(MOST) {
        return None;
    }
    let (mut low, mut high) = (0, MOST);
    while low + 1 < high {
        let middle = u64::midpoint(low, high);
        if passes(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

/// All thresholds that make a difference, the highest first.
fn cuts(decided: &[(f64, bool)]) -> Vec<Cut> {
    let mut sorted: Vec<(f64, bool)> = decided.to_vec();
    sorted.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut cuts: Vec<Cut> = Vec::new();
    let (mut held, mut held_rejected) = (0, 0);
    for (threshold, rejected) in sorted {
        held += 1;
        held_rejected += u64::from(rejected);
        let cut = Cut { threshold, held, held_rejected };
        match cuts.last_mut() {
            Some(last) if last.threshold.total_cmp(&threshold).is_eq() => *last = cut,
            _ => cuts.push(cut),
        }
    }
    cuts
}

/// Why there are no thresholds for a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoLoad {
    /// Too few comments to say which score so small a share reaches.
    TooFewComments {
        /// How many are needed.
        needed: u64,
    },
    /// More comments than may be held share the highest score.
    Ties {
        /// As many share it.
        tied: u64,
    },
}

/// One threshold a label so that all of them together hold at most a share `load` of the comments, each label as near to
/// its own top as the others; from one list of scores a label, `None` where a comment has no score. A label gets none where
/// too many comments share its highest score.
///
/// This depends on no decision, so that what is then counted of decisions above the thresholds has no bias of choice.
///
/// # Errors
/// Where there are too few comments, or too many of one score.
pub fn choose_for_load(scores: &[Vec<Option<f64>>], load: f64) -> Result<Vec<Option<f64>>, NoLoad> {
    let total = scores.first().map_or(0, Vec::len);
    // What is a whole number but for rounding counts as one.
    let most = whole((load * total as f64 + 1e-9).floor());
    if most < MIN_HELD_FOR_LOAD {
        return Err(NoLoad::TooFewComments { needed: whole((MIN_HELD_FOR_LOAD as f64 / load - 1e-9).ceil()) });
    }
    let sorted: Vec<Vec<f64>> = scores.iter().map(|label| descending(label)).collect();
    // How many comments a threshold at this score would hold for its label.
    let rank = |label: usize, score: f64| sorted[label].partition_point(|other| *other >= score) as u64;
    let mut best = vec![u64::MAX; total];
    for (label, scores) in scores.iter().enumerate() {
        for (best, score) in best.iter_mut().zip(scores) {
            if let Some(score) = score {
                *best = (*best).min(rank(label, *score));
            }
        }
    }
    best.retain(|rank| *rank < u64::MAX);
    best.sort_unstable();
    let mut deepest = None;
    let mut held = 0;
    for group in best.chunk_by(|one, other| one == other) {
        held += group.len() as u64;
        if held > most {
            break;
        }
        deepest = group.first().copied();
    }
    let Some(deepest) = deepest else { return Err(NoLoad::Ties { tied: held }) };
    let lowest = |label: usize| sorted[label].iter().copied().take_while(|score| rank(label, *score) <= deepest).last();
    Ok((0..scores.len()).map(lowest).collect())
}

fn descending(scores: &[Option<f64>]) -> Vec<f64> {
    let mut sorted: Vec<f64> = scores.iter().copied().flatten().collect();
    sorted.sort_by(|one, other| other.total_cmp(one));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same every time: splitmix64 (Steele, Lea and Flood, 2014).
    struct Dice(u64);

    impl Dice {
        fn share(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// Comments of scores spread evenly, of which those above 0.8 are rejected more and more often; a share `noise` of all
    /// decisions up there goes the other way.
    fn chance(score: f64, noise: f64) -> f64 {
        (2.5 * (score - 0.4)).clamp(0.0, 1.0) * (1.0 - noise)
    }

    /// The true precision of a threshold, by the integral.
    fn precision(threshold: f64, noise: f64) -> f64 {
        let steps = 2_000;
        let at = |step: i32| threshold + (1.0 - threshold) * (f64::from(step) + 0.5) / f64::from(steps);
        (0..steps).map(|step| chance(at(step), noise)).sum::<f64>() / f64::from(steps)
    }

    fn draw(dice: &mut Dice, count: usize, noise: f64) -> Vec<(f64, bool)> {
        let mut one = || {
            let score = (dice.share() * 1e4).round() / 1e4;
            (score, dice.share() < chance(score, noise))
        };
        (0..count).map(|_| one()).collect()
    }

    #[test]
    fn the_precision_wanted_is_held_as_often_as_promised() {
        let mut dice = Dice(3);
        let runs = 300;
        for (count, noise, wanted) in [(1_000, 0.04, 0.9), (400, 0.0, 0.9), (3_000, 0.3, 0.6)] {
            let (mut chosen, mut broken, mut naively_broken) = (0, 0, 0);
            for _ in 0..runs {
                let decided = draw(&mut dice, count, noise);
                if let Ok(cut) = choose_for_precision(&decided, wanted, 0.95) {
                    chosen += 1;
                    broken += i32::from(precision(cut.threshold, noise) < wanted);
                }
                let naive = cuts(&decided).into_iter().rfind(|cut| cut.held >= 30 && cut.precision() >= wanted);
                naively_broken += i32::from(naive.is_some_and(|cut| precision(cut.threshold, noise) < wanted));
            }
            // 5 % of 300 is 15, with a standard deviation of 3.8.
            assert!(broken <= 15 + 11, "{count} {noise} {wanted}: {broken} of {runs} below what was promised");
            assert!(chosen > runs * 6 / 10, "{count} {noise} {wanted}: only {chosen} of {runs} found a threshold");
            // What this is for: taking the lowest threshold that looks right is wrong more often than not.
            assert!(naively_broken > runs / 3, "{count} {noise} {wanted}: {naively_broken}");
        }
    }

    #[test]
    fn chance_alone_passes_as_seldom_as_promised() {
        // Every threshold is just below what is wanted: whatever passes is wrong.
        let (mut dice, runs) = (Dice(5), 300);
        let passed = (0..runs)
            .filter(|_| {
                let decided: Vec<(f64, bool)> =
                    (0..1_000).map(|_| ((dice.share() * 1e4).round() / 1e4, dice.share() < 0.799)).collect();
                choose_for_precision(&decided, 0.8, 0.95).is_ok()
            })
            .count();
        assert!(passed <= 15 + 11, "{passed} of {runs}");
    }

    #[test]
    fn too_little_is_said_to_be_so() {
        let decided = |rejected: usize, approved: usize| -> Vec<(f64, bool)> {
            let high = (0..rejected).map(|at| (0.9 + at as f64 * 1e-4, true));
            high.chain((0..approved).map(|at| (at as f64 * 1e-5, false))).collect()
        };
        // 0.9 to the 29th is below 0.05, to the 28th above.
        assert_eq!(
            choose_for_precision(&decided(12, 20), 0.9, 0.95),
            Err(NoThreshold::TooFewRejected { rejected: 12, needed: 29 })
        );
        let cut = choose_for_precision(&decided(29, 20), 0.9, 0.95).unwrap();
        assert_eq!((cut.threshold, cut.held, cut.held_rejected), (0.9, 29, 29));
        assert_eq!(choose_for_precision(&decided(40, 0), 0.9, 0.95), Err(NoThreshold::NothingApproved));
        assert!(matches!(choose_for_precision(&[], 0.9, 0.95), Err(NoThreshold::TooFewRejected { rejected: 0, .. })));
        // With a hundred rejected, even four starts could pass.
        let cut = choose_for_precision(&decided(100, 900), 0.9, 0.95).unwrap();
        assert!(cut.held >= 100 && cut.held_rejected == 100, "{cut:?}");
    }

    #[test]
    fn out_of_reach_names_the_best() {
        let decided: Vec<(f64, bool)> = (0..1_000).map(|at| (f64::from(at) / 1e4, at % 10 < 7)).collect();
        let Err(NoThreshold::OutOfReach { best, at_least, needed_held }) = choose_for_precision(&decided, 0.9, 0.95)
        else {
            panic!("seven in ten is not nine in ten")
        };
        assert!(at_least < 0.7 && at_least > 0.55, "{at_least}");
        assert!((best.precision() - 0.7).abs() < 0.1 && needed_held.is_none(), "{best:?}");
        // 92 of 100 is more than nine in ten, but not surely so.
        let decided: Vec<(f64, bool)> = (0..100).map(|at| (f64::from(at) / 1e4, at % 25 > 1)).collect();
        let Err(NoThreshold::OutOfReach { needed_held: Some(needed), .. }) = choose_for_precision(&decided, 0.9, 0.95)
        else {
            panic!("out of reach, but not by much")
        };
        assert!(needed > 100, "{needed}");
    }

    #[test]
    fn a_load_is_kept_by_all_labels_together() {
        let mut dice = Dice(9);
        let mut column = || -> Vec<Option<f64>> {
            (0..1_000).map(|at| (at % 10 > 0).then(|| (dice.share() * 1e4).round() / 1e4)).collect()
        };
        let scores = vec![column(), column()];
        let thresholds = choose_for_load(&scores, 0.05).unwrap();
        let holds = |row: usize| {
            thresholds
                .iter()
                .zip(&scores)
                .any(|(least, scores)| scores[row].zip(*least).is_some_and(|(score, least)| score >= least))
        };
        let held = (0..1_000).filter(|row| holds(*row)).count();
        assert!((48..=50).contains(&held), "{held}");
        let each =
            |label: usize| scores[label].iter().flatten().filter(|score| **score >= thresholds[label].unwrap()).count();
        assert!(each(0).abs_diff(each(1)) <= 1, "{} {}", each(0), each(1));
        assert_eq!(choose_for_load(&scores, 0.005), Err(NoLoad::TooFewComments { needed: 2_000 }));
        assert_eq!(choose_for_load(&[], 0.5), Err(NoLoad::TooFewComments { needed: 20 }));
        assert_eq!(choose_for_load(&[vec![Some(0.5); 200]], 0.1), Err(NoLoad::Ties { tied: 200 }));
    }
}
