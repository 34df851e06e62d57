//! The sentiment model: positive, negative, ambiguous, neutral.

use super::card::CardText;
use super::recipe::Recipe;
use super::sparse_model::ModelTask;
use crate::labelled::LabelScheme;

/// The emotions of `GoEmotions` by sentiment, as its authors group them (Demszky et al., 2020, figure 2).
pub const GROUPS: [(&str, &[&str]); 4] = [
    (
        "positive",
        &[
            "admiration",
            "amusement",
            "approval",
            "caring",
            "desire",
            "excitement",
            "gratitude",
            "joy",
            "love",
            "optimism",
            "pride",
            "relief",
        ],
    ),
    (
        "negative",
        &[
            "anger",
            "annoyance",
            "disappointment",
            "disapproval",
            "disgust",
            "embarrassment",
            "fear",
            "grief",
            "nervousness",
            "remorse",
            "sadness",
        ],
    ),
    ("ambiguous", &["confusion", "curiosity", "realization", "surprise"]),
    ("neutral", &["neutral"]),
];

/// The labels, as rows of labelled texts state them.
#[must_use]
pub fn scheme() -> LabelScheme {
    let owned = |members: &[&str]| members.iter().map(|member| (*member).to_owned()).collect();
    LabelScheme::Emotions(GROUPS.iter().map(|(label, members)| ((*label).to_owned(), owned(members))).collect())
}

/// How data states the labels of any model: as emotions where all of them are emotions or their groups, by name for all
/// others.
#[must_use]
pub fn scheme_of(labels: Vec<String>) -> LabelScheme {
    let members = |label: &String| -> Option<Vec<String>> {
        let group = GROUPS.iter().find(|(name, _)| name == label);
        let of_group = group.map(|(_, members)| members.iter().map(|member| (*member).to_owned()).collect());
        let is_emotion = || GROUPS.iter().any(|(_, members)| members.contains(&label.as_str()));
        of_group.or_else(|| is_emotion().then(|| vec![label.clone()]))
    };
    let groups: Option<Vec<(String, Vec<String>)>> =
        labels.iter().map(|label| Some((label.clone(), members(label)?))).collect();
    groups.map_or(LabelScheme::Named(labels), LabelScheme::Emotions)
}

/// Each emotion for itself. A group is a mixed lot: the scores of its members tell more of it than its own alone.
fn emotions() -> LabelScheme {
    let alone = |name: &&str| (format!("emotion:{name}"), vec![(*name).to_owned()]);
    LabelScheme::Emotions(GROUPS.iter().flat_map(|(_, members)| members.iter().map(alone)).collect())
}

/// What is particular to this model. Its training texts are a natural mix, so scores are left at their rates.
#[must_use]
pub fn task() -> ModelTask {
    ModelTask {
        name: "sentiment".to_owned(),
        version: "2".to_owned(),
        scheme: scheme(),
        auxiliary: Some(emotions()),
        languages: vec!["en".to_owned()],
        hostile_labels: Vec::new(),
        card: CARD,
    }
}

/// The recipe of the shipped model.
#[must_use]
pub fn recipe() -> Recipe {
    Recipe { c: 1.5, buckets: 1 << 18, ..Recipe::default() }
}

const CARD: CardText = CardText {
    summary: "Four scores of an English comment: `positive`, `negative`, `ambiguous`, `neutral`. Each is the probability that \
              readers would name an emotion of that group; more than one may apply.",
    intended_use: "To show the mood of a thread beside the abuse scores, so that anger at a thing is told apart from abuse of \
                   a person.",
    misuse: "- Approving or rejecting comments by mood.\n\
             - Judging how people feel, or people.\n\
             - Text in other languages than English.",
    data: "GoEmotions, Demszky et al. (2020), Google Research: Reddit comments, each labelled by at least three readers; \
           Apache-2.0 by its dataset card. Groups of emotions as in the paper. No text of it is part of the model or of this repository.",
    limits: "- Comments of a sentence or two; on longer ones it is untested.\n\
             - Readers themselves agree only moderately, least on `ambiguous`.\n\
             - Irony and allusion are lost on it.\n\
             - The data was cleaned of much abuse: for that there is the abuse model.\n\
             - C and the number of buckets of the shipped model were chosen on the data that its figures are measured on, \
             which makes them a little too good.",
};
