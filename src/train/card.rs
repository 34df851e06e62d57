//! `card.md`: what a model is, what it is for, what it must not be used for, and how good it is.

use std::fmt::Write as _;

use super::manifest::Manifest;
use super::recipe::Recipe;
use crate::bias::BiasReport;
use crate::classify::evaluation::{Evaluation, LabelFigures};

/// How many terms a card lists, those with the worst figures.
const LISTED_TERMS: usize = 15;

/// What was measured of a model.
#[derive(Debug, Clone, Copy, Default)]
pub struct CardFigures<'a> {
    /// On dev data, where there was any.
    pub evaluation: Option<&'a Evaluation>,
    /// On sentences about groups of people, where the model has a label for it.
    pub bias: Option<&'a BiasReport>,
}

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
    pub fn render(&self, manifest: &Manifest, figures: CardFigures<'_>) -> String {
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
        match figures.evaluation {
            Some(evaluation) => render_figures(evaluation, &mut card),
            None => card.push_str("## Figures\n\nNone: the model was trained without texts to measure on.\n"),
        }
        if let Some(bias) = figures.bias {
            let _ = write!(card, "\n{}", bias.render_markdown(LISTED_TERMS));
        }
        card
    }
}

fn render_training(manifest: &Manifest, card: &mut String) {
    let Recipe { c, buckets, relative_gap, folds, .. } = &manifest.recipe;
    let _ = write!(
        card,
        "## Training\n\nL2-regularised logistic regression, one problem a label, by dual coordinate descent (Yu, Huang and \
         Lin, 2011), C = {c}, on hashed features (`{}`, {buckets} buckets) weighted by inverse document frequency, stopped \
         at a relative duality gap of {relative_gap}. Weights are rounded to 8 bits. Rows that share their text with an \
         earlier row: {}; that contradict it: {}. All of it is in `manifest.toml`.\n\n",
        manifest.feature_spec, manifest.repeated_rows, manifest.contradicting_rows,
    );
    if !manifest.continued_from.is_empty() {
        let _ = write!(
            card,
            "It continues `{}`: its weights are drawn to those of that model, not to zero. Labels with no rows of both \
             classes are that model's, and so are all thresholds.\n\n",
            manifest.continued_from
        );
    }
    if !manifest.recipe.home_source.is_empty() {
        let _ = write!(
            card,
            "The model is at home in `{}`: document frequencies and calibration are taken from it alone.\n\n",
            manifest.recipe.home_source
        );
    }
    if let Some(shrinkage) = &manifest.recipe.identity_shrinkage {
        let _ = write!(
            card,
            "Features of words for groups of people (`data/bias/words.txt`) are multiplied by {} while training, for all \
             labels but {}: their weights are drawn to zero harder.\n\n",
            shrinkage.factor,
            shrinkage.except.join(", ")
        );
    }
    let _ = write!(card, "| source | rows | weight of a row | home |\n| --- | ---: | ---: | --- |\n");
    for source in &manifest.sources {
        let home = if source.is_home { "yes" } else { "no" };
        let _ = writeln!(card, "| {} | {} | {} | {home} |", source.source, source.rows, source.weight);
    }
    if manifest.continued_from.is_empty() {
        render_calibration(manifest, *folds, card);
    }
    card.push('\n');
}

fn render_calibration(manifest: &Manifest, folds: usize, card: &mut String) {
    let mix = match &manifest.recipe.natural {
        Some(natural) => format!("where {} % of comments have `{}`", natural.rate * 100.0, natural.label),
        None => "of the training data".to_owned(),
    };
    let _ = write!(
        card,
        "\n## Calibration\n\nThe home rows are divided into {folds} parts, and each part is scored by a model of the others. \
         On these scores a logistic regression (Platt's scaling, 1999, over the scores of all labels) is fitted for each \
         label, weighted to the mix {mix}; its factors are part of the weights. Thresholds have the highest F1 on the same \
         scores at the same mix.\n\n\
         | label | rate | offset | threshold | held-out log loss |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for label in &manifest.label {
        let loss = label.held_out_log_loss.map_or_else(|| "–".to_owned(), |loss| format!("{loss:.4}"));
        let _ = writeln!(
            card,
            "| {} | {:.4} | {:.3} | {:.4} | {loss} |",
            label.name, label.rate, label.offset, label.threshold
        );
    }
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
