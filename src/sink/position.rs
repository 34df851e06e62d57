//! Where an output stands.

use serde::{Deserialize, Serialize};

/// Where an output stands, so that writing can go on there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputPosition {
    /// The output, as the user named it.
    pub name: String,
    /// The bytes that it has.
    pub bytes: u64,
    /// What it has counted for its last lines, where it counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<u64>,
}
