//! Changing which version is current: a new one comes in, or an earlier one comes back.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::entry::{CURRENT, Entry, joined};
use super::error::RegistryError;
use super::history::{Change, GateNote, HistoryLine, append, before, history};
use super::inspection::{FILES, Inspection, ModelSource};
use super::plain_name::PlainName;

/// Held while a registry is being changed.
const LOCK: &str = ".lock";
/// Where a new version is put together before it has its name.
const INCOMING: &str = ".incoming";
/// The new `current` before it takes the place of the old one.
const NEXT_CURRENT: &str = ".current.next";

/// A registry that nobody else changes while this is held.
#[derive(Debug)]
struct Hold {
    /// Let go of when it is closed, also by the end of the process.
    _lock: File,
}

impl Hold {
    fn of(root: &Path) -> Result<Self, RegistryError> {
        let path = root.join(LOCK);
        let open = File::options().write(true).create(true).truncate(false).open(&path);
        let lock = open.map_err(RegistryError::io(&path, "write"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(RegistryError::Busy { registry: root.display().to_string() }),
            Err(TryLockError::Error(source)) => Err(RegistryError::io(&path, "lock")(source)),
        }
    }
}

/// A model that has come into a registry, but is not yet a version of it. Unless it is made current it leaves no trace.
#[derive(Debug)]
pub struct Incoming {
    entry: Entry,
    version: PlainName,
    folder: PathBuf,
    /// Whether the registry has this version already.
    is_known: bool,
    inspection: Inspection,
    _hold: Hold,
}

impl Incoming {
    /// Copies a model into a registry, which is made where it is missing. It will be a version of the entry of the model's
    /// own name, named after its version and checksum.
    ///
    /// The model should have been looked at before ([`Inspection::of`]), and be sound but for its report.
    ///
    /// # Errors
    /// Where the model's name or version cannot be the name of a folder, a file cannot be read or written, the model was
    /// changed in between, or somebody else changes the registry.
    pub fn bring(root: &Path, model: &Inspection, folder: &Path) -> Result<Self, RegistryError> {
        let (name, version) = names(model)?;
        fs::create_dir_all(root).map_err(RegistryError::io(root, "make the folder"))?;
        let hold = Hold::of(root)?;
        let entry = Entry::at(root.join(name.as_str()));
        let place = entry.folder_of(&version);
        if place.exists() {
            let inspection = Inspection::of(&ModelSource::Folder(place.clone()));
            if !inspection.lacks_only_its_report() {
                return Err(RegistryError::DamagedVersion { folder: place.display().to_string() });
            }
            return Ok(Self { entry, version, folder: place, is_known: true, inspection, _hold: hold });
        }
        let incoming = root.join(INCOMING);
        // What a broken-off promotion left behind.
        remove(&incoming).map_err(RegistryError::io(&incoming, "remove the folder"))?;
        fs::create_dir(&incoming).map_err(RegistryError::io(&incoming, "make the folder"))?;
        // From here on the folder goes when this goes.
        let mut arrived =
            Self { inspection: model.clone(), entry, version, folder: incoming, is_known: false, _hold: hold };
        for file in FILES {
            let (from, to) = (folder.join(file), arrived.folder.join(file));
            if !from.exists() {
                continue;
            }
            fs::copy(&from, &to).map_err(RegistryError::io(&from, "copy"))?;
            sync(&to).map_err(RegistryError::io(&to, "write"))?;
        }
        arrived.inspection = Inspection::of(&ModelSource::Folder(arrived.folder.clone()));
        arrived.inspection.place = folder.display().to_string();
        let is_same = arrived.inspection.weights_sha256 == model.weights_sha256;
        if !is_same || !arrived.inspection.lacks_only_its_report() {
            return Err(RegistryError::Changed { folder: folder.display().to_string() });
        }
        Ok(arrived)
    }

    /// The entry that it belongs to; nothing of it need exist yet.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// What the version will be called.
    #[must_use]
    pub fn version(&self) -> &PlainName {
        &self.version
    }

    /// The model as it will be.
    #[must_use]
    pub fn inspection(&self) -> &Inspection {
        &self.inspection
    }

    /// Adds a report to a model that has none.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add_report(&mut self, bytes: &[u8]) -> Result<(), RegistryError> {
        let path = self.folder.join(super::inspection::REPORT);
        write_synced(&path, bytes).map_err(RegistryError::io(&path, "write"))?;
        self.inspection.report = serde_json::from_slice(bytes).ok();
        Ok(())
    }

