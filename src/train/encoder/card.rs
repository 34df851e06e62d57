//! `card.md`: what the encoder is for, and what not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::manifest::Manifest;
use super::report::{EncoderReport, PairFigures};

pub(super) fn card(manifest: &Manifest, report: &EncoderReport) -> String {
    let mut card = format!("# encoder, version {}\n\n{INTRODUCTION}", manifest.version);
    card.push_str("\n## Trained on\n\n");
    for file in &manifest.training_files {
        let _ = writeln!(card, "- `{}`: {} rows, SHA-256 `{}`", file.name, file.rows, file.sha256);
    }
    let _ = writeln!(card, "\n{} pairs. data/README.md says where the files come from.\n", manifest.pairs);
    card.push_str("| pass | loss, words left out | loss of held-out threads, all words |\n| ---: | ---: | ---: |\n");
    for (number, loss) in manifest.training_losses.iter().enumerate() {
        let held_out = manifest.held_out_losses.get(number).map_or_else(|| "–".to_owned(), |loss| format!("{loss:.4}"));
        let _ = writeln!(card, "| {} | {loss:.4} | {held_out} |", number + 1);
    }
    let batch = manifest.hyperparameters.get("batch").copied().unwrap_or(1.0);
    let _ = writeln!(card, "\nIn nats; {:.4} is chance in a whole batch.\n\n## Figures\n", batch.ln());
    if report.auc.is_empty() {
        card.push_str("Not measured: no `--dev` files with pairs were given.\n");
        return card;
    }
    card.push_str("Area under the ROC curve of the cosine: a comment with what it answers, against a comment of another thread.\n\n");
    for (heading, groups) in
        [("compared with", &report.auc), ("by length", &report.by_length), ("by depth", &report.by_depth)]
    {
        table(&mut card, heading, groups);
    }
    if let Some(auc) = report.good_answers {
        let _ = writeln!(card, "Good answers against bad ones, to the same questions: {auc:.3}.");
    }
    card
}

fn table(card: &mut String, heading: &str, groups: &BTreeMap<String, PairFigures>) {
    let _ = writeln!(card, "| {heading} | pairs | AUC |\n| --- | ---: | ---: |");
    for (name, figures) in groups {
        let auc = figures.auc.map_or_else(|| "–".to_owned(), |auc| format!("{auc:.3}"));
        let _ = writeln!(card, "| {name} | {} | {auc} |", figures.pairs);
    }
    card.push('\n');
}

const INTRODUCTION: &str = "\
Turns a text into a direction in space, such that a comment lies near what it answers also where the two share no word. The
direction is the sum of a vector for each word and one for each run of four or five characters in it, hashed; how long a
vector is says how much the word tells. Learnt from scratch from pairs of comments and what they answer (InfoNCE over
batches of strangers, docs/topic.md); no other model's weights are in it.

## Intended use

The topic model's nearness of a comment to a title, the passages of an article, a parent and a thread.

## Not for

- Meaning in a strict sense: a claim and its denial lie at the same place. Word order does not count.
- Judging people, or sorting them by what they write about.
- Other languages than English: words that it never met are told apart by their pieces alone.

## Limits

- The words of forums of 2015. Later names and events have no place but that of their pieces.
- What people often wrote about together lies together, their prejudices included.
- Two words can share a row, and then a place.
- A row is a sum over thousands of comments: none can be read back from it.
";
