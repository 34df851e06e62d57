//! The words for groups of people whose weights are held back in training.

/// The words of `data/bias/words.txt`, in lower case, in the order of the file.
pub fn words() -> impl Iterator<Item = &'static str> {
    include_str!("../../data/bias/words.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::words;

    #[test]
    fn words_are_plain_and_none_stands_twice() {
        let all: Vec<&str> = words().collect();
        assert!(all.len() > 150, "{}", all.len());
        let good = |word: &str| word.chars().all(|character| character.is_ascii_lowercase() || character == '-');
        assert_eq!(all.iter().find(|word| !good(word)), None);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
