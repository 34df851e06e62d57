//! Which comments a slower, better model looks at too: those whose score is undecided, within a budget.
//!
//! The budget is a bucket of tokens (J. Turner, *New directions in communications*, IEEE Communications Magazine 24,
//! 1986) that comments fill, not a clock: the same comments in the same order give the same decisions, whatever the
//! machine, the batches and the number of workers.

use crate::domain::Probability;

/// A comment that is sent on costs so many parts of credit; a scored comment brings `max_share` times as many.
const PARTS_PER_COMMENT: u32 = 1_000_000;
/// How many comments' worth of credit can be saved up at most.
pub const MAX_BURST: u32 = 64;

/// Which scores are undecided, and how many of them may be sent on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CascadeOptions {
    at_least: f64,
    below: f64,
    share_parts: u32,
}

/// Why options make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CascadeOptionsError {
    /// A bound of the scores is no probability.
    #[error("`{0}` is not within 0 and 1")]
    NoProbability(&'static str),
    /// No score can be undecided.
    #[error("`at_least` is not less than `below`: no score would be undecided")]
    EmptyBand,
    /// The share is not one.
    #[error("`max_share` is not within 0.000001 and 1; leave the cascade out to send nothing on")]
    NoShare,
}

impl CascadeOptions {
    /// Scores of off topic in `at_least..below` are undecided, and at most `max_share` of the scored comments are sent
    /// on. The share counts to the millionth.
    ///
    /// # Errors
    /// Everything that makes no sense, at once.
    pub fn new(at_least: f64, below: f64, max_share: f64) -> Result<Self, Vec<CascadeOptionsError>> {
        let bounds = [("at_least", at_least), ("below", below)];
        let outside = bounds.into_iter().filter(|(_, bound)| !(0.0..=1.0).contains(bound));
        let mut errors: Vec<_> = outside.map(|(name, _)| CascadeOptionsError::NoProbability(name)).collect();
        if errors.is_empty() && at_least >= below {
            errors.push(CascadeOptionsError::EmptyBand);
        }
        let parts = (max_share * f64::from(PARTS_PER_COMMENT)).round();
        if !(1.0..=f64::from(PARTS_PER_COMMENT)).contains(&parts) || max_share > 1.0 {
            errors.push(CascadeOptionsError::NoShare);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        // Above zero and at most a million, as was just checked.
        #[allow(clippy::cast_sign_loss, reason = "above zero")]
        let share_parts = parts as u32;
        Ok(Self { at_least, below, share_parts })
    }

    /// The lowest undecided score.
    #[must_use]
    pub fn at_least(&self) -> f64 {
        self.at_least
    }

    /// The lowest score above the undecided ones.
    #[must_use]
    pub fn below(&self) -> f64 {
        self.below
    }

    /// The largest share of the scored comments that is sent on, above 0 and at most 1.
    #[must_use]
    pub fn max_share(&self) -> f64 {
        f64::from(self.share_parts) / f64::from(PARTS_PER_COMMENT)
    }

    /// Whether a score is undecided. It is compared with four decimals, as records show it.
    #[must_use]
    pub fn is_undecided(&self, off_topic: Probability) -> bool {
        (self.at_least..self.below).contains(&off_topic.rounded().get())
    }
}

/// What becomes of a scored comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CascadeDecision {
    /// Its score is clear; the slower model would cost more than it tells.
    Decided,
    /// The slower model scores it.
    SentOn,
    /// Undecided, but the budget is used up: its first score stands.
    OverBudget,
}

/// The cascade of one run: asked about every comment that has a score of off topic, in input order.
///
/// Each comment that it is asked about brings `max_share` of a comment's credit, up to [`MAX_BURST`] comments' worth,
/// beyond which credit is lost. An undecided comment is sent on where there is credit for a whole one, and uses it up.
/// The first comment begins at nothing, so that after any number n of scored comments at most `max_share` · n have been
/// sent on; and of any n in a row at most [`MAX_BURST`] + `max_share` · n, however long nothing was undecided before.
#[derive(Debug, Clone)]
pub struct Cascade {
    options: CascadeOptions,
    credit_parts: u32,
    counts: CascadeCounts,
}

