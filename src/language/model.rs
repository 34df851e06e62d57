//! The trained model: for each script that several languages share, which of them a text is in.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::classify::artifact::{Artifact, ArtifactBuilder, ArtifactError, Header};
use crate::classify::softmax_table::SoftmaxTable;
use crate::domain::{LanguageCode, Script};
use crate::text::language_features::LANGUAGE_FEATURE_SPEC;

/// The kind that a model file of this sort states.
pub const KIND: &str = "language-softmax-1";

/// The scripts that a model may have a table for.
const SCRIPTS: [Script; 4] = [Script::LATIN, Script::CYRILLIC, Script::ARABIC, Script::DEVANAGARI];

/// The languages of one script, and the weights that tell them apart. `sr`, `hr` and `bs` are one language, `hbs`.
#[derive(Debug, Clone)]
pub struct ScriptTable {
    /// The script.
    pub script: Script,
    /// The languages, in the order of the table's classes.
    pub languages: Vec<LanguageCode>,
    /// Their weights.
    pub table: SoftmaxTable,
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct LanguageModel {
    citation: Arc<str>,
    tables: Vec<ScriptTable>,
}

impl LanguageModel {
    /// Takes a model out of its file.
    ///
    /// # Errors
    /// Where the file is of another kind or feature extraction, or its parts do not fit together: a label is not a script
    /// and a language (`Latn/en`), stands twice, or a table is out of range.
    pub fn from_artifact(artifact: &Artifact) -> Result<Self, ArtifactError> {
        artifact.expect(KIND, LANGUAGE_FEATURE_SPEC)?;
        let mut languages: BTreeMap<Script, Vec<LanguageCode>> = BTreeMap::new();
        for label in &artifact.header().labels {
            let broken = || ArtifactError::BrokenHeader(format!("label `{label}`; a script and a language are needed"));
            let (script, language) = label.split_once('/').ok_or_else(broken)?;
            let script = SCRIPTS.into_iter().find(|known| known.0 == script).ok_or_else(broken)?;
            let language = language.parse().map_err(|_| broken())?;
            let of_script = languages.entry(script).or_default();
            if of_script.contains(&language) {
                return Err(ArtifactError::BrokenHeader(format!("label `{label}` stands twice")));
            }
            of_script.push(language);
        }
        let tables = languages.into_iter().map(|(script, languages)| {
            let table = SoftmaxTable::from_artifact(artifact, script.0, languages.len())?;
            Ok(ScriptTable { script, languages, table })
        });
        Ok(Self { citation: artifact.citation().into(), tables: tables.collect::<Result<_, ArtifactError>>()? })
    }

    /// `name@version+sha256:…`: what records cite.
    #[must_use]
    pub fn citation(&self) -> &Arc<str> {
        &self.citation
    }

    /// The table of a script, if the model has one.
    #[must_use]
    pub fn table(&self, script: Script) -> Option<&ScriptTable> {
        self.tables.iter().find(|table| table.script == script)
    }
}

/// The bytes of a model file, the same for the same tables.
#[must_use]
pub fn encode(version: &str, tables: &[ScriptTable]) -> Vec<u8> {
    let label = |table: &ScriptTable| {
        let script = table.script;
        table.languages.iter().map(move |language| format!("{}/{language}", script.0)).collect::<Vec<_>>()
    };
    let mut languages: Vec<String> =
        tables.iter().flat_map(|table| &table.languages).map(ToString::to_string).collect();
    languages.sort_unstable();
    languages.dedup();
    let mut builder = ArtifactBuilder::new(Header {
        name: "language".to_owned(),
        version: version.to_owned(),
        kind: KIND.to_owned(),
        feature_spec: LANGUAGE_FEATURE_SPEC.to_owned(),
        labels: tables.iter().flat_map(label).collect(),
        languages,
        parameters: tables.iter().flat_map(|table| table.table.parameters(table.script.0)).collect(),
        sections: Vec::new(),
    });
    for table in tables {
        table.table.write(table.script.0, &mut builder);
    }
    builder.finish()
}
