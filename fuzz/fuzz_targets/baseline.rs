//! Baseline files: what is read can be written, and read again.

#![no_main]

use std::path::Path;

use connlint::baseline::Baseline;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(baseline) = Baseline::parse(text, Path::new("fuzzed.json")) {
        let written = baseline.to_text().expect("what was read can be written");
        let again = Baseline::parse(&written, Path::new("fuzzed.json")).expect("what was written can be read");
        assert_eq!(again.to_text().ok(), Some(written));
    }
});
