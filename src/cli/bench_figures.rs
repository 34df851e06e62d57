//! What `bench` measured, and how it is shown.

use std::fmt::Write as _;

use serde::Serialize;

use crate::pipeline::{Tally, TimedStage};

/// Name and version of the shape of what is printed as JSON.
const SCHEMA: &str = "threadsieve.bench/1";

/// Seconds by stage, in the order of [`TimedStage::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct StageSeconds([f64; TimedStage::ALL.len()]);

impl StageSeconds {
    /// Adds what a stage took.
    pub(super) fn add(&mut self, stage: TimedStage, seconds: f64) {
        for (own, total) in TimedStage::ALL.into_iter().zip(&mut self.0) {
            if own == stage {
                *total += seconds;
            }
        }
    }

    /// The medians over some passes, stage by stage.
    pub(super) fn medians(passes: &[Self]) -> Self {
        let mut medians = Self::default();
        for (at, own) in medians.0.iter_mut().enumerate() {
            *own = median(&passes.iter().map(|pass| pass.0[at]).collect::<Vec<_>>());
        }
        medians
    }

    fn total(&self) -> f64 {
        self.0.iter().sum()
    }
}

/// A run as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Whole {
    pub(super) workers: usize,
    pub(super) read: u64,
    pub(super) seconds: f64,
}

/// All that was measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) tally: Tally,
    /// Whether the input has more comments than were read.
    pub(super) is_cut: bool,
    pub(super) text_bytes: u64,
    pub(super) written_bytes: u64,
    pub(super) passes: u16,
    pub(super) load_seconds: f64,
    pub(super) stages: StageSeconds,
    pub(super) wholes: Vec<Whole>,
    pub(super) peak_memory_bytes: Option<u64>,
}

/// The same as it is printed as JSON.
#[derive(Debug, Serialize)]
struct Shown {
    schema: &'static str,
    read: u64,
    records: u64,
    dead_letters: u64,
    threads: u64,
    is_cut: bool,
    text_bytes: u64,
    written_bytes: u64,
    passes: u16,
    load_seconds: f64,
    stages: Vec<ShownStage>,
    stages_together: Speed,
    whole: Vec<ShownWhole>,
    peak_memory_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Speed {
    seconds: f64,
    /// Absent where nothing was read.
    comments_per_second: Option<f64>,
}

#[derive(Debug, Serialize)]
struct ShownStage {
    stage: &'static str,
    #[serde(flatten)]
    speed: Speed,
    share_percent: f64,
}

#[derive(Debug, Serialize)]
struct ShownWhole {
    workers: usize,
    read: u64,
    #[serde(flatten)]
    speed: Speed,
    /// How many times as fast as one worker; absent where nothing was read.
    speed_up: Option<f64>,
}

impl Speed {
    fn new(comments: u64, seconds: f64) -> Self {
        let comments_per_second = (comments > 0 && seconds > 0.0).then(|| (comments as f64 / seconds).round());
        Self { seconds, comments_per_second }
    }
}

/// The middle one of some figures, or the mean of the two in the middle; 0 of none.
pub(super) fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[half],
        _ => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}

/// How many workers to try: 1, 2, 4 and so on, and the most.
pub(super) fn worker_counts(most: usize) -> Vec<usize> {
    let mut counts: Vec<usize> =
        std::iter::successors(Some(1_usize), |count| count.checked_mul(2)).take_while(|count| *count < most).collect();
    counts.push(most.max(1));
    counts
}

impl Figures {
    fn shown(&self) -> Shown {
        let (tally, total) = (&self.tally, self.stages.total());
        let stage = |(stage, seconds): (TimedStage, f64)| ShownStage {
            stage: stage.name(),
            speed: Speed::new(tally.read, seconds),
            share_percent: if total > 0.0 { seconds / total * 100.0 } else { 0.0 },
        };
        let alone = self.wholes.iter().find(|whole| whole.workers == 1);
        let speed_up = |whole: &Whole| {
            let alone = Speed::new(alone?.read, alone?.seconds).comments_per_second?;
            Some(Speed::new(whole.read, whole.seconds).comments_per_second? / alone)
        };
        let whole = |whole: &Whole| ShownWhole {
            workers: whole.workers,
            read: whole.read,
            speed: Speed::new(whole.read, whole.seconds),
            speed_up: speed_up(whole),
        };
        Shown {
            schema: SCHEMA,
            read: tally.read,
            records: tally.records,
            dead_letters: tally.rejects,
            threads: tally.threads,
            is_cut: self.is_cut,
            text_bytes: self.text_bytes,
            written_bytes: self.written_bytes,
            passes: self.passes,
            load_seconds: self.load_seconds,
            stages: TimedStage::ALL.into_iter().zip(self.stages.0).map(stage).collect(),
            stages_together: Speed::new(tally.read, total),
            whole: self.wholes.iter().map(whole).collect(),
            peak_memory_bytes: self.peak_memory_bytes,
        }
    }