/// What a cascade has decided so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CascadeCounts {
    /// Comments with a score.
    pub scored: u64,
    /// Those of them whose score was undecided.
    pub undecided: u64,
    /// Those of these that were sent on.
    pub sent_on: u64,
}

impl Cascade {
    /// A cascade that has decided nothing yet.
    #[must_use]
    pub fn new(options: CascadeOptions) -> Self {
        Self { options, credit_parts: 0, counts: CascadeCounts::default() }
    }

    /// Decides on the next comment that has a score.
    pub fn decide(&mut self, off_topic: Probability) -> CascadeDecision {
        self.counts.scored += 1;
        // At most 65 million: far from the end of 32 bits.
        self.credit_parts = (self.credit_parts + self.options.share_parts).min(MAX_BURST * PARTS_PER_COMMENT);
        if !self.options.is_undecided(off_topic) {
            return CascadeDecision::Decided;
        }
        self.counts.undecided += 1;
        let Some(rest) = self.credit_parts.checked_sub(PARTS_PER_COMMENT) else { return CascadeDecision::OverBudget };
        self.credit_parts = rest;
        self.counts.sent_on += 1;
        CascadeDecision::SentOn
    }

    /// What it has decided so far.
    #[must_use]
    pub fn counts(&self) -> CascadeCounts {
        self.counts
    }

    /// What it goes by.
    #[must_use]
    pub fn options(&self) -> &CascadeOptions {
        &self.options
    }

    /// The credit that is saved up, in parts.
    #[must_use]
    pub fn credit_parts(&self) -> u32 {
        self.credit_parts
    }

    /// Goes on with the credit that an earlier run had saved up.
    pub fn set_credit_parts(&mut self, parts: u32) {
        self.credit_parts = parts.min(MAX_BURST * PARTS_PER_COMMENT);
    }
}

#[cfg(test)]
mod tests {
    use super::CascadeDecision::{Decided, OverBudget, SentOn};
    use super::*;

    fn options(max_share: f64) -> CascadeOptions {
        CascadeOptions::new(0.2, 0.9, max_share).unwrap()
    }

    fn decide(cascade: &mut Cascade, scores: &[f64]) -> Vec<CascadeDecision> {
        scores.iter().map(|score| cascade.decide(Probability::new(*score).unwrap())).collect()
    }

    #[test]
    fn the_band_has_its_lower_end_and_not_its_upper_one_at_four_decimals() {
        let options = options(1.0);
        for (score, is_undecided) in [
            (0.0, false),
            (0.199_94, false),
            (0.199_96, true),
            (0.2, true),
            (0.5, true),
            (0.899_94, true),
            (0.899_96, false),
            (0.9, false),
            (1.0, false),
        ] {
            assert_eq!(options.is_undecided(Probability::new(score).unwrap()), is_undecided, "{score}");
        }
    }

    #[test]
    fn credit_comes_with_every_scored_comment_and_goes_with_every_one_sent_on() {
        let mut cascade = Cascade::new(options(0.25));
        // A quarter each: the fourth has a whole one, the fifth a quarter again.
        assert_eq!(decide(&mut cascade, &[0.5; 5]), [OverBudget, OverBudget, OverBudget, SentOn, OverBudget]);
        // Those that are decided bring credit too: 0.5, 0.75, 1, 1.25, then 1.5 - 1, then 0.75, 1 - 1.
        assert_eq!(
            decide(&mut cascade, &[0.1, 0.95, 0.1, 0.1, 0.5, 0.5, 0.5]),
            [Decided, Decided, Decided, Decided, SentOn, OverBudget, SentOn]
        );
        assert_eq!(cascade.counts(), CascadeCounts { scored: 12, undecided: 8, sent_on: 3 });
    }

