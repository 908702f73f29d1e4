//! Asking cargo: `cargo metadata --no-deps --offline`, which neither compiles nor resolves nor fetches.
//!
//! In: the manifest of a workspace's root. Out: its members as cargo sees them ([`Member`]), or why cargo has none.
//!
//! A checkout must not decide what runs. So cargo is started at the top of the file system: there neither cargo finds the
//! checkout's `.cargo/config.toml` nor rustup its `rust-toolchain.toml`, which may name any folder as the toolchain.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use cargo_metadata as metadata;
use cargo_metadata::MetadataCommand;

use super::dependencies::{Declared, requirement};
use super::manifest::one_line;
use super::model::{DependencyKind, Target, TargetKind};
use super::paths::{absolute, crate_name, folder_of};

/// So long may cargo take. It reads manifests only, of 10,000 packages in some ten seconds; but what it reads may be a pipe, or
/// a glob over the whole file system.
const PATIENCE: Duration = Duration::from_secs(60);

/// A package as cargo describes it.
#[derive(Debug)]
pub(super) struct Member {
    /// Its identifier.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// The folder of its manifest.
    pub(super) folder: PathBuf,
    /// Its edition.
    pub(super) edition: u16,
    /// The oldest compiler that it builds with.
    pub(super) rust_version: Option<semver::Version>,
    /// All of its targets.
    pub(super) targets: Vec<Target>,
    /// Its dependencies.
    pub(super) dependencies: Vec<Declared>,
}

/// Why cargo gave no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// It can't be started.
    Missing(String),
    /// It refused, for this reason (one line).
    Refused(String),
}

/// The members of the workspace whose root is `manifest`; reasons name files as seen from `cwd`. `cargo` is the
/// executable, else `$CARGO`, else the one in `$PATH`.
pub(super) fn members(manifest: &Path, cwd: &Path, cargo: Option<&Path>) -> Result<Vec<Member>, Failure> {
    let answer = answer(command(manifest, cargo), PATIENCE).map_err(|cause| Failure::Missing(cause.to_string()))?;
    let Some(Answer { succeeded, stdout, stderr }) = answer else {
        return Err(Failure::Refused(format!("it does not answer within {} seconds", PATIENCE.as_secs())));
    };
    if !succeeded {
        let reason = reason(&stderr, cwd);
        // rustup has no toolchain to run.
        let is_missing = ["is not installed", "rustup could not choose"].iter().any(|sign| reason.contains(sign));
        return Err(if is_missing { Failure::Missing(reason) } else { Failure::Refused(reason) });
    }
    let described = MetadataCommand::parse(&stdout).map_err(|error| Failure::Refused(one_line(&error.to_string())))?;
    Ok(described.workspace_packages().into_iter().map(member).collect())
}

