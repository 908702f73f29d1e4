//! Carrying out a command line.
//!
//! In: [`Cli`]. Out: text on the given writers and an [`Outcome`]. The only part that prints.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::{CheckArgs, Cli, Command, ExplainArgs, RulesArgs, TextFormat};
use super::bar::Bar;
use super::cargo::{Cargo, CargoError};
use super::fix::fixed;
use super::generated::{self, ManError};
use super::output::{OutputError, Outputs, WriteError};
use super::settings::{Asked, Settings};
use super::{Environment, Outcome, known_rule, style};
use crate::baseline::BaselineError;
use crate::changed::{Against, ChangedError};
use crate::check::{self, CheckError, Heed, Request};
use crate::config::{Config, ConfigError};
use crate::fix::SaveError;
use crate::report::{Style, clean, render_mistakes};
use crate::rules::page::{self, RulePage, render_page, rules_json, rules_table};

/// The stack of worker threads in bytes: deeply nested expressions are walked recursively.
const STACK: usize = 64 << 20;

/// Carries out a command; what can't be done is said on `err`.
pub fn run(cli: &Cli, environment: &Environment, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    match dispatch(cli, environment, out, err) {
        Ok(outcome) => outcome,
        // Whoever reads our output may stop reading: `connlint check | head`.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Clean,
        Err(Failure::Config(error)) => {
            let watched = Environment { terminal: environment.watched, ..*environment };
            let _ = err.write_all(render_mistakes(&error, &style(&cli.display, false, &watched)).as_bytes());
            Outcome::Failed
        }
        Err(failure) => {
            // Nothing can be done if even this can't be written.
            let _ = writeln!(err, "error: {}", clean(&failure.to_string()));
            if let Some(help) = failure.help() {
                let _ = writeln!(err, "  help: {}", clean(&help));
            }
            Outcome::Failed
        }
    }
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    #[error("{0}")]
    Check(#[from] CheckError),
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{} is there already", .0.display())]
    ConfigExists(PathBuf),
    #[error("{} configures connlint already", .0.display())]
    MetadataExists(PathBuf),
    #[error("cannot write {}: {}", .0.display(), .1)]
    Write(PathBuf, io::Error),
    #[error("no catalogue has the family `{0}`")]
    Family(String, Vec<String>),
    #[error("{0}")]
    Rule(#[from] super::UnknownRule),
    #[error("{0}")]
    Baseline(#[from] BaselineError),
    #[error("there is a baseline already: {}", .0.display())]
    BaselineExists(PathBuf),
    #[error("{0}")]
    Target(#[from] OutputError),
    #[error("{0}")]
    Save(#[from] SaveError),
    #[error("git does not say which files differ from the last commit: {0}")]
    Dirty(#[from] ChangedError),
    #[error("{0}")]
    Cargo(#[from] CargoError),
    #[error("a rule page is broken: {0}; please report this")]
    Page(&'static page::PageError),
    #[error("{0}")]
    Man(#[from] ManError),
    #[error("the current folder cannot be found: {0}")]
    Cwd(io::Error),
    #[error("the server cannot be started: {0}")]
    Server(io::Error),
    #[error("no worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Failure {
        match error {
            WriteError::Stdout(error) => Failure::Output(error),
            WriteError::File(error) => Failure::Target(error),
        }
    }
}

impl Failure {
    pub(super) fn help(&self) -> Option<String> {
        match self {
            Failure::Output(_) => Some("make room there, or send it elsewhere".to_owned()),
            Failure::Cwd(_) => Some("go to a folder that is there".to_owned()),
            Failure::Threads(_) => Some("ask for fewer with `--threads`".to_owned()),
            Failure::Rule(unknown) => Some(unknown.help()),
            Failure::Family(_, known) => Some(format!("there are {}, and `all`", known.join(", "))),
            Failure::ConfigExists(_) => Some("`connlint config show` tells what is in force".to_owned()),
            Failure::MetadataExists(_) => Some("move its table into a connlint.toml, or go on with it".to_owned()),
            Failure::Write(..) => Some("look at the permissions of the folder".to_owned()),
            Failure::Target(error) => Some(error.help().to_owned()),
            Failure::Man(_) => Some("name a folder that you may write to".to_owned()),
            Failure::Save(SaveError::Write { .. }) => {
                Some("look at the permissions of the file and its folder".to_owned())
            }
            Failure::Save(SaveError::Changed { .. }) => Some("nothing was written: run it again".to_owned()),
            Failure::Dirty(_) => Some("run `git status` to see more, or say `--allow-dirty`".to_owned()),
            Failure::Cargo(_) => Some("install cargo, or name it in the variable CARGO".to_owned()),
            Failure::Check(CheckError::Discover(error)) => Some(match error {
                crate::discover::DiscoverError::Path { .. } => "name folders or .rs files that exist".to_owned(),
                crate::discover::DiscoverError::NoManifest { .. } => {
                    "run connlint in a Cargo project, or name a folder or file: `connlint check src/main.rs`".to_owned()
                }
                crate::discover::DiscoverError::Nothing { .. } => {
                    "name a folder that holds a Cargo.toml with members, or .rs files".to_owned()
                }
            }),
            Failure::Check(CheckError::Changed(error)) => Some(error.help()),
            Failure::Baseline(error) => Some(error.help()),
            Failure::BaselineExists(_) => Some(
                "`connlint baseline write --update` adds what is new and keeps the rest; `prune` removes what is gone"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

fn dispatch(
    cli: &Cli,
    environment: &Environment,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Outcome, Failure> {
    match &cli.command {
        Command::Check(args) => {
            let outputs = Outputs::new(&args.output, args.with_cargo, &cli.display, environment)?;
            check(args, &outputs, out, err)
        }
        Command::Baseline(args) => {
            let style = style(&cli.display, false, environment);
            super::baseline::baseline(&args.command, &style, out)
        }
        Command::Why(args) => {
            let style = style(&cli.display, false, environment);
            super::why::why(args, &style, out)
        }
        Command::Explain(args) => {
            let style = style(&cli.display, false, environment);
            explain(args, &style, out)
        }
        Command::Rules(args) => {
            let style = style(&cli.display, false, environment);
            list_rules(args, &style, out)
        }
        Command::Completions(args) => {
            generated::completions(super::command(), args.shell, out)?;
            Ok(Outcome::Clean)
        }
        Command::Man(args) => {
            match &args.out {
                Some(folder) => generated::man_pages(super::command(), folder)?,
                None => generated::man(super::command(), out)?,
            }
            Ok(Outcome::Clean)
        }
        Command::Config(args) => super::config::config(&args.command, out),
        Command::Init => super::config::init(out),
        Command::Lsp(_) => super::lsp::lsp(),
    }
}

pub(super) fn pages() -> Result<&'static [RulePage], Failure> {
    page::pages().map_err(Failure::Page)
}

fn check(args: &CheckArgs, outputs: &Outputs, out: &mut dyn Write, err: &mut dyn Write) -> Result<Outcome, Failure> {
    let cwd = current_dir()?;
    let settings = settings_of(args, &cwd)?;
    let mut request = request_of(args, &settings, &cwd);
    request.baseline = super::baseline::known(args, &settings, &cwd)?;
    let threads = args.threads.map_or(0, std::num::NonZero::get);
    let cargo = args.with_cargo.map(|command| Cargo::start(command, &args.cargo_args)).transpose()?;
    let bar = outputs.progress.then(|| Bar::follow(request.progress.clone()));
    let checked = if args.fixes.is_asked() {
        let (mut patch, mut account) = (Vec::new(), Vec::new());
        let checked = in_pool(threads, || fixed(&args.fixes, &request, &mut patch, &mut account))??;
        drop(bar);
        out.write_all(&patch)?;
        // Whoever closed standard error does not want to know.
        let _ = err.write_all(&account);
        checked
    } else {
        let checked = in_pool(threads, || check::run(&request))??;
        drop(bar);
        checked
    };
    let is_built = args.fixes.diff || outputs.write(&checked, cargo, out)?;
    let summary = &checked.report.summary;
    let is_stale = args.strict_baseline && summary.stale > 0;
    Ok(if summary.errors + summary.warnings > 0 || is_stale || !is_built {
        Outcome::Findings
    } else if summary.files == 0 && !checked.report.problems.is_empty() {
        Outcome::Failed
    } else {
        Outcome::Clean
    })
}

/// What is in force for a run of `check`.
pub(super) fn settings_of(args: &CheckArgs, cwd: &Path) -> Result<Settings, Failure> {
    let config = Config::load(&args.config.choice(), &args.paths, cwd)?;
    Settings::new(&Asked::of(args), config, pages()?, cwd)
}

/// What `check` is to check, without the baseline.
pub(super) fn request_of(args: &CheckArgs, settings: &Settings, cwd: &Path) -> Request {
    let mut request = settings.request(args.paths.clone(), cwd);
    if args.no_suppressions {
        request.suppressions = Heed::Ignored;
    }
    request.against = match &args.since {
        Some(revision) => Some(Against::Revision(revision.clone())),
        None => args.staged.then_some(Against::Staged),
    };
    request
}

/// The current folder.
pub(super) fn current_dir() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(Failure::Cwd)
}

/// Runs `work` on worker threads with room for deep expressions; 0 threads: one per core.
pub(super) fn in_pool<R: Send>(
    threads: usize,
    work: impl FnOnce() -> R + Send,
) -> Result<R, rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build()?;
    Ok(pool.install(work))
}

fn explain(args: &ExplainArgs, style: &Style, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let pages = pages()?;
    known_rule(&args.rule, pages.iter().map(|page| page.id.as_str()))?;
    for page in pages.iter().filter(|page| page.id == args.rule) {
        out.write_all(render_page(page, style).as_bytes())?;
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

fn list_rules(args: &RulesArgs, style: &Style, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let pages = pages()?;
    let text = match args.format {
        TextFormat::Human => rules_table(pages, style),
        TextFormat::Json => rules_json(pages),
    };
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Outcome::Clean)
}
