//! A project in which the documentation's examples make sense: a git repository with a workspace, a branch behind
//! `origin/main`, something staged, and the files and lines that the documents name.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::super::common::{MANIFEST, write};

const MAIN: &str = "\
mod cache;
mod report;

fn main() {
    serve(axum::Router::new().route(\"/cache\", axum::routing::get(cache::get)).route(\"/report\", axum::routing::get(report::get)));
}
";

const API: &str = "\
async fn get() -> String {
    format!(\"{:?}\", redis::Client::open(\"redis://api/\"))
}

fn main() {
    serve(axum::Router::new().route(\"/\", axum::routing::get(get)));
}
";

/// In place of cargo: what compiles says that it has, since nothing can be downloaded; all else is cargo's.
const CARGO: &str = "\
#!/bin/sh
case \"$1\" in
check|clippy) echo '{\"reason\":\"build-finished\",\"success\":true}' ;;
*) exec \"$REAL_CARGO\" \"$@\" ;;
esac
";

/// The project, until it is dropped.
pub(super) struct Playground {
    folder: TempDir,
    home: TempDir,
    /// Where commands are run.
    cwd: PathBuf,
}

impl Playground {
    pub(super) fn new() -> Playground {
        let temporary = || tempfile::tempdir().expect("a temporary folder");
        let folder = temporary();
        let playground = Playground { cwd: folder.path().to_owned(), folder, home: temporary() };
        let cache = at_line(
            42,
            "pub async fn get() -> String {",
            "    redis::Client::open(\"redis://cache/\").map(|c| format!(\"{c:?}\")).unwrap()\n}\n",
        );
        let report = at_line(
            12,
            "// connlint: allow(client-per-request) -- asked by an operator, once a day\npub async fn get() -> String {",
            "    redis::Client::open(\"redis://report/\").map(|c| format!(\"{c:?}\")).unwrap()\n}\n",
        );
        let workspace = format!("[workspace]\nmembers = [\"services/*\"]\n\n{MANIFEST}");
        let files = [
            ("Cargo.toml", workspace.as_str()),
            ("src/main.rs", MAIN),
            ("src/cache.rs", &cache),
            ("src/report.rs", &report),
            ("services/api/Cargo.toml", &MANIFEST.replace("app", "api")),
            ("services/api/src/main.rs", "fn main() {}\n"),
        ];
        write(playground.folder.path(), &files);
        playground.git("git init --quiet --initial-branch=main && git add --all && git commit --quiet --message first");
        playground.git("git update-ref refs/remotes/origin/main HEAD");
        write(playground.folder.path(), &[("services/api/src/main.rs", API)]);
        playground.git("git add --all");
        playground.prepare_home();
        playground
    }

    /// Where completions and the like go, and the program that stands in for cargo.
    fn prepare_home(&self) {
        let bin = self.home.path().join("bin");
        for folder in [".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions"] {
            std::fs::create_dir_all(self.home.path().join(folder)).expect("the folder can be made");
        }
        write(&bin, &[("cargo", CARGO)]);
        self.git(&format!("chmod +x {}", bin.join("cargo").display()));
    }

    fn git(&self, script: &str) {
        let output = self.shell(script).output().expect("sh runs");
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// From now on commands run in another folder; home and programs stay.
    pub(super) fn leave_for(&mut self, folder: &Path) {
        folder.clone_into(&mut self.cwd);
    }

    /// The command is done: 0, or with findings 1, which only connlint may end with.
    #[track_caller]
    pub(super) fn runs(&self, place: &str, command: &str) {
        let output = self.shell(command).output().expect("sh runs");
        let is_ours = command.starts_with("connlint") || command.starts_with("cargo connlint");
        let right = match output.status.code() {
            Some(0) => true,
            Some(1) => is_ours,
            _ => false,
        };
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(right, "{place}: `{command}` ends with {:?}\n{}{}", output.status, said[0], said[1]);
    }

    fn shell(&self, script: &str) -> Command {
        let programs = assert_cmd::cargo::cargo_bin("connlint");
        let programs = programs.parent().map(Path::to_owned).unwrap_or_default();
        let own = std::env::var_os("PATH").unwrap_or_default();
        let path = [self.home.path().join("bin"), programs].into_iter().chain(std::env::split_paths(&own));
        let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(&self.cwd).env_clear();
        command.env("PATH", std::env::join_paths(path).expect("the folders have no colons"));
        command.env("HOME", self.home.path()).env("REAL_CARGO", cargo);
        command.env("CARGO", self.home.path().join("bin/cargo"));
        // Cargo and rustup lie in the home that is not here.
        for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let set = std::env::var_os(name).map(PathBuf::from);
            let usual = std::env::var_os("HOME").map(|home| Path::new(&home).join(folder));
            command.envs(set.or(usual).map(|value| (name, value)));
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for name in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{name}_NAME"), "t").env(format!("GIT_{name}_EMAIL"), "t@example.org");
        }
        command
    }
}

/// `head`, and below it `text` from this line on.
fn at_line(line: usize, head: &str, text: &str) -> String {
    let above = line - 1 - head.lines().count();
    format!("{}{head}\n{text}", "//! …\n".repeat(above))
}
