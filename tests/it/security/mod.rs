//! The threats that docs/security.md names, each with a checkout that tries it.

mod bounds;
#[cfg(unix)]
pub(super) use checkout::pipe;

#[cfg(unix)]
mod checkout;
mod document;
#[cfg(unix)]
mod output;
mod quiet;
#[cfg(unix)]
mod repository;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::common::binary::{Run, connlint};
use super::common::{MANIFEST, ONE_FINDING, write};

/// A package with one finding, outside of any workspace and repository.
fn package(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let guard = tempfile::tempdir().expect("a temporary folder");
    let folder = guard.path().canonicalize().expect("it exists").join("checkout");
    write(&folder, &[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
    write(&folder, files);
    (guard, folder)
}

/// A check of the folder.
fn check(folder: &Path, args: &[&str]) -> Run {
    connlint(&[&["check", "--format", "short"], args].concat()).within(folder)
}

/// A program that leaves a mark, and then does what `then` says.
#[cfg(unix)]
fn trap(file: &Path, mark: &Path, then: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(file.parent().expect("a file has a folder")).expect("the folder can be made");
    std::fs::write(file, format!("#!/bin/sh\ntouch '{}'\n{then}\n", mark.display())).expect("it can be written");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}
