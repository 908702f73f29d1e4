//! Where reports go: one form to standard output, any number into files.
//!
//! In: `--format` and `--output`, and the surroundings. Out: [`Outputs`], and with a report the bytes. Files are written
//! whole or not at all: to a temporary file beside them, which then takes their place.

mod args;

use std::io::{self, Write};
use std::path::PathBuf;

use thiserror::Error;

pub use args::{CargoCommand, Output, OutputArgs, OutputSyntaxError, When};

use super::args::DisplayArgs;
use super::cargo::Cargo;
use super::{Environment, style};
use crate::check::Checked;
use crate::finding::Report;
use crate::report::{Format, Style, build_finished, compiler_messages, render};
use crate::source::{Sources, write_whole};

/// Why reports can't be written where they should go.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The user's: two forms would be mixed.
    #[error("standard output takes one format, but {first} and {second} are asked for")]
    Stdout {
        /// A format's name.
        first: String,
        /// Another's, or the same.
        second: String,
    },
    /// The user's: cargo's messages are of one form.
    #[error("--with-cargo writes rustc-json to standard output, but {format} is asked for")]
    Cargo {
        /// The format's name.
        format: String,
    },
    /// The user's: one report would replace the other.
    #[error("{path} is named twice")]
    SameFile {
        /// As given.
        path: PathBuf,
    },
    /// The user's: the file can't be written.
    #[error("cannot write {path}: {cause}")]
    File {
        /// As given.
        path: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
}

impl OutputError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            OutputError::Stdout { .. } | OutputError::Cargo { .. } => {
                "write all but one into files: `--output sarif=connlint.sarif`"
            }
            OutputError::SameFile { .. } => "give each format a file of its own",
            OutputError::File { .. } => "name a file in a folder that exists and can be written to",
        }
    }
}

/// Where the reports of a run go, and how they are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outputs {
    /// What standard output gets.
    pub stdout: Format,
    /// What files get.
    pub files: Vec<(Format, PathBuf)>,
    /// Whether somebody watches the run and wants to know how far it is.
    pub progress: bool,
    style: Style,
    file_style: Style,
}

impl Outputs {
    /// What `args` ask for. Standard output gets the report for people unless something else is asked for; under GitHub
    /// Actions with annotations, beside cargo that of the compiler.
    ///
    /// # Errors
    /// When two reports would go to one place.
    pub fn new(
        args: &OutputArgs,
        cargo: Option<CargoCommand>,
        display: &DisplayArgs,
        environment: &Environment,
    ) -> Result<Outputs, OutputError> {
        let mut stdout: Option<Format> = args.format;
        let mut files: Vec<(Format, PathBuf)> = Vec::new();
        for Output { format, path } in &args.output {
            match path {
                None => {
                    if let Some(first) = stdout.replace(*format) {
                        return Err(OutputError::Stdout { first: first.name(), second: format.name() });
                    }
                }
                Some(path) if files.iter().any(|(_, other)| other == path) => {
                    return Err(OutputError::SameFile { path: path.clone() });
                }
                Some(path) => files.push((*format, path.clone())),
            }
        }
        let usual = match cargo {
            Some(_) => Format::RustcJson,
            None if environment.github_actions => Format::Annotated,
            None => Format::Human,
        };
        if let Some(format) = stdout.filter(|format| cargo.is_some() && *format != Format::RustcJson) {
            return Err(OutputError::Cargo { format: format.name() });
        }
        let withheld = match args.sarif_withheld {
            When::Always => true,
            When::Never => false,
            When::Auto => !environment.github_actions,
        };
        let drawn = |environment: &Environment| Style {
            statistics: args.statistics,
            withheld,
            ..style(display, args.quiet, environment)
        };
        Ok(Outputs {
            stdout: stdout.unwrap_or(usual),
            files,
            progress: environment.watched && !args.quiet && cargo.is_none(),
            style: drawn(environment),
            file_style: drawn(&Environment::default()),
        })
    }

