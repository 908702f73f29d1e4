//! A workspace that somebody works on.
//!
//! In: a [`Request`], then edits, changed files, other requests, as they come. Out: at any time the findings
//! ([`Session::check`]), the same that a fresh run over the same files would have. Of a file that can't be parsed, what it said when
//! it could counts: a bracket that is not closed yet must not change what is found.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::{Analysed, CheckError, Checked, Request, Workspace, assess};
use crate::load::KnownFiles;

/// What happened to a file on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDisk {
    /// It holds something else.
    Changed,
    /// It came or went.
    Moved,
}

/// See the module.
#[derive(Debug)]
pub struct Session {
    request: Request,
    workspace: Workspace,
    stale: Stale,
}

/// What is not as it was when it was looked at last.
#[derive(Debug, Default)]
struct Stale {
    files: BTreeSet<PathBuf>,
    /// The trees of modules.
    tree: bool,
    /// The packages and their targets.
    packages: bool,
    /// What files are read with.
    facts: bool,
}

impl Session {
    /// Finds the packages and reads their files. Nothing is analysed yet.
    ///
    /// # Errors
    /// When there is nothing to check.
    pub fn open(request: Request) -> Result<Session, CheckError> {
        let workspace = Workspace::open(&request)?;
        Ok(Session { request, workspace, stale: Stale::default() })
    }

    /// What is asked for.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Whether a file is part of the program.
    #[must_use]
    pub fn has_file(&self, path: &Path) -> bool {
        self.workspace.has_file(path)
    }

    /// Whether something changed since the last look.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        let Stale { files, tree, packages, facts } = &self.stale;
        !files.is_empty() || *tree || *packages || *facts
    }

    /// A text stands for a file from now on, or what is on disk again.
    pub fn edit(&mut self, path: &Path, text: Option<Arc<str>>) {
        let overlay = Arc::make_mut(&mut self.request.overlay);
        let before = match text {
            Some(text) => overlay.insert(path.to_owned(), text),
            None => overlay.remove(path),
        };
        if self.workspace.has_file(path) {
            self.stale.files.insert(path.to_owned());
        }
        // A file that is in an editor only may be one that a module waits for.
        self.stale.tree |= before.is_some() != self.request.overlay.contains_key(path) && !path.is_file();
    }

    /// A file on disk is not what it was.
    pub fn touch(&mut self, path: &Path, what: OnDisk) {
        if path.extension().is_none_or(|extension| extension != "rs") {
            self.stale.packages = true;
        } else if what == OnDisk::Moved {
            // It may be a target of its own; and where a buffer stands for it, nothing else changes.
            self.stale.packages = true;
        } else if self.workspace.has_file(path) {
            self.stale.files.insert(path.to_owned());
        }
    }

    /// Asks for something else; what is open in an editor stays.
    pub fn ask(&mut self, request: Request) {
        let request = Request { overlay: self.request.overlay.clone(), ..request };
        self.stale.packages = true;
        self.stale.facts |= request.all_targets != self.request.all_targets
            || !request.catalogs.is_empty()
            || !self.request.catalogs.is_empty();
        self.request = request;
    }

    /// Looks at what changed.
    ///
    /// # Errors
    /// When there is nothing to check any more; what was there before stays until the packages change again.
    pub fn refresh(&mut self) -> Result<(), CheckError> {
        let Stale { files, tree, packages, facts } = std::mem::take(&mut self.stale);
        if packages || facts {
            let known = if facts { KnownFiles::default() } else { self.workspace.known_files() };
            self.workspace = Workspace::open_again(&self.request, &known)?;
            return Ok(());
        }
        let mut tree = tree;
        for path in files {
            tree |= self.workspace.reread(&self.request, &path);
        }
        if tree {
            self.workspace.follow(&self.request);
        }
        Ok(())
    }

    /// The findings as of now.
    ///
    /// # Errors
    /// As [`Session::refresh`].
    pub fn check(&mut self) -> Result<Checked, CheckError> {
        let Session { request, .. } = self;
        let request = request.clone();
        self.analyse(|analysed| assess(&request, analysed))
    }

    /// Analyses what is there now, and hands it to `ask`.
    ///
    /// # Errors
    /// As [`Session::refresh`].
    pub fn analyse<R>(&mut self, ask: impl FnOnce(&Analysed<'_, '_>) -> R) -> Result<R, CheckError> {
        self.refresh()?;
        Ok(self.workspace.analyse(&self.request, ask))
    }
}
