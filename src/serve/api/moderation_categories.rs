//! The categories of `OpenAI`'s moderation interface, and which of our scores says something about each.

/// Where the score of a category comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CategorySource {
    /// It means what a label of ours means.
    Label(&'static str),
    /// It means two labels together: the lower score, which the chance of both at once cannot exceed.
    Both(&'static str, &'static str),
    /// No model of ours knows anything of it.
    Unscored,
}

/// The categories that clients look for.
pub(super) const CATEGORIES: [(&str, CategorySource); 13] = [
    ("harassment", CategorySource::Label("insult")),
    ("harassment/threatening", CategorySource::Label("threat")),
    ("hate", CategorySource::Label("identity_attack")),
    ("hate/threatening", CategorySource::Both("identity_attack", "threat")),
    ("illicit", CategorySource::Unscored),
    ("illicit/violent", CategorySource::Unscored),
    ("self-harm", CategorySource::Unscored),
    ("self-harm/instructions", CategorySource::Unscored),
    ("self-harm/intent", CategorySource::Unscored),
    ("sexual", CategorySource::Unscored),
    ("sexual/minors", CategorySource::Unscored),
    ("violence", CategorySource::Label("threat")),
    ("violence/graphic", CategorySource::Unscored),
];

impl CategorySource {
    /// The labels that it needs.
    pub(super) fn labels(self) -> impl Iterator<Item = &'static str> {
        let (first, second) = match self {
            Self::Label(label) => (Some(label), None),
            Self::Both(first, second) => (Some(first), Some(second)),
            Self::Unscored => (None, None),
        };
        first.into_iter().chain(second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BUILT_IN, parse};
    use crate::pipeline::Models;

    #[test]
    fn every_label_behind_a_category_is_one_of_the_shipped_models() {
        let models = Models::load(&parse("test", BUILT_IN).unwrap()).unwrap();
        let known = models.score_labels();
        for label in CATEGORIES.iter().flat_map(|(_, source)| source.labels()) {
            assert!(known.iter().any(|known| &**known == label), "{label}");
        }
        assert!(CATEGORIES.is_sorted_by_key(|(name, _)| *name));
    }
}
