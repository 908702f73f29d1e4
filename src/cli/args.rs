//! The arguments, as clap reads them.
//!
//! In: the command line. Out: a [`Cli`] whose values are well-formed. Whether a rule or a file exists is found out by
//! those who use it.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use thiserror::Error;

use super::examples;
use super::fix::FixArgs;
use super::levels::LevelChanges;
use super::output::{CargoCommand, OutputArgs};
use crate::config::Choice;
use crate::config::form::ConfidenceWord;

/// What the exit codes mean; part of the help.
pub const EXIT_CODES: &str = "Exit codes:
  0  nothing at level warning or error
  1  findings at level warning or error
  2  the run failed: wrong arguments, nothing to check, no input that could be read

The format does not change the exit code.";

/// Finds clients, pools and connections that are built in the wrong place.
///
/// A client or pool of a networked service (Redis, HTTP, SQL and others) is built once per process and handed to whoever
/// needs it. connlint finds those that are built per request, per call, in a loop or per worker, shows by which calls
/// the place is reached, and says how to mend it. It reads sources; nothing is compiled or run.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "connlint",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100,
    after_help = examples::connlint()
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to draw text.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Check packages and report what is built in the wrong place
    Check(CheckArgs),
    /// Keep a file of known findings, so that only new ones are reported
    Baseline(BaselineArgs),
    /// Show the reasoning about the construction at a place, reported or not
    ///
    /// Prints how often the construction runs, from which root, by which chain of calls, and what becomes of the value.
    Why(WhyArgs),
    /// Explain a rule: problem, symptoms, wrong and right code, when to allow it
    Explain(ExplainArgs),
    /// List the rules with their default levels
    Rules(RulesArgs),
    /// Show the configuration in force, or the JSON Schema of its file
    Config(ConfigCommandArgs),
    /// Write a commented connlint.toml for the project of the current folder
    ///
    /// It stands in the root of the workspace and changes nothing before a line of it is uncommented. A file that is there
    /// is not touched.
    #[command(after_help = examples::INIT)]
    Init,
    /// Serve an editor: a language server on standard input and output
    ///
    /// Editors start it; docs/editor.md has their configurations. It ends with 0 when it was told to, else with 1.
    #[command(after_help = examples::LSP)]
    Lsp(LspArgs),
    /// Write the script by which a shell completes the command line
    Completions(CompletionsArgs),
    /// Write the manual pages
    Man(ManArgs),
}

/// Which file configures the run.
#[derive(Debug, Clone, Default, Args)]
pub struct ConfigArgs {
    /// The file that configures the run [default: the nearest connlint.toml, up to the root of the repository]
    ///
    /// Where there is none, the table [workspace.metadata.connlint] or [package.metadata.connlint] of the nearest Cargo.toml
    /// that has one. What the command line says counts over what the file says.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "Configuration")]
    pub config: Option<PathBuf>,
    /// Use no file
    #[arg(long, help_heading = "Configuration")]
    pub no_config: bool,
}

impl ConfigArgs {
    /// Which file is to be read.
    #[must_use]
    pub fn choice(&self) -> Choice {
        match (&self.config, self.no_config) {
            (_, true) => Choice::None,
            (Some(path), false) => Choice::Named(path.clone()),
            (None, false) => Choice::Nearest,
        }
    }
}

/// `connlint config`.
#[derive(Debug, Clone, Args)]
#[command(arg_required_else_help = true, after_help = examples::CONFIG)]
pub struct ConfigCommandArgs {
    /// What to show.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// The commands of `connlint config`.
#[derive(Debug, Clone, Subcommand)]
pub enum ConfigCommand {
    /// Show each value in force, and where it comes from: the default, a line of the file, the command line
    Show(Box<ConfigShowArgs>),
    /// Print the JSON Schema of connlint.toml
    #[command(after_help = examples::CONFIG_SCHEMA)]
    Schema,
}

/// `connlint config show`.
#[derive(Debug, Clone, Args)]
pub struct ConfigShowArgs {
    /// As `connlint check` is run.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// Where options stand that every command has: below its own. Else their place depends on the number of commands.
const LAST: usize = 100;

/// Options that say how text is drawn; they may stand before or after the command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DisplayArgs {
    /// Whether to use colour
    ///
    /// `auto` heeds NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE in this order, and else uses colour on a terminal.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, help_heading = "Output", display_order = LAST)]
    pub color: ColorChoice,
    /// Draw lines and arrows with ASCII characters only
    #[arg(long, global = true, help_heading = "Output", display_order = LAST)]
    pub ascii: bool,
    /// Width of the output in columns [default: that of the terminal, else 100]
    #[arg(
        long,
        global = true,
        value_name = "COLUMNS",
        value_parser = clap::value_parser!(u16).range(40..=1000),
        help_heading = "Output",
        display_order = LAST
    )]
    pub width: Option<u16>,
}

