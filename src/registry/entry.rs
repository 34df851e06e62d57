//! One model of a registry: the folder of its versions, and which of them is current.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::error::RegistryError;
use super::plain_name::PlainName;

/// The file of an entry that names the current version.
pub(super) const CURRENT: &str = "current";
/// The file of a model that scores are made with.
pub const WEIGHTS: &str = "weights.bin";
/// Longer than any name of a version.
const MAX_CURRENT_BYTES: u64 = 256;

/// The folder of one model in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    folder: PathBuf,
}

impl Entry {
    /// An entry by its folder, which need not exist.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of one of its versions.
    #[must_use]
    pub fn folder_of(&self, version: &PlainName) -> PathBuf {
        self.folder.join(version.as_str())
    }

    /// The version in force, whether its folder is there or not; `None` where nothing has been promoted yet.
    ///
    /// # Errors
    /// Where the file cannot be read, or holds no name of a version.
    pub fn current(&self) -> Result<Option<PlainName>, RegistryError> {
        let path = self.folder.join(CURRENT);
        let Some(text) = current_text(&self.folder).map_err(RegistryError::io(&path, "read"))? else {
            return Ok(None);
        };
        let name = std::str::from_utf8(&text).ok().and_then(|text| PlainName::new(text.trim()));
        match name {
            Some(name) => Ok(Some(name)),
            None => Err(RegistryError::BrokenCurrent { path: path.display().to_string() }),
        }
    }

    /// All versions: folders with a `weights.bin`, whatever is in it. Lower numbers come first, then by name.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn versions(&self) -> Result<Vec<PlainName>, RegistryError> {
        let mut versions = Vec::new();
        for name in plain_names(&self.folder)? {
            if self.folder_of(&name).join(WEIGHTS).is_file() {
                versions.push(name);
            }
        }
        versions.sort_by_key(|name| (leading_number(name.as_str()), name.clone()));
        Ok(versions)
    }

    /// The version that is called so, or that alone begins so.
    ///
    /// # Errors
    /// Where there is none, or more than one.
    pub fn find(&self, wanted: &str) -> Result<PlainName, RegistryError> {
        let versions = self.versions()?;
        if let Some(exact) = versions.iter().find(|version| version.as_str() == wanted) {
            return Ok(exact.clone());
        }
        let entry = self.folder.display().to_string();
        let begins = |version: &&PlainName| !wanted.is_empty() && version.as_str().starts_with(wanted);
        let candidates: Vec<&PlainName> = versions.iter().filter(begins).collect();
        match candidates.as_slice() {
            [one] => Ok((*one).clone()),
            [] => {
                let hint = format!("the versions are: {}", joined(&versions));
                Err(RegistryError::UnknownVersion { entry, wanted: wanted.to_owned(), hint })
            }
            several => {
                let hint = several.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(", ");
                Err(RegistryError::AmbiguousVersion { entry, wanted: wanted.to_owned(), hint })
            }
        }
    }
}

/// The names of versions, for messages.
pub(super) fn joined(versions: &[PlainName]) -> String {
    if versions.is_empty() {
        return "none".to_owned();
    }
    versions.iter().map(PlainName::as_str).collect::<Vec<_>>().join(", ")
}

/// The names in a folder that could be ours, in no order.
pub(super) fn plain_names(folder: &Path) -> Result<Vec<PlainName>, RegistryError> {
    let entries = fs::read_dir(folder).map_err(RegistryError::io(folder, "read the folder"))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(RegistryError::io(folder, "read the folder"))?;
        names.extend(entry.file_name().to_str().and_then(PlainName::new));
    }
    Ok(names)
}

fn leading_number(name: &str) -> u64 {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    name.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX)
}

