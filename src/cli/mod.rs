//! The command line: what a user asks for, and how a run ends.
//!
//! In: arguments and the state of the terminal. Out: a [`Cli`], the [`Style`](crate::report::Style) of the output, the
//! level of each rule, an [`Outcome`]. [`run()`] alone analyses and prints.

pub mod args;
mod bar;
mod baseline;
pub mod cargo;
mod config;
mod examples;
mod fix;
mod generated;
pub mod levels;
mod lsp;
pub mod outcome;
pub mod output;
pub mod run;
mod settings;
pub mod style;
mod why;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

pub use args::{CheckArgs, Cli, Command};
pub use levels::{LevelChange, UnknownRule, known_rule, levels};
pub use outcome::Outcome;
pub use run::run;
pub use style::{Environment, style};

/// Reads the arguments of `connlint`, the program's name first.
///
/// # Errors
/// What clap has to say: a mistake in the arguments, or the help or version that was asked for
/// ([`clap::Error::exit_code`] tells them apart).
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    read(command(), args.into_iter().collect())
}

/// Reads the arguments of `cargo-connlint`, which cargo calls with its own name for the command as first argument.
///
/// Without a command, `check` is meant: `cargo connlint --format json` is `connlint check --format json`.
///
/// # Errors
/// As [`parse`].
pub fn parse_cargo(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let command = command().bin_name("cargo connlint");
    let mut args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|arg| arg == "connlint") {
        args.remove(1);
    }
    let first = args.get(1).map(|arg| arg.to_string_lossy());
    let plain = match first.as_deref() {
        None => true,
        Some("-h" | "--help" | "-V" | "--version") => false,
        Some(arg) => arg.starts_with('-') && read(command.clone(), args.clone()).is_err(),
    };
    if plain {
        args.insert(1.min(args.len()), "check".into());
    }
    read(command, args)
}

/// The command line. `connlint baseline` runs as `check` does, and its help leaves out what it makes no use of.
fn command() -> clap::Command {
    const OF_CHECK: [&str; 6] = ["format", "quiet", "no_baseline", "strict_baseline", "since", "staged"];
    let hide = |arg: clap::Arg| if OF_CHECK.contains(&arg.get_id().as_str()) { arg.hide(true) } else { arg };
    let command = Cli::command().mut_subcommand("config", |config| {
        config.mut_subcommand("show", |command| command.mut_args(hide).after_help(examples::CONFIG_SHOW))
    });
    command.mut_subcommand("baseline", |baseline| {
        examples::OF_BASELINE.into_iter().fold(baseline, |baseline, (name, examples)| {
            baseline.mut_subcommand(name, |command| command.mut_args(hide).after_help(examples))
        })
    })
}

fn read(mut command: clap::Command, args: Vec<OsString>) -> Result<Cli, clap::Error> {
    let matches = command.try_get_matches_from_mut(args)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

#[cfg(test)]
mod tests;
