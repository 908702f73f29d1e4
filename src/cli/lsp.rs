//! `connlint lsp`: the language server on the standard streams.
//!
//! In: messages on standard input. Out: messages on standard output, and the exit code that the protocol wants.

use std::io::{BufReader, stdin, stdout};
use std::path::Path;

use super::Outcome;
use super::run::{Failure, pages};
use super::settings::{Asked, Settings};
use crate::check::Request;
use crate::config::{Choice, Config};
use crate::lsp::{End, SetupError, Wishes, serve};

pub(super) fn lsp() -> Result<Outcome, Failure> {
    let end = serve(BufReader::new(stdin()), stdout(), Box::new(setup)).map_err(Failure::Server)?;
    Ok(match end {
        End::Asked => Outcome::Clean,
        // The protocol's code for it is 1.
        End::Abrupt => Outcome::Findings,
    })
}

/// What is checked in a folder, or of a file, in an editor.
fn setup(path: &Path, wishes: &Wishes) -> Result<Request, SetupError> {
    request(path, wishes).map_err(|failure| match failure {
        Failure::Config(error) => SetupError::Config(error),
        other => SetupError::Other { message: other.to_string(), help: other.help() },
    })
}

fn request(path: &Path, wishes: &Wishes) -> Result<Request, Failure> {
    let cwd = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let paths = vec![path.to_owned()];
    let choice = wishes.config.clone().map_or(Choice::Nearest, Choice::Named);
    let config = Config::load(&choice, &paths, cwd)?;
    let asked = Asked { pedantic: wishes.pedantic, all_targets: wishes.all_targets, ..Asked::default() };
    let settings = Settings::new(&asked, config, pages()?, cwd)?;
    let baseline = super::baseline::known_of(path, &settings, cwd)?;
    Ok(Request { baseline, ..settings.request(paths, cwd) })
}
