//! Trains the rows of an encoder from pairs of texts that belong together.

use ndarray::{Array2, ArrayView2, Axis, Slice};
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use super::adam::{Adam, AdamStep};
use super::feature_rows::FeatureRows;
use super::in_parallel::in_parallel;
use super::static_encoder::EncoderShape;

/// A batch is worked on in so many parts, whatever the number of threads, so that sums come out the same for any.
const PARTS: usize = 8;
/// The rate of the first steps grows to its full size over so many batches.
const WARM_UP_BATCHES: f64 = 20.0;
/// The rate falls from the first batch to the last by this factor.
const LAST_RATE: f64 = 0.02;

/// Texts as the words that they have, and words as the rows that they add up.
#[derive(Debug, Clone, Default)]
pub struct EncoderTexts {
    /// The words of each text, as numbers of `word_rows`.
    pub texts: FeatureRows,
    /// The rows of the encoder's table that each word adds up; see [`EncoderShape::for_each_row`].
    pub word_rows: FeatureRows,
    /// How many texts hold each word.
    pub texts_by_word: Vec<u32>,
}

/// Two texts that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPair {
    /// What is answered: a parent, a title. A number of [`EncoderTexts::texts`].
    pub left: u32,
    /// What answers it.
    pub right: u32,
}

/// How an encoder is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContrastiveOptions {
    /// The size of the table.
    pub shape: EncoderShape,
    /// Passes over all pairs.
    pub epochs: usize,
    /// Pairs in a batch: each text's strangers are the others' partners.
    pub batch: usize,
    /// What a cosine is multiplied with before the softmax: 1 / temperature.
    pub scale: f64,
    /// Adam's rate at its full size.
    pub rate: f64,
    /// Share of the words that are left out of a text, drawn anew in each pass.
    pub word_dropout: f64,
    /// Chooses all that is left to chance.
    pub seed: u64,
    /// The result is the same for any number.
    pub threads: usize,
}

/// The rows, and how the training went.
#[derive(Debug, Clone, PartialEq)]
pub struct ContrastiveFit {
    /// `shape.rows()` rows of `shape.dimensions` numbers.
    pub rows: Vec<f32>,
    /// Mean loss of the pairs of each pass, in nats; `ln(batch)` is chance.
    pub training_losses: Vec<f64>,
    /// The same of the held-out pairs after each pass, without dropout; empty where there are too few.
    pub held_out_losses: Vec<f64>,
}

/// Why there is no encoder.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ContrastiveError {
    /// One batch needs two pairs at least.
    #[error("{pairs} pairs are too few to tell true ones from strangers\n  hint: give at least {needed}")]
    TooFewPairs {
        /// The pairs that there are.
        pairs: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The loss is no number any more.
    #[error("the training diverged in pass {pass}\n  hint: choose a smaller rate")]
    Diverged {
        /// The pass, from 1.
        pass: usize,
    },
}

