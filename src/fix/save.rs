//! Writing mended files.
//!
//! In: new texts by path. Out: the files. What git says has changes of the user's own is left alone, unless it is asked for.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::changed::{Against, ChangedError, Changes};
use crate::source::{Overlay, write_whole};

/// Why a file is not written.
#[derive(Debug, Error)]
pub enum SaveError {
    /// The system's reason.
    #[error("cannot write {}: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
    /// Somebody else changed it meanwhile.
    #[error("{} changed while it was checked", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
}

/// Which files have changes that git could not bring back.
#[derive(Debug, Default)]
pub enum Untouched {
    /// Git keeps no file here, or it does not matter: none.
    #[default]
    None,
    /// Those that differ from the last commit.
    Some(Changes),
    /// There is no commit yet: all.
    All,
}

impl Untouched {
    /// Whether a file has such changes.
    #[must_use]
    pub fn has(&self, file: &Path) -> bool {
        match self {
            Untouched::None => false,
            Untouched::Some(changes) => changes.has(file),
            Untouched::All => true,
        }
    }
}

/// Asks git which files around `folder` have changes that are not committed.
///
/// # Errors
/// When git is there and fails.
pub fn untouchable(folder: &Path) -> Result<Untouched, ChangedError> {
    match Changes::of(folder, &Against::Revision("HEAD".to_owned())) {
        Ok(changes) => Ok(Untouched::Some(changes)),
        Err(ChangedError::NoGit(_) | ChangedError::NoRepository { .. }) => Ok(Untouched::None),
        Err(ChangedError::Revision { .. }) => Ok(Untouched::All),
        Err(error) => Err(error),
    }
}

/// Writes `after`, each file whole or not at all. All are looked at before the first is written.
///
/// # Errors
/// When a file is no longer as it was `before`, or can't be written.
pub fn save(before: &Overlay, after: &Overlay) -> Result<(), SaveError> {
    for (path, text) in before {
        let is_same = std::fs::read(path).is_ok_and(|found| found == text.as_bytes());
        if !is_same {
            return Err(SaveError::Changed { path: path.clone() });
        }
    }
    for (path, text) in after {
        write_whole(path, text.as_bytes()).map_err(|cause| SaveError::Write { path: path.clone(), cause })?;
    }
    Ok(())
}
