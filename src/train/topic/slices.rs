//! The slices that topic figures are given for: by length and by depth.

/// The bucket of a text of so many characters.
pub(in crate::train) fn length_bucket(length_chars: usize) -> &'static str {
    match length_chars {
        0..=20 => "chars 000-020",
        21..=50 => "chars 021-050",
        51..=100 => "chars 051-100",
        101..=300 => "chars 101-300",
        _ => "chars 301-",
    }
}

/// The bucket of a comment at this depth, 1 for one on the subject itself.
pub(in crate::train) fn depth_bucket(depth: u32) -> &'static str {
    match depth {
        0 | 1 => "depth 1",
        2 => "depth 2",
        3 => "depth 3",
        4 | 5 => "depth 4-5",
        _ => "depth 6-",
    }
}
