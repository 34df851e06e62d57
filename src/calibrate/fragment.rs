//! The rules for `pipeline.toml`, with what they rest on.

use std::fmt::Write as _;

use super::fit::{Calibration, LabelThreshold, Wanted};
use crate::domain::Action;

/// Rules that `config check` accepts.
pub(super) fn fragment(calibration: &Calibration, action: Action) -> String {
    let mut text = String::new();
    let wanted = match calibration.wanted {
        Wanted::Precision(wanted) => format!("precision {wanted}"),
        Wanted::ReviewLoad(wanted) => format!("a review load of {wanted}"),
    };
    let files: Vec<String> = calibration.files.iter().map(|file| plain(&file.file)).collect();
    let Calibration { comments, not_scored, .. } = calibration;
    let _ = writeln!(
        text,
        "# Fitted by `threadsieve calibrate` for {wanted}, from {comments} comments in {}.",
        files.join(", ")
    );
    let _ = writeln!(text, "# Model: {}. Not scored: {not_scored} comments.", plain(&calibration.model));
    let _ = writeln!(text, "# Together these rules hold {:.1} % of all comments.", 100.0 * calibration.load);
    text.push_str("# They hold what they promise for comments like those, judged by the same moderators.\n");
    for label in &calibration.labels {
        text.push('\n');
        rule(&mut text, label, calibration.certainty, action);
    }
    text
}

fn rule(text: &mut String, label: &LabelThreshold, certainty: f64, action: Action) {
    let name = quoted(&label.label);
    let LabelThreshold { held, held_rejected, approved, rejected, .. } = label;
    let Some(threshold) = label.threshold else {
        let _ = writeln!(text, "# {name}: no rule, as too many comments share its highest score.");
        return;
    };
    let _ = writeln!(
        text,
        "# {name}: from {} decisions, {approved} approved and {rejected} rejected.",
        approved + rejected
    );
    let _ = writeln!(
        text,
        "# Precision {} ({held_rejected} of {held} held were rejected; 95 % interval {}).",
        figure(label.precision),
        interval(label.precision_interval)
    );
    if let Some(least) = label.precision_at_least {
        let percent = (certainty * 1e6).round() / 1e4;
        let _ = writeln!(
            text,
            "# It is at least {least:.3} with {percent} % certainty, the choice of the threshold included."
        );
    }
    let _ = writeln!(
        text,
        "# Recall {} (95 % interval {}). Load {:.1} % of comments.",
        figure(label.recall),
        interval(label.recall_interval),
        100.0 * label.load
    );
    let id = quoted(&format!("calibrated-{}", label.label.replace('_', "-")));
    let action = action.name();
    let _ = writeln!(text, "[[policy.rules]]\nid = {id}");
    let _ = writeln!(text, "when = {{ label = {name}, at_least = {threshold:.4} }}\naction = \"{action}\"");
}

fn figure(share: Option<f64>) -> String {
    share.map_or_else(|| "unknown".to_owned(), |share| format!("{share:.3}"))
}

fn interval(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(|| "unknown".to_owned(), |[low, high]| format!("{low:.3} to {high:.3}"))
}

/// A string of TOML on one line: those of JSON are, but for one sign that has to be escaped.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// A name without signs that would end a comment.
fn plain(name: &str) -> String {
    name.chars().map(|sign| if sign.is_control() { '\u{fffd}' } else { sign }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fit::CALIBRATION_SCHEMA;
    use super::*;

    fn label(name: &str, threshold: Option<f64>) -> LabelThreshold {
        LabelThreshold {
            label: name.to_owned(),
            threshold,
            approved: 900,
            rejected: 100,
            held: 40,
            held_rejected: 38,
            precision: Some(0.95),
            precision_interval: Some([0.835, 0.986]),
            precision_at_least: Some(0.8),
            recall: None,
            recall_interval: None,
            load: 0.04,
        }
    }

    #[test]
    fn the_configuration_takes_it_whatever_names_say() {
        let calibration = Calibration {
            schema: CALIBRATION_SCHEMA,
            model: "abuse@1\n[x]".to_owned(),
            wanted: Wanted::Precision(0.8),
            certainty: 0.95,
            comments: 1_000,
            not_scored: 3,
            load: 0.04,
            labels: vec![
                label("severe_toxicity", Some(0.5)),
                label("a \"quoted\"\n\u{7f}name", Some(1.0)),
                label("x", None),
            ],
            fragment: String::new(),
            files: vec![],
        };
        let text = fragment(&calibration, Action::Review);
        let plan = crate::config::parse("fragment", &text).expect("a sound configuration");
        let ids: Vec<&str> = plan.policy.rules.iter().map(|rule| &*rule.id).collect();
        assert_eq!(ids, ["calibrated-severe-toxicity", "calibrated-a \"quoted\"\n\u{7f}name"]);
        assert!(text.contains("at least 0.800 with 95 % certainty"), "{text}");
    }
}
