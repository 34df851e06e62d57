//! A site's own model, of whatever labels its data names.

use super::card::CardText;
use super::recipe::Recipe;
use super::sparse_model::ModelTask;
use crate::labelled::LabelScheme;

/// What is particular to this model: its name, and the languages that its data is in.
#[must_use]
pub fn task(name: &str, languages: Vec<String>) -> ModelTask {
    ModelTask {
        name: name.to_owned(),
        version: "1".to_owned(),
        scheme: LabelScheme::AnyNamed,
        auxiliary: None,
        languages,
        hostile_labels: Vec::new(),
        card: CARD,
    }
}

/// The recipe unless a file changes it.
#[must_use]
pub fn recipe() -> Recipe {
    Recipe::default()
}

const CARD: CardText = CardText {
    summary: "Scores of a comment for labels of a site's own. Each is the probability that those who labelled the training \
              data would give the label, at the rate at which it occurs there.",
    intended_use: "To put comments in order for a moderator of the site that the data is from, who decides.",
    misuse: "- Rejecting comments or punishing people without a person in between.\n\
             - Judging people, not comments.\n\
             - Comments of another site, or in another language than the data's, unless measured on them.",
    data: "The files that `manifest.toml` names with their checksums. Their origin and licence are for whoever trained the \
           model to state.",
    limits: "- It sees words, not meaning: quotes, irony and negation mislead it.\n\
             - It knows what the data showed, mistakes and habits of those who labelled it among it.\n\
             - With few texts of a label, its threshold and its figures are rough: the intervals in `report.json` say how \
             rough.",
};
