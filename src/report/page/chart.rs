//! Charts as inline SVG, whose colours come from the page around them. What is told by colour is told by pattern too.

use std::fmt::Write as _;

use super::html::{count, text};

const WIDTH: f64 = 340.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 12.0;
const BOTTOM: f64 = 34.0;
const FLOOR_HEIGHT: f64 = 120.0;
/// Room for one line of words above the plot.
const LINE: f64 = 15.0;

/// A distribution: bars of equal width from 0 to 1, as high as the logarithm of what they count.
#[derive(Debug)]
pub(super) struct Histogram<'a> {
    /// Unique in the page.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) bins: &'a [u64],
    /// Thresholds, with the rule that has each.
    pub(super) thresholds: &'a [(f64, String)],
}

/// Lines or bars over time.
#[derive(Debug)]
pub(super) struct OverTime<'a> {
    /// Unique in the page.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// What the first and the last step are called.
    pub(super) ends: (&'a str, &'a str),
}

struct Frame {
    svg: String,
    top: f64,
}

impl Frame {
    fn new(id: &str, title: &str, description: &str, lines_above: usize) -> Self {
        let top = 8.0 + LINE * lines_above as f64;
        let height = top + FLOOR_HEIGHT + BOTTOM;
        let svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
             <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
            text(title),
            text(description)
        );
        Self { svg, top }
    }

    fn floor(&self) -> f64 {
        self.top + FLOOR_HEIGHT
    }

    fn y(&self, share: f64) -> f64 {
        self.floor() - share * FLOOR_HEIGHT
    }

    fn grid(&mut self, share: f64, label: &str) {
        let y = self.y(share);
        let _ = write!(
            self.svg,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            WIDTH - RIGHT,
            LEFT - 5.0,
            y + 4.0
        );
    }

    fn below(&mut self, x: f64, anchor: &str, label: &str) {
        let y = self.floor() + 16.0;
        let _ = write!(self.svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>", text(label));
    }

    fn name(&mut self, name: &str) {
        let (x, y) = ((LEFT + WIDTH - RIGHT) / 2.0, self.floor() + 30.0);
        let _ = write!(
            self.svg,
            "<text class=\"name\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{}</text>",
            text(name)
        );
    }

    fn end(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

fn across(share: f64) -> f64 {
    LEFT + share * (WIDTH - LEFT - RIGHT)
}

/// How high a bar is, 0 to 1.
fn height(number: u64, most: u64) -> f64 {
    if most == 0 { 0.0 } else { (number as f64).ln_1p() / (most as f64).ln_1p() }
}

impl Histogram<'_> {
    /// The chart as an `svg` element.
    pub(super) fn render(&self) -> String {
        let most = self.bins.iter().copied().max().unwrap_or(0);
        let total: u64 = self.bins.iter().sum();
        let marks: Vec<String> =
            self.thresholds.iter().map(|(threshold, rule)| format!("{threshold} ({rule})")).collect();
        let marks = if marks.is_empty() { "none".to_owned() } else { marks.join(", ") };
        let description = format!("{total} scores between 0 and 1 in {} bars. Thresholds: {marks}.", self.bins.len());
        let mut frame = Frame::new(self.id, self.title, &description, self.thresholds.len().min(3));
        let mut line = 1;
        frame.grid(0.0, "");
        while line <= most {
            if line == 1 || height(line, most) > 0.15 {
                frame.grid(height(line, most), &count(line));
            }
            line = line.saturating_mul(10);
        }
        let width = 1.0 / self.bins.len().max(1) as f64;
        for (bin, number) in self.bins.iter().enumerate().filter(|(_, number)| **number > 0) {
            let (left, right) = (across(bin as f64 * width) + 0.6, across((bin + 1) as f64 * width) - 0.6);
            let y = frame.y(height(*number, most));
            let _ = write!(
                frame.svg,
                "<rect class=\"bar\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{:.2} to {:.2}: {}</title></rect>",
                right - left,
                frame.floor() - y,
                bin as f64 * width,
                (bin + 1) as f64 * width,
                count(*number)
            );
        }
        for (place, (threshold, rule)) in self.thresholds.iter().enumerate() {
            let x = across(*threshold);
            let row = place.min(2) as f64;
            let y = 14.0 + LINE * row;
            let (anchor, at) = if *threshold > 0.5 { ("end", x - 4.0) } else { ("start", x + 4.0) };
            let name: String = rule.chars().take(24).collect();
            let _ = write!(
                frame.svg,
                "<path class=\"threshold\" d=\"M{x:.1} {:.1}V{:.1}\"/><text class=\"mark\" x=\"{at:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{threshold} {}</text>",
                y - 10.0,
                frame.floor(),
                text(&name)
            );
        }
        for (share, label) in [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")] {
            frame.below(across(share), "middle", label);
        }
        frame.name("score");
        frame.end()
    }
}

/// A whole number of things.
#[allow(clippy::cast_sign_loss, reason = "nothing is counted below 0")]
fn count_of(number: f64) -> String {
    count(number as u64)
}

/// A number that lies on a line of the grid, at or above `most`: 1, 2 or 5 and noughts.
fn round_up(most: f64) -> f64 {
    let mut step = 1.0_f64;
    while step < most {
        step *= if step.log10().fract() > 0.2 && step.log10().fract() < 0.4 { 2.5 } else { 2.0 };
    }
    step
}

impl OverTime<'_> {
    /// Bars of numbers, each with a part of it hatched.
    pub(super) fn bars(&self, bars: &[(u64, u64)]) -> String {
        let mut frame = Frame::new(self.id, self.title, self.description, 0);
        let most = round_up(bars.iter().map(|(whole, _)| *whole).max().unwrap_or(0) as f64);
        let _ = write!(
            frame.svg,
            "<defs><pattern id=\"{0}-p\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
             <rect class=\"hatch-paper\" width=\"5\" height=\"5\"/><rect class=\"hatch-ink\" width=\"2.6\" height=\"5\"/></pattern></defs>",
            self.id
        );
        for share in [0.0, 0.5, 1.0] {
            let number = most * share;
            // Half of 1 is no number of comments.
            if number.fract() == 0.0 {
                frame.grid(share, &count_of(number));
            }
        }
        let width = 1.0 / bars.len().max(1) as f64;
        for (place, (whole, part)) in bars.iter().enumerate().filter(|(_, (whole, _))| *whole > 0) {
            let gap = if bars.len() > 60 { 0.3 } else { 0.8 };
            let left = across(place as f64 * width) + gap;
            let wide = (across((place + 1) as f64 * width) - gap - left).min(40.0);
            let (top, part_top) = (frame.y(*whole as f64 / most), frame.y(*part as f64 / most));
            let _ = write!(
                frame.svg,
                "<rect class=\"bar\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{:.1}\"/>",
                frame.floor() - top
            );
            if *part > 0 {
                let _ = write!(
                    frame.svg,
                    "<rect x=\"{left:.1}\" y=\"{part_top:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" fill=\"url(#{}-p)\"/>",
                    frame.floor() - part_top,
                    self.id
                );
            }
        }
        self.ends(&mut frame);
        frame.end()
    }

    /// Two lines of shares: one with round dots, one dashed with squares. A step of which nothing is known is a gap.
    pub(super) fn lines(&self, points: [&[Option<f64>]; 2]) -> String {
        let mut frame = Frame::new(self.id, self.title, self.description, 0);
        let highest = points.iter().flat_map(|line| line.iter().flatten()).copied().fold(0.0, f64::max);
        let most = round_up((highest * 100.0).max(1.0)).min(100.0) / 100.0;
        for share in [0.0, 0.5, 1.0] {
            frame.grid(share, &format!("{}\u{a0}%", super::html::short(most * share * 100.0)));
        }
        for (line, class) in points.iter().zip(["line-first", "line-second"]) {
            let place = |(at, share): (usize, &Option<f64>)| {
                share.map(|share| (across((at as f64 + 0.5) / line.len() as f64), frame.y(share / most)))
            };
            let places: Vec<Option<(f64, f64)>> = line.iter().enumerate().map(place).collect();
            let mut path = String::new();
            for pair in places.split(Option::is_none).filter(|run| run.len() > 1) {
                for (at, (x, y)) in pair.iter().flatten().enumerate() {
                    let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { "M" } else { "L" });
                }
            }
            if !path.is_empty() {
                let _ = write!(frame.svg, "<path class=\"{class}\" d=\"{path}\"/>");
            }
            // Dots of so many steps would be all that is seen.
            let is_dotted = line.len() <= 40;
            for (before, (x, y)) in places.iter().enumerate().filter_map(|(at, place)| Some((at, (*place)?))) {
                let is_alone = (before == 0 || places.get(before - 1).is_some_and(Option::is_none))
                    && places.get(before + 1).is_none_or(Option::is_none);
                if !is_dotted && !is_alone {
                    continue;
                }
                let _ = if class == "line-first" {
                    write!(frame.svg, "<circle class=\"dot-first\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\"/>")
                } else {
                    write!(
                        frame.svg,
                        "<rect class=\"dot-second\" x=\"{:.1}\" y=\"{:.1}\" width=\"5\" height=\"5\"/>",
                        x - 2.5,
                        y - 2.5
                    )
                };
            }
        }
        self.ends(&mut frame);
        frame.end()
    }

    fn ends(&self, frame: &mut Frame) {
        let (first, last) = self.ends;
        if first == last {
            frame.below(across(0.5), "middle", first);
        } else {
            frame.below(across(0.0), "start", first);
            frame.below(across(1.0), "end", last);
        }
    }
}

