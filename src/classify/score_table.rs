//! The weights of several models side by side, so that one look at memory serves every label of all of them.

use super::inverse_frequency::inverse_length;
use super::linear_model::LinearModel;
use crate::text::features::HashedText;

/// A lane holds the weight of a label or the code of a model; this many are read at a time, in one vector register.
const LANES: usize = 16;
/// After so many features the 16-bit sums are emptied into larger ones, before they can overflow: 256 · 128 = 2^15.
const FEATURES_A_BLOCK: usize = 256;

/// Scores texts with several models at once. All sums are of integers, so that their order makes no difference.
#[derive(Debug, Clone)]
pub struct ScoreTable {
    mask: usize,
    /// How many groups of lanes a bucket has.
    groups: usize,
    rows: Vec<[i8; LANES]>,
    models: Vec<Place>,
    scratch_lanes: usize,
}

/// Where a model's lanes are: its weights, then its code.
#[derive(Debug, Clone, Copy)]
struct Place {
    first_label: usize,
    labels: usize,
    code: usize,
}

/// Sums of one text; memory that is used again.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    lanes: Vec<i32>,
    squared_codes: Vec<u64>,
}

impl ScoreTable {
    /// Puts models side by side. A model with fewer buckets than another is repeated.
    #[must_use]
    pub fn new(models: &[&LinearModel]) -> Self {
        let buckets = models.iter().map(|model| model.bucket_count()).max().unwrap_or(1);
        let mut lane = 0;
        let places: Vec<Place> = models
            .iter()
            .map(|model| {
                let labels = model.labels().len();
                let place = Place { first_label: lane, labels, code: lane + labels };
                lane += labels + 1;
                place
            })
            .collect();
        let groups = lane.div_ceil(LANES).max(1);
        let mut rows = vec![[0; LANES]; buckets * groups];
        for (model, place) in models.iter().zip(&places) {
            for (bucket, lanes) in rows.chunks_exact_mut(groups).enumerate() {
                let (code, weights) = model.bucket(bucket);
                for (lane, weight) in (place.first_label..).zip(weights) {
                    lanes[lane / LANES][lane % LANES] = *weight;
                }
                lanes[place.code / LANES][place.code % LANES] = code.cast_signed();
            }
        }
        Self { mask: buckets - 1, groups, rows, models: places, scratch_lanes: groups * LANES }
    }

    /// Adds up the weights of a text's features for all models.
    pub fn add_up(&self, text: &HashedText, sums: &mut Sums) {
        sums.lanes.clear();
        sums.lanes.resize(self.scratch_lanes, 0);
        sums.squared_codes.clear();
        sums.squared_codes.resize(self.models.len(), 0);
        for block in text.features().chunks(FEATURES_A_BLOCK) {
            if self.groups == 1 {
                self.add_block(block, sums);
            } else {
                self.add_wide_block(block, sums);
            }
        }
    }

    fn add_block(&self, block: &[u32], sums: &mut Sums) {
        let mut lanes = [0_i16; LANES];
        // Two models and their codes, without a look at memory for each; the codes of more are looked at again below.
        let code = |model: usize| self.models.get(model).map_or(0, |place| place.code % LANES);
        let (first, second) = (code(0), code(1));
        let mut squared = [0_u64; 2];
        // The table is larger than the processor's cache: rows that are asked for without being needed at once come side by
        // side.
        for feature in block {
            std::hint::black_box(self.rows[*feature as usize & self.mask][0]);
        }
        for feature in block {
            let row = &self.rows[*feature as usize & self.mask];
            for (sum, weight) in lanes.iter_mut().zip(row) {
                *sum += i16::from(*weight);
            }
            squared[0] += square(row[first]);
            squared[1] += square(row[second]);
        }
        for (sum, squared) in sums.squared_codes.iter_mut().zip(squared) {
            *sum += squared;
        }
        for (sum, place) in sums.squared_codes.iter_mut().zip(&self.models).skip(2) {
            let rows = block.iter().map(|feature| &self.rows[*feature as usize & self.mask]);
            *sum += rows.map(|row| square(row[place.code % LANES])).sum::<u64>();
        }
        for (sum, lane) in sums.lanes.iter_mut().zip(lanes) {
            *sum += i32::from(lane);
        }
    }

    fn add_wide_block(&self, block: &[u32], sums: &mut Sums) {
        for feature in block {
            let first = (*feature as usize & self.mask) * self.groups;
            let row = self.rows[first..first + self.groups].as_flattened();
            for (sum, weight) in sums.lanes.iter_mut().zip(row) {
                *sum += i32::from(*weight);
            }
            for (sum, place) in sums.squared_codes.iter_mut().zip(&self.models) {
                *sum += square(row[place.code]);
            }
        }
    }

    /// Replaces `log_odds` with the scores of a model, the one at place `at` of those that the table was made of: the same
    /// numbers as [`LinearModel::score`] gives.
    ///
    /// # Panics
    /// Where `model` has more labels than the one at that place, or there is none.
    pub fn log_odds(&self, at: usize, model: &LinearModel, sums: &Sums, log_odds: &mut Vec<f64>) {
        let place = self.models[at];
        let length = inverse_length(sums.squared_codes[at]);
        let lanes = &sums.lanes[place.first_label..place.first_label + place.labels];
        log_odds.clear();
        log_odds.extend(model.labels().iter().zip(lanes).map(|(label, sum)| label.log_odds(*sum, length)));
    }
}

fn square(code: i8) -> u64 {
    let code = u64::from(code.cast_unsigned());
    code * code
}
