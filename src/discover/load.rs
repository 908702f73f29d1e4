//! Loading the packages of one workspace.
//!
//! In: the root's manifest and the manifests found that belong to it. Out: [`Loaded`]: its members from cargo, or, where
//! cargo has no answer, from the manifests, and the packages inside of it that are no members.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Options;
use super::cargo::{self, Failure, Member};
use super::dependencies::{Resolver, declared};
use super::lock::{Lock, Locks};
use super::manifest::{Manifest, Manifests, table, text};
use super::model::Package;
use super::paths::{NO_VERSION, manifest_of, package_id};
use super::{targets, workspace};
use crate::finding::Problem;

/// A workspace, or a package on its own, and what was found of it.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Manifests found that belong to it, members or not.
    pub(super) seeds: BTreeSet<PathBuf>,
    /// A manifest above that can't be read, so that there is no use in asking cargo.
    pub(super) broken: Option<Problem>,
}

/// The packages of a group.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// The members of the workspace.
    pub(super) members: Vec<Package>,
    /// Packages whose manifests belong to the workspace by their place, though it does not name them. Cargo refuses to
    /// build them there; they are code all the same.
    pub(super) strays: Vec<Package>,
    /// What could not be used.
    pub(super) problems: Vec<Problem>,
    /// Why cargo could not be started.
    pub(super) no_cargo: Option<String>,
}

/// What loading needs to know.
pub(super) struct Loader<'a> {
    /// The run's options.
    pub(super) options: &'a Options,
    /// The run's manifests.
    pub(super) manifests: &'a Manifests,
    /// The run's lock files.
    pub(super) locks: &'a Locks,
    /// Whether cargo is to be asked.
    pub(super) asks_cargo: bool,
}

impl Loader<'_> {
    /// Loads the group whose root has its manifest at `root`.
    pub(super) fn load(&self, root: &Path, group: &Group) -> Loaded {
        let mut loaded = Loaded::default();
        let Some(root) = self.manifests.get(root) else {
            return loaded;
        };
        let members = match &group.broken {
            Some(problem) => {
                loaded.problems.push(problem.clone());
                self.read_members(&root, &mut loaded)
            }
            None if self.asks_cargo => self.ask_cargo(&root, &mut loaded),
            None => self.read_members(&root, &mut loaded),
        };
        let lock = self.lock(&root.folder, &mut loaded);
        let known: BTreeSet<PathBuf> = members.iter().map(|one| manifest_of(&one.folder)).collect();
        let patches = root.patches();
        for member in members {
            loaded.members.push(self.finish(member, &lock, &patches));
        }
        for seed in group.seeds.difference(&known) {
            self.load_stray(seed, &root, &lock, &mut loaded);
        }
        loaded
    }

    /// The members that cargo names, else those that the manifests name.
    fn ask_cargo(&self, root: &Manifest, loaded: &mut Loaded) -> Vec<Member> {
        match cargo::members(&root.path, self.manifests.cwd(), self.options.cargo.as_deref()) {
            Ok(members) => members,
            Err(Failure::Missing(reason)) => {
                loaded.no_cargo = Some(reason);
                self.read_members(root, loaded)
            }
            Err(Failure::Refused(reason)) => {
                let members = self.read_members(root, loaded);
                // A problem that was found by reading is most likely what cargo stumbled over, and has its place.
                if loaded.problems.is_empty() {
                    loaded.problems.push(self.refused(root, &reason));
                }
                members
            }
        }
    }

    fn refused(&self, root: &Manifest, reason: &str) -> Problem {
        Problem {
            file: self.manifests.shown(&root.path),
            line: 0,
            column: 0,
            message: format!("cargo cannot load it: {reason}"),
            help: format!(
                "run `cargo metadata --no-deps --offline` in {} and mend what it names; till then the manifests are \
                 read without cargo",
                self.manifests.shown(&root.folder)
            ),
        }
    }

    fn read_members(&self, root: &Manifest, loaded: &mut Loaded) -> Vec<Member> {
        let members = workspace::members(root, self.manifests);
        loaded.problems.extend(members.problems);
        members.manifests.values().map(|manifest| read_member(manifest, Some(root))).collect()
    }

    fn load_stray(&self, path: &Path, root: &Manifest, lock: &Lock, loaded: &mut Loaded) {
        let Some(manifest) = self.manifests.get(path).filter(|one| one.package().is_some()) else {
            return;
        };
        let member = read_member(&manifest, Some(root));
        let package = if manifest.folder.join("Cargo.lock").is_file() {
            let own = self.lock(&manifest.folder, loaded);
            self.finish(member, &own, &manifest.patches())
        } else {
            self.finish(member, lock, &root.patches())
        };
        loaded.strays.push(package);
    }

    fn lock(&self, folder: &Path, loaded: &mut Loaded) -> Arc<Lock> {
        let (lock, problem) = self.locks.of(folder, self.manifests);
        loaded.problems.extend(problem);
        lock
    }

    /// Turns what cargo or the manifest says into what the analysis works with.
    fn finish(&self, member: Member, lock: &Lock, patches: &BTreeMap<String, PathBuf>) -> Package {
        let resolver = Resolver { manifests: self.manifests, lock, patches };
        Package {
            id: member.id,
            name: member.name,
            edition: member.edition,
            rust_version: member.rust_version,
            targets: targets::select(member.targets, self.options.all_targets),
            dependencies: resolver.resolve(member.dependencies),
            locked: lock.versions.clone(),
            has_manifest: true,
            folder: member.folder,
        }
    }
}

/// A package as its manifest describes it.
fn read_member(manifest: &Manifest, root: Option<&Manifest>) -> Member {
    let edition = edition(manifest, root);
    Member {
        id: package_id(&manifest.folder, &manifest.name(), &version(manifest, root)),
        name: manifest.name(),
        folder: manifest.folder.clone(),
        edition,
        rust_version: rust_version(manifest, root),
        targets: targets::of_package(manifest, edition),
        dependencies: declared(manifest, root),
    }
}

/// The version, the workspace's if it is inherited.
fn version(manifest: &Manifest, root: Option<&Manifest>) -> String {
    inheritable(manifest, root, "version").map_or_else(|| NO_VERSION.to_owned(), str::to_owned)
}

/// The oldest compiler that is supported, as far as it is written.
fn rust_version(manifest: &Manifest, root: Option<&Manifest>) -> Option<semver::Version> {
    let written = inheritable(manifest, root, "rust-version")?;
    let mut parts = written.split('.').map(|part| part.parse().ok());
    let mut next = || parts.next().unwrap_or(Some(0));
    Some(semver::Version::new(next()?, next()?, next()?))
}

/// The edition, the workspace's if it is inherited; 2015 if none is given, as cargo has it.
fn edition(manifest: &Manifest, root: Option<&Manifest>) -> u16 {
    inheritable(manifest, root, "edition").and_then(|year| year.parse().ok()).unwrap_or(2015)
}

/// A text of `[package]`; where that says `key.workspace = true`, the workspace's.
fn inheritable<'m>(manifest: &'m Manifest, root: Option<&'m Manifest>, key: &str) -> Option<&'m str> {
    let package = manifest.package()?;
    let inherited = || text(table(root?.workspace()?, "package")?, key);
    text(package, key).or_else(|| table(package, key).and_then(|_| inherited()))
}
