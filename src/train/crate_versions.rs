//! The crates whose code decides the bytes of a model.

/// Crates with the versions that this program is built with, for manifests.
pub const CRATE_VERSIONS: [(&str, &str); 7] = [
    ("argmin", "0.11.0"),
    ("linfa", "0.8.1"),
    ("linfa-logistic", "0.8.1"),
    ("ndarray", "0.16.1"),
    ("rand", "0.10.4"),
    ("rand_xoshiro", "0.8.1"),
    ("threadsieve", env!("CARGO_PKG_VERSION")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stated_versions_are_the_locked_ones() {
        let lock: toml::Table = include_str!("../../Cargo.lock").parse().unwrap();
        let packages = lock["package"].as_array().unwrap();
        for (name, version) in CRATE_VERSIONS {
            let is_it = |package: &toml::Value| {
                package["name"].as_str() == Some(name) && package["version"].as_str() == Some(version)
            };
            assert!(packages.iter().any(is_it), "{name} {version} is not in Cargo.lock");
        }
    }
}