    /// Makes it a version of the registry, and the current one. Whoever reads the registry finds the old version or the
    /// new one, whole.
    ///
    /// # Errors
    /// Where a file cannot be written; the old version is then still current.
    pub fn make_current(mut self, at: String, gate: GateNote) -> Result<HistoryLine, RegistryError> {
        let folder = self.entry.folder().to_path_buf();
        let from = self.entry.current_if_sound();
        if !self.is_known {
            fs::create_dir_all(&folder).map_err(RegistryError::io(&folder, "make the folder"))?;
            let place = self.entry.folder_of(&self.version);
            sync_folder(&self.folder);
            fs::rename(&self.folder, &place).map_err(RegistryError::io(&place, "make the folder"))?;
            self.is_known = true;
        }
        let line = HistoryLine {
            at,
            action: Change::Promote,
            from,
            to: self.version.to_string(),
            weights_sha256: self.inspection.weights_sha256.clone(),
            gate: Some(gate),
        };
        switch(&self.entry, &line)?;
        Ok(line)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.is_known {
            // What cannot be removed now is removed by the next promotion.
            let _ = remove(&self.folder);
        }
    }
}

/// Makes an earlier version current: the one named, or the one that was current before the present one was promoted.
/// `None` where it is current already.
///
/// # Errors
/// Where there is no such entry or version, nothing came before, the version is damaged, or a file cannot be read or
/// written. The old version is then still current.
pub fn roll_back(
    root: &Path,
    entry: &Entry,
    to: Option<&str>,
    at: String,
) -> Result<Option<HistoryLine>, RegistryError> {
    let _hold = Hold::of(root)?;
    let to = if let Some(wanted) = to { entry.find(wanted)? } else { version_before(entry)? };
    let from = entry.current_if_sound();
    if from.as_deref() == Some(to.as_str()) {
        return Ok(None);
    }
    let folder = entry.folder_of(&to);
    let inspection = Inspection::of(&ModelSource::Folder(folder.clone()));
    if !inspection.lacks_only_its_report() {
        return Err(RegistryError::DamagedVersion { folder: folder.display().to_string() });
    }
    let line = HistoryLine {
        at,
        action: Change::Rollback,
        from,
        to: to.to_string(),
        weights_sha256: inspection.weights_sha256,
        gate: None,
    };
    switch(entry, &line)?;
    Ok(Some(line))
}

/// The version that was current before the present one was promoted.
fn version_before(entry: &Entry) -> Result<PlainName, RegistryError> {
    let (lines, _) = history(entry)?;
    let current = entry.current()?.map(|current| current.to_string());
    match current.as_ref().and_then(|current| before(&lines, current)) {
        Some(earlier) => entry.find(earlier),
        None => Err(RegistryError::NothingBefore {
            entry: entry.folder().display().to_string(),
            current: current.unwrap_or_else(|| "none".to_owned()),
            hint: joined(&entry.versions()?),
        }),
    }
}

impl Entry {
    /// The version in force, as far as it can be told: what takes its place may mend a broken `current`.
    fn current_if_sound(&self) -> Option<String> {
        self.current().ok().flatten().map(|current| current.to_string())
    }
}

/// The version's own name and that of the entry that it belongs to.
fn names(model: &Inspection) -> Result<(PlainName, PlainName), RegistryError> {
    let header = model.artifact.as_ref().map(|artifact| (artifact.header(), artifact.short_checksum()));
    let (name, version, checksum) =
        header.map(|(header, checksum)| (header.name.as_str(), header.version.as_str(), checksum)).unwrap_or_default();
    let unusable = |what, found: &str| RegistryError::UnusableName {
        place: model.place.clone(),
        what,
        found: found.escape_debug().to_string(),
    };
    let entry = PlainName::new(name).ok_or_else(|| unusable("name", name))?;
    let own = PlainName::new(&format!("{version}-{checksum}")).filter(|_| !version.is_empty());
    Ok((entry, own.ok_or_else(|| unusable("version", version))?))
}

