//! What the command line says about output.
//!
//! In: the command line. Out: [`OutputArgs`]. Whether they agree is found out by [`super::Outputs`].

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use thiserror::Error;

use crate::report::Format;

/// How and where `connlint check` writes its reports.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// How findings are written to standard output [default: human]
    ///
    /// Under GitHub Actions (GITHUB_ACTIONS=true) the default has annotations for the changed lines, too.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write a report into a file, whatever goes to standard output; may be repeated
    ///
    /// `--output sarif=connlint.sarif --output junit=connlint.xml` writes two files, and the report for people to
    /// standard output. `--output json=-` is `--format json`. A file is replaced whole.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub output: Vec<Output>,
    /// Whether SARIF has results for findings that are suppressed or in the baseline, marked as such
    ///
    /// `auto` leaves them out under GitHub Actions: GitHub's code scanning takes no notice of the marks and would open
    /// an alert for each.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub sarif_withheld: When,
    /// Add a table of counts per rule
    #[arg(long)]
    pub statistics: bool,
    /// Write findings and problems only: no summary, no hints
    #[arg(short, long)]
    pub quiet: bool,
}

/// Commands of cargo whose messages are compiler messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CargoCommand {
    /// `cargo check`
    Check,
    /// `cargo clippy`
    Clippy,
}

impl CargoCommand {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CargoCommand::Check => "check",
            CargoCommand::Clippy => "clippy",
        }
    }
}

/// When something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum When {
    /// As the surroundings suggest
    #[default]
    Auto,
    /// In any case
    Always,
    /// Not at all
    Never,
}

/// An `--output FORMAT=PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The form.
    pub format: Format,
    /// The file; none for standard output.
    pub path: Option<PathBuf>,
}

/// Why a text is not an [`Output`]: the user's mistake.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutputSyntaxError {
    /// There is no `=`, or nothing behind it.
    #[error("expected FORMAT=PATH, e.g. sarif=connlint.sarif; the path `-` is standard output")]
    Form,
    /// No such format.
    #[error("there is no format `{format}`; there are {known}")]
    Format {
        /// As written.
        format: String,
        /// The names of the formats.
        known: String,
    },
}

impl FromStr for Output {
    type Err = OutputSyntaxError;

    fn from_str(text: &str) -> Result<Output, OutputSyntaxError> {
        let (format, path) =
            text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or(OutputSyntaxError::Form)?;
        let known = Format::value_variants();
        match known.iter().find(|one| one.name() == format) {
            Some(found) => Ok(Output { format: *found, path: (path != "-").then(|| path.into()) }),
            None => Err(OutputSyntaxError::Format {
                format: format.to_owned(),
                known: known.iter().map(|one| one.name()).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}
