//! Tone over time, by hour, day, month or year.

use std::fmt::Write as _;

use super::Parts;
use super::chart::OverTime;
use super::html::{Kind, Table, columns, count, counted, percent};
use crate::report::moment::Step;
use crate::report::survey::{Row, TONES};

/// What is counted of the comments of a step.
#[derive(Debug, Clone, Copy, Default)]
struct StepFigures {
    comments: u64,
    held: u64,
    tones: [u64; TONES.len()],
}

impl StepFigures {
    fn add(&mut self, row: Row) {
        self.comments += 1;
        self.held += u64::from(row.is_held());
        if let Some(tone) = self.tones.get_mut(usize::from(row.tone)) {
            *tone += 1;
        }
    }

    /// Comments that have a tone.
    fn toned(&self) -> u64 {
        self.comments - self.tones.last().copied().unwrap_or(0)
    }

    fn hostile(&self) -> u64 {
        self.tones.first().copied().unwrap_or(0)
    }
}

/// Charts and a table, and how many times could be read.
pub(super) fn write(parts: Parts<'_>, page: &mut String) {
    let survey = parts.survey;
    let times = survey.times;
    let without: Vec<String> = [(times.missing, "have none"), (times.not_read, "have one that could not be read")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(number)))
        .collect();
    let left_out = if without.is_empty() { String::new() } else { format!("; {}", without.join(", ")) };
    let Some((first, last)) = survey.period() else {
        let _ = writeln!(
            page,
            "<p>No time of writing could be read: of {}{left_out}.</p>",
            counted(survey.comments(), "comment", "comments")
        );
        return;
    };
    let step = Step::between(first, last);
    let _ = writeln!(
        page,
        "<p>By {}, in UTC. {} a time of writing that could be read{left_out}.</p>",
        step.name(),
        if times.read == 1 { "1 comment has".to_owned() } else { format!("{} comments have", count(times.read)) }
    );
    let mut steps = vec![StepFigures::default(); step.count(first, last)];
    for row in &survey.rows {
        let place = row.time.map(|time| step.count(first, time) - 1);
        if let Some(figures) = place.and_then(|place| steps.get_mut(place)) {
            figures.add(*row);
        }
    }
    let label = |place: usize| step.label_after(first, place);
    let (first_label, last_label) = (label(0), label(steps.len() - 1));
    let ends = (first_label.as_str(), last_label.as_str());
    page.push_str("<div class=\"charts two\">\n");
    let bars: Vec<(u64, u64)> = steps.iter().map(|figures| (figures.comments, figures.held)).collect();
    let chart = OverTime {
        id: "time-count",
        title: "Comments over time",
        description: &format!(
            "Bars from {first_label} to {last_label}: comments, and of these the held ones, hatched. The table below has the numbers."
        ),
        ends,
    };
    let _ = writeln!(
        page,
        "<figure><figcaption>Comments by {}</figcaption>{}<p class=\"key\"><span class=\"key-bar\"></span> all \
         <span class=\"key-hatch\"></span> held</p></figure>",
        step.name(),
        chart.bars(&bars)
    );
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let hostile: Vec<Option<f64>> = steps.iter().map(|figures| share(figures.hostile(), figures.toned())).collect();
    let held: Vec<Option<f64>> = steps.iter().map(|figures| share(figures.held, figures.comments)).collect();
    let chart = OverTime {
        id: "time-share",
        title: "Shares over time",
        description: &format!(
            "Lines from {first_label} to {last_label}: the share of comments that are hostile, and the share that is held. The table below has the numbers."
        ),
        ends,
    };
    let _ = writeln!(
        page,
        "<figure><figcaption>Shares by {}</figcaption>{}<p class=\"key\"><span class=\"key-first\"></span> hostile, of those \
         with a tone <span class=\"key-second\"></span> held, of all</p></figure>\n</div>",
        step.name(),
        chart.lines([&hostile, &held])
    );
    let row = |(place, figures): (usize, &StepFigures)| {
        let mut cells =
            vec![label(place), count(figures.comments), count(figures.held), percent(figures.held, figures.comments)];
        cells.extend(figures.tones.iter().map(|tone| count(*tone)));
        cells.push(percent(figures.hostile(), figures.toned()));
        cells
    };
    let mut names = columns([
        ("time", Kind::Words),
        ("comments", Kind::Number),
        ("held", Kind::Number),
        ("share held", Kind::Number),
    ]);
    names.extend(columns(TONES.map(|tone| (tone, Kind::Number))));
    names.extend(columns([("share hostile", Kind::Number)]));
    let table = Table {
        caption: format!("Tone by {}", step.name()),
        columns: names,
        rows: steps.iter().enumerate().filter(|(_, figures)| figures.comments > 0).map(row).collect(),
        ..Table::default()
    };
    table.write_folded(page);
}