    /// For programs: one object.
    ///
    /// # Errors
    /// Never: numbers and fixed names always serialise.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(&self.shown())?;
        text.push('\n');
        Ok(text)
    }

    /// For people.
    pub(super) fn table(&self) -> String {
        let shown = self.shown();
        let speed = |speed: Speed| speed.comments_per_second.map_or_else(|| "-".to_owned(), |it| format!("{it:.0}"));
        let mut text = String::new();
        let of = if shown.is_cut { ", the first of more (--max-comments)" } else { "" };
        let _ = writeln!(text, "comments      {}{of}", shown.read);
        let _ = writeln!(text, "dead letters  {}", shown.dead_letters);
        let per_comment = shown.text_bytes.checked_div(shown.read).unwrap_or(0);
        let _ = writeln!(text, "text          {} bytes, {per_comment} a comment", shown.text_bytes);
        let _ = writeln!(text, "models        loaded in {:.1} ms", shown.load_seconds * 1e3);
        let _ = writeln!(text, "\none thread    comments/s     share");
        for stage in &shown.stages {
            let _ = writeln!(text, "{:<12}  {:>10}  {:>6.1} %", stage.stage, speed(stage.speed), stage.share_percent);
        }
        let _ =
            writeln!(text, "{:<12}  {:>10}  {:>6.1} %", "together", speed(shown.stages_together), self.all_percent());
        let _ = writeln!(text, "\nwhole run     comments/s  speed-up");
        for whole in &shown.whole {
            let workers = if whole.workers == 1 { "1 worker".to_owned() } else { format!("{} workers", whole.workers) };
            let speed_up = whole.speed_up.map_or_else(|| "-".to_owned(), |times| format!("{times:.2}"));
            let _ = writeln!(text, "{workers:<12}  {:>10}  {speed_up:>8}", speed(whole.speed));
        }
        if let Some(bytes) = shown.peak_memory_bytes {
            let _ = writeln!(text, "\npeak memory   {} MiB", bytes.div_ceil(1 << 20));
        }
        if shown.read == 0 {
            text.push_str("no comments: the figures say nothing\n");
        }
        text
    }

    fn all_percent(&self) -> f64 {
        if self.stages.total() > 0.0 { 100.0 } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        let check = |figures: &[f64], expected: f64| assert!((median(figures) - expected).abs() < 1e-12, "{figures:?}");
        check(&[], 0.0);
        check(&[3.0], 3.0);
        check(&[9.0, 1.0], 5.0);
        check(&[9.0, 1.0, 2.0], 2.0);
        check(&[4.0, 1.0, 9.0, 2.0], 3.0);
    }

    #[test]
    fn workers_are_doubled_up_to_the_most() {
        let check = |most, expected: &[usize]| assert_eq!(worker_counts(most), expected, "{most}");
        check(0, &[1]);
        check(1, &[1]);
        check(2, &[1, 2]);
        check(3, &[1, 2, 3]);
        check(8, &[1, 2, 4, 8]);
        check(1024, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]);
    }

    fn figures(read: u64) -> Figures {
        let mut passes = [StageSeconds::default(); 3];
        for (pass, factor) in passes.iter_mut().zip([4.0, 1.0, 2.0]) {
            pass.add(TimedStage::Read, factor);
            pass.add(TimedStage::Tone, 2.0 * factor);
            pass.add(TimedStage::Tone, factor);
        }
        Figures {
            tally: Tally { read, records: read, ..Tally::default() },
            stages: StageSeconds::medians(&passes),
            wholes: vec![Whole { workers: 1, read, seconds: 8.0 }, Whole { workers: 2, read, seconds: 5.0 }],
            ..Figures::default()
        }
    }

    #[test]
    fn shares_and_speeds_follow_from_the_medians() {
        let shown = figures(800).shown();
        let of = |name: &str| shown.stages.iter().find(|stage| stage.stage == name).unwrap();
        assert_eq!((of("read").share_percent, of("tone").share_percent, of("write").share_percent), (25.0, 75.0, 0.0));
        assert_eq!(of("read").speed.comments_per_second, Some(400.0));
        assert_eq!(of("write").speed.comments_per_second, None, "it took no time that a clock could see");
        assert_eq!(shown.stages_together.comments_per_second, Some(100.0));
        assert_eq!(shown.whole[1].speed_up, Some(1.6));
    }

    #[test]
    fn nothing_read_has_no_speed() {
        let figures = figures(0);
        let shown = figures.shown();
        assert!(shown.stages.iter().all(|stage| stage.speed.comments_per_second.is_none()));
        assert!(shown.whole.iter().all(|whole| whole.speed_up.is_none()));
        assert!(figures.table().ends_with("no comments: the figures say nothing\n"), "{}", figures.table());
        assert!(!figures.json().unwrap().contains("NaN"));
    }
}
