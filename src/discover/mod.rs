//! Which packages there are to analyse, without compiling and without a network.
//!
//! In: the paths given on the command line. Out: [`Discovery`]: packages with their targets and dependencies (names as
//! the code uses them, versions as far as known), single files without a manifest, and problems. Which *files* belong to
//! a target is not decided here: the module tree is followed from each target's root while parsing.
//!
//! ```text
//! paths ─► select (walk) ─► groups by workspace ─► load: cargo, else manifest + workspace + targets ─► Discovery
//!                       └─► loose: code without a manifest ────────────────────────────────────────────────┘
//! ```

mod cargo;
mod dependencies;
mod load;
mod lock;
mod loose;
mod manifest;
mod model;
mod paths;
mod pick;
mod select;
mod targets;
#[cfg(test)]
mod tests;
mod walk;
mod workspace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use load::{Group, Loaded, Loader};
use manifest::{Manifest, Manifests, Reading};
use select::{Scope, Selection};

pub(crate) use paths::{absolute, nearest_manifest};

pub use model::{Dependency, DependencyKind, DiscoverError, Discovery, Package, Target, TargetKind};

use crate::finding::Problem;

/// What discovery may be told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Also examples, tests, benchmarks and build scripts; else libraries and binaries alone.
    pub all_targets: bool,
    /// The cargo executable; `None`: `$CARGO`, else the one in `$PATH`.
    pub cargo: Option<PathBuf>,
}

/// Finds the packages that `paths` mean, seen from `cwd`; without paths, the workspace of `cwd`.
///
/// What can't be used in part (a broken manifest, a missing cargo) is in [`Discovery::problems`], and the rest is found.
///
/// # Errors
/// When a path does not exist ([`DiscoverError::Path`]) or holds no Rust code ([`DiscoverError::Nothing`]), or no path
/// is given and there is no manifest above ([`DiscoverError::NoManifest`]).
pub fn discover(paths: &[PathBuf], cwd: &Path, options: &Options) -> Result<Discovery, DiscoverError> {
    let cwd = std::path::absolute(cwd).unwrap_or_else(|_| cwd.to_owned());
    let manifests = Manifests::new(&cwd);
    let selection = if paths.is_empty() { select::current(&cwd)? } else { select::named(paths, &cwd, &manifests)? };
    let mut discovery = Discovery { problems: selection.problems.clone(), ..Discovery::default() };
    let loaded = load_all(&selection, &manifests, options, &mut discovery.problems);
    pick::collect(&selection, &loaded, &mut discovery)?;
    for package in &mut discovery.packages {
        discovery.problems.extend(targets::drop_missing(package, &manifests));
    }
    discovery.problems.sort();
    discovery.problems.dedup();
    Ok(discovery)
}

/// Loads every workspace that the scopes touch, side by side, and returns them by the root's manifest.
fn load_all(
    selection: &Selection,
    manifests: &Manifests,
    options: &Options,
    problems: &mut Vec<Problem>,
) -> BTreeMap<PathBuf, Loaded> {
    let loader = Loader { options, manifests };
    let groups: Vec<(PathBuf, Group)> = group(selection, manifests, problems).into_iter().collect();
    let loaded: BTreeMap<PathBuf, Loaded> = groups
        .into_par_iter()
        .map(|(root, group)| {
            let loaded = loader.load(&root, &group);
            (root, loaded)
        })
        .collect();
    problems.extend(loaded.values().flat_map(|one| one.problems.iter().cloned()));
    // Once, however many workspaces there are.
    problems.extend(loaded.values().find_map(|one| one.no_cargo.as_deref()).map(no_cargo));
    loaded
}

/// The manifests of the scopes, by the workspace that they belong to.
fn group(selection: &Selection, manifests: &Manifests, problems: &mut Vec<Problem>) -> BTreeMap<PathBuf, Group> {
    let mut groups: BTreeMap<PathBuf, Group> = BTreeMap::new();
    for path in selection.scopes.iter().flat_map(|(_, scope)| seeds(scope)) {
        match manifests.reading(path) {
            Reading::Absent => {}
            Reading::Broken(problem) => problems.push(problem),
            Reading::Read(manifest) if manifest.is_empty() => problems.push(nothing_in(&manifest, manifests)),
            Reading::Read(manifest) => {
                let root = workspace::root_of(&manifest, manifests);
                let group = groups.entry(root.manifest).or_default();
                group.seeds.insert(path.clone());
                group.broken = group.broken.take().or(root.broken);
            }
        }
    }
    groups
}

fn nothing_in(manifest: &Manifest, manifests: &Manifests) -> Problem {
    Problem {
        file: manifests.shown(&manifest.path),
        line: 0,
        column: 0,
        message: "has neither `[package]` nor `[workspace]`".into(),
        help: "add one of them, or name the folders to check".into(),
    }
}

fn seeds(scope: &Scope) -> &[PathBuf] {
    match scope {
        Scope::Workspace(manifest) | Scope::Part(manifest, _) => std::slice::from_ref(manifest),
        Scope::Below(_, manifests) => manifests,
        Scope::LooseFolder(..) | Scope::LooseFile(_) | Scope::Unreadable => &[],
    }
}

fn no_cargo(reason: &str) -> Problem {
    Problem {
        file: String::new(),
        line: 0,
        column: 0,
        message: format!("cargo cannot be started ({reason}): manifests are read without it"),
        help: "put cargo in PATH, or set CARGO to its path".into(),
    }
}
