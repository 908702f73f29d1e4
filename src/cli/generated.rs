//! What is made of the command line itself: completions for shells, and manual pages.
//!
//! In: the [`clap::Command`]. Out: text, or files `connlint.1`, `connlint-check.1` and so on in a folder.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

/// The program that is completed and described.
const NAME: &str = "connlint";

/// Why manual pages are not written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {cause}", .folder.display())]
pub(super) struct ManError {
    /// Where they were to go.
    folder: PathBuf,
    /// What the system says.
    cause: io::Error,
}

/// The completion script of a shell.
pub(super) fn completions(mut command: Command, shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    // Made first and written then: clap_complete panics when a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, NAME, &mut script);
    out.write_all(&script)?;
    out.flush()
}

/// `connlint(1)`.
pub(super) fn man(command: Command, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    out.write_all(&page)?;
    out.flush()
}

/// A page for each command, in a folder that is made if need be.
pub(super) fn man_pages(command: Command, folder: &Path) -> Result<(), ManError> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    written.map_err(|cause| ManError { folder: folder.to_owned(), cause })
}