/// Writes the history first: where the process ends in between, the history says what did not happen, and never lacks
/// what did.
fn switch(entry: &Entry, line: &HistoryLine) -> Result<(), RegistryError> {
    let folder = entry.folder();
    append(folder, line)?;
    let (next, current) = (folder.join(NEXT_CURRENT), folder.join(CURRENT));
    write_synced(&next, format!("{}\n", line.to).as_bytes()).map_err(RegistryError::io(&next, "write"))?;
    fs::rename(&next, &current).map_err(RegistryError::io(&current, "write"))?;
    sync_folder(folder);
    Ok(())
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync(path: &Path) -> io::Result<()> {
    // Files that were copied may be read-only, which does not keep them from being brought to the disk.
    File::open(path)?.sync_all()
}

/// Brings the names in a folder to the disk, where the system has a way of doing so.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::Verdict;
    use super::*;

    const AT: &str = "2026-01-01T00:00:00Z";

    fn shipped(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name)
    }

    fn inspect(folder: &Path) -> Inspection {
        Inspection::of(&ModelSource::Folder(folder.to_path_buf()))
    }

    fn note() -> GateNote {
        GateNote { verdict: Verdict::First, compared_with: None, data: vec![], max_drop: None, largest_drop: None }
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_model_comes_in_whole_or_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("registry");
        let folder = shipped("topic");
        let model = inspect(&folder);
        // Left by a process that was killed.
        fs::create_dir_all(root.join(INCOMING).join("rest")).unwrap();
        let arrived = Incoming::bring(&root, &model, &folder).unwrap();
        assert!(matches!(Incoming::bring(&root, &model, &folder), Err(RegistryError::Busy { .. })));
        drop(arrived);
        assert_eq!(names_in(&root), [LOCK], "no trace of what was not made current");

        let arrived = Incoming::bring(&root, &model, &folder).unwrap();
        let (entry, version) = (arrived.entry().clone(), arrived.version().clone());
        let line = arrived.make_current(AT.to_owned(), note()).unwrap();
        assert_eq!((line.from, line.to.as_str()), (None, version.as_str()));
        assert_eq!(entry.current().unwrap(), Some(version.clone()));
        assert_eq!(names_in(&root), [LOCK, "topic"]);
        assert_eq!(names_in(entry.folder()), [version.as_str(), CURRENT, "history.jsonl"]);
        assert_eq!(inspect(&entry.folder_of(&version)).findings, []);

        fs::write(entry.folder_of(&version).join("card.md"), "").unwrap();
        let error = Incoming::bring(&root, &model, &folder).unwrap_err();
        assert!(matches!(error, RegistryError::DamagedVersion { .. }), "{error}");
    }

    #[test]
    fn what_is_changed_while_it_is_copied_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("registry");
        let error = Incoming::bring(&root, &inspect(&shipped("topic")), &shipped("sentiment")).unwrap_err();
        assert!(matches!(error, RegistryError::Changed { .. }), "{error}");
        assert_eq!(names_in(&root), [LOCK]);
    }

    #[test]
    fn a_model_without_a_name_for_a_folder_is_refused_before_anything_is_made() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("registry");
        let error = Incoming::bring(&root, &inspect(Path::new("nowhere")), Path::new("nowhere")).unwrap_err();
        assert!(matches!(error, RegistryError::UnusableName { what: "name", .. }), "{error}");
        assert!(!root.exists());
    }

    #[test]
    fn rolling_back_follows_the_history_and_refuses_what_is_damaged() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("registry");
        let entry = Entry::at(root.join("demo"));
        for (number, from) in [("1", "topic"), ("2", "sentiment"), ("3", "abuse")] {
            fs::create_dir_all(entry.folder().join(number)).unwrap();
            for file in FILES {
                fs::copy(shipped(from).join(file), entry.folder().join(number).join(file)).unwrap();
            }
        }
        let back = |to: Option<&str>| roll_back(&root, &entry, to, AT.to_owned());
        let error = back(None).unwrap_err().to_string();
        assert!(error.contains("before `none`") && error.contains("1, 2, 3"), "{error}");
        for (from, to) in [(None, "1"), (Some("1"), "2"), (Some("2"), "3")] {
            let (from, to) = (from.map(ToOwned::to_owned), to.to_owned());
            let gate = Some(note());
            let (at, weights_sha256) = (AT.to_owned(), String::new());
            let line = HistoryLine { at, action: Change::Promote, from, to, weights_sha256, gate };
            switch(&entry, &line).unwrap();
        }
        for expected in ["2", "1"] {
            assert_eq!(back(None).unwrap().unwrap().to, expected);
            assert_eq!(entry.current().unwrap().unwrap().as_str(), expected);
        }
        assert!(matches!(back(None), Err(RegistryError::NothingBefore { .. })));
        assert_eq!(back(Some("1")).unwrap(), None, "it is current already");
        fs::write(entry.folder().join("3/weights.bin"), b"").unwrap();
        assert!(matches!(back(Some("3")), Err(RegistryError::DamagedVersion { .. })));
        assert!(matches!(back(Some("4")), Err(RegistryError::UnknownVersion { .. })));
        assert_eq!(entry.current().unwrap().unwrap().as_str(), "1");
        fs::write(entry.folder().join(CURRENT), "gone\n").unwrap();
        assert_eq!(back(Some("2")).unwrap().unwrap().from.as_deref(), Some("gone"), "a broken `current` is mended");
    }
}
