//! `threadsieve calibrate`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::calibrate::{Calibration, CalibrationOptions, Wanted, calibrate};
use crate::domain::Action;
use crate::labelled::{Mapping, describe_bad_rows};

use super::failure::{Exit, Failure};
use super::outputs::{self, Taken};

/// What `calibrate` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Decisions are JSON lines or CSV: {\"text\": …, \"decision\": \"approve\" or \"reject\"}, or {\"text\": …, \"labels\": \
    {\"toxicity\": 0 or 1}}. Give all decisions, approved ones too, in their natural proportions. docs/calibration.md has the method.\n\n\
    Examples:\n  \
    threadsieve calibrate models/abuse decisions.jsonl --precision 0.9 --out rules.toml\n  \
    threadsieve calibrate models/abuse export.csv --map comment=text --map verdict=decision --review-load 0.05\n\n\
    Exit codes: 0 done; 2 could not run, or too little data."
)]
pub(super) struct CalibrateOptions {
    /// The folder of the model
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// Files of moderators' decisions
    #[arg(required = true, value_name = "DECISIONS")]
    data: Vec<PathBuf>,

    #[command(flatten)]
    wanted: WantedOptions,

    /// A label to fit; may be named several times; toxicity unless given
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,

    /// How sure the precision is to be
    #[arg(long, default_value = "0.95", value_parser = inner_share, value_name = "SHARE")]
    certainty: f64,

    /// What the rules do with comments that they hold
    #[arg(long, default_value = "review", value_parser = ["review", "reject"], value_name = "ACTION")]
    action: String,

    /// What a column or field is, where its name does not say: text, decision or a label
    #[arg(long, value_name = "COLUMN=NAME")]
    map: Vec<String>,

    /// Where the rules go; without it they go to stdout
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Print what is known of the thresholds as JSON
    #[arg(long)]
    json: bool,
}

/// What the thresholds are to hold: one of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct WantedOptions {
    /// The share of held comments that moderators are to reject, with certainty; for each label
    #[arg(long, value_parser = inner_share, value_name = "SHARE")]
    precision: Option<f64>,

    /// The share of all comments that are to be held at most; by all labels together
    #[arg(long, value_parser = inner_share, value_name = "SHARE")]
    review_load: Option<f64>,
}

fn inner_share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("not a number between 0 and 1, such as 0.9".to_owned()),
    }
}

/// Fits thresholds, and writes them down.
pub(super) fn run(options: &CalibrateOptions) -> Result<Exit, Failure> {
    let mut problems = Vec::new();
    let mapping = Mapping::parse(options.map.iter().map(String::as_str))
        .map_err(|found| problems.extend(found.into_iter().map(anyhow::Error::new)))
        .unwrap_or_default();
    let weights = options.model.join("weights.bin");
    let taken = Taken::read(options.data.iter().chain([&weights]).map(PathBuf::as_path), false);
    outputs::check_outputs(options.out.as_deref(), [None, None], taken, &mut problems);
    let wanted = match (options.wanted.precision, options.wanted.review_load) {
        (Some(precision), _) => Some(Wanted::Precision(precision)),
        (None, load) => load.map(Wanted::ReviewLoad),
    };
    let (Some(wanted), true) = (wanted, problems.is_empty()) else { return Err(Failure::all(problems)) };
    let action = Action::ALL.into_iter().find(|action| action.name() == options.action).unwrap_or(Action::Review);
    let calibration = calibrate(&CalibrationOptions {
        model: options.model.clone(),
        data: options.data.clone(),
        mapping,
        labels: options.labels.clone(),
        wanted,
        certainty: options.certainty,
        action,
    })
    .map_err(Failure::each)?;
    {
        use std::io::Write as _;
        let mut stderr = std::io::stderr().lock();
        for line in describe_bad_rows(&calibration.files) {
            let _ = writeln!(stderr, "warning: {line}");
        }
    }
    if let Some(path) = options.out.as_deref() {
        let mut sink = outputs::output(Some(path), &mut problems).ok_or_else(|| Failure::all(problems))?;
        sink.write(calibration.fragment.as_bytes()).map_err(Failure::one)?;
    }
    if options.json {
        let mut text = serde_json::to_string_pretty(&calibration).map_err(Failure::one)?;
        text.push('\n');
        return super::print(&text);
    }
    match &options.out {
        Some(path) => super::print(&(table(&calibration) + &format!("rules in {}\n", path.display()))),
        None => super::print(&calibration.fragment),
    }
}

fn table(calibration: &Calibration) -> String {
    let figure = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{share:.4}"));
    let mut text = format!(
        "{:<18} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9} {:>8} {:>8}\n",
        "label", "threshold", "decisions", "rejected", "held", "right", "precision", "at least", "recall"
    );
    for label in &calibration.labels {
        let _ = writeln!(
            text,
            "{:<18} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9} {:>8} {:>8}",
            label.label,
            figure(label.threshold),
            label.approved + label.rejected,
            label.rejected,
            label.held,
            label.held_rejected,
            figure(label.precision),
            figure(label.precision_at_least),
            figure(label.recall)
        );
    }
    let _ = writeln!(text, "together {:.1} % of {} comments are held", 100.0 * calibration.load, calibration.comments);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_lie_between_nothing_and_all() {
        assert_eq!(inner_share("0.9"), Ok(0.9));
        for text in ["0", "1", "1.5", "-1", "NaN", "inf", "", "90%"] {
            assert!(inner_share(text).is_err(), "{text}");
        }
    }
}
