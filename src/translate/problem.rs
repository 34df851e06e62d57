//! Why a translator cannot be used: what is found before anything is read.

use std::path::Path;
use std::sync::Arc;

/// Why a translator cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TranslatorProblem {
    /// There is no such program.
    #[error(
        "translator `{name}`: there is no program `{program}`\n  hint: install it, or give its whole path in `command`"
    )]
    NoProgram {
        /// The translator.
        name: Arc<str>,
        /// The program as the configuration names it.
        program: String,
    },
    /// The key of a server is not set.
    #[error(
        "translator `{name}`: the environment variable {variable} holds no key\n  hint: set it, or leave out `api_key_env`"
    )]
    NoKey {
        /// The translator.
        name: Arc<str>,
        /// The environment variable.
        variable: String,
    },
    /// This machine trusts nobody, so that no server can prove who it is.
    #[error(
        "translator `{name}`: this machine has no certificates of authorities\n  hint: install `ca-certificates`, or use http for a server of your own"
    )]
    NoAuthorities {
        /// The translator.
        name: Arc<str>,
    },
}

/// Whether a program can be started: a path to an executable file, or the name of one in a folder of `PATH`.
pub(super) fn is_program(program: &str) -> bool {
    if Path::new(program).components().count() > 1 || program.contains(std::path::MAIN_SEPARATOR) {
        return is_executable(Path::new(program));
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let names = [program.to_owned(), format!("{program}{}", std::env::consts::EXE_SUFFIX)];
    std::env::split_paths(&folders).any(|folder| names.iter().any(|name| is_executable(&folder.join(name))))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_name_and_by_path() {
        for (program, expected) in [
            ("cargo", true),
            ("no-such-program-4711", false),
            ("/no/such/program", false),
            (concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), cfg!(not(unix))),
            (env!("CARGO_MANIFEST_DIR"), false),
        ] {
            assert_eq!(is_program(program), expected, "{program}");
        }
    }
}
