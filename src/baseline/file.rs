//! A baseline as JSON.
//!
//! In: text. Out: a [`Baseline`], and the other way round. One object with `schema_version` and `findings`, pretty-printed,
//! in a stable order, so that changes of it can be reviewed. Unknown keys are errors: a misspelt `reason` would be lost.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Baseline, Entry};
use crate::source::read::{Kind, ReadError, read_text};

/// The file's name where none is given; it lies in the root of the workspace.
pub const DEFAULT_NAME: &str = "connlint-baseline.json";

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema_version: u32,
    findings: Vec<Entry>,
}

/// Why a baseline cannot be used: the user's mistake, or that of who edited the file.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("the baseline {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// It is no baseline.
    #[error("{}:{line}:{column}: not a baseline: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
        /// What is wrong, a phrase.
        message: String,
    },
    /// It was written by a later release.
    #[error("the baseline {} has schema_version {version}; this release knows {SCHEMA_VERSION}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says.
        version: u32,
    },
    /// It cannot be written.
    #[error("the baseline {} cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl BaselineError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            BaselineError::Read { .. } => {
                "`connlint baseline write` makes one; `--no-baseline` does without".to_owned()
            }
            BaselineError::Malformed { .. } => {
                "mend it by hand or take it from the last commit; `connlint baseline write` makes a new one".to_owned()
            }
            BaselineError::Version { .. } => "use the release of connlint that wrote it, or a later one".to_owned(),
            BaselineError::Write { .. } => "name another file with `--baseline FILE`".to_owned(),
        }
    }
}

impl Baseline {
    /// Reads a file; errors call it `shown`.
    ///
    /// # Errors
    /// When it cannot be read or is not a baseline.
    pub fn read(path: &Path, shown: &Path) -> Result<Baseline, BaselineError> {
        let read = |source| BaselineError::Read { path: shown.to_owned(), source };
        let text = read_text(path, Kind::Regular).map_err(read)?;
        Self::parse(&text, shown)
    }

    /// Reads a text; `path` is for the error.
    ///
    /// # Errors
    /// When it is not a baseline.
    pub fn parse(text: &str, path: &Path) -> Result<Baseline, BaselineError> {
        let path = || path.to_owned();
        let malformed = |error: serde_json::Error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            BaselineError::Malformed { path: path(), line: error.line(), column: error.column(), message }
        };
        let document: Document = serde_json::from_str(text).map_err(malformed)?;
        if document.schema_version != SCHEMA_VERSION {
            return Err(BaselineError::Version { path: path(), version: document.schema_version });
        }
        Ok(Baseline { entries: document.findings })
    }

    /// The text of the file.
    ///
    /// # Errors
    /// None that can happen: strings and numbers can always be written.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let document = Document { schema_version: SCHEMA_VERSION, findings: self.entries.clone() };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    /// Writes a file; errors call it `shown`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path, shown: &Path) -> Result<(), BaselineError> {
        let text = self.to_text().map_err(std::io::Error::from);
        let written = text.and_then(|text| std::fs::write(path, text));
        written.map_err(|source| BaselineError::Write { path: shown.to_owned(), source })
    }
}