/// `connlint check`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples::check())]
pub struct CheckArgs {
    /// Folders or files to check [default: the Cargo workspace of the current folder]
    ///
    /// Of a folder, every package below it is checked: several workspaces, nested ones, none at the top.
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// Check tests, examples, benches and build scripts too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
        hide_possible_values = true, help_heading = "Input")]
    pub all_targets: Option<bool>,
    /// Number of threads [default: one per core]
    ///
    /// The output does not depend on it.
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub threads: Option<NonZeroUsize>,
    /// Which file configures the run.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How findings are written, and where to.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Run this cargo command, too, and pass its messages on; standard output is `rustc-json`
    ///
    /// For rust-analyzer, which runs one command only: `connlint check --with-cargo clippy`. What stands behind `--` is
    /// handed to cargo [default: --workspace --all-targets]. The exit code is 1 also when cargo fails.
    #[arg(long, value_enum, value_name = "COMMAND", help_heading = "Output")]
    pub with_cargo: Option<CargoCommand>,
    /// Arguments of the cargo command
    #[arg(last = true, value_name = "CARGO ARGUMENTS", requires = "with_cargo", help_heading = None::<&str>)]
    pub cargo_args: Vec<OsString>,
    /// Which fixes are made.
    #[command(flatten)]
    pub fixes: FixArgs,
    /// Levels of single rules.
    #[command(flatten)]
    pub levels: LevelChanges,
    /// Turn the pedantic rules on, and the pedantic parts of others; their findings do not change the exit code
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
        hide_possible_values = true, help_heading = "Levels")]
    pub pedantic: Option<bool>,
    /// How many connections one process may open to the servers of one family
    ///
    /// `oversized-pool` holds the sizes of all pools of a process against it. [default: 500]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Levels")]
    pub max_connections: Option<u64>,
    /// Families of clients to speak of, with commas between them [default: all]
    ///
    /// `redis`, `http`, `sql` … as the catalogues name them; `all` where the configuration names some.
    #[arg(long, value_name = "FAMILIES", value_delimiter = ',', help_heading = "Levels")]
    pub families: Vec<String>,
    /// Leave out findings that are less sure than this [default: low]
    #[arg(long, value_enum, value_name = "CONFIDENCE", help_heading = "Levels")]
    pub min_confidence: Option<ConfidenceWord>,
    /// Report also what comments in the source allow, and nothing about these comments
    #[arg(long, help_heading = "Old and allowed findings")]
    pub no_suppressions: bool,
    /// Report comments that allow something without saying why
    ///
    /// A reason stands after two hyphens: `// connlint: allow(client-per-call) -- one call a day`.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
        hide_possible_values = true, conflicts_with = "no_suppressions", help_heading = "Old and allowed findings")]
    pub require_reasons: Option<bool>,
    /// The file of known findings, which are not reported [default: connlint-baseline.json in the workspace's root]
    ///
    /// `connlint baseline write` makes it.
    #[arg(long, value_name = "FILE", help_heading = "Old and allowed findings")]
    pub baseline: Option<PathBuf>,
    /// Report known findings, too
    #[arg(long, conflicts_with_all = ["baseline", "strict_baseline"], help_heading = "Old and allowed findings")]
    pub no_baseline: bool,
    /// Fail also when a known finding is gone, so that `connlint baseline prune` is not forgotten
    #[arg(long, help_heading = "Old and allowed findings")]
    pub strict_baseline: bool,
    /// Report only what changed since a revision causes: `--since origin/main`
    ///
    /// The whole program is analysed. A finding is reported when the construction, or a step of the way to it, is on a
    /// line that differs between the working tree and the commit at which HEAD and REV parted. New files count that git
    /// does not track yet.
    #[arg(long, value_name = "REV", help_heading = "Old and allowed findings")]
    pub since: Option<String>,
    /// Report only what is staged causes: for a hook before a commit
    ///
    /// As --since, with the lines that `git diff --cached` shows. Files are read as they lie there.
    #[arg(long, conflicts_with = "since", help_heading = "Old and allowed findings")]
    pub staged: bool,
}

