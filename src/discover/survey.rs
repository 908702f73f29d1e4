//! What the paths on the command line mean, before and after cargo was asked.
//!
//! In: the paths. Out: [`Survey`], which gives a [`Discovery`] as cargo has it, and a guess at that by the manifests alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::around::checkout_around;
use super::load::{Group, Loaded, Loader};
use super::lock::Locks;
use super::manifest::{Manifest, Manifests, Reading};
use super::paths::absolute;
use super::select::{Scope, Selection};
use super::{DiscoverError, Discovery, Options, pick, select, targets, workspace};
use crate::finding::Problem;

/// Where packages may be, and the workspaces that they belong to. Each manifest and lock file is read once.
pub struct Survey {
    selection: Selection,
    manifests: Manifests,
    locks: Locks,
    /// By the root's manifest.
    groups: BTreeMap<PathBuf, Group>,
    problems: Vec<Problem>,
    /// See [`Discovery::bounds`].
    bounds: Vec<PathBuf>,
    /// See [`Survey::reporting`].
    reported: Option<(Vec<PathBuf>, Vec<PathBuf>)>,
}

impl Survey {
    /// Looks where `paths`, seen from `cwd`, lead; without paths, at the workspace of `cwd`.
    ///
    /// # Errors
    /// When a path does not exist ([`DiscoverError::Path`]), or no path is given and there is no manifest above
    /// ([`DiscoverError::NoManifest`]).
    pub fn new(paths: &[PathBuf], cwd: &Path) -> Result<Survey, DiscoverError> {
        let cwd = std::path::absolute(cwd).unwrap_or_else(|_| cwd.to_owned());
        let manifests = Manifests::new(&cwd);
        let selection = if paths.is_empty() { select::current(&cwd)? } else { select::named(paths, &cwd, &manifests)? };
        let mut problems = selection.problems.clone();
        let groups = group(&selection, &manifests, &mut problems);
        let bounds = match paths {
            [] => vec![checkout_around(&cwd)],
            paths => paths.iter().map(|path| checkout_around(&absolute(&cwd, path))).collect(),
        };
        Ok(Survey { selection, manifests, locks: Locks::default(), groups, problems, bounds, reported: None })
    }

    /// The same packages, but only findings in these files and below these folders are to be reported; see
    /// [`Discovery::only_files`].
    #[must_use]
    pub fn reporting(self, files: Vec<PathBuf>, below: Vec<PathBuf>) -> Survey {
        Survey { reported: Some((files, below)), ..self }
    }

    /// The packages as cargo has them; where it has no answer, as the manifests do.
    ///
    /// # Errors
    /// When there is no Rust code ([`DiscoverError::Nothing`]).
    pub fn discover(&self, options: &Options) -> Result<Discovery, DiscoverError> {
        self.collect(options, true)
    }

    /// The packages as their manifests have them: known at once, and nearly always what cargo says.
    ///
    /// # Errors
    /// As [`Survey::discover`].
    pub fn guess(&self, options: &Options) -> Result<Discovery, DiscoverError> {
        self.collect(options, false)
    }

    fn collect(&self, options: &Options, asks_cargo: bool) -> Result<Discovery, DiscoverError> {
        let (problems, bounds) = (self.problems.clone(), self.bounds.clone());
        let mut discovery = Discovery { problems, bounds, ..Discovery::default() };
        let loaded = self.load(options, asks_cargo);
        discovery.problems.extend(loaded.values().flat_map(|one| one.problems.iter().cloned()));
        // Once, however many workspaces there are.
        discovery.problems.extend(loaded.values().find_map(|one| one.no_cargo.as_deref()).map(no_cargo));
        pick::collect(&self.selection, &loaded, &mut discovery)?;
        for package in &mut discovery.packages {
            discovery.problems.extend(targets::drop_missing(package, &self.manifests));
        }
        discovery.problems.sort();
        discovery.problems.dedup();
        if let Some(reported) = &self.reported {
            (discovery.only_files, discovery.only_below) = reported.clone();
        }
        Ok(discovery)
    }

    /// Loads every workspace that the scopes touch, side by side, and returns them by the root's manifest.
    fn load(&self, options: &Options, asks_cargo: bool) -> BTreeMap<PathBuf, Loaded> {
        let loader = Loader { options, manifests: &self.manifests, locks: &self.locks, asks_cargo };
        self.groups.par_iter().map(|(root, group)| (root.clone(), loader.load(root, group))).collect()
    }
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