/// What stands in `current` of a folder; `None` where the folder has none, and so is no entry of a registry. Cheap
/// enough to be asked before every batch: a file of some 20 bytes is opened and read.
///
/// # Errors
/// Where the file is there, and cannot be read.
pub fn current_text(folder: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(folder.join(CURRENT)) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    file.take(MAX_CURRENT_BYTES).read_to_end(&mut text)?;
    Ok(Some(text))
}

/// Where a model is to be read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The folder that its files are in.
    pub folder: PathBuf,
    /// Which version it is, where it is one of a registry.
    pub version: Option<PlainName>,
}

/// The folder of the model that a configured folder stands for: that of the current version where it is an entry of a
/// registry, else the folder itself.
///
/// # Errors
/// Where `current` cannot be read, or names no version that is there.
pub fn locate(folder: &Path) -> Result<Located, RegistryError> {
    let entry = Entry::at(folder);
    let Some(version) = entry.current()? else {
        return Ok(Located { folder: folder.to_path_buf(), version: None });
    };
    let found = entry.folder_of(&version);
    if found.is_dir() {
        return Ok(Located { folder: found, version: Some(version) });
    }
    let path = folder.join(CURRENT).display().to_string();
    Err(RegistryError::DanglingCurrent { path, version: version.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(versions: &[&str], current: Option<&[u8]>) -> (tempfile::TempDir, Entry) {
        let folder = tempfile::tempdir().unwrap();
        for version in versions {
            fs::create_dir(folder.path().join(version)).unwrap();
            fs::write(folder.path().join(version).join(WEIGHTS), b"").unwrap();
        }
        if let Some(current) = current {
            fs::write(folder.path().join(CURRENT), current).unwrap();
        }
        let entry = Entry::at(folder.path());
        (folder, entry)
    }

    #[test]
    fn versions_come_by_number_and_are_found_by_how_they_begin() {
        let (folder, entry) = entry(&["10-aa", "9-bb", "9-ba", "rc"], None);
        fs::create_dir(folder.path().join("empty")).unwrap();
        fs::create_dir(folder.path().join(".incoming")).unwrap();
        let versions = entry.versions().unwrap();
        assert_eq!(versions.iter().map(PlainName::as_str).collect::<Vec<_>>(), ["9-ba", "9-bb", "10-aa", "rc"]);
        for (wanted, found) in [("10", "10-aa"), ("9-bb", "9-bb"), ("9-bb", "9-bb"), ("r", "rc")] {
            assert_eq!(entry.find(wanted).unwrap().as_str(), found);
        }
        let error = entry.find("9").unwrap_err().to_string();
        assert!(error.contains("9-ba, 9-bb"), "{error}");
        for wanted in ["", "8", "10-aaa", "../rc"] {
            let error = entry.find(wanted).unwrap_err().to_string();
            assert!(error.contains("no version") && error.contains("9-ba, 9-bb, 10-aa, rc"), "{error}");
        }
    }

    #[test]
    fn a_folder_stands_for_itself_unless_it_says_which_version_is_current() {
        let (folder, _) = entry(&["1-a"], None);
        assert_eq!(locate(folder.path()).unwrap().folder, folder.path());
        assert_eq!(locate(Path::new("nowhere")).unwrap().folder, Path::new("nowhere"));
        let (folder, _) = entry(&["1-a"], Some(b"1-a\n"));
        let found = locate(folder.path()).unwrap();
        assert_eq!((found.folder, found.version), (folder.path().join("1-a"), PlainName::new("1-a")));
        let long = [b'a'; 300];
        for broken in [&b""[..], b"1-a\n1-b", b"../1-a", b"\xff", &long] {
            let (folder, _) = entry(&["1-a"], Some(broken));
            assert!(matches!(locate(folder.path()), Err(RegistryError::BrokenCurrent { .. })), "{broken:?}");
        }
        let (folder, _) = entry(&["1-a"], Some(b"2-b\n"));
        let error = locate(folder.path()).unwrap_err().to_string();
        assert!(error.contains("`2-b`, which is not there"), "{error}");
    }
}