/// A bar in a table's cell; the number stands beside it.
pub(super) fn bar(share: f64) -> String {
    format!(
        "<svg class=\"inline\" viewBox=\"0 0 60 8\" width=\"60\" height=\"8\" aria-hidden=\"true\">\
         <rect class=\"track\" width=\"60\" height=\"8\"/><rect class=\"bar\" width=\"{:.1}\" height=\"8\"/></svg>",
        share.clamp(0.0, 1.0) * 60.0
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_logarithms() {
        assert!((height(0, 9) - 0.0).abs() < 1e-9 && (height(9, 9) - 1.0).abs() < 1e-9);
        assert!((height(99, 9_999) - 0.5).abs() < 1e-9);
        assert!(height(5, 0).abs() < 1e-9);
    }

    #[test]
    fn the_grid_is_of_round_numbers() {
        for (most, expected) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (1.5, 2.0),
            (3.0, 5.0),
            (6.0, 10.0),
            (11.0, 20.0),
            (450.0, 500.0),
            (501.0, 1_000.0),
        ] {
            assert!((round_up(most) - expected).abs() < 1e-6, "{most}: {}", round_up(most));
        }
    }

    #[test]
    fn thresholds_stand_in_a_histogram() {
        let thresholds = [(0.5, "toxic <b>".to_owned()), (0.9, "reject".to_owned())];
        let svg = Histogram { id: "h", title: "toxicity", bins: &[9, 0, 1, 3], thresholds: &thresholds }.render();
        assert_eq!(svg.matches("class=\"bar\"").count(), 3);
        assert_eq!(svg.matches("class=\"threshold\"").count(), 2);
        assert!(svg.contains("0.5 toxic &lt;b&gt;") && svg.contains("<desc id=\"h-d\">13 scores"), "{svg}");
        let empty = Histogram { id: "h", title: "x", bins: &[0, 0], thresholds: &[] }.render();
        assert!(!empty.contains("NaN") && !empty.contains("class=\"bar\""), "{empty}");
    }

    #[test]
    fn gaps_are_no_lines() {
        let chart = OverTime { id: "l", title: "t", description: "d", ends: ("a", "b") };
        let line = [Some(0.1), Some(0.2), None, Some(0.3), None];
        let svg = chart.lines([&line, &[None; 5]]);
        assert_eq!(svg.matches('M').count() - svg.matches("class=\"grid\" d=\"M").count(), 1, "{svg}");
        assert_eq!((svg.matches("<circle").count(), svg.matches("dot-second").count()), (3, 0));
        assert!(!chart.lines([&[], &[]]).contains("NaN") && !chart.bars(&[]).contains("NaN"));
        assert_eq!(chart.bars(&[(4, 1), (0, 0), (2, 0)]).matches("url(#l-p)").count(), 1);
    }
}
