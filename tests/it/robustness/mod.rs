//! Input that is hostile or odd, given to the built binary: it answers with one clear message and analyses the rest. What is
//! large is generated in temporary folders.

mod cycles;
mod document;
#[cfg(unix)]
mod files;
mod nesting;
mod packages;
#[cfg(unix)]
mod process;
mod size;
mod text;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::common::binary::connlint;
use super::common::{MANIFEST, write};

/// A function with one finding that needs no caller to be one.
const SOUND: &str = "pub fn sound() {\n    let client = redis::Client::open(\"redis://h/\").unwrap();\n    \
                     println!(\"{client:?}\");\n}\n";

/// A package `app` in a folder outside of any workspace and repository.
fn package(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let guard = tempfile::tempdir().expect("a temporary folder");
    let folder = guard.path().canonicalize().expect("it exists");
    write(&folder, &[("Cargo.toml", MANIFEST)]);
    write(&folder, files);
    (guard, folder)
}

/// What is said of a folder in one line each: findings and problems.
#[track_caller]
fn said(folder: &Path, code: i32) -> String {
    connlint(&["check", "--format", "short", "."]).within(folder).exits(code).both()
}
