//! Catalogue files: read, laid over the built-in ones, and used.

#![no_main]

use connlint::catalog::{Catalog, parse_catalog};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(file) = parse_catalog("fuzzed.toml", text)
        && let Ok(catalog) = Catalog::with(&[("fuzzed.toml".to_owned(), file)])
    {
        let _ = (catalog.macro_table(), catalog.families(), catalog.wrappers());
    }
});
