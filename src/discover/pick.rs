//! From what was loaded to what was asked for.
//!
//! In: the scopes and the loaded workspaces. Out: the packages of the [`Discovery`] and what of them is to be reported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::load::Loaded;
use super::loose;
use super::model::{DiscoverError, Discovery, Package};
use super::paths::folder_of;
use super::select::{Scope, Selection};

/// Picks from the loaded workspaces what each scope asks for.
pub(super) fn collect(
    selection: &Selection,
    loaded: &BTreeMap<PathBuf, Loaded>,
    discovery: &mut Discovery,
) -> Result<(), DiscoverError> {
    let mut packages: BTreeMap<(PathBuf, String), Package> = BTreeMap::new();
    let mut loose_files = Vec::new();
    let is_partial = |(_, scope): &(PathBuf, Scope)| matches!(scope, Scope::Part(..) | Scope::LooseFile(_));
    let limited = selection.scopes.iter().any(is_partial);
    for (given, scope) in &selection.scopes {
        let picked = pick(scope, loaded);
        let may_be_empty = matches!(scope, Scope::LooseFile(_) | Scope::Unreadable);
        if picked.is_empty() && !may_be_empty && discovery.problems.is_empty() {
            return Err(DiscoverError::Nothing { path: given.clone() });
        }
        match scope {
            Scope::Part(_, part) if part.is_dir() => discovery.only_below.push(part.clone()),
            Scope::Part(_, part) => discovery.only_files.push(part.clone()),
            Scope::LooseFile(file) => {
                discovery.only_files.push(file.clone());
                loose_files.push(file.clone());
            }
            // One partial scope makes the lists count for all: what is meant in full has to be on them too.
            _ if limited => discovery.only_below.extend(picked.iter().flat_map(whole)),
            _ => {}
        }
        packages.extend(picked.into_iter().map(|one| ((one.folder.clone(), one.name.clone()), one)));
    }
    loose_files.sort();
    loose_files.dedup();
    discovery.packages = packages.into_values().chain(loose::file_packages(&loose_files)).collect();
    discovery.packages.sort_by(|a, b| (&a.folder, &a.name).cmp(&(&b.folder, &b.name)));
    for list in [&mut discovery.only_files, &mut discovery.only_below] {
        list.sort();
        list.dedup();
    }
    Ok(())
}

/// The packages that a scope asks for.
fn pick(scope: &Scope, loaded: &BTreeMap<PathBuf, Loaded>) -> Vec<Package> {
    let packages = |wanted: &dyn Fn(&Package) -> bool| -> Vec<Package> {
        let all = loaded.values().flat_map(|one| one.members.iter().chain(&one.strays));
        all.filter(|package| wanted(package)).cloned().collect()
    };
    match scope {
        Scope::Workspace(manifest) => workspace_packages(folder_of(manifest), loaded),
        Scope::Below(folder, _) => packages(&|package| package.folder.starts_with(folder)),
        Scope::Part(manifest, _) => packages(&|package| package.folder == folder_of(manifest)),
        Scope::LooseFolder(folder, sources) => vec![loose::folder_package(folder, sources)],
        Scope::LooseFile(_) | Scope::Unreadable => Vec::new(),
    }
}

/// The members of the workspace that the package in `folder` belongs to; itself, if its workspace does not name it.
fn workspace_packages(folder: &Path, loaded: &BTreeMap<PathBuf, Loaded>) -> Vec<Package> {
    let stray = loaded.values().flat_map(|one| &one.strays).find(|one| one.folder == folder);
    if let Some(stray) = stray {
        return vec![stray.clone()];
    }
    let holds = |root: &Path, one: &Loaded| {
        folder_of(root) == folder || one.members.iter().any(|member| member.folder == folder)
    };
    let own = loaded.iter().find(|(root, one)| holds(root, one));
    own.map(|(_, one)| one.members.clone()).unwrap_or_default()
}

/// Folders that hold all of a package's files: its own, and those of roots that lie elsewhere.
fn whole(package: &Package) -> Vec<PathBuf> {
    let roots = package.targets.iter().map(|target| folder_of(&target.root).to_owned());
    let elsewhere = roots.filter(|root| !root.starts_with(&package.folder));
    std::iter::once(package.folder.clone()).chain(elsewhere).collect()
}
