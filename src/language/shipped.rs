//! The model inside the program.

use std::sync::{Arc, LazyLock};

use super::model::LanguageModel;
use crate::classify::artifact::Artifact;

/// Its file, for whoever lists what the program holds.
#[cfg(feature = "embedded-models")]
pub static SHIPPED_WEIGHTS: &[u8] = &WEIGHTS;

/// The bytes by value: two uses of a reference to them would put them into the program twice.
#[cfg(feature = "embedded-models")]
static WEIGHTS: [u8; include_bytes!("../../models/language/weights.bin").len()] =
    *include_bytes!("../../models/language/weights.bin");

/// Read once, and shared.
static SHIPPED: LazyLock<Option<Arc<LanguageModel>>> = LazyLock::new(|| {
    #[cfg(feature = "embedded-models")]
    {
        let artifact = Artifact::parse(SHIPPED_WEIGHTS).ok()?;
        LanguageModel::from_artifact(&artifact).ok().map(Arc::new)
    }
    #[cfg(not(feature = "embedded-models"))]
    {
        let _ = (Artifact::parse as fn(Vec<u8>) -> _, LanguageModel::from_artifact);
        None
    }
});

/// The model inside the program; `None` where it was built without.
pub(super) fn shipped_model() -> Option<Arc<LanguageModel>> {
    SHIPPED.clone()
}