/// Learns rows such that the two texts of a pair are nearer to each other than to the other texts of their batch.
///
/// The loss is `InfoNCE` (van den Oord, Li and Vinyals, 2018) in both directions, over cosines times `scale`; pairs that share a
/// text are no strangers to each other. Minimised by Adam (Kingma and Ba, 2015), of which a row takes part in the steps whose
/// batch it occurs in. A row begins at random with a length that follows how rare its words are, `ln(texts / texts with
/// it)`, so that common words count for little from the start: what they should weigh takes longest to learn.
///
/// # Errors
/// Where there are fewer pairs than half a batch, or the loss is no number any more.
pub fn train_contrastive(
    texts: &EncoderTexts,
    pairs: &[TextPair],
    held_out: &[TextPair],
    options: &ContrastiveOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<ContrastiveFit, ContrastiveError> {
    let needed = (options.batch / 2).max(2);
    if pairs.len() < needed {
        return Err(ContrastiveError::TooFewPairs { pairs: pairs.len(), needed });
    }
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(options.seed);
    let dimensions = options.shape.dimensions;
    let mut rows = first_rows(texts, options.shape, &mut dice);
    let mut adam = Adam::new(options.shape.rows(), dimensions);
    let (mut training_losses, mut held_out_losses) = (Vec::new(), Vec::new());
    let mut order: Vec<TextPair> = pairs.to_vec();
    let mut held_out = held_out.to_vec();
    held_out.shuffle(&mut dice);
    let batches_of_pass = order.chunks(options.batch).filter(|batch| batch.len() >= needed).count();
    let batches = (batches_of_pass * options.epochs) as f64;
    let mut done = 0.0;
    for pass in 1..=options.epochs {
        order.shuffle(&mut dice);
        let mut losses = 0.0;
        for pairs in order.chunks(options.batch).filter(|batch| batch.len() >= needed) {
            done += 1.0;
            let left_of_rate = (1.0 - done / (batches + 1.0)).max(LAST_RATE);
            let rate = options.rate * left_of_rate * (done / WARM_UP_BATCHES).min(1.0);
            let batch = Batch::draw(texts, pairs, options.word_dropout, &mut dice);
            losses += step(&batch, texts, options, rate as f32, &mut rows, &mut adam);
        }
        let loss = losses / batches_of_pass as f64;
        if !loss.is_finite() {
            return Err(ContrastiveError::Diverged { pass });
        }
        training_losses.push(loss);
        let held_out = held_out.chunks(options.batch).next().filter(|batch| batch.len() >= needed);
        if let Some(pairs) = held_out {
            let batch = Batch::draw(texts, pairs, 0.0, &mut dice);
            held_out_losses.push(batch.encode(texts, &rows, options).loss(options).0);
        }
        let held_out = held_out_losses.last().map_or_else(String::new, |loss| format!(", held out {loss:.4}"));
        progress(&format!("pass {pass} of {}: loss {loss:.4}{held_out}", options.epochs));
    }
    Ok(ContrastiveFit { rows, training_losses, held_out_losses })
}

fn first_rows(texts: &EncoderTexts, shape: EncoderShape, dice: &mut Xoshiro256PlusPlus) -> Vec<f32> {
    let mut texts_by_row = vec![0_u32; shape.rows()];
    for (word, count) in texts.texts_by_word.iter().enumerate() {
        for row in texts.word_rows.row(word) {
            let cell = &mut texts_by_row[*row as usize];
            *cell = cell.saturating_add(*count);
        }
    }
    let all = (texts.texts.rows() as f64).max(2.0);
    let mut rows = Vec::with_capacity(shape.rows() * shape.dimensions);
    for count in texts_by_row {
        let rarity = ((all / (f64::from(count) + 1.0)).ln() / all.ln()).max(0.0);
        // A sum of four uniform numbers is near enough to a normal one; its standard deviation is 0.58.
        let scale = (rarity / 0.58 / (shape.dimensions as f64).sqrt()) as f32;
        rows.extend((0..shape.dimensions).map(|_| {
            let sum: f32 = (0..4).map(|_| dice.random::<f32>() - 0.5).sum();
            sum * scale
        }));
    }
    rows
}

/// The texts of some pairs, left ones first, as the words that are left of them.
struct Batch<'pairs> {
    pairs: &'pairs [TextPair],
    /// Words in the batch, ascending.
    words: Vec<u32>,
    /// The words of each text, as places in `words`.
    texts: FeatureRows,
}

/// A batch with the vectors of its texts.
struct Encoded<'batch> {
    batch: &'batch Batch<'batch>,
    /// Unit vectors, a text each.
    left: Array2<f32>,
    right: Array2<f32>,
    /// Lengths before they were made 1, left texts first.
    lengths: Vec<f32>,
}