fn command(manifest: &Path, cargo: Option<&Path>) -> Command {
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).no_deps();
    command.current_dir(manifest.ancestors().last().unwrap_or(manifest));
    command.other_options(["--offline".to_owned()]);
    if let Some(cargo) = cargo {
        command.cargo_path(cargo);
    }
    let mut command = command.cargo_command();
    // No network: rustup must not fetch the toolchain that it was told of.
    command.env("RUSTUP_AUTO_INSTALL", "0");
    // The project may have pinned a nightly, for the sake of `cargo-features`. Nothing is built.
    command.env("RUSTC_BOOTSTRAP", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How a program ended.
struct Answer {
    succeeded: bool,
    stdout: String,
    stderr: String,
}

/// Runs a program; `None` if it takes longer than one is willing to wait.
fn answer(mut command: Command, patience: Duration) -> std::io::Result<Option<Answer>> {
    let mut child: Child = command.spawn()?;
    let (said, heard) = mpsc::channel();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let listen = |name: &'static str, stream: Option<Box<dyn Read + Send>>| {
        let said = said.clone();
        std::thread::Builder::new().spawn(move || {
            let mut bytes = Vec::new();
            // What was said until the stream broke will do.
            let _ = stream.map(|mut stream| stream.read_to_end(&mut bytes));
            // Nobody may listen any more.
            let _ = said.send((name, String::from_utf8_lossy(&bytes).into_owned()));
        })
    };
    listen("stdout", stdout.map(|stream| Box::new(stream) as _))?;
    listen("stderr", stderr.map(|stream| Box::new(stream) as _))?;
    let mut answer = Answer { succeeded: false, stdout: String::new(), stderr: String::new() };
    for _ in 0..2 {
        match heard.recv_timeout(patience) {
            Ok(("stdout", text)) => answer.stdout = text,
            Ok((_, text)) => answer.stderr = text,
            Err(_) => {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
        }
    }
    answer.succeeded = child.wait()?.success();
    Ok(Some(answer))
}

/// What cargo said, in one line: the error, and the last of its causes. Paths are as seen from `cwd`.
fn reason(stderr: &str, cwd: &Path) -> String {
    let lines = stderr.lines().skip_while(|line| !line.starts_with("error"));
    let said = lines.collect::<Vec<_>>().join("\n");
    let said = said.replace(&format!("{}/", cwd.display()), "");
    let first_line = |text: &str| text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
    let error = first_line(said.trim_start_matches("error:")).unwrap_or_else(|| "no reason given".into());
    match said.rsplit_once("Caused by:").and_then(|(_, cause)| first_line(cause)) {
        Some(cause) => format!("{error}: {cause}"),
        None => error,
    }
}

fn member(package: &metadata::Package) -> Member {
    let folder = folder_of(package.manifest_path.as_std_path()).to_owned();
    Member {
        id: package.id.repr.clone(),
        name: package.name.to_string(),
        rust_version: package.rust_version.clone(),
        edition: package.edition.as_str().parse().unwrap_or(2021),
        targets: package.targets.iter().filter_map(|one| target(&folder, one)).collect(),
        dependencies: package.dependencies.iter().map(dependency).collect(),
        folder,
    }
}

fn target(folder: &Path, target: &metadata::Target) -> Option<Target> {
    use metadata::TargetKind as Kind;
    let kind = target.kind.iter().find_map(|kind| match kind {
        Kind::Lib | Kind::RLib | Kind::DyLib | Kind::CDyLib | Kind::StaticLib | Kind::ProcMacro => {
            Some(TargetKind::Lib)
        }
        Kind::Bin => Some(TargetKind::Bin),
        Kind::Example => Some(TargetKind::Example),
        Kind::Test => Some(TargetKind::Test),
        Kind::Bench => Some(TargetKind::Bench),
        Kind::CustomBuild => Some(TargetKind::BuildScript),
        _ => None,
    })?;
    Some(Target {
        kind,
        name: target.name.clone(),
        crate_name: crate_name(&target.name),
        root: absolute(folder, target.src_path.as_std_path()),
    })
}

fn dependency(dependency: &metadata::Dependency) -> Declared {
    Declared {
        rename: dependency.rename.clone(),
        package: dependency.name.clone(),
        requirement: requirement(&dependency.req.to_string()),
        features: dependency.features.clone(),
        kind: match dependency.kind {
            metadata::DependencyKind::Development => DependencyKind::Dev,
            metadata::DependencyKind::Build => DependencyKind::Build,
            _ => DependencyKind::Normal,
        },
        path: dependency.path.as_ref().map(|path| absolute(Path::new(""), path.as_std_path())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn who_does_not_answer_is_given_up() {
        let run = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            answer(command, Duration::from_millis(500)).expect("there is a shell")
        };
        let said = run("echo a; echo b >&2; exit 3").expect("it answers at once");
        assert_eq!((said.succeeded, said.stdout.as_str(), said.stderr.as_str()), (false, "a\n", "b\n"));
        assert!(run("exec sleep 100").is_none());
        // More than a pipe holds.
        assert!(run("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2").is_some());
    }

    #[test]
    fn reasons_are_one_line() {
        let stderr = "warning: no error\nerror: failed to load `/w/bad/Cargo.toml`\n\nCaused by:\n  first\n\n\
                      Caused by:\n  no targets specified\n  in the manifest\n";
        let expected = "failed to load `bad/Cargo.toml`: no targets specified";
        assert_eq!(reason(stderr, Path::new("/w")), expected);
        assert_eq!(reason("", Path::new("/w")), "no reason given");
    }
}
