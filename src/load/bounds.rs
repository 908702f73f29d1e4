//! Which files may be read.
//!
//! In: the folders that the run was told of. Out: whether a file lies in one of them, symbolic links followed: a `#[path]`, an
//! `include!`, a target of a manifest or a link may lead anywhere, and a checkout is not to be trusted with that.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use super::locked;

/// Folders in which sources are read.
#[derive(Debug)]
pub(super) struct Bounds {
    /// Without symbolic links.
    folders: Vec<PathBuf>,
    /// Whether the files of a folder lie within.
    known: Mutex<FxHashMap<PathBuf, bool>>,
}

impl Bounds {
    /// Within these folders; anywhere if there are none.
    pub(super) fn new(folders: &[PathBuf]) -> Bounds {
        let real = |folder: &PathBuf| folder.canonicalize().unwrap_or_else(|_| folder.clone());
        Bounds { folders: folders.iter().map(real).collect(), known: Mutex::default() }
    }

    /// Whether `file` may be read; what isn't there may be asked for.
    pub(super) fn has(&self, file: &Path) -> bool {
        if self.folders.is_empty() {
            return true;
        }
        if file.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
            return file.canonicalize().is_ok_and(|real| self.is_within(&real));
        }
        let Some(folder) = file.parent() else { return false };
        if let Some(known) = locked(&self.known).get(folder) {
            return *known;
        }
        let is_within = folder.canonicalize().is_ok_and(|real| self.is_within(&real));
        locked(&self.known).insert(folder.to_owned(), is_within);
        is_within
    }

    fn is_within(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder))
    }
}
