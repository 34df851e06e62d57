//! The most memory that this process has had.

/// The most bytes that were resident at a time since the process began, where the system tells it (Linux does).
pub(super) fn peak_memory_bytes() -> Option<u64> {
    std::fs::read_to_string("/proc/self/status").ok().as_deref().and_then(high_water_mark)
}

/// `VmHWM` of a `/proc/…/status`, which is in KiB.
fn high_water_mark(status: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    value.trim().strip_suffix("kB")?.trim_end().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: &str, expected: Option<u64>) {
        assert_eq!(high_water_mark(status), expected, "{status:?}");
    }

    #[test]
    fn the_mark_is_read_where_there_is_one() {
        check("Name:\tx\nVmPeak:\t  900 kB\nVmHWM:\t    12 kB\nVmRSS:\t 7 kB\n", Some(12 << 10));
        check("VmHWM:\t 18446744073709551615 kB\n", None);
        check("VmHWM:\t twelve kB\n", None);
        check("VmHWM:\t 12\n", None);
        check("", None);
    }
}