impl<'pairs> Batch<'pairs> {
    fn draw(texts: &EncoderTexts, pairs: &'pairs [TextPair], word_dropout: f64, dice: &mut Xoshiro256PlusPlus) -> Self {
        let numbers = pairs.iter().map(|pair| pair.left).chain(pairs.iter().map(|pair| pair.right));
        let mut drawn = FeatureRows::new();
        let mut kept = Vec::new();
        for number in numbers {
            let words = texts.texts.row(number as usize);
            kept.clear();
            kept.extend(words.iter().filter(|_| word_dropout <= 0.0 || !dice.random_bool(word_dropout)));
            drawn.push(if kept.is_empty() { words } else { &kept });
        }
        let mut words = drawn.features().to_vec();
        words.sort_unstable();
        words.dedup();
        let place = |word: &u32| words.binary_search(word).unwrap_or_default() as u32;
        let places = drawn.mapped(place);
        Self { pairs, words, texts: places }
    }

    fn encode<'batch>(
        &'batch self,
        texts: &EncoderTexts,
        rows: &[f32],
        options: &ContrastiveOptions,
    ) -> Encoded<'batch> {
        let dimensions = options.shape.dimensions;
        let of_words = sums(&self.words, options, |word, sum| {
            for row in texts.word_rows.row(*word as usize) {
                add(sum, row_of(rows, *row, dimensions));
            }
        });
        let numbers: Vec<usize> = (0..self.texts.rows()).collect();
        let mut of_texts = sums(&numbers, options, |text, sum| {
            for word in self.texts.row(*text) {
                add(sum, row_of(&of_words, *word, dimensions));
            }
        });
        let lengths: Vec<f32> = of_texts
            .chunks_exact_mut(dimensions)
            .map(|vector| {
                let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
                for value in &mut *vector {
                    *value /= length;
                }
                length
            })
            .collect();
        let middle = self.pairs.len();
        let matrix = |values: &[f32]| {
            let view = ArrayView2::from_shape((middle, dimensions), values);
            view.map_or_else(|_| Array2::zeros((middle, dimensions)), |view| view.to_owned())
        };
        let (left, right) = of_texts.split_at(middle * dimensions);
        Encoded { batch: self, left: matrix(left), right: matrix(right), lengths }
    }
}

impl Encoded<'_> {
    /// The mean loss of the pairs in both directions, and its slope by each unit vector.
    fn loss(&self, options: &ContrastiveOptions) -> (f64, Array2<f32>, Array2<f32>) {
        let pairs = self.batch.pairs;
        let per_part = pairs.len().div_ceil(PARTS);
        let parts: Vec<(usize, usize, bool)> = (0..pairs.len())
            .step_by(per_part)
            .flat_map(|begin| [false, true].map(|turned| (begin, (begin + per_part).min(pairs.len()), turned)))
            .collect();
        let scale = options.scale as f32;
        let share = scale / (2 * pairs.len()) as f32;
        let results = in_parallel(&parts, options.threads, |&(begin, end, turned)| {
            let (own, others) = if turned { (&self.right, &self.left) } else { (&self.left, &self.right) };
            let own = own.slice_axis(Axis(0), Slice::from(begin..end));
            let mut scores = own.dot(&others.t());
            let mut loss = 0.0;
            for (number, mut scores) in (begin..end).zip(scores.axis_iter_mut(Axis(0))) {
                let pair = pairs[number];
                for (other, score) in pairs.iter().zip(scores.iter_mut()) {
                    *score *= scale;
                    if other.left == pair.left || other.right == pair.right {
                        *score = f32::NEG_INFINITY;
                    }
                }
                let true_score = scale * own.row(number - begin).dot(&others.row(number));
                scores[number] = true_score;
                let highest = scores.fold(f32::NEG_INFINITY, |highest, score| highest.max(*score));
                scores.mapv_inplace(|score| (score - highest).exp());
                let sum = scores.sum();
                loss += f64::from(sum.ln() + highest - true_score);
                scores.mapv_inplace(|score| score * share / sum);
                scores[number] -= share;
            }
            (loss, scores.dot(others), scores.t().dot(&own))
        });
        let (mut loss, mut left, mut right) = (0.0, Array2::zeros(self.left.dim()), Array2::zeros(self.left.dim()));
        for ((begin, end, turned), (part_loss, own, others)) in parts.into_iter().zip(results) {
            let (of_own, of_others) = if turned { (&mut right, &mut left) } else { (&mut left, &mut right) };
            let mut of_part = of_own.slice_axis_mut(Axis(0), Slice::from(begin..end));
            of_part += &own;
            *of_others += &others;
            loss += part_loss / (2 * pairs.len()) as f64;
        }
        (loss, left, right)
    }
}

