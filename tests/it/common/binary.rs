//! Runs of the built binaries: nothing of the surroundings shines through, and every run states its exit code.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

use super::root;

/// What a program needs to run at all, and to find cargo. Everything else is taken away: NO_COLOR, FORCE_COLOR, CI,
/// GITHUB_* and whatever else could change the output.
const KEPT: [&str; 10] = [
    "CARGO",
    "CARGO_HOME",
    "HOME",
    "LLVM_PROFILE_FILE",
    "PATH",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "SYSTEMROOT",
    "TEMP",
    "USERPROFILE",
];

/// A run of a binary to be.
pub(crate) struct Run {
    command: Command,
    cwd: PathBuf,
}

/// What a run said, with paths and version replaced.
pub(crate) struct Said {
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Said {
    /// Both streams, for one snapshot.
    pub(crate) fn both(&self) -> String {
        match (self.out.as_str(), self.err.as_str()) {
            (out, "") => out.to_owned(),
            ("", err) => format!("-- stderr --\n{err}"),
            (out, err) => format!("{out}-- stderr --\n{err}"),
        }
    }
}

/// A binary, in surroundings that don't change its output.
pub(crate) fn plain(name: &str) -> std::process::Command {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin(name));
    command.env_clear().envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command
}

/// `connlint` in the package's folder.
pub(crate) fn connlint(args: &[&str]) -> Run {
    Run::new("connlint", args)
}

/// `cargo-connlint` in the package's folder.
pub(crate) fn cargo_connlint(args: &[&str]) -> Run {
    Run::new("cargo-connlint", args)
}

impl Run {
    fn new(name: &str, args: &[&str]) -> Run {
        let mut command = Command::from_std(plain(name));
        command.args(args);
        Run { command, cwd: root().to_owned() }
    }

    /// Sets the current folder.
    pub(crate) fn within(mut self, folder: &Path) -> Run {
        folder.clone_into(&mut self.cwd);
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Run {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    pub(crate) fn without(mut self, name: &str) -> Run {
        self.command.env_remove(name);
        self
    }

    /// Runs; the exit code must be `code`.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Said {
        let (said, found) = self.run();
        assert_eq!(found, Some(code), "exit code; it said:\n{}", said.both());
        said
    }

    /// Runs; the exit code must be that of a run that was done, whatever was found.
    #[track_caller]
    pub(crate) fn succeeds_or_finds(self) -> Said {
        let (said, found) = self.run();
        assert!(matches!(found, Some(0 | 1)), "exit code {found:?}; it said:\n{}", said.both());
        said
    }

    /// Runs, whatever comes of it: what it says counts.
    #[track_caller]
    pub(crate) fn ends(self) -> Said {
        let (said, found) = self.run();
        assert!(matches!(found, Some(0..=2)), "exit code {found:?}; it said:\n{}", said.both());
        said
    }

    #[track_caller]
    fn run(mut self) -> (Said, Option<i32>) {
        let output = self.command.current_dir(&self.cwd).output().expect("the binary runs");
        let text = |bytes: Vec<u8>| self.redact(&String::from_utf8(bytes).expect("output is UTF-8"));
        let said = Said { out: text(output.stdout), err: text(output.stderr) };
        assert!(!said.err.contains("panicked"), "it panicked:\n{}", said.err);
        (said, output.status.code())
    }

    fn redact(&self, text: &str) -> String {
        let mut text = text.replace(&*root().to_string_lossy(), "[ROOT]");
        text = text.replace(&*self.cwd.to_string_lossy(), "[CWD]");
        if let Ok(real) = self.cwd.canonicalize() {
            text = text.replace(&*real.to_string_lossy(), "[CWD]");
        }
        text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
    }
}
