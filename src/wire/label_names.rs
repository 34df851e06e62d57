//! Our names for the labels of public sets.

/// Our names for the labels of the toxic comment challenge (Jigsaw, 2018).
pub const JIGSAW_LABELS: [(&str, &str); 6] = [
    ("toxic", "toxicity"),
    ("severe_toxic", "severe_toxicity"),
    ("obscene", "profanity"),
    ("threat", "threat"),
    ("insult", "insult"),
    ("identity_hate", "identity_attack"),
];
/// Our names for the labels of Civil Comments (Borkan et al., 2019); `target` is its toxicity in the challenge of 2019.
pub const CIVIL_LABELS: [(&str, &str); 8] = [
    ("target", "toxicity"),
    ("toxicity", "toxicity"),
    ("severe_toxicity", "severe_toxicity"),
    ("obscene", "profanity"),
    ("identity_attack", "identity_attack"),
    ("insult", "insult"),
    ("threat", "threat"),
    ("sexual_explicit", "sexual_explicit"),
];
