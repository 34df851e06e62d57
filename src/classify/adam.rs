//! Adam over the rows of a table, of which each batch touches a few.

use super::in_parallel::in_parallel;

/// How much of the slopes' running mean stays at a step, and of that of their squares (Kingma and Ba, 2015).
const MEAN_DECAY: f32 = 0.9;
const SQUARE_DECAY: f32 = 0.999;
const LEAST_DEVIATION: f32 = 1e-8;
/// Rows are worked on in parts of about so many uses.
const USES_OF_A_PART: usize = 4_096;

/// What Adam remembers of every row. A row that a batch does not touch stays as it is, as if it had no step.
#[derive(Debug, Clone)]
pub(super) struct Adam {
    dimensions: usize,
    means: Vec<f32>,
    squares: Vec<f32>,
    steps: Vec<u32>,
}

/// One step.
pub(super) struct AdamStep<'uses> {
    /// Rows with what uses them, ascending: a row for each use.
    pub(super) uses: &'uses [(u32, u32)],
    /// The rate of this step.
    pub(super) rate: f32,
    /// Threads at work; nothing depends on it.
    pub(super) threads: usize,
}

impl Adam {
    /// For a table of so many rows.
    pub(super) fn new(rows: usize, dimensions: usize) -> Self {
        let zeros = vec![0.0; rows * dimensions];
        Self { dimensions, means: zeros.clone(), squares: zeros, steps: vec![0; rows] }
    }

    /// Moves every row that is used, against the slope that `slope` adds up from its uses.
    pub(super) fn step(
        &mut self,
        step: AdamStep<'_>,
        rows: &mut [f32],
        slope: impl Fn(&[(u32, u32)], &mut [f32]) + Sync,
    ) {
        let dimensions = self.dimensions;
        let parts = parts(step.uses);
        let slopes = in_parallel(&parts, step.threads, |uses| {
            let mut slopes = Vec::new();
            for uses in uses.chunk_by(|left, right| left.0 == right.0) {
                let begin = slopes.len();
                slopes.resize(begin + dimensions, 0.0);
                slope(uses, &mut slopes[begin..]);
            }
            slopes
        });
        for (uses, slopes) in parts.into_iter().zip(slopes) {
            let used = uses.chunk_by(|left, right| left.0 == right.0).filter_map(|uses| uses.first());
            for ((row, _), slope) in used.zip(slopes.chunks_exact(dimensions)) {
                self.move_row(*row as usize, slope, step.rate, rows);
            }
        }
    }

    fn move_row(&mut self, row: usize, slope: &[f32], rate: f32, rows: &mut [f32]) {
        self.steps[row] = self.steps[row].saturating_add(1);
        let steps = i32::try_from(self.steps[row]).unwrap_or(i32::MAX);
        let mean_rate = rate / (1.0 - MEAN_DECAY.powi(steps));
        let square_share = 1.0 / (1.0 - SQUARE_DECAY.powi(steps));
        let place = row * self.dimensions..(row + 1) * self.dimensions;
        let memory = self.means[place.clone()].iter_mut().zip(&mut self.squares[place.clone()]);
        for ((value, slope), (mean, square)) in rows[place].iter_mut().zip(slope).zip(memory) {
            *mean = MEAN_DECAY * *mean + (1.0 - MEAN_DECAY) * slope;
            *square = SQUARE_DECAY * *square + (1.0 - SQUARE_DECAY) * slope * slope;
            *value -= mean_rate * *mean / ((*square * square_share).sqrt() + LEAST_DEVIATION);
        }
    }
}

/// Cuts uses into parts so that all uses of a row are in one.
fn parts(mut uses: &[(u32, u32)]) -> Vec<&[(u32, u32)]> {
    let mut parts = Vec::new();
    while !uses.is_empty() {
        let begin = USES_OF_A_PART.min(uses.len()) - 1;
        let row = uses[begin].0;
        let end = begin + uses[begin..].iter().take_while(|use_of| use_of.0 == row).count();
        let (part, rest) = uses.split_at(end);
        parts.push(part);
        uses = rest;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valley_is_walked_down_and_untouched_rows_stay() {
        let mut rows = vec![3.0, -2.0, 7.0, 7.0, 0.5, 0.5];
        let mut adam = Adam::new(3, 2);
        for _ in 0..400 {
            let before = rows.clone();
            let step = AdamStep { uses: &[(0, 0), (2, 1), (2, 2)], rate: 0.05, threads: 2 };
            adam.step(step, &mut rows, |uses, slope| {
                for (row, _) in uses {
                    slope.iter_mut().zip(&before[*row as usize * 2..]).for_each(|(slope, value)| *slope += value - 1.0);
                }
            });
        }
        for (place, expected) in [1.0, 1.0, 7.0, 7.0, 1.0, 1.0].into_iter().enumerate() {
            assert!((rows[place] - expected).abs() < 0.05, "{rows:?}");
        }
    }

    #[test]
    fn no_row_is_in_two_parts() {
        let uses: Vec<(u32, u32)> = (0..20_000).map(|number| (number / 3_000, number)).collect();
        let parts = parts(&uses);
        assert_eq!(parts.concat(), uses);
        assert!(parts.windows(2).all(|pair| pair[0].last().unwrap().0 < pair[1][0].0));
        assert!(parts.len() > 2);
    }
}
