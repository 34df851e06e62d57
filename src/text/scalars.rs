//! From byte positions to positions in Unicode scalar values, which is what records count in.

/// Walks along a text; cheap as long as positions are asked for in rising order.
#[derive(Debug)]
pub struct ScalarCursor<'a> {
    text: &'a str,
    is_ascii: bool,
    byte: usize,
    scalar: usize,
}

impl<'a> ScalarCursor<'a> {
    /// Starts at the beginning of a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, is_ascii: text.is_ascii(), byte: 0, scalar: 0 }
    }

    /// How many Unicode scalar values stand before a byte position. One that is not on a character boundary counts as
    /// the next boundary; one beyond the text as its end.
    pub fn at(&mut self, byte: usize) -> usize {
        if self.is_ascii {
            return byte.min(self.text.len());
        }
        if byte < self.byte {
            (self.byte, self.scalar) = (0, 0);
        }
        for character in self.text.get(self.byte..).unwrap_or_default().chars() {
            if self.byte >= byte {
                break;
            }
            self.byte += character.len_utf8();
            self.scalar += 1;
        }
        self.scalar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_counted_not_bytes() {
        let text = "aš🙂b";
        let mut cursor = ScalarCursor::new(text);
        for (byte, expected) in [(0, 0), (1, 1), (3, 2), (7, 3), (8, 4), (99, 4), (1, 1), (2, 2)] {
            assert_eq!(cursor.at(byte), expected, "{byte}");
        }
        assert_eq!(ScalarCursor::new("abc").at(2), 2);
        assert_eq!(ScalarCursor::new("").at(5), 0);
    }
}
