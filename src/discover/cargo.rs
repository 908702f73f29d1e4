//! Asking cargo: `cargo metadata --no-deps --offline`, which neither compiles nor resolves nor fetches.
//!
//! In: the manifest of a workspace's root. Out: its members as cargo sees them ([`Member`]), or why cargo has none.

use std::path::{Path, PathBuf};

use cargo_metadata as metadata;
use cargo_metadata::{Error, MetadataCommand};

use super::dependencies::{Declared, requirement};
use super::manifest::one_line;
use super::model::{DependencyKind, Target, TargetKind};
use super::paths::{absolute, crate_name, folder_of};

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
    let folder = folder_of(manifest);
    let answer = match command(manifest, folder, cargo).exec() {
        // The project pins a toolchain that this machine lacks. Which one describes the manifests hardly matters: seen
        // from the top of the file system, rustup takes its default.
        Err(Error::CargoMetadata { stderr }) if stderr.contains("is not installed") => {
            let top = folder.ancestors().last().unwrap_or(folder);
            command(manifest, top, cargo).exec()
        }
        answer => answer,
    };
    let answer = answer.map_err(|error| failure(error, cwd))?;
    Ok(answer.workspace_packages().into_iter().map(member).collect())
}

fn command(manifest: &Path, from: &Path, cargo: Option<&Path>) -> MetadataCommand {
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).current_dir(from).no_deps();
    command.other_options(["--offline".to_owned()]);
    // A toolchain file must not make rustup fetch that toolchain: no network.
    command.env("RUSTUP_AUTO_INSTALL", "0");
    if let Some(cargo) = cargo {
        command.cargo_path(cargo);
    }
    command
}

fn failure(error: Error, cwd: &Path) -> Failure {
    match error {
        Error::Io(cause) => Failure::Missing(cause.to_string()),
        Error::CargoMetadata { stderr } => Failure::Refused(reason(&stderr, cwd)),
        other => Failure::Refused(one_line(&other.to_string())),
    }
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

    #[test]
    fn reasons_are_one_line() {
        let stderr = "warning: no error\nerror: failed to load `/w/bad/Cargo.toml`\n\nCaused by:\n  first\n\n\
                      Caused by:\n  no targets specified\n  in the manifest\n";
        let expected = "failed to load `bad/Cargo.toml`: no targets specified";
        assert_eq!(reason(stderr, Path::new("/w")), expected);
        assert_eq!(reason("", Path::new("/w")), "no reason given");
    }
}
