//! Small plots in SVG, whose colours come from the page around them.

use std::fmt::Write as _;

const SIDE: f64 = 200.0;
const LEFT: f64 = 38.0;
const TOP: f64 = 10.0;
const WIDTH: f64 = LEFT + SIDE + 14.0;
const HEIGHT: f64 = TOP + SIDE + 40.0;
/// Points of a line nearer than this to the last one drawn are not seen.
const NEAREST: f64 = 0.004;

/// A plot over the unit square.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plot<'a> {
    /// What it shows, for those who do not see it.
    pub(super) title: &'a str,
    /// What stands below.
    pub(super) horizontal: &'a str,
    /// What stands at the side.
    pub(super) vertical: &'a str,
    /// What no skill, or no error, would look like: a line between two points.
    pub(super) reference: Option<((f64, f64), (f64, f64))>,
    /// The curve.
    pub(super) line: &'a [(f64, f64)],
    /// Points to be marked: place, radius in pixels, and what to say of it.
    pub(super) dots: Vec<((f64, f64), f64, String)>,
}

impl Plot<'_> {
    /// The plot as an `svg` element.
    pub(super) fn render(&self) -> String {
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{}\">",
            escape(self.title)
        );
        for step in 0..=4 {
            let at = f64::from(step) / 4.0;
            let ((x, y), label) =
                (place((at, at)), format!("{at:.2}").trim_end_matches('0').trim_end_matches('.').to_owned());
            let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
            let _ = write!(
                svg,
                "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}M{LEFT} {y:.1}H{right}\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                bottom + 14.0,
                LEFT - 5.0,
                y + 3.5,
            );
        }
        let _ = write!(
            svg,
            "<text class=\"name\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\
             <text class=\"name\" transform=\"translate(10 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            LEFT + SIDE / 2.0,
            TOP + SIDE + 32.0,
            escape(self.horizontal),
            TOP + SIDE / 2.0,
            escape(self.vertical),
        );
        if let Some((from, to)) = self.reference {
            let ((x1, y1), (x2, y2)) = (place(from), place(to));
            let _ = write!(svg, "<path class=\"reference\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>");
        }
        let points: Vec<String> =
            thinned(self.line).into_iter().map(place).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        if !points.is_empty() {
            let _ = write!(svg, "<polyline class=\"curve\" points=\"{}\"/>", points.join(" "));
        }
        for (at, radius, text) in &self.dots {
            let (x, y) = place(*at);
            let _ = write!(
                svg,
                "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"><title>{}</title></circle>",
                escape(text)
            );
        }
        svg.push_str("</svg>");
        svg
    }
}

fn place((x, y): (f64, f64)) -> (f64, f64) {
    (LEFT + x * SIDE, TOP + (1.0 - y) * SIDE)
}

/// The first point, the last one, and those between that can be told apart.
fn thinned(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (at, point) in line.iter().enumerate() {
        let is_far = |last: &(f64, f64)| (last.0 - point.0).abs().max((last.1 - point.1).abs()) >= NEAREST;
        if at + 1 == line.len() || kept.last().is_none_or(is_far) {
            kept.push(*point);
        }
    }
    kept
}

/// Text as it may stand in HTML, also within quotation marks.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_not_drawn() {
        let line: Vec<(f64, f64)> = (0..=10_000).map(|at| (f64::from(at) / 1e4, f64::from(at) / 1e4)).collect();
        let drawn = thinned(&line);
        assert!(drawn.len() < 260, "{}", drawn.len());
        assert_eq!((drawn[0], drawn[drawn.len() - 1]), ((0.0, 0.0), (1.0, 1.0)));
        assert!(thinned(&[]).is_empty());
    }

    #[test]
    fn names_cannot_break_out() {
        let plot = Plot {
            title: "\"><script>",
            horizontal: "a & b",
            vertical: "<b>",
            reference: Some(((0.0, 0.0), (1.0, 1.0))),
            line: &[(0.0, 0.0), (1.0, 1.0)],
            dots: vec![((0.5, 0.5), 3.0, "it's".to_owned())],
        };
        let svg = plot.render();
        assert!(!svg.contains("<script") && !svg.contains("<b>") && svg.contains("a &amp; b"), "{svg}");
        assert!(svg.contains("points=\"38.0,210.0 238.0,10.0\""), "{svg}");
    }
}
