//! Walking a folder.
//!
//! In: a folder. Out: the manifests and Rust files below it, sorted. Left out: what `.gitignore` names (also without a
//! repository), hidden folders, `target`, `node_modules`, vendored packages. Symbolic links to folders are not followed,
//! so that a loop of them does no harm and no file is met twice.

use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::paths::MANIFEST;
use crate::finding::Problem;
use crate::source::shown_name;

/// What lies below a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Every `Cargo.toml`.
    pub(super) manifests: Vec<PathBuf>,
    /// Every `.rs` file.
    pub(super) sources: Vec<PathBuf>,
    /// Folders that can't be read.
    pub(super) problems: Vec<Problem>,
}

/// Walks `folder`; problems name files as seen from `cwd`.
pub(super) fn walk(folder: &Path, cwd: &Path) -> Found {
    let mut found = Found::default();
    for entry in builder(folder).build() {
        match entry {
            Ok(entry) => {
                let path = entry.path();
                if entry.file_name() == MANIFEST && is_file(&entry) {
                    found.manifests.push(entry.into_path());
                } else if path.extension().is_some_and(|e| e == "rs") && is_file(&entry) {
                    found.sources.push(entry.into_path());
                }
            }
            Err(error) => found.problems.push(unreadable(&error, folder, cwd)),
        }
    }
    found.manifests.sort();
    found.sources.sort();
    found
}

fn builder(folder: &Path) -> WalkBuilder {
    let mut builder = WalkBuilder::new(folder);
    // Only what the project itself says, so that a run gives the same everywhere: not the user's global excludes, and
    // not `.gitignore` files above the project, such as the one of a home folder. Inside of a repository those up to its
    // root count; outside of any, those from `folder` on.
    let in_repository = folder.ancestors().any(|above| above.join(".git").exists());
    builder
        .standard_filters(false)
        .hidden(true)
        .git_ignore(true)
        .require_git(in_repository)
        .parents(in_repository)
        .follow_links(false)
        .filter_entry(|entry| !is_skipped(entry));
    builder
}

/// Folders of code that is built, fetched or vendored.
fn is_skipped(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let is_named = entry.file_name() == "target" || entry.file_name() == "node_modules";
    is_folder && (is_named || entry.path().join(".cargo-checksum.json").exists())
}

/// Whether it is a file, or a link to one.
fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file() || (kind.is_symlink() && entry.path().is_file()))
}

fn unreadable(error: &ignore::Error, folder: &Path, cwd: &Path) -> Problem {
    Problem {
        file: shown_name(folder, cwd),
        line: 0,
        column: 0,
        message: format!("cannot be walked in full: {error}"),
        help: "make it readable, or name other folders".into(),
    }
}