    /// Writes the reports of `checked`, then what `cargo` says; whether that succeeded.
    ///
    /// # Errors
    /// Those of `out`; the first file that can't be written.
    pub(super) fn write(
        &self,
        Checked { report, sources, .. }: &Checked,
        cargo: Option<Cargo>,
        out: &mut dyn Write,
    ) -> Result<bool, WriteError> {
        for (format, path) in &self.files {
            let mut text = Vec::new();
            render(*format, report, sources, &self.file_style, &mut text)?;
            write_whole(path, &text).map_err(|cause| OutputError::File { path: path.clone(), cause })?;
        }
        let is_built = match cargo {
            None => render(self.stdout, report, sources, &self.style, out).map(|()| true),
            Some(cargo) => with_cargo(report, sources, cargo, out),
        };
        let is_built = is_built?;
        out.flush()?;
        Ok(is_built)
    }
}

/// Our messages first, since cargo takes longer, and one end for both.
fn with_cargo(report: &Report, sources: &Sources, cargo: Cargo, out: &mut dyn Write) -> io::Result<bool> {
    compiler_messages(report, sources, out)?;
    out.flush()?;
    let is_built = cargo.pass_on(out)?;
    build_finished(is_built && report.summary.errors == 0, out)?;
    Ok(is_built)
}

/// Why [`Outputs::write`] stopped.
#[derive(Debug, Error)]
pub(super) enum WriteError {
    /// Standard output.
    #[error(transparent)]
    Stdout(#[from] io::Error),
    /// A file.
    #[error(transparent)]
    File(#[from] OutputError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(text: &[&str], environment: &Environment) -> Result<Outputs, String> {
        let args = ["connlint", "check"].iter().chain(text).map(std::ffi::OsString::from);
        let cli = crate::cli::parse(args).map_err(|error| error.to_string())?;
        let crate::cli::Command::Check(args) = cli.command else { panic!("not a check") };
        Outputs::new(&args.output, args.with_cargo, &cli.display, environment).map_err(|error| error.to_string())
    }

    #[test]
    fn one_form_to_standard_output_any_into_files() {
        let here = Environment::default();
        let stdout = |text: &[&str]| outputs(text, &here).map(|outputs| outputs.stdout);
        assert_eq!(stdout(&[]), Ok(Format::Human));
        assert_eq!(stdout(&["--format", "json"]), Ok(Format::Json));
        assert_eq!(stdout(&["--output", "json=-"]), Ok(Format::Json));
        assert_eq!(stdout(&["--output", "json=a"]), Ok(Format::Human));
        let both = outputs(&["--output", "sarif=a=b", "--output", "short=-", "--output", "json=c"], &here);
        let both = both.expect("well-formed");
        assert_eq!((both.stdout, both.files.len()), (Format::Short, 2));
        assert_eq!(both.files[0], (Format::Sarif, "a=b".into()));
        for text in [
            ["--format", "json", "--output", "human=-"].as_slice(),
            &["--output", "json=-", "--output", "json=-"],
            &["--output", "json=a", "--output", "short=a"],
            &["--output", "xml=a"],
            &["--output", "json"],
            &["--output", "json="],
        ] {
            assert!(outputs(text, &here).is_err(), "{text:?}");
        }
    }

    #[test]
    fn github_actions_gets_annotations_and_no_withheld_results_unless_told_otherwise() {
        let github = Environment { github_actions: true, ..Environment::default() };
        let asked = |text: &[&str]| {
            let outputs = outputs(text, &github).expect("well-formed");
            (outputs.stdout, outputs.style.withheld)
        };
        assert_eq!(asked(&[]), (Format::Annotated, false));
        assert_eq!(asked(&["--output", "sarif=a"]), (Format::Annotated, false));
        assert_eq!(asked(&["--format", "short", "--sarif-withheld", "always"]), (Format::Short, true));
        assert_eq!(asked(&["--with-cargo", "check"]), (Format::RustcJson, false));
    }

    #[test]
    fn cargo_wants_standard_output() {
        let here = Environment { watched: true, ..Environment::default() };
        assert!(outputs(&[], &here).expect("well-formed").progress);
        let beside = outputs(&["--with-cargo", "clippy", "--output", "human=a", "--", "-p", "x"], &here);
        let beside = beside.expect("well-formed");
        assert_eq!((beside.stdout, beside.progress), (Format::RustcJson, false));
        assert!(outputs(&["--with-cargo", "check", "--format", "rustc-json"], &here).is_ok());
        assert!(outputs(&["--with-cargo", "check", "--format", "human"], &here).is_err());
        assert!(outputs(&["--", "-p", "x"], &here).is_err(), "arguments of no command");
    }
}