/// One step of Adam; the batch's loss before it.
fn step(
    batch: &Batch<'_>,
    texts: &EncoderTexts,
    options: &ContrastiveOptions,
    rate: f32,
    rows: &mut [f32],
    adam: &mut Adam,
) -> f64 {
    let dimensions = options.shape.dimensions;
    let encoded = batch.encode(texts, rows, options);
    let (loss, left, right) = encoded.loss(options);
    let mut slopes: Vec<f32> = left.iter().chain(&right).copied().collect();
    let vectors = encoded.left.axis_iter(Axis(0)).chain(encoded.right.axis_iter(Axis(0)));
    for ((slope, vector), length) in slopes.chunks_exact_mut(dimensions).zip(vectors).zip(&encoded.lengths) {
        // Through the division by the length: what points along the vector does not change it.
        let along: f32 = slope.iter().zip(vector).map(|(slope, value)| slope * value).sum();
        for (slope, value) in slope.iter_mut().zip(vector) {
            *slope = (*slope - along * value) / length;
        }
    }
    let texts_of_word = batch.texts.turned(batch.words.len());
    let places: Vec<usize> = (0..batch.words.len()).collect();
    let of_words = sums(&places, options, |place, sum| {
        for text in texts_of_word.row(*place) {
            add(sum, row_of(&slopes, *text, dimensions));
        }
    });
    let mut uses: Vec<(u32, u32)> = Vec::new();
    for (place, word) in (0_u32..).zip(&batch.words) {
        uses.extend(texts.word_rows.row(*word as usize).iter().map(|row| (*row, place)));
    }
    uses.sort_unstable();
    let of_row = |uses: &[(u32, u32)], sum: &mut [f32]| {
        for (_, place) in uses {
            add(sum, row_of(&of_words, *place, dimensions));
        }
    };
    adam.step(&AdamStep { uses: &uses, rate, threads: options.threads }, rows, of_row);
    loss
}

/// A vector for each thing, one after the other: what `fill` adds to zeros.
fn sums<T: Sync>(things: &[T], options: &ContrastiveOptions, fill: impl Fn(&T, &mut [f32]) + Sync) -> Vec<f32> {
    let dimensions = options.shape.dimensions;
    let parts: Vec<&[T]> = things.chunks(things.len().div_ceil(PARTS).max(1)).collect();
    let filled = in_parallel(&parts, options.threads, |part| {
        let mut vectors = vec![0.0; part.len() * dimensions];
        for (thing, vector) in part.iter().zip(vectors.chunks_exact_mut(dimensions)) {
            fill(thing, vector);
        }
        vectors
    });
    filled.concat()
}

fn row_of(rows: &[f32], row: u32, dimensions: usize) -> &[f32] {
    let begin = row as usize * dimensions;
    &rows[begin..begin + dimensions]
}

