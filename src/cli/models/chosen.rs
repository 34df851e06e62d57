//! Which models somebody means.

use std::path::Path;

use super::RegistryOption;
use crate::cli::failure::Failure;
use crate::registry::{EMBEDDED, Entry, ModelSource, PlainName, Registry, embedded, is_model_folder};

/// The version that the program's own models go by.
pub(super) const BUILT_IN: &str = "built-in";

/// A model that somebody may mean.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Its name.
    pub(super) name: String,
    /// Its version in the registry, or `built-in`; empty for a folder outside of any.
    pub(super) version: String,
    /// Whether the registry says that it is in force.
    pub(super) is_current: bool,
    /// Where it is.
    pub(super) source: ModelSource,
}

impl Chosen {
    fn built_in(model: &'static crate::registry::EmbeddedModel) -> Self {
        let source = ModelSource::BuiltIn(model);
        Self { name: model.name.to_owned(), version: BUILT_IN.to_owned(), is_current: false, source }
    }

    fn version(name: &str, entry: &Entry, version: &PlainName) -> Self {
        let is_current = entry.current().is_ok_and(|current| current.as_ref() == Some(version));
        let source = ModelSource::Folder(entry.folder_of(version));
        Self { name: name.to_owned(), version: version.to_string(), is_current, source }
    }

    fn folder(folder: &Path) -> Self {
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
        let source = ModelSource::Folder(folder.to_path_buf());
        Self { name, version: String::new(), is_current: false, source }
    }
}

/// All versions of an entry.
pub(super) fn versions(name: &str, entry: &Entry) -> Result<Vec<Chosen>, Failure> {
    let versions = entry.versions().map_err(Failure::one)?;
    Ok(versions.iter().map(|version| Chosen::version(name, entry, version)).collect())
}

/// The program's own models.
pub(super) fn built_in() -> Vec<Chosen> {
    EMBEDDED.iter().map(Chosen::built_in).collect()
}

/// What `NAME`, `NAME@VERSION` or `FOLDER` stands for.
pub(super) enum Meant {
    /// An entry of a registry as a whole.
    Entry(String, Entry),
    /// One model.
    Model(Chosen),
}

/// Finds what somebody means: an entry of the registry, one of its versions, a model of the program, or a folder. Where a
/// name could be several of these, the first of them is it; `./NAME` is always a folder.
pub(super) fn meant(wanted: &str, registry: &RegistryOption) -> Result<Meant, Failure> {
    let registry = registry.open_if_there()?;
    let (name, version) = wanted.split_once('@').map_or((wanted, None), |(name, version)| (name, Some(version)));
    let path = Path::new(wanted);
    if PlainName::new(name).is_some() {
        let entry = registry.as_ref().and_then(|registry| registry.find(name).ok());
        match (entry, version, embedded(name)) {
            (_, Some(BUILT_IN), Some(model)) => return Ok(Meant::Model(Chosen::built_in(model))),
            (Some(entry), None, _) => return Ok(Meant::Entry(name.to_owned(), entry)),
            (Some(entry), Some(version), _) => {
                let version = entry.find(version).map_err(Failure::one)?;
                return Ok(Meant::Model(Chosen::version(name, &entry, &version)));
            }
            (None, None, _) if path.is_dir() => {}
            (None, None, Some(model)) => return Ok(Meant::Model(Chosen::built_in(model))),
            _ => {
                let registry = registry.unwrap_or_else(|| Registry::at(super::DEFAULT_REGISTRY));
                registry.find(name).map_err(Failure::one)?;
            }
        }
    }
    if !is_model_folder(path) && path.join("current").is_file() {
        return Ok(Meant::Entry(Chosen::folder(path).name, Entry::at(path)));
    }
    Ok(Meant::Model(Chosen::folder(path)))
}

/// One model: of an entry the version in force.
pub(super) fn one(wanted: &str, registry: &RegistryOption) -> Result<Chosen, Failure> {
    match meant(wanted, registry)? {
        Meant::Model(chosen) => Ok(chosen),
        Meant::Entry(name, entry) => {
            let current = entry.current().map_err(Failure::one)?;
            let found = current.map(|current| entry.find(current.as_str()));
            match found {
                Some(version) => Ok(Chosen::version(&name, &entry, &version.map_err(Failure::one)?)),
                None => Err(Failure::one(anyhow::anyhow!(
                    "{}: no version is current\n  hint: name one, such as {name}@{}",
                    entry.folder().display(),
                    entry
                        .versions()
                        .ok()
                        .and_then(|all| all.last().cloned())
                        .map_or_else(String::new, |one| one.to_string())
                ))),
            }
        }
    }
}
