//! The models inside the program.

#[cfg(feature = "embedded-models")]
use crate::language::SHIPPED_WEIGHTS;

/// A model that the program holds, with all that belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedModel {
    /// Its name, such as `abuse`.
    pub name: &'static str,
    /// `weights.bin`
    pub weights: &'static [u8],
    /// `manifest.toml`
    pub manifest: &'static [u8],
    /// `card.md`
    pub card: &'static [u8],
    /// `report.json`
    pub report: &'static [u8],
}

#[cfg(feature = "embedded-models")]
macro_rules! model {
    ($name:literal) => {
        model!($name, include_bytes!(concat!("../../models/", $name, "/weights.bin")))
    };
    ($name:literal, $weights:expr) => {
        EmbeddedModel {
            name: $name,
            weights: $weights,
            manifest: include_bytes!(concat!("../../models/", $name, "/manifest.toml")),
            card: include_bytes!(concat!("../../models/", $name, "/card.md")),
            report: include_bytes!(concat!("../../models/", $name, "/report.json")),
        }
    };
}

/// All of them, in the order of their names.
#[cfg(feature = "embedded-models")]
pub static EMBEDDED: &[EmbeddedModel] =
    &[model!("abuse"), model!("encoder"), model!("language", SHIPPED_WEIGHTS), model!("sentiment"), model!("topic")];

/// Built without models: the configuration has to name folders.
#[cfg(not(feature = "embedded-models"))]
pub static EMBEDDED: &[EmbeddedModel] = &[];

/// A model, where the program holds one of that name.
#[must_use]
pub fn embedded(name: &str) -> Option<&'static EmbeddedModel> {
    EMBEDDED.iter().find(|model| model.name == name)
}
