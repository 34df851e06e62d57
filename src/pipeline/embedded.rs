//! The models inside the program.

/// A model's file, where the program holds one of that name.
#[cfg(feature = "embedded-models")]
pub(super) fn embedded(name: &str) -> Option<&'static [u8]> {
    match name {
        "abuse" => Some(include_bytes!("../../models/abuse/weights.bin")),
        "sentiment" => Some(include_bytes!("../../models/sentiment/weights.bin")),
        "topic" => Some(include_bytes!("../../models/topic/weights.bin")),
        _ => None,
    }
}

/// Built without models: the configuration has to name folders.
#[cfg(not(feature = "embedded-models"))]
pub(super) fn embedded(_name: &str) -> Option<&'static [u8]> {
    None
}