/// `connlint baseline`.
#[derive(Debug, Clone, Args)]
#[command(arg_required_else_help = true, after_help = examples::BASELINE)]
pub struct BaselineArgs {
    /// What to do with the file.
    #[command(subcommand)]
    pub command: BaselineCommand,
}

/// The commands of `connlint baseline`.
#[derive(Debug, Clone, Subcommand)]
pub enum BaselineCommand {
    /// Write what is found into the file; one that is there is touched with --update only
    Write(BaselineWriteArgs),
    /// Remove what is in the file and is not found any more
    Prune(BaselineRunArgs),
    /// List what is in the file, since when, and why
    Show(BaselineRunArgs),
}

/// `connlint baseline write`.
#[derive(Debug, Clone, Args)]
pub struct BaselineWriteArgs {
    /// Add what is new to a file that is there; what is in it keeps its date and reason
    #[arg(long)]
    pub update: bool,
    /// Why the new entries may stay
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// As `connlint check` is run.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// `connlint baseline prune`, `connlint baseline show`.
#[derive(Debug, Clone, Args)]
pub struct BaselineRunArgs {
    /// As `connlint check` is run.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// `connlint why`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples::WHY)]
pub struct WhyArgs {
    /// Where the construction stands; lines and columns count from 1
    #[arg(value_name = "FILE:LINE[:COLUMN]")]
    pub place: Place,
    /// Which file configures the run.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How the reasoning is written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    pub format: TextFormat,
}

/// `connlint explain`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples::EXPLAIN)]
pub struct ExplainArgs {
    /// The rule's id, as it stands in a finding
    #[arg(value_name = "RULE")]
    pub rule: String,
}

/// `connlint rules`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples::RULES)]
pub struct RulesArgs {
    /// How the list is written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    pub format: TextFormat,
}

/// `connlint lsp`.
#[derive(Debug, Clone, Args)]
pub struct LspArgs {
    /// Speak on the standard streams, as it does in any case
    ///
    /// Some editors add this by themselves.
    #[arg(long, hide = true)]
    pub stdio: bool,
}

/// `connlint completions`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples::COMPLETIONS)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `connlint man`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples::MAN)]
pub struct ManArgs {
    /// Write a page for each command into this folder, in place of those that are there
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// As the environment and the terminal suggest
    #[default]
    Auto,
    /// Also in files and pipes
    Always,
    /// Not at all
    Never,
}

/// Formats of other output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TextFormat {
    /// For people
    #[default]
    Human,
    /// One JSON object, for programs
    Json,
}

/// A place that `why` asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File, as written.
    pub file: PathBuf,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: Option<u32>,
}

/// Why a text is not a [`Place`]: the user's mistake.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected FILE:LINE or FILE:LINE:COLUMN, with numbers from 1 on, e.g. src/main.rs:12:9")]
pub struct PlaceError;

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Place, PlaceError> {
        let (rest, last) = split_number(text).ok_or(PlaceError)?;
        let (file, line, column) = match split_number(rest) {
            Some((file, line)) => (file, line, Some(last)),
            None => (rest, last, None),
        };
        if file.is_empty() || line == 0 || column == Some(0) {
            return Err(PlaceError);
        }
        Ok(Place { file: file.into(), line, column })
    }
}

/// `a:12` is `a` and 12; what stands before the last colon may hold colons itself.
fn split_number(text: &str) -> Option<(&str, u32)> {
    let (rest, number) = text.rsplit_once(':')?;
    Some((rest, number.parse().ok()?))
}
