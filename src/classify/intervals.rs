//! How sure a share is that was counted: binomial tails and intervals.

/// The chance of at least `hits` of `trials`, each with chance `share`: the upper tail of the binomial distribution, by
/// way of the regularised incomplete beta function `I_share(hits, trials - hits + 1)`.
#[must_use]
pub fn upper_tail(hits: u64, trials: u64, share: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if hits > trials {
        return 0.0;
    }
    incomplete_beta(hits as f64, (trials - hits + 1) as f64, share)
}

/// A bound that the true share is not below, with the certainty given (Clopper and Pearson, 1934): exact, so that it holds
/// at least that often, whatever the share. 0 without trials.
#[must_use]
pub fn lower_bound(hits: u64, trials: u64, certainty: f64) -> f64 {
    if hits == 0 || trials == 0 {
        return 0.0;
    }
    bisect(|share| upper_tail(hits, trials, share) < 1.0 - certainty)
}

/// A bound that the true share is not above, with the certainty given. 1 without trials.
#[must_use]
pub fn upper_bound(hits: u64, trials: u64, certainty: f64) -> f64 {
    1.0 - lower_bound(trials.saturating_sub(hits), trials, certainty)
}

/// The interval of a share by Wilson (1927), of about the certainty given; 0 to 1 without trials.
#[must_use]
pub fn wilson(hits: u64, trials: u64, certainty: f64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (hits, trials) = (hits as f64, trials as f64);
    let z = normal_quantile(0.5 + certainty / 2.0);
    let share = hits / trials;
    let middle = (share + z * z / (2.0 * trials)) / (1.0 + z * z / trials);
    let half = z / (1.0 + z * z / trials) * (share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// Where a condition that holds below some point of 0..=1 ceases to hold.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The quantile of the normal distribution: Acklam's rational approximation (2003), to 1e-9 of the value.
fn normal_quantile(share: f64) -> f64 {
    const LOW: f64 = 0.02425;
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let horner = |factors: &[f64], at: f64| factors.iter().fold(0.0, |sum, factor| sum * at + factor);
    let tail = |share: f64| {
        let at = (-2.0 * share.ln()).sqrt();
        horner(&C, at) / (horner(&D, at) * at + 1.0)
    };
    if share < LOW {
        tail(share)
    } else if share > 1.0 - LOW {
        -tail(1.0 - share)
    } else {
        let (middle, square) = (share - 0.5, (share - 0.5).powi(2));
        horner(&A, square) * middle / (horner(&B, square) * square + 1.0)
    }
}

/// `I_x(a, b)`, by Lentz's continued fraction (Press et al., Numerical Recipes, 2007, 6.4).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    }
}

fn beta_fraction(a: f64, b: f64, share: f64) -> f64 {
    // As good as 0, but something that can be divided by.
    const TINY: f64 = 1e-300;
    let apart = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut ratio, mut inverse) = (1.0, 1.0 / apart(1.0 - (a + b) * share / (a + 1.0)));
    let mut fraction = inverse;
    // As many steps as the square root of the larger of the two, and some.
    let steps = 100.0 + 10.0 * a.max(b).sqrt();
    let mut at = 0.0;
    while at < steps {
        at += 1.0;
        let even = at * (b - at) * share / ((a + 2.0 * at - 1.0) * (a + 2.0 * at));
        inverse = 1.0 / apart(1.0 + even * inverse);
        ratio = apart(1.0 + even / ratio);
        fraction *= inverse * ratio;
        let odd = -(a + at) * (a + b + at) * share / ((a + 2.0 * at) * (a + 2.0 * at + 1.0));
        inverse = 1.0 / apart(1.0 + odd * inverse);
        ratio = apart(1.0 + odd / ratio);
        fraction *= inverse * ratio;
        if (inverse * ratio - 1.0).abs() < 1e-14 {
            break;
        }
    }
    fraction
}

/// The logarithm of the gamma function, for 0.5 and above: Lanczos's series with g = 7 and 9 terms.
fn log_gamma(of: f64) -> f64 {
    const FACTORS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let at = of - 1.0;
    let series = (1_u32..)
        .zip(FACTORS)
        .fold(0.999_999_999_999_809_9, |sum, (step, factor)| sum + factor / (at + f64::from(step)));
    let base = at + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (at + 0.5) * base.ln() - base + series.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    #[test]
    fn tails_are_those_of_the_binomial_distribution() {
        // By hand: 3 heads or more of 4.
        close(upper_tail(3, 4, 0.5), 5.0 / 16.0, 1e-12);
        close(upper_tail(0, 4, 0.5), 1.0, 0.0);
        close(upper_tail(5, 4, 0.5), 0.0, 0.0);
        close(upper_tail(29, 29, 0.9), 0.9_f64.powi(29), 1e-12);
        // The sum over all numbers of hits, added up one by one.
        let (trials, share) = (60_u64, 0.3_f64);
        let mut chance = vec![(1.0 - share).powi(60)];
        for hits in 1..=trials {
            let before = chance[hits as usize - 1];
            chance.push(before * (trials - hits + 1) as f64 / hits as f64 * share / (1.0 - share));
        }
        for hits in [1, 10, 18, 30, 59] {
            close(upper_tail(hits, trials, share), chance[hits as usize..].iter().sum(), 1e-11);
        }
        let half = upper_tail(500_000, 1_000_000, 0.5);
        close(half, 0.5, 1e-3);
    }

    #[test]
    fn bounds_are_those_of_the_tables() {
        // Clopper and Pearson for 8 of 10, two-sided 95 %: 0.4439 to 0.9748.
        close(lower_bound(8, 10, 0.975), 0.4439, 1e-4);
        close(upper_bound(8, 10, 0.975), 0.9748, 1e-4);
        // Nothing of n: the rule of three, exactly 1 - 0.05^(1/n).
        close(upper_bound(0, 100, 0.95), 1.0 - 0.05_f64.powf(0.01), 1e-9);
        for trials in [0, 10] {
            close(lower_bound(0, trials, 0.95), 0.0, 0.0);
            close(upper_bound(trials, trials, 0.95), 1.0, 0.0);
        }
    }

    #[test]
    fn wilsons_interval_is_that_of_the_paper() {
        // Newcombe (1998), table I: 81 of 263, and 0 of 20.
        let (low, high) = wilson(81, 263, 0.95);
        close(low, 0.2553, 1e-4);
        close(high, 0.3662, 1e-4);
        let (low, high) = wilson(0, 20, 0.95);
        close(low, 0.0, 1e-12);
        close(high, 0.1611, 1e-4);
        assert_eq!(wilson(0, 0, 0.95), (0.0, 1.0));
        close(normal_quantile(0.975), 1.959_963_985, 1e-8);
        close(normal_quantile(0.01), -2.326_347_874, 1e-8);
    }
}
