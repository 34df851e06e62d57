//! How sure a table may be, found on texts that it was not fitted to.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use super::LanguageTrainingOptions;
use super::corpus::{Corpus, Part};
use crate::classify::softmax_table::{ClassSums, Sharpness, SoftmaxTable};
use crate::text::language_features::LanguageWords;

/// Windows of each language, of up to this many words.
const WINDOWS: usize = 300;
const MAX_WORDS: usize = 20;
/// What is tried: all pairs of a factor and an exponent.
const FACTORS: std::ops::RangeInclusive<u32> = 4..=30;
const FACTOR_STEP: f64 = 0.1;
const EXPONENTS: std::ops::RangeInclusive<u32> = 0..=10;
const EXPONENT_STEP: f64 = -0.05;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FoundSharpness {
    pub(super) best: Sharpness,
    /// Mean negative log-likelihood of the held-out windows with it, in nats.
    pub(super) loss: f64,
}

struct Example {
    class: usize,
    letters: usize,
    sums: ClassSums,
}

/// The sharpness with the least loss on windows of held-out texts, languages counted alike.
pub(super) fn find(table: &SoftmaxTable, corpus: &Corpus, options: &LanguageTrainingOptions) -> FoundSharpness {
    let examples = examples(table, corpus, options);
    let mut found = FoundSharpness { best: Sharpness::NONE, loss: f64::INFINITY };
    for factor in FACTORS {
        for exponent in EXPONENTS {
            let sharpness =
                Sharpness { factor: f64::from(factor) * FACTOR_STEP, exponent: f64::from(exponent) * EXPONENT_STEP };
            let loss = mean_loss(table, &examples, sharpness);
            if loss < found.loss {
                found = FoundSharpness { best: sharpness, loss };
            }
        }
    }
    if examples.is_empty() { FoundSharpness { best: Sharpness::NONE, loss: 0.0 } } else { found }
}

fn examples(table: &SoftmaxTable, corpus: &Corpus, options: &LanguageTrainingOptions) -> Vec<Example> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(options.seed ^ 0x5eed);
    let mut words = LanguageWords::default();
    let (mut examples, mut features) = (Vec::new(), Vec::new());
    for (class, drawer) in corpus.drawers(Part::HeldOut, &options.hyperparameters).iter().enumerate() {
        for _ in 0..if drawer.is_empty() { 0 } else { WINDOWS } {
            let window = drawer.draw(MAX_WORDS, &mut random);
            let mut letters = 0;
            features.clear();
            words.for_each(&window, |word| {
                if word.script == corpus.script {
                    letters += word.letters;
                    word.for_each_feature(|feature| features.push(feature));
                }
            });
            if letters > 0 {
                let mut sums = ClassSums::ZERO;
                table.add(&features, &mut sums);
                examples.push(Example { class, letters, sums });
            }
        }
    }
    examples
}

fn mean_loss(table: &SoftmaxTable, examples: &[Example], sharpness: Sharpness) -> f64 {
    let mut sum = 0.0;
    for example in examples {
        // The table's own sharpness is that of sums as they are.
        let factor = sharpness.at(example.letters);
        let logs = || table.log_likelihoods(&example.sums, example.letters).map(|log| log * factor);
        let highest = logs().fold(f64::MIN, f64::max);
        let total: f64 = logs().map(|log| (log - highest).exp()).sum();
        sum += total.ln() - (logs().nth(example.class).unwrap_or(f64::MIN) - highest);
    }
    sum / examples.len().max(1) as f64
}
