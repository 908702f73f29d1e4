//! Asking git, and nothing else: no hooks, no pagers, no programs from configuration, no locks.
//!
//! In: a folder. Out: what git says about the repository around it. The command is used rather than a library because it
//! understands every repository that its user has: worktrees, sparse and partial clones, alternates, index formats.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use thiserror::Error;

/// Why it is not known what changed.
#[derive(Debug, Error)]
pub enum ChangedError {
    /// There is no git.
    #[error("git cannot be started: {0}")]
    NoGit(std::io::Error),
    /// The folder is in no repository.
    #[error("{} is not in a git repository, so it is not known what changed", folder.display())]
    NoRepository {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no such revision.
    #[error("git knows no revision `{revision}`")]
    Revision {
        /// As written.
        revision: String,
    },
    /// The histories have nothing in common, as far as they are there.
    #[error("`HEAD` and `{revision}` have no commit in common")]
    NoMergeBase {
        /// As written.
        revision: String,
        /// The clone has only the last commits.
        shallow: bool,
    },
    /// git fails.
    #[error("`git {command}` fails: {said}")]
    Failed {
        /// The command.
        command: String,
        /// Its last words.
        said: String,
    },
}

impl ChangedError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            ChangedError::NoGit(_) => "install git, or check without `--since` and `--staged`".to_owned(),
            ChangedError::NoRepository { .. } => "check without `--since` and `--staged`".to_owned(),
            ChangedError::Revision { revision } => format!(
                "name a branch, tag or commit that was fetched: `git fetch origin {revision}`, then `--since origin/{revision}`"
            ),
            ChangedError::NoMergeBase { shallow: true, .. } => {
                "the clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` in actions/checkout".to_owned()
            }
            ChangedError::NoMergeBase { shallow: false, .. } => "name a revision that `HEAD` comes from".to_owned(),
            ChangedError::Failed { said, .. }
                if ["unable to read", "promisor", "not fetch"].iter().any(|sign| said.contains(sign)) =>
            {
                "the clone lacks objects, and connlint fetches none: `git diff` with the revision fetches them"
                    .to_owned()
            }
            ChangedError::Failed { .. } => "run the command by hand to see more".to_owned(),
        }
    }
}

/// A repository.
pub(super) struct Repository {
    /// Its working tree.
    root: PathBuf,
}

impl Repository {
    pub(super) fn around(folder: &Path) -> Result<Repository, ChangedError> {
        let output = run(folder, &["rev-parse", "--show-toplevel"])?;
        let said = String::from_utf8_lossy(&output.stdout);
        // A bare repository has no working tree and says nothing.
        match said.trim_end_matches(['\n', '\r']) {
            root if output.status.success() && !root.is_empty() => {
                let root = PathBuf::from(root);
                Ok(Repository { root: root.canonicalize().unwrap_or(root) })
            }
            _ => Err(ChangedError::NoRepository { folder: folder.to_owned() }),
        }
    }

    /// The path of a file that git names.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        let path = self.root.join(file);
        path.canonicalize().unwrap_or(path)
    }

    /// The commit at which `HEAD` and a revision parted.
    pub(super) fn merge_base(&self, revision: &str) -> Result<String, ChangedError> {
        let unknown = || ChangedError::Revision { revision: revision.to_owned() };
        let commit = format!("{revision}^{{commit}}");
        let output = run(&self.root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        let commit = text(&output).filter(|_| output.status.success()).ok_or_else(unknown)?;
        let output = run(&self.root, &["merge-base", "HEAD", &commit])?;
        if let Some(base) = text(&output).filter(|_| output.status.success()) {
            return Ok(base);
        }
        let shallow = run(&self.root, &["rev-parse", "--is-shallow-repository"])?;
        let shallow = text(&shallow).is_some_and(|said| said == "true");
        Err(ChangedError::NoMergeBase { revision: revision.to_owned(), shallow })
    }

    /// `git diff` with these arguments, without context lines.
    pub(super) fn diff(&self, against: &[&str]) -> Result<Vec<u8>, ChangedError> {
        let mut args = vec![
            "diff",
            "--unified=0",
            "--inter-hunk-context=0",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "--find-renames",
            "--diff-algorithm=histogram",
            "--ignore-submodules=all",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--diff-filter=d",
        ];
        args.extend(against);
        args.push("--");
        self.succeed(&args)
    }

    /// Files that are neither tracked nor ignored.
    pub(super) fn untracked(&self) -> Result<Vec<String>, ChangedError> {
        let said = self.succeed(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        let names = said.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// Settings that turn off every filter that is configured: comparing a file runs its filter, and a repository's own
    /// configuration may name any program as one.
    fn no_filters(&self) -> Result<Vec<String>, ChangedError> {
        let listed = run(&self.root, &["config", "--name-only", "-z", "--get-regexp", r"^filter\."])?;
        let names = String::from_utf8_lossy(&listed.stdout);
        let mut filters: Vec<&str> =
            names.split('\0').filter_map(|name| Some(name.strip_prefix("filter.")?.rsplit_once('.')?.0)).collect();
        filters.sort_unstable();
        filters.dedup();
        let off = |filter: &str| {
            ["clean=", "smudge=", "process=", "required=false"].map(|setting| format!("filter.{filter}.{setting}"))
        };
        Ok(filters.into_iter().flat_map(off).collect())
    }

    fn succeed(&self, args: &[&str]) -> Result<Vec<u8>, ChangedError> {
        let output = run_with(&self.root, &self.no_filters()?, args)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().last().unwrap_or("it says nothing").to_owned();
        Err(ChangedError::Failed { command: args.first().copied().unwrap_or_default().to_owned(), said })
    }
}

/// The output without its line end, if there is any.
fn text(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    Some(text).filter(|text| !text.is_empty())
}

/// Settings that no repository may overrule: what it runs, and what it fetches.
const SETTINGS: [&str; 6] = [
    "core.quotePath=false",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "diff.external=",
    // A folder of a checkout may be made up as a repository with settings of its own.
    "safe.bareRepository=explicit",
    "protocol.allow=never",
];

fn run(folder: &Path, args: &[impl AsRef<OsStr>]) -> Result<Output, ChangedError> {
    run_with(folder, &[], args)
}

fn run_with(folder: &Path, settings: &[String], args: &[impl AsRef<OsStr>]) -> Result<Output, ChangedError> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["--no-pager", "--no-optional-locks"]);
    for setting in SETTINGS.into_iter().chain(settings.iter().map(String::as_str)) {
        command.args(["-c", setting]);
    }
    // What git says is read by a program.
    command
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env_remove("GIT_EXTERNAL_DIFF")
        .env_remove("GIT_DIFF_OPTS");
    // Objects that a partial clone lacks stay away: fetching them would run what the repository names for it.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "none");
    command.args(args).stdin(std::process::Stdio::null()).output().map_err(ChangedError::NoGit)
}
