//! docs/sbom.cdx.json lists what the program is built of: what Cargo.lock holds but for the dependencies of tests.

use std::collections::BTreeSet;
use std::fs;

use serde::Deserialize;

use crate::support::repository;

/// Name, version and SHA-256 of a package.
type Package = (String, String, Option<String>);

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

#[derive(Deserialize)]
struct Bom {
    metadata: Metadata,
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Metadata {
    component: Component,
}

#[derive(Deserialize)]
struct Component {
    name: String,
    version: String,
    #[serde(default)]
    hashes: Vec<Hash>,
}

#[derive(Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

impl Component {
    fn package(&self) -> Package {
        let hash = self.hashes.iter().find(|hash| hash.alg == "SHA-256").map(|hash| hash.content.clone());
        (self.name.clone(), self.version.clone(), hash)
    }
}

/// Names of the dependencies of a manifest that are not those of tests.
fn direct(manifest: &toml::Table) -> BTreeSet<String> {
    let of_targets =
        manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(|targets| targets.values());
    let tables = std::iter::once(manifest).chain(of_targets.filter_map(toml::Value::as_table));
    let kinds = |table: &toml::Table| {
        ["dependencies", "build-dependencies"].map(|kind| table.get(kind).and_then(toml::Value::as_table).cloned())
    };
    tables.flat_map(kinds).flatten().flat_map(|table| table.keys().cloned().collect::<Vec<_>>()).collect()
}

/// The package that an entry of `dependencies` means: a name, and a version where the name alone is not enough.
fn locked<'a>(lock: &'a Lock, entry: &str) -> &'a Locked {
    let mut words = entry.split(' ');
    let (name, version) = (words.next().expect("a name"), words.next());
    let mut found =
        lock.package.iter().filter(|one| one.name == name && version.is_none_or(|version| one.version == version));
    let one = found.next().unwrap_or_else(|| panic!("`{entry}` is not in the lock file"));
    assert!(found.next().is_none(), "`{entry}` is more than one package");
    one
}

/// All that the root package needs, directly or not, tests apart.
fn needed(lock: &Lock, root: &str, direct: &BTreeSet<String>) -> BTreeSet<Package> {
    let own = &locked(lock, root).dependencies;
    let is_direct = |entry: &&String| entry.split(' ').next().is_some_and(|name| direct.contains(name));
    let mut open: Vec<&Locked> = own.iter().filter(is_direct).map(|entry| locked(lock, entry)).collect();
    let mut needed = BTreeSet::new();
    while let Some(package) = open.pop() {
        if needed.insert((package.name.clone(), package.version.clone(), package.checksum.clone())) {
            open.extend(package.dependencies.iter().map(|entry| locked(lock, entry)));
        }
    }
    needed
}

#[test]
fn the_bill_of_materials_lists_exactly_what_the_program_is_built_of() {
    let read =
        |name: &str| fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let lock: Lock = toml::from_str(&read("Cargo.lock")).expect("a lock file");
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).expect("a manifest");
    let text = read("docs/sbom.cdx.json");
    let bom: Bom = serde_json::from_str(&text).expect("a bill of materials");
    let listed: BTreeSet<Package> = bom.components.iter().map(Component::package).collect();
    let needed = needed(&lock, env!("CARGO_PKG_NAME"), &direct(&manifest));
    assert!(needed.len() > 100, "{} packages", needed.len());
    let missing: Vec<&Package> = needed.difference(&listed).collect();
    let extra: Vec<&Package> = listed.difference(&needed).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "docs/sbom.cdx.json is not that of Cargo.lock; write it anew with `.ci/sbom`\nmissing: {missing:?}\nextra: {extra:?}"
    );
    assert_eq!(listed.len(), bom.components.len(), "a package is listed twice");
    let own = bom.metadata.component.package();
    assert_eq!((own.0.as_str(), own.1.as_str()), (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")));
    for changing in ["\"timestamp\"", "\"serialNumber\"", "path+file:///work", "path+file:///home"] {
        assert!(!text.contains(changing), "docs/sbom.cdx.json has {changing}: write it anew with `.ci/sbom`");
    }
}

#[test]
fn what_is_needed_follows_from_the_lock_file() {
    let lock: Lock = toml::from_str(
        r#"
        package = [
            { name = "own", version = "1.0.0", dependencies = ["a", "b 2.0.0", "only-tests", "of-windows"] },
            { name = "a", version = "1.0.0", checksum = "aa", dependencies = ["b 1.0.0"] },
            { name = "b", version = "1.0.0" },
            { name = "b", version = "2.0.0", dependencies = ["a"] },
            { name = "only-tests", version = "1.0.0", dependencies = ["c"] },
            { name = "c", version = "1.0.0" },
            { name = "of-windows", version = "1.0.0" },
        ]"#,
    )
    .expect("a lock file");
    let manifest: toml::Table = toml::from_str(
        "[dependencies]\na = '1'\n[dev-dependencies]\nonly-tests = '1'\n[target.'cfg(windows)'.dependencies]\nof-windows = '1'\n",
    )
    .expect("a manifest");
    let found = |manifest: &toml::Table| -> Vec<String> {
        needed(&lock, "own", &direct(manifest))
            .into_iter()
            .map(|(name, version, _)| format!("{name} {version}"))
            .collect()
    };
    assert_eq!(found(&manifest), ["a 1.0.0", "b 1.0.0", "of-windows 1.0.0"]);
    let manifest: toml::Table = toml::from_str("[build-dependencies]\nb = '2'\n").expect("a manifest");
    assert_eq!(found(&manifest), ["a 1.0.0", "b 1.0.0", "b 2.0.0"]);
}
