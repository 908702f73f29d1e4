//! What changed: files and lines, so that a commit is judged by what it caused.
//!
//! In: a revision, or what is staged, of the git repository that a folder is in. Out: [`Changes`], which are asked about
//! the places of findings. Lines are those of the files as they lie there, since these are what is analysed.
//! `docs/baseline.md` is the description for users.

mod diff;
mod git;
mod lines;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use git::ChangedError;
pub use lines::Lines;

use crate::source::Span;

/// Compared with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// The working tree, files that are not tracked among it, with the point where `HEAD` and this revision parted.
    Revision(String),
    /// What is staged, with `HEAD`.
    Staged,
}

/// The lines that changed, by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Paths without links, `.` and `..`.
    files: BTreeMap<PathBuf, Lines>,
}

impl Changes {
    /// Asks git.
    ///
    /// # Errors
    /// When there is no git, no repository around `folder`, or no such revision.
    pub fn of(folder: &Path, against: &Against) -> Result<Changes, ChangedError> {
        let repository = git::Repository::around(folder)?;
        let files = match against {
            Against::Revision(revision) => {
                let base = repository.merge_base(revision)?;
                let mut files = diff::parse(&repository.diff(&[&base])?);
                files.extend(repository.untracked()?.into_iter().map(|file| (file, Lines::all())));
                files
            }
            Against::Staged => {
                let mut files = diff::parse(&repository.diff(&["--cached"])?);
                // What is staged is not what is analysed: its lines are where unstaged edits have moved them to.
                for (file, moved) in diff::parse(&repository.diff(&[])?) {
                    if let Some(lines) = files.get_mut(&file) {
                        *lines = lines.moved_by(&moved);
                    }
                }
                files
            }
        };
        Ok(Changes { files: files.into_iter().map(|(file, lines)| (repository.path(&file), lines)).collect() })
    }

    /// Whether a stretch of a file is among the changes. Where lines were removed, what has text before and behind them is.
    #[must_use]
    pub fn touch(&self, file: &Path, span: Span) -> bool {
        let real = file.canonicalize();
        let lines = self.files.get(real.as_deref().unwrap_or(file));
        lines.is_some_and(|lines| lines.touch(span.start.line, span.end.line))
    }

    /// Whether anything of a file changed.
    #[must_use]
    pub fn has(&self, file: &Path) -> bool {
        let real = file.canonicalize();
        self.files.contains_key(real.as_deref().unwrap_or(file))
    }

    /// How many files changed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
