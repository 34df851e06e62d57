//! The figures as tables of Markdown, ready for `docs/benchmarks.md`.

use std::fmt::Write as _;

use crate::figures::{BUCKETS, Figures, Tally};
use crate::measure::Measured;

/// What the tables show and leave out.
pub struct Layout {
    /// A language with fewer rows is left out of means.
    pub min_rows: usize,
    /// Lines of the table of confusions.
    pub confusions: usize,
}

/// All tables, one after the other.
pub fn all(measured: &[Measured], layout: &Layout) -> String {
    let mut out = String::new();
    for table in [summary, by_length, by_language, south_slavic, by_status, confusions] {
        out.push_str(&table(measured, layout));
    }
    out
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}", share * 100.0))
}

fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn line(out: &mut String, cells: &[String]) {
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// Title, note and heading of a table whose first `names` columns are words, and the others numbers.
fn heading(out: &mut String, title: &str, note: &str, cells: &[String], names: usize) {
    let _ = writeln!(out, "\n**{title}.** {note}\n");
    line(out, cells);
    let _ = writeln!(out, "| ---{} |", " | ---".repeat(names - 1) + &" | ---:".repeat(cells.len() - names));
}

fn names(first: &[&str], measured: &[Measured]) -> Vec<String> {
    first.iter().map(|name| (*name).to_owned()).chain(measured.iter().map(|one| one.name.clone())).collect()
}

fn mean(figures: &Figures, layout: &Layout, counts: impl Fn(&str) -> bool) -> Option<(f64, usize)> {
    Figures::macro_mean(&figures.by_language, |code, tally| tally.rows >= layout.min_rows && counts(code))
}

fn summary(measured: &[Measured], layout: &Layout) -> String {
    let mut out = String::new();
    let mut cells = vec!["system".to_owned()];
    // The first system is ours; it is compared with each of the others on the languages that both know.
    let (ours, others) = measured.split_at(1);
    let all = mean(&ours[0].figures, layout, |_| true).map_or(0, |(_, languages)| languages);
    cells.push(format!("all {all}"));
    cells.push("told apart exactly".to_owned());
    for other in others {
        let both = mean(&ours[0].figures, layout, |code| ours[0].knows(code) && other.knows(code));
        cells.push(format!("{} that {} knows too", both.map_or(0, |(_, languages)| languages), other.name));
    }
    cells.extend(["share of rows", "texts/s", "seconds to load"].map(str::to_owned));
    heading(
        &mut out,
        "Accuracy",
        &format!(
            "Percent right, the mean over languages with at least {} rows; any of Bosnian, Croatian and Serbian is right \
             for the others, except in the third column.",
            layout.min_rows
        ),
        &cells,
        1,
    );
    for one in measured {
        let mut cells = vec![one.name.clone(), percent(mean(&one.figures, layout, |_| true).map(|(share, _)| share))];
        let exact = Figures::macro_mean(&one.figures.exact_by_language, |_, tally| tally.rows >= layout.min_rows);
        cells.push(percent(exact.map(|(share, _)| share)));
        for other in others {
            let both = mean(&one.figures, layout, |code| ours[0].knows(code) && other.knows(code));
            cells.push(percent(both.map(|(share, _)| share)));
        }
        let total = one
            .figures
            .by_length
            .iter()
            .fold(Tally::default(), |sum, tally| Tally { rows: sum.rows + tally.rows, right: sum.right + tally.right });
        cells.push(percent(total.share()));
        cells.push(thousands(one.texts_per_second));
        cells.push(format!("{:.1}", one.load_seconds));
        line(&mut out, &cells);
    }
    out
}

fn by_length(measured: &[Measured], _: &Layout) -> String {
    let mut out = String::new();
    heading(&mut out, "By length", "Percent of rows right.", &names(&["characters", "rows"], measured), 1);
    for (bucket, (_, title)) in BUCKETS.iter().enumerate() {
        let rows = measured[0].figures.by_length[bucket].rows;
        let mut cells = vec![(*title).to_owned(), rows.to_string()];
        cells.extend(measured.iter().map(|one| percent(one.figures.by_length[bucket].share())));
        line(&mut out, &cells);
    }
    out
}

fn by_language(measured: &[Measured], layout: &Layout) -> String {
    let mut out = String::new();
    let note = "Percent of rows right; in brackets where the system has no name for the language.";
    heading(&mut out, "By language", note, &names(&["language", "rows"], measured), 1);
    for (code, tally) in &measured[0].figures.by_language {
        let few = if tally.rows < layout.min_rows { " (not in means)" } else { "" };
        let mut cells = vec![format!("{code}{few}"), tally.rows.to_string()];
        cells.extend(measured.iter().map(|one| {
            let share = percent(one.figures.by_language[code].share());
            if one.knows(code) { share } else { format!("({share})") }
        }));
        line(&mut out, &cells);
    }
    out
}

fn south_slavic(measured: &[Measured], _: &Layout) -> String {
    let mut out = String::new();
    if measured[0].figures.committed.is_empty() {
        return out;
    }
    let titles = ["language", "system", "rows", "family", "committed", "of those right"].map(str::to_owned);
    let note = "Percent: one of the three or their family; one of the three by name; the right one of those named.";
    heading(&mut out, "Bosnian, Croatian, Serbian", note, &titles, 2);
    for code in measured[0].figures.committed.keys() {
        for one in measured {
            let (all, named) = (one.figures.by_language[code], one.figures.committed[code]);
            let committed = Tally { rows: all.rows, right: named.rows };
            let cells = [
                code.clone(),
                one.name.clone(),
                all.rows.to_string(),
                percent(all.share()),
                percent(committed.share()),
                percent(named.share()),
            ];
            line(&mut out, &cells);
        }
    }
    out
}

fn by_status(measured: &[Measured], _: &Layout) -> String {
    let mut out = String::new();
    let titles = ["system", "known", "right", "unsure", "right", "too short or silent", "right"].map(str::to_owned);
    heading(&mut out, "Status", "Percent of rows, and the percent of those whose best guess is right.", &titles, 1);
    for one in measured {
        let rows: usize = one.figures.by_status.iter().map(|tally| tally.rows).sum();
        let mut cells = vec![one.name.clone()];
        for tally in one.figures.by_status {
            cells.push(percent(Tally { rows, right: tally.rows }.share()));
            cells.push(percent(tally.share()));
        }
        line(&mut out, &cells);
    }
    out
}

fn confusions(measured: &[Measured], layout: &Layout) -> String {
    let mut out = String::new();
    let note = "What was taken for what, and how often; the most frequent pairs of each system.";
    let titles = names(&["rank"], measured);
    heading(&mut out, "Confusions", note, &titles, titles.len());
    let tops: Vec<_> = measured.iter().map(|one| one.figures.top_confusions()).collect();
    for rank in 0..layout.confusions {
        let mut cells = vec![(rank + 1).to_string()];
        cells.extend(tops.iter().map(|top| {
            top.get(rank).map_or_else(String::new, |(stated, said, count)| format!("{stated} as {said} {count}"))
        }));
        line(&mut out, &cells);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_in_threes() {
        for (number, expected) in [(7.4, "7"), (123.0, "123"), (1234.6, "1,235"), (1_234_567.0, "1,234,567")] {
            assert_eq!(thousands(number), expected);
        }
    }
}
