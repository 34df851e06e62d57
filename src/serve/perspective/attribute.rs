//! Perspective's attributes, and what of ours answers them.

use std::sync::Arc;

use crate::pipeline::Scorers;

/// The names that differ from those of our labels by more than their case.
const OTHER_NAMES: [(&str, &str); 1] = [("OBSCENE", "profanity")];
const OFF_TOPIC: &str = "OFF_TOPIC";
/// What labelled data calls it.
pub(super) const OFF_TOPIC_LABEL: &str = "off_topic";
/// The longest name of a label that no model gives.
const MAX_LABEL_BYTES: usize = 64;
const EXPERIMENTAL: &str = "_EXPERIMENTAL";

/// What answers an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attribute {
    /// A label of the models of tone.
    Label(Arc<str>),
    /// The off-topic score.
    OffTopic,
}

impl Attribute {
    /// What we call it.
    pub(super) fn label(&self) -> &str {
        match self {
            Self::Label(label) => label,
            Self::OffTopic => "off_topic",
        }
    }

    /// What a name asks for; it may have a version (`TOXICITY@6`) and `_EXPERIMENTAL` behind it. `None` for what we do not
    /// have. A label of a site's own model is asked for by its name, in any case.
    pub(super) fn named(name: &str, scorers: &Scorers, has_topic: bool) -> Option<Self> {
        let labels = scorers.tone.as_ref().map_or(&[][..], |tone| tone.score_labels());
        let label = |wanted: &str| labels.iter().find(|label| label.eq_ignore_ascii_case(wanted)).cloned();
        // A site's own label may be called anything.
        if let Some(label) = label(name) {
            return Some(Self::Label(label));
        }
        let name = without_version(name);
        let name = name.strip_suffix(EXPERIMENTAL).unwrap_or(name);
        if name == OFF_TOPIC {
            return has_topic.then_some(Self::OffTopic);
        }
        let known = OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, label)| label);
        label(known).map(Self::Label)
    }
}

/// What a judgement is about: the label that answers an attribute, or, where no model gives it yet, the name in small letters, so
/// that one can be trained. `None` for what cannot be the name of a label.
pub(super) fn label_to_keep(name: &str, scorers: &Scorers) -> Option<String> {
    match Attribute::named(name, scorers, true) {
        Some(Attribute::Label(label)) => return Some(label.to_string()),
        Some(Attribute::OffTopic) => return Some(OFF_TOPIC_LABEL.to_owned()),
        None => {}
    }
    let name = without_version(name);
    let name = name.strip_suffix(EXPERIMENTAL).unwrap_or(name);
    let name = OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, label)| label);
    let is_name = (1..=MAX_LABEL_BYTES).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    is_name.then(|| name.to_ascii_lowercase())
}

/// A name without its version.
fn without_version(name: &str) -> &str {
    match name.split_once('@') {
        Some((name, version)) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BUILT_IN, parse};
    use crate::pipeline::Models;

    #[test]
    fn names_lead_to_what_we_have() {
        let models = Models::load(&parse("test", BUILT_IN).unwrap()).unwrap();
        let check = |name: &str, expected: Option<&str>| {
            let found = Attribute::named(name, models.scorers(), true).map(|attribute| match attribute {
                Attribute::Label(label) => label.to_string(),
                Attribute::OffTopic => "off topic".to_owned(),
            });
            assert_eq!(found.as_deref(), expected, "{name}");
        };
        check("TOXICITY", Some("toxicity"));
        check("TOXICITY@6", Some("toxicity"));
        check("SEVERE_TOXICITY_EXPERIMENTAL", Some("severe_toxicity"));
        check("IDENTITY_ATTACK_EXPERIMENTAL@2", Some("identity_attack"));
        check("OBSCENE", Some("profanity"));
        check("OFF_TOPIC", Some("off topic"));
        check("negative", Some("negative"));
        check("NEGATIVE", Some("negative"));
        check("FLIRTATION", None);
        check("TOXICITY@", None);
        check("TOXICITY@six", None);
        check("", None);
        assert_eq!(Attribute::named("OFF_TOPIC", models.scorers(), false), None);
    }

    #[test]
    fn labels_that_no_model_gives_are_kept_by_their_names() {
        let models = Models::load(&parse("test", BUILT_IN).unwrap()).unwrap();
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(label_to_keep(name, models.scorers()).as_deref(), expected, "{name}");
        };
        check("TOXICITY@6", Some("toxicity"));
        check("OBSCENE", Some("profanity"));
        check("OFF_TOPIC", Some("off_topic"));
        check("LIKELY_TO_REJECT", Some("likely_to_reject"));
        check("SPAM_EXPERIMENTAL@2", Some("spam"));
        for name in ["", "_EXPERIMENTAL", "two words", "TOXICITY@", "ж", &"a".repeat(65)] {
            check(name, None);
        }
    }
}
