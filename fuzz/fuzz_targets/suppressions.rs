//! The grammar of comments that allow findings, and what they cover.

#![no_main]

use connlint::source::{SourceFile, Sources};
use connlint::suppress::Suppressions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    sources.insert(SourceFile { name: "fuzzed.rs".into(), path: "fuzzed.rs".into(), text: text.into() });
    let _ = Suppressions::read(&sources);
});
