//! The model inside the program.

use std::sync::{Arc, LazyLock};

use super::model::LanguageModel;
use crate::classify::artifact::Artifact;

/// Read once, and shared.
static SHIPPED: LazyLock<Option<Arc<LanguageModel>>> = LazyLock::new(|| {
    #[cfg(feature = "embedded-models")]
    {
        let bytes: &'static [u8] = include_bytes!("../../models/language/weights.bin");
        let artifact = Artifact::parse(bytes).ok()?;
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
