//! What the paths on the command line mean.
//!
//! In: paths. Out: for each a [`Scope`]: a workspace, the packages below a folder, one package in part, or code without
//! a manifest.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::manifest::{Manifests, Reading};
use super::model::DiscoverError;
use super::paths::{MANIFEST, absolute, folder_of, nearest_manifest};
use super::walk::{Found, walk};
use crate::finding::Problem;

/// What is asked for.
#[derive(Debug)]
pub(super) enum Scope {
    /// The workspace of this manifest.
    Workspace(PathBuf),
    /// Every package below the folder; these manifests were found there.
    Below(PathBuf, Vec<PathBuf>),
    /// Of the package with this manifest, the files in this folder or this single file.
    Part(PathBuf, PathBuf),
    /// A folder without manifests, and its Rust files.
    LooseFolder(PathBuf, Vec<PathBuf>),
    /// A Rust file without a manifest.
    LooseFile(PathBuf),
    /// What this path holds can't be read; a problem says so.
    Unreadable,
}

/// The scopes of a run and what they met.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// With the path that each stands for, as given.
    pub(super) scopes: Vec<(PathBuf, Scope)>,
    /// Unreadable folders and manifests.
    pub(super) problems: Vec<Problem>,
}

/// The workspace of `cwd`, as cargo takes it.
pub(super) fn current(cwd: &Path) -> Result<Selection, DiscoverError> {
    let manifest = nearest_manifest(cwd).ok_or_else(|| DiscoverError::NoManifest { folder: cwd.to_owned() })?;
    Ok(Selection { scopes: vec![(cwd.to_owned(), Scope::Workspace(manifest))], problems: Vec::new() })
}

/// What the paths name.
pub(super) fn named(paths: &[PathBuf], cwd: &Path, manifests: &Manifests) -> Result<Selection, DiscoverError> {
    let mut selection = Selection::default();
    for given in paths {
        let path = absolute(cwd, given);
        let kind = path.metadata().map_err(|cause| DiscoverError::Path { path: given.clone(), cause })?;
        let before = selection.scopes.len();
        if kind.is_dir() {
            name_folder(given, &path, cwd, manifests, &mut selection);
        } else if let Some(scope) = file_scope(&path, manifests, &mut selection.problems) {
            selection.scopes.push((given.clone(), scope));
        }
        if selection.scopes.len() == before {
            return Err(DiscoverError::Nothing { path: given.clone() });
        }
    }
    Ok(selection)
}

/// A folder: the packages below it, and the package around it if it is inside of one.
fn name_folder(given: &Path, folder: &Path, cwd: &Path, manifests: &Manifests, selection: &mut Selection) {
    let found = walk(folder, cwd);
    let mut add = |scope| selection.scopes.push((given.to_owned(), scope));
    if has_own_sources(folder, &found) {
        match package_around(folder, manifests, &mut selection.problems) {
            Some(around) => add(around.map_or(Scope::Unreadable, |manifest| Scope::Part(manifest, folder.to_owned()))),
            None if found.manifests.is_empty() => {
                add(Scope::LooseFolder(folder.to_owned(), found.sources));
            }
            None => {}
        }
    }
    if !found.manifests.is_empty() {
        add(Scope::Below(folder.to_owned(), found.manifests));
    }
    selection.problems.extend(found.problems);
}

/// Whether the folder has Rust files that no manifest below it accounts for.
fn has_own_sources(folder: &Path, found: &Found) -> bool {
    let packages: FxHashSet<&Path> = found.manifests.iter().map(|path| folder_of(path)).collect();
    let is_own = |file: &PathBuf| {
        let mut within = file.ancestors().take_while(|above| above.starts_with(folder));
        !within.any(|above| packages.contains(above))
    };
    found.sources.iter().any(is_own)
}

/// A file: a manifest stands for its package or the members below it, a Rust file for itself; others say nothing.
fn file_scope(path: &Path, manifests: &Manifests, problems: &mut Vec<Problem>) -> Option<Scope> {
    if path.file_name().is_some_and(|name| name == MANIFEST) {
        let folder = folder_of(path).to_owned();
        return Some(Scope::Below(folder, vec![path.to_owned()]));
    }
    if path.extension().is_none_or(|extension| extension != "rs") {
        return None;
    }
    Some(match package_around(folder_of(path), manifests, problems) {
        Some(Some(manifest)) => Scope::Part(manifest, path.to_owned()),
        Some(None) => Scope::Unreadable,
        None => Scope::LooseFile(path.to_owned()),
    })
}

/// The manifest of the package that `folder` is in: `None` if it is in none, `Some(None)` if it can't be read.
fn package_around(folder: &Path, manifests: &Manifests, problems: &mut Vec<Problem>) -> Option<Option<PathBuf>> {
    match manifests.reading(&nearest_manifest(folder)?) {
        Reading::Absent => None,
        Reading::Broken(problem) => {
            problems.push(problem);
            Some(None)
        }
        Reading::Read(manifest) => manifest.package().map(|_| Some(manifest.path.clone())),
    }
}
