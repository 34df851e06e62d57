//! A stretch of a text.

/// A half-open range of bytes of the original body; both ends lie on character boundaries.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub begin: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `begin` up to, not including, `end`.
    ///
    /// # Panics
    /// In debug builds, where `end` lies before `begin`.
    #[must_use]
    pub fn new(begin: usize, end: usize) -> Self {
        debug_assert!(begin <= end, "a span ends before it begins: {begin}..{end}");
        Self { begin, end }
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.begin
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.begin == self.end
    }

    /// Whether the two share at least one byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.begin < other.end && other.begin < self.end
    }

    /// Whether it shares a byte with any of some spans, which are in order and do not overlap each other.
    #[must_use]
    pub fn overlaps_any(self, sorted: &[Self]) -> bool {
        let candidate = sorted.partition_point(|other| other.end <= self.begin);
        sorted.get(candidate).is_some_and(|other| other.overlaps(self))
    }

    /// The part of `text` that the span names; empty where it lies outside of it.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.begin..self.end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_needs_a_shared_byte() {
        let sorted = [Span::new(2, 4), Span::new(6, 9)];
        for (begin, end, expected) in
            [(0, 2, false), (0, 3, true), (4, 6, false), (3, 7, true), (8, 20, true), (9, 20, false)]
        {
            assert_eq!(Span::new(begin, end).overlaps_any(&sorted), expected, "{begin}..{end}");
        }
        assert!(!Span::new(0, 9).overlaps_any(&[]));
    }
}
