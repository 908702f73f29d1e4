//! `connlint.toml`: whatever it says, it is read, or all its mistakes are named, with places that can be shown.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use connlint::config::{Choice, Config};
use connlint::report::{Style, render_mistakes};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static PLACE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("connlint.toml");
    (folder, file)
});

fuzz_target!(|text: &str| {
    let (folder, file) = &*PLACE;
    std::fs::write(file, text).expect("the file can be written");
    if let Err(error) = Config::load(&Choice::Named(file.clone()), &[], folder.path()) {
        assert!(!render_mistakes(&error, &Style::plain(100)).is_empty(), "a mistake is named");
    }
});
