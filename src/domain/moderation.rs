//! What a moderator did with a comment, as its input states it.

/// What a moderator did with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ModeratorDecision {
    /// It was shown.
    Approved,
    /// It was not shown, or taken away.
    Rejected,
    /// The input says something that means neither; it counts as not known.
    Unclear,
}

impl ModeratorDecision {
    /// What a word of an input means, whatever its case; `None` where nothing was decided yet.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "" | "null" | "none" | "pending" | "hold" | "held" | "unapproved" | "review" => None,
            "approve" | "approved" | "accept" | "accepted" | "keep" | "kept" | "publish" | "published" => {
                Some(Self::Approved)
            }
            "reject" | "rejected" | "remove" | "removed" | "delete" | "deleted" | "hide" | "hidden" | "spam"
            | "trash" => Some(Self::Rejected),
            _ => Some(Self::Unclear),
        }
    }

    /// The name that lists of moved comments use; `None` where it is unclear.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Approved => Some("approved"),
            Self::Rejected => Some("rejected"),
            Self::Unclear => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_systems_are_known() {
        let check = |words: &[&str], meaning| {
            for word in words {
                assert_eq!(ModeratorDecision::from_word(word), meaning, "{word}");
            }
        };
        check(&["approve", " Approved ", "KEPT", "publish"], Some(ModeratorDecision::Approved));
        check(&["reject", "Removed", "hidden", "spam", "trash"], Some(ModeratorDecision::Rejected));
        check(&["", " ", "pending", "Unapproved"], None);
        check(&["perhaps", "1"], Some(ModeratorDecision::Unclear));
    }
}
