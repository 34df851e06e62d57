//! Tests of the detector.

use super::*;

fn english() -> Prior {
    Prior::of(LanguageCode::EN)
}
