//! The sentiment model: positive, negative, ambiguous, neutral.

use super::card::CardText;
use super::sparse_model::{ModelTask, TrainError, TrainOptions, TrainedModel, train};
use crate::labelled::LabelScheme;

/// C unless the caller says otherwise.
pub const DEFAULT_C: f64 = 2.0;
/// Hash buckets unless the caller says otherwise.
pub const DEFAULT_BUCKETS: usize = 1 << 17;

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

/// Trains the sentiment model.
///
/// # Errors
/// See [`train`].
pub fn train_sentiment(options: &TrainOptions, progress: &mut dyn FnMut(&str)) -> Result<TrainedModel, TrainError> {
    train(&task(), options, progress)
}

/// The labels, as rows of labelled texts state them.
#[must_use]
pub fn scheme() -> LabelScheme {
    let owned = |members: &[&str]| members.iter().map(|member| (*member).to_owned()).collect();
    LabelScheme::Emotions(GROUPS.iter().map(|(label, members)| ((*label).to_owned(), owned(members))).collect())
}

/// What is particular to this model. Its training texts are a natural mix, so scores are left at their rates.
#[must_use]
pub fn task() -> ModelTask {
    ModelTask {
        name: "sentiment",
        version: "1",
        scheme: scheme(),
        languages: vec!["en".to_owned()],
        home_source: None,
        other_source_weight: 1.0,
        natural_rates: vec![None; GROUPS.len()],
        hostile_labels: Vec::new(),
        card: CARD,
    }
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
