//! Which texts count as the same.

use std::hash::{DefaultHasher, Hasher as _};

use crate::text::normalise::for_each_normalised;

/// A number that texts share which differ only in case, white space and punctuation. Two others share it by chance
/// once in 2^64. A text of nothing but punctuation counts as it stands.
pub(super) fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let (mut pending_space, mut has_begun) = (false, false);
    for_each_normalised(text, |character, _| {
        if character == ' ' || character.is_ascii_punctuation() {
            pending_space = has_begun;
            return;
        }
        if std::mem::take(&mut pending_space) {
            hasher.write_u32(u32::from(' '));
        }
        has_begun = true;
        hasher.write_u32(u32::from(character));
    });
    if !has_begun {
        hasher.write(text.trim().as_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_space_and_punctuation_make_no_difference() {
        let same = ["Well, I never!", "well i never", "  WELL\n“I” never… "];
        assert!(same.iter().all(|text| fingerprint(text) == fingerprint(same[0])));
        for (one, other) in [("well i never", "well i ever"), ("a b", "ab"), ("...", "!!!"), ("🙂", "🙁"), ("", "a")]
        {
            assert_ne!(fingerprint(one), fingerprint(other), "{one} {other}");
        }
    }
}
