//! `card.md`: what a model is, what it is for, what it must not be used for, and how good it is.

use std::fmt::Write as _;

use super::manifest::Manifest;
use crate::classify::evaluation::{Evaluation, LabelFigures};

/// The parts of a card that somebody wrote; the figures are added by the trainer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardText {
    /// What the scores mean.
    pub summary: &'static str,
    /// Where the training data comes from, and under which licences.
    pub data: &'static str,
    /// What it is for.
    pub intended_use: &'static str,
    /// What it must not be used for.
    pub misuse: &'static str,
    /// Where it is known to be wrong.
    pub limits: &'static str,
}

impl CardText {
    /// The card in Markdown. The same manifest and figures give the same card.
    #[must_use]
    pub fn render(&self, manifest: &Manifest, evaluation: Option<&Evaluation>) -> String {
        let mut card = format!("# Model card: {} {}\n\n{}\n\n", manifest.name, manifest.version, self.summary.trim());
        for (title, text) in [
            ("Intended use", self.intended_use),
            ("Misuse", self.misuse),
            ("Data and licences", self.data),
            ("Limits", self.limits),
        ] {
            let _ = write!(card, "## {title}\n\n{}\n\n", text.trim());
        }
        render_training(manifest, &mut card);
        render_calibration(manifest, &mut card);
        match evaluation {
            Some(evaluation) => render_figures(evaluation, &mut card),
            None => card.push_str("## Figures\n\nNone: the model was trained without texts to measure on.\n"),
        }
        card
    }
}

fn render_training(manifest: &Manifest, card: &mut String) {
    let parameters = &manifest.hyper_parameters;
    let _ = write!(
        card,
        "## Training\n\nL2-regularised logistic regression, one label at a time, by dual coordinate descent (Yu, \
         Huang and Lin, 2011), C = {}, on tf-idf of hashed n-grams (`{}`, {} buckets), stopped at a relative \
         duality gap of {}. Weights are rounded to 8 bits. Rows that share their text with an earlier row: {}; that \
         contradict it: {}. All of it is in `manifest.toml`.\n\n",
        parameters.c,
        manifest.feature_spec,
        parameters.buckets,
        parameters.relative_gap,
        manifest.repeated_rows,
        manifest.contradicting_rows,
    );
    if manifest.sources.len() > 1 {
        let _ = write!(
            card,
            "The model is at home in `{}`: document frequencies are counted there alone, and other sources have \
             intercepts of their own, dropped after training, as sources differ in how often they carry a label. \
             A source whose answers are all the same has none: it would explain them all.\n\n",
            parameters.home_source
        );
    }
    card.push_str("| source | rows | weight of a row | own intercept |\n| --- | ---: | ---: | --- |\n");
    for source in &manifest.sources {
        let _ = writeln!(
            card,
            "| {} | {} | {} | {} |",
            source.source,
            source.rows,
            source.weight,
            if source.own_intercept { "yes" } else { "no" }
        );
    }
    card.push('\n');
}

fn render_calibration(manifest: &Manifest, card: &mut String) {
    card.push_str(
        "## Calibration\n\nScores are probabilities at the natural rate: the log-odds are moved by the offset from the \
         rate among the training texts to that among real ones. Thresholds have the highest F1 on a tenth of the \
         training texts that was held out in a fit of its own, weighted to the natural rate.\n\n\
         | label | training rate | natural rate | offset | threshold |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for label in &manifest.label {
        let _ = writeln!(
            card,
            "| {} | {:.4} | {:.4} | {:.3} | {:.4} |",
            label.name, label.training_rate, label.natural_rate, label.offset, label.threshold
        );
    }
    card.push('\n');
}

fn render_figures(evaluation: &Evaluation, card: &mut String) {
    let _ = write!(
        card,
        "## Figures\n\nOn {} texts that it was not trained on; by source and length in `report.json`.\n\n\
         | label | have it | do not | ROC AUC | average precision | precision | recall | F1 |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        evaluation.all.rows
    );
    for LabelFigures { label, positives, negatives, roc_auc, average_precision, precision, recall, f1, .. } in
        &evaluation.all.labels
    {
        let [auc, average, precision, recall, f1] = [*roc_auc, *average_precision, *precision, *recall, *f1].map(cell);
        let _ = writeln!(
            card,
            "| {label} | {positives} | {negatives} | {auc} | {average} | {precision} | {recall} | {f1} |"
        );
    }
    let _ =
        writeln!(card, "| mean | | | {} | | | | {} |", cell(evaluation.all.mean_roc_auc), cell(evaluation.all.mean_f1));
}

fn cell(figure: Option<f64>) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.4}"))
}