    #[test]
    fn a_share_that_is_no_fraction_of_two_adds_up_without_error() {
        // Ten tenths are one comment, exactly; in binary fractions they are not.
        let mut cascade = Cascade::new(options(0.1));
        let sent = decide(&mut cascade, &[0.5; 1_000]).iter().filter(|decision| **decision == SentOn).count();
        assert_eq!(sent, 100);
        assert_eq!(decide(&mut Cascade::new(options(1.0)), &[0.5; 3]), [SentOn; 3]);
        let mut cascade = Cascade::new(options(0.000_001));
        let sent = decide(&mut cascade, &vec![0.5; 999_999]).iter().filter(|decision| **decision == SentOn).count();
        assert_eq!((sent, cascade.decide(Probability::new(0.5).unwrap())), (0, SentOn));
    }

    #[test]
    fn a_quiet_hour_is_not_followed_by_more_than_the_burst() {
        let mut cascade = Cascade::new(options(0.25));
        assert!(decide(&mut cascade, &vec![0.1; 10_000]).iter().all(|decision| *decision == Decided));
        let decisions = decide(&mut cascade, &[0.5; 1_000]);
        let first_refused = decisions.iter().position(|decision| *decision == OverBudget).unwrap();
        let sent = decisions.iter().filter(|decision| **decision == SentOn).count();
        // 64 saved up, less the quarter that the first one brought beyond it; while they go, new ones come.
        assert_eq!((first_refused, sent), (85, 313));
        assert!(sent <= 64 + 250);
    }

    #[test]
    fn no_beginning_of_a_run_sends_on_more_than_the_share() {
        let scores = [0.5, 0.1, 0.95, 0.5, 0.5, 0.3, 0.8, 0.0, 0.5, 0.6, 0.21];
        for share in [0.01, 0.3, 1.0 / 3.0, 0.999, 1.0] {
            let mut cascade = Cascade::new(options(share));
            for (number, score) in scores.iter().cycle().take(2_000).enumerate() {
                cascade.decide(Probability::new(*score).unwrap());
                let most = cascade.options().max_share() * (number + 1) as f64;
                assert!(cascade.counts().sent_on as f64 <= most + 1e-9, "{share} {number}");
            }
            assert!(cascade.counts().sent_on >= 19, "{share}: {:?}", cascade.counts());
        }
    }

    #[test]
    fn options_that_make_no_sense_are_refused_all_at_once() {
        use CascadeOptionsError::{EmptyBand, NoProbability, NoShare};
        let check = |at_least, below, max_share, expected: &[CascadeOptionsError]| {
            let errors = CascadeOptions::new(at_least, below, max_share).err().unwrap_or_default();
            assert_eq!(errors, expected, "{at_least} {below} {max_share}");
        };
        check(0.0, 1.0, 1.0, &[]);
        check(0.2, 0.99, 0.000_001, &[]);
        check(-0.1, 1.5, 0.0, &[NoProbability("at_least"), NoProbability("below"), NoShare]);
        check(0.5, 0.5, 0.5, &[EmptyBand]);
        check(0.6, 0.5, 0.5, &[EmptyBand]);
        check(f64::NAN, 0.5, f64::NAN, &[NoProbability("at_least"), NoShare]);
        check(0.2, 0.9, 1.000_000_1, &[NoShare]);
        check(0.2, 0.9, 0.000_000_4, &[NoShare]);
        check(0.2, 0.9, f64::INFINITY, &[NoShare]);
        check(0.2, 0.9, -0.5, &[NoShare]);
    }

    #[test]
    fn one_that_goes_on_with_the_credit_of_another_decides_as_that_would_have() {
        let scores: Vec<f64> = (0..300_u32).map(|number| f64::from(number * number % 100) / 100.0).collect();
        let mut whole = Cascade::new(options(0.3));
        let expected = decide(&mut whole, &scores);
        for place in [0, 1, 7, 150, 299] {
            let mut first = Cascade::new(options(0.3));
            let mut found = decide(&mut first, &scores[..place]);
            let mut second = Cascade::new(options(0.3));
            second.set_credit_parts(first.credit_parts());
            found.extend(decide(&mut second, &scores[place..]));
            assert_eq!(found, expected, "{place}");
        }
    }
}
