//! The `threadsieve` program.

fn main() -> std::process::ExitCode {
    threadsieve::cli::main()
}
