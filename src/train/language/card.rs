//! `card.md`: what the model is for, and what not.

use std::fmt::Write as _;

use super::manifest::Manifest;
use crate::language::evaluation::LanguageEvaluation;

pub(super) fn card(manifest: &Manifest, evaluation: Option<&LanguageEvaluation>) -> String {
    let mut card = format!("# language, version {}\n\n{INTRODUCTION}", manifest.version);
    card.push_str("\n## Trained on\n\n");
    for file in &manifest.training_files {
        let _ = writeln!(card, "- `{}`: {} rows, SHA-256 `{}`", file.name, file.rows, file.sha256);
    }
    let _ = writeln!(
        card,
        "\n{} texts stood under two languages and were left out. data/README.md says where the files come from.\n",
        manifest.ambiguous_texts
    );
    card.push_str("| script | languages | rows of weights | held-out loss, nats | sharpness |\n| --- | ---: | ---: | ---: | --- |\n");
    for table in &manifest.tables {
        let _ = writeln!(
            card,
            "| {} | {} | {} | {:.4} | {:.2} × letters ^ {:.2} |",
            table.script,
            table.texts.len(),
            table.buckets,
            table.held_out_loss,
            table.sharpness,
            table.sharpness_exponent
        );
    }
    card.push_str("\n## Figures\n\n");
    match evaluation {
        Some(evaluation) => {
            card.push_str("Each text on its own, without a thread.\n\n");
            card.push_str(&evaluation.table());
        }
        None => card.push_str("Not measured: no `--dev` files were given.\n"),
    }
    card
}

const INTRODUCTION: &str = "\
Says which language a text is in: multinomial logistic regression for each script that several languages share, over the
words of the text and the runs of one to four characters inside of them, hashed. `sr`, `hr` and `bs` are one class, `hbs`;
word lists tell them apart afterwards. Russian, Ukrainian, Bulgarian, Macedonian, Greek and Hindi are also known in Latin
letters as people type them.

## Intended use

Telling comments of a few words apart, together with what the thread makes likely (docs/architecture.md, \"How language is
told\").

## Not for

- Guessing where a writer comes from. The language of a text says nothing about its writer's nationality or ethnicity.
- Languages that are not in the list below: their texts come out as a near relative, mostly `unsure`.

## Limits

- Names, single words and interjections are in many languages at once; without a thread they come out as any of them.
- Malay and Indonesian, Nynorsk, Bokmål and Danish, Xhosa and Zulu, Tswana and Sotho share most of their words.
- Latin forms of other scripts were made by rule from the original spelling: habits that the rules do not know are missed.
";
