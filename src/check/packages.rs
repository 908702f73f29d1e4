//! Which packages a run reads.
//!
//! In: the request. Out: where packages are looked for, and which of those that are found are worth reading.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::{CheckError, Request};
use crate::catalog::Catalog;
use crate::discover::{Discovery, Options, Package, Survey, hand_on, workspace_of};

/// Where the packages are that are asked for. When only files or folders of a package are, also the rest of its workspace:
/// callers may stand there, though nothing in it is reported.
pub(super) fn survey(request: &Request, options: &Options) -> Result<Survey, CheckError> {
    let asked = Survey::new(&request.paths, &request.cwd)?;
    let guess = asked.guess(options)?;
    if guess.only_files.is_empty() && guess.only_below.is_empty() {
        return Ok(asked);
    }
    let with_manifest = guess.packages.iter().filter(|package| package.has_manifest);
    let mut paths: Vec<PathBuf> = with_manifest.map(|package| workspace_of(&package.folder)).collect();
    paths.sort();
    paths.dedup();
    paths.extend(request.paths.iter().cloned());
    Ok(Survey::new(&paths, &request.cwd)?.reporting(guess.only_files, guess.only_below))
}

/// Leaves out packages that are excluded as a whole, unless others of the run depend on them.
pub(super) fn drop_excluded(request: &Request, discovery: &mut Discovery) {
    if request.exclude.is_none() {
        return;
    }
    let mut needed: FxHashSet<PathBuf> = FxHashSet::default();
    let is_whole = |package: &&Package| {
        let is_excluded = |path: &Path| request.is_excluded(path);
        let all_of_it = || package.targets.iter().all(|target| is_excluded(&target.root));
        is_excluded(&package.folder) || (is_excluded(&package.folder.join("Cargo.toml")) && all_of_it())
    };
    let asked = discovery.packages.iter().filter(|package| !is_whole(package));
    let mut stack: Vec<PathBuf> = asked.map(|package| package.folder.clone()).collect();
    while let Some(folder) = stack.pop() {
        if needed.insert(folder.clone()) {
            let of_folder = discovery.packages.iter().filter(|package| package.folder == folder);
            stack.extend(of_folder.flat_map(|package| &package.dependencies).filter_map(|one| one.path.clone()));
        }
    }
    discovery.packages.retain(|package| needed.contains(&package.folder));
}

/// Packages that can reach a catalogued client: by a dependency, or through another package of the run.
pub(super) fn packages_of_interest(catalog: &Catalog, discovery: &Discovery) -> Vec<bool> {
    let mut wanted: Vec<bool> = discovery
        .packages
        .iter()
        .map(|package| {
            !package.has_manifest
                || catalog.has_wrappers(&package.name)
                || package.dependencies.iter().any(|dependency| catalog.is_client_package(&dependency.package))
        })
        .collect();
    hand_on(&discovery.packages, |from, to| {
        let is_more = wanted[from] && !wanted[to];
        wanted[to] |= is_more;
        is_more
    });
    wanted
}
