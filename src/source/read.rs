//! Reading files that somebody else wrote.
//!
//! In: a path. Out: the text, or a [`ReadError`] that says why not and what to do. What a checkout names may be a device, a pipe
//! that nobody writes to, or too large for the memory: it is looked at before it is read.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use thiserror::Error;

/// As many bytes may a file have. The largest Rust files that were seen, generated ones, have a third of it; parsing takes some
/// hundred times as much memory.
pub const MAX_FILE: u64 = 32 << 20;

/// Why a file's text is not at hand.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The system says no.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A pipe, a device, a socket.
    #[error("cannot be read: no regular file")]
    Special,
    /// More than [`MAX_FILE`].
    #[error("cannot be read: larger than {} MB", MAX_FILE >> 20)]
    Large,
    /// Some bytes are no text.
    #[error("not valid UTF-8")]
    Utf8 {
        /// The 1-based line of the first of them.
        line: u32,
    },
}

impl ReadError {
    /// The line that it is about; 0 for the whole file.
    #[must_use]
    pub fn line(&self) -> u32 {
        match self {
            ReadError::Utf8 { line } => *line,
            _ => 0,
        }
    }
}

/// Which files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Regular ones only: what a checkout names.
    Regular,
    /// Any, pipes too: what the user names.
    Any,
}

/// The text of a file.
///
/// # Errors
/// When it is not of the `kind`, too large, no text, or can't be read.
pub fn read_text(path: &Path, kind: Kind) -> Result<String, ReadError> {
    // Opening a pipe waits for somebody who writes.
    if kind == Kind::Regular && !path.metadata()?.is_file() {
        return Err(ReadError::Special);
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > MAX_FILE {
        return Err(ReadError::Large);
    }
    // It may have grown meanwhile, or be a device that never ends.
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(ReadError::Large);
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let lines = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        ReadError::Utf8 { line: u32::try_from(lines).unwrap_or(u32::MAX) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_said() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a");
        let said = |kind| read_text(&file, kind).map_err(|error| (error.to_string(), error.line()));
        std::fs::write(&file, "é").expect("it can be written");
        assert_eq!(said(Kind::Regular), Ok("é".to_owned()));
        std::fs::write(&file, b"a\nb\xff").expect("it can be written");
        assert_eq!(said(Kind::Any), Err(("not valid UTF-8".to_owned(), 2)));
        File::create(&file).and_then(|file| file.set_len(MAX_FILE + 1)).expect("it can be written");
        assert_eq!(said(Kind::Regular), Err(("cannot be read: larger than 32 MB".to_owned(), 0)));
        assert!(matches!(read_text(folder.path(), Kind::Regular), Err(ReadError::Special)));
        assert!(matches!(read_text(&folder.path().join("b"), Kind::Regular), Err(ReadError::Io(_))));
    }

    #[cfg(unix)]
    #[test]
    fn devices_do_not_fill_the_memory() {
        assert!(matches!(read_text(Path::new("/dev/zero"), Kind::Regular), Err(ReadError::Special)));
        assert!(matches!(read_text(Path::new("/dev/zero"), Kind::Any), Err(ReadError::Large)));
    }
}
