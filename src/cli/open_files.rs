//! How many files the process may have open.

/// Lets the process open as many files as the system allows it. How many that is; `None` where there is no limit, or none
/// is known.
#[cfg(unix)]
pub(super) fn raise_open_files() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    // Some systems let nobody have as many as they say.
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(_) => current,
    }
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
pub(super) fn raise_open_files() -> Option<u64> {
    None
}
