#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    threadsieve_fuzz::read_target("serve_analyze", bytes);
});
