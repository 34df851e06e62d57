//! The `threadsieve` program.

fn main() {}
