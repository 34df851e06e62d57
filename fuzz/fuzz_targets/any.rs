#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    static TARGET: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    threadsieve_fuzz::read_target(TARGET.get_or_init(|| std::env::var("TARGET").expect("TARGET")), bytes);
});