fn add(sum: &mut [f32], values: &[f32]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: ContrastiveOptions = ContrastiveOptions {
        shape: EncoderShape { dimensions: 8, word_rows: 256, piece_rows: 1 },
        epochs: 6,
        batch: 64,
        scale: 7.0,
        rate: 0.02,
        word_dropout: 0.1,
        seed: 3,
        threads: 2,
    };

    /// Subjects of six words each; the two texts of a pair share a subject and no word.
    fn pairs_of_subjects() -> (EncoderTexts, Vec<TextPair>) {
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut texts = EncoderTexts { texts_by_word: vec![20; 120], ..EncoderTexts::default() };
        (0..120).for_each(|word| texts.word_rows.push(&[word]));
        let mut pairs = Vec::new();
        for number in 0..600 {
            let subject = number % 20;
            for half in 0..2 {
                let words: Vec<u32> = (0..3).map(|_| subject * 6 + half * 3 + dice.random_range(0..3)).collect();
                texts.texts.push(&words);
            }
            pairs.push(TextPair { left: number * 2, right: number * 2 + 1 });
        }
        (texts, pairs)
    }

    #[test]
    fn texts_on_one_subject_come_together_without_a_common_word() {
        let (texts, pairs) = pairs_of_subjects();
        let (training, held_out) = pairs.split_at(500);
        let fit = train_contrastive(&texts, training, held_out, &OPTIONS, &mut |_| {}).unwrap();
        let (first, last) = (fit.held_out_losses[0], fit.held_out_losses[OPTIONS.epochs - 1]);
        assert!(last < first && last < 2.0, "{fit:?}");
        let vector = |words: [u32; 3]| {
            let mut sum = vec![0.0; 8];
            for word in words {
                add(&mut sum, row_of(&fit.rows, word, 8));
            }
            sum
        };
        let cosine = |left: &[f32], right: &[f32]| {
            let dot = |left: &[f32], right: &[f32]| left.iter().zip(right).map(|(l, r)| l * r).sum::<f32>();
            dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
        };
        let mut nearer = 0;
        for subject in 0..20 {
            let own = vector([0, 1, 2].map(|word| subject * 6 + word));
            let [partner, stranger] =
                [subject, (subject + 7) % 20].map(|other| vector([3, 4, 5].map(|word| other * 6 + word)));
            nearer += usize::from(cosine(&own, &partner) > cosine(&own, &stranger) + 0.2);
        }
        assert!(nearer >= 19, "{nearer} of 20");
    }

    #[test]
    fn the_same_bytes_for_any_number_of_threads() {
        let (texts, pairs) = pairs_of_subjects();
        let train = |threads, seed| {
            let options = ContrastiveOptions { threads, seed, epochs: 2, ..OPTIONS };
            train_contrastive(&texts, &pairs, &[], &options, &mut |_| {}).unwrap()
        };
        let one = train(1, 3);
        assert_eq!(one, train(3, 3));
        assert_ne!(one.rows, train(1, 4).rows);
    }

    #[test]
    fn the_slope_is_that_of_the_loss() {
        let (texts, pairs) = pairs_of_subjects();
        let options = ContrastiveOptions { word_dropout: 0.0, ..OPTIONS };
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(2);
        let rows = first_rows(&texts, options.shape, &mut dice);
        let batch = Batch::draw(&texts, &pairs[..40], 0.0, &mut dice);
        let mut encoded = batch.encode(&texts, &rows, &options);
        let (_, left, right) = encoded.loss(&options);
        for (at, slope) in [((3, 2), left[(3, 2)]), ((17, 5), right[(17, 5)])] {
            let mut shifted = |by: f32| {
                let cell = if at.0 == 3 { &mut encoded.left[at] } else { &mut encoded.right[at] };
                let before = *cell;
                *cell += by;
                let loss = encoded.loss(&options).0;
                let cell = if at.0 == 3 { &mut encoded.left[at] } else { &mut encoded.right[at] };
                *cell = before;
                loss
            };
            let measured = (shifted(0.01) - shifted(-0.01)) / 0.02;
            assert!((measured - f64::from(slope)).abs() < 1e-3 * measured.abs().max(0.01), "{measured} {slope}");
        }
    }

    #[test]
    fn too_few_pairs_and_a_wild_rate_are_errors() {
        let (texts, pairs) = pairs_of_subjects();
        let few = train_contrastive(&texts, &pairs[..5], &[], &OPTIONS, &mut |_| {});
        assert_eq!(few, Err(ContrastiveError::TooFewPairs { pairs: 5, needed: 32 }));
        let wild = ContrastiveOptions { rate: f64::INFINITY, ..OPTIONS };
        let diverged = train_contrastive(&texts, &pairs, &[], &wild, &mut |_| {});
        assert!(matches!(diverged, Err(ContrastiveError::Diverged { .. })));
    }
}
