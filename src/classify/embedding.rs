//! A text as a point: what an encoder makes of it.

/// A direction in 8-bit numbers, about a byte for each dimension. Made once for a text, compared often.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Embedding {
    values: Box<[i8]>,
    /// 1 / length of `values`; 0 for an empty one.
    inverse_length: f32,
}

impl Embedding {
    /// The direction of a sum; empty where all of it is 0.
    #[must_use]
    pub fn of(sum: &[i32]) -> Self {
        let largest = sum.iter().map(|value| value.unsigned_abs()).max().unwrap_or(0);
        if largest == 0 {
            return Self::default();
        }
        let scale = 127.0 / largest as f32;
        Self::from_values(sum.iter().map(|value| rounded(*value as f32 * scale)).collect())
    }

    fn from_values(values: Box<[i8]>) -> Self {
        let squares: i32 = values.iter().map(|value| i32::from(*value) * i32::from(*value)).sum();
        let inverse_length = if squares == 0 { 0.0 } else { 1.0 / (squares as f32).sqrt() };
        Self { values, inverse_length }
    }

    /// Whether it is the vector of nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The sum of what each dimension of the direction, brought to length 1, is worth; 0 for the vector of nothing. Weights
    /// beyond its dimensions count nothing.
    #[must_use]
    pub fn weighted_sum(&self, weights: &[f32]) -> f32 {
        let sum: f32 = self.values.iter().zip(weights).map(|(value, weight)| f32::from(*value) * weight).sum();
        sum * self.inverse_length
    }

    /// Cosine of the angle to another, -1..=1; 0 where one of them is empty.
    #[must_use]
    pub fn cosine(&self, other: &Self) -> f32 {
        let product: i32 = self
            .values
            .iter()
            .zip(&other.values)
            .map(|(left, right)| i32::from(i16::from(*left) * i16::from(*right)))
            .sum();
        (product as f32 * self.inverse_length * other.inverse_length).clamp(-1.0, 1.0)
    }
}

/// A number of -128..=127 to the nearest whole one, halves away from zero: as `f32::round`, without a call for each.
fn rounded(number: f32) -> i8 {
    let whole = number as i32;
    let rest = number - whole as f32;
    (whole + i32::from(rest >= 0.5) - i32::from(rest <= -0.5)) as i8
}

/// The sum of directions, all of the same length: what several texts are about.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EmbeddingSum {
    sum: Vec<f32>,
    count: u32,
}

impl EmbeddingSum {
    /// Number of embeddings added that were not empty.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Adds a text. An empty one changes nothing.
    pub fn add(&mut self, embedding: &Embedding) {
        if embedding.is_empty() {
            return;
        }
        if self.sum.is_empty() {
            self.sum.resize(embedding.values.len(), 0.0);
        }
        self.count = self.count.saturating_add(1);
        for (sum, value) in self.sum.iter_mut().zip(&embedding.values) {
            *sum += f32::from(*value) * embedding.inverse_length;
        }
    }

    /// Cosine of the angle of a text to the sum, -1..=1; 0 where there is nothing to compare.
    #[must_use]
    pub fn cosine(&self, embedding: &Embedding) -> f32 {
        let (mut product, mut squares) = (0.0, 0.0);
        for (sum, value) in self.sum.iter().zip(&embedding.values) {
            product += sum * f32::from(*value);
            squares += sum * sum;
        }
        if squares > 0.0 { (product * embedding.inverse_length / squares.sqrt()).clamp(-1.0, 1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_that_of_the_language() {
        let steps = (-12_700..=12_700).map(|step: i16| f32::from(step) / 100.0);
        let halves = (-127..127_i16).flat_map(|whole| {
            let half = f32::from(whole) + 0.5;
            [half.next_down(), half, half.next_up()]
        });
        for number in steps.chain(halves).chain([127.000_01, -127.000_01, -0.0]) {
            assert_eq!(rounded(number), number.round() as i8, "{number}");
        }
    }

    #[test]
    fn a_weighted_sum_is_that_of_the_direction_alone() {
        let check = |sum: &[i32], weights: &[f32], expected: f32| {
            let found = Embedding::of(sum).weighted_sum(weights);
            assert!((found - expected).abs() < 0.01, "{sum:?} {weights:?}: {found}");
        };
        check(&[3000, -4000], &[1.0, 0.0], 0.6);
        check(&[3, -4], &[1.0, 2.0], 0.6 - 1.6);
        check(&[3, -4], &[1.0, 2.0, 100.0], 0.6 - 1.6);
        check(&[3, -4], &[1.0], 0.6);
        check(&[0, 0], &[1.0, 2.0], 0.0);
    }

    #[test]
    fn cosines_are_those_of_the_sums() {
        let [east, north, north_east, west] =
            [[1000, 0], [0, 3], [70_000_000, 70_000_000], [-5, 0]].map(|sum| Embedding::of(&sum));
        for (left, right, expected) in [
            (&east, &east, 1.0),
            (&east, &north, 0.0),
            (&east, &north_east, 0.5_f32.sqrt()),
            (&east, &west, -1.0),
            (&east, &Embedding::default(), 0.0),
        ] {
            assert!((left.cosine(right) - expected).abs() < 1e-3, "{left:?} {right:?}");
        }
        assert!(Embedding::of(&[0, 0]).is_empty());
        let extreme = Embedding::of(&[i32::MIN, i32::MAX]);
        assert!((extreme.cosine(&extreme) - 1.0).abs() < 1e-3, "{extreme:?}");
    }

    #[test]
    fn a_sum_weighs_all_texts_alike() {
        let [loud, quiet] = [[1_000_000, 0], [0, 1]].map(|sum| Embedding::of(&sum));
        let mut thread = EmbeddingSum::default();
        assert!(thread.cosine(&loud).abs() < f32::EPSILON);
        thread.add(&loud);
        assert!((thread.cosine(&loud) - 1.0).abs() < 1e-6);
        thread.add(&quiet);
        thread.add(&Embedding::default());
        assert_eq!(thread.count(), 2);
        assert!((thread.cosine(&loud) - thread.cosine(&quiet)).abs() < 1e-6);
    }
}
