//! The workspaces that are looked at: the client's folders, and what encloses files that are open and in none of them.
//!
//! In: folders, edits, changed files. Out: the [`Root`]s, each with a session, or with the reason why it has none.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::settings::Wishes;
use super::snapshot::Snapshot;
use crate::baseline::DEFAULT_NAME;
use crate::check::{CheckError, Request};
use crate::config::{ConfigError, FILE_NAME};
use crate::discover::{nearest_manifest, workspace_around};
use crate::progress::Progress;
use crate::session::{OnDisk, Session};
use crate::source::Overlay;

/// What is to be checked in a folder (or of a file), and how, by its configuration and what the user wishes.
pub type Setup = dyn Fn(&Path, &Wishes) -> Result<Request, SetupError> + Send;

/// Why it is not known how a folder is to be checked.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The user's: the configuration is wrong.
    #[error(transparent)]
    Config(ConfigError),
    /// Anything else.
    #[error("{message}")]
    Other {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
}

/// A workspace.
pub(super) struct Root {
    /// The folder; a single file when it is in no package.
    pub(super) path: PathBuf,
    /// It is not one of the client's folders, and goes when no file of it is open.
    pub(super) is_loose: bool,
    pub(super) session: Option<Session>,
    /// What the client was last told is not what is there now.
    pub(super) is_due: bool,
    /// The configuration has to be read again.
    pub(super) is_unconfigured: bool,
    pub(super) last: Arc<Snapshot>,
    pub(super) progress: Progress,
}

/// What came of an attempt to have a root's session ready.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Check(#[from] CheckError),
}

impl Root {
    pub(super) fn new(path: PathBuf, is_loose: bool) -> Root {
        Root {
            path,
            is_loose,
            session: None,
            is_due: true,
            is_unconfigured: true,
            last: Arc::default(),
            progress: Progress::default(),
        }
    }

    /// The root for a file that is in none of the folders.
    pub(super) fn around(file: &Path) -> Root {
        let is_in_package = nearest_manifest(file).is_some();
        Root::new(if is_in_package { workspace_around(file) } else { file.to_owned() }, true)
    }

    pub(super) fn has(&self, path: &Path) -> bool {
        path.starts_with(&self.path)
    }

    /// A text stands for a file, or what is on disk.
    pub(super) fn edit(&mut self, path: &Path, text: Option<Arc<str>>) {
        if let Some(session) = &mut self.session {
            session.edit(path, text);
            self.is_due |= session.is_stale();
        }
    }

    /// A file on disk changed.
    pub(super) fn touch(&mut self, path: &Path, what: OnDisk) {
        let name = path.file_name().unwrap_or_default();
        let configures = name == FILE_NAME || name == DEFAULT_NAME || name == "Cargo.toml";
        self.is_unconfigured |= configures;
        match &mut self.session {
            Some(session) => {
                session.touch(path, what);
                self.is_due |= session.is_stale() || configures;
            }
            // There may be something to check now.
            None => self.is_due |= self.has(path),
        }
    }

    /// Reads the configuration if need be, and opens a session if there is none.
    pub(super) fn ready(&mut self, setup: &Setup, wishes: &Wishes, open: &Overlay) -> Result<&mut Session, Trouble> {
        if self.is_unconfigured || self.session.is_none() {
            self.is_unconfigured = false;
            let request = Request { progress: self.progress.clone(), ..setup(&self.path, wishes)? };
            match &mut self.session {
                Some(session) => session.ask(request),
                None => {
                    let overlay = Arc::new(open.clone());
                    self.session = Some(Session::open(Request { overlay, ..request })?);
                }
            }
        }
        match &mut self.session {
            Some(session) => Ok(session),
            None => Err(SetupError::Other { message: "nothing to check".to_owned(), help: None }.into()),
        }
    }
}
